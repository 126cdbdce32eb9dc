"""remap: what it needs, writes, says and ends with."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from app import open_node
from catalogue.ingest.holder import new_holder
from tests.cli.conftest import COUNT
from tests.e2e.archive import broken
from tests.e2e.processes import add_source, ommatidia, well


def test_remap_needs_the_ledger_only(crates: Path, tmp_path: Path) -> None:
    """With the partner's files gone, every kept document is mapped again, bad ones too, and nothing is appended."""
    home = tmp_path / "home"
    add_source(home, "bia", crates)
    assert ommatidia(home, "harvest").code == 4
    shutil.rmtree(crates)
    before = position(home)
    ran = ommatidia(home, "remap", "bia", "--json")
    (report,) = ran.json
    expected = {"kind": "remap", "read": COUNT, "unchanged": COUNT - broken(COUNT), "changed": 0, "new": 0}
    assert {key: report[key] for key in expected} == expected
    assert (report["quarantined"], report["unkept"], ran.code, ran.err) == (broken(COUNT), 0, 4, "")
    assert position(home) == before
    table = ommatidia(home, "remap", "--dry-run")
    assert table.code == 4 and "bia" in table.out and "source properties" in table.out


def test_image_bundles_are_mapped_again_without_their_stores(home: Path) -> None:
    """An OME-Zarr image is kept as one bundle of its documents, from which it comes out as it was."""
    node = open_node(home)

    class NoWayOut:
        def get(self, *_: Any, **__: Any) -> Any:
            raise AssertionError("something was fetched")

    node.__dict__["fetcher"] = NoWayOut()
    with node.ledger as ledger:
        before = ledger.last_position()
        report = node.ingest.remap("idr-2")
        assert report.read == report.unchanged == ledger.counts()["images"] > 0
        assert (ledger.last_position(), report.unkept) == (before, 0)


def test_source_under_work_is_refused_and_unknown_ones_named(home: Path) -> None:
    """A source that another run holds ends with 6, one that nobody added with 1, a node without sources with 1."""
    with open_node(home).ledger as ledger, ledger.lease("harvest:bia", new_holder()):
        assert ommatidia(home, "remap", "bia").code == 6
    refused = ommatidia(home, "remap", "nobody")
    assert refused.code == 1 and "nobody" in refused.err
    well(home.parent / "empty", "init")
    assert "source add" in ommatidia(home.parent / "empty", "remap").err


def position(home: Path) -> int:
    """Position of the newest ledger entry."""
    with open_node(home).ledger as ledger:
        return ledger.last_position()
