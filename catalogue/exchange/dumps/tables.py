"""Parquet files of a dump, written piece by piece with the types of their columns."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from catalogue.exchange.dumps.columns import FORM, IMAGES, Column, arrow_schema

if TYPE_CHECKING:
    import pyarrow as pa

    from catalogue.store.entries import Entry

_GROUP_ROWS: Final = 10_000
_GROUP_TEXT: Final = 8 << 20
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9._-]")


class TableFile:
    """A Parquet file that grows by rows; whole after `close`."""

    def __init__(self, path: Path, columns: tuple[Column, ...]) -> None:
        import pyarrow.parquet as pq  # a tenth of a second that most commands do not need

        self.rows = 0
        self._schema = arrow_schema(columns)
        self._writer = pq.ParquetWriter(path, self._schema, compression="zstd")
        self._waiting: list[dict[str, Any]] = []
        self._text = 0

    def add(self, row: dict[str, Any]) -> None:
        """Takes in a row that has all columns."""
        self._waiting.append(row)
        self._text += sum(len(value) for value in row.values() if isinstance(value, str))
        if len(self._waiting) >= _GROUP_ROWS or self._text >= _GROUP_TEXT:
            self._send()

    def close(self) -> None:
        """Writes what is left and the footer."""
        self._send()
        self._writer.close()

    def _send(self) -> None:
        import pyarrow as pa

        if self._waiting:
            self._writer.write_table(pa.Table.from_pylist(self._waiting, schema=self._schema))
        self.rows += len(self._waiting)
        self._waiting, self._text = [], 0


def list_file_name(entry: Entry) -> str:
    """Name of the file with the images of a list, below the dump: another one as soon as the list is another."""
    digest = hashlib.sha256(f"{FORM} {entry.curie} {entry.payload_digest}".encode()).hexdigest()
    return f"images/{_UNSAFE.sub('_', entry.parent or '')[:80]}-{digest[:12]}.parquet"


def write_list(path: Path, entry: Entry, chunks: Iterable[pa.Table]) -> int:
    """Number of rows written to `path`: the images of a list that are not withdrawn, a row group a chunk.

    Args:
        chunks: the rows of the list as catalogue.store.image_chunks keeps them.
    """
    import pyarrow.parquet as pq

    schema = arrow_schema(IMAGES)
    count = 0
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for table in _named(chunks, entry, schema):
            writer.write_table(table)
            count += table.num_rows
    return count


def _named(chunks: Iterable[pa.Table], entry: Entry, schema: pa.Schema) -> Iterator[pa.Table]:
    import pyarrow as pa
    import pyarrow.compute as pc

    for chunk in chunks:
        live = chunk.filter(pc.is_null(chunk.column("date_withdrawn")))
        names = live.column("accession").combine_chunks()
        said = {
            "identifier": pc.binary_join_element_wise(f"{entry.owner}:", names, ""),
            "study": pa.array([entry.parent], pa.string()).take(pa.array([0] * len(live), pa.int32())),
            "owner": pa.array([entry.owner], pa.string()).take(pa.array([0] * len(live), pa.int32())),
        }
        arrays = [said[field.name] if field.name in said else live.column(field.name) for field in schema]
        yield pa.Table.from_arrays(arrays, schema=schema)
