"""A process that imported the command line once; each command gets a fork of it, a process in all but its start.

Most of the time of a short command goes into imports. That `python -m app` starts is shown by the tests that serve.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from contextlib import ExitStack, suppress
from functools import cache
from pathlib import Path

# What commands import when they need it. None of these starts a thread, which a fork would lose.
PARTS = (
    "app", "catalogue.cli.main", "catalogue.exchange.dump", "catalogue.federation.schedule", "catalogue.ingest.service",
    "catalogue.model.rdf", "catalogue.query.pool", "catalogue.resolver.service", "catalogue.search.service",
    "catalogue.settings", "catalogue.store.graph.embedded", "catalogue.store.graph_view", "catalogue.store.ledger",
    "catalogue.store.ontologies", "catalogue.store.text", "harvesters.base", "harvesters.http",
)  # fmt: skip
ORDER_BYTES = 1 << 17
ROOT = Path(__file__).resolve().parents[2]


def run(arguments: list[str], stdin: bytes, timeout_s: float) -> subprocess.CompletedProcess[bytes]:
    """One finished command, `ommatidia` with these arguments.

    Raises:
        subprocess.TimeoutExpired: it took longer and was killed.
    """
    with ExitStack() as stack:
        given, out, err = (stack.enter_context(tempfile.TemporaryFile()) for _ in range(3))
        given.write(stdin)
        given.seek(0)
        ours, theirs = map(stack.enter_context, socket.socketpair())
        order = {"arguments": arguments, "cwd": str(Path.cwd()), "environment": dict(os.environ)}
        files = [given.fileno(), out.fileno(), err.fileno(), theirs.fileno()]
        socket.send_fds(_server(), [json.dumps(order).encode()], files)
        theirs.close()
        ours.settimeout(timeout_s)
        try:
            said = ours.recv(16)
        except TimeoutError as error:
            raise subprocess.TimeoutExpired(arguments, timeout_s) from error
        assert said, "tests.e2e.warm ended; its standard error says why"
        for file in (out, err):
            file.seek(0)
        return subprocess.CompletedProcess(arguments, int(said), out.read(), err.read())


@cache
def _server() -> socket.socket:
    """Where orders go; the process at the other end ends with this one, however that ends."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 2 * ORDER_BYTES)
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.e2e.warm", str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )

    @atexit.register
    def end() -> None:
        ours.close()
        process.wait()

    return ours


def _become_a_command(orders: socket.socket) -> None:
    """Takes orders until there are none, then ends; returns in a fork for each, which is to run its command."""
    while True:
        text, files, _, _ = socket.recv_fds(orders, ORDER_BYTES, 4)
        with suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        if not text:
            sys.exit()
        if os.fork() == 0:
            orders.close()
            break
        for file in files:
            os.close(file)
    report = socket.socket(fileno=files.pop())
    if command := os.fork():
        _watch(command, report)
    report.close()
    for place, file in enumerate(files):
        os.dup2(file, place)
        os.close(file)
    order = json.loads(text)
    os.chdir(order["cwd"])
    os.environ.clear()
    os.environ.update(order["environment"])
    sys.argv[1:] = order["arguments"]


def _watch(command: int, report: socket.socket) -> None:
    """Reports how the command ended, and ends it when nobody listens any more; never returns."""

    def kill_when_unheard() -> None:
        report.recv(1)
        with suppress(ProcessLookupError):
            os.kill(command, signal.SIGKILL)

    threading.Thread(target=kill_when_unheard, daemon=True).start()
    _, status = os.waitpid(command, 0)
    report.send(str(os.waitstatus_to_exitcode(status)).encode())
    os._exit(0)


if __name__ == "__main__":
    for part in PARTS:
        importlib.import_module(part)
    assert threading.active_count() == 1
    gc.freeze()
    _become_a_command(socket.socket(fileno=int(sys.argv[1])))
    importlib.import_module("app").main()
