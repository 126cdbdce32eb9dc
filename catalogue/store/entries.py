"""One version of one record as the ledger keeps it, and the hash that chains it to the version before.

Source: DESIGN section 2; federation.md section 3 (log entry); reliability.md section 1, item 6.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from catalogue.problems import StoreDamaged
from catalogue.store.originals import decompress, digest_of

KINDS = frozenset({"study", "image", "image-list"})
STATUSES = frozenset({"public", "suppressed", "withdrawn", "replaced"})
# A tombstone stands for these: nothing of the record itself is served.
GONE = frozenset({"withdrawn", "replaced"})
# How an entry reads whose payload is not here: it was purged, or refused when a member sent it.
ABSENT = "absent"
GENESIS_HASH = "0" * 64
RECEIVED = "member/1"
"""What `harvester` says of an entry that a member of the federation gave."""

# Order matters: it is the order in which fields enter the hash.
HASHED_FIELDS = (
    "position",
    "curie",
    "owner",
    "owner_epoch",
    "owner_seq",
    "kind",
    "parent",
    "action",
    "status",
    "payload_digest",
    "source",
    "source_url",
    "original_digest",
    "harvester",
    "run_id",
    "retrieved_at",
    "recorded_at",
    "aliases",
    "prev_hash",
)
# Entries of the first ledgers have no schema version; no other version of the model existed then.
FIRST_SCHEMA_VERSION = "0.1.0"
NO_PAYLOAD = digest_of(b"")
"""What `stored_digest` says of a payload that is not here."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One version of one record.

    Args:
        position: place in this node's log, 1 upwards without gaps, in commit order.
        owner_seq: place among the owner's entries of this epoch, 1 upwards without gaps.
        action: 'create' (also after a deletion), 'update' or 'delete'.
        status: one of STATUSES; one of GONE exactly when the action is 'delete'; ABSENT without a payload.
        payload: canonical JSON bytes; `payload_digest` is their SHA-256. Empty when it is not here.
        source_url, original_digest: where the partner's document was read and the name of its bytes.
        aliases: other names this version claims, as they were given.
        schema_version: of the model, under which the payload was written.
    """

    position: int
    curie: str
    owner: str
    owner_epoch: int
    owner_seq: int
    kind: str
    parent: str | None
    action: str
    status: str
    payload: bytes
    payload_digest: str
    prev_hash: str
    entry_hash: str
    source: str
    source_url: str | None
    original_digest: str | None
    harvester: str
    run_id: int | None
    retrieved_at: datetime
    recorded_at: datetime
    aliases: tuple[str, ...] = ()
    schema_version: str = FIRST_SCHEMA_VERSION

    @property
    def is_of_a_member(self) -> bool:
        """Whether a member gave it, not a source of this node."""
        return self.harvester == RECEIVED

    @property
    def record(self) -> dict[str, Any]:
        """The payload as a fresh dict; without a payload only what the entry itself tells."""
        if not self.payload:
            return {"type": "Absent", "id": self.curie, "accession": self.curie.partition(":")[2], "owner": self.owner}
        document: dict[str, Any] = json.loads(self.payload)
        return document


def stamp(moment: datetime) -> str:
    """`moment` as the ledger writes it: UTC, microseconds, `Z`.

    Raises:
        ValueError: the moment has no time zone.
    """
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} has no time zone; the ledger takes aware moments only")
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def moment(text: str) -> datetime:
    """The aware UTC moment written as `text` by `stamp`."""
    return datetime.fromisoformat(text)


_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def compact_json(value: Any) -> str:
    """`value` as JSON with sorted keys and no blanks."""
    return _ENCODER.encode(value)


def entry_hash(fields: dict[str, Any]) -> str:
    """SHA-256 (hex) over every stored field of an entry and the hash of the entry before it.

    Encoding: the line `ommatidia-entry/2`, LF, then the fields in the order of HASHED_FIELDS and `schema_version`, each
    as a letter for its type and its value: `n,` for absent; `i` + decimal digits + `,` for an integer; `s` + length in
    bytes + `:` + UTF-8 bytes + `,` for text. Moments and aliases enter as the text that is stored. The payload enters
    by its digest. The encoding is injective, so that no two different entries are hashed from the same bytes. An entry
    without a schema version was hashed before there was one: `ommatidia-entry/1`, without that field.

    Raises:
        TypeError: a field is neither text, integer nor absent.
    """
    first = fields["schema_version"] is None
    parts = [b"ommatidia-entry/%d\n" % (1 if first else 2)]
    for name in HASHED_FIELDS if first else (*HASHED_FIELDS, "schema_version"):
        value = fields[name]
        if value is None:
            parts.append(b"n,")
        elif type(value) is int:
            parts.append(b"i%d," % value)
        elif type(value) is str:
            text = value.encode("utf-8", "surrogateescape")
            parts.append(b"s%d:%b," % (len(text), text))
        else:
            raise TypeError(f"{name} is a {type(value).__name__}")
    return hashlib.sha256(b"".join(parts)).hexdigest()


def damage(row: dict[str, Any]) -> tuple[str, ...]:
    """What is wrong within one stored row of `entry`, one sentence a fault; empty when all of it fits its hashes."""
    found = []
    blob = row["payload"]
    if not isinstance(blob, bytes):
        found.append("the payload is not stored as bytes")
    else:
        if digest_of(blob) != row["stored_digest"]:
            found.append("the stored payload does not fit its stored digest")
        try:
            if blob and digest_of(decompress(blob)) != row["payload_digest"]:
                found.append("the payload does not fit its digest")
        except StoreDamaged:
            found.append("the payload cannot be decompressed")
    try:
        if entry_hash(row) != row["entry_hash"]:
            found.append("the fields do not fit the entry hash")
    except TypeError as error:
        found.append(f"the fields cannot be hashed: {error}")
    return tuple(found)


def entry_from(row: dict[str, Any]) -> Entry:
    """The entry stored as `row`, checked, so that damaged bytes are never served.

    Raises:
        StoreDamaged: the payload or a field does not fit its digest.
    """
    try:
        payload = decompress(row["payload"]) if row["payload"] else b""
        intact = not payload or digest_of(payload) == row["payload_digest"]
        # Empty bytes must have been meant: a payload cut to nothing does not fit its stored digest.
        intact = (
            intact and (bool(payload) or row["stored_digest"] == NO_PAYLOAD) and entry_hash(row) == row["entry_hash"]
        )
    except (StoreDamaged, TypeError):
        intact = False
    if not intact:
        raise StoreDamaged(
            f"Entry {row['position']} ({row['curie']}) does not fit its digests; it is not served. "
            "Run `ommatidia fsck` and restore the ledger from a backup."
        )
    return Entry(
        position=row["position"],
        curie=row["curie"],
        owner=row["owner"],
        owner_epoch=row["owner_epoch"],
        owner_seq=row["owner_seq"],
        kind=row["kind"],
        parent=row["parent"],
        action=row["action"],
        status=row["status"] if payload else ABSENT,
        payload=payload,
        payload_digest=row["payload_digest"],
        prev_hash=row["prev_hash"],
        entry_hash=row["entry_hash"],
        source=row["source"],
        source_url=row["source_url"],
        original_digest=row["original_digest"],
        harvester=row["harvester"],
        run_id=row["run_id"],
        retrieved_at=moment(row["retrieved_at"]),
        recorded_at=moment(row["recorded_at"]),
        aliases=tuple(json.loads(row["aliases"])),
        schema_version=row["schema_version"] or FIRST_SCHEMA_VERSION,
    )


def normalised_alias(text: str) -> str:
    """`text` as aliases are compared: trimmed, case-folded, `http:` as `https:`, no slash at the end."""
    name = text.strip().casefold()
    if name.startswith("http://"):
        name = "https://" + name[len("http://") :]
    return name.rstrip("/")
