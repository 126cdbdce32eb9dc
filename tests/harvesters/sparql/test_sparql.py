"""Studies from a SPARQL endpoint: pages, batches, versions, four vocabularies, and endpoints that misbehave."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from endpoint import CONSTRUCT, LIST, PAGED, Answer, Endpoint, fetch, held, serving, source

from catalogue.model.documents import Listed, SourceDocument, SourceSpec, Unchanged, Unreadable
from catalogue.model.examples import valid_examples
from catalogue.model.rdf import triples as model_triples
from catalogue.problems import RecordRejected, SourceChanged, SourceUnavailable
from harvesters.rdf_documents import iter_quads
from harvesters.rdf_nodes import to_triples
from harvesters.rdf_slices import MEDIA_TYPE, to_bytes
from harvesters.sparql import SparqlHarvester
from tests.harvesters.contract import HarvesterContract, fetcher

PREFIXES = """
@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix schema: <http://schema.org/> .
@prefix d: <https://schema.datacite.org/meta/kernel-4.6/metadata.xsd#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
"""
DOI = "https://doi.org/10.5281/zenodo.{}"
SCHEMA = """
<https://doi.org/10.5281/zenodo.700> a schema:Dataset ; schema:name "Eyes" ; schema:keywords "eye, ant" ;
  schema:license <https://creativecommons.org/licenses/by/4.0/> ;
  schema:creator [ a schema:Person ; schema:name "Ada Ant" ] .
"""
# Every record of the NFDI4BIOIMAGE graph names its rights twice, once as "None".
DATACITE = """
<https://doi.org/10.5281/zenodo.800> a <http://purl.obolibrary.org/obo/T4FS_0000113> ; d:title "Eyes" ;
  d:right "None", "Creative Commons Attribution 4.0 International" ; d:Issued "2026-06-02", "2025" ;
  d:creator <https://orcid.org/0000-0002-1825-0097> ; d:IsVersionOf <https://doi.org/10.5281/zenodo.900> ;
  d:IsPartOf <https://zenodo.org/communities/nfdi4bioimage/> ; d:resourceType "Presentation" ; d:subject "eye" .
