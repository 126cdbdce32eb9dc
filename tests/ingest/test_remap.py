"""Mapping again from kept originals: no network, only real differences, nothing lost when it goes wrong."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import catalogue.ingest.remap as remap_module
import catalogue.ingest.run as run_module
from app import open_node
from catalogue.model.documents import Mapped, Removed, Unreadable
from catalogue.problems import Locked, NotFound
from catalogue.store.ledger import Entry
from tests.conftest import PARTNERS
from tests.ingest.conftest import Bench, Partner, image, study

ONE, TWO = "biostudies:S-BIADTEST1", "biostudies:S-BIADTEST2"


def refuse(*_: Any) -> Any:
    """Stands for the network, which must not be asked."""
    raise AssertionError("the source was read")


def evolve(bench: Bench, change: Callable[[dict[str, Any]], Any] = lambda record: None, version: str = "2") -> None:
    """A new version of the mapping, which alters each record in place; the partner is out of reach from now on."""
    partner = bench.partner

    def mapping(document: Any, source: Any) -> Mapped:
        mapped = Partner.map(partner, document, source)
        for record in mapped.records:
            change(record)
        return mapped

    partner.version, partner.map, partner.fetch = version, mapping, refuse  # type: ignore[method-assign]
    partner.mapped_items.clear()


def back(bench: Bench) -> None:
    """The partner can be reached again; its mapping stays."""
    del bench.partner.fetch


def remap(bench: Bench, **options: Any) -> Any:
    return bench.ingest.remap("scripted", **options)


def retitled(record: dict[str, Any]) -> None:
    record["title"] = record["title"].replace("invented", "imagined")


def head(bench: Bench, curie: str) -> Entry:
    found = bench.ledger.head(curie)
    assert found is not None
    return found


def test_remap_without_a_change_reads_everything_and_appends_nothing(bench: Bench) -> None:
    """The same mapping over the same bytes gives the same records, so that nothing is written."""
    bench.partner.held = {"a": study(1), "b": study(2), "c": b"{"}
    bench.harvest()
    position = bench.ledger.last_position()
    evolve(bench, version="1")
    report = remap(bench)
    assert (report.kind, report.read, report.accepted, report.unchanged, report.quarantined) == ("remap", 3, 2, 2, 1)
    assert bench.partner.mapped_items == ["a", "b", "c"]
    assert bench.ledger.last_position() == position


def test_new_mapping_appends_only_what_comes_out_otherwise(bench: Bench) -> None:
    """A change that concerns one of three records appends one version, and doing it again none."""
    bench.partner.held = {"a": study(1), "b": study(2, title="A dull title"), "c": study(3, title="Another one")}
    bench.harvest()
    evolve(bench, retitled)
    report = remap(bench)
    assert (report.read, report.changed, report.unchanged, report.withdrawn) == (3, 1, 2, 0)
    assert head(bench, ONE).record["title"].startswith("An imagined")
    position = bench.ledger.last_position()
    assert position == 4
    again = remap(bench)
    assert (again.read, again.changed, again.unchanged) == (3, 0, 3)
    assert bench.ledger.last_position() == position


def test_provenance_says_when_the_original_was_read_and_by_what_it_was_mapped(bench: Bench) -> None:
    """The new version has today's mapping, schema version and time of record, and the original's time of reading."""
    bench.partner.held = {"a": study(1)}
    bench.harvest()
    read_at = bench.clock.now
    bench.clock.pass_hours(72)
    evolve(bench, retitled)
    bench.ingest.schema_version = "9.0.0"
    remap(bench)
    old, new = bench.ledger.history(ONE)
    assert (old.harvester, old.schema_version, old.retrieved_at) == ("scripted/1", "0", read_at)
    assert (new.harvester, new.schema_version, new.retrieved_at) == ("scripted/2", "9.0.0", read_at)
    assert new.recorded_at == bench.clock.now
    assert (new.original_digest, new.source_url) == (old.original_digest, old.source_url)


def test_time_of_reading_follows_the_bytes_and_not_the_last_change(bench: Bench) -> None:
    """Bytes that were read anew without changing their record give their own time to what a remap makes of them."""
    bench.partner.held = {"a": study(1)}
    bench.harvest()
    bench.clock.pass_hours(48)
    bench.partner.held = {"a": b'{"_repair": true, ' + repr(study(1)).replace("'", '"').encode()[1:]}
    assert bench.harvest().unchanged == 1
    read_at = bench.clock.now
    bench.clock.pass_hours(48)
    evolve(bench, retitled)
    remap(bench)
    assert head(bench, ONE).retrieved_at == read_at


def test_record_that_the_new_mapping_refuses_is_quarantined_and_stays_served(bench: Bench) -> None:
    """A mapping that fails loses no record; the next one that does not takes the record out of quarantine."""
    bench.partner.held = {"a": study(1), "b": study(2)}
    bench.harvest()
    evolve(bench, lambda record: record.pop("title") if record["id"] == ONE else retitled(record))
    report = remap(bench)
    assert (report.reasons, report.changed) == ({"schema-required": 1}, 1)
    assert bench.live() == {ONE, TWO}
    assert [row.identifier for row in bench.ledger.quarantined()] == [ONE]
    assert remap(bench).reasons == {"schema-required": 1}
    evolve(bench, retitled, version="3")
    assert (remap(bench).changed, bench.ledger.quarantined()) == (1, [])


def test_quarantined_document_enters_when_the_mapping_takes_it(bench: Bench) -> None:
    """What was refused is mapped again from its kept bytes, with the time they were read."""
    bench.partner.held = {"a": study(1, title="")}
    bench.harvest()
    read_at = bench.clock.now
    bench.clock.pass_hours(24)
    evolve(bench, lambda record: record.update(title="Untitled at the source"))
    report = remap(bench)
    assert (report.new, report.quarantined, bench.ledger.quarantined()) == (1, 0, [])
    assert (head(bench, ONE).retrieved_at, head(bench, ONE).source_url) == (read_at, "https://partner.example/a")


def test_last_good_version_moves_on_though_later_bytes_are_refused(bench: Bench) -> None:
    """A live record whose newest document is refused is renewed from the document it was made of."""
    bench.partner.held = {"a": study(1), "b": study(2)}
    bench.harvest()
    read_at = bench.clock.now
    bench.clock.pass_hours(24)
    bench.partner.held["a"] = b"{"
    bench.harvest()
    evolve(bench, retitled)
    report = remap(bench)
    assert (report.read, report.changed, report.quarantined, report.renewed) == (2, 1, 1, 1)
    renewed = head(bench, ONE)
    assert renewed.record["title"].startswith("An imagined")
    assert (renewed.harvester, renewed.retrieved_at) == ("scripted/2", read_at)
    assert [row.item for row in bench.ledger.quarantined()] == ["a"]
    assert (remap(bench).renewed, bench.ledger.last_position()) == (0, renewed.position)


def test_last_good_image_waits_for_a_live_study(bench: Bench) -> None:
    """An image is not renewed under a study that was withdrawn with it."""
    bench.partner.held = {"a": study(1), "b": image(1, 1)}
    bench.harvest()
    bench.partner.held = {"a": Removed("a", "gone"), "b": b"{"}
    bench.harvest()
    position = bench.ledger.last_position()
    evolve(bench, lambda record: record.update(title="An image"))
    assert (remap(bench).renewed, bench.ledger.last_position()) == (0, position)


def test_images_are_mapped_again_with_their_studies(bench: Bench) -> None:
    """An image whose document comes before its study's is mapped again as well."""
    bench.partner.held = {"a": image(1, 1), "b": study(1)}
    bench.harvest()
    evolve(bench, lambda record: record.update(title="One title"))
    assert (remap(bench).changed, head(bench, f"{ONE}.img1").record["title"]) == (2, "One title")


