"""Levels of the RDA model, against levels that were worked out by hand."""

from __future__ import annotations

import pytest

from catalogue.fair.benchmark import Item
from catalogue.fair.levels import Level, level, levels
from catalogue.fair.outcomes import Outcome

P, F, U, N = Outcome.PASS, Outcome.FAIL, Outcome.INDETERMINATE, Outcome.NOT_APPLICABLE


def of(essential: str, important: str = "", useful: str = "") -> list[tuple[str, Outcome]]:
    """Indicators from letters: P, F, U (undecided), N for their outcomes."""
    known = {"P": P, "F": F, "U": U, "N": N}
    groups = (("essential", essential), ("important", important), ("useful", useful))
    return [(priority, known[letter]) for priority, letters in groups for letter in letters]


@pytest.mark.parametrize(
    ("found", "reached"),
    [
        (of("FF", "P", "P"), 0),
        (of("PF", "PP", "PP"), 0),
        (of("PP", "FFF", "PP"), 1),
        (of("PP", "PFF", "FF"), 1),
        (of("PP", "PPF", "FF"), 2),
        (of("PP", "PF", "FF"), 2),
        (of("PP", "PP", "FFF"), 3),
        (of("PP", "PP", "PFF"), 3),
        (of("PP", "PP", "PPF"), 4),
        (of("PP", "PP", "PF"), 4),
        (of("PP", "PP", "PP"), 5),
        (of("PPP"), 5),
        (of("", "PP", "F"), 3),
        (of("", "FF", "P"), 1),
        (of("PN", "PN", "NP"), 5),
    ],
)
def test_level_is_the_one_worked_out_by_hand(found: list[tuple[str, Outcome]], reached: int) -> None:
    """Where all is decided, the level is that of the model's table, and nothing more is possible."""
    assert level(found) == Level(reached, reached)


def test_what_is_not_decided_counts_for_the_possible_level_only() -> None:
    """A time-out lowers no level for good: the level that may come out is told beside the one that is sure."""
    assert level(of("PU", "PP")) == Level(0, 5)
    assert level(of("PP", "PU", "F")) == Level(2, 3)
    assert level(of("PF", "UU")) == Level(0, 0)


def test_area_without_applicable_indicators_has_no_level() -> None:
    """Nothing to judge is no level, rather than the highest."""
    assert level(of("NN", "N")) is None
    assert level([]) is None


def test_areas_are_told_apart_by_their_principle() -> None:
    """Items of each area make its level and no other's."""
    items = [
        Item(id=f"RDA-{principle}", title="An item", principle=principle, priority=priority, reason="-")
        for principle, priority in (("F1", "essential"), ("A1.1", "essential"), ("A1.2", "useful"), ("I3", "important"))
    ]
    found = levels(items, (P, P, F, U))
    assert found == {"F": Level(5, 5), "A": Level(3, 3), "I": Level(1, 5), "R": None}
