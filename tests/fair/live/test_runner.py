"""Runs of looks: what is due, in lanes by host, written in batches, gone on with after a stop or a crash."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from catalogue.fair.live.base import HERE, checks
from catalogue.fair.live.due import FIRST_PAUSE, LONGEST_PAUSE, due, pause_after
from catalogue.fair.live.runner import Runner, Tally
from catalogue.fair.live.trickle import RENEW, Trickle
from catalogue.fair.live.world import World
from catalogue.problems import StoreDamaged
from catalogue.store.observations import NODE, Observation
from tests.exchange.harvested import Node, study
from tests.fair.live.hostile_answers_for_looks import says, silence, world
from tests.harvesters.loopback_server import Server, serving

OWNER = "owner-page-resolves"
HERE_CHECK = "page-embeds-metadata"


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    """A node with an empty ledger and a clock of its own."""
    one = Node(tmp_path)
    with one.ledger:
        yield one


def put(node: Node, server: Server, numbers: range, owner: str = "biostudies") -> list[str]:
    """Studies whose pages are at a server; their names."""
    records = [{**study(n, owner=owner), "landing_page": f"{server.url}/{owner}/{n}"} for n in numbers]
    node.put(*records)
    node.clock.go(1)
    for record in records:
        server.routes.setdefault(record["landing_page"].removeprefix(server.url), says(b"here"))
    return [record["id"] for record in records]


def runner(node: Node, at: World, *names: str, **options: Any) -> Runner:
    """A runner of some of the checks."""
    among = {name: checks()[name] for name in names or (OWNER,)}
    return Runner(node.ledger, at, options.pop("stop", threading.Event()), node.clock, among=among, **options)


def run(node: Node, one: Runner, **options: Any) -> Tally:
    """A run of all that is due now."""
    return one.run(due(node.ledger.observations, one.checks.values(), node.clock(), **options))


def in_order(node: Node) -> list[Observation]:
    """Everything written down, in its order."""
    newest = node.ledger.observations.newest()
    return sorted((one for of in newest.values() for one in of.values()), key=lambda one: one.number)


def asked(server: Server) -> Counter[str]:
    """How often each page was asked for."""
    return Counter(request.path for request in server.requests if request.path != "/robots.txt")


def test_each_record_is_looked_at_once_while_it_is_fresh(node: Node, archive: Server) -> None:
    """A second run asks nobody; one after the check's days asks everybody again, the oldest first."""
    names = put(node, archive, range(1, 8))
    one = runner(node, world(None, archive))
    assert run(node, one).outcomes == {(OWNER, "pass"): 7}
    assert run(node, one).seen == 0
    node.clock.go(29 * 86_400)
    assert run(node, one).seen == 0 and set(asked(archive).values()) == {1}
    node.clock.go(86_400 + 1)
    assert run(node, one).seen == 7 and set(asked(archive).values()) == {2}
    newest = node.ledger.observations.newest()
    assert set(newest) == set(names) and newest[names[0]][OWNER].detail["asked"][0]["status"] == 200


def test_changed_record_is_looked_at_again(node: Node, archive: Server) -> None:
    """A look at an older version says nothing of the new one."""
    (first, second) = put(node, archive, range(1, 3))
    one = runner(node, world(None, archive))
    run(node, one)
    node.clock.go(60)
    node.put({**study(1), "landing_page": archive.url + "/biostudies/2"})
    looks = due(node.ledger.observations, one.checks.values(), node.clock())
    assert [look.curie for look in looks] == [first] and second not in looks


def test_undecided_is_looked_at_sooner_and_then_seldom(node: Node, archive: Server) -> None:
    """A time-out is tried again after an hour, then after two; a server that asks for more is given more."""
    put(node, archive, range(1, 2))
    archive.routes["/biostudies/1"] = says(b"", status="500 Oh")
    one = runner(node, world(None, archive))
    assert run(node, one).outcomes == {(OWNER, "indeterminate"): 1}
    for hours, due_then in ((0.5, 0), (0.6, 1), (1.5, 0), (0.6, 1)):
        node.clock.go(hours * 3600)
        assert run(node, one).seen == due_then, hours
    archive.routes["/biostudies/1"] = says(b"", status="429 Slow", Retry_After="36000")
    node.clock.go(4 * 3600 + 1)
    assert run(node, one).seen == 1
    node.clock.go(9 * 3600)
    assert run(node, one).seen == 0
    node.clock.go(3600)
    archive.routes["/biostudies/1"] = says(b"here")
    assert run(node, one).outcomes == {(OWNER, "pass"): 1}
    assert pause_after(1) == FIRST_PAUSE and pause_after(100) == LONGEST_PAUSE


