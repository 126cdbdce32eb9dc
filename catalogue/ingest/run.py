"""A harvest run: what the source gives is prepared and queued, applied in batches, ended by its listing.

Applying is catalogue.ingest.applying's, the end catalogue.ingest.closing's; federation.md, R1-R24.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

import structlog

from catalogue.ingest.applying import SUPERSEDES, Applying, is_refused, refused_rows
from catalogue.ingest.closing import Closing
from catalogue.ingest.drift import Fingerprint, key_paths
from catalogue.ingest.prepare import FUTURE, Prepared, moment_of, prepare, storable
from catalogue.model.documents import Event, ImageTable, Listed, Removed, SourceDocument, Unchanged, Unreadable
from catalogue.model.identifiers import parse_identifier
from catalogue.model.payload import digest
from catalogue.problems import BadRequest, RecordRejected, SourceChanged, SourceUnavailable
from catalogue.store.books import ItemState, Quarantined

log = structlog.get_logger(__name__)

BATCH_DOCUMENTS = 200
BATCH_BYTES = 16 << 20
# Refusals that other documents may end: a study that comes, a double that goes.
# Refusals that say that a document is not of the form that its source had.
_OF_FORM = frozenset({"not-parsable", "schema-required", "shape-violation", "bad-identifier", "bad-encoding"})
_DEPENDS_ON_OTHERS = frozenset({"quarantined:gap", "quarantined:equivocation"})


class Known(Mapping[str, str]):
    """Item -> digest of the bytes held for it, of those items that need not be read again; a view, no copy."""

    def __init__(self, items: Mapping[str, ItemState], is_known: Callable[[str, ItemState], bool]) -> None:
        self._items, self._is_known = items, is_known

    def __getitem__(self, item: str) -> str:
        state = self._items[item]
        if not state.digest or not self._is_known(item, state):
            raise KeyError(item)
        return state.digest

    def __iter__(self) -> Iterator[str]:
        # Items change while documents are applied.
        return (item for item in list(self._items) if item in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)


@dataclass(slots=True)
class Run(Applying):
    """One reading of one source, or of what it left in quarantine.

    Args:
        form: what the documents look like that were read.
        given: documents that the source gave or said to be deleted, as often as it did.
        checked: documents read anew that had been accepted when they were mapped in the same way.
        broken: those of them that cannot be read any more.
        studies: studies that the source gives, where it has to give a least number of them.
        newest: the newest datestamp of a document that does not lie in the future.
    """

    form: Fingerprint = field(default_factory=Fingerprint)
    given: int = 0
    checked: int = 0
    broken: int = 0
    studies: set[str] = field(default_factory=set)
    newest: datetime | None = None

    def execute(self, full: bool) -> None:
        """Reads the source to its end and applies what it says.

        Raises:
            SourceUnavailable: what was read before stays pending; the cursor stays where it was.
            SourceChanged: likewise.
            FetchRefused: likewise.
        """
        self.full = full
        self.load()
        text = self.ledger.cursor(self.source.name)
        self.stored = json.loads(text) if text is not None else None
        since, ahead = None, set()
        if self.stored is not None and not full and self.stored["mapping"] == self.mapping_version:
            since, ahead = self.stored["cursor"], set(self.stored.get("ahead", ()))
        # A source compares with the cursor, not with what is held: what was read after it moved is read again.
        known = Known({} if full else self.items, lambda item, state: self._current(state) and item not in ahead)
        for event in self.harvester.fetch(self.source, since, known):
            self._take(event)
            self.flush_when_full()

    def load(self) -> None:
        """Reads what is known of the source's documents."""
        self.items = self._with_withdrawn_lists_open(self.ledger.items(self.source.name))
        self.holders = {curie: item for item, state in self.items.items() for curie in state.curies}
        self.live_before = len(self.holders)

    def _with_withdrawn_lists_open(self, items: dict[str, ItemState]) -> dict[str, ItemState]:
        """The items, those whose image list is withdrawn to be read again: only the source has the rows."""
        withdrawn = self.ledger.image_lists.withdrawn()
        return {
            item: replace(state, mapping_version="") if withdrawn.intersection(state.curies) else state
            for item, state in items.items()
        }

    def take_again(self, item: str | None) -> None:
        """Maps quarantined documents again, whose bytes are kept; nothing is read from the source.

        Documents of a held batch are left to who decides about it.

        Args:
            item: only this one; None means all.
        """
        self.load()
        waiting = self.held_elsewhere()
        rows = [row for row in self.ledger.quarantined(self.source.name) if item is None or row.item == item]
        if item is not None and item in waiting:
            self.report.detail = f"{item} waits in a held batch; see `ommatidia held list`."
        again = {row.item: row for row in rows if row.item not in waiting and self._is_kept(row)}
        self.leave_all_but(again)
        for name, row in again.items():
            self.take_kept(name, row.url, row.last_seen)
        self.flush()
        Closing(self, None).close()

    def held_elsewhere(self) -> set[str]:
        """Documents of open batches that this kind of run does not decide anew."""
        kinds = SUPERSEDES.keys() - set(SUPERSEDES[self.report.kind])
        return self.ledger.held_items(self.source.name, kinds)

    def leave_all_but(self, again: Collection[str]) -> None:
        """Counts all documents as seen, and those not in `again` as giving what they gave."""
        self.seen = set(self.items)
        self.complete = True
        for item, state in self.items.items():
            if item not in again:
                self.leave(item, state)

    def leave(self, item: str, state: ItemState) -> None:
        """Lets an item stand as it is; its records are nobody else's."""
        if is_refused(state):
            self.mentioned.update(state.curies)
        else:
            self.claimed.update(dict.fromkeys(state.curies, item))

    def take_kept(self, item: str, url: str | None, read_at: datetime | None) -> None:
        """Queues the bytes that are kept of a document.

        Args:
            read_at: when they were read, where the item does not say.
        """
        state = self.items[item]
        self.report.read += 1
        document = SourceDocument(item, url or "", self.ledger.original(state.digest))
        self.queue(document, state.read_at or read_at)
        self.flush_when_full()

    def _is_kept(self, row: Quarantined) -> bool:
        """Whether there is anything to map; where the source could not hand over all bytes there is not."""
        state = self.items.get(row.item)
        return row.original_digest is not None and state is not None and bool(state.digest)

    def _current(self, state: ItemState) -> bool:
        """Whether what an item gave is what it would give now, its bytes being the same."""
        return state.mapping_version == self.mapping_version and state.outcome not in _DEPENDS_ON_OTHERS

    def _take(self, event: Event) -> None:
        if isinstance(event, Listed):
            self.flush()
            self.complete = event.complete
            self.report.clock_skew_s = event.clock_skew_s
            self._check_whole(event)
            Closing(self, event).close()
            return
        self.given += 1
        if isinstance(event, Removed):
            self.removed[event.item] = event.evidence
            return
        if storable(event.item) != event.item or len(event.item) > 1000:
            item, detail = f"{storable(event.item)[:400]} {digest(repr(event.item).encode())[:16]}", "Shorten the name."
            event = Unreadable(item, "", "policy", f"The document's name is too long or is not UTF-8. {detail}")
        self.seen.add(event.item)
        self.report.read += 1
        self._note_stamp(event)
        state = self.items.get(event.item)
        is_current = state is not None and not self.full and self._current(state)
        if isinstance(event, ImageTable):
            self.flush()
            if state is not None and is_current and state.digest == event.digest:
                self._as_before(event.item, state)
            else:
                # pyarrow: 0.1 s that a source without image tables need not wait
                from catalogue.ingest.image_tables import take_table

                take_table(self, event)
        elif isinstance(event, Unreadable):
            document = SourceDocument(event.item, event.url, event.content, "application/octet-stream")
            prepared = Prepared(event.item, delivered=False)
            prepared.reject(RecordRejected(event.detail, reason=event.reason))
            self._queue(prepared, document)
        elif isinstance(event, Unchanged):
            if state is None or not is_current or self._contested(event.item, state):
                self._queue_kept(event.item, state)
            else:
                self._as_before(event.item, state)
        elif state is not None and is_current and state.digest == digest(event.content):
            if self._contested(event.item, state):
                self.queue(event)
            else:
                self._as_before(event.item, state)
        else:
            self.queue(event)

    def look_at_form(self) -> None:
        """Notes which keys the waiting documents have, and stops where too many good ones are broken at once (R22).

        Raises:
            SourceChanged: none of the waiting documents is applied; what was served stays.
        """
        if self.report.kind != "harvest":
            return
        first = ""
        for prepared, document in self.pending:
            if prepared.rejected is None:
                self.form.add(key_paths(document))
            state = self.items.get(prepared.item)
            if state is None or not state.curies or is_refused(state) or state.mapping_version != self.mapping_version:
                continue
            self.checked += 1
            if prepared.rejected is not None and prepared.rejected.reason in _OF_FORM:
                self.broken += 1
                first = first or f"{prepared.item}: {prepared.rejected.detail}"
        if self.broken > max(self.settings.guard_count, int(self.settings.guard_share * self.checked)):
            self.drop_waiting()
            raise SourceChanged(
                f"{self.broken} of {self.checked} documents that changed and were accepted before cannot be read any "
                f"more ({first[:300]}). The source changed its form or serves something else; the old state stays "
                "served. Update the adapter; where the documents are really so, take them by one harvest with "
                f"harvest.guard_count at {self.checked}.",
                rule="schema-drift",
            )

    def drop_waiting(self) -> None:
        """Takes the waiting documents out of the run, as if they had not been read."""
        self.report.read -= len(self.pending)
        self.pending.clear()
        self.pending_bytes = 0

    @property
    def least(self) -> int:
        """How many studies the source should give at least; below that nothing of it is published.

        Raises:
            BadRequest: the option is no number.
        """
        text = self.source.options.get("least", "0")
        if not (text.isascii() and text.isdigit() and len(text) < 10):
            raise BadRequest(f"The option `least` of {self.source.name} is '{text}'; give a whole number of studies.")
        return int(text)

    def count_studies(self, curies: Collection[str]) -> bool:
        """Counts studies that the source gives; False while it gave fewer than it should."""
        if self.report.kind != "harvest" or not self.least:
            return True
        # An image list, `{study}/images`, speaks for its study.
        named = {curie.partition("/")[0] for curie in curies}
        self.studies.update(curie for curie in named if parse_identifier(curie).kind == "study")
        return len(self.studies) >= self.least

    def _check_whole(self, listed: Listed) -> None:
        """Whether a complete listing holds what it should.

        Raises:
            SourceUnavailable: the source says it has more documents than it gave (R15, TP6).
            SourceChanged: it gave fewer studies than it should.
        """
        if not listed.complete:
            return
        if listed.total is not None and self.given < listed.total:
            raise SourceUnavailable(
                f"The source says it has {listed.total} documents and gave {self.given}; nothing counts as "
                "removed, and the cursor stays. The next harvest reads it again.",
                rule="incomplete",
            )
        if len(self.studies) < self.least:
            raise SourceChanged(
                f"The source gave {len(self.studies)} studies and should give at least {self.least} (its option "
                "`least`); nothing of it is published. Look at the source, or lower the option.",
                rule="least",
            )

    def _note_stamp(self, event: Event) -> None:
        """R23: a stamp from the future says nothing about how far behind we are."""
        stamp = moment_of(event.datestamp) if isinstance(event, SourceDocument) else None
        now = self.clock()
        if stamp is not None and stamp <= now + FUTURE and (self.newest is None or stamp > self.newest):
            self.newest = stamp
            self.report.lag_s = max(0.0, (now - stamp).total_seconds())

    def _contested(self, item: str, state: ItemState) -> bool:
        """Whether another document of this run gives a record that this one gave before."""
        return not is_refused(state) and any(self.claimed.get(curie, item) != item for curie in state.curies)

    def _queue_kept(self, item: str, state: ItemState | None) -> None:
        """Queues the kept bytes of a document that the source calls unchanged."""
        if state is None or not state.digest:
            log.error("ingest.unchanged_unknown", source=self.source.name, item=item)
            prepared = Prepared(item, again=True, delivered=False)
            detail = "The source calls the document unchanged, but it was never read. It is asked for again."
            prepared.reject(RecordRejected(detail, reason="gap"))
            self._queue(prepared, SourceDocument(item, "", b""))
            return
        head = self.ledger.head(state.curies[0]) if state.curies else None
        url = (head.source_url if head is not None else None) or ""
        read_at = state.read_at or (head.retrieved_at if head is not None else None)
        self.queue(SourceDocument(item, url, self.ledger.original(state.digest)), read_at)

    def queue(self, document: SourceDocument, read_at: datetime | None = None) -> None:
        """Prepares a document, to be applied with the batch.

        Args:
            read_at: when its bytes were read; None means now.
        """
        prepared = self.prepare(document)
        prepared.read_at = read_at
        self._queue(prepared, document)

    def prepare(self, document: SourceDocument) -> Prepared:
        """What the document comes to with today's mapping, rules and ontologies."""
        return prepare(document, self.source, self.harvester.map, self.ontology, self.clock())

    def _queue(self, prepared: Prepared, document: SourceDocument) -> None:
        self.pending.append((prepared, document))
        self.pending_bytes += len(document.content)

    def _as_before(self, item: str, state: ItemState) -> None:
        if is_refused(state):
            self.mentioned.update(state.curies)
            self.report.quarantined += 1
            self.report.reasons[state.outcome.partition(":")[2]] += 1
            return
        self.claimed.update(dict.fromkeys(state.curies, item))
        self.count_studies(state.curies)
        self.report.accepted += 1
        self.report.unchanged += 1
        self.report.repaired += state.outcome == "repaired"
        if rows := refused_rows(state):
            self.report.images["quarantined"] += rows

    def flush_when_full(self, final: bool = False) -> None:
        """Applies what waits as soon as it makes a batch; see `flush`."""
        if len(self.pending) >= BATCH_DOCUMENTS or self.pending_bytes >= BATCH_BYTES:
            self.flush(final)

    def apply_deferred(self, hold: bool) -> None:
        """Decides the documents that waited for the end of the source."""
        waiting, self.deferred = self.deferred, []
        for deferred in waiting:
            document = deferred.document
            if deferred.original:
                document = replace(document, content=self.ledger.original(deferred.original))
            self.queue(document, deferred.read_at)
            if len(self.pending) >= BATCH_DOCUMENTS or self.pending_bytes >= BATCH_BYTES:
                self.flush(True, hold)
        self.flush(True, hold)

    def abandon(self) -> None:
        """Keeps what was read of a source that then failed; nothing counts as removed."""
        self.flush()
        self.discard()
        if self.dry_run:
            return
        back = [i for i in self.seen if (s := self.items.get(i)) is not None and s.missing_since is not None]
        if self.seen:
            with self.ledger.transaction(self.lease) as writer:
                # What was read may no longer be what a held batch was made of.
                writer.supersede_held(self.source.name, SUPERSEDES[self.report.kind])
                for item in back:
                    writer.set_item(self.source.name, item, replace(self.items[item], missing_since=None))

    def discard(self) -> None:
        """Takes documents that were not decided out of the count of those read; they are read again."""
        self.report.read -= len(self.pending) + len(self.deferred)
        self.pending.clear()
        self.deferred.clear()
