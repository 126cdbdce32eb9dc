"""The query service: a fixed number of killable worker processes, a bounded queue, limits that end in a Problem.

One thread per worker feeds it and enforces the deadline; see reliability.md section 1 for why queries need processes.
"""

from __future__ import annotations

import json
import logging
import math
import os
import statistics
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pyoxigraph

from catalogue.problems import BadRequest, NotAcceptable, Problem, QueryBusy, QueryFailed, QueryTimeout
from catalogue.query import frames, guard
from catalogue.query.formats import Format, find_format, formats_for, negotiate
from catalogue.query.process import WorkerGone, WorkerProcess, out_of_memory
from catalogue.query.request import Cancelled, Limits, QueryRequest, QueryResult, problem_from
from catalogue.query.spool import Spool

log = logging.getLogger(__name__)

Term = pyoxigraph.NamedNode | pyoxigraph.BlankNode | pyoxigraph.Literal | pyoxigraph.Triple

_TICK_S = 0.05
_IDLE_CHECK_S = 2.0
_READ_BYTES = 1 << 16
_MAX_GRAPHS = 1000


def _never() -> bool:
    return False


@dataclass(slots=True, eq=False)
class _Job:
    message: dict[str, Any]
    spool: Spool = field(default_factory=Spool)
    started: threading.Event = field(default_factory=threading.Event)
    cancelled: threading.Event = field(default_factory=threading.Event)


@dataclass(frozen=True, slots=True)
class PoolStats:
    """What the pool has done since it was made.

    Args:
        served: queries answered whole.
        refused: queries ended by the guard, the parser or a limit on rows and bytes.
        killed: queries whose worker was ended, by deadline or because nobody waited any more.
        crashed: queries whose worker ended by itself (memory, stack).
        busy: queries turned away because the queue was full.
        p50_s: median seconds of the last 1,000 answered queries on a worker; None before the first.
        running: queries on a worker now.
        waiting: queries in the queue now.
        isolation: what keeps the network away from workers, "unknown" before the first has started.
    """

    served: int
    refused: int
    killed: int
    crashed: int
    busy: int
    p50_s: float | None
    running: int
    waiting: int
    isolation: str


