"""Dumps and the static folder through the command line and the worker."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

from app import open_node
from tests.e2e.processes import well


def test_dumps_are_made_and_listed(home: Path) -> None:
    """`dumps make` makes one, says so, and the second time that nothing changed; `dumps list` has it."""
    assert "No dump yet" in well(home, "dumps", "list").out
    made = well(home, "dumps", "make", "--json").json
    counts = well(home, "status", "--json").json["counts"]
    assert made["made"] is True
    assert (made["counts"]["studies"], made["counts"]["images"]) == (counts["studies"], counts["images"])
    assert "Nothing changed" in well(home, "dumps", "make").out
    assert [row["name"] for row in well(home, "dumps", "list", "--json").json] == [made["name"]]
    assert (home / "dumps" / "latest").readlink() == Path(made["name"])
    assert "Made" in well(home, "dumps", "make", "--again").out


def test_the_worker_makes_the_dump_of_the_day(home: Path) -> None:
    """What a worker runs at the hour makes the dump in a process of its own; without an hour it makes none."""
    for hour, made in (('""', 0), ("0", 1)):
        (home / "ommatidia.toml").write_text(f"[exchange]\ndump_hour = {hour}\n")
        node = open_node(home)
        nightly = node.nightly_dump(threading.Event())
        node.ledger.clock = lambda: datetime.now(UTC) + timedelta(minutes=11)
        nightly.tick()
        node.ledger.close()
        assert len(node.dumps.names()) == made


def test_a_folder_is_exported(home: Path, tmp_path: Path) -> None:
    """`export --static` writes the folder with its address, signed, and changes nothing the second time."""
    site = tmp_path / "site"
    done = well(home, "export", "--static", str(site), "--url", "https://archive.example/om/", "--json").json
    assert done["files"] == done["written"] > 50
    said = json.loads((site / "federation" / "node.json").read_text())
    assert said["url"] == "https://archive.example/om"
    assert (site / "dumps" / "latest" / "manifest.json").exists()
    again = well(home, "export", "--static", str(site), "--url", "https://archive.example/om").out
    assert "0 written, 0 removed" in again
    assert "member join https://archive.example/om" in again
