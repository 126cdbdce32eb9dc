"""Runs the command line and the processes of a node for tests; whatever is started here is ended here."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import requests

from app import open_node
from tests.e2e import warm

T = TypeVar("T")
# Generous, since two cores may be shared with other tests; nothing waits for it unless something is wrong.
DEADLINE_S = 240.0


@dataclass(frozen=True)
class Ran:
    """What a command said and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output as the one JSON document it must be."""
        return json.loads(self.out)


def command(home: Path, *arguments: str) -> list[str]:
    """The command line of one `ommatidia` process."""
    return [sys.executable, "-m", "app", "--home", str(home), *arguments]


def ommatidia(home: Path, *arguments: str, stdin: str | bytes = "") -> Ran:
    """One finished command; a traceback on its standard error fails the test, whatever else happened."""
    given = stdin if isinstance(stdin, bytes) else stdin.encode()
    done = warm.run(["--home", str(home), *arguments], given, DEADLINE_S)
    said = done.stderr.decode()
    assert "Traceback" not in said, said
    return Ran(done.returncode, done.stdout.decode(), said)


def well(home: Path, *arguments: str, stdin: str | bytes = "") -> Ran:
    """One finished command that must have gone well."""
    ran = ommatidia(home, *arguments, stdin=stdin)
    assert ran.code == 0, f"{arguments}: exit {ran.code}\n{ran.out}\n{ran.err}"
    return ran


def together(home: Path, *commands: tuple[str, ...]) -> list[Ran]:
    """Several commands that change nothing, run beside each other; what each gave, in their order."""
    with ThreadPoolExecutor(3) as pool:
        return list(pool.map(lambda arguments: ommatidia(home, *arguments), commands))


def add_source(home: Path, name: str, location: Path | str, *owners: str, harvester: str = "gide") -> None:
    """Adds a source without a process of its own, for tests of something else; makes the home when it is missing."""
    node = open_node(home)
    node.initialise()
    with node.ledger as ledger:
        ledger.add_source(name, harvester=harvester, location=str(location), owners=owners)


def until(check: Callable[[], T], what: str, deadline_s: float = DEADLINE_S, pause_s: float = 0.05) -> T:
    """The first true answer of `check`; fails when the deadline passes without one."""
    end = time.monotonic() + deadline_s
    while not (answer := check()):
        assert time.monotonic() < end, f"not within {deadline_s:.0f} s: {what}"
        time.sleep(pause_s)
    return answer


@contextmanager
def started(home: Path, *arguments: str, log: Path | None = None) -> Iterator[subprocess.Popen[str]]:
    """A command that goes on, in a process group of its own, which is killed at the end.

    Args:
        log: file for its standard error, appended to; it is this process's when absent.
    """
    with (log or Path(os.devnull)).open("a", encoding="utf-8") as errors:
        process = subprocess.Popen(
            command(home, *arguments), stdout=subprocess.PIPE, stderr=errors, text=True, start_new_session=True
        )
        try:
            yield process
        finally:
            kill_group(process)


def kill_group(process: subprocess.Popen[str]) -> None:
    """kill -9 of a process and of everything in its group; the process is reaped."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    if process.stdout is not None:
        process.stdout.close()


@contextmanager
def serving(
    home: Path, *arguments: str, ready: str = "readyz", log: Path | None = None
) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """(address, process) of `ommatidia serve` on a free port, once the path `ready` answers 200; "" asks nothing."""
    with started(home, "serve", "--port", "0", *arguments, log=log) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert "http://" in line, f"serve said {line!r} and ended with {process.poll()}"
        address = "http://" + line.split("http://")[1].split()[0]
        if ready:
            until(lambda: answers(address + ready) == 200, f"{address}{ready} answers 200")
        yield address, process


def answers(url: str, accept: str = "*/*") -> int:
    """HTTP status of a GET without following redirects; 0 when nobody answers, or not in time."""
    try:
        return requests.get(url, headers={"Accept": accept}, timeout=20, allow_redirects=False).status_code
    except (requests.ConnectionError, requests.Timeout):
        return 0


def heartbeat(home: Path) -> dict[str, Any]:
    """What the worker last wrote about itself; nothing before it did."""
    with suppress(OSError, ValueError):
        found: dict[str, Any] = json.loads((home / "worker.json").read_text())
        return found
    return {}


def children(pid: int) -> set[int]:
    """Process ids of all living descendants."""
    parents: dict[int, int] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            state, parent = (folder / "stat").read_text().rpartition(")")[2].split()[:2]
            if state != "Z":
                parents[int(folder.name)] = int(parent)
    found: set[int] = set()
    fresh = {pid}
    while fresh:
        fresh = {child for child, parent in parents.items() if parent in fresh} - found
        found |= fresh
    return found


def alive(pids: set[int]) -> set[int]:
    """Those of the processes that still run."""
    running = set()
    for pid in pids:
        with suppress(OSError):
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z":
                running.add(pid)
    return running
