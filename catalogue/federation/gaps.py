"""Sources read beside each other may bring images before their study: what waited for it enters when it has come."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import structlog

from catalogue.federation.members import HARVESTER
from catalogue.ingest.report import RunReport
from catalogue.ingest.service import Ingest
from catalogue.problems import Locked
from catalogue.store.ledger import Ledger

log = structlog.get_logger(__name__)

# Reasons that another source's records can end, the likelier first.
_WAITING = ("gap", "equivocation")


def close_gaps(ledger: Ledger, ingest: Callable[[], Ingest], reports: Iterable[RunReport]) -> None:
    """Maps documents again that lack a record of another source, where others brought new ones; no network.

    Args:
        reports: of the runs beside each other; those of sources whose documents now enter are brought up to date.
    """
    by_name = {report.source: report for report in reports}
    brought = {name for name, report in by_name.items() if report.new}
    if not brought:
        return
    # What is refused of a member is read again from it, never from kept documents.
    members = {source.name for source in ledger.sources() if source.harvester == HARVESTER}
    waiting = sorted({row.source for row in ledger.quarantined() if row.reason == "gap"} - members)
    for name in waiting:
        if not brought - {name}:
            continue
        try:
            again = ingest().retry(name)
        except Locked:
            # Its own run is under way and will see them.
            continue
        if again.accepted:
            log.info("harvest.gaps_closed", source=name, records=again.accepted)
            if name in by_name:
                _settle(by_name[name], again)


def _settle(report: RunReport, again: RunReport) -> None:
    """Counts as accepted in a report what a second mapping of its quarantine let in."""
    for count in ("accepted", "new", "changed", "unchanged", "repaired", "findings"):
        setattr(report, count, getattr(report, count) + getattr(again, count))
    report.quarantined -= again.accepted
    left = again.accepted
    for reason in (*_WAITING, *report.reasons):
        taken = min(left, report.reasons[reason])
        report.reasons[reason] -= taken
        left -= taken
    report.reasons += type(report.reasons)()
