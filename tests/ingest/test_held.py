"""Too many changes at once wait for a person, who sees them and lets them pass or does not (R16)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from catalogue.model.documents import Removed
from catalogue.problems import Conflict, NotFound, RecordRejected
from tests.ingest.conftest import Bench, study


def curies(*numbers: int) -> set[str]:
    """Names of invented studies."""
    return {f"biostudies:S-BIADTEST{n}" for n in numbers}


def serve(bench: Bench, numbers: range, **more: Any) -> None:
    """What the partner has now: one study a document."""
    bench.partner.held = {f"{n:03}": study(n) for n in numbers} | more


def hold_deletions(bench: Bench) -> int:
    """Number of a batch of ten stated deletions out of forty records."""
    serve(bench, range(1, 41))
    bench.harvest()
    serve(bench, range(11, 41), **{f"{n:03}": Removed(f"{n:03}", "gone") for n in range(1, 11)})
    return int(bench.harvest().batch)


def hold_renamings(bench: Bench) -> int:
    """Number of a batch of twenty renamings."""
    serve(bench, range(1, 21))
    bench.harvest()
    bench.partner.held = {f"{n:03}": study(n + 1000) for n in range(1, 21)}
    return int(bench.harvest().batch)


def test_held_batch_says_what_it_would_change(bench: Bench) -> None:
    """R16: a batch names every record, why it would go, its document, its run and its time; nothing of it is done."""
    number = hold_deletions(bench)
    (batch,) = bench.ledger.held_batches("scripted", state="open")
    assert (batch.id, batch.kind, batch.live, batch.total, batch.changes["withdrawn"]) == (
        number,
        "harvest",
        40,
        10,
        10,
    )
    assert (batch.run_id, batch.made_at) == (bench.ledger.runs()[0].id, bench.clock.now)
    changes = bench.ledger.held_changes(number)
    assert {(c.curie, c.change, c.reason, c.item) for c in changes} == {
        (f"biostudies:S-BIADTEST{n}", "withdrawn", "removed-at-source", f"{n:03}") for n in range(1, 11)
    }
    assert bench.live() == curies(*range(1, 41))


def test_growth_and_changes_pass_while_the_rest_is_held(bench: Bench) -> None:
    """R16: new and changed records enter in the very run whose deletions are held."""
    serve(bench, range(1, 41))
    bench.harvest()
    serve(bench, range(11, 40), **{"040": study(40, title="Changed"), "900": study(900)})
    bench.partner.held |= {f"{n:03}": Removed(f"{n:03}", "gone") for n in range(1, 11)}
    report = bench.harvest()
    assert (report.state, report.held, report.new, report.changed) == ("held", 10, 1, 1)
    assert bench.live() == curies(*range(1, 41), 900)


def test_accepted_batch_is_applied_without_reading_the_source(bench: Bench) -> None:
    """R16: accepting withdraws exactly what was shown, with its reason, and fetches nothing."""
    number = hold_deletions(bench)
    bench.partner.fetch = None  # type: ignore[method-assign, assignment]
    report = bench.ingest.accept_held(number)
    assert (report.state, report.kind, report.withdrawn, report.read) == ("completed", "accept", 10, 0)
    assert bench.live() == curies(*range(11, 41))
    head = bench.ledger.head("biostudies:S-BIADTEST1")
    assert head is not None and head.record["reason"] == "removed-at-source"
    assert bench.ledger.held_batch(number).state == "accepted"


def test_accepted_batch_is_applied_once(bench: Bench) -> None:
    """R4: a batch that was accepted appends nothing when it is accepted again, nor does the next harvest."""
    number = hold_deletions(bench)
    bench.ingest.accept_held(number)
    position = bench.ledger.last_position()
    report = bench.ingest.accept_held(number)
    assert (report.withdrawn, "before" in report.detail) == (0, True)
    bench.harvest()
    assert bench.ledger.last_position() == position
    assert bench.ledger.held_batches(state="open") == []


def test_held_renamings_are_let_in_as_renamings(bench: Bench) -> None:
    """R16: each old record becomes `replaced` and points to the new one; documents leave quarantine."""
    number = hold_renamings(bench)
    assert {(c.change, c.replacement is not None) for c in bench.ledger.held_changes(number)} == {("renamed", True)}
    report = bench.ingest.accept_held(number)
    assert (report.read, report.new, report.renamed, report.withdrawn) == (20, 20, 20, 0)
    assert bench.live() == curies(*range(1001, 1021)) and bench.ledger.quarantined() == []
    for n in range(1, 21):
        head = bench.ledger.head(f"biostudies:S-BIADTEST{n}")
        assert head is not None
        assert (head.status, head.record["replaced_by"]) == ("replaced", f"biostudies:S-BIADTEST{n + 1000}")
    after = bench.harvest()
    assert (after.state, after.unchanged) == ("completed", 20)


def test_another_owner_is_told_apart_from_a_new_accession(bench: Bench) -> None:
    """R16: records that would belong to somebody else are counted and shown as re-owned."""
    serve(bench, range(1, 21))
    bench.harvest()
    names = {n: f"idr{n:04}" for n in range(1, 21)}
    bench.partner.held = {
        f"{n:03}": study(n, id=f"idr:{name}", accession=name, owner="idr") for n, name in names.items()
    }
    batch = bench.ledger.held_batch(bench.harvest().batch)
    assert batch.changes == {"withdrawn": 0, "renamed": 0, "re-owned": 20}


def test_batch_of_five_passes_and_of_six_is_held(make_bench: Callable[..., Bench]) -> None:
    """R16: five records may always go, six only where they are no more than five per cent."""
    for live, gone, state in ((20, 5, "completed"), (20, 6, "held"), (120, 6, "completed"), (120, 7, "held")):
        bench = make_bench()
        serve(bench, range(1, live + 1))
        bench.harvest()
        bench.partner.held |= {f"{n:03}": Removed(f"{n:03}", "gone") for n in range(1, gone + 1)}
        assert bench.harvest().state == state, (live, gone)


def test_dropped_batch_leaves_all_as_it_is_and_says_what_comes(bench: Bench) -> None:
    """R16: a dropped batch changes nothing, cannot be accepted, and is held anew when the source still says so."""
    number = hold_deletions(bench)
    position = bench.ledger.last_position()
    assert "next harvest" in bench.ingest.drop_held(number)
    assert bench.ledger.last_position() == position
    for decide in (bench.ingest.accept_held, bench.ingest.drop_held):
        with pytest.raises(Conflict):
            decide(number)
    again = bench.harvest()
    assert (again.state, again.held, again.batch) == ("held", 10, number + 1)


def test_later_run_supersedes_an_open_batch(bench: Bench) -> None:
    """R16: what a later run says counts; a batch it superseded can no longer be accepted."""
    number = hold_deletions(bench)
    second = bench.harvest().batch
    assert [(b.id, b.state) for b in bench.ledger.held_batches()] == [(second, "open"), (number, "superseded")]
    with pytest.raises(Conflict):
        bench.ingest.accept_held(number)
    serve(bench, range(1, 41))
    assert bench.harvest().state == "completed"
    assert bench.ledger.held_batches(state="open") == []
    assert bench.live() == curies(*range(1, 41))


def test_run_that_read_nothing_leaves_the_batch_open(bench: Bench) -> None:
    """A partner that is down for a day does not take the operator's decision away; one that was read does."""
    number = hold_deletions(bench)
    bench.partner.fails_after = 0
    assert bench.harvest().state == "failed"
    assert bench.ledger.held_batch(number).state == "open"
    bench.partner.fails_after = 30
    bench.harvest()
    assert bench.ledger.held_batch(number).state == "superseded"


