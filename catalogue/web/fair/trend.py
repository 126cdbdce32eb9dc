"""The audits of a report's studies over time, for its page: all studies, or those of one archive."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from catalogue.fair.outcomes import Outcome
from catalogue.fair.report import Counts, Report
from catalogue.fair.trends import Point, by_run
from catalogue.web.fair.reports import Reports

MOST: Final = 24


@dataclass(frozen=True, slots=True)
class Run:
    """An audit of the series with its answers over all letters."""

    point: Point
    counts: Counts

    @property
    def day(self) -> str:
        """The day up to which its ledger went."""
        return self.point.recorded_at[:10] or "undated"


def runs(reports: Reports, report: Report) -> Mapping[str, Any]:
    """What the page shows of the audits before; nothing before there are two."""
    owner = report.scope.id if report.scope.kind == "member" else ""
    found = [_run(point) for point in by_run(reports.audits.shelf, owner, most=MOST)]
    return {"runs": found if len(found) > 1 else []}


def _run(point: Point) -> Run:
    shares = point.letters.values()
    counts = {
        Outcome.PASS: sum(share.passes for share in shares),
        Outcome.FAIL: sum(share.fails for share in shares),
        Outcome.INDETERMINATE: sum(share.open for share in shares),
        Outcome.NOT_APPLICABLE: sum(share.not_applicable for share in shares),
    }
    return Run(point, counts)
