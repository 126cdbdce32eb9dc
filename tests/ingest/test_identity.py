"""Documents that move, change their record, or claim another's: nothing vanishes, nothing is doubled."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from catalogue.model.documents import Event, Listed, Mapped, Removed, SourceSpec, Unchanged
from tests.ingest.conftest import Bench, study

ONE, TWO, NINE = (f"biostudies:S-BIADTEST{n}" for n in (1, 2, 9))


@pytest.mark.parametrize("new", ["0/study", "z/study"])
@pytest.mark.parametrize("stated", [True, False], ids=["stated", "absent"])
def test_moved_document_is_no_deletion(make_bench: Callable[..., Bench], new: str, stated: bool) -> None:
    """A file under another name with the same accession keeps its record, and the old name is forgotten."""
    bench = make_bench(absence_hours=0)
    bench.partner.held = {"a/study": study(1), "b": study(2)}
    bench.harvest()
    position = bench.ledger.last_position()
    bench.partner.held = {new: study(1), "b": study(2)}
    if stated:
        bench.partner.held["a/study"] = Removed("a/study", "deleted in commit 1")
    report = bench.harvest()
    assert (report.read, report.unchanged, report.withdrawn, report.absent) == (2, 2, 0, 0)
    assert set(bench.ledger.items("scripted")) == {new, "b"}
    bench.partner.held.pop("a/study", None)
    assert (bench.harvest().withdrawn, bench.ledger.last_position()) == (0, position)


def test_copy_does_not_take_a_record_from_the_document_that_holds_it(bench: Bench) -> None:
    """A second document of one accession is refused even when its name sorts first; the record stays as it was."""
    bench.partner.held = {"b": study(1, title="The one that is held")}
    bench.harvest()
    bench.partner.held["a"] = study(1, title="A copy that was changed")
    assert bench.harvest().reasons == {"equivocation": 1}
    head = bench.ledger.head(ONE)
    assert head is not None and head.record["title"] == "The one that is held"


def test_refused_copy_enters_when_the_first_is_gone(bench: Bench) -> None:
    """The second of two documents takes over, without a change of its bytes, when the first is deleted."""
    bench.partner.held = {"a": study(1, title="The first"), "b": study(1, title="The second")}
    bench.harvest()
    bench.partner.held["a"] = Removed("a", "deleted in commit 1")
    assert bench.harvest().withdrawn == 0
    head = bench.ledger.head(ONE)
    assert head is not None and (head.status, head.record["title"]) == ("public", "The second")
    assert bench.ledger.quarantined() == []


def test_retry_does_not_let_a_copy_in(bench: Bench) -> None:
    """Mapping a refused copy again does not overwrite the record of the document that holds it."""
    bench.partner.held = {"a": study(1, title="The first"), "b": study(1, title="The second")}
    bench.harvest()
    assert bench.ingest.retry().reasons == {"equivocation": 1}
    head = bench.ledger.head(ONE)
    assert head is not None and head.record["title"] == "The first"


def test_document_beside_a_broken_one_of_its_record_can_change(bench: Bench) -> None:
    """A broken file that once gave a record does not keep the file that gives it now from changing."""
    bench.partner.held = {"a": study(1)}
    bench.harvest()
    bench.partner.held = {"a": b"{", "b": study(1, title="Second title")}
    bench.harvest()
    bench.partner.held["b"] = study(1, title="Third title")
    assert bench.harvest().reasons == {"not-parsable": 1}
    head = bench.ledger.head(ONE)
    assert head is not None and head.record["title"] == "Third title"


def test_moved_document_that_is_broken_keeps_its_last_good_version(bench: Bench) -> None:
    """A file that moves and turns bad in one commit is quarantined; the record it names is not withdrawn (R19)."""
    bench.partner.held = {"a": study(1)}
    bench.harvest()
    bench.partner.held = {"a": Removed("a", "deleted in commit 1"), "b": study(1, title="")}
    report = bench.harvest()
    assert (report.quarantined, report.withdrawn) == (1, 0)
    assert bench.live() == {ONE}


def test_renamed_record_replaces_the_old_one(bench: Bench) -> None:
    """R16: a document that gives another accession replaces the old record in the same run, which points to the new."""
    bench.partner.held = {"a": study(1)}
    bench.harvest()
    bench.partner.held = {"a": study(2)}
    report = bench.harvest()
    assert (report.new, report.renamed, report.withdrawn) == (1, 1, 0)
    assert bench.live() == {TWO}
    old = bench.ledger.head(ONE)
    assert old is not None and (old.status, old.action) == ("replaced", "delete")
    assert (old.record["replaced_by"], old.record["reason"]) == (TWO, "renamed-at-source")


def test_records_that_change_places_stay(bench: Bench) -> None:
    """Two documents that exchange their accessions withdraw neither."""
    bench.partner.held = {"a": study(1), "b": study(2)}
    bench.harvest()
    bench.partner.held = {"a": study(2), "b": study(1)}
    report = bench.harvest()
    assert (report.accepted, report.quarantined, report.withdrawn) == (2, 0, 0)
    assert bench.live() == {ONE, TWO}


def test_renaming_survives_a_partner_that_hangs_up(bench: Bench) -> None:
    """A run that fails after it read a renamed record leaves no record behind that nobody gives."""
    bench.partner.held = {"a": study(1), "z": study(9)}
    bench.harvest()
    bench.partner.held["a"] = study(2)
    bench.partner.fails_after = 1
    bench.harvest()
    bench.partner.fails_after = None
    bench.harvest()
    assert bench.live() == {TWO, NINE}


def test_renaming_survives_a_crash_before_the_end(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that dies between the last batch and the end of the run leaves no record that nobody gives (R6)."""
    from catalogue.ingest.closing import Closing

    bench.partner.held = {"a": study(1), "z": study(9)}
    bench.harvest()
    bench.partner.held["a"] = study(2)
    with monkeypatch.context() as crash, pytest.raises(KeyboardInterrupt):
        crash.setattr(Closing, "_mark", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        bench.harvest()
    assert TWO in bench.live()
    bench.harvest()
    assert bench.live() == {TWO, NINE}


def test_mass_renaming_is_held_as_a_whole(bench: Bench) -> None:
    """When too many records change identity at once neither goes nor comes any; each is shown in quarantine (R16)."""
    bench.partner.held = {f"{n:03}": study(n) for n in range(1, 31)}
    bench.harvest()
    before = bench.live()
    bench.partner.held = {f"{n:03}": study(n + (1000 if n <= 20 else 0)) for n in range(1, 31)} | {"new": study(500)}
    report = bench.harvest()
    assert (report.state, report.held, report.withdrawn) == ("held", 20, 0)
    assert (report.read, report.accepted, report.reasons) == (31, 11, {"policy": 20})
    assert bench.live() == before | {"biostudies:S-BIADTEST500"}
    assert bench.harvest().held == 20


def test_guard_counts_what_was_there_before_the_run(make_bench: Callable[..., Bench]) -> None:
    """Hundreds of new records do not make room for more deletions (R16)."""
    bench = make_bench(absence_hours=0)
    bench.partner.held = {f"{n:03}": study(n) for n in range(1, 41)}
    bench.harvest()
    bench.partner.held = {f"{n:03}": study(n) for n in range(11, 41)}
    bench.harvest()
    bench.partner.held |= {f"{n}": study(n) for n in range(200, 500)}
    report = bench.harvest()
    assert (report.state, report.held, report.new) == ("held", 10, 300)


def test_unchanged_is_not_believed_of_bytes_read_after_the_cursor(bench: Bench) -> None:
    """A source that compares with the last cursor cannot hide that a failed run had read newer bytes."""
    history = {"0": study(1, title="Old"), "1": study(1, title="Newer"), "2": study(1, title="Old")}
    commit = "0"

    def fetch(source: SourceSpec, since: str | None, known: Mapping[str, str]) -> Iterator[Event]:
        """As Git does: unchanged is what is as it was at the commit of the cursor."""
        same = since is not None and history[since] == history[commit]
        bench.partner.held = {"a": study(9)}
        document = next(iter(_events(bench, {"a": history[commit]})))
        yield Unchanged("a") if same and "a" in known else document
        if commit == "1":
            raise SourceUnavailable("hung up")
        yield Listed(cursor=commit, complete=True)

    from catalogue.problems import SourceUnavailable

    bench.partner.fetch = fetch  # type: ignore[method-assign]
    for commit in history:  # noqa: B007 - read by fetch
        bench.harvest()
    head = bench.ledger.head(ONE)
    assert head is not None and head.record["title"] == "Old"


def _events(bench: Bench, held: dict[str, Any]) -> Iterator[Event]:
    partner = type(bench.partner)(held)
    return partner.fetch(SourceSpec("x", "scripted", "x"), None, {})


def page(number: int) -> str:
    """A page of an invented archive."""
    return f"https://partner.example/{number}"


def test_record_with_another_page_keeps_its_identity(bench: Bench) -> None:
    """A new root IRI is no new record: the old one stays an alias and a former identifier (SSBD, 2026-04-27)."""
    for number in (1, 2, 3):
        bench.partner.held = {"a": study(1, landing_page=page(number))}
        report = bench.harvest()
        assert (report.new + report.changed, report.withdrawn, report.renamed) == (1, 0, 0)
    head = bench.ledger.head(ONE)
    assert head is not None
    assert (head.record["landing_page"], head.record["former_identifiers"]) == (page(3), [page(1), page(2)])
    assert {bench.ledger.find_alias(page(n)) for n in (1, 2, 3)} == {ONE}
    position = bench.ledger.last_position()
    assert bench.harvest(full=True).unchanged == 1 and bench.ledger.last_position() == position


def test_page_that_comes_back_is_no_former_name(bench: Bench) -> None:
    """A record that returns to an old page calls the other one former."""
    for number in (1, 2, 1):
        bench.partner.held = {"a": study(1, landing_page=page(number))}
        bench.harvest()
    head = bench.ledger.head(ONE)
    assert head is not None and head.record["former_identifiers"] == [page(2)]


def test_former_names_outlive_a_withdrawal(bench: Bench) -> None:
    """A record that was away still knows the page it had before."""
    bench.partner.held = {"a": study(1, landing_page=page(1))}
    bench.harvest()
    bench.partner.held = {"a": Removed("a", "gone")}
    bench.harvest()
    bench.partner.held = {"a": study(1, landing_page=page(2))}
    bench.harvest()
    head = bench.ledger.head(ONE)
    assert head is not None and head.record["former_identifiers"] == [page(1)]
    assert bench.ledger.find_alias(page(1)) == ONE


def test_page_that_another_record_has_now_leads_to_that_one(bench: Bench) -> None:
    """An old page that a source gives to another study leads there; the first is found under its new one."""
    bench.partner.held = {"a": study(1, landing_page=page(1)), "b": study(2, landing_page=page(2))}
    bench.harvest()
    bench.partner.held = {"a": study(1, landing_page=page(3)), "b": study(2, landing_page=page(1))}
    bench.harvest()
    assert [bench.ledger.find_alias(page(n)) for n in (1, 2, 3)] == [TWO, TWO, ONE]


def test_renamed_record_that_returns_is_itself_again(bench: Bench) -> None:
    """A renaming that is taken back makes the old record live and the other one replaced."""
    for number in (1, 2, 1):
        bench.partner.held = {"a": study(number)}
        bench.harvest()
    heads = {name: bench.ledger.head(name) for name in (ONE, TWO)}
    assert bench.live() == {ONE}
    assert heads[TWO] is not None and heads[TWO].record["replaced_by"] == ONE
    assert [entry.action for entry in bench.ledger.history(ONE)] == ["create", "delete", "create"]


def test_renaming_that_a_crash_interrupts_still_points_to_the_new_record(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R6: the record that replaces another is known after a crash between the two."""
    from catalogue.ingest.closing import Closing

    bench.partner.held = {"a": study(1)}
    bench.harvest()
    bench.partner.held = {"a": study(2)}
    with monkeypatch.context() as crash, pytest.raises(KeyboardInterrupt):
        crash.setattr(Closing, "_mark", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        bench.harvest()
    bench.harvest()
    head = bench.ledger.head(ONE)
    assert head is not None and (head.status, head.record["replaced_by"]) == ("replaced", TWO)


def test_one_of_two_records_of_a_document_that_goes_is_not_renamed(bench: Bench) -> None:
    """Where a document loses a record and gives no other instead, nothing is said to have taken its place."""
    bench.partner.held = {"a": {"records": [study(1), study(2)]}}
    bench.partner.map = lambda d, s: Mapped(json.loads(d.content)["records"])  # type: ignore[method-assign]
    bench.harvest()
    bench.partner.held = {"a": {"records": [study(2)]}}
    report = bench.harvest()
    head = bench.ledger.head(ONE)
    assert head is not None and (head.status, report.withdrawn) == ("withdrawn", 1)
    assert "replaced_by" not in head.record
