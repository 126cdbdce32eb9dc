"""Whatever a query does, it harms nobody but itself, and its sender is told what happened."""

from __future__ import annotations

import contextlib
import io
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from rdflib.query import Result

from catalogue.problems import (
    BadRequest,
    NotAcceptable,
    Problem,
    QueryBusy,
    QueryFailed,
    QueryMemory,
    QueryRefused,
    QuerySyntax,
    QueryTimeout,
    QueryTooLarge,
    ResultTooLarge,
)
from catalogue.query.guard import QueryShape
from catalogue.query.pool import QueryPool
from catalogue.query.request import Cancelled, QueryRequest
from tests.query.canary import Canary
from tests.query.stores import NASTY, iri, numbered, publish

ONE = "SELECT ?s { ?s ?p ?o } LIMIT 1"
CROSS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
SORTED_CROSS = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?c ?f ?i"
DOUBLING = (
    "SELECT (STRLEN(?c40) AS ?n) { BIND('0123456789' AS ?c0) "
    + "".join(f"BIND(CONCAT(?c{i}, ?c{i}) AS ?c{i + 1}) " for i in range(40))
    + "}"
)
# Passes the guard when it is told so; ends the process in the parser.
CRASH = "SELECT * { " + "{" * 300_000 + "}" * 300_000 + " }"
UNGUARDED = QueryShape("SELECT", False, 1, 1)
# Machines are shared: a short deadline leaves room for a query that does nothing, a long one for anything that ends.
SHORT_S = 2.0
LONG_S = 120.0


@contextlib.contextmanager
def small_pool(snapshot: Path, **limits: object) -> Iterator[QueryPool]:
    """A warm pool of one worker, idle, with a deadline that nothing meets unless it hangs, unless said otherwise."""
    settings: dict[str, object] = {"workers": 1, "deadline_s": LONG_S, "memory_bytes": 1 << 30}
    with QueryPool(snapshot, **{**settings, **limits}) as pool:  # type: ignore[arg-type]
        pool.start()
        assert until(lambda: pool.stats().isolation != "unknown")
        pool.select(ONE)
        # The answer is there a moment before its place is free.
        assert until(lambda: pool.stats().running == 0)
        yield pool


def serves_again(pool: QueryPool) -> bool:
    """A simple query is answered, asked again as long as the new worker only starts (0.8 s on a busy machine)."""

    def answered() -> bool:
        with contextlib.suppress(QueryBusy):
            return len(pool.select(ONE)) == 1
        return False

    return until(answered)


def until(condition: Callable[[], bool]) -> bool:
    """True as soon as the condition holds, False when it does not though the machine had time enough."""
    deadline = time.monotonic() + LONG_S / 2
    while not condition():
        if time.monotonic() > deadline:
            return False
        threading.Event().wait(0.01)
    return True


@pytest.mark.parametrize(("name", "foreign"), [("json", "json"), ("xml", "xml"), ("tsv", "tsv"), ("csv", "csv")])
def test_tables_are_read_alike_by_rdflib(pool: QueryPool, name: str, foreign: str) -> None:
    """Another library reads the same rows out of each table format, signs with a meaning included."""
    text = (
        "SELECT ?s ?o { { ?s <http://example.org/nasty> ?o } UNION { ?s <http://example.org/p0> ?o } } "
        "ORDER BY ?s LIMIT 60"
    )
    body = pool.run(QueryRequest(text, format=name)).read()
    rows = list(Result.parse(io.BytesIO(body), format=foreign))
    expected = pool.select(text)
    assert len(rows) == len(expected) == 60
    read = {str(row[0]): str(row[1]) for row in rows}
    value = read["http://example.org/nasty"]
    # XML readers turn CR into LF, and the engine does not escape it; CSV and TSV readers of rdflib do likewise.
    assert value.replace("\r", "") == NASTY.replace("\r", "") or name == "tsv"
    assert set(read) == {row["s"].value for row in expected}  # type: ignore[union-attr]