<https://orcid.org/0000-0002-1825-0097> a foaf:Person ; rdfs:label "Ada Ant" ; d:givenName "Ada" ;
  d:familyName "Ant" ; d:identifier "https://orcid.org/0000-0002-1825-0097" ; d:affiliation [
    a <http://purl.obolibrary.org/obo/OBI_0000245> ; rdfs:label "An institute" ] .
"""


def dataset(number: int, version: str = "2026-01-01") -> str:
    """A dataset of Zenodo's."""
    return f"""
<{DOI.format(number)}> a dcat:Dataset ; dct:title "Eyes {number}" ; dct:modified "{version}" ;
  dct:license <https://creativecommons.org/licenses/by/4.0/> ; dct:publisher [ a foaf:Agent ; foaf:name "An archive" ] .
"""


def document(turtle: str, item: str) -> SourceDocument:
    """Statements as `fetch` gives them."""
    quads = iter_quads((PREFIXES + turtle).encode(), "text/turtle", base_iri="https://base.invalid/")
    return SourceDocument(item, item, to_bytes(to_triples(quads)), MEDIA_TYPE)


class TestSparqlContract(HarvesterContract):
    """The promises of every harvester."""

    def harvester(self) -> Any:
        """The harvester under test."""
        return SparqlHarvester(fetcher())

    def source(self) -> SourceSpec:
        """An endpoint of any owner."""
        return SourceSpec("endpoint", "sparql", "x")

    def samples(self) -> list[SourceDocument]:
        """A study in each of three foreign vocabularies."""
        return [
            document(dataset(600), DOI.format(600)),
            document(SCHEMA, DOI.format(700)),
            document(DATACITE, DOI.format(800)),
        ]

    @pytest.fixture(autouse=True)
    def _endpoint(self) -> Iterator[None]:
        with serving(PREFIXES + dataset(600)) as endpoint:
            self._url = endpoint.url
            yield

    def serve(self, folder: Path) -> SourceSpec:
        """An endpoint with one dataset."""
        return source(folder, self._url)


def _filled(*numbers: int) -> str:
    return PREFIXES + "".join(dataset(number) for number in numbers)


@pytest.mark.parametrize(("listing", "requests"), [(LIST, 1 + 3), (PAGED, 3 + 3)])
def test_lists_are_paged_and_subjects_asked_for_in_batches(tmp_path: Path, listing: str, requests: int) -> None:
    """Five subjects in pages and batches of two: each is given once, in one list or in three pages."""
    with serving(_filled(1001, 1002, 1003, 1004, 1005)) as endpoint:
        spec = source(tmp_path, endpoint.url, listing, page="2", batch="2")
        events = fetch(spec)
        assert sorted(held(events)) == [DOI.format(number) for number in range(1001, 1006)]
        assert isinstance(events[-1], Listed) and events[-1].complete and events[-1].total == 5
        assert len(endpoint.queries) == requests


def test_only_what_changed_is_asked_for_again(tmp_path: Path) -> None:
    """R7: with a version in the list an unchanged endpoint costs one request, and one change one more."""
    with serving(_filled(1001, 1002)) as endpoint:
        spec = source(tmp_path, endpoint.url)
        first = fetch(spec)
        endpoint.queries.clear()
        cursor = first[-1].cursor  # type: ignore[union-attr]
        assert [type(event) for event in fetch(spec, cursor, held(first))] == [Unchanged, Unchanged, Listed]
        assert len(endpoint.queries) == 1
        endpoint.store.clear()
        endpoint.store.load((_filled(1001) + dataset(1002, "2026-02-02")).encode(), ox.RdfFormat.TURTLE)
        again = fetch(spec, cursor, held(first))
        assert list(held(again)) == [DOI.format(1002)]


def test_a_subject_no_longer_listed_is_absent_from_a_complete_listing(tmp_path: Path) -> None:
    """R14: absence is evidence only because the list was whole."""
    with serving(_filled(1001)) as endpoint:
        events = fetch(source(tmp_path, endpoint.url))
        endpoint.store.clear()
        with pytest.raises(SourceChanged):
            fetch(source(tmp_path, endpoint.url), events[-1].cursor, held(events))  # type: ignore[union-attr]


def test_dcat_of_an_endpoint_becomes_a_study() -> None:
    """DCAT is read as the `dcat` harvester reads it."""
    (study,) = _map(dataset(600), DOI.format(600)).records
    assert (study["id"], study["publisher"]["name"]) == ("zenodo:600", "An archive")


def test_schema_org_of_an_endpoint_becomes_a_study() -> None:
    """schema.org as RDF is read as pages are."""
    (study,) = _map(SCHEMA, DOI.format(700)).records
    assert (study["keywords"], study["authors"][0]["name"]) == (["eye", "ant"], "Ada Ant")


def test_datacite_of_an_endpoint_becomes_a_study() -> None:
    """The DOI is the key; rights that say "None" beside a licence are passed over, a community is a link."""
    mapped = _map(DATACITE, DOI.format(800))
    (study,) = mapped.records
    assert (study["id"], study["doi"]) == ("zenodo:800", "10.5281/zenodo.800")
    assert study["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert study["links"][0]["link_type"] == "community"
    assert study["related_resources"][0] == {
        "id": "zenodo:800/related/1", "related_to": "zenodo:900", "relation": "IsVersionOf",
    }  # fmt: skip
    author = study["authors"][0]
    assert (author["orcid"], author["affiliations"][0]["name"]) == (
        "https://orcid.org/0000-0002-1825-0097", "An institute",
    )  # fmt: skip
    assert not mapped.unmapped


@pytest.mark.parametrize(
    "example", [e for e in valid_examples() if e.class_name in ("Study", "Image")], ids=lambda e: e.name
)
def test_a_record_of_our_model_comes_back_from_its_rdf(example: Any) -> None:
    """What another node publishes of a record is that record again, field by field."""
    record = example.record
    quads = iter_quads(model_triples(record), MEDIA_TYPE, base_iri="https://base.invalid/")
    name = f"https://w3id.org/ommatidia/{record['id']}"
    found = SourceDocument(name, name, to_bytes(to_triples(quads)), MEDIA_TYPE)
    mapped = SparqlHarvester(fetcher()).map(found, SourceSpec("node", "sparql", "x"))
    again = model_triples(mapped.records[0])
    assert sorted(again.splitlines()) == sorted(model_triples(record).splitlines())
    assert not mapped.unmapped


def test_other_vocabularies_are_refused() -> None:
    """Statements that nobody here can read are quarantined, and the reason names what can be read."""
    with pytest.raises(RecordRejected) as refused:
        _map('<https://x.example/1> rdfs:label "x" .', "https://x.example/1")
    assert refused.value.reason == "schema-required"


def _map(turtle: str, item: str) -> Any:
    return SparqlHarvester(fetcher()).map(document(turtle, item), SourceSpec("endpoint", "sparql", "x"))


# -- endpoints that misbehave ------------------------------------------------------------------------------------


def _cutting(query: str, answer: Answer) -> Answer:
    """An endpoint that gives at most eight statements, as Virtuoso silently cuts."""
    if "CONSTRUCT" not in query:
        return answer
    return answer[0], answer[1], b"".join(answer[2].splitlines(keepends=True)[:8])


def test_a_cut_answer_is_asked_again_in_halves(tmp_path: Path) -> None:
    """A batch whose answer lacks a subject is halved until each has been answered."""
    with serving(_filled(1001, 1002, 1003, 1004)) as endpoint:
        endpoint.change = _cutting
        events = fetch(source(tmp_path, endpoint.url))
    assert sorted(event.item for event in events if isinstance(event, SourceDocument)) == [
        DOI.format(number) for number in range(1001, 1005)
    ]


def test_a_subject_of_which_nothing_is_said_is_a_gap(tmp_path: Path) -> None:
    """R19: a listed subject without statements is quarantined and tried again, and stops no other."""
    with serving(_filled(1001) + "<https://doi.org/10.5281/zenodo.1002> a dcat:Dataset .") as endpoint:
        construct = CONSTRUCT.replace("?subject ?p ?o .", "?subject dct:title ?t ; ?p ?o .", 1)
        construct = construct.replace("CONSTRUCT { ?subject dct:title ?t ; ?p ?o .", "CONSTRUCT { ?subject ?p ?o .")
        construct = construct.replace("  ?subject ?p ?o .", "  ?subject dct:title ?t ; ?p ?o .")
        events = fetch(source(tmp_path, endpoint.url, construct=construct))
    assert [(event.item, event.reason) for event in events if isinstance(event, Unreadable)] == [
        (DOI.format(1002), "gap")
    ]
    assert list(held(events)) == [DOI.format(1001)]


def test_pages_that_do_not_go_on_end_the_run(tmp_path: Path) -> None:
    """R11: a list that gives the same page again is stopped."""
    with serving(_filled(1001, 1002)) as endpoint:
        first = itertools.count()
        pages: list[Answer] = []

        def same(query: str, answer: Answer) -> Answer:
            if "CONSTRUCT" in query:
                return answer
            pages.append(pages[0] if next(first) else answer)
            return pages[-1]

        endpoint.change = same
        with pytest.raises(SourceUnavailable):
            fetch(source(tmp_path, endpoint.url, PAGED, page="2"))


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ((500, "text/plain", b"no"), SourceUnavailable),
        ((403, "text/plain", b"no"), SourceUnavailable),
        ((400, "text/plain", b"syntax"), SourceChanged),
        ((200, "text/html", b"<html>log in</html>"), SourceUnavailable),
        (
            (200, "application/sparql-results+json", b'{"head": {"vars": ["s"]}, "results": {"bindings": []}}'),
            SourceChanged,
        ),
        ((200, "application/sparql-results+json", b"[" * 100_000), SourceUnavailable),
    ],
)
def test_an_endpoint_that_answers_badly_ends_the_run(tmp_path: Path, answer: Answer, problem: type[Exception]) -> None:
    """R14: errors, login pages and nonsense in the list end the run, and nothing counts as absent."""
    with serving(_filled(1001)) as endpoint:
        endpoint.change = lambda query, _: answer
        with pytest.raises(problem):
            fetch(source(tmp_path, endpoint.url))


def test_nothing_of_the_partner_gets_into_a_query(tmp_path: Path) -> None:
    """TP9: subjects that are no plain web addresses are never put into a query."""
    odd = b'{"head": {"vars": ["subject"]}, "results": {"bindings": [{"subject": {"type": "uri", "value": "%s"}}]}}'
    with serving(_filled(1001)) as endpoint:
        endpoint.change = lambda query, answer: (
            answer if "CONSTRUCT" in query else (200, "application/json", odd % b"http://x/> } DROP ALL {<")
        )
        with pytest.raises(SourceChanged):
            fetch(source(tmp_path, endpoint.url))
        assert not [query for query in endpoint.queries if "DROP" in query]


def test_queries_that_are_missing_or_without_slot_are_named(tmp_path: Path) -> None:
    """An operator's mistake is told with the option's name."""
    with serving(_filled(1001)) as endpoint:
        bare = SourceSpec("endpoint", "sparql", endpoint.url)
        with pytest.raises(SourceChanged, match="list"):
            fetch(bare)
        with pytest.raises(SourceChanged, match="construct"):
            fetch(source(tmp_path, endpoint.url, construct=LIST))
        assert isinstance(endpoint, Endpoint)
