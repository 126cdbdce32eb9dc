"""Benchmarks that come with this software: complete, with sources, and none that passes for nothing."""

from __future__ import annotations

from collections import Counter

import pytest

from catalogue.fair.benchmark import Benchmark, shipped
from catalogue.fair.metrics.base import metrics

FUNDERS = ("horizon-europe-2021", "nih-dms-2024", "wellcome-omp")
OURS = ("rda-fdmm-2020", "rembi-1.5", "gide-0.2", *FUNDERS)


@pytest.fixture(params=OURS)
def benchmark(request) -> Benchmark:
    """Each of the benchmarks."""
    return shipped()[request.param]


def test_file_has_the_name_of_its_benchmark() -> None:
    """Every file can be found by the identifier that reports name."""
    assert set(OURS) <= set(shipped())


def test_items_rest_on_tests_or_say_why_not(benchmark: Benchmark) -> None:
    """An item without tests says in a sentence why there are none; no item names a test twice."""
    for item in benchmark.item:
        assert bool(item.metrics) != bool(item.reason), item.id
        assert not item.reason or item.reason.endswith("."), item.id
        assert len(set(item.metrics)) == len(item.metrics), item.id
        assert item.priority, item.id


def test_only_the_model_of_rda_has_levels(benchmark: Benchmark) -> None:
    """There is no score where a benchmark defines none."""
    assert benchmark.scoring == ("levels" if benchmark.id == "rda-fdmm-2020" else "none")


def test_rda_has_all_41_indicators_with_their_priorities() -> None:
    """20 essential, 14 important, 7 useful; 7 of F, 12 of A, 12 of I, 10 of R; each about metadata or data."""
    items = shipped()["rda-fdmm-2020"].item
    assert len(items) == 41
    assert Counter(item.priority for item in items) == {"essential": 20, "important": 14, "useful": 7}
    assert Counter(item.principle[0] for item in items) == {"F": 7, "A": 12, "I": 12, "R": 10}
    assert all(item.id.startswith(f"RDA-{item.principle}-") and item.id[-1] in "MD" for item in items)


def test_metrics_that_answer_an_indicator_are_asked_for_it() -> None:
    """What a metric says that it answers is an indicator of RDA, and every indicator with tests has one of them."""
    items = {item.id: item for item in shipped()["rda-fdmm-2020"].item}
    claimed = {name: [m.id for m in metrics().values() if name in m.answers] for name in items}
    for metric in metrics().values():
        assert {name for name in metric.answers if name.startswith("RDA-")} <= set(items), metric.id
    unclaimed = [name for name, item in items.items() if item.metrics and not set(claimed[name]) & set(item.metrics)]
    assert unclaimed == []


@pytest.mark.parametrize("name", FUNDERS)
def test_every_demand_of_a_funder_names_its_clause(name: str) -> None:
    """Whoever reads a report can look up where a demand stands."""
    for item in shipped()[name].item:
        assert len(item.source) > 20, item.id


def test_metrics_answer_what_rests_on_them() -> None:
    """What a metric says that it answers of F-UJI and of RDA is each item that rests on it, and no other."""
    rests: dict[str, set[str]] = {name: set() for name in metrics()}
    for benchmark in ("f-uji-0.5", "f-uji-0.8", "rda-fdmm-2020"):
        for item in shipped()[benchmark].item:
            for name in item.metrics:
                rests[name].add(item.id)
    assert {name: set(metric.answers) for name, metric in metrics().items()} == rests
