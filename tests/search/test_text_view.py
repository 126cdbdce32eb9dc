"""The text index as a view: exact replay, publication, locks, damage."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from catalogue.problems import Locked
from catalogue.search.service import SearchService
from catalogue.store.ledger import Ledger
from catalogue.store.ontologies import Ontology
from catalogue.store.text import POSITION_FILE, TextView
from catalogue.store.views import View, catch_up, rebuild
from tests.store.graph.records import append, study, tombstone


def found(folder: Path, text: str = "") -> list[str]:
    """CURIEs that a new reader finds."""
    return sorted(hit.curie for hit in SearchService(folder / "search").search(text).hits)


def test_view_keeps_the_protocol(view: TextView) -> None:
    """The text view is a View."""
    assert isinstance(view, View)


def test_every_record_is_there_once(tmp_path: Path, ledger: Ledger, view: TextView) -> None:
    """Updates replace, withdrawals and suppressions remove, in one batch or in several."""
    append(ledger, study(1, title="alpha"), study(2), study(3))
    append(ledger, study(1, title="beta"))
    catch_up(ledger, view, batch=2)
    append(ledger, study(1, title="gamma"), tombstone(study(2)))
    append(ledger, study(3), status="suppressed")
    catch_up(ledger, view)
    assert found(tmp_path) == ["biostudies:S-BIAD1"]
    assert found(tmp_path, "gamma") == ["biostudies:S-BIAD1"]
    assert found(tmp_path, "alpha ") == found(tmp_path, "beta ") == []


def test_readers_see_nothing_before_publish(tmp_path: Path, ledger: Ledger, view: TextView) -> None:
    """Applied entries appear with the next publish, in open readers too."""
    view.publish()
    service = SearchService(tmp_path / "search")
    append(ledger, study(1))
    view.apply(ledger.entries())
    assert service.search("").total == 0
    view.publish()
    service._checked = float("-inf")
    assert service.search("").total == 1


def test_position_lost_after_a_commit_is_a_replay(tmp_path: Path, ledger: Ledger) -> None:
    """With the position of an older commit, or none, the same records are there once after catching up."""
    view = TextView(tmp_path / "search", Ontology.load())
    append(ledger, study(1), study(2))
    catch_up(ledger, view)
    older = (tmp_path / "search" / POSITION_FILE).read_bytes()
    append(ledger, study(2, title="again"), study(3))
    catch_up(ledger, view)
    view.close()
    for noted in (older, None):
        path = tmp_path / "search" / POSITION_FILE
        path.unlink() if noted is None else path.write_bytes(noted)
        view = TextView(tmp_path / "search", Ontology.load())
        assert catch_up(ledger, view) == (2 if noted else 4)
        view.close()
        assert found(tmp_path) == [f"biostudies:S-BIAD{n}" for n in (1, 2, 3)]


def test_unpublished_entries_are_applied_again(tmp_path: Path, ledger: Ledger) -> None:
    """A writer that ends before publishing leaves its position where readers are."""
    view = TextView(tmp_path / "search", Ontology.load())
    append(ledger, study(1))
    view.apply(ledger.entries())
    view.close()
    again = TextView(tmp_path / "search", Ontology.load())
    assert again.position() == 0
    catch_up(ledger, again)
    again.close()
    assert found(tmp_path) == ["biostudies:S-BIAD1"]


def test_rebuild_keeps_readers_until_it_is_whole(tmp_path: Path, ledger: Ledger, view: TextView) -> None:
    """After reset readers still find the old content; rebuild gives the same again."""
    append(ledger, study(1), study(2))
    catch_up(ledger, view)
    view.reset()
    assert view.rebuilding
    assert len(found(tmp_path)) == 2
    assert rebuild(ledger, view) == 2
    assert not view.rebuilding
    assert len(found(tmp_path)) == 2


def test_another_ontology_means_a_new_index(tmp_path: Path, ledger: Ledger) -> None:
    """Names and ancestors in the documents follow the ontology that is installed now."""
    view = TextView(tmp_path / "search", Ontology({}, "none"))
    append(ledger, study(1))
    catch_up(ledger, view)
    view.close()
    assert found(tmp_path, "vertebrates ") == []
    view = TextView(tmp_path / "search", Ontology.load())
    assert view.position() == 0
    catch_up(ledger, view)
    view.close()
    assert found(tmp_path, "vertebrates ") == ["biostudies:S-BIAD1"]


@pytest.mark.parametrize("damage", [b"", b"{}", b"not json"])
def test_damaged_index_is_begun_anew(tmp_path: Path, ledger: Ledger, damage: bytes) -> None:
    """An index that cannot be opened is emptied and fills again."""
    view = TextView(tmp_path / "search", Ontology.load())
    append(ledger, study(1))
    catch_up(ledger, view)
    view.close()
    (tmp_path / "search" / "meta.json").write_bytes(damage)
    assert SearchService(tmp_path / "search").search("heart").total == 0
    view = TextView(tmp_path / "search", Ontology.load())
    assert view.position() == 0
    catch_up(ledger, view)
    view.close()
    assert found(tmp_path) == ["biostudies:S-BIAD1"]


def test_second_writer_is_told_what_to_do(tmp_path: Path, view: TextView) -> None:
    """Another writer, in this process or another, gets Locked with advice."""
    with pytest.raises(Locked, match="Stop that worker"):
        TextView(tmp_path / "search", Ontology.load())
    code = (
        "import sys, pathlib, catalogue.store.text as t, catalogue.store.ontologies as o;"
        "t.TextView(pathlib.Path(sys.argv[1]), o.Ontology.load())"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "search")]
    assert "Locked" in subprocess.run(command, capture_output=True, text=True, check=False).stderr
    assert view.position() == 0
