"""The numbers of a report as one JSON document, for programs that act on them; every form has the same numbers."""

from __future__ import annotations

from typing import Any

from catalogue.fair.basis import basis_document
from catalogue.fair.outcomes import Outcome
from catalogue.fair.report import Fix, Report, Tally


def summary(report: Report) -> dict[str, Any]:
    """Headline, counts over all that a report counts over, and what to mend; without single answers."""
    return {
        "scope": {"kind": report.scope.kind, "id": report.scope.id, "title": report.scope.title},
        "benchmark": {name: getattr(report.benchmark, name) for name in ("id", "version", "title", "digest")},
        "audit": report.basis.name,
        "basis": basis_document(report.basis),
        "headline": list(report.headline),
        "studies": len(report.studies),
        "not_judged": report.audit.absent,
        "total": counted(report.total),
        "letters": [counted(tally) for tally in report.letters],
        "principles": [counted(tally) for tally in report.principles],
        "items": [
            {"title": item.title, "principle": item.principle, "priority": item.priority, **counted(tally)}
            for item, tally in report.items
        ],
        "members": [counted(tally) for tally in report.members],
        "cohorts": [counted(tally) for tally in report.cohorts],
        "fixes": [_fix(fix) for fix in report.fixes],
    }


def counted(tally: Tally) -> dict[str, Any]:
    """A tally with its name, every outcome, and the share of passes among decided answers."""
    counts = {outcome.value.replace(" ", "_"): tally.counts[outcome] for outcome in Outcome}
    return {"name": tally.name, "studies": tally.studies, **counts, "percent": tally.percent}


def _fix(fix: Fix) -> dict[str, Any]:
    return {
        "metric": fix.metric.id,
        "version": fix.metric.version,
        "title": fix.metric.title,
        "fix": fix.metric.fix,
        "mender": fix.mender.value,
        "studies": list(fix.studies),
        "add": list(fix.add),
    }
