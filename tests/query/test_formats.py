"""Formats are chosen as clients ask, and rows are counted right in all of them."""

from __future__ import annotations

import random

import pyoxigraph as ox
import pytest

from catalogue.query.formats import FORMATS, find_format, negotiate, row_counter
from tests.query.stores import NASTY

TABLES = ["json", "xml", "csv", "tsv"]


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("rows", [0, 1, 57])
def test_rows_are_counted_in_any_pieces(name: str, rows: int) -> None:
    """Whatever values hold and however bytes are cut, the count is that of the rows."""
    store = ox.Store()
    values = [NASTY, "", '"', "\\", ",{", '{"', "\r\n", "[{},{}]", "<result>", "\\\\", "}},{"]
    for number in range(rows):
        value = values[number % len(values)] + str(number)
        store.add(ox.Quad(ox.NamedNode(f"a:{number}"), ox.NamedNode("a:p"), ox.Literal(value)))
    engine_format = getattr(ox.QueryResultsFormat, name.upper())
    body = store.query("SELECT ?o ?x ?s { ?s ?p ?o OPTIONAL { ?s <a:none> ?x } }").serialize(format=engine_format)
    assert isinstance(body, bytes)
    chance = random.Random(rows)
    for _ in range(20):
        count, left, seen = row_counter(name), body, 0
        while left:
            size = chance.choice([1, 2, 7, 50, 8192])
            seen = count(left[:size])
            left = left[size:]
        assert seen == rows


@pytest.mark.parametrize("name", TABLES)
def test_rows_without_any_value_count(name: str) -> None:
    """Rows in which nothing is bound are rows."""
    body = (
        ox.Store()
        .query("SELECT ?x { {} UNION {} UNION {} }")
        .serialize(format=getattr(ox.QueryResultsFormat, name.upper()))
    )
    assert isinstance(body, bytes)
    assert row_counter(name)(body) == 3


@pytest.mark.parametrize(
    ("accept", "graph", "name"),
    [
        ("", False, "json"),
        ("*/*", False, "json"),
        ("*/*", True, "turtle"),
        ("text/csv", False, "csv"),
        ("application/json", False, "json"),
        ("application/json", True, "jsonld"),
        ("text/csv;q=0.2, application/sparql-results+xml;q=0.7", False, "xml"),
        ("text/turtle, application/sparql-results+json;q=0.1", False, "json"),
        ("application/rdf+xml;q=0.9, text/turtle;q=0.8", True, "rdfxml"),
        ("text/*", False, "csv"),
        ("application/n-triples", True, "ntriples"),
        ("application/sparql-results+json;q=0, text/tab-separated-values", False, "tsv"),
        ("text/turtle", False, None),
        ("image/png", True, None),
    ],
)
def test_accept_is_honoured(accept: str, graph: bool, name: str | None) -> None:
    """Quality values, wildcards and the kind of answer decide."""
    found = negotiate(accept, graph)
    assert (found.name if found else None) == name


def test_formats_are_found_by_name_alias_and_type() -> None:
    """What one writes after `format=` may be a name, a common alias or a media type."""
    for member in FORMATS:
        graph = member.holds == "graph"
        assert find_format(member.name, graph) is member
        assert find_format(member.media_type.upper(), graph) is member
    assert find_format("ttl", True) is find_format("turtle", True)
    assert find_format("csv", True) is None
    assert find_format("nonsense", False) is None
