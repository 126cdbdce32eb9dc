"""Which public studies there are, without reading a record; for lists that are cut into pieces."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Engine, func, select

from catalogue.store import schema


def study_counts(engine: Engine) -> dict[str, int]:
    """Owner -> number of its public studies, by owner; owners without one are left out."""
    owner = schema.head.c.owner
    query = select(owner, func.count()).where(*_public()).group_by(owner)
    with engine.connect() as connection:
        return {owner: count for owner, count in sorted(connection.execute(query).all())}


def study_curies(engine: Engine, owner: str, offset: int, limit: int) -> list[str]:
    """CURIEs of public studies of an owner in order, from the one at `offset` on."""
    head = schema.head.c
    query = select(head.curie).where(*_public(), head.owner == owner)
    with engine.connect() as connection:
        return list(connection.scalars(query.order_by(head.curie).offset(offset).limit(limit)))


def study_positions(engine: Engine, after_curie: str, limit: int) -> tuple[int, ...]:
    """Positions of the newest versions of public studies above a CURIE, in the order of CURIEs."""
    head = schema.head.c
    query = select(head.position).where(*_public(), head.curie > after_curie)
    with engine.connect() as connection:
        return tuple(connection.scalars(query.order_by(head.curie).limit(limit)))


def _public() -> tuple[ColumnElement[bool], ...]:
    """A study without its payload here is shown nowhere."""
    head = schema.head.c
    return head.kind == "study", head.status == "public", head.whole == 1
