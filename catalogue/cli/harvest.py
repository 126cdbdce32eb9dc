"""source, harvest, remap: what comes in from partners."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Annotated

import typer

from catalogue.cli.node import Node
from catalogue.cli.output import err, out, plain, print_json, print_rows
from catalogue.cli.progress import catch_up_with_progress, harvest_progress, rebuild_with_progress
from catalogue.cli.watch import due_text, watch_sources
from catalogue.federation.lanes import Ended, Lanes
from catalogue.federation.rebuilding import RebuildMark
from catalogue.federation.worker import GRACE_S
from catalogue.ingest.report import RunReport
from catalogue.model.namespaces import OWNERS
from catalogue.problems import BadRequest, Locked, NotFound

if TYPE_CHECKING:
    from catalogue.federation.pull_report import PullReport

SHOWN = ("source", "read", "accepted", "new", "changed", "unchanged", "withdrawn", "renamed", "repaired", "quarantined")
Json = Annotated[bool, typer.Option("--json", help="JSON on standard output.")]


def register(app: typer.Typer) -> None:
    """Adds the commands of this file."""
    source = typer.Typer(help="Partner archives and their addresses.", no_args_is_help=True)
    source.command("add")(source_add)
    source.command("set")(source_set)
    source.command("list")(source_list)
    source.command("resume")(source_resume)
    source.command("pause")(source_pause)
    app.add_typer(source, name="source")
    app.command("harvest")(harvest)
    app.command("remap")(remap)


def source_add(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Your name for the source.")],
    harvester: Annotated[str, typer.Option(help="Format, one of `ommatidia harvester list`.")],
    location: Annotated[str, typer.Option(help="Folder, archive, git+ URL or http(s) address.")],
    owner: Annotated[list[str] | None, typer.Option(help="Prefix the source may record for; may be repeated.")] = None,
    option: Annotated[
        list[str] | None, typer.Option(help="KEY=VALUE of the format, or a limit such as hours=22-06; may be repeated.")
    ] = None,
    private: Annotated[bool, typer.Option("--private", help="Show nobody what is refused of it.")] = False,
) -> None:
    """Name a source to harvest."""
    from catalogue.federation.members import HARVESTER as MEMBER

    node: Node = context.obj()
    check_source_name(name)
    if harvester not in {*node.harvesters, MEMBER}:
        raise BadRequest(f"There is no harvester '{harvester}'; there are {', '.join(sorted(node.harvesters))}.")
    owners, location, options = _owners(owner), location_of(location), _options(option)
    node.check_source(harvester, options)
    node.initialise()
    if private:
        options["visibility"] = "private"
    node.ledger.add_source(name, harvester=harvester, location=location, owners=owners, options=options)
    out.print(plain(f"Added {name}; read it with `ommatidia harvest {name}`."))


def source_set(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Of the source.")],
    location: Annotated[str | None, typer.Option(help="New folder, archive or address.")] = None,
    owner: Annotated[
        list[str] | None, typer.Option(help="Prefixes it may record for, in place of those before.")
    ] = None,
    option: Annotated[list[str] | None, typer.Option(help="KEY=VALUE; KEY= takes the option away.")] = None,
) -> None:
    """Change a source; the next harvest reads it whole."""
    node: Node = context.obj()
    before = node.ledger.source(name)
    options = {key: value for key, value in {**before.options, **_options(option)}.items() if value}
    node.check_source(before.harvester, options)
    node.ledger.change_source(
        name,
        location=before.location if location is None else location_of(location),
        owners=before.owners if owner is None else _owners(owner),
        options=options,
    )
    out.print(plain(f"Changed {name}; read it with `ommatidia harvest {name}`."))


def _owners(given: list[str] | None) -> tuple[str, ...]:
    owners = tuple(part for value in given or [] for part in value.split(",") if part)
    unknown = [prefix for prefix in owners if prefix not in OWNERS]
    if unknown:
        raise BadRequest(
            f"The owner prefix '{unknown[0]}' is not known; known are {', '.join(OWNERS)}. Describe another archive in "
            "owners.toml of the node's folder."
        )
    return owners


def check_source_name(name: str) -> None:
    """Returns when a source can be called so; else BadRequest."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", name):
        raise BadRequest(f"'{name}' cannot name a source; use letters, digits, dots, dashes and underscores.")


def location_of(given: str) -> str:
    """A location as it is kept, a path of this machine absolute; BadRequest where nothing is there."""
    if "://" in given:
        return given
    path = Path(given.partition("#")[0])
    if not path.exists():
        raise BadRequest(f"The location '{given}' does not exist; give a folder, an archive or an address.")
    return str(path.absolute()) + given[len(given.partition("#")[0]) :]


