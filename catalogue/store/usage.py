"""Accesses of the hours under way, and how often records were used by month; part of the ledger's books.

What counts as a use is catalogue.fair.usage's. Nothing here tells who came.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Engine, Select, Table, delete, func, insert, select, update

from catalogue.store import schema
from catalogue.store.bookwriter import insert_for
from catalogue.store.entries import moment, stamp

GRACE: Final = timedelta(minutes=5)
"""How long after its end an hour is counted: what other processes still hold has come by then."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One access of one record, without a word on who it was.

    Args:
        session: name of one user's hour, made with a secret that does not outlive its day.
        curie: of the record that it counts for.
        usage_kind: 'investigation' or 'request'.
        click: what was clicked, made with the same secret.
        record_kind: 'study' or 'image'.
        size_bytes: what was sent.
    """

    session: str
    curie: str
    usage_kind: str
    click: str
    at: datetime
    access_method: str
    owner: str
    record_kind: str
    size_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Count:
    """How often a record was used in a month, in the terms of the model's UsageCount.

    Args:
        month: `2026-11`.
    """

    curie: str
    month: str
    usage_metric: str
    access_method: str
    owner: str
    record_kind: str
    usage_value: int


@dataclass(frozen=True, slots=True)
class Since:
    """How far accesses are counted: all before `until`, and from which month on any are."""

    until: datetime
    first_month: str


@dataclass(slots=True)
class OwnerMonth:
    """Uses of an owner's studies in a month: (usage metric, access method) -> count."""

    month: str
    owner: str
    counts: dict[tuple[str, str], int] = field(default_factory=dict)


