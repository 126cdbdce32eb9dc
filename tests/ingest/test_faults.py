"""Whatever one document breaks, it breaks for itself alone, and says so."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from catalogue.model.documents import Finding, Mapped, Severity, Unchanged, Unreadable
from catalogue.problems import FetchRefused
from tests.ingest.conftest import Bench, image, study


def map_with(bench: Bench, item: str, act: Callable[[], Any]) -> None:
    """Lets the adapter do `act` on one item and map all others."""
    usual = bench.partner.map
    bench.partner.map = lambda d, s: act() if d.item == item else usual(d, s)  # type: ignore[method-assign]


def fails(error: BaseException) -> Callable[[], Any]:
    """Something that raises."""

    def act() -> Any:
        raise error

    return act


class Panic(BaseException):
    """As the SHACL engine's panics are: no Exception."""


@pytest.mark.parametrize(
    "error",
    [TypeError("x"), KeyError("id"), RecursionError("deep"), OverflowError("huge"), OSError("odd"), Panic("rust")],
    ids=lambda error: type(error).__name__,
)
def test_fault_of_the_adapter_is_that_documents_alone(bench: Bench, error: BaseException) -> None:
    """Any exception on one document quarantines it, names its kind and ends no run; the others enter."""
    bench.partner.held = {"a": study(1), "b": study(2), "c": study(3)}
    map_with(bench, "b", fails(error))
    report = bench.harvest()
    assert (report.read, report.accepted, report.reasons, report.state) == (3, 2, {"not-parsable": 1}, "partial")
    (row,) = bench.ledger.quarantined()
    assert row.item == "b" and type(error).__name__ in row.detail


def test_fault_is_tried_again_without_a_change_of_bytes(bench: Bench) -> None:
    """A document that met a fault of ours enters as soon as the fault is gone."""
    bench.partner.held = {"a": study(1)}
    usual = bench.partner.map
    map_with(bench, "a", fails(MemoryError()))
    bench.harvest()
    bench.partner.map = usual  # type: ignore[method-assign]
    assert bench.harvest().new == 1
    assert bench.ledger.quarantined() == []


