"""Axes of an OME-Zarr image with their units, in every form that writers use; pure.

Source: OME-Zarr 0.4 and 0.5, section "axes"; 0.3 names axes without types, 0.1 and 0.2 mean t, c, z, y, x.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from catalogue.model.documents import Severity
from catalogue.problems import RecordRejected
from harvesters.ngff_values import Findings, text

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
SECONDS: Final = {
    "nanosecond": 1e-9,
    "microsecond": 1e-6,
    "millisecond": 1e-3,
    "second": 1.0,
    "minute": 60.0,
    "hour": 3_600.0,
    "day": 86_400.0,
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
_TYPE_BY_NAME: Final = {"t": "time", "c": "channel", "z": "space", "y": "space", "x": "space"}


@dataclass(frozen=True, slots=True)
class Axis:
    """One dimension.

    Args:
        kind: time, channel, space or what the file says.
        long_name: what people call it, where the file says so.
        discrete: whether positions between two samples have no meaning, where the file says so.
    """

    name: str
    kind: str | None
    unit: str | None
    long_name: str | None = None
    discrete: bool | None = None


def parse_axes(multiscale: dict[str, Any], version: str, findings: Findings) -> tuple[Axis, ...]:
    """The axes in the order of the array.

    Raises:
        RecordRejected: an axis has no name, or two have the same.
    """
    given = multiscale.get("axes")
    if given is None and version in ("0.1", "0.2"):
        given = ["t", "c", "z", "y", "x"]
    if not isinstance(given, list) or not given:
        raise RecordRejected("multiscales[0].axes is missing: the dimensions have no names.", reason="schema-required")
    axes = tuple(_axis(entry, index, version, findings) for index, entry in enumerate(given))
    names = [axis.name for axis in axes]
    if len(set(names)) != len(names):
        raise RecordRejected(f"multiscales[0].axes repeats a name: {', '.join(names)}.", reason="shape-violation")
    _check_order(axes, ",".join(names), findings)
    return axes


def _check_order(axes: tuple[Axis, ...], names: str, findings: Findings) -> None:
    spaces = sum(axis.kind == "space" for axis in axes)
    if not 2 <= len(axes) <= 5 or not 2 <= spaces <= 3:
        findings.note(
            "axes-count",
            Severity.WARNING,
            "multiscales[0].axes",
            names,
            "An image has 2 to 5 axes, 2 or 3 of them of type space.",
        )
    order = [{"time": 0, "space": 2}.get(axis.kind or "", 1) for axis in axes]
    if order != sorted(order) or order.count(0) > 1 or order.count(1) > 1:
        findings.note(
            "axes-order",
            Severity.WARNING,
            "multiscales[0].axes",
            names,
            "The order is time, then channel or one custom axis, then space.",
        )


def _axis(entry: object, index: int, version: str, findings: Findings) -> Axis:
    path = f"multiscales[0].axes[{index}]"
    if (bare := text(entry)) is not None:
        if version in ("0.4", "0.5"):
            findings.note("axis-form", Severity.REPAIRED, path, bare, f"{version} writes an axis as an object.")
        return Axis(bare, _TYPE_BY_NAME.get(bare), None)
    name = text(entry.get("name")) if isinstance(entry, dict) else None
    if not isinstance(entry, dict) or name is None:
        raise RecordRejected(f"{path} has no name.", reason="schema-required")
    kind, unit, discrete = entry.get("type"), entry.get("unit"), entry.get("discrete")
    if kind is None:
        findings.note("axis-type-missing", Severity.INFO, path, name, "State the axis type.")
    elif kind not in ("time", "channel", "space"):
        findings.note("axis-type-custom", Severity.INFO, path, kind, "A type of the file's own; kept in the store.")
    return Axis(
        name,
        kind if isinstance(kind, str) else None,
        _unit(unit, kind, path, findings),
        text(entry.get("longName")),
        discrete if isinstance(discrete, bool) else None,
    )


def _unit(unit: object, kind: object, path: str, findings: Findings) -> str | None:
    if unit is None or unit == "":
        if kind == "space":
            findings.note(
                "unit-missing", Severity.WARNING, path, "", "No unit: pixel sizes cannot be compared, none is kept."
            )
        return None
    given = text(unit)
    if given is None:
        findings.note("unit-unknown", Severity.WARNING, f"{path}.unit", unit, "A unit is a UDUNITS-2 name.")
        return None
    if given in MICROMETRES or given in SECONDS:
        return given
    repaired = _UNIT_FORMS.get(given)
    if repaired is not None:
        findings.note("unit-form", Severity.REPAIRED, f"{path}.unit", given, f"Read as {repaired}.")
        return repaired
    findings.note("unit-unknown", Severity.WARNING, f"{path}.unit", given, "Not a unit this node converts; kept as is.")
    return given
