"""Held batches: what too many changes at once wait for, let pass or discarded by a person (federation.md, R16).

Holding is catalogue.ingest.closing's, the books are catalogue.store.held's.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from catalogue.ingest.closing import REMAPPED, RENAMED, Closing
from catalogue.ingest.decide import successors
from catalogue.ingest.prepare import Prepared
from catalogue.ingest.run import Run
from catalogue.model.documents import SourceDocument
from catalogue.model.payload import digest
from catalogue.problems import Conflict, RecordRejected
from catalogue.store.books import HeldBatch, HeldChange
from catalogue.store.ledger import Ledger

_AGAIN = {
    "harvest": "The next harvest reads the source again from where the last complete one ended, and holds the same "
    "once more if the source still says so.",
    "remap": "The documents stay in quarantine until they are mapped again.",
    "retry": "The documents stay in quarantine until they are mapped again.",
}


def is_settled(batch: HeldBatch) -> bool:
    """True when a batch was accepted before, False while it is open.

    Raises:
        Conflict: it was dropped, or a later run decided anew.
    """
    if batch.state in ("dropped", "superseded"):
        why = "was dropped" if batch.state == "dropped" else "is superseded by a later run of its source"
        raise Conflict(f"The held batch {batch.id} {why}. See `ommatidia held list` for those that are open.")
    return batch.state == "accepted"


def drop(ledger: Ledger, number: int) -> str:
    """Discards an open batch and says what comes next; the old state stays served.

    Raises:
        NotFound: no such batch.
        Conflict: it is not open.
    """
    batch = ledger.held_batch(number)
    if is_settled(batch):
        raise Conflict(f"The held batch {number} was accepted; what it changed stands in the ledger.")
    with ledger.transaction() as writer:
        writer.decide_held(number, "dropped")
    return f"Dropped batch {number}: {batch.total} records of {batch.source} stay as they are. {_AGAIN[batch.kind]}"


@dataclass(slots=True)
class Accepting(Run):
    """Applies one held batch from the bytes that are kept.

    Args:
        renamed: document -> record it gave -> the one it gives now, as the batch says.
    """

    renamed: dict[str, dict[str, str | None]] = field(default_factory=dict)

    def accept(self, batch: HeldBatch) -> None:
        """Maps the batch's documents again and withdraws what it says is gone.

        Each step leaves the books whole, and the last one closes the batch: after a crash it is accepted again.
        """
        self.load()
        documents = [item for item in self.ledger.held_documents(batch.id) if item in self.items]
        # What the last listing lacked keeps no record from a document that gives it now.
        missing = {item for item, state in self.items.items() if state.missing_since is not None}
        self._agree(self.ledger.held_changes(batch.id), missing)
        decided = {*documents, *self.agreed, *missing}
        self.leave_all_but(decided)
        self.seen -= self.agreed.keys() | missing
        refused = {row.item: row for row in self.ledger.quarantined(self.source.name)}
        # A document in quarantine keeps the record that it names, whoever gave it before (R19).
        self.mentioned.update(row.identifier for item, row in refused.items() if item not in decided and row.identifier)
        for item in documents:
            row = refused.get(item)
            self.take_kept(item, self._url(item) if row is None else row.url, None)
        self.flush()
        Closing(self, None, batch).close()

    def _agree(self, changes: Iterable[HeldChange], missing: Iterable[str]) -> None:
        """Notes what the batch renames, and which documents are gone together with all that they gave."""
        reasons: dict[str, str] = {}
        gone = set(missing)
        for change in changes:
            if change.reason in (RENAMED, REMAPPED):
                self.renamed.setdefault(change.item, {})[change.curie] = change.replacement
            else:
                reasons[change.curie] = change.reason
                gone.add(change.item)
        for item in gone & self.items.keys():
            curies = self.items[item].curies
            if curies and all(curie in reasons for curie in curies):
                self.agreed[item] = reasons[curies[0]]

    def _url(self, item: str) -> str | None:
        """Where a document was read that an acceptance before this one has let in."""
        curies = self.items[item].curies
        head = self.ledger.head(curies[0]) if curies else None
        return head.source_url if head is not None else None

    def prepare(self, document: SourceDocument) -> Prepared:
        """What the document comes to, which must be what the batch says."""
        prepared = super(Accepting, self).prepare(document)
        names = [candidate.curie for candidate in prepared.candidates]
        held = self.items[document.item].curies
        lost = [curie for curie in held if curie not in names]
        instead = successors(lost, self.gained(held, names, digest(document.content)))
        said = self.renamed.get(document.item, {}).items()
        if prepared.rejected is None and any(old not in lost or instead.get(old) != new for old, new in said):
            prepared.again = True
            detail = "Mapped again, the document gives other records than the held batch says. Harvest it again."
            prepared.reject(RecordRejected(detail, reason="policy", identifier=(*lost, *names)[0]))
            prepared.candidates.clear()
        return prepared
