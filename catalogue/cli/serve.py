"""serve and work: the processes of a running node."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Annotated

import typer

from catalogue.cli.node import Node
from catalogue.cli.output import err, out, plain
from catalogue.federation.worker import stop_on_signals
from catalogue.problems import BadRequest

STOP_S = 15.0


def register(app: typer.Typer) -> None:
    """Adds the commands of this file."""
    app.command("serve")(serve)
    app.command("work")(work)


def serve(
    context: typer.Context,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Port; 0 picks a free one.")] = None,
    worker: Annotated[bool, typer.Option("--worker/--no-worker", help="Also run the worker.")] = True,
    quads: Annotated[
        Path | None, typer.Option(help="Serve this N-Quads file instead, from a throw-away store.")
    ] = None,
) -> None:
    """Serve pages, SPARQL and the resolver; Ctrl-C ends it."""
    node: Node = context.obj()
    host = host or node.settings.web.host
    port = node.settings.web.port if port is None else port
    signal.signal(signal.SIGTERM, _interrupt)
    if quads is not None:
        if not quads.is_file():
            raise BadRequest(f"There is no file '{quads}'.")
        node.serve_quads(quads, host, port, _ready)
        return
    node.initialise()
    child = _start_worker(node.home) if worker else None
    try:
        node.serve_web(host, port, _ready)
    finally:
        if child is not None:
            _stop(child)


def _interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt


def _ready(address: str) -> None:
    out.print(plain(f"Serving at {address}  (SPARQL at {address}sparql)"))


def _start_worker(home: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "app", "--home", str(home), "work"])


def _stop(child: subprocess.Popen[bytes]) -> None:
    child.terminate()
    try:
        child.wait(STOP_S)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def work(context: typer.Context) -> None:
    """The worker: keeps the views caught up and harvests when due."""
    node: Node = context.obj()
    node.initialise()
    stop = threading.Event()
    stop_on_signals(stop)
    err.print("Worker started.")
    code = node.work(stop)
    if code:
        raise typer.Exit(code)