class QueryPool:
    """Runs SPARQL queries on a published snapshot.

    Starts its processes at the first query or at `start()`, so that it may be made before a server forks.

    Args:
        snapshot: folder of the store, or a link that is moved from snapshot to snapshot; each query runs on one.
        workers: processes, and queries that run at the same time.
        deadline_s: seconds a query may run; as long may it wait for a worker.
        memory_bytes: address space of one worker.
        max_rows: rows or triples of an answer.
        max_bytes: bytes of an answer.
        queue: queries that may wait.
        max_query_bytes: bytes of a query text.
        max_depth: nesting of brackets in a query text.
        hold_bytes: an answer starts when it is whole, or when that many bytes are there and `hold_s` have passed:
            a failure until then is a proper error.
        hold_s: seconds, see `hold_bytes`. The default lies above the default deadline: then no answer starts before
            it is whole, and each failure is a proper error. With deadlines of minutes, long answers start earlier
            and a failure after that breaks the connection.
        prefixes: names for Turtle and RDF/XML answers.
    """

    def __init__(
        self,
        snapshot: Path,
        workers: int = 2,
        deadline_s: float = 10.0,
        memory_bytes: int = 2 << 30,
        max_rows: int = 100_000,
        max_bytes: int = 64 << 20,
        *,
        queue: int = 16,
        max_query_bytes: int = 1 << 20,
        max_depth: int = 200,
        hold_bytes: int = 256 << 10,
        hold_s: float = 15.0,
        prefixes: Mapping[str, str] | None = None,
    ) -> None:
        self.limits = Limits(deadline_s, memory_bytes, max_rows, max_bytes, max_query_bytes, max_depth)
        self._snapshot, self._workers, self._queue = snapshot, workers, queue
        self._hold_bytes, self._hold_s = hold_bytes, hold_s
        self._prefixes = dict(prefixes or {})
        self._start_lock = threading.Lock()
        self._reset()

    def _reset(self) -> None:
        self._lock = threading.Condition()
        self._jobs: deque[_Job] = deque()
        self._threads: list[threading.Thread] = []
        self._pid = 0
        self._running = 0
        self._closed = False
        self._counts = dict.fromkeys(("served", "refused", "killed", "crashed", "busy"), 0)
        self._durations: deque[float] = deque(maxlen=1000)
        self._isolation = "unknown"

    def start(self) -> None:
        """Start the worker processes, unless they run already in this process."""
        with self._start_lock:
            if self._pid == os.getpid() or self._closed:
                return
            if self._pid:
                self._reset()
            self._pid = os.getpid()
            self._threads = [
                threading.Thread(target=_Slot(self).serve, name=f"query-{number}", daemon=True)
                for number in range(self._workers)
            ]
            for thread in self._threads:
                thread.start()

    def close(self) -> None:
        """End all workers; queries that still run or wait end with QueryBusy."""
        with self._lock:
            self._closed = True
            self._lock.notify_all()
        for thread in self._threads:
            thread.join(timeout=5)

    def __enter__(self) -> QueryPool:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def stats(self) -> PoolStats:
        """What was done so far."""
        with self._lock:
            p50 = statistics.median(self._durations) if self._durations else None
            return PoolStats(
                **self._counts,
                p50_s=p50,
                running=self._running,
                waiting=len(self._jobs),
                isolation=self._isolation,
            )

    def inspect(self, text: str) -> guard.QueryShape:
        """What a query asks for, within the limits of this pool; raises as `guard.inspect`."""
        return guard.inspect(text, max_bytes=self.limits.max_query_bytes, max_depth=self.limits.max_depth)

    def run(self, request: QueryRequest, cancelled: Callable[[], bool] = _never) -> QueryResult:
        """The answer to a query: whole, or begun after `hold_s`.

        Args:
            cancelled: asked a few times a second; True ends the query and its worker.
        Returns:
            QueryResult; read `chunks` to the end or `close()` it.
        Raises:
            QuerySyntax: the text is no query, or calls a function that does not exist.
            QueryRefused: an update, or SERVICE.
            QueryTooLarge: longer or deeper than allowed.
            NotAcceptable: no such format for this kind of query.
            BadRequest: a graph is named by something that is no IRI.
            QueryBusy: no worker within the deadline, a full queue, or no snapshot yet.
            QueryTimeout: past the deadline.
            QueryMemory: out of memory.
            ResultTooLarge: too many rows or bytes.
            QueryFailed: the worker ended for another reason.
            Cancelled: `cancelled` said so.
        """
        try:
            shape = request.shape or self.inspect(request.text)
            form = _format(request, shape)
            message = _message(request, shape, form, self.limits)
        except Problem:
            self._count("refused")
            raise
        job = self._submit(message)
        try:
            self._wait_for_start(job, cancelled)
            self._hold(job, cancelled, math.inf if request.whole else self._hold_s)
        except BaseException:
            # Whoever stops waiting, for whatever reason, must not leave a query running.
            self._forget(job)
            raise
        size = job.spool.size if job.spool.finished else None
        return QueryResult(
            form.media_type, shape.form.lower(), self._chunks(job, cancelled), size, lambda: self._forget(job)
        )

    def select(self, text: str, **request: Any) -> list[dict[str, Term]]:
        """The rows of a SELECT, each a dict of the variables that are bound; raises as `run`."""
        with self.run(replace(QueryRequest(text, format="json"), **request)) as result:
            if result.kind != "select":
                raise NotAcceptable("Only SELECT gives rows.")
            body = result.read()
        solutions = pyoxigraph.parse_query_results(body, format=pyoxigraph.QueryResultsFormat.JSON)
        assert isinstance(solutions, pyoxigraph.QuerySolutions)
        names = [variable.value for variable in solutions.variables]
        return [{name: term for name, term in zip(names, row, strict=True) if term is not None} for row in solutions]

    def _submit(self, message: dict[str, Any]) -> _Job:
        self.start()
        job = _Job(message)
        with self._lock:
            if self._closed or self._running + len(self._jobs) >= self._workers + self._queue:
                self._counts["busy"] += 1
                raise self._busy("All places for queries are taken")
            self._jobs.append(job)
            self._lock.notify()
        return job

    def _busy(self, what: str) -> QueryBusy:
        seconds = max(1, math.ceil(self.limits.deadline_s / 2))
        return QueryBusy(
            f"{what}; try again in {seconds} s.", headers={"Retry-After": str(seconds)}, retry_after_s=seconds
        )

    def _wait_for_start(self, job: _Job, cancelled: Callable[[], bool]) -> None:
        deadline = time.monotonic() + self.limits.deadline_s
        while not job.started.wait(_TICK_S):
            if job.spool.ended:
                job.spool.wait(0, 0)
            if cancelled():
                raise Cancelled
            if time.monotonic() > deadline:
                self._count("busy")
                raise self._busy(f"No place for this query became free within {self.limits.deadline_s:g} s")

    def _hold(self, job: _Job, cancelled: Callable[[], bool], hold_s: float) -> None:
        """Wait until the answer may start: it is whole, or long and `hold_s` old."""
        begin = time.monotonic()
        while not job.spool.ended:
            may_start = time.monotonic() - begin >= hold_s
            if job.spool.wait(self._hold_bytes if may_start else self.limits.max_result_bytes, _TICK_S):
                break
            if cancelled():
                raise Cancelled
        job.spool.wait(0, 0)

    def _chunks(self, job: _Job, cancelled: Callable[[], bool]) -> Iterator[bytes]:
        offset = 0
        try:
            while True:
                while not job.spool.wait(offset, _TICK_S):
                    if cancelled():
                        raise Cancelled
                chunk = job.spool.read(offset, _READ_BYTES)
                if not chunk:
                    return
                offset += len(chunk)
                yield chunk
        finally:
            self._forget(job)

    def _forget(self, job: _Job) -> None:
        job.cancelled.set()
        with self._lock:
            if job in self._jobs:
                self._jobs.remove(job)
        job.spool.close()

    def _count(self, what: str) -> None:
        with self._lock:
            self._counts[what] += 1


