"""The rows of image lists as files: one Parquet file, exact, or CSV that a spreadsheet may open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

# What spreadsheets take for a formula.
_FORMULA = r"^[=+\-@\t\r]"


def write_parquet(tables: Iterable[pa.Table], path: Path) -> int:
    """Number of rows written to `path`, all columns, one row group a chunk; nothing but a whole file is left there."""
    import pyarrow.parquet as pq  # a tenth of a second that most commands do not need

    from catalogue.model.image_columns import arrow_schema

    partial = path.with_name(path.name + ".partial")
    rows = 0
    with pq.ParquetWriter(partial, arrow_schema(), compression="zstd") as writer:
        for table in tables:
            writer.write_table(table)
            rows += table.num_rows
    partial.replace(path)
    return rows


def render_csv(tables: Iterable[pa.Table]) -> Iterator[bytes]:
    """UTF-8 CSV with a header, a piece a chunk; a text that a spreadsheet would run gets an apostrophe in front."""
    import pyarrow as pa
    import pyarrow.csv as pacsv

    from catalogue.model.image_columns import arrow_schema

    sink = pa.BufferOutputStream()
    pacsv.write_csv(arrow_schema().empty_table(), sink)
    yield sink.getvalue().to_pybytes()
    for table in tables:
        sink = pa.BufferOutputStream()
        pacsv.write_csv(_harmless(table), sink, pacsv.WriteOptions(include_header=False))
        yield sink.getvalue().to_pybytes()


def _harmless(table: pa.Table) -> pa.Table:
    import pyarrow as pa
    import pyarrow.compute as pc

    for place, field in enumerate(table.schema):
        values = table.column(place)
        if not pa.types.is_string(field.type) or values.null_count == len(values):
            continue
        risky = pc.fill_null(pc.match_substring_regex(values, _FORMULA), False)
        if pc.any(risky).as_py():
            quoted = pc.binary_join_element_wise("'", values, "")
            table = table.set_column(place, field, pc.if_else(risky, quoted, values))
    return table
