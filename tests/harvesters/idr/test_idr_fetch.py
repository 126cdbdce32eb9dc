"""Studies of IDR in a folder and in a Git repository: several files, one document."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from idr_sheets import ANNOTATION, SOURCE, harvester, sheet, write_study

from catalogue.model.documents import (
    BadRow,
    Event,
    ImageTable,
    Listed,
    Removed,
    SourceDocument,
    SourceSpec,
    Unchanged,
    Unreadable,
)
from catalogue.model.payload import digest
from harvesters import idr_files, idr_images
from harvesters.bundle import unpack


def fetch(location: object, since: str | None = None, known: Mapping[str, str] | None = None) -> list[Event]:
    """All events of one reading."""
    return list(harvester().fetch(SourceSpec("idr", "idr", str(location), ("idr",)), since, known or {}))


def held(events: list[Event]) -> dict[str, str]:
    """What a node holds afterwards."""
    return {event.item: digest(event.content) for event in events if isinstance(event, SourceDocument)}


def kinds(events: list[Event]) -> dict[str, str]:
    """Item -> kind of its event."""
    return {event.item: type(event).__name__ for event in events if not isinstance(event, Listed)}


def git(folder: Path, *arguments: str) -> str:
    """Run git as somebody with a fixed clock."""
    environment = {"PATH": os.defpath, "HOME": "/nonexistent", "GIT_CONFIG_NOSYSTEM": "1"}
    for role in ("AUTHOR", "COMMITTER"):
        environment |= {f"GIT_{role}_NAME": "a", f"GIT_{role}_EMAIL": "a@example.org"}
        environment |= {f"GIT_{role}_DATE": "1700000000 +0000"}
    done = subprocess.run(["git", *arguments], cwd=folder, env=environment, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def commit(folder: Path) -> str:
    """Commit everything below the folder; the commit's id."""
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "change")
    return git(folder, "rev-parse", "HEAD")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with two studies."""
    folder = tmp_path / "idr-metadata"
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch=main")
    for accession in ("idr9001", "idr9002"):
        write_study(folder, accession)
    commit(folder)
    return folder


def test_files_of_a_study_are_one_document(tmp_path: Path) -> None:
    """The study file and its tables are bundled by accession; scripts and other texts of the folder are not."""
    write_study(tmp_path)
    (tmp_path / "idr9001-example-stress" / "README.txt").write_text("hello")
    (tmp_path / "idr9001-example-stress" / "make.py").write_text("pass")
    document, end = fetch(tmp_path)
    assert isinstance(document, SourceDocument)
    assert document.item == "idr9001"
    assert sorted(unpack(document.content)) == ["idr9001-screenA-annotation.csv", "idr9001-study.txt"]
    assert isinstance(end, Listed)
    assert (end.complete, end.total) == (True, 1)
    assert harvester().map(document, SOURCE).records[0]["id"] == "idr:idr9001"


def test_lines_of_the_sites_lists_come_with_the_study(tmp_path: Path) -> None:
    """Of the site's lists a study has its own lines: a change of another study's line changes nothing."""
    write_study(tmp_path)
    (tmp_path / "site").mkdir()
    lists = tmp_path / "site" / "studies.tsv"
    lists.write_bytes(b"Study\tContainer\nidr9001-x\tscreenA\nidr90011-x\tscreenA\nidr9002-x\tscreenA\n")
    events = fetch(tmp_path)
    assert isinstance(events[0], SourceDocument)
    assert unpack(events[0].content)["site/studies.tsv"] == b"Study\tContainer\nidr9001-x\tscreenA\n"
    lists.write_bytes(lists.read_bytes() + b"idr9003-x\tscreenA\n")
    assert kinds(fetch(tmp_path, None, held(events))) == {"idr9001": "Unchanged"}


def test_a_changed_table_changes_its_study(tmp_path: Path) -> None:
    """A new line in a table makes a new document of its study, and of no other."""
    for accession in ("idr9001", "idr9002"):
        write_study(tmp_path, accession)
    known = held(fetch(tmp_path))
    table = tmp_path / "idr9001-example-stress" / "screenA" / "idr9001-screenA-annotation.csv"
    table.write_text(ANNOTATION + "P3,A1,,,,,,,\n")
    assert kinds(fetch(tmp_path, None, known)) == {"idr9001": "SourceDocument", "idr9002": "Unchanged"}


def images(location: object) -> list[dict[str, str | None]]:
    """The rows of the image tables of one reading, read as they come."""
    tables = (
        event for event in harvester().fetch(SourceSpec("idr", "idr", str(location)), None, {})
        if isinstance(event, ImageTable)
    )  # fmt: skip
    batches = (batch for table in tables for batch in table.batches())
    return [row for batch in batches if not isinstance(batch, BadRow) for row in batch.to_pylist()]


def write_images(folder: Path, rows: str) -> Path:
    """Lay out the default study with an annotation table that names images; a list of paths names them again."""
    write_study(folder)
    table = folder / "idr9001-screenA-annotation.csv"
    table.write_text("Dataset Name,Image Name,Characteristics [Organism],Term Source 1 REF\n" + rows)
    (folder / "idr9001-example-stress" / "screenA" / "idr9001-screenA-annotation.csv").unlink()
    (folder / "idr9001-screenA-filePaths.tsv").write_text("Dataset:name:D\t/x/a.tif\nDataset:name:D\t/x/b.tif\n")
    return table


def test_images_that_tables_name_come_behind_their_study(tmp_path: Path) -> None:
    """The images of a study are one table, named by the best kind of table alone; the study comes first."""
    write_images(tmp_path, "D,a.tif,Mus musculus,NCBITaxon 10090\nD,b.tif,,\n")
    document, table, end = fetch(tmp_path)
    assert isinstance(document, SourceDocument)
    assert isinstance(end, Listed)
    assert end.total == 2
    first, second = images(tmp_path)
    assert isinstance(table, ImageTable)
    assert (table.item, table.study) == ("idr9001/images", "idr:idr9001")
    assert (first["title"], first["component"]) == ("a.tif", "idr:idr9001/screen/1")
    assert first["organism"] == "NCBITaxon:10090"
    assert (second["title"], second["organism"]) == ("b.tif", None)
    components = harvester().map(document, SOURCE).records[0]["components"]
    assert [one["id"] for one in components] == ["idr:idr9001/screen/1"]


def test_the_same_images_are_not_given_again(tmp_path: Path) -> None:
    """R7: the digest of a table names its rows: the same rows are unchanged, another row is a change."""
    table = write_images(tmp_path, "D,a.tif,,\n")
    events = fetch(tmp_path)
    assert isinstance(events[1], ImageTable)
    known = held(events) | {events[1].item: events[1].digest}
    assert kinds(fetch(tmp_path, None, known)) == {"idr9001": "Unchanged", "idr9001/images": "Unchanged"}
    table.write_text(table.read_text() + "D,b.tif,,\n")
    assert kinds(fetch(tmp_path, None, known)) == {"idr9001": "SourceDocument", "idr9001/images": "ImageTable"}


def test_a_large_table_gives_all_its_images(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows of a table beyond the bound are read as they are asked for, in batches."""
    monkeypatch.setattr(idr_images, "MAX_WHOLE_BYTES", 100)
    monkeypatch.setattr(idr_images, "BATCH_ROWS", 7)
    write_images(tmp_path, "".join(f"D,{number}.tif,Mus musculus,NCBITaxon 10090\n" for number in range(50)))
    found = images(tmp_path)
    assert [row["title"] for row in found] == [f"{number}.tif" for number in range(50)]
    assert len({row["accession"] for row in found}) == 50


