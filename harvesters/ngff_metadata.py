"""OME-Zarr group attributes and array documents, parsed to one structure; pure, no network.

Reads OME-Zarr 0.1 to 0.5; the rules are in reference images.md section 4. Payload records are image_records.py's.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from typing import Any, Final

from catalogue.model.documents import Severity
from catalogue.problems import RecordRejected
from harvesters.ngff_axes import MICROMETRES, SECONDS, Axis, parse_axes
from harvesters.ngff_display import Channel, Rendering, parse_channels, parse_rendering
from harvesters.ngff_labels import Label, parse_labels
from harvesters.ngff_plates import plate_fields
from harvesters.ngff_transformations import Transformation, parse_scale, parse_transformations, steps
from harvesters.ngff_values import Findings, shown, text
from harvesters.zarr_documents import Documents, ZarrArray, join, parse_array, safe_path

MAX_LEVELS: Final = 32


@dataclass(frozen=True, slots=True)
class Level:
    """One resolution; `scale` in the axes' units, None when it is not stated."""

    path: str
    array: ZarrArray
    scale: tuple[float, ...] | None
    transformations: tuple[Transformation, ...] = ()


@dataclass(frozen=True, slots=True)
class Multiscale:
    """One image of a store: axes in array order, levels largest first.

    Args:
        path: group of the image within the store, "" for the root.
        shown_name: what its display settings call it.
        transformations: what comes after those of every level.
        digest: SHA-256 (hex) of the document that holds the multiscales.
    """

    path: str
    version: str
    zarr_format: int
    name: str | None
    shown_name: str | None
    axes: tuple[Axis, ...]
    levels: tuple[Level, ...]
    transformations: tuple[Transformation, ...]
    channels: tuple[Channel, ...]
    rendering: Rendering | None
    labels: tuple[Label, ...]
    digest: str

    def pixel_size_um(self, name: str) -> float | None:
        """Size of a pixel along the named axis in micrometres; None unless scale and unit are both stated."""
        for position, axis in enumerate(self.axes):
            if axis.name == name and axis.kind in ("space", None):
                return self._step(position, MICROMETRES)
        return None

    @property
    def time_step_s(self) -> float | None:
        """Time between two moments in seconds; None unless scale and unit of the time axis are both stated."""
        for position, axis in enumerate(self.axes):
            if axis.kind == "time":
                return self._step(position, SECONDS)
        return None

    def _step(self, position: int, factors: dict[str, float]) -> float | None:
        scale, factor = self.levels[0].scale, factors.get(self.axes[position].unit or "")
        if scale is None or factor is None:
            return None
        found = steps([scale[position] * factor])
        return found[0] if found else None


def announced_images(documents: Documents) -> list[str]:
    """Groups that hold images: [""] for one at the root, else those of a plate or a bioformats2raw collection in order.

    Their own documents need not have been read yet, those of a plate's wells must; without a list in `OME/` series
    count up from "0".

    Raises:
        RecordRejected: a well, a labels group, a scene, an array, a plate without images, or no OME-Zarr at all.
    Source: OME-Zarr 0.5, sections "bioformats2raw.layout" (a plate wins) and "multiscales".
    """
    root = documents.group("")
    if root is None:
        raise RecordRejected(
            "Neither zarr.json nor .zattrs exists at the address: it is no OME-Zarr group.",
            reason="not-parsable",
        )
    ome, _, place = root
    if "plate" in ome:
        return [field.path for field in plate_fields(documents, Findings())]
    for key, what, instead in (
        ("well", "a well", "list the plate above it"),
        ("scene", "a scene of OME-Zarr 0.6", "list the images below it one by one"),
    ):
        if key in ome:
            raise RecordRejected(f"{place} describes {what}; {instead}.", reason="policy")
    if isinstance(ome.get("multiscales"), list) and ome["multiscales"]:
        return [""]
    if "bioformats2raw.layout" in ome:
        return _series(documents)
    array = documents.find("zarr.json") or {}
    if array.get("node_type") == "array" or documents.find(".zarray") is not None:
        raise RecordRejected("The address is a bare Zarr array; list the OME-Zarr group above it.", reason="policy")
    if "labels" in ome:
        raise RecordRejected(f"{place} lists labels only; list the image above it.", reason="policy")
    raise RecordRejected(f"{place} has no multiscales: it is no OME-Zarr image.", reason="schema-required")


