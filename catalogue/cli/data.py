"""init, status, rebuild, fsck, dump: the data folder itself."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path
from time import monotonic, sleep
from typing import Annotated, Literal

import typer

from catalogue.cli.node import Node
from catalogue.cli.output import err, out, plain, print_json, print_rows
from catalogue.cli.progress import catch_up_with_progress, rebuild_with_progress
from catalogue.federation.rebuilding import RebuildMark
from catalogue.problems import BadRequest, Locked

LOOK_S = 2.0


def register(app: typer.Typer) -> None:
    """Adds the commands of this file."""
    app.command("init")(init)
    app.command("status")(status)
    app.command("rebuild")(rebuild)
    app.command("fsck")(fsck)
    app.command("purge")(purge)
    app.command("dump")(dump_command)


def init(context: typer.Context) -> None:
    """Make the data folder and an empty ledger; what is there stays."""
    node: Node = context.obj()
    node.initialise()
    with node.views() as views:
        catch_up_with_progress(node.ledger, views)
    out.print(plain(f"Ready: {node.home}"))
    if node.ledger.key is not None:
        out.print(plain(f"This node is {node.ledger.key.node}; `ommatidia member key` shows its public key."))


def status(context: typer.Context, json_: Annotated[bool, typer.Option("--json")] = False) -> None:
    """Counts, positions of the views, last run of every source."""
    node: Node = context.obj()
    ledger = node.ledger
    counts = ledger.counts()
    last = ledger.last_position()
    versions = ledger.schema_versions()
    views = positions(node)
    runs = {run.source: run for run in reversed(ledger.runs(limit=500))}
    sources = [
        {
            "source": source.name,
            "harvester": source.harvester,
            "last_run": runs[source.name].started.isoformat(timespec="seconds") if source.name in runs else None,
            "state": runs[source.name].state if source.name in runs else "never run",
            "quarantined": len(ledger.quarantined(source.name)),
        }
        for source in ledger.sources()
    ]
    if json_:
        beat = node.worker()
        worker = None if beat is None else {"pid": beat["pid"], "at": beat["at"], "harvest": beat["harvest"]}
        shown = {"position": last, "counts": counts, "schema_versions": versions, "views": views}
        print_json({**shown, "sources": sources, "worker": worker})
        return
    out.print(
        plain(f"Ledger position {last}; " + ", ".join(f"{v} {k}" for k, v in counts.items() if isinstance(v, int)))
    )
    for version, count in versions.items():
        out.print(plain(f"Schema {version}: {count} live records"))
    if not views:
        out.print("Another process is writing the views.")
    for name, position in views.items():
        lag = last - position
        out.print(plain(f"View {name}: " + ("up to date" if lag == 0 else f"{lag} entries behind")))
    print_rows(
        ["source", "harvester", "state", "last run", "quarantined"],
        [(s["source"], s["harvester"], s["state"], s["last_run"], s["quarantined"]) for s in sources],
        empty="No sources yet; add one with `ommatidia source add`.",
    )


def positions(node: Node) -> dict[str, int]:
    """View -> ledger position it reflects, a living worker's as of its last heartbeat.

    Empty while something else writes the views.
    """
    beat = node.worker()
    if beat is not None:
        return {name: view["position"] for name, view in beat["views"].items() if view["position"] is not None}
    tried = monotonic()
    while True:
        try:
            with node.views() as views:
                return {view.name: view.position() for view in views}
        except Locked:
            # Another `status` is done in no time; whoever publishes or rebuilds is not.
            if monotonic() - tried > LOOK_S:
                return {}
            sleep(0.05)


def rebuild(context: typer.Context) -> None:
    """Delete the views and make them again from the ledger."""
    node: Node = context.obj()
    with node.views() as views:
        mark = RebuildMark(node.home)
        mark.begin()
        applied = rebuild_with_progress(node.ledger, views)
        mark.done()
    out.print(plain(f"Rebuilt from {applied} ledger entries."))


def purge(
    context: typer.Context,
    hours: Annotated[
        float | None,
        typer.Option(min=0, help="Only records withdrawn so long ago; default: the setting."),
    ] = None,
    json_: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Drop the former content of withdrawn records for good; their tombstones and signed headers stay."""
    node: Node = context.obj()
    keep = node.settings.federation.purge_hours if hours is None else hours
    done = node.upkeep.purge(node.ledger.clock() - timedelta(hours=keep))
    if json_:
        print_json({"records": done.records, "payloads": done.payloads, "originals": done.originals})
        return
    out.print(
        plain(
            f"{done.records} withdrawn records: {done.payloads} former versions and {done.originals} documents of "
            "partners dropped."
        )
    )


def fsck(
    context: typer.Context,
    repair: Annotated[
        bool, typer.Option("--repair", help="First mend image lists: their tables, lost chunks, chunks nobody names.")
    ] = False,
    json_: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Check every payload, the chain, the kept originals and image chunks; exit 3 when something is damaged."""
    from catalogue.store.chunk_fsck import repair_chunks

    node: Node = context.obj()
    if repair:
        done = repair_chunks(node.ledger)
        err.print(
            plain(
                f"Image lists: {done.lists} tables made anew, {done.damaged} damaged chunks to be read again at the "
                f"next harvest, {done.removed} chunks that no list has removed, {done.freed_bytes:,} bytes freed."
            )
        )
    faults = list(node.ledger.fsck())
    if json_:
        print_json([{"position": f.position, "identifier": f.curie, "what": f.what} for f in faults])
    else:
        print_rows(
            ["position", "identifier", "what"],
            [(f.position, f.curie, f.what) for f in faults],
            empty=f"Clean: {node.ledger.last_position()} entries, chain, originals and image chunks checked.",
        )
    if faults:
        raise typer.Exit(3)


def dump_command(
    context: typer.Context,
    format_: Annotated[Literal["nquads", "jsonl"], typer.Option("--format", help="nquads or jsonl.")] = "nquads",
    out_file: Annotated[Path | None, typer.Option("--out", help="File; standard output when absent.")] = None,
) -> None:
    """Write every live record."""
    from catalogue.exchange.dump import DumpFormat, dump

    node: Node = context.obj()
    form = DumpFormat(format_)
    if out_file is None:
        for chunk in dump(node.ledger, form):
            sys.stdout.buffer.write(chunk)
        return
    if not out_file.parent.is_dir():
        raise BadRequest(f"There is no folder '{out_file.parent}'.")
    partial = out_file.with_name(out_file.name + ".partial")
    with partial.open("wb") as stream:
        for chunk in dump(node.ledger, form):
            stream.write(chunk)
    partial.replace(out_file)
    err.print(plain(f"Wrote {out_file} ({out_file.stat().st_size:,} bytes)."))
