"""One worker process as the pool sees it: start, ask, read frames, kill, and what its end meant."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from catalogue.problems import Problem, QueryFailed, QueryMemory
from catalogue.query import frames

_START_TIMEOUT_S = 20.0
_OUT_OF_MEMORY = (b"memory allocation of", b"bad_alloc", b"MemoryError", b"annot allocate memory", b"out of memory")


class WorkerGone(Exception):
    """The worker process has ended."""


class WorkerProcess:
    """A started worker that has said hello.

    Args:
        memory_bytes: its address space.
        prefixes: names for Turtle and RDF/XML answers.
    Raises:
        WorkerGone: it ended, or said nothing for 20 s.
    """

    def __init__(self, memory_bytes: int, prefixes: dict[str, str]) -> None:
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - closed by kill()
        # The worker gets no environment (it may hold secrets) but the module path of this process.
        self._process = subprocess.Popen(
            [
                *(sys.executable, "-X", "utf8", "-m", "catalogue.query.worker"),
                *(str(memory_bytes), str(os.getpid()), json.dumps(prefixes)),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            bufsize=0,
            close_fds=True,
            start_new_session=True,
            env={
                "PYTHONPATH": os.pathsep.join(str(Path(entry).absolute()) for entry in sys.path if entry),
                "MALLOC_ARENA_MAX": "2",
            },
        )
        assert self._process.stdin is not None and self._process.stdout is not None
        self._input, self._output = self._process.stdin, self._process.stdout
        self._poll = select.poll()
        self._poll.register(self._output.fileno(), select.POLLIN)
        self._frames = frames.FrameBuffer()
        self.snapshot: str | None = None
        self.isolation = self._hello()

    @property
    def pid(self) -> int:
        """Process id."""
        return self._process.pid

    def _hello(self) -> str:
        deadline = time.monotonic() + _START_TIMEOUT_S
        while time.monotonic() < deadline:
            for kind, payload in self.receive(0.5):
                if kind == frames.HELLO:
                    return str(json.loads(payload)["isolation"])
        self.kill()
        raise WorkerGone("no hello")

    def send(self, kind: bytes, request: dict[str, Any]) -> None:
        """Ask for something.

        Raises:
            WorkerGone: nobody reads any more.
        """
        self.snapshot = request["snapshot"]
        view = memoryview(frames.pack_json(kind, request))
        try:
            while view:
                view = view[self._input.write(view) or 0 :]
        except OSError as error:
            raise WorkerGone("broken pipe") from error

    def receive(self, timeout_s: float) -> list[tuple[bytes, bytes]]:
        """Frames that came within the time; none when nothing came.

        Raises:
            WorkerGone: the process has ended and everything it wrote was read.
        """
        if not self._poll.poll(max(timeout_s, 0) * 1000):
            return []
        data = os.read(self._output.fileno(), 1 << 20)
        if not data:
            raise WorkerGone("end of output")
        return list(self._frames.feed(data))

    def kill(self) -> int:
        """End the process at once; its return code. Safe to call twice."""
        self._process.kill()
        code = self._process.wait()
        for stream in (self._input, self._output):
            stream.close()
        return code

    def post_mortem(self) -> tuple[Problem, str]:
        """Why a process that was not killed by us ended: for the one who asked, and for the log."""
        try:
            code = self._process.wait(timeout=2)
        except subprocess.TimeoutExpired:
            code = self.kill()
        self._log.seek(max(0, self._log.seek(0, 2) - 4000))
        said = self._log.read()
        summary = f"query worker ended with {code}: {said[-500:].decode('utf-8', 'replace')}"
        if code == -signal.SIGKILL or any(mark in said for mark in _OUT_OF_MEMORY):
            return out_of_memory(), summary
        return (
            QueryFailed(
                "The query ended the process that ran it; it is probably too deeply nested or too long a chain. "
                "Write it in smaller steps. Other queries are not affected."
            ),
            summary,
        )


def out_of_memory() -> QueryMemory:
    """The Problem of a query that hit its memory limit."""
    return QueryMemory(
        "The query needed more memory than one query may use and was stopped. Drop ORDER BY, DISTINCT or GROUP BY "
        "over many rows, narrow the patterns, or work on the dump."
    )
