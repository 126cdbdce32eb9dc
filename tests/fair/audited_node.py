"""A node with a signed ledger of a few studies, its audits, and their history; the clock is in the test's hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from catalogue.fair.history import History
from catalogue.fair.node_facts import NodeFacts
from catalogue.fair.service import Audits
from catalogue.fair.shelf import Kept
from catalogue.model.signing import NodeKey
from catalogue.store.ledger import Ledger
from catalogue.store.observations import Observation
from tests.fair.conftest import study
from tests.web.studies_for_pages import append, tombstone

KEY = NodeKey(bytes(range(32)))
TERMS = "https://archive.example/terms-of-one-study"
ORCID = "https://orcid.org/0000-0002-1825-0097"
AUTHORS = [{"type": "Person", "id": "biostudies:S-BIAD2/author/1", "name": "A. Author"}]


class AuditedNode:
    """A small node.

    Args:
        url: of its ledger; "" is a file in the home.
    """

    def __init__(self, home: Path, url: str = "", kept: int = 3) -> None:
        self.home = home
        self.now = datetime(2026, 3, 1, 12, tzinfo=UTC)
        self.facts = NodeFacts()
        place = url or f"sqlite:///{home}/ledger.db"
        self.ledger = Ledger(place, lambda: self.now, key=KEY, chunks=home / "chunks")
        self.kept = kept
        self.reopen()

    def reopen(self, software: str = "1.2.3") -> None:
        """As another process, or another version of the software."""
        own = self.home / "benchmarks"
        self.audits = Audits(self.ledger, self.home / "fair", own, lambda: self.facts, software, "Test node")
        self.history = History(self.audits, self.ledger, self.kept)

    def fill(self) -> AuditedNode:
        """Three studies, the second with an author."""
        for number in (1, 2, 3):
            self.put(study(number, **({"authors": AUTHORS} if number == 2 else {})))
        return self

    def put(self, record: dict[str, Any]) -> None:
        """A study, as its archive describes it now."""
        self.ledger.add_source("test-source", harvester="gide", location="https://partner.example.org/")
        append(self.ledger, record)

    def withdraw(self, number: int) -> str:
        """CURIE of a study, now withdrawn."""
        curie = f"biostudies:S-BIAD{number}"
        append(self.ledger, tombstone(curie, "Study", f"Study {number}"))
        return curie

    def see(self, number: int, outcome: str) -> None:
        """The identifier of a study was looked at."""
        seen = Observation(
            "identifier-resolves",
            f"biostudies:S-BIAD{number}",
            outcome,
            f"It was a {outcome}.",
            "https://x.example/",
            200,
        )
        self.ledger.observations.add([seen])

    def later(self, hours: float) -> AuditedNode:
        """Some hours later."""
        self.now += timedelta(hours=hours)
        return self

    def keep(self, position: int | None = None) -> Kept:
        """The audit of now or of a position, kept."""
        return self.history.keep(position)[0]
