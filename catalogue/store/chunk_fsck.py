"""Finds what was lost or altered in the chunks of image lists, and mends what can be mended without the source.

Part of catalogue.store.fsck; what follows from the ledger is made anew, what nobody names is removed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, select, update

from catalogue.problems import Locked, StoreDamaged
from catalogue.store import schema
from catalogue.store.entries import entry_from
from catalogue.store.faults import Fault
from catalogue.store.image_chunks import ChunkFiles, decode
from catalogue.store.image_lists import LIST, Chunk, chunks_of, write_list

if TYPE_CHECKING:
    from catalogue.store.ledger import Ledger

# A chunk is put before the transaction that names it: one this young may be about to be named.
GRACE_S = 3600.0


@dataclass(frozen=True, slots=True)
class Repair:
    """What a repair did.

    Args:
        lists: image lists whose tables were made anew.
        damaged: chunks removed because they did not fit their digest, or lost; the next harvest writes them again.
        removed: chunks removed because no list is made of them.
        freed_bytes: size of all chunks removed.
    """

    lists: int
    damaged: int
    removed: int
    freed_bytes: int


def chunk_faults(connection: Connection, files: ChunkFiles) -> Iterator[Fault]:
    """Lists whose tables do not say what their manifest says; chunks that are lost or altered."""
    for position, curie, chunks, tables in _lists(connection):
        if chunks != tables:
            yield Fault(position, curie, "the tables of its chunks do not say what its manifest says")
        for chunk in chunks:
            what = _damage(files, chunk)
            if what:
                yield Fault(position, curie, f"its images {chunk.first} to {chunk.last}: {what}")


def repair_chunks(ledger: Ledger) -> Repair:
    """Makes the tables of image lists anew, removes chunks that are damaged or that no list is made of.

    Sources whose chunks were lost are read again at their next harvest.

    Raises:
        Locked: a harvest is under way, which may be about to name chunks.
    """
    busy = [lease.name for lease in ledger.leases() if lease.name.startswith("harvest:")]
    if busy:
        raise Locked(f"{busy[0]} is under way; repair when it has ended.")
    files = ledger.image_lists.files
    lists = damaged = freed = 0
    lost: set[str] = set()
    with ledger.transaction() as writer:
        for position, curie, chunks, tables in list(_lists(writer.connection)):
            if chunks != tables:
                lists += 1
                _rewrite(writer.connection, position)
            for chunk in chunks:
                if _damage(files, chunk):
                    damaged += 1
                    freed += files.remove(chunk.digest)
                    lost.add(curie)
        _read_again(writer.connection, lost)
    removed, more = _sweep(ledger)
    return Repair(lists, damaged, removed, freed + more)


def _lists(connection: Connection) -> Iterator[tuple[int, str, list[Chunk], list[Chunk]]]:
    """(position, curie, chunks by manifest, chunks by table) of every list."""
    head, table = schema.head.c, schema.image_chunk.c
    for position, curie in connection.execute(select(head.position, head.curie).where(head.kind == LIST)).all():
        try:
            chunks = chunks_of(_manifest(connection, position))
        except (StoreDamaged, ValueError, KeyError):
            # The search over entries names an entry that cannot be read.
            continue
        columns = (table.list, table.ordinal, table.first, table.last, table.rows, table.digest, table.size_bytes)
        rows = connection.execute(select(*columns).where(table.list == curie).order_by(table.ordinal))
        yield position, curie, chunks, [Chunk(*row) for row in rows]


def _manifest(connection: Connection, position: int) -> dict[str, Any]:
    row = connection.execute(select(schema.entry).where(schema.entry.c.position == position)).mappings().one()
    return entry_from(dict(row)).record


def _damage(files: ChunkFiles, chunk: Chunk) -> str:
    """What is wrong with a chunk, "" when nothing is."""
    try:
        content = files.content(chunk.digest)
        rows = decode(content).num_rows
    except StoreDamaged as problem:
        return problem.detail
    if (rows, len(content)) != (chunk.rows, chunk.size_bytes):
        return f"the chunk {chunk.digest} has {rows} rows in {len(content)} bytes, not what the manifest says"
    return ""


def _rewrite(connection: Connection, position: int) -> None:
    manifest = _manifest(connection, position)
    write_list(connection, position, manifest["owner"], json.dumps(manifest).encode())


def _read_again(connection: Connection, lists: set[str]) -> None:
    """Makes sources give the items of these lists at the next harvest, whatever they say of changes."""
    table = schema.item
    for curie in lists:
        held = json.dumps([curie])
        connection.execute(update(table).where(table.c.curies == held).values(mapping_version=""))


def _sweep(ledger: Ledger) -> tuple[int, int]:
    named, files = ledger.image_lists.named(), ledger.image_lists.files
    youngest = ledger.clock().timestamp() - GRACE_S
    removed = freed = 0
    for name, put_at in list(files.kept()):
        if name in named or put_at > youngest:
            continue
        removed += 1
        freed += _remove(Path(name)) if "/" in name else files.remove(name)
    return removed, freed


def _remove(path: Path) -> int:
    """Bytes given back by removing a file or a folder of files."""
    parts = list(path.iterdir()) if path.is_dir() else [path]
    freed = sum(part.stat().st_size for part in parts)
    for part in parts:
        part.unlink()
    if path.is_dir():
        path.rmdir()
    return freed
