"""What passes between a harvester and ingest: documents, findings, mapped records.

Both sides import this and nothing of each other (DESIGN section 6).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

    from catalogue.model.identifiers import Identifier

Record = dict[str, Any]


class Severity(StrEnum):
    """How a finding weighs.

    `repaired` changed form but not meaning; `warning` needs a curator; `info` is a note; `rejected` says which field
    keeps a refused document out, and is ingest's to give.
    """

    REJECTED = "rejected"
    REPAIRED = "repaired"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing noticed about a record.

    Args:
        code: stable slug, such as `term-id-form` or `label-mismatch`.
        path: where in the source document, such as `Dataset.license` or `about[2].@id`.
        value: the offending value as given, at most 500 characters.
        message: what is wrong and how to mend it.
    """

    code: str
    severity: Severity
    path: str
    value: str
    message: str


@dataclass(frozen=True, slots=True)
class SourceDocument:
    """Partner bytes, verbatim.

    Args:
        item: name of the document within its source, stable between harvests (a path, an accession).
        url: where it was read, for provenance.
        content: the bytes as received, decoded from transport compression only.
        datestamp: ISO 8601, when the source says the document changed; "" when it does not say.
    """

    item: str
    url: str
    content: bytes
    media_type: str = "application/ld+json"
    datestamp: str = ""


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The source says this item is as it was (same commit, 304); nothing to read."""

    item: str


@dataclass(frozen=True, slots=True)
class Removed:
    """The source states that this item was deleted (a file removed between two commits, a tombstone)."""

    item: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A document that could not be delivered whole: it is quarantined, the run goes on.

    Args:
        reason: one of catalogue.problems.REASONS.
    """

    item: str
    url: str
    reason: str
    detail: str
    content: bytes = b""


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row of an image table that could not be read; the others can.

    Args:
        number: of the row in its table, from 1.
        reason: one of catalogue.problems.REASONS.
    """

    number: int
    reason: str
    detail: str


@dataclass(frozen=True, slots=True)
class ImageTable:
    """The images of one study as rows, however many: all that the source says of them, in any order.

    It is read at once, before the next event is asked for, and its study must have been given before or be known. An
    image that an earlier table of the study had and this one lacks counts as absent (R14, R16).

    Args:
        item: name of the table within its source, stable between harvests.
        study: CURIE of the study.
        digest: SHA-256 (hex) that names everything the rows are made of, what `known` holds for the item.
        batches: opens the rows: Arrow record batches whose columns are those of catalogue.model.image_columns by name
            (text, numbers, or text that reads as numbers); other columns are counted and left out. May raise
            SourceUnavailable or SourceChanged, and RecordRejected for a table that cannot be used.
        defaults: column -> value for rows that leave it empty (site, endpoint, license).
        rows: number of rows the source says there are; another number refuses the table as incomplete.
    """

    item: str
    url: str
    study: str
    digest: str
    batches: Callable[[], Iterator[pa.RecordBatch | BadRow]]
    defaults: Mapping[str, str] = field(default_factory=dict)
    rows: int | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """End of a complete, error-free listing; items known but not yielded before it are absent from the source.

    Args:
        cursor: what to hand to the next fetch as `since`; None when the source has no cursor.
        complete: False when only changes were listed (absence then means nothing).
        total: documents the source says it has, where it says so.
        clock_skew_s: seconds the source's clock is ahead of ours, where that is worth telling (federation.md, R23).
    """

    cursor: str | None
    complete: bool
    total: int | None = None
    clock_skew_s: float = 0.0


Event = SourceDocument | ImageTable | Unchanged | Removed | Unreadable | Listed


@dataclass(slots=True)
class Mapped:
    """Result of mapping one document.

    Args:
        records: payload records (dicts of the model), children after their parents.
        findings: what was noticed; ingest adds its own.
        mapped: number of source properties that went into the records.
        ignored: (entity type, property) -> number of times it was left out for the listed reason.
        unmapped: properties nobody foresaw; each also has a finding.
    """

    records: list[Record]
    findings: list[Finding] = field(default_factory=list)
    mapped: int = 0
    ignored: Counter[str] = field(default_factory=Counter)
    unmapped: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class SourceSpec:
    """A source as the operator configured it.

    Args:
        study: what the document is about, by whoever asks, whatever the document says. For what is read once and never
            recorded; no configuration sets it.
    """

    name: str
    harvester: str
    location: str
    owners: tuple[str, ...] = ()
    options: Mapping[str, str] = field(default_factory=dict)
    study: Identifier | None = None
