"""The parts that read partners' records and decide when."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from catalogue.problems import BadRequest, SettingsInvalid
from catalogue.wiring.federation import FederationParts

if TYPE_CHECKING:
    from catalogue.federation.schedule import Schedule
    from catalogue.ingest.harvester import Harvester
    from catalogue.ingest.report import RunReport
    from catalogue.ingest.service import Ingest
    from catalogue.settings import Settings
    from harvesters.traffic import Limits


class HarvestParts(FederationParts):
    """Harvesters, their limits, the harvest service and its schedule."""

    def __init__(self, settings: Settings, clock: Callable[[], datetime]) -> None:
        super().__init__(settings, clock)
        self._ingest_lock = threading.Lock()

    @cached_property
    def harvesters(self) -> Mapping[str, Harvester]:
        """Name -> harvester, each within the limits of its source."""
        from catalogue.federation.outlook import bytes_today
        from harvesters.base import Members
        from harvesters.manners import MannerlyHarvester

        def used_today(source: str) -> int:
            return bytes_today(self.ledger, source, self.clock())

        general = self._limits()
        return Members(lambda make: MannerlyHarvester(make(self.fetcher), general, self.clock, used_today))

    def _limits(self) -> Limits:
        """What one run may use where its source says nothing else."""
        from harvesters.manners import read_hours
        from harvesters.traffic import Limits

        part = self.settings.harvest
        try:
            hours = read_hours(part.hours)
        except BadRequest as problem:
            raise SettingsInvalid(f"harvest.hours cannot be used: {problem.detail}") from problem
        return Limits(
            requests=part.run_requests,
            pages=part.run_pages,
            records=part.run_records,
            bytes_raw=part.run_bytes,
            seconds=part.run_s,
            errors=part.run_errors,
            bytes_per_day=part.bytes_per_day,
            hours=hours,
        )

    def check_source(self, harvester: str, options: Mapping[str, str]) -> None:
        """Nothing, when the options that limit the reading of a source can be understood; else BadRequest."""
        from harvesters.manners import limits_of

        limits_of(self._limits(), options)

    def describe_harvester(self, name: str) -> str:
        """What a harvester reads, in one line."""
        from harvesters.base import described

        return described(self.harvesters[name])

    def write_template(self, path: Path) -> list[Path]:
        """The files of the spreadsheet template, now written."""
        from harvesters.table_template import write_template

        return write_template(path)

    def write_harvester(self, name: str, checkout: Path) -> list[Path]:
        """The files of a new harvester, now written."""
        from harvesters.scaffold import write_harvester

        return write_harvester(name, checkout)

    @cached_property
    def ingest(self) -> Ingest:
        """The harvest service."""
        from catalogue.ingest.service import Ingest
        from catalogue.model.table import schema_version

        return Ingest(
            self.ledger,
            self.harvesters,
            self.ontology,
            self.ontology.digest,
            schema_version(),
            self.settings.harvest,
            self.clock,
            lambda: self.fetcher.counters(),
            self.members.take_back,
        )

    def ingest_now(self) -> Ingest:
        """The harvest service over the ontologies as they are now, which a worker may outlive."""
        from catalogue.store.ontologies import Ontology

        with self._ingest_lock:
            found = Ontology.load(self.home)
            if found.digest != self.ontology.digest:
                self.__dict__["ontology"] = found
                self.__dict__.pop("ingest", None)
            return self.ingest

    def schedule(self, on_done: Callable[[RunReport], None] = lambda report: None) -> Schedule:
        """The schedule of this node's harvests; it ends with `stopping`."""
        from catalogue.federation.schedule import Schedule

        part = self.settings.harvest
        return Schedule(
            self.ledger,
            self.ingest_now,
            part.interval_s,
            self.clock,
            self.stopping,
            part.parallel,
            on_done,
            lambda: self.members,
            self.settings.federation.interval_s,
        )

    def pause(self, source: str) -> None:
        """Keeps the schedule from reading a source until it is resumed."""
        from catalogue.federation.outlook import pause

        pause(self.ledger, source)

    def resume(self, source: str) -> None:
        """Lets the schedule read a stopped source again; Conflict when it is not stopped."""
        from catalogue.federation.outlook import resume

        resume(self.ledger, source, self.settings.harvest.interval_s, self.clock())