def _series(documents: Documents) -> list[str]:
    ome = documents.group("OME")
    series = ome[0].get("series") if ome is not None else None
    if isinstance(series, list) and series:
        return [safe_path(path) for path in series]
    found = list(itertools.takewhile(lambda name: documents.group(name) is not None, map(str, range(10_000))))
    return found or ["0"]


def level_paths(documents: Documents, image: str) -> list[str]:
    """Paths of the image's arrays relative to the store, largest first.

    Raises:
        RecordRejected: the multiscales name no dataset, or one outside the store.
    """
    _, multiscale = _multiscale(documents, image)
    datasets = multiscale.get("datasets")
    if not isinstance(datasets, list) or not datasets:
        raise RecordRejected("multiscales[0].datasets is missing or empty.", reason="schema-required")
    if len(datasets) > MAX_LEVELS:
        raise RecordRejected(
            f"multiscales[0].datasets lists {len(datasets)} levels; at most {MAX_LEVELS} are read.", reason="too-large"
        )
    return [join(image, safe_path(dataset.get("path") if isinstance(dataset, dict) else None)) for dataset in datasets]


def _multiscale(documents: Documents, image: str) -> tuple[dict[str, Any], dict[str, Any]]:
    group = documents.group(image)
    listed = group[0].get("multiscales") if group is not None else None
    if group is None or not isinstance(listed, list) or not listed or not isinstance(listed[0], dict):
        raise RecordRejected(f"No multiscales in the group '{image}'.", reason="schema-required")
    return group[0], listed[0]


def parse_image(documents: Documents, image: str, findings: Findings) -> Multiscale:
    """The image at `image`, with a finding for every deviation that leaves it readable.

    Raises:
        RecordRejected: shape, dtype or axes cannot be determined, or contradict one another.
    Source: OME-Zarr 0.4 and 0.5, section "multiscales"; 0.1 to 0.3 for axes without types.
    """
    ome, multiscale = _multiscale(documents, image)
    found = documents.group(image)
    assert found is not None
    zarr_format, place = found[1], found[2]
    version = _version(ome, multiscale, zarr_format, findings)
    if len(ome["multiscales"]) > 1:
        findings.note(
            "several-multiscales", Severity.INFO, "multiscales", len(ome["multiscales"]), "Only the first was read."
        )
    axes = parse_axes(multiscale, version, findings)
    levels = _levels(documents, image, multiscale, axes, version, findings)
    _check_levels(levels, axes, version, findings)
    omero = ome.get("omero")
    outer = multiscale.get("coordinateTransformations")
    return Multiscale(
        path=image,
        version=version,
        zarr_format=zarr_format,
        name=text(multiscale.get("name")),
        shown_name=text(omero.get("name")) if isinstance(omero, dict) else None,
        axes=axes,
        levels=levels,
        transformations=parse_transformations(outer, axes, "multiscales[0]", findings),
        channels=parse_channels(omero, axes, levels[0].array, findings),
        rendering=parse_rendering(omero, findings),
        labels=parse_labels(documents, image, findings),
        digest=documents.digest(place),
    )


