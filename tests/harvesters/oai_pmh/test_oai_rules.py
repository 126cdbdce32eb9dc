"""The rules of incremental harvest (federation.md section 6) over a loopback repository that misbehaves."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import timedelta

import pytest
from oai_reading import Node

from catalogue.model.documents import Listed, Removed, SourceDocument
from catalogue.problems import SourceChanged, SourceUnavailable
from harvesters.windows import read_moment
from tests.harvesters.loopback_server import answer
from tests.harvesters.oai_server import NOW, OaiServer, dc, repository

PREFIX = "oai:archive.example:"


@pytest.fixture
def server() -> Iterator[OaiServer]:
    """A repository of seven records, three a page."""
    with repository() as found:
        yield found


def after(server: OaiServer) -> str:
    """The argument `from` of the last list that was begun."""
    return [query.get("from", "") for query in server.asked if query.get("verb") == "ListRecords"][-1]


def test_first_harvest_reads_all_pages_in_the_best_format(server: OaiServer) -> None:
    """Identify, formats, then a full list by tokens; the empty token on the last page ends it (sickle issue 8)."""
    node = Node(server)
    node.harvest()
    assert len(node.documents) == 7
    assert server.verbs == ["Identify", "ListMetadataFormats", "ListRecords", "ListRecords", "ListRecords"]
    assert server.asked[2]["metadataPrefix"] == "oai_dc"
    end = node.events[-1]
    assert isinstance(end, Listed) and end.complete


def test_nothing_new_costs_two_requests(server: OaiServer) -> None:
    """R7: Identify and one list that answers noRecordsMatch."""
    node = Node(server)
    node.harvest()
    server.wait(days=1)
    server.asked.clear()
    node.harvest()
    assert server.verbs == ["Identify", "ListRecords"]
    assert not node.documents


def test_cursor_is_the_repositorys_clock_not_ours_nor_a_datestamp(server: OaiServer) -> None:
    """R1: from = responseDate of the run's start less the overlap, whatever our clock and the records say."""
    server.now = NOW + timedelta(days=400)
    server.put(8)
    server.now -= timedelta(days=10)
    node = Node(server)
    node.harvest()
    server.wait(hours=5)
    node.harvest()
    began = NOW + timedelta(days=390)
    assert read_moment(after(server)) == began - timedelta(hours=2, seconds=1)


def test_without_response_date_the_http_date_is_the_clock(server: OaiServer) -> None:
    """R1: where responseDate is no time, the Date header is; without both the next run reads all again."""
    node = Node(server)
    original = server._answer

    def without(inside: str) -> bytes:
        reply = original(inside)
        assert isinstance(reply, bytes)
        body = reply.partition(b"\r\n\r\n")[2].replace(server.now.strftime("%Y-%m-%dT%H:%M:%SZ").encode(), b"soon")
        return answer(body)

    server._answer = without  # type: ignore[method-assign, assignment]
    node.harvest()
    assert node.cursor is None


def test_failure_half_way_gives_no_cursor(server: OaiServer) -> None:
    """R2: the cursor comes with the end of the list; a list that breaks leaves the old one standing."""
    node = Node(server)
    node.harvest()
    before = node.cursor
    server.wait(days=1)
    for number in range(1, 8):
        server.put(number, "New")
    seen = 0
    with pytest.raises(SourceUnavailable):
        for event in _events(node):
            seen += isinstance(event, SourceDocument)
            if seen == 2:
                server.faults = [answer(b"<OAI-PMH xmlns='http://www.openarchives.org/OAI/2.0/'><ListRec")]
    assert node.cursor == before
    node.harvest()
    assert len(node.documents) == 7


def _events(node: Node) -> Iterator[object]:
    from harvesters.oai_pmh import OaiPmhHarvester
    from tests.harvesters.contract import fetcher

    return OaiPmhHarvester(fetcher()).fetch(node.source, node.cursor, node.held)


def test_record_changed_within_the_overlap_is_not_lost(server: OaiServer) -> None:
    """R3: a record that changed while the last run went on, behind its page, comes with the next."""
    node = Node(server)
    node.harvest()
    late = server.put(2, "Changed meanwhile")
    server.wait(minutes=30)
    node.harvest()
    assert node.documents == [late]


