"""The parts of an image record that one pyramid gives: representation, label images, place on a plate; pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from catalogue.model.documents import Record
from harvesters.ngff_display import Channel, Rendering
from harvesters.ngff_labels import Label, LabelValue
from harvesters.ngff_metadata import Level, Multiscale
from harvesters.ngff_plates import PlateField
from harvesters.ngff_transformations import Transformation


def map_representation(curie: str, multiscale: Multiscale, place: Mapping[str, str]) -> Record:
    """The one representation of the image.

    Args:
        curie: of the image.
        place: `site`, `endpoint` and `key` of the store.
    """
    base = f"{curie}/representation/1"
    array = multiscale.levels[0].array
    sizes = {f"pixel_size_{name}_um": multiscale.pixel_size_um(name) for name in "xyz"}
    return {
        "id": base,
        "format": "OME-Zarr",
        "format_version": multiscale.version,
        "zarr_format": multiscale.zarr_format,
        "multiscales_path": multiscale.path,
        "data_type": array.data_type,
        "shape": _extent(array.shape),
        "metadata_digest": multiscale.digest,
        "axes": [_axis(base, multiscale, index) for index in range(len(multiscale.axes))],
        "levels": [_level(f"{base}/level/{index}", index, level) for index, level in enumerate(multiscale.levels)],
        "replicas": [{"id": f"{base}/replica/1", **place}],
        **_said(
            **sizes,
            time_step_s=multiscale.time_step_s,
            coordinate_transformations=_transformations(base, multiscale.transformations),
            channels=[_channel(f"{base}/channel/{i}", i, channel) for i, channel in enumerate(multiscale.channels)],
            rendering=_rendering(base, multiscale.rendering),
        ),
    }


def map_labels(curie: str, multiscale: Multiscale) -> list[Record]:
    """The label images of the image, in the order of the store."""
    return [_label(f"{curie}/label/{index}", label) for index, label in enumerate(multiscale.labels)]


def map_position(curie: str, plate: str | None, field: PlateField | None) -> Record | None:
    """Where on the plate the image was taken; None off a plate or where row and column are not certain."""
    if field is None or field.well.row is None or field.well.column is None:
        return None
    return {
        "id": f"{curie}/position",
        "row_index": field.well.row,
        "column_index": field.well.column,
        **_said(
            plate_name=plate,
            row_name=field.well.row_name or None,
            column_name=field.well.column_name,
            field_index=field.number,
            run_number=field.run,
        ),
    }


def _said(**fields: Any) -> Record:
    """The fields that have a value; 0 and false are values."""
    return {name: value for name, value in fields.items() if value is not None and value != []}


def _axis(base: str, multiscale: Multiscale, index: int) -> Record:
    axis, level = multiscale.axes[index], multiscale.levels[0]
    return {
        "id": f"{base}/axis/{index}",
        "index": index,
        "name": axis.name,
        "size": level.array.shape[index],
        **_said(
            label=axis.long_name,
            axis_type=axis.kind if axis.kind in ("time", "channel", "space") else None,
            unit=axis.unit,
            scale=level.scale[index] if level.scale is not None else None,
            discrete=axis.discrete,
        ),
    }


def _level(base: str, index: int, level: Level) -> Record:
    array = level.array
    return {
        "id": base,
        "index": index,
        "path": level.path,
        "shape": _extent(array.shape),
        "chunks": _extent(array.chunks),
        **_said(
            shards=_extent(array.shards) if array.shards else None,
            codecs=list(dict.fromkeys(array.codecs)),
            coordinate_transformations=_transformations(base, level.transformations),
        ),
    }


def _transformations(base: str, given: tuple[Transformation, ...]) -> list[Record]:
    return [
        {
            "id": f"{base}/transformation/{step.index}",
            "index": step.index,
            "transformation_type": step.kind,
            **_said(parameters=step.parameters, path=step.path),
        }
        for step in given
    ]


def _channel(base: str, index: int, channel: Channel) -> Record:
    start, end = channel.window or (None, None)
    least, most = channel.limits or (None, None)
    return {
        "id": base,
        "index": index,
        **_said(
            label=channel.label,
            color=channel.color,
            window_start=start,
            window_end=end,
            window_min=least,
            window_max=most,
            is_active=channel.active,
            is_inverted=channel.inverted,
            intensity_family=channel.family,
            intensity_coefficient=channel.coefficient,
        ),
    }


def _rendering(base: str, rendering: Rendering | None) -> Record | None:
    if rendering is None:
        return None
    return {
        "id": f"{base}/rendering",
        **_said(
            default_z=rendering.default_z,
            default_t=rendering.default_t,
            color_model=rendering.model,
            projection=rendering.projection,
        ),
    }


def _label(base: str, label: Label) -> Record:
    return {
        "id": base,
        "name": label.name,
        "path": label.path,
        **_said(source_path=label.source, label_values=[_label_value(base, value) for value in label.values]),
    }


def _label_value(base: str, value: LabelValue) -> Record:
    own = f"{base}/value/{value.value}"
    described = [
        {"id": f"{own}/characteristic/{number}", "name": name, "text_value": said}
        for number, (name, said) in enumerate(value.properties.items(), start=1)
    ]
    return {
        "id": own,
        "pixel_value": value.value,
        **_said(label=value.label, color_rgba=value.color, characteristics=described),
    }


def _extent(sizes: tuple[int, ...]) -> str:
    return ",".join(map(str, sizes))
