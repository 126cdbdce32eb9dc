from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from catalogue.ingest import service
from catalogue.model.documents import Unchanged
from catalogue.model.validation import rules_digest
from catalogue.problems import RecordRejected
from catalogue.store.issues import Scope
from tests.ingest.conftest import study


def refused(bench: Any) -> list[tuple[str, int]]:
    return [(row.item, row.tries) for row in bench.ledger.quarantined()]


@pytest.fixture
def held(bench: Any) -> Any:
    """A source with a good study and a refused one, read once; from then on it says that nothing changed."""
    bad = study(2)
    del bad["title"]
    bench.partner.held = {"good": study(1), "bad": bad}
    report = bench.harvest()
    assert (report.quarantined, report.state) == (1, "partial")
    bench.partner.held = {"good": Unchanged("good"), "bad": Unchanged("bad")}
    bench.partner.mapped_items.clear()
    return bench


def test_r19_nothing_changed_nothing_tried(held: Any) -> None:
    """R19: while record, adapter and rules stand, a refused document is not mapped again and keeps its count."""
    report = held.harvest()
    assert held.partner.mapped_items == [] and refused(held) == [("bad", 1)]
    assert (report.quarantined, report.state) == (1, "partial")


def test_r19_a_changed_record_is_tried_by_itself(held: Any) -> None:
    """R19: new bytes of a refused document are read at the next harvest, and it leaves quarantine when they fit."""
    held.clock.pass_hours(24)
    held.partner.held["bad"] = study(2)
    report = held.harvest()
    assert refused(held) == [] and "biostudies:S-BIADTEST2" in held.live()
    assert report.state == "completed" and not held.ledger.findings(item="bad", code="rule:Study")


def test_r19_a_changed_record_that_is_still_bad_counts_a_try(held: Any) -> None:
    """R19: first seen stays, last seen and tries move, and the fault that stays is known since the first time."""
    (before,) = held.ledger.quarantined()
    held.clock.pass_hours(24)
    bad = study(2, description="now with a description")
    del bad["title"]
    held.partner.held["bad"] = bad
    held.harvest()
    (after,) = held.ledger.quarantined()
    assert (after.first_seen, after.tries) == (before.first_seen, 2) and after.last_seen == held.clock.now
    (fault,) = held.ledger.findings(item="bad", code="rule:Study")
    assert (fault.path, str(fault.severity), fault.first_seen, fault.tries) == (
        "title",
        "rejected",
        before.first_seen,
        2,
    )


@pytest.mark.parametrize("what", ["adapter", "rules", "schema", "ontologies"])
def test_r19_a_changed_adapter_or_shapes_try_again_without_the_network(
    held: Any, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    """R19: another version of adapter, shapes, schema or ontologies maps the kept bytes of what was refused again."""
    if what == "adapter":
        held.partner.version = "2"
    elif what == "rules":
        monkeypatch.setattr(service, "rules_digest", lambda _profile: "e" * 64)
    elif what == "schema":
        held.ingest.schema_version = "9.9.9"
    else:
        held.ingest.fingerprint = "e" * 64
    held.harvest()
    assert set(held.partner.mapped_items) == {"good", "bad"} and refused(held) == [("bad", 2)]
    held.partner.mapped_items.clear()
    held.harvest()
    assert held.partner.mapped_items == [], "once for each version, not at every harvest"


def test_r19_digest_of_rules_covers_schema_shapes_and_profile(monkeypatch: pytest.MonkeyPatch) -> None:
    """R19: a change in hard.ttl, records.ttl, the profile or the JSON Schema is another digest."""
    from catalogue.model import validation

    fresh: Callable[[str], str] = rules_digest.__wrapped__
    before = fresh("gide-0.2")
    texts = validation.shapes_text
    monkeypatch.setattr(
        validation, "shapes_text", lambda profile=None: texts(profile) + ("# x" if profile is None else "")
    )
    hard = fresh("gide-0.2")
    monkeypatch.setattr(validation, "shapes_text", lambda profile=None: texts(profile) + ("# x" if profile else ""))
    profile = fresh("gide-0.2")
    monkeypatch.setattr(validation, "shapes_text", texts)
    monkeypatch.setattr(
        validation.resources, "model_file", lambda _name: validation.resources.shapes_dir() / "hard.ttl"
    )
    schema = fresh("gide-0.2")
    assert len({before, hard, profile, schema}) == 4


def test_success_with_failures_is_no_state(held: Any) -> None:
    """A run whose source has refused documents ends `partial`, dry or not, as harvest, retry or remap."""
    assert held.ledger.runs()[0].state == "partial"
    assert held.harvest(dry_run=True).state == "partial"
    assert held.ingest.retry("scripted").state == "partial"
    assert held.ingest.remap("scripted").state == "partial"
    assert [run.state for run in held.ledger.runs()] == ["partial"] * 3


def test_r19_the_field_that_an_adapter_refuses_is_told_apart(bench: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """R19: a rejection that names its field gives field and value of their own, fit for any database."""

    def refuse(document: Any, source: Any) -> Any:
        raise RecordRejected("No day.", reason="schema-required", path="Dataset.date", value="2020\0" + "x" * 900)

    monkeypatch.setattr(bench.partner, "map", refuse)
    bench.partner.held = {"bad": study(1)}
    bench.harvest()
    (issue,) = bench.ledger.issues.page(Scope(source="scripted"))
    ((path, value, code),) = [(fault.path, fault.value, fault.code) for fault in issue.faults]
    assert (path, code, len(value)) == ("Dataset.date", "schema-required", 503) and value.startswith("2020\\x00x")
