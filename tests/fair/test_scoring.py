"""Points as F-UJI counts them, against what F-UJI 3.5.1 gave for the same outcomes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.fair.benchmark import Item
from catalogue.fair.outcomes import Outcome
from catalogue.fair.scoring import points

# (metric, principle, total, tests of (number, points, maturity)) of metrics_v0.8.yaml.
_FUJI_08 = (
    ("F1-01MD", "F1", 1, ((1, 1, 3), (2, 0, 3))),
    ("F1-02MD", "F1", 1, ((1, 0.5, 1), (2, 0.5, 3), (4, 0, 3), (5, 0, 3))),
    ("F2-01M", "F2", 2, ((2, 1, 2), (3, 1, 3))),
    ("F3-01M", "F3", 1, ((2, 1, 3),)),
    ("F4-01M", "F4", 2, ((1, 2, 3),)),
    ("A1-01M", "A1", 1, ((1, 1, 3),)),
    ("A1-02MD", "A1", 2, ((1, 1, 3), (2, 1, 3))),
    ("A1.1-01MD", "A1.1", 2, ((1, 1, 3), (2, 1, 3))),
    ("A1.2-01MD", "A1.2", 2, ((1, 1, 3), (2, 1, 3))),
    ("I1-01M", "I1", 2, ((1, 2, 2), (2, 2, 3))),
    ("I2-01M", "I2", 2, ((2, 2, 3),)),
    ("I3-01M", "I3", 2, ((1, 2, 2), (2, 2, 3))),
    ("R1-01M", "R1", 2, ((1, 1, 1), (2, 1, 3), (3, 0, 3))),
    ("R1.1-01M", "R1.1", 1, ((1, 1, 3),)),
    ("R1.2-01M", "R1.2", 1, ((1, 1, 2), (2, 1, 3))),
    ("R1.3-01M", "R1.3", 1, ((1, 1, 3), (3, 1, 1))),
    ("R1.3-02D", "R1.3", 1, ((1, 1, 3),)),
)
TOTALS = {f"FsF-{metric}": float(total) for metric, _, total, _ in _FUJI_08}
ITEMS = [
    Item(
        id=f"FsF-{metric}-{number}",
        title="A test",
        principle=principle,
        group=f"FsF-{metric}",
        weight=weight,
        maturity=maturity,
        reason="only its points are of interest",
    )
    for metric, principle, _, tests in _FUJI_08
    for number, weight, maturity in tests
]


def _found(**other: Outcome) -> list[tuple[Item, Outcome]]:
    """All tests passed but those named with another outcome, as `R1_2_01M_2`."""
    named = {item.id.removeprefix("FsF-").replace(".", "_").replace("-", "_"): item.id for item in ITEMS}
    assert set(other) <= set(named)
    outcomes = {named[name]: outcome for name, outcome in other.items()}
    return [(item, outcomes.get(item.id, Outcome.PASS)) for item in ITEMS]


def test_all_passed_is_all_points() -> None:
    """A page that passes everything has 26 of 26 points, 17 of 17 metrics and maturity 3 in metrics 0.8."""
    score = points(_found(), TOTALS)
    assert (score.earned, score.total, score.percent, score.maturity) == (26, 26, 100.0, 3.0)
    assert sum(group.passed for group in score.groups) == len(score.groups) == 17


def test_alternative_tests_do_not_add_up() -> None:
    """Embedded schema.org alone has all points and maturity 2.75, as F-UJI says: one of two alternatives is enough."""
    fail = Outcome.FAIL
    score = points(_found(I1_01M_2=fail, R1_2_01M_2=fail, R1_3_01M_1=fail), TOTALS)
    assert (score.percent, score.maturity) == (100.0, 2.75)
    assert [(one.letter, one.maturity) for one in score.letters] == [("F", 3), ("A", 3), ("I", 3), ("R", 2)]


def test_metadata_outside_the_page_lose_a_metric() -> None:
    """JSON-LD by negotiation only has 92.31 % and maturity 2.5, as F-UJI says."""
    fail = Outcome.FAIL
    found = _found(F4_01M_1=fail, I1_01M_1=fail, R1_2_01M_2=fail, R1_3_01M_1=fail)
    score = points(found, TOTALS)
    assert (score.earned, score.percent, score.maturity) == (24, 92.31, 2.5)
    f = score.letters[0]
    assert (f.earned, f.total, f.percent, f.maturity, f.passed, f.groups) == (5, 7, 71.43, 2, 4, 5)


def test_parts_of_a_point_count() -> None:
    """A persistent identifier that nobody registered earns half a point at maturity 1."""
    fail = Outcome.FAIL
    score = points(_found(F1_02MD_2=fail, F1_02MD_4=fail, F1_02MD_5=fail), TOTALS)
    group = next(one for one in score.groups if one.group == "FsF-F1-02MD")
    assert (group.earned, group.total, group.maturity, group.passed) == (0.5, 1.0, 1, True)
    assert score.percent == 98.08


def test_what_nobody_can_tell_leaves_both_sides() -> None:
    """Tests that are indeterminate or not applicable count neither as earned nor as missed, and are told."""
    found = _found(
        A1_02MD_2=Outcome.INDETERMINATE,
        F4_01M_1=Outcome.NOT_APPLICABLE,
        R1_1_01M_1=Outcome.FAIL,
    )
    score = points(found, TOTALS)
    assert (score.earned, score.total, score.percent) == (22, 23, 95.65)
    assert (score.indeterminate, score.not_applicable) == (1, 1)
    assert "FsF-F4-01M" not in {group.group for group in score.groups}
    assert next(one for one in score.groups if one.group == "FsF-A1-02MD").total == 1


def test_half_decided_alternatives_keep_their_total() -> None:
    """Of two alternatives worth the whole metric, the one that is decided can still earn all of it."""
    found = _found(I1_01M_2=Outcome.INDETERMINATE)
    group = next(one for one in points(found, TOTALS).groups if one.group == "FsF-I1-01M")
    assert (group.earned, group.total, group.maturity) == (2, 2, 2)


@pytest.mark.parametrize("outcome", [Outcome.INDETERMINATE, Outcome.NOT_APPLICABLE])
def test_nothing_decided_is_no_percentage(outcome: Outcome) -> None:
    """A study of which nothing is known has no score, not a bad one."""
    score = points([(item, outcome) for item in ITEMS], TOTALS)
    assert (score.percent, score.maturity, score.groups, score.total) == (None, None, (), 0)


def test_nothing_passed_is_nothing() -> None:
    """A study that fails everything has 0 % and maturity 0."""
    score = points([(item, Outcome.FAIL) for item in ITEMS], TOTALS)
    assert (score.percent, score.maturity) == (0.0, 0.0)


def test_little_maturity_is_one() -> None:
    """Where only one metric of a letter passed, the letter and the whole have maturity 1, as F-UJI says."""
    found = [(item, Outcome.PASS if item.id == "FsF-F1-02MD-1" else Outcome.FAIL) for item in ITEMS]
    score = points(found, TOTALS)
    assert [one.maturity for one in score.letters] == [1, 0, 0, 0]
    assert (score.percent, score.maturity) == (1.92, 1.0)


@given(st.lists(st.sampled_from(list(Outcome)), min_size=len(ITEMS), max_size=len(ITEMS)), st.data())
def test_points_stay_within_bounds(outcomes: list[Outcome], data: st.DataObject) -> None:
    """Whatever comes out: points lie within their totals, all tests are told of, and passing more lowers nothing."""
    score = points(zip(ITEMS, outcomes, strict=True), TOTALS)
    decided = [outcome for outcome in outcomes if outcome in (Outcome.PASS, Outcome.FAIL)]
    assert len(decided) + score.indeterminate + score.not_applicable == len(ITEMS)
    assert 0 <= score.earned <= score.total <= 26
    assert all(0 <= group.earned <= group.total <= TOTALS[group.group] for group in score.groups)
    assert sum(letter.earned for letter in score.letters) == score.earned
    if Outcome.FAIL in decided:
        at = data.draw(st.sampled_from([i for i, outcome in enumerate(outcomes) if outcome is Outcome.FAIL]))
        better = points(zip(ITEMS, [*outcomes[:at], Outcome.PASS, *outcomes[at + 1 :]], strict=True), TOTALS)
        assert better.total == score.total and better.earned >= score.earned
        assert (better.maturity or 0) >= (score.maturity or 0)
