"""Runs a parser that partner bytes can break in a process that may die: bytes in, bytes out, within time and memory.

For libraries that abort, overflow the stack or never end (reliability.md section 2); the child is confined_child.py.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import OrderedDict
from pathlib import Path
from typing import Final

import structlog

from catalogue.fence import fenced
from catalogue.problems import RecordRejected
from harvesters.confined_child import answer_of, function_of
from harvesters.confined_frames import BAD, HEAD, LENGTH, MEMORY, OK, REFUSED, receive_exactly

log = structlog.get_logger(__name__)

MAX_ANSWER_BYTES: Final = 256 << 20
_START_S: Final = 30.0
# An adapter has one function, two at most; every child keeps its modules in memory.
_CHILDREN_PER_THREAD: Final = 2
_OUT_OF_MEMORY = (b"memory allocation of", b"bad_alloc", b"MemoryError", b"annot allocate memory", b"out of memory")

# A child belongs to the thread that started it: Linux ends it with that thread, and no lock is needed.
_mine = threading.local()


class ConfinedFault(RuntimeError):
    """The function itself is wrong (it is missing, or raised what no document explains)."""


def confined(
    function: str,
    content: bytes,
    *,
    timeout_s: float = 20.0,
    memory_bytes: int = 1 << 30,
    max_answer_bytes: int = MAX_ANSWER_BYTES,
) -> bytes:
    """What a pure function makes of a document, computed in a process that is kept between documents.

    The process has no network, starts no programs and holds no secrets. When a document ends it, the next document
    gets a new one. In a process that is confined itself the function runs there, within its limits of time and memory.

    Args:
        function: `package.module:name` of a function bytes -> bytes at the top of a module that is quick to import.
            It may raise RecordRejected; ValueError, SyntaxError and RecursionError mean that the document cannot be
            parsed.
        timeout_s: wall-clock seconds this document may take.
        memory_bytes: address space of the process, its own code included.
        max_answer_bytes: bytes the answer may have.
    Raises:
        RecordRejected: as the function says; `not-parsable` when the document broke or ended the parser; `too-large`
            when it needed more time, memory or room for the answer than that.
        ConfinedFault: the function is missing or faulty.
    """
    if fenced():
        kind, answer = answer_of(function_of(function), content)
        if kind == MEMORY:
            raise MemoryError  # this process is at its own limit, and whoever asked it is to be told
        _require_room(len(answer), max_answer_bytes)
    else:
        kind, answer = _asked(function, content, timeout_s, memory_bytes, max_answer_bytes)
    if kind == OK:
        return answer
    if kind == MEMORY:
        raise _out_of_memory()
    text = answer.decode("utf-8", "replace")
    if kind == REFUSED:
        reason, detail = json.loads(text)
        raise RecordRejected(detail, reason=reason)
    if kind == BAD:
        raise RecordRejected(
            f"The document cannot be parsed: {text or 'the parser does not say why'}. Mend its syntax.",
            reason="not-parsable",
        )
    raise ConfinedFault(f"{function} broke: {text}")


def _asked(
    function: str, content: bytes, timeout_s: float, memory_bytes: int, max_answer_bytes: int
) -> tuple[bytes, bytes]:
    """Kind and bytes of the answer of this thread's process, which is gone when the answer was not whole."""
    child = _child(function, memory_bytes)
    whole = False
    try:
        kind, answer = child.ask(content, time.monotonic() + timeout_s, max_answer_bytes)
        whole = kind != MEMORY
    except TimeoutError:
        raise _too_large(f"Reading the document takes longer than {timeout_s:g} s") from None
    except ConnectionError:
        raise child.why_ended() from None
    finally:
        if not whole:
            _drop(child)
    return kind, answer


