"""The graph of funding: what is stated is asserted, what is inferred is only told, each with its evidence."""

from __future__ import annotations

from typing import Any

import pyoxigraph as px
import pytest

from catalogue.model.funding.index import Grants
from catalogue.model.funding.rdf import FUNDING, funding_quads, grant_page
from catalogue.model.namespaces import BASE, contract, expand

RECORDS: dict[str, dict[str, Any]] = {
    "ssbd:1": {
        "funding_statement": 'By JSPS KAKENHI (16H06372), "by" \\ AMED, and the New Frontiers in Research Fund.',
        "publications": [{"doi": "10.1000/abc"}],
    },
    "ssbd:2": {"publications": [{"doi": "10.1000/abc"}]},
    "idr:1": {
        "grants": [
            {
                "grant_identifier": "226718/Z/22/Z",
                "acronym": "EYE",
                "grant_pid": "https://doi.org/10.35802/226718",
                "funder": {"name": "Wellcome"},
            },
            {"grant_identifier": "X 1", "funder": {"name": "Nobody of note"}},
            {"grant_identifier": "NFRFE-2019-01012", "funder": {"name": "NFRF"}},
        ]
    },
}
GRANT = f"{BASE}grant/00hhkn466/JP16H06372"


@pytest.fixture(scope="module")
def store() -> px.Store:
    graph = px.Store()
    graph.load(funding_quads(Grants.build(RECORDS.items())), format=px.RdfFormat.N_QUADS)
    return graph


def values(store: px.Store, subject: str, predicate: str) -> list[str]:
    about, how = px.NamedNode(subject), px.NamedNode(expand(predicate) if ":/" not in predicate else predicate)
    return sorted(quad.object.value for quad in store.quads_for_pattern(about, how, None, None))


def test_all_quads_lie_in_one_graph_sorted(store: px.Store) -> None:
    """Lines are sorted, each once, in the graph of funding alone."""
    data = funding_quads(Grants.build(RECORDS.items()))
    lines = data.splitlines()
    assert lines == sorted(set(lines)) and all(line.endswith(f" <{FUNDING}> .".encode()) for line in lines)
    assert data == funding_quads(Grants.build(reversed(RECORDS.items())))


def test_a_grant_is_described(store: px.Store) -> None:
    """Number, funder by ROR, acronym and page of a grant; a name and the Crossref id of its funder."""
    grant = f"{BASE}grant/029chgv08/226718%2FZ%2F22%2FZ"
    assert values(store, grant, "schema:identifier") == ["226718/Z/22/Z"]
    assert values(store, grant, "schema:funder") == ["https://ror.org/029chgv08"]
    assert values(store, grant, "schema:alternateName") == ["EYE"]
    assert values(store, grant, "schema:url") == ["https://doi.org/10.35802/226718"]
    assert values(store, "https://ror.org/029chgv08", "rdfs:label") == ["Wellcome"]
    assert values(store, "https://ror.org/029chgv08", "schema:sameAs") == ["https://doi.org/10.13039/100010269"]


def test_only_what_a_record_says_is_asserted(store: px.Store) -> None:
    """The study that says so has schema:funding or schema:funder, the one of the same paper has neither."""
    assert values(store, f"{BASE}ssbd:1", "schema:funding") == [GRANT]
    assert values(store, f"{BASE}ssbd:1", "schema:funder") == ["https://ror.org/004rtk039"]
    assert values(store, f"{BASE}ssbd:2", "schema:funding") == values(store, f"{BASE}ssbd:2", "schema:funder") == []


def test_every_link_has_its_evidence(store: px.Store) -> None:
    """An annotation joins study and grant, with the basis, the record, the field and the very words."""
    oa = "http://www.w3.org/ns/oa#"
    found = {}
    for quad in store.quads_for_pattern(None, px.NamedNode(oa + "hasBody"), px.NamedNode(GRANT), None):
        link = quad.subject.value
        found[contract(values(store, link, f"{oa}hasTarget")[0])] = link
    assert set(found) == {"ssbd:1", "ssbd:2"}
    for curie, basis, sources in (
        ("ssbd:1", "read from text", [f"{found['ssbd:1']}/evidence"]),
        ("ssbd:2", "inferred", ["https://doi.org/10.1000/abc", f"{found['ssbd:2']}/evidence"]),
    ):
        link = found[curie]
        assert values(store, link, "schema:additionalType") == [basis]
        assert values(store, link, "prov:wasDerivedFrom") == sorted(sources)
        assert values(store, f"{link}/evidence", f"{oa}hasSource") == [f"{BASE}ssbd:1"]
        assert values(store, f"{link}/evidence", "schema:name") == ["funding_statement"]
        (words,) = values(store, f"{link}/words", f"{oa}exact")
        assert words in RECORDS["ssbd:1"]["funding_statement"] and words.endswith("16H06372")


def test_what_has_no_iri_is_left_out(store: px.Store) -> None:
    """A funder without identifiers and one that is unknown have no place in the graph."""
    text = funding_quads(Grants.build(RECORDS.items())).decode()
    assert '"NFRFE-2019-01012"' not in text and "Nobody" not in text and '"New Frontiers' not in text


@pytest.mark.parametrize(
    ("iri", "page"),
    [
        (GRANT, "/funders/ror/00hhkn466/grants/JP16H06372"),
        (f"{BASE}grant/029chgv08/226718%2FZ%2F22%2FZ", "/funders/ror/029chgv08/grants/226718%2FZ%2F22%2FZ"),
        (f"{BASE}grant/029chgv08/", None), (f"{BASE}grant/029chgv08", None), (f"{BASE}ssbd:1", None),
        ("https://ror.org/029chgv08", None),
    ],
)  # fmt: skip
def test_the_page_of_a_grant_follows_from_its_iri(iri: str, page: str | None) -> None:
    """A grant's IRI leads to its page, any other to none; no record has such an IRI."""
    assert grant_page(iri) == page
    assert page is None or contract(iri) == iri
