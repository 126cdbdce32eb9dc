from __future__ import annotations

from datetime import UTC, datetime

from alembic import command
from alembic.config import Config
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, text

from catalogue.model.documents import Finding, Severity
from catalogue.resources import migrations_dir
from catalogue.store.issues import Issues, Scope, Wanted
from catalogue.store.ledger import Ledger


def finding(code, severity=Severity.WARNING, path="Dataset.license", value="cc0", message="Write the address."):
    return Finding(code, severity, path, value, message)


def write(ledger, item, *findings, curie="idr:idr0001", source="idr"):
    with ledger.transaction() as writer:
        writer.clear_findings(source, item)
        writer.replace_findings(source, item, curie, findings)


def test_a_finding_that_stays_is_known_since_it_was_first_seen(ledger, clock):
    """R19: the same document, code, path and value keep first_seen and count tries; the message may change."""
    first = clock.now
    write(ledger, "a.json", finding("one"), finding("two"))
    clock.move(60)
    write(ledger, "a.json", finding("one", message="Say it better."), finding("three"))
    one, three = ledger.findings(item="a.json")
    assert (one.code, one.first_seen, one.last_seen, one.tries) == ("one", first, clock.now, 2)
    assert one.message == "Say it better."
    assert (three.code, three.first_seen, three.tries) == ("three", clock.now, 1)
    clock.move(60)
    write(ledger, "a.json", finding("one", value="cc1"))
    (other,) = ledger.findings(item="a.json")
    assert (other.first_seen, other.tries) == (clock.now, 1)


def test_a_document_that_gets_its_name_keeps_its_findings(ledger, clock):
    """R19: a finding made before the record was known is the same one when the record is."""
    first = clock.now
    write(ledger, "a.json", finding("one"), curie=None)
    clock.move(60)
    write(ledger, "a.json", finding("one"))
    (found,) = ledger.findings()
    assert (found.curie, found.first_seen, found.tries) == ("idr:idr0001", first, 2)


FINDINGS = st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("xy"), st.sampled_from("12")), max_size=6)


@given(steps=st.lists(st.tuples(st.sampled_from(["p", "q"]), FINDINGS), min_size=1, max_size=5))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
def test_the_findings_in_force_are_those_last_given(ledger, clock, steps):
    """Whatever was stored before, a document has the findings it was last read with, doubles included."""
    expected = {}
    for item in ("p", "q"):
        write(ledger, item)
    for item, given_now in steps:
        clock.move(1)
        write(ledger, item, *(finding(code, path=path, value=value) for code, path, value in given_now))
        expected[item] = (sorted(given_now), clock.now)
    for item, (wanted, moment) in expected.items():
        stored = ledger.findings(item=item)
        assert sorted((f.code, f.path, f.value) for f in stored) == wanted
        assert all(f.first_seen <= f.last_seen == moment and f.tries >= 1 for f in stored)


def test_whose_an_issue_is(ledger):
    """The record's prefix tells the owner, else the source's only owner does, else nobody is named."""
    ledger.add_source("both", harvester="gide", location="x", owners=("biostudies", "empiar"))
    write(ledger, "a", finding("one"), curie="empiar:10002", source="both")
    write(ledger, "b", finding("one"), curie=None, source="both")
    write(ledger, "c", finding("one"), curie=None)
    with ledger.transaction() as writer:
        writer.quarantine("idr", "d", reason="policy", detail="", harvester="g/1")
        writer.quarantine("both", "e", reason="policy", detail="", harvester="g/1", identifier="biostudies:S-BIAD1")
        writer.quarantine("both", "f", reason="policy", detail="", harvester="g/1", identifier="c")
    assert {f.item: f.owner for f in ledger.findings()} == {"a": "empiar", "b": None, "c": "idr"}
    assert {q.item: q.owner for q in ledger.quarantined()} == {"d": "idr", "e": "biostudies", "f": None}
    totals = ledger.issues.totals("owner")
    assert totals == {"empiar": {"warning": 1}, "idr": {"warning": 1, "rejected": 1}, "biostudies": {"rejected": 1}}


def fill(ledger, clock, documents=7):
    for number in range(documents):
        clock.move(1)
        weights = [Severity.WARNING, Severity.REPAIRED, Severity.INFO]
        write(ledger, f"{number}.json", *(finding(f"code-{w}", w, value=str(number)) for w in weights))
        with ledger.transaction() as writer:
            writer.quarantine("idr", f"bad-{number}", reason="policy", detail=f"no {number}", harvester="g/1")


def test_pages_of_any_length_give_every_issue_once(ledger, clock):
    """Refused documents come first, each kind newest first, and no page boundary loses or doubles one."""
    fill(ledger, clock)
    scope, whole = Scope(source="idr"), ledger.issues.page(Scope(source="idr"), limit=1000)
    assert len(whole) == 28 and [issue.severity for issue in whole[:7]] == ["rejected"] * 7
    assert [issue.item for issue in whole[:2]] == ["bad-6", "bad-5"]
    for length in (1, 2, 7, 27, 28):
        seen, after = [], ()
        while found := ledger.issues.page(scope, after=after, limit=length):
            seen, after = seen + found, found[-1].place
        assert seen == whole
    assert [issue for part in ledger.issues.all(scope) for issue in part] == whole


