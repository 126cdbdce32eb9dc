"""Levels of the RDA FAIR Data Maturity Model: how far each of the areas F, A, I and R has come.

Source: FAIR Data Maturity Model, specification and guidelines (2020), section on evaluation, "Measuring pass-or-fail":
level 0, not all essential indicators of the area are satisfied; 1, all essential; 2, all essential and half of the
important; 3, all essential and all important; 4, these and half of the useful; 5, all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from catalogue.fair.benchmark import Item
from catalogue.fair.outcomes import Outcome

AREAS: Final = ("F", "A", "I", "R")
HIGHEST: Final = 5


@dataclass(frozen=True, slots=True)
class Level:
    """The level of one area.

    Args:
        reached: what is satisfied for sure: an indicator that is indeterminate does not count.
        possible: the level if all that is indeterminate were satisfied; equal where everything is decided.
    """

    reached: int
    possible: int


def level(found: Iterable[tuple[str, Outcome]]) -> Level | None:
    """The level of an area; None where no indicator is applicable.

    Indicators that are not applicable are left out. Of a priority that has no indicators (left), all are satisfied: an
    area with essential indicators alone has level 5 or 0. Half of an odd number is rounded up: 1 of 1, 2 of 3.

    Args:
        found: (priority, outcome) of its indicators.
    """
    left = [(priority, outcome) for priority, outcome in found if outcome is not Outcome.NOT_APPLICABLE]
    if not left:
        return None
    sure = [(priority, outcome is Outcome.PASS) for priority, outcome in left]
    hoped = [(priority, outcome is not Outcome.FAIL) for priority, outcome in left]
    return Level(_level(sure), _level(hoped))


def levels(items: Iterable[Item], outcomes: Iterable[Outcome]) -> Mapping[str, Level | None]:
    """Area -> its level.

    Args:
        items: of the benchmark; the first letter of an item's principle names its area.
        outcomes: of one study, in the order of the items.
    """
    by_area: dict[str, list[tuple[str, Outcome]]] = {area: [] for area in AREAS}
    for item, outcome in zip(items, outcomes, strict=True):
        by_area[item.principle[:1]].append((item.priority, outcome))
    return {area: level(found) for area, found in by_area.items()}


def _level(satisfied: list[tuple[str, bool]]) -> int:
    essential, important, useful = (
        [good for priority, good in satisfied if priority == name] for name in ("essential", "important", "useful")
    )
    if not all(essential):
        return 0
    if not all(important):
        return 2 if _half(important) else 1
    if not all(useful):
        return 4 if _half(useful) else 3
    return HIGHEST


def _half(found: list[bool]) -> bool:
    return 2 * sum(found) >= len(found)