def test_retry_leaves_held_documents_alone(bench: Bench) -> None:
    """R16: mapping what is in quarantine again is no way around the guard."""
    number = hold_renamings(bench)
    assert bench.ingest.retry().read == 0
    report = bench.ingest.retry(item="001")
    assert report.read == 0 and "held batch" in report.detail
    assert bench.live() == curies(*range(1, 21)) and bench.ledger.held_batch(number).state == "open"


def test_retry_that_renames_too_many_is_held(bench: Bench) -> None:
    """R16: documents that leave quarantine under other accessions are guarded as any others."""
    serve(bench, range(1, 11))
    bench.harvest()
    bench.partner.held = {f"{n:03}": study(n + 1000) for n in range(1, 11)}
    usual = bench.partner.map

    def refuse(*_: Any) -> Any:
        raise RecordRejected("not yet", reason="schema-required")

    bench.partner.version, bench.partner.map = "2", refuse  # type: ignore[method-assign]
    assert bench.harvest().quarantined == 10
    bench.partner.map = usual  # type: ignore[method-assign]
    report = bench.ingest.retry()
    assert (report.state, report.held) == ("held", 10)
    (batch,) = bench.ledger.held_batches(state="open")
    assert batch.kind == "retry" and bench.live() == curies(*range(1, 11))
    assert bench.ingest.accept_held(batch.id).renamed == 10


def test_empty_list_is_suspicious_however_few_it_takes(make_bench: Callable[..., Bench]) -> None:
    """R13: a complete list without a single document is held, also where fewer than six records would go."""
    bench = make_bench(absence_hours=0)
    serve(bench, range(1, 4))
    bench.harvest()
    bench.partner.held = {}
    bench.harvest()
    report = bench.harvest()
    assert (report.state, report.held, bench.live()) == ("held", 3, curies(1, 2, 3))
    assert bench.ingest.accept_held(report.batch).withdrawn == 3


def test_last_record_that_the_source_deletes_goes(bench: Bench) -> None:
    """R13: a list that is empty because the source says what it deleted is no suspicion."""
    bench.partner.held = {"a": study(1)}
    bench.harvest()
    bench.partner.held = {"a": Removed("a", "gone")}
    assert bench.harvest().withdrawn == 1