def test_withdrawn_records_are_left_alone(bench: Bench) -> None:
    """An image that went with its study is neither refused nor brought back, and returns with it later."""
    bench.partner.held = {"a": study(1), "b": image(1, 1)}
    bench.harvest()
    bench.partner.held["a"] = Removed("a", "gone")
    bench.harvest()
    evolve(bench, lambda record: record.update(title="One title"))
    report = remap(bench)
    assert (report.read, report.quarantined, bench.live()) == (0, 0, set())
    back(bench)
    bench.partner.held["a"] = study(1)
    bench.harvest()
    assert {head(bench, curie).record["title"] for curie in bench.live()} == {"One title"} and len(bench.live()) == 2


def test_restored_image_keeps_the_version_under_which_it_was_written(bench: Bench) -> None:
    """A payload that comes back as it was says its old schema version; the tombstone between says the new one."""
    bench.partner.held = {"a": study(1), "b": image(1, 1)}
    bench.harvest()
    bench.ingest.schema_version = "9.0.0"
    for held in (Removed("a", "gone"), study(1)):
        bench.partner.held["a"] = held
        bench.harvest()
    versions = [(entry.status, entry.schema_version) for entry in bench.ledger.history(f"{ONE}.img1")]
    assert versions == [("public", "0"), ("withdrawn", "9.0.0"), ("public", "0")]


