"""Two audits compared: studies that came and went, outcomes that changed, and a true cause for each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from catalogue.fair.audit import judge_all, wanted_facts
from catalogue.fair.changes import Cause, compare, difference_document, load_outcomes, outcomes_of
from catalogue.fair.dataset import Study, dataset_of
from catalogue.fair.judged import Judged
from catalogue.fair.metrics.base import metrics
from catalogue.fair.node_facts import NodeFacts
from catalogue.fair.outcomes import Judgement, Outcome
from catalogue.store.observations import Observation
from tests.fair.audited_node import AUTHORS, ORCID, AuditedNode
from tests.fair.conftest import FREE, study

OWN = "https://archive.example/terms"
TWO = "biostudies:S-BIAD2"


@pytest.fixture
def node(tmp_path: Path, ledger_url: str) -> Iterator[AuditedNode]:
    """Three studies, nothing kept."""
    node = AuditedNode(tmp_path, ledger_url, kept=5).fill()
    yield node
    node.ledger.close()


def whys(node: AuditedNode, before: str, after: str) -> dict[tuple[str, str], list[Cause]]:
    found = node.history.difference(before, after).changes
    return {(one.study.partition("S-BIAD")[2], one.metric): [why.cause for why in one.why] for one in found}


def test_each_change_has_its_cause(node: AuditedNode) -> None:
    """A changed record, a new look, and another statement of the node are told as the causes of what they changed."""
    names = [node.keep().name]
    node.put(study(1, license=OWN))
    names.append(node.later(1).keep().name)
    node.see(1, "pass")
    node.see(3, "fail")
    names.append(node.later(1).keep().name)
    node.facts = NodeFacts(metadata_license=FREE)
    node.reopen()
    names.append(node.later(1).keep().name)
    assert whys(node, names[0], names[1])["1", "licence-standard"] == [Cause.RECORD]
    looked = whys(node, names[1], names[2])
    assert looked == {
        ("1", "identifier-resolves"): [Cause.OBSERVATION],
        ("3", "identifier-resolves"): [Cause.OBSERVATION],
    }
    stated = whys(node, names[2], names[3])
    assert {causes[0] for causes in stated.values()} == {Cause.NODE}
    assert {study for study, metric in stated if metric == "metadata-cc0"} == {"1", "2", "3"}
    assert whys(node, names[3], names[3]) == {}
    assert node.history.difference(names[3], names[3]).sentences == ("Nothing differs.",)


def test_studies_that_came_and_went_are_told(node: AuditedNode) -> None:
    """New and withdrawn studies are named, in sentences and in JSON, and can be narrowed down to an archive."""
    before = node.keep().name
    node.put(study(4))
    node.withdraw(2)
    after = node.later(1).keep().name
    difference = node.history.difference(before, after)
    assert [one.curie for one in difference.came] == ["biostudies:S-BIAD4"]
    assert [one.curie for one in difference.went] == [TWO]
    assert difference.sentences == ("New studies: 1.", "Studies no longer public: 1.")
    assert difference.of_owner("idr").came == () and difference.of_owner("biostudies").went == difference.went
    document = difference_document(difference)
    assert (document["before"], document["after"], document["changes"]) == (before, after, [])


def test_a_metric_of_another_version_is_the_cause(node: AuditedNode, monkeypatch: pytest.MonkeyPatch) -> None:
    """What changed since a test was made stricter is told so; tests that are new or gone are told once."""
    before = node.keep()
    later = {name: one for name, one in metrics().items() if name != "metadata-cc0"}
    later["licence-standard"] = replace(
        later["licence-standard"], version="2.0", judge=lambda s: Judgement(Outcome.FAIL, "No.")
    )
    monkeypatch.setattr("catalogue.fair.service.metrics", lambda: later)
    node.reopen()
    difference = node.history.difference(before.name, node.later(1).keep().name)
    assert {one.metric for one in difference.changes} == {"licence-standard"}
    assert [(why.cause, why.detail) for why in difference.changes[0].why] == [(Cause.METRIC, "1.0 → 2.0")]
    assert difference.gone == ("metadata-cc0",)
    assert "The test licence-standard has version 2.0 instead of 1.0." in difference.sentences


def test_a_fault_that_nothing_explains_is_not_hidden(node: AuditedNode) -> None:
    """When code changed without a new version, which must not be, the difference says that nothing explains it."""
    audit = node.audits.make()
    said = {curie: dict(one) for curie, one in audit.judgements.items()}
    said[TWO]["licence-standard"] = Judgement(Outcome.FAIL, "No.")
    (change,) = compare(outcomes_of(audit), outcomes_of(replace(audit, judgements=Judged.of(said)))).changes
    assert [why.cause for why in change.why] == [Cause.UNEXPLAINED]


FIELDS = st.fixed_dictionaries(
    {
        "license": st.sampled_from([FREE, OWN, None]),
        "authors": st.sampled_from([None, AUTHORS, [{**AUTHORS[0], "orcid": ORCID}]]),
        "date_published": st.sampled_from([None, "2020-01-01", "2024-05-05"]),
        "description": st.sampled_from([None, "A study of cells."]),
    }
)
SIDE = st.tuples(
    st.lists(FIELDS, min_size=3, max_size=3),
    st.lists(st.sampled_from(["", "pass", "fail", "indeterminate"]), min_size=3, max_size=3),
    st.sampled_from([NodeFacts(), NodeFacts(metadata_license=FREE), NodeFacts(base_url="https://x.example")]),
    st.integers(0, 2),
)


@given(SIDE, SIDE)
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_nothing_is_unexplained(before: tuple, after: tuple) -> None:
    """However records, images, observations and the node differ, equal software leaves no change unexplained, and a
    cause is only told where that very thing differs.
    """
    one, two = (outcomes_of(_audit(side, number)) for number, side in enumerate((before, after)))
    for change in compare(one, two).changes:
        place = int(change.study[-1]) - 1
        causes = {why.cause for why in change.why}
        assert causes and Cause.UNEXPLAINED not in causes
        assert Cause.RECORD not in causes or before[0][place] != after[0][place]
        assert Cause.NODE not in causes or before[2] != after[2]
        assert causes <= {Cause.RECORD, Cause.IMAGES, Cause.OBSERVATION, Cause.NODE}


def _own(number: int, fields: dict) -> dict:
    """The fields with authors that are parts of this study, as every record's parts are its own."""
    authors = fields["authors"] and [{**fields["authors"][0], "id": f"biostudies:S-BIAD{number}/author/1"}]
    return {**fields, "authors": authors}


