"""Sorting, cutting and checking of rows, each by itself, over all that hypothesis thinks of."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogue.ingest.table_checks import ROW, RowChecks
from catalogue.ingest.table_cutting import cut
from catalogue.ingest.table_sorting import RowSorter
from catalogue.model.identifiers import parse_identifier
from catalogue.model.image_columns import COLUMNS, arrow_schema
from catalogue.model.image_rows import row_record
from catalogue.model.rdf import triples
from catalogue.model.record_identity import check_identity
from catalogue.model.validation import check_schema, check_shapes
from catalogue.problems import RecordRejected
from catalogue.resources import docs_dir
from catalogue.store.image_chunks import decode, encode

STUDY = parse_identifier("idr:idr0001")


def keyed(names: list[str]) -> pa.Table:
    return pa.table({"accession": pa.array(names, pa.string()), ROW: pa.array(range(len(names)), pa.int64())})


@given(st.lists(st.lists(st.text("019a", min_size=1, max_size=3), max_size=12), max_size=6), st.integers(1, 9))
@settings(max_examples=60, deadline=None)
def test_sorting_on_disk_is_a_stable_sort(parts: list[list[str]], run_rows: int) -> None:
    """Rows come back in the order of accessions, equal ones in the order they came, however they were spilled."""
    tables = [keyed(part) for part in parts]
    with tempfile.TemporaryDirectory() as folder:
        sorter = RowSorter(Path(folder), run_rows)
        for number, table in enumerate(tables):
            moved = pa.array([n + 100 * number for n in range(table.num_rows)], pa.int64())
            sorter.add(table.set_column(1, ROW, moved))
        found = [(a, r) for table in sorter.merged() for a, r in zip(*table.to_pydict().values(), strict=True)]
        sorter.close()
        assert not list(Path(folder).iterdir())
    given_rows = [(name, n + 100 * number) for number, part in enumerate(parts) for n, name in enumerate(part)]
    assert found == sorted(given_rows, key=lambda row: row[0])


@given(st.sets(st.integers(100_000, 101_000), max_size=300), st.integers(100_000, 101_000), st.integers(1, 40))
@settings(max_examples=60, deadline=None)
def test_chunks_hold_all_rows_within_bounds(numbers: set[int], extra: int, batch: int) -> None:
    """Cutting loses and doubles nothing, keeps to its bounds, and does not depend on how the rows arrive."""
    names = [str(number) for number in sorted(numbers)]
    whole = list(cut(iter([keyed(names)]), 5, 40, 10))
    split = list(cut((keyed(names[n : n + batch]) for n in range(0, len(names), batch)), 5, 40, 10))
    chunks = [table.column("accession").to_pylist() for table in whole]
    assert [table.column("accession").to_pylist() for table in split] == chunks
    assert [name for chunk in chunks for name in chunk] == names
    assert all(5 <= len(chunk) <= 40 for chunk in chunks[:-1])
    more = sorted({*names, str(extra)})
    after = [table.column("accession").to_pylist() for table in cut(iter([keyed(more)]), 5, 40, 10)]
    before_it = [chunk for chunk in chunks[:-1] if chunk[-1] < str(extra)]
    assert after[: max(len(before_it) - 1, 0)] == before_it[: max(len(before_it) - 1, 0)]


def test_an_insertion_moves_few_boundaries() -> None:
    """Of the chunks of a long list an insertion at its front leaves nearly all as they are."""
    names = [str(number) for number in range(1_000_000, 1_050_000)]
    before = {tuple(t.column("accession").to_pylist()) for t in cut(iter([keyed(names)]))}
    after = {tuple(t.column("accession").to_pylist()) for t in cut(iter([keyed(["1", *names])]))}
    assert len(before) >= 8
    assert len(after - before) <= 2


def test_chunks_are_the_same_bytes_for_the_same_rows() -> None:
    """A chunk's bytes follow from its rows alone, and give all of them back."""
    table = pa.Table.from_pylist([{"accession": str(n), "size_x": n} for n in range(5_000)], schema=arrow_schema())
    content = encode(table)
    assert encode(pa.concat_tables([table.slice(0, 1234), table.slice(1234)])) == content
    assert decode(content).equals(table)


