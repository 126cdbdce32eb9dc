"""Generated shapes have focus nodes in real data or a written reason; every real record passes the hard rules."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalogue.model.validation import check_schema, check_shapes
from catalogue.problems import REASONS
from tests.model.focus_nodes import TABLE, count, count_real, generated_shapes, load_table
from tests.model.real_records import Outcome, images, studies

ROWS = load_table()
# Adapters of issue 4, "Harvest", beside the two that exist.
ADAPTERS = (
    "biostudies", "bia", "idr", "empiar", "emdb", "ssbd", "ro_crate", "oai_pmh", "datacite", "dcat", "bioschemas",
    "ngff_list", "phenoimageshare", "ega", "sparql", "table",
)  # fmt: skip
# Real documents that give no record: reason of the closed list, and words of the detail that a curator would agree to.
REFUSED = {"v06/stitched_tiles_2d.zarr": ("policy", "scene of OME-Zarr 0.6")}


@pytest.fixture(scope="module")
def outcomes() -> list[Outcome]:
    """What the mappers make of every real document."""
    from tests.conftest import PARTNERS

    return [*studies(PARTNERS), *images(PARTNERS)]


def test_table_lists_exactly_the_generated_shapes() -> None:
    """Each node shape that the schema gives has one row, in order, and no row is of another shape."""
    assert [row.shape for row in ROWS] == sorted(generated_shapes())


def test_a_shape_without_focus_node_says_why_and_who_will_fill_it() -> None:
    """Zero needs a reason that names the adapter which brings such data, or says that no mapper makes them."""
    for row in ROWS:
        assert bool(row.reason) is (row.focus_nodes == 0), row.shape
        if row.reason:
            named = set(row.reason.replace(",", " ").replace(";", " ").split()) & set(ADAPTERS)
            assert named or "issue 4" in row.reason, row.shape
            assert len(row.reason.split()) >= 6, row.shape


def test_counting_sees_what_a_record_holds() -> None:
    """Nodes are counted by their types in the record's RDF, properties by their values."""
    term = {"type": "Taxon", "id": "NCBITaxon:9606", "label": "Homo sapiens", "vernacular_name": "human"}
    record = {
        "type": "Study", "id": "idr:idr0001", "accession": "idr0001", "owner": "idr", "title": "t",
        "license": "https://creativecommons.org/publicdomain/zero/1.0/", "terms": [term],
    }  # fmt: skip
    counts = count([record, record])
    assert counts["Study"] == (2, 5)
    assert counts["Taxon"][0] == counts["OntologyTerm"][0] == 2
    assert counts["Plate"] == (0, 0)


@pytest.mark.partners
def test_table_is_what_the_real_records_give(partners: Path) -> None:
    """The numbers are counted anew from the partners' documents; a change of a mapper shows here."""
    written = {row.shape: (row.focus_nodes, row.properties_with_values) for row in ROWS}
    assert written == count_real(partners), f"run python -m tests.model.focus_nodes to count {TABLE.name} anew"


@pytest.mark.partners
def test_every_real_record_passes_the_hard_rules(outcomes: list[Outcome]) -> None:
    """All records of all 871 crates and of the whole stores are accepted by schema and shapes."""
    records = [record for outcome in outcomes if outcome.mapped for record in outcome.mapped.records]
    assert sum(record["type"] == "Study" for record in records) == 871
    assert sum(record["type"] == "Image" for record in records) == 15
    assert [record["id"] for record in records if check_schema(record) or check_shapes(record)] == []


@pytest.mark.partners
def test_a_real_document_is_refused_for_a_reason_a_curator_would_call_right(outcomes: list[Outcome]) -> None:
    """What gives no record stands in the list above with its reason; nothing else does."""
    refused = {outcome.name: outcome for outcome in outcomes if outcome.mapped is None}
    assert set(refused) == set(REFUSED)
    for name, (reason, words) in REFUSED.items():
        assert refused[name].reason == reason and reason in REASONS
        assert words in refused[name].detail
