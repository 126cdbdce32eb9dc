"""Image tables into the ledger: one entry a study, chunks beside it, every image resolves."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from catalogue.model.documents import BadRow
from catalogue.model.payload import canonical
from catalogue.model.record_identity import check_identity
from catalogue.model.validation import check_schema, check_shapes
from catalogue.problems import SourceUnavailable
from catalogue.store import image_chunks
from tests.ingest.tables.conftest import Lists, rows


def test_a_table_becomes_one_entry_and_every_image_resolves(lists: Lists) -> None:
    """The list is one entry of the ledger; an image of it reads as a record of its own, valid by every hard rule."""
    lists.partner.tables["idr0001"] = rows(100_000, 3_000)
    report = lists.harvest()
    assert (report.read, report.accepted, report.new, report.quarantined) == (2, 2, 2, 0)
    assert [entry.kind for entry in lists.ledger.entries()] == ["study", "image-list"]
    manifest = lists.manifest()
    assert manifest["rows"] == 3_000
    assert manifest["formats"] == {"OME-TIFF": 3_000}
    assert manifest["total_size_bytes"] == 3_000_000
    found = lists.ledger.head("idr:102999")
    assert found is not None
    assert (found.kind, found.parent, found.status) == ("image", "idr:idr0001", "public")
    record = found.record
    assert record["title"] == "plate 1072 [Well 87]"
    assert [*check_schema(record), *check_identity(record), *check_shapes(record)] == []
    assert lists.ledger.head("idr:103000") is None
    assert lists.ledger.counts()["images"] == 3_000


def test_an_unchanged_table_is_not_opened(lists: Lists) -> None:
    """R4: a table whose digest is held is skipped; nothing is read or appended."""
    lists.partner.tables["idr0001"] = rows(100_000, 500)
    lists.harvest()
    before = lists.ledger.last_position()
    report = lists.harvest()
    assert (report.unchanged, report.new, lists.partner.opened) == (2, 0, 1)
    assert lists.ledger.last_position() == before


def test_only_touched_chunks_are_written(lists: Lists) -> None:
    """A changed image costs its chunk and a manifest; an inserted one does not move the boundaries after it."""
    listed = rows(100_000, 40_000)
    lists.partner.tables["idr0001"] = listed
    lists.harvest()
    before = lists.chunks()
    listed[20_000] = {**listed[20_000], "title": "renamed"}
    lists.partner.tables["idr0001"] = [*listed, *rows(1_000_005, 1)]  # sorts behind 100000
    report = lists.harvest()
    after = lists.chunks()
    assert report.images["new_chunks"] == 2
    assert len(set(after) - set(before)) == 2
    assert sum(chunk["rows"] for chunk in lists.manifest()["chunks"]) == 40_001
    assert max(chunk["rows"] for chunk in lists.manifest()["chunks"]) <= 10_000
    assert lists.ledger.head("idr:120000").record["title"] == "renamed"  # type: ignore[union-attr]


def test_order_of_rows_does_not_matter(lists: Lists) -> None:
    """R5: the same rows in another order are the same list."""
    lists.partner.tables["idr0001"] = rows(100_000, 3_000)
    lists.harvest()
    lists.partner.tables["idr0001"] = rows(100_000, 3_000)[::-1]
    report = lists.harvest()
    assert (report.unchanged, lists.partner.opened, report.images["new_chunks"]) == (2, 2, 0)


def test_bad_rows_are_quarantined_one_by_one(lists: Lists) -> None:
    """R19: a bad row is quarantined with row, field and value; the others enter; a mended row leaves the quarantine."""
    listed = rows(100_000, 50)
    listed[3]["pixel_size_x_um"] = -1.0
    listed[4]["accession"] = "S-BIAD1"
    lists.partner.tables["idr0001"] = listed
    report = lists.harvest()
    assert (report.images["quarantined"], report.ending) == (2, "partial")
    assert lists.manifest()["rows"] == 48
    again = lists.harvest()
    assert (again.unchanged, again.images["quarantined"], again.ending) == (2, 2, "partial")
    held = {row.item: row for row in lists.ledger.quarantined("lists")}
    assert held["idr0001/rows#100003"].identifier == "idr:100003"
    assert "pixel_size_x_um '-1.0'" in held["idr0001/rows#100003"].detail
    assert held["idr0001/rows#S-BIAD1"].reason == "bad-identifier"
    lists.partner.tables["idr0001"] = rows(100_000, 50)
    assert lists.harvest().images["quarantined"] == 0
    assert lists.ledger.quarantined("lists") == []
    assert lists.manifest()["rows"] == 50


def test_a_refused_row_keeps_the_last_good_version(lists: Lists) -> None:
    """R19: an image whose row became bad stays as it was, and is not taken for absent."""
    listed = rows(100_000, 50)
    lists.partner.tables["idr0001"] = listed
    lists.harvest()
    lists.partner.tables["idr0001"] = [{**row, "size_x": 0} if row["accession"] == "100007" else row for row in listed]
    report = lists.harvest()
    assert (report.images["quarantined"], report.images["absent"]) == (1, 0)
    assert lists.ledger.head("idr:100007").record["representations"][0]["shape"] == "1024,1024"  # type: ignore[union-attr]


def test_refused_rows_are_kept_up_to_a_bound(lists: Lists) -> None:
    """A table of nothing but bad rows of one kind fills the quarantine with a hundred of them; the rest is counted."""
    lists.partner.tables["idr0001"] = [*rows(100_000, 2_000, size_x=-5), *rows(500_000, 1)]
    report = lists.harvest()
    assert report.images["quarantined"] == 2_000
    assert len(lists.ledger.quarantined("lists")) == 100


def test_a_double_is_refused_and_the_first_row_taken(lists: Lists) -> None:
    """An accession that stands twice is quarantined as equivocation; its first row enters."""
    lists.partner.tables["idr0001"] = [*rows(100_000, 10), *rows(100_004, 1, title="again")]
    lists.harvest()
    assert [row.reason for row in lists.ledger.quarantined("lists")] == ["equivocation"]
    assert lists.ledger.head("idr:100004").record["title"].startswith("plate")  # type: ignore[union-attr]


def test_an_image_belongs_to_one_study(lists: Lists) -> None:
    """An image that another study's list has is refused, and tried again by itself when the other list lets it go."""
    lists.partner.studies.append("idr0002")
    lists.partner.tables = {"idr0001": rows(100_000, 100), "idr0002": rows(100_095, 100)}
    report = lists.harvest()
    assert report.images["quarantined"] == 5
    assert lists.ledger.head("idr:100096").parent == "idr:idr0001"  # type: ignore[union-attr]
    assert lists.manifest("idr0002")["rows"] == 95