def _options(given: list[str] | None) -> dict[str, str]:
    options: dict[str, str] = {}
    for text in given or []:
        key, equals, value = text.partition("=")
        if not equals or not re.fullmatch(r"[a-z][a-z0-9_]{0,49}", key) or key in options:
            raise BadRequest(f"'{text[:100]}' is no option; write KEY=VALUE, each key once, such as license=CC0-1.0.")
        options[key] = value.strip()
    return options


def source_list(context: typer.Context, json_: Json = False) -> None:
    """The sources of this node, and when each is read next or why it is not."""
    from catalogue.federation.members import HARVESTER as MEMBER

    node: Node = context.obj()
    rows = [
        {
            "source": one.source.name,
            "harvester": one.source.harvester,
            "location": one.source.location,
            "owners": one.source.owners,
            "options": dict(one.source.options),
            "state": "stopped" if one.stopped else one.last.state if one.last is not None else "new",
            "due": due_text(one),
            "detail": one.stopped or (one.last.report.get("detail", "") if one.last is not None else ""),
        }
        for one in node.schedule().outlooks()
    ]
    if json_:
        print_json(rows)
        return
    members = [row for row in rows if row["harvester"] == MEMBER]
    print_rows(
        ["source", "harvester", "owners", "state", "due", "location"],
        [
            (r["source"], r["harvester"], ",".join(r["owners"]) or "any", r["state"], r["due"], r["location"])
            for r in rows
            if r["harvester"] != MEMBER
        ],
        empty="No sources but members." if members else "No sources yet; add one with `ommatidia source add`.",
    )
    if members:
        out.print("Members of the federation (`ommatidia member list` says how they stand):")
        print_rows(
            ["member", "state", "due", "address"],
            [(r["source"], r["state"], r["due"], r["location"]) for r in members],
            empty="",
        )
    for row in rows:
        if row["state"] == "stopped":
            out.print(plain(f"  {row['source']}: {row['detail']}"))


def source_pause(context: typer.Context, name: str) -> None:
    """Keep the schedule from reading a source; its records stay, `source resume` lets it be read again."""
    node: Node = context.obj()
    node.pause(name)
    out.print(plain(f"{name} is not read until `ommatidia source resume {name}`."))


def source_resume(context: typer.Context, name: str) -> None:
    """Let the schedule read a source again that refused us (403), once that is settled with the partner."""
    node: Node = context.obj()
    node.resume(name)
    out.print(plain(f"{name} is read again by the schedule; at once with `ommatidia harvest {name}`."))


def harvest(
    context: typer.Context,
    names: Annotated[list[str] | None, typer.Argument(help="Sources; all when absent.")] = None,
    full: Annotated[bool, typer.Option(help="Read and map everything again.")] = False,
    dry_run: Annotated[bool, typer.Option(help="Decide everything, write nothing.")] = False,
    parallel: Annotated[
        int | None, typer.Option(min=1, max=64, help="Sources read at the same time; default harvest.parallel.")
    ] = None,
    watch: Annotated[bool, typer.Option("--watch", help="Go on: read what is due by the schedule.")] = False,
    json_: Json = False,
) -> None:
    """Read sources and members, append what differs, publish. Exit 4: records quarantined; 5: one did not answer."""
    node: Node = context.obj()
    if watch:
        if names or full or dry_run or json_ or parallel:
            raise BadRequest("--watch reads all sources by the schedule; give it no names and no other options.")
        watch_sources(node)
        return
    lanes = parallel or node.settings.harvest.parallel
    members = _members_of(node)
    if dry_run and (asked := sorted(members & set(names or ()))):
        raise BadRequest(f"{asked[0]} is a member; what it has is taken in or refused as it says, without a trial.")
    read = partial(node.ingest.harvest, full=full, dry_run=dry_run)

    def run(name: str, on_progress: Callable[[RunReport], None]) -> RunReport:
        return pulled(node, name, on_progress) if name in members else read(name, on_progress=on_progress)

    _run_each(node, names, run, dry_run, json_, lanes, skip=members if dry_run else frozenset())


def _members_of(node: Node) -> frozenset[str]:
    from catalogue.federation.members import HARVESTER as MEMBER

    return frozenset(source.name for source in node.ledger.sources() if source.harvester == MEMBER)


def pulled(node: Node, name: str, on_progress: Callable[[RunReport], None]) -> RunReport:
    """A pull from a member, told as a harvest is."""

    def told(so_far: PullReport) -> None:
        on_progress(_as_run(name, so_far))

    return _as_run(name, node.members.pull(name, told), ended=True)


def _as_run(name: str, report: PullReport, ended: bool = False) -> RunReport:
    refused = sum(report.refused.values())
    found = RunReport(name, read=report.applied + refused, accepted=report.applied, new=report.applied)
    found.quarantined = refused
    found.reasons.update(report.refused)
    if ended:
        found.state = "completed" if report.complete else "partial"
        equal = "Both hold the same." if report.equal else "Not equal yet."
        found.detail = " ".join([equal, *report.notes[:5]])
    return found


