"""Harvest runs: nothing lost, nothing doubled, one record's fault stays its own."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalogue.model.documents import Removed, Unreadable
from catalogue.problems import Locked, NotFound
from tests.ingest.conftest import Bench, image, study


def test_report_accounts_for_every_document(bench: Bench) -> None:
    """read = accepted + quarantined and accepted = new + changed + unchanged, whatever the partner serves."""
    bench.partner.held = {"a": study(1), "b": b"{", "c": study(3, _repair=True), "d": study(4, title="")}
    report = bench.harvest()
    assert (report.read, report.accepted, report.new, report.quarantined, report.repaired) == (4, 2, 2, 2, 1)
    assert report.reasons == {"not-parsable": 1, "schema-required": 1}


def test_one_bad_record_does_not_touch_its_neighbours(bench: Bench) -> None:
    """A poison record is quarantined with its raw bytes; the records around it enter."""
    bench.partner.held = {"a": study(1), "b": b"\xff\x00", "c": study(3)}
    bench.harvest()
    assert bench.live() == {"biostudies:S-BIADTEST1", "biostudies:S-BIADTEST3"}
    (row,) = bench.ledger.quarantined()
    assert bench.ledger.original(row.original_digest) == b"\xff\x00"


def test_second_run_appends_nothing_and_reports_the_same_state(bench: Bench) -> None:
    """Harvesting an unchanged partner again writes no entry and maps nothing (R4)."""
    bench.partner.held = {"a": study(1), "b": b"{", "c": study(3, _repair=True)}
    first = bench.harvest()
    position = bench.ledger.last_position()
    bench.partner.mapped_items.clear()
    second = bench.harvest()
    assert bench.ledger.last_position() == position
    assert bench.partner.mapped_items == []
    assert (second.new, second.changed, second.withdrawn) == (0, 0, 0)
    assert (second.accepted, second.repaired, second.quarantined) == (first.accepted, first.repaired, first.quarantined)


def test_new_mapping_version_maps_again_and_appends_only_differences(bench: Bench) -> None:
    """An adapter's new version reads everything again; records that come out equal stay as they are."""
    bench.partner.held = {"a": study(1), "b": study(2)}
    bench.harvest()
    bench.partner.version = "2"
    bench.partner.held["b"] = study(2, title="Another title")
    report = bench.harvest()
    assert (report.changed, report.unchanged) == (1, 1)


def test_rejected_new_version_leaves_the_last_good_one_served(bench: Bench) -> None:
    """A record that turns bad is quarantined; what was accepted before stays (R19)."""
    bench.partner.held = {"a": study(1)}
    bench.harvest()
    bench.partner.held = {"a": b"{"}
    bench.harvest()
    assert bench.live() == {"biostudies:S-BIADTEST1"}
    assert [row.reason for row in bench.ledger.quarantined()] == ["not-parsable"]


def test_corrected_record_leaves_quarantine(bench: Bench) -> None:
    """When the partner mends a record it enters and its quarantine is resolved."""
    bench.partner.held = {"a": b"{"}
    bench.harvest()
    bench.partner.held = {"a": study(1)}
    bench.harvest()
    assert bench.ledger.quarantined() == []
    assert bench.live() == {"biostudies:S-BIADTEST1"}


def test_explicit_removal_withdraws_with_a_tombstone(bench: Bench) -> None:
    """A deletion that the source states is applied at once and says what was there."""
    bench.partner.held = {
        "a": study(1, authors=[{"type": "Person", "id": "biostudies:S-BIADTEST1/author/1", "name": "Ada"}])
    }
    bench.harvest()
    bench.partner.held = {"a": Removed("a", "deleted in commit 1")}
    report = bench.harvest()
    head = bench.ledger.head("biostudies:S-BIADTEST1")
    assert report.withdrawn == 1
    assert head is not None and head.status == "withdrawn"
    assert head.record["creators"] == ["Ada"] and head.record["date_withdrawn"] == "2026-01-01"


def test_absence_withdraws_only_after_two_complete_listings_a_day_apart(bench: Bench) -> None:
    """One missing listing proves nothing (R14)."""
    bench.partner.held = {"a": study(1), "b": study(2)}
    bench.harvest()
    del bench.partner.held["a"]
    assert bench.harvest().withdrawn == 0
    bench.clock.pass_hours(23)
    assert bench.harvest().withdrawn == 0
    bench.clock.pass_hours(2)
    assert bench.harvest().withdrawn == 1
    assert bench.live() == {"biostudies:S-BIADTEST2"}


def test_record_that_comes_back_in_time_is_not_withdrawn(bench: Bench) -> None:
    """Being listed again ends an absence; the day counts anew."""
    bench.partner.held = {"a": study(1)}
    bench.harvest()
    bench.partner.held = {}
    bench.harvest()
    bench.clock.pass_hours(20)
    bench.partner.held = {"a": study(1)}
    bench.harvest()
    bench.partner.held = {}
    bench.clock.pass_hours(20)
    assert bench.harvest().withdrawn == 0


