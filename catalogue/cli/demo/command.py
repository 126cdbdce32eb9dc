"""`ommatidia demo`: a small federation on loopback, from nothing to an opened image; leaves nothing behind."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import quote

import typer

from catalogue import resources
from catalogue.cli.harvest import publish, show_reports
from catalogue.cli.node import Node
from catalogue.cli.output import err, out, plain
from catalogue.cli.progress import harvest_progress
from catalogue.problems import SourceUnavailable

if TYPE_CHECKING:
    from catalogue.cli.demo.members import Member, RunningMember

READY_S = 180.0
EXAMPLE = "studies-per-organism"


def register(app: typer.Typer) -> None:
    """Adds the command of this file."""
    app.command("demo")(demo)


def demo(
    context: typer.Context,
    port: Annotated[int, typer.Option(help="Port of the hub; 0 picks a free one.")] = 8000,
    once: Annotated[bool, typer.Option(help="Stop after the tour instead of serving on.")] = False,
) -> None:
    """Three member archives and a hub on this machine: harvest, query, open an image. Ctrl-C ends it."""
    # NumPy and Zarr are loaded by this command alone.
    from catalogue.cli.demo.members import write_members

    signal.signal(signal.SIGTERM, _interrupt)
    started = monotonic()
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="ommatidia-demo-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        _say("1. Three member archives write their studies and images")
        members = write_members(folder / "members", _note)
        running = [stack.enter_context(_member(member)) for member in members]
        for member, server in zip(members, running, strict=True):
            _note(f"{member.name}: {server.url}")
        node = _hub_node(context, folder / "hub", running)
        _say("2. The hub harvests them")
        _harvest(node, members, running)
        _say("3. The hub serves")
        address = stack.enter_context(_hub(node.home, port))
        _tour(node, address)
        _say(f"Ready after {monotonic() - started:.0f} s. Try next:")
        _next_steps(node, address)
        if not once:
            err.print("Ctrl-C ends the demo and removes its files.")
            try:
                signal.pause()
            except KeyboardInterrupt:
                err.print("\nEnding the demo ...")
    err.print("The demo has ended; nothing of it is left.")


def _interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt


def _say(line: str) -> None:
    out.print(f"\n[bold]{line}[/bold]")


def _note(line: str) -> None:
    out.print(plain(f"   {line}"))


@contextmanager
def _member(member: Member) -> Iterator[RunningMember]:
    from catalogue.cli.demo.members import start_member

    server = start_member(member)
    try:
        yield server
    finally:
        server.stop()


def _hub_node(context: typer.Context, home: Path, running: list[RunningMember]) -> Node:
    home.mkdir(parents=True)
    hosts = ", ".join(f'"{server.url.split("/")[2]}"' for server in running)
    (home / "ommatidia.toml").write_text(
        f'name = "Ommatidia demo hub"\n\n[harvest]\nallow_private_hosts = [{hosts}]\nabsence_hours = 0\n', "utf-8"
    )
    node: Node = context.obj.open_at(home)
    node.initialise()
    return node


def _harvest(node: Node, members: list[Member], running: list[RunningMember]) -> None:
    reports = []
    for member, server in zip(members, running, strict=True):
        studies, images = f"{member.key}-studies", f"{member.key}-images"
        for name, harvester, path in ((studies, "gide", member.crates_path), (images, "ome_zarr", member.list_path)):
            node.ledger.add_source(name, harvester=harvester, location=server.url + path, owners=member.owners)
        for name in (studies, images):
            with harvest_progress() as tell:
                reports.append(node.ingest.harvest(name, on_progress=tell))
    publish(node)
    show_reports(reports, False)


@contextmanager
def _hub(home: Path, port: int) -> Iterator[str]:
    chosen = port if _is_free(port) else 0
    with (home / "hub.log").open("w", encoding="utf-8") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "app", "--home", str(home), "serve", "--port", str(chosen)],
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            start_new_session=True,
        )
    try:
        yield _await_ready(process, home / "hub.log")
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _await_ready(process: subprocess.Popen[str], log: Path) -> str:
    import requests  # by this command alone

    if process.stdout is None:
        raise RuntimeError("the hub's output was not piped")
    line = process.stdout.readline()
    if "http://" not in line:
        raise SourceUnavailable(f"The hub did not start; it said: {log.read_text('utf-8')[-2000:]}")
    address = "http://" + line.split("http://")[1].split()[0]
    deadline = monotonic() + READY_S
    while process.poll() is None and monotonic() < deadline:
        try:
            if requests.get(address + "readyz", timeout=5).status_code == 200:
                return address
        except (requests.ConnectionError, requests.Timeout):
            pass
        sleep(0.1)
    raise SourceUnavailable(f"The hub at {address} was not ready within {READY_S:.0f} s.")


def _tour(node: Node, address: str) -> None:
    import requests  # by this command alone

    _note(f"pages      {address}")
    _note(f"SPARQL     {address}sparql")
    text = resources.query_file("examples", EXAMPLE).read_text("utf-8")
    _say(f"4. One SPARQL query over all members: {EXAMPLE}.rq")
    answer = requests.post(
        address + "sparql",
        data={"query": text},
        headers={"Accept": "application/sparql-results+json"},
        timeout=30,
    )
    answer.raise_for_status()
    document: dict[str, Any] = answer.json()
    names = document["head"]["vars"]
    _note("  ".join(names))
    for row in document["results"]["bindings"][:8]:
        _note("  ".join(row[name]["value"] if name in row else "" for name in names))
    curie = _largest_image(node)
    _say(f"5. One identifier opened as an array: {curie}")
    array = node.images.open(curie, level=0)
    middle = array[tuple(size // 2 for size in array.shape[:-2])]
    _note(f"zarr array of shape {array.shape}, {array.dtype}; middle plane has mean {middle.mean():.1f}")


def _largest_image(node: Node) -> str:
    heads = [entry for entry in node.ledger.heads(kind="image", status="public")]
    if not heads:
        raise SourceUnavailable("No member gave an image; the harvest report above says why.")
    return max(heads, key=lambda entry: entry.record["representations"][0]["shape"].count(",")).curie


def _next_steps(node: Node, address: str) -> None:
    from catalogue.cli.demo.studies import WELLCOME

    image = _largest_image(node)
    study = next(iter(node.ledger.heads(kind="study", status="public"))).curie
    command = f"{Path(sys.argv[0])} --home {node.home}"
    for line in (
        f"{address}studies/{study}",
        f"{address}images/{image}",
        f"{address}search?q=zebrafish",
        f"{address}fair      (is it FAIR, and who can mend what)",
        f"{address}funders/?q={quote(WELLCOME[0])}      (what came of a grant; PDF, CSV, JSON-LD)",
        f"curl -L -H 'Accept: text/turtle' {address}id/{study}",
        f"curl '{address}sparql' --data-urlencode query@{resources.query_file('examples', 'all-taxa')}",
        f"{command} audit --grant {WELLCOME[0]} --pdf audit.pdf",
        f"{command} quarantine list      (one crate is broken on purpose)",
        f"{command} image open {image}",
    ):
        _note(line)
