"""Writes graphs beside records into copies of a graph store, and is killed after each step in turn.

Call: beside_writer.py FOLDER COPIES BULK_GRAPHS; COPIES/N is the copy of FOLDER whose writer was killed after N steps.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import catalogue.store.graph.embedded as engines
import catalogue.store.graph_view as views
from catalogue.model.namespaces import BASE
from catalogue.model.rdf import quads
from catalogue.store.graph.embedded import EmbeddedGraph
from catalogue.store.graph_view import GraphView


class Beside:
    """Graphs beside three records, and what they share; all say the same word. Without a word there are none."""

    name = BASE + "said"

    def __init__(self, word: str) -> None:
        self._word = word

    def state(self) -> str:
        return self._word

    def graph_of(self, curie: str) -> str:
        return f"{BASE}{curie}/said"

    def graphs(self, held: Mapping[str, str]) -> Iterator[tuple[str, str, bytes | None]]:
        for graph in (self.name, *map(self.graph_of, ("idr:1", "idr:2", "idr:3"))) if self._word else ():
            said = "".join(f'<{graph}> <{BASE}says> "{self._word} {n}" <{graph}> .\n' for n in range(3))
            yield graph, self._word, None if held.get(graph) == self._word else said.encode()


class Killed:
    """A store whose process is killed after it has written so many times."""

    def __init__(self, store: Any, left: int) -> None:
        self._store, self._left = store, left

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._store, name)
        return self._counted(found) if name in {"update", "bulk_load", "flush", "backup"} else found

    def _counted(self, write: Any) -> Any:
        def written(*given: Any) -> Any:
            done = write(*given)
            self._left -= 1
            if not self._left:
                os.kill(os.getpid(), signal.SIGKILL)
            return done

        return written


def main() -> None:
    """Goes on until a writer is not killed."""
    folder, copies = Path(sys.argv[1]), Path(sys.argv[2])
    engines.BULK_GRAPHS = int(sys.argv[3])  # type: ignore[misc]
    views._BESIDE_GRAPHS = 1  # type: ignore[misc]
    step, killed = 0, True
    while killed:
        step += 1
        shutil.copytree(folder, copies / str(step), symlinks=True)
        child = os.fork()
        if not child:
            engine = EmbeddedGraph(copies / str(step))
            engine._store = Killed(engine._store, step)
            GraphView(engine, quads, beside=Beside("new")).publish()
            os._exit(0)
        killed = os.WIFSIGNALED(os.waitpid(child, 0)[1])


if __name__ == "__main__":
    main()
