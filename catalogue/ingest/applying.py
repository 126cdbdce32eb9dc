"""Documents to ledger entries, a batch a transaction: decide, quarantine, keep the books.

Appending is catalogue.ingest.appending's, reading the source catalogue.ingest.run's. Rules R2, R4, R16, R19.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import structlog

from catalogue.ingest.appending import Appending
from catalogue.ingest.decide import Decision, carry_names, decide, last_public, require_study, successors
from catalogue.ingest.prepare import Candidate, Prepared, storable
from catalogue.ingest.report import RunReport
from catalogue.model.documents import Severity, SourceDocument
from catalogue.model.payload import digest
from catalogue.problems import BadRequest, Conflict, NotFound, RecordRejected
from catalogue.store.books import ItemState
from catalogue.store.writer import LedgerWriter

log = structlog.get_logger(__name__)

# A longer list of documents read ahead of the cursor costs more to keep than reading the source whole.
MAX_AHEAD = 5_000
# Kind of run -> kinds of runs whose open batches it decides anew; the documents of all others it leaves alone.
SUPERSEDES: Mapping[str, tuple[str, ...]] = {
    "harvest": ("harvest", "remap", "retry"),
    "remap": ("remap", "retry"),
    "retry": ("retry",),
    "accept": (),
}

# Outcome of an image table that entered without some of its rows; their number follows.
ROWS_REFUSED = "rows-refused:"


@dataclass(frozen=True, slots=True)
class Deferred:
    """A document that can be decided only when the whole source was read.

    Args:
        document: without content when `original` names it in the ledger.
        curies: what it would record.
        read_at: when its bytes were read.
    """

    document: SourceDocument
    original: str
    curies: tuple[str, ...]
    read_at: datetime


@dataclass(slots=True)
class Applying(Appending):
    """The state of one run over one source, and what it does with prepared documents.

    Args:
        holders: curie -> item that gave it when the run began.
        live_before: how many records the source had when the run began.
        claimed: curie -> item that gives it, as far as was read.
        mentioned: curies that a refused document names; not withdrawn, the last good version stays (R19).
        replaced: curies that their item no longer gives -> that item.
        successors: curies that their item no longer gives -> what it gives instead, where that is certain.
        withheld: documents refused because too many change identity at once.
        agreed: item -> reason why its records go, which a person let pass.
        unsettled: item -> state to write when its replaced records are withdrawn.
        stored: the cursor as kept, with the mapping version and the items that were read since it moved (`ahead`).
    """

    on_progress: Callable[[RunReport], None] | None = None
    full: bool = False
    items: dict[str, ItemState] = field(default_factory=dict)
    holders: dict[str, str] = field(default_factory=dict)
    live_before: int = 0
    seen: set[str] = field(default_factory=set)
    claimed: dict[str, str] = field(default_factory=dict)
    mentioned: set[str] = field(default_factory=set)
    pending: list[tuple[Prepared, SourceDocument]] = field(default_factory=list)
    pending_bytes: int = 0
    deferred: list[Deferred] = field(default_factory=list)
    removed: dict[str, str] = field(default_factory=dict)
    replaced: dict[str, str] = field(default_factory=dict)
    successors: dict[str, str] = field(default_factory=dict)
    withheld: set[str] = field(default_factory=set)
    agreed: dict[str, str] = field(default_factory=dict)
    unsettled: dict[str, ItemState] = field(default_factory=dict)
    stored: dict[str, Any] | None = None
    complete: bool = False

    def flush(self, final: bool = False, hold: bool = False) -> None:
        """Applies the waiting documents in one ledger transaction.

        Args:
            final: the source was read to its end, so that nothing has to wait any longer.
            hold: documents that would change identity are refused, there being too many of them (R16).
        """
        if not self.pending:
            return
        if not final:
            self.look_at_form()
        candidates = [c for prepared, _ in self.pending for c in prepared.candidates]
        wanted = [name for c in candidates for name in (c.curie, c.parent) if name is not None]
        counted = self.report.snapshot()
        try:
            if self.dry_run:
                self.heads = self.ledger.find_heads(wanted)
                for prepared, document in self.pending:
                    self._apply(None, prepared, document, final, hold)
            else:
                with self.ledger.transaction(self.lease) as writer:
                    # Read inside the transaction: nobody else can commit until it ends.
                    self.heads = self.ledger.find_heads(wanted)
                    writer.prefetch(c.curie for c in candidates)
                    for prepared, document in self.pending:
                        self._apply(writer, prepared, document, final, hold)
                    writer.supersede_held(self.source.name, SUPERSEDES[self.report.kind])
                    self._note_ahead(writer)
                    self.note_progress()
                    writer.heartbeat(self.run_id, self.report.as_dict())
        except BaseException:  # rolled back, so that nothing of it happened; raised on
            self.report.restore(counted)
            raise
        self.pending.clear()
        self.pending_bytes = 0
        if self.on_progress is not None:
            self.on_progress(self.report)

    def look_at_form(self) -> None:
        """Looks whether the waiting documents are of the form that the source had; of a harvest only."""

    def note_progress(self) -> None:
        """Says in the report how far the run is; of a harvest the cursor and the items tell."""

    def move_cursor(self, writer: LedgerWriter, cursor: str) -> None:
        """Notes how far the source was read, in the transaction that ends the run (R2)."""
        writer.set_cursor(self.source.name, json.dumps({"mapping": self.mapping_version, "cursor": cursor}))

    def _apply(
        self, writer: LedgerWriter | None, prepared: Prepared, document: SourceDocument, final: bool, hold: bool
    ) -> None:
        prepared.read_at = prepared.read_at or self.clock()
        original = ""
        if writer is not None and (document.content or prepared.delivered):
            original = writer.put_original(document.content, document.media_type)
        if not final and prepared.rejected is None and self._must_wait(prepared):
            kept = replace(document, content=b"") if original else document
            curies = tuple(candidate.curie for candidate in prepared.candidates)
            self.deferred.append(Deferred(kept, original, curies, prepared.read_at))
            return
        decisions = self._decide_all(prepared, hold)
        appended = self._append_all(writer, prepared, decisions, original, document.url)
        self._count(prepared, decisions)
        self._note_item(writer, prepared, document, original, appended)

    def count_studies(self, curies: Collection[str]) -> bool:
        """Counts studies that the source gives; False while it gave fewer than it should."""
        return True

    def _must_wait(self, prepared: Prepared) -> bool:
        """Whether what is read later decides: a study to come, a document that moved, a change of identity."""
        if not self.count_studies([candidate.curie for candidate in prepared.candidates]):
            return True
        own = {candidate.curie for candidate in prepared.candidates}
        for candidate in prepared.candidates:
            holder = self.holders.get(candidate.curie, prepared.item)
            if holder != prepared.item and candidate.curie not in self.claimed:
                return True
            if candidate.parent not in own and not self.has_study(candidate):
                return True
        return bool(self._dropped(prepared))

    def _dropped(self, prepared: Prepared) -> set[str]:
        """Records that the document gave before and no longer gives."""
        before = self.items.get(prepared.item)
        return set(before.curies if before else ()) - {candidate.curie for candidate in prepared.candidates}

    def gained(self, before: Collection[str], given: Sequence[str], original: str) -> list[str]:
        """Records that a document gives and did not give before; also those that a run recorded which then was cut off.

        Args:
            original: digest of the document's bytes.
        """
        fresh = [curie for curie in given if curie not in before]
        if fresh:
            return fresh
        first = {curie: self.ledger.history(curie, limit=1) for curie in given}
        return [curie for curie, versions in first.items() if versions and versions[0].original_digest == original]

    def _taken(self, prepared: Prepared) -> set[str]:
        """Records that another document gave before, which the source still has."""
        names = {candidate.curie for candidate in prepared.candidates}
        return {name for name in names if self.holders.get(name, prepared.item) in self.seen - {prepared.item}}

    def _decide_all(self, prepared: Prepared, hold: bool) -> list[tuple[Candidate, Decision]]:
        if prepared.rejected is not None:
            self._mention(prepared)
            return []
        mine = set()
        try:
            lost = sorted((self._dropped(prepared) | self._taken(prepared)) - self.claimed.keys())
            if hold and lost:
                prepared.again = True
                self.withheld.add(prepared.item)
                raise RecordRejected(
                    f"The document gives another record than before ({', '.join(lost[:5])}), as do too many others at "
                    "once; held until a person has looked (`ommatidia held list`).",
                    reason="policy",
                    identifier=lost[0],
                )
            decisions = []
            for candidate in prepared.candidates:
                fresh = candidate.curie not in self.claimed
                decisions.append(self._decide(candidate, prepared.item))
                if fresh:
                    mine.add(candidate.curie)
        except RecordRejected as rejection:
            for curie in mine:
                del self.claimed[curie]
            prepared.reject(rejection)
            self._mention(prepared)
            return []
        return decisions

    def _mention(self, prepared: Prepared) -> None:
        before = self.items.get(prepared.item)
        self.mentioned.update(before.curies if before else ())
        self.mentioned.update(candidate.curie for candidate in prepared.candidates)
        self.mentioned.add(prepared.identifier)

    def _decide(self, candidate: Candidate, item: str) -> tuple[Candidate, Decision]:
        holder = self.claimed.get(candidate.curie)
        before = self.holders.get(candidate.curie, item)
        if holder is None and before != item and not self.complete and before not in self.removed:
            holder = before
        if holder not in (None, item):
            raise RecordRejected(
                f"{candidate.curie} was already given by '{holder}' in the same source; one of the two must go.",
                reason="equivocation",
                identifier=candidate.curie,
            )
        head = self.heads.get(candidate.curie)
        candidate = carry_names(candidate, last_public(self.ledger, head))
        decision = decide(candidate, head, self.source)
        # A study that the same document gives before its images is decided already.
        if self.claimed.get(candidate.parent or "") != item and not self.has_study(candidate):
            require_study(candidate, self.heads.get(candidate.parent or ""))
        self.claimed[candidate.curie] = item
        return candidate, decision

    def _append_all(
        self,
        writer: LedgerWriter | None,
        prepared: Prepared,
        decisions: list[tuple[Candidate, Decision]],
        original: str,
        url: str,
    ) -> list[str]:
        """Curies of the document's records that are in the ledger now."""
        appended: list[str] = []
        for candidate, decision in decisions:
            try:
                if writer is not None and decision is not Decision.UNCHANGED:
                    self.append(writer, candidate, original, url, prepared.read_at)
            except RecordRejected as rejection:
                prepared.again = True
                prepared.reject(rejection)
                self._mention(prepared)
                return appended
            except (BadRequest, Conflict, NotFound, ValueError, TypeError) as error:
                log.error("ingest.append_fault", source=self.source.name, item=prepared.item, exc_info=error)
                prepared.again = True
                prepared.reject(RecordRejected(f"The ledger refused {candidate.curie}: {error}", reason="policy"))
                self._mention(prepared)
                return appended
            appended.append(candidate.curie)
            if candidate.kind == "study":
                self.entered.add(candidate.curie)
        return appended

    def _note_item(
        self,
        writer: LedgerWriter | None,
        prepared: Prepared,
        document: SourceDocument,
        original: str,
        appended: list[str],
    ) -> None:
        """Writes down what became of a document, and takes it out of or into quarantine."""
        name, item = self.source.name, prepared.item
        before = self.items.get(item)
        held = before.curies if before is not None else ()
        outcome = "repaired" if _repaired(prepared) else "accepted"
        curies = tuple(appended)
        if prepared.rejected is not None:
            outcome = f"quarantined:{prepared.rejected.reason}"
            curies = (*held, *(curie for curie in appended if curie not in held))
        version = "" if prepared.again else self.mapping_version
        absent = before.missing_since if before is not None and self.report.kind != "harvest" else None
        state = ItemState(original if prepared.delivered else "", version, curies, absent, outcome, prepared.read_at)
        self.items[item] = state
        lost = [curie for curie in held if curie not in curies]
        if lost:
            # Until they are withdrawn the item keeps them and is mapped again: a crash before must not make orphans.
            self.replaced.update(dict.fromkeys(lost, item))
            self.successors.update(successors(lost, self.gained(held, curies, digest(document.content))))
            self.unsettled[item] = state
            state = replace(state, mapping_version="", curies=(*curies, *lost))
        if writer is None:
            return
        if prepared.rejected is not None:
            writer.quarantine(
                name,
                item,
                identifier=prepared.identifier or next(iter(held), None),
                reason=prepared.rejected.reason,
                detail=storable(prepared.rejected.detail),
                original_digest=original or None,
                url=storable(document.url),
                harvester=self.adapter,
            )
        else:
            writer.resolve_quarantine(name, item)
        writer.clear_findings(name, item)
        writer.replace_findings(name, item, curies[0] if curies else None, prepared.findings, self.run_id)
        writer.set_item(name, item, state)

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

    def _note_ahead(self, writer: LedgerWriter) -> None:
        if self.stored is None:
            return
        ahead = sorted({*self.stored.get("ahead", ()), *(prepared.item for prepared, _ in self.pending)})
        self.stored = {**self.stored, "ahead": ahead} if len(ahead) <= MAX_AHEAD else None
        writer.set_cursor(self.source.name, json.dumps(self.stored) if self.stored is not None else None)


def refused_rows(state: ItemState) -> int:
    """Rows of an image table that are in quarantine, as its last reading left it; 0 for other documents."""
    count = state.outcome.removeprefix(ROWS_REFUSED)
    return int(count) if count != state.outcome else 0


def is_refused(state: ItemState) -> bool:
    """True when the last bytes of a document are in quarantine; records of earlier ones may stand."""
    return state.outcome.startswith("quarantined:")


def _repaired(prepared: Prepared) -> bool:
    return any(finding.severity is Severity.REPAIRED for finding in prepared.findings)
