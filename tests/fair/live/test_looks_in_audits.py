"""What looks saw reaches audits: as judgements with every address that was asked, for a study or for the whole node."""

from __future__ import annotations

from typing import Any

from catalogue.fair.audit import judge_all
from catalogue.fair.dataset import dataset_of
from catalogue.fair.metrics.base import get_metric
from catalogue.fair.node_facts import NodeFacts
from catalogue.fair.outcomes import Outcome
from catalogue.store.observations import NODE, Observation
from tests.fair.conftest import study

ASKED = {
    "url": "https://archive.example/study", "status": 404, "took_ms": 12, "headers": {"content-type": "text/html"},
    "sha256": "ab" * 32,
}  # fmt: skip


def judged(name: str, seen: dict[str, dict[str, Observation]]) -> Any:
    """What a metric says of one study by what was seen."""
    dataset = dataset_of([("study", "0" * 64, study(1))], get_metric(name).reads)
    return judge_all(dataset, {name: get_metric(name)}, seen, NodeFacts()).judgements["biostudies:S-BIAD1"][name]


def test_failure_shows_every_address_asked_and_what_to_add() -> None:
    """A failure carries address, status, headers, digest, time taken and moment, and the header that would mend it."""
    name = "data-as-stated"
    detail = {"asked": [ASKED], "add": ["Content-Type: image/tiff"]}
    one = Observation(name, "x", "fail", "Wrong.", ASKED["url"], 404, detail, "2026-11-26T20:00:00Z", 7)
    judgement = judged(name, {"biostudies:S-BIAD1": {name: one}})
    assert judgement.outcome is Outcome.FAIL and judgement.add == ("Content-Type: image/tiff",)
    (first, second) = judgement.evidence
    assert (first.url, first.status, first.observed_at) == (ASKED["url"], 404, "2026-11-26T20:00:00Z")
    assert second.text == f"404 in 12 ms; content-type: text/html; sha256: {'ab' * 32}"


def test_silence_stays_indeterminate_with_its_reason() -> None:
    """A look without an answer is told as such, with the address that was silent."""
    name = "owner-page-resolves"
    detail = {
        "asked": [{"url": "https://archive.example/", "status": None, "said": "it took longer than 10 s"}],
        "tries": 2,
    }
    one = Observation(name, "x", "indeterminate", "No answer.", "https://archive.example/", None, detail, "", 7)
    judgement = judged(name, {"biostudies:S-BIAD1": {name: one}})
    assert judgement.outcome is Outcome.INDETERMINATE and judgement.evidence[1].text == "it took longer than 10 s"


def test_what_was_seen_of_the_node_holds_for_every_study() -> None:
    """One look at tombstones decides for all studies; before it nobody can tell."""
    name = "tombstone-answers"
    assert judged(name, {}).outcome is Outcome.INDETERMINATE
    assert judged(name, {NODE: {name: Observation(name, NODE, "pass", "Well.")}}).outcome is Outcome.PASS
    nothing = Observation(name, NODE, "not applicable", "No study has been withdrawn here.")
    assert judged(name, {NODE: {name: nothing}}).outcome is Outcome.NOT_APPLICABLE
