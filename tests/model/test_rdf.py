"""The emitter says what the record says, exactly, and JSON-LD says the same."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pyoxigraph as ox
import pytest

from catalogue.model.jsonld import jsonld
from catalogue.model.namespaces import BASE, TERMS
from catalogue.model.rdf import FieldError, iri, quads, triples
from tests.model.examples import VALID, Example

XSD = "http://www.w3.org/2001/XMLSchema#"
DCTERMS = "http://purl.org/dc/terms/"
STUDY = next(e for e in VALID if e.name == "Study-minimal").record
FULL = next(e for e in VALID if e.name == "Study-full").record
IMAGE = next(e for e in VALID if e.name == "Image-full").record


def canonical(data: bytes, syntax: ox.RdfFormat) -> list[str]:
    """The RDFC-1.0 form, one statement a line."""
    dataset = ox.Dataset(ox.parse(data, format=syntax))
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return sorted(map(str, dataset))


def values(record: dict[str, Any], predicate: str, subject: str | None = None) -> list[str]:
    """Objects of a predicate, in N-Triples syntax."""
    node = ox.NamedNode(predicate)
    return [
        str(t.object)
        for t in ox.parse(triples(record), format=ox.RdfFormat.N_TRIPLES)
        if t.predicate == node and (subject is None or t.subject.value == iri(subject))
    ]


@pytest.mark.parametrize("example", VALID, ids=[e.name for e in VALID])
def test_jsonld_and_emitter_say_the_same(example: Example) -> None:
    """The JSON-LD document of each example has the same RDFC-1.0 form as its N-Triples."""
    document = json.dumps(jsonld(example.record, example.class_name)).encode()
    emitted = canonical(triples(example.record, example.class_name), ox.RdfFormat.N_TRIPLES)
    assert emitted == canonical(document, ox.RdfFormat.JSON_LD)
    assert len(emitted) > 1


@pytest.mark.parametrize("example", VALID, ids=[e.name for e in VALID])
def test_every_field_is_in_the_triples(example: Example) -> None:
    """No value of an example is lost on the way to RDF."""

    def facts(node: Any) -> Iterator[tuple[str, str, str]]:
        """(thing, field, value) of each value; a thing that is described twice, with one id, says the same twice."""
        for key, value in node.items() if isinstance(node, dict) else ():
            for item in value if isinstance(value, list) else [value]:
                if key not in ("id", "type"):
                    yield node["id"], key, str(item.get("id") if isinstance(item, dict) else item)
                yield from facts(item)

    made = canonical(triples(example.record, example.class_name), ox.RdfFormat.N_TRIPLES)
    derived = ("rdf-syntax-ns#type>", f"{TERMS}position>", "dwc/terms/scientificName>")
    stated = [line for line in made if not any(mark in line for mark in derived)]
    assert len(stated) == len(set(facts(example.record)))


def test_no_blank_nodes() -> None:
    """Everything has an IRI."""
    for example in VALID:
        for statement in ox.parse(triples(example.record, example.class_name), format=ox.RdfFormat.N_TRIPLES):
            assert not isinstance(statement.subject, ox.BlankNode)
            assert not isinstance(statement.object, ox.BlankNode)


def test_quads_are_the_triples_in_their_graph() -> None:
    """quads() differs from triples() by the graph alone, given as CURIE or IRI."""
    graph = ox.NamedNode(BASE + FULL["id"])
    made = list(ox.parse(quads(FULL, FULL["id"]), format=ox.RdfFormat.N_QUADS))
    assert quads(FULL, FULL["id"]) == quads(FULL, graph.value)
    assert {q.graph_name for q in made} == {graph}
    assert {str(q.triple) for q in made} == set(canonical(triples(FULL), ox.RdfFormat.N_TRIPLES))


def test_equal_records_give_equal_bytes() -> None:
    """The order of keys in the dict does not show."""

    def backwards(node: Any) -> Any:
        if isinstance(node, dict):
            return {key: backwards(node[key]) for key in reversed(node)}
        return [backwards(item) for item in node] if isinstance(node, list) else node

    assert triples(backwards(FULL)) == triples(FULL)


@pytest.mark.parametrize(("given", "datatype"), [("2020", "gYear"), ("2021-07", "gYearMonth"), ("2021-07-14", "date")])
def test_publication_dates_are_typed_by_their_form(given: str, datatype: str) -> None:
    """A bare year is xsd:gYear and never xsd:date."""
    study = STUDY | {"publications": [{"id": "idr:idr0001/publication/1", "date_issued": given}]}
    assert values(study, DCTERMS + "issued") == [f'"{given}"^^<{XSD}{datatype}>']


def test_literals_have_their_types() -> None:
    """Numbers, days and instants are typed; links are IRIs and never xsd:anyURI."""
    assert values(FULL, TERMS + "fileCount", FULL["id"]) == [f'"79"^^<{XSD}integer>']
    assert values(FULL, DCTERMS + "issued", FULL["id"]) == [f'"2023-03-07"^^<{XSD}date>']
    assert values(IMAGE, TERMS + "pixelSizeX") == [f'"3.603981534640209E-1"^^<{XSD}double>']
    assert values(FULL, DCTERMS + "license", FULL["id"]) == ["<https://creativecommons.org/publicdomain/zero/1.0/>"]
    assert values(IMAGE, TERMS + "isActive") == [f'"true"^^<{XSD}boolean>']
    assert not any(b"anyURI" in triples(e.record, e.class_name) for e in VALID)


def test_enum_values_are_their_meanings() -> None:
    """The access level is the IRI of the EU authority, not a word."""
    base = "http://publications.europa.eu/resource/authority/access-right/"
    assert values(FULL, TERMS + "accessLevel") == [f"<{base}RESTRICTED>"]


def test_order_of_authors_can_be_asked_for() -> None:
    """Authors carry their place in the list, from 1."""
    assert values(FULL, TERMS + "position", "biostudies:S-BIAD999001/author/1") == [f'"1"^^<{XSD}integer>']
    assert values(FULL, TERMS + "position", "biostudies:S-BIAD999001/author/2") == [f'"2"^^<{XSD}integer>']
    assert len(values(FULL, TERMS + "position")) == len(FULL["authors"])


def test_study_is_a_dataset_for_others() -> None:
    """Clients that know DCAT or schema.org find studies by their own class."""
    kinds = values(FULL, "http://www.w3.org/1999/02/22-rdf-syntax-ns#type", FULL["id"])
    assert set(kinds) == {f"<{TERMS}Study>", "<http://www.w3.org/ns/dcat#Dataset>", "<http://schema.org/Dataset>"}


def test_taxon_has_label_and_scientific_name() -> None:
    """A taxon's label is also its Darwin Core scientific name."""
    assert values(FULL, "http://rs.tdwg.org/dwc/terms/scientificName") == ['"Homo sapiens"']


