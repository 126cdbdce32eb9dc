"""member: the fellow nodes of this one: looked at, joined, pulled, paused; their alarms; this node's own key."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from catalogue.cli.harvest import Json, publish
from catalogue.cli.node import Node
from catalogue.cli.output import err, out, plain, print_json, print_rows
from catalogue.cli.ownership import add_to
from catalogue.cli.progress import pull_progress
from catalogue.federation.findings import Finding, counted
from catalogue.problems import NotFound, Problem, SourceUnavailable

if TYPE_CHECKING:
    from catalogue.federation.pull_report import PullReport
    from catalogue.federation.standing import OwnerCell, Standing
    from catalogue.store.registry import Alarm, Member

Name = Annotated[str, typer.Argument(help="Of the member; its node or address will do.")]
_MARKS = {"ok": "ok", "note": "note", "warning": "WARNING", "problem": "PROBLEM"}


def register(app: typer.Typer) -> None:
    """Adds the commands of this file and of catalogue.cli.ownership."""
    app.add_typer(member_group(), name="member")


def member_group() -> typer.Typer:
    """The group `member` with all its verbs."""
    group = typer.Typer(help="Fellow nodes of the federation.", no_args_is_help=True)
    group.command("check")(member_check)
    group.command("join")(member_join)
    group.command("list")(member_list)
    group.command("show")(member_show)
    group.command("pull")(member_pull)
    group.command("pause")(member_pause)
    group.command("resume")(member_resume)
    group.command("leave")(member_leave)
    group.command("alarms")(member_alarms)
    group.command("clear")(member_clear)
    group.command("key")(member_key)
    add_to(group)
    return group


def fingerprint(key: str) -> str:
    """A public key in groups of four digits, to be read over the telephone."""
    return " ".join(textwrap.wrap(key, 4))


def member_key(context: typer.Context, json_: Json = False) -> None:
    """This node's name and public key, for another operator to compare."""
    node: Node = context.obj()
    key = node.ledger.key
    if key is None:
        raise NotFound("This node has no key; make one with `ommatidia init`.")
    if json_:
        print_json({"node": key.node, "key": key.public, "fingerprint": fingerprint(key.public)})
        return
    out.print(plain(f"Node         {key.node}\nPublic key   {key.public}\nFingerprint  {fingerprint(key.public)}"))


def member_check(
    context: typer.Context,
    url: Annotated[str, typer.Argument(help="Address of a node, or of the folder of a static member.")],
    all_: Annotated[bool, typer.Option("--all", help="Every page, entry and chunk, not a sample.")] = False,
    json_: Json = False,
) -> None:
    """Everything that is wrong with an endpoint, before it joins. Exit 3: something keeps it or its records out."""
    from catalogue.federation.member_check import check_member

    node: Node = context.obj()
    findings: list[Finding] = []
    for finding in check_member(node.ledger, node.probe(url), node.settings.harvest.max_document_bytes, whole=all_):
        findings.append(finding)
        if not json_:
            _show_finding(finding)
    counts = {level: sum(1 for one in findings if one.level == level) for level in _MARKS}
    if json_:
        print_json({"url": url, "counts": counts, "findings": [one.document() for one in findings]})
    else:
        out.print(plain(", ".join(counted(counts[level], level) for level in ("problem", "warning", "note")) + "."))
    if counts["problem"]:
        raise typer.Exit(3)


def _show_finding(one: Finding) -> None:
    out.print(plain(f"{_MARKS[one.level]:8} {one.check}: {one.what}"))
    for label, text in (("why", one.why), ("do", one.do)):
        if text:
            out.print(plain(f"         {label}: {text}"))


def member_join(
    context: typer.Context,
    url: Annotated[str, typer.Argument(help="Address of the node.")],
    name: Annotated[str, typer.Option(help="Your name for it; its own when absent.")] = "",
    key: Annotated[str, typer.Option(help="First digits of its public key, as its operator told you.")] = "",
    json_: Json = False,
) -> None:
    """Join a fellow node: from now on it is pulled. It shows whom you joined; `member key` there shows the same."""
    node: Node = context.obj()
    node.initialise()
    member = node.members.join(url, name, key.replace(" ", ""))
    said, _ = node.members.look(url)
    held = said.owners()
    if json_:
        owners = [{"owner": one.owner, "count": one.count, "live": one.live} for one in held]
        print_json({**_described(member), "holds": owners})
        return
    out.print(plain(f"Joined {member.name}\n  node         {member.node}\n  fingerprint  {fingerprint(member.key)}"))
    out.print(plain(f"  writes       {', '.join(member.description['prefixes']) or 'nothing of its own'}"))
    out.print(plain("  holds        " + (", ".join(f"{one.live} of {one.owner}" for one in held) or "nothing yet")))
    if not key:
        out.print("Compare the fingerprint with its operator (`ommatidia member key` there).")
    out.print(plain(f"Pull it with `ommatidia member pull {member.name}`; the worker does so by itself."))


