"""Applies a ledger to the graph and text views in small batches; a test kills it in the middle.

Call: applier.py FOLDER BATCH
"""

from __future__ import annotations

import sys
from pathlib import Path

from catalogue.model.rdf import quads
from catalogue.store.graph.embedded import EmbeddedGraph
from catalogue.store.graph_view import GraphView
from catalogue.store.ontologies import Ontology
from catalogue.store.text import TextView
from catalogue.store.views import catch_up
from tests.store.graph.records import open_ledger


def main() -> None:
    """Say "ready" when the views are open, then catch them up, publishing after every batch."""
    folder, batch = Path(sys.argv[1]), int(sys.argv[2])
    ledger = open_ledger(folder)
    views = [GraphView(EmbeddedGraph(folder / "graph"), quads), TextView(folder / "search", Ontology.load())]
    print("ready", flush=True)
    for view in views:
        catch_up(ledger, view, batch=batch, publish_every_s=0)
    print("done", flush=True)


main()
