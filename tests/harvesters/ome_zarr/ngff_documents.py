"""Metadata documents of small stores, as writers of the field make them; one image in any version."""

from __future__ import annotations

import json
from typing import Any

AXES = [
    {"name": "c", "type": "channel"},
    {"name": "z", "type": "space", "unit": "nanometer"},
    {"name": "y", "type": "space", "unit": "micrometer"},
    {"name": "x", "type": "space", "unit": "micrometer"},
]
OMERO = {
    "channels": [
        {"label": "DAPI", "color": "0000FF", "window": {"start": 10, "end": 900, "min": 0, "max": 65535}},
        {"label": "GFP", "color": "00ff00", "window": {"start": 5, "end": 700.5, "min": 0, "max": 65535}},
    ],
    "rdefs": {"defaultZ": 3, "defaultT": 0},
}


def multiscale(levels: int = 2, **changes: Any) -> dict[str, Any]:
    """One multiscales entry of a c, z, y, x image with `levels` levels."""
    datasets = [
        {"path": str(i), "coordinateTransformations": [{"type": "scale", "scale": [1, 500, 0.25 * 2**i, 0.25 * 2**i]}]}
        for i in range(levels)
    ]
    return {"name": "cells", "axes": AXES, "datasets": datasets, **changes}


def v2_array(shape: list[int], **changes: Any) -> dict[str, Any]:
    """A .zarray."""
    return {
        "zarr_format": 2, "shape": shape, "chunks": [1, 1, 64, 64], "dtype": "<u2", "order": "C", "fill_value": 0,
        "filters": None, "dimension_separator": "/", "compressor": {"id": "zstd", "level": 3}, **changes,
    }  # fmt: skip


def v3_array(shape: list[int], *, shard: list[int] | None = None, **changes: Any) -> dict[str, Any]:
    """An array's zarr.json; `shard` is the shape of a shard around chunks of 64 x 64."""
    codecs: list[dict[str, Any]] = [{"name": "bytes", "configuration": {"endian": "little"}}, {"name": "zstd"}]
    if shard:
        inner = {
            "chunk_shape": [1, 1, 64, 64],
            "codecs": codecs,
            "index_codecs": [{"name": "bytes"}, {"name": "crc32c"}],
        }
        codecs = [{"name": "sharding_indexed", "configuration": inner}]
    grid = {"name": "regular", "configuration": {"chunk_shape": shard or [1, 1, 64, 64]}}
    return {
        "zarr_format": 3, "node_type": "array", "shape": shape, "data_type": "uint16", "chunk_grid": grid,
        "chunk_key_encoding": {"name": "default"}, "fill_value": 0, "codecs": codecs,
        "dimension_names": ["c", "z", "y", "x"], **changes,
    }  # fmt: skip


def store_v04(prefix: str = "", **changes: Any) -> dict[str, str]:
    """Texts of an OME-Zarr 0.4 store on Zarr v2, by path."""
    documents = {
        ".zgroup": {"zarr_format": 2},
        ".zattrs": {"multiscales": [multiscale(version="0.4", **changes)], "omero": OMERO},
        "0/.zarray": v2_array([2, 8, 256, 320]),
        "1/.zarray": v2_array([2, 8, 128, 160]),
    }
    return {prefix + path: json.dumps(document) for path, document in documents.items()}


def store_v05(prefix: str = "", **changes: Any) -> dict[str, str]:
    """Texts of an OME-Zarr 0.5 store on Zarr v3, by path."""
    ome = {"version": "0.5", "multiscales": [multiscale(**changes)], "omero": OMERO}
    documents = {
        "zarr.json": {"zarr_format": 3, "node_type": "group", "attributes": {"ome": ome}},
        "0/zarr.json": v3_array([2, 8, 256, 320]),
        "1/zarr.json": v3_array([2, 8, 128, 160]),
    }
    return {prefix + path: json.dumps(document) for path, document in documents.items()}


def plate_v04(fields: dict[str, list[str]] | None = None, **changes: Any) -> dict[str, str]:
    """Texts of a plate on Zarr v2: two rows, three columns, an image for each field of each well.

    Args:
        fields: path of a well -> names of its fields.
        changes: properties of the plate.
    """
    listed = fields if fields is not None else {"A/1": ["0", "1"], "B/3": ["0"]}
    rows, columns = ["A", "B"], ["1", "2", "3"]
    plate = {
        "name": "Plate 7",
        "version": "0.4",
        "rows": [{"name": name} for name in rows],
        "columns": [{"name": name} for name in columns],
        "wells": [
            {"path": path, "rowIndex": rows.index(path[0]), "columnIndex": columns.index(path[2])} for path in listed
        ],
        "acquisitions": [{"id": 4, "name": "first"}],
        **changes,
    }
    texts = {".zgroup": json.dumps({"zarr_format": 2}), ".zattrs": json.dumps({"plate": plate})}
    for well, names in listed.items():
        images = [{"path": field, "acquisition": 4} for field in names]
        texts[f"{well}/.zattrs"] = json.dumps({"well": {"version": "0.4", "images": images}})
        for field in names:
            texts |= store_v04(f"{well}/{field}/")
    return texts


LABEL = {
    "version": "0.4",
    "colors": [{"label-value": 1, "rgba": [255, 0, 0, 128]}, {"label-value": 4, "rgba": [0, 255, 255, 255]}],
    "properties": [{"label-value": 1, "class": "nucleus", "area": 1200, "kept": True}],
    "source": {"image": "../../"},
}


def labels_v04(prefix: str = "", **labels: dict[str, Any]) -> dict[str, str]:
    """Texts of the labels below an image on Zarr v2: name -> its image-label."""
    texts = {f"{prefix}labels/.zattrs": json.dumps({"labels": list(labels)})}
    for name, described in labels.items():
        document = {"image-label": described, "multiscales": [multiscale(version="0.4")]}
        texts[f"{prefix}labels/{name}/.zattrs"] = json.dumps(document)
    return texts


def consolidated_v2(texts: dict[str, str]) -> dict[str, str]:
    """The same store read through .zmetadata: the root's attributes and the consolidated document only."""
    held = {path: json.loads(text) for path, text in texts.items()}
    return {
        ".zattrs": texts[".zattrs"],
        ".zmetadata": json.dumps({"zarr_consolidated_format": 1, "metadata": held}),
    }


def consolidated_v3(texts: dict[str, str]) -> dict[str, str]:
    """The same store read through the root's consolidated_metadata."""
    root = json.loads(texts["zarr.json"])
    held = {path.removesuffix("/zarr.json"): json.loads(text) for path, text in texts.items() if path != "zarr.json"}
    root["consolidated_metadata"] = {"kind": "inline", "must_understand": False, "metadata": held}
    return {"zarr.json": json.dumps(root)}
