"""A small searchable archive."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from catalogue.search.service import SearchService
from catalogue.store.ledger import Ledger
from catalogue.store.ontologies import Ontology
from catalogue.store.text import TextView
from catalogue.store.views import catch_up
from tests.store.graph.records import append, image, open_ledger, study

ECOLI = [{"type": "Taxon", "id": "NCBITaxon:562", "label": "Escherichia coli"}]


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """The ledger of the test's data folder."""
    with open_ledger(tmp_path) as opened:
        yield opened


@pytest.fixture
def view(tmp_path: Path) -> Iterator[TextView]:
    """The open text view of the test's data folder."""
    opened = TextView(tmp_path / "search", Ontology.load())
    yield opened
    opened.close()


@pytest.fixture
def service(tmp_path: Path, ledger: Ledger, view: TextView) -> SearchService:
    """Searches over five studies and two images."""
    append(
        ledger,
        study(1, title="Beating heart of zebrafish", authors=[person(1, "Zoë Müller")]),
        study(
            2,
            title="Nuclei in culture",
            description="Mitochondria and nuclei; the heart is mentioned once.",
            keywords=["Cancer"],
        ),
        study(3, title="Bacterial division", description="Cells", terms=ECOLI, organisms=["NCBITaxon:562"], methods=[]),
        study(34, title="Thirty-four", description="Nothing more", date_published="2020-01-01"),
        study(10002, id="empiar:10002", accession="10002", owner="empiar", title="Ribosome", description="Particles"),
    )
    append(ledger, image(10001, "biostudies:S-BIAD1", title="Heart, frame 1"), image(10002, "biostudies:S-BIAD1"))
    catch_up(ledger, view)
    return SearchService(tmp_path / "search")


def person(number: int, name: str) -> dict[str, object]:
    """An author of study 1."""
    return {"type": "Person", "id": f"biostudies:S-BIAD1/author/{number}", "name": name}
