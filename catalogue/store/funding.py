"""The funding of all public studies as the ledger has them now, kept in memory and brought up to date on demand.

Reading and the shape of the graph are catalogue.model.funding's; the graph view writes what `quads` gives.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Final

from catalogue import resources
from catalogue.model.funding.index import FundingIndex, Grants, Reading
from catalogue.model.funding.rdf import FUNDING, funding_quads

if TYPE_CHECKING:
    from catalogue.store.ledger import Ledger

# Rises when what is read out of records, or its form in the graph, changes otherwise than by the two registries.
FORM: Final = 1
# A harvest publishes every two seconds: the graph of funding follows when this many times its making has gone by.
_REST: Final = 20.0
_LONGEST_REST_S: Final = 60.0
_BATCH: Final = 500


class Funding:
    """The index, and as links for the graph.

    Args:
        ledger: read anew whenever its last position has changed; records that did not change are not read again.
        seconds: a clock that only goes forward.
    """

    graph = FUNDING

    def __init__(self, ledger: Ledger, seconds: Callable[[], float] = time.monotonic) -> None:
        self._ledger = ledger
        self._seconds = seconds
        self._lock = threading.Lock()
        self._readings: dict[str, tuple[int, Reading]] = {}
        self._index: tuple[int, FundingIndex] | None = None
        self._told: str = ""
        self._rest_until = float("-inf")

    def index(self) -> FundingIndex:
        """The index at the ledger's last position."""
        with self._lock:
            position = self._ledger.last_position()
            if self._index is None or self._index[0] != position:
                self._take_in()
                self._index = position, Grants.of({curie: reading for curie, (_, reading) in self._readings.items()})
            return self._index[1]

    def state(self) -> str:
        """Ledger position and digest of the registries; the last one told while the making of the quads must rest."""
        if not self._told or self._seconds() >= self._rest_until:
            self._told = f"{self._ledger.last_position()} {_registries()}"
        return self._told

    def quads(self) -> bytes:
        """N-Quads in the graph FUNDING."""
        began = self._seconds()
        made = funding_quads(self.index())
        cost = self._seconds() - began
        self._rest_until = self._seconds() + min(cost * _REST, _LONGEST_REST_S)
        return made

    def _take_in(self) -> None:
        """Reads the studies that are new or changed, forgets those that are no longer public."""
        positions = self._ledger.public_studies()
        self._readings = {c: held for c, held in self._readings.items() if positions.get(c) == held[0]}
        missing = [curie for curie in positions if curie not in self._readings]
        for start in range(0, len(missing), _BATCH):
            for curie, entry in self._ledger.find_heads(missing[start : start + _BATCH]).items():
                if entry.status == "public":
                    self._readings[curie] = entry.position, Grants.read(entry.record)


@cache
def _registries() -> str:
    digest = hashlib.sha256(str(FORM).encode())
    for name in ("funders.tsv", "award_series.toml"):
        digest.update((resources.schema_dir() / name).read_bytes())
    return digest.hexdigest()[:16]
