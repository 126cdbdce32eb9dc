"""A folder that is a member: what a node answers to its fellows, as files for any web server that serves files.

Written again, only what changed is written; what was withdrawn is removed. Addresses: exchange_json.py.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from catalogue.exchange import exchange_json as documents
from catalogue.exchange.dumps.content import Progress
from catalogue.exchange.dumps.manifest import MANIFEST, SUMS
from catalogue.exchange.dumps.shelf import Dump
from catalogue.model.signing import NodeKey
from catalogue.problems import BadRequest, Conflict, NotFound, StoreDamaged
from catalogue.store.ledger import Ledger
from catalogue.store.snapshot import Snapshot, last_withdrawal, snapshot

NODE: Final = "federation/node.json"
_WELL_KNOWN: Final = ".well-known/bioimage-node"
# Nothing outside these is ever removed.
_OURS: Final = ("federation", "chunks", "dumps/latest")
_PARTIAL: Final = ".partial-"
_TRIES: Final = 3


@dataclass(frozen=True, slots=True)
class Written:
    """What an export did: files in the folder now, of them written anew; files removed."""

    files: int
    written: int
    removed: int


def export_static(
    ledger: Ledger,
    folder: Path,
    *,
    name: str,
    url: str,
    dump: Dump | None,
    on_progress: Progress = lambda what, done, total: None,
) -> Written:
    """Brings a folder level with the ledger, file by file, each whole at any moment; `federation/node.json` is last.

    Args:
        folder: made where it is missing; one that holds something else is refused.
        name: of the node.
        url: where the folder will be served; "" where that is not said.
        dump: to be at `dumps/latest/`; None for none.
        on_progress: called with (what, done, total); what it raises ends the export, which can be run again.
    Raises:
        NotFound: the node has no key.
        Conflict: the folder is another node's, or holds something else; or records were withdrawn again and again.
    """
    key = ledger.key
    if key is None:
        raise NotFound("This node has no key; it exchanges nothing. `ommatidia init` makes one.")
    _check_folder(folder, key)
    for _ in range(_TRIES):
        with snapshot(ledger) as state:
            export = _Export(state, folder, on_progress)
            try:
                export.write(key, name, url, dump)
                return export.finish()
            except (StoreDamaged, FileNotFoundError):
                # What was withdrawn goes at once, whoever reads it.
                if last_withdrawal(ledger) <= state.last_position():
                    raise
    raise Conflict("Records were withdrawn again and again while the folder was written. Try again after the harvest.")


def _check_folder(folder: Path, key: NodeKey) -> None:
    try:
        said = json.loads((folder / NODE).read_bytes())
    except FileNotFoundError:
        if folder.is_dir() and any(folder.iterdir()) and not (folder / "federation").is_dir():
            raise Conflict(
                f"'{folder.name}' holds something else. Give an empty folder, or one of an export."
            ) from None
        return
    except ValueError:
        # Half of a file, after a power cut; it is written again.
        return
    if said.get("node") != key.node:
        raise Conflict(f"'{folder.name}' is the folder of the node {said.get('node')!r:.40}. Give another one.")


class _Export:
    """One writing of the folder."""

    def __init__(self, state: Snapshot, folder: Path, on_progress: Progress) -> None:
        self._state = state
        self._folder = folder
        self._progress = on_progress
        self._there: set[Path] = set()
        self._written = 0

    def write(self, key: NodeKey, name: str, url: str, dump: Dump | None) -> None:
        """What others lead to first, what leads to it after."""
        state, registry = self._state, self._state.registry
        self._write_chunks()
        tenures = registry.tenures()
        for said in (one.tenure for one in tenures):
            self._write_log(said.owner, said.epoch)
        digests = state.digests.node()
        for owner in digests.owners:
            buckets = state.digests.buckets(owner.owner)
            for one in buckets:
                leaves = state.digests.leaves(owner.owner, one.bucket)
                found = documents.bucket_document(owner.owner, one.bucket, leaves)
                self._put(f"federation/digest/{owner.owner}/{one.bucket}.json", documents.render(found))
            found = documents.owner_document(owner, buckets)
            self._put(f"federation/digest/{owner.owner}.json", documents.render(found))
        self._put("federation/digest.json", documents.render(documents.digest_document(digests)))
        known = documents.registry_document(tenures, registry.members())
        self._put("federation/registry.json", documents.render(known))
        if dump is not None:
            self._write_dump(dump)
        node = documents.render(documents.node_document(key, name, url, digests, tenures))
        self._put(_WELL_KNOWN, node)
        self._put(NODE, node)

    def finish(self) -> Written:
        """Removes what is no longer said, payloads of withdrawn records among it (P18)."""
        removed = 0
        for path in sorted(self._left(), reverse=True):
            if path.is_dir() and not path.is_symlink():
                if not any(path.iterdir()):
                    path.rmdir()
            elif path not in self._there:
                path.unlink()
                removed += 1
        return Written(len(self._there), self._written, removed)

    def _left(self) -> Iterator[Path]:
        for name in _OURS:
            yield from (self._folder / name).rglob("*")

    def _write_log(self, owner: str, epoch: int) -> None:
        size, page = documents.PAGE_ENTRIES, 1
        last = self._state.log.place(owner, epoch).seq
        while entries := [
            one for one in self._state.log.of_owner(owner, epoch, (page - 1) * size, size) if one.log.seq <= page * size
        ]:
            for one in entries:
                self._put(f"federation/entry/{owner}/{epoch}/{one.log.seq}.json", documents.render_entry(one) + b"\n")
            base = f"federation/log/{owner}/{epoch}/{page}"
            self._put(f"{base}.headers.json", documents.render_page(owner, epoch, page, entries, headers=True))
            self._put(f"{base}.json", documents.render_page(owner, epoch, page, entries))
            self._progress(f"log of {owner}", entries[-1].log.seq, last)
            page += 1

    def _write_chunks(self) -> None:
        lists = self._state.image_lists
        named = sorted(lists.named())
        for done, digest in enumerate(named):
            self._progress("chunks", done, len(named))
            self._share(f"chunks/{digest}.parquet", lists.files.path(digest))

    def _write_dump(self, dump: Dump) -> None:
        names = [*(one.name for one in dump.manifest.files), MANIFEST, SUMS]
        for name in names:
            self._share(f"dumps/latest/{name}", dump.path / name)

    def _share(self, name: str, source: Path) -> None:
        """The file at `name` is `source`, without a second copy where the file system can."""
        target = self._place(name)
        if target.exists() and (target.samefile(source) or _same(target, source)):
            return
        partial = target.with_name(f"{_PARTIAL}{os.getpid()}")
        partial.unlink(missing_ok=True)
        try:
            os.link(source, partial)
        except FileNotFoundError:
            raise
        except OSError:
            shutil.copyfile(source, partial)
        partial.replace(target)
        self._written += 1

    def _put(self, name: str, content: bytes) -> None:
        target = self._place(name)
        try:
            if target.read_bytes() == content:
                return
        except FileNotFoundError:
            pass
        partial = target.with_name(f"{_PARTIAL}{os.getpid()}")
        partial.write_bytes(content)
        partial.replace(target)
        self._written += 1

    def _place(self, name: str) -> Path:
        """Where a file of that name lies; its folder is there."""
        if any(part in ("", ".", "..") for part in name.split("/")) or "\0" in name:
            # Buckets are named after accessions.
            raise BadRequest(
                f"{name[:120]!r} cannot be a file of the folder; an accession has a name that no file can have."
            )
        target = self._folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        self._there.add(target)
        return target


def _same(one: Path, other: Path) -> bool:
    """Whether two files hold the same; their names say nothing of their dates."""
    if one.stat().st_size != other.stat().st_size:
        return False
    with one.open("rb") as left, other.open("rb") as right:
        while block := left.read(1 << 20):
            if block != right.read(1 << 20):
                return False
    return True
