"""What every record is now, by its place in the log: the file that OAI-PMH, ResourceSync and sitemaps are read from.

It follows the ledger whenever it is asked, and may be deleted: it is made anew. Read federation.md section 2, item 2.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from catalogue.exchange.exposed_file import ExposedFile, Writer
from catalogue.exchange.sets import Membership, memberships
from catalogue.problems import ExchangeBusy
from catalogue.store.entries import ABSENT, GONE, moment, stamp
from catalogue.store.image_lists import LIST

if TYPE_CHECKING:
    from catalogue.store.entries import Entry
    from catalogue.store.ledger import Ledger

_BATCH: Final = 500
# One request follows the ledger for as long; the next one goes on where it stopped.
_FOLLOW_S: Final = 10.0
_RETRY_S: Final = 5


@dataclass(frozen=True, slots=True)
class Horizon:
    """Up to where the log is shown.

    Args:
        moment: a whole second; every entry recorded before it is shown, none recorded later.
        position: of the last entry shown.
    """

    moment: datetime
    position: int


@dataclass(frozen=True, slots=True)
class Row:
    """The newest version of a record, as much as lists say of it.

    Args:
        sets: setSpecs of which it is a member, the most specific ones.
        formats: metadataPrefixes in which it can be had.
    """

    position: int
    curie: str
    kind: str
    status: str
    recorded_at: datetime
    sets: tuple[str, ...]
    formats: tuple[str, ...]

    @property
    def is_gone(self) -> bool:
        """True where only a tombstone is left."""
        return self.status in GONE

    @property
    def is_live(self) -> bool:
        """True where the record itself is served: it is not gone, and its payload is here."""
        return self.status not in GONE and self.status != ABSENT


class Exposed:
    """Records in the order in which they were exposed; safe to share between threads and processes.

    Args:
        folder: holds the file; made when it is not there.
        formats_of: metadataPrefixes in which a record can be had.
    """

    def __init__(self, ledger: Ledger, folder: Path, formats_of: Callable[[Entry], Sequence[str]]) -> None:
        self.ledger = ledger
        self.timeline = ledger.timeline
        self.file = ExposedFile(folder)
        self._formats_of = formats_of
        self._following = threading.Lock()
        self._agreed = False
        self._settled: datetime | None = None
        self._horizon: Horizon | None = None

    def horizon(self) -> Horizon:
        """Up to where the log is shown now; all of it has been taken in.

        Raises:
            ExchangeBusy: there is more to take in than one request may wait for.
        """
        self._settled = settled = self.timeline.settled(self._settled)
        self._follow()
        known = self._horizon
        if known is None or known.moment != settled:
            self._horizon = known = Horizon(settled, self.timeline.position_before(settled))
        return known

    def rows(
        self, after: int, up_to: int, limit: int, *, within: str | None = None, form: str | None = None
    ) -> list[Row]:
        """Newest versions with positions above `after` and not above `up_to`, in order.

        Args:
            within: only members of this set.
            form: only those that can be had in this metadataPrefix; tombstones can in all.
        """
        return [_row(*found) for found in self.file.rows(after, up_to, limit, within, form)]

    def count(self, after: int, up_to: int, *, within: str | None = None, form: str | None = None) -> int:
        """Number of such versions."""
        return self.file.count(after, up_to, within, form)

    def blocks(self, size: int, up_to: int, *, public: bool = False) -> list[tuple[int, datetime]]:
        """Blocks of `size` positions that hold newest versions of live records: (number from 0, newest moment).

        A record that changes leaves its block for the last one; no other record changes its block.

        Args:
            public: suppressed records do not count.
        """
        return [(number, moment(newest)) for number, newest in self.file.blocks(size, up_to, public)]

    def sets(self) -> list[tuple[str, str]]:
        """Every set with its name."""
        return self.file.sets()

    def _follow(self) -> None:
        if not self._following.acquire(timeout=_FOLLOW_S):
            raise _busy()
        try:
            if not self._agreed:
                self._agree()
            self._take_filled()
            ends = time.monotonic() + _FOLLOW_S
            while entries := self._unread():
                if entries[0].prev_hash != self.file.entry_hash() and self.file.position():
                    self._begin_anew()
                    continue
                self._take(entries)
                if time.monotonic() > ends:
                    raise _busy()
        finally:
            self._following.release()

    def _unread(self) -> list[Entry]:
        position, last = self.file.position(), self.timeline.last_position()
        if last < position:
            self._begin_anew()
            position = 0
        return self.ledger.entries(after=position, limit=_BATCH) if last > position else []

    def _agree(self) -> None:
        """Begin anew where the file stands on another ledger than this one."""
        position = self.file.position()
        if position and self.timeline.entry_hash(position) != self.file.entry_hash():
            self._begin_anew()
        self._agreed = True

    def _begin_anew(self) -> None:
        self.file.reset()
        self._horizon = None

    def _take(self, entries: Sequence[Entry]) -> None:
        """Make the entries the newest versions of their records."""
        newest = {entry.curie: entry for entry in entries if entry.kind != LIST}
        with self.file.changing(entries[0].position - 1) as writer:
            if writer is None:
                return  # another process has taken them in meanwhile
            for entry in entries:
                last = newest.get(entry.curie)
                # Of a record that is gone, what it was in before is told.
                if last is not None and (last is entry or _status(last) in GONE):
                    self._put(writer, entry)
            writer.moved(entries[-1].position, entries[-1].entry_hash)

    def _put(self, writer: Writer, entry: Entry) -> None:
        members, status = memberships(entry), _status(entry)
        if status in GONE:
            # Whoever harvests a set is told what is deleted from it.
            members = _joined(members, writer.sets_of(entry.curie))
        formats = " ".join(self._formats_of(entry)) if entry.status != ABSENT and status not in GONE else ""
        writer.put(
            entry.position, entry.curie, entry.kind, status, stamp(entry.recorded_at), members.leaves, members.names,
            formats,
        )  # fmt: skip

    def _take_filled(self) -> None:
        """Show records whose payload came after their entry."""
        filled = self.timeline.at(self.timeline.filled(self.file.absent()))
        if filled:
            with self.file.changing(self.file.position()) as writer:
                if writer is not None:
                    for entry in filled.values():
                        self._put(writer, entry)


def _status(entry: Entry) -> str:
    """Status of a record; of a deletion also where its tombstone is not here."""
    return "withdrawn" if entry.status == ABSENT and entry.action == "delete" else entry.status


def _joined(members: Membership, former: Sequence[str]) -> Membership:
    return Membership(tuple(dict.fromkeys((*members.leaves, *former))), members.names)


def _row(position: int, curie: str, kind: str, status: str, recorded_at: str, sets: str, formats: str) -> Row:
    return Row(position, curie, kind, status, moment(recorded_at), tuple(json.loads(sets)), tuple(formats.split()))


def iter_rows(exposed: Exposed, after: int, up_to: int, page: int = 500) -> Iterator[Row]:
    """All newest versions within positions, read a page at a time."""
    while rows := exposed.rows(after, up_to, page):
        yield from rows
        after = rows[-1].position


def _busy() -> ExchangeBusy:
    return ExchangeBusy(
        "The node is taking in new records for its lists. Ask again in a few seconds; the answer goes on from there.",
        headers={"Retry-After": str(_RETRY_S)},
    )
