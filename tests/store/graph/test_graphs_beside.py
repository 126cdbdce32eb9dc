"""Graphs beside records, such as results of audits: readers have them of one state, whenever their writing ends."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pyoxigraph as px
import pytest

import catalogue.store.graph.embedded as engines
import catalogue.store.graph_view as views
from catalogue.model.namespaces import BASE
from catalogue.model.rdf import quads
from catalogue.store.graph.base import STATE
from catalogue.store.graph.embedded import EmbeddedGraph
from catalogue.store.graph_view import GraphView
from catalogue.store.views import Stopped
from tests.store.graph.beside_writer import Beside

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A graph store in which the graphs say "old"."""
    level(tmp_path / "graph", "old")
    return tmp_path / "graph"


@pytest.fixture(params=[-1, 200], ids=["loads", "updates"], autouse=True)
def bulk_graphs(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """Each graph is written by itself, as a bulk load or as an update."""
    monkeypatch.setattr(engines, "BULK_GRAPHS", request.param)
    monkeypatch.setattr(views, "_BESIDE_GRAPHS", 1)
    return int(request.param)


def view_of(folder: Path, word: str, stopped: Callable[[], bool] = lambda: False) -> GraphView:
    return GraphView(EmbeddedGraph(folder), quads, beside=Beside(word), stopped=stopped)


def level(folder: Path, word: str) -> None:
    view = view_of(folder, word)
    view.publish()
    view.close()


def stopped_after(folder: Path, word: str, graphs: int) -> None:
    """Writes so many graphs, is asked to stop then, and closes in order."""
    answers: Iterator[bool] = iter([False] * graphs + [True])
    view = view_of(folder, word, lambda: next(answers))
    with pytest.raises(Stopped):
        view.publish()
    view.close()


def words(folder: Path) -> list[str]:
    """What readers see, without how far the ledger was read."""
    store = px.Store.read_only(str((folder / "current").resolve()))
    state = px.NamedNode(STATE)
    return sorted(str(quad.object) for quad in store if quad.graph_name != state)


OLD, NEW = ([f'"{word} {n}"' for n in range(3) for _ in range(4)] for word in ("old", "new"))


def test_killed_at_any_step_readers_see_one_state(folder: Path, bulk_graphs: int) -> None:
    """kill -9 after each step of the writing: readers have all graphs as they were, or all new; the next process leads
    to the new ones.
    """
    copies = folder.with_name("copies")
    copies.mkdir()
    command = [sys.executable, "-m", "tests.store.graph.beside_writer", str(folder), str(copies), str(bulk_graphs)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    found = sorted(copies.iterdir(), key=lambda copy: int(copy.name))
    assert len(found) > (14 if bulk_graphs < 0 else 6)
    for copy in found[:-1]:
        assert words(copy) == OLD
        level(copy, "new")
        assert words(copy) == NEW
    assert words(found[-1]) == NEW


def test_asked_to_stop_it_keeps_what_is_written(folder: Path) -> None:
    """Asked to stop at any step, it ends there; readers see the old graphs, and the next process writes what is missing
    into the same store.
    """
    store = (folder / "live").resolve()
    for graphs in (0, 1, 2, 1):
        stopped_after(folder, "new", graphs)
        assert words(folder) == OLD
    level(folder, "new")
    assert words(folder) == NEW and (folder / "live").resolve() == store


@pytest.mark.parametrize("graphs", [0, 1, 3])
def test_half_a_state_is_not_taken_for_the_one_before(folder: Path, graphs: int) -> None:
    """Where the old state comes back while the new one is half written, or nothing is to be shown any more, nothing of
    the new one is left.
    """
    stopped_after(folder, "new", graphs)
    level(folder, "old")
    assert words(folder) == OLD
    stopped_after(folder, "new", graphs)
    level(folder, "")
    assert words(folder) == []
    store = px.Store.read_only(str((folder / "current").resolve()))
    assert not [quad for quad in store if BASE + "said" in str(quad)]
