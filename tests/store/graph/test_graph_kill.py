"""kill -9 of the writer at random moments: the views always come back equal to the ledger."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from catalogue.model.rdf import quads
from catalogue.search.service import SearchService
from catalogue.store.graph.embedded import EmbeddedGraph
from catalogue.store.graph_view import GraphView
from catalogue.store.ledger import Ledger
from catalogue.store.ontologies import Ontology
from catalogue.store.text import TextView
from catalogue.store.views import catch_up
from tests.store.graph.records import all_of, append, image, open_ledger, snapshot, study, tombstone

ROUNDS = 10
HOME = "idr:idr0001"


def more_history(ledger: Ledger, around: int) -> None:
    """New, changed and withdrawn studies and images, differing from round to round."""
    if around == 0:
        append(ledger, study(0, id=HOME, accession="idr0001", owner="idr"))
    first = around * 60
    append(ledger, *(study(n) for n in range(first + 1, first + 61)))
    append(ledger, *(image(n, HOME) for n in range(10000 + first, 10060 + first)))
    append(ledger, *(study(n, title=f"changed {around}") for n in range(first + 1, first + 20)))
    append(ledger, tombstone(study(first + 30)), tombstone(image(10000 + first, HOME)))


def kill_at_random(folder: Path, batch: int, wait_s: float) -> bool:
    """Start the applier and kill it `wait_s` after it is ready; False when it had ended before."""
    command = [sys.executable, "-m", "tests.store.graph.applier", str(folder), str(batch)]
    root = Path(__file__).resolve().parents[3]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=root, text=True) as process:
        assert process.stdout is not None
        # Log lines may stand before it: an interrupted load is told when the store is opened again.
        assert any(line.strip() == "ready" for line in process.stdout)
        time.sleep(wait_s)
        ended = process.poll() is not None
        process.send_signal(signal.SIGKILL)
    return not ended


def content(folder: Path) -> tuple[set[str], list[str]]:
    """All published quads and all searchable records."""
    page = SearchService(folder / "search").search("", limit=200, filters={"kind": "any"})
    total = [hit.curie for hit in page.hits]
    for offset in range(200, page.total, 200):
        found = SearchService(folder / "search").search("", limit=200, offset=offset, filters={"kind": "any"})
        total += [hit.curie for hit in found.hits]
    return all_of(snapshot(folder)), sorted(total)


def level(ledger: Ledger, folder: Path) -> None:
    """Open the views of a folder, catch them up and close them."""
    for view in (GraphView(EmbeddedGraph(folder / "graph"), quads), TextView(folder / "search", Ontology.load())):
        catch_up(ledger, view)
        view.close()


@pytest.mark.slow
def test_views_equal_a_rebuild_after_kills_at_random_moments(tmp_path: Path) -> None:
    """After ten kill -9 during catch-up every quad and every document is there once, as in views built from nothing."""
    chance = random.Random(20261122)
    killed = 0
    with open_ledger(tmp_path) as ledger:
        for around in range(ROUNDS):
            more_history(ledger, around)
            # 260 at once goes the way of bulk loads, 9 the way of single updates.
            killed += kill_at_random(tmp_path, chance.choice([9, 40, 260]), chance.uniform(0.0, 0.4))
        level(ledger, tmp_path)
        fresh = tmp_path / "fresh"
        level(ledger, fresh)
        assert content(tmp_path) == content(fresh)
        assert len(content(fresh)[1]) == ledger.counts()["studies"] + ledger.counts()["images"]
    assert killed >= ROUNDS // 2
