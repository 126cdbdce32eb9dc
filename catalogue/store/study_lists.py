"""Which public studies there are, by owner, without reading a record; for lists that are cut into pieces."""

from __future__ import annotations

from sqlalchemy import Engine, func, select

from catalogue.store import schema


def study_counts(engine: Engine) -> dict[str, int]:
    """Owner -> number of its public studies, by owner; owners without one are left out."""
    head = schema.head.c
    query = select(head.owner, func.count()).where(head.kind == "study", head.status == "public").group_by(head.owner)
    with engine.connect() as connection:
        return {owner: count for owner, count in sorted(connection.execute(query).all())}


def study_curies(engine: Engine, owner: str, offset: int, limit: int) -> list[str]:
    """CURIEs of public studies of an owner in order, from the one at `offset` on."""
    head = schema.head.c
    query = select(head.curie).where(head.kind == "study", head.status == "public", head.owner == owner)
    with engine.connect() as connection:
        return list(connection.scalars(query.order_by(head.curie).offset(offset).limit(limit)))
