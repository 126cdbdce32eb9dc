"""The funding of a ledger's public studies: kept up to date, cheap to ask after, at rest between harvests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as px
import pytest

from catalogue.model.funding.index import Grants
from catalogue.model.funding.rdf import FUNDING
from catalogue.model.rdf import quads
from catalogue.store.funding import Funding
from catalogue.store.graph.embedded import EmbeddedGraph
from catalogue.store.graph_view import GraphView
from catalogue.store.ledger import Ledger
from catalogue.store.views import catch_up
from tests.store.graph.records import NOW, append, snapshot, study, tombstone

JSPS = "00hhkn466"


class Seconds:
    """A clock in the test's hand, which each look moves by what `step` says."""

    def __init__(self) -> None:
        self.now, self.step = 0.0, 0.0

    def __call__(self) -> float:
        self.now += self.step
        return self.now


def funded(number: int, award: str, **fields: Any) -> dict[str, Any]:
    return study(number, funding_statement=f"Supported by JSPS KAKENHI ({award}).", **fields)


@pytest.fixture
def ledger(ledger_url: str, tmp_path: Path) -> Iterator[Ledger]:
    with Ledger(ledger_url, lambda: NOW, chunks=tmp_path / "chunks") as opened:
        yield opened


def test_index_follows_the_ledger_and_reads_only_what_changed(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """New, changed, suppressed and withdrawn studies are taken in; a record that stays is read once."""
    read: list[str] = []
    whole = Grants.read
    monkeypatch.setattr(Grants, "read", staticmethod(lambda record: read.append(record["id"]) or whole(record)))
    funding = Funding(ledger)
    assert funding.index().studies() == []
    append(ledger, funded(1, "16H06372"), funded(2, "16H06373"), funded(3, "16H06374"), funded(4, "16H06375"))
    assert [s.curie for s in funding.index().studies_of_funder(JSPS)] == [f"biostudies:S-BIAD{n}" for n in (1, 2, 3, 4)]
    assert funding.index() is funding.index()
    append(ledger, funded(2, "21H00420"), tombstone(study(3)))
    append(ledger, funded(4, "16H06375"), status="suppressed")
    index = funding.index()
    assert [(s.curie, s.link.award) for s in index.studies_of_funder(JSPS)] == [
        ("biostudies:S-BIAD1", "JP16H06372"),
        ("biostudies:S-BIAD2", "JP21H00420"),
    ]
    assert index.studies() == ["biostudies:S-BIAD1", "biostudies:S-BIAD2"]
    assert sorted(read) == sorted(f"biostudies:S-BIAD{n}" for n in (1, 2, 3, 4, 2))


def test_state_changes_with_the_ledger_but_rests_after_the_quads_were_made(ledger: Ledger) -> None:
    """A harvest that publishes every moment does not make the graph of funding each time."""
    seconds = Seconds()
    funding = Funding(ledger, seconds)
    append(ledger, funded(1, "16H06372"))
    first = funding.state()
    seconds.step = 0.5
    assert b"JP16H06372" in funding.quads()
    seconds.step = 0.0
    append(ledger, funded(2, "21H00420"))
    assert funding.state() == first
    seconds.now += 30.0
    assert funding.state() != first
    assert b"JP21H00420" in funding.quads()
    seconds.now += 60.0
    assert funding.state() == funding.state()


def test_graph_holds_the_funding_of_public_studies(ledger: Ledger, tmp_path: Path) -> None:
    """After a catch-up readers see the grants; a withdrawn study's link goes with the next one."""
    view = GraphView(EmbeddedGraph(tmp_path / "graph"), quads, links=[Funding(ledger)])
    said = "?study <http://schema.org/funding> ?grant"
    told = f"SELECT ?study WHERE {{ GRAPH <{FUNDING}> {{ {said} }} }} ORDER BY ?study"
    append(ledger, funded(1, "16H06372"), funded(2, "16H06372"))
    catch_up(ledger, view)
    assert [row["study"].value[-7:] for row in snapshot(tmp_path).query(told)] == ["S-BIAD1", "S-BIAD2"]
    view.close()
    append(ledger, tombstone(study(1)))
    view = GraphView(EmbeddedGraph(tmp_path / "graph"), quads, links=[Funding(ledger)])
    catch_up(ledger, view)
    found: px.Store = snapshot(tmp_path)
    assert [row["study"].value[-7:] for row in found.query(told)] == ["S-BIAD2"]
    view.close()
