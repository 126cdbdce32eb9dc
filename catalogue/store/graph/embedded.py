"""The embedded engine: pyoxigraph on disk with exactly one writer, readers on hard-linked snapshots.

The position is a quad written in the transaction of the data it stands for (reliability.md section 1, items 5 and 6):
a lost tail of the store's log takes both, so a replay from the position found is exact. A file beside the store could
survive the data it speaks of.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import pyoxigraph as px
import structlog

from catalogue.model.namespaces import TERMS
from catalogue.problems import Locked
from catalogue.store.graph.base import (
    APPLIED_ENTRY,
    APPLIED_POSITION,
    STATE,
    Change,
    Mark,
    MergeQuads,
    ReplaceGraph,
    SetValue,
)

log = structlog.get_logger(__name__)

# One update takes 27 ms for 1,000 quads, a bulk load 7 ms but new files each time (93 quads a study, measured).
BULK_GRAPHS: Final = 200
BULK_BYTES: Final = 4 << 20
KEPT_SNAPSHOTS: Final = 4
# Unordered files make scans slower (engines.md section 1); ordering them costs seconds from some millions of quads on.
TIDY_GRAPHS: Final = 300

_STATE: Final = px.NamedNode(STATE)
_POSITION: Final = px.NamedNode(APPLIED_POSITION)
_ENTRY: Final = px.NamedNode(APPLIED_ENTRY)
_IN_BULK: Final = px.NamedNode(TERMS + "loading")


class EmbeddedGraph:
    """The graph store of a node's data folder.

    Layout below `folder`: `stores/N` (the store), `live` (link to it), `snapshots/N`, `current` (link to the newest
    snapshot, what readers open read-only), `writer.lock`.

    Args:
        folder: `DIR/graph`; made when missing.
    Raises:
        Locked: another process writes this store.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        (folder / "stores").mkdir(parents=True, exist_ok=True)
        (folder / "snapshots").mkdir(exist_ok=True)
        self._lock = _lock(folder / "writer.lock")
        self._store: px.Store | None = None
        self._path = folder / "live"
        self._dirty = False
        self._untidy = 0
        self._loading = False
        self._cut_off = False
        self.rebuilding = False
        try:
            self._open()
        except BaseException:  # whatever it was, the lock must not outlive it; raised again
            self.close()
            raise

    def mark(self) -> Mark:
        """Ledger position and entry hash that the store reflects."""
        return _mark(self._live)

    def change(self, changes: Sequence[Change], mark: Mark) -> list[str]:
        """Make all changes with the mark in one transaction; large ones as a bulk load that a crash undoes.

        Returns:
            Graphs left empty because their quads do not parse.
        """
        wanted = {c.graph: c.quads or b"" for c in changes if isinstance(c, ReplaceGraph)}
        values = [c for c in changes if isinstance(c, SetValue)]
        merges = [c for c in changes if isinstance(c, MergeQuads)]
        if len(wanted) > BULK_GRAPHS or sum(map(len, wanted.values())) > BULK_BYTES:
            bad = self._change_in_bulk(wanted, merges, values, mark)
        else:
            bad = self._change_in_one_update(wanted, merges, values, mark)
        self._dirty = True
        self._untidy += len(wanted)
        return bad

    def has_graph(self, graph: str) -> bool:
        """True when the named graph holds a triple."""
        return self._live.contains_named_graph(px.NamedNode(graph))

    def value(self, graph: str, subject: str, predicate: str) -> str | None:
        """Some object of the property in that graph, as text."""
        for quad in self._live.quads_for_pattern(
            px.NamedNode(subject), px.NamedNode(predicate), None, px.NamedNode(graph)
        ):
            if isinstance(quad.object, px.NamedNode | px.Literal):
                return quad.object.value
        return None

    def values(self, graph: str, predicate: str) -> dict[str, str]:
        """Subject -> some object of the property in that graph, as text."""
        found = self._live.quads_for_pattern(None, px.NamedNode(predicate), None, px.NamedNode(graph))
        return {
            quad.subject.value: quad.object.value
            for quad in found
            if isinstance(quad.subject, px.NamedNode) and isinstance(quad.object, px.NamedNode | px.Literal)
        }

    def publish(self) -> bool:
        """Snapshot the store and switch `current` to it; False when nothing changed since the last time."""
        if not self._dirty and not self.rebuilding:
            return False
        target = self._folder / "snapshots" / str(_next(self._folder / "snapshots"))
        self._end_loading()
        self._live.flush()
        self._live.backup(target)
        _sync_tree(target)
        _switch(self._folder / "current", target)
        if self.rebuilding:
            _switch(self._folder / "live", self._path)
            self.rebuilding = False
            self._drop_other_stores()
        self._dirty = False
        self._drop_old_snapshots()
        return True

    def tidy(self) -> None:
        """Compact the store and publish the result, when enough graphs changed since the last time."""
        if self.rebuilding or self._untidy < TIDY_GRAPHS:
            return
        began = time.monotonic()
        self._live.optimize()
        self._untidy = 0
        self._dirty = True
        self.publish()
        log.info("graph.tidied", seconds=round(time.monotonic() - began, 3))

    def reset(self) -> None:
        """Go on with an empty store; `live` and `current` keep the old one until the next publish."""
        self._store = None
        self._path = self._folder / "stores" / str(_next(self._folder / "stores"))
        self._store = px.Store(self._path)
        self._dirty = True
        self._untidy = 0
        self._loading = self._cut_off = False
        self.rebuilding = True
        self._drop_other_stores()

    def close(self) -> None:
        """Close the store and free the writer's lock; whole changes that nobody published yet are kept."""
        try:
            if self._store is not None and self._loading and not (self._cut_off or self.rebuilding):
                self._end_loading()
                self._live.flush()
        except (OSError, RuntimeError) as error:
            # On a full disk; the store is built anew then, and whoever closes has more to do.
            log.warning("graph.load_not_kept", error=str(error))
        self._store = None
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def _end_loading(self) -> None:
        if self._loading:
            self._live.update(_loading("DELETE"))
            self._loading = self._cut_off = False

    @property
    def _live(self) -> px.Store:
        if self._store is None:
            raise RuntimeError("the graph store is closed")
        return self._store

    def _open(self) -> None:
        link = self._folder / "live"
        if not link.exists():
            self.reset()
            return
        self._path = link.resolve()
        try:
            self._store = px.Store(self._path)
            loading = next(self._store.quads_for_pattern(_STATE, _IN_BULK, None, _STATE), None)
        except (OSError, RuntimeError) as error:
            if "lock" in str(error).lower():
                raise Locked(_LOCKED) from error
            log.warning("graph.store_unreadable", error=str(error))
            self.reset()
            return
        if loading is not None:
            log.warning("graph.load_interrupted")
            self.reset()
            return
        self._drop_other_stores()
        self._dirty = self._state_of_snapshot() != _state(self._store)

    def _state_of_snapshot(self) -> frozenset[str] | None:
        current = self._folder / "current"
        if not current.exists():
            return None
        try:
            return _state(px.Store.read_only(str(current.resolve())))
        except (OSError, RuntimeError) as error:
            log.warning("graph.snapshot_unreadable", error=str(error))
            return None

    def _change_in_one_update(
        self, wanted: dict[str, bytes], merges: Sequence[MergeQuads], values: Sequence[SetValue], mark: Mark
    ) -> list[str]:
        bad: list[str] = []
        steps: list[str] = []
        for graph, content in wanted.items():
            steps.extend(_replace_graph(px.NamedNode(graph), _parsed(graph, content, bad) or ""))
        for merge in merges:
            steps.extend(_merge(merge, _parsed(merge.graph, merge.quads, bad)))
        self._live.update(";\n".join([*steps, *_set_values(values), *_set_mark(mark)]))
        return bad

    def _change_in_bulk(
        self, wanted: dict[str, bytes], merges: Sequence[MergeQuads], values: Sequence[SetValue], mark: Mark
    ) -> list[str]:
        """Load many graphs at once; after a crash before the next publish or close the store is built anew."""
        bad: list[str] = []
        self._cut_off = True
        begun = [] if self._loading else [_loading("INSERT")]
        drops = [f"DROP SILENT GRAPH {px.NamedNode(g)}" for g in wanted if self.has_graph(g)]
        if begun or drops:
            self._live.update(";\n".join([*begun, *drops]))
        if begun:
            # The loaded files reach the disk before the log does: without this a power cut could keep them alone.
            self._live.flush()
            self._loading = True
        contents = [*wanted.items(), *((merge.graph, merge.quads) for merge in merges)]
        try:
            self._live.bulk_load(b"".join(content for _, content in contents), px.RdfFormat.N_QUADS)
        except SyntaxError:
            good = [content for graph, content in contents if _parsed(graph, content, bad) is not None]
            self._live.bulk_load(b"".join(good), px.RdfFormat.N_QUADS)
        self._live.update(";\n".join([*_set_values(values), *_set_mark(mark)]))
        self._cut_off = False
        return bad

    def _drop_other_stores(self) -> None:
        keep = {self._path.resolve(), (self._folder / "live").resolve()}
        for path in (self._folder / "stores").iterdir():
            if path.resolve() not in keep:
                shutil.rmtree(path, ignore_errors=True)

    def _drop_old_snapshots(self) -> None:
        folder = self._folder / "snapshots"
        current = (self._folder / "current").resolve()
        for number in sorted(_numbers(folder))[:-KEPT_SNAPSHOTS]:
            if (folder / str(number)).resolve() != current:
                shutil.rmtree(folder / str(number), ignore_errors=True)