def _version(ome: dict[str, Any], multiscale: dict[str, Any], zarr_format: int, findings: Findings) -> str:
    stated = ome.get("version", multiscale.get("version"))
    if zarr_format == 2:
        stated = multiscale.get("version", ome.get("version"))
    if isinstance(stated, str) and re.fullmatch(r"0\.[1-5](?:\.\d+)?", stated):
        version = stated[:3]
        if (version == "0.5") != (zarr_format == 3):
            findings.note(
                "version-mismatch",
                Severity.WARNING,
                "multiscales[0].version",
                stated,
                f"OME-Zarr {version} on Zarr v{zarr_format}: 0.5 is Zarr v3, older ones are v2.",
            )
        return version
    if stated is not None or "coordinateSystems" in multiscale:
        raise RecordRejected(
            f"OME-Zarr version '{shown(stated)[:40]}' is not read yet; 0.1 to 0.5 are.", reason="policy"
        )
    axes = multiscale.get("axes")
    typed = isinstance(axes, list) and any(isinstance(axis, dict) for axis in axes)
    version = "0.5" if zarr_format == 3 else "0.4" if typed else "0.3" if "axes" in multiscale else "0.1"
    findings.note(
        "version-missing",
        Severity.WARNING,
        "multiscales[0].version",
        "",
        f"No version is stated; read as {version} from its form. State it.",
    )
    return version


def _levels(
    documents: Documents,
    image: str,
    multiscale: dict[str, Any],
    axes: tuple[Axis, ...],
    version: str,
    findings: Findings,
) -> tuple[Level, ...]:
    paths = level_paths(documents, image)
    transformed = version in ("0.4", "0.5")
    outer = parse_scale(multiscale.get("coordinateTransformations"), axes, "multiscales[0]", findings, required=False)
    levels: list[Level] = []
    for index, path in enumerate(paths):
        where = f"multiscales[0].datasets[{index}]"
        document = documents.find(join(path, "zarr.json")) or documents.find(join(path, ".zarray"))
        if document is None and index > 0:
            findings.note("level-missing", Severity.WARNING, f"{where}.path", path, "Its array document is not there.")
            continue
        if document is None:
            raise RecordRejected(
                f"The full-resolution array '{path}' has no .zarray or zarr.json: shape and dtype are unknown.",
                reason="schema-required",
            )
        array = parse_array(document, path)
        if len(array.shape) != len(axes):
            raise RecordRejected(
                f"Array '{path}' has {len(array.shape)} dimensions, the image {len(axes)} axes "
                f"({','.join(axis.name for axis in axes)}).",
                reason="shape-violation",
            )
        given = multiscale["datasets"][index].get("coordinateTransformations")
        scale = parse_scale(given, axes, where, findings, required=transformed)
        if scale is not None and outer is not None:
            scale = steps(a * b for a, b in zip(scale, outer, strict=True))
        own = path[len(image) + 1 :] if image else path
        levels.append(Level(own, array, scale, parse_transformations(given, axes, where, findings)))
    return tuple(levels)


def _check_levels(levels: tuple[Level, ...], axes: tuple[Axis, ...], version: str, findings: Findings) -> None:
    names = tuple(axis.name for axis in axes)
    types = {level.array.data_type for level in levels}
    if len(types) > 1:
        findings.note("level-dtype", Severity.WARNING, "datasets", sorted(types), "Levels differ in data type.")
    for before, after in itertools.pairwise(levels):
        if any(b > a for a, b in zip(before.array.shape, after.array.shape, strict=True)):
            findings.note(
                "level-order",
                Severity.WARNING,
                "datasets",
                after.path,
                "Levels are listed from the largest to the smallest.",
            )
    for level in levels:
        stated = level.array.dimension_names
        if stated is None or version != "0.5":
            continue
        if stated != names and set(stated) == set(names):
            raise RecordRejected(
                f"Array '{level.path}' names its dimensions {','.join(map(str, stated))}, the image's axes are "
                f"{','.join(names)}: which is right cannot be told.",
                reason="shape-violation",
            )
        if stated != names:
            findings.note(
                "dimension-names", Severity.WARNING, f"{level.path}/zarr.json", stated, "They equal the axes' names."
            )
    if version == "0.5" and levels[0].array.dimension_names is None:
        findings.note("dimension-names", Severity.INFO, levels[0].path, "", "0.5 asks for dimension_names.")
