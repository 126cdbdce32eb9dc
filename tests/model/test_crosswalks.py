"""Crosswalks: no field of a partner's vocabulary is forgotten, and each place named in our model exists."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from catalogue import resources
from catalogue.model.crosswalks import (
    COLUMNS,
    NO_TERM,
    OUR_PREFIX,
    Coverage,
    Crosswalk,
    crosswalk_names,
    load_crosswalk,
    load_fields,
    parse_sssom,
)
from catalogue.problems import NotFound
from harvesters import gide_profile, ngff_profile

from .crosswalk_fields import find_extractors

NAMES = crosswalk_names()
EXTRACTORS = find_extractors()
SET_BASE = "https://w3id.org/ommatidia/crosswalks/"
TERMS = "https://w3id.org/ommatidia/terms/"
PREDICATES = {f"skos:{kind}Match" for kind in ("exact", "close", "broad", "narrow", "related")}
REQUIRED = (
    "mapping_set_title",
    "mapping_set_description",
    "license",
    "subject_source",
    "subject_source_version",
    "object_source",
    "object_source_version",
)

EXAMPLE = """\
#mapping_set_id: https://w3id.org/ommatidia/crosswalks/toy
#curie_map:
#  toy: https://w3id.org/ommatidia/fields/toy/
subject_id\tpredicate_id\tobject_id\tcomment
toy:Study/name\tskos:exactMatch\tommf:Study/title\t
toy:Study/row\tskos:relatedMatch\tsssom:NoTermFound\tKey of the archive's own database.
"""


@pytest.fixture(scope="module")
def places() -> set[str]:
    """Every class, slot and enumerated value of our own, as objects of a crosswalk name them."""
    table: dict[str, Any] = json.loads(resources.model_file("table.json").read_text("utf-8"))
    found = set()
    for name, entry in table["classes"].items():
        slots = [slot["key"] for slot in entry["slots"]]
        found |= {f"{OUR_PREFIX}{name}"} | {f"{OUR_PREFIX}{name}/{key}" for key in ["id", "type", *slots]}
        values = [iri for slot in entry["slots"] for iri in slot.get("values", {}).values()]
        found |= {f"omm:{iri.removeprefix(TERMS)}" for iri in values if iri.startswith(TERMS)}
    return found


@pytest.mark.parametrize("name", NAMES)
def test_every_field_is_accounted_for(name: str) -> None:
    """Each field of the list is mapped or left out with a reason."""
    crosswalk = load_crosswalk(name)
    assert [field for field in crosswalk.fields if not crosswalk.by_field[field]] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_row_speaks_of_a_listed_field(name: str) -> None:
    """No row has a subject that the field list lacks."""
    crosswalk = load_crosswalk(name)
    assert sorted({row.subject_id for row in crosswalk.rows} - set(crosswalk.fields)) == []


@pytest.mark.parametrize("name", NAMES)
def test_every_object_is_a_class_slot_or_value_of_ours(name: str, places: set[str]) -> None:
    """Where a row points to is there, by the table that the model is compiled to."""
    rows = load_crosswalk(name).rows
    assert sorted({row.object_id for row in rows if row.is_mapped} - places) == []


@pytest.mark.parametrize("name", NAMES)
def test_a_field_is_left_out_for_a_written_reason(name: str) -> None:
    """No place is `relatedMatch sssom:NoTermFound` with a sentence, and never beside a place for the same field."""
    crosswalk = load_crosswalk(name)
    for rows in crosswalk.by_field.values():
        for row in rows:
            if not row.is_mapped:
                assert len(rows) == 1, row.subject_id
                assert row.predicate_id == "skos:relatedMatch", row.subject_id
                assert len(row.comment.split()) >= 3, row.subject_id


@pytest.mark.parametrize("name", NAMES)
def test_rows_are_complete_and_single(name: str) -> None:
    """Every row has a known predicate, its labels and its justification, and says something new."""
    crosswalk = load_crosswalk(name)
    for row in crosswalk.rows:
        assert row.predicate_id in PREDICATES, row
        assert row.mapping_justification == "semapv:ManualMappingCuration", row
        assert row.subject_label and row.subject_category, row
        assert row.object_label or not row.is_mapped, row
    pairs = [(row.subject_id, row.object_id) for row in crosswalk.rows]
    assert sorted(pair for pair in set(pairs) if pairs.count(pair) > 1) == []


@pytest.mark.parametrize("name", NAMES)
def test_metadata_says_what_was_mapped_to_what(name: str) -> None:
    """The header names both vocabularies with their versions and knows each prefix that the rows use."""
    crosswalk = load_crosswalk(name)
    metadata = crosswalk.metadata
    assert metadata["mapping_set_id"] == f"{SET_BASE}{name}"
    assert all(metadata.get(key) for key in REQUIRED)
    assert metadata["object_source_version"] == _model_version()
    assert metadata["curie_map"]["ommf"] == "https://w3id.org/ommatidia/schema/"
    used = {curie.partition(":")[0] for row in crosswalk.rows for curie in (row.subject_id, row.object_id)}
    assert used <= metadata["curie_map"].keys() | {"sssom"}


@pytest.mark.parametrize("name", NAMES)
def test_field_list_is_sorted_and_says_where_it_is_from(name: str) -> None:
    """A field list opens with a comment and names each field once, in order."""
    text = (resources.schema_dir() / "crosswalks" / "fields" / f"{name}.txt").read_text("utf-8")
    fields = load_crosswalk(name).fields
    assert text.startswith("# ")
    assert list(fields) == sorted(set(fields))


@pytest.mark.filterwarnings("ignore::DeprecationWarning:sssom.util")
@pytest.mark.parametrize("name", NAMES)
def test_the_sssom_library_reads_and_accepts_it(name: str) -> None:
    """The maintained reader of SSSOM finds the same rows and no error."""
    from sssom.parsers import parse_sssom_table
    from sssom.validators import validate

    path = resources.schema_dir() / "crosswalks" / f"{name}.sssom.tsv"
    read = parse_sssom_table(io.StringIO(path.read_text("utf-8")))
    assert len(read.df) == len(load_crosswalk(name).rows)
    reports = validate(read, fail_on_error=False)
    assert [result.message for report in reports.values() for result in report.results] == []


def test_each_crosswalk_has_an_extractor() -> None:
    """Completeness of every field list can be checked against the source's real artefacts."""
    assert set(NAMES) == set(EXTRACTORS)


