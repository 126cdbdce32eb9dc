"""What is left of a withdrawn image list: chunks that hold nothing but the names of its images and why they went."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import pyarrow as pa

from catalogue.model.documents import Record
from catalogue.model.image_columns import arrow_schema
from catalogue.store.entries import Entry
from catalogue.store.image_chunks import decode, encode
from catalogue.store.image_lists import Chunk, ImageLists, study_of_list

_KEPT: Final = ("date_withdrawn", "withdrawal_reason")


def tombstone_rows(rows: pa.Table, date: str, reason: str) -> pa.Table:
    """The rows as tombstones: accession, day and reason; of rows that are tombstones already the older ones."""
    columns: dict[str, Any] = {"accession": rows.column("accession")}
    for name, value in zip(_KEPT, (date, reason), strict=True):
        held = rows.column(name)
        columns[name] = held.fill_null(value) if held.null_count else held
    schema = arrow_schema()
    arrays = [columns.get(field.name, pa.nulls(rows.num_rows, field.type)) for field in schema]
    return pa.Table.from_arrays(arrays, schema=schema)


def withdrawn_list(lists: ImageLists, head: Entry, stone: Record) -> Record:
    """The tombstone of an image list, with chunks of tombstones that are durable when this returns.

    Args:
        head: the list as it stands.
        stone: what every tombstone says.
    """
    chunks = [chunk.document() for chunk in _tombstones(lists, head.curie, stone)]
    lists.files.sync()
    withdrawn = sum(chunk["rows"] for chunk in chunks)
    study = study_of_list(head.curie)
    return {**stone, "study": study, "form": head.record["form"], "withdrawn": withdrawn, "chunks": chunks}


def _tombstones(lists: ImageLists, curie: str, stone: Record) -> Iterator[Chunk]:
    for chunk in lists.chunks(curie):
        rows = tombstone_rows(decode(lists.files.content(chunk.digest)), stone["date_withdrawn"], stone["reason"])
        content = encode(rows)
        digest = lists.files.put(content)
        yield Chunk(curie, chunk.ordinal, chunk.first, chunk.last, rows.num_rows, digest, len(content))