def test_an_absent_image_goes_after_two_readings(lists: Lists) -> None:
    """R14: an image that its table lacks stays; absent again a day later it is a tombstone that says why."""
    listed = rows(100_000, 500)
    lists.partner.tables["idr0001"] = listed
    lists.harvest()
    lists.partner.tables["idr0001"] = listed[:-1]
    assert lists.harvest().images["absent"] == 1
    assert lists.ledger.head("idr:100499").status == "public"  # type: ignore[union-attr]
    lists.clock.pass_hours(25)
    assert lists.harvest().images["withdrawn"] == 1
    gone = lists.ledger.head("idr:100499")
    assert gone is not None
    assert (gone.status, gone.record["reason"]) == ("withdrawn", "absent-from-source")
    assert "title" not in gone.record
    counts = lists.ledger.counts()
    assert (counts["images"], counts["withdrawn"]) == (499, 1)
    position = lists.ledger.last_position()
    lists.harvest()
    assert lists.ledger.last_position() == position


def test_an_image_that_comes_back_is_no_longer_absent(lists: Lists) -> None:
    """R14: the time of absence starts anew when an image was there in between."""
    listed = rows(100_000, 500)
    for held in (listed, listed[:-1], listed, listed[:-1]):
        lists.partner.tables["idr0001"] = held
        report = lists.harvest()
        lists.clock.pass_hours(25)
    assert (report.images["absent"], report.images["withdrawn"]) == (1, 0)


def test_too_many_absent_images_are_held(lists: Lists) -> None:
    """R16: a table that lacks more than 5 % of the images changes nothing until a person has looked; growth passes."""
    lists.partner.tables["idr0001"] = rows(100_000, 500)
    lists.harvest()
    lists.partner.tables["idr0001"] = rows(100_100, 1_000)
    report = lists.harvest()
    assert (report.state, report.held) == ("held", 1)
    assert lists.manifest()["rows"] == 500
    assert lists.harvest().state == "held"
    lists.partner.tables["idr0001"] = rows(100_000, 1_500)
    assert lists.harvest().state == "completed"
    assert lists.manifest()["rows"] == 1_500


