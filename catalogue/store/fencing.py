"""Entries that count no longer: those an owner's former writer added after it had handed the owner over (P11).

They stay in the log, as everything does; heads, and all that follows from heads, pass them over.
"""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, func, select

from catalogue.store import schema
from catalogue.store.bookwriter import upsert
from catalogue.store.entries import normalised_alias
from catalogue.store.image_lists import LIST, write_list
from catalogue.store.leaves import bucket_of
from catalogue.store.originals import decompress


def counts() -> ColumnElement[bool]:
    """The condition on `entry` that no later statement of its owner leaves it out."""
    entry, tenure = schema.entry.c, schema.tenure.c
    successor = select(tenure.owner).where(
        tenure.owner == entry.owner, tenure.epoch == entry.owner_epoch + 1, tenure.after_seq < entry.owner_seq
    )
    return ~successor.correlate(schema.entry).exists()


def fence(connection: Connection, owner: str, epoch: int, after_seq: int) -> set[str]:
    """Buckets whose records changed, as the entries of an epoch after `after_seq` count no longer.

    The statement that says so is in the table `tenure` already.
    """
    entry = schema.entry.c
    beyond = (entry.owner == owner, entry.owner_epoch == epoch, entry.owner_seq > after_seq)
    curies = list(connection.scalars(select(entry.curie).where(*beyond).distinct()))
    positions = select(entry.position).where(*beyond)
    connection.execute(delete(schema.alias).where(schema.alias.c.position.in_(positions)))
    for curie in curies:
        _set_head(connection, curie)
    return {bucket_of(curie) for curie in curies}


def _claim_names(connection: Connection, curie: str) -> None:
    """Lets every version of a record that counts claim its other names again, newer ones over older ones."""
    entry = schema.entry.c
    query = select(entry.aliases, entry.position).where(entry.curie == curie, counts()).order_by(entry.position)
    claimed = {
        normalised_alias(name): position
        for aliases, position in connection.execute(query)
        for name in json.loads(aliases)
    }
    rows = [{"alias": name, "curie": curie, "position": position} for name, position in claimed.items()]
    upsert(connection, schema.alias, rows)


def _set_head(connection: Connection, curie: str) -> None:
    """Makes the newest entry of a record that counts its head; none where there is no such entry."""
    entry = schema.entry
    query = select(entry, (func.length(entry.c.payload) > 0).label("whole")).where(entry.c.curie == curie, counts())
    row = connection.execute(query.order_by(entry.c.position.desc()).limit(1)).mappings().one_or_none()
    if row is None:
        connection.execute(delete(schema.image_chunk).where(schema.image_chunk.c.list == curie))
        connection.execute(delete(schema.image_list).where(schema.image_list.c.curie == curie))
        connection.execute(delete(schema.head).where(schema.head.c.curie == curie))
        return
    if row["kind"] == LIST:
        # Rows of the version that counts no longer, where this one is not here.
        connection.execute(delete(schema.image_chunk).where(schema.image_chunk.c.list == curie))
        connection.execute(delete(schema.image_list).where(schema.image_list.c.curie == curie))
    names = [column.name for column in schema.head.c]
    derived: dict[str, Any] = {"bucket": bucket_of(curie), "whole": int(row["whole"])}
    upsert(connection, schema.head, [{name: derived.get(name, row.get(name)) for name in names}])
    _claim_names(connection, curie)
    if row["kind"] == LIST and row["whole"]:
        write_list(connection, row["position"], row["owner"], decompress(row["payload"]))
