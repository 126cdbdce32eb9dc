"""resync, ResourceSync's own client, keeps a copy of the node: same documents after a baseline and after changes."""

from __future__ import annotations

import hashlib
from pathlib import Path

from catalogue.store.entries import GONE
from tests.clients.running import run_python
from tests.clients.seeded import heads, seed
from tests.exchange.harvested import Node, study

HERE = Path(__file__).parent


def served(node: Node) -> dict[str, str]:
    """Path -> SHA-256 of the N-Triples document of every record that is not gone, as the node serves it."""
    client = node.app().test_client()
    found = {}
    for entry in heads(node):
        if entry.status not in GONE:
            path = f"{'images' if entry.kind == 'image' else 'studies'}/{entry.curie}.nt"
            found[path] = hashlib.sha256(client.get(f"/{path}").data).hexdigest()
    return found


def test_resync_copies_and_follows(tmp_path: Path) -> None:
    """S3: a baseline gives every document, an incremental run what was made, changed and withdrawn since."""
    node = seed(tmp_path, studies=30)
    copy = tmp_path / "client"
    (copy / "copy").mkdir(parents=True)
    with node.served() as base:
        first = run_python("resync", HERE / "resync_reads.py", base, str(copy), "baseline")
        assert first["files"] == served(node), first["heard"]
        assert first["packages"] == [f"{base}/resourcesync/dump/0.zip"]
        node.clock.go(90_000)
        node.put(study(900), study(11, "Changed once"))
        node.clock.go(5)
        node.put(study(11, "Changed twice"))
        node.withdraw("biostudies:S-BIAD12")
        node.clock.go(5)
        second = run_python("resync", HERE / "resync_reads.py", base, str(copy), "incremental")
        assert second["files"] == served(node) != first["files"], second["heard"]
