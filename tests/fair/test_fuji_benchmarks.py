"""The F-UJI-like benchmarks hold all tests of F-UJI with its points."""

from __future__ import annotations

import pytest

from catalogue.fair.benchmark import Benchmark, outcomes, shipped
from catalogue.fair.metrics.base import metrics
from catalogue.fair.outcomes import Judgement, Outcome
from catalogue.fair.scoring import points

VERSIONS = ("f-uji-0.5", "f-uji-0.8")
# Tests of F-UJI that no metric here answers; each item says why.
UNANSWERED = {"FsF-F1-01D-2", "FsF-R1-01MD-4", "FsF-R1.3-01M-2", "FsF-R1.3-02D-1b"}


def _judged(benchmark: Benchmark, outcome: Outcome) -> dict[str, Judgement]:
    return {name: Judgement(outcome, "As the test wants it.") for name in benchmark.metrics}


@pytest.mark.parametrize(("name", "tests", "groups", "total"), [("f-uji-0.5", 42, 16, 24), ("f-uji-0.8", 31, 17, 26)])
def test_all_tests_of_fuji_are_there(name: str, tests: int, groups: int, total: int) -> None:
    """Tests, metrics and points are as many as in F-UJI's own files."""
    benchmark = shipped()[name]
    assert benchmark.scoring == "points"
    assert len(benchmark.item) == tests
    assert len({item.group for item in benchmark.item}) == len(benchmark.totals) == groups
    assert sum(benchmark.totals.values()) == total
    for group, most in benchmark.totals.items():
        assert sum(item.weight for item in benchmark.item if item.group == group) >= most, group


@pytest.mark.parametrize("name", VERSIONS)
def test_item_lies_under_its_metric(name: str) -> None:
    """An item's identifier, group and principle are those of one metric of F-UJI."""
    for item in shipped()[name].item:
        assert item.id.startswith(item.group + "-")
        assert item.group.split("-")[1] == item.principle


def test_what_cannot_be_answered_is_said() -> None:
    """Four tests of metrics 0.5 have no metric here, with the reason; of metrics 0.8 all have one."""
    assert {item.id for item in shipped()["f-uji-0.5"].item if not item.metrics} == UNANSWERED
    assert not [item.id for item in shipped()["f-uji-0.8"].item if not item.metrics]


@pytest.mark.parametrize("name", VERSIONS)
def test_metric_that_answers_a_test_is_asked(name: str) -> None:
    """A metric that says it answers a test of F-UJI stands in that test's item."""
    for item in shipped()[name].item:
        said = {metric.id for metric in metrics().values() if item.id in metric.answers}
        assert said <= set(item.metrics), item.id


@pytest.mark.parametrize("name", VERSIONS)
@pytest.mark.parametrize(
    ("outcome", "percent", "maturity"),
    [(Outcome.PASS, 100.0, 3.0), (Outcome.FAIL, 0.0, 0.0), (Outcome.INDETERMINATE, None, None)],
)
def test_the_ends_of_the_scale_are_reached(
    name: str, outcome: Outcome, percent: float | None, maturity: float | None
) -> None:
    """A study that passes all is at 100 % and maturity 3, one that fails all at 0; one nobody knows has no score."""
    benchmark = shipped()[name]
    found = zip(benchmark.item, outcomes(benchmark.item, _judged(benchmark, outcome)), strict=True)
    score = points(found, benchmark.totals)
    assert (score.percent, score.maturity) == (percent, maturity)
