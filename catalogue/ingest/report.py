"""What one harvest of one source did, in numbers that add up."""

from __future__ import annotations

from collections import Counter
from copy import copy
from dataclasses import dataclass, field, fields
from typing import Any


@dataclass(slots=True)
class RunReport:
    """Counts of one run; `read == accepted + quarantined` and `accepted == new + changed + unchanged`.

    Args:
        read: documents the source gave, those that it said were unchanged included.
        repaired: accepted documents with at least one repair (form changed, meaning kept).
        withdrawn: live records that went; those that were renamed are counted apart.
        renamed: live records that another record of the same document replaced.
        held: withdrawals and renamings not applied because the guard stopped them (federation.md, R16).
        batch: number of the held batch in which they stand; 0 when none was made.
        absent: items missing from this listing but not long enough to be withdrawn (R14).
        reasons: quarantine reason -> documents.
        properties: how many source properties were mapped, ignored for a listed reason, or not foreseen,
            over the documents mapped in this run.
        kind: `harvest`; `retry` or `remap` for kept documents that were mapped again; `accept` for a held batch.
        mapping: names adapter, schema and ontologies that mapped.
        total: documents to be read, where that is known before.
        after: of a remap, the last document up to which all are decided.
        unkept: of a remap, documents that only the source can give again, their bytes not being kept whole.
        lag_s: seconds from the newest datestamp of a document read to the moment it was read; None without one.
        drift: sentence on a key that documents have or lack and had not or had before -> documents (R22).
        rule: the rule that ended the run early, such as `run-deadline`, `loop` or `forbidden`.
        retry_after_s: seconds for which the source should be left alone, as it or a rule asks.
        clock_skew_s: seconds the source's clock is ahead of ours when that is more than five minutes; only told (R23).
        requests: sent to the source; `bytes_raw` came back, `bytes_decoded` with transport compression undone.
        renewed: of a remap, live records written anew from their own original, a later one being in quarantine.
        images: what became of the rows of image tables: rows `read`, `quarantined`, `listed` (in the lists afterwards),
            `new`, `absent`, `withdrawn`; `chunks` of those lists, of them `new_chunks` with `new_bytes`.
    """

    source: str
    read: int = 0
    accepted: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    withdrawn: int = 0
    renamed: int = 0
    repaired: int = 0
    quarantined: int = 0
    findings: int = 0
    seconds: float = 0.0
    state: str = "completed"
    detail: str = ""
    kind: str = "harvest"
    mapping: str = ""
    total: int = 0
    after: str = ""
    unkept: int = 0
    renewed: int = 0
    held: int = 0
    batch: int = 0
    absent: int = 0
    images: Counter[str] = field(default_factory=Counter)
    lag_s: float | None = None
    drift: dict[str, int] = field(default_factory=dict)
    rule: str = ""
    retry_after_s: int = 0
    clock_skew_s: float = 0.0
    requests: int = 0
    bytes_raw: int = 0
    bytes_decoded: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    finding_codes: Counter[str] = field(default_factory=Counter)
    properties: Counter[str] = field(default_factory=Counter)
    ignored: Counter[str] = field(default_factory=Counter)
    unmapped: Counter[str] = field(default_factory=Counter)

    @property
    def ending(self) -> str:
        """The state in which a run with these numbers ends: refused documents are no success (federation.md, R19)."""
        refused = self.quarantined or self.images["quarantined"]
        return "partial" if self.state == "completed" and refused else self.state

    def snapshot(self) -> RunReport:
        """The numbers as they are now."""
        return RunReport(**{part.name: copy(getattr(self, part.name)) for part in fields(self)})

    def restore(self, before: RunReport) -> None:
        """Takes back what was counted since a snapshot, because it did not come to pass."""
        for part in fields(self):
            setattr(self, part.name, copy(getattr(before, part.name)))

    def note_traffic(self, before: tuple[int, int, int], now: tuple[int, int, int]) -> None:
        """Takes requests and bytes from two counts of the fetcher."""
        self.requests, self.bytes_raw, self.bytes_decoded = (n - b for b, n in zip(before, now, strict=True))

    def add(self, other: RunReport) -> None:
        """Counts what another run did as well; its state and words are left out."""
        for part in fields(self):
            mine, theirs = getattr(self, part.name), getattr(other, part.name)
            if isinstance(mine, Counter):
                mine.update(theirs)
            elif isinstance(mine, int | float):
                setattr(self, part.name, mine + theirs)

    def as_dict(self) -> dict[str, Any]:
        """The report as JSON-ready values, the interface's fields first."""
        return {
            "source": self.source,
            "read": self.read,
            "accepted": self.accepted,
            "new": self.new,
            "changed": self.changed,
            "unchanged": self.unchanged,
            "withdrawn": self.withdrawn,
            "renamed": self.renamed,
            "repaired": self.repaired,
            "quarantined": self.quarantined,
            "findings": self.findings,
            "seconds": round(self.seconds, 3),
            "state": self.state,
            "detail": self.detail,
            "kind": self.kind,
            "mapping": self.mapping,
            "total": self.total,
            "after": self.after,
            "unkept": self.unkept,
            "renewed": self.renewed,
            "held": self.held,
            "batch": self.batch,
            "absent": self.absent,
            "images": dict(self.images),
            "lag_s": None if self.lag_s is None else round(self.lag_s, 3),
            "drift": self.drift,
            "rule": self.rule,
            "retry_after_s": self.retry_after_s,
            "clock_skew_s": round(self.clock_skew_s),
            "requests": self.requests,
            "bytes_raw": self.bytes_raw,
            "bytes_decoded": self.bytes_decoded,
            "reasons": dict(self.reasons.most_common()),
            "finding_codes": dict(self.finding_codes.most_common()),
            "properties": dict(self.properties),
            "ignored": dict(self.ignored.most_common()),
            "unmapped": dict(self.unmapped.most_common()),
        }
