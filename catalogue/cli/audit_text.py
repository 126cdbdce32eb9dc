"""A report of an audit for people at a terminal: what is missing first, then the table, then what to mend first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from catalogue.cli.output import out, plain, print_rows

if TYPE_CHECKING:
    from catalogue.fair.changes import Difference
    from catalogue.fair.report import Fix, Report
    from catalogue.fair.shelf import Kept

_MOST_FIXES: Final = 5
_MOST_POINTS: Final = 20


def print_report(report: Report) -> None:
    """Headline, items with their outcomes, what the benchmark scores, and the fixes that mend most studies."""
    from catalogue.fair.forms.scores import score_tables
    from catalogue.fair.outcomes import Outcome

    for line in report.headline:
        out.print(plain(line))
    basis, benchmark = report.basis, report.benchmark
    when = f", recorded {basis.recorded_at}" if basis.recorded_at else ""
    number = "1 study" if len(report.studies) == 1 else f"{len(report.studies)} studies"
    # What is assessed without being held here is bound to no ledger.
    bound = f";\nledger position {basis.position}{when}, live observation {basis.observation}" if basis.position else ""
    out.print(plain(f"\n{report.scope.title}: {number} by {benchmark.title} {benchmark.version}{bound}.\n"))
    order = (Outcome.PASS, Outcome.FAIL, Outcome.INDETERMINATE, Outcome.NOT_APPLICABLE)
    print_rows(
        ["", "item", "what", "pass", "fail", "open", "n.a.", "%"],
        [
            (item.principle, item.id, item.title, *(tally.counts[one] for one in order), tally.percent)
            for item, tally in report.items
        ],
        empty="The benchmark has no items.",
    )
    for table in score_tables(report, _MOST_POINTS):
        out.print(plain(f"\n{table.title}. {table.note}"))
        print_rows(list(table.head), list(table.rows), empty="")
    if report.fixes:
        out.print(plain("\nMend first:"))
        for fix in report.fixes[:_MOST_FIXES]:
            _print_fix(fix)


def _print_fix(fix: Fix) -> None:
    studies = f"{len(fix.studies)} {'study' if len(fix.studies) == 1 else 'studies'}"
    out.print(plain(f"- {studies}, by {fix.mender.words}: {fix.metric.title} ({fix.metric.id}). {fix.metric.fix}"))
    for line in fix.add[:3]:
        out.print(plain(f"    {line}"))
    out.print(plain(f"    in {', '.join(fix.studies[:3])}{' …' if len(fix.studies) > 3 else ''}"))


def print_kept(kept: Kept, node_name: str) -> None:
    """What an audit is called, how it is cited, and since when it is frozen."""
    from catalogue.fair.keeping import cited

    citation = cited(kept)
    out.print(plain(f"Cite as: {citation.text(node_name)}"))
    out.print(plain(f"Signed by node {citation.node}, SHA-256 of the manifest {citation.manifest_sha256}"))
    if kept.frozen:
        out.print(plain(f"Frozen {kept.frozen_at[:10]}{': ' + kept.note if kept.note else ''}"))
    if kept.redacted:
        out.print(plain(f"Evidence of {len(kept.redacted)} studies is gone, since they were withdrawn."))
    out.print()


def print_difference(difference: Difference) -> None:
    """What differs between two audits: in sentences, then each outcome with its causes."""
    out.print(plain(f"{difference.before.name} → {difference.after.name}\n"))
    for line in difference.sentences:
        out.print(plain(line))
    for title, studies in (("New", difference.came), ("No longer public", difference.went)):
        if studies:
            out.print(plain(f"\n{title}:"))
            print_rows(["study", "title"], [(one.curie, one.title) for one in studies], empty="")
    if difference.changes:
        out.print()
        print_rows(
            ["study", "test", "before", "after", "why"],
            [
                (one.study, one.metric, one.before, one.after, "; ".join(f"{w.cause} ({w.detail})" for w in one.why))
                for one in difference.changes
            ],
            empty="",
        )
