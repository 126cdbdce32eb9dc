"""The embedded engine: the contract, and what only it does: locks, snapshots, damaged files."""

from __future__ import annotations

import errno
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest.mock import Mock

import pyoxigraph as px
import pytest

from catalogue.problems import Locked
from catalogue.store.graph import embedded
from catalogue.store.graph.base import GraphEngine, Mark, ReplaceGraph
from catalogue.store.graph.embedded import EmbeddedGraph
from tests.store.graph.graph_contract import A, B, GraphStoreContract, many, quads


def read(folder: Path, graph: str) -> set[str]:
    """Literals of a graph in the current snapshot."""
    store = px.Store.read_only(str((folder / "current").resolve()))
    return {q.object.value for q in store.quads_for_pattern(None, None, None, px.NamedNode(graph))}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The graph folder of a data folder."""
    return tmp_path / "graph"


@pytest.fixture
def opened(folder: Path) -> Iterator[list[EmbeddedGraph]]:
    """Engines to close at the end; the first is open."""
    engines = [EmbeddedGraph(folder)]
    engines[0].publish()
    yield engines
    for engine in engines:
        engine.close()


class TestEmbeddedContract(GraphStoreContract):
    @pytest.fixture
    def engine(self, opened: list[EmbeddedGraph]) -> GraphEngine:
        return opened[0]

    @pytest.fixture
    def reopen(self, opened: list[EmbeddedGraph], folder: Path) -> Callable[[], GraphEngine]:
        def again() -> GraphEngine:
            opened[-1].close()
            opened.append(EmbeddedGraph(folder))
            return opened[-1]

        return again

    @pytest.fixture
    def published(self, folder: Path) -> Callable[[str], set[str]]:
        return lambda graph: read(folder, graph)


def test_second_writer_is_told_what_to_do(opened: list[EmbeddedGraph], folder: Path) -> None:
    """Another writer, in this process or another, gets Locked with advice, and nothing breaks."""
    with pytest.raises(Locked, match="Stop that worker"):
        EmbeddedGraph(folder)
    code = "import sys, pathlib, catalogue.store.graph.embedded as e; e.EmbeddedGraph(pathlib.Path(sys.argv[1]))"
    other = subprocess.run([sys.executable, "-c", code, str(folder)], capture_output=True, text=True, check=False)
    assert "Locked" in other.stderr
    opened[0].change([ReplaceGraph(A, quads(A, "1"))], Mark(1, "x"))
    opened[0].publish()
    assert read(folder, A) == {"1"}


def test_four_snapshots_are_kept(opened: list[EmbeddedGraph], folder: Path) -> None:
    """Older snapshots go, and a reader of a kept one still reads its own state."""
    opened[0].change([ReplaceGraph(A, quads(A, "0"))], Mark(1, "x"))
    opened[0].publish()
    slow = px.Store.read_only(str((folder / "current").resolve()))
    for n in range(1, 4):
        opened[0].change([ReplaceGraph(A, quads(A, str(n)))], Mark(n + 1, "x"))
        opened[0].publish()
    assert {q.object.value for q in slow.quads_for_pattern(None, None, None, px.NamedNode(A))} == {"0"}
    opened[0].change([ReplaceGraph(A, quads(A, "last"))], Mark(9, "x"))
    opened[0].publish()
    assert len(list((folder / "snapshots").iterdir())) == embedded.KEPT_SNAPSHOTS
    assert read(folder, A) == {"last"}


def test_readers_see_batches_whole_while_the_writer_publishes(opened: list[EmbeddedGraph], folder: Path) -> None:
    """Readers that reopen all the time see both graphs of a batch at the same version; a kept snapshot never fails."""
    opened[0].change([ReplaceGraph(g, quads(g, "0")) for g in (A, B)], Mark(1, "x"))
    opened[0].publish()
    stop = threading.Event()
    faults: list[object] = []
    seen: set[str] = set()
    read_once = threading.Event()

    def reader() -> None:
        while not stop.is_set():
            snapshot = (folder / "current").resolve()
            try:
                store = px.Store.read_only(str(snapshot))
                found = {
                    q.object.value for q in store.quads_for_pattern(None, px.NamedNode("https://example.org/p"), None)
                }
            except (OSError, RuntimeError) as error:
                # Publications follow at once here, so that a reader may be overtaken by all that are kept.
                if not snapshot.exists() or snapshot != (folder / "current").resolve():
                    continue
                faults.append(error)
                return
            seen.update(found)
            read_once.set()
            if len(found) != 1:
                faults.append(found)

    thread = threading.Thread(target=reader)
    thread.start()
    for n in range(1, 20):
        opened[0].change([ReplaceGraph(g, quads(g, str(n))) for g in (A, B)], Mark(n + 1, "x"))
        opened[0].publish()
        read_once.clear()
        assert read_once.wait(60) or faults
    stop.set()
    thread.join()
    assert faults == []
    assert seen


@pytest.mark.parametrize("name", ["CURRENT", "MANIFEST"])
def test_damaged_store_is_begun_anew(opened: list[EmbeddedGraph], folder: Path, name: str) -> None:
    """A store that cannot be opened is replaced by an empty one; readers keep the snapshot meanwhile."""
    opened[0].change([ReplaceGraph(A, quads(A, "1"))], Mark(1, "x"))
    opened[0].publish()
    opened[0].close()
    for path in (folder / "live").resolve().glob(f"{name}*"):
        # Unlinked first: a snapshot may share the file.
        path.unlink()
        path.write_bytes(b"damaged")
    opened.append(EmbeddedGraph(folder))
    assert opened[-1].mark() == Mark(0, "")
    assert opened[-1].rebuilding
    assert read(folder, A) == {"1"}


class CutOff(Exception):
    """The process ended here."""


def test_interrupted_load_is_begun_anew(opened: list[EmbeddedGraph], folder: Path) -> None:
    """A store left in the middle of a bulk load is not trusted; one that was published or closed in order is."""
    opened[0].change(many(250, "1"), Mark(1, "x"))
    opened[0].close()
    opened.append(EmbeddedGraph(folder))
    assert opened[-1].mark() == Mark(1, "x") and read(folder, A) == set()
    with pytest.MonkeyPatch.context() as patch, pytest.raises(CutOff):
        patch.setattr(embedded, "_set_mark", cut_off)
        opened[-1].change(many(250, "2"), Mark(2, "y"))
    opened[-1].close()
    opened.append(EmbeddedGraph(folder))
    assert opened[-1].rebuilding
    opened[-1].change(many(250, "1"), Mark(1, "x"))
    opened[-1].publish()
    opened[-1].close()
    opened.append(EmbeddedGraph(folder))
    assert opened[-1].mark() == Mark(1, "x")


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "full"), RuntimeError("No space left on device")])
def test_closing_on_a_full_disk_frees_the_lock(opened: list[EmbeddedGraph], folder: Path, error: Exception) -> None:
    """What was loaded and cannot be kept is made anew by the next process, and closing is no fault."""
    opened[0].change(many(250, "1"), Mark(1, "x"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(opened[0], "_end_loading", Mock(side_effect=error))
        opened[0].close()
    opened.append(EmbeddedGraph(folder))
    assert opened[-1].rebuilding and opened[-1].mark() == Mark(0, "")


def cut_off(mark: Mark) -> None:
    """In place of the last step of a change."""
    raise CutOff


def test_only_the_live_store_stays_on_disk(opened: list[EmbeddedGraph], folder: Path) -> None:
    """After a rebuild the old store's folder is gone."""
    opened[0].change([ReplaceGraph(A, quads(A, "1"))], Mark(1, "x"))
    opened[0].publish()
    opened[0].reset()
    assert len(list((folder / "stores").iterdir())) == 2
    opened[0].publish()
    assert [p.resolve() for p in (folder / "stores").iterdir()] == [(folder / "live").resolve()]


def test_tidying_changes_no_content(opened: list[EmbeddedGraph], folder: Path) -> None:
    """Compaction publishes the same graphs again, and only when much had changed."""
    opened[0].change([ReplaceGraph(A, quads(A, "1"))], Mark(1, "x"))
    opened[0].publish()
    before = (folder / "current").resolve()
    opened[0].tidy()
    assert (folder / "current").resolve() == before
    opened[0].change(many(400, "1"), Mark(2, "y"))
    opened[0].tidy()
    assert (folder / "current").resolve() != before
    assert read(folder, A) == {"1"}
    assert read(folder, "https://example.org/g399") == {"1"}