def test_nothing_of_a_study_that_is_not_public(node: Node, archive: Server) -> None:
    """Withdrawn and suppressed studies are not looked at, also when they become so between list and look."""
    put(node, archive, range(1, 3))
    one = runner(node, world(None, archive))
    looks = due(node.ledger.observations, one.checks.values(), node.clock())
    node.put(study(1), status="suppressed")
    one.run(looks)
    assert asked(archive) == {"/biostudies/2": 1}
    assert {look.curie for look in looks} == {"biostudies:S-BIAD1", "biostudies:S-BIAD2"}


def test_crash_loses_one_batch_at_most(node: Node, archive: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that dies between two batches has written the earlier ones; nothing of these is asked again."""
    put(node, archive, range(1, 31))
    book = type(node.ledger.observations)
    real, written = book.add, 0

    def dies(self: Any, seen: list[Observation]) -> None:
        nonlocal written
        if written == 2:
            raise SystemExit("killed")
        written += 1
        real(self, seen)

    monkeypatch.setattr(book, "add", dies)
    with pytest.raises(SystemExit):
        run(node, runner(node, world(None, archive), batch=5))
    monkeypatch.setattr(book, "add", real)
    kept = {name for name, _ in node.ledger.observations.newest().items()}
    assert len(kept) == 10
    before = asked(archive)
    assert run(node, runner(node, world(None, archive))).seen == 20
    again = asked(archive) - before
    pages = {f"/biostudies/{name.rpartition('D')[2]}" for name in kept}
    assert not pages & set(again)
    assert len(node.ledger.observations.newest()) == 30


def test_stop_writes_what_was_seen(node: Node, archive: Server) -> None:
    """Asked to stop, a run ends at once; what it saw is kept, and the next run goes on."""
    put(node, archive, range(1, 21))
    stop = threading.Event()

    def fifth(request: Any, connection: Any) -> bytes:
        if len(asked(archive)) == 5:
            stop.set()
        return says(b"here")(request, connection)

    archive.otherwise = fifth
    archive.routes = {"/robots.txt": says(b"", status="404 Not Found")}
    tally = run(node, runner(node, world(None, archive), stop=stop))
    assert tally.seen == 4  # the fifth was broken off
    assert run(node, runner(node, world(None, archive))).seen == 16


def test_hanging_host_holds_up_nobody(node: Node, archive: Server, over: threading.Event) -> None:
    """While one archive hangs others are looked at; after five silences it is left alone, and nothing of it fails."""
    with serving() as hanging:
        put(node, hanging, range(1, 31), "idr")
        put(node, archive, range(1, 31))
        for path in [path for path in hanging.routes if path != "/robots.txt"]:
            hanging.routes[path] = silence(over)
        hanging.routes["/robots.txt"] = says(b"", status="404 Not Found")
        one = runner(node, world(None, archive, hanging, timeout_s=1.5), batch=1)
        looks = due(node.ledger.observations, one.checks.values(), node.clock())
        tally = one.run(looks)
    assert tally.outcomes == {(OWNER, "pass"): 30, (OWNER, "indeterminate"): 5}
    # All of the other archive was written down before the silent one had been given up.
    assert sum(one.outcome == "pass" for one in in_order(node)[:31]) == 30
    (why, left) = tally.left[hanging.url.partition("//")[2]]
    assert left == 25 and "left alone" in why
    # Left alone without a word in the book, and not asked again meanwhile.
    before = len(hanging.requests)
    assert run(node, one).seen == 0 and len(hanging.requests) == before


def test_busy_host_is_left_alone_at_once(node: Node, archive: Server) -> None:
    """A server that says 429 is not asked for the next record; it is after the pause that it asked for."""
    put(node, archive, range(1, 11))
    for path in archive.routes:
        archive.routes[path] = says(b"", status="429 Slow", Retry_After="900")
    archive.routes["/robots.txt"] = says(b"", status="404 Not Found")
    one = runner(node, world(None, archive))
    assert run(node, one).outcomes == {(OWNER, "indeterminate"): 1}
    assert sum(asked(archive).values()) == 1
    node.clock.go(600)
    assert run(node, one).seen == 0
    node.clock.go(301)
    assert run(node, one).seen == 1


def test_own_pages_have_a_lane_of_their_own(node: Node, archive: Server, pages: Server) -> None:
    """Our pages are looked at beside those of others; a node that does not answer costs one request, and no word."""
    put(node, archive, range(1, 11))
    pages.routes["/federation/node.json"] = says(b'{"node": "somebody else"}')
    tally = run(node, runner(node, world(pages, archive), OWNER, HERE_CHECK))
    assert tally.outcomes == {(OWNER, "pass"): 10}
    assert tally.left[HERE][1] == 10 and len(pages.requests) <= 4


def test_fault_in_a_check_is_indeterminate(node: Node, archive: Server) -> None:
    """A check that breaks is told as a fault of the software, and the other checks of the record are made."""
    from dataclasses import replace

    put(node, archive, range(1, 2))

    def breaks(target: Any, visit: Any) -> Any:
        raise KeyError("x")

    broken = replace(checks()[OWNER], name="broken", look=breaks)
    among = {"broken": broken, OWNER: checks()[OWNER]}
    one = Runner(node.ledger, world(None, archive), threading.Event(), node.clock, among=among)
    assert run(node, one).outcomes == {("broken", "indeterminate"): 1, (OWNER, "pass"): 1}


def test_one_study_or_one_check_on_demand(node: Node, archive: Server) -> None:
    """What a person asks for is looked at although it is fresh, and nothing else."""
    names = put(node, archive, range(1, 6))
    one = runner(node, world(None, archive))
    run(node, one)
    assert run(node, one, studies=names[:1]).seen == 0
    assert run(node, one, studies=names[:1], all_of_them=True).seen == 1
    assert asked(archive)["/biostudies/1"] == 2


def test_node_is_looked_at_as_a_whole(node: Node, archive: Server, pages: Server) -> None:
    """What holds for all records is looked at once, under the node's name, and not when one study is asked for."""
    put(node, archive, range(1, 6))
    one = runner(node, world(pages, archive), "tombstone-answers")
    assert run(node, one, studies=["biostudies:S-BIAD1"]).seen == 0
    assert run(node, one).outcomes == {("tombstone-answers", "not applicable"): 1}
    assert list(node.ledger.observations.newest()) == [NODE]


# The trickle


def test_trickle_spreads_looks_over_the_hour(node: Node, archive: Server) -> None:
    """A look at a time, so many in an hour and no more; then those that are due next."""
    put(node, archive, range(1, 11))
    one = runner(node, world(None, archive))
    trickle = Trickle(one, node.ledger.observations, 4, node.clock, threading.Event())
    assert [trickle.tick() for _ in range(6)] == [1, 1, 1, 1, 0, 0]
    node.clock.moment += RENEW
    assert [trickle.tick() for _ in range(2)] == [1, 1]
    assert len(node.ledger.observations.newest()) == 6 and set(asked(archive).values()) == {1}


def test_trickle_that_is_off_starts_nothing(node: Node, archive: Server) -> None:
    """With 0 looks an hour there is no thread."""
    put(node, archive, range(1, 3))
    one = runner(node, world(None, archive))
    for per_hour in (1, 0):
        stop = threading.Event()
        with Trickle(one, node.ledger.observations, per_hour, node.clock, stop).running():
            assert ("looks" in {thread.name for thread in threading.enumerate()}) is bool(per_hour)
            stop.set()


def test_trickle_waits_and_stops_with_the_worker(node: Node, archive: Server) -> None:
    """A worker that has just started asks nobody, and ends at once."""
    put(node, archive, range(1, 3))
    stop = threading.Event()
    with Trickle(runner(node, world(None, archive)), node.ledger.observations, 3600, node.clock, stop).running():
        stop.set()
    assert archive.connections == 0


def test_pace_of_fast_trickles(node: Node, archive: Server) -> None:
    """More than one look a second is several at a time."""
    put(node, archive, range(1, 11))
    trickle = Trickle(
        runner(node, world(None, archive)), node.ledger.observations, 3 * 3600, node.clock, threading.Event()
    )
    assert trickle.tick() == 3


def test_ages_tell_tries_in_a_row(node: Node) -> None:
    """The book tells when each thing was looked at last, and how often in vain."""
    book = node.ledger.observations
    book.add([Observation("a", "x", "indeterminate", "", detail={"tries": 3, "retry_after_s": 7})])
    book.add([Observation("b", "x", "pass", "")])
    ages = book.ages()
    assert (ages["a", "x"].tries, ages["a", "x"].pause_s, ages["b", "x"].tries) == (3, 7, 0)
    node.clock.go(timedelta(days=1).total_seconds())
    book.add([Observation("a", "x", "pass", "")])
    assert book.ages()["a", "x"].tries == 0


def test_damaged_record_holds_up_nobody(node: Node, archive: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """A record that cannot be read is left to fsck; the others of its lane are looked at."""
    names = put(node, archive, range(1, 6))
    real = type(node.ledger).head

    def head(self: Any, curie: str) -> Any:
        if curie == names[2]:
            raise StoreDamaged("damaged")
        return real(self, curie)

    monkeypatch.setattr(type(node.ledger), "head", head)
    assert run(node, runner(node, world(None, archive))).seen == 4


def test_old_observations_go_but_the_newest(node: Node, archive: Server) -> None:
    """Once a day what is too old goes, and what was seen last of each thing stays."""
    book = node.ledger.observations
    for outcome in ("fail", "pass"):
        book.add([Observation("a", "x", outcome, "")])
    node.clock.moment += timedelta(days=10)
    trickle = Trickle(
        runner(node, world(None, archive)), book, 1, node.clock, threading.Event(), kept=timedelta(days=5)
    )
    trickle.tick()
    assert book.newest()["x"]["a"].outcome == "pass"
    assert book.newest(up_to=1) == {}
