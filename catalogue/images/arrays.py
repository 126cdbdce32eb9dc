"""zarr arrays from checked array documents: known codecs, number types, bounded chunks; no format probing."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from catalogue.problems import ImageUnreachable

MAX_CHUNK_BYTES: Final = 256 << 20
MAX_INNER_CHUNKS: Final = 1 << 20
_V3_KEYS: Final = frozenset(
    {
        "zarr_format",
        "node_type",
        "shape",
        "data_type",
        "chunk_grid",
        "chunk_key_encoding",
        "fill_value",
        "codecs",
        "dimension_names",
    }
)
_V2_KEYS: Final = frozenset(
    {"zarr_format", "shape", "chunks", "dtype", "compressor", "fill_value", "order", "filters", "dimension_separator"}
)


@dataclass(frozen=True, slots=True)
class ArrayDocument:
    """A checked array document.

    Args:
        chunk_bytes: decoded bytes of the smallest unit that decodes by itself.
        object_bytes: decoded bytes of one stored object (a chunk, or a shard with its index).
    """

    document: dict[str, Any]
    shape: tuple[int, ...]
    chunks: tuple[int, ...]
    objects: tuple[int, ...]
    data_type: str
    chunk_bytes: int
    object_bytes: int

    @property
    def max_object_bytes(self) -> int:
        """Encoded bytes an object may have: incompressible data grows a little."""
        return self.object_bytes + self.object_bytes // 16 + (1 << 16)


def parse_document(content: bytes, zarr_format: int) -> ArrayDocument:
    """A .zarray (format 2) or an array's zarr.json (format 3), checked.

    Raises:
        ImageUnreachable: not such a document, a data type that is no number, a codec that is not on the list, or a
            chunk above 256 MB.
    """
    try:
        given = json.loads(content)
        return _v3(given) if zarr_format == 3 else _v2(given)
    except ImageUnreachable:
        raise
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ImageUnreachable("The array document at the site is no Zarr array document.") from error


def _v2(given: dict[str, Any]) -> ArrayDocument:
    from catalogue.images.codecs import V2_COMPRESSORS

    if given["zarr_format"] != 2:
        raise ValueError("zarr_format")
    compressor = given.get("compressor")
    if compressor is not None and compressor["id"] not in V2_COMPRESSORS:
        raise ImageUnreachable(f"The array uses the compressor '{str(compressor['id'])[:60]}', which is not read here.")
    if given.get("filters"):
        raise ImageUnreachable("The array uses filters, which are not read here.")
    chunks = _sizes(given["chunks"])
    return _document({k: v for k, v in given.items() if k in _V2_KEYS}, given["dtype"], chunks, chunks)


def _v3(given: dict[str, Any]) -> ArrayDocument:
    if given["zarr_format"] != 3 or given["node_type"] != "array" or given.get("storage_transformers"):
        raise ValueError("zarr_format")
    if given["chunk_grid"]["name"] != "regular":
        raise ImageUnreachable("The array has an irregular chunk grid, which is not read here.")
    objects = _sizes(given["chunk_grid"]["configuration"]["chunk_shape"])
    chunks = _check_codecs(given["codecs"], objects, inside_shard=False)
    document = {**{k: v for k, v in given.items() if k in _V3_KEYS}, "attributes": {}}
    return _document(document, given["data_type"], chunks, objects)


def _check_codecs(codecs: list[dict[str, Any]], objects: tuple[int, ...], *, inside_shard: bool) -> tuple[int, ...]:
    """Shape of the smallest unit that decodes by itself."""
    from catalogue.images.codecs import V3_CODECS

    chunks = objects
    for codec in codecs:
        name = codec["name"]
        if name not in V3_CODECS or (inside_shard and name == "sharding_indexed"):
            raise ImageUnreachable(f"The array uses the codec '{str(name)[:60]}', which is not read here.")
        if name == "sharding_indexed":
            setup = codec["configuration"]
            chunks = _sizes(setup["chunk_shape"])
            if any(outer % inner for outer, inner in zip(objects, chunks, strict=True)):
                raise ValueError("chunk_shape")
            if math.prod(outer // inner for outer, inner in zip(objects, chunks, strict=True)) > MAX_INNER_CHUNKS:
                raise ImageUnreachable(f"A shard of the array has more than {MAX_INNER_CHUNKS} chunks.")
            _check_codecs(setup["codecs"], chunks, inside_shard=True)
            if {c["name"] for c in setup.get("index_codecs", ())} - {"bytes", "crc32c"}:
                raise ImageUnreachable("The array's shard index uses other codecs than bytes and crc32c.")
    return chunks


def _sizes(given: Any) -> tuple[int, ...]:
    if not given or not all(type(n) is int and 1 <= n < 2**53 for n in given):
        raise ValueError("sizes")
    return tuple(given)


def _document(
    document: dict[str, Any], data_type: str, chunks: tuple[int, ...], objects: tuple[int, ...]
) -> ArrayDocument:
    shape = _sizes(document["shape"])
    kind = np.dtype(data_type)
    if kind.kind not in "uifbc" or len(chunks) != len(shape) or len(objects) != len(shape):
        raise ImageUnreachable(f"The array's data type {str(data_type)[:60]!r} is no number, or its chunks do not fit.")
    chunk_bytes = math.prod(chunks) * kind.itemsize
    if chunk_bytes > MAX_CHUNK_BYTES:
        raise ImageUnreachable(
            f"The array declares chunks of {chunk_bytes} bytes; at most {MAX_CHUNK_BYTES} are decoded."
        )
    count = math.prod(o // c for o, c in zip(objects, chunks, strict=True))
    object_bytes = chunk_bytes * count + (16 * count + 4 if objects != chunks else 0)
    return ArrayDocument(document, shape, chunks, objects, kind.name, chunk_bytes, object_bytes)


def open_array(checked: ArrayDocument, filesystem: Any, path: str) -> Any:
    """The zarr array that the document describes, over `filesystem`; nothing is requested.

    Returns:
        zarr.Array, read lazily and read-only; its decompressors are bounded.
    Raises:
        ImageUnreachable: zarr cannot make sense of the document.
    """
    import zarr
    from zarr.core.metadata import ArrayV2Metadata, ArrayV3Metadata
    from zarr.storage import FsspecStore, StorePath

    from catalogue.images.codecs import bounded_pipeline

    kind = ArrayV3Metadata if checked.document["zarr_format"] == 3 else ArrayV2Metadata
    try:
        metadata = kind.from_dict(dict(checked.document))
        store = FsspecStore(filesystem, read_only=True, path="")
        array = zarr.AsyncArray(metadata=metadata, store_path=StorePath(store, path))
        pipeline = bounded_pipeline(array.codec_pipeline, checked.chunk_bytes)
    except (ValueError, TypeError, KeyError) as error:
        raise ImageUnreachable(f"The array document at the site cannot be used: {error}.") from error
    # zarr has no seam for this; the attribute is a plain field of a frozen dataclass (zarr 3.1.6).
    object.__setattr__(array, "codec_pipeline", pipeline)
    return zarr.Array(array)
