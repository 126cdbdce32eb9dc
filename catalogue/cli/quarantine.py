"""quarantine, findings: what could not enter, what was noticed, and trying again."""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from catalogue.cli.harvest import end_with, publish, show_reports
from catalogue.cli.node import Node
from catalogue.cli.output import err, out, plain, print_json, print_rows
from catalogue.model.identifiers import parse_identifier
from catalogue.model.namespaces import OWNERS
from catalogue.problems import REASONS, BadRequest, NotFound

if TYPE_CHECKING:
    from catalogue.store.books import Quarantined
    from catalogue.store.issues import Issue, Scope, Wanted
    from catalogue.store.ledger import Ledger

Json = Annotated[bool, typer.Option("--json", help="JSON on standard output.")]
Csv = Annotated[bool, typer.Option("--csv", help="CSV on standard output, one line a field.")]
SourceName = Annotated[str | None, typer.Option("--source", help="Only this source.")]
OwnerPrefix = Annotated[str | None, typer.Option("--owner", help="Only records of this owner's prefix.")]
Text = Annotated[str | None, typer.Option("--text", help="Only what has this text in name, field, value or message.")]

_COLUMNS: Final = (
    "source", "owner", "document", "identifier", "severity", "rule", "field", "value", "message",
    "first_seen", "last_seen", "tries",
)  # fmt: skip


def register(app: typer.Typer) -> None:
    """Adds the commands of this file."""
    quarantine = typer.Typer(help="Records that could not enter, with the reason.", no_args_is_help=True)
    quarantine.command("list")(quarantine_list)
    quarantine.command("show")(quarantine_show)
    quarantine.command("retry")(quarantine_retry)
    findings = typer.Typer(help="What was noticed about records that entered.", no_args_is_help=True)
    findings.command("list")(findings_list)
    app.add_typer(quarantine, name="quarantine")
    app.add_typer(findings, name="findings")


def quarantine_list(
    context: typer.Context,
    source: SourceName = None,
    owner: OwnerPrefix = None,
    reason: Annotated[str | None, typer.Option(help="Only documents refused for this reason.")] = None,
    text: Text = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Documents at most; all when absent.")] = None,
    json_: Json = False,
    csv_: Csv = False,
) -> None:
    """Every record that could not enter, newest first."""
    from catalogue.store.issues import REJECTED, Wanted

    ledger: Ledger = context.obj().ledger
    if reason is not None and reason not in REASONS:
        raise BadRequest(f"'{reason}' is no reason of quarantine; they are {', '.join(sorted(REASONS))}.")
    wanted = Wanted(severity=REJECTED, reason=reason or "", text=text or "")
    _show(
        _some(ledger, _scope(ledger, source, owner), wanted, limit, quiet=json_),
        _refused_dict,
        (
            ["source", "identifier", "reason", "detail", "tries"],
            lambda issue: (issue.source, issue.curie or issue.item, issue.code, issue.message, issue.tries),
        ),
        empty="Nothing is quarantined.",
        json_=json_,
        csv_=csv_,
    )


def quarantine_show(context: typer.Context, identifier: str, source: SourceName = None, json_: Json = False) -> None:
    """One rejected record: why, field by field, and the partner's bytes."""
    from catalogue.store.issues import REJECTED, Wanted

    ledger: Ledger = context.obj().ledger
    wanted = Wanted(severity=REJECTED, name=identifier)
    found = list(_some(ledger, _scope(ledger, source, None), wanted, None, quiet=True))
    if not found:
        raise NotFound(f"Nothing is quarantined under '{identifier}'; see `ommatidia quarantine list`.")
    shown = [_refused_dict(issue) | {"original": _original(ledger, issue.refused)} for issue in found]
    if json_:
        print_json(shown)
        return
    for row in shown:
        out.print(plain("{source} {item}: {reason}\n{detail}".format_map(row)))
        for fault in row["faults"]:
            out.print(plain("  {field} is '{value}': {message} [{rule}]".format_map(fault)))
        seen = "first seen {first_seen}, last {last_seen}, tried {tries} times".format_map(row)
        out.print(plain(f"{seen}\n\n{row['original']}"))


def quarantine_retry(
    context: typer.Context,
    source: SourceName = None,
    item: Annotated[str | None, typer.Option(help="Only this item.")] = None,
    json_: Json = False,
) -> None:
    """Map the kept originals again, after the adapter or the rules changed."""
    from catalogue.federation.members import HARVESTER

    node: Node = context.obj()
    if source is not None and node.ledger.source(source).harvester == HARVESTER:
        raise BadRequest(f"{source} is a member; ask it again with `ommatidia member pull {source}`.")
    report = node.ingest.retry(None if source is None else node.ledger.source(source).name, item)
    publish(node)
    show_reports([report], json_)
    end_with([report])