SOUND: dict[str, Any] = {
    "title": "a field",
    "component": "idr:idr0001/screen/A",
    "doi": "10.17867/10000122",
    "license": "https://creativecommons.org/licenses/by/4.0/",
    "date_acquired": "2017-05-01",
    "source_url": "https://idr.example/1",
    "thumbnail": "https://idr.example/1.png",
    "organism": "NCBITaxon:9606",
    "method": "FBbi:00000246",
    "gene": "ensembl:ENSG00000000003",
    "gene_symbol": "TSPAN6",
    "format": "OME-Zarr",
    "format_version": "0.4",
    "zarr_format": 2,
    "multiscales_path": "0",
    "data_type": "uint16",
    "size_t": 2,
    "size_c": 3,
    "size_z": 4,
    "size_y": 512,
    "size_x": 512,
    "pixel_size_x_um": 0.3,
    "pixel_size_z_um": 1,
    "time_step_s": 2.5,
    "bit_depth": 12,
    "total_size_bytes": 1_000,
    "level_paths": "0;1",
    "level_shapes": "2,3,4,512,512;2,3,4,256,256",
    "site": "idr",
    "endpoint": "https://images.example/",
    "key": "zarr/1%20a.zarr",
    "checksum_algorithm": "md5",
    "checksum_value": "d41d8cd98f00b204e9800998ecf8427e",
    "plate_name": "P1",
    "row_index": 0,
    "column_index": 11,
    "field_index": 0,
}


@given(st.dictionaries(st.sampled_from(sorted(SOUND)), st.booleans(), max_size=60))
@settings(max_examples=150, deadline=None)
def test_a_row_that_enters_is_a_sound_record(kept: dict[str, bool]) -> None:
    """Whatever cells are left empty: a row that passes the checks makes a record that passes every hard rule."""
    row = {"accession": "6001240", **{name: SOUND[name] for name, keep in kept.items() if keep}}
    checks = RowChecks(STUDY, {})
    fit, _ = checks.fit_rows(pa.RecordBatch.from_pylist([row]))
    for passed in fit.to_pylist():
        record = row_record(passed, "idr:idr0001")
        assert [*check_schema(record), *check_identity(record), *check_shapes(record)] == []
        assert triples(record)
    assert fit.num_rows + checks.refusals.total == 1