def test_json_and_tsv_keep_every_sign(pool: QueryPool) -> None:
    """Values survive unchanged in the formats that can carry them."""
    text = "SELECT ?o { ?s <http://example.org/nasty> ?o }"
    for name, engine_format in (("json", ox.QueryResultsFormat.JSON), ("tsv", ox.QueryResultsFormat.TSV)):
        body = pool.run(QueryRequest(text, format=name)).read()
        solutions = ox.parse_query_results(body, format=engine_format)
        assert isinstance(solutions, ox.QuerySolutions)
        assert [row["o"].value for row in solutions] == [NASTY]


@pytest.mark.parametrize(
    ("name", "foreign"), [("turtle", "turtle"), ("ntriples", "nt"), ("jsonld", "json-ld"), ("rdfxml", "xml")]
)
@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", 2002),
        ("DESCRIBE <http://example.org/s1>", 1),
        ("CONSTRUCT WHERE { <http://example.org/none> ?p ?o }", 0),
    ],
)
def test_graphs_are_read_alike_by_rdflib(pool: QueryPool, name: str, foreign: str, text: str, count: int) -> None:
    """Another library reads the same number of triples out of each graph format."""
    body = pool.run(QueryRequest(text, format=name)).read()
    assert len(rdflib.Graph().parse(data=body, format=foreign)) == count


@pytest.mark.parametrize("name", ["json", "xml", "csv", "tsv"])
def test_ask_answers_in_every_table_format(pool: QueryPool, name: str) -> None:
    """A yes is a yes in each format."""
    assert b"true" in pool.run(QueryRequest("ASK { ?s ?p ?o }", format=name)).read()


def test_default_graph_is_the_union(pool: QueryPool) -> None:
    """Without a dataset, triples of all graphs are seen."""
    assert len(pool.select("SELECT ?s { ?s ?p ?o }")) == 2002


@pytest.mark.parametrize(
    ("text", "default", "named", "rows"),
    [
        ("SELECT ?s FROM <http://example.org/h> { ?s ?p ?o }", (), (), 2),
        ("SELECT ?s FROM NAMED <http://example.org/h> { ?s ?p ?o }", (), (), 0),
        ("SELECT ?s FROM NAMED <http://example.org/h> { GRAPH ?g { ?s ?p ?o } }", (), (), 2),
        ("SELECT ?s { ?s ?p ?o }", ("h",), (), 2),
        ("SELECT ?s { ?s ?p ?o }", ("h", "g"), (), 2002),
        ("SELECT ?s { GRAPH ?g { ?s ?p ?o } }", ("h",), (), 0),
        ("SELECT ?s { ?s ?p ?o }", (), ("h",), 0),
        ("SELECT ?s { GRAPH ?g { ?s ?p ?o } }", (), ("h",), 2),
        ("SELECT ?s { ?s ?p ?o }", ("absent",), (), 0),
        ("SELECT ?s FROM <http://example.org/g> { ?s ?p ?o }", ("h",), (), 2),
        ("SELECT ?s FROM NAMED <http://example.org/g> { GRAPH ?g { ?s ?p ?o } }", ("h",), (), 0),
    ],
)
def test_datasets_follow_the_protocol(
    pool: QueryPool, text: str, default: tuple[str, ...], named: tuple[str, ...], rows: int
) -> None:
    """FROM restricts, and what the request names wins over it (SPARQL 1.1 Protocol, 2.1.4)."""
    found = pool.select(
        text,
        default_graphs=tuple(iri(name).value for name in default),
        named_graphs=tuple(iri(name).value for name in named),
    )
    assert len(found) == rows


def test_graph_names_must_be_iris(pool: QueryPool) -> None:
    """A dataset of nonsense is the client's error."""
    with pytest.raises(BadRequest):
        pool.run(QueryRequest(ONE, default_graphs=("not an iri",)))