def test_counts_agree_with_what_is_listed(ledger, clock):
    """For every severity, reason and code the count is the number of issues that the filter lists."""
    fill(ledger, clock)
    write(ledger, "bad-1", finding("rule:Study", Severity.REJECTED))
    issues, scope = ledger.issues, Scope(source="idr")
    counts = issues.counts(scope)
    assert next(iter(counts.items())) == (("rejected", "policy"), 7) and sum(counts.values()) == 28
    for (severity, code), count in counts.items():
        name = "reason" if severity == "rejected" else "code"
        assert len(issues.page(scope, Wanted(severity=severity, **{name: code}))) == count
    assert issues.counts(Scope(source="none")) == {} and issues.page(Scope(owner="ssbd")) == []
    assert issues.counts(Scope(without=("idr",))) == {}


def test_faults_of_a_refused_document_stand_with_it(ledger):
    """The fields that keep a document out belong to it and are no findings of their own."""
    with ledger.transaction() as writer:
        writer.quarantine("idr", "a", reason="schema-required", detail="two", harvester="g/1")
        faults = [finding("rule:Study", Severity.REJECTED, path) for path in ("title", "license")]
        writer.replace_findings("idr", "a", None, [*faults, finding("whitespace", Severity.REPAIRED)])
    refused, noticed = ledger.issues.page(Scope())
    assert [fault.path for fault in refused.faults] == ["title", "license"] and noticed.code == "whitespace"


def test_newest_mixes_both_kinds_by_when_they_came(ledger, clock):
    """R20: what came last stands first, refused or found."""
    write(ledger, "a", finding("old"))
    clock.move(1)
    with ledger.transaction() as writer:
        writer.quarantine("idr", "b", reason="policy", detail="", harvester="g/1")
    clock.move(1)
    write(ledger, "c", finding("new"))
    assert [issue.code for issue in ledger.issues.newest(Scope())] == ["new", "policy", "old"]
    assert [issue.code for issue in ledger.issues.newest(Scope(), limit=1)] == ["new"]


def test_state_changes_with_every_run(ledger, clock):
    """What a tag is made of stays while nothing is written, and changes with what any run writes."""
    issues = Issues(ledger.engine)
    before = issues.state()
    assert issues.state() == before
    clock.move(1)
    with ledger.transaction() as writer:
        run = writer.start_run("idr")
    during = issues.state()
    clock.move(1)
    with ledger.transaction() as writer:
        writer.resolve_quarantine("idr", "a")
        writer.heartbeat(run)
    after = issues.state()
    assert len({before, during, after}) == 3


def test_last_refusal_of_a_record_is_found_by_its_name(ledger, clock):
    """R19: a record whose newer document is refused can say so; one that was mended does not."""
    with ledger.transaction() as writer:
        writer.quarantine("idr", "a", reason="policy", detail="first", harvester="g/1", identifier="idr:idr0001")
    clock.move(1)
    with ledger.transaction() as writer:
        writer.quarantine("idr", "b", reason="policy", detail="second", harvester="g/1", identifier="idr:idr0001")
    assert ledger.issues.refused("idr:idr0001").detail == "second"
    with ledger.transaction() as writer:
        writer.resolve_quarantine("idr", "a")
        writer.resolve_quarantine("idr", "b")
    assert ledger.issues.refused("idr:idr0001") is None


def test_findings_from_before_the_books_of_it_are_dated_by_their_run(ledger_url, clock):
    """A ledger of revision 0002 keeps its findings: owner by the record's prefix, dates by their run."""
    engine = create_engine(ledger_url)
    config = Config()
    config.set_main_option("script_location", str(migrations_dir()))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0002")
        for statement in (
            "insert into source values ('idr', 'gide', 'x', '[]', '{}', '2026-01-01T00:00:00.000000Z')",
            "insert into run values (1, 'idr', 'completed', '2026-01-02T00:00:00.000000Z', 'x', null, '{}')",
            "insert into finding (source, item, curie, code, severity, path, value, message, run_id) values "
            "('idr', 'a', 'idr:idr0001', 'one', 'warning', '', '', '', 1), "
            "('idr', 'b', null, 'one', 'info', '', '', '', null)",
            "insert into quarantine values "
            "('idr', 'c', 'idr:idr0002', 'policy', '', null, null, 'g/1', '2026-01-02T00:00:00.000000Z', "
            "'2026-01-02T00:00:00.000000Z', 3, null)",
        ):
            connection.execute(text(statement))
    engine.dispose()
    with Ledger(ledger_url, clock) as ledger:
        known, unknown = ledger.findings()
        assert (known.owner, known.first_seen, known.tries) == ("idr", datetime(2026, 1, 2, tzinfo=UTC), 1)
        assert (unknown.owner, unknown.first_seen) == (None, None)
        assert [(row.owner, row.tries) for row in ledger.quarantined()] == [("idr", 3)]
        assert [issue.item for issue in ledger.issues.newest(Scope())] == ["c", "a", "b"]
