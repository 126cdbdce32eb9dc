"""Members, tenures of owners, and alarms as this node knows them; what to believe is catalogue.federation's to say.

Source: federation.md section 3 (ownership registry), R17, R18, P6, P11.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Engine, delete, insert, select, update

from catalogue.model.tenure import SignedTenure, Tenure, signed_tenure_from
from catalogue.problems import Conflict, NotFound
from catalogue.store import schema
from catalogue.store.entries import compact_json, moment, stamp

# `asked`: it announced itself and nobody here decided; `paused`: not pulled; `left`: kept for its key only.
MEMBER_STATES: Final = frozenset({"asked", "active", "paused", "left"})
# Alarms that stop everything of an owner until a person has looked.
FREEZING: Final = frozenset({"equivocation", "echo-mismatch"})
# Alarms that keep this node from writing an owner's records; what others write of it is taken in all the same.
STOPPING: Final = FREEZING | {"hand-over"}


@dataclass(frozen=True, slots=True)
class Member:
    """A fellow node.

    Args:
        node: its name, which follows from its first key.
        name: what people here call it, a short slug.
        key: public key (hex) with which it signs what it says of itself.
        state: one of MEMBER_STATES.
        description: what it last said of itself, `/.well-known/bioimage-node`.
        progress: how far it was read and how it stood then; catalogue.federation.progress reads it.
    """

    node: str
    name: str
    url: str
    key: str
    state: str
    joined_at: datetime
    description: Mapping[str, Any] = field(default_factory=dict)
    progress: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MemberDay:
    """One day (UTC, `YYYY-MM-DD`) of a member: pulls, how many failed, how many ended with equal digests."""

    node: str
    day: str
    pulls: int
    failed: int
    equal: int


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something that a person must look at.

    Args:
        kind: such as `equivocation`, `echo-mismatch`, `tenure-conflict`, `digest-mismatch`; `hand-over` and `proposal`
            hold a statement that still lacks signatures.
        owner: prefix concerned; "" when none is.
        node: member that showed it; "" when none did.
        evidence: JSON-ready values, such as both entries with their signatures.
    """

    id: int
    kind: str
    owner: str
    node: str
    detail: str
    evidence: Mapping[str, Any]
    raised_at: datetime
    last_seen: datetime
    cleared_at: datetime | None
    cleared_by: str


