"""The files of a dump, written one after the other from a ledger that stands still; memory does not grow with it."""

from __future__ import annotations

import gzip
import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import Final

import structlog

from catalogue.exchange.dump import record_quads
from catalogue.exchange.dumps.columns import FORM, IMAGES, TABLES
from catalogue.exchange.dumps.description import ABOUT, readme
from catalogue.exchange.dumps.manifest import MANIFEST, SUMS, DumpFile, render_manifest, render_sums
from catalogue.exchange.dumps.rows import image_row, study_rows
from catalogue.exchange.dumps.shelf import Dump
from catalogue.exchange.dumps.statistics import Statistics, render_void
from catalogue.exchange.dumps.tables import TableFile, list_file_name, write_list
from catalogue.exchange.exchange_json import render_entry
from catalogue.model.namespaces import BASE
from catalogue.model.table import schema_version
from catalogue.store.entries import Entry, stamp
from catalogue.store.exchange_log import Exchanged
from catalogue.store.graph_view import is_public
from catalogue.store.image_lists import LIST
from catalogue.store.leaves import node_digest
from catalogue.store.snapshot import Snapshot

log = structlog.get_logger(__name__)

Progress = Callable[[str, int, int], None]

RECORDS: Final = "records.nq.gz"
ENTRIES: Final = "entries.jsonl.gz"
OWN_IMAGES: Final = "images/entries.parquet"
PARQUET: Final = "application/vnd.apache.parquet"
_PAGE: Final = 100


