"""What curators decided about two records being one study: only added to, so that each decision can be undone and read.

Part of the ledger's books; proposals and clusters are catalogue.resolver.identities'.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Engine, RowMapping, func, insert, select

from catalogue.problems import BadRequest, Conflict
from catalogue.store import schema
from catalogue.store.entries import moment, stamp

ACCEPT: Final = "accept"
REJECT: Final = "reject"
UNDO: Final = "undo"
DECISIONS: Final = (ACCEPT, REJECT, UNDO)
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Decision:
    """One curator's word; `curie` comes before `other` in the order of text."""

    id: int
    curie: str
    other: str
    decision: str
    decided_by: str
    decided_at: datetime
    note: str


class Decisions:
    """The book of decisions.

    Args:
        engine: of the ledger.
        writer: the same engine, whose transactions wait for the ledger's writer.
        clock: gives the present moment, aware.
    """

    def __init__(self, engine: Engine, writer: Engine, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._writer = writer
        self._clock = clock

    def decide(self, one: str, two: str, decision: str, by: str, note: str = "") -> Decision:
        """Adds a decision, durable when this returns.

        Args:
            by: who decides, for all to read.
        Raises:
            BadRequest: both names are the same, nobody is named, or the decision is none of DECISIONS.
            Conflict: that is in force already, or there is nothing to undo.
        """
        if decision not in DECISIONS:
            raise BadRequest(f"'{decision}' is no decision; give one of {', '.join(DECISIONS)}.")
        if one == two:
            raise BadRequest(f"{one} is one record; a decision is about two.")
        if not by.strip():
            raise BadRequest("A decision needs the name of who made it.")
        curie, other = sorted((one, two))
        table = schema.identity_decision
        with self._writer.begin() as connection:
            of_pair = select(table).where(table.c.curie == curie, table.c.other == other)
            row = connection.execute(of_pair.order_by(table.c.id.desc()).limit(1)).mappings().one_or_none()
            now = row["decision"] if row is not None else UNDO
            if now == decision:
                said = "Nothing was decided" if decision == UNDO else f"'{decision}' is in force already"
                raise Conflict(f"{said} about {curie} and {other}. See `ommatidia identity show {curie}`.")
            values = {"decision": decision, "decided_by": by.strip(), "decided_at": stamp(self._clock()), "note": note}
            done = connection.execute(insert(table).values(curie=curie, other=other, **values))
            key = done.inserted_primary_key
            made = connection.execute(select(table).where(table.c.id == (key[0] if key else 0))).mappings().one()
        return _decision(made)

    def in_force(self) -> dict[Pair, Decision]:
        """Pair -> the newest decision about it, those that were undone left out."""
        table = schema.identity_decision
        newest = select(func.max(table.c.id)).group_by(table.c.curie, table.c.other)
        query = select(table).where(table.c.id.in_(newest), table.c.decision != UNDO).order_by(table.c.id)
        with self._engine.connect() as connection:
            found = [_decision(row) for row in connection.execute(query).mappings()]
        return {(decision.curie, decision.other): decision for decision in found}

    def history(self, curie: str) -> list[Decision]:
        """Every decision that was ever made about a record, oldest first."""
        table = schema.identity_decision
        query = select(table).where((table.c.curie == curie) | (table.c.other == curie)).order_by(table.c.id)
        with self._engine.connect() as connection:
            return [_decision(row) for row in connection.execute(query).mappings()]

    def state(self) -> int:
        """Rises with every decision."""
        with self._engine.connect() as connection:
            return connection.scalar(select(func.max(schema.identity_decision.c.id))) or 0


def _decision(row: RowMapping) -> Decision:
    return Decision(**{**row, "decided_at": moment(row["decided_at"])})
