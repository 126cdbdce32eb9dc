"""Harvesting as a service: one call per source, leased, reported, never half applied."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from time import monotonic
from typing import TypeVar

import structlog

from catalogue.ingest.harmonise import TermSource
from catalogue.ingest.harvester import Harvester
from catalogue.ingest.held import Accepting, drop, is_settled
from catalogue.ingest.holder import new_holder
from catalogue.ingest.lease import free_if_abandoned, kept_alive
from catalogue.ingest.prepare import STUDY_PROFILE
from catalogue.ingest.remap import Remapping
from catalogue.ingest.report import RunReport
from catalogue.ingest.run import Run
from catalogue.model.documents import SourceSpec
from catalogue.model.payload import canonical, digest
from catalogue.model.validation import rules_digest
from catalogue.problems import FetchRefused, Locked, NotFound, Problem, SourceChanged, SourceUnavailable
from catalogue.settings import HarvestSettings
from catalogue.store.ledger import Ledger

log = structlog.get_logger(__name__)
_FAULT = "The run ended in a fault of this node's software ({}), which its log describes; report it."
Progress = Callable[[RunReport], None]
R = TypeVar("R", bound=Run)


class HarvestStopped(Exception):
    """The run was asked to stop; what was committed stays, the next run goes on."""


class Ingest:
    """Runs harvesters against the ledger.

    Args:
        harvesters: name -> harvester, handed in by app.py.
        ontology: installed ontologies; `fingerprint` names their content.
        schema_version: of the model; part of the mapping version.
        traffic: requests, bytes received and bytes decoded of the calling thread so far.
        ready: called before a run that may write; what it raises keeps the run from beginning.
    """

    def __init__(
        self,
        ledger: Ledger,
        harvesters: Mapping[str, Harvester],
        ontology: TermSource,
        fingerprint: str,
        schema_version: str,
        settings: HarvestSettings,
        clock: Callable[[], datetime],
        traffic: Callable[[], tuple[int, int, int]] = lambda: (0, 0, 0),
        ready: Callable[[], None] = lambda: None,
    ):
        self.ledger = ledger
        self.harvesters = harvesters
        self.ontology = ontology
        self.fingerprint = fingerprint
        self.schema_version = schema_version
        self.settings = settings
        self.clock = clock
        self.traffic = traffic
        self.ready = ready

    def harvest(
        self, name: str, *, full: bool = False, dry_run: bool = False, on_progress: Progress | None = None
    ) -> RunReport:
        """Reads one source and appends what differs; a partner's failure ends in the report, not in an exception.

        Args:
            full: read and map everything again, whatever is known.
            dry_run: decide everything, write nothing.
        Raises:
            NotFound: no such source.
            Locked: another run of this source is under way.
        """
        source = self.ledger.source(name).spec
        report = RunReport(name)
        started = monotonic()
        if dry_run:
            before = self.traffic()
            self._execute(self._run(Run, source, 0, report, True, on_progress), full)
            report.note_traffic(before, self.traffic())
            report.state = report.ending
        else:
            with self._leased(Run, source, report, on_progress) as run:
                self._execute(run, full)
        report.seconds = monotonic() - started
        return report

    def remap(self, name: str, *, dry_run: bool = False, on_progress: Progress | None = None) -> RunReport:
        """Maps the kept documents of a source again and appends what differs; nothing is fetched.

        A pass that was interrupted is taken up where it ended, unless the mapping changed since.

        Args:
            dry_run: decide everything, write nothing.
        Raises:
            NotFound: no such source.
            Locked: another run of this source is under way.
        """
        source = self.ledger.source(name).spec
        report = RunReport(name, kind="remap")
        started = monotonic()
        if dry_run:
            self._run(Remapping, source, 0, report, True, on_progress).map_kept("")
            report.state = report.ending
        else:
            with self._leased(Remapping, source, report, on_progress) as run:
                run.map_kept(self._left_off(name, run.mapping_version))
        report.seconds = monotonic() - started
        return report

    def retry(self, source: str | None = None, item: str | None = None) -> RunReport:
        """Maps quarantined documents again from their kept originals (R19).

        Args:
            source: only this source's; None means all.
            item: only this item.
        """
        total = RunReport(source or "*", kind="retry")
        started = monotonic()
        for name in sorted({row.source for row in self.ledger.quarantined(source)}):
            report = RunReport(name, kind="retry")
            spec = self.ledger.source(name).spec
            if source is None and spec.harvester not in self.harvesters:
                # Such as members of the federation: what is refused of them is asked for again at each pull.
                continue
            with self._leased(Run, spec, report, None) as run:
                run.take_again(item)
            total.add(report)
            total.state = "held" if report.state == "held" else total.state
            total.detail = " ".join(filter(None, [total.detail, report.detail]))
        total.state = total.ending if total.state == "completed" else total.state
        total.seconds = monotonic() - started
        return total

    def accept_held(self, number: int, *, on_progress: Progress | None = None) -> RunReport:
        """Applies what a held batch would change, from kept bytes; nothing is fetched.

        Accepted again, a batch changes nothing. Interrupted half way, it stays open and can be accepted again.

        Raises:
            NotFound: no such batch.
            Conflict: it was dropped, or a later run decided anew.
            Locked: a run of its source is under way.
        """
        batch = self.ledger.held_batch(number)
        report = RunReport(batch.source, kind="accept", batch=number)
        if is_settled(batch):
            report.detail = f"The held batch {number} was accepted before; nothing was left to do."
            return report
        started = monotonic()
        with self._leased(Accepting, self.ledger.source(batch.source).spec, report, on_progress) as run:
            run.accept(batch)
        report.seconds = monotonic() - started
        return report

    def drop_held(self, number: int) -> str:
        """Discards a held batch; gives a sentence that says what comes next.

        Raises:
            NotFound: no such batch.
            Conflict: it was accepted, dropped before, or a later run decided anew.
        """
        return drop(self.ledger, number)

    def _left_off(self, name: str, mapping_version: str) -> str:
        """The document up to which the run before this one, an interrupted remap, had decided all; "" when none was."""
        before = self.ledger.runs(name, limit=2)[1:]
        if not before or before[0].state not in ("interrupted", "failed"):
            return ""
        report = before[0].report
        same = report.get("kind") == "remap" and report.get("mapping") == mapping_version
        return str(report["after"]) if same else ""

    @contextmanager
    def _leased(
        self, kind: type[R], source: SourceSpec, report: RunReport, on_progress: Progress | None
    ) -> Iterator[R]:
        """A run that holds the source's lease and is ended whatever happens, kill -9 excepted (R6)."""
        self.ready()
        started = monotonic()
        name = f"harvest:{source.name}"
        free_if_abandoned(self.ledger, name)
        with self.ledger.lease(name, new_holder()) as lease, kept_alive(self.ledger, lease):
            with self.ledger.transaction(lease) as writer:
                run_id = writer.start_run(source.name, {"kind": report.kind})
            run: R | None = None
            state = "interrupted"
            # What is mapped again is not fetched.
            before = self.traffic() if report.kind == "harvest" else None
            try:
                run = self._run(kind, source, run_id, report, False, on_progress)
                run.lease = lease
                yield run
                state = report.ending
            except (HarvestStopped, Locked):
                raise
            except Exception as error:
                # The next run waits as after any failure: one that is tried at once would fail at once, for ever.
                state = "failed"
                report.detail = error.detail if isinstance(error, Problem) else _FAULT.format(type(error).__name__)
                if not isinstance(error, Problem):
                    log.error("harvest.fault", source=source.name, exc_info=error)
                raise
            finally:
                if run is not None:
                    run.discard()
                report.state = state
                if before is not None:
                    report.note_traffic(before, self.traffic())
                report.seconds = monotonic() - started
                with self.ledger.transaction(lease) as writer:
                    writer.end_run(run_id, state, report.as_dict())

    def _run(
        self,
        kind: type[R],
        source: SourceSpec,
        run_id: int,
        report: RunReport,
        dry_run: bool,
        on_progress: Progress | None,
    ) -> R:
        harvester = self.harvesters.get(source.harvester)
        if harvester is None:
            raise NotFound(
                f"The source '{source.name}' needs the harvester '{source.harvester}', which this node does not have; "
                f"it has {', '.join(sorted(self.harvesters))}."
            )
        version = (
            f"{harvester.name}/{harvester.version} schema/{self.schema_version} terms/{self.fingerprint[:12]} "
            f"rules/{rules_digest(STUDY_PROFILE)[:12]}"
        )
        if source.options:
            # `map` sees them: the same bytes may give other records.
            version += f" options/{digest(canonical(dict(source.options)))[:12]}"
        report.mapping = version
        return kind(
            self.ledger,
            source,
            harvester,
            self.ontology,
            self.settings,
            version,
            self.schema_version,
            run_id,
            self.clock,
            report,
            dry_run=dry_run,
            on_progress=on_progress,
        )

    def _execute(self, run: Run, full: bool) -> None:
        try:
            run.execute(full)
        except (SourceUnavailable, SourceChanged, FetchRefused) as problem:
            run.abandon()
            run.report.state = "failed"
            run.report.detail = problem.detail
            run.report.rule = str(problem.members.get("rule", ""))
            run.report.retry_after_s = int(problem.members.get("retry_after_s", 0))
            log.warning("harvest-failed", source=run.source.name, kind=problem.slug, detail=problem.detail)
