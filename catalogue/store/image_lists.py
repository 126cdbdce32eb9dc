"""Image lists of studies: which chunks they are made of, and one image of them as if it had an entry of its own.

A list is the newest entry of kind `image-list` (curie `{study}/images`); its payload, the manifest, names the chunks.
The tables here follow from it. Rows: catalogue.model.image_rows; files: catalogue.store.image_chunks.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Connection, Engine, Select, bindparam, delete, func, insert, select

from catalogue.model.image_rows import is_withdrawn, row_record
from catalogue.model.payload import canonical, digest
from catalogue.problems import StoreDamaged
from catalogue.store import schema
from catalogue.store.entries import Entry, moment
from catalogue.store.image_chunks import ChunkFiles, place_of

if TYPE_CHECKING:
    import pyarrow as pa

LIST: Final = "image-list"
_SUFFIX: Final = "/images"

ReadEntries = Callable[..., list[Entry]]
"""(statement, values of its parameters by name) -> the entries that it finds, checked"""


@dataclass(frozen=True, slots=True)
class Chunk:
    """One chunk of a list.

    Args:
        of: curie of the list.
        first, last: accessions of its first and last row.
    """

    of: str
    ordinal: int
    first: str
    last: str
    rows: int
    digest: str
    size_bytes: int

    def document(self) -> dict[str, Any]:
        """The chunk as a manifest names it."""
        said = {"sha256": self.digest, "rows": self.rows, "size_bytes": self.size_bytes}
        return said | {"first": self.first, "last": self.last}


def list_curie(study: str) -> str:
    """The curie of a study's image list."""
    return study + _SUFFIX


def study_of_list(curie: str) -> str:
    """The study whose image list `curie` is."""
    return curie.removesuffix(_SUFFIX)


def chunks_of(manifest: Mapping[str, Any]) -> list[Chunk]:
    """The chunks that a manifest names, in order."""
    of = str(manifest["id"])
    return [
        Chunk(of, ordinal, c["first"], c["last"], c["rows"], c["sha256"], c["size_bytes"])
        for ordinal, c in enumerate(manifest.get("chunks", ()))
    ]