def test_mass_change_of_identity_is_held(make_bench: Callable[..., Bench]) -> None:
    """A mapping that would rename too many live records changes none of them until a person lets it (R16)."""
    bench = make_bench(guard_count=2)
    bench.partner.held = {f"{n}": study(n) for n in range(1, 5)} | {"9": study(9, title="An invented last one")}
    bench.harvest()
    before = bench.live()

    def renamed(record: dict[str, Any]) -> None:
        retitled(record)
        if record["accession"] != "S-BIADTEST9":
            record.update(id=record["id"] + "0", accession=record["accession"] + "0")

    evolve(bench, renamed)
    report = remap(bench)
    assert (report.state, report.held, report.withdrawn, report.reasons) == ("held", 4, 0, {"policy": 4})
    assert bench.live() == before and "held accept" in report.detail
    assert head(bench, "biostudies:S-BIADTEST9").record["title"] == "An imagined last one"
    batch = remap(bench).batch
    assert (bench.ingest.accept_held(batch).new, bench.ledger.quarantined()) == (4, [])
    assert bench.live() == {f"biostudies:S-BIADTEST{n}" for n in (10, 20, 30, 40, 9)}
    assert head(bench, ONE).record["reason"] == "renamed-by-mapping"


def test_document_that_was_not_kept_whole_is_reported_and_left(bench: Bench) -> None:
    """What only the source can give again is counted and said, and stays as it was."""
    bench.partner.held = {"a": study(1), "b": study(2)}
    bench.harvest()
    bench.partner.held["a"] = Unreadable("a", "https://partner.example/a", "too-large", "12 MB", b"begin")
    bench.harvest()
    evolve(bench, retitled)
    report = remap(bench)
    assert (report.read, report.unkept, report.renewed, report.quarantined) == (1, 1, 1, 0)
    assert "1 documents were not mapped again" in report.detail
    assert head(bench, ONE).record["title"].startswith("An imagined")
    assert [row.reason for row in bench.ledger.quarantined()] == ["too-large"]


@pytest.mark.parametrize("act", ["DELETE FROM original WHERE rowid = 1", "UPDATE original SET content = x'00'"])
def test_lost_or_damaged_original_ends_no_run(bench: Bench, tmp_path: Path, act: str) -> None:
    """An original that is gone or altered costs its own record the remap, no other one anything else."""
    bench.partner.held = {"a": study(1), "b": study(2)}
    bench.harvest()
    (file,) = tmp_path.glob("*.db")
    with sqlite3.connect(file) as database:
        database.execute("DROP TRIGGER original_no_update")
        database.execute(act)
    evolve(bench, retitled)
    report = remap(bench)
    assert (report.read + report.unkept, report.changed) == (2, report.read)
    assert report.unkept >= 1 and bench.live() == {ONE, TWO} and report.state == "completed"


def test_dry_run_decides_and_writes_nothing(bench: Bench) -> None:
    """A dry run tells what would be appended, the last good versions included, and leaves no trace."""
    bench.partner.held = {"a": study(1), "b": study(2), "c": image(1, 2)}
    bench.harvest()
    bench.partner.held["a"] = b"{"
    bench.harvest()
    states, runs = bench.ledger.items("scripted"), bench.ledger.runs()
    evolve(bench, lambda record: record.update(title="One title"))
    report = remap(bench, dry_run=True)
    assert (report.changed, report.quarantined, report.renewed) == (2, 1, 1)
    assert (bench.ledger.last_position(), bench.ledger.items("scripted"), bench.ledger.runs()) == (3, states, runs)


def test_remap_excludes_a_harvest_and_another_remap(bench: Bench) -> None:
    """Whoever holds the source's lease is alone with it."""
    bench.partner.held = {"a": study(1)}
    bench.harvest()
    with bench.ledger.lease("harvest:scripted", "somebody"), pytest.raises(Locked):
        remap(bench)
    with pytest.raises(NotFound):
        bench.ingest.remap("nobody")


