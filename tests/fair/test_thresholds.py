"""Thresholds of policies: what they are held against, and what is said of those that are not met."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.fair.benchmark import Benchmark, Item
from catalogue.fair.outcomes import Outcome
from catalogue.fair.report import Report, make_report
from catalogue.fair.scopes import Scope, federation_scope
from catalogue.fair.thresholds import Threshold, read_thresholds, shortfalls
from catalogue.problems import BadRequest
from tests.fair.conftest import audit_of, study

BENCHMARK = Benchmark(
    id="policy-1",
    version="1.0",
    title="A policy",
    description="Licence, authors, resolving.",
    item=(
        Item(id="P-licence", title="A standard licence", principle="R1.1", metrics=("licence-standard",)),
        Item(id="P-authors", title="Known authors", principle="F1", metrics=("authors-identified",)),
        Item(id="P-resolves", title="The identifier resolves", principle="A1", metrics=("identifier-resolves",)),
    ),
)


def report_of(licences: list[bool]) -> Report:
    """A report over studies without authors, with a standard licence or another."""
    own = "https://archive.example/terms"
    audit = audit_of(*(study(n, **({} if free else {"license": own})) for n, free in enumerate(licences, 1)))
    return make_report(audit, federation_scope(audit, "a test"), BENCHMARK)


def said(licences: list[bool], text: str) -> list[str]:
    return [one.said for one in shortfalls(report_of(licences), read_thresholds(text))]


def test_a_threshold_that_is_met_says_nothing() -> None:
    """Letters, principles, items in any case and a bare number are held against what the report counts."""
    assert said([True, True, False, True], "r=75, R1.1=75,p-LICENCE=75.0") == []
    assert said([True, True, False, True], "75") == []


def test_a_shortfall_says_which_and_by_how_much() -> None:
    """The sentence names the key as it was written, the share, what was asked and how many more must pass."""
    (one,) = said([True, False, False], "r1.1=100")
    assert one == "r1.1: 1 of 3 decided answers pass, 33.3 %; 100 % is asked, so 2 more must pass."
    (one,) = said([True, True, False], "66.7")
    assert one == "all: 2 of 3 decided answers pass, 66.6 %; 66.7 % is asked, so 1 more must pass."


def test_nothing_decided_is_not_met() -> None:
    """Where no answer is decided, or no study is there, nothing shows that the policy is kept, whatever is asked."""
    (one,) = said([True, True], "a1=0")
    assert one == "a1: 0 % is asked, but nothing could be decided (2 open, 0 not applicable)."
    (one,) = said([True, True], "p-authors=50")
    assert one == "p-authors: 50 % is asked, but nothing could be decided (0 open, 2 not applicable)."
    audit = audit_of(study(1))
    nobody = Scope("member", "idr", "IDR", (), "/fair/members/idr")
    (missed,) = shortfalls(make_report(audit, nobody, BENCHMARK), [Threshold("all", Decimal(10))])
    assert missed.said == "all: 10 % is asked, but there is no study."


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("f9=100", "F9"),
        ("licence=90", "Did you mean p-licence?"),
        ("i=90", "'i', which is no letter"),
        ("f1=101", "cannot read 'f1=101'"),
        ("f1", "cannot read 'f1'"),
        ("f1=", "cannot read"),
        ("=5", "cannot read"),
        ("f1=-5", "cannot read"),
        ("f1=5,F1=6", "'F1' twice"),
        ("80,90", "twice"),
        ("nan", "cannot read"),
        ("f1=٩٠", "cannot read"),
        ("f1=90;a1=3", "cannot read"),
    ],
)
def test_what_cannot_be_meant_is_a_usage_error(text: str, hint: str) -> None:
    """A key that the benchmark has not, a number that is no percent and a key given twice are refused, with a hint."""
    with pytest.raises(BadRequest, match=hint.replace("?", r"\?") if hint != "F9" else "'f9'"):
        shortfalls(report_of([True]), read_thresholds(text))


@given(st.lists(st.booleans(), min_size=1, max_size=7), st.integers(0, 100))
def test_the_threshold_is_exact(licences: list[bool], percent: int) -> None:
    """A share is compared as a fraction: never met by rounding, and as many more passes as were told would meet it."""
    report = report_of(licences)
    missed = shortfalls(report, [Threshold("r1.1", Decimal(percent))])
    assert bool(missed) == (sum(licences) * 100 < percent * len(licences))
    if missed:
        more = int(missed[0].said.rpartition("so ")[2].split()[0])
        assert (sum(licences) + more) * 100 >= percent * len(licences) > (sum(licences) + more - 1) * 100
    assert report.count("licence-standard")[Outcome.PASS] == sum(licences)
