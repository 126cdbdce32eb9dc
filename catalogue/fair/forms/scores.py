"""What a benchmark itself scores, as tables of text that every form for people shows alike: levels, points."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from catalogue.fair.levels import HIGHEST
from catalogue.fair.report import Report
from catalogue.fair.scoring import Points

_AREAS: Final = {"F": "findable", "A": "accessible", "I": "interoperable", "R": "reusable"}
_NOTHING: Final = "–"


@dataclass(frozen=True, slots=True)
class ScoreTable:
    """A table whose first column names what the others count.

    Args:
        note: a sentence below it.
    """

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str


def score_tables(report: Report, most: int) -> list[ScoreTable]:
    """Tables of what the benchmark scores; none for one that defines no score.

    Args:
        most: studies whose points are told, in the order of the report.
    """
    found = []
    if report.levels:
        head = ("Area", "How sure", *(f"Level {level}" for level in range(HIGHEST + 1)))
        found.append(ScoreTable("Levels, as the benchmark defines them", head, tuple(_levels(report)), _OF_LEVELS))
    if report.points:
        head = ("Study", "Points", "Of", "Share", "Maturity", "Open", "N. a.")
        rows = tuple(
            (study.curie, *_points(points))
            for study, points in zip(report.studies[:most], report.points[:most], strict=True)
        )
        found.append(ScoreTable("Points, as the benchmark defines them", head, rows, _OF_POINTS))
    return found


_OF_LEVELS: Final = "Numbers of studies."
_OF_POINTS: Final = "What is open and what does not apply is left out of both sides."


def _levels(report: Report) -> Iterator[tuple[str, ...]]:
    for area, counts in report.levels.items():
        name = f"{area}, {_AREAS[area]}"
        yield (name, "reached", *map(str, counts.reached))
        if counts.possible != counts.reached:
            yield (name, "if all that is open were met", *map(str, counts.possible))


def _points(points: Points) -> tuple[str, ...]:
    share = _NOTHING if points.percent is None else f"{points.percent} %"
    maturity = _NOTHING if points.maturity is None else str(points.maturity)
    left_out = (str(points.indeterminate), str(points.not_applicable))
    return (str(points.earned), str(points.total), share, maturity, *left_out)