class ImageLists:
    """Reads the image lists of a ledger.

    Args:
        engine: of the ledger.
        entries: reads entries, checked.
    """

    def __init__(self, engine: Engine, files: ChunkFiles, entries: ReadEntries) -> None:
        self._engine = engine
        self._entries = entries
        self.files = files

    def find(self, curie: str) -> Entry | None:
        """The image of that name as a list has it; a tombstone for one that is gone; None when no list has it.

        The entry is that of its list, with the image's name, its record as payload and its status.
        """
        owner, colon, accession = curie.partition(":")
        if not colon or not accession or "/" in accession:
            return None
        gone: Entry | None = None
        size = len(accession)
        # Names of different length lie between one another in the order of texts (1000400, 10004096, 1000401).
        likely = sorted(self._around(owner, accession), key=lambda c: (len(c.first) != size) + (len(c.last) != size))
        for chunk in likely:
            row = self._row(chunk, accession)
            if row is None:
                continue
            above = self._list_entry(chunk.of)
            if above is None:
                continue
            found = _entry_of(above, row)
            if found.status == "public":
                return found
            gone = gone or found
        return gone

    def listed(self, study: str, after_curie: str = "", limit: int = 100) -> list[Entry]:
        """Images of a study's list that are not withdrawn, those above `after_curie`, in order."""
        above = self._list_entry(list_curie(study))
        if above is None or above.status != "public":
            return []
        after = after_curie.partition(":")[2]
        found: list[Entry] = []
        for chunk in self.chunks(above.curie, after):
            table = self.files.table(chunk.digest)
            start = place_of(table.column("accession"), after)
            for row in _rows(table.slice(start)):
                if row["accession"] > after and not is_withdrawn(row):
                    found.append(_entry_of(above, row))
                if len(found) == limit:
                    return found
        return found

    def tables(self, study: str) -> Iterator[pa.Table]:
        """All rows of a study's list, a chunk at a time, tombstones included.

        Raises:
            StoreDamaged: a chunk is lost or damaged.
        """
        for chunk in self.chunks(list_curie(study)):
            yield self.files.table(chunk.digest)

    def chunks(self, curie: str, above: str = "") -> list[Chunk]:
        """Chunks of the list `curie` in order, those that hold accessions above `above`."""
        return self._chunks(_OF_LIST, curie=curie, above=above)

    def listed_elsewhere(self, owner: str, keys: pa.Array, but: str) -> list[str]:
        """Which of some accessions are images of other lists of their owner.

        Args:
            keys: sorted, not empty.
            but: curie of the list that does not count.
        """
        import pyarrow.compute as pc

        table = schema.image_chunk.c
        first, last = keys[0].as_py(), keys[-1].as_py()
        query = _CHUNKS.where(table.owner == owner, table.first <= last, table.last >= first, table.list != but)
        found: list[str] = []
        for chunk in self._chunks(query):
            place = place_of(keys, chunk.first)
            if place < len(keys) and keys[place].as_py() <= chunk.last:
                here = keys.filter(pc.is_in(keys, self.files.live_names(chunk.digest)))
                found.extend(here.to_pylist())
        return found

    def own_entries(self, owner: str, first: str, last: str) -> list[str]:
        """Accessions from `first` to `last` of public images that have entries of their own."""
        head = schema.head.c
        between = head.curie.between(f"{owner}:{first}", f"{owner}:{last}")
        query = select(head.curie).where(head.kind == "image", head.status == "public", between)
        with self._engine.connect() as connection:
            return [curie.partition(":")[2] for curie in connection.scalars(query)]

    def count(self, study: str) -> int:
        """Number of images in a study's list."""
        with self._engine.connect() as connection:
            return connection.scalar(_ROWS, {"curie": list_curie(study)}) or 0

    def counts(self) -> dict[str, tuple[int, int]]:
        """Owner -> (images, withdrawn images) in lists."""
        table = schema.image_list.c
        query = select(table.owner, func.sum(table.rows), func.sum(table.withdrawn)).group_by(table.owner)
        with self._engine.connect() as connection:
            return {owner: (int(rows), int(gone)) for owner, rows, gone in connection.execute(query)}

    def withdrawn(self) -> set[str]:
        """Curies of the lists that are withdrawn."""
        head = schema.head.c
        with self._engine.connect() as connection:
            return set(connection.scalars(select(head.curie).where(head.kind == LIST, head.status == "withdrawn")))

    def absences(self, curie: str) -> dict[str, datetime]:
        """Accession -> since when the source lacks it, of images that are still in the list `curie`."""
        table = schema.absent_image.c
        query = select(table.accession, table.since).where(table.list == curie)
        with self._engine.connect() as connection:
            return {accession: moment(since) for accession, since in connection.execute(query)}

    def names(self, digest_: str) -> bool:
        """Whether a list is made of the chunk called `digest_`."""
        table = schema.image_chunk.c
        with self._engine.connect() as connection:
            return connection.scalar(select(table.digest).where(table.digest == digest_).limit(1)) is not None

    def studies_of(self, digest_: str) -> tuple[str, ...]:
        """Studies whose image list is made of the chunk called `digest_`, by name; more than one where lists agree."""
        table = schema.image_chunk.c
        with self._engine.connect() as connection:
            lists = connection.scalars(select(table.list).where(table.digest == digest_).distinct())
            return tuple(sorted(study_of_list(curie) for curie in lists))

    def named(self) -> set[str]:
        """Digests of all chunks that lists are made of."""
        with self._engine.connect() as connection:
            return set(connection.scalars(select(schema.image_chunk.c.digest)))

    def _around(self, owner: str, accession: str) -> list[Chunk]:
        return self._chunks(_AROUND, owner=owner, accession=accession)

    def _chunks(self, query: Select[Any], **values: Any) -> list[Chunk]:
        with self._engine.connect() as connection:
            return [Chunk(*row) for row in connection.execute(query, values)]

    def _row(self, chunk: Chunk, accession: str) -> dict[str, Any] | None:
        try:
            return self.files.find_row(chunk.digest, accession)
        except StoreDamaged:
            # The list may have been withdrawn since it was asked for, and its chunk removed.
            for newer in self._around(chunk.of.partition(":")[0], accession):
                if newer.of == chunk.of and newer.digest != chunk.digest:
                    return self.files.find_row(newer.digest, accession)
            raise

    def _list_entry(self, curie: str) -> Entry | None:
        found = self._entries(_LIST_ENTRY, curie=curie)
        return found[0] if found else None


