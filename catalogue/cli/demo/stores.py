"""Writes demo pixels as OME-Zarr: 0.4 on Zarr v2, 0.5 on Zarr v3, zstd with checksums, sharded where asked."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from catalogue.cli.demo.pixels import Pixels, compute, half

_KINDS = {"t": "time", "c": "channel", "z": "space", "y": "space", "x": "space"}


@dataclass(frozen=True, slots=True)
class DemoImage:
    """One image of a demo member.

    Args:
        key: path of the store below the member's folder.
        study: accession as the member writes it.
        scale: size of a pixel per axis in `units`; 1.0 for channels.
        units: per axis, "" for none.
        channels: (label, RRGGBB) per channel.
        shard_chunks: chunks per shard edge in y and x; 0 writes no shards.
        identifier: the owner's own image id, "" for none.
    """

    key: str
    study: str
    scene: str
    seed: int
    axes: str
    version: Literal["0.4", "0.5"]
    scale: tuple[float, ...]
    units: tuple[str, ...]
    channels: tuple[tuple[str, str], ...] = ()
    levels: int = 3
    chunk: int = 256
    shard_chunks: int = 0
    identifier: str = ""
    title: str = ""
    organism: str = ""
    method: str = ""


def write_store(image: DemoImage, folder: Path) -> int:
    """Write the image below `folder`; gives the bytes written."""
    import zarr

    level = compute(image.scene, image.seed)
    root = folder / image.key
    pyramid = [level]
    for _ in range(image.levels - 1):
        pyramid.append(half(pyramid[-1]))
    group = zarr.open_group(str(root), mode="w", zarr_format=3 if image.version == "0.5" else 2)
    for index, pixels in enumerate(pyramid):
        _write_level(group, str(index), pixels, image)
    attributes = _attributes(image, pyramid)
    if image.version == "0.5":
        group.attrs["ome"] = attributes
    else:
        group.attrs.update(attributes)
    return sum(file.stat().st_size for file in root.rglob("*") if file.is_file())


def _write_level(group: Any, name: str, pixels: Pixels, image: DemoImage) -> None:
    from numcodecs import Zstd
    from zarr.codecs import ZstdCodec

    # One chunk per plane, at most `chunk` pixels wide: what most writers of the field choose.
    chunks = tuple(min(image.chunk, size) if i >= pixels.ndim - 2 else 1 for i, size in enumerate(pixels.shape))
    if image.version == "0.4":
        array = group.create_array(
            name,
            shape=pixels.shape,
            dtype=pixels.dtype,
            chunks=chunks,
            compressors=[Zstd(level=3, checksum=True)],
            chunk_key_encoding={"name": "v2", "separator": "/"},
            fill_value=0,
        )
    else:
        array = group.create_array(
            name,
            shape=pixels.shape,
            dtype=pixels.dtype,
            chunks=chunks,
            shards=_shards(pixels, chunks, image.shard_chunks),
            compressors=[ZstdCodec(level=3, checksum=True)],
            dimension_names=list(image.axes),
            fill_value=0,
        )
    array[...] = pixels


def _shards(pixels: Pixels, chunks: tuple[int, ...], edge: int) -> tuple[int, ...] | None:
    if not edge:
        return None
    return tuple(
        chunk * min(edge, -(-size // chunk)) if i >= pixels.ndim - 2 else chunk
        for i, (size, chunk) in enumerate(zip(pixels.shape, chunks, strict=True))
    )


def _attributes(image: DemoImage, pyramid: list[Pixels]) -> dict[str, Any]:
    axes = [
        {"name": name, "type": _KINDS[name], **({"unit": unit} if unit else {})}
        for name, unit in zip(image.axes, image.units, strict=True)
    ]
    datasets = []
    for index in range(len(pyramid)):
        factor = [2.0**index if name in "yx" else 1.0 for name in image.axes]
        scale = [s * f for s, f in zip(image.scale, factor, strict=True)]
        datasets.append({"path": str(index), "coordinateTransformations": [{"type": "scale", "scale": scale}]})
    multiscale: dict[str, Any] = {"name": image.title, "axes": axes, "datasets": datasets, "type": "mean"}
    if image.version == "0.4":
        multiscale["version"] = "0.4"
    attributes: dict[str, Any] = {"multiscales": [multiscale], "omero": _omero(image, pyramid[0])}
    if image.version == "0.5":
        attributes["version"] = "0.5"
    return attributes


def _omero(image: DemoImage, pixels: Pixels) -> dict[str, Any]:
    import numpy as np

    position = image.axes.find("c")
    planes = [pixels] if position < 0 else [np.take(pixels, i, axis=position) for i in range(pixels.shape[position])]
    named = image.channels or (("", "FFFFFF"),)
    channels = []
    for plane, (label, color) in zip(planes, named, strict=True):
        start, end = (float(v) for v in np.percentile(plane, (2.0, 99.8)))
        low, high = float(plane.min()), float(plane.max())
        channels.append(
            {
                "label": label or image.title,
                "color": color,
                "active": True,
                "window": {"min": low, "max": high, "start": round(start, 3), "end": round(max(end, start + 1e-3), 3)},
            }
        )
    middle = {name: pixels.shape[i] // 2 for i, name in enumerate(image.axes)}
    rdefs = {"model": "color" if len(channels) > 1 else "greyscale", "defaultZ": middle.get("z", 0), "defaultT": 0}
    return {"channels": channels, "rdefs": rdefs}
