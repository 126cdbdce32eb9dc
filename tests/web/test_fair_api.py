"""/fair/api and the IRIs of tests: FTR's API over this node, every answer by the published shapes."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyoxigraph as px
import pyshacl
import pytest
import rdflib
from flask.testing import FlaskClient

from catalogue.fair.assess.held import held_study
from catalogue.fair.benchmark import shipped
from catalogue.fair.history import History
from catalogue.fair.metrics.base import metrics
from catalogue.model.signing import NodeKey
from catalogue.resolver.service import Resolver
from catalogue.settings import WebSettings
from catalogue.store.ledger import Ledger
from catalogue.web.factory import create_web
from catalogue.web.fair.api import MOST_BYTES
from catalogue.web.services import Services
from tests.fair.assess.assessor_over_loopback import DATASET, assessor, good_archive
from tests.fair.live.conftest import archive
from tests.harvesters.loopback_server import Server
from tests.web.audits_for_pages import STATED, audits_of, seed_funded
from tests.web.studies_for_pages import GONE, append, clock, tombstone

__all__ = ["archive"]
SHAPES = Path(__file__).parents[1] / "fair" / "ftr" / "shapes"
VENDORED = tomllib.loads((SHAPES / "vendor.toml").read_text("utf-8"))["file"]
BASE = "https://w3id.org/ommatidia/fair/"
FTR = "https://w3id.org/ftr#"
TYPE = px.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")


@pytest.fixture(scope="module")
def node(services: Services, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    """A node that was told its address, with a kept audit."""
    home = tmp_path_factory.mktemp("api")
    with Ledger(f"sqlite:///{home / 'ledger.db'}", clock, key=NodeKey(bytes(range(32)))) as ledger:
        seed_funded(ledger)
        append(ledger, tombstone(GONE, "Study", "A study that was taken back"))
        audits, resolver = audits_of(ledger, home), Resolver(ledger)
        history = History(audits, ledger, 3)
        history.keep()
        judge = assessor(held=lambda text: held_study(text, resolver, audits))
        web = WebSettings(base_url="https://node.example")
        told = replace(services, ledger=ledger, resolver=resolver, search=None, audits=audits, assessor=judge, web=web)
        yield replace(told, audit_history=history)


@pytest.fixture(scope="module")
def site(node: Services) -> FlaskClient:
    app = create_web(node)
    app.testing = True
    return app.test_client()


def loaded(content: bytes) -> px.Store:
    store = px.Store()
    store.load(content, px.RdfFormat.JSON_LD)
    return store


def of_type(store: px.Store, name: str) -> set[str]:
    return {quad.subject.value for quad in store.quads_for_pattern(None, TYPE, px.NamedNode(FTR + name))}


def conforms(content: bytes) -> None:
    """By FTR's published shapes, unchanged; those of tests get the target that they lack."""
    triples = "".join(f"{quad.subject} {quad.predicate} {quad.object} .\n" for quad in loaded(content))
    graph = rdflib.Graph().parse(data=triples, format="nt")
    for file in VENDORED:
        text = (SHAPES / file["name"]).read_bytes()
        assert hashlib.sha256(text).hexdigest() == file["sha256"]
        shapes = rdflib.Graph().parse(data=text, format="turtle")
        if file["name"] == "test.shacl":
            target = rdflib.URIRef("http://www.w3.org/ns/shacl#targetClass")
            shapes.add((rdflib.URIRef("http://www.example.org/me#testShape"), target, rdflib.URIRef(FTR + "Test")))
        good, _, told = pyshacl.validate(graph, shacl_graph=shapes)
        assert good, (file["name"], told)


def assess(site: FlaskClient, path: str, body: Any, **options: Any) -> Any:
    return site.post(f"/fair/api/assess/{path}", json=body, **options)