class _Slot:
    """One thread and the worker process that it feeds."""

    def __init__(self, pool: QueryPool) -> None:
        self._pool = pool
        self._worker: WorkerProcess | None = None

    def serve(self) -> None:
        """Take jobs until the pool is closed. Death of this thread would end its worker too (PR_SET_PDEATHSIG)."""
        pool = self._pool
        while True:
            self._prepare()
            with pool._lock:
                if not pool._jobs and not pool._closed:
                    pool._lock.wait(_IDLE_CHECK_S)
                if pool._closed:
                    break
                job = pool._jobs.popleft() if pool._jobs else None
                pool._running += job is not None
            if job is not None:
                self._serve_one(job)
        self._drop()
        with pool._lock:
            left, pool._jobs = list(pool._jobs), deque()
        for job in left:
            job.spool.end(pool._busy("The service is stopping"))

    def _serve_one(self, job: _Job) -> None:
        pool = self._pool
        try:
            if not job.cancelled.is_set():
                job.started.set()
                self._run(job)
        except Exception:  # the thread must outlive any single query; the one who asked is told
            log.exception("query pool")
            self._drop()
            job.spool.end(QueryFailed("The query could not be run; the operator finds the reason in the log."))
        finally:
            with pool._lock:
                pool._running -= 1

    def _prepare(self) -> None:
        """A live worker on the snapshot of now, as far as that can be had."""
        target = self._target()
        try:
            if self._worker is None:
                self._worker = WorkerProcess(self._pool.limits.memory_bytes, self._pool._prefixes)
                self._pool._isolation = self._worker.isolation
                if self._worker.isolation == "none":
                    log.warning("query workers can reach the network on this system; only the guard refuses SERVICE")
            if target is not None and self._worker.snapshot != target:
                self._worker.send(frames.OPEN, {"snapshot": target})
        except (OSError, WorkerGone) as error:
            log.error("query worker cannot be started: %s", error)
            self._drop()

    def _target(self) -> str | None:
        try:
            return str(self._pool._snapshot.resolve(strict=True))
        except OSError:
            return None

    def _run(self, job: _Job) -> None:
        for last_try in (False, True):
            target = self._target()
            if target is None:
                job.spool.end(self._pool._busy("No data has been published yet"))
                return
            if self._worker is None:
                self._prepare()
            if self._worker is None:
                job.spool.end(self._pool._busy("No query process can be started now"))
                return
            if self._ask(self._worker, job, {**job.message, "snapshot": target}, last_try):
                return

    def _ask(self, worker: WorkerProcess, job: _Job, message: dict[str, Any], last_try: bool) -> bool:
        """Run the job on this worker. False when it never began and another try makes sense."""
        begin = time.monotonic()
        deadline = begin + self._pool.limits.deadline_s
        begun = False
        try:
            worker.send(frames.REQUEST, message)
            while True:
                for kind, payload in worker.receive(min(_TICK_S, deadline - time.monotonic())):
                    begun = True
                    if kind == frames.DATA:
                        job.spool.write(payload)
                    elif kind == frames.END:
                        self._served(job, time.monotonic() - begin)
                        return True
                    elif kind == frames.PROBLEM:
                        return self._problem(job, json.loads(payload), last_try)
                if self._stopped(job, deadline):
                    return True
        except WorkerGone:
            if not begun and not last_try:
                self._drop()
                return False
            problem, summary = worker.post_mortem()
            log.warning("%s", summary)
            self._pool._count("crashed")
            job.spool.end(problem)
            self._drop()
            return True

    def _served(self, job: _Job, seconds: float) -> None:
        with self._pool._lock:
            self._pool._counts["served"] += 1
            self._pool._durations.append(seconds)
        job.spool.end()

    def _problem(self, job: _Job, document: dict[str, Any], last_try: bool) -> bool:
        slug = document["slug"]
        if slug == "snapshot-unreadable":
            if not last_try:
                return False
            job.spool.end(self._pool._busy("The data is being replaced"))
        elif slug == "query-memory":
            self._pool._count("crashed")
            job.spool.end(out_of_memory())
            # What the query left behind in the process is unknown.
            self._drop()
        else:
            self._pool._count("refused")
            job.spool.end(problem_from(slug, document["detail"], document["members"]))
        return True

    def _stopped(self, job: _Job, deadline: float) -> bool:
        """True when the deadline, the client or the end of the pool has ended this job, and its worker with it."""
        limit = self._pool.limits.deadline_s
        if time.monotonic() >= deadline:
            job.spool.end(
                QueryTimeout(
                    f"The query ran for {limit:g} s and was stopped; no part of the answer is valid. Bind more of "
                    "its patterns, avoid joins without a shared variable, add LIMIT, or work on the dump.",
                    deadline_s=limit,
                )
            )
        elif job.cancelled.is_set():
            job.spool.end(Cancelled())
        elif self._pool._closed:
            job.spool.end(self._pool._busy("The service is stopping"))
        else:
            return False
        self._pool._count("killed")
        self._drop()
        return True

    def _drop(self) -> None:
        if self._worker is not None:
            self._worker.kill()
            self._worker = None


