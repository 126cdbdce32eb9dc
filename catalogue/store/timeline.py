"""The ledger's log by position and time, for everything that renders it: what was recorded when, and up to where the
log is settled.

Source: federation.md section 4 (S2: the running second is held back) and section 7 (why).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Engine, Select, func, select

from catalogue.store import schema
from catalogue.store.database import try_write_lock
from catalogue.store.entries import Entry, moment, stamp

_IN_LIST: Final = 500
ReadEntries = Callable[[Select[Any]], list[Entry]]


@dataclass(frozen=True, slots=True)
class Change:
    """An entry without its payload.

    Args:
        action: 'create', 'update' or 'delete'.
        newest: no later entry of this record exists.
        whole: of a newest one, that its payload is here.
    """

    position: int
    curie: str
    kind: str
    action: str
    status: str
    recorded_at: datetime
    newest: bool
    whole: bool


class Timeline:
    """Reads the log of a ledger.

    Args:
        engine: of the ledger.
        clock: that of the ledger's writers.
        entries: reads entries, checked.
    """

    def __init__(self, engine: Engine, clock: Callable[[], datetime], entries: ReadEntries) -> None:
        self._engine = engine
        self._clock = clock
        self._entries = entries

    def settled(self, known: datetime | None = None) -> datetime:
        """A moment such that every entry recorded before it, now or ever, can be read from now on.

        Entries are stamped when they are appended and seen when their transaction commits. While nobody writes, all
        that was stamped is committed, and whatever comes is stamped later. While somebody writes, what was known before
        stays true, and so does the second of the newest entry, since stamps never go back.

        Args:
            known: an earlier answer.
        Returns:
            A whole second, never before `known`.
        """
        found = [known] if known is not None else []
        if known is None or self._clock().replace(microsecond=0) > known:
            now = try_write_lock(self._engine, self._clock)
            if now is not None:
                found.append(now.replace(microsecond=0))
            else:
                newest = self.recorded_at(self.last_position())
                found.append((newest or datetime(1970, 1, 1, tzinfo=UTC)).replace(microsecond=0))
        return max(found)

    def last_position(self) -> int:
        """Position of the newest entry; 0 in an empty ledger."""
        with self._engine.connect() as connection:
            return connection.scalar(select(func.max(schema.entry.c.position))) or 0

    def recorded_at(self, position: int) -> datetime | None:
        """When the entry at `position` was recorded; None where there is none."""
        query = select(schema.entry.c.recorded_at).where(schema.entry.c.position == position)
        with self._engine.connect() as connection:
            found = connection.scalar(query)
        return moment(found) if found is not None else None

    def entry_hash(self, position: int) -> str | None:
        """Hash of the entry at `position`; None where there is none."""
        with self._engine.connect() as connection:
            return connection.scalar(select(schema.entry.c.entry_hash).where(schema.entry.c.position == position))

    def position_before(self, when: datetime) -> int:
        """Position of the last entry recorded before `when`; 0 when all are later.

        Positions have no gaps and stamps grow with them, so this looks at one entry in each half.
        """
        wanted = stamp(when)
        entry = schema.entry.c
        with self._engine.connect() as connection:
            low, high = 0, connection.scalar(select(func.max(entry.position))) or 0
            while low < high:
                middle = (low + high + 1) // 2
                found = connection.scalar(select(entry.recorded_at).where(entry.position == middle))
                if found is not None and found < wanted:
                    low = middle
                else:
                    high = middle - 1
        return low

    def at(self, positions: Iterable[int]) -> dict[int, Entry]:
        """Position -> entry.

        Raises:
            StoreDamaged: an entry does not fit its digests.
        """
        wanted = list(positions)
        found: dict[int, Entry] = {}
        for start in range(0, len(wanted), _IN_LIST):
            query = select(schema.entry).where(schema.entry.c.position.in_(wanted[start : start + _IN_LIST]))
            found |= {entry.position: entry for entry in self._entries(query)}
        return found

    def filled(self, positions: Sequence[int]) -> list[int]:
        """Those of the positions that hold newest versions whose payload is here now."""
        found: list[int] = []
        head = schema.head.c
        with self._engine.connect() as connection:
            for start in range(0, len(positions), _IN_LIST):
                part = positions[start : start + _IN_LIST]
                query = select(head.position).where(head.position.in_(part), head.whole == 1)
                found += connection.scalars(query).all()
        return found

    def version_at(self, curie: str, position: int) -> Entry | None:
        """The newest version of a record that is not above `position`; None when it was recorded later or never."""
        table = schema.entry.c
        query = select(schema.entry).where(table.curie == curie, table.position <= position)
        found = self._entries(query.order_by(table.position.desc()).limit(1))
        return found[0] if found else None

    def heads_at(self, position: int, kinds: Sequence[str], after_curie: str = "", limit: int = 500) -> list[Entry]:
        """The newest versions, not above `position`, of records of some kinds, by curie, those above `after_curie`.

        Raises:
            StoreDamaged: an entry does not fit its digests.
        """
        table = schema.entry.c
        newest = select(func.max(table.position)).where(table.position <= position, table.kind.in_(kinds))
        newest = newest.where(table.curie > after_curie).group_by(table.curie).order_by(table.curie).limit(limit)
        return self._entries(select(schema.entry).where(table.position.in_(newest)).order_by(table.curie))

    def changes(self, after: int, up_to: int, limit: int) -> list[Change]:
        """Entries above `after` and not above `up_to`, in order, without reading a payload."""
        entry, head = schema.entry.c, schema.head.c
        query = (
            select(
                entry.position, entry.curie, entry.kind, entry.action, entry.status, entry.recorded_at,
                head.position == entry.position, head.whole,
            )
            .join(schema.head, head.curie == entry.curie)
            .where(entry.position > after, entry.position <= up_to)
            .order_by(entry.position)
            .limit(limit)
        )  # fmt: skip
        with self._engine.connect() as connection:
            return [
                Change(position, curie, kind, action, status, moment(recorded_at), bool(newest), bool(whole))
                for position, curie, kind, action, status, recorded_at, newest, whole in connection.execute(query)
            ]
