"""What the checks of a ledger say: one fault, in one sentence."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in a ledger.

    Args:
        position: of the entry concerned; None when the fault is not in one entry.
        curie: of the record concerned, as stored; None when the fault is in no record.
        what: what is wrong, in one sentence.
    """

    position: int | None
    curie: str | None
    what: str