HOSTILE = 'quote " backslash \\ newline \n return \r tab \t bell \x07 nul \x00 delete \x7f line \u2028 \U0001f52c {}<>'


def test_hostile_text_survives() -> None:
    """Quotes, control characters and astral characters come back as they were."""
    made = list(ox.parse(triples(STUDY | {"description": HOSTILE}), format=ox.RdfFormat.N_TRIPLES))
    assert [t.object.value for t in made if t.predicate.value == DCTERMS + "description"] == [HOSTILE]


@pytest.mark.parametrize(
    ("broken", "path"),
    [
        ({"license": "https://example.org/a b"}, "license"),
        ({"license": "https://example.org/<script>"}, "license"),
        ({"license": "https://example.org/\n"}, "license"),
        ({"license": "https://example.org/%zz"}, "license"),
        ({"license": "https://example.org:port/"}, "license"),
        ({"license": "licenses/by/4.0"}, "license"),
        ({"license": 'https://example.org/"> <x:y> "'}, "license"),
        ({"see_also": ["https://example.org/", "https://example.org/[1]"]}, "see_also"),
        ({"organisms": ["cat"]}, "organisms"),
        ({"organisms": "NCBITaxon:9606"}, "organisms"),
        ({"id": "nowhere:1"}, "id"),
        ({"id": "idr://1"}, "id"),
        ({"id": None}, "id"),
        ({"title": None}, "title"),
        ({"title": 5}, "title"),
        ({"title": ["a"]}, "title"),
        ({"title": "lone \ud800 surrogate"}, "title"),
        ({"file_count": "79"}, "file_count"),
        ({"file_count": True}, "file_count"),
        ({"file_count": 1.5}, "file_count"),
        ({"colour": "blue"}, "colour"),
        ({"type": "Dataset"}, "type"),
        ({"type": ["Study"]}, "type"),
        ({"authors": ["Ada"]}, "authors[0]"),
        ({"authors": [{"type": "Person", "id": "idr:a/1", "name": "A", "orcid": "x"}]}, "authors[0].orcid"),
        ({"authors": [{"type": "Taxon", "id": "idr:a/1", "name": "A"}]}, "authors[0]"),
        ({"publisher": {"type": "Organization", "name": "A"}}, "publisher.id"),
        ({"access": {"id": "idr:a", "access_level": "open"}}, "access.access_level"),
        ({"access": {"id": "idr:a", "access_level": ["PUBLIC"]}}, "access.access_level"),
    ],
)
def test_value_that_cannot_be_rdf_names_its_field(broken: dict[str, Any], path: str) -> None:
    """What would corrupt the graph is refused with the path of the field."""
    with pytest.raises(FieldError) as caught:
        triples(STUDY | broken)
    assert caught.value.path == path
    assert str(caught.value).startswith(f"{path}: ")


@pytest.mark.parametrize("number", [float("nan"), float("inf"), "0.5", True])
def test_only_finite_numbers_are_doubles(number: Any) -> None:
    """A pixel size that is no finite number is refused."""
    image = {"id": "idr:1/representation/1", "format": "OME-Zarr", "pixel_size_x_um": number}
    with pytest.raises(FieldError, match="pixel_size_x_um"):
        triples(image, "ImageRepresentation")


def test_graph_name_is_checked() -> None:
    """A graph without an IRI is refused before anything is written."""
    with pytest.raises(ValueError, match="no graph"):
        quads(STUDY, "no graph")
