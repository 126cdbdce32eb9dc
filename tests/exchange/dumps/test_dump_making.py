"""How dumps come and go: whole or not at all, from one state, and never with what was withdrawn."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
from pathlib import Path
from unittest.mock import patch

import pytest

from catalogue.exchange.dumps import content
from catalogue.exchange.dumps.making import make_dump
from catalogue.exchange.dumps.shelf import LATEST, DumpShelf
from catalogue.problems import Locked, NotFound
from catalogue.store import folder_shelf
from catalogue.store.ledger import Ledger
from catalogue.store.purging import purge
from tests.exchange.dumps.dumping import DumpingNode, at_each, lines_of, quads_of, table_of
from tests.ingest.tables.conftest import rows
from tests.web.studies_for_pages import STUDY, append, bare_study


def state_of(folder: Path) -> dict[str, tuple[int, int]]:
    """Path -> inode and modification time of everything below a folder."""
    return {str(p.relative_to(folder)): (p.lstat().st_ino, p.lstat().st_mtime_ns) for p in sorted(folder.rglob("*"))}


def test_nothing_is_touched_when_nothing_changed(node: DumpingNode) -> None:
    """A second making without a change writes nothing; `again` makes another one beside."""
    first = node.dump()
    before = state_of(node.shelf.folder)
    node.clock.now = node.clock.now.replace(hour=23)
    assert node.dump() is None
    assert state_of(node.shelf.folder) == before
    second = node.dump(again=True)
    assert second is not None and first is not None
    assert second.name == f"{first.name}-2"
    assert node.shelf.names() == [second.name, first.name]


def test_equal_states_give_equal_files(node: DumpingNode) -> None:
    """Two dumps of one state differ in nothing but when they were made."""
    one, two = node.dump(), node.dump(again=True)
    assert one is not None and two is not None
    said = [{f.name: f.sha256 for f in dump.manifest.files} for dump in (one, two)]
    assert {name for name in said[0] if said[0][name] != said[1][name]} <= {"void.ttl", "README.txt"}


def test_all_files_are_of_one_position(node: DumpingNode) -> None:
    """What is written while a dump is made is in none of its files, and in all of those of the next."""
    new = bare_study() | {"id": "idr:idr9555", "accession": "idr9555"}
    first = node.dump(on_progress=at_each(1, lambda: append(node.ledger, new)))
    assert first is not None
    assert first.manifest.position == node.ledger.last_position() - 1
    assert "idr:idr9555" not in {line["header"]["curie"] for line in lines_of(first)}
    assert not any("idr9555" in line for line in quads_of(first))
    assert "idr:idr9555" not in {row["identifier"] for row in table_of(first, "studies")}
    second = node.dump()
    assert second is not None
    assert "idr:idr9555" in {row["identifier"] for row in table_of(second, "studies")}
    assert lines_of(second)[-1]["header"]["curie"] == "idr:idr9555"


@pytest.mark.parametrize("call", [1, 2, 3])
def test_an_interrupted_dump_leaves_no_trace(node: DumpingNode, call: int) -> None:
    """Stopping in the middle leaves the dump before as the latest, and what was half written goes with the next."""
    first = node.dump()
    append(node.ledger, bare_study() | {"id": "idr:idr9555", "accession": "idr9555"})

    def stop() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        node.dump(on_progress=at_each(call, stop))
    assert first is not None
    assert node.shelf.names() == [first.name]
    assert node.shelf.find(LATEST) == first
    second = node.dump()
    assert second is not None
    assert {path.name for path in node.shelf.folder.iterdir()} == {first.name, second.name, LATEST}


def killed(home: Path, step: str, left: int) -> None:
    """Makes a dump in a process that dies at the n-th report of progress, or before the n-th fsync."""
    node = DumpingNode(home)
    real = folder_shelf.fsync

    def die(*_arguments: object) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os._exit(9)

    def counted(path: Path) -> None:
        die()
        real(path)

    if step == "fsync":
        folder_shelf.fsync = counted
    node.dump(again=True, on_progress=die if step == "write" else lambda *_arguments: None)


# Of 14 files and folders and their folder; after the renaming; after the link was switched.
@pytest.mark.parametrize(("step", "left"), [("write", 2), ("fsync", 3), ("fsync", 15), ("fsync", 16), ("fsync", 17)])
def test_a_killed_dump_is_cleaned_up(node: DumpingNode, step: str, left: int) -> None:
    """P16: after a kill at any step, `latest` leads to a whole dump, and the next making leaves nothing half done."""
    first = node.dump()
    node.ledger.close()
    process = multiprocessing.get_context("fork").Process(target=killed, args=(node.home, step, left))
    process.start()
    process.join(600)
    assert process.exitcode == 9
    there = DumpShelf(node.home / "dumps")
    latest = there.find(LATEST)
    assert latest is not None and first is not None
    for dump in map(there.find, there.names()):
        assert dump is not None
        check = subprocess.run(["sha256sum", "--quiet", "-c", "SHA256SUMS"], cwd=dump.path, check=False)
        assert check.returncode == 0
    again = DumpingNode(node.home).dump(again=True, kept=9)
    assert again is not None
    assert {path.name for path in there.folder.iterdir()} == {LATEST, *there.names()}
    assert there.find(LATEST) == again


def test_only_one_dump_is_made_at_a_time(node: DumpingNode) -> None:
    """A second making beside the first is refused, and hurts neither."""

    def another() -> None:
        with pytest.raises(Locked):
            make_dump(node.ledger, DumpShelf(node.shelf.folder), title="other")

    assert node.dump(on_progress=at_each(2, another)) is not None


def test_the_newest_dumps_stay(node: DumpingNode) -> None:
    """Of many nights the last two are kept, whole."""
    names = []
    for number in range(4):
        append(node.ledger, bare_study() | {"id": f"idr:idr955{number}", "accession": f"idr955{number}"})
        made = node.dump(kept=2)
        assert made is not None
        names.append(made.name)
    assert node.shelf.names() == names[:1:-1]


def test_withdrawn_payloads_leave_the_dumps(node: DumpingNode) -> None:
    """P18: once the next dump is there, no dump holds what was withdrawn, however many are kept."""
    node.dump()
    append(node.ledger, bare_study() | {"id": "idr:idr9555", "accession": "idr9555"})
    node.dump(kept=9)
    assert len(node.shelf.names()) == 2
    node.withdraw(STUDY)
    made = node.dump(kept=9)
    assert made is not None
    assert node.shelf.names() == [made.name]
    assert STUDY not in {row["identifier"] for row in table_of(made, "studies")}
    versions = [line for line in lines_of(made) if line["header"]["curie"] == STUDY]
    assert [line["header"]["action"] for line in versions if line["payload"] is not None] == ["delete"]


def test_a_purge_takes_no_dump_that_is_clean(node: DumpingNode) -> None:
    """P18: what a withdrawal leaves in the ledger for a time is in no later dump, which outlives the purge."""
    node.withdraw(STUDY)
    clean = node.dump()
    purged = purge(node.ledger, node.clock.now.replace(year=2030))
    assert clean is not None and purged.records >= 1
    assert node.shelf.drop_older_than(purged.position) == []
    assert node.dump() is None
    again = node.dump(again=True)
    assert again is not None
    name = "entries.jsonl.gz"
    assert again.manifest.file(name) == clean.manifest.file(name)


def test_withdrawn_images_of_a_list_leave_the_dumps(node: DumpingNode) -> None:
    """P18: an image that goes from a list goes from the dumps with it."""
    node.dump(kept=9)
    node.partner.tables["idr0001"] = rows(100_000, 59)
    node.ingest.harvest("lists")
    node.clock.now = node.clock.now.replace(hour=5)
    node.ingest.harvest("lists", full=True)
    made = node.dump(kept=9)
    assert made is not None
    assert node.shelf.names() == [made.name]
    assert "idr:100059" not in {row["identifier"] for row in table_of(made, "images")}
    assert "idr:100058" in {row["identifier"] for row in table_of(made, "images")}


def test_what_is_withdrawn_while_a_dump_is_made_is_not_in_it(node: DumpingNode) -> None:
    """P18: a dump overtaken by a withdrawal is never shown; it is made anew from what is there."""
    made = node.dump(on_progress=at_each(3, lambda: node.withdraw(STUDY)))
    assert made is not None
    assert made.manifest.position == node.ledger.last_position()
    assert STUDY not in {row["identifier"] for row in table_of(made, "studies")}
    assert node.shelf.names() == [made.name]


def test_a_list_that_goes_while_a_dump_is_made_does_not_break_it(node: DumpingNode) -> None:
    """Chunks that are removed under the reader make it begin again; a chunk lost otherwise is told."""
    real = content.write_list

    def lose(*arguments: object) -> int:
        node.partner.studies, node.partner.tables = ["idr0002"], {}
        for _ in range(2):
            node.ingest.harvest("lists", full=True)
        return real(*arguments)  # type: ignore[arg-type]

    with patch.object(content, "write_list", lose):
        made = node.dump()
    assert made is not None
    assert not [row for row in table_of(made, "images") if row["study"] == "idr:idr0001"]


def test_images_of_unchanged_lists_are_shared(node: DumpingNode) -> None:
    """The file of an unchanged list is one file in both dumps; a damaged one is not taken on."""
    first = node.dump()
    append(node.ledger, bare_study() | {"id": "idr:idr9555", "accession": "idr9555"})
    second = node.dump()
    assert first is not None and second is not None
    (name,) = [one.name for one in first.manifest.files if one.name.startswith("images/idr")]
    assert (first.path / name).samefile(second.path / name)
    (second.path / name).write_bytes(b"damaged")
    third = node.dump(again=True)
    assert third is not None
    assert third.manifest.file(name) == first.manifest.file(name)
    assert not (third.path / name).samefile(second.path / name)


def test_a_record_that_cannot_be_written_holds_up_no_other(node: DumpingNode) -> None:
    """A payload that the model does not know stays in the log and in the count of what was left out."""
    odd = {"type": "Study", "id": "idr:idr9666", "accession": "idr9666", "owner": "idr", "title": 7, "authors": "me"}
    append(node.ledger, odd)
    made = node.dump()
    assert made is not None
    assert made.manifest.statement["left_out"] == 2
    assert lines_of(made)[-1]["payload"] == odd
    (row,) = [row for row in table_of(made, "studies") if row["identifier"] == "idr:idr9666"]
    assert row["title"] is None


def test_a_node_without_a_key_makes_no_dump(tmp_path: Path, node: DumpingNode) -> None:
    """What cannot be signed is not published; the message says how to get a key."""
    with Ledger(f"sqlite:///{tmp_path}/other.db", node.clock) as ledger, pytest.raises(NotFound, match="init"):
        make_dump(ledger, DumpShelf(tmp_path / "none"), title="x")


def test_names_from_outside_lead_nowhere_else(node: DumpingNode) -> None:
    """Only names of dumps are looked up; a link to another place is not followed."""
    made = node.dump()
    assert made is not None
    for name in ("..", ".", "", "../dumps", f"{made.name}/", ".making-1", "2026-01-01-99", "latest/", "\x00"):
        assert node.shelf.find(name) is None
    assert DumpShelf(node.home / "nowhere").names() == []
    (node.shelf.folder / LATEST).unlink()
    (node.shelf.folder / LATEST).symlink_to("/etc")
    assert node.shelf.find(LATEST) is None
