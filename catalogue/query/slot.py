"""One worker process and the thread that feeds it: takes jobs, enforces deadline and cancelling, replaces the dead."""

from __future__ import annotations

import json
import logging
import math
import time
from pathlib import Path
from typing import Any

from catalogue.problems import QueryBusy, QueryFailed, QueryTimeout
from catalogue.query import frames
from catalogue.query.jobs import Job, JobQueue
from catalogue.query.process import WorkerGone, WorkerProcess, out_of_memory
from catalogue.query.request import Cancelled, Limits, problem_from

log = logging.getLogger(__name__)

TICK_S = 0.05
_IDLE_CHECK_S = 2.0


def busy(what: str, deadline_s: float) -> QueryBusy:
    """The Problem of a query that found no place, with the time after which another try makes sense."""
    seconds = max(1, math.ceil(deadline_s / 2))
    return QueryBusy(f"{what}; try again in {seconds} s.", headers={"Retry-After": str(seconds)}, retry_after_s=seconds)


class Slot:
    """One thread and the worker process that it feeds."""

    def __init__(self, queue: JobQueue, snapshot: Path, limits: Limits, prefixes: dict[str, str]) -> None:
        self._queue, self._snapshot, self._limits, self._prefixes = queue, snapshot, limits, prefixes
        self._worker: WorkerProcess | None = None

    def serve(self) -> None:
        """Take jobs until the queue is closed. Death of this thread would end its worker too (PR_SET_PDEATHSIG)."""
        while not self._queue.closed:
            self._prepare()
            job = self._queue.take(_IDLE_CHECK_S)
            if job is not None:
                self._serve_one(job)
        self._drop()

    def _serve_one(self, job: Job) -> None:
        try:
            if not job.cancelled.is_set():
                job.started.set()
                self._run(job)
        except Exception:  # the thread must outlive any single query; the one who asked is told
            log.exception("query pool")
            self._drop()
            job.spool.end(QueryFailed("The query could not be run; the operator finds the reason in the log."))
        finally:
            self._queue.done()

    def _prepare(self) -> None:
        """A live worker on the snapshot of now, as far as that can be had."""
        target = self._target()
        try:
            if self._worker is None:
                self._worker = WorkerProcess(self._limits.memory_bytes, self._prefixes)
                self._queue.isolation = self._worker.isolation
                if self._worker.isolation == "none":
                    log.warning("query workers can reach the network on this system; only the guard refuses SERVICE")
            if target is not None and self._worker.snapshot != target:
                self._worker.send(frames.OPEN, {"snapshot": target})
        except (OSError, WorkerGone) as error:
            log.error("query worker cannot be started: %s", error)
            self._drop()

    def _target(self) -> str | None:
        try:
            return str(self._snapshot.resolve(strict=True))
        except OSError:
            return None

    def _run(self, job: Job) -> None:
        for last_try in (False, True):
            target = self._target()
            if target is None:
                job.spool.end(self._busy("No data has been published yet"))
                return
            if self._worker is None:
                self._prepare()
            if self._worker is None:
                job.spool.end(self._busy("No query process can be started now"))
                return
            if self._ask(self._worker, job, {**job.message, "snapshot": target}, last_try):
                return

    def _ask(self, worker: WorkerProcess, job: Job, message: dict[str, Any], last_try: bool) -> bool:
        """Run the job on this worker. False when it never began and another try makes sense."""
        begin = time.monotonic()
        deadline = begin + self._limits.deadline_s
        begun = False
        try:
            worker.send(frames.REQUEST, message)
            while True:
                for kind, payload in worker.receive(min(TICK_S, deadline - time.monotonic())):
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
            self._queue.count("crashed")
            job.spool.end(problem)
            self._drop()
            return True

    def _served(self, job: Job, seconds: float) -> None:
        self._queue.count("served", seconds)
        job.spool.end()

    def _problem(self, job: Job, document: dict[str, Any], last_try: bool) -> bool:
        slug = document["slug"]
        if document["log"]:
            log.error("query worker: %s: %s", slug, document["log"])
        if slug == "snapshot-unreadable":
            if not last_try:
                return False
            job.spool.end(self._busy("The data is being replaced"))
        elif slug == "query-memory":
            self._queue.count("crashed")
            job.spool.end(out_of_memory())
            # What the query left behind in the process is unknown.
            self._drop()
        else:
            self._queue.count("refused")
            job.spool.end(problem_from(slug, document["detail"], document["members"]))
        return True

    def _stopped(self, job: Job, deadline: float) -> bool:
        """True when the deadline, the client or the end of the pool has ended this job, and its worker with it."""
        limit = self._limits.deadline_s
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
        elif self._queue.closed:
            job.spool.end(self._busy("The service is stopping"))
        else:
            return False
        self._queue.count("killed")
        self._drop()
        return True

    def _drop(self) -> None:
        if self._worker is not None:
            self._worker.kill()
            self._worker = None

    def _busy(self, what: str) -> QueryBusy:
        return busy(what, self._limits.deadline_s)