class Registry:
    """Reads what the ledger keeps about the federation, and writes it in transactions of its own.

    Args:
        engine: for reading.
        write_engine: for writing; one writer at a time.
        clock: gives the present moment, aware.
    """

    def __init__(self, engine: Engine, write_engine: Engine, clock: Any) -> None:
        self._engine = engine
        self._write_engine = write_engine
        self._clock = clock

    def tenures(self, owner: str | None = None) -> list[SignedTenure]:
        """Statements about one owner or all, by owner and epoch."""
        with self._engine.connect() as connection:
            return read_tenures(connection, owner)

    def tenure(self, owner: str, epoch: int | None = None) -> Tenure | None:
        """The statement of one epoch, None for the last one; None when there is none."""
        found = [said.tenure for said in self.tenures(owner) if epoch is None or said.tenure.epoch == epoch]
        return found[-1] if found else None

    def put_tenure(self, signed: SignedTenure, received_from: str) -> None:
        """Keeps a statement that was found to follow the one before it; the same again changes nothing.

        Raises:
            Conflict: another statement of this epoch is kept.
        """
        with self._write_engine.begin() as connection:
            write_tenure(connection, signed, received_from, stamp(self._clock()))

    def members(self, state: str | None = None) -> list[Member]:
        """Fellow nodes, by name."""
        query = select(schema.member).order_by(schema.member.c.name)
        if state is not None:
            query = query.where(schema.member.c.state == state)
        with self._engine.connect() as connection:
            return [_member(dict(row)) for row in connection.execute(query).mappings()]

    def member(self, name: str) -> Member:
        """The member of that name, node or address.

        Raises:
            NotFound: there is none.
        """
        for member in self.members():
            if name in (member.name, member.node, member.url):
                return member
        raise NotFound(f"No member is called '{name}'. See `ommatidia member list`.")

    def put_member(self, member: Member) -> None:
        """Keeps a member, or what is new about it.

        Raises:
            Conflict: another member has its name.
        """
        row = {
            "node": member.node,
            "name": member.name,
            "url": member.url,
            "key": member.key,
            "state": member.state,
            "description": compact_json(dict(member.description)),
            "joined_at": stamp(member.joined_at),
            "progress": compact_json(dict(member.progress)),
        }
        table = schema.member
        with self._write_engine.begin() as connection:
            other = connection.scalar(select(table.c.node).where(table.c.name == member.name))
            if other not in (None, member.node):
                raise Conflict(f"Another member is called '{member.name}'. Choose another name.")
            connection.execute(delete(table).where(table.c.node == member.node))
            connection.execute(insert(table).values(**row))

    def forget_asked(self, node: str) -> None:
        """Forgets a node that announced itself and that nobody joined; members are never forgotten."""
        table = schema.member
        with self._write_engine.begin() as connection:
            connection.execute(delete(table).where(table.c.node == node, table.c.state == "asked"))

    def note_progress(self, node: str, progress: Mapping[str, Any]) -> None:
        """Writes how far a member was read and how it stood."""
        table = schema.member
        with self._write_engine.begin() as connection:
            said = compact_json(dict(progress))
            connection.execute(update(table).where(table.c.node == node).values(progress=said))

    def note_day(self, node: str, *, failed: bool, equal: bool) -> None:
        """Counts a pull among those of today (UTC)."""
        day = stamp(self._clock())[:10]
        table = schema.member_day
        with self._write_engine.begin() as connection:
            where = (table.c.node == node, table.c.day == day)
            row = connection.execute(select(table.c.pulls, table.c.failed, table.c.equal).where(*where)).one_or_none()
            pulls, failures, equals = row or (0, 0, 0)
            values = {"pulls": pulls + 1, "failed": failures + failed, "equal": equals + equal}
            if row is None:
                connection.execute(insert(table).values(node=node, day=day, **values))
            else:
                connection.execute(update(table).where(*where).values(**values))

    def days(self, node: str, count: int = 90) -> list[MemberDay]:
        """The last `count` days up to today (UTC) on which a member was pulled, oldest first."""
        table = schema.member_day.c
        since = stamp(self._clock() - timedelta(days=count - 1))[:10]
        query = select(table.node, table.day, table.pulls, table.failed, table.equal)
        query = query.where(table.node == node, table.day >= since).order_by(table.day)
        with self._engine.connect() as connection:
            return [MemberDay(*row) for row in connection.execute(query)]

    def alarms(self, *, cleared: bool = False) -> list[Alarm]:
        """Alarms that stand, newest first.

        Args:
            cleared: also those that a person cleared.
        """
        query = select(schema.alarm).order_by(schema.alarm.c.id.desc())
        if not cleared:
            query = query.where(schema.alarm.c.cleared_at.is_(None))
        with self._engine.connect() as connection:
            return [_alarm(dict(row)) for row in connection.execute(query).mappings()]

    def raise_alarm(self, kind: str, detail: str, *, owner: str = "", node: str = "", evidence: Any = None) -> None:
        """Notes an alarm; one that stands already with the same kind, owner and member is only seen again."""
        with self._write_engine.begin() as connection:
            write_alarm(connection, stamp(self._clock()), kind, detail, owner, node, evidence or {})

    def offers(self) -> list[SignedTenure]:
        """Statements that still lack signatures: owners handed over that nobody took, proposals that are voted on."""
        kinds = ("hand-over", "proposal")
        return [signed_tenure_from(one.evidence) for one in reversed(self.alarms()) if one.kind in kinds]

    def put_offer(self, kind: str, signed: SignedTenure, detail: str) -> None:
        """Keeps a statement that still lacks signatures, in place of the one of this kind about the same owner.

        Args:
            kind: `hand-over`, after which this node writes nothing more of the owner, or `proposal`.
        """
        owner = signed.tenure.owner
        with self._write_engine.begin() as connection:
            clear_alarms(connection, owner, {kind}, stamp(self._clock()), "a newer one")
            write_alarm(connection, stamp(self._clock()), kind, detail, owner, signed.tenure.node, signed.document())

    def drop_offer(self, owner: str, by: str) -> bool:
        """Whether a hand-over or proposal about the owner stood, which is void now."""
        stood = any(one.tenure.owner == owner for one in self.offers())
        with self._write_engine.begin() as connection:
            clear_alarms(connection, owner, {"hand-over", "proposal"}, stamp(self._clock()), by)
        return stood

    def clear_alarm(self, number: int, by: str) -> None:
        """Notes that a person has dealt with an alarm.

        Raises:
            NotFound: no alarm of that number stands.
        """
        table = schema.alarm
        with self._write_engine.begin() as connection:
            standing = (table.c.id == number, table.c.cleared_at.is_(None))
            change = update(table).where(*standing).values(cleared_at=stamp(self._clock()), cleared_by=by)
            if connection.execute(change).rowcount != 1:
                raise NotFound(f"No alarm {number} stands. See `ommatidia member alarms`.")

    def frozen(self) -> dict[str, str]:
        """Owner -> why nothing more of it is taken in or written until a person has looked."""
        return {alarm.owner: alarm.detail for alarm in self.alarms() if alarm.kind in FREEZING and alarm.owner}


