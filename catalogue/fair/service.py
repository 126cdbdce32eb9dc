"""The audits of a node: made from its ledger and observations, handed to pages, commands and files as reports."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import structlog

from catalogue.fair.audit import Audit, judge_all, wanted_facts
from catalogue.fair.basis import Basis
from catalogue.fair.benchmark import DEFAULT, Benchmark, benchmarks, get_benchmark
from catalogue.fair.collector import paused_collector
from catalogue.fair.dataset import dataset_at
from catalogue.fair.few import Few
from catalogue.fair.funding import FundingReader, funder_scope, grant_scope
from catalogue.fair.keeping import KeptAudit, load_audit
from catalogue.fair.known_terms import KnownTerms
from catalogue.fair.metrics.base import metrics
from catalogue.fair.node_facts import NodeFacts
from catalogue.fair.profiles import ProfileFacts
from catalogue.fair.report import Report, make_report
from catalogue.fair.scopes import Scope, federation_scope, member_scope, study_scope
from catalogue.fair.shelf import AuditShelf, Kept
from catalogue.problems import BadRequest, StoreDamaged
from catalogue.store.entries import stamp
from catalogue.store.folder_shelf import LATEST

if TYPE_CHECKING:
    from catalogue.store.ledger import Ledger

log = structlog.get_logger(__name__)
_IN_MEMORY: Final = 3
"""Kept audits: the newest, which pages show, and two that somebody compares or cites."""


class Audits:
    """Makes audits and reports.

    Args:
        folder: `DIR/fair`, for what audits keep.
        own_benchmarks: `DIR/benchmarks`, with the operator's TOML files.
        node_facts: what the node says of itself, now.
        software: version of ommatidia-node.
        name: of the node.
    """

    def __init__(
        self,
        ledger: Ledger,
        folder: Path,
        own_benchmarks: Path,
        node_facts: Callable[[], NodeFacts],
        software: str,
        name: str,
    ) -> None:
        self._ledger = ledger
        self.folder = folder
        self._own_benchmarks = own_benchmarks
        self._node_facts = node_facts
        self.software = software
        self._name = name
        self._lock = threading.Lock()
        self.shelf = AuditShelf(folder / "audits")
        self._newest: tuple[object, Audit] | None = None
        self._left_out: set[str] = set()
        self._loaded: Few[tuple[str, tuple[str, ...]], KeptAudit] = Few(_IN_MEMORY)

    def basis(self, position: int | None = None, observation: int | None = None) -> Basis:
        """What an audit would be bound to.

        Args:
            position: of the ledger; None means the newest.
            observation: the last live observation that counts; None means the newest.
        Raises:
            BadRequest: the ledger has no such position.
        """
        timeline = self._ledger.timeline
        last = timeline.last_position()
        at = last if position is None else position
        if not 0 <= at <= last:
            raise BadRequest(f"The ledger ends at position {last}; there is no {at}.")
        recorded_at = timeline.recorded_at(at)
        return Basis(
            at,
            timeline.entry_hash(at) or "",
            self._ledger.observations.last() if observation is None else observation,
            {name: metric.version for name, metric in metrics().items()},
            self._node_facts(),
            self.software,
            stamp(recorded_at) if recorded_at else "",
            {one.id: one.digest for one in self.benchmarks.values()},
        )

    def make(
        self,
        position: int | None = None,
        observation: int | None = None,
        on_progress: Callable[[str, int], None] = lambda what, done: None,
    ) -> Audit:
        """An audit with all metrics.

        Args:
            position, observation: as in `basis`.
            on_progress: called with what is done (`read`, `judged`) and the number of records.
        Raises:
            BadRequest: the ledger has no such position.
        """
        return self.make_by(self.basis(position, observation), on_progress)

    @paused_collector()
    def make_by(self, basis: Basis, on_progress: Callable[[str, int], None] = lambda what, done: None) -> Audit:
        """The audit of a basis, judged by the metrics of this software; its basis has their versions."""
        chosen = metrics()
        funding = FundingReader()
        with ProfileFacts(self.folder / "profiles.db", self.software) as profiles:
            dataset = dataset_at(
                self._ledger.timeline,
                basis.position,
                wanted_facts(chosen.values()),
                [funding.of_study, profiles.of_study, KnownTerms().of_study],
                on_progress=lambda done: on_progress("read", done),
                further_of_images=[profiles.of_image],
            )
        audit = judge_all(
            dataset,
            chosen,
            self._ledger.observations.newest(basis.observation),
            basis.node,
            observation=basis.observation,
            software=self.software,
            benchmarks=basis.benchmarks,
            on_progress=lambda done: on_progress("judged", done),
        )
        return replace(audit, funding=funding.index())

    def at_hand(self) -> Audit | None:
        """The audit that was made last, of whatever position; None before any. Never waits for one."""
        newest = self._newest
        return newest[1] if newest is not None else None

    def newest(self) -> Audit:
        """The audit that pages show: the newest that is kept, else one made now."""
        with self._lock:
            kept = self._latest()
            key = self._key(kept)
            if self._newest is None or self._newest[0] != key:
                self._newest = key, self._read(kept) or self.make()
            return self._newest[1]

    @paused_collector()
    def load(self, kept: Kept) -> KeptAudit:
        """A kept audit with everything that it says; of those asked for last there is one in memory.

        Raises:
            StoreDamaged: its signature or a file does not fit.
        """
        return self._loaded.get((kept.name, kept.redacted), lambda: load_audit(kept))

    def _read(self, kept: Kept | None) -> Audit | None:
        """A kept audit; None where it is damaged, or was dropped just now."""
        try:
            return self.load(kept).audit if kept is not None else None
        except (StoreDamaged, FileNotFoundError) as error:
            log.error("audit.damaged", detail=str(error))
            return None

    def is_current(self, audit: Audit) -> bool:
        """Whether `newest` would give this audit, so that nobody has to wait for it."""
        newest = self._newest
        return newest is not None and newest[1] is audit and newest[0] == self._key(self._latest())

    def _key(self, kept: Kept | None) -> object:
        return (kept.name, kept.redacted) if kept is not None else self._ledger.timeline.last_position()

    def _latest(self) -> Kept | None:
        """The newest kept audit, where it can be read."""
        try:
            return self.shelf.find(LATEST)
        except StoreDamaged as problem:
            log.error("audit.damaged", detail=problem.detail)
            return None

    @property
    def benchmarks(self) -> Mapping[str, Benchmark]:
        """Identifier -> benchmark, shipped ones and those in `DIR/benchmarks` that can be used."""
        return benchmarks(self._own_benchmarks, self._leave_out)

    def _leave_out(self, why: str) -> None:
        if why not in self._left_out:
            self._left_out.add(why)
            log.error("fair.benchmark_left_out", why=why)

    def scope(self, audit: Audit, kind: str = "federation", name: str = "") -> Scope:
        """The scope of a kind.

        Args:
            name: owner prefix, funder, grant or CURIE; as people write them.
        Raises:
            NotFound: there is no such thing here.
            AmbiguousIdentifier: several funders gave an award of this number.
            BadRequest: there is no such kind.
        """
        if kind == "federation":
            return federation_scope(audit, self._name)
        if kind == "member":
            return member_scope(audit, name)
        if kind == "study":
            return study_scope(audit, name)
        if kind == "funder":
            return funder_scope(audit, name)
        if kind == "grant":
            return grant_scope(audit, name)
        raise BadRequest(f"A report is about federation, member, funder, grant or study, not {kind[:20]}.")

    def report(self, kind: str = "federation", name: str = "", benchmark: str = DEFAULT) -> Report:
        """The report of the newest audit.

        Raises:
            NotFound: there is no such scope or benchmark.
        """
        audit = self.newest()
        return make_report(audit, self.scope(audit, kind, name), get_benchmark(benchmark, self.benchmarks))
