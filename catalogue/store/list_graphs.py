"""The images of lists as triples, where a node wants them: one named graph a chunk, written when the chunk is new.

Costly, and off by default (settings.graph_images; decisions/0009): figures of lists are list_summary's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Final

import structlog

from catalogue.model.image_rows import is_withdrawn, row_record
from catalogue.model.namespaces import BASE
from catalogue.problems import StoreDamaged
from catalogue.store.graph.base import SHARED, STATE, Change, GraphEngine, MergeQuads, ReplaceGraph, SetValue
from catalogue.store.image_lists import chunks_of, study_of_list
from catalogue.store.list_summary import STUDY

if TYPE_CHECKING:
    import pyarrow as pa

    from catalogue.store.entries import Entry

log = structlog.get_logger(__name__)

MARK: Final = BASE + "listed-images"
"""Stands among what the graph is made with, so that switching the setting makes the view stale."""
_BATCH_ROWS: Final = 500

Emit = Callable[[dict[str, Any], str], bytes | None]
Split = Callable[[bytes, str], tuple[bytes, list[bytes]]]


class ListedImages:
    """Keeps a named graph for every chunk of every public list, `{list}/chunk/{sha256}`.

    Args:
        rows: the table of a chunk, by digest.
        emit: quads of a record in a graph; None for one that cannot be written.
        split: quads of a graph -> (those about own things, triples about others').
    """

    def __init__(self, engine: GraphEngine, rows: Callable[[str], pa.Table], emit: Emit, split: Split) -> None:
        self._engine, self._rows, self._emit, self._split = engine, rows, emit, split

    def follow(self, entry: Entry) -> None:
        """Writes graphs of chunks that are new in a list and removes those it no longer has.

        Each chunk is a change of its own under the mark that stands: after a crash the replay writes again.
        """
        subject = BASE + entry.curie
        wanted = {}
        if entry.status == "public":
            wanted = {f"{subject}/chunk/{chunk.digest}": chunk.digest for chunk in chunks_of(entry.record)}
        held = {graph for graph, of in self._engine.values(STATE, STUDY).items() if of == subject}
        for graph in sorted(held - wanted.keys()):
            self._change([ReplaceGraph(graph, None), SetValue(STATE, graph, STUDY, None)])
        for graph in (name for name in wanted if name not in held):
            changes = list(self._chunk(graph, wanted[graph], study_of_list(entry.curie)))
            if changes:
                self._change([*changes, SetValue(STATE, graph, STUDY, subject)])

    def _change(self, changes: list[Change]) -> None:
        self._engine.change(changes, self._engine.mark())

    def _chunk(self, graph: str, digest: str, study: str) -> Iterator[Change]:
        try:
            table = self._rows(digest)
        except StoreDamaged as problem:
            # Of a version that a later one superseded, nothing is missed; else fsck names the chunk.
            log.warning("graph.chunk_missing", graph=graph, detail=problem.detail)
            return
        own: list[bytes] = []
        shared: set[bytes] = set()
        for batch in table.to_batches(max_chunksize=_BATCH_ROWS):
            for row in batch.to_pylist():
                quads = None if is_withdrawn(row) else self._emit(row_record(row, study), graph)
                if quads is not None:
                    mine, others = self._split(quads, graph)
                    own.append(mine)
                    shared.update(others)
        yield ReplaceGraph(graph, b"".join(own))
        if shared:
            end = f" <{SHARED}> .\n".encode()
            yield MergeQuads(SHARED, b"".join(triple + end for triple in sorted(shared)))
