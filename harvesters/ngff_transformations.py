"""Coordinate transformations of an OME-Zarr image and its levels, and the scale they state; pure.

Source: OME-Zarr 0.4 and 0.5, section "coordinateTransformations": one scale, then at most one translation; those of
the whole pyramid come after those of the level. Kinds that 0.6 adds are not read as if they were these.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from catalogue.model.documents import Severity
from harvesters.ngff_axes import Axis
from harvesters.ngff_values import Findings, finite, json_text, text

KINDS: Final = ("identity", "scale", "translation")
MAX_TRANSFORMATIONS: Final = 8


@dataclass(frozen=True, slots=True)
class Transformation:
    """One step from array positions to physical positions.

    Args:
        index: its place in the list of the file.
        kind: identity, scale or translation.
        parameters: the numbers as the file's JSON, one for each axis.
        path: array in the store that holds the numbers instead.
    """

    index: int
    kind: str
    parameters: str | None
    path: str | None


def parse_transformations(
    given: object, axes: tuple[Axis, ...], where: str, findings: Findings
) -> tuple[Transformation, ...]:
    """The transformations that can be told, in their order; what cannot is a finding."""
    if not isinstance(given, list):
        return ()
    found: list[Transformation] = []
    for index, entry in enumerate(given[:MAX_TRANSFORMATIONS]):
        step = _transformation(index, entry, len(axes))
        if step is None:
            findings.note(
                "transformation-form",
                Severity.WARNING,
                f"{where}.coordinateTransformations[{index}]",
                entry,
                f"A scale or translation has {len(axes)} numbers or a path; left out.",
            )
        else:
            found.append(step)
    return tuple(found)


def _transformation(index: int, entry: object, length: int) -> Transformation | None:
    if not isinstance(entry, dict) or entry.get("type") not in KINDS:
        return None
    kind = entry["type"]
    values = entry.get(kind)
    usable = isinstance(values, list) and len(values) == length and all(finite(v) is not None for v in values)
    parameters = json_text(values) if usable else None
    path = text(entry.get("path"))
    if kind != "identity" and parameters is None and path is None:
        return None
    return Transformation(index, kind, parameters, path)


def parse_scale(
    given: object, axes: tuple[Axis, ...], where: str, findings: Findings, *, required: bool
) -> tuple[float, ...] | None:
    """Length of a step along each axis, None where it is not stated for certain.

    Args:
        required: whether the version asks for one here.
    """
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
    numbers = [finite(value) for value in values] if isinstance(values, list) and len(values) == len(axes) else []
    scale = steps([number for number in numbers if number is not None])
    if scale is None or len(scale) != len(axes):
        findings.note(
            "scale-invalid", Severity.WARNING, path, values, f"A scale is {len(axes)} finite numbers above 0."
        )
        return None
    return scale


def steps(lengths: Iterable[float]) -> tuple[float, ...] | None:
    """The lengths, None unless each is finite and above 0: products of extreme numbers are not."""
    found = tuple(lengths)
    return found if all(0 < length < math.inf for length in found) else None