def test_days_granularity_overlaps_by_a_day(server: OaiServer) -> None:
    """R3: a repository that knows days only is asked for the day before, too."""
    server.granularity = "YYYY-MM-DD"
    node = Node(server)
    node.harvest()
    server.wait(days=5)
    changed = server.put(3, "New")
    node.harvest()
    assert node.documents == [changed]
    assert after(server) == (NOW - timedelta(days=1, hours=2)).strftime("%Y-%m-%d")


def test_repository_that_refuses_seconds_is_asked_for_days(server: OaiServer) -> None:
    """R3: Identify promises seconds and `from` with seconds is a badArgument: days are tried before giving up."""
    server.days_only = True
    node = Node(server)
    node.harvest()
    server.wait(days=5)
    changed = server.put(3, "New")
    node.harvest()
    assert node.documents == [changed]


def test_replay_changes_nothing(server: OaiServer) -> None:
    """R4: reading all again gives no document whose bytes are held, and the same cursor's state."""
    node = Node(server)
    node.harvest()
    node.cursor = None
    node.harvest()
    assert not node.documents
    assert len(node.unchanged) == 7


@pytest.mark.parametrize("seed", range(5))
def test_order_of_the_list_means_nothing(server: OaiServer, seed: int) -> None:
    """R5: whatever the order of records on pages, the same is held."""
    chance = random.Random(seed)
    places = {name: chance.random() for name in server.records}
    server.order = lambda name: places.get(name, 2.0)
    node, other = Node(server), None
    node.harvest()
    server.order = str
    other = Node(server)
    other.harvest()
    assert node.held == other.held


def test_record_twice_in_a_list_counts_by_its_newest_datestamp(server: OaiServer) -> None:
    """R5: a record that changes while the list is read stands on two pages; an older copy behind it is not taken."""
    server.records[f"{PREFIX}1"].metadata = dc(1, "New")
    server.records[f"{PREFIX}1"].moment = NOW
    old = f"<record><header><identifier>{PREFIX}1</identifier><datestamp>2026-02-01T00:00:00Z</datestamp></header>"
    original = server._record
    server._record = lambda name, kept: (
        original(name, kept)
        + (  # type: ignore[method-assign]
            f"{old}<metadata>{dc(1, 'Old')}</metadata></record>" if name.endswith("7") else ""
        )
    )
    node = Node(server)
    node.harvest()
    assert "New 1" in node.titles[f"{PREFIX}1"]
    assert node.documents.count(f"{PREFIX}1") == 1


def test_newer_copy_behind_an_older_one_is_taken(server: OaiServer) -> None:
    """R5: a record that stands on an early page and, changed meanwhile, again on a later one is given anew."""
    newer = f"<record><header><identifier>{PREFIX}1</identifier><datestamp>2026-03-02T11:59:00Z</datestamp></header>"
    original = server._record
    server._record = lambda name, kept: (
        original(name, kept)
        + (  # type: ignore[method-assign]
            f"{newer}<metadata>{dc(1, 'New')}</metadata></record>" if name.endswith("7") else ""
        )
    )
    node = Node(server)
    node.harvest()
    assert "New 1" in node.titles[f"{PREFIX}1"]


def test_busy_repository_is_waited_for(server: OaiServer) -> None:
    """R8: 503 with Retry-After, 429 and 502 are tried again by the fetcher; the list goes on where it was."""
    node = Node(server)
    server.faults = [
        answer(b"", "503 Service Unavailable", {"Retry-After": "1"}), answer(b"", "429 Too Many Requests"),
        answer(b"", "502 Bad Gateway"),
    ]  # fmt: skip
    node.harvest()
    assert len(node.documents) == 7


@pytest.mark.parametrize("status", ["401 Unauthorized", "403 Forbidden"])
def test_repository_that_forbids_is_left(server: OaiServer, status: str) -> None:
    """R9: 401 and 403 are not tried again."""
    server.faults = [answer(b"", status)]
    with pytest.raises(SourceUnavailable, match="until a person looks"):
        Node(server).harvest()
    assert len(server.asked) == 1


def test_token_that_leads_back_ends_the_run(server: OaiServer) -> None:
    """R11: the same token twice is a loop; sickle and pyoai would read it for ever."""
    server.loops = True
    with pytest.raises(SourceChanged, match="never end"):
        Node(server).harvest()
    assert len(server.asked) < 10


def test_expired_token_begins_the_list_again(server: OaiServer) -> None:
    """R12: badResumptionToken half-way: the list is begun anew from the run's start, and nothing comes twice."""
    server.tokens_left = 1
    node = Node(server)
    node.harvest()
    assert sorted(node.documents) == sorted(server.records)
    assert server.verbs.count("ListRecords") == 6


