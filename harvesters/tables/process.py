"""The process that reads tables of strangers: one JSON request a line on its input, Arrow streams on its output.

It has no network, no secrets and a memory limit, and may be killed at any time; reader.py is the other end.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any, BinaryIO, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from catalogue.fence import raise_fence

MEMORY_BYTES: Final = 3 << 30
MAX_COLUMNS: Final = 500
MAX_ROWS: Final = 200_000_000
MAX_GROUP_BYTES: Final = 1 << 30
MAX_HEADER_BYTES: Final = 64 << 10
MAX_BAD_ROWS: Final = 1_000
# No row of a text table may be longer.
_BLOCK_BYTES: Final = 1 << 20
_BATCH_ROWS: Final = 32_768
_EMPTY: Final = pa.schema([])


class Unusable(Exception):
    """The table cannot be read; `reason` is one of catalogue.problems.REASONS."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


class _Bad:
    """Lines of a text table that have not as many cells as the header."""

    def __init__(self) -> None:
        self.rows: list[tuple[int, str]] = []
        self.count = 0

    def skip(self, row: Any) -> str:
        self.count += 1
        if self.count <= MAX_BAD_ROWS:
            said = f"has {row.actual_columns} cells, the header {row.expected_columns}: {str(row.text)[:200]}"
            self.rows.append((row.number or 0, said))
        return "skip"


def main() -> None:
    """Answers requests until the input ends."""
    raise_fence(MEMORY_BYTES, int(sys.argv[1]))
    pa.set_cpu_count(1)
    pa.set_io_thread_count(1)
    for line in sys.stdin.buffer:
        _answer(json.loads(line), sys.stdout.buffer)


def _answer(request: dict[str, Any], sink: BinaryIO) -> None:
    """One Arrow stream, then one JSON line that says how it ended."""
    writer: Any = None
    schema = _EMPTY
    ended: dict[str, Any] = {}
    bad = _Bad()
    try:
        for batch in _batches(request["path"], request["form"], set(request["columns"]), bad):
            if writer is None:
                schema = batch.schema
                writer = pa.ipc.new_stream(sink, schema)
            if batch.schema != schema:
                raise Unusable("not-parsable", "The types of the table change between its rows.")
            writer.write_batch(batch)
    except Unusable as unusable:
        ended = {"reason": unusable.reason, "detail": str(unusable)}
    except (pa.ArrowException, OSError, UnicodeError, ValueError, MemoryError) as error:
        said = " ".join(str(error).split())[:300]
        ended = {"reason": "not-parsable", "detail": f"The table cannot be read as {request['form']}: {said}"}
    if writer is None:
        writer = pa.ipc.new_stream(sink, _EMPTY)
    writer.close()
    ended |= {"bad": bad.rows, "bad_count": bad.count}
    sink.write(json.dumps(ended).encode() + b"\n")
    sink.flush()


def _batches(path: str, form: str, wanted: set[str], bad: _Bad) -> Iterator[pa.RecordBatch]:
    if form == "parquet":
        yield from _parquet(path, wanted)
    else:
        yield from _text(path, "\t" if form == "tsv" else ",", wanted, bad)


def _parquet(path: str, wanted: set[str]) -> Iterator[pa.RecordBatch]:
    """Row groups one after the other, after their sizes were looked at.

    Columns that nobody wants are given as nulls: their names count, their bytes are not read.
    """
    with pq.ParquetFile(path, memory_map=False) as file:
        names = file.schema_arrow.names
        _check_names(names)
        for field in file.schema_arrow:
            if field.name in wanted and pa.types.is_nested(field.type):
                raise Unusable("not-parsable", f"The column {field.name[:100]} holds lists or structures.")
        if file.metadata.num_rows > MAX_ROWS:
            raise Unusable("too-large", f"The table says it has {file.metadata.num_rows} rows; {MAX_ROWS} are read.")
        for number in range(file.metadata.num_row_groups):
            size = file.metadata.row_group(number).total_byte_size
            if not 0 <= size <= MAX_GROUP_BYTES:
                raise Unusable("too-large", f"Row group {number} says it has {size} bytes; write smaller ones.")
        read = [name for name in names if name in wanted]
        others = [name for name in names if name not in wanted]
        for batch in file.iter_batches(batch_size=_BATCH_ROWS, columns=read, use_threads=False):
            batch.validate(full=True)
            arrays = [_plain(array) for array in batch.columns]
            arrays += [pa.nulls(batch.num_rows)] * len(others)
            yield pa.RecordBatch.from_arrays(arrays, names=[*batch.schema.names, *others])


def _plain(array: pa.Array) -> pa.Array:
    """Text as `string`, whatever its encoding; all else as it is."""
    kind = array.type
    if pa.types.is_dictionary(kind):
        array = array.dictionary_decode()
        kind = array.type
    if pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return pc.cast(array, pa.string())
    return array


def _text(path: str, delimiter: str, wanted: set[str], bad: _Bad) -> Iterator[pa.RecordBatch]:
    """Every cell as text; numbers are read where a bad one costs its row alone."""
    names = _header(path, delimiter)
    _check_names(names)
    read = [name for name in names if name in wanted]
    others = [name for name in names if name not in wanted]
    with pacsv.open_csv(
        path,
        read_options=pacsv.ReadOptions(use_threads=False, block_size=_BLOCK_BYTES, column_names=names, skip_rows=1),
        parse_options=pacsv.ParseOptions(delimiter=delimiter, invalid_row_handler=bad.skip),
        convert_options=pacsv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()),
            include_columns=read,
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=True,
        ),
    ) as reader:
        for batch in reader:
            arrays = [*batch.columns, *([pa.nulls(batch.num_rows)] * len(others))]
            yield pa.RecordBatch.from_arrays(arrays, names=[*batch.schema.names, *others])


def _header(path: str, delimiter: str) -> list[str]:
    with open(path, "rb") as file:  # noqa: PTH123  a path of our own making
        line = file.readline(MAX_HEADER_BYTES + 1)
    if len(line) > MAX_HEADER_BYTES:
        raise Unusable("too-large", f"The header is longer than {MAX_HEADER_BYTES} bytes.")
    text = line.decode("utf-8-sig").rstrip("\r\n")
    return [name.strip().strip('"').strip().lower() for name in text.split(delimiter)]


def _check_names(names: list[str]) -> None:
    if len(names) > MAX_COLUMNS:
        raise Unusable("too-large", f"The table has {len(names)} columns; {MAX_COLUMNS} are read.")
    if len(set(names)) != len(names):
        raise Unusable("not-parsable", f"The table has a column twice: {', '.join(names)[:300]}.")


if __name__ == "__main__":
    main()
