"""OME-NGFF 0.4, 0.5 and 0.6: metadata of images, plates, wells, labels and scenes, and the Zarr documents around them;
the columns of the lists of such images that were made for the OME 2024 NGFF challenge."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .walking import as_list, load_json, slug

SOURCE = "ome-ngff-0.6"

# Documents of the specification's tests that are wrong on purpose; the log of requests.
OUTSIDE = {"invalid", "index"}
# multiscales_example_relative.json is written with comments.
NOT_JSON = {"multiscales_example_relative.json"}
# Objects that stand at many places and nest are listed once; wrappers add nothing.
PART_OF_KEY = {
    "attributes": "",
    "axes": "axis",
    "coordinateSystems": "coordinateSystem",
    "coordinateTransformations": "coordinateTransformation",
    "forward": "coordinateTransformation",
    "inverse": "coordinateTransformation",
    "ome": "",
    "transformation": "coordinateTransformation",
    "transformations": "coordinateTransformation",
}
# Excerpts of a document among the examples, by the beginning of their file's name.
EXCERPTS = {"omero_example": "omero", "plate_example": "plate", "well_example": "well", "bijection": "transformation"}
ZARR = {
    "chunk_grid", "chunk_key_encoding", "chunks", "codecs", "compressor", "consolidated_metadata", "data_type",
    "dimension_names", "dimension_separator", "dtype", "fill_value", "filters", "node_type", "order", "shape",
    "storage_transformers", "zarr_format",
}  # fmt: skip
# How Zarr packs bytes, statistics of a conversion, notes of the specification's tests: named, not walked.
CLOSED = ZARR | {"_conformance", "_ome2024_ngff_challenge_stats"}
# Below these a key is the author's own word.
FREE = {
    "image-label/properties": {"label-value"},
    "multiscales/metadata": {"args", "description", "kwargs", "method", "version"},
    "multiscales/metadata/kwargs": set(),
}


def iter_fields(partners: Path) -> Iterator[str]:
    yield from _iter_columns(partners / "ome-zarr-lists")
    folder = partners / "ome-zarr"
    for path in folder.rglob("*"):
        inside = path.relative_to(folder).parts
        if path.is_dir() or OUTSIDE & set(inside) or path.suffix in {".md", ".tsv", ".xml"} or path.name in NOT_JSON:
            continue
        document = load_json(path)
        if inside[0] == "challenge-ro-crate":
            yield from (f"ngff:ro-crate/{slug(key)}" for entity in document["@graph"] for key in entity)
        else:
            yield from _iter_part(document, _excerpt(document, path.name))


def _iter_columns(folder: Path) -> Iterator[str]:
    """Columns of the lists that have a header; the others open with an address."""
    for path in folder.rglob("*.csv"):
        header = next(csv.reader(path.read_text("utf-8-sig").splitlines()))
        if not header[0].startswith("http"):
            yield from (f"ngff_list:{column}" for column in header)


def _excerpt(document: dict[str, Any], name: str) -> str:
    if document.keys() & {"attributes", "ome", "omero", "plate", "well", "zarr_format"}:
        return ""
    key = next((part for start, part in EXCERPTS.items() if name.startswith(start)), "")
    return PART_OF_KEY.get(key, key)


def _iter_part(value: Any, part: str) -> Iterator[str]:
    for item in as_list(value):
        if not isinstance(item, dict):
            continue
        for key, inner in item.items():
            field = _field(part, key)
            if key not in {"attributes", "ome"}:
                yield f"ngff:{field}"
            if key not in CLOSED:
                yield from _iter_part(inner, PART_OF_KEY.get(key, field))


def _field(part: str, key: str) -> str:
    if part in FREE and key not in FREE[part]:
        return f"{part}/*"
    if part == "" and key in ZARR:
        return f"zarr/{key}"
    return f"{part}/{key}" if part else key
