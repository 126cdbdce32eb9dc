from __future__ import annotations

import json
from typing import Any

import pyoxigraph as px
import pytest

from catalogue.exchange.base import Document, Format, format_by_suffix, formats
from catalogue.model.namespaces import BASE
from tests.web.studies_for_pages import GONE, IMAGE, STUDY, hostile_study, image, study, tombstone

PROVENANCE = {
    "type": "CatalogRecord",
    "id": f"{STUDY}/record",
    "primary_topic": STUDY,
    "owner": "biostudies",
    "status": "public",
    "source": "test-source",
    "harvester": "gide/1",
    "ledger_position": 1,
}
RECORDS: dict[str, dict[str, Any]] = {
    "Study": study(),
    "Image": image(IMAGE, STUDY),
    "Tombstone": tombstone(GONE, "Study", "A study that was taken back"),
}
RDF = {
    ".nt": px.RdfFormat.N_TRIPLES,
    ".ttl": px.RdfFormat.TURTLE,
    ".jsonld": px.RdfFormat.JSON_LD,
    ".nq": px.RdfFormat.N_QUADS,
}


def graph(suffix: str, document: Document) -> set[str]:
    """Triples of a rendering, read by a foreign parser."""
    member = format_by_suffix(suffix)
    assert member is not None
    return {str(quad.triple) for quad in px.parse(member.render(document), format=RDF[suffix], base_iri="x:/")}


def test_all_formats_are_found_without_a_list() -> None:
    """A format is a file beside base.py: those we ship are found by looking."""
    assert {member.suffix for member in formats()} >= {
        ".jsonld",
        ".ttl",
        ".nt",
        ".nq",
        ".crate.json",
        ".croissant.json",
    }


@pytest.mark.parametrize("kind", RECORDS)
@pytest.mark.parametrize("provenance", [None, PROVENANCE])
def test_json_ld_is_indented_json_that_begins_with_its_context(kind: str, provenance: dict[str, Any] | None) -> None:
    """JSON-LD is one JSON object, indented by two, whose context comes first, with provenance and without."""
    member = format_by_suffix(".jsonld")
    assert member is not None
    text = member.render(Document(RECORDS[kind], provenance)).decode()
    found = json.loads(text)
    assert next(iter(found)) == "@context"
    assert text == json.dumps(found, ensure_ascii=False, indent=2) + "\n"


@pytest.mark.parametrize("kind", RECORDS)
@pytest.mark.parametrize("suffix", RDF)
def test_rdf_formats_say_the_same(kind: str, suffix: str) -> None:
    """JSON-LD, Turtle, N-Triples and N-Quads of a record, read by a foreign parser, are the same triples."""
    document = Document(RECORDS[kind])
    assert graph(suffix, document) == graph(".nt", document) != set()


@pytest.mark.parametrize("suffix", RDF)
def test_provenance_is_part_of_the_document(suffix: str) -> None:
    """Where the record came from is told in every RDF form, about the record and not about the study."""
    with_it, without = graph(suffix, Document(study(), PROVENANCE)), graph(suffix, Document(study()))
    more = with_it - without
    assert without < with_it
    assert all(line.startswith(f"<{BASE}{STUDY}/record>") for line in more)


@pytest.mark.parametrize("member", formats(), ids=lambda member: member.name)
def test_equal_records_give_equal_bytes(member: Format) -> None:
    """A rendering depends on the record alone, so that ETags may be made from its digest."""
    shuffled = dict(reversed(study().items()))
    assert member.render(Document(study())) == member.render(Document(study()))
    if member.suffix in (".nt", ".ttl"):
        assert member.render(Document(shuffled)) == member.render(Document(study()))


def test_ntriples_are_sorted_lines() -> None:
    """N-Triples come sorted, one a line, so that two states can be compared by diff."""
    lines = format_by_suffix(".nt").render(Document(study(), PROVENANCE)).splitlines()  # type: ignore[union-attr]
    assert lines == sorted(set(lines))


def test_turtle_names_only_prefixes_that_occur() -> None:
    """A tombstone does not declare the prefixes of ontologies it never names."""
    turtle = format_by_suffix(".ttl").render(Document(RECORDS["Tombstone"])).decode()  # type: ignore[union-attr]
    assert "@prefix" in turtle and "FBbi" not in turtle


def test_crate_is_only_for_studies() -> None:
    """The GIDE profile describes studies; images and tombstones are not offered as crates."""
    assert format_by_suffix(".crate.json").types == {"Study"}  # type: ignore[union-attr]


def test_hostile_text_stays_text() -> None:
    """Quotes, brackets and control characters in a title survive as that title."""
    record = {name: hostile_study()[name] for name in ("type", "id", "accession", "owner", "title")}
    rendered = format_by_suffix(".jsonld").render(Document(record))  # type: ignore[union-attr]
    assert json.loads(rendered)["title"] == record["title"]
    titles = [q.object.value for q in px.parse(rendered, format=px.RdfFormat.JSON_LD) if "<script>" in str(q.object)]
    assert record["title"] in titles


def test_quads_are_in_the_graph_that_the_record_names() -> None:
    """N-Quads put the record in its own graph and where it came from in the one beside it."""
    member = format_by_suffix(".nq")
    assert member is not None
    quads = list(px.parse(member.render(Document(study(), PROVENANCE)), format=px.RdfFormat.N_QUADS))
    assert {quad.graph_name.value for quad in quads} == {BASE + STUDY, f"{BASE}{STUDY}/record"}
    assert {q.graph_name.value for q in quads if q.subject.value == f"{BASE}{STUDY}/record"} == {
        f"{BASE}{STUDY}/record"
    }