def test_a_list_waits_for_its_study(lists: Lists) -> None:
    """A table whose study is not known is quarantined as a gap, unread, and enters by itself when the study came."""
    lists.partner.studies = []
    lists.partner.tables["idr0001"] = rows(100_000, 10)
    assert lists.harvest().reasons == {"gap": 1}
    assert lists.partner.opened == 0
    lists.partner.studies = ["idr0001"]
    assert lists.harvest().quarantined == 0
    assert lists.manifest()["rows"] == 10


def test_a_withdrawn_study_takes_its_images_along(lists: Lists) -> None:
    """The images of a withdrawn study answer as tombstones; their rows leave the disk; they come back with it."""
    lists.partner.tables["idr0001"] = rows(100_000, 500)
    lists.harvest()
    (chunk,) = lists.chunks()
    lists.partner.studies = []
    lists.harvest()
    lists.clock.pass_hours(25)
    lists.harvest()
    gone = lists.ledger.head("idr:100123")
    assert gone is not None
    assert (gone.status, gone.record["reason"]) == ("withdrawn", "study-withdrawn")
    assert not lists.ledger.image_lists.files.path(chunk).exists()
    assert lists.ledger.head("idr:100500") is None
    assert (lists.ledger.counts()["images"], list(lists.ledger.fsck())) == (0, [])
    lists.partner.studies = ["idr0001"]
    lists.harvest()
    assert lists.ledger.head("idr:100123").status == "public"  # type: ignore[union-attr]
    assert lists.chunks() == [chunk]


def test_a_table_that_goes_takes_its_images_along(lists: Lists) -> None:
    """R14: a table that two complete listings lack withdraws its list, not its study."""
    lists.partner.studies.append("idr0002")
    lists.partner.tables = {"idr0001": rows(100_000, 10), "idr0002": rows(200_000, 10)}
    lists.harvest()
    del lists.partner.tables["idr0002"]
    lists.harvest()
    lists.clock.pass_hours(25)
    lists.harvest()
    assert lists.ledger.head("idr:200001").status == "withdrawn"  # type: ignore[union-attr]
    assert lists.ledger.head("idr:idr0002").status == "public"  # type: ignore[union-attr]


def test_an_incomplete_table_changes_nothing(lists: Lists) -> None:
    """A table with another number of rows than its source says is quarantined whole; the list stays."""
    lists.partner.tables["idr0001"] = rows(100_000, 100)
    lists.harvest()
    lists.partner.tables["idr0001"] = rows(100_000, 99)
    lists.partner.said_rows = 100
    assert lists.harvest().reasons == {"gap": 1}
    assert lists.manifest()["rows"] == 100
    assert lists.ledger.head("idr:100099").status == "public"  # type: ignore[union-attr]


def test_a_source_that_breaks_off_changes_nothing(lists: Lists) -> None:
    """A reading that ends in the middle leaves ledger and list as they were."""

    def broken() -> Any:
        yield pa.RecordBatch.from_pylist(rows(100_000, 10))
        raise SourceUnavailable("the partner hung up")

    lists.partner.tables["idr0001"] = rows(100_000, 20)
    lists.partner.batches = broken
    assert lists.harvest().state == "failed"
    assert lists.ledger.head("idr:idr0001/images") is None
    lists.partner.batches = None
    assert lists.harvest().state == "completed"


def test_lines_that_are_no_rows_are_counted(lists: Lists) -> None:
    """A line that could not be read is quarantined by its number."""

    def odd() -> Any:
        yield pa.RecordBatch.from_pylist(rows(100_000, 10))
        yield BadRow(12, "not-parsable", "Line 12 has 3 cells, the header 7.")

    lists.partner.tables["idr0001"] = rows(100_000, 11)
    lists.partner.batches = odd
    report = lists.harvest()
    assert (report.images["read"], report.images["quarantined"]) == (11, 1)
    assert lists.ledger.quarantined("lists")[0].item == "idr0001/rows#row-12"


def test_an_image_of_its_own_is_not_listed_twice(lists: Lists) -> None:
    """An image that has an entry of its own keeps it; its row is left out of the list."""
    lists.partner.tables["idr0001"] = rows(100_000, 10)
    lists.harvest()
    record = {**lists.ledger.head("idr:100003").record, "title": "by itself"}  # type: ignore[union-attr]
    with lists.ledger.transaction() as writer:
        writer.append(
            curie="idr:100003", owner="idr", kind="image", parent="idr:idr0001", status="public",
            payload=canonical(record), source="lists", harvester="lists/1", retrieved_at=lists.clock(),
        )  # fmt: skip
    lists.harvest(full=True)
    assert lists.manifest()["rows"] == 9
    assert lists.ledger.head("idr:100003").record["title"] == "by itself"  # type: ignore[union-attr]
    assert lists.ledger.counts()["images"] == 10


