"""How the owner of an OME-Zarr image shows it: channels and the planes shown first; pure.

Source: OME-Zarr 0.4 and 0.5, section "omero"; OMERO's own rendering settings for what it leaves open.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from catalogue.model.documents import Severity
from harvesters.ngff_axes import Axis
from harvesters.ngff_values import Findings, finite, text, whole
from harvesters.zarr_documents import ZarrArray

MAX_CHANNELS: Final = 256
_COLOR: Final = re.compile(r"#?([0-9A-Fa-f]{6})", re.ASCII)
_MODELS: Final = ("color", "greyscale")


@dataclass(frozen=True, slots=True)
class Channel:
    """How one channel was shown by its owner.

    Args:
        color: RRGGBB.
        window: pixel values shown as black and full.
        limits: smallest and largest value that a viewer offers.
        family: how values become brightness, as the file names it.
    """

    label: str | None = None
    color: str | None = None
    window: tuple[float, float] | None = None
    limits: tuple[float, float] | None = None
    active: bool | None = None
    inverted: bool | None = None
    family: str | None = None
    coefficient: float | None = None


@dataclass(frozen=True, slots=True)
class Rendering:
    """What a viewer shows first: plane, moment, `color` or `greyscale`, kind of projection."""

    default_z: int | None
    default_t: int | None
    model: str | None
    projection: str | None


def parse_channels(omero: object, axes: tuple[Axis, ...], array: ZarrArray, findings: Findings) -> tuple[Channel, ...]:
    """The channels in their order, none beyond the length of the channel axis."""
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
        return Channel()
    window = entry.get("window")
    return Channel(
        label=text(entry.get("label")),
        color=_color(entry.get("color"), path, findings),
        window=_bounds(window, "start", "end", path, findings),
        limits=_bounds(window, "min", "max", path, findings),
        active=_flag(entry, "active", path, findings),
        inverted=_flag(entry, "inverted", path, findings),
        family=text(entry.get("family")),
        coefficient=_coefficient(entry.get("coefficient"), path, findings),
    )


def _color(given: object, path: str, findings: Findings) -> str | None:
    found = _COLOR.fullmatch(given) if isinstance(given, str) else None
    if given is not None and found is None:
        findings.note("channel-color", Severity.WARNING, f"{path}.color", given, "A colour is RRGGBB.")
    elif found is not None and str(given).startswith("#"):
        findings.note("channel-color", Severity.REPAIRED, f"{path}.color", given, "Written without #.")
    return found[1].upper() if found else None


def _bounds(window: object, lower: str, upper: str, path: str, findings: Findings) -> tuple[float, float] | None:
    if not isinstance(window, dict) or (window.get(lower) is None and window.get(upper) is None):
        return None
    low, high = finite(window.get(lower)), finite(window.get(upper))
    if low is not None and high is not None and low < high:
        return low, high
    given = (window.get(lower), window.get(upper))
    findings.note("channel-window", Severity.WARNING, f"{path}.window", given, f"{lower} is below {upper}.")
    return None


def _flag(entry: dict[str, Any], key: str, path: str, findings: Findings) -> bool | None:
    value = entry.get(key)
    if value is None or isinstance(value, bool):
        return value
    findings.note("channel-setting", Severity.WARNING, f"{path}.{key}", value, "true or false is expected.")
    return None


def _coefficient(value: object, path: str, findings: Findings) -> float | None:
    found = finite(value)
    if value is not None and found is None:
        findings.note("channel-setting", Severity.WARNING, f"{path}.coefficient", value, "A number is expected.")
    return found


def parse_rendering(omero: object, findings: Findings) -> Rendering | None:
    """The planes and the model shown first, None where the file says nothing usable."""
    given = omero.get("rdefs") if isinstance(omero, dict) else None
    if not isinstance(given, dict):
        return None
    numbers = {key: whole(given.get(key)) for key in ("defaultZ", "defaultT")}
    model, projection = given.get("model"), text(given.get("projection"))
    usable = model if model in _MODELS else None
    for key, found in (*numbers.items(), ("model", usable)):
        if given.get(key) is not None and found is None:
            findings.note("rendering", Severity.WARNING, f"omero.rdefs.{key}", given[key], "Not a known setting.")
    rendering = Rendering(numbers["defaultZ"], numbers["defaultT"], usable, projection)
    return rendering if rendering != Rendering(None, None, None, None) else None
