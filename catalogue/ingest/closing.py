"""The end of a run: what the source no longer has, whether so much may go at once, tombstones, the cursor.

Rules R2, R13, R14 and R16 of the federation reference; documents are catalogue.ingest.run's, held batches
catalogue.ingest.held's.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from catalogue.ingest.applying import SUPERSEDES
from catalogue.ingest.decide import successors, withdrawals
from catalogue.ingest.drift import Fingerprint
from catalogue.model.documents import Listed
from catalogue.model.payload import digest
from catalogue.problems import RecordRejected
from catalogue.store.books import HeldBatch, HeldChange
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
        accepts: the held batch that a person let pass, which is what this run applies.
    """

    def __init__(self, run: Run, listed: Listed | None, accepts: HeldBatch | None = None):
        self._run = run
        self._listed = listed
        self._accepts = accepts
        self._now = run.clock()
        self._renamed = RENAMED if (accepts or run.report).kind == "harvest" else REMAPPED

    def close(self) -> None:
        """Applies the waiting documents, withdraws what is gone, moves the cursor; or holds all that for a person."""
        run = self._run
        waiting = {curie for deferred in run.deferred for curie in deferred.curies}
        held = self._gone(waiting)
        hold = self._accepts is None and self._too_much(held)
        run.apply_deferred(hold)
        gone = self._gone(set())
        if self._listed is not None:
            known = Fingerprint.load(run.ledger.fingerprint(run.source.name))
            run.report.drift = known.notices(run.form, len(run.items))
            known.merge(run.form)
        if run.dry_run:
            self._foresee({} if hold else gone)
            return
        with run.ledger.transaction(run.lease) as writer:
            self._mark(writer)
            if self._listed is not None and run.form.documents:
                writer.set_fingerprint(run.source.name, known.dump())
            writer.supersede_held(run.source.name, SUPERSEDES[run.report.kind])
            if hold:
                self._hold(writer, held)
                return
            self._withdraw(writer, self._to_withdraw(writer, gone))
            self._forget(writer)
            for item, state in run.unsettled.items():
                writer.set_item(run.source.name, item, state)
            if self._listed is not None and self._listed.cursor is not None:
                run.move_cursor(writer, self._listed.cursor)
            if self._accepts is not None:
                writer.decide_held(self._accepts.id, "accepted")

    def _foresee(self, gone: dict[str, HeldChange]) -> None:
        """Counts what a run that writes would withdraw and rename."""
        report = self._run.report
        public = [c for c, head in self._run.ledger.find_heads(gone).items() if head.status == "public"]
        report.renamed = sum(gone[curie].replacement is not None for curie in public)
        report.withdrawn = len(public) - report.renamed

    def _too_much(self, gone: dict[str, HeldChange]) -> bool:
        run = self._run
        live = run.live_before
        allowed = max(run.settings.guard_count, int(run.settings.guard_share * live))
        if self._is_emptied():
            # R13: a full list without a single document is suspicious, however few it would take along.
            allowed = 0
        if len(gone) <= allowed:
            return False
        run.report.held = len(gone)
        run.report.state = "held"
        run.report.detail = (
            f"{len(gone)} of {live} live records would be withdrawn or renamed; more than {allowed} at once needs "
            "a person to look. The old state stays served."
        )
        return True

    def _is_emptied(self) -> bool:
        """Whether a complete listing is empty without the source having said that anything was deleted."""
        run = self._run
        return self._listed is not None and self._listed.complete and not run.seen and not run.removed

    def _hold(self, writer: LedgerWriter, held: dict[str, HeldChange]) -> None:
        run = self._run
        changes = [held[curie] for curie in sorted(held)]
        kind, documents = run.report.kind, sorted(run.withheld)
        number = writer.hold(run.source.name, run.run_id, kind, run.live_before, changes, documents)
        run.report.batch = number
        run.report.detail += (
            f" `ommatidia held show {number}` lists them; `held accept {number}` lets them pass, `held drop {number}` "
            "does not."
        )

    def _gone(self, waiting: set[str]) -> dict[str, HeldChange]:
        """Records that the source no longer has, by curie; counts items that may be on their way out."""
        run = self._run
        kept = (run.claimed, run.mentioned, waiting)
        gone: dict[str, HeldChange] = {}
        run.report.absent = 0
        for item, reason in self._missing():
            if reason is None:
                run.report.absent += not self._moved(item)
                continue
            for curie in run.items[item].curies:
                if not any(curie in names for names in kept):
                    gone[curie] = HeldChange(curie, "withdrawn", reason, item)
        for deferred in run.deferred:
            item = deferred.document.item
            state = run.items.get(item)
            before = state.curies if state else ()
            lost = [curie for curie in before if curie not in deferred.curies]
            original = deferred.original or digest(deferred.document.content)
            instead = successors(lost, run.gained(before, deferred.curies, original) if lost else ())
            for curie in lost:
                if not any(curie in names for names in kept):
                    gone[curie] = self._renaming(curie, item, instead.get(curie))
        for curie, item in run.replaced.items():
            if not any(curie in names for names in kept):
                gone[curie] = self._renaming(curie, item, run.successors.get(curie))
        return gone

    def _renaming(self, curie: str, item: str, replacement: str | None) -> HeldChange:
        """What happens to a record whose document gives another one."""
        change = "renamed"
        if replacement is None:
            change = "withdrawn"
        elif replacement.partition(":")[0] != curie.partition(":")[0]:
            change = "re-owned"
        return HeldChange(curie, change, self._renamed, item, replacement)

    def _missing(self) -> list[tuple[str, str | None]]:
        """(item, reason) of known items that were not listed; reason None while absence is no proof yet (R14)."""
        run = self._run
        found: list[tuple[str, str | None]] = []
        waited = timedelta(hours=run.settings.absence_hours)
        for item, state in run.items.items():
            if item in run.seen:
                continue
            if item in run.agreed:
                found.append((item, run.agreed[item]))
            elif item in run.removed:
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

    def _to_withdraw(self, writer: LedgerWriter, gone: dict[str, HeldChange]) -> dict[str, HeldChange]:
        """Of what is gone, what this node may withdraw: records that another node writes stay as that one has them."""
        refusals: dict[str, str] = {}
        for owner in sorted({_owner(curie) for curie in gone}):
            try:
                writer.epoch_to_write(owner)
            except RecordRejected as rejection:
                refusals[owner] = rejection.detail
        staying = {curie for curie in gone if _owner(curie) in refusals}
        if staying:
            # Their documents stay known, so that they go when this node writes the owner again.
            self._run.mentioned |= staying
            self._run.report.detail += (
                f"{len(staying)} records that the source no longer has stay. {' '.join(refusals.values())}"
            )
        return {curie: change for curie, change in gone.items() if curie not in staying}

    def _withdraw(self, writer: LedgerWriter, gone: dict[str, HeldChange]) -> None:
        run = self._run
        heads = run.ledger.find_heads(gone)
        done: set[str] = set()
        # Images first: their own reason to go must not be hidden by their study's.
        for curie in sorted(heads, key=lambda name: (heads[name].kind == "study", name)):
            change = gone[curie]
            for head, status, payload in withdrawals(
                run.ledger, curie, change.reason, self._now, done, change.replacement
            ):
                run.append_again(writer, head, status, payload)
                if head.curie == curie and head.status == "public":
                    run.report.renamed += status == "replaced"
                    run.report.withdrawn += status != "replaced"

    def _forget(self, writer: LedgerWriter) -> None:
        """Drops items that are gone for good; one whose record a refused document still names is kept."""
        run = self._run
        for item, reason in self._missing():
            if self._moved(item) or (reason is not None and run.mentioned.isdisjoint(run.items[item].curies)):
                writer.drop_item(run.source.name, item)
                writer.resolve_quarantine(run.source.name, item)


def _owner(curie: str) -> str:
    return curie.partition(":")[0]


def _before(moment: datetime | None, now: datetime) -> bool:
    """Whether something was noted at a moment that has passed; a clock that ran ahead has noted others (G17)."""
    return moment is not None and moment <= now