def test_broken_listing_withdraws_nothing_and_keeps_what_it_read(bench: Bench) -> None:
    """A partner that hangs up half way loses no record and moves no cursor (R2)."""
    bench.partner.held = {f"{n}": study(n) for n in range(1, 6)}
    bench.harvest()
    cursor = json.loads(bench.ledger.cursor("scripted") or "")["cursor"]
    bench.partner.held["0"] = study(9)
    bench.partner.fails_after = 2
    report = bench.harvest()
    assert report.state == "failed" and "hung up" in report.detail
    assert len(bench.live()) == 6
    assert json.loads(bench.ledger.cursor("scripted") or "")["cursor"] == cursor


def test_mass_withdrawal_is_held(make_bench: Callable[..., Bench]) -> None:
    """More than five and five per cent of the live records at once wait for a person (R16); growth passes."""
    bench = make_bench(absence_hours=0)
    bench.partner.held = {f"{n:03}": study(n) for n in range(1, 101)}
    bench.harvest()
    for n in range(1, 8):
        del bench.partner.held[f"{n:03}"]
    bench.partner.held["200"] = study(200)
    bench.harvest()
    report = bench.harvest()
    assert (report.state, report.held, report.withdrawn) == ("held", 7, 0)
    assert len(bench.live()) == 101


def test_withdrawn_study_takes_its_images_along_and_brings_them_back(bench: Bench) -> None:
    """Images go and return with their study."""
    bench.partner.held = {"a": study(1), "b": image(1, 1)}
    bench.harvest()
    bench.partner.held = {"a": Removed("a", "gone"), "b": image(1, 1)}
    bench.harvest()
    gone = bench.ledger.head("biostudies:S-BIADTEST1.img1")
    assert gone is not None and gone.record["reason"] == "study-withdrawn"
    assert bench.live() == set()
    bench.partner.held = {"a": study(1), "b": image(1, 1)}
    bench.harvest()
    assert bench.live() == {"biostudies:S-BIADTEST1", "biostudies:S-BIADTEST1.img1"}


def test_image_without_study_waits_and_enters_by_itself(bench: Bench) -> None:
    """An image whose study is not known yet is tried again at the next harvest, without a change of its bytes."""
    bench.partner.held = {"a": image(1, 1)}
    assert bench.harvest().reasons == {"gap": 1}
    bench.partner.held["0"] = study(1)
    bench.harvest()
    assert "biostudies:S-BIADTEST1.img1" in bench.live()
    assert bench.ledger.quarantined() == []


def test_two_documents_with_one_accession_are_told_apart(bench: Bench) -> None:
    """The second document that claims an accession is quarantined as equivocation; the first stands."""
    bench.partner.held = {"a": study(1, title="The first"), "b": study(1, title="The second")}
    assert bench.harvest().reasons == {"equivocation": 1}
    head = bench.ledger.head("biostudies:S-BIADTEST1")
    assert head is not None and head.record["title"] == "The first"


def test_another_source_cannot_change_a_record(bench: Bench) -> None:
    """Exactly one source records an accession (R17)."""
    bench.partner.held = {"a": study(1)}
    bench.harvest()
    bench.ledger.add_source("other", harvester="scripted", location="https://other.example/")
    bench.partner.held = {"a": study(1, title="Taken over by another source")}
    report = bench.ingest.harvest("other")
    assert report.reasons == {"not-owner": 1}


def test_source_may_only_record_for_its_owners(bench: Bench) -> None:
    """A source with stated owners cannot bring records of others (TP1)."""
    bench.ledger.add_source("idr", harvester="scripted", location="https://idr.example/", owners=("idr",))
    bench.partner.held = {"a": study(1)}
    assert bench.ingest.harvest("idr").reasons == {"not-owner": 1}


@pytest.mark.parametrize(
    "name", ["biostudies:s-biadtest1", "biostudies:S-BIADTEST1 ", "biostudies:S-\u0412IADTEST1", "idr:1"]
)
def test_look_alike_identifiers_do_not_enter(bench: Bench, name: str) -> None:
    """Only the canonical spelling of an accession is a record's name (TP1)."""
    bench.partner.held = {"a": study(1, id=name)}
    report = bench.harvest()
    assert report.quarantined == 1
    assert bench.live() == set()


def test_wrong_label_is_reported_and_right_one_shown(bench: Bench) -> None:
    """A term's label is the ontology's; what the source called it stays beside it and is a finding."""
    terms = [{"type": "ImagingMethod", "id": "FBbi:00000246", "label": "growth protocol"}]
    bench.partner.held = {"a": study(1, terms=terms, methods=["FBbi:00000246"])}
    bench.harvest()
    head = bench.ledger.head("biostudies:S-BIADTEST1")
    assert head is not None
    (term,) = head.record["terms"]
    assert (term["label"], term["source_label"]) == ("fluorescence microscopy", "growth protocol")
    assert "label-mismatch" in {finding.code for finding in bench.ledger.findings(curie=head.curie)}


