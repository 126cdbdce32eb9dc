"""Microscopy-like pixels, computed from a seed: nuclei, filaments, embryos, rods, membranes, with blur and noise.

Everything here is invented; writing it as OME-Zarr is stores.py's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[Any]
Plane = npt.NDArray[np.float32]


def blur(volume: npt.NDArray[Any], sigma: tuple[float, ...]) -> Plane:
    """The array convolved with a Gaussian, the stand-in for a point spread function; edges wrap.

    Args:
        sigma: standard deviation per axis, in pixels.
    """
    axes = tuple(range(volume.ndim))
    spectrum = np.fft.rfftn(volume.astype(np.float32), axes=axes)
    for axis, (size, width) in enumerate(zip(volume.shape, sigma, strict=True)):
        last = axis == volume.ndim - 1
        frequency = np.fft.rfftfreq(size) if last else np.fft.fftfreq(size)
        gain = np.exp(-2.0 * (np.pi * frequency * width) ** 2)
        spectrum *= gain.reshape([-1 if a == axis else 1 for a in axes])
    blurred: Plane = np.fft.irfftn(spectrum, s=volume.shape, axes=axes).astype(np.float32)
    return blurred


def expose(signal: npt.NDArray[Any], rng: np.random.Generator, data_type: str, peak: int, offset: int) -> Pixels:
    """The signal (0 to 1) as a camera gives it: shot noise, read noise and an offset, in counts.

    Args:
        peak: counts of signal 1.
        offset: counts of signal 0.
    """
    clean = np.clip(signal, 0.0, None)
    counts = rng.poisson(clean * peak).astype(np.float32)
    counts += rng.normal(offset, max(1.0, offset * 0.06), signal.shape)
    top = np.iinfo(np.dtype(data_type)).max
    exposed: Pixels = np.clip(np.rint(counts), 0, top).astype(data_type)
    return exposed


def ellipsoids(
    shape: tuple[int, ...], centres: npt.NDArray[Any], radii: npt.NDArray[Any], brightness: npt.NDArray[Any]
) -> Plane:
    """Filled ellipsoids, brightest wins.

    Args:
        centres: (n, axes) in pixels.
        radii: (n, axes) in pixels.
        brightness: (n,), 0 to 1.
    """
    canvas = np.zeros(shape, np.float32)
    for centre, radius, level in zip(centres, radii, brightness, strict=True):
        low = np.maximum(0, np.floor(centre - radius)).astype(int)
        high = np.minimum(shape, np.ceil(centre + radius) + 1).astype(int)
        if np.any(low >= high):
            continue
        window = tuple(slice(a, b) for a, b in zip(low, high, strict=True))
        grid = np.ogrid[window]
        distance = sum(((g - c) / r) ** 2 for g, c, r in zip(grid, centre, radius, strict=True))
        patch = canvas[window]
        np.maximum(patch, np.where(distance <= 1.0, level * (1.15 - 0.3 * distance), 0.0), out=patch)
    return canvas


def nuclei(shape: tuple[int, ...], rng: np.random.Generator, count: int, radius: float) -> Plane:
    """Round, slightly uneven bodies of about `radius` pixels in y and x (flatter in z), with texture."""
    centres = rng.uniform(0, 1, (count, len(shape))) * shape
    radii = radius * rng.uniform(0.75, 1.25, (count, len(shape)))
    if len(shape) == 3:
        radii[:, 0] = np.maximum(1.0, radii[:, 0] * 0.4)
    body = ellipsoids(shape, centres, radii, rng.uniform(0.35, 1.0, count))
    grain = blur(rng.normal(0, 1, shape), tuple(1.5 for _ in shape))
    body = body * (1.0 + 0.25 * grain / max(float(grain.std()), 1e-6))
    return blur(body, (0.8, 1.4, 1.4) if len(shape) == 3 else (1.4, 1.4))


def filaments(shape: tuple[int, int], rng: np.random.Generator, count: int) -> Plane:
    """Bent fibres that wander through the plane, as microtubules or actin look."""
    canvas = np.zeros(shape, np.float32)
    steps = 2 * max(shape)
    heading = rng.uniform(0, 2 * np.pi, (count, 1)) + np.cumsum(rng.normal(0, 0.02, (count, steps)), axis=1)
    start = rng.uniform(0, 1, (count, 2)) * shape
    y = (start[:, :1] + 0.5 * np.cumsum(np.sin(heading), axis=1)).astype(int) % shape[0]
    x = (start[:, 1:] + 0.5 * np.cumsum(np.cos(heading), axis=1)).astype(int) % shape[1]
    np.add.at(canvas, (y.ravel(), x.ravel()), 1.0)
    blurred = blur(np.minimum(canvas, 3.0), (1.2, 1.2))
    return blurred / max(float(np.percentile(blurred, 99.7)), 1e-6)


def rods(shape: tuple[int, int], rng: np.random.Generator, count: int, length: float, width: float) -> Plane:
    """Straight rods with round ends, as rod-shaped bacteria look."""
    canvas = np.zeros(shape, np.float32)
    for _ in range(count):
        centre, angle = rng.uniform(0, 1, 2) * shape, rng.uniform(0, np.pi)
        half = length * rng.uniform(0.6, 1.1) / 2
        reach = int(half + width) + 2
        low = np.maximum(0, centre.astype(int) - reach)
        high = np.minimum(shape, centre.astype(int) + reach)
        grid_y, grid_x = np.ogrid[low[0] : high[0], low[1] : high[1]]
        dy, dx = grid_y - centre[0], grid_x - centre[1]
        along = np.clip(dy * np.sin(angle) + dx * np.cos(angle), -half, half)
        distance = np.hypot(dy - along * np.sin(angle), dx - along * np.cos(angle))
        patch = canvas[low[0] : high[0], low[1] : high[1]]
        np.maximum(patch, np.clip(1.0 - distance / width, 0, 1), out=patch)
    return blur(canvas, (0.8, 0.8))


def tissue(shape: tuple[int, int], rng: np.random.Generator) -> Plane:
    """A stained section seen in transmitted light: (3, y, x), red, green and blue, 0 to 1."""
    ground = blur(rng.normal(0, 1, shape), (14.0, 14.0))
    ground = (ground - ground.min()) / (np.ptp(ground) + 1e-6)
    fibres = np.clip(filaments(shape, rng, 60), 0, 1)
    bodies = np.clip(nuclei(shape, rng, shape[0] * shape[1] // 900, 5.0), 0, 1)
    eosin, stain = 0.35 * ground + 0.35 * fibres, 1.4 * bodies
    # Beer-Lambert: each dye takes its share of each colour.
    return np.stack(
        [
            np.exp(-(0.15 * eosin + 0.9 * stain)),
            np.exp(-(1.1 * eosin + 1.1 * stain)),
            np.exp(-(0.4 * eosin + 0.35 * stain)),
        ]
    ).astype(np.float32)


def tomogram(shape: tuple[int, int, int], rng: np.random.Generator) -> Plane:
    """A reconstructed volume of vesicles and particles in noise; dark membranes, mean about 0, float32."""
    count = 14
    centres = rng.uniform(0.1, 0.9, (count, 3)) * shape
    radii = rng.uniform(0.07, 0.16, (count, 1)) * shape[1] * np.array([0.6, 1.0, 1.0])
    full = ellipsoids(shape, centres, radii, np.ones(count))
    hollow = ellipsoids(shape, centres, np.maximum(radii - 3.0, 1.0), np.ones(count))
    shell = (full > 0).astype(np.float32) - (hollow > 0).astype(np.float32)
    dots = np.zeros(shape, np.float32)
    place = tuple(rng.integers(0, size, 900) for size in shape)
    dots[place] = 1.0
    signal = 1.6 * shell + 9.0 * blur(dots, (1.2, 1.4, 1.4))
    return (blur(rng.normal(0, 1.2, shape), (0.5, 0.5, 0.5)) - blur(signal, (0.7, 0.9, 0.9))).astype(np.float32)


def embryo(shape: tuple[int, int, int, int], rng: np.random.Generator, cells: int) -> Plane:
    """Nuclei of an embryo over time, dividing once: (t, z, y, x), 0 to 1."""
    times, *space = shape
    box = np.array(space)
    spread = rng.normal(0, 1, (cells, 3))
    spread /= np.linalg.norm(spread, axis=1, keepdims=True)
    home = box / 2 + spread * rng.uniform(0.25, 1.0, (cells, 1)) * box * np.array([0.34, 0.30, 0.40])
    apart = rng.normal(0, 1, (cells, 3)) * np.array([0.5, 1.0, 1.0])
    frames = []
    for time in range(times):
        progress = max(0.0, time / max(1, times - 1) - 0.3) * 9.0
        centres = np.concatenate([home + apart * progress, home - apart * progress])
        radii = np.tile(np.array([1.6, 5.0, 5.0]) * (1.0 - 0.02 * progress), (2 * cells, 1))
        body = ellipsoids(tuple(space), centres, radii, np.tile(rng.uniform(0.5, 1.0, cells), 2))
        frames.append(blur(body, (0.7, 1.3, 1.3)))
    return np.stack(frames)


def half(pixels: Pixels) -> Pixels:
    """The array at half the size in its last two axes, by averaging 2 x 2 pixels; odd edges are dropped."""
    height, width = pixels.shape[-2] // 2 * 2, pixels.shape[-1] // 2 * 2
    block = pixels[..., :height, :width].reshape(*pixels.shape[:-2], height // 2, 2, width // 2, 2)
    mean = block.mean(axis=(-3, -1), dtype=np.float32)
    whole = np.issubdtype(pixels.dtype, np.integer)
    smaller: Pixels = (np.rint(mean) if whole else mean).astype(pixels.dtype)
    return smaller


def _nuclei_plane(rng: np.random.Generator) -> Pixels:
    return expose(nuclei((1024, 1024), rng, 190, 22.0), rng, "uint8", 150, 12)


def _two_colour_cells(rng: np.random.Generator) -> Pixels:
    shape = (640, 640)
    return np.stack(
        [
            expose(nuclei(shape, rng, 60, 24.0), rng, "uint16", 900, 110),
            expose(filaments(shape, rng, 110) * 0.8, rng, "uint16", 700, 110),
        ]
    )


def _four_colour_cells(rng: np.random.Generator) -> Pixels:
    shape = (512, 512)
    dna = nuclei(shape, rng, 55, 20.0)
    layers = [dna, filaments(shape, rng, 120), blur(dna, (16.0, 16.0)) * 2.0, nuclei(shape, rng, 700, 2.2)]
    return np.stack([expose(layer, rng, "uint16", 600, 100) for layer in layers])


def _lightsheet(rng: np.random.Generator) -> Pixels:
    marked = embryo((3, 8, 224, 320), rng, 46)
    outline = np.stack([blur(frame, (1.5, 9.0, 9.0)) * 2.2 for frame in marked])
    both = np.stack([marked, outline], axis=1)
    return expose(both, rng, "uint16", 800, 100)


def _worm(rng: np.random.Generator) -> Pixels:
    return expose(embryo((6, 10, 160, 224), rng, 12), rng, "uint8", 140, 8)


def _root(rng: np.random.Generator) -> Pixels:
    shape = (6, 288, 288)
    cells = nuclei(shape, rng, 90, 13.0)
    walls = np.stack([np.abs(np.gradient(blur(plane, (5.0, 5.0)))[0]) for plane in cells])
    walls /= max(float(walls.max()), 1e-6)
    plastids = nuclei(shape, rng, 600, 2.6)
    return np.stack([expose(layer, rng, "uint16", 700, 90) for layer in (cells, walls, plastids)])


def _section(rng: np.random.Generator) -> Pixels:
    return np.clip(tissue((1024, 1024), rng) * 235 + rng.normal(0, 2.0, (3, 1024, 1024)), 0, 255).astype(np.uint8)


def _tomogram(rng: np.random.Generator) -> Pixels:
    return tomogram((32, 192, 192), rng)


def _yeast(rng: np.random.Generator) -> Pixels:
    shape = (512, 672)
    cells = nuclei(shape, rng, 170, 15.0)
    foci = nuclei(shape, rng, 70, 2.4)
    return np.stack([expose(cells * 0.5, rng, "uint16", 500, 100), expose(foci, rng, "uint16", 900, 100)])


def _bacteria(rng: np.random.Generator) -> Pixels:
    field = 0.55 - 0.4 * rods((640, 640), rng, 260, 34.0, 7.0)
    return expose(field + 0.05 * blur(rng.normal(0, 1, (640, 640)), (6.0, 6.0)), rng, "uint16", 1500, 100)


def _stack(rng: np.random.Generator) -> Pixels:
    return expose(nuclei((12, 320, 320), rng, 120, 17.0), rng, "uint16", 600, 100)


def _mitosis(rng: np.random.Generator) -> Pixels:
    movie = embryo((8, 3, 288, 288), rng, 14)
    return expose(movie.max(axis=1), rng, "uint16", 700, 100)


def _parasites(rng: np.random.Generator) -> Pixels:
    shape = (4, 320, 320)
    red = nuclei(shape, rng, 60, 26.0) * 0.4
    return np.stack([expose(red, rng, "uint16", 500, 90), expose(nuclei(shape, rng, 90, 4.0), rng, "uint16", 800, 90)])


# name -> computation of the full-resolution pixels from a generator; axes are stated where the image is listed.
SCENES: Final[dict[str, Callable[[np.random.Generator], Pixels]]] = {
    "nuclei": _nuclei_plane,
    "two-colour-cells": _two_colour_cells,
    "four-colour-cells": _four_colour_cells,
    "lightsheet-embryo": _lightsheet,
    "worm-embryo": _worm,
    "root": _root,
    "stained-section": _section,
    "tomogram": _tomogram,
    "yeast-foci": _yeast,
    "bacteria": _bacteria,
    "nuclei-stack": _stack,
    "mitosis": _mitosis,
    "parasites": _parasites,
}


def compute(scene: str, seed: int) -> Pixels:
    """Full-resolution pixels of a scene; equal seeds give equal arrays."""
    return SCENES[scene](np.random.default_rng(seed))
