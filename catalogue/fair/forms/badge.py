"""A small picture that says how much of a benchmark is met, as SVG with its text."""

from __future__ import annotations

from typing import Final
from xml.sax.saxutils import escape

from catalogue.fair.forms.base import Addresses
from catalogue.fair.outcomes import Outcome
from catalogue.fair.report import Report

SUFFIX: Final = ".svg"
MEDIA_TYPE: Final = "image/svg+xml"
TITLE: Final = "Badge"
# Widths of characters vary; this is what DejaVu Sans of 11 px takes on average, rounded up.
_CHARACTER_PX: Final = 7
_PAD_PX: Final = 12
_SVG: Final = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="20" role="img" aria-labelledby="t">'
    '<title id="t">{title}</title>'
    '<rect width="{left}" height="20" fill="#3b4450"/><rect x="{left}" width="{right}" height="20" fill="#0a6159"/>'
    '<g fill="#fff" text-anchor="middle" font-family="DejaVu Sans,Verdana,sans-serif" font-size="11">'
    '<text x="{left_middle}" y="14">{label}</text><text x="{right_middle}" y="14">{value}</text></g></svg>\n'
)


def render(report: Report, links: Addresses) -> bytes:
    """The badge: how many of the decided tests are met, never a lone percentage."""
    total = report.total
    label = "FAIR tests met"
    value = f"{total.counts[Outcome.PASS]} of {total.decided}"
    open_ = total.counts[Outcome.INDETERMINATE]
    title = f"{report.benchmark.title}: {value} tests met" + (f", {open_} open" if open_ else "")
    left, right = (len(text) * _CHARACTER_PX + _PAD_PX for text in (label, value))
    written = _SVG.format(
        width=left + right, left=left, right=right, left_middle=left / 2, right_middle=left + right / 2,
        title=escape(title), label=label, value=value,
    )  # fmt: skip
    return written.encode("utf-8")
