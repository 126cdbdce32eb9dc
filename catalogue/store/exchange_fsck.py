"""Finds what was lost or altered in what members exchange: headers, signatures, tenures and digests.

Entries themselves are catalogue.store.fsck's.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, RowMapping, func, select

from catalogue.model.log_entry import START
from catalogue.model.signing import is_signed
from catalogue.model.tenure import SignedTenure, signed_tenure_from
from catalogue.store import schema
from catalogue.store.digests import digest_row
from catalogue.store.entries import compact_json
from catalogue.store.faults import Fault
from catalogue.store.leaves import bucket_of
from catalogue.store.logwriter import LogWriter

_BATCH = 500


def exchange_faults(connection: Connection) -> Iterator[Fault]:
    """Faults of heads' derived columns, tenures, headers in order of position, then buckets."""
    yield from _head_faults(connection)
    tenures, faults = _tenures(connection)
    yield from faults
    yield from _header_faults(connection, tenures)
    yield from _lost_headers(connection)
    yield from _bucket_faults(connection)


def _head_faults(connection: Connection) -> Iterator[Fault]:
    head, entry = schema.head.c, schema.entry.c
    here = func.length(entry.payload) > 0
    query = select(head.position, head.curie, head.bucket, head.whole, here.label("here"))
    query = query.join(schema.entry, entry.position == head.position)
    for position, curie, bucket, whole, present in connection.execute(query):
        if bucket != bucket_of(curie):
            yield Fault(position, curie, "the head of the record names another bucket than its accession")
        if whole != int(bool(present)):
            yield Fault(position, curie, "the head of the record does not say whether its payload is here")


def _tenures(connection: Connection) -> tuple[dict[tuple[str, int], SignedTenure], list[Fault]]:
    found: dict[tuple[str, int], SignedTenure] = {}
    faults = []
    for row in connection.execute(select(schema.tenure)).mappings():
        what = f"the statement about {row['owner']}, epoch {row['epoch']}, "
        try:
            signed = signed_tenure_from(_json(row["statement"]))
        except ValueError as error:
            faults.append(Fault(None, None, f"{what}cannot be read: {error}"))
            continue
        said = signed.tenure
        stored = tuple(row[name] for name in ("owner", "epoch", "node", "key", "after_seq", "digest"))
        if (said.owner, said.epoch, said.node, said.key, said.after_seq, said.digest) != stored:
            faults.append(Fault(None, None, f"{what}does not fit its columns"))
        if compact_json(signed.document()) != row["statement"] or not all(
            is_signed(key, said.message, value) for key, value in signed.signatures.items()
        ):
            faults.append(Fault(None, None, f"{what}does not fit its signatures"))
        found[said.owner, said.epoch] = signed
    return found, faults


def _header_faults(connection: Connection, tenures: dict[tuple[str, int], SignedTenure]) -> Iterator[Fault]:
    entry, log = schema.entry, schema.log_entry
    names = [column for column in entry.c if column.name != "payload"]
    own = [column.label(f"log_{column.name}") for column in log.c]
    query = select(*names, *own).join(log, log.c.position == entry.c.position).order_by(entry.c.position)
    last: dict[tuple[str, int], str] = {}
    after = 0
    while rows := connection.execute(query.where(entry.c.position > after).limit(_BATCH)).mappings().all():
        for row in rows:
            after = row["position"]
            for what in _header_damage(row, tenures, last):
                yield Fault(row["position"], row["curie"], what)


def _lost_headers(connection: Connection) -> Iterator[Fault]:
    entry, log, tenure = schema.entry.c, schema.log_entry.c, schema.tenure.c
    stray = select(log.position).outerjoin(schema.entry, entry.position == log.position)
    for position in connection.scalars(stray.where(entry.position.is_(None))):
        yield Fault(position, None, "an exchanged header is kept of an entry that is not")
    unsigned = (
        select(entry.position, entry.curie)
        .join(schema.tenure, (tenure.owner == entry.owner) & (tenure.epoch == entry.owner_epoch))
        .outerjoin(schema.log_entry, log.position == entry.position)
        .where(log.position.is_(None))
        .order_by(entry.position)
    )
    for position, curie in connection.execute(unsigned):
        yield Fault(position, curie, "no exchanged header of it is kept, though its owner's log is exchanged")


def _header_damage(
    row: RowMapping, tenures: dict[tuple[str, int], SignedTenure], last: dict[tuple[str, int], str]
) -> Iterator[str]:
    key = (row["owner"], row["owner_epoch"])
    signed = tenures.get(key)
    expected = last.get(key, signed.tenure.after_digest if signed is not None else START)
    fields = {**row, "recorded_at": row["log_generated_at"]}
    log = LogWriter.header(fields, row["log_asserted_by"], row["log_previous"])
    last[key] = row["log_digest"]
    if (row["log_owner"], row["log_owner_epoch"], row["log_owner_seq"]) != log.key:
        yield "its exchanged header names another place in the owner's log"
    if log.digest != row["log_digest"]:
        yield "its exchanged header does not fit its digest"
    if row["log_previous"] != expected:
        yield "it does not follow the entry before it in the owner's log"
    if signed is None:
        yield "no statement says who may write its owner's log of this epoch"
    elif not is_signed(signed.tenure.key, log.message, row["log_signature"]):
        yield "its exchanged header does not fit its signature"


def _bucket_faults(connection: Connection) -> Iterator[Fault]:
    head, bucket = schema.head.c, schema.bucket
    stored = {(row["owner"], row["bucket"]): dict(row) for row in connection.execute(select(bucket)).mappings()}
    held = {(owner, name) for owner, name in connection.execute(select(head.owner, head.bucket).distinct())}
    for owner, name in sorted(held | stored.keys()):
        if stored.get((owner, name)) != digest_row(connection, owner, name):
            yield Fault(None, None, f"the digest of the bucket {name} of {owner} does not fit the records in it")


def _json(text: Any) -> Any:
    try:
        return json.loads(text)
    except TypeError as error:
        raise ValueError("it is no text") from error
