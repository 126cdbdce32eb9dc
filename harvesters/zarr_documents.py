"""Zarr metadata documents of one store, by path, and what a v2 or v3 array document says; pure.

OME-Zarr attributes are ngff_metadata.py's.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from catalogue.problems import RecordRejected

_V2_KINDS: Final = {"u": "uint", "i": "int", "f": "float", "c": "complex"}
_WIDTHS: Final = {"uint": (1, 2, 4, 8), "int": (1, 2, 4, 8), "float": (2, 4, 8), "complex": (8, 16)}
_V3_TYPES: Final = frozenset({f"{kind}{8 * n}" for kind, widths in _WIDTHS.items() for n in widths} | {"bool"})
_CODEC_NAME: Final = re.compile(r"[\w.:/+-]{1,100}", re.ASCII)
_SAFE_SEGMENT: Final = re.compile(r"(?!\.{1,2}$)(?!\s+$)[^/\\?#:\x00-\x1f\x7f\ud800-\udfff]{1,200}")


@dataclass(frozen=True, slots=True)
class ZarrArray:
    """What one array document says: sizes per axis, the chunk read as a unit, the dtype as numpy names it.

    Args:
        chunks: shape of the smallest unit that decodes by itself (the inner chunk of a shard).
        shards: shape of a stored object when it holds several chunks, else None.
        codecs: names of what encodes such a chunk, in order of encoding.
    """

    shape: tuple[int, ...]
    chunks: tuple[int, ...]
    shards: tuple[int, ...] | None
    data_type: str
    zarr_format: int
    dimension_names: tuple[str | None, ...] | None
    codecs: tuple[str, ...]


def parse_json(text: str, path: str) -> dict[str, Any]:
    """The object in a metadata document.

    Raises:
        RecordRejected: not JSON (a landing page served as 200, for example), or no object.
    """
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        start = " ".join(text[:60].split())
        raise RecordRejected(
            f"{path} is not JSON: it begins '{start}'. The store must serve its metadata documents as they are.",
            reason="not-parsable",
        ) from error
    if not isinstance(value, dict):
        raise RecordRejected(f"{path} is JSON but no object.", reason="not-parsable")
    return value


class Documents:
    """The metadata documents of a store by relative path; consolidated ones answer for those that were not read."""

    def __init__(self, texts: Mapping[str, str]):
        self.texts = dict(texts)
        self._parsed: dict[str, dict[str, Any]] = {}
        self._consolidated: dict[str, dict[str, Any]] = {}
        if ".zmetadata" in self.texts:
            inner = parse_json(self.texts[".zmetadata"], ".zmetadata").get("metadata")
            self._consolidated.update(inner if isinstance(inner, dict) else {})
        if "zarr.json" in self.texts:
            held = parse_json(self.texts["zarr.json"], "zarr.json").get("consolidated_metadata")
            inner = held.get("metadata") if isinstance(held, dict) else None
            for path, document in (inner if isinstance(inner, dict) else {}).items():
                self._consolidated[join(path, "zarr.json")] = document

    def find(self, path: str) -> dict[str, Any] | None:
        """The parsed document at `path`, or None."""
        if path in self.texts:
            if path not in self._parsed:
                self._parsed[path] = parse_json(self.texts[path], path)
            return self._parsed[path]
        found = self._consolidated.get(path)
        return found if isinstance(found, dict) else None

    @property
    def are_consolidated(self) -> bool:
        """Whether one document repeats those of the whole store, so that what it lacks is not there."""
        return bool(self._consolidated)

    def digest(self, path: str) -> str:
        """SHA-256 (hex) of the document as it was served; of its canonical form when only consolidated."""
        text = self.texts.get(path)
        if text is None:
            text = json.dumps(self._consolidated.get(path), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    def group(self, path: str) -> tuple[dict[str, Any], int, str] | None:
        """OME attributes of a group, its Zarr format and the path of the document that holds them."""
        v3 = self.find(join(path, "zarr.json"))
        if v3 is not None:
            attributes = v3.get("attributes")
            ome = attributes.get("ome") if isinstance(attributes, dict) else None
            if isinstance(ome, dict):
                return ome, 3, join(path, "zarr.json")
            return (attributes if isinstance(attributes, dict) else {}), 3, join(path, "zarr.json")
        v2 = self.find(join(path, ".zattrs"))
        if v2 is not None:
            return v2, 2, join(path, ".zattrs")
        return None


def join(*parts: str) -> str:
    """The parts as one relative path; empty parts are left out."""
    return "/".join(part for part in parts if part)


def safe_path(path: object) -> str:
    """A path inside a store, without empty, dot or scheme-like segments.

    Raises:
        RecordRejected: following it would leave the store.
    """
    if not isinstance(path, str) or not path or not all(map(_SAFE_SEGMENT.fullmatch, path.split("/"))):
        raise RecordRejected(
            f"The dataset path {str(path)[:100]!r} does not name a place inside the store; use plain relative paths.",
            reason="link-unsafe",
        )
    return path


def parse_array(document: Mapping[str, Any], path: str) -> ZarrArray:
    """What a .zarray or an array's zarr.json says.

    Raises:
        RecordRejected: shape, chunks or data type are missing, malformed or of a kind that is no pixel.
    Source: Zarr v2 "Arrays"; Zarr v3 core "Array metadata", sharding-indexed codec.
    """
    zarr_format = document.get("zarr_format")
    shape = _sizes(document.get("shape"), f"{path}: shape")
    if zarr_format == 2:
        compressor, filters = document.get("compressor"), document.get("filters")
        return ZarrArray(
            shape=shape,
            chunks=_same_length(_sizes(document.get("chunks"), f"{path}: chunks"), shape, path),
            shards=None,
            data_type=_v2_type(document.get("dtype"), path),
            zarr_format=2,
            dimension_names=None,
            codecs=_codecs([*(filters if isinstance(filters, list) else ()), compressor], "id"),
        )
    if zarr_format != 3 or document.get("node_type") != "array":
        raise RecordRejected(
            f"{path} holds no array document of Zarr v2 or v3 (zarr_format {zarr_format!r:.40}).", reason="not-parsable"
        )
    grid = document.get("chunk_grid")
    inside = grid.get("configuration") if isinstance(grid, dict) and grid.get("name") == "regular" else None
    if not isinstance(inside, dict):
        raise RecordRejected(f"{path}: only a regular chunk grid is read.", reason="policy")
    outer = _same_length(_sizes(inside.get("chunk_shape"), f"{path}: chunk_shape"), shape, path)
    codecs = document.get("codecs")
    sharding = _sharding(codecs)
    inner: tuple[int, ...] | None = None
    if sharding is not None:
        inner = _same_length(_sizes(sharding.get("chunk_shape"), f"{path}: inner chunk_shape"), shape, path)
        codecs = sharding.get("codecs")
    stated = document.get("dimension_names")
    named = isinstance(stated, list) and all(name is None or isinstance(name, str) for name in stated)
    return ZarrArray(
        shape=shape,
        chunks=inner or outer,
        shards=outer if inner else None,
        data_type=_v3_type(document.get("data_type"), path),
        zarr_format=3,
        dimension_names=tuple(stated) if named and isinstance(stated, list) else None,
        codecs=_codecs(codecs, "name"),
    )


def _sharding(codecs: object) -> dict[str, Any] | None:
    """Configuration of the codec that puts several chunks into one object."""
    for codec in codecs if isinstance(codecs, list) else ():
        if isinstance(codec, dict) and codec.get("name") == "sharding_indexed":
            setup = codec.get("configuration")
            return setup if isinstance(setup, dict) else {}
    return None


def _codecs(listed: object, key: str) -> tuple[str, ...]:
    """Names of codecs, at most sixteen; null stands for none."""
    given = [item for item in listed if item is not None] if isinstance(listed, list) else []
    names = [item.get(key) if isinstance(item, dict) else item for item in given[:16]]
    return tuple(name for name in names if isinstance(name, str) and _CODEC_NAME.fullmatch(name))


def _sizes(given: object, what: str) -> tuple[int, ...]:
    usable = (
        isinstance(given, list)
        and 1 <= len(given) <= 32
        and all(isinstance(n, int) and not isinstance(n, bool) and 1 <= n < 2**53 for n in given)
    )
    if not usable:
        raise RecordRejected(
            f"{what} is {given!r:.100}; a list of integers above 0 is needed.", reason="schema-required"
        )
    assert isinstance(given, list)
    return tuple(given)


def _same_length(chunks: tuple[int, ...], shape: tuple[int, ...], path: str) -> tuple[int, ...]:
    if len(chunks) != len(shape):
        raise RecordRejected(
            f"{path}: {len(chunks)}-dimensional chunks of a {len(shape)}-dimensional array.", reason="shape-violation"
        )
    return chunks


def _v2_type(given: object, path: str) -> str:
    found = re.fullmatch(r"[<>|=]([uifc])(\d{1,2})", given) if isinstance(given, str) else None
    if found is not None and int(found[2]) in _WIDTHS[_V2_KINDS[found[1]]]:
        return f"{_V2_KINDS[found[1]]}{8 * int(found[2])}"
    if given == "|b1":
        return "bool"
    raise RecordRejected(f"{path}: data type {str(given)[:100]!r} is no number.", reason="shape-violation")


def _v3_type(given: object, path: str) -> str:
    if isinstance(given, str) and given in _V3_TYPES:
        return given
    raise RecordRejected(f"{path}: data type {str(given)[:100]!r} is no number.", reason="shape-violation")
