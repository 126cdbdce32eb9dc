from __future__ import annotations

import re
from pathlib import Path

import pytest

CSS = (Path(__file__).resolve().parents[2] / "catalogue/web/static/site.css").read_text("utf-8")
TEXT_PAIRS = [
    ("ink", "ground"),
    ("ink", "surface"),
    ("ink", "raised"),
    ("muted", "ground"),
    ("muted", "surface"),
    ("muted", "raised"),
    ("accent", "ground"),
    ("accent", "surface"),
    ("accent", "raised"),
    ("accent-ink", "accent"),
    ("ink", "warn-ground"),
    ("warn", "warn-ground"),
    ("accent", "warn-ground"),
    ("warn", "surface"),
]
PART_PAIRS = [
    ("focus", "ground"),
    ("focus", "surface"),
    ("muted", "surface"),
    ("muted", "ground"),
    ("warn", "ground"),
    ("warn", "surface"),
    ("accent", "ground"),
    ("accent", "surface"),
]


def palettes() -> dict[str, dict[str, str]]:
    """Colours by name, for light and dark."""
    light, dark = (
        re.search(pattern, CSS, re.DOTALL) for pattern in (r":root \{(.*?)\}", r"dark\) \{\s*:root \{(.*?)\}")
    )
    assert light and dark
    read = [dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block[1])) for block in (light, dark)]
    return {"light": read[0], "dark": read[0] | read[1]}


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def ratio(one: str, other: str) -> float:
    """Contrast ratio (WCAG 2.2)."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("palette", ["light", "dark"])
@pytest.mark.parametrize(("front", "back"), TEXT_PAIRS)
def test_text_is_readable(palette: str, front: str, back: str) -> None:
    """Every text colour on every ground it stands on has the 4.5 : 1 of WCAG AA (1.4.3)."""
    colours = palettes()[palette]
    assert ratio(colours[front], colours[back]) >= 4.5


@pytest.mark.parametrize("palette", ["light", "dark"])
@pytest.mark.parametrize(("front", "back"), PART_PAIRS)
def test_focus_and_field_edges_are_visible(palette: str, front: str, back: str) -> None:
    """Focus rings and edges of fields have the 3 : 1 of WCAG AA (1.4.11)."""
    colours = palettes()[palette]
    assert ratio(colours[front], colours[back]) >= 3


def test_style_sheet_loads_nothing_from_elsewhere() -> None:
    """No import, no address of another host."""
    assert "@import" not in CSS and "url(" not in CSS and "http" not in CSS