@pytest.mark.parametrize(("path", "kind", "number"), [
    ("/tests", "Test", len(metrics())), ("/metrics", "Metric", len(metrics())),
    ("/benchmarks", "Benchmark", len(shipped())),
])  # fmt: skip
def test_lists_are_whole_and_conform(site: FlaskClient, path: str, kind: str, number: int) -> None:
    """Every test, metric and benchmark is told, as the published shapes demand."""
    answer = site.get(f"/fair/api{path}")
    assert answer.status_code == 200 and answer.content_type == "application/ld+json"
    assert len(of_type(loaded(answer.data), kind)) == number
    conforms(answer.data)


@pytest.mark.parametrize("name", ["licence-standard", "licence-standard/1.0", BASE + "tests/licence-standard/1.0"])
def test_one_can_be_asked_for_by_any_of_its_names(site: FlaskClient, name: str) -> None:
    """Identifier, identifier with version, or IRI; in the query or in the path."""
    for answer in (
        site.get("/fair/api/tests", query_string={"testid": name}),
        site.get(f"/fair/api/tests/{name.removeprefix(BASE + 'tests/')}"),
    ):
        assert of_type(loaded(answer.data), "Test") == {BASE + "tests/licence-standard/1.0"}
    found = site.get("/fair/api/metrics", query_string={"metricid": name.replace("tests/", "metrics/")})
    assert of_type(loaded(found.data), "Metric") == {BASE + "metrics/licence-standard/1.0"}


def test_unknown_names_are_told(site: FlaskClient) -> None:
    """The nearest name or the present version is in the problem."""
    assert "licence-standard" in site.get("/fair/api/tests/licence-standart").json["detail"]
    assert "version 1.0" in site.get("/fair/api/metrics?metricid=licence-standard/0.1").json["detail"]
    assert site.get("/fair/api/benchmarks?benchmarkid=nothing").status_code == 404