# Made once, as those of catalogue.store.ledger.
_CHUNK: Final = schema.image_chunk.c
_CHUNKS: Final = select(
    _CHUNK.list, _CHUNK.ordinal, _CHUNK.first, _CHUNK.last, _CHUNK.rows, _CHUNK.digest, _CHUNK.size_bytes
)
_OF_LIST: Final = _CHUNKS.where(_CHUNK.list == bindparam("curie"), _CHUNK.last > bindparam("above")).order_by(
    _CHUNK.ordinal
)
_AROUND: Final = _CHUNKS.where(
    _CHUNK.owner == bindparam("owner"),
    _CHUNK.first <= bindparam("accession"),
    _CHUNK.last >= bindparam("accession"),
)
_LIST_ENTRY: Final = (
    select(schema.entry)
    .join(schema.head, schema.head.c.position == schema.entry.c.position)
    .where(schema.head.c.curie == bindparam("curie"), schema.head.c.kind == LIST)
)
_ROWS: Final = select(schema.image_list.c.rows).where(schema.image_list.c.curie == bindparam("curie"))


def write_list(connection: Connection, position: int, owner: str, payload: bytes) -> set[str]:
    """Makes the tables say what the newest manifest of a list says; gives the digests that it no longer names.

    Args:
        payload: the manifest, or the tombstone of the list, which names chunks of tombstones.
    """
    manifest = json.loads(payload)
    curie = manifest["id"]
    lists, chunk = schema.image_list, schema.image_chunk
    before = set(connection.scalars(select(chunk.c.digest).where(chunk.c.list == curie)))
    connection.execute(delete(chunk).where(chunk.c.list == curie))
    connection.execute(delete(lists).where(lists.c.curie == curie))
    withdrawn = manifest["type"] == "Tombstone"
    counts = {"rows": 0 if withdrawn else manifest["rows"], "withdrawn": manifest.get("withdrawn", 0)}
    connection.execute(insert(lists).values(curie=curie, position=position, owner=owner, **counts))
    rows = [
        {
            "list": curie,
            "ordinal": one.ordinal,
            "owner": owner,
            "first": one.first,
            "last": one.last,
            "rows": one.rows,
            "digest": one.digest,
            "size_bytes": one.size_bytes,
        }
        for one in chunks_of(manifest)
    ]
    if rows:
        connection.execute(insert(chunk), rows)
    return before - {row["digest"] for row in rows} if withdrawn else set()


def _entry_of(above: Entry, row: Mapping[str, Any]) -> Entry:
    study = study_of_list(above.curie)
    record = row_record(row, study)
    payload = canonical(record)
    gone = record["type"] == "Tombstone"
    status, action = ("withdrawn", "delete") if gone else (above.status, above.action)
    return replace(
        above,
        curie=record["id"],
        kind="image",
        parent=study,
        payload=payload,
        payload_digest=digest(payload),
        status=status,
        action=action,
        aliases=(),
    )


def _rows(table: pa.Table) -> Iterator[dict[str, Any]]:
    for batch in table.to_batches(max_chunksize=100):
        yield from batch.to_pylist()
