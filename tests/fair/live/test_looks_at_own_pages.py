"""This node's own pages: the real ones pass every check, and each check sees what is wrong with a bad one."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from werkzeug.serving import make_server

from catalogue.exchange.exposed import Exposed
from catalogue.exchange.oai.base import prefixes_of
from catalogue.fair.live.base import Target, checks
from catalogue.fair.live.pages import header_links
from catalogue.fair.live.signposting import MOST_HEADER_BYTES
from catalogue.fair.live.world import World
from catalogue.fair.outcomes import Outcome
from catalogue.model.signing import NodeKey
from catalogue.resolver.service import Resolver
from catalogue.settings import WebSettings
from catalogue.store.ledger import Ledger
from catalogue.web.factory import Services, create_web
from harvesters.looker import Home, Looker
from tests.fair.live.hostile_answers_for_looks import ID, IRI, PAGE, fetcher, leads, looked, says, study, world
from tests.harvesters.loopback_server import Server
from tests.web.studies_for_pages import BARE, GONE, HUMAN, STUDY, clock, seed

OF_OTHERS = {"owner-page-resolves", "pixels-reachable", "pixels-decodable", "data-as-stated", "replicas-agree"}
OF_PAGES = [check for name, check in checks().items() if check.of == "study" and name not in OF_OTHERS]
LINKS = (
    f'<{IRI}>;rel="cite-as", </x.ttl>;rel="describedby";type="text/turtle", '
    '<https://schema.org/AboutPage>;rel="type", </set>;rel="linkset";type="application/linkset+json"'
)
DATASET = {"@type": "Dataset", "@id": IRI, "identifier": [IRI], "name": "A study", "url": IRI}


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, Ledger]]:
    """A node with pages, served; and its ledger."""
    home: Path = tmp_path_factory.mktemp("node")
    holder: dict[str, Any] = {}
    server = make_server("127.0.0.1", 0, lambda environ, start: holder["app"](environ, start), threaded=True)
    base = f"http://127.0.0.1:{server.server_port}"
    key = NodeKey.load(home / "node.key", create=True)
    with Ledger(f"sqlite:///{home / 'ledger.db'}", clock, key=key) as ledger:
        seed(ledger)
        services = Services(
            ledger=ledger,
            resolver=Resolver(ledger),
            web=WebSettings(base_url=base),
            exposed=Exposed(ledger, home / "exchange", prefixes_of),
            secret=b"secret",
        )
        holder["app"] = create_web(services)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        own = Home(fetcher({base.partition("//")[2]}, 20.0), base)
        yield World(base, own, Looker(fetcher(set())), key.node), ledger
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize("curie", [STUDY, BARE, HUMAN])
@pytest.mark.parametrize("check", OF_PAGES, ids=[check.name for check in OF_PAGES])
def test_real_pages_pass(real: tuple[World, Ledger], check: Any, curie: str) -> None:
    """The pages of a study, of a bare and of a restricted one are what each check asks for."""
    at, ledger = real
    seen = looked(check, Target(curie, ledger.head(curie)), at)
    assert seen.outcome is Outcome.PASS, seen.said


def test_real_tombstones_answer(real: tuple[World, Ledger]) -> None:
    """A withdrawn study answers for all of them; a live one in its place would fail."""
    at, _ = real
    check = checks()["tombstone-answers"]
    assert looked(check, Target("node", withdrawn=[GONE]), at).outcome is Outcome.PASS
    assert looked(check, Target("node", withdrawn=[GONE, STUDY]), at).outcome is Outcome.FAIL
    assert looked(check, Target("node"), at).outcome is Outcome.NOT_APPLICABLE


def test_real_endpoints_are_alive(real: tuple[World, Ledger]) -> None:
    """What this node offers to harvesters answers; here that is all but SPARQL, which it was started without."""
    at, _ = real
    seen = looked(checks()["harvest-endpoints"], Target("node"), at)
    wrong = {name for name, one in seen.more["each"].items() if one["outcome"] != "pass"}
    assert wrong == {"sparql"}, seen.more


def test_changed_record_is_seen(real: tuple[World, Ledger]) -> None:
    """RDF that lacks one triple of the record, or has one more, fails and names it."""
    at, ledger = real
    entry = ledger.head(STUDY)
    assert entry is not None
    record = json.loads(entry.payload)
    record["keywords"] = [*record["keywords"], "not on the page"]
    changed = Target(STUDY, type(entry)(**{**_fields(entry), "payload": json.dumps(record).encode()}))
    seen = looked(checks()["rdf-offered"], changed, at)
    assert seen.outcome is Outcome.FAIL and "1 triples are lacking, 0" in seen.said
    assert "not on the page" in seen.more["lacking"][0]


def _fields(entry: Any) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in entry.__dataclass_fields__}


# A node whose pages are wrong


def a_page(head: str = "", links: str = LINKS, dataset: Any = DATASET, status: str = "200 OK") -> Any:
    """A page as ours are, but for what is given."""
    block = f'<script type="application/ld+json">{json.dumps(dataset)}</script>' if dataset else ""
    return says(f"<html><head>{head}{block}</head></html>".encode(), "text/html", status, Link=links)


def seen_of(pages: Server, name: str) -> Any:
    return looked(checks()[name], study(), world(pages))


@pytest.mark.parametrize(
    ("first", "then", "outcome"),
    [
        (leads(PAGE), a_page(), Outcome.PASS),
        (leads(PAGE), says(b"", status="404 Not Found"), Outcome.FAIL),
        (leads(PAGE), says(b"", status="503 Later"), Outcome.INDETERMINATE),
        (says(b"", status="404 Not Found"), a_page(), Outcome.FAIL),
        (says(b"here"), a_page(), Outcome.FAIL),
        (leads(ID), a_page(), Outcome.FAIL),
        (leads("https://elsewhere.example/"), a_page(), Outcome.FAIL),
        (leads("http://127.0.0.1:9/"), a_page(), Outcome.FAIL),
        (says(b"", status="429 Slow"), a_page(), Outcome.INDETERMINATE),
    ],
)
def test_identifier(pages: Server, first: Any, then: Any, outcome: Outcome) -> None:
    """An identifier redirects, on this node, to a page that is there."""
    pages.routes[ID], pages.routes[PAGE] = first, then
    seen = seen_of(pages, "identifier-resolves")
    assert seen.outcome is outcome, seen.said


@pytest.mark.parametrize(
    ("page", "said"),
    [
        (a_page(), ""),
        (a_page(links=f"{LINKS}, " + ", ".join(f'</i/{n}>;rel="item"' for n in range(2000))), "give up"),
        (a_page(links=LINKS.replace("cite-as", "cited")), "lacks cite-as"),
        (a_page(links=LINKS.replace(IRI, IRI + "2")), "another identifier"),
        (a_page(links=LINKS + ", <broken"), "cannot be read"),
        (a_page(links=""), "lacks"),
        (a_page(head='<link rel="license" href="https://example.org/mine">'), "links license"),
        (a_page(head=f'<link rel="cite-as" href="{IRI}"><link rel="icon" href="/x.png">'), ""),
        (a_page(status="404 Not Found"), "answered 404"),
    ],
)
def test_signposting(pages: Server, page: Any, said: str) -> None:
    """Typed links are few enough, complete, about this study, and the same in header and head."""
    import re

    pages.routes[PAGE] = page
    seen = seen_of(pages, "signposting")
    assert seen.outcome is (Outcome.FAIL if said else Outcome.PASS), seen.said
    assert re.search(said, seen.said)


def a_linkset(pages: Server, anchor: str | None = None, drop: str = "") -> bytes:
    """The link set that belongs to `a_page`."""
    pages.routes[PAGE] = a_page()
    visit = world(pages).visit()
    links: dict[str, Any] = {}
    for link in header_links(visit.here(PAGE)) or []:
        if link.rel not in ("linkset", drop):
            links.setdefault(link.rel, []).append({"href": link.href})
    return json.dumps({"linkset": [{"anchor": anchor or pages.url + PAGE, **links}]}).encode()


SET = "application/linkset+json"


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda pages: says(a_linkset(pages), SET), ""),
        (lambda pages: says(a_linkset(pages, "http://localhost:8000" + PAGE), SET), "No anchor"),
        (lambda pages: says(a_linkset(pages, drop="describedby"), SET), "lacks describedby"),
        (lambda pages: says(a_linkset(pages), "text/html"), "answered 200 text/html"),
        (lambda pages: says(b"", SET, "404 Not Found"), "answered 404"),
        (lambda pages: says(b"{}", SET), "no JSON in the form"),
        (lambda pages: says(b"[" * 100_000, SET), "no JSON in the form"),
    ],
)
def test_linkset(pages: Server, make: Any, said: str) -> None:
    """A link set starts at the page that names it, and holds all that its header says."""
    pages.routes["/set"] = make(pages)
    pages.routes[PAGE] = a_page()
    seen = seen_of(pages, "linkset")
    assert seen.outcome is (Outcome.FAIL if said else Outcome.PASS), seen.said
    assert said in seen.said


@pytest.mark.parametrize(
    ("dataset", "said"),
    [
        (DATASET, ""),
        ({"@graph": [DATASET, {"@type": "Person"}]}, ""),
        ([{"@type": ["Thing", "Dataset"], **{k: v for k, v in DATASET.items() if k != "@type"}}], ""),
        (None, "no schema.org Dataset"),
        ({"@type": "Person"}, "no schema.org Dataset"),
        ({**DATASET, "@id": IRI + "2", "identifier": "S-BIAD2"}, "not about this study"),
        ([DATASET, DATASET], "2 Datasets"),
        ({**DATASET, "name": ""}, "lacks name"),
    ],
)
def test_embedded_metadata(pages: Server, dataset: Any, said: str) -> None:
    """A page embeds one Dataset, which is about its study."""
    pages.routes[PAGE] = a_page(dataset=dataset)
    seen = seen_of(pages, "page-embeds-metadata")
    assert seen.outcome is (Outcome.FAIL if said else Outcome.PASS), seen.said
    assert said in seen.said


def test_block_in_the_body_is_found(pages: Server) -> None:
    """Assessors read the whole page, and so do we; links count in the head alone."""
    block = f'<SCRIPT type="application/LD+json">{json.dumps(DATASET)}</script><link rel="license" href="/mine">'
    body = f"<html><head></head><body>{block}</body></html>".encode()
    pages.routes[PAGE] = says(body, "text/html", Link=LINKS)
    assert seen_of(pages, "page-embeds-metadata").outcome is Outcome.PASS
    assert seen_of(pages, "signposting").outcome is Outcome.PASS


def test_broken_block_is_told(pages: Server) -> None:
    """A block that no reader can parse is named as such."""
    pages.routes[PAGE] = says(b'<script type="application/ld+json">{"@type": </script>')
    assert "no JSON" in seen_of(pages, "page-embeds-metadata").said


def test_form_that_is_refused_is_named(pages: Server) -> None:
    """A node that gives every client HTML, or mixes forms up in caches, fails by the names of the forms."""
    pages.routes[ID] = leads(PAGE)
    pages.routes[PAGE] = a_page()
    seen = seen_of(pages, "forms-negotiated")
    assert seen.outcome is Outcome.FAIL
    assert "Turtle: 200 text/html" in seen.said and "HTML: the answer lacks Vary" in seen.said
    assert seen_of(pages, "rdf-offered").outcome is Outcome.FAIL


def test_turtle_that_is_none_fails(pages: Server) -> None:
    """Text that no parser takes is no RDF, whatever its media type says."""
    pages.routes[ID] = says(b"<a> <b> .", "text/turtle")
    seen = seen_of(pages, "rdf-offered")
    assert seen.outcome is Outcome.FAIL and "cannot be parsed" in seen.said


def test_another_node_at_our_address_says_nothing_of_us(pages: Server) -> None:
    """Where somebody else answers at the address in our settings, nothing fails and nothing more is asked."""
    pages.routes[ID] = says(b"", status="404 Not Found")
    seen = looked(checks()["identifier-resolves"], study(), world(pages, node="another"))
    assert seen.outcome is Outcome.INDETERMINATE and "not this node" in seen.said
    assert pages.paths == ["/federation/node.json"]


def test_node_without_an_address_is_not_looked_at() -> None:
    """A node that was not told its address looks at none of its pages."""
    seen = looked(checks()["identifier-resolves"], study(), world(None))
    assert seen.outcome is Outcome.INDETERMINATE and "web.base_url" in seen.said


def test_header_limit_is_the_promise_of_our_pages() -> None:
    """What checks hold our header to is what our pages promise."""
    from catalogue.web.signposting import MOST_HEADER_BYTES as PROMISED

    assert MOST_HEADER_BYTES == PROMISED
