"""Harvests the three GIDE members through the commits of their history, one snapshot a day, and tells each step.

Run as `python -m tests.bench.replay_history [--members bia,ssbd,idr] [--folder DIR]`; needs ../shared/partners. What is
held is let pass as `held accept` does. Each snapshot is read twice more, once whole, which must append nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import astuple, dataclass, fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from catalogue.ingest.service import Ingest
from catalogue.settings import HarvestSettings
from catalogue.store.ledger import Ledger
from catalogue.store.ontologies import Ontology
from harvesters.gide import GideHarvester
from harvesters.http import Fetcher

PARTNERS = Path(__file__).resolve().parents[3] / "shared" / "partners"
# Member -> owners, folder of its crates in its repository, and where the sample of its last state lies.
MEMBERS = {
    "bia": (("biostudies", "empiar"), "study_ro_crates", "gide-bia/crates"),
    "ssbd": (("ssbd",), "project-ro-crate", "gide-ssbd/crates"),
    "idr": (("idr",), "ro-crates", "gide-idr/crates"),
}
# A run that quarantined something is `partial`.
ENDS = ("completed", "partial")


@dataclass(frozen=True, slots=True)
class Step:
    """One snapshot of one member, after it was harvested and what was held was let pass.

    Args:
        source_live: records of the snapshot as changes.json says.
        ours_live: public records of ours.
        withdrawn: tombstones this step added.
        renamed: records that kept their accession and got another root @id.
        held: records that the guard held, of the state before they were let pass.
        served_while_held: public records while they were held.
        quarantined: documents in quarantine.
        appended: ledger entries this step added.
        again: entries that reading the same snapshot twice more, once whole, added.
    """

    member: str
    snapshot: str
    day: str
    source_live: int
    ours_live: int
    withdrawn: int
    renamed: int
    held: int
    served_while_held: int
    quarantined: int
    appended: int
    again: int


class Days:
    """A clock that moves a day a snapshot."""

    def __init__(self, start: datetime) -> None:
        self.now = start

    def __call__(self) -> datetime:
        return self.now


class Repository:
    """The member's repository as it grew, commit by commit."""

    def __init__(self, folder: Path, member: str) -> None:
        self.path = folder
        self.member = member
        folder.mkdir(parents=True)
        self._git("init", "--quiet", "--initial-branch=main")

    def snapshots(self) -> Iterator[dict[str, Any]]:
        """Commits each snapshot whose files are here and yields what changes.json says of it."""
        history = PARTNERS / "gide-history" / self.member
        told = json.loads((history / "changes.json").read_text("utf-8"))
        gone: list[str] = []
        for change in told:
            gone += change["deleted"]
            packed = next(history.glob(f"{change['snapshot']:02}-*-changed.tar.xz"), None)
            if packed is None and change is not told[-1]:
                # Left out of the samples for its size; the next state that is here holds it too.
                continue
            for name in gone:
                (self.path / name).unlink()
            gone = []
            if packed is not None:
                with tarfile.open(packed) as archive:
                    archive.extractall(self.path, filter="data")
            else:
                self._last_state()
            self._git("add", "--all")
            self._git("commit", "--quiet", "--allow-empty", "--message", change["message"])
            yield change

    def files(self) -> set[str]:
        """Names of the crates that are there now."""
        return {path.name for path in self.path.rglob("*-ro-crate-metadata.json")}

    def _last_state(self) -> None:
        _, folder, sample = MEMBERS[self.member]
        for path in (PARTNERS / sample).rglob("*.json"):
            target = self.path / folder / path.relative_to(PARTNERS / sample)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())

    def _git(self, *arguments: str) -> None:
        who = {f"GIT_{role}_{part}": "a@example.org" for role in ("AUTHOR", "COMMITTER") for part in ("NAME", "EMAIL")}
        environment = {"PATH": os.defpath, "HOME": "/nonexistent", "GIT_CONFIG_NOSYSTEM": "1", **who}
        subprocess.run(["git", *arguments], cwd=self.path, env=environment, check=True, capture_output=True)