class UsageBook:
    """The book of usage.

    Args:
        engine: of the ledger.
        writer: the same engine, whose transactions wait for the ledger's writer.
        clock: gives the present moment, aware.
    """

    def __init__(self, engine: Engine, writer: Engine, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._writer = writer
        self._clock = clock

    def add(self, visits: Sequence[Visit]) -> int:
        """Takes accesses in, in one transaction; gives how many came too late, their hour being counted already.

        Raises:
            Locked: another process kept writing; nothing was taken.
        """
        if not visits:
            return 0
        with self._writer.begin() as connection:
            since = _since(connection) or self._begin(connection, min(visit.at for visit in visits))
            timely = [visit for visit in visits if visit.at >= since.until]
            _add_up(connection, schema.usage_visit, "size_bytes", _merged(timely))
        return len(visits) - len(timely)

    def fold(self, count: Callable[[Iterable[Visit]], Iterable[Count]]) -> Since | None:
        """Counts and deletes the accesses of every hour that ended GRACE ago; gives how far that went, None if no hour
        was due.

        One transaction: however the process ends, each access is counted once or still to be counted.

        Args:
            count: the rules; gives counts of a set of accesses in which each session is whole.
        """
        due = _hour(self._clock() - GRACE)
        with self._engine.connect() as connection:
            since = _since(connection)
        if since is None or since.until >= due:
            return None
        with self._writer.begin() as connection:
            since = _since(connection)
            if since is None or since.until >= due:
                return None
            visit = schema.usage_visit.c
            rows = connection.execute(select(schema.usage_visit).where(visit.at < stamp(due))).mappings()
            counts = [asdict(one) for one in count(Visit(**{**row, "at": moment(row["at"])}) for row in rows)]
            _add_up(connection, schema.usage_count, "usage_value", counts)
            _add_up(connection, schema.usage_volume, "size_bytes", _volumes(connection, due))
            connection.execute(delete(schema.usage_visit).where(visit.at < stamp(due)))
            since = Since(due, min([since.first_month, *(one["month"] for one in counts)]))
            connection.execute(
                update(schema.usage_fold).values(until=stamp(since.until), first_month=since.first_month)
            )
        return since

    def since(self) -> Since | None:
        """How far accesses are counted; None where none was ever taken."""
        with self._engine.connect() as connection:
            return _since(connection)

    def of(self, curie: str) -> list[Count]:
        """Every count of a record, by month, metric and access method."""
        table = schema.usage_count
        order = (table.c.month, table.c.usage_metric, table.c.access_method)
        return self._counts(select(table).where(table.c.curie == curie).order_by(*order))

    def of_month(self, month: str, record_kind: str = "study") -> list[Count]:
        """Every count of a month, by record, metric and access method."""
        table = schema.usage_count
        order = (table.c.curie, table.c.usage_metric, table.c.access_method)
        chosen = select(table).where(table.c.month == month, table.c.record_kind == record_kind)
        return self._counts(chosen.order_by(*order))

    def volumes(self, curie: str) -> dict[tuple[str, str], int]:
        """(month, access method) -> bytes sent of a record."""
        table = schema.usage_volume.c
        with self._engine.connect() as connection:
            rows = connection.execute(
                select(table.month, table.access_method, table.size_bytes).where(table.curie == curie)
            )
            return {(month, method): size for month, method, size in rows}

    def owners(self, first: str, last: str) -> list[OwnerMonth]:
        """Uses of studies by owner and month, from month `first` to `last`; the newest month first."""
        table = schema.usage_count.c
        key = (table.month, table.owner, table.usage_metric, table.access_method)
        query = select(*key, func.sum(table.usage_value)).where(
            table.record_kind == "study", table.month >= first, table.month <= last
        )
        found: dict[tuple[str, str], OwnerMonth] = {}
        with self._engine.connect() as connection:
            rows = connection.execute(query.group_by(*key).order_by(table.month.desc(), table.owner)).all()
        for month, owner, metric, method, total in rows:
            found.setdefault((month, owner), OwnerMonth(month, owner)).counts[metric, method] = int(total)
        return list(found.values())

    def sums(
        self, metrics: Sequence[str], first: str, last: str, *, least: int = 1, limit: int | None = None
    ) -> list[tuple[str, int]]:
        """(study, sum of the metrics from month `first` to `last`), the most used first, those below `least` left
        out.
        """
        table = schema.usage_count.c
        total = func.sum(table.usage_value)
        query = (
            select(table.curie, total)
            .where(table.record_kind == "study", table.month >= first, table.month <= last)
            .where(table.usage_metric.in_(metrics))
            .group_by(table.curie)
            .having(total >= least)
            .order_by(total.desc(), table.curie)
        )
        with self._engine.connect() as connection:
            return [(curie, int(value)) for curie, value in connection.execute(query.limit(limit))]

    def _begin(self, connection: Connection, first: datetime) -> Since:
        # A day earlier: another process may hold older accesses, if only since the database was busy.
        since = Since(_hour(first) - timedelta(days=1), stamp(first)[:7])
        connection.execute(
            insert(schema.usage_fold).values(id=1, until=stamp(since.until), first_month=since.first_month)
        )
        return since

    def _counts(self, query: Select[Any]) -> list[Count]:
        with self._engine.connect() as connection:
            return [Count(**row) for row in connection.execute(query).mappings()]


def _hour(at: datetime) -> datetime:
    return moment(stamp(at)).replace(minute=0, second=0, microsecond=0)


def _since(connection: Connection) -> Since | None:
    row = connection.execute(select(schema.usage_fold)).mappings().one_or_none()
    return None if row is None else Since(moment(row["until"]), row["first_month"])


def _merged(visits: Iterable[Visit]) -> list[dict[str, Any]]:
    """Rows of the table: accesses that are one there are one, with the bytes of both."""
    rows: dict[tuple[str, ...], dict[str, Any]] = {}
    for visit in visits:
        at = stamp(visit.at)
        key = (visit.session, visit.curie, visit.usage_kind, visit.click, at)
        row = rows.setdefault(
            key,
            {
                **dict(zip(("session", "curie", "usage_kind", "click", "at"), key, strict=True)),
                "access_method": visit.access_method,
                "owner": visit.owner,
                "record_kind": visit.record_kind,
                "size_bytes": 0,
            },
        )
        row["size_bytes"] += visit.size_bytes
    return list(rows.values())


def _add_up(connection: Connection, table: Table, column: str, rows: list[dict[str, Any]]) -> None:
    """Writes rows; where one with the same key is there, its `column` grows by the new one's."""
    if not rows:
        return
    new = insert_for(connection, table)
    grown = {column: table.c[column] + new.excluded[column]}
    connection.execute(new.on_conflict_do_update(index_elements=list(table.primary_key), set_=grown), rows)


def _volumes(connection: Connection, before: datetime) -> list[dict[str, Any]]:
    visit = schema.usage_visit.c
    month = func.substr(visit.at, 1, 7).label("month")
    query = select(visit.curie, month, visit.access_method, func.sum(visit.size_bytes).label("size_bytes"))
    query = query.where(visit.at < stamp(before)).group_by(visit.curie, month, visit.access_method)
    return [{**row, "size_bytes": int(row["size_bytes"])} for row in connection.execute(query).mappings()]