class _Child:
    """A started process that has imported its function."""

    def __init__(self, function: str, memory_bytes: int) -> None:
        self.key = (function, memory_bytes)
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - closed by end()
        self._channel, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [
                    # -P: a module of that name in the folder where somebody happens to be is not ours.
                    *(sys.executable, "-P", "-X", "utf8", "-m", "harvesters.confined_child"),
                    *(function, str(memory_bytes), str(os.getpid())),
                ],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=self._log,
                start_new_session=True,
                # No environment, which may hold secrets, but the module path of this process.
                env={
                    "PYTHONPATH": os.pathsep.join(str(Path(entry).absolute()) for entry in sys.path if entry),
                    "MALLOC_ARENA_MAX": "2",
                },
            )
        try:
            self._receive(time.monotonic() + _START_S, 0)
        except (OSError, RecordRejected) as error:
            said = self._last_words()
            self.end()
            raise ConfinedFault(f"{function} cannot be loaded: {said.decode('utf-8', 'replace')[-1000:]}") from error

    @property
    def alive(self) -> bool:
        """Whether it has not ended."""
        return self._process.poll() is None

    def ask(self, content: bytes, deadline: float, max_answer_bytes: int) -> tuple[bytes, bytes]:
        """Kind and bytes of the answer.

        Raises:
            TimeoutError: the deadline passed.
            ConnectionError: the process ended.
            RecordRejected: the answer is too large.
        """
        # What was printed over earlier documents explains nothing, and would fill the file in the end.
        os.truncate(self._log.fileno(), 0)
        os.lseek(self._log.fileno(), 0, os.SEEK_SET)
        self._channel.settimeout(_left(deadline))
        self._channel.sendall(LENGTH.pack(len(content)))
        self._channel.sendall(content)
        return self._receive(deadline, max_answer_bytes)

    def _receive(self, deadline: float, max_answer_bytes: int) -> tuple[bytes, bytes]:
        self._channel.settimeout(_left(deadline))
        head = receive_exactly(self._channel, HEAD.size)
        if not head:
            raise ConnectionError("ended")
        kind, length = HEAD.unpack(head)
        _require_room(length, max_answer_bytes)
        self._channel.settimeout(_left(deadline))
        return kind, receive_exactly(self._channel, length)

    def why_ended(self) -> RecordRejected:
        """The rejection of the document that ended the process."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(2)
        code, said = self._process.poll(), self._last_words()
        log.warning("confined.ended", function=self.key[0], code=code, said=said[-500:].decode("utf-8", "replace"))
        if code in (-signal.SIGKILL, -signal.SIGALRM) or any(mark in said for mark in _OUT_OF_MEMORY):
            return _out_of_memory()
        return RecordRejected(
            "The document ended the parser's process; it is probably nested too deeply. Write it flat.",
            reason="not-parsable",
        )

    def _last_words(self) -> bytes:
        self._log.seek(max(0, self._log.seek(0, os.SEEK_END) - 4000))
        return self._log.read()

    def end(self) -> None:
        """Kills the process. Safe to call twice."""
        self._process.kill()
        self._process.wait()
        self._channel.close()
        self._log.close()

    def __del__(self) -> None:
        # A thread that ends takes its children along; what it had open would else be reported as forgotten.
        if hasattr(self, "_process"):
            self.end()


def _child(function: str, memory_bytes: int) -> _Child:
    """This thread's process for the function, started when there is none."""
    children: OrderedDict[tuple[str, int], _Child] = _mine.__dict__.setdefault("children", OrderedDict())
    key = (function, memory_bytes)
    found = children.pop(key, None)
    if found is not None and not found.alive:
        found.end()
        found = None
    child = found or _Child(function, memory_bytes)
    children[key] = child
    while len(children) > _CHILDREN_PER_THREAD:
        children.popitem(last=False)[1].end()
    return child


def _drop(child: _Child) -> None:
    _mine.children.pop(child.key, None)
    child.end()


def _require_room(length: int, max_answer_bytes: int) -> None:
    if length > max_answer_bytes:
        raise _too_large(f"The document becomes more than {max_answer_bytes:,} bytes")


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _out_of_memory() -> RecordRejected:
    return _too_large("Reading the document takes more memory than one document may use")


def _too_large(what: str) -> RecordRejected:
    return RecordRejected(f"{what}. Split it or make it simpler.", reason="too-large")
