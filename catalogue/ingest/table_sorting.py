"""Rows of any number in the order of their accessions, in bounded memory: sorted runs on disk, merged as a stream."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

KEY: Final = "accession"
RUN_ROWS: Final = 100_000
RUN_BYTES: Final = 48 << 20
_BATCH_ROWS: Final = 4_096

Tables = Iterator[pa.Table]


class RowSorter:
    """Takes tables of one schema, gives them back sorted; rows of equal accession stay in the order they came.

    Args:
        folder: for runs that do not fit in memory; emptied by `close`.
        run_rows: rows held in memory.
    """

    def __init__(self, folder: Path, run_rows: int = RUN_ROWS) -> None:
        self._folder = folder
        self._run_rows = run_rows
        self._held: list[pa.Table] = []
        self._rows = self._bytes = 0
        self._files: list[Path] = []

    def add(self, table: pa.Table) -> None:
        """Takes rows in."""
        if not table.num_rows:
            return
        self._held.append(table)
        self._rows += table.num_rows
        self._bytes += table.nbytes
        if self._rows >= self._run_rows or self._bytes >= RUN_BYTES:
            self._spill()

    def merged(self, last: Tables | None = None) -> Tables:
        """All rows in order.

        Args:
            last: a further run, itself sorted, whose rows come after those of equal accession.
        """
        runs = [_Run(_read(path)) for path in self._files]
        if self._held:
            runs.append(_Run(iter([_sorted(self._held)])))
            self._held = []
        if last is not None:
            runs.append(_Run(last))
        yield from _merge([run for run in runs if run.table is not None])

    def close(self) -> None:
        """Removes the runs from disk."""
        for path in self._files:
            path.unlink(missing_ok=True)
        self._files, self._held = [], []

    def _spill(self) -> None:
        table = _sorted(self._held)
        path = self._folder / f"run-{len(self._files)}.arrow"
        self._files.append(path)
        options = pa.ipc.IpcWriteOptions(compression="lz4")
        with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema, options=options) as writer:
            writer.write_table(table, max_chunksize=_BATCH_ROWS)
        self._held, self._rows, self._bytes = [], 0, 0


class _Run:
    """A sorted stream and the part of it that comes next; `table` is None at its end."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self.table: pa.Table | None = None
        self._next()

    @property
    def last(self) -> str:
        """The greatest accession of the part."""
        assert self.table is not None
        return str(self.table.column(KEY)[-1].as_py())

    def take(self, bound: str) -> pa.Table | None:
        """The rows up to and with `bound`; None when there is none."""
        assert self.table is not None
        keys = self.table.column(KEY)
        count = self.table.num_rows if self.last <= bound else _count_up_to(keys, bound)
        taken = self.table.slice(0, count)
        if count == self.table.num_rows:
            self._next()
        else:
            self.table = self.table.slice(count)
        return taken if count else None

    def _next(self) -> None:
        self.table = next((table for table in self._tables if table.num_rows), None)


def _merge(runs: list[_Run]) -> Tables:
    while runs:
        bound = min(run.last for run in runs)
        parts = [part for run in runs if (part := run.take(bound)) is not None]
        runs = [run for run in runs if run.table is not None]
        yield parts[0] if len(parts) == 1 else _sorted(parts)


def _sorted(tables: list[pa.Table]) -> pa.Table:
    table = pa.concat_tables(tables).combine_chunks()
    keys = table.column(KEY)
    if table.num_rows < 2 or pc.all(pc.less_equal(keys.slice(0, len(keys) - 1), keys.slice(1))).as_py():
        return table
    # Arrow's sort is stable, which keeps rows of equal accession in the order they came.
    return table.take(pc.sort_indices(table, sort_keys=[(KEY, "ascending")]))


def _count_up_to(keys: Any, bound: str) -> int:
    low, high = 0, len(keys)
    while low < high:
        middle = (low + high) // 2
        if keys[middle].as_py() <= bound:
            low = middle + 1
        else:
            high = middle
    return low


def _read(path: Path) -> Tables:
    with pa.OSFile(str(path), "rb") as source, pa.ipc.open_file(source) as reader:
        for number in range(reader.num_record_batches):
            yield pa.Table.from_batches([reader.get_batch(number)])