def test_tables_without_a_study_file_are_no_study(tmp_path: Path) -> None:
    """R19: what is left when a study file is missing is reported as a gap; the others are read."""
    write_study(tmp_path)
    (tmp_path / "idr9002-screenA-annotation.csv").write_text(ANNOTATION)
    events = fetch(tmp_path)
    assert kinds(events) == {"idr9001": "SourceDocument", "idr9002": "Unreadable"}
    assert next(event for event in events if isinstance(event, Unreadable)).reason == "gap"


def test_a_large_table_is_there_by_its_head(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A table beyond the bound comes by first lines and facts: columns and size are known, any change is seen."""
    monkeypatch.setattr(idr_files, "MAX_WHOLE_BYTES", 1_000)
    monkeypatch.setattr(idr_files, "HEAD_BYTES", 300)
    write_study(tmp_path)
    table = tmp_path / "idr9001-example-stress" / "screenA" / "idr9001-screenA-annotation.csv"
    row = "P1,A1,Homo sapiens,NCBITaxon,NCBITaxon_9606,,,,\n"
    table.write_text(ANNOTATION + row * 100)
    events = fetch(tmp_path)
    assert isinstance(events[0], SourceDocument)
    assert len(events[0].content) < 20_000
    mapped = harvester().map(events[0], SOURCE)
    (file,) = mapped.records[0]["components"][0]["files"]
    assert file["total_size_bytes"] == table.stat().st_size
    assert len(file["columns"]) == 9
    assert "table-cut" in {finding.code for finding in mapped.findings}
    assert "well_count" not in mapped.records[0]["components"][0]["plates"][0]
    table.write_text(ANNOTATION + row * 100 + row)
    assert kinds(fetch(tmp_path, None, held(events))) == {"idr9001": "SourceDocument"}


def test_a_file_that_cannot_be_read_costs_its_study_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """R19: a study file too large for anything is Unreadable; a table like that is noted in its study."""
    monkeypatch.setattr(idr_files, "MAX_FILE_BYTES", 5_000)
    monkeypatch.setattr(idr_files, "MAX_STUDY_BYTES", len(sheet()) + 100)
    for accession in ("idr9000", "idr9001", "idr9002"):
        write_study(tmp_path, accession)
    (tmp_path / "idr9000-example-stress" / "idr9000-study.txt").write_bytes(sheet() + b"#" * 2_000)
    (tmp_path / "idr9001-example-stress" / "idr9001-study.txt").write_bytes(sheet() + b"#" * 6_000)
    (tmp_path / "idr9002-example-stress" / "screenA" / "idr9002-screenA-annotation.csv").write_text("a,b\n" * 2_000)
    *broken, document, _ = fetch(tmp_path)
    assert [(event.item, event.reason) for event in broken if isinstance(event, Unreadable)] == [
        ("idr9000", "too-large"),
        ("idr9001", "too-large"),
    ]
    assert isinstance(document, SourceDocument)
    mapped = harvester().map(document, SOURCE)
    assert "table-left-out" in {finding.code for finding in mapped.findings}


def test_the_same_commit_is_read_no_further(repository: Path) -> None:
    """R1, R7: the cursor is the commit; at the same one every study is unchanged, none absent, no file opened."""
    location = f"git+file://{repository}"
    events = fetch(location)
    end = events[-1]
    assert isinstance(end, Listed)
    assert end.cursor == git(repository, "rev-parse", "HEAD")
    again = fetch(location, end.cursor, dict.fromkeys(held(events), "another digest"))
    assert kinds(again) == {"idr9001": "Unchanged", "idr9002": "Unchanged"}
    assert again[-1] == Listed(end.cursor, complete=False)


def test_a_commit_gives_its_studies(repository: Path) -> None:
    """After a commit the studies whose files it touched are given anew, with its date as their datestamp."""
    location = f"git+file://{repository}"
    events = fetch(location)
    write_study(repository, "idr9002", Study_Title=["Another title"])
    head = commit(repository)
    end = events[-1]
    assert isinstance(end, Listed)
    changed = fetch(location, end.cursor, held(events))
    assert kinds(changed) == {"idr9001": "Unchanged", "idr9002": "SourceDocument"}
    document = next(event for event in changed if isinstance(event, SourceDocument))
    assert document.datestamp.startswith("2023-11-14")
    assert isinstance(changed[-1], Listed)
    assert changed[-1].cursor == head


def test_a_deleted_study_file_is_a_deletion(repository: Path) -> None:
    """R14: the commit that deletes the study file is the evidence; what is left of its tables is no study."""
    location = f"git+file://{repository}"
    events = fetch(location)
    for path in sorted((repository / "idr9002-example-stress").rglob("*.*")):
        path.unlink()
    head = commit(repository)
    end = events[-1]
    assert isinstance(end, Listed)
    changed = fetch(location, end.cursor, held(events))
    assert [event for event in changed if isinstance(event, Removed)] == [
        Removed("idr9002", f"deleted in commit {head}")
    ]
    assert any(event == Unchanged("idr9001") for event in changed)
