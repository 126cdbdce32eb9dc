"""audit: how FAIR the studies are, for all or for a grant, funder, archive or study; thresholds for policies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from catalogue.cli import audit_kept, audit_look
from catalogue.cli.audit_files import Addresses, numbers_of, read_or_get, write_forms
from catalogue.cli.audit_text import print_report
from catalogue.cli.lookup import find
from catalogue.cli.node import Node
from catalogue.cli.output import err, out, plain, print_json
from catalogue.cli.progress import audit_progress
from catalogue.problems import BadRequest

if TYPE_CHECKING:
    from catalogue.fair.audit import Audit
    from catalogue.fair.report import Report
    from catalogue.fair.thresholds import Shortfall

BELOW = 3
Json = Annotated[bool, typer.Option("--json", help="JSON on standard output.")]


def register(app: typer.Typer) -> None:
    """Adds the commands of this file."""
    group = typer.Typer(help="How FAIR the studies are: evidence for each test, history, thresholds.")
    group.callback(invoke_without_command=True)(audit)
    audit_look.register(group)
    audit_kept.register(group)
    app.add_typer(group, name="audit")


def audit(
    context: typer.Context,
    grant: Annotated[str | None, typer.Option(help="Only studies of this grant, as people write it.")] = None,
    funder: Annotated[str | None, typer.Option(help="Only studies of this funder: a ROR, a name.")] = None,
    member: Annotated[str | None, typer.Option(help="Only studies of the archive with this prefix.")] = None,
    study: Annotated[str | None, typer.Option(help="Only this study, as `idr:idr0001`.")] = None,
    benchmark: Annotated[str, typer.Option(help="What is asked for: a name, or a TOML file of your own.")] = "",
    position: Annotated[
        int | None, typer.Option(min=0, help="The ledger as it was at this position, judged by the metrics of today.")
    ] = None,
    csv: Annotated[str, typer.Option(help="A line for each test and study, to this file; - is standard output.")] = "",
    wide: Annotated[str, typer.Option(help="CSV with a line for each study, to this file.")] = "",
    pdf: Annotated[str, typer.Option(help="The report as PDF, to this file.")] = "",
    jsonld: Annotated[str, typer.Option(help="The report as JSON-LD (FTR, DQV, EARL), to this file.")] = "",
    fail_under: Annotated[
        str, typer.Option(help="Exit with 3 below: `90` over all, or `f1=100,a1=95` by letter, principle or item.")
    ] = "",
    json_: Json = False,
) -> None:
    """Judge the studies by every metric and say what is missing and who can mend it."""
    if context.invoked_subcommand is not None:
        return
    from catalogue.fair.thresholds import read_thresholds, shortfalls

    asked = read_thresholds(fail_under) if fail_under else ()
    node: Node = context.obj()
    kind, name = _scope({"grant": grant, "funder": funder, "member": member, "study": study})
    report = report_of(node, kind, name, benchmark, position)
    missed = shortfalls(report, asked)
    files = {".csv": csv, ".wide.csv": wide, ".pdf": pdf, ".jsonld": jsonld}
    links = Addresses(node.settings.web.base_url)
    written = write_forms(report, {suffix: file for suffix, file in files.items() if file}, links)
    if json_:
        print_json(document(numbers_of(report, links), missed if asked else None))
    elif "-" not in files.values():
        print_report(report)
        for line in written:
            out.print(plain(line))
    for one in missed:
        err.print(plain(f"Below the threshold. {one.said}"), soft_wrap=True)
    if missed:
        raise typer.Exit(BELOW)


def _scope(given: dict[str, str | None]) -> tuple[str, str]:
    """(kind, name) of the one scope that was given."""
    chosen = [(kind, name) for kind, name in given.items() if name is not None]
    if len(chosen) > 1:
        raise BadRequest(f"Give one of --{' and --'.join(kind for kind, _ in chosen)}, not several.")
    return chosen[0] if chosen else ("federation", "")


def report_of(node: Node, kind: str, name: str, benchmark: str, position: int | None) -> Report:
    """The report that was asked for.

    Args:
        position: of the ledger; None means now.
    """
    from catalogue.fair.report import make_report

    asked = read_or_get(benchmark, node.audits.benchmarks)
    made = _audit(node, position)
    if kind == "study" and name not in made.judgements:
        name = find(node.resolver, name, "study")[0].curie or name
    return make_report(made, node.audits.scope(made, kind, name), asked)


def _audit(node: Node, position: int | None) -> Audit:
    """The audit of a position, read where it is kept, else made now."""
    basis = node.audits.basis(position)
    if node.audit_history.shelf.find(basis.name) is not None:
        return node.audit_history.load(basis.name).audit
    with audit_progress() as tell:
        return node.audits.make_by(basis, tell)


def document(numbers: dict[str, Any], missed: tuple[Shortfall, ...] | None) -> dict[str, Any]:
    """The numbers of a report, with the thresholds that it does not meet where some were set."""
    if missed is None:
        return numbers
    told = [
        {
            "key": one.threshold.key,
            "percent": float(one.threshold.percent),
            "passes": one.passes,
            "decided": one.decided,
            "said": one.said,
        }
        for one in missed
    ]
    return {**numbers, "below_threshold": told}