@pytest.mark.parametrize("text", [CROSS, SORTED_CROSS], ids=["cross", "sorted"])
def test_runaway_queries_end_at_the_deadline(snapshot: Path, text: str) -> None:
    """A cross product, which would take hours, gets its error, and the next query its answer."""
    with small_pool(snapshot, deadline_s=SHORT_S) as pool:
        with pytest.raises((QueryTimeout, QueryMemory)):
            pool.run(QueryRequest(text)).read()
        assert serves_again(pool)


def test_a_timeout_says_what_to_do(snapshot: Path) -> None:
    """The problem carries status 504, the deadline and advice."""
    with small_pool(snapshot, deadline_s=SHORT_S) as pool, pytest.raises(QueryTimeout, match="add LIMIT") as caught:
        pool.run(QueryRequest(CROSS)).read()
    assert (caught.value.status, caught.value.members["deadline_s"]) == (504, SHORT_S)


def test_memory_bombs_end_alone(snapshot: Path) -> None:
    """Doubling a string forty times costs its sender an error and nobody else anything."""
    with small_pool(snapshot, memory_bytes=600 << 20) as pool:
        with pytest.raises(QueryMemory):
            pool.run(QueryRequest(DOUBLING)).read()
        assert len(pool.select(ONE)) == 1
        assert pool.stats().crashed == 1


def test_sorting_more_than_fits_ends_in_memory(snapshot: Path) -> None:
    """ORDER BY over more rows than the limit holds is told as a matter of memory."""
    with small_pool(snapshot, memory_bytes=400 << 20) as pool:
        with pytest.raises(QueryMemory):
            pool.run(QueryRequest(SORTED_CROSS)).read()
        assert len(pool.select(ONE)) == 1


def test_a_crash_of_the_engine_ends_alone(snapshot: Path) -> None:
    """A stack overflow below the guard ends one worker, is told as a failure, and the next query is answered."""
    with small_pool(snapshot, max_query_bytes=1 << 21) as pool:
        with pytest.raises(QueryFailed):
            pool.run(QueryRequest(CRASH, shape=UNGUARDED)).read()
        assert len(pool.select(ONE)) == 1


def test_a_worker_killed_from_outside_is_replaced(snapshot: Path) -> None:
    """Whoever kills an idle worker does not cost the next client its answer."""
    before = _children()
    with small_pool(snapshot) as pool:
        for child in set(_children()) - set(before):
            os.kill(child, signal.SIGKILL)
        assert len(pool.select(ONE)) == 1


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("SELECT * { " + "{" * 3000 + "}" * 3000 + " }", QueryTooLarge),
        ("SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }", QueryRefused),
        ("LOAD <http://127.0.0.1:1/>", QueryRefused),
        ("SELECT * { ?s ?p }", QuerySyntax),
        ("SELECT (<http://example.org/f>(1) AS ?x) { }", QuerySyntax),
        ("SELECT ?x { ?s undeclared:p ?x }", QuerySyntax),
    ],
)
def test_refusals_leave_the_worker_alive(pool: QueryPool, text: str, kind: type[Problem]) -> None:
    """Bad texts are told as such without costing a process."""
    before = pool.stats()
    with pytest.raises(kind) as caught:
        pool.run(QueryRequest(text))
    assert 400 <= caught.value.status < 500
    after = pool.stats()
    assert (after.crashed, after.killed) == (before.crashed, before.killed)
    assert after.refused == before.refused + 1


def test_faults_are_told_without_their_inside_and_logged(snapshot: Path, caplog: pytest.LogCaptureFixture) -> None:
    """What nobody expected is a plain failure for the client and a full one in the operator's log."""
    with Canary() as canary, small_pool(snapshot) as pool:
        with pytest.raises(QueryFailed) as caught:
            pool.run(QueryRequest(f"SELECT * {{ SERVICE <{canary.url}> {{ ?s ?p ?o }} }}", shape=UNGUARDED))
        assert "denied" not in caught.value.detail
        assert "ermission denied" in caplog.text
        assert len(pool.select(ONE)) == 1