def test_a_full_row_enters() -> None:
    """Every column at once is fit, and each one is found in the record."""
    checks = RowChecks(STUDY, {})
    fit, _ = checks.fit_rows(pa.RecordBatch.from_pylist([{"accession": "6001240", **SOUND}]))
    assert checks.refusals.kept == []
    record = row_record(fit.to_pylist()[0], "idr:idr0001")
    assert record["plate_position"]["column_index"] == 11
    (pixels,) = record["representations"]
    assert pixels["shape"] == "2,3,4,512,512"
    assert [axis["name"] for axis in pixels["axes"]] == ["t", "c", "z", "y", "x"]
    assert pixels["levels"][1] == {
        "id": "idr:6001240/representation/1/level/1",
        "index": 1,
        "path": "1",
        "shape": "2,3,4,256,256",
    }
    assert pixels["replicas"][0]["checksums"][0]["algorithm"] == "md5"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"accession": None}, "schema-required"),
        ({"accession": "idr0001"}, "bad-identifier"),
        ({"accession": "idr0002.a"}, "bad-identifier"),
        ({"accession": "6001240\n"}, "bad-identifier"),
        ({"accession": "0123456"}, "bad-identifier"),
        ({"title": "x" * 4_001}, "too-large"),
        ({"license": "javascript:alert(1)"}, "link-unsafe"),
        ({"endpoint": "file:///etc/"}, "link-unsafe"),
        ({"endpoint": "https://user@host/"}, "link-unsafe"),
        ({"key": "../../secret"}, "link-unsafe"),
        ({"key": "a/%2e%2e/b"}, "link-unsafe"),
        ({"key": "/absolute"}, "link-unsafe"),
        ({"key": "a b"}, "link-unsafe"),
        ({"level_paths": "0;.."}, "link-unsafe"),
        ({"format": "zarr"}, "schema-required"),
        ({"format": None}, "schema-required"),
        ({"data_type": "uint12"}, "schema-required"),
        ({"size_x": 0}, "schema-required"),
        ({"size_x": "12.5"}, "schema-required"),
        ({"size_x": "1e3"}, "schema-required"),
        ({"size_x": 99999999999999999}, "schema-required"),
        ({"pixel_size_x_um": "nan"}, "schema-required"),
        ({"pixel_size_x_um": "Infinity"}, "schema-required"),
        ({"pixel_size_x_um": "-0.1"}, "schema-required"),
        ({"axes": "xx"}, "schema-required"),
        ({"axes": "zyx"}, "schema-required"),
        ({"axes": "qyx"}, "schema-required"),
        ({"level_shapes": "1,1"}, "schema-required"),
        ({"level_paths": None}, "schema-required"),
        ({"component": "idr:idr0002/screen/A"}, "bad-identifier"),
        ({"gene": "nobody:1"}, "schema-required"),
        ({"checksum_algorithm": None}, "schema-required"),
        ({"site": None}, "schema-required"),
        ({"withdrawal_reason": "why"}, "schema-required"),
    ],
)
def test_a_row_that_breaks_a_rule_is_refused(change: dict[str, Any], reason: str) -> None:
    """Each rule of the columns refuses its row, with a reason of the closed list and the value; the next row enters."""
    checks = RowChecks(STUDY, {})
    broken = {"accession": "6001240", **SOUND, **change}
    sound = {"accession": "6001241", **{k: str(v) if isinstance(change.get(k), str) else v for k, v in SOUND.items()}}
    fit, _ = checks.fit_rows(pa.RecordBatch.from_pylist([broken, sound]))
    assert fit.column("accession").to_pylist() == ["6001241"]
    (refused,) = checks.refusals.kept
    assert refused.reason == reason
    assert refused.detail.startswith("Row 1: ")


@pytest.mark.parametrize("form", ["12", "12.0", "+12", "12.000"])
def test_text_that_is_a_whole_number_is_read_as_one(form: str) -> None:
    """Spreadsheets write 12.0 where they mean 12; anything with a fraction is refused."""
    checks = RowChecks(STUDY, {})
    batch = pa.RecordBatch.from_pylist([{"accession": "6001240", "size_x": form, "format": "TIFF"}])
    assert checks.fit_rows(batch)[0].column("size_x").to_pylist() == [12]


@pytest.mark.parametrize("kind", [pa.bool_(), pa.timestamp("s"), pa.binary()])
def test_a_column_of_another_type_refuses_the_table(kind: pa.DataType) -> None:
    """A column whose type cannot hold its values is an error of the whole table, not of each row."""
    batch = pa.RecordBatch.from_arrays(
        [pa.array(["6001240"]), pa.array([1]).cast(kind, safe=False) if kind != pa.binary() else pa.array([b"1"])],
        names=["accession", "size_x"],
    )
    with pytest.raises(RecordRejected, match="size_x"):
        RowChecks(STUDY, {}).fit_rows(batch)


def test_every_column_says_what_it_is_for() -> None:
    """Each column belongs to a slot of the model, from which its description and words come."""
    for column in COLUMNS:
        assert column.description, column.name


def test_the_description_of_image_tables_names_every_column() -> None:
    """The page has a line for each column, with the field of the model that it fills."""
    page = (docs_dir() / "image-tables.md").read_text("utf-8")
    for column in COLUMNS:
        assert f"| `{column.name}` | " in page, column.name
        assert f"| `{column.of}` | {column.description}" in page, column.name
