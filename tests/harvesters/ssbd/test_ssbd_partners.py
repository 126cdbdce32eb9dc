"""The real instances of SSBD's ontology."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from catalogue.model.documents import Listed, SourceDocument, SourceSpec
from harvesters.rdf_files import read_files
from harvesters.rdf_slices import parse_bytes
from harvesters.ssbd import SsbdHarvester, project_of
from tests.harvesters.contract import fetcher

pytestmark = pytest.mark.partners


def test_every_project_is_accepted_and_every_property_accounted_for(partners: Path) -> None:
    """Seven projects become studies, and the eleven OME-Zarr of their 66 datasets images; nothing is unmapped."""
    source = SourceSpec("ssbd", "ssbd", str(partners / "ssbd-rdf"), ("ssbd",))
    harvester = SsbdHarvester(fetcher())
    events = list(harvester.fetch(source, None, {}))
    assert isinstance(events[-1], Listed) and events[-1].total == 7
    mapped = [harvester.map(event, source) for event in events if isinstance(event, SourceDocument)]
    kinds = Counter(record["type"] for one in mapped for record in one.records)
    assert kinds == {"Study": 7, "Image": 11}
    assert not any(one.unmapped for one in mapped)
    assert all(key.partition(": ")[2] for one in mapped for key in one.ignored)
    assert sum(len(one.records[0]["components"]) for one in mapped) == 66
    placed = [r for one in mapped for r in one.records if r["type"] == "Image" and "source_url" in r]
    assert len(placed) == 2
    assert all("component" in r for one in mapped for r in one.records if r["type"] == "Image")


def test_no_statement_about_an_instance_is_lost(partners: Path) -> None:
    """What all files say of instances stands in the projects' documents, once."""
    source = SourceSpec("ssbd", "ssbd", str(partners / "ssbd-rdf"))
    triples = read_files(source, None, fetcher()).triples
    assert triples is not None
    said = {triple for triple in triples if project_of(triple.subject.text)}
    cut = [
        triple
        for event in SsbdHarvester(fetcher()).fetch(source, None, {})
        if isinstance(event, SourceDocument)
        for triple in parse_bytes(event.content)
        if project_of(triple.subject.text)
    ]
    assert len(cut) == len(said) == 1827
    assert set(cut) == said