class Replay:
    """A ledger and the members whose history is harvested into it.

    Args:
        folder: empty; ledger and repositories come to lie there.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = Days(datetime(2026, 2, 20, 6, tzinfo=UTC))
        self.ledger = Ledger(f"sqlite:///{folder}/ledger.db", self.clock)
        fetcher = Fetcher(contact="mailto:test@example.org", clock=self.clock, cache_dir=folder / "cache")
        ontology = Ontology.load(folder)
        self.ingest = Ingest(
            self.ledger,
            {"gide": GideHarvester(fetcher)},
            ontology,
            ontology.digest,
            "0",
            HarvestSettings(),
            self.clock,
        )

    def steps(self, member: str, repository: Repository) -> Iterator[Step]:
        """Harvests each snapshot a day after the one before."""
        owners, folder, _ = MEMBERS[member]
        location = f"git+file://{repository.path}#{folder}"
        self.ledger.add_source(member, harvester="gide", location=location, owners=owners)
        for change in repository.snapshots():
            self.clock.now += timedelta(days=1)
            yield self._step(member, change)

    def again(self, member: str) -> int:
        """Entries that reading the last state twice more, once whole, appends."""
        before = self.ledger.last_position()
        for full in (False, True):
            report = self.ingest.harvest(member, full=full)
            assert report.state in ENDS, report.detail
        return self.ledger.last_position() - before

    def live(self, member: str) -> set[str]:
        """CURIEs of a member's public records."""
        items = self.ledger.items(member).values()
        heads = self.ledger.find_heads(curie for state in items for curie in state.curies)
        return {curie for curie, head in heads.items() if head.status == "public"}

    def _step(self, member: str, change: dict[str, Any]) -> Step:
        before = self.ledger.last_position()
        report = self.ingest.harvest(member)
        assert report.state in (*ENDS, "held"), report.detail
        held, served = report.held, len(self.live(member))
        if report.state == "held":
            accepted = self.ingest.accept_held(report.batch)
            assert accepted.state in ENDS, accepted.detail
        entries = list(self._entries(before))
        return Step(
            member,
            str(change["snapshot"]),
            change["date"][:10],
            change["records"],
            len(self.live(member)),
            sum(entry.status == "withdrawn" for entry in entries),
            sum(self._got_another_page(entry) for entry in entries),
            held,
            served,
            len(self.ledger.quarantined(member)),
            len(entries),
            self.again(member),
        )

    def _entries(self, after: int) -> Iterator[Any]:
        while entries := self.ledger.entries(after):
            yield from entries
            after = entries[-1].position

    def _got_another_page(self, entry: Any) -> bool:
        earlier = [e for e in self.ledger.history(entry.curie) if e.position < entry.position and e.status == "public"]
        pages = [e.record.get("landing_page") for e in (*earlier[-1:], entry) if e.status == "public"]
        return len(set(pages)) > 1


def main() -> int:
    """Exit code: 0 when every step equals its source and a second replay appends nothing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--members", default=",".join(MEMBERS))
    parser.add_argument("--folder", type=Path, default=None, help="keep ledger and repositories here")
    options = parser.parse_args()
    print("\t".join(part.name for part in fields(Step)))
    wrong = 0
    with tempfile.TemporaryDirectory() as name:
        folder = options.folder or Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        replay = Replay(folder)
        for member in options.members.split(","):
            for step in replay.steps(member, Repository(folder / member, member)):
                print("\t".join(str(value) for value in astuple(step)), flush=True)
                wrong += step.ours_live != step.source_live or step.again > 0
        counts = replay.ledger.counts()
        print(f"{counts['studies']} studies, {counts['withdrawn']} tombstones, {counts['entries']} entries")
        for row in replay.ledger.quarantined():
            print(f"quarantined: {row.source} {row.item}: {row.reason}: {row.detail}")
        for batch in replay.ledger.held_batches():
            print(f"batch {batch.id} of {batch.source}, {batch.state}: {dict(batch.changes)} of {batch.live}")
        print("faults: " + (", ".join(map(str, replay.ledger.fsck())) or "none"))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