def _audit(side: tuple, number: int):  # type: ignore[no-untyped-def]
    fields, seen, node, _images = side
    records = [study(n, **_own(n, one)) for n, one in enumerate(fields, 1)]
    dataset = dataset_of(
        [("study", _digest(one), record) for one, record in zip(fields, records, strict=True)],
        wanted_facts(metrics().values()),
    )
    looks = {
        f"biostudies:S-BIAD{n}": {
            check: Observation(check, "", outcome, "Seen.", observed_at="2026-01-01T00:00:00Z", number=n + 10 * number)
            for metric in metrics().values()
            for check in metric.checks
        }
        for n, outcome in enumerate(seen, 1)
        if outcome
    }
    return judge_all(dataset, metrics(), looks, node, software="1")


def _digest(fields: dict) -> str:
    from catalogue.model.payload import canonical, digest

    return digest(canonical(fields))


def test_kept_and_made_audits_compare_alike(node: AuditedNode) -> None:
    """A comparison rests on the same things whether audits come from files or are in memory."""
    node.see(1, "fail")
    kept = node.keep()
    one, two = load_outcomes(kept), outcomes_of(node.audits.make())
    assert (one.studies, one.outcomes, one.observed, one.basis) == (two.studies, two.outcomes, two.observed, two.basis)
    assert isinstance(one.studies[TWO], Study)


def test_a_fault_in_a_metric_is_open_and_told_once() -> None:
    """A metric that breaks leaves its own answers open and is logged once; all others are as they were."""

    def broken(study: object) -> Judgement:
        raise KeyError("a fault")

    whole = metrics()
    name = "licence-standard"
    dataset = dataset_of([("study", "0" * 64, study(n)) for n in (1, 2)], wanted_facts(whole.values()))
    with capture_logs() as told:
        found = judge_all(dataset, {**whole, name: replace(whole[name], judge=broken)}, {}, NodeFacts())
    sound = judge_all(dataset, whole, {}, NodeFacts())
    assert [one["metric"] for one in told if one["event"] == "fair.metric_fault"] == [name]
    for curie, judged in found.judgements.items():
        assert judged[name].outcome is Outcome.INDETERMINATE and "KeyError" in judged[name].said
        assert {m: j for m, j in judged.items() if m != name} == {
            m: j for m, j in sound.judgements[curie].items() if m != name
        }