def test_tokens_that_always_expire_end_the_run(server: OaiServer) -> None:
    """R12: a repository that honours no token is not asked for ever; the old cursor stays."""

    def forget(_verb: str, query: dict[str, str]) -> object:
        return server._error("badResumptionToken") if "resumptionToken" in query else original(_verb, query)

    original = server._list
    server._list = forget  # type: ignore[method-assign, assignment]
    node = Node(server)
    with pytest.raises(SourceUnavailable, match="forgot its resumptionToken"):
        node.harvest()
    assert node.cursor is None


def test_no_records_match_means_nothing_new_only_behind_a_date(server: OaiServer) -> None:
    """R13: an empty incremental list is a quiet day; an empty full list is suspicious and removes nothing."""
    node = Node(server)
    node.harvest()
    server.wait(days=2)
    node.harvest()
    assert not node.missing
    server.records.clear()
    node.cursor = None
    with pytest.raises(SourceChanged, match="no record at all"):
        node.harvest()


def test_unknown_set_is_no_empty_list(server: OaiServer) -> None:
    """R13: a set that matches nothing on a full list is an alarm, not an empty archive."""
    server.records.clear()
    with pytest.raises(SourceChanged):
        Node(server, set="gone").harvest()
    assert server.asked[-1]["set"] == "gone"


def test_deleted_header_is_a_tombstone(server: OaiServer) -> None:
    """R14: a record that the repository marks as deleted is removed by its word."""
    node = Node(server)
    node.harvest()
    server.wait(days=1)
    gone = server.delete(4)
    node.harvest()
    (removed,) = [event for event in node.events if isinstance(event, Removed)]
    assert removed.item == gone
    assert "deleted on 2026-03-03" in removed.evidence
    assert not node.missing


def test_forgetful_repository_is_asked_for_all_identifiers_monthly(server: OaiServer) -> None:
    """R14: deletedRecord `no` (Zenodo drops records): absence from all identifiers, listed every thirty days."""
    server.policy = "no"
    node = Node(server)
    node.harvest()
    gone = server.delete(4)
    server.wait(days=10)
    node.harvest()
    assert not node.missing
    assert "ListIdentifiers" not in server.verbs
    server.wait(days=21)
    changed = server.put(5, "New")
    node.harvest()
    assert node.missing == {gone}
    assert node.documents == [changed]
    assert sorted(node.unchanged) == sorted(set(server.records) - {changed})
    server.wait(days=1)
    node.harvest()
    assert node.missing == {gone}, "the second listing without it is asked for at once"
    del node.held[gone]
    server.wait(days=1)
    node.harvest()
    server.asked.clear()
    server.wait(days=1)
    node.harvest()
    assert "ListIdentifiers" not in server.verbs


def test_record_exposed_late_is_found_among_all_identifiers(server: OaiServer) -> None:
    """R3: a record that appears with an old datestamp is never in a list of changes; the identifiers show it."""
    server.policy = "transient"
    node = Node(server)
    node.harvest()
    server.wait(days=5)
    node.harvest()
    server.now -= timedelta(days=100)
    late = server.put(9)
    server.wait(days=130)
    node.harvest()
    assert node.documents == [late]
    assert server.verbs[-1] == "GetRecord"


def test_repository_that_keeps_tombstones_is_never_listed_again(server: OaiServer) -> None:
    """R14: deletedRecord `persistent` needs no full list, however old the last one is."""
    node = Node(server)
    node.harvest()
    server.asked.clear()
    server.wait(days=300)
    node.harvest()
    assert server.verbs == ["Identify", "ListRecords"]


def test_future_datestamps_move_no_cursor(server: OaiServer) -> None:
    """R23: a record stamped 2090 is taken; what is asked next is still the repository's clock."""
    server.records[f"{PREFIX}1"].moment = NOW.replace(year=2090)
    node = Node(server)
    node.harvest()
    state = json.loads(json.loads(node.cursor or "")["window"])
    assert state["after"].startswith("2026-03-02")


def test_clock_that_goes_back_reads_all(server: OaiServer) -> None:
    """R23: a repository restored from a backup, whose clock lies before the cursor, is read whole."""
    node = Node(server)
    node.harvest()
    server.now -= timedelta(days=1)
    node.harvest()
    assert after(server) == ""