def test_findings_are_replaced_not_piled_up(bench: Bench) -> None:
    """A record's findings are those of its last mapping."""
    bench.partner.held = {"a": study(1, _repair=True)}
    bench.harvest()
    before = len(bench.ledger.findings())
    bench.harvest(full=True)
    assert len(bench.ledger.findings()) == before


def test_unreadable_document_is_quarantined_with_its_bytes(bench: Bench) -> None:
    """What could not be delivered whole is kept and named."""
    bench.partner.held = {"a": Unreadable("a", "https://partner.example/a", "too-large", "12 MB", b"begin")}
    assert bench.harvest().reasons == {"too-large": 1}
    (row,) = bench.ledger.quarantined()
    assert row.item == "a" and bench.ledger.original(row.original_digest) == b"begin"


def test_retry_maps_kept_originals(bench: Bench) -> None:
    """`quarantine retry` needs no network: it maps the kept bytes with today's adapter."""
    bench.partner.held = {"a": study(1, id="x")}
    bench.harvest()

    def mend(document: Any, source: Any) -> Any:
        mapped = type(bench.partner).map(bench.partner, document, source)
        mapped.records[0]["id"] = "biostudies:S-BIADTEST1"
        return mapped

    bench.partner.map = mend  # type: ignore[method-assign]
    report = bench.ingest.retry()
    assert (report.read, report.new) == (1, 1)
    assert bench.ledger.quarantined() == []


def test_dry_run_decides_and_writes_nothing(bench: Bench) -> None:
    """A dry run reports what would happen and leaves no trace."""
    bench.partner.held = {"a": study(1), "b": b"{"}
    report = bench.harvest(dry_run=True)
    assert (report.new, report.quarantined) == (1, 1)
    assert bench.ledger.last_position() == 0
    assert bench.ledger.runs() == [] and bench.ledger.items("scripted") == {}


def test_run_excludes_another_of_the_same_source(bench: Bench) -> None:
    """While one run holds the source, a second one is refused."""
    with bench.ledger.lease("harvest:scripted", "somebody"), pytest.raises(Locked):
        bench.harvest()


def test_run_that_dies_of_a_fault_says_so(bench: Bench) -> None:
    """A run that dies of an exception is recorded as failed, not left running, and the exception is seen (R6)."""
    bench.partner.held = {"a": 42}
    with pytest.raises(AttributeError):
        bench.harvest()
    (run,) = bench.ledger.runs()
    assert run.state == "failed" and "AttributeError" in run.report["detail"]


def test_run_that_is_interrupted_says_so(bench: Bench) -> None:
    """Ctrl-C in a harvest leaves an interrupted run behind, which the next one goes on with (R6)."""
    bench.partner.held = {"a": study(1)}

    def interrupt(report: Any) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bench.harvest(on_progress=interrupt)
    assert [run.state for run in bench.ledger.runs()] == ["interrupted"]


def test_unknown_source_is_named(bench: Bench) -> None:
    """Asking for a source that is not there is a sentence, not a crash."""
    with pytest.raises(NotFound):
        bench.ingest.harvest("nobody")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.dictionaries(st.integers(1, 6), st.sampled_from(["good", "other", "bad"]), max_size=6), max_size=4))
def test_live_set_follows_the_partner(make_bench: Callable[..., Bench], days: list[dict[int, str]]) -> None:
    """After each day's harvest every good record is live as given, and each document accounted for."""
    import uuid

    bench = make_bench()
    name = f"s{uuid.uuid4().hex}"
    bench.ledger.add_source(name, harvester="scripted", location="x")
    offset = uuid.uuid4().int % 10**12
    for day in days:
        bench.partner.held = {
            f"{n}": b"{" if kind == "bad" else study(offset * 10 + n, title=f"A title that is {kind}")
            for n, kind in day.items()
        }
        report = bench.ingest.harvest(name)
        assert report.read == report.accepted + report.quarantined == len(day)
        assert report.accepted == report.new + report.changed + report.unchanged
        for n, kind in day.items():
            head = bench.ledger.head(f"biostudies:S-BIADTEST{offset * 10 + n}")
            if kind != "bad":
                assert head is not None and head.record["title"] == f"A title that is {kind}"


def test_study_enters_together_with_its_images(bench: Bench) -> None:
    """A document that gives a study and images of it enters whole at its first harvest (idr0011 with its image)."""
    bench.partner.held = {"a": study(1, _images=[image(1, 1), image(2, 1)])}
    report = bench.harvest()
    assert (report.read, report.new, report.reasons) == (1, 1, {})
    assert bench.live() == {"biostudies:S-BIADTEST1", image(1, 1)["id"], image(2, 1)["id"]}
    assert bench.harvest().unchanged == 1


def test_images_do_not_enter_with_a_study_that_is_refused(bench: Bench) -> None:
    """R19: the study of a document and its images enter together or not at all."""
    bench.partner.held = {"a": study(1, title=" ", _images=[image(1, 1)])}
    report = bench.harvest()
    assert report.new == 0
    assert bench.ledger.head("biostudies:S-BIADTEST1") is None
