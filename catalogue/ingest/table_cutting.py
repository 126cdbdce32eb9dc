"""Sorted rows cut into chunks at places that the accessions decide, so that an insertion moves few boundaries."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from typing import Final

import numpy as np
import pyarrow as pa

MAX_ROWS: Final = 10_000
MIN_ROWS: Final = 2_000
# One accession in so many may begin a chunk: chunks of 4,500 rows on average, 4 in 100 cut at MAX_ROWS.
SPACING: Final = 2_500


def cut(
    tables: Iterable[pa.Table], least: int = MIN_ROWS, most: int = MAX_ROWS, spacing: int = SPACING
) -> Iterator[pa.Table]:
    """Chunks of `least` to `most` rows, only the last one smaller.

    A chunk begins where the hash of an accession says so, whatever stands before; after a row was inserted or removed
    the boundaries fall in step again at the next such place.

    Args:
        tables: sorted by accession.
    """
    held: list[pa.Table] = []
    marks = np.zeros(0, dtype=bool)
    for table in tables:
        held.append(table)
        marks = np.concatenate([marks, _begins(table.column("accession"), spacing)])
        while (size := _first_cut(marks, least, most)) is not None:
            whole = pa.concat_tables(held)
            yield whole.slice(0, size).combine_chunks()
            held, marks = [whole.slice(size)], marks[size:]
    if len(marks):
        yield pa.concat_tables(held).combine_chunks()


def _first_cut(marks: np.ndarray, least: int, most: int) -> int | None:
    """Rows of the first chunk; None while more rows have to be seen."""
    found = np.flatnonzero(marks[least:most])
    if len(found):
        return least + int(found[0])
    return most if len(marks) >= most else None


def _begins(accessions: pa.ChunkedArray, spacing: int) -> np.ndarray:
    """Which accessions may begin a chunk: CRC-32 of their UTF-8, mixed (MurmurHash3's finaliser), below a bound."""
    crc = zlib.crc32
    mixed = np.fromiter((crc(text.encode()) for text in accessions.to_pylist()), np.uint32, len(accessions))
    mixed ^= mixed >> np.uint32(16)
    mixed *= np.uint32(0x85EBCA6B)
    mixed ^= mixed >> np.uint32(13)
    mixed *= np.uint32(0xC2B2AE35)
    mixed ^= mixed >> np.uint32(16)
    marks: np.ndarray = mixed < np.uint32(2**32 // spacing)
    return marks
