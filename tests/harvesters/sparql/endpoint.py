"""A SPARQL endpoint on loopback, and queries for it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import pyoxigraph as ox

from catalogue.model.documents import Event, SourceDocument, SourceSpec
from catalogue.model.payload import digest
from harvesters.sparql import SparqlHarvester
from tests.harvesters.contract import fetcher

Answer = tuple[int, str, bytes]
Change = Callable[[str, Answer], Answer]
DCAT = """
PREFIX dcat: <http://www.w3.org/ns/dcat#>
PREFIX dct: <http://purl.org/dc/terms/>
"""
LIST = DCAT + "SELECT ?subject ?version WHERE { ?subject a dcat:Dataset . OPTIONAL { ?subject dct:modified ?version } }"
PAGED = (
    DCAT
    + """
SELECT ?subject ?version WHERE {
  VALUES ?after { UNDEF }
  ?subject a dcat:Dataset . OPTIONAL { ?subject dct:modified ?version } FILTER(STR(?subject) > ?after)
} ORDER BY ?subject"""
)
CONSTRUCT = (
    DCAT
    + """
CONSTRUCT { ?subject ?p ?o . ?o ?q ?r } WHERE {
  VALUES ?subject { UNDEF }
  ?subject ?p ?o . OPTIONAL { ?o ?q ?r FILTER(isBlank(?o)) }
}"""
)


@dataclass
class Endpoint:
    """What a test sees of the endpoint."""

    store: ox.Store = field(default_factory=ox.Store)
    queries: list[str] = field(default_factory=list)
    change: Change = lambda query, answer: answer
    url: str = ""


def _answer(store: ox.Store, query: str) -> Answer:
    try:
        found = store.query(query)
    except (SyntaxError, ValueError) as error:
        return 400, "text/plain", str(error).encode()
    if isinstance(found, ox.QueryTriples):
        return 200, "application/n-triples", found.serialize(format=ox.RdfFormat.N_TRIPLES) or b""
    return 200, "application/sparql-results+json", found.serialize(format=ox.QueryResultsFormat.JSON) or b""


@contextmanager
def serving(turtle: str = "") -> Iterator[Endpoint]:
    """A running endpoint over the statements; its data and manners may change while it runs."""
    endpoint = Endpoint()
    if turtle:
        endpoint.store.load(turtle.encode(), ox.RdfFormat.TURTLE, base_iri="https://base.invalid/")

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            query = parse_qs(body.decode())["query"][0]
            endpoint.queries.append(query)
            status, kind, content = endpoint.change(query, _answer(endpoint.store, query))
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    endpoint.url = f"http://127.0.0.1:{server.server_port}/sparql"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield endpoint
    finally:
        server.shutdown()
        server.server_close()
        thread.join(2)


def source(folder: Path, url: str, listing: str = LIST, construct: str = CONSTRUCT, **options: str) -> SourceSpec:
    """A source with its query files."""
    (folder / "list.rq").write_text(listing, "utf-8")
    (folder / "construct.rq").write_text(construct, "utf-8")
    named = {"list": str(folder / "list.rq"), "construct": str(folder / "construct.rq"), **options}
    return SourceSpec("endpoint", "sparql", url, (), named)


def fetch(spec: SourceSpec, since: str | None = None, known: dict[str, str] | None = None) -> list[Event]:
    """What the harvester gives."""
    return list(SparqlHarvester(fetcher()).fetch(spec, since, known or {}))


def held(events: list[Event]) -> dict[str, str]:
    """Item -> digest of the documents given."""
    return {event.item: digest(event.content) for event in events if isinstance(event, SourceDocument)}
