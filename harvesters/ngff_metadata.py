"""OME-Zarr group attributes and array documents, parsed to one structure; pure, no network.

Reads OME-Zarr 0.1 to 0.5; the rules are in reference images.md section 4. Payload records are ome_zarr.py's.
"""

from __future__ import annotations

import itertools
import math
import re
from dataclasses import dataclass
from typing import Any, Final

from catalogue.model.documents import Finding, Severity
from catalogue.problems import RecordRejected
from harvesters.zarr_documents import Documents, ZarrArray, join, parse_array, safe_path

MICROMETRES: Final = {
    "angstrom": 1e-4,
    "picometer": 1e-6,
    "nanometer": 1e-3,
    "micrometer": 1.0,
    "millimeter": 1e3,
    "centimeter": 1e4,
    "decimeter": 1e5,
    "meter": 1e6,
    "inch": 25_400.0,
}
_UNIT_FORMS: Final = {
    "µm": "micrometer",
    "μm": "micrometer",
    "um": "micrometer",
    "micron": "micrometer",
    "microns": "micrometer",
    "micrometre": "micrometer",
    "nm": "nanometer",
    "nanometre": "nanometer",
    "mm": "millimeter",
    "millimetre": "millimeter",
    "cm": "centimeter",
    "m": "meter",
    "metre": "meter",
    "pm": "picometer",
    "\u00c5": "angstrom",
    "\u212b": "angstrom",
    "s": "second",
    "sec": "second",
    "ms": "millisecond",
    "min": "minute",
    "h": "hour",
}
_TIMES: Final = frozenset({"nanosecond", "microsecond", "millisecond", "second", "minute", "hour", "day"})
_TYPE_BY_NAME: Final = {"t": "time", "c": "channel", "z": "space", "y": "space", "x": "space"}
MAX_LEVELS: Final = 32
MAX_CHANNELS: Final = 256


@dataclass(frozen=True, slots=True)
class Axis:
    """One dimension; `kind` is time, channel, space or what the file says."""

    name: str
    kind: str | None
    unit: str | None


@dataclass(frozen=True, slots=True)
class Level:
    """One resolution; `scale` in the axes' units, None when it is not stated."""

    path: str
    array: ZarrArray
    scale: tuple[float, ...] | None


@dataclass(frozen=True, slots=True)
class Channel:
    """How one channel was shown by its owner; `color` is RRGGBB."""

    label: str | None
    color: str | None
    window: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Multiscale:
    """One image of a store: axes in array order, levels largest first.

    Args:
        path: group of the image within the store, "" for the root.
        digest: SHA-256 (hex) of the document that holds the multiscales.
    """

    path: str
    version: str
    zarr_format: int
    name: str | None
    axes: tuple[Axis, ...]
    levels: tuple[Level, ...]
    channels: tuple[Channel, ...]
    digest: str

    def pixel_size_um(self, name: str) -> float | None:
        """Size of a pixel along the named axis in micrometres; None unless scale and unit are both stated."""
        for position, axis in enumerate(self.axes):
            if axis.name == name and axis.kind in ("space", None):
                scale = self.levels[0].scale
                factor = MICROMETRES.get(axis.unit or "")
                return None if scale is None or factor is None else scale[position] * factor
        return None


class Findings(list[Finding]):
    """Findings in the order they were met."""

    def note(self, code: str, severity: Severity, path: str, value: object, message: str) -> None:
        """Add one; the value is cut to 500 characters."""
        self.append(Finding(code, severity, path, str(value)[:500], message))


