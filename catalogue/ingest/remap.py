"""Mapping again what is kept: today's mapping, rules and ontologies over the partners' bytes, without the network.

What becomes of the documents is decided as in a harvest; only what was read before is read. Rules R4, R6, R16, R19.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

import structlog

from catalogue.ingest.applying import is_refused
from catalogue.ingest.closing import Closing
from catalogue.ingest.decide import Decision, carry_names, decide
from catalogue.ingest.prepare import Candidate
from catalogue.ingest.run import BATCH_DOCUMENTS, Run
from catalogue.model.documents import SourceDocument
from catalogue.problems import NotFound, StoreDamaged
from catalogue.store.books import ItemState, Quarantined
from catalogue.store.entries import Entry

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Remapping(Run):
    """One pass over the kept documents of one source."""

    def map_kept(self, after: str) -> None:
        """Maps the kept bytes of all that is served or in quarantine, in the order of the documents' names.

        Args:
            after: the document up to which an interrupted pass with the same mapping version had decided all; "" for a
                pass from the beginning.
        """
        self.load()
        self.seen = set(self.items)
        report = self.report
        if after:
            # Before anything else, so that dying early does not lose the place.
            report.after = after
            with self.ledger.transaction(self.lease) as writer:
                writer.heartbeat(self.run_id, report.as_dict())
        waiting = self.held_elsewhere()
        open_ = (i for i, s in self.items.items() if i > after or s.mapping_version != self.mapping_version)
        names = sorted(item for item in open_ if item not in waiting)
        report.total = len(names)
        for item in self.items.keys() - set(names):
            self.leave(item, self.items[item])
        refused = {row.item: row for row in self.ledger.quarantined(self.source.name)}
        for start in range(0, len(names), BATCH_DOCUMENTS):
            part = names[start : start + BATCH_DOCUMENTS]
            heads = self.ledger.find_heads(curie for item in part for curie in self.items[item].curies)
            for item in part:
                self._take_kept(item, heads, refused.get(item))
                self.flush_when_full()
        self.flush()
        self.complete = True
        Closing(self, None).close()
        self._renew_last_good()
        self._keep_cursor()
        report.detail = " ".join(filter(None, [report.detail, *self._notes(after)]))

    def note_progress(self) -> None:
        """Notes the last document up to which all are decided; what waits for the end is not."""
        if not self.deferred:
            self.report.after = self.pending[-1][0].item

    def _take_kept(self, item: str, heads: dict[str, Entry], row: Quarantined | None) -> None:
        state = self.items[item]
        live = [heads[curie] for curie in state.curies if curie in heads and heads[curie].status == "public"]
        if not live and not is_refused(state):
            # Withdrawn with its study: nothing of it is served, and it comes back as it was.
            self.leave(item, state)
            self.report.total -= 1
            return
        content = self._kept_bytes(item, state)
        if content is None:
            self.leave(item, state)
            self.report.unkept += 1
            return
        self.report.read += 1
        url = (row.url if row is not None else None) or (live[0].source_url if live else None) or ""
        self.queue(SourceDocument(item, url, content), state.read_at or _read_before(state, live, row))

    def _kept_bytes(self, item: str, state: ItemState) -> bytes | None:
        if not state.digest:
            return None
        try:
            return self.ledger.original(state.digest)
        except (NotFound, StoreDamaged) as problem:
            log.error("remap.original_missing", source=self.source.name, item=item, detail=problem.detail)
            return None

    def _renew_last_good(self) -> None:
        """Writes live records anew from the bytes they were made of, where later bytes of a document are refused."""
        names = sorted(item for item, state in self.items.items() if is_refused(state) and state.curies)
        for start in range(0, len(names), BATCH_DOCUMENTS):
            self._renew(names[start : start + BATCH_DOCUMENTS])

    def _renew(self, names: list[str]) -> None:
        holder = {c: item for item in names for c in self.items[item].curies if c not in self.claimed}
        heads = {
            curie: head
            for curie, head in self.ledger.find_heads(holder).items()
            if head.status == "public" and head.source == self.source.name
        }
        documents = {(holder[curie], head.original_digest or ""): head for curie, head in heads.items()}
        renewed: list[tuple[Candidate, Entry]] = []
        for (item, digest), head in documents.items():
            state = self.items[item]
            # The bytes that were just refused do not come to more here.
            content = self._kept_bytes(item, ItemState(digest, "")) if digest != state.digest else None
            if content is None:
                continue
            for candidate in self.prepare(SourceDocument(item, head.source_url or "", content)).candidates:
                made = heads.get(candidate.curie)
                if made is not None and made.original_digest == digest:
                    renewed.append((carry_names(candidate, made), made))
        self._append_renewed(renewed)

    def _append_renewed(self, renewed: list[tuple[Candidate, Entry]]) -> None:
        changed = [(c, head) for c, head in renewed if decide(c, head, self.source) is Decision.CHANGED]
        self.heads = self.ledger.find_heads(c.parent for c, _ in changed if c.parent is not None)
        changed = [(candidate, head) for candidate, head in changed if self.has_study(candidate)]
        if changed and not self.dry_run:
            with self.ledger.transaction(self.lease) as writer:
                for candidate, head in changed:
                    self.append(writer, candidate, head.original_digest or "", head.source_url, head.retrieved_at)
        self.report.renewed += len(changed)

    def _keep_cursor(self) -> None:
        """Lets the next harvest go on from the cursor when nothing is left that it would have to map again."""
        text = self.ledger.cursor(self.source.name)
        if text is None or self.dry_run or self.report.state == "held":
            return
        stored = json.loads(text)
        current = all(state.mapping_version == self.mapping_version for state in self.items.values())
        if current and stored["mapping"] != self.mapping_version:
            with self.ledger.transaction(self.lease) as writer:
                writer.set_cursor(self.source.name, json.dumps({**stored, "mapping": self.mapping_version}))

    def _notes(self, after: str) -> list[str]:
        notes = []
        if after:
            notes.append(f"Went on after '{after}', where an interrupted run had ended.")
        if self.report.unkept:
            notes.append(
                f"{self.report.unkept} documents were not mapped again: their bytes are not kept whole. A harvest "
                "reads them from the source."
            )
        return notes


def _read_before(state: ItemState, live: list[Entry], row: Quarantined | None) -> datetime | None:
    """When bytes were read that were kept before items said so: as their record says, or their last refusal."""
    same = [entry.retrieved_at for entry in live if entry.original_digest == state.digest]
    if same:
        return same[0]
    return row.last_seen if row is not None else (live[0].retrieved_at if live else None)
