"""harvest --watch: stays, reads what is due, and shows how the sources stand; a table on a terminal, else log lines."""

from __future__ import annotations

import logging
import threading
from datetime import datetime
from typing import TYPE_CHECKING

import structlog
from rich.live import Live
from rich.table import Table

from catalogue.cli.node import Node
from catalogue.cli.output import err, plain, set_log_level
from catalogue.federation.worker import GRACE_S, HARVEST_POLL_S, stop_on_signals
from catalogue.ingest.report import RunReport
from catalogue.problems import Locked
from catalogue.store.views import Stopped, catch_up

if TYPE_CHECKING:
    from catalogue.federation.outlook import Outlook
    from catalogue.federation.schedule import Schedule

log = structlog.get_logger(__name__)
_REFRESH_S = 1.0


def watch_sources(node: Node) -> None:
    """Harvests by the schedule until Ctrl-C or SIGTERM; what was acknowledged is kept."""
    node.initialise()
    stop = node.stopping
    stop_on_signals(stop)
    set_log_level(logging.WARNING if err.is_terminal else logging.INFO)
    schedule = node.schedule(lambda _: _publish(node))
    thread = threading.Thread(target=_read, args=(schedule, stop), name="watch", daemon=True)
    thread.start()
    if err.is_terminal:
        with Live(_table(schedule), console=err, auto_refresh=False) as live:
            while not stop.wait(_REFRESH_S):
                live.update(_table(schedule), refresh=True)
    else:
        log.info("watch.started", sources=len(node.ledger.sources()))
        # With a timeout: a signal that another thread receives does not end a wait of this one.
        while not stop.wait(_REFRESH_S):
            pass
    thread.join(GRACE_S)
    err.print("Stopped; what was acknowledged is kept.")


def _read(schedule: Schedule, stop: threading.Event) -> None:
    while not stop.is_set():
        try:
            schedule.run_due()
        # Logged by the schedule; that source waits like one that failed, and the others go on.
        except Exception as error:  # noqa: BLE001
            log.warning("watch.went_on", error=str(error))
        stop.wait(HARVEST_POLL_S)


def _publish(node: Node) -> None:
    """Brings the views level, unless a worker does."""
    try:
        with node.views() as views:
            for view in views:
                catch_up(node.ledger, view)
    except Locked:
        log.debug("watch.worker_publishes")
    except Stopped:
        log.debug("watch.left_to_the_next")


def _table(schedule: Schedule) -> Table:
    table = Table("source", "state", "read", "new", "changed", "rejected", "last", "due", "note", expand=True)
    for one in schedule.outlooks():
        name = one.source.name
        report = schedule.reports.get(name)
        table.add_row(*(plain(cell) for cell in (name, *_cells(one, report))))
    return table


def _cells(one: Outlook, report: RunReport | None) -> tuple[str, ...]:
    if report is not None:
        counts = (report.read, report.new, report.changed, report.quarantined)
        return ("reading", *map(str, counts), "", "", "")
    last = one.last
    if last is None:
        return ("new", "", "", "", "", "", due_text(one), "")
    kept = tuple(str(last.report.get(key, "")) for key in ("read", "new", "changed", "quarantined"))
    note = one.stopped or str(last.report.get("detail", ""))
    return ("stopped" if one.stopped else last.state, *kept, _moment(last.started), due_text(one), note[:200])


def due_text(one: Outlook) -> str:
    """When a source is read next, for people."""
    from catalogue.federation.outlook import AT_ONCE, NEVER

    return {AT_ONCE: "now", NEVER: "never"}.get(one.due) or _moment(one.due)


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