def _format(request: QueryRequest, shape: guard.QueryShape) -> Format:
    if request.format is None:
        found = negotiate(request.accept, shape.graph)
    else:
        found = find_format(request.format, shape.graph)
    if found is None:
        available = formats_for(shape.graph)
        types = [member.media_type for member in available]
        asked = f"format {request.format[:100]!r}" if request.format is not None else "media types asked for"
        raise NotAcceptable(
            f"{shape.form} cannot be answered in the {asked}. Ask for one of {', '.join(types)} with Accept, or of "
            f"{', '.join(member.name for member in available)} with format.",
            available=types,
        )
    return found


def _message(request: QueryRequest, shape: guard.QueryShape, form: Format, limits: Limits) -> dict[str, Any]:
    return {
        "text": request.text,
        "base_iri": request.base_iri,
        "default_graphs": _graphs(request.default_graphs),
        "named_graphs": _graphs(request.named_graphs),
        "has_dataset": shape.has_dataset,
        "graph": shape.graph,
        "format": form.name,
        "engine_format": form.engine,
        "max_rows": limits.max_rows,
        "max_bytes": limits.max_result_bytes,
    }


def _graphs(iris: tuple[str, ...]) -> list[str]:
    if len(iris) > _MAX_GRAPHS:
        raise BadRequest(f"At most {_MAX_GRAPHS} graphs can be named; name fewer, or none for the union of all.")
    for iri in iris:
        try:
            pyoxigraph.NamedNode(iri)
        except ValueError as error:
            raise BadRequest(f"{iri[:200]!r} cannot name a graph: it is no absolute IRI.") from error
    return list(iris)
