"""The route /sparql keeps the SPARQL 1.1 Protocol, for programs and for people."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import rdflib
from flask.testing import FlaskClient
from rdflib.query import Result
from werkzeug.test import TestResponse

from catalogue.model.namespaces import BASE
from catalogue.query.pool import QueryPool
from catalogue.query.quads import throwaway_store
from catalogue.settings import QuerySettings
from catalogue.web.sparql import create_sparql_only
from catalogue.web.sparql_page import _own_path

SELECT = "SELECT ?s ?o { ?s ?p ?o } ORDER BY ?s LIMIT 3"
ASK = "ASK { ?s ?p ?o }"
CONSTRUCT = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
DESCRIBE = "DESCRIBE <http://example.org/s1>"
QUERY = "application/sparql-query"
G, H = "http://example.org/g", "http://example.org/h"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """A client of an application over 100 triples in graph g and one in h."""
    file: Path = tmp_path_factory.mktemp("quads") / "some.nq"
    lines = [f'<http://example.org/s{i}> <http://example.org/p> "v{i}" <{G}> .' for i in range(100)]
    lines.append(f'<http://example.org/x> <http://example.org/p> "<b>bold</b>"@en <{H}> .')
    file.write_text("\n".join(lines) + "\n", "utf-8")
    with throwaway_store(file) as link, QueryPool(link, workers=1, max_rows=90, deadline_s=120) as pool:
        yield create_sparql_only(pool, QuerySettings()).test_client()


def problem(response: TestResponse, status: int, slug: str | None = None) -> dict[str, object]:
    """The problem document of a response of that status."""
    assert response.status_code == status
    assert response.mimetype == "application/problem+json"
    document: dict[str, object] = json.loads(response.data)
    assert document["status"] == status and document["title"] and document["detail"]
    if slug:
        assert str(document["type"]).endswith("/" + slug)
    return document


def ways(client: FlaskClient, text: str, accept: str) -> list[TestResponse]:
    """The same query by GET, by form and as a body."""
    headers = {"Accept": accept}
    return [
        client.get("/sparql", query_string={"query": text}, headers=headers),
        client.post("/sparql", data={"query": text}, headers=headers),
        client.post("/sparql", data=text.encode(), content_type=QUERY, headers=headers),
    ]


@pytest.mark.parametrize(
    ("accept", "media_type", "foreign"),
    [
        ("application/sparql-results+json", "application/sparql-results+json", "json"),
        ("application/json", "application/sparql-results+json", "json"),
        ("application/sparql-results+xml", "application/sparql-results+xml", "xml"),
        ("text/csv", "text/csv", "csv"),
        ("text/tab-separated-values", "text/tab-separated-values", "tsv"),
        ("*/*", "application/sparql-results+json", "json"),
    ],
)
def test_tables_in_every_format_by_every_method(
    client: FlaskClient, accept: str, media_type: str, foreign: str
) -> None:
    """GET, form and body give the same rows in the format asked for, readable by another library."""
    for response in ways(client, SELECT, accept):
        assert response.status_code == 200
        assert response.mimetype == media_type
        assert "Accept" in response.vary
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        rows = list(Result.parse(io.BytesIO(response.data), format=foreign))
        assert [str(row[1]) for row in rows] == ["v0", "v1", "v10"]


@pytest.mark.parametrize(
    ("accept", "media_type", "foreign"),
    [
        ("text/turtle", "text/turtle", "turtle"),
        ("application/n-triples", "application/n-triples", "nt"),
        ("application/ld+json", "application/ld+json", "json-ld"),
        ("application/rdf+xml", "application/rdf+xml", "xml"),
        ("*/*", "text/turtle", "turtle"),
    ],
)
def test_graphs_in_every_format_by_every_method(
    client: FlaskClient, accept: str, media_type: str, foreign: str
) -> None:
    """DESCRIBE gives the same graph in the format asked for, readable by another library."""
    for response in ways(client, DESCRIBE, accept):
        assert response.mimetype == media_type
        graph = rdflib.Graph().parse(data=response.data, format=foreign)
        assert [str(o) for o in graph.objects()] == ["v1"]


@pytest.mark.parametrize("accept", ["application/sparql-results+json", "application/sparql-results+xml"])
def test_ask_answers_yes_and_no(client: FlaskClient, accept: str) -> None:
    """A boolean comes in the formats that have one."""
    for text, expected in ((ASK, True), ("ASK { <http://example.org/none> ?p ?o }", False)):
        response = client.get("/sparql", query_string={"query": text}, headers={"Accept": accept})
        assert Result.parse(io.BytesIO(response.data), format=accept.rsplit("+")[-1]).askAnswer is expected


def test_the_format_parameter_wins_over_accept(client: FlaskClient) -> None:
    """`format=csv` is enough for a link."""
    response = client.get("/sparql", query_string={"query": SELECT, "format": "csv"}, headers={"Accept": "image/png"})
    assert response.mimetype == "text/csv"


def test_quality_values_decide(client: FlaskClient) -> None:
    """What the client likes best of what fits the query is given."""
    headers = {"Accept": "text/turtle, text/csv;q=0.5, application/sparql-results+xml;q=0.8"}
    assert client.get("/sparql", query_string={"query": SELECT}, headers=headers).mimetype.endswith("results+xml")


@pytest.mark.parametrize(("text", "accept"), [(SELECT, "text/turtle"), (CONSTRUCT, "text/csv"), (SELECT, "image/png")])
def test_what_cannot_be_given_is_406_with_a_list(client: FlaskClient, text: str, accept: str) -> None:
    """The problem names what could be asked for."""
    for response in ways(client, text, accept):
        assert problem(response, 406, "not-acceptable")["available"]


@pytest.mark.parametrize(
    ("parameters", "rows"),
    [
        ([], 101),
        ([("default-graph-uri", H)], 1),
        ([("default-graph-uri", H), ("default-graph-uri", G)], 101),
        ([("named-graph-uri", H)], 0),
    ],
)
def test_graph_parameters_make_the_dataset(client: FlaskClient, parameters: list[tuple[str, str]], rows: int) -> None:
    """default-graph-uri and named-graph-uri count in the address and in the form."""
    text = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    asked = [("query", text), *parameters]
    from urllib.parse import urlencode

    answers = [
        client.get("/sparql?" + urlencode(asked)),
        client.post("/sparql", data=urlencode(asked), content_type="application/x-www-form-urlencoded"),
        client.post("/sparql?" + urlencode(parameters), data=text, content_type=QUERY),
    ]
    for answer in answers:
        assert answer.get_json(force=True)["results"]["bindings"][0]["n"]["value"] == str(rows)


def test_protocol_graphs_win_over_from(client: FlaskClient) -> None:
    """The request's dataset replaces the query's (section 2.1.4)."""
    text = f"SELECT (COUNT(*) AS ?n) FROM <{G}> {{ ?s ?p ?o }}"
    answer = client.get("/sparql", query_string={"query": text, "default-graph-uri": H})
    assert answer.get_json(force=True)["results"]["bindings"][0]["n"]["value"] == "1"


def test_bad_requests_are_400(client: FlaskClient) -> None:
    """No query, two queries, broken bytes and bad syntax are the client's errors."""
    json_only = {"Accept": "application/sparql-results+json"}
    problem(client.get("/sparql", headers=json_only), 400, "bad-request")
    problem(client.get("/sparql?query=ASK{}&query=ASK{}"), 400, "bad-request")
    problem(client.post("/sparql", data={}, content_type="application/x-www-form-urlencoded"), 400, "bad-request")
    problem(client.post("/sparql", data=b"ASK { ?s ?p '\xff' }", content_type=QUERY), 400, "bad-request")
    problem(client.post("/sparql?query=ASK{}", data=ASK, content_type=QUERY), 400, "bad-request")
    problem(client.get("/sparql?default-graph-uri=x&query=ASK{}"), 400, "bad-request")
    document = problem(client.get("/sparql", query_string={"query": "SELECT * {\n ?s }"}), 400, "query-syntax")
    assert document["line"] == 2


