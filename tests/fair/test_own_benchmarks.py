"""Benchmarks that operators write: what cannot be counted is refused in words, and nothing passes unseen."""

from __future__ import annotations

import pytest

from catalogue.fair.benchmark import Item, outcome_of, read_benchmark
from catalogue.fair.outcomes import Outcome, failed, not_applicable, passed
from catalogue.problems import BadRequest

TEXT = """
id = "ours"
version = "1.0"
title = "Our policy"
description = "What we ask for."
{more}

[[item]]
id = "a"
title = "A licence is stated"
metrics = ["licence-stated"]
{item}
"""


def written(more: str = "", item: str = "") -> bytes:
    return TEXT.format(more=more, item=item).encode()


@pytest.mark.parametrize(
    ("more", "item", "said"),
    [
        ('scoring = "points"', "weight = inf", "less than or equal to 1000"),
        ('scoring = "points"', "weight = nan", "weight"),
        ("title2 = " + "[" * 50_000, "", "nested too deep"),
        ("title2 = " + "1" * 5_000, "", "no TOML"),
        ('scoring = "levels"', 'principle = "R1.1"', "levels need a principle and a priority"),
        ('scoring = "levels"', 'priority = "essential"', "levels need a principle and a priority"),
        ('scoring = "levels"', 'principle = "R1.1"\npriority = "required"', "levels need a principle and a priority"),
    ],
)
def test_what_cannot_be_counted_is_refused(more: str, item: str, said: str) -> None:
    """Weights without end, nests without end, and levels that every study would reach are no benchmark."""
    with pytest.raises(BadRequest, match=said):
        read_benchmark(written(more, item), "ours.toml")


def test_levels_of_ones_own() -> None:
    """Levels with a principle and a priority for each item are taken."""
    found = read_benchmark(written('scoring = "levels"', 'principle = "R1.1"\npriority = "useful"'), "ours.toml")
    assert found.scoring == "levels"


@pytest.mark.parametrize(
    ("rule", "judgements", "outcome"),
    [
        ("all", {}, Outcome.INDETERMINATE),
        ("all", {"a": passed("")}, Outcome.INDETERMINATE),
        ("all", {"a": failed("")}, Outcome.FAIL),
        ("any", {"a": failed("")}, Outcome.INDETERMINATE),
        ("any", {"a": passed("")}, Outcome.PASS),
        ("all", {"a": passed(""), "b": not_applicable("")}, Outcome.PASS),
        ("any", {"a": failed(""), "b": not_applicable("")}, Outcome.FAIL),
        ("any", {"a": not_applicable(""), "b": not_applicable("")}, Outcome.NOT_APPLICABLE),
    ],
)
def test_metric_that_was_not_judged_is_open(rule, judgements, outcome: Outcome) -> None:
    """An audit older than a metric says nothing of it: neither a pass on what is left nor a fail."""
    assert outcome_of(Item(id="i", title="An item", metrics=("a", "b"), rule=rule), judgements) is outcome