@pytest.mark.parametrize("small", [2, 3])
def test_interrupted_remap_goes_on_where_it_ended(bench: Bench, monkeypatch: pytest.MonkeyPatch, small: int) -> None:
    """Ctrl-C keeps what was committed; the next remap maps the rest only and says so, the one after it everything."""
    for module in (run_module, remap_module):
        monkeypatch.setattr(module, "BATCH_DOCUMENTS", small)
    bench.partner.held = {f"{n}": study(n) for n in range(1, 8)}
    bench.harvest()
    evolve(bench, retitled)

    def interrupt(report: Any) -> None:
        if report.read >= 2 * small:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        remap(bench, on_progress=interrupt)
    assert bench.ledger.runs()[0].state == "interrupted"
    done = 2 * small
    assert bench.ledger.last_position() == 7 + done
    with pytest.raises(ZeroDivisionError), monkeypatch.context() as early:
        early.setattr(remap_module.Remapping, "queue", lambda *_: 1 / 0)
        remap(bench)
    bench.partner.mapped_items.clear()
    report = remap(bench)
    assert bench.partner.mapped_items == [f"{n}" for n in range(done + 1, 8)]
    assert (report.changed, report.total) == (7 - done, 7 - done) and "Went on after" in report.detail
    assert bench.ledger.last_position() == 14
    assert (remap(bench).read, bench.ledger.last_position()) == (7, 14)


def test_another_mapping_does_not_go_on_from_an_interrupted_remap(bench: Bench) -> None:
    """What an interrupted remap decided holds for its own mapping only."""
    bench.partner.held = {"a": study(1), "b": study(2)}
    bench.harvest()
    evolve(bench, retitled)

    def interrupt(report: Any) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        remap(bench, on_progress=interrupt)
    evolve(bench, version="3")
    assert (remap(bench).read, head(bench, ONE).record["title"][:11]) == (2, "An invented")


@pytest.mark.parametrize("version", ["2", "1"], ids=["version told", "version kept by mistake"])
@pytest.mark.parametrize("round_", range(2, 9))
def test_remap_that_dies_anywhere_ends_as_an_undisturbed_one(
    make_bench: Callable[..., Bench], monkeypatch: pytest.MonkeyPatch, round_: int, version: str
) -> None:
    """Killed at its nth transaction and run again, it leaves the records that a run in one go leaves (R6)."""
    for module in (run_module, remap_module):
        monkeypatch.setattr(module, "BATCH_DOCUMENTS", 2)

    def changed(record: dict[str, Any]) -> None:
        record["title"] = "Changed"
        if record["type"] == "Study" and record["accession"] in ("S-BIADTEST3", "S-BIADTEST5"):
            record.update(id=record["id"] + "0", accession=record["accession"] + "0")

    ends = []
    for dies in (False, True):
        bench = make_bench()
        held = {"1": image(1, 2), "2": study(1), "3": study(2), "4": study(3), "5": study(4), "6": study(5)}
        bench.partner.held = held
        bench.harvest()
        bench.partner.held = {**held, "5": b"{"}
        bench.harvest()
        evolve(bench, changed, version)
        if dies:
            kill_at(bench, round_)
        remap(bench)
        assert bench.live() >= {TWO, f"{TWO}.img1", f"{ONE}", "biostudies:S-BIADTEST4"}
        heads = bench.ledger.heads()
        ends.append({e.curie: (e.status, e.payload, e.original_digest, e.retrieved_at) for e in heads})
        assert list(bench.ledger.fsck()) == []
        assert len(bench.ledger.entries()) == 6 + 8, "nothing is appended twice"
    assert ends[0] == ends[1]


def kill_at(bench: Bench, number: int) -> None:
    """Runs a remap that dies like a killed process when it opens its nth transaction, and frees its lease."""

    class Killed(BaseException):
        pass

    opened = 0
    usual = bench.ledger.transaction

    def transaction(*arguments: Any, **options: Any) -> Any:
        nonlocal opened
        opened += 1
        if opened >= number:
            raise Killed
        return usual(*arguments, **options)

    bench.ledger.transaction = transaction  # type: ignore[method-assign]
    with suppress(Killed):
        remap(bench)
    del bench.ledger.transaction
    for lease in bench.ledger.leases():
        bench.ledger.release_lease(lease)