@pytest.mark.partners
@pytest.mark.parametrize("name", EXTRACTORS)
def test_no_field_of_the_real_artefacts_is_unlisted(name: str, partners: Path) -> None:
    """What the partner's model files and every sample document hold is in the field list."""
    found = set(EXTRACTORS[name](partners))
    assert len(found) > 30
    assert sorted(found - set(load_fields(name))) == []


def test_gide_crosswalk_says_what_the_harvester_does() -> None:
    """A property of the GIDE profile is mapped if and only if the harvester reads it."""
    by_field = load_crosswalk("gide-0.2").by_field
    for kind, properties in gide_profile.PROPERTIES.items():
        for key, reason in properties.items():
            rows = by_field.get(f"gide:{'CreativeWork' if kind == 'Descriptor' else kind}/{key}", ())
            assert all(row.is_mapped == (reason is None) for row in rows), (kind, key)


def test_ngff_crosswalk_says_what_the_harvester_does() -> None:
    """A property of OME-Zarr up to 0.5 is mapped if the harvester reads it or it describes the plate."""
    by_field = load_crosswalk("ome-ngff-0.6").by_field
    for key, reason in ngff_profile.PROPERTIES.items():
        read = reason in (None, ngff_profile.OF_STUDY)
        rows = by_field[f"ngff:{key}"]
        assert rows and all(row.is_mapped == read for row in rows), key


def test_ngff_crosswalk_has_no_field_of_a_version_read_that_the_harvester_does_not_know() -> None:
    """What the harvester's table lacks is of OME-Zarr 0.6, of an RO-Crate, or stands inside something listed."""
    later = ("_conformance", "axis/type.", "coordinateSystem", "coordinateTransformation", "name", "ro-crate", "scene")
    inside = ("_creator/", "multiscales/metadata/", "plate/acquisitions/", "zarr/consolidated_metadata")
    for field in load_crosswalk("ome-ngff-0.6").fields:
        prefix, _, key = field.partition(":")
        if prefix == "ngff" and not key.startswith((*later, *inside)) and key != "multiscales/coordinateSystems":
            assert key in ngff_profile.PROPERTIES, field


def test_reader_gives_metadata_and_rows() -> None:
    """The commented header is YAML, an absent column is empty, NoTermFound is no place."""
    metadata, rows = parse_sssom(EXAMPLE)
    assert metadata["curie_map"] == {"toy": "https://w3id.org/ommatidia/fields/toy/"}
    assert [row.is_mapped for row in rows] == [True, False]
    assert rows[1].object_id == NO_TERM and rows[0].subject_label == ""
    assert {name for name in COLUMNS if hasattr(rows[0], name)} == set(COLUMNS)


def test_coverage_tells_mapped_left_out_and_forgotten_fields_apart() -> None:
    """A field without a row is unaccounted, one with only NoTermFound is left out, any other is mapped."""
    _, rows = parse_sssom(EXAMPLE)
    crosswalk = Crosswalk("toy", {}, ("toy:Study/forgotten", "toy:Study/name", "toy:Study/row"), rows)
    assert crosswalk.coverage == Coverage(fields=3, mapped=1, left_out=1, unaccounted=1)
    assert list(crosswalk.by_field) == list(crosswalk.fields)


def test_unknown_crosswalk_is_named_in_the_problem() -> None:
    """Asking for a crosswalk that does not exist says which there are."""
    with pytest.raises(NotFound, match="'nowhere'"):
        load_crosswalk("nowhere")


def _model_version() -> str:
    table: dict[str, str] = json.loads(resources.model_file("table.json").read_text("utf-8"))
    return table["version"]
