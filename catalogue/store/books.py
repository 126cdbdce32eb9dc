"""What the ledger keeps about harvesting: sources, items, quarantine, findings, runs, leases.

Values only; catalogue.store.bookkeeping reads and writes them. Rules: federation.md section 6.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from catalogue.model.documents import SourceSpec

# `partial`: read to its end, but documents of the source are in quarantine.
RUN_STATES = frozenset({"running", "completed", "partial", "failed", "held", "interrupted"})
HELD_STATES = frozenset({"open", "accepted", "dropped", "superseded"})
HELD_CHANGES = ("withdrawn", "renamed", "re-owned")


@dataclass(frozen=True, slots=True)
class Source:
    """A partner archive as the operator added it."""

    name: str
    harvester: str
    location: str
    owners: tuple[str, ...]
    options: Mapping[str, str]
    added_at: datetime

    @property
    def spec(self) -> SourceSpec:
        """The part that a harvester sees."""
        return SourceSpec(self.name, self.harvester, self.location, self.owners, self.options)


@dataclass(frozen=True, slots=True)
class ItemState:
    """What became of one document of a source.

    Args:
        digest: SHA-256 (hex) of the bytes last read.
        mapping_version: harvester and version that mapped them, such as `gide/1`.
        curies: records made of it.
        missing_since: when a complete listing first lacked it; None while it is listed.
        outcome: word of the caller's, such as `accepted`, `quarantined`, `withdrawn`.
        read_at: when these bytes were first read; None for what was read before this was noted.
    """

    digest: str
    mapping_version: str
    curies: tuple[str, ...] = ()
    missing_since: datetime | None = None
    outcome: str = "accepted"
    read_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A document that could not become a record (federation.md, R19).

    Args:
        reason: one of catalogue.problems.REASONS.
        original_digest: its bytes, kept as received; None when nothing was received.
        tries: how often it was refused.
        resolved_at: when it was accepted after all; None while it waits.
        owner: prefix of the record, or the only owner its source has; None when neither tells.
    """

    source: str
    item: str
    identifier: str | None
    reason: str
    detail: str
    url: str | None
    original_digest: str | None
    harvester: str
    first_seen: datetime
    last_seen: datetime
    tries: int
    resolved_at: datetime | None
    owner: str | None = None


@dataclass(frozen=True, slots=True)
class StoredFinding:
    """One thing noticed about a record, as catalogue.model.documents.Finding, with where it belongs.

    Args:
        first_seen: when it was first noticed; None for findings older than the books of it.
        last_seen: when the document was last read with it.
        tries: how often the document was read with it.
    """

    source: str
    item: str
    curie: str | None
    code: str
    severity: str
    path: str
    value: str
    message: str
    run_id: int | None
    owner: str | None = None
    first_seen: datetime | None = None
    last_seen: datetime | None = None
    tries: int = 1


@dataclass(frozen=True, slots=True)
class Run:
    """One harvest of one source; `state` is one of RUN_STATES, `report` whatever its end reported."""

    id: int
    source: str
    state: str
    started: datetime
    heartbeat: datetime
    ended: datetime | None
    report: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HeldChange:
    """What a run would have done to one live record.

    Args:
        change: one of HELD_CHANGES; `re-owned` is a renaming after which another owner's prefix stands.
        reason: slug of the tombstone that the record would get.
        item: the document that gave it.
        replacement: the record that would take its place; None where nothing is known to.
    """

    curie: str
    change: str
    reason: str
    item: str
    replacement: str | None = None


@dataclass(frozen=True, slots=True)
class HeldBatch:
    """Changes of one run that wait for a person, there being too many of them at once (federation.md, R16).

    Args:
        kind: of the run: `harvest`, `remap` or `retry`.
        state: one of HELD_STATES.
        live: live records of the source when the run began.
        changes: how many records the batch would change, by kind of change.
    """

    id: int
    source: str
    run_id: int
    kind: str
    state: str
    live: int
    made_at: datetime
    decided_at: datetime | None
    changes: Mapping[str, int]

    @property
    def total(self) -> int:
        """How many records the batch would change."""
        return sum(self.changes.values())


@dataclass(frozen=True, slots=True)
class Lease:
    """The right of `holder` to do what `name` says until `expires`."""

    name: str
    holder: str
    expires: datetime