_LOCKED: Final = (
    "Another process is writing the graph of this data folder. Stop that worker (ommatidia serve or ommatidia work), "
    "or wait until its rebuild has ended, and try again."
)


def _lock(path: Path) -> int:
    """A file descriptor that holds the exclusive lock; the kernel frees it when the process ends, however it ends."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        raise Locked(_LOCKED) from error
    return descriptor


def _mark(store: px.Store) -> Mark:
    found = {
        quad.predicate: quad.object.value
        for quad in store.quads_for_pattern(_STATE, None, None, _STATE)
        if isinstance(quad.object, px.Literal)
    }
    return Mark(int(found.get(_POSITION, "0")), found.get(_ENTRY, ""))


def _state(store: px.Store) -> frozenset[str]:
    return frozenset(str(quad) for quad in store.quads_for_pattern(None, None, None, _STATE))


def _triples(graph: str, quads: bytes) -> str:
    """N-Triples of quads that parse and lie in `graph`, written by the engine's own serializer.

    Raises:
        SyntaxError: not N-Quads.
        ValueError: a quad lies in another graph.
    """
    name = px.NamedNode(graph)
    parsed = list(px.parse(quads, px.RdfFormat.N_QUADS))
    if any(quad.graph_name != name for quad in parsed):
        raise ValueError(f"a quad for {graph} names another graph")
    return (px.serialize((q.triple for q in parsed), format=px.RdfFormat.N_TRIPLES) or b"").decode()


def _parsed(graph: str, quads: bytes, bad: list[str]) -> str | None:
    """As `_triples`; None for quads that do not parse, which are logged and noted in `bad`."""
    try:
        return _triples(graph, quads)
    except (SyntaxError, ValueError) as error:
        log.error("graph.quads_unparsable", graph=graph, error=str(error))
        bad.append(graph)
        return None


def _replace_graph(graph: px.NamedNode, triples: str) -> Iterator[str]:
    yield f"DROP SILENT GRAPH {graph}"
    if triples:
        yield f"INSERT DATA {{ GRAPH {graph} {{ {triples} }} }}"


def _merge(merge: MergeQuads, triples: str | None) -> Iterator[str]:
    if triples:
        yield f"INSERT DATA {{ GRAPH {px.NamedNode(merge.graph)} {{ {triples} }} }}"


def _set_values(values: Sequence[SetValue]) -> Iterator[str]:
    for v in values:
        graph, subject, predicate = map(px.NamedNode, (v.graph, v.subject, v.predicate))
        yield f"DELETE WHERE {{ GRAPH {graph} {{ {subject} {predicate} ?old }} }}"
        if v.value is not None:
            yield f"INSERT DATA {{ GRAPH {graph} {{ {subject} {predicate} {px.Literal(v.value)} }} }}"


def _loading(verb: str) -> str:
    return f"{verb} DATA {{ GRAPH {_STATE} {{ {_STATE} {_IN_BULK} true }} }}"


def _set_mark(mark: Mark) -> Iterator[str]:
    return _set_values(
        [
            SetValue(STATE, STATE, APPLIED_POSITION, mark.position),
            SetValue(STATE, STATE, APPLIED_ENTRY, mark.entry_hash),
        ]
    )


def _numbers(folder: Path) -> list[int]:
    return [int(path.name) for path in folder.iterdir() if path.name.isdigit()]


def _next(folder: Path) -> int:
    return max(_numbers(folder), default=0) + 1


def _switch(link: Path, target: Path) -> None:
    """Point `link` at `target` in one step, durable when this returns."""
    fresh = link.with_name(f".{link.name}.new")
    with contextlib.suppress(FileNotFoundError):
        fresh.unlink()
    fresh.symlink_to(target.relative_to(link.parent) if target.is_relative_to(link.parent) else target)
    fresh.replace(link)
    _sync(link.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sync_tree(folder: Path) -> None:
    for path in folder.iterdir():
        if path.stat().st_nlink == 1:  # the store has synced what it shares with the snapshot
            _sync(path)
    _sync(folder)
    _sync(folder.parent)