def test_next_harvest_goes_on_from_the_cursor(bench: Bench) -> None:
    """After a remap of everything the partner is asked for news only, as if the mapping had never changed."""
    asked: list[tuple[str | None, set[str]]] = []

    class Asked(Partner):
        def fetch(self, source: Any, since: Any, known: Any) -> Any:
            asked.append((since, set(known)))
            return super().fetch(source, since, known)

    bench.partner = bench.ingest.harvesters["scripted"] = Asked({"a": study(1), "b": study(2)})  # type: ignore[index]
    bench.harvest()
    evolve(bench, retitled)
    remap(bench)
    back(bench)
    bench.harvest()
    assert asked == [(None, set()), ("2", {"a", "b"})]
    assert bench.partner.mapped_items == ["a", "b"], "by the remap alone"


def test_remap_is_no_sign_of_life_of_a_missing_document(bench: Bench) -> None:
    """Time and evidence of an absence go on through a remap (R14)."""
    bench.partner.held = {"a": study(1), "b": study(2)}
    bench.harvest()
    del bench.partner.held["a"]
    bench.harvest()
    bench.clock.pass_hours(25)
    evolve(bench, retitled)
    assert (remap(bench).changed, bench.live()) == (2, {ONE, TWO})
    back(bench)
    assert (bench.harvest().withdrawn, bench.live()) == (1, {TWO})


def test_findings_are_those_of_the_new_mapping(bench: Bench) -> None:
    """What an older mapping had noticed is no longer in force."""
    bench.partner.held = {"a": study(1, _repair=True)}
    bench.harvest()
    assert bench.ledger.findings(code="blank")
    evolve(bench)
    bench.partner.map = lambda document, source: Mapped([study(1)])  # type: ignore[method-assign]
    remap(bench)
    assert not bench.ledger.findings(code="blank")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.dictionaries(st.integers(1, 6), st.sampled_from(["good", "other", "bad"]), max_size=6), max_size=3),
    st.dictionaries(st.integers(1, 6), st.sampled_from(["fails", "retitles"])),
)
def test_remap_gives_what_a_fresh_harvest_would(
    bench: Bench, days: list[dict[int, str]], changes: dict[int, str]
) -> None:
    """Whatever was harvested before, remapped records equal those of a node that reads all anew with that mapping."""
    partner = Partner()
    partner.name = "scripted"
    bench.ingest.harvesters["scripted"] = bench.partner = partner  # type: ignore[index]
    name, offset = f"s{uuid.uuid4().hex}", uuid.uuid4().int % 10**12 * 10
    bench.ledger.add_source(name, harvester="scripted", location="x")
    for day in days:
        partner.held = {
            f"{n}": b"{" if kind == "bad" else study(offset + n, title=f"A title that is {kind}")
            for n, kind in day.items()
        }
        bench.ingest.harvest(name)

    def change(record: dict[str, Any]) -> None:
        act = changes.get(int(record["accession"].removeprefix("S-BIADTEST")) - offset)
        if act == "fails":
            del record["title"]
        elif act == "retitles":
            record["title"] += ", retitled"

    served = {entry.curie: entry.record["title"] for entry in bench.ledger.heads() if entry.source == name}
    evolve(bench, change)
    report = bench.ingest.remap(name)
    assert report.read == report.accepted + report.quarantined
    for curie, title in served.items():
        act = changes.get(int(curie.removeprefix("biostudies:S-BIADTEST")) - offset)
        assert head(bench, curie).record["title"] == title + (", retitled" if act == "retitles" else "")
    position = bench.ledger.last_position()
    again = bench.ingest.remap(name)
    assert (again.accepted, again.new + again.changed + again.renewed) == (report.accepted, 0)
    assert bench.ledger.last_position() == position


@pytest.mark.partners
@pytest.mark.slow
def test_remap_of_real_crates_appends_nothing(tmp_path: Path) -> None:
    """IDR's crates, harvested and mapped again, come out byte for byte as they were."""
    node = open_node(tmp_path)
    node.initialise()
    node.ledger.add_source("idr", harvester="gide", location=str(PARTNERS / "gide-idr" / "crates"))
    first = node.ingest.harvest("idr")
    position = node.ledger.last_position()
    report = node.ingest.remap("idr")
    assert (report.read, report.unchanged, report.quarantined) == (first.read, first.new, first.quarantined)
    assert (node.ledger.last_position(), report.changed, report.new, report.renewed) == (position, 0, 0, 0)
    assert node.ledger.findings(limit=10**6) and report.finding_codes == first.finding_codes
    node.ledger.close()