@pytest.mark.parametrize("kind", ["text/plain", "application/json", "multipart/form-data; boundary=x", None])
def test_other_bodies_are_415(client: FlaskClient, kind: str | None) -> None:
    """A body of an unknown type is not guessed at."""
    problem(client.post("/sparql", data=ASK.encode(), content_type=kind), 415)


def test_foreign_charsets_are_415(client: FlaskClient) -> None:
    """Only UTF-8 is read."""
    problem(client.post("/sparql", data=ASK, content_type=QUERY + "; charset=utf-16"), 415)
    assert client.post("/sparql", data=ASK, content_type=QUERY + "; charset=UTF-8").status_code == 200


def test_updates_are_refused_by_every_route(client: FlaskClient) -> None:
    """An update is 403 with a sentence, and nothing is written."""
    update = "INSERT DATA { <http://e/s> <http://e/p> <http://e/o> }"
    answers = [
        client.get("/sparql", query_string={"update": update}),
        client.post("/sparql", data={"update": update}),
        client.post("/sparql", data=update, content_type="application/sparql-update"),
        client.post("/sparql", data={"query": update}),
        client.get("/sparql", query_string={"query": update}),
    ]
    for answer in answers:
        assert "nothing was changed" in str(problem(answer, 403, "query-refused")["detail"])
    assert not client.get("/sparql", query_string={"query": "ASK { <http://e/s> ?p ?o }"}).get_json(force=True)[
        "boolean"
    ]


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_other_methods_are_405(client: FlaskClient, method: str) -> None:
    """The answer lists what is allowed."""
    response = client.open("/sparql", method=method, data=ASK)
    problem(response, 405)
    assert {"GET", "POST"} <= set(response.headers["Allow"].replace(" ", "").split(","))


def test_head_is_get_without_body(client: FlaskClient) -> None:
    """HEAD gives the headers of the answer."""
    get = client.get("/sparql", query_string={"query": SELECT})
    head = client.head("/sparql", query_string={"query": SELECT})
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["Content-Length"] == get.headers["Content-Length"] == str(len(get.data))