def test_syntax_errors_of_the_engine_say_where(pool: QueryPool) -> None:
    """The parser's position reaches the client."""
    with pytest.raises(QuerySyntax) as caught:
        pool.run(QueryRequest("SELECT ?s {\n ?s ?p\n}"))
    assert caught.value.members["line"] == 3


@pytest.mark.parametrize("name", ["json", "xml", "csv", "tsv"])
def test_too_many_rows_are_an_error_never_a_cut(snapshot: Path, name: str) -> None:
    """One row above the limit refuses the whole answer; the limit itself is fine."""
    with small_pool(snapshot, max_rows=100) as pool:
        assert pool.run(QueryRequest("SELECT * { ?s ?p ?o } LIMIT 100", format=name)).read()
        with pytest.raises(ResultTooLarge, match="LIMIT"):
            pool.run(QueryRequest("SELECT * { ?s ?p ?o } LIMIT 101", format=name))
        assert pool.stats().killed == 0


def test_too_many_triples_are_an_error(snapshot: Path) -> None:
    """Graphs have the same limit."""
    with small_pool(snapshot, max_rows=100) as pool, pytest.raises(ResultTooLarge):
        pool.run(QueryRequest("CONSTRUCT WHERE { ?s ?p ?o }"))


def test_too_many_bytes_are_an_error(snapshot: Path) -> None:
    """One long value is as bad as many rows."""
    with small_pool(snapshot, max_bytes=100_000) as pool, pytest.raises(ResultTooLarge, match="100000 bytes"):
        pool.run(QueryRequest("SELECT * { ?s ?p ?o }"))


def test_formats_that_do_not_fit_are_refused(pool: QueryPool) -> None:
    """A table cannot be Turtle, and the problem lists what it can be."""
    with pytest.raises(NotAcceptable) as caught:
        pool.run(QueryRequest(ONE, format="turtle"))
    assert "text/csv" in caught.value.members["available"]


def test_answers_start_before_they_end_and_break_visibly(snapshot: Path) -> None:
    """A long answer begins while the query runs; when it then times out, reading it raises."""
    endless = {"hold_bytes": 1000, "hold_s": 0.0, "max_rows": 10**9, "max_bytes": 1 << 40}
    with small_pool(snapshot, deadline_s=SHORT_S, **endless) as pool:
        result = pool.run(QueryRequest("SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", format="tsv"))
        assert result.size_bytes is None
        assert next(result.chunks)
        with pytest.raises(QueryTimeout):
            result.read()


def test_a_slow_reader_holds_no_worker(snapshot: Path) -> None:
    """The only worker serves others while a long answer waits to be read."""
    text = "SELECT * { ?a ?b ?c . ?d <http://example.org/p0> ?f } LIMIT 200000"
    with small_pool(snapshot, hold_bytes=1000, hold_s=0.0, max_rows=10**6) as pool:
        result = pool.run(QueryRequest(text, format="tsv"))
        first = next(result.chunks)
        assert until(lambda: pool.stats().running == 0)
        assert len(pool.select(ONE)) == 1
        assert (first + result.read()).count(b"\n") == 200_001


def test_closing_an_answer_frees_the_worker(snapshot: Path) -> None:
    """Whoever stops reading stops the query."""
    with small_pool(snapshot, hold_bytes=1000, hold_s=0.0, max_rows=10**9, max_bytes=1 << 40) as pool:
        result = pool.run(QueryRequest("SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", format="tsv"))
        next(result.chunks)
        result.close()
        assert until(lambda: pool.stats().killed == 1)
        assert len(pool.select(ONE)) == 1


def test_cancelling_ends_the_query(snapshot: Path) -> None:
    """A client that leaves before the first byte frees the worker long before the deadline."""
    with small_pool(snapshot) as pool:
        asked = iter([False, False, True])
        with pytest.raises(Cancelled):
            pool.run(QueryRequest(CROSS), cancelled=lambda: next(asked, True))
        assert until(lambda: pool.stats().killed == 1)
        assert len(pool.select(ONE)) == 1


