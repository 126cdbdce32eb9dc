"""The same crates from a folder, an archive, an HTTP index and a Git repository become the same records."""

from __future__ import annotations

import functools
import io
import json
import os
import subprocess
import tarfile
import threading
from collections.abc import Callable, Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from catalogue.ingest.service import Ingest
from catalogue.settings import HarvestSettings
from catalogue.store.ledger import Ledger
from harvesters.gide import GideHarvester
from harvesters.http import Fetcher
from tests.ingest.conftest import Clock, Terms

PLACES = ("folder", "archive", "index", "repository")
ENDING = "-ro-crate-metadata.json"


def crate(accession: str, **changes: Any) -> bytes:
    """A small crate of ours in the form of the BioImage Archive."""
    page = f"https://www.ebi.ac.uk/biostudies/bioimages/studies/{accession}"
    root = {
        "@id": page,
        "@type": ["Dataset"],
        "identifier": accession,
        "name": f"Invented cells of {accession}",
        "description": "Cells that nobody saw.",
        "datePublished": "2024-02-29",
        "license": "https://creativecommons.org/publicdomain/zero/1.0/",
        "publisher": {"@id": "https://archive.example/"},
        "author": [{"@id": "#ada"}],
        "about": [{"@id": "obo:NCBITaxon_9606"}],
        "measurementMethod": [{"@id": "obo:FBbi_00000246"}],
        **changes,
    }
    descriptor = {
        "@id": f"{accession}{ENDING}",
        "@type": "CreativeWork",
        "conformsTo": {"@id": "https://w3id.org/ro/crate/1.2"},
        "about": {"@id": page},
    }
    others = [
        {"@id": "https://archive.example/", "@type": "Organization", "name": "An archive"},
        {"@id": "#ada", "@type": "Person", "name": "Ada Ant"},
        {"@id": "obo:NCBITaxon_9606", "@type": "Taxon", "scientificName": "Homo sapiens"},
        {"@id": "obo:FBbi_00000246", "@type": "DefinedTerm", "name": "fluorescence microscopy"},
    ]
    context = ["https://w3id.org/ro/crate/1.2/context", {"obo": "http://purl.obolibrary.org/obo/"}]
    return json.dumps({"@context": context, "@graph": [descriptor, root, *others]}).encode()


def item(accession: str, folder: str = "crates") -> str:
    """File name of a crate."""
    return f"{folder}/{accession}{ENDING}"


class Quiet(SimpleHTTPRequestHandler):
    """A server of files that writes no log."""

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""