def test_preflight_opens_the_door(client: FlaskClient) -> None:
    """Pages of other sites may ask, by POST with a content type too."""
    response = client.options("/sparql", headers={"Origin": "https://e.org", "Access-Control-Request-Method": "POST"})
    assert response.status_code in (200, 204)
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "POST" in response.headers["Access-Control-Allow-Methods"]
    assert "Content-Type" in response.headers["Access-Control-Allow-Headers"]


def test_limits_speak(client: FlaskClient) -> None:
    """Deep, long and wide each get their own problem."""
    deep = "SELECT * { " + "{" * 3000 + "}" * 3000 + " }"
    problem(client.post("/sparql", data={"query": deep}), 413, "query-too-large")
    problem(client.post("/sparql", data=b"#" * (2 << 20) + b"\nASK {}", content_type=QUERY), 413, "query-too-large")
    problem(client.get("/sparql", query_string={"query": "SELECT * { ?s ?p ?o }"}), 413, "result-too-large")


def test_a_query_of_nearly_a_megabyte_fits_in_a_form(client: FlaskClient) -> None:
    """Percent-encoding does not use up the limit."""
    text = ASK + " #" + "é" * 500_000
    assert client.post("/sparql", data={"query": text}).status_code == 200


def test_service_description_when_rdf_is_asked_for(client: FlaskClient) -> None:
    """Without a query the endpoint describes itself in Turtle."""
    sd = rdflib.Namespace("http://www.w3.org/ns/sparql-service-description#")
    for accept in ("text/turtle", "*/*"):
        response = client.get("/sparql", headers={"Accept": accept})
        assert response.mimetype == "text/turtle"
        graph = rdflib.Graph().parse(data=response.data, format="turtle", publicID="http://node.example/sparql")
        (service,) = graph.subjects(rdflib.RDF.type, sd.Service)
        assert (service, sd.feature, sd.UnionDefaultGraph) in graph
        assert (service, sd.endpoint, service) in graph
        assert len(list(graph.objects(service, sd.resultFormat))) == 8


def test_people_get_a_form_with_examples(client: FlaskClient) -> None:
    """A browser without a query sees a form that works without scripts, and examples."""
    response = client.get("/sparql", headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    page = response.get_data(as_text=True)
    assert response.mimetype == "text/html"
    assert "<textarea" in page and 'name="query"' in page and "<script" not in page
    assert "?example=all-taxa" in page
    assert "organism" in client.get("/sparql?example=all-taxa", headers={"Accept": "text/html"}).get_data(as_text=True)


def test_people_get_answers_on_the_page(client: FlaskClient) -> None:
    """A browser with a query sees the rows, values escaped, and links to the other formats."""
    browser = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    page = client.get(
        "/sparql", query_string={"query": "SELECT ?o { <http://example.org/x> ?p ?o }"}, headers=browser
    ).get_data(as_text=True)
    assert "&lt;b&gt;bold&lt;/b&gt;" in page and "<b>bold" not in page
    assert "1 row." in page and "format=csv" in page
    page = client.get("/sparql", query_string={"query": ASK}, headers=browser).get_data(as_text=True)
    assert "<strong>yes</strong>" in page
    page = client.get("/sparql", query_string={"query": DESCRIBE}, headers=browser).get_data(as_text=True)
    assert "<pre" in page and "&#34;v1&#34;" in page


@pytest.mark.parametrize(
    ("iri", "path"),
    [
        ("idr:idr0001", "/id/idr:idr0001"),
        ("terms/Study", "/terms/Study"),
        ("shapes/Study-title", "/shapes/Study-title"),
    ],
)
def test_iris_of_ours_lead_to_this_node(iri: str, path: str) -> None:
    """Records lead to the resolver, terms and shapes to what explains them."""
    assert _own_path(BASE + iri) == path


def test_people_get_problems_as_pages(client: FlaskClient) -> None:
    """A browser reads the same problem as a page with the right status."""
    response = client.get("/sparql", query_string={"query": "SELECT * {"}, headers={"Accept": "text/html"})
    assert (response.status_code, response.mimetype) == (400, "text/html")
    assert "Query syntax error" in response.get_data(as_text=True)


def test_a_foreign_host_appears_nowhere(client: FlaskClient) -> None:
    """Nothing that the Host header says goes into an answer."""
    for accept in ("text/html", "text/turtle"):
        for query in ({}, {"query": DESCRIBE}):
            headers = {"Host": "evil.example", "Accept": accept}
            response = client.get("/sparql", query_string=query, headers=headers)
            assert b"evil.example" not in response.data
            assert "evil.example" not in str(response.headers)


def test_unknown_paths_and_faults_are_problems(client: FlaskClient) -> None:
    """404 and 500 are problem documents too, and a fault shows nothing of its inside."""
    problem(client.get("/nowhere"), 404)
    app = client.application
    broken = create_sparql_only(None, QuerySettings()).test_client()  # type: ignore[arg-type]
    document = problem(broken.get("/sparql?query=ASK{}"), 500)
    assert "NoneType" not in json.dumps(document)
    assert app is not broken.application
