"""Plans and renders previews: which level, which planes, which window, blended to one small picture.

Rules: images.md section 7. Planning reads the record only; rendering runs in the preview worker.
"""

from __future__ import annotations

import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from catalogue.problems import NoPreview

MAX_CHANNELS: Final = 4
# Where the owner gives no colours: the usual order of microscopes.
_COLORS: Final = ("00FF00", "FF00FF", "00FFFF", "FFFF00")
_PERCENTILES: Final = (1.0, 99.8)
_QUALITY: Final = 80

Window = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Plan:
    """What to read and how to show it.

    Args:
        level: path of the level's array below the multiscales group; `coarsest` is the smallest level's.
        planes: per shown channel, the index on each axis, None on y and x.
        transposed: True when x comes before y in the array.
        windows: per channel, values shown as black and full; None asks for percentiles of the smallest level.
    """

    level: str
    coarsest: str
    planes: tuple[tuple[int | None, ...], ...]
    transposed: bool
    colors: tuple[str, ...]
    windows: tuple[Window | None, ...]
    px: int

    def document(self) -> dict[str, Any]:
        """As JSON for the worker."""
        return asdict(self)

    @classmethod
    def load(cls, document: Mapping[str, Any]) -> Plan:
        """Back from JSON."""
        return cls(
            document["level"],
            document["coarsest"],
            tuple(tuple(plane) for plane in document["planes"]),
            document["transposed"],
            tuple(document["colors"]),
            tuple(None if window is None else (window[0], window[1]) for window in document["windows"]),
            document["px"],
        )


def plan_preview(representation: Mapping[str, Any], defaults: Mapping[str, int], px: int, max_bytes: int) -> Plan:
    """The smallest level whose longer edge reaches `px`, its middle planes, at most four channels.

    A level whose chunks would decode to more than `max_bytes` gives way to the next smaller one.

    Args:
        defaults: plane of z and t that the owner shows (omero rdefs), where known.
    Raises:
        NoPreview: there are no y and x axes, or even the smallest level is too large.
    """
    names = [axis["name"] for axis in representation["axes"]]
    if "x" not in names or "y" not in names:
        raise NoPreview(f"The image has the axes {','.join(names)}; a preview needs y and x.")
    y, x = names.index("y"), names.index("x")
    channel = next(
        (
            i
            for i, axis in enumerate(representation["axes"])
            if axis.get("axis_type") == "channel" or axis["name"] == "c"
        ),
        None,
    )
    levels = representation["levels"]
    sizes = [_numbers(level["shape"]) for level in levels]
    fitting = [i for i, size in enumerate(sizes) if max(size[y], size[x]) >= px]
    chosen = fitting[-1] if fitting else 0
    item = np.dtype(representation["data_type"]).itemsize
    shown = 1 if channel is None else min(MAX_CHANNELS, sizes[0][channel])
    while _cost(sizes[chosen], _numbers(levels[chosen]["chunks"]), y, x, channel, shown) * item > max_bytes:
        chosen += 1
        if chosen == len(levels):
            raise NoPreview(
                f"No preview: the smallest level ({levels[-1]['shape']}) decodes to more than {max_bytes} bytes; "
                "the image needs a deeper pyramid or smaller chunks."
            )
    planes = tuple(
        tuple(
            None
            if axis in (y, x)
            else number
            if axis == channel
            else _plane(names[axis], sizes[chosen][axis], sizes[0][axis], defaults)
            for axis in range(len(names))
        )
        for number in range(shown)
    )
    listed = {c["index"]: c for c in representation.get("channels", ())}
    return Plan(
        level=levels[chosen]["path"],
        coarsest=levels[-1]["path"],
        planes=planes,
        transposed=x < y,
        colors=tuple(listed.get(i, {}).get("color") or _COLORS[i] for i in range(shown)),
        windows=tuple(_window(listed.get(i, {})) for i in range(shown)),
        px=px,
    )


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(n) for n in text.split(","))


