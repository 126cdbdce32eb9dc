"""Rules of federation.md section 6 that the engine keeps, one test each, where no other file of this folder has it."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalogue.model.documents import Event, Listed, Removed, SourceDocument
from catalogue.problems import REASONS, RecordRejected
from catalogue.store.writer import LedgerWriter
from tests.ingest.conftest import Bench, image, study

ONE = "biostudies:S-BIADTEST1"


def document(item: str, record: dict[str, Any], datestamp: str = "") -> SourceDocument:
    """A document as the scripted partner gives it, with a datestamp."""
    return SourceDocument(item, f"https://partner.example/{item}", json.dumps(record).encode(), datestamp=datestamp)


def cursor(bench: Bench) -> Any:
    """What the next fetch is given."""
    return json.loads(bench.ledger.cursor("scripted") or "null")


def gives(bench: Bench, *events: Event) -> None:
    """Makes the partner give these events, and notes what it was asked with in `bench.partner.asked`."""

    def fetch(_source: Any, since: str | None, _known: Any) -> Any:
        bench.partner.asked = since  # type: ignore[attr-defined]
        yield from events

    bench.partner.fetch = fetch  # type: ignore[method-assign]


def test_r1_cursor_is_the_publishers(bench: Bench) -> None:
    """R1: the cursor is kept and handed back word for word, whatever our clock and the records' dates say."""
    given = "2031-01-01T00:00:00Z"
    gives(bench, document("a", study(1, date_published="2020-01-01"), "2019-05-05"), Listed(given, complete=False))
    bench.harvest()
    bench.clock.pass_hours(-1000)
    bench.harvest()
    assert bench.partner.asked == given == cursor(bench)["cursor"]  # type: ignore[attr-defined]


def test_r2_cursor_and_end_of_run_are_one_transaction(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """R2: where the transaction that withdraws fails, the cursor stands where it stood."""
    bench.partner.held = {"a": study(1), "b": study(2)}
    bench.harvest()
    before = cursor(bench)
    bench.partner.held = {"a": Removed("a", "gone"), "b": study(2), "c": study(3)}
    usual = LedgerWriter.set_cursor

    def fail(self: LedgerWriter, source: str, text: str | None) -> None:
        usual(self, source, text)
        if "ahead" not in json.loads(text or "{}"):
            raise OSError("No space left on device")

    with monkeypatch.context() as full, pytest.raises(OSError, match="No space"):
        full.setattr(LedgerWriter, "set_cursor", fail)
        bench.harvest()
    assert cursor(bench)["cursor"] == before["cursor"] and ONE in bench.live()
    bench.harvest()
    assert ONE not in bench.live()


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.randoms(use_true_random=False))
def test_r5_order_of_a_listing_decides_nothing(make_bench: Callable[..., Bench], chance: random.Random) -> None:
    """R5: studies and images in any order, over several batches, come to the same records."""
    records = [document(f"s{n}", study(n)) for n in range(1, 6)]
    records += [document(f"i{n}", image(n, of=1 + n % 6)) for n in range(1, 11)]
    chance.shuffle(records)
    bench = make_bench()
    gives(bench, *records, Listed(None, complete=True))
    report = bench.harvest()
    # The images of study 6, which is not there, wait.
    assert (report.new, report.reasons) == (14, {"gap": 1})
    assert len(bench.live()) == 14


def test_r15_listing_that_is_shorter_than_the_source_says_proves_nothing(make_bench: Callable[..., Bench]) -> None:
    """R15: a source that has ten documents and gives nine is incomplete: nothing is removed, the cursor stays."""
    bench = make_bench(absence_hours=0)
    all_ = [document(f"{n:02}", study(n)) for n in range(1, 11)]
    gives(bench, *all_, Listed("one", complete=True, total=10))
    assert bench.harvest().state == "completed"
    for _ in range(3):
        gives(bench, *all_[1:], document("99", study(99)), Listed("two", complete=True, total=11))
        report = bench.harvest()
        assert report.state == "failed" and "11 documents and gave 10" in report.detail
    assert ONE in bench.live() and "biostudies:S-BIADTEST99" in bench.live()
    assert cursor(bench)["cursor"] == "one"


