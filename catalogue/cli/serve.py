"""serve and work: the processes of a running node."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from time import monotonic
from typing import Annotated

import structlog
import typer

from catalogue.cli.node import Node
from catalogue.cli.output import err, out, plain
from catalogue.cli.wanted import add_wanted
from catalogue.federation.worker import GRACE_S, stop_on_signals
from catalogue.problems import BadRequest, Conflict

log = structlog.get_logger(__name__)

# A worker ends its own harvest within GRACE_S and then closes its stores.
STOP_S = GRACE_S + 10.0
FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 60.0
# A worker that lived this long before it ended is started again after the shortest pause.
STEADY_S = 60.0


def register(app: typer.Typer) -> None:
    """Adds the commands of this file."""
    app.command("serve")(serve)
    app.command("work")(work)


def serve(
    context: typer.Context,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Port; 0 picks a free one.")] = None,
    worker: Annotated[bool, typer.Option("--worker/--no-worker", help="Also run the worker.")] = True,
    member: Annotated[
        list[str] | None, typer.Option(help="Address of a fellow node to join and pull; may be repeated.")
    ] = None,
    source: Annotated[
        list[str] | None, typer.Option(help="NAME=HARVESTER:LOCATION of a source to read; may be repeated.")
    ] = None,
    quads: Annotated[
        Path | None, typer.Option(help="Serve this N-Quads file instead, from a throw-away store.")
    ] = None,
) -> None:
    """Serve pages, SPARQL, the resolver and the exchange; Ctrl-C ends it. Members and sources given are added once."""
    node: Node = context.obj()
    host = host or node.settings.web.host
    port = node.settings.web.port if port is None else port
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        if quads is not None:
            if not quads.is_file():
                raise BadRequest(f"There is no file '{quads}'.")
            node.serve_quads(quads, host, port, _ready)
            return
        node.initialise()
        add_wanted(node, member or [], source or [])
        beside = KeptWorker(node.home) if worker else None
        try:
            # Started when the port is ours, so that a second server on it has no second worker.
            node.serve_web(host, port, lambda address: _ready(address, beside))
        finally:
            if beside is not None:
                beside.stop()
    except OSError as error:
        if error.errno in (errno.EADDRINUSE, errno.EACCES, errno.EADDRNOTAVAIL):
            raise Conflict(f"Cannot listen on {host}, port {port}: {error.strerror}. Choose another --port.") from error
        raise
    except KeyboardInterrupt:
        err.print("Stopped.")


def _interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt


def _ready(address: str, beside: KeptWorker | None = None) -> None:
    out.print(plain(f"Serving at {address}  (SPARQL at {address}sparql)"))
    sys.stdout.flush()
    if beside is not None:
        beside.start()


class KeptWorker:
    """The worker process beside a server: started again when it ends, ended with the server.

    It ends when its standard input does, so that it goes even when the server is killed.
    """

    def __init__(self, home: Path) -> None:
        self._command = [sys.executable, "-m", "app", "--home", str(home), "work", "--until-stdin-ends"]
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._keep, name="worker-keeper", daemon=True)

    def start(self) -> None:
        """Start the worker and keep it running."""
        self._thread.start()

    def stop(self) -> None:
        """End the worker and wait for it."""
        with self._lock:
            self._stopping.set()
            child = self._child
            if child is not None and child.stdin is not None:
                child.stdin.close()
        if child is not None:
            try:
                child.wait(STOP_S)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        if self._thread.is_alive():
            self._thread.join()

    def _keep(self) -> None:
        pause_s = FIRST_PAUSE_S
        while not self._stopping.is_set():
            started = monotonic()
            with self._lock:
                if self._stopping.is_set():
                    return
                self._child = child = subprocess.Popen(self._command, stdin=subprocess.PIPE)
            code = child.wait()
            if self._stopping.is_set():
                return
            pause_s = FIRST_PAUSE_S if monotonic() - started > STEADY_S else min(pause_s * 2, LONGEST_PAUSE_S)
            log.error("serve.worker_ended", code=code, again_in_s=pause_s)
            self._stopping.wait(pause_s)


def work(
    context: typer.Context,
    until_stdin_ends: Annotated[bool, typer.Option("--until-stdin-ends", hidden=True)] = False,
) -> None:
    """The worker: keeps the views caught up and harvests when due."""
    node: Node = context.obj()
    node.initialise()
    stop = threading.Event()
    stop_on_signals(stop)
    if until_stdin_ends:
        threading.Thread(target=_stop_at_end, args=(stop,), daemon=True).start()
    err.print("Worker started.")
    code = node.work(stop)
    if code:
        raise typer.Exit(code)


def _stop_at_end(stop: threading.Event) -> None:
    # The descriptor itself: a thread waiting inside sys.stdin would keep the interpreter from ending.
    while os.read(0, 1024):
        pass
    stop.set()
