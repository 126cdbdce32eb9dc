"""Walks every GET route of the node and holds its answer to federation.md section 4, "General".

A new route needs an address in SAMPLES that answers 200 (or a redirect); what it cannot promise stands in EXCEPTIONS.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from catalogue.exchange.exposed import Exposed
from catalogue.exchange.oai.base import prefixes_of
from catalogue.fair.history import History
from catalogue.fair.usage.rules import count_visits
from catalogue.resolver.service import Resolver
from catalogue.settings import ExchangeSettings
from catalogue.store.ledger import Ledger
from catalogue.store.usage import Visit
from catalogue.web.factory import Services, create_web
from tests.exchange.dumps.dumping import DumpingNode
from tests.web.audits_for_pages import GRANT, WELLCOME, audits_of
from tests.web.issues_for_pages import REFUSED, seed_issues
from tests.web.studies_for_pages import GONE, IMAGE, STUDY, clock, seed

FORMS = ("", ".jsonld", ".ttl", ".nt", ".nq", ".crate.json", ".croissant.json", ".bib", ".ris")
# Rule of the URL map -> addresses that it answers; rules without arguments are asked as they are. What stands in
# braces is of the node that is walked.
SAMPLES: dict[str, tuple[str, ...]] = {
    "/catalog.<suffix>": tuple(f"/catalog.{end}" for end in ("ttl", "jsonld", "rdf", "nt")),
    "/dumps/<name>/": ("/dumps/{dump}/", "/dumps/latest/"),
    "/dumps/<name>/<path:file>": ("/dumps/{dump}/manifest.json", "/dumps/latest/SHA256SUMS"),
    "/fdp/catalog/<owner>": ("/fdp/catalog/biostudies",),
    "/fdp/catalog/<owner>/<int:number>": ("/fdp/catalog/biostudies/1",),
    "/fdp/catalog/<owner>/<int:number>/container": ("/fdp/catalog/biostudies/1/container",),
    "/fdp/catalog/<owner>/container": ("/fdp/catalog/biostudies/container",),
    "/fdp/dataset/<path:curie>": (f"/fdp/dataset/{STUDY}",),
    "/grant/<ror>/<path:award>": ("/grant/029chgv08/226718%2FZ%2F22%2FZ",),
    "/federation/digest/<owner>": ("/federation/digest/biostudies",),
    "/federation/digest/<owner>/<path:bucket>": ("/federation/digest/biostudies/{bucket}",),
    "/federation/digest/<owner>.json": ("/federation/digest/biostudies.json",),
    "/federation/digest/<owner>/<path:bucket>.json": ("/federation/digest/biostudies/{bucket}.json",),
    "/federation/entry/<owner>/<int:epoch>/<int:seq>.json": ("/federation/entry/biostudies/0/1.json",),
    "/federation/log/<owner>/<int:epoch>/<int:page>.headers.json": ("/federation/log/biostudies/0/1.headers.json",),
    "/federation/log/<owner>/<int:epoch>/<int:page>.json": ("/federation/log/biostudies/0/1.json",),
    "/oai": ("/oai?verb=Identify", "/oai?verb=ListRecords&metadataPrefix=oai_dc"),
    "/policy/persistence.<suffix>": ("/policy/persistence.ttl", "/policy/persistence.jsonld"),
    "/resourcesync/changes/<day>/<int:first>.xml": ("/resourcesync/changes/{day}/1.xml",),
    "/resourcesync/dump/<int:number>.zip": ("/resourcesync/dump/0.zip",),
    "/resourcesync/resources/<int:number>.xml": ("/resourcesync/resources/0.xml",),
    "/sitemap/<int:number>.xml": ("/sitemap/0.xml",),
    "/<any(terms, shapes):namespace>": ("/terms",),
    "/<any(terms, shapes):namespace>/": ("/terms/",),
    "/<any(terms, shapes):namespace>.<any(ttl, jsonld, nt, rdf):suffix>": ("/terms.ttl", "/shapes.jsonld"),
    "/<any(terms, shapes, fields, crosswalks):namespace>/<path:name>": ("/terms/Study", "/terms/Study.ttl"),
    "/chunks/<digest>.parquet": ("/chunks/{chunk}.parquet",),
    "/docs/<path:name>": ("/docs/reference",),
    "/federation.<any(ttl, jsonld, nt, rdf):ending>": ("/federation.ttl",),
    "/activity/page/<int:number>": ("/activity/page/1",),
    "/feed/archive/<int:number>.atom": ("/feed/archive/1.atom",),
    "/ldes.<any(trig, nq, jsonld):ending>": ("/ldes.trig",),
    "/ldes/index/<int:number>": ("/ldes/index/1",),
    "/ldes/index/<int:number>.<any(trig, nq, jsonld):ending>": ("/ldes/index/1.nq",),
    "/ldes/page/<int:number>": ("/ldes/page/1",),
    "/ldes/page/<int:number>.<any(trig, nq, jsonld):ending>": ("/ldes/page/1.jsonld",),
    "/ldes/latest.<any(trig, nq, jsonld):ending>": ("/ldes/latest.trig",),
    "/ldes/latest/page/<int:number>": ("/ldes/latest/page/1",),
    "/ldes/latest/page/<int:number>.<any(trig, nq, jsonld):ending>": ("/ldes/latest/page/1.trig",),
    "/log/<owner>/<int:epoch>/<int:seq>": ("/log/biostudies/0/1",),
    "/log/<owner>/<int:epoch>/<int:seq>.<any(trig, nq, jsonld):ending>": ("/log/biostudies/0/1.trig",),
    "/federation/quarantine/<path:name>": (
        "/federation/quarantine/biostudies",
        "/federation/quarantine/biostudies.json",
        "/federation/quarantine/biostudies.csv",
        "/federation/quarantine/biostudies.atom",
    ),
    "/federation/quarantine/<path:name>/original/<digest>": ("/federation/quarantine/crates/original/{refused}",),
    "/fair/<any(tests, guides):kind>/<name>/<version>": (
        "/fair/tests/licence-standard/1.0",
        "/fair/guides/licence-standard/1.0.ttl",
    ),
    "/fair/api/tests/<path:name>": ("/fair/api/tests/licence-standard",),
    "/fair/audits/<name>": ("/fair/audits/{audit}", "/fair/audits/latest"),
    "/fair/audits/<name>/<part>": ("/fair/audits/{audit}/report", "/fair/audits/{audit}/manifest.json"),
    "/fair/audits/<path:name>": (f"/fair/audits/{{audit}}/{STUDY}",),
    "/fair/members/<of>.atom": ("/fair/members/biostudies.atom",),
    "/funders/ror/<of>.atom": (f"/funders/ror/{WELLCOME}.atom",),
    "/fair/benchmarks/<name>": ("/fair/benchmarks/ommatidia-1.0",),
    "/fair/benchmarks/<name>/<version>": ("/fair/benchmarks/ommatidia-1.0/1.0",),
    "/fair/members/<name>": ("/fair/members/biostudies", "/fair/members/biostudies.csv"),
    "/fair/metrics/<name>": ("/fair/metrics/licence-standard",),
    "/fair/metrics/<name>/<version>": ("/fair/metrics/licence-standard/1.0",),
    "/fair/studies/<path:name>": (f"/fair/studies/{STUDY}", f"/fair/studies/{STUDY}.json", "/fair/studies/S-BIAD90001"),
    "/funders/ror/<name>": (f"/funders/ror/{WELLCOME}", f"/funders/ror/{WELLCOME}.wide.csv"),
    "/funders/ror/<ror>/grants/<path:award>": (GRANT, f"{GRANT}.pdf"),
    "/id": (f"/id?q={STUDY}",),
    "/id/": (f"/id/?q={STUDY}",),
    "/id/<path:name>/data/<path:path>": (f"/id/{IMAGE}/data/.zattrs",),
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
    "/studies/<path:name>": (
        *(f"/studies/{STUDY}{end}" for end in FORMS),
        "/studies/idr:idr0001.croissant.json",
    ),
    "/studies/<path:name>/images": ("/studies/idr:idr0001/images",),
    "/studies/<path:name>/linkset": (f"/studies/{STUDY}/linkset",),
    "/studies/<path:name>/linkset.json": (f"/studies/{STUDY}/linkset.json",),
    "/studies/<path:name>/original": (f"/studies/{STUDY}/original",),
    "/studies/<path:name>/original/raw": (f"/studies/{STUDY}/original/raw",),
    "/usage/<path:name>": (f"/usage/{STUDY}.json", f"/usage/{STUDY}.ttl", f"/usage/{IMAGE}"),
    "/usage/reports/<month>.json": ("/usage/reports/{day:.7}.json",),
}
# Address -> promises that it does not keep, with the reason.
EXCEPTIONS: dict[str, tuple[frozenset[str], str]] = {
    "/metrics": (frozenset({"ETag", "Last-Modified"}), "of this moment, and no-store"),
    "/healthz": (frozenset({"ETag", "Last-Modified"}), "of this moment, and no-store"),
    "/readyz": (frozenset({"ETag", "Last-Modified"}), "of this moment, and no-store"),
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
def walked(services: Services, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Flask, dict[str, str]]]:
    """A node that offers everything there is, and what SAMPLES name of it; its pool and its inbox are never asked."""
    node = DumpingNode(tmp_path_factory.mktemp("walked")).fill()
    seed_issues(node.ledger)
    dump = node.dump()
    # Harvesters are not told of the second that still runs.
    node.clock.pass_hours(1)
    use(node.ledger)
    exposed = Exposed(node.ledger, node.home / "exchange", prefixes_of)
    audits = audits_of(node.ledger, node.home)
    history = History(audits, node.ledger, 3)
    audit, _ = history.keep()
    made = create_web(
        replace(
            services,
            ledger=node.ledger,
            resolver=Resolver(node.ledger),
            pool=object(),
            inbox=object(),
            dumps=node.shelf,
            exposed=exposed,
            secret=b"s" * 32,
            exchange=ExchangeSettings(admin_email="images@archive.example.org"),
            audits=audits,
            audit_history=history,
        )
    )
    made.testing = True
    manifest = node.ledger.head("idr:idr0001/images")
    assert dump is not None and manifest is not None
    yield (
        made,
        {
            "chunk": manifest.record["chunks"][0]["sha256"],
            "audit": audit.name,
            "dump": dump.name,
            "bucket": node.ledger.digests.buckets("biostudies")[0].bucket,
            "refused": hashlib.sha256(REFUSED).hexdigest(),
            "day": f"{node.clock():%Y-%m-%d}",
        },
    )
    node.ledger.close()


def use(ledger: Ledger) -> None:
    """Have one study used once, ten hours ago."""
    at = ledger.clock() - timedelta(hours=10)
    ledger.usage.add([Visit("session", STUDY, "investigation", "click", at, "regular", "biostudies", "study")])
    ledger.usage.fold(count_visits)


@pytest.fixture(scope="module")
def app(walked: tuple[Flask, dict[str, str]]) -> Flask:
    """The node that is walked."""
    return walked[0]


@pytest.fixture(scope="module")
def reader(app: Flask) -> FlaskClient:
    """A client of that node."""
    return app.test_client()


@pytest.fixture(scope="module")
def addresses(walked: tuple[Flask, dict[str, str]]) -> list[tuple[str, str]]:
    """(rule, address) of everything that can be got; a route that SAMPLES does not know has none."""
    found = []
    for rule in walked[0].url_map.iter_rules():
        if "GET" not in (rule.methods or ()):
            continue
        free = rule.arguments - set(rule.defaults or ())
        samples = SAMPLES.get(rule.rule, () if free else (rule.rule,))
        found += [(rule.rule, sample.format_map(walked[1])) for sample in samples]
    return found


def test_every_route_has_an_address_to_be_walked_by(app: Flask) -> None:
    """A GET route with arguments names an address in SAMPLES of this file, so that the tests below walk it."""
    rules = [rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())]
    unknown = {rule.rule for rule in rules if rule.arguments - set(rule.defaults or ())} - SAMPLES.keys()
    assert not unknown, f"name an address of each of these routes in SAMPLES of {__file__}: {sorted(unknown)}"


def test_every_route_keeps_the_promises_of_an_answer(addresses: list[tuple[str, str]], reader: FlaskClient) -> None:
    """Each GET route gives a strong ETag, Last-Modified, Vary: Accept, Content-Length and CORS; HEAD the same."""
    broken = []
    for rule, address in addresses:
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


def test_every_etag_is_known_again(addresses: list[tuple[str, str]], reader: FlaskClient) -> None:
    """Who sends back the ETag of any route gets 304 without a body, and the same CORS headers."""
    for rule, address in addresses:
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


def test_nothing_asks_for_a_login(addresses: list[tuple[str, str]], reader: FlaskClient) -> None:
    """No route of metadata answers 401 or 403, and none sets a cookie."""
    for rule, address in addresses:
        answer = reader.get(address)
        assert answer.status_code not in (401, 403) and "Set-Cookie" not in answer.headers, rule


def test_a_page_of_the_whole_node_is_dated_by_the_ledger(tmp_path: Path) -> None:
    """The front page was last modified when the newest entry was recorded."""
    with Ledger(f"sqlite:///{tmp_path / 'ledger.db'}", clock) as ledger:
        client = create_web(Services(ledger, Resolver(ledger))).test_client()
        assert "Last-Modified" not in client.get("/").headers
        seed(ledger)
        assert client.get("/").last_modified == clock()
