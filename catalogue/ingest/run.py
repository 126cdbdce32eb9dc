"""A harvest run: fetch, prepare, decide, append; batches are durable, the cursor moves last.

Rules R1-R24 of the federation reference; preparing one document is catalogue.ingest.prepare's.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol

from catalogue.ingest.decide import Decision, decide, require_study, restorations, withdrawals
from catalogue.ingest.harmonise import TermSource
from catalogue.ingest.prepare import Candidate, Prepared, prepare
from catalogue.ingest.report import RunReport
from catalogue.model.documents import (
    Event,
    Listed,
    Mapped,
    Removed,
    Severity,
    SourceDocument,
    SourceSpec,
    Unchanged,
    Unreadable,
)
from catalogue.model.payload import digest
from catalogue.problems import RecordRejected
from catalogue.settings import HarvestSettings
from catalogue.store.books import ItemState, Lease
from catalogue.store.entries import Entry
from catalogue.store.ledger import Ledger
from catalogue.store.writer import LedgerWriter

BATCH_DOCUMENTS = 200
BATCH_BYTES = 16 << 20


class Harvester(Protocol):
    """The contract of harvesters/base.py, as seen from below."""

    name: str
    version: str

    def fetch(self, source: SourceSpec, since: str | None, known: Mapping[str, str]) -> Iterator[Event]:
        """Partner documents, ending with one Listed."""
        ...

    def map(self, document: SourceDocument, source: SourceSpec) -> Mapped:
        """The records in one document."""
        ...


@dataclass(slots=True)
class Run:
    """The state of one run over one source.

    Args:
        mapping_version: names adapter, schema and ontologies; when it differs from an item's, the item is mapped again.
        run_id: of the ledger's run table; 0 in a dry run, which writes nothing.
    """

    ledger: Ledger
    source: SourceSpec
    harvester: Harvester
    ontology: TermSource
    settings: HarvestSettings
    mapping_version: str
    run_id: int
    clock: Callable[[], datetime]
    report: RunReport
    lease: Lease | None = None
    dry_run: bool = False
    on_progress: Callable[[RunReport], None] | None = None
    items: dict[str, ItemState] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    claimed: dict[str, str] = field(default_factory=dict)
    pending: list[tuple[Prepared, SourceDocument]] = field(default_factory=list)
    pending_bytes: int = 0
    heads: dict[str, Entry] = field(default_factory=dict)
    removed: dict[str, str] = field(default_factory=dict)
    replaced: dict[str, str] = field(default_factory=dict)

    def execute(self, full: bool) -> None:
        """Reads the source to its end and applies what it says.

        Raises:
            SourceUnavailable: what was read before stays applied; the cursor stays where it was.
            SourceChanged: likewise.
        """
        self.items = self.ledger.items(self.source.name)
        current = {i: s.digest for i, s in self.items.items() if s.mapping_version == self.mapping_version}
        stored = self.ledger.cursor(self.source.name)
        since = None
        if stored is not None and not full:
            held = json.loads(stored)
            since = held["cursor"] if held["mapping"] == self.mapping_version else None
        known = {} if full else {i: d for i, d in current.items() if d and not self._due(self.items[i])}
        for event in self.harvester.fetch(self.source, since, known):
            self._take(event, full)
            if len(self.pending) >= BATCH_DOCUMENTS or self.pending_bytes >= BATCH_BYTES:
                self.flush()

    def take_again(self, document: SourceDocument) -> None:
        """Queues a document that is held already, to be mapped anew."""
        self.report.read += 1
        self._queue(prepare(document, self.source, self.harvester.map, self.ontology, self.clock()), document)

    @staticmethod
    def _due(state: ItemState) -> bool:
        return state.outcome == "quarantined:gap"

    def _take(self, event: Event, full: bool) -> None:
        if isinstance(event, Listed):
            self.flush()
            self._finish(event)
            return
        if isinstance(event, Removed):
            self.removed[event.item] = event.evidence
            return
        self.seen.add(event.item)
        self.report.read += 1
        state = self.items.get(event.item)
        if isinstance(event, Unchanged):
            if state is None:
                raise RuntimeError(f"the harvester called {event.item} unchanged, which was never read")
            self._as_before(event.item, state)
        elif isinstance(event, Unreadable):
            rejection = RecordRejected(event.detail, reason=event.reason)
            document = SourceDocument(event.item, event.url, event.content, "application/octet-stream")
            self._queue(Prepared(event.item, rejected=rejection), document)
        elif (
            state is not None
            and not full
            and state.mapping_version == self.mapping_version
            and not self._due(state)
            and state.digest == digest(event.content)
        ):
            self._as_before(event.item, state)
        else:
            self._queue(
                prepare(event, self.source, self.harvester.map, self.ontology, self.clock()),
                event,
            )

    def _queue(self, prepared: Prepared, document: SourceDocument) -> None:
        self.pending.append((prepared, document))
        self.pending_bytes += len(document.content)

    def _as_before(self, item: str, state: ItemState) -> None:
        for curie in state.curies:
            self.claimed.setdefault(curie, item)
        if state.outcome.startswith("quarantined:"):
            self.report.quarantined += 1
            self.report.reasons[state.outcome.partition(":")[2]] += 1
        else:
            self.report.accepted += 1
            self.report.unchanged += 1
            self.report.repaired += state.outcome == "repaired"

    def flush(self) -> None:
        """Applies the waiting documents in one ledger transaction."""
        if not self.pending:
            return
        candidates = [c for prepared, _ in self.pending for c in prepared.candidates]
        wanted = [name for c in candidates for name in (c.curie, c.parent) if name is not None]
        if self.dry_run:
            self.heads = self.ledger.find_heads(wanted)
            for prepared, document in self.pending:
                self._apply(None, prepared, document)
        else:
            with self.ledger.transaction(self.lease) as writer:
                # Read inside the transaction: nobody else can commit until it ends.
                self.heads = self.ledger.find_heads(wanted)
                writer.prefetch(c.curie for c in candidates)
                for prepared, document in self.pending:
                    self._apply(writer, prepared, document)
                writer.heartbeat(self.run_id)
        self.pending.clear()
        self.pending_bytes = 0
        if self.on_progress is not None:
            self.on_progress(self.report)

    def _apply(self, writer: LedgerWriter | None, prepared: Prepared, document: SourceDocument) -> None:
        decisions: list[tuple[Candidate, Decision]] = []
        if prepared.rejected is None:
            try:
                decisions = [(c, self._decide(c, prepared.item)) for c in prepared.candidates]
            except RecordRejected as rejection:
                prepared.rejected = rejection
        self._count(prepared, decisions)
        if writer is None:
            return
        original = writer.put_original(document.content, document.media_type)
        before = self.items.get(prepared.item)
        if prepared.rejected is not None:
            writer.quarantine(
                self.source.name,
                prepared.item,
                identifier=prepared.identifier or None,
                reason=prepared.rejected.reason,
                detail=prepared.rejected.detail,
                original_digest=original,
                url=document.url,
                harvester=self._adapter(),
            )
            curies = before.curies if before is not None else ()
            outcome = f"quarantined:{prepared.rejected.reason}"
        else:
            for candidate, decision in decisions:
                self._append(writer, candidate, decision, original, document.url)
            writer.resolve_quarantine(self.source.name, prepared.item)
            curies = tuple(candidate.curie for candidate, _ in decisions)
            outcome = "repaired" if _repaired(prepared) else "accepted"
            if before is not None:
                for old in set(before.curies) - set(curies):
                    self.replaced[old] = prepared.item
        writer.clear_findings(self.source.name, prepared.item)
        curie = curies[0] if curies else None
        writer.replace_findings(self.source.name, prepared.item, curie, prepared.findings, self.run_id)
        state = ItemState(original, self.mapping_version, tuple(curies), None, outcome)
        writer.set_item(self.source.name, prepared.item, state)
        self.items[prepared.item] = state

    def _decide(self, candidate: Candidate, item: str) -> Decision:
        holder = self.claimed.setdefault(candidate.curie, item)
        if holder != item:
            raise RecordRejected(
                f"{candidate.curie} was already given by '{holder}' in the same source; one of the two must go.",
                reason="equivocation",
                identifier=candidate.curie,
            )
        decision = decide(candidate, self.heads.get(candidate.curie), self.source)
        if candidate.parent is not None:
            require_study(candidate, self.heads.get(candidate.parent))
        return decision

    def _append(self, writer: LedgerWriter, candidate: Candidate, decision: Decision, original: str, url: str) -> None:
        if decision is Decision.UNCHANGED:
            return
        head = self.heads.get(candidate.curie)
        self.heads[candidate.curie] = writer.append(
            curie=candidate.curie,
            owner=candidate.owner,
            kind=candidate.kind,
            parent=candidate.parent,
            status="public",
            payload=candidate.payload,
            source=self.source.name,
            source_url=url,
            original_digest=original,
            harvester=self._adapter(),
            run_id=self.run_id,
            retrieved_at=self.clock(),
            aliases=candidate.aliases,
        )
        if candidate.kind == "study" and head is not None and head.status == "withdrawn":
            for image in restorations(self.ledger, candidate.curie):
                self._append_again(writer, image, "public", image.payload)

    def _append_again(self, writer: LedgerWriter, entry: Entry, status: str, payload: bytes) -> None:
        """Another version of what `entry` is a version of, with its provenance."""
        writer.append(
            curie=entry.curie,
            owner=entry.owner,
            kind=entry.kind,
            parent=entry.parent,
            status=status,
            payload=payload,
            source=entry.source,
            source_url=entry.source_url,
            original_digest=entry.original_digest,
            harvester=entry.harvester,
            run_id=self.run_id,
            retrieved_at=entry.retrieved_at,
            aliases=entry.aliases,
        )

    def _count(self, prepared: Prepared, decisions: list[tuple[Candidate, Decision]]) -> None:
        report = self.report
        if prepared.rejected is not None:
            report.quarantined += 1
            report.reasons[prepared.rejected.reason] += 1
        else:
            report.accepted += 1
            taken = {decision for _, decision in decisions}
            if Decision.NEW in taken:
                report.new += 1
            elif Decision.CHANGED in taken:
                report.changed += 1
            else:
                report.unchanged += 1
            report.repaired += _repaired(prepared)
        report.findings += len(prepared.findings)
        report.finding_codes.update(finding.code for finding in prepared.findings)
        if prepared.mapped is not None:
            report.properties["mapped"] += prepared.mapped.mapped
            report.properties["ignored"] += prepared.mapped.ignored.total()
            report.properties["unmapped"] += prepared.mapped.unmapped.total()
            report.ignored.update(prepared.mapped.ignored)
            report.unmapped.update(prepared.mapped.unmapped)

    def _adapter(self) -> str:
        return f"{self.harvester.name}/{self.harvester.version}"

    def _finish(self, listed: Listed) -> None:
        now = self.clock()
        gone = self._gone(listed, now)
        live = sum(1 for state in self.items.values() if state.curies)
        allowed = max(self.settings.guard_count, int(self.settings.guard_share * live))
        hold = len(gone) > allowed
        if hold:
            self.report.held = len(gone)
            self.report.state = "held"
            self.report.detail = (
                f"{len(gone)} of {live} live records would be withdrawn or renamed; more than {allowed} at once needs "
                "a person to look. The old state stays served."
            )
        if self.dry_run:
            self.report.withdrawn = 0 if hold else len(gone)
            return
        with self.ledger.transaction(self.lease) as writer:
            self._mark(writer, listed, now)
            if hold:
                self._forget_replaced(writer)
            else:
                self._withdraw(writer, gone, now)
                if listed.cursor is not None:
                    stored = json.dumps({"mapping": self.mapping_version, "cursor": listed.cursor})
                    writer.set_cursor(self.source.name, stored)

    def _gone(self, listed: Listed, now: datetime) -> dict[str, tuple[str, str]]:
        """curie -> (item, reason) of records that the source no longer has."""
        items = {item: "removed-at-source" for item in self.removed if item not in self.seen}
        if listed.complete:
            for item, state in self.items.items():
                if item in self.seen or item in items:
                    continue
                self.report.absent += 1
                waited = state.missing_since is not None and now - state.missing_since >= timedelta(
                    hours=self.settings.absence_hours
                )
                if waited:
                    items[item] = "absent-from-source"
        gone = {
            curie: (item, reason)
            for item, reason in items.items()
            if item in self.items
            for curie in self.items[item].curies
            if self.claimed.get(curie, item) == item
        }
        gone.update(
            (curie, (item, "renamed-at-source")) for curie, item in self.replaced.items() if curie not in self.claimed
        )
        return gone

    def _mark(self, writer: LedgerWriter, listed: Listed, now: datetime) -> None:
        """Notes which items are missing since when (R14 needs two complete listings)."""
        if not listed.complete:
            return
        for item, state in self.items.items():
            if item in self.seen and state.missing_since is not None:
                writer.set_item(self.source.name, item, replace(state, missing_since=None))
            elif item not in self.seen and state.missing_since is None:
                writer.set_item(self.source.name, item, replace(state, missing_since=now))

    def _forget_replaced(self, writer: LedgerWriter) -> None:
        """Makes the next run read renamed items again, so that a held renaming is not lost."""
        for curie, item in self.replaced.items():
            state = self.items[item]
            writer.set_item(self.source.name, item, replace(state, digest="", curies=(*state.curies, curie)))

    def _withdraw(self, writer: LedgerWriter, gone: dict[str, tuple[str, str]], now: datetime) -> None:
        for curie, (item, reason) in gone.items():
            for head, payload in withdrawals(self.ledger, curie, reason, now):
                self._append_again(writer, head, "withdrawn", payload)
                self.report.withdrawn += head.curie == curie
            if reason != "renamed-at-source":
                writer.drop_item(self.source.name, item)
                writer.resolve_quarantine(self.source.name, item)
        for item in self.removed:
            if item in self.items and not self.items[item].curies:
                writer.drop_item(self.source.name, item)
                writer.resolve_quarantine(self.source.name, item)


def _repaired(prepared: Prepared) -> bool:
    return any(finding.severity is Severity.REPAIRED for finding in prepared.findings)