class Member:
    """An archive that offers the same files in four ways."""

    def __init__(self, home: Path) -> None:
        self.files: dict[str, bytes] = {}
        self.moment = 1_700_000_000
        self.folder, self.archive, self.repository = home / "folder", home / "crates.tar.gz", home / "repository"
        self.folder.mkdir()
        self.repository.mkdir()
        self._git("init", "--quiet", "--initial-branch=main")
        handler = functools.partial(Quiet, directory=str(self.folder))
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        port = self.server.server_address[1]
        self.locations = {
            "folder": str(self.folder),
            "archive": str(self.archive),
            "index": f"http://127.0.0.1:{port}/",
            "repository": f"git+file://{self.repository}",
        }

    def _git(self, *arguments: str) -> str:
        who = {f"GIT_{role}_{part}": "a@example.org" for role in ("AUTHOR", "COMMITTER") for part in ("NAME", "EMAIL")}
        environment = {"PATH": os.defpath, "HOME": "/nonexistent", "GIT_CONFIG_NOSYSTEM": "1", **who}
        done = subprocess.run(
            ["git", *arguments], cwd=self.repository, env=environment, check=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    def publish(self, files: dict[str, bytes]) -> str:
        """Offers exactly these files everywhere; gives the commit."""
        for root in (self.folder, self.repository):
            for name in self.files.keys() - files.keys():
                (root / name).unlink()
            for name, content in files.items():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                if self.files.get(name) != content:
                    (root / name).write_bytes(content)
                    # Last-Modified has whole seconds; the test does not wait for the next one.
                    os.utime(root / name, (self.moment, self.moment))
        with tarfile.open(self.archive, "w:gz") as archive:
            for name, content in files.items():
                member = tarfile.TarInfo(name)
                member.size = len(content)
                archive.addfile(member, io.BytesIO(content))
        self.files = dict(files)
        self.moment += 60
        self._git("add", "--all")
        self._git("commit", "--quiet", "--allow-empty", "--message", "published")
        return self._git("rev-parse", "HEAD")


@pytest.fixture
def member(tmp_path: Path) -> Iterator[Member]:
    made = Member(tmp_path)
    yield made
    made.server.shutdown()
    made.server.server_close()


Node = tuple[Ingest, Clock]


@pytest.fixture
def node(tmp_path: Path, member: Member) -> Iterator[Callable[[str], Node]]:
    """Makes a node that harvests the member at one of its four places, as the source `bia`."""
    ledgers = []

    def make(place: str) -> Node:
        clock = Clock()
        ledger = Ledger(f"sqlite:///{tmp_path}/{place}.db", clock)
        ledgers.append(ledger)
        ledger.add_source("bia", harvester="gide", location=member.locations[place], owners=("biostudies",))
        fetcher = Fetcher(
            contact="mailto:test@example.org",
            allow_private=frozenset({f"127.0.0.1:{member.server.server_address[1]}"}),
            pause_s=(0.0, 0.0),
            clock=clock,
            cache_dir=tmp_path / "cache",
        )
        harvesters = {"gide": GideHarvester(fetcher)}
        return Ingest(ledger, harvesters, Terms(), "f" * 64, "0", HarvestSettings(), clock), clock

    yield make
    for ledger in ledgers:
        ledger.close()


def live(ingest: Ingest) -> dict[str, bytes]:
    """Public records with their payloads."""
    return {entry.curie: entry.payload for entry in ingest.ledger.heads(status="public")}


THREE = {item(name): crate(name) for name in ("S-BIAD901", "S-BIAD902", "S-BIAD903")}


def test_four_places_give_the_same_records(member: Member, node: Callable[[str], Node]) -> None:
    """Three crates give three studies with the same bytes whichever way they are read; the second run reads nothing."""
    member.publish(THREE)
    found = {}
    for place in PLACES:
        ingest, _ = node(place)
        report = ingest.harvest("bia")
        assert (place, report.read, report.new, report.quarantined) == (place, 3, 3, 0)
        found[place] = live(ingest)
        again = ingest.harvest("bia")
        assert (again.read, again.unchanged, ingest.ledger.last_position()) == (3, 3, 3)
    assert set(found["folder"]) == {f"biostudies:S-BIAD90{n}" for n in (1, 2, 3)}
    assert all(found[place] == found["folder"] for place in PLACES)


@pytest.mark.parametrize("place", PLACES)
def test_changes_are_told_from_what_stayed(member: Member, node: Callable[[str], Node], place: str) -> None:
    """One crate changed, one broken, one new: each is what it is, and the broken one's last version stays."""
    member.publish(THREE)
    ingest, _ = node(place)
    ingest.harvest("bia")
    changed = crate("S-BIAD901", name="Another title for the first")
    broken = THREE[item("S-BIAD902")][:-20]
    member.publish({**THREE, item("S-BIAD901"): changed, item("S-BIAD902"): broken, item("S-BIAD4"): crate("S-BIAD4")})
    report = ingest.harvest("bia")
    assert (report.read, report.new, report.changed, report.unchanged) == (4, 1, 1, 1)
    assert report.reasons == {"not-parsable": 1}
    assert set(live(ingest)) == {f"biostudies:S-{n}" for n in ("BIAD901", "BIAD902", "BIAD903", "BIAD4")}


@pytest.mark.parametrize("place", PLACES)
def test_moved_crate_is_no_deletion(member: Member, node: Callable[[str], Node], place: str) -> None:
    """A crate under another name with the same accession stays live, unchanged, and is known by its new name only."""
    member.publish(THREE)
    ingest, clock = node(place)
    ingest.harvest("bia")
    files = dict(THREE)
    files[item("S-BIAD902", "moved/deeper")] = files.pop(item("S-BIAD902"))
    member.publish(files)
    report = ingest.harvest("bia")
    clock.pass_hours(30)
    later = ingest.harvest("bia")
    assert (report.read, report.unchanged, report.withdrawn, later.withdrawn) == (3, 3, 0, 0)
    assert ingest.ledger.last_position() == 3
    assert set(ingest.ledger.items("bia")) == set(files)


@pytest.mark.parametrize("place", PLACES)
def test_removed_crate_is_withdrawn_when_that_is_certain(
    member: Member, node: Callable[[str], Node], place: str
) -> None:
    """Git states a deletion, which counts at once; elsewhere two listings a day apart are needed (R14)."""
    member.publish(THREE)
    ingest, clock = node(place)
    ingest.harvest("bia")
    member.publish({name: content for name, content in THREE.items() if "BIAD903" not in name})
    first = ingest.harvest("bia")
    assert (first.read, first.withdrawn, first.absent) == ((2, 1, 0) if place == "repository" else (2, 0, 1))
    clock.pass_hours(25)
    ingest.harvest("bia")
    head = ingest.ledger.head("biostudies:S-BIAD903")
    assert head is not None and head.status == "withdrawn"
    assert set(live(ingest)) == {"biostudies:S-BIAD901", "biostudies:S-BIAD902"}
    member.publish(THREE)
    ingest.harvest("bia")
    assert len(live(ingest)) == 3


def test_commit_is_the_cursor(member: Member, node: Callable[[str], Node]) -> None:
    """What is kept of a Git source is the commit that was read to its end, and where each version came from."""
    commit = member.publish(THREE)
    ingest, _ = node("repository")
    ingest.harvest("bia")
    assert json.loads(ingest.ledger.cursor("bia") or "")["cursor"] == commit
    head = ingest.ledger.head("biostudies:S-BIAD901")
    assert head is not None and head.source_url is not None and f"@{commit}#" in head.source_url


def test_deletion_in_a_repository_that_was_held_is_not_forgotten(member: Member, node: Callable[[str], Node]) -> None:
    """A mass deletion stays held from run to run until somebody lets it pass; then it is done (R16)."""
    many = {item(f"S-BIAD{n}"): crate(f"S-BIAD{n}") for n in range(1, 9)}
    member.publish({**many, **THREE})
    ingest, _ = node("repository")
    ingest.harvest("bia")
    member.publish(THREE)
    held = [ingest.harvest("bia") for _ in range(2)]
    assert [(report.state, report.held, report.withdrawn) for report in held] == [("held", 8, 0)] * 2
    assert f"held show {held[0].batch}" in held[0].detail and len(live(ingest)) == 11
    assert ingest.accept_held(held[1].batch).withdrawn == 8
    assert len(live(ingest)) == 3
    assert (ingest.harvest("bia").state, len(live(ingest))) == ("completed", 3)
