"""One change of one record as its owner states it: the part that members exchange and never alter.

What a node knows beside it (its own position, when it took the change in, where it read it) is not exchanged.
Source: federation.md section 3.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from functools import cached_property
from typing import Any, Final

from catalogue.model.namespaces import BASE
from catalogue.model.payload import canonical

START: Final = "0" * 64
"""What the first entry of an owner's first epoch has before it."""
MAX_ALIASES: Final = 2_000
_MAGIC: Final = b"ommatidia-log-entry/1\n"
_HEX: Final = re.compile(r"[0-9a-f]{64}")
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII)
_NODE: Final = re.compile(r"n[0-9a-f]{16}")
# Curies become parts of addresses and of file names of folders that are members.
_CURIE: Final = re.compile(r"[a-z][a-z0-9]{1,30}:[A-Za-z0-9._:()/+-]+")
_VERSION: Final = re.compile(r"\d{1,4}\.\d{1,4}\.\d{1,4}", re.ASCII)
_TEXTS: Final = ("owner", "curie", "kind", "action", "status", "payload_digest", "schema_version", "generated_at")
_ACTIONS: Final = frozenset({"create", "update", "delete"})
_KINDS: Final = frozenset({"study", "image", "image-list"})
_STATUSES: Final = frozenset({"public", "suppressed", "withdrawn", "replaced"})
_GONE: Final = frozenset({"withdrawn", "replaced"})


@dataclass(frozen=True)
class LogEntry:
    """The header of a change; equal headers have equal digests.

    Args:
        epoch: of the owner's right to write, 0 upwards; 0 is a node that records an archive on its behalf.
        seq: place in the owner's log of this epoch, 1 upwards without gaps.
        payload_digest: SHA-256 (hex) of the canonical JSON of the record or tombstone.
        generated_at: the writer's clock, UTC with microseconds and `Z`; informative, nothing is ordered by it.
        asserted_by: the node that wrote it.
        previous: digest of the entry before it in the owner's log; of the first one of an epoch, that of the hand-over.
    """

    owner: str
    epoch: int
    seq: int
    curie: str
    kind: str
    parent: str | None
    action: str
    status: str
    payload_digest: str
    schema_version: str
    generated_at: str
    aliases: tuple[str, ...]
    asserted_by: str
    previous: str

    @cached_property
    def message(self) -> bytes:
        """What is signed and hashed: a line naming the form, then canonical JSON of the fields that have values."""
        header = {part.name: getattr(self, part.name) for part in fields(self)}
        header["aliases"] = list(self.aliases)
        return _MAGIC + canonical({name: value for name, value in header.items() if value not in (None, [])})

    @cached_property
    def digest(self) -> str:
        """SHA-256 (hex) of `message`: as each entry holds the digest before it, it stands for the log up to here."""
        return hashlib.sha256(self.message).hexdigest()

    @property
    def key(self) -> tuple[str, int, int]:
        """Owner, epoch and sequence: at most one entry in the world has them."""
        return self.owner, self.epoch, self.seq

    @property
    def iri(self) -> str:
        """IRI of the entry, the same at every node."""
        return f"{BASE}log/{self.owner}/{self.epoch}/{self.seq}"

    def document(self) -> dict[str, Any]:
        """The header as JSON-ready values; `log_entry_from` reads it."""
        found = {part.name: getattr(self, part.name) for part in fields(self)}
        found["aliases"] = list(self.aliases)
        return {name: value for name, value in found.items() if value not in (None, [])}


def log_entry_from(document: Mapping[str, Any]) -> LogEntry:
    """The entry whose header a document is, held against the form of each field; nothing is taken on trust.

    Raises:
        ValueError: a field is missing, unknown or of another form; the message names it.
    """
    known = {part.name for part in fields(LogEntry)}
    unknown = sorted(document.keys() - known)
    if unknown:
        raise ValueError(f"the header has a field {unknown[0]!r:.80} that no log entry has")
    for name in _TEXTS:
        if not isinstance(document.get(name), str) or not document[name] or len(document[name]) > 400:
            raise ValueError(f"{name} is no text of 1 to 400 characters")
    for name in ("epoch", "seq"):
        # True is an integer to Python, and an epoch to nobody.
        if type(document.get(name)) is not int or not 0 <= document[name] < 1 << 53:
            raise ValueError(f"{name} is no whole number from 0 upwards")
    aliases = document.get("aliases", [])
    if not isinstance(aliases, list) or len(aliases) > MAX_ALIASES or not all(_is_alias(name) for name in aliases):
        raise ValueError(f"aliases is no list of at most {MAX_ALIASES} texts")
    parent = document.get("parent")
    if parent is not None and (not isinstance(parent, str) or len(parent) > 400 or not _CURIE.fullmatch(parent)):
        raise ValueError(f"parent does not have its form ({_CURIE.pattern})")
    for name, form in (
        ("curie", _CURIE),
        ("payload_digest", _HEX),
        ("previous", _HEX),
        ("generated_at", _MOMENT),
        ("asserted_by", _NODE),
        ("schema_version", _VERSION),
    ):
        if not isinstance(document.get(name), str) or not form.fullmatch(document[name]):
            raise ValueError(f"{name} does not have its form ({form.pattern})")
    entry = LogEntry(**{**document, "aliases": tuple(aliases), "parent": parent})
    _check_sense(entry)
    # Half of a surrogate pair is text to JSON and no UTF-8: such an entry has no digest.
    _ = entry.message
    return entry


def _is_alias(name: Any) -> bool:
    # PostgreSQL keeps no NUL: the entry could go no further there.
    return isinstance(name, str) and 0 < len(name) <= 2_000 and "\0" not in name


def _check_sense(entry: LogEntry) -> None:
    for value, allowed, name in (
        (entry.action, _ACTIONS, "action"),
        (entry.kind, _KINDS, "kind"),
        (entry.status, _STATUSES, "status"),
    ):
        if value not in allowed:
            raise ValueError(f"{name} {value!r:.40} is none of {', '.join(sorted(allowed))}")
    if (entry.action == "delete") != (entry.status in _GONE):
        raise ValueError(f"an entry with action {entry.action} cannot have the status {entry.status}")
    if entry.seq < 1:
        raise ValueError("seq starts at 1")
    datetime.fromisoformat(entry.generated_at)
    if any(part in ("", ".", "..") for part in entry.curie.partition(":")[2].split("/")):
        raise ValueError(f"{entry.curie!r:.100} is no accession: a part of it between slashes is empty or made of dots")
    prefix, _, accession = entry.curie.partition(":")
    if prefix != entry.owner or not accession:
        raise ValueError(f"{entry.curie!r:.100} is no accession of its owner {entry.owner!r:.40}")
