"""How the numbers of many studies lie: least, quartiles and most, since a mean hides those that are worst."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import quantiles

from catalogue.fair.outcomes import Outcome
from catalogue.fair.report import Report


@dataclass(frozen=True, slots=True)
class Spread:
    """Five numbers that show how others lie.

    Args:
        lower, upper: quartiles (inclusive method).
    """

    least: float
    lower: float
    median: float
    upper: float
    most: float


def spread(numbers: Iterable[float]) -> Spread | None:
    """The spread of some numbers; None where there are fewer than two."""
    found = sorted(numbers)
    if len(found) < 2:
        return None
    lower, median, upper = quantiles(found, n=4, method="inclusive")
    return Spread(found[0], lower, median, upper, found[-1])


def spreads(report: Report) -> list[tuple[str, Spread]]:
    """What is told of a report about many studies: (in words, spread)."""
    told = [("Items not met", spread(study.outcomes.count(Outcome.FAIL) for study in report.studies))]
    shares = spread(one.percent for one in report.points if one.percent is not None)
    told.append(("Points, % of those that could be earned", shares))
    return [(words, found) for words, found in told if found is not None]