def test_a_dry_run_writes_nothing(lists: Lists) -> None:
    """A dry run decides every row and leaves neither entry nor chunk."""
    lists.partner.tables["idr0001"] = rows(100_000, 100)
    lists.harvest()
    lists.partner.tables["idr0001"] = rows(100_000, 150)
    report = lists.harvest(dry_run=True)
    assert (report.images["new"], report.changed) == (50, 1)
    assert lists.manifest()["rows"] == 100
    assert len(list(lists.ledger.image_lists.files.kept())) == 1


@pytest.mark.parametrize("defaults", [{"site": "idr", "endpoint": "https://store.example/"}])
def test_defaults_fill_empty_cells(lists: Lists, defaults: dict[str, str]) -> None:
    """What the source says for all rows stands in each that leaves it empty."""
    lists.partner.defaults = defaults
    lists.partner.tables["idr0001"] = [
        *rows(100_000, 2, key="a.zarr"),
        *rows(100_002, 1, key="b.zarr", endpoint="https://other.example/"),
    ]
    lists.harvest()
    endpoints = [
        lists.ledger.head(f"idr:10000{n}").record["representations"][0]["replicas"][0]["endpoint"]  # type: ignore[union-attr]
        for n in range(3)
    ]
    assert endpoints == ["https://store.example/", "https://store.example/", "https://other.example/"]


def test_names_of_different_length_do_not_look_alike(lists: Lists) -> None:
    """Lists whose names lie between one another in the order of texts are told apart, image by image."""
    lists.partner.studies.append("idr0002")
    lists.partner.tables = {"idr0001": rows(100_000, 200), "idr0002": [*rows(1_000_500, 100), *rows(999_990, 5)]}
    assert lists.harvest().images["quarantined"] == 0
    found = [lists.ledger.head(f"idr:{number}") for number in (100_050, 1_000_505, 999_991)]
    assert [entry.parent for entry in found if entry is not None] == ["idr:idr0001", "idr:idr0002", "idr:idr0002"]
    assert lists.ledger.head("idr:1000999") is None


def test_a_source_of_lists_can_say_how_many_it_should_have(lists: Lists) -> None:
    """The option `least` counts the studies of lists as well; lists that are held do not break it."""
    lists.ledger.add_source("more", harvester="lists", location="https://partner.example/", options={"least": "1"})
    lists.harvest()
    lists.partner.studies = []
    lists.partner.tables["idr0001"] = rows(100_000, 10)
    assert lists.ingest.harvest("more").state == "completed"
    assert lists.ingest.harvest("more").unchanged == 1


def test_what_is_wrong_with_a_table_is_found_at_its_study(lists: Lists) -> None:
    """Findings and quarantine of a table name the study, whose page shows them."""
    lists.partner.tables["idr0001"] = rows(100_000, 10, roi="7")
    report = lists.harvest()
    assert report.unmapped == {"row, roi": 10}
    (finding,) = lists.ledger.findings(curie="idr:idr0001", item="idr0001/rows")
    assert (finding.code, finding.path) == ("unmapped-property", "row.roi")
    lists.partner.said_rows = 3
    lists.partner.tables["idr0001"] = rows(100_000, 11)
    lists.harvest()
    assert [row.identifier for row in lists.ledger.quarantined("lists")] == ["idr:idr0001"]


def test_another_writer_of_parquet_changes_no_list(lists: Lists, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where an upgrade of pyarrow would write equal rows in other bytes, the chunk that stands is kept."""
    lists.partner.tables["idr0001"] = rows(100_000, 3_000)
    lists.harvest()
    before, position = lists.chunks(), lists.ledger.last_position()
    monkeypatch.setattr(image_chunks, "GROUP_ROWS", 500)
    monkeypatch.setattr(image_chunks.ChunkFiles, "is_of_this_writer", lambda *_: False)
    assert image_chunks.encode(
        lists.ledger.image_lists.files.table(before[0])
    ) != lists.ledger.image_lists.files.content(before[0])
    lists.harvest(full=True)
    assert (lists.chunks(), lists.ledger.last_position()) == (before, position)


def test_a_chunk_knows_its_writer(lists: Lists) -> None:
    """Chunks written by the pyarrow at hand are told from others, so that equal rows need no comparison."""
    lists.partner.tables["idr0001"] = rows(100_000, 10)
    lists.harvest()
    assert lists.ledger.image_lists.files.is_of_this_writer(lists.chunks()[0])
