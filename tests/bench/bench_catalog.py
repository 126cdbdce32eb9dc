"""Data sets a second that /catalog gives over HTTP, fresh and again, beside the same bytes from a plain file server.

`python -m tests.bench.bench_catalog [--studies N]`; the real studies of ../shared/partners are repeated under other
accessions until there are N. The reader is one connection to a server in the same process; its speed on plain files is
what no server could exceed in the same run.
"""

from __future__ import annotations

import argparse
import http.client
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pyoxigraph as ox

from catalogue.exchange.dcat.forms import FORMS
from catalogue.resolver.service import Resolver
from catalogue.store.ledger import Ledger
from catalogue.web.factory import Services
from tests.bench.partner_server import served
from tests.clients.served_node import served_node
from tests.conftest import PARTNERS
from tests.exchange.dcat.real_studies import fill, real_studies

_NEXT = "http://www.w3.org/ns/hydra/core#next"
_ENGINE = {
    ".ttl": ox.RdfFormat.TURTLE, ".jsonld": ox.RdfFormat.JSON_LD,
    ".rdf": ox.RdfFormat.RDF_XML, ".nt": ox.RdfFormat.N_TRIPLES,
}  # fmt: skip


def many(count: int) -> dict[str, dict[str, Any]]:
    """So many studies: the real ones, then the same under accessions of IDR that nobody has."""
    real = list(real_studies(PARTNERS).values())
    found = {record["id"]: record for record in real[:count]}
    for number in range(count - len(found)):
        record, curie = real[number % len(real)], f"idr:idr{number + 100_000}"
        renamed = _renamed(record, str(record["id"]), curie)
        found[curie] = renamed | {"accession": curie.partition(":")[2], "owner": "idr"}
    return found


def _renamed(value: Any, old: str, new: str) -> Any:
    if isinstance(value, dict):
        return {key: _renamed(one, old, new) for key, one in value.items()}
    if isinstance(value, list):
        return [_renamed(one, old, new) for one in value]
    same = isinstance(value, str) and (value == old or value.startswith(f"{old}/"))
    return new + value[len(old) :] if same else value


def read(root: str, paths: list[str]) -> tuple[float, list[bytes]]:
    """Seconds for the documents at the paths, over one connection, and their bodies."""
    parts, bodies = urlsplit(root), []
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=120)
    started = time.perf_counter()
    for path in paths:
        connection.request("GET", path)
        answer = connection.getresponse()
        bodies.append(answer.read())
        if answer.status != 200:
            raise RuntimeError(f"{path} answers {answer.status}")
    seconds = time.perf_counter() - started
    connection.close()
    return seconds, bodies


def pages(root: str, suffix: str) -> list[str]:
    """Paths of all pages of a form, by its own links."""
    path, found = f"/catalog{suffix}", list[str]()
    while path:
        found.append(path)
        (body,) = read(root, [path])[1]
        following = [q.object for q in ox.parse(body, format=_ENGINE[suffix]) if q.predicate.value == _NEXT]
        parts = urlsplit(following[0].value) if following else None  # type: ignore[union-attr]
        path = f"{parts.path}?{parts.query}" if parts else ""
    return found


def main() -> None:
    """Print one line a form."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--studies", type=int, default=5_000)
    count = parser.parse_args().studies
    with (
        tempfile.TemporaryDirectory() as folder,
        Ledger(f"sqlite:///{Path(folder) / 'ledger.db'}", lambda: datetime.now(UTC)) as ledger,
    ):
        fill(ledger, many(count))
        print(f"{count:,} studies; data sets a second: made fresh, given again, plain files")
        for form in FORMS:
            _measure(ledger, form.suffix, count)


def _measure(ledger: Ledger, suffix: str, count: int) -> None:
    services = Services(ledger, Resolver(ledger))
    with served_node(services) as root:
        paths = pages(root, suffix)
    # Another application has nothing kept.
    with served_node(services) as root:
        fresh, bodies = read(root, paths)
        again, same = read(root, paths)
    assert [len(body) for body in same] == [len(body) for body in bodies]
    held = dict(zip(paths, bodies, strict=True))
    with served(lambda path: (held[path], "text/turtle")) as files:
        static, _ = read(files.url, paths)
    size = sum(map(len, bodies)) / 1e6
    rates = " ".join(f"{count / seconds:>9,.0f}/s" for seconds in (fresh, again, static))
    print(f"{suffix:8} {len(paths):4} pages {size:7.1f} MB {rates}", flush=True)


if __name__ == "__main__":
    main()
