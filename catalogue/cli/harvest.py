"""source, harvest, remap: what comes in from partners."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from catalogue.cli.node import Node
from catalogue.cli.output import err, out, plain, print_json, print_rows
from catalogue.cli.progress import catch_up_with_progress, harvest_progress
from catalogue.ingest.report import RunReport
from catalogue.model.namespaces import OWNERS
from catalogue.problems import BadRequest, Locked, NotFound

SHOWN = ("source", "read", "accepted", "new", "changed", "unchanged", "withdrawn", "repaired", "quarantined")
Json = Annotated[bool, typer.Option("--json", help="JSON on standard output.")]


def register(app: typer.Typer) -> None:
    """Adds the commands of this file."""
    source = typer.Typer(help="Partner archives and their addresses.", no_args_is_help=True)
    source.command("add")(source_add)
    source.command("list")(source_list)
    app.add_typer(source, name="source")
    app.command("harvest")(harvest)
    app.command("remap")(remap)


def source_add(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Your name for the source.")],
    harvester: Annotated[str, typer.Option(help="Format: gide or ome_zarr.")],
    location: Annotated[str, typer.Option(help="Folder, archive, git+ URL or http(s) address.")],
    owner: Annotated[list[str] | None, typer.Option(help="Prefix the source may record for; may be repeated.")] = None,
    private: Annotated[bool, typer.Option("--private", help="Show nobody what is refused of it.")] = False,
) -> None:
    """Name a source to harvest."""
    node: Node = context.obj()
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", name):
        raise BadRequest(f"'{name}' cannot name a source; use letters, digits, dots, dashes and underscores.")
    owners = tuple(part for value in owner or [] for part in value.split(",") if part)
    unknown = [prefix for prefix in owners if prefix not in OWNERS]
    if unknown:
        raise BadRequest(f"The owner prefix '{unknown[0]}' is not known; known are {', '.join(OWNERS)}.")
    if harvester not in node.harvesters:
        raise BadRequest(f"There is no harvester '{harvester}'; there are {', '.join(sorted(node.harvesters))}.")
    if "://" not in location:
        path = Path(location)
        if not path.exists():
            raise BadRequest(f"The location '{location}' does not exist; give a folder, an archive or an address.")
        location = str(path.absolute())
    node.initialise()
    options = {"visibility": "private"} if private else {}
    node.ledger.add_source(name, harvester=harvester, location=location, owners=owners, options=options)
    out.print(plain(f"Added {name}; read it with `ommatidia harvest {name}`."))


def source_list(context: typer.Context, json_: Json = False) -> None:
    """The sources of this node."""
    sources = context.obj().ledger.sources()
    if json_:
        print_json(
            [{"source": s.name, "harvester": s.harvester, "location": s.location, "owners": s.owners} for s in sources]
        )
        return
    print_rows(
        ["source", "harvester", "owners", "location"],
        [(s.name, s.harvester, ",".join(s.owners) or "any", s.location) for s in sources],
        empty="No sources yet; add one with `ommatidia source add`.",
    )


def harvest(
    context: typer.Context,
    names: Annotated[list[str] | None, typer.Argument(help="Sources; all when absent.")] = None,
    full: Annotated[bool, typer.Option(help="Read and map everything again.")] = False,
    dry_run: Annotated[bool, typer.Option(help="Decide everything, write nothing.")] = False,
    json_: Json = False,
) -> None:
    """Read sources, append what differs, publish. Exit 4: records quarantined; 5: a source did not answer."""
    node: Node = context.obj()
    _run_each(node, names, partial(node.ingest.harvest, full=full, dry_run=dry_run), dry_run, json_)


def remap(
    context: typer.Context,
    names: Annotated[list[str] | None, typer.Argument(help="Sources; all when absent.")] = None,
    dry_run: Annotated[bool, typer.Option(help="Decide everything, write nothing.")] = False,
    json_: Json = False,
) -> None:
    """Map the kept originals again, append what differs, publish; no network. Exit 4: records quarantined or held."""
    node: Node = context.obj()
    _run_each(node, names, partial(node.ingest.remap, dry_run=dry_run), dry_run, json_)


def _run_each(node: Node, names: list[str] | None, run: Callable[..., RunReport], dry_run: bool, json_: bool) -> None:
    """Runs the sources one after the other, publishes, shows the reports; ends with the exit code they ask for."""
    wanted = [node.ledger.source(name).name for name in names or ()]
    wanted = wanted or [source.name for source in node.ledger.sources()]
    if not wanted:
        raise NotFound("There are no sources; add one with `ommatidia source add`.")
    reports, locked = [], None
    for name in wanted:
        try:
            with harvest_progress(name) as tell:
                reports.append(run(name, on_progress=tell))
        except Locked as problem:
            # One source that is being read already keeps no other waiting.
            locked = problem
            reports.append(RunReport(name, state="locked", detail=problem.detail))
    if locked is not None and all(report.state == "locked" for report in reports):
        raise locked
    if not dry_run:
        publish(node)
    show_reports(reports, json_)
    code = _exit_code(reports)
    if code:
        raise typer.Exit(code)


def _exit_code(reports: list[RunReport]) -> int:
    states = {report.state for report in reports}
    for state, code in (("failed", 5), ("locked", 6), ("held", 4)):
        if state in states:
            return code
    return 4 if any(report.quarantined for report in reports) else 0


def publish(node: Node) -> None:
    """Catches the views up here, unless a running worker does."""
    try:
        with node.views() as views:
            catch_up_with_progress(node.ledger, views)
    except Locked:
        err.print("The running worker publishes the changes.")


def show_reports(reports: list[RunReport], json_: bool) -> None:
    """Run reports as JSON or as a table with the reasons below."""
    if json_:
        print_json([report.as_dict() for report in reports])
        return
    print_rows(
        [*SHOWN, "s"],
        [(*(getattr(r, name) for name in SHOWN), f"{r.seconds:.1f}") for r in reports],
        empty="Nothing was read.",
    )
    for report in reports:
        notes = [f"{count} quarantined: {reason}" for reason, count in report.reasons.most_common()]
        notes += [report.detail] if report.detail else []
        if report.renewed:
            notes.append(f"{report.renewed} live records renewed, a later document of theirs being in quarantine")
        p = report.properties
        if p:
            notes.append(
                f"source properties: {p['mapped']} mapped, {p['ignored']} ignored for a listed reason, "
                f"{p['unmapped']} not foreseen"
            )
        for note in notes:
            out.print(plain(f"  {report.source}: {note}"))