def remap(
    context: typer.Context,
    names: Annotated[list[str] | None, typer.Argument(help="Sources; all when absent.")] = None,
    dry_run: Annotated[bool, typer.Option(help="Decide everything, write nothing.")] = False,
    json_: Json = False,
) -> None:
    """Map the kept originals again, append what differs, publish; no network. Exit 4: records quarantined or held."""
    node: Node = context.obj()
    members = _members_of(node)
    if asked := sorted(members & set(names or ())):
        raise BadRequest(f"{asked[0]} is a member: its owners map its records, and this node keeps them as they come.")
    _run_each(node, names, partial(node.ingest.remap, dry_run=dry_run), dry_run, json_, skip=members)


def _run_each(
    node: Node,
    names: list[str] | None,
    run: Callable[..., RunReport],
    dry_run: bool,
    json_: bool,
    parallel: int = 1,
    skip: frozenset[str] = frozenset(),
) -> None:
    """Runs so many sources at a time, publishes, shows the reports; ends with the exit code they ask for.

    Args:
        skip: sources left out when none is named.
    """
    from catalogue.federation.gaps import close_gaps

    wanted = [node.ledger.source(name).name for name in names or ()]
    wanted = wanted or [source.name for source in node.ledger.sources() if source.name not in skip]
    if not wanted:
        raise NotFound("There are no sources; add one with `ommatidia source add`.")
    ended = run_beside(node, wanted, run, parallel)
    reports, errors = [], []
    for name in dict.fromkeys(wanted):
        problem = ended[name].error
        if isinstance(problem, Locked):
            # One source that is being read already keeps no other waiting.
            reports.append(RunReport(name, state="locked", detail=problem.detail))
        if problem is not None:
            errors.append(problem)
        reports += [report] if (report := ended[name].result) is not None else []
    if errors and all(report.state == "locked" for report in reports):
        raise errors[0]
    if not dry_run:
        close_gaps(node.ledger, lambda: node.ingest, reports)
        publish(node)
    show_reports(reports, json_)
    for error in errors:
        if not isinstance(error, Locked):
            raise error
    end_with(reports)


def end_with(reports: list[RunReport]) -> None:
    """Ends the command with the exit code that the reports ask for; returns when that is 0."""
    code = _exit_code(reports)
    if code:
        raise typer.Exit(code)


def run_beside(
    node: Node, names: list[str], run: Callable[..., RunReport], parallel: int
) -> dict[str, Ended[RunReport]]:
    """What became of each source, read so many at a time; Ctrl-C ends them all at their next step."""
    from catalogue.ingest.service import HarvestStopped

    with harvest_progress() as tell:

        def one(name: str) -> RunReport:
            tell(RunReport(name))
            return run(name, on_progress=told)

        def told(report: RunReport) -> None:
            if node.stopping.is_set():
                raise HarvestStopped(report.source)
            tell(report)

        lanes = Lanes(one, parallel)
        try:
            return lanes.run_all(names)
        except KeyboardInterrupt:
            node.stopping.set()
            end = monotonic() + GRACE_S
            while lanes.busy and monotonic() < end:
                lanes.wait(1.0)
            raise


def _exit_code(reports: list[RunReport]) -> int:
    states = {report.state for report in reports}
    for state, code in (("failed", 5), ("locked", 6), ("held", 4)):
        if state in states:
            return code
    return 4 if any(report.quarantined or report.images["quarantined"] for report in reports) else 0


def publish(node: Node) -> None:
    """Catches the views up here, or makes them anew where that is wanted, unless a running worker does."""
    mark = RebuildMark(node.home)
    try:
        with node.views() as views:
            if mark.begin():
                rebuild_with_progress(node.ledger, views)
                mark.done()
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
        if report.clock_skew_s:
            ahead = "ahead of" if report.clock_skew_s > 0 else "behind"
            notes.append(f"the source's clock is {abs(report.clock_skew_s) / 60:.0f} minutes {ahead} ours")
        if report.renewed:
            notes.append(f"{report.renewed} live records renewed, a later document of theirs being in quarantine")
        rows = report.images
        if rows:
            notes.append(
                f"rows of image tables: {rows['read']} read, {rows['quarantined']} quarantined; "
                f"{rows['listed']} images in their lists, {rows['new']} new, {rows['withdrawn']} withdrawn, "
                f"{rows['absent']} absent; {rows['chunks']} chunks, {rows['new_chunks']} of them written"
            )
        p = report.properties
        if p:
            notes.append(
                f"source properties: {p['mapped']} mapped, {p['ignored']} ignored for a listed reason, "
                f"{p['unmapped']} not foreseen"
            )
        for note in notes:
            out.print(plain(f"  {report.source}: {note}"))