def _plane(name: str, size: int, full: int, defaults: Mapping[str, int]) -> int:
    """The owner's plane where it is given, else the middle; scaled where the level has fewer planes."""
    wanted = defaults.get(name, full // 2)
    return min(size - 1, max(0, wanted * size // full))


def _window(channel: Mapping[str, Any]) -> Window | None:
    if "window_start" in channel and "window_end" in channel:
        return float(channel["window_start"]), float(channel["window_end"])
    return None


def _cost(shape: Sequence[int], chunks: Sequence[int], y: int, x: int, channel: int | None, shown: int) -> int:
    """Values that decoding the planes of one level gives: whole chunks, whatever is shown of them."""
    total = 1
    for axis, (size, chunk) in enumerate(zip(shape, chunks, strict=True)):
        wanted = size if axis in (y, x) else shown if axis == channel else 1
        total *= math.ceil(wanted / chunk) * chunk
    return total


def read_planes(array: Any, plan: Plan) -> list[npt.NDArray[Any]]:
    """The planes of one level as (y, x) arrays, in the order of the shown channels.

    Args:
        array: zarr array of any level; plane numbers beyond its size are cut.
    """
    planes = []
    for plane in plan.planes:
        index = tuple(
            slice(None) if number is None else min(number, size - 1)
            for number, size in zip(plane, array.shape, strict=True)
        )
        pixels = np.asarray(array[index])
        planes.append(pixels.T if plan.transposed else pixels)
    return planes


def measure_windows(planes: Sequence[npt.NDArray[Any]]) -> list[Window]:
    """1 to 99.8 percentile of each plane, the fallback where the owner states no window."""
    windows = []
    for plane in planes:
        values = _real(plane)
        values = values[np.isfinite(values)]
        low, high = (float(v) for v in np.percentile(values, _PERCENTILES)) if values.size else (0.0, 1.0)
        windows.append((low, high if high > low else low + 1.0))
    return windows


def blend(planes: Sequence[npt.NDArray[Any]], plan: Plan, windows: Sequence[Window]) -> npt.NDArray[np.uint8]:
    """The planes as one picture: grey for one channel, else colours added up.

    Returns:
        uint8 array, axes (y, x) for one channel, (y, x, rgb) for several.
    """
    scaled = []
    for plane, (low, high) in zip(planes, windows, strict=True):
        values = np.nan_to_num(_real(plane).astype(np.float32), nan=low, posinf=high, neginf=low)
        scaled.append(np.clip((values - low) / (high - low), 0.0, 1.0))
    if len(scaled) == 1:
        grey: npt.NDArray[np.uint8] = np.rint(scaled[0] * 255).astype(np.uint8)
        return grey
    mixed = np.zeros((*scaled[0].shape, 3), np.float32)
    for layer, color in zip(scaled, plan.colors, strict=True):
        rgb = np.array([int(color[i : i + 2], 16) for i in (0, 2, 4)], np.float32)
        mixed += layer[..., None] * rgb
    picture: npt.NDArray[np.uint8] = np.rint(np.clip(mixed, 0, 255)).astype(np.uint8)
    return picture


def _real(plane: npt.NDArray[Any]) -> npt.NDArray[Any]:
    return np.abs(plane) if np.iscomplexobj(plane) else plane


def encode(picture: npt.NDArray[np.uint8], px: int) -> tuple[bytes, str]:
    """The picture, its longer edge at most `px`, as WebP where Pillow can write it, else PNG; with its media type."""
    from PIL import Image, features

    image = Image.fromarray(picture)
    image.thumbnail((px, px), Image.Resampling.LANCZOS, reducing_gap=3.0)
    stream = io.BytesIO()
    if features.check("webp"):
        image.convert("RGB").save(stream, "WEBP", quality=_QUALITY, method=4)
        return stream.getvalue(), "image/webp"
    image.save(stream, "PNG", optimize=True)
    return stream.getvalue(), "image/png"