def announced_images(documents: Documents) -> list[str]:
    """Groups that hold images: [""] for one at the root, else the series of a bioformats2raw collection in order.

    The series' own documents need not have been read yet; without a list in `OME/` they count up from "0".

    Raises:
        RecordRejected: a plate, a well, a labels group, a scene, an array, or no OME-Zarr at all.
    Source: OME-Zarr 0.5, sections "bioformats2raw.layout" (a plate wins) and "multiscales".
    """
    root = documents.group("")
    if root is None:
        raise RecordRejected(
            "Neither zarr.json nor .zattrs exists at the address: it is no OME-Zarr group.",
            reason="not-parsable",
        )
    ome, _, place = root
    for key, what in (("plate", "a plate (HCS)"), ("well", "a well"), ("scene", "a scene of OME-Zarr 0.6")):
        if key in ome:
            raise RecordRejected(f"{place} describes {what}; list the images below it one by one.", reason="policy")
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
    axes = _axes(multiscale, version, findings)
    levels = _levels(documents, image, multiscale, axes, version, findings)
    _check_levels(levels, axes, version, findings)
    name = multiscale.get("name")
    return Multiscale(
        path=image,
        version=version,
        zarr_format=zarr_format,
        name=name if isinstance(name, str) and name.strip() else None,
        axes=axes,
        levels=levels,
        channels=_channels(ome.get("omero"), axes, levels[0].array, findings),
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
        raise RecordRejected(f"OME-Zarr version {str(stated)[:40]!r} is not read yet; 0.1 to 0.5 are.", reason="policy")
    typed = any(isinstance(axis, dict) for axis in multiscale.get("axes") or ())
    version = "0.5" if zarr_format == 3 else "0.4" if typed else "0.3" if "axes" in multiscale else "0.1"
    findings.note(
        "version-missing",
        Severity.WARNING,
        "multiscales[0].version",
        "",
        f"No version is stated; read as {version} from its form. State it.",
    )
    return version


def _axes(multiscale: dict[str, Any], version: str, findings: Findings) -> tuple[Axis, ...]:
    given = multiscale.get("axes")
    if given is None and version in ("0.1", "0.2"):
        given = ["t", "c", "z", "y", "x"]
    if not isinstance(given, list) or not given:
        raise RecordRejected("multiscales[0].axes is missing: the dimensions have no names.", reason="schema-required")
    axes = tuple(_axis(entry, index, version, findings) for index, entry in enumerate(given))
    names = [axis.name for axis in axes]
    if len(set(names)) != len(names):
        raise RecordRejected(f"multiscales[0].axes repeats a name: {', '.join(names)}.", reason="shape-violation")
    spaces = sum(axis.kind == "space" for axis in axes)
    if not 2 <= len(axes) <= 5 or not 2 <= spaces <= 3:
        findings.note(
            "axes-count",
            Severity.WARNING,
            "multiscales[0].axes",
            ",".join(names),
            "An image has 2 to 5 axes, 2 or 3 of them of type space.",
        )
    order = [{"time": 0, "space": 2}.get(axis.kind or "", 1) for axis in axes]
    if order != sorted(order) or order.count(0) > 1 or order.count(1) > 1:
        findings.note(
            "axes-order",
            Severity.WARNING,
            "multiscales[0].axes",
            ",".join(names),
            "The order is time, then channel or one custom axis, then space.",
        )
    return axes


def _axis(entry: object, index: int, version: str, findings: Findings) -> Axis:
    path = f"multiscales[0].axes[{index}]"
    if isinstance(entry, str) and entry:
        if version in ("0.4", "0.5"):
            findings.note("axis-form", Severity.REPAIRED, path, entry, f"{version} writes an axis as an object.")
        return Axis(entry, _TYPE_BY_NAME.get(entry), None)
    if not isinstance(entry, dict) or not isinstance(entry.get("name"), str) or not entry["name"]:
        raise RecordRejected(f"{path} has no name.", reason="schema-required")
    kind, unit = entry.get("type"), entry.get("unit")
    if kind is None:
        findings.note("axis-type-missing", Severity.INFO, path, entry["name"], "State the axis type.")
    elif kind not in ("time", "channel", "space"):
        findings.note("axis-type-custom", Severity.INFO, path, kind, "A type of the file's own; kept.")
    return Axis(entry["name"], kind if isinstance(kind, str) else None, _unit(unit, kind, path, findings))


def _unit(unit: object, kind: object, path: str, findings: Findings) -> str | None:
    if unit is None or unit == "":
        if kind == "space":
            findings.note(
                "unit-missing", Severity.WARNING, path, "", "No unit: pixel sizes cannot be compared, none is kept."
            )
        return None
    if not isinstance(unit, str):
        findings.note("unit-unknown", Severity.WARNING, f"{path}.unit", unit, "A unit is a UDUNITS-2 name.")
        return None
    if unit in MICROMETRES or unit in _TIMES:
        return unit
    repaired = _UNIT_FORMS.get(unit)
    if repaired is not None:
        findings.note("unit-form", Severity.REPAIRED, f"{path}.unit", unit, f"Read as {repaired}.")
        return repaired
    findings.note("unit-unknown", Severity.WARNING, f"{path}.unit", unit, "Not a unit this node converts; kept as is.")
    return unit


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
    outer = _scale(multiscale.get("coordinateTransformations"), axes, "multiscales[0]", findings, required=False)
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
        scale = _scale(given, axes, where, findings, required=transformed)
        if scale is not None and outer is not None:
            scale = tuple(a * b for a, b in zip(scale, outer, strict=True))
        levels.append(Level(path[len(image) + 1 :] if image else path, array, scale))
    return tuple(levels)


def _scale(
    given: object, axes: tuple[Axis, ...], where: str, findings: Findings, *, required: bool
) -> tuple[float, ...] | None:
    path = f"{where}.coordinateTransformations"
    if not isinstance(given, list) or not given:
        if required:
            findings.note("scale-missing", Severity.WARNING, path, "", "A level has exactly one scale.")
        return None
    kinds = [entry.get("type") if isinstance(entry, dict) else None for entry in given]
    if kinds not in (["scale"], ["scale", "translation"]):
        findings.note(
            "transformations", Severity.WARNING, path, kinds, "One scale, then at most one translation, are defined."
        )
    if kinds.count("scale") != 1:
        return None
    values = given[kinds.index("scale")].get("scale")
    usable = (
        isinstance(values, list)
        and len(values) == len(axes)
        and all(isinstance(v, int | float) and not isinstance(v, bool) and math.isfinite(v) and v > 0 for v in values)
    )
    if not usable:
        findings.note(
            "scale-invalid", Severity.WARNING, path, values, f"A scale is {len(axes)} finite numbers above 0."
        )
        return None
    return tuple(float(v) for v in values)


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


def _channels(omero: object, axes: tuple[Axis, ...], array: ZarrArray, findings: Findings) -> tuple[Channel, ...]:
    given = omero.get("channels") if isinstance(omero, dict) else None
    if not isinstance(given, list) or not given:
        return ()
    position = next((i for i, axis in enumerate(axes) if axis.kind == "channel" or axis.name == "c"), None)
    size = 1 if position is None else array.shape[position]
    if len(given) != size:
        findings.note(
            "channel-count", Severity.WARNING, "omero.channels", len(given), f"The image has {size} channels."
        )
    return tuple(_channel(entry, i, findings) for i, entry in enumerate(given[: min(size, MAX_CHANNELS)]))


def _channel(entry: object, index: int, findings: Findings) -> Channel:
    path = f"omero.channels[{index}]"
    if not isinstance(entry, dict):
        findings.note("channel-form", Severity.WARNING, path, entry, "A channel is an object.")
        return Channel(None, None, None)
    label, color, window = entry.get("label"), entry.get("color"), entry.get("window")
    hexadecimal = re.fullmatch(r"#?([0-9A-Fa-f]{6})", color) if isinstance(color, str) else None
    if color is not None and hexadecimal is None:
        findings.note("channel-color", Severity.WARNING, f"{path}.color", color, "A colour is RRGGBB.")
    elif hexadecimal is not None and str(color).startswith("#"):
        findings.note("channel-color", Severity.REPAIRED, f"{path}.color", color, "Written without #.")
    bounds = (window.get("start"), window.get("end")) if isinstance(window, dict) else None
    shown: tuple[float, float] | None = None
    if bounds is not None and bounds != (None, None):
        low, high = bounds
        if (
            isinstance(low, int | float)
            and isinstance(high, int | float)
            and math.isfinite(low)
            and math.isfinite(high)
            and low < high
        ):
            shown = (float(low), float(high))
        else:
            findings.note("channel-window", Severity.WARNING, f"{path}.window", bounds, "start is below end.")
    return Channel(
        label.strip() if isinstance(label, str) and label.strip() else None,
        hexadecimal[1].upper() if hexadecimal else None,
        shown,
    )