def _described(member: Member) -> dict[str, Any]:
    return {
        "node": member.node,
        "name": member.name,
        "url": member.url,
        "key": member.key,
        "fingerprint": fingerprint(member.key),
        "state": member.state,
        "joined_at": member.joined_at.isoformat(),
        **{name: member.description.get(name) for name in ("schema_version", "prefixes")},
    }


def member_list(context: typer.Context, json_: Json = False) -> None:
    """Members and how they stand: how far apart, since when, and alarms."""
    from catalogue.federation.standing import standing_document, standings

    ledger = context.obj().ledger
    found, now = standings(ledger), ledger.clock()
    if json_:
        print_json([standing_document(one, now) for one in found])
        return
    print_rows(
        ["member", "state", "writes", "behind", "lag", "last equal", "alarms", "address"],
        [_row(one, now) for one in found],
        empty="No members yet. Look at one with `ommatidia member check URL`, then `ommatidia member join URL`.",
    )
    for one in found:
        if one.error:
            out.print(plain(f"  {one.member.name}: {one.error}"))
        if one.state in ("asked", "alarm"):
            out.print(plain(f"  {one.member.name}: {one.what_to_do}"))


def _row(one: Standing, now: datetime) -> tuple[object, ...]:
    lag_s = one.lag_s(now)
    return (
        one.member.name,
        one.state,
        ",".join(one.member.description.get("prefixes", [])) or "-",
        "-" if one.lag_entries is None else one.lag_entries,
        "-" if lag_s is None else f"{lag_s:.0f} s",
        _moment(one.equal_at) or "never",
        len(one.alarms),
        one.member.url,
    )


def member_show(context: typer.Context, name: Name, json_: Json = False) -> None:
    """One member: who it is, what it holds of whom, what is noted about it."""
    from catalogue.federation.standing import standing_document, standings

    ledger = context.obj().ledger
    node = ledger.registry.member(name).node
    (one,) = [found for found in standings(ledger) if found.member.node == node]
    if json_:
        print_json({**_described(one.member), **standing_document(one, ledger.clock())})
        return
    facts = {
        "node": one.member.node,
        "address": one.member.url,
        "fingerprint": fingerprint(one.member.key) or "not known; it has not joined",
        "state": one.state,
        "what to do": one.what_to_do,
        "last asked": _moment(one.asked_at) or "never",
        "last equal": _moment(one.equal_at) or "never",
        "last error": one.error,
    }
    for label, value in facts.items():
        if value:
            out.print(plain(f"{label:12} {value}"))
    print_rows(
        ["owner", "epoch", "sequence", "records", "digest"],
        [_held(cell) for cell in one.owners],
        empty="What it holds is not known yet; pull it.",
    )
    for note in one.notes:
        out.print(plain(f"  {note}"))
    _print_alarms(one.alarms)


def _held(cell: OwnerCell) -> tuple[object, ...]:
    if cell.epoch < 0:
        return cell.owner, "", "", 0, "nothing there"
    said = "equal" if cell.equal else "we have more" if cell.ahead else "differs"
    return cell.owner, cell.epoch, cell.seq, cell.count, said


