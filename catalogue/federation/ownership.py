"""Passing an owner's records from one node to another, a new key, and what to do when a writer or its log is lost.

Each step is a statement of the registry (catalogue.model.tenure) that all members come to hold. Source: federation.md
section 3 (ownership registry), P10, P11.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from catalogue.exchange.exchange_json import PAGE_BYTES, PAGE_ENTRIES
from catalogue.federation.feed import Feed, Given, MemberSays, read_entries
from catalogue.federation.members import Members
from catalogue.federation.payloads import payload_bytes
from catalogue.model.log_entry import LogEntry
from catalogue.model.signing import NEXT_KEY, NodeKey, is_signed, write_private
from catalogue.model.tenure import SignedTenure, Tenure, next_tenure, tenure_fault
from catalogue.problems import Conflict, FetchRefused, NotFound, SourceChanged, SourceUnavailable
from catalogue.store.entries import RECEIVED, stamp
from catalogue.store.exchange_log import Exchanged, OwnerPlace
from catalogue.store.ledger import Ledger
from catalogue.store.registry import Member
from catalogue.store.writer import LedgerWriter


@dataclass(frozen=True, slots=True)
class Recovered:
    """What the recovery of a log did.

    Args:
        common: last entry of the epoch before that both had.
        adopted: records written anew as the member had them; `kept` as this node had them.
    """

    tenure: Tenure
    common: int
    adopted: int
    kept: int


class Ownership:
    """Changes who writes an owner's records.

    Args:
        open_feed: address of a member -> its feed.
        key_file: where this node's key is kept.
    """

    def __init__(
        self,
        ledger: Ledger,
        members: Members,
        open_feed: Callable[[str], Feed],
        clock: Callable[[], datetime],
        key_file: Path,
    ) -> None:
        self._ledger = ledger
        self._members = members
        self._open_feed = open_feed
        self._clock = clock
        self._key_file = key_file

    @property
    def _key(self) -> NodeKey:
        if self._ledger.key is None:
            raise Conflict("This node has no key; it writes for nobody that members know. Run `ommatidia init`.")
        return self._ledger.key

    def hand_over(self, owner: str, to: str) -> SignedTenure:
        """The statement with this node's signature that the member `to` writes the owner's records from here on.

        From now on this node writes nothing more of it. It takes effect when the other node signs it as well
        (`take_over` there), and comes back to this node as a statement of the registry.

        Raises:
            NotFound: no such member, or nothing is known of the owner.
            Conflict: another node writes the owner's records, or they are stopped by an alarm.
        """
        member = self._ledger.registry.member(to)
        # Entries and statement must agree: nobody may write between.
        with self._ledger.transaction() as writer:
            epoch = writer.epoch_to_write(owner)
            before = self._tenure(owner, epoch)
            last = self._last(writer, owner, epoch)
            reason = "owner" if epoch == 0 else "transfer"
            said = next_tenure(before, member.node, member.key, last, reason, stamp(self._clock()))
            signed = self._signed(said)
            detail = (
                f"{owner} is handed over to {member.name} ({member.node}); this node writes nothing more of it. "
                f"Waiting for `ommatidia member take-over {owner}` there."
            )
            writer.raise_alarm("hand-over", detail, owner=owner, node=member.node, evidence=signed.document())
        return signed

    def take_over(self, owner: str) -> Tenure:
        """The statement, now whole, by which this node writes the owner's records: one that was handed over to it, or
        a proposal of its own that enough members signed.

        Raises:
            NotFound: no member shows such a statement.
            Conflict: it lacks signatures, or this node does not hold all that came before.
        """
        before = self._ledger.registry.tenure(owner)
        # Any member can show a statement that names this node; only a whole one that follows ours counts.
        faults: dict[str, str] = {}
        shown = self._shown(owner, self._key.node)
        for said in {one.tenure.digest: one.tenure for one in shown}.values():
            signed = self._signed(said, _signatures(said, shown))
            fault = tenure_fault(signed, before, self._member_keys())
            if said.key == self._key.public and fault is None:
                break
            faults[said.digest] = fault or "it names another key than this node's"
        else:
            if not faults:
                raise NotFound(
                    f"No member that answers hands {owner} over to this node ({self._key.node}). Its present writer "
                    f"says so with `ommatidia member hand-over {owner} --to …`."
                )
            raise Conflict(f"{owner} cannot be taken over yet: {'; '.join(faults.values())}.")
        self._require_all(said)
        self._ledger.registry.drop_offer(owner, "taken over")
        with self._ledger.transaction() as writer:
            writer.put_tenure(signed, "")
        return said

    def cancel(self, owner: str) -> None:
        """Takes a hand-over or proposal back that did not come into force.

        Raises:
            Conflict: there is none. One that the other node has signed meanwhile is in force all the same.
        """
        if not self._ledger.registry.drop_offer(owner, "cancelled"):
            raise Conflict(f"{owner} is not being handed over. See `ommatidia member owners`.")

    def propose(self, owner: str) -> SignedTenure:
        """A statement by which this node would take over from a writer that is gone; members vote on it.

        It comes into force by `take_over` when more than half of the members have signed it (`vote` there).

        Raises:
            NotFound: nothing of the owner is here.
            Conflict: this node writes the owner's records itself.
        """
        before = self._ledger.registry.tenure(owner)
        if before is None:
            raise NotFound(f"Nobody is known to write {owner}; add a source for it and this node will.")
        if before.node == self._key.node:
            raise Conflict(f"This node writes {owner} already.")
        place = self._ledger.log.place(owner, before.epoch)
        said = next_tenure(
            before, self._key.node, self._key.public, (place.seq, place.digest), "recovery", stamp(self._clock())
        )
        signed = self._signed(said)
        detail = f"This node proposes to write {owner} in place of {before.node}, after entry {place.seq}."
        self._ledger.registry.put_offer("proposal", signed, detail)
        return signed

    def vote(self, owner: str, node: str) -> SignedTenure:
        """The proposal of a member, with this node's signature, which its proposer finds here.

        Raises:
            NotFound: that member shows no proposal about the owner.
            Conflict: this node holds more of the owner's log than the proposal would keep.
        """
        member = self._ledger.registry.member(node)
        # Others can show statements that name the member: only one that it signed itself is its proposal.
        shown = self._shown(owner, member.node)
        found = [
            one.tenure
            for one in shown
            if one.tenure.reason == "recovery"
            and one.tenure.key == member.key
            and member.key in _signatures(one.tenure, shown)
        ]
        if not found:
            raise NotFound(f"{member.name} shows no proposal about {owner}. Ask its operator.")
        said = found[0]
        here = self._ledger.log.place(owner, said.epoch - 1)
        if here.seq > said.after_seq:
            raise Conflict(
                f"This node holds {here.seq} entries of {owner}, the proposal would keep {said.after_seq}. Let "
                f"{member.name} pull from here first and propose again."
            )
        signed = self._signed(said, _signatures(said, shown))
        self._ledger.registry.put_offer("proposal", signed, f"Voted that {member.name} writes {owner}.")
        return signed

    def rotate_key(self) -> NodeKey:
        """This node's next key; statements for all owners that it writes say so.

        The new key is on disk before the first statement is, so that a crash leaves none of both or both.
        """
        old, secret = self._key, os.urandom(32)
        new = old.succeeded_by(secret)
        waiting = self._key_file.with_name(NEXT_KEY)
        now = stamp(self._clock())
        with self._ledger.transaction() as writer:
            # Within the transaction, so that another process which finds the file knows what became of it.
            write_private(waiting, new.text(secret))
            for before in self._written_here():
                epoch = writer.epoch_to_write(before.owner)
                said = next_tenure(before, new.node, new.public, self._last(writer, before.owner, epoch), "key", now)
                signatures = {key.public: key.sign(said.message) for key in (old, new)}
                writer.put_tenure(SignedTenure(said, signatures), "")
        _put_in_force(waiting, self._key_file)
        self._ledger.key = new
        return new

    def recover(self, owner: str, name: str) -> Recovered:
        """Begins a new epoch of an owner that this node writes, after its ledger had been restored from a backup and it
        wrote on before it took back what its members have.

        What the member has beyond the common part is written anew, then what this node wrote instead: no acknowledged
        change is lost, and where both changed one record this node's stands.

        Raises:
            Conflict: this node does not write the owner's records, or both logs agree.
        """
        before = self._ledger.registry.tenure(owner)
        if before is None or (before.node, before.key) != (self._key.node, self._key.public):
            raise Conflict(f"This node does not write {owner}; only its writer can recover its log.")
        member = self._ledger.registry.member(name)
        common, theirs = self._branch(member, before)
        lost = {one.log.curie: one for one in theirs if one.payload is not None}
        mine = self._newest_beyond(before, common.seq)
        if not lost and not mine:
            raise Conflict(f"{member.name} has nothing of {owner} that differs from this node's log.")
        said = next_tenure(
            before, self._key.node, self._key.public, (common.seq, common.digest), "recovery", stamp(self._clock())
        )
        with self._ledger.transaction() as writer:
            writer.put_tenure(self._signed(said), "")
            for curie, given in lost.items():
                if curie not in mine:
                    self._write_again(writer, given)
            for exchanged in mine.values():
                entry = exchanged.entry
                if entry.payload:
                    self._write(writer, exchanged.log, entry.payload, entry.source, entry.harvester)
        return Recovered(said, common.seq, len(lost.keys() - mine.keys()), len(mine))

    def _branch(self, member: Member, tenure: Tenure) -> tuple[OwnerPlace, list[Given]]:
        """The last entry that both logs have, and the member's entries after it that this node's key signed."""
        feed, page, seen = self._open_feed(member.url), 1, 0
        last, found = OwnerPlace(tenure.owner, tenure.epoch, 0, tenure.after_digest), list[Given]()
        while True:
            try:
                part = read_entries(feed.get(f"federation/log/{tenure.owner}/{tenure.epoch}/{page}.json", PAGE_BYTES))
            except NotFound:
                return last, found
            for one in part:
                if (one.log.owner, one.log.epoch) != (tenure.owner, tenure.epoch) or one.log.seq <= seen:
                    raise SourceChanged(f"{one.url} does not go on with the log of {tenure.owner}.")
                seen = one.log.seq
                if not found and self._ledger.log.digest_at(*one.log.key) == one.log.digest:
                    last = OwnerPlace(tenure.owner, tenure.epoch, one.log.seq, one.log.digest)
                elif is_signed(tenure.key, one.log.message, one.signature):
                    found.append(one)
            if len(part) < PAGE_ENTRIES:
                return last, found
            page += 1

    def _newest_beyond(self, tenure: Tenure, seq: int) -> dict[str, Exchanged]:
        found: dict[str, Exchanged] = {}
        while entries := self._ledger.log.of_owner(tenure.owner, tenure.epoch, seq, 500):
            found |= {one.log.curie: one for one in entries}
            seq = entries[-1].log.seq
        return found

    def _write_again(self, writer: LedgerWriter, given: Given) -> None:
        self._write(writer, given.log, payload_bytes(given.log, given.payload), "recovered", RECEIVED)

    def _write(self, writer: LedgerWriter, log: LogEntry, payload: bytes, source: str, harvester: str) -> None:
        head = writer.head(log.curie)
        if head is not None and (head.payload, head.status) == (payload, log.status):
            return
        writer.append(
            curie=log.curie,
            owner=log.owner,
            kind=log.kind,
            parent=log.parent,
            status=log.status,
            payload=payload,
            source=source,
            harvester=harvester,
            retrieved_at=self._clock(),
            aliases=log.aliases,
            schema_version=log.schema_version,
        )

    def _shown(self, owner: str, node: str) -> list[SignedTenure]:
        """Statements that would make `node` the owner's writer and lack signatures, of members and of this node."""
        found = list(self._ledger.registry.offers())
        for member in self._ledger.registry.members("active"):
            try:
                found += MemberSays(self._open_feed(member.url), member.node, member.key).registry().offers
            except (SourceUnavailable, SourceChanged, FetchRefused, NotFound):
                continue
        known = self._ledger.registry.tenure(owner)
        epoch = known.epoch + 1 if known is not None else 0
        return [one for one in found if (one.tenure.owner, one.tenure.node, one.tenure.epoch) == (owner, node, epoch)]

    def _require_all(self, said: Tenure) -> None:
        place = self._ledger.log.place(said.owner, said.epoch - 1)
        kept = self._ledger.log.digest_at(said.owner, said.epoch - 1, said.after_seq) if said.after_seq else None
        if place.seq < said.after_seq or (said.after_seq and kept != said.after_digest):
            raise Conflict(
                f"This node holds {place.seq} entries of {said.owner}, epoch {said.epoch - 1}; the hand-over is after "
                f"{said.after_seq}. Pull from its writer first (`ommatidia member pull`)."
            )

    def _signed(self, said: Tenure, others: Mapping[str, str] | None = None) -> SignedTenure:
        return SignedTenure(said, {**(others or {}), self._key.public: self._key.sign(said.message)})

    def _tenure(self, owner: str, epoch: int) -> Tenure:
        found = self._ledger.registry.tenure(owner, epoch)
        if found is None:
            raise NotFound(f"Nothing of {owner} was written here yet; there is nothing to hand over.")
        return found

    def _written_here(self) -> list[Tenure]:
        last = {one.tenure.owner: one.tenure for one in self._ledger.registry.tenures()}
        return [one for one in last.values() if (one.node, one.key) == (self._key.node, self._key.public)]

    def _member_keys(self) -> set[str]:
        members = self._ledger.registry.members()
        return {self._key.public} | {one.key for one in members if one.state in ("active", "paused")}

    @staticmethod
    def _last(writer: LedgerWriter, owner: str, epoch: int) -> tuple[int, str]:
        return writer.next_sequence(owner, epoch) - 1, writer.last_digest(owner, epoch)


def _signatures(said: Tenure, shown: Iterable[SignedTenure]) -> dict[str, str]:
    """The sound ones of all signatures that are shown with a statement."""
    same = [one.signatures for one in shown if one.tenure.digest == said.digest]
    return {key: value for one in same for key, value in one.items() if is_signed(key, said.message, value)}


def finish_rotation(ledger: Ledger, key_file: Path) -> NodeKey | None:
    """The next key when a rotation had been cut off after its statements were durable; it is now in force.

    One that was cut off before leaves a file that means nothing, which is removed.
    """
    waiting = key_file.with_name(NEXT_KEY)
    # Whoever writes now may be in the middle of a rotation, and its file is not to be taken from it.
    with ledger.transaction():
        key = NodeKey.load(waiting)
        if key is None:
            return None
        if any(one.tenure.key == key.public for one in ledger.registry.tenures()):
            _put_in_force(waiting, key_file)
            return key
        waiting.unlink()
    return None


def _put_in_force(waiting: Path, key_file: Path) -> None:
    # Another process of the node, just starting, may have done it.
    with suppress(FileNotFoundError):
        waiting.replace(key_file)