def test_deleted_document_that_was_in_quarantine_goes_with_its_batch(bench: Bench) -> None:
    """A record whose last bytes were refused is withdrawn when its document is deleted (S-BSST1019, root @id `c`)."""
    serve(bench, range(1, 41))
    bench.harvest()
    bench.partner.held["001"] = b"{"
    bench.harvest()
    bench.partner.held |= {f"{n:03}": Removed(f"{n:03}", "gone") for n in range(1, 11)}
    assert bench.ingest.accept_held(bench.harvest().batch).withdrawn == 10
    assert bench.live() == curies(*range(11, 41)) and bench.ledger.quarantined() == []


def test_renaming_to_a_record_whose_document_went_is_accepted(bench: Bench) -> None:
    """R16: a document that takes over the record of one that was deleted in the same batch is let in with it."""
    serve(bench, range(1, 21))
    bench.harvest()
    serve(bench, range(12, 21), **{f"{n:03}": Removed(f"{n:03}", "gone") for n in range(1, 12)})
    bench.partner.held["020"] = study(1)
    report = bench.ingest.accept_held(bench.harvest().batch)
    assert (report.quarantined, report.withdrawn, report.renamed) == (0, 10, 1)
    assert bench.live() == curies(1, *range(12, 20))
    bench.harvest()
    assert set(bench.ledger.items("scripted")) == {f"{n:03}" for n in range(12, 21)}


def test_document_that_takes_a_record_over_waits_with_the_one_that_gave_it(bench: Bench) -> None:
    """R16: no run applies half of what is withheld: a record between two documents is served all the time."""
    serve(bench, range(1, 21))
    bench.harvest()
    bench.partner.held |= {f"{n:03}": study(n + 100) for n in range(1, 7)}
    bench.partner.held |= {"010": study(110), "900": study(10)}
    number = bench.harvest().batch
    assert set(bench.ledger.held_documents(number)) == {*(f"{n:03}" for n in range(1, 7)), "010", "900"}
    for run in (bench.ingest.retry, lambda: bench.ingest.remap("scripted")):
        run()
        assert bench.live() == curies(*range(1, 21))
    report = bench.ingest.accept_held(number)
    assert (report.renamed, report.quarantined, report.withdrawn) == (6, 0, 0)
    assert bench.live() == curies(*range(7, 21), *range(101, 107), 110)


def test_record_of_two_documents_that_are_gone_goes_once(make_bench: Callable[..., Bench]) -> None:
    """A record that a broken document and its successor gave is gone for good when both are, and is held once."""
    bench = make_bench(absence_hours=0)
    bench.partner.held = {"a": study(1), "z": study(2)}
    bench.harvest()
    bench.partner.held = {"a": b"{", "b": study(1), "z": study(2)}
    bench.harvest()
    bench.partner.held = {}
    bench.harvest()
    assert bench.ingest.accept_held(bench.harvest().batch).withdrawn == 2
    assert (bench.ledger.items("scripted"), bench.harvest().state) == ({}, "completed")


@pytest.mark.parametrize("step", ["_withdraw", "_forget", "_mark"])
def test_acceptance_that_is_cut_off_is_taken_up_again(bench: Bench, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    """R6: a process that dies while it accepts leaves the batch open; accepted again, all is as if it had not."""
    from catalogue.ingest.closing import Closing

    number = hold_renamings(bench)
    with monkeypatch.context() as crash, pytest.raises(KeyboardInterrupt):
        crash.setattr(Closing, step, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        bench.ingest.accept_held(number)
    assert bench.ledger.held_batch(number).state == "open"
    bench.ingest.accept_held(number)
    assert bench.live() == curies(*range(1001, 1021)) and bench.ledger.quarantined() == []
    heads = [bench.ledger.head(name) for name in curies(*range(1, 21))]
    assert {head.status for head in heads if head is not None} == {"replaced"}
    assert bench.harvest().unchanged == 20


def test_document_that_maps_otherwise_by_now_is_not_accepted(bench: Bench) -> None:
    """R16: what a person looked at is applied, and nothing else."""
    number = hold_renamings(bench)
    usual = bench.partner.map

    def other(document: Any, source: Any) -> Any:
        mapped = usual(document, source)
        if document.item == "001":
            mapped.records[0].update(id="biostudies:S-BIADTEST5555", accession="S-BIADTEST5555")
        return mapped

    bench.partner.map = other  # type: ignore[method-assign]
    report = bench.ingest.accept_held(number)
    assert (report.renamed, report.reasons) == (19, {"policy": 1})
    assert curies(1) < bench.live() and not curies(5555) & bench.live()


def test_dry_run_holds_nothing_in_the_books(bench: Bench) -> None:
    """A dry run says that it would hold and leaves no batch behind."""
    serve(bench, range(1, 21))
    bench.harvest()
    bench.partner.held |= {f"{n:03}": Removed(f"{n:03}", "gone") for n in range(1, 11)}
    report = bench.harvest(dry_run=True)
    assert (report.state, report.held, report.batch) == ("held", 10, 0)
    assert bench.ledger.held_batches() == []


def test_unknown_batch_is_named(bench: Bench) -> None:
    """Asking for a batch that is not there is a sentence, not a crash."""
    for ask in (bench.ingest.accept_held, bench.ingest.drop_held, bench.ledger.held_batch):
        with pytest.raises(NotFound, match="77"):
            ask(77)