def member_pull(
    context: typer.Context,
    names: Annotated[list[str] | None, typer.Argument(help="Members; all active ones when absent.")] = None,
    json_: Json = False,
) -> None:
    """Take in what members have and this node lacks. Exit 0: equal, or this node has more; 4: neither,
    or refused; 5: one did not answer.
    """
    node: Node = context.obj()
    registry = node.ledger.registry
    members = [registry.member(name) for name in names or ()] or registry.members("active")
    if not members:
        raise NotFound("There are no active members. Join one with `ommatidia member join URL`.")
    rows, codes = [], {0}
    for member in members:
        try:
            with pull_progress(member.name) as tell:
                report = node.members.pull(member.name, tell)
            rows.append(_pulled(member, report))
            codes.add(0 if report.equal or (report.ahead and not report.refused) else 4)
        except Problem as problem:
            rows.append({"member": member.name, "equal": False, "error": problem.detail})
            codes.add(5 if isinstance(problem, SourceUnavailable) else max(4, problem.exit_code))
            err.print(plain(f"{member.name}: {problem.detail}"))
    publish(node)
    if json_:
        print_json(rows)
    else:
        _print_pulls(rows)
    if max(codes):
        raise typer.Exit(max(codes))


def _pulled(member: Member, report: PullReport) -> dict[str, Any]:
    return {
        "member": member.name,
        "equal": report.equal,
        "ahead": report.ahead,
        "unchanged": report.unchanged,
        "taken": report.applied,
        "without_payload": report.absent,
        "filled": report.filled,
        "recovered": report.recovered,
        "refused": report.refused,
        "behind": report.behind,
        "alarms": report.alarms,
        "notes": report.notes,
        "error": "",
    }


def _result(row: dict[str, Any]) -> str:
    if row["error"]:
        return "failed"
    return "equal" if row["equal"] else "we have more" if row["ahead"] else "not equal"


def _print_pulls(rows: list[dict[str, Any]]) -> None:
    print_rows(
        ["member", "result", "taken", "filled", "refused", "behind"],
        [
            (
                row["member"],
                _result(row),
                row.get("taken", ""),
                row.get("filled", ""),
                sum(row.get("refused", {}).values()),
                row.get("behind", ""),
            )
            for row in rows
        ],
        empty="",
    )
    for row in rows:
        for note in [*row.get("notes", ()), *(f"alarm: {kind}" for kind in row.get("alarms", ()))]:
            out.print(plain(f"  {row['member']}: {note}"))


def member_pause(context: typer.Context, name: Name) -> None:
    """Stop pulling a member for a while; it may go on pulling this node."""
    member = context.obj().members.set_state(name, "paused")
    out.print(plain(f"{member.name} is paused; go on with `ommatidia member resume {member.name}`."))


def member_resume(context: typer.Context, name: Name) -> None:
    """Pull a paused member again."""
    member = context.obj().members.set_state(name, "active")
    out.print(plain(f"{member.name} is active; the worker pulls it, or `ommatidia member pull {member.name}`."))


def member_leave(context: typer.Context, name: Name) -> None:
    """Exchange no more with a member. What it brought stays; its key is kept, so that nobody else takes its name."""
    member = context.obj().members.set_state(name, "left")
    out.print(plain(f"{member.name} has left; to have it again: `ommatidia member join {member.url}`."))


def member_alarms(
    context: typer.Context,
    all_: Annotated[bool, typer.Option("--all", help="Cleared ones too.")] = False,
    json_: Json = False,
) -> None:
    """What a person must look at: two versions of an entry, lost sequences, conflicting claims, other digests."""
    from catalogue.federation.standing import alarm_document

    found = context.obj().ledger.registry.alarms(cleared=all_)
    if json_:
        print_json([{**alarm_document(one), "evidence": dict(one.evidence)} for one in found])
        return
    _print_alarms(found)
    if not found:
        out.print("No alarm stands.")


def _print_alarms(alarms: Iterable[Alarm]) -> None:
    for one in alarms:
        cleared = f", cleared by {one.cleared_by}" if one.cleared_at else ""
        where = " ".join(part for part in (one.owner, one.node) if part)
        out.print(plain(f"alarm {one.id}: {one.kind} {where}, {_moment(one.raised_at)}{cleared}\n  {one.detail}"))


def member_clear(
    context: typer.Context,
    number: Annotated[int, typer.Argument(help="Of the alarm, as `member alarms` shows it.")],
    by: Annotated[str, typer.Option(help="Who looked at it.")],
) -> None:
    """Say that a person has dealt with an alarm; if its cause goes on, it is raised again."""
    context.obj().ledger.registry.clear_alarm(number, by)
    out.print(plain(f"Alarm {number} is cleared."))


def _moment(moment: datetime | None) -> str:
    return "" if moment is None else f"{moment:%Y-%m-%d %H:%M} UTC"
