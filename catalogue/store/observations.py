"""What live checks saw, in order; nothing is changed once written, so that an audit can be made again as it was.

Source: fair.md, section 7 (live results are observations with time, replayed in rebuilds).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Engine, RowMapping, case, delete, func, insert, select

from catalogue.store import schema
from catalogue.store.entries import compact_json, stamp

NODE: Final = "node"
"""In place of a record's curie: what holds for all records of this node."""
UNDECIDED: Final = "indeterminate"


@dataclass(frozen=True, slots=True)
class Observation:
    """What a live check saw of a record, at one moment.

    Args:
        check: name of the check.
        curie: of the record that it is about, or NODE.
        outcome: `pass`, `fail`, `indeterminate`, or `not applicable` where there is nothing to be looked at.
        said: one sentence: what was seen.
        url: the address that was asked.
        status: HTTP status that it answered; None where there was no answer.
        detail: further evidence (headers, digests, milliseconds), small.
        observed_at: ISO 8601 in UTC; set when it is written.
        number: place in the order of all observations of this node, 1 upwards; 0 before it is written.
    """

    check: str
    curie: str
    outcome: str
    said: str
    url: str = ""
    status: int | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)
    observed_at: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True)
class Age:
    """When something was looked at last, and whether that decided anything.

    Args:
        observed_at: ISO 8601 in UTC.
        tries: looks in a row that decided nothing; 0 when the last one did.
        pause_s: seconds that whoever was asked wants to be left alone.
    """

    observed_at: str
    tries: int = 0
    pause_s: int = 0


class Observations:
    """The book of observations.

    Args:
        engine: of the ledger.
        writer: the same engine, whose transactions wait for the ledger's writer.
        clock: gives the present moment, aware.
    """

    def __init__(self, engine: Engine, writer: Engine, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._writer = writer
        self._clock = clock

    def add(self, seen: Iterable[Observation]) -> None:
        """Writes observations down in their order, stamped now, durable when this returns."""
        rows = [
            {
                "check_name": one.check,
                "curie": one.curie,
                "outcome": one.outcome,
                "said": one.said,
                "url": one.url,
                "status": one.status,
                "detail": compact_json(dict(one.detail)),
                "observed_at": stamp(self._clock()),
            }
            for one in seen
        ]
        if rows:
            with self._writer.begin() as connection:
                connection.execute(insert(schema.observation), rows)

    def last(self) -> int:
        """Number of the newest observation; 0 when there is none."""
        with self._engine.connect() as connection:
            return connection.scalar(select(func.max(schema.observation.c.number))) or 0

    def newest(self, up_to: int | None = None) -> dict[str, dict[str, Observation]]:
        """Curie -> check -> its newest observation.

        Args:
            up_to: leave out those with a greater number; None takes all.
        """
        table = schema.observation.c
        numbers = select(func.max(table.number)).group_by(table.check_name, table.curie)
        if up_to is not None:
            numbers = numbers.where(table.number <= up_to)
        found: dict[str, dict[str, Observation]] = {}
        with self._engine.connect() as connection:
            for row in connection.execute(select(schema.observation).where(table.number.in_(numbers))).mappings():
                found.setdefault(row["curie"], {})[row["check_name"]] = _observation(row)
        return found

    def ages(self) -> dict[tuple[str, str], Age]:
        """(check, curie) -> when it was looked at last."""
        table = schema.observation.c
        numbers = select(func.max(table.number)).group_by(table.check_name, table.curie)
        # Details are many and large; what is read of them matters only where nothing was decided.
        detail = case((table.outcome == UNDECIDED, table.detail), else_="")
        query = select(table.check_name, table.curie, table.observed_at, detail).where(table.number.in_(numbers))
        found: dict[tuple[str, str], Age] = {}
        with self._engine.connect() as connection:
            for check, curie, observed_at, text in connection.execute(query):
                said = json.loads(text) if text else {}
                tries = said.get("tries", 1) if text else 0
                found[(check, curie)] = Age(observed_at, tries, said.get("retry_after_s", 0))
        return found

    def studies(self) -> list[tuple[str, str]]:
        """(curie, when its newest version was recorded) of every public study, by curie."""
        head, entry = schema.head.c, schema.entry.c
        query = select(head.curie, entry.recorded_at).join(schema.entry, entry.position == head.position)
        query = query.where(head.kind == "study", head.status == "public", head.whole == 1).order_by(head.curie)
        with self._engine.connect() as connection:
            return [(curie, recorded_at) for curie, recorded_at in connection.execute(query)]

    def forget(self, before: datetime) -> int:
        """Number of observations dropped that are older than a moment and not the newest of their kind."""
        table = schema.observation.c
        kept = select(func.max(table.number)).group_by(table.check_name, table.curie)
        old = delete(schema.observation).where(table.observed_at < stamp(before), table.number.not_in(kept))
        with self._writer.begin() as connection:
            return connection.execute(old).rowcount


def _observation(row: RowMapping) -> Observation:
    return Observation(
        check=row["check_name"],
        curie=row["curie"],
        outcome=row["outcome"],
        said=row["said"],
        url=row["url"],
        status=row["status"],
        detail=json.loads(row["detail"]),
        observed_at=row["observed_at"],
        number=row["number"],
    )
