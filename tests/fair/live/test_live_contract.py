"""The contract of live checks: each says what it asks of whom, has its metric, and is told on the page for archives."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from catalogue import resources
from catalogue.fair.live.base import HERE, Check, Seen, Target, checks, folded
from catalogue.fair.metrics.base import metrics
from catalogue.fair.outcomes import Mender, Outcome
from catalogue.fair.usage.agents import access_method

CHECKS = list(checks().values())
PAGE = (resources.docs_dir() / "live-checks.md").read_text("utf-8")


@pytest.mark.parametrize("check", CHECKS, ids=[check.name for check in CHECKS])
def test_check_states_all_that_people_need(check: Check) -> None:
    """A check has the name of its file, a sentence that says whom it asks, and days after which it asks again."""
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", check.name)
    file = Path(__import__("catalogue.fair.live", fromlist=["x"]).__path__[0]) / f"{check.name.replace('-', '_')}.py"
    assert file.exists(), file.name
    assert check.asks[0].isupper() and check.asks.endswith(".")
    assert 1 <= check.fresh_days <= 365


@pytest.mark.parametrize("check", CHECKS, ids=[check.name for check in CHECKS])
def test_check_has_its_metric(check: Check) -> None:
    """What is looked at is judged by the metric of that name; our own pages are ours to mend, and nobody else's."""
    metric = metrics()[check.name]
    assert metric.checks == (check.name,)
    asks_here = check.lane(Target("node" if check.of == "node" else "biostudies:S-BIAD1")) == HERE
    assert (metric.mender is Mender.CATALOGUE) == (
        asks_here and not check.images and check.name != "owner-page-resolves"
    )


def test_no_metric_waits_for_a_check_that_nobody_makes() -> None:
    """Every check that a metric reads exists."""
    assert {name for metric in metrics().values() for name in metric.checks} <= set(checks())


@pytest.mark.parametrize("check", CHECKS, ids=[check.name for check in CHECKS])
def test_page_for_archives_tells_each_check(check: Check) -> None:
    """Whoever finds us in a log reads what was asked, and how often."""
    assert f"| `{check.name}` | {check.asks} | {check.fresh_days:g} |" in PAGE


def test_looks_are_no_use() -> None:
    """What nodes look at of themselves and of each other does not count as use."""
    assert access_method("Ommatidia/0.1.0 (+https://archive.example/)") is None
    assert access_method("python-requests/2.32") == "machine"


def test_one_failure_decides_and_silence_is_never_one() -> None:
    """Of several images a failure decides; else one that nobody can tell leaves it open; all must pass to pass."""
    good, bad, open_one = (
        Seen(outcome, f"It {outcome.value}.") for outcome in (Outcome.PASS, Outcome.FAIL, Outcome.INDETERMINATE)
    )
    assert folded({"a": good, "b": good}).outcome is Outcome.PASS
    assert folded({"a": good, "b": open_one}).outcome is Outcome.INDETERMINATE
    seen = folded({"a": open_one, "b": good, "c": bad})
    assert seen.outcome is Outcome.FAIL and seen.said == "It fail (c)."
    assert {name: one["outcome"] for name, one in seen.more["each"].items()} == {
        "a": "indeterminate",
        "b": "pass",
        "c": "fail",
    }
    assert folded({"a": good}) is good
