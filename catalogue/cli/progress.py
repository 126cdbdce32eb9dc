"""Progress of long work: bars on a terminal, log lines otherwise; always on standard error."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from math import inf
from time import monotonic
from typing import TYPE_CHECKING

import structlog
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from catalogue.cli.output import err
from catalogue.ingest.report import RunReport
from catalogue.store.views import View, catch_up, rebuild

if TYPE_CHECKING:
    from catalogue.federation.pull_report import PullReport
    from catalogue.store.ledger import Ledger

log = structlog.get_logger(__name__)
LOG_EVERY_S = 10.0


@contextmanager
def harvest_progress() -> Iterator[Callable[[RunReport], None]]:
    """A callable to tell how far the harvests or remaps are, from any thread; a bar each where its end is known."""
    if not err.is_terminal:
        last: dict[str, float] = {}

        def write(report: RunReport) -> None:
            if monotonic() - last.setdefault(report.source, monotonic()) >= LOG_EVERY_S:
                last[report.source] = monotonic()
                counts = {"read": report.read, "total": report.total or None, "quarantined": report.quarantined}
                log.info(report.kind, source=report.source, **counts)

        yield write
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[line]}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=err, transient=True) as bar:
        tasks: dict[str, TaskID] = {}

        def draw(report: RunReport) -> None:
            if report.source not in tasks:
                tasks[report.source] = bar.add_task(report.source, total=None, line="")
            bar.update(
                tasks[report.source],
                completed=report.read,
                total=report.total or None,
                line=f"{report.read} read, {report.new} new, {report.changed} changed, {report.quarantined} rejected",
            )

        yield draw


@contextmanager
def _entries_bar(title: str) -> Iterator[Callable[[int, int], None]]:
    if not err.is_terminal:
        yield lambda done, total: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task(title, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


@contextmanager
def pull_progress(member: str) -> Iterator[Callable[[PullReport], None]]:
    """A callable to tell how far a pull from a member is."""
    if not err.is_terminal:
        last = monotonic()

        def write(report: PullReport) -> None:
            nonlocal last
            if monotonic() - last >= LOG_EVERY_S:
                last = monotonic()
                log.info("pull", member=member, taken=report.applied, refused=sum(report.refused.values()))

        yield write
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        TextColumn("{task.fields[line]}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task(member, total=None, line="")
        yield lambda report: bar.update(task, line=f"{report.applied} taken, {sum(report.refused.values())} refused")


def catch_up_with_progress(ledger: Ledger, views: Sequence[View]) -> int:
    """Entries applied to the views until they stand where the ledger stands."""
    with _entries_bar("publishing") as tell:
        # Once, at the end: what is made of all records at a time, such as the graph of funding, is dear, and whoever
        # published it a moment ago would leave it as it is.
        return max((catch_up(ledger, view, on_progress=tell, publish_every_s=inf) for view in views), default=0)


def rebuild_with_progress(ledger: Ledger, views: Sequence[View]) -> int:
    """Entries applied after every view was emptied."""
    with _entries_bar("rebuilding") as tell:
        return max((rebuild(ledger, view, on_progress=tell) for view in views), default=0)


@contextmanager
def look_progress() -> Iterator[Callable[[int, int], None]]:
    """A callable to tell how many looks are made of how many."""
    if not err.is_terminal:
        last = monotonic()

        def write(done: int, total: int) -> None:
            nonlocal last
            if monotonic() - last >= LOG_EVERY_S:
                last = monotonic()
                log.info("looking", done=done, total=total)

        yield write
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task("looking", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


@contextmanager
def dump_progress() -> Iterator[Callable[[str, int, int], None]]:
    """A callable to tell what of a dump is written and how far it is."""
    if not err.is_terminal:
        yield lambda what, done, total: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task("dump", total=None)
        yield lambda what, done, total: bar.update(task, description=what, completed=done, total=total)


@contextmanager
def audit_progress() -> Iterator[Callable[[str, int], None]]:
    """A callable to tell how many records of an audit are read or judged."""
    if not err.is_terminal:
        yield lambda what, done: None
        return
    with Progress(TextColumn("{task.description}"), TimeElapsedColumn(), console=err, transient=True) as bar:
        task = bar.add_task("audit", total=None)
        yield lambda what, done: bar.update(task, description=f"{done:,} {what}")
