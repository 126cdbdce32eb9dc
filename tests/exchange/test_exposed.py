"""The file of what is exposed: it follows the ledger, and what it says never depends on how it came to be."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest

from catalogue.exchange import exposed as module
from catalogue.exchange.exposed import Exposed, iter_rows
from catalogue.exchange.secret import load_secret
from catalogue.problems import ExchangeBusy, SettingsInvalid
from tests.exchange.harvested import Node, study


def everything(exposed: Exposed) -> list[object]:
    """All rows, and all sets."""
    horizon = exposed.horizon()
    return [*iter_rows(exposed, 0, horizon.position, page=3), *exposed.sets()]


@pytest.fixture
def node(tmp_path: Path) -> Node:
    """Changes in several transactions, with a set left and a deletion."""
    found = Node(tmp_path)
    found.put(*(study(number) for number in range(1, 8)))
    found.exposed.horizon()
    found.put(study(1) | {"methods": []}, study(2, "Changed"))
    found.exposed.horizon()
    found.withdraw("biostudies:S-BIAD3")
    found.clock.go(2)
    return found


@pytest.mark.parametrize("batch", [1, 2, 500])
def test_following_and_making_anew_give_the_same(node: Node, batch: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """P8: the file that followed the ledger step by step equals one made at once, in whatever batches."""
    followed = everything(node.exposed)
    monkeypatch.setattr(module, "_BATCH", batch)
    anew = Exposed(node.ledger, node.folder / "other", node.exposed._formats_of)
    assert everything(anew) == followed


def test_leaving_a_set_shows_in_the_set(node: Node) -> None:
    """A record that no longer has a method is no member of its set."""
    up_to = node.exposed.horizon().position
    members = [row.curie for row in node.exposed.rows(0, up_to, 99, within="modality:FBbi_00000246")]
    assert members == ["biostudies:S-BIAD4", "biostudies:S-BIAD7"]
    assert node.exposed.count(0, up_to, within="modality:FBbi_00000246") == 2


def test_a_ledger_restored_from_a_copy_makes_the_file_anew(node: Node, tmp_path: Path) -> None:
    """A log that is shorter than the file, or goes on otherwise, is followed from its beginning."""
    node.exposed.horizon()
    for length in (4, 40):
        (tmp_path / str(length)).mkdir()
        other = Node(tmp_path / str(length))
        other.put(*(study(number, "Others") for number in range(100, 100 + length)))
        other.clock.go(2)
        shutil.copytree(node.folder / "exchange", tmp_path / f"copy{length}")
        exposed = Exposed(other.ledger, tmp_path / f"copy{length}", node.exposed._formats_of)
        position = exposed.horizon().position
        assert position == length
        assert {row.curie for row in iter_rows(exposed, 0, position)} == {e.curie for e in other.ledger.heads()}


def test_a_log_that_changes_under_a_running_process_is_noticed(node: Node, tmp_path: Path) -> None:
    """New entries that do not continue the chain of those taken in make the file anew."""
    exposed = node.exposed
    exposed.horizon()
    (tmp_path / "b").mkdir()
    other = Node(tmp_path / "b")
    other.put(*(study(number, "Others") for number in range(1, 30)))
    other.clock.go(2)
    exposed.ledger, exposed.timeline = other.ledger, other.ledger.timeline
    position = exposed.horizon().position
    assert {row.curie for row in iter_rows(exposed, 0, position)} == {entry.curie for entry in other.ledger.heads()}


def test_two_processes_share_the_file(node: Node) -> None:
    """What one process took in, the other does not take in twice."""
    other = node.fresh()
    node.put(study(50))
    node.clock.go(2)
    assert everything(node.exposed) == everything(other)
    node.put(study(51))
    node.clock.go(2)
    assert everything(other) == everything(node.exposed)


def test_a_file_of_another_form_is_made_anew(node: Node) -> None:
    """A file written by another version of the software is not believed."""
    before = everything(node.exposed)
    with sqlite3.connect(node.folder / "exchange" / "exposed.db") as connection:
        connection.execute("update fact set value = '0' where name = 'form'")
        connection.execute("update record set curie = 'no:such' where position = 4")
    assert everything(node.fresh()) == before


def test_more_than_a_request_can_wait_for_goes_on_at_the_next(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that lags far behind answers 503 with Retry-After, keeps what it took in, and goes on."""
    expected = everything(node.exposed)
    monkeypatch.setattr(module, "_BATCH", 4)
    monkeypatch.setattr(module, "_FOLLOW_S", 0.0)
    exposed = Exposed(node.ledger, node.folder / "other", node.exposed._formats_of)
    refusals = 0
    while True:
        try:
            exposed.horizon()
            break
        except ExchangeBusy as busy:
            refusals += 1
            assert int(busy.headers["Retry-After"]) > 0
    assert refusals == 3 and everything(exposed) == expected


def test_image_lists_are_no_records(node: Node) -> None:
    """The manifest of an image list moves the position and is not listed."""
    before = [row.curie for row in iter_rows(node.exposed, 0, node.exposed.horizon().position)]
    manifest = {"type": "ImageList", "id": "biostudies:S-BIAD1/images", "owner": "biostudies", "rows": 0, "chunks": []}
    node.put(manifest)
    node.clock.go(2)
    horizon = node.exposed.horizon()
    assert horizon.position == node.ledger.last_position()
    assert [row.curie for row in iter_rows(node.exposed, 0, horizon.position)] == before


def test_the_secret_is_made_once_and_kept_from_others(tmp_path: Path) -> None:
    """The signing secret is the same at every call, 32 bytes, readable by the node's user only, and checked."""
    secret = load_secret(tmp_path / "exchange")
    file = tmp_path / "exchange" / "exchange.key"
    assert load_secret(tmp_path / "exchange") == secret and len(secret) == 32
    assert file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in file.parent.iterdir()] == ["exchange.key"]
    assert load_secret(tmp_path / "another") != secret
    file.write_bytes(b"short")
    with pytest.raises(SettingsInvalid, match="Delete it"):
        load_secret(tmp_path / "exchange")
