"""A worker process over a data folder with one study, for a test to end. Call: working.py FOLDER"""

from __future__ import annotations

import sys
import threading
from pathlib import Path

from catalogue.federation.worker import Worker, stop_on_signals
from catalogue.model.rdf import quads
from catalogue.store.graph.embedded import EmbeddedGraph
from catalogue.store.graph_view import GraphView
from tests.store.graph.records import NOW, append, open_ledger, study


def main() -> int:
    """Exit code of the worker."""
    folder = Path(sys.argv[1])
    stop = threading.Event()
    stop_on_signals(stop)
    with open_ledger(folder) as ledger:
        append(ledger, study(1))
        views = [GraphView(EmbeddedGraph(folder / "graph"), quads)]
        return Worker(ledger, views, clock=lambda: NOW, stop=stop, heartbeat=folder / "worker.json").run()


sys.exit(main())
