"""The query service: a fixed number of killable worker processes, a bounded queue, limits that end in a Problem.

One thread per worker feeds it and enforces the deadline; see reliability.md section 1 for why queries need processes.
"""

from __future__ import annotations

import math
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyoxigraph

from catalogue.problems import BadRequest, NotAcceptable, Problem
from catalogue.query import guard
from catalogue.query.formats import Format, find_format, formats_for, negotiate
from catalogue.query.jobs import Job, JobQueue, PoolStats
from catalogue.query.request import Cancelled, Limits, QueryRequest, QueryResult
from catalogue.query.slot import TICK_S, Slot, busy

Term = pyoxigraph.NamedNode | pyoxigraph.BlankNode | pyoxigraph.Literal | pyoxigraph.Triple

_READ_BYTES = 1 << 16
_MAX_GRAPHS = 1000


def _never() -> bool:
    return False


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
        self._jobs = JobQueue(self._workers + self._queue)
        self._threads: list[threading.Thread] = []
        self._pid = 0

    def start(self) -> None:
        """Start the worker processes, unless they run already in this process."""
        with self._start_lock:
            if self._pid == os.getpid() or self._jobs.closed:
                return
            if self._pid:
                self._reset()
            self._pid = os.getpid()
            self._threads = [
                threading.Thread(target=self._slot().serve, name=f"query-{number}", daemon=True)
                for number in range(self._workers)
            ]
            for thread in self._threads:
                thread.start()

    def _slot(self) -> Slot:
        return Slot(self._jobs, self._snapshot, self.limits, self._prefixes)

    def close(self) -> None:
        """End all workers; queries that still run or wait end with QueryBusy."""
        for job in self._jobs.close():
            job.spool.end(busy("The service is stopping", self.limits.deadline_s))
        for thread in self._threads:
            thread.join(timeout=5)

    def __enter__(self) -> QueryPool:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def stats(self) -> PoolStats:
        """What was done so far."""
        return self._jobs.stats()

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
            self._jobs.count("refused")
            raise
        job = self._submit(message)
        try:
            self._wait_for_start(job, cancelled)
            self._hold(job, cancelled, math.inf if request.whole else self._hold_s)
        except BaseException:
            # Whoever stops waiting, for whatever reason, must not leave a query running.
            self._jobs.forget(job)
            raise
        size = job.spool.size if job.spool.finished else None
        return QueryResult(
            form.media_type, shape.form.lower(), self._chunks(job, cancelled), size, lambda: self._jobs.forget(job)
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

    def _submit(self, message: dict[str, Any]) -> Job:
        self.start()
        job = Job(message)
        if not self._jobs.put(job):
            raise busy("All places for queries are taken", self.limits.deadline_s)
        return job

    def _wait_for_start(self, job: Job, cancelled: Callable[[], bool]) -> None:
        deadline = time.monotonic() + self.limits.deadline_s
        while not job.started.wait(TICK_S):
            if job.spool.ended:
                job.spool.wait(0, 0)
            if cancelled():
                raise Cancelled
            if time.monotonic() > deadline:
                self._jobs.count("busy")
                limit = self.limits.deadline_s
                raise busy(f"No place for this query became free within {limit:g} s", limit)

    def _hold(self, job: Job, cancelled: Callable[[], bool], hold_s: float) -> None:
        """Wait until the answer may start: it is whole, or long and `hold_s` old."""
        begin = time.monotonic()
        while not job.spool.ended:
            may_start = time.monotonic() - begin >= hold_s
            if job.spool.wait(self._hold_bytes if may_start else self.limits.max_result_bytes, TICK_S):
                break
            if cancelled():
                raise Cancelled
        job.spool.wait(0, 0)

    def _chunks(self, job: Job, cancelled: Callable[[], bool]) -> Iterator[bytes]:
        offset = 0
        try:
            while True:
                while not job.spool.wait(offset, TICK_S):
                    if cancelled():
                        raise Cancelled
                chunk = job.spool.read(offset, _READ_BYTES)
                if not chunk:
                    return
                offset += len(chunk)
                yield chunk
        finally:
            self._jobs.forget(job)


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
