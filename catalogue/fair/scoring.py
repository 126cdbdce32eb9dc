"""Scores of benchmarks that define one; pure arithmetic over items and their outcomes.

Source: F-UJI 3.5.1, controllers/fair_check.py, get_assessment_summary, and evaluators/fair_evaluator.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from catalogue.fair.outcomes import Outcome

if TYPE_CHECKING:
    from catalogue.fair.benchmark import Item

LETTERS: Final = ("F", "A", "I", "R")
_DECIDED: Final = (Outcome.PASS, Outcome.FAIL)


@dataclass(frozen=True, slots=True)
class GroupPoints:
    """Points of one metric of the scheme, whose tests are the items of a group.

    Args:
        earned, total: points; 0 of 0 where its decided tests carry none.
        maturity: highest of its passed tests, 0 to 3.
        passed: whether any of its tests passed.
    """

    group: str
    letter: str
    earned: float
    total: float
    maturity: int
    passed: bool


@dataclass(frozen=True, slots=True)
class LetterPoints:
    """Points of the metrics of one letter of FAIR.

    Args:
        percent: earned of total, two decimals; None where there is nothing to earn.
        maturity: mean of its metrics as a whole number.
    """

    letter: str
    earned: float
    total: float
    percent: float | None
    maturity: int
    passed: int
    groups: int


@dataclass(frozen=True, slots=True)
class Points:
    """Points of a study in a benchmark.

    Args:
        groups: in the order in which the benchmark names them; those without a decided test are left out.
        letters: in the order of LETTERS; those without a group are left out.
        percent: earned of total, two decimals; None where there is nothing to earn.
        maturity: mean of the letters' maturities, two decimals; None where no letter is left.
        indeterminate, not_applicable: tests that were left out of earned and total.
    """

    groups: tuple[GroupPoints, ...]
    letters: tuple[LetterPoints, ...]
    earned: float
    total: float
    percent: float | None
    maturity: float | None
    indeterminate: int
    not_applicable: int


def points(found: Iterable[tuple[Item, Outcome]], totals: Mapping[str, float]) -> Points:
    """The points of a study, counted as F-UJI does.

    A passed test earns its weight. A metric of F-UJI (a group of tests) earns the sum, at most its total: that covers
    both its `cumulative` and its `alternative` metrics, whose tests each carry the whole total. Its maturity is the
    highest of its passed tests, tests without points included. Percent is all points earned of all totals. The
    maturity of a letter is the mean of its metrics, rounded half to even, and 1 where it lies between 0 and 1; that of
    the whole is the mean of the letters, with the same exception, to two decimals.

    F-UJI knows pass and fail only. Here a test that is indeterminate or not applicable leaves both sides: the total of
    its metric is what the other tests can earn, at most the metric's own total. A metric of which no test is decided
    counts nowhere, and so does a letter without metrics, where F-UJI divides by four.

    Args:
        found: items with their outcomes; items without a group are a group of their own.
        totals: group -> the most points that it can earn; without one, the sum of its weights.
    """
    pairs = list(found)
    by_group: dict[str, list[tuple[Item, Outcome]]] = {}
    for item, outcome in pairs:
        if outcome in _DECIDED:
            by_group.setdefault(item.group or item.id, []).append((item, outcome))
    groups = tuple(_group(name, tests, totals.get(name)) for name, tests in by_group.items())
    letters = tuple(_letter(letter, of) for letter in LETTERS if (of := [g for g in groups if g.letter == letter]))
    earned, total = sum(group.earned for group in groups), sum(group.total for group in groups)
    return Points(
        groups,
        letters,
        earned,
        total,
        _percent(earned, total),
        _maturity(letters),
        sum(outcome is Outcome.INDETERMINATE for _, outcome in pairs),
        sum(outcome is Outcome.NOT_APPLICABLE for _, outcome in pairs),
    )


def _group(name: str, tests: Sequence[tuple[Item, Outcome]], most: float | None) -> GroupPoints:
    passed = [item for item, outcome in tests if outcome is Outcome.PASS]
    total = sum(item.weight for item, _ in tests)
    cap = total if most is None else min(total, most)
    return GroupPoints(
        name,
        tests[0][0].principle[:1],
        min(sum(item.weight for item in passed), cap),
        cap,
        max((item.maturity for item in passed), default=0),
        bool(passed),
    )


def _letter(letter: str, groups: Sequence[GroupPoints]) -> LetterPoints:
    earned, total = sum(group.earned for group in groups), sum(group.total for group in groups)
    mean = sum(group.maturity for group in groups) / len(groups)
    return LetterPoints(
        letter,
        earned,
        total,
        _percent(earned, total),
        1 if 0 < mean < 1 else round(mean),
        sum(group.passed for group in groups),
        len(groups),
    )


def _percent(earned: float, total: float) -> float | None:
    return round(earned / total * 100, 2) if total else None


def _maturity(letters: Sequence[LetterPoints]) -> float | None:
    if not letters:
        return None
    mean = sum(letter.maturity for letter in letters) / len(letters)
    return 1.0 if 0 < mean < 1 else round(mean, 2)