def read_tenures(connection: Connection, owner: str | None) -> list[SignedTenure]:
    """Statements as a connection sees them, by owner and epoch."""
    table = schema.tenure.c
    query = select(table.statement).order_by(table.owner, table.epoch)
    if owner is not None:
        query = query.where(table.owner == owner)
    return [signed_tenure_from(json.loads(said)) for said in connection.scalars(query)]


def write_tenure(connection: Connection, signed: SignedTenure, received_from: str, now: str) -> None:
    """Keeps a statement; Conflict where another one of its epoch is kept."""
    said, table = signed.tenure, schema.tenure
    where = (table.c.owner == said.owner, table.c.epoch == said.epoch)
    kept = connection.scalar(select(table.c.digest).where(*where))
    if kept == said.digest:
        return
    if kept is not None:
        raise Conflict(f"Another statement about {said.owner}, epoch {said.epoch}, is kept already.")
    connection.execute(
        insert(table).values(
            owner=said.owner,
            epoch=said.epoch,
            node=said.node,
            key=said.key,
            after_seq=said.after_seq,
            digest=said.digest,
            statement=compact_json(signed.document()),
            received_from=received_from,
            recorded_at=now,
        )
    )


def write_alarm(
    connection: Connection, now: str, kind: str, detail: str, owner: str, node: str, evidence: Mapping[str, Any]
) -> None:
    """Notes an alarm, or that it was seen again."""
    table = schema.alarm
    same = (table.c.kind == kind, table.c.owner == owner, table.c.node == node, table.c.cleared_at.is_(None))
    if connection.execute(update(table).where(*same).values(last_seen=now)).rowcount:
        return
    connection.execute(
        insert(table).values(
            kind=kind,
            owner=owner,
            node=node,
            detail=detail,
            evidence=compact_json(dict(evidence)),
            raised_at=now,
            last_seen=now,
            cleared_by="",
        )
    )


def clear_alarms(connection: Connection, owner: str, kinds: Collection[str], now: str, by: str) -> None:
    """Notes that the alarms of these kinds about an owner are dealt with."""
    table = schema.alarm
    standing = (table.c.owner == owner, table.c.kind.in_(sorted(kinds)), table.c.cleared_at.is_(None))
    connection.execute(update(table).where(*standing).values(cleared_at=now, cleared_by=by))


def _member(row: Mapping[str, Any]) -> Member:
    return Member(
        row["node"],
        row["name"],
        row["url"],
        row["key"],
        row["state"],
        moment(row["joined_at"]),
        json.loads(row["description"]),
        json.loads(row["progress"]),
    )


def _alarm(row: Mapping[str, Any]) -> Alarm:
    return Alarm(
        row["id"],
        row["kind"],
        row["owner"],
        row["node"],
        row["detail"],
        json.loads(row["evidence"]),
        moment(row["raised_at"]),
        moment(row["last_seen"]),
        moment(row["cleared_at"]) if row["cleared_at"] else None,
        row["cleared_by"],
    )
