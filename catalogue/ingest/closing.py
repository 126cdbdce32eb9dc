"""The end of a run: what the source no longer has, whether so much may go at once, tombstones, the cursor.

Rules R2, R13, R14 and R16 of the federation reference; documents are catalogue.ingest.run's.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from catalogue.ingest.decide import withdrawals
from catalogue.model.documents import Listed
from catalogue.store.writer import LedgerWriter

if TYPE_CHECKING:
    from catalogue.ingest.run import Run

RENAMED = "renamed-at-source"
REMAPPED = "renamed-by-mapping"


class Closing:
    """What is left to do when a source was read to its end.

    Args:
        run: its documents are applied, except those that wait in `run.deferred`.
        listed: None when kept documents were mapped again and nothing was read.
    """

    def __init__(self, run: Run, listed: Listed | None):
        self._run = run
        self._listed = listed
        self._now = run.clock()
        self._renamed = RENAMED if run.report.kind == "harvest" else REMAPPED

    def close(self) -> None:
        """Applies the waiting documents, withdraws what is gone, moves the cursor; or holds all that for a person."""
        run = self._run
        waiting = {curie for deferred in run.deferred for curie in deferred.curies}
        # What a person let in from quarantine was looked at.
        hold = run.report.kind != "retry" and self._too_much(self._gone(waiting))
        run.apply_deferred(hold)
        gone = self._gone(set())
        if run.dry_run:
            heads = run.ledger.find_heads(gone)
            run.report.withdrawn = 0 if hold else sum(head.status == "public" for head in heads.values())
            return
        with run.ledger.transaction(run.lease) as writer:
            self._mark(writer)
            if not hold:
                self._withdraw(writer, gone)
                self._forget(writer)
                for item, state in run.unsettled.items():
                    writer.set_item(run.source.name, item, state)
                if self._listed is not None and self._listed.cursor is not None:
                    run.move_cursor(writer, self._listed.cursor)

    def _too_much(self, gone: dict[str, str]) -> bool:
        run = self._run
        live = len(run.held_before)
        allowed = max(run.settings.guard_count, int(run.settings.guard_share * live))
        if len(gone) <= allowed:
            return False
        run.report.held = len(gone)
        run.report.state = "held"
        run.report.detail = (
            f"{len(gone)} of {live} live records would be withdrawn or renamed; more than {allowed} at once needs "
            "a person to look. The old state stays served. When it is right, let it pass by one "
            f"{run.report.kind} with harvest.guard_count at {len(gone)} (OMMATIDIA_HARVEST__GUARD_COUNT)."
        )
        return True

    def _gone(self, waiting: set[str]) -> dict[str, str]:
        """curie -> reason, of records that the source no longer has; counts items that may be on their way out."""
        run = self._run
        kept = run.claimed.keys() | run.mentioned | waiting
        gone: dict[str, str] = {}
        run.report.absent = 0
        for item, reason in self._missing():
            if reason is None:
                run.report.absent += not self._moved(item)
                continue
            gone.update((curie, reason) for curie in run.items[item].curies if curie not in kept)
        for deferred in run.deferred:
            state = run.items.get(deferred.document.item)
            gone.update((curie, self._renamed) for curie in (state.curies if state else ()) if curie not in kept)
        gone.update((curie, self._renamed) for curie in run.replaced if curie not in kept)
        return gone

    def _missing(self) -> list[tuple[str, str | None]]:
        """(item, reason) of known items that were not listed; reason None while absence is no proof yet (R14)."""
        run = self._run
        found: list[tuple[str, str | None]] = []
        waited = timedelta(hours=run.settings.absence_hours)
        for item, state in run.items.items():
            if item in run.seen:
                continue
            if item in run.removed:
                found.append((item, "removed-at-source"))
            elif self._listed is not None and self._listed.complete:
                long_ago = state.missing_since is not None and self._now - state.missing_since >= waited
                found.append((item, "absent-from-source" if long_ago else None))
        return found

    def _moved(self, item: str) -> bool:
        """True when other documents of the source now give all records of an item."""
        curies = self._run.items[item].curies
        return bool(curies) and all(self._run.claimed.get(curie, item) != item for curie in curies)

    def _mark(self, writer: LedgerWriter) -> None:
        """Notes which items are missing since when (R14 needs two complete listings)."""
        run = self._run
        if self._listed is None or not self._listed.complete:
            return
        for item, state in run.items.items():
            if item in run.seen and state.missing_since is not None:
                writer.set_item(run.source.name, item, replace(state, missing_since=None))
            elif item not in run.seen and not _before(state.missing_since, self._now):
                writer.set_item(run.source.name, item, replace(state, missing_since=self._now))

    def _withdraw(self, writer: LedgerWriter, gone: dict[str, str]) -> None:
        run = self._run
        heads = run.ledger.find_heads(gone)
        done: set[str] = set()
        # Images first: their own reason to go must not be hidden by their study's.
        for curie in sorted(heads, key=lambda name: (heads[name].kind == "study", name)):
            for head, payload in withdrawals(run.ledger, curie, gone[curie], self._now, done):
                run.append_again(writer, head, "withdrawn", payload)
                run.report.withdrawn += head.curie == curie and head.status == "public"

    def _forget(self, writer: LedgerWriter) -> None:
        """Drops items that are gone for good; one whose record a refused document still names is kept."""
        run = self._run
        for item, reason in self._missing():
            if self._moved(item) or (reason is not None and run.mentioned.isdisjoint(run.items[item].curies)):
                writer.drop_item(run.source.name, item)
                writer.resolve_quarantine(run.source.name, item)


def _before(moment: datetime | None, now: datetime) -> bool:
    """Whether something was noted at a moment that has passed; a clock that ran ahead has noted others (G17)."""
    return moment is not None and moment <= now