class Content:
    """Writes a dump into a folder.

    Args:
        state: where everything is read.
        last: the dump before, with which files of image lists that did not change are shared.
        on_progress: called with (what, done, total).
    """

    def __init__(self, state: Snapshot, folder: Path, last: Dump | None, on_progress: Progress) -> None:
        self._state = state
        self._folder = folder
        self._last = last
        self._progress = on_progress
        self._files: list[DumpFile] = []
        self._counts = Statistics()
        self._left_out = 0

    def write(self, name: str, title: str, made_at: datetime, base: str) -> None:
        """All files; the manifest and the sums last."""
        (self._folder / "images").mkdir()
        self._write_log()
        lists = self._write_lists()
        self._write_records(lists)
        version = schema_version()
        void = render_void(self._counts, self._files, title=title, made_at=made_at, schema_version=version, base=base)
        self._put("void.ttl", "text/turtle", void)
        self._put("README.txt", "text/plain", readme(title, name, self._files))
        said = {**self._standing(), "form": FORM, "name": name, "made_at": stamp(made_at), "schema_version": version}
        assert self._state.key is not None  # make_dump refuses without one
        manifest = render_manifest(said, self._files, self._state.key)
        (self._folder / MANIFEST).write_bytes(manifest)
        (self._folder / SUMS).write_bytes(render_sums(self._files, hashlib.sha256(manifest).hexdigest()))

    def _standing(self) -> dict[str, object]:
        """Position and digests: what a reader's own digests must be when everything was read."""
        node = self._state.digests.node()
        rows = {one.name: one.rows or 0 for one in self._files}
        images = sum(count for name, count in rows.items() if name.startswith("images/"))
        return {
            "position": node.position,
            "digest": node_digest((one.owner, one.digest) for one in node.owners),
            "owners": [asdict(one) for one in node.owners],
            "counts": {"studies": rows["studies.parquet"], "images": images, "triples": self._counts.triples},
            "left_out": self._left_out,
        }

    def _write_log(self) -> None:
        count, after, last = 0, 0, self._state.last_position()
        with self._packed(ENTRIES) as stream:
            while True:
                found = self._state.log.entries(after, limit=_PAGE)
                gone = self._state.gone(one.log.curie for one in found)
                for one in found:
                    stream.write(render_entry(_shown(one, gone)) + b"\n")
                count += len(found)
                self._progress("log", after, last)
                if found:
                    after = found[-1].entry.position
                elif after >= last:
                    break
                else:
                    # Entries that are not signed are not exchanged; signed ones may come after a hundred of them.
                    after += _PAGE
        self._note(ENTRIES, "application/gzip", count)

    def _write_lists(self) -> dict[str, int]:
        """Study -> images in its public list, after writing them."""
        rows: dict[str, int] = {}
        for entry in _heads(self._state, LIST):
            if is_public(entry) and entry.parent is not None:
                name = list_file_name(entry)
                count = self._shared(name)
                if count is None:
                    count = write_list(self._folder / name, entry, self._chunks(entry))
                    self._note(name, PARQUET, count)
                rows[entry.parent] = count
        return rows

    def _chunks(self, entry: Entry) -> Iterator[object]:
        chunks = self._state.image_lists.chunks(entry.curie)
        for done, table in enumerate(self._state.image_lists.tables(entry.parent or "")):
            self._progress(f"images of {entry.parent}", done, len(chunks))
            yield table

    def _shared(self, name: str) -> int | None:
        """Rows of a file that is now the same as in the dump before; None when that has none, or a damaged one."""
        before = self._last.manifest.file(name) if self._last is not None else None
        if before is None or self._last is None:
            return None
        try:
            os.link(self._last.path / name, self._folder / name)
        except OSError:
            return None
        self._note(name, PARQUET, before.rows or 0)
        if self._files[-1].sha256 == before.sha256:
            return before.rows or 0
        log.error("dump.damaged_file", dump=self._last.name, file=name)
        self._files.pop()
        (self._folder / name).unlink()
        return None

    def _write_records(self, lists: dict[str, int]) -> None:
        tables = {name: TableFile(self._folder / f"{name}.parquet", columns) for name, columns in TABLES.items()}
        images = TableFile(self._folder / OWN_IMAGES, IMAGES)
        own = self._state.images_by_study()
        with self._packed(RECORDS) as stream:
            for entry in _heads(self._state, None, self._progress):
                quads = record_quads(entry, self._note_refused)
                self._counts.add(quads, BASE + entry.curie)
                stream.write(quads)
                if not is_public(entry):
                    continue
                if entry.kind == "image":
                    images.add(image_row(entry))
                elif entry.kind == "study":
                    here = lists.get(entry.curie, 0) + own.get(entry.curie, 0)
                    for name, row in study_rows(entry, here):
                        tables[name].add(row)
        self._note(RECORDS, "application/gzip", self._counts.triples)
        for name, table in tables.items():
            table.close()
            self._note(f"{name}.parquet", PARQUET, table.rows)
        images.close()
        self._note(OWN_IMAGES, PARQUET, images.rows)

    def _note_refused(self, _entry: Entry) -> None:
        self._left_out += 1

    @contextmanager
    def _packed(self, name: str) -> Iterator[gzip.GzipFile]:
        """A gzip stream whose bytes follow from its content alone."""
        with (
            (self._folder / name).open("wb") as file,
            gzip.GzipFile(filename="", mode="wb", fileobj=file, compresslevel=6, mtime=0) as stream,
        ):
            yield stream

    def _put(self, name: str, media_type: str, content: bytes) -> None:
        (self._folder / name).write_bytes(content)
        self._note(name, media_type, None)

    def _note(self, name: str, media_type: str, rows: int | None) -> None:
        path = self._folder / name
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        about = ABOUT.get(name, ABOUT["images/"])
        self._files.append(DumpFile(name, media_type, path.stat().st_size, digest, rows, about))


def _shown(one: Exchanged, gone: set[str]) -> Exchanged:
    """The entry without its payload where the record was withdrawn after it (the ledger keeps that for a time)."""
    if one.log.curie not in gone or one.log.action == "delete":
        return one
    return replace(one, entry=replace(one.entry, payload=b""))


def _heads(
    state: Snapshot, kind: str | None, on_progress: Progress = lambda what, done, total: None
) -> Iterator[Entry]:
    """Newest versions by curie, a page at a time."""
    after, done = "", 0
    total = sum(owner.count for owner in state.digests.node().owners)
    while entries := state.heads(kind, after_curie=after, limit=_PAGE):
        yield from entries
        after, done = entries[-1].curie, done + len(entries)
        on_progress("records", done, total)