def test_interrupt_is_no_fault_of_a_document(bench: Bench) -> None:
    """Ctrl-C while a document is mapped ends the run."""
    bench.partner.held = {"a": study(1)}
    map_with(bench, "a", fails(KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        bench.harvest()


@pytest.mark.parametrize(
    "record",
    [
        study(2, terms=[{"label": "x"}]),
        study(2, terms="x"),
        study(2, terms=[7]),
        study(2, date_published=5),
        [study(2)],
        None,
    ],
    ids=["term without id", "terms as text", "term as number", "date as number", "list", "null"],
)
def test_record_of_another_form_is_quarantined(bench: Bench, record: Any) -> None:
    """What is no record at all does not end the run."""
    bench.partner.held = {"a": study(1), "b": study(2)}
    map_with(bench, "b", lambda: Mapped([record]))
    assert bench.harvest().quarantined == 1
    assert bench.live() == {"biostudies:S-BIADTEST1"}


def test_lone_surrogate_is_quarantined_as_bad_encoding(bench: Bench) -> None:
    """JSON escapes can spell half a character, which no database takes."""
    bench.partner.held = {"a": study(1), "b": study(2, title="half \ud800 a character")}
    assert bench.harvest().reasons == {"bad-encoding": 1}


def test_findings_of_any_text_are_kept(bench: Bench) -> None:
    """A finding that quotes half a character or NUL is stored with both written out."""
    bench.partner.held = {"a": study(1)}
    map_with(bench, "a", lambda: Mapped([study(1)], [Finding("odd", Severity.INFO, "title", "\ud800\0", "m")]))
    assert bench.harvest().new == 1
    assert "\\ud800\\x00" in {finding.value for finding in bench.ledger.findings()}


def test_name_of_any_text_is_kept(bench: Bench) -> None:
    """A document whose name no database takes is quarantined under a name that says where it belongs."""
    bench.partner.held = {"a": study(1), "\udcff": study(2), "b" * 3000: study(3)}
    report = bench.harvest()
    assert (report.accepted, report.reasons) == (1, {"policy": 2})
    assert len(bench.ledger.quarantined()) == 2


def test_document_without_records_is_quarantined(bench: Bench) -> None:
    """A document of which nothing came is accounted for as refused, not as accepted."""
    bench.partner.held = {"a": study(1)}
    bench.harvest()
    map_with(bench, "a", lambda: Mapped([]))
    assert bench.harvest(full=True).reasons == {"schema-required": 1}
    assert bench.live() == {"biostudies:S-BIADTEST1"}


@pytest.mark.parametrize("title", ["An invented study, number 1", "Another"])
def test_document_that_gives_a_record_twice_is_quarantined(bench: Bench, title: str) -> None:
    """Two records of one name in one document, equal or not, are an equivocation and end no run."""
    bench.partner.held = {"a": study(1), "b": study(2)}
    map_with(bench, "a", lambda: Mapped([study(1), study(1, title=title)]))
    assert bench.harvest().reasons == {"equivocation": 1}
    assert bench.live() == {"biostudies:S-BIADTEST2"}


def test_image_cannot_take_the_name_of_a_study(bench: Bench) -> None:
    """A record's type and the form of its accession agree."""
    bench.partner.held = {"a": study(1), "b": image(1, 1, id="biostudies:S-BIADTEST2", accession="S-BIADTEST2")}
    assert bench.harvest().reasons == {"bad-identifier": 1}


def test_record_cannot_describe_parts_of_another(bench: Bench) -> None:
    """Every part has an id below its record's, so that no graph speaks of another record (TP1)."""
    authors = [{"type": "Person", "id": "biostudies:S-BIADTEST9/author/1", "name": "Ada"}]
    bench.partner.held = {"a": study(1, authors=authors)}
    assert bench.harvest().reasons == {"bad-identifier": 1}


def test_foreign_names_are_no_aliases(bench: Bench) -> None:
    """A record that calls itself by another owner's CURIE or page is found under neither (TP1)."""
    page = "https://idr.openmicroscopy.org/webclient/?show=project-1"
    names = ["idr:idr0001", "https://www.ebi.ac.uk/empiar/EMPIAR-10002/", page, "old-name"]
    bench.partner.held = {"a": study(1, alternative_identifiers=names)}
    bench.harvest()
    assert bench.ledger.find_alias("old-name") == "biostudies:S-BIADTEST1"
    assert bench.ledger.find_alias(names[0]) is None and bench.ledger.find_alias(names[1]) is None
    assert {f.value for f in bench.ledger.findings(code="alias-foreign")} == set(names[:2])


def test_unchanged_document_that_is_not_held_is_asked_for_again(bench: Bench) -> None:
    """A source that calls a document unchanged which was never read loses nothing by it."""
    bench.partner.held = {"a": Unchanged("a"), "b": study(2)}
    assert bench.harvest().reasons == {"gap": 1}
    bench.partner.held["a"] = study(1)
    bench.harvest()
    assert bench.live() == {"biostudies:S-BIADTEST1", "biostudies:S-BIADTEST2"}


def test_unchanged_document_is_mapped_again_when_the_adapter_is_new(bench: Bench) -> None:
    """Kept bytes are enough for a new mapping version, when the source does not send them again."""
    bench.partner.held = {"a": study(1)}
    bench.harvest()
    bench.partner.version = "2"
    bench.partner.held = {"a": Unchanged("a")}
    bench.partner.mapped_items.clear()
    report = bench.harvest()
    assert bench.partner.mapped_items == ["a"]
    assert (report.accepted, report.unchanged) == (1, 1)


def test_retry_leaves_out_what_was_never_received_whole(bench: Bench) -> None:
    """Mapping half a document would only replace the true reason by a wrong one."""
    bench.partner.held = {
        "a": Unreadable("a", "https://partner.example/a", "too-large", "12 MB"),
        "b": Unreadable("b", "https://partner.example/b", "policy", "robots.txt", b"begin"),
    }
    bench.harvest()
    assert bench.ingest.retry().read == 0
    assert [(row.reason, row.tries) for row in bench.ledger.quarantined()] == [("too-large", 1), ("policy", 1)]


def test_refusal_of_the_fetcher_is_a_failed_run(bench: Bench) -> None:
    """An archive that unpacks to more than allowed fails its source, in the report and in the books."""

    def refuse(*_: Any) -> Any:
        yield from ()
        raise FetchRefused("unpacks to more than 100 times its size")

    bench.partner.fetch = refuse  # type: ignore[method-assign]
    report = bench.harvest()
    assert (report.state, bench.ledger.runs()[0].state) == ("failed", "failed")


def test_run_that_breaks_off_counts_only_what_it_did(bench: Bench) -> None:
    """Documents read and not yet applied are not counted as read; the next run reads them."""
    bench.partner.held = {"a": study(1), "b": 42}
    with pytest.raises(AttributeError):
        bench.harvest()
    report = bench.ledger.runs()[0].report
    assert (report["read"], report["accepted"]) == (0, 0)
    bench.partner.held["b"] = study(2)
    assert bench.harvest().new == 2


def test_batch_that_is_rolled_back_is_not_counted(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the transaction fails, so do its numbers."""
    bench.partner.held = {"a": study(1)}
    from catalogue.store.writer import LedgerWriter

    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(LedgerWriter, "heartbeat", full)
    with pytest.raises(OSError, match="No space"):
        bench.harvest()
    report = bench.ledger.runs()[0].report
    assert (report["read"], report["accepted"], report["new"]) == (0, 0, 0)
    assert bench.live() == set()


def test_record_that_the_ledger_refuses_is_quarantined(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """An entry that cannot be written is its document's fault, not its neighbours'."""
    from catalogue.store.writer import LedgerWriter

    usual = LedgerWriter.append

    def picky(self: LedgerWriter, **fields: Any) -> Any:
        if fields["curie"].endswith("2"):
            raise ValueError("a fault")
        return usual(self, **fields)

    monkeypatch.setattr(LedgerWriter, "append", picky)
    bench.partner.held = {"a": study(1), "b": study(2), "c": study(3)}
    report = bench.harvest()
    assert (report.read, report.new, report.reasons) == (3, 2, {"policy": 1})


def test_dry_run_knows_the_studies_it_would_enter(bench: Bench) -> None:
    """A dry run decides as the real one would, images of new studies included."""
    bench.partner.held = {"a": image(1, 1), "b": study(1)}
    dry = bench.harvest(dry_run=True).as_dict()
    real = bench.harvest().as_dict()
    assert json.dumps({**dry, "seconds": 0}) == json.dumps({**real, "seconds": 0})
    assert real["new"] == 2
