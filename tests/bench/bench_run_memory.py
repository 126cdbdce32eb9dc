"""Memory and seconds of a run in which a source of very many documents has nothing new.

Run as `python -m tests.bench.bench_run_memory [--items N]`. The books are filled directly: what counts is what a run
keeps of each document, not how long the first copy took.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import resource
import tempfile
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from catalogue.ingest.service import Ingest
from catalogue.model.documents import Event, Listed, Mapped, SourceDocument, SourceSpec, Unchanged
from catalogue.settings import HarvestSettings
from catalogue.store.books import ItemState
from catalogue.store.ledger import Ledger
from tests.ingest.conftest import Terms, study

VERSION = "many/1 schema/0 terms/ffffffffffff"
NOW = datetime(2026, 1, 1, tzinfo=UTC)


class Many:
    """A source that calls all its documents unchanged."""

    name, version = "many", "1"

    def __init__(self, count: int) -> None:
        self.count = count

    def fetch(self, source: SourceSpec, since: str | None, known: Mapping[str, str]) -> Iterator[Event]:
        """Every document, by name."""
        for number in range(self.count):
            yield Unchanged(name_of(number))
        yield Listed(cursor="1", complete=True, total=self.count)

    def map(self, document: SourceDocument, source: SourceSpec) -> Mapped:
        """Never asked for."""
        return Mapped([study(1)])


def name_of(number: int) -> str:
    """The name of a document, as long as usual ones are."""
    return f"study_ro_crates/S-BIAD{number}-ro-crate-metadata.json"


def fill(ledger: Ledger, count: int) -> None:
    """Writes the state of each document, as a run before would have left it."""
    for start in range(0, count, 10_000):
        with ledger.transaction() as writer:
            for number in range(start, min(count, start + 10_000)):
                digest = hashlib.sha256(str(number).encode()).hexdigest()
                state = ItemState(digest, VERSION, (f"biostudies:S-BIAD{number}",), read_at=NOW)
                writer.set_item("many", name_of(number), state)
            writer.set_cursor("many", json.dumps({"mapping": VERSION, "cursor": "0"}))


def peak_mb() -> float:
    """The most memory this process ever had resident."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Prints one line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=200_000)
    count = parser.parse_args().items
    with tempfile.TemporaryDirectory() as name:
        ledger = Ledger(f"sqlite:///{Path(name)}/ledger.db", lambda: NOW)
        ledger.add_source("many", harvester="many", location="x")
        ingest = Ingest(ledger, {"many": Many(count)}, Terms(), "f" * 64, "0", HarvestSettings(), lambda: NOW)
        fill(ledger, count)
        before, started = peak_mb(), time.monotonic()
        report = ingest.harvest("many")
        seconds, grown = time.monotonic() - started, peak_mb() - before
        assert (report.state, report.unchanged) == ("completed", count), report.detail
        print(
            f"{count:,} documents unchanged in {seconds:.1f} s; {before:.0f} MB before, {grown:.0f} MB more in it, "
            f"{grown / count * 1e6:.0f} MB for a million"
        )


if __name__ == "__main__":
    main()