def findings_list(
    context: typer.Context,
    identifier: Annotated[str | None, typer.Argument(help="Only this record.")] = None,
    source: SourceName = None,
    owner: OwnerPrefix = None,
    severity: Annotated[str | None, typer.Option(help="Only warning, repaired or info.")] = None,
    code: Annotated[str | None, typer.Option(help="Only findings of this code.")] = None,
    text: Text = None,
    limit: Annotated[int, typer.Option(min=1, help="Rows at most.")] = 1000,
    json_: Json = False,
    csv_: Csv = False,
) -> None:
    """What was repaired or needs a curator, newest first."""
    from catalogue.store.issues import REJECTED, SEVERITIES, Wanted

    ledger: Ledger = context.obj().ledger
    noticed = [known for known in SEVERITIES if known != REJECTED]
    if severity is not None and severity not in noticed:
        raise BadRequest(f"'{severity}' is no severity of findings; they are {', '.join(noticed)}.")
    curie = "" if identifier is None else parse_identifier(identifier).curie
    wanted = Wanted(severity=severity or "", code=code or "", text=text or "", name=curie, findings_only=True)
    _show(
        _some(ledger, _scope(ledger, source, owner), wanted, limit, quiet=json_),
        _finding_dict,
        (["identifier", "severity", "code", "path", "value", "message"], _finding_row),
        empty="No findings.",
        json_=json_,
        csv_=csv_,
    )


def _scope(ledger: Ledger, source: str | None, owner: str | None) -> Scope:
    """Issues of a source and of an owner, both as they are known.

    Raises:
        NotFound: no source has this name.
        BadRequest: no owner has this prefix.
    """
    from catalogue.store.issues import Scope

    if owner is not None and owner not in OWNERS:
        raise BadRequest(f"The owner prefix '{owner}' is not known; known are {', '.join(OWNERS)}.")
    return Scope(None if source is None else ledger.source(source).name, owner, both=True)


def _some(ledger: Ledger, scope: Scope, wanted: Wanted, limit: int | None, *, quiet: bool) -> Iterator[Issue]:
    """The issues, read as they are shown; says on standard error when the limit left some out, unless `quiet`."""
    every = (issue for part in ledger.issues.all(scope, wanted) for issue in part)
    yield from islice(every, limit)
    if not quiet and limit is not None and next(every, None) is not None:
        err.print(plain(f"There are more than {limit}; give a larger --limit."))


def _show(
    issues: Iterable[Issue],
    as_dict: Callable[[Issue], dict[str, Any]],
    table: tuple[list[str], Callable[[Issue], tuple[Any, ...]]],
    *,
    empty: str,
    json_: bool,
    csv_: bool,
) -> None:
    if json_ and csv_:
        raise BadRequest("Give one of --json and --csv.")
    if json_:
        print_json([as_dict(issue) for issue in issues])
    elif csv_:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(_COLUMNS)
        for issue in issues:
            writer.writerows(_cells(issue))
    else:
        columns, row = table
        print_rows(columns, (row(issue) for issue in issues), empty=empty)


def _cells(issue: Issue) -> Iterator[list[str]]:
    from catalogue.federation.issue_cells import cell, faults_of

    seen = [moment.isoformat() if moment is not None else "" for moment in (issue.first_seen, issue.last_seen)]
    for fault in faults_of(issue):
        found = (fault.rule, fault.field, fault.value, fault.message)
        row = (
            issue.source,
            issue.owner or "",
            issue.item,
            issue.curie or "",
            issue.severity,
            *found,
            *seen,
            issue.tries,
        )
        yield [cell(value) for value in row]


def _refused_dict(issue: Issue) -> dict[str, Any]:
    return {
        "source": issue.source,
        "identifier": issue.curie or issue.item,
        "item": issue.item,
        "owner": issue.owner,
        "reason": issue.code,
        "detail": issue.message,
        "faults": [
            {"field": fault.path, "value": fault.value, "rule": fault.code, "message": fault.message}
            for fault in issue.faults
        ],
        **_seen(issue),
    }


def _finding_row(issue: Issue) -> tuple[Any, ...]:
    from catalogue.federation.issue_cells import faults_of

    (fault,) = faults_of(issue)
    return issue.curie or issue.item, issue.severity, issue.code, fault.field, fault.value[:60], fault.message


def _finding_dict(issue: Issue) -> dict[str, Any]:
    from catalogue.federation.issue_cells import faults_of

    (fault,) = faults_of(issue)
    return {
        "source": issue.source,
        "identifier": issue.curie or issue.item,
        "item": issue.item,
        "owner": issue.owner,
        "code": issue.code,
        "severity": issue.severity,
        "path": fault.field,
        "value": fault.value,
        "message": fault.message,
        **_seen(issue),
    }


def _seen(issue: Issue) -> dict[str, Any]:
    first, last = issue.first_seen, issue.last_seen
    return {
        "first_seen": first.isoformat() if first is not None else None,
        "last_seen": last.isoformat() if last is not None else None,
        "tries": issue.tries,
    }


def _original(ledger: Ledger, refused: Quarantined | None) -> str:
    digest = refused.original_digest if refused is not None else None
    return ledger.original(digest).decode("utf-8", "replace") if digest else ""