def test_the_description_has_exactly_the_routes(site: FlaskClient) -> None:
    """OpenAPI 3.1 names each path and method of the API, and no other."""
    told = site.get("/fair/api/openapi.json").json
    assert told["openapi"] == "3.1.0" and told["servers"] == [{"url": "https://node.example/fair/api"}]
    described = {(path, method.upper()) for path, one in told["paths"].items() for method in one}
    rules = {
        (rule.rule.removeprefix("/fair/api").replace("<path:name>", "{id}"), method)
        for rule in site.application.url_map.iter_rules()
        if rule.rule.startswith("/fair/api")
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    assert described == rules


@pytest.mark.parametrize("name", [STATED, f"https://w3id.org/ommatidia/{STATED}", STATED.partition(":")[2]])
def test_a_study_that_is_held_is_answered_from_the_newest_audit(site: FlaskClient, node: Services, name: str) -> None:
    """One test gives one TestResult with the words of the audit, by whatever name the study goes."""
    answer = assess(site, "test/licence-standard", {"resource_identifier": name})
    store = loaded(answer.data)
    (result,) = of_type(store, "TestResult")
    judgement = node.audits.newest().judgements[STATED]["licence-standard"]  # type: ignore[union-attr]
    (log,) = store.quads_for_pattern(px.NamedNode(result), px.NamedNode(FTR + "log"), None)
    assert log.object.value.startswith(judgement.said)
    conforms(answer.data)


def test_a_benchmark_gives_a_set_of_all_its_tests(site: FlaskClient) -> None:
    """A TestResultSet has a TestResult for each metric that the benchmark rests on."""
    answer = assess(site, "benchmark/horizon-europe-2021", {"resource_identifier": STATED})
    store = loaded(answer.data)
    assert len(of_type(store, "TestResultSet")) == 1
    assert len(of_type(store, "TestResult")) == len(shipped()["horizon-europe-2021"].metrics)
    conforms(answer.data)


def test_an_address_elsewhere_is_fetched(node: Services, archive: Server) -> None:
    """The target is the address that was asked for, and the results conform."""
    app = create_web(replace(node, assessor=assessor(archive)))
    url = good_archive(archive)
    answer = app.test_client().post("/fair/api/assess/benchmark/ommatidia-1.0", json={"resource_identifier": url})
    targets = loaded(answer.data).quads_for_pattern(None, px.NamedNode(FTR + "assessmentTarget"), None)
    assert {quad.object.value for quad in targets} == {url}
    assert "no-store" in answer.headers["Cache-Control"]
    conforms(answer.data)


def test_posted_metadata_are_assessed(site: FlaskClient) -> None:
    """Metadata in place of a name; the target is named by its content."""
    body = {"metadata": json.dumps(DATASET), "file_name": "page.jsonld"}
    answer = assess(site, "test/licence-standard", body)
    (result,) = of_type(loaded(answer.data), "TestResult")
    assert b"ni:///sha-256;" in answer.data and result.startswith(BASE + "audits/")
    conforms(answer.data)


@pytest.mark.parametrize("body", [
    b"", b"{", b"[]", b"7", b"null", b'{"resource_identifier": 7}', b'{"resource_identifier": ""}', b"[" * 100_000,
    b'{"resource_identifier": {"@id": "x"}}', b"\xff", b'{"metadata": 7}', b'{"metadata": ""}', b'{"metadata": "{"}',
    b'{"resource_identifier": "a b"}', b'{"resource_identifier": "javascript:alert(1)"}',
    b'{"resource_identifier": "file:///etc/passwd"}', b'{"metadata": "\\ud800"}',
])  # fmt: skip
def test_nonsense_is_refused_with_a_problem(site: FlaskClient, body: bytes) -> None:
    """Whatever is posted, the answer is a problem document of the 400s."""
    answer = site.post("/fair/api/assess/test/licence-standard", data=body, content_type="application/json")
    assert 400 <= answer.status_code < 500 and answer.json["detail"], answer.data


@pytest.mark.parametrize("url", [
    "http://127.0.0.1:22/", "http://localhost/", "http://[::1]/", "http://169.254.169.254/latest/meta-data",
    "http://10.0.0.1/", "http://0x7f000001/", "https://user:secret@127.0.0.1/",
])  # fmt: skip
def test_private_addresses_are_refused(site: FlaskClient, url: str) -> None:
    """No host of this machine's network is asked for a stranger."""
    answer = assess(site, "test/licence-standard", {"resource_identifier": url})
    assert answer.status_code == 403 and "type" in answer.json


def test_too_much_is_refused_and_the_withdrawn_is_told(site: FlaskClient) -> None:
    """413 for what is too large, 410 for what was taken back."""
    large = assess(site, "test/licence-standard", {"metadata": "x" * MOST_BYTES})
    assert large.status_code == 413
    assert assess(site, "test/licence-standard", {"resource_identifier": GONE}).status_code == 410


def test_pages_of_other_sites_may_post(site: FlaskClient) -> None:
    """A preflight is answered with POST and Content-Type."""
    answer = site.options("/fair/api/assess/test/licence-standard")
    assert "POST" in answer.headers["Access-Control-Allow-Methods"]
    assert "Content-Type" in answer.headers["Access-Control-Allow-Headers"]


@pytest.mark.parametrize("kind", ["metrics", "tests", "guides"])
@pytest.mark.parametrize(("accept", "suffix"), [
    ("text/turtle", ".ttl"), ("application/ld+json", ".jsonld"), ("application/n-triples", ".nt"),
])  # fmt: skip
def test_iris_lead_to_rdf_about_themselves(site: FlaskClient, kind: str, accept: str, suffix: str) -> None:
    """At any node a metric, its test and its guidance dereference to triples with themselves as subject."""
    path = f"/fair/{kind}/licence-standard/1.0"
    answer = site.get(path, headers={"Accept": accept})
    assert answer.status_code == 303 and answer.headers["Location"] == f"https://node.example{path}{suffix}"
    found = site.get(path + suffix)
    assert found.content_type.startswith(accept)
    form = {".ttl": px.RdfFormat.TURTLE, ".jsonld": px.RdfFormat.JSON_LD, ".nt": px.RdfFormat.N_TRIPLES}[suffix]
    subjects = {quad.subject.value for quad in px.parse(found.data, form, base_iri="https://node.example/")}
    assert f"{BASE}{kind}/licence-standard/1.0" in subjects


def test_browsers_get_pages(site: FlaskClient) -> None:
    """HTML stays at the address; it tells where the RDF is."""
    page = site.get("/fair/metrics/licence-standard/1.0", headers={"Accept": "text/html"})
    assert page.status_code == 200 and "1.0.ttl" in page.headers["Link"]
    test = site.get("/fair/tests/licence-standard/1.0", headers={"Accept": "text/html"})
    assert test.status_code == 303 and test.headers["Location"].endswith("/fair/metrics/licence-standard")


@pytest.mark.parametrize(
    ("path", "version"),
    [
        ("/fair/metrics/licence-standard", metrics()["licence-standard"].version),
        ("/fair/benchmarks/horizon-europe-2021", shipped()["horizon-europe-2021"].version),
    ],
)
def test_a_name_without_version_leads_programs_to_the_present_one(site: FlaskClient, path: str, version: str) -> None:
    """Whoever asks for RDF is sent to that of the version that is here; browsers and those who take anything stay."""
    answer = site.get(path, headers={"Accept": "text/turtle"})
    assert answer.status_code == 303 and answer.headers["Location"].endswith(f"{path}/{version}.ttl")
    for accept in ("text/html", "*/*"):
        assert site.get(path, headers={"Accept": accept}).status_code == 200


def test_benchmarks_lead_to_rdf(site: FlaskClient) -> None:
    """A benchmark dereferences with the IRIs of its metrics."""
    version = shipped()["horizon-europe-2021"].version
    found = site.get(f"/fair/benchmarks/horizon-europe-2021/{version}.jsonld")
    assert of_type(loaded(found.data), "Benchmark") == {f"{BASE}benchmarks/horizon-europe-2021/{version}"}
    conforms(found.data)


def test_a_version_that_was_replaced_names_the_present_one(site: FlaskClient) -> None:
    """404 with the version that is here."""
    for path in ("/fair/metrics/licence-standard/0.9", "/fair/tests/licence-standard/9.9.ttl",
                 "/fair/benchmarks/horizon-europe-2021/9.9.nt"):  # fmt: skip
        answer = site.get(path, headers={"Accept": "text/turtle"})
        assert answer.status_code == 404 and answer.json["look_at"], path


def test_an_old_version_is_told_by_a_kept_audit(
    node: Services, site: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the code has gone on, an audit that is kept still says what its metric was."""
    newer = replace(metrics()["licence-standard"], version="9.0")
    monkeypatch.setattr("catalogue.web.fair.linked.get_metric", lambda name: newer)
    found = site.get("/fair/metrics/licence-standard/1.0.jsonld")
    assert found.status_code == 200
    assert of_type(loaded(found.data), "Metric") == {BASE + "metrics/licence-standard/1.0"}


@pytest.mark.parametrize(
    "rest", ["", "/activity", f"/{STATED}", f"/{STATED}/licence-standard", f"/{STATED}/licence-standard/result"]
)
def test_iris_of_audits_lead_to_rdf(node: Services, site: FlaskClient, rest: str) -> None:
    """An audit, its making, a set of results, and each result dereference, read from the audit as it was kept."""
    name = node.audits.shelf.names()[0]  # type: ignore[union-attr]
    answer = site.get(f"/fair/audits/{name}{rest}", headers={"Accept": "application/ld+json"})
    assert answer.status_code == 303
    page = site.get(f"/fair/audits/{name}{rest}", headers={"Accept": "text/html"})
    assert page.status_code == (303 if rest else 200)
    found = loaded(site.get(f"/fair/audits/{name}{rest}.jsonld").data)
    assert list(found.quads_for_pattern(px.NamedNode(f"{BASE}audits/{name}{rest}"), None, None))


def test_unknown_parts_of_audits_are_told(node: Services, site: FlaskClient) -> None:
    """No audit, no study, no test: 404 with a sentence."""
    name = node.audits.shelf.names()[0]  # type: ignore[union-attr]
    for rest in ("nothing.ttl", f"{name}/idr:idr9999.ttl", f"{name}/{STATED}/nothing.ttl"):
        assert site.get(f"/fair/audits/{rest}").status_code == 404, rest
