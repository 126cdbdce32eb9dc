"""The contract of metrics: each carries what people need to act on it, and its own cases come out as it says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from catalogue import resources
from catalogue.fair.cases import judge_case
from catalogue.fair.facts import is_property, query_text
from catalogue.fair.metrics.base import Case, Metric, metrics
from catalogue.fair.outcomes import Outcome
from catalogue.model.namespaces import PREFIXES, expand

METRICS = list(metrics().values())
CASES = [(metric, case) for metric in METRICS for case in metric.cases]
QUERIES = sorted(resources.queries_dir("fair").glob("*.rq"))
PREFIX = re.compile(r"PREFIX (\S+): <([^>]+)>")


@pytest.mark.parametrize(("metric", "case"), CASES, ids=[f"{m.id}: {c.name}" for m, c in CASES])
def test_case_comes_out_as_the_metric_says(metric: Metric, case: Case) -> None:
    """Each case that a metric carries has the outcome that it states."""
    judgement = judge_case(metric, case)
    assert judgement.outcome is case.expected, judgement.said


@pytest.mark.parametrize(("metric", "case"), CASES, ids=[f"{m.id}: {c.name}" for m, c in CASES])
def test_every_failure_says_what_to_add(metric: Metric, case: Case) -> None:
    """A judgement is one sentence; a failure that metadata can mend names a triple to add."""
    judgement = judge_case(metric, case)
    assert re.fullmatch(r"[A-Z0-9].{3,300}\.", judgement.said), judgement.said
    if judgement.outcome is Outcome.FAIL and metric.reads and not metric.checks:
        assert judgement.add, f"{metric.id}: {case.name}"
    if judgement.outcome is Outcome.PASS:
        assert judgement.evidence and not judgement.add, f"{metric.id}: {case.name}"


@pytest.mark.parametrize("metric", METRICS, ids=[m.id for m in METRICS])
def test_metric_states_all_that_people_need(metric: Metric) -> None:
    """A metric has cases for both outcomes, plain words, a source, and the name of its file."""
    expected = {case.expected for case in metric.cases}
    assert {Outcome.PASS, Outcome.FAIL} <= expected, expected
    if metric.checks:
        assert Outcome.INDETERMINATE in expected
    assert metric.question.endswith("?") and metric.counts.endswith(".") and metric.fix.endswith(".")
    assert not metric.title.endswith(".") and metric.source
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", metric.id)
    file = Path(__import__("catalogue.fair.metrics", fromlist=["x"]).__path__[0]) / f"{metric.id.replace('-', '_')}.py"
    assert file.exists(), file.name
    for name in metric.reads:
        assert expand(name) if is_property(name) else query_text(name)


@pytest.mark.parametrize("path", QUERIES, ids=[path.stem for path in QUERIES])
def test_fact_query_uses_the_prefix_map(path: Path) -> None:
    """A fact query says what it is, and its prefixes mean what they mean everywhere in this house."""
    text = path.read_text("utf-8")
    assert re.match(r"#\+ summary: .+\n#\+ parameters: .+\n#\+ returns: .+\n", text)
    for name, namespace in PREFIX.findall(text):
        assert PREFIXES.get(name) == namespace, name
    assert "FILTER EXISTS" not in text and "FILTER NOT EXISTS" not in text


def test_no_fact_query_is_left_over() -> None:
    """Every fact query is read by some metric."""
    read = {name for metric in METRICS for name in metric.reads} | {"values"}
    assert {path.stem for path in QUERIES} <= read
