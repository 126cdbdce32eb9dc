"""usage show, usage report: how often records are used."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from catalogue.cli.lookup import find
from catalogue.cli.node import Node
from catalogue.cli.output import out, plain, print_json, print_rows
from catalogue.fair.usage.hits import METHODS, METRICS
from catalogue.fair.usage.months import months_before, parse_month
from catalogue.problems import BadRequest
from catalogue.store.entries import stamp

if TYPE_CHECKING:
    from catalogue.store.usage import OwnerMonth

Json = Annotated[bool, typer.Option("--json", help="JSON on standard output.")]
_MONTHS = 12
_NOTHING = "No use is counted yet; an hour is counted when it is over."


def register(app: typer.Typer) -> None:
    """Adds the commands of this file."""
    usage = typer.Typer(help="How often records are used.", no_args_is_help=True)
    usage.command("show")(usage_show)
    usage.command("report")(usage_report)
    app.add_typer(usage, name="usage")


def usage_show(
    context: typer.Context,
    curie: Annotated[str | None, typer.Argument(help="A record; without one, all archives by month.")] = None,
    owner: Annotated[str | None, typer.Option(help="Only this archive's studies, by prefix.")] = None,
    json_: Json = False,
) -> None:
    """Uses of a record by month, or of archives' studies in the last twelve months."""
    if curie is not None and owner is not None:
        raise BadRequest("Give a record or --owner, not both.")
    node: Node = context.obj()
    _count(node)
    if curie is not None:
        _show_record(node, curie, json_)
    else:
        _show_owners(node, owner, json_)


def usage_report(
    context: typer.Context,
    month: Annotated[str, typer.Argument(help="Such as 2026-11.")],
    to: Annotated[Path | None, typer.Option("--out", help="File to write; standard output without it.")] = None,
) -> None:
    """The Dataset Master Report of a month, for Make Data Count."""
    from catalogue.fair.usage.report import dataset_report

    node: Node = context.obj()
    _count(node)
    since = node.ledger.usage.since()
    created = since.until if since is not None else node.ledger.clock()
    report = dataset_report(node.ledger, parse_month(month), node.settings.name, created)
    if to is None:
        print_json(report)
        return
    to.write_text(json.dumps(report, ensure_ascii=False, indent=2) + "\n", "utf-8")
    out.print(plain(f"Wrote {len(report['report-datasets'])} datasets to {to}."))


def _count(node: Node) -> None:
    from catalogue.fair.usage.recorder import fold
    from catalogue.fair.usage.visits import DaySecrets

    fold(node.ledger, DaySecrets(node.home / "usage"))


def _show_record(node: Node, text: str, json_: bool) -> None:
    from catalogue.fair.usage.label import Labels
    from catalogue.fair.usage.summary import usage_document

    curie = find(node.resolver, text)[1].curie
    label = Labels(node.ledger).all().get(curie)
    document = usage_document(node.ledger, curie, node.settings.name, label)
    if json_:
        print_json(document)
        return
    rows = [
        (month["period"], method, *(counts[metric] for metric in METRICS), f"{month['size_bytes'].get(method, 0):,}")
        for month in document["months"]
        for method, counts in month["usage"].items()
    ]
    print_rows(["month", "by", *_columns(), "bytes"], rows, empty=f"No use of {curie} is counted yet.")
    if label is not None:
        out.print(plain(f"Highly used: {label.uses} uses, among {label.cohort} studies of {label.year}."))


def _show_owners(node: Node, owner: str | None, json_: bool) -> None:
    since = node.ledger.usage.since()
    last = stamp(since.until if since is not None else node.ledger.clock())[:7]
    months = node.ledger.usage.owners(months_before(last, _MONTHS - 1), last)
    found = [one for one in months if owner is None or one.owner == owner]
    if json_:
        print_json([_document(one) for one in found])
        return
    rows = [
        (one.month, one.owner, method, *(one.counts.get((metric, method), 0) for metric in METRICS))
        for one in found
        for method in METHODS
        if any((metric, method) in one.counts for metric in METRICS)
    ]
    print_rows(["month", "owner", "by", *_columns()], rows, empty=_NOTHING)


def _columns() -> list[str]:
    return [metric.replace("_dataset_", " ") for metric in METRICS]


def _document(one: OwnerMonth) -> dict[str, Any]:
    usage = {
        method: {metric: one.counts.get((metric, method), 0) for metric in METRICS}
        for method in METHODS
        if any((metric, method) in one.counts for metric in METRICS)
    }
    return {"period": one.month, "owner": one.owner, "usage": usage}
