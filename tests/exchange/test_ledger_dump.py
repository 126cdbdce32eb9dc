from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as px
import pytest

from catalogue.exchange.dump import DumpFormat, dump
from catalogue.model.namespaces import BASE
from catalogue.store.ledger import Ledger
from tests.web.studies_for_pages import (
    BARE,
    GONE,
    IMAGE,
    PLAIN_IMAGE,
    STUDY,
    append,
    bare_study,
    clock,
    image,
    study,
    tombstone,
)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """A ledger with two studies, two images and a tombstone."""
    with Ledger(f"sqlite:///{tmp_path / 'ledger.db'}", clock) as opened:
        append(opened, study())
        append(opened, image(IMAGE, STUDY), parent=STUDY)
        append(opened, bare_study())
        append(opened, image(PLAIN_IMAGE, BARE), parent=BARE)
        append(opened, tombstone(GONE, "Study", "Taken back"))
        yield opened


def test_json_lines_hold_every_record_once_in_order(ledger: Ledger) -> None:
    """Each record, tombstones included, is one JSON line; lines are sorted by CURIE."""
    lines = [json.loads(line) for line in b"".join(dump(ledger, DumpFormat.JSONL)).splitlines()]
    curies = [line["curie"] for line in lines]
    assert curies == sorted(curies) == sorted({STUDY, IMAGE, BARE, PLAIN_IMAGE, GONE})
    assert {line["curie"]: line["status"] for line in lines}[GONE] == "withdrawn"
    assert next(line["record"] for line in lines if line["curie"] == STUDY) == study()


def test_quads_are_the_record_graphs_and_provenance_graphs(ledger: Ledger) -> None:
    """N-Quads hold a graph for each public record and a provenance graph for all; the withdrawn has only the latter."""
    store = px.Store()
    store.load(b"".join(dump(ledger, DumpFormat.NQUADS)), format=px.RdfFormat.N_QUADS)
    graphs = {graph.value for graph in store.named_graphs()}
    public = {BASE + curie for curie in (STUDY, IMAGE, BARE, PLAIN_IMAGE)}
    assert graphs == public | {f"{graph}/record" for graph in public} | {f"{BASE}{GONE}/record"}


@pytest.mark.parametrize("form", DumpFormat)
def test_same_state_gives_same_bytes(ledger: Ledger, form: DumpFormat) -> None:
    """A dump of an unchanged ledger is identical byte for byte."""
    assert list(dump(ledger, form)) == list(dump(ledger, form))


def test_dump_streams(ledger: Ledger) -> None:
    """Records come one by one; the first is there before the second is read."""
    chunks = dump(ledger, DumpFormat.JSONL)
    first = next(chunks)
    assert first.count(b"\n") == 1
    assert len(list(chunks)) == 4
