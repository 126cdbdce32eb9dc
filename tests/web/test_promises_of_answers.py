"""Walks every GET route of the node and holds its answer to federation.md section 4, "General".

A new route needs an address in SAMPLES that answers 200 (or a redirect); what it cannot promise stands in EXCEPTIONS.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from catalogue.exchange.dumps.shelf import DumpShelf
from catalogue.resolver.service import Resolver
from catalogue.store.ledger import Ledger
from catalogue.web.factory import Services, create_web
from tests.web.studies_for_pages import GONE, IMAGE, STUDY, clock, seed

# Rule of the URL map -> addresses that it answers; rules without arguments are asked as they are.
SAMPLES: dict[str, tuple[str, ...]] = {
    "/<any(terms, shapes):namespace>": ("/terms",),
    "/<any(terms, shapes):namespace>/": ("/terms/",),
    "/<any(terms, shapes):namespace>.<any(ttl, jsonld, nt, rdf):suffix>": ("/terms.ttl", "/shapes.jsonld"),
    "/<any(terms, shapes, fields, crosswalks):namespace>/<path:name>": ("/terms/Study", "/terms/Study.ttl"),
    "/.well-known/void": (),
    "/chunks/<digest>.parquet": (),
    "/dumps/<name>/": (),
    "/dumps/<name>/<path:file>": (),
    "/docs/<path:name>": ("/docs/reference",),
    "/federation/quarantine/<path:name>": (
        "/federation/quarantine/biostudies",
        "/federation/quarantine/biostudies.json",
        "/federation/quarantine/biostudies.csv",
        "/federation/quarantine/biostudies.atom",
    ),
    "/federation/quarantine/<path:name>/original/<digest>": (),
    "/id": (f"/id?q={STUDY}",),
    "/id/": (f"/id/?q={STUDY}",),
    "/id/<path:name>/thumbnail": (f"/id/{IMAGE}/thumbnail",),
    "/id/<path:text>": (f"/id/{STUDY}", "/id/S-BIAD90001"),
    "/images/<path:name>": (f"/images/{IMAGE}", f"/images/{IMAGE}.jsonld"),
    "/images/<path:name>/linkset": (f"/images/{IMAGE}/linkset",),
    "/images/<path:name>/linkset.json": (f"/images/{IMAGE}/linkset.json",),
    "/schema.<any(ttl, jsonld, nt, rdf):suffix>": ("/schema.ttl",),
    "/schema/<name>": ("/schema/Study",),
    "/schema/<path:below>": ("/schema/context.jsonld", "/schema/shapes/records.ttl"),
    "/schema/crosswalks/<name>": ("/schema/crosswalks/gide-0.2",),
    "/schema/enums/<name>": ("/schema/enums/AccessLevel",),
    "/schema/profiles/<name>": ("/schema/profiles/gide-0.2",),
    "/schema/slots/<name>": ("/schema/slots/title",),
    "/schema/types/<name>": ("/schema/types/sha256",),
    "/static/<path:filename>": ("/static/site.css",),
    "/studies/<path:name>": tuple(
        f"/studies/{STUDY}{end}"
        for end in ("", ".jsonld", ".ttl", ".nt", ".nq", ".crate.json", ".croissant.json", ".bib", ".ris")
    ),
    "/studies/<path:name>/images": (),
    "/studies/<path:name>/linkset": (f"/studies/{STUDY}/linkset",),
    "/studies/<path:name>/linkset.json": (f"/studies/{STUDY}/linkset.json",),
    "/studies/<path:name>/original": (f"/studies/{STUDY}/original",),
    "/studies/<path:name>/original/raw": (f"/studies/{STUDY}/original/raw",),
}
# Address -> promises that it does not keep, with the reason.
EXCEPTIONS: dict[str, tuple[frozenset[str], str]] = {
    "/healthz": (frozenset({"ETag", "Last-Modified"}), "of this moment, and no-store"),
    "/readyz": (frozenset({"ETag", "Last-Modified"}), "of this moment, and no-store"),
}
# Rules whose own tests hold them, because the seeded node has nothing to show there.
ELSEWHERE = {
    "/.well-known/void": "test_dumps_pages.py",
    "/dumps/<name>/": "test_dumps_pages.py",
    "/dumps/<name>/<path:file>": "test_dumps_pages.py",
    "/chunks/<digest>.parquet": "test_image_lists_pages.py",
    "/studies/<path:name>/images": "test_image_lists_pages.py",
    "/federation/quarantine/<path:name>/original/<digest>": "test_withholding.py",
}
ERRORS = (
    f"/id/{GONE}",
    f"/studies/{GONE}",
    f"/studies/{GONE}.jsonld",
    "/id/nonsense!",
    "/nowhere",
    "/id",
    "/search?page=x",
)


@pytest.fixture(scope="module")
def app(services: Services, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """A node with all its routes; the pool is never asked."""
    shelf = DumpShelf(tmp_path_factory.mktemp("dumps"))
    made = create_web(replace(services, pool=object(), dumps=shelf))
    made.testing = True
    return made


@pytest.fixture(scope="module")
def reader(app: Flask) -> FlaskClient:
    """A client of that node."""
    return app.test_client()


def addresses(app: Flask) -> Iterator[tuple[str, str]]:
    """(rule, address) of everything that can be got."""
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()):
            continue
        free = rule.arguments - set(rule.defaults or ())
        if not free and rule.rule not in SAMPLES:
            yield rule.rule, rule.rule
            continue
        assert rule.rule in SAMPLES, f"{rule.rule} has no sample: name an address of it in SAMPLES of {__file__}"
        assert SAMPLES[rule.rule] or rule.rule in ELSEWHERE, rule.rule
        for address in SAMPLES[rule.rule]:
            yield rule.rule, address


def test_every_route_keeps_the_promises_of_an_answer(app: Flask, reader: FlaskClient) -> None:
    """Each GET route gives a strong ETag, Last-Modified, Vary: Accept, Content-Length and CORS; HEAD the same."""
    broken = []
    for rule, address in addresses(app):
        answer, head = reader.get(address), reader.head(address)
        excused, _reason = EXCEPTIONS.get(address, (frozenset(), ""))
        missing = set(_broken(answer)) - excused
        if head.status_code != answer.status_code or head.data:
            missing.add("HEAD")
        if missing:
            broken.append(f"{rule} ({address}, {answer.status_code}): {', '.join(sorted(missing))}")
    assert not broken, "\n".join(["these routes break what federation.md section 4 promises:", *broken])


def _broken(answer: Any) -> Iterator[str]:
    """Promises that an answer does not keep."""
    headers = answer.headers
    if answer.status_code >= 400:
        yield f"status {answer.status_code}, so that nothing else can be seen: give SAMPLES another address"
    if headers.get("Access-Control-Allow-Origin") != "*" or "ETag" not in headers["Access-Control-Expose-Headers"]:
        yield "CORS"
    if "Accept" not in headers.get("Vary", ""):
        yield "Vary"
    if int(headers.get("Content-Length", -1)) != len(answer.data):
        yield "Content-Length"
    if answer.status_code == 200:
        if not headers.get("ETag", "").startswith('"'):
            yield "ETag"
        if "Last-Modified" not in headers:
            yield "Last-Modified"


def test_every_etag_is_known_again(app: Flask, reader: FlaskClient) -> None:
    """Who sends back the ETag of any route gets 304 without a body, and the same CORS headers."""
    for rule, address in addresses(app):
        answer = reader.get(address)
        if answer.status_code != 200 or "ETag" not in answer.headers:
            continue
        again = reader.get(address, headers={"If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b""), rule
        assert again.headers["ETag"] == answer.headers["ETag"], rule
        assert again.headers["Access-Control-Allow-Origin"] == "*", rule
        assert "Accept" in again.headers["Vary"], rule


@pytest.mark.parametrize("address", ERRORS)
def test_errors_and_tombstones_may_be_read_from_other_sites(reader: FlaskClient, address: str) -> None:
    """What is wrong is told to pages of other sites too, with its length and Vary."""
    answer = reader.get(address)
    assert answer.status_code >= 400
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Link" in answer.headers["Access-Control-Expose-Headers"]
    assert "Accept" in answer.headers["Vary"]
    assert int(answer.headers["Content-Length"]) == len(answer.data)


def test_other_sites_may_ask_whether_something_changed(reader: FlaskClient) -> None:
    """A browser's question before a conditional request of another site is answered with leave."""
    answer = reader.options(f"/studies/{STUDY}", headers={"Access-Control-Request-Headers": "if-none-match"})
    assert "GET" in answer.headers["Access-Control-Allow-Methods"]
    assert "If-None-Match" in answer.headers["Access-Control-Allow-Headers"]


def test_nothing_asks_for_a_login(app: Flask, reader: FlaskClient) -> None:
    """No route of metadata answers 401 or 403, and none sets a cookie."""
    for rule, address in addresses(app):
        answer = reader.get(address)
        assert answer.status_code not in (401, 403) and "Set-Cookie" not in answer.headers, rule


def test_a_page_of_the_whole_node_is_dated_by_the_ledger(tmp_path: Path) -> None:
    """The front page was last modified when the newest entry was recorded."""
    with Ledger(f"sqlite:///{tmp_path / 'ledger.db'}", clock) as ledger:
        client = create_web(Services(ledger, Resolver(ledger))).test_client()
        assert "Last-Modified" not in client.get("/").headers
        seed(ledger)
        assert client.get("/").last_modified == clock()
