"""One level of an image at a site, and whether pixels are really there: a few of its chunks fetched whole and decoded.

Verification level L2. Source: images.md section 7; every client reads a lost chunk as zeros without a word (section 6).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from catalogue.images.arrays import ArrayDocument, open_array, parse_document
from catalogue.images.stores import MAX_DOCUMENT_BYTES, MemberFileSystem, Site
from catalogue.problems import FetchRefused, ImageUnreachable

if TYPE_CHECKING:
    import zarr

PROBES: Final = 4


@dataclass(frozen=True, slots=True)
class Probed:
    """What chunks of a level are at a site.

    Args:
        asked: chunks that were asked for.
        there: whether one of them exists and decodes.
        filled: whether one of them holds anything but the fill value; looked for only when that was asked.
        every: whether these are all chunks of the level.
    """

    asked: int
    there: bool
    filled: bool
    every: bool


def numbers(text: str) -> tuple[int, ...]:
    """The sizes of a shape as records write it."""
    return tuple(int(n) for n in text.split(","))


def open_level(
    site: Site, representation: Mapping[str, Any], level: Mapping[str, Any]
) -> tuple[zarr.Array, MemberFileSystem]:
    """A level's array, read lazily, and the filesystem that counts what is there of it.

    Raises:
        FileNotFoundError: the level's array document is not there.
        ImageUnreachable: it is no such document, or another array than the catalogue knows.
    """
    filesystem = MemberFileSystem(site, MAX_DOCUMENT_BYTES)
    path = "/".join(part for part in (representation.get("multiscales_path", ""), level["path"]) if part)
    zarr_format = representation["zarr_format"]
    name = "zarr.json" if zarr_format == 3 else ".zarray"
    document: ArrayDocument = parse_document(filesystem.read_document(f"{path}/{name}"), zarr_format)
    stated = (numbers(level["shape"]), representation["data_type"])
    if (document.shape, document.data_type) != stated:
        raise ImageUnreachable(
            f"The array is {document.shape} {document.data_type} at the site and {stated[0]} {stated[1]} in the "
            "catalogue: it changed since it was harvested."
        )
    filesystem.max_bytes = document.max_object_bytes
    return open_array(document, filesystem, path), filesystem


def probe(array: zarr.Array, filesystem: MemberFileSystem, *, look_for_pixels: bool = False) -> Probed:
    """Chunks of a level, fetched whole and decoded until one does, the middle one first; at most PROBES.

    Args:
        look_for_pixels: go on until one holds anything but the fill value.
    Raises:
        ImageUnreachable: the site fails, or a chunk cannot be decoded.
    """
    unit = array.shards or array.chunks
    grid = tuple(math.ceil(size / edge) for size, edge in zip(array.shape, unit, strict=True))
    count = math.prod(grid)
    places = _spread(count)
    filled = False
    left = list(places)
    while left and not (filesystem.chunks_found and (filled or not look_for_pixels)):
        number = left.pop(0)
        corner = []
        for edge in reversed(grid):
            number, place = divmod(number, edge)
            corner.append(place)
        region = tuple(
            slice(place * step, min(place * step + inner, size))
            for place, step, inner, size in zip(reversed(corner), unit, array.chunks, array.shape, strict=True)
        )
        pixels = _decode(array, region)
        filled = look_for_pixels and not _is_fill(pixels, array.fill_value)
    asked = len(places) - len(left)
    return Probed(asked, filesystem.chunks_found > 0, filled, asked == count and array.shards is None)


def _decode(array: Any, region: tuple[slice, ...]) -> Any:
    try:
        return array[region]
    except (FetchRefused, ImageUnreachable):
        raise
    except Exception as error:
        # zarr, numpy and the codecs raise what they like for damaged bytes; all of it means one thing here.
        raise ImageUnreachable(
            f"A chunk of the smallest level cannot be decoded ({type(error).__name__}: {str(error)[:200]})."
        ) from error


def _is_fill(pixels: Any, fill: Any) -> bool:
    """Whether there is nothing but the fill value; 0 where none is stated, as readers take it."""
    value = 0 if fill is None else fill
    return bool(np.all((pixels == value) | ((pixels != pixels) & (value != value))))


def _spread(count: int) -> list[int]:
    """Up to four places of a chunk grid, the middle first: images are empty at their borders, if anywhere."""
    return list(dict.fromkeys((count // 2, count // 4, 3 * count // 4, 0)))[:PROBES]