def test_a_full_queue_is_busy_with_advice(snapshot: Path) -> None:
    """Beyond workers and queue, clients are turned away at once and told when to come back."""
    with small_pool(snapshot, queue=1, deadline_s=3.0) as pool:
        outcomes: list[type[BaseException] | None] = []

        def ask() -> None:
            try:
                pool.run(QueryRequest(CROSS)).read()
            except Problem as problem:
                outcomes.append(type(problem))

        threads = [threading.Thread(target=ask) for _ in range(2)]
        for thread in threads:
            thread.start()
        assert until(lambda: pool.stats().running == 1 and pool.stats().waiting == 1)
        begin = time.monotonic()
        with pytest.raises(QueryBusy) as caught:
            pool.run(QueryRequest(ONE))
        assert time.monotonic() - begin < 2
        assert int(caught.value.headers["Retry-After"]) >= 1
        for thread in threads:
            thread.join()
        assert QueryTimeout in outcomes


def test_others_are_served_beside_a_runaway(snapshot: Path) -> None:
    """With one worker busy to the end, the other answers 50 queries from 4 clients."""
    with small_pool(snapshot, workers=2, deadline_s=6.0) as pool:
        ended: list[type[Problem]] = []

        def run_away() -> None:
            try:
                pool.run(QueryRequest(CROSS))
            except Problem as problem:
                ended.append(type(problem))

        runaway = threading.Thread(target=run_away)
        runaway.start()
        assert until(lambda: pool.stats().running == 1)
        slowest: list[float] = []

        def ask() -> None:
            for _ in range(50):
                begin = time.monotonic()
                assert len(pool.select(ONE)) == 1
                slowest.append(time.monotonic() - begin)

        clients = [threading.Thread(target=ask) for _ in range(4)]
        for client in clients:
            client.start()
        for client in clients:
            client.join()
        assert len(slowest) == 200
        assert max(slowest) < 4
        runaway.join()
        assert ended == [QueryTimeout]


def test_a_moved_link_is_followed(tmp_path: Path) -> None:
    """The query after a new snapshot sees it, in every worker, and the old folder can go."""
    link = publish(tmp_path, 1, numbered(10))
    with small_pool(link, workers=2) as pool:
        assert len(pool.select("SELECT ?s { ?s ?p ?o }")) == 10
        publish(tmp_path, 2, numbered(20))
        assert [len(pool.select("SELECT ?s { ?s ?p ?o }")) for _ in range(6)] == [20] * 6


def test_without_a_snapshot_the_service_is_not_ready_yet(tmp_path: Path) -> None:
    """Before the first publication a query is told to come back, and after it is served."""
    with QueryPool(tmp_path / "current", workers=1, deadline_s=LONG_S) as pool:
        with pytest.raises(QueryBusy, match="published"):
            pool.run(QueryRequest(ONE))
        publish(tmp_path, 1, numbered(3))
        assert len(pool.select(ONE)) == 1


