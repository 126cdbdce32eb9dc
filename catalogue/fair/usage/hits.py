"""What a web process notes of an answer: who asked and for what, in memory for some seconds only."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal

UsageKind = Literal["investigation", "request"]
INVESTIGATION: Final = "investigation"
REQUEST: Final = "request"

TOTAL_INVESTIGATIONS: Final = "total_dataset_investigations"
UNIQUE_INVESTIGATIONS: Final = "unique_dataset_investigations"
TOTAL_REQUESTS: Final = "total_dataset_requests"
UNIQUE_REQUESTS: Final = "unique_dataset_requests"
METRICS: Final = (TOTAL_INVESTIGATIONS, UNIQUE_INVESTIGATIONS, TOTAL_REQUESTS, UNIQUE_REQUESTS)
REGULAR: Final = "regular"
MACHINE: Final = "machine"
METHODS: Final = (REGULAR, MACHINE)


@dataclass(frozen=True, slots=True)
class Hit:
    """One successful answer about a record.

    Args:
        address, agent: of the client; never shown, not even in a traceback.
        names: CURIEs the record may have, the likeliest first; the first that is known here is meant.
        chunk: digest of a chunk of an image list, in the place of `names`.
        target: path and query that were asked for.
        folded: one of the many answers by which a client reads one thing; a session's are one access.
    """

    at: datetime
    address: str = field(repr=False)
    agent: str = field(repr=False)
    usage_kind: UsageKind
    target: str
    names: tuple[str, ...] = ()
    chunk: str = ""
    size_bytes: int = 0
    folded: bool = False
