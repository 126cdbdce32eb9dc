"""What breaks each rule of OME-NGFF image 1."""

from __future__ import annotations

from typing import Any

from tests.model.profiles.cases import Change, add, case, drop, full_image, put

GOOD = (full_image,)
ONE = "representations.0"
LEVEL = f"{ONE}.levels.0"


def axis(index: int, name: str, **more: Any) -> dict[str, Any]:
    return {"id": f"idr:6001240/representation/1/axis/{index}", "index": index, "name": name, **more}


def axes(*made: dict[str, Any]) -> Change:
    return put(f"{ONE}.axes", list(made))


def transformation(index: int, kind: str) -> dict[str, Any]:
    name = f"{full_image()['id']}/representation/1/level/0/transformation/{index}"
    return {"id": name, "index": index, "transformation_type": kind, "parameters": "[0, 0, 0, 0]"}


C, T = {"axis_type": "channel", "size": 2}, {"axis_type": "time", "size": 2}
S = {"axis_type": "space", "size": 275}
CASES = [
    case(full_image, "Image-representations", put(f"{ONE}.format", "OME-TIFF")),
    case(full_image, "Image-representations", drop(f"{ONE}.multiscales_path")),
    case(full_image, "Representation-data_type", drop(f"{ONE}.data_type")),
    case(full_image, "Representation-shape", drop(f"{ONE}.shape")),
    case(full_image, "Representation-levels", drop(f"{ONE}.levels")),
    case(full_image, "Representation-format_version", drop(f"{ONE}.format_version")),
    case(full_image, "Representation-version-known", put(f"{ONE}.format_version", "1.0")),
    case(full_image, "Representation-zarr_format", put(f"{ONE}.format_version", "0.4")),
    case(full_image, "Representation-zarr_format", put(f"{ONE}.zarr_format", 2)),
    case(full_image, "Representation-axes", axes(axis(0, "x", **S))),
    case(full_image, "Representation-axes", axes(*(axis(i, n, **S) for i, n in enumerate("tczyxw")))),
    case(full_image, "Representation-axes-of-space", drop(f"{ONE}.axes.3.axis_type", f"{ONE}.axes.2.axis_type")),
    case(full_image, "Representation-axes-of-space", axes(*(axis(i, n, **S) for i, n in enumerate("czyx")))),
    case(full_image, "Representation-axes-of-time", axes(axis(0, "t", **T), axis(1, "u", **T), axis(2, "y", **S))),
    case(full_image, "Representation-axes-of-channels", put(f"{ONE}.axes.1.axis_type", "frequency")),
    case(full_image, "Representation-axes-numbered", put(f"{ONE}.axes.3.index", 4)),
    case(full_image, "Representation-axes-numbered", put(f"{ONE}.axes.3.index", 2)),
    case(full_image, "Representation-axes-numbered", put(f"{ONE}.axes.3.name", "y")),
    case(full_image, "Representation-axes-ordered", axes(axis(0, "y", **S), axis(1, "c", **C), axis(2, "x", **S))),
    case(full_image, "Representation-axes-ordered", axes(axis(0, "c", **C), axis(1, "t", **T), axis(2, "x", **S))),
    case(full_image, "Representation-axes-of-planes", axes(axis(0, "x", **S), axis(1, "y", **S))),
    case(full_image, "Representation-axes-of-planes", axes(axis(0, "y", **S), axis(1, "z", **S), axis(2, "x", **S))),
    case(full_image, "Representation-shape-of-axes", put(f"{ONE}.shape", "236,275,271")),
    *(case(full_image, "Representation-axis-size", put(f"{ONE}.axes.{i}.size", 27)) for i in range(4)),
    case(full_image, "Representation-axis-scale", drop(f"{ONE}.axes.3.scale", f"{LEVEL}.coordinate_transformations")),
    case(full_image, "Representation-axis-unit", drop(f"{ONE}.axes.1.unit")),
    case(full_image, "Representation-unit-known", put(f"{ONE}.axes.1.unit", "µm")),
    case(full_image, "Representation-unit-known", axes(axis(0, "t", unit="sec", **T), axis(1, "x", **S))),
    case(full_image, "Representation-levels-numbered", put(f"{ONE}.levels.1.index", 2)),
    case(full_image, "Representation-levels-numbered", put(f"{ONE}.levels.1.path", "0")),
    case(full_image, "Representation-level-0", put(f"{LEVEL}.shape", "2,236,275,270")),
    case(full_image, "Representation-level-lengths", put(f"{LEVEL}.chunks", "1,275,271")),
    case(full_image, "Representation-level-lengths", put(f"{LEVEL}.shards", "1,1,4,275,271")),
    case(full_image, "Representation-level-lengths", put(f"{ONE}.levels.1.shape", "137,135")),
    case(full_image, "Representation-level-order", put(f"{ONE}.levels.1.shape", "2,236,275,300")),
    case(full_image, "Sharded-shards", put(f"{ONE}.zarr_format", 2)),
    case(full_image, "Transformed-scale", put(f"{LEVEL}.coordinate_transformations", [transformation(0, "identity")])),
    case(full_image, "Transformed-scale", add(f"{LEVEL}.coordinate_transformations", transformation(1, "scale"))),
    case(
        full_image,
        "Transformed-translation",
        put(f"{LEVEL}.coordinate_transformations", [transformation(0, "translation"), transformation(1, "scale")]),
    ),
    case(
        full_image,
        "Transformed-transformation_type",
        add(f"{LEVEL}.coordinate_transformations", transformation(1, "affine")),
    ),
    case(
        full_image,
        "Transformation-parameters",
        put(f"{LEVEL}.coordinate_transformations.0.parameters", "[0.5, 0.36, 0.36]"),
    ),
    case(full_image, "Representation-channels", drop(f"{ONE}.channels.1")),
    case(full_image, "Representation-channels", axes(axis(0, "y", **S), axis(1, "x", **S))),
    case(full_image, "Representation-channels-numbered", put(f"{ONE}.channels.1.index", 2)),
    case(full_image, "Representation-channel-label", drop(f"{ONE}.channels.1.label")),
    case(full_image, "Representation-channel-color", drop(f"{ONE}.channels.0.color")),
    case(full_image, "Representation-channel-window", drop(f"{ONE}.channels.0.window_start")),
    case(full_image, "Rendering-default_z", put(f"{ONE}.rendering.default_z", 236)),
    case(
        full_image,
        "Rendering-default_t",
        axes(axis(0, "t", **T), axis(1, "x", **S)),
        put(f"{ONE}.rendering.default_t", 2),
    ),
]