def test_r15_document_that_is_listed_twice_or_deleted_is_given(bench: Bench) -> None:
    """R15: what a source counts twice, or counts and calls deleted, does not make its list too short."""
    one = document("a", study(1))
    gives(bench, one, one, document("b", study(2)), Removed("c", "gone"), Listed("x", complete=True, total=4))
    assert bench.harvest().state == "completed"


def test_r17_record_of_another_source_is_not_withdrawn_by_a_copy(bench: Bench) -> None:
    """R17: a source that lists another's record and drops it again changes nothing of it."""
    bench.partner.held = {"a": study(1)}
    bench.harvest()
    bench.ledger.add_source("other", harvester="scripted", location="x")
    assert bench.ingest.harvest("other").reasons == {"not-owner": 1}
    bench.partner.held = {}
    for _ in range(3):
        bench.clock.pass_hours(25)
        bench.ingest.harvest("other")
    assert bench.live() == {ONE}


def test_r19_quarantine_keeps_what_a_curator_needs(bench: Bench) -> None:
    """R19: bytes, address, adapter, reason, first and last time and the number of tries stand beside each refusal."""
    bench.partner.held = {"a": b"{"}
    first = bench.clock.now
    bench.harvest()
    bench.clock.pass_hours(24)
    bench.partner.held = {"a": b"{ "}
    bench.harvest()
    (row,) = bench.ledger.quarantined()
    assert (row.reason, row.url, row.harvester) == ("not-parsable", "https://partner.example/a", "scripted/1")
    assert (row.first_seen, row.last_seen, row.tries) == (first, first + timedelta(hours=24), 2)
    assert bench.ledger.original(row.original_digest or "") == b"{ "


def test_r20_reasons_are_a_closed_list() -> None:
    """R20: no other reason than the twelve of the federation can be given."""
    assert len(REASONS) == 12
    with pytest.raises(ValueError, match="closed list"):
        RecordRejected("it rained", reason="weather")


def test_r21_profiles_only_annotate(bench: Bench) -> None:
    """R21: a study without authors, organisms or method enters with findings; one without a title does not."""
    bench.partner.held = {"a": study(1), "b": study(2, title="")}
    report = bench.harvest()
    assert (report.new, report.reasons) == (1, {"schema-required": 1})
    assert {f.code for f in bench.ledger.findings(curie=ONE)} >= {"profile:gide-0.2-Study-authors"}


def test_r23_stamp_from_the_future_is_a_finding_and_no_lag(bench: Bench) -> None:
    """R23: a document dated after now is stored with `future-date`; the lag is that of the newest believable one."""
    now = bench.clock.now
    late, ahead = (now - timedelta(hours=2)).isoformat(), (now + timedelta(days=400)).isoformat()
    gives(
        bench,
        document("a", study(1), ahead),
        document("b", study(2), late),
        document("c", study(3), "yesterday"),
        Listed("x", complete=True),
    )
    report = bench.harvest()
    assert (report.new, report.lag_s, report.as_dict()["lag_s"]) == (3, 7200.0, 7200.0)
    assert [(f.item, f.value) for f in bench.ledger.findings(code="future-date")] == [("a", ahead)]


@pytest.mark.parametrize(
    ("stamp", "lag_s"),
    [("2025-12-31", 86_400.0), ("2025-12-31T23:00:00", 3_600.0), ("2026-01-01T00:05Z", 0.0), ("", None)],
)
def test_lag_is_told_from_any_form_of_a_stamp(bench: Bench, stamp: str, lag_s: float | None) -> None:
    """A day, a moment without zone and a publisher's clock five minutes ahead are understood; no stamp, no lag."""
    gives(bench, document("a", study(1), stamp), Listed("x", complete=True))
    assert bench.clock.now == datetime(2026, 1, 1, tzinfo=UTC)
    assert bench.harvest().lag_s == lag_s


def test_r24_each_version_says_where_it_came_from(bench: Bench) -> None:
    """R24: run, adapter with version, address, time of reading and digest of the bytes stand with each version."""
    bench.partner.held = {"a": study(1)}
    bench.harvest()
    (entry,) = bench.ledger.history(ONE)
    (run,) = bench.ledger.runs()
    assert (entry.run_id, entry.harvester, entry.source_url) == (run.id, "scripted/1", "https://partner.example/a")
    assert entry.retrieved_at == bench.clock.now
    assert json.loads(bench.ledger.original(entry.original_digest or "")) == study(1)
