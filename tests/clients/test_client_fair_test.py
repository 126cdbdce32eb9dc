"""fair-test, a library to write FAIR tests with, finds what a record says by the links of its page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as px
import pytest

from catalogue.model.namespaces import BASE
from catalogue.store.ledger import Ledger
from tests.clients.loopback_node import node_of
from tests.clients.running import run_python
from tests.clients.study_nodes import listed
from tests.web.studies_for_pages import BARE, HUMAN, IMAGE, STUDY, clock, seed

SCRIPT = Path(__file__).with_name("fair_test_reads.py")
SCHEMA = "https://schema.org/"


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[dict[str, list[px.Triple]], Ledger]]:
    """Triples that the client found by CURIE, and the ledger that they come from."""
    home = tmp_path_factory.mktemp("fair-test")
    with Ledger(f"sqlite:///{home / 'ledger.db'}", clock) as ledger:
        seed(ledger)
        # It puts relative links behind the whole address of the page, so the node has to know its own.
        with node_of(ledger, told=True) as address:
            names = {f"{address}/studies/{curie}": curie for curie in (STUDY, BARE, HUMAN)}
            names[f"{address}/images/{IMAGE}"] = IMAGE
            found: dict[str, Any] = run_python("fair_test", SCRIPT, listed(list(names), home))
            assert found["version"] == "0.1.4"
            parsed = {
                names[url]: list(px.parse(text, format=px.RdfFormat.N_TRIPLES)) for url, text in found["pages"].items()
            }
            yield {curie: [quad.triple for quad in quads] for curie, quads in parsed.items()}, ledger


@pytest.mark.parametrize("curie", [STUDY, BARE, HUMAN, IMAGE])
def test_fair_test_finds_a_record_as_the_ledger_has_it(
    read: tuple[dict[str, list[px.Triple]], Ledger], curie: str
) -> None:
    """By the links of a page alone an outside library finds identifier, title, licence and people of its record."""
    triples, ledger = read
    entry = ledger.head(curie)
    assert entry is not None
    subject = px.NamedNode(BASE + curie)
    said = {
        triple.object.value
        for triple in triples[curie]
        if triple.subject == subject and hasattr(triple.object, "value")
    }
    texts = {t.object.value for t in triples[curie] if isinstance(t.object, px.Literal)}
    assert entry.record["title"] in said
    assert entry.record.get("license") in {*said, None}
    assert {person["name"] for person in entry.record.get("authors", ())} <= texts