def test_a_store_with_a_default_graph_is_taken_as_it_is(tmp_path: Path) -> None:
    """Triples outside any graph make the default graph; only where there are none is it the union."""
    quads = [*numbered(5), ox.Quad(iri("a"), iri("b"), iri("c"), ox.DefaultGraph())]
    with small_pool(publish(tmp_path, 1, quads)) as pool:
        assert len(pool.select("SELECT ?s { ?s ?p ?o }")) == 1
        assert len(pool.select("SELECT ?s { GRAPH ?g { ?s ?p ?o } }")) == 5


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the fence is Linux's")
def test_workers_cannot_call_out_even_past_the_guard(snapshot: Path) -> None:
    """SERVICE that slips by the guard reaches nobody: the canary, which hears this process, hears no worker."""
    with Canary() as canary, small_pool(snapshot) as pool:
        text = f"SELECT * {{ SERVICE <{canary.url}> {{ ?s ?p ?o }} }}"
        with pytest.raises(Problem):
            pool.run(QueryRequest(text, shape=UNGUARDED)).read()
        silent = text.replace("SERVICE", "SERVICE SILENT")
        pool.run(QueryRequest(silent, shape=UNGUARDED)).read()
        assert canary.hits == 0
        assert pool.stats().isolation in ("seccomp", "namespace")
        socket.create_connection(("127.0.0.1", int(canary.url.split(":")[2].split("/")[0]))).close()
        assert until(lambda: canary.hits == 1)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_workers_inherit_nothing(snapshot: Path) -> None:
    """A worker holds no socket of this process and sees none of its environment."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.set_inheritable(True)
    before = _children()
    with listener, small_pool(snapshot):
        (worker,) = set(_children()) - set(before)
        held = [str(fd.readlink()) for fd in Path(f"/proc/{worker}/fd").iterdir()]
        assert held
        assert not [name for name in held if name.startswith("socket:")]
        names = {entry.split("=")[0] for entry in Path(f"/proc/{worker}/environ").read_text().split("\0") if entry}
        assert names <= {"PYTHONPATH", "MALLOC_ARENA_MAX"}


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the signal of a dying parent is Linux's")
def test_workers_die_with_their_parent(snapshot: Path) -> None:
    """kill -9 of the server leaves no worker behind, not even one in the middle of a query."""
    script = (
        "import sys, threading, time\n"
        "from pathlib import Path\n"
        "from catalogue.query.pool import QueryPool\n"
        "from catalogue.query.request import QueryRequest\n"
        "from tests.query.test_pool import CROSS, ONE, _children\n"
        "pool = QueryPool(Path(sys.argv[1]), workers=2, deadline_s=120)\n"
        "pool.select(ONE)\n"
        "threading.Thread(target=pool.run, args=(QueryRequest(CROSS),), daemon=True).start()\n"
        "while pool.stats().running != 1 or len(_children()) != 2: time.sleep(0.01)\n"
        "print(*_children(), flush=True)\n"
        "sys.stdin.read()\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", script, str(snapshot)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None and parent.stdin is not None
    workers = [int(pid) for pid in parent.stdout.readline().split()]
    assert len(workers) == 2
    parent.kill()
    parent.wait()
    assert until(lambda: not any(_alive(pid) for pid in workers))
    parent.stdin.close()
    parent.stdout.close()


def test_closing_ends_all_workers(snapshot: Path) -> None:
    """After close no process is left and queries are turned away."""
    before = _children()
    pool = QueryPool(snapshot, workers=2, deadline_s=LONG_S)
    pool.select(ONE)
    pool.close()
    assert until(lambda: set(_children()) <= set(before))
    with pytest.raises(QueryBusy):
        pool.run(QueryRequest(ONE))


def test_statistics_count_what_happened(snapshot: Path) -> None:
    """Served, refused and killed queries are told apart, with the median of the served."""
    with small_pool(snapshot, deadline_s=SHORT_S) as pool:
        for _ in range(3):
            pool.select(ONE)
        with pytest.raises(QueryTimeout):
            pool.run(QueryRequest(CROSS))
        with pytest.raises(QuerySyntax):
            pool.run(QueryRequest("nonsense"))
        stats = pool.stats()
    assert (stats.served, stats.killed, stats.refused, stats.crashed) == (4, 1, 1, 0)
    assert stats.p50_s is not None and 0 < stats.p50_s < SHORT_S


def _children() -> list[int]:
    """Worker processes of this process."""
    found = []
    for folder in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if folder.name.isdigit() and "catalogue.query.worker" in (folder / "cmdline").read_text():
                status = (folder / "status").read_text()
                if f"PPid:\t{os.getpid()}\n" in status and "State:\tZ" not in status:
                    found.append(int(folder.name))
    return found


def _alive(pid: int) -> bool:
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False
