"""The real and example pages at hand."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from catalogue.ingest.prepare import prepare
from catalogue.model.documents import SourceDocument, SourceSpec
from catalogue.problems import RecordRejected
from catalogue.store.ontologies import Ontology
from harvesters.bioschemas import BioschemasHarvester
from tests.harvesters.contract import NOW, fetcher

pytestmark = pytest.mark.partners


def test_every_page_is_read_or_refused_with_its_reason(partners: Path) -> None:
    """Of 57 pages 45 are about no study, 8 of archives nobody described, 3 broken beyond mending, one is taken in."""
    source, harvester = SourceSpec("site", "bioschemas", str(partners / "bioschemas")), BioschemasHarvester(fetcher())
    ontology, outcomes = Ontology.load(), Counter[str]()
    for event in harvester.fetch(source, None, {}):
        if isinstance(event, SourceDocument):
            prepared = prepare(event, source, harvester.map, ontology, NOW)
            outcomes[prepared.rejected.reason if prepared.rejected else "accepted"] += 1
    assert outcomes == {"policy": 45, "bad-identifier": 8, "not-parsable": 3, "accepted": 1}


def test_every_property_of_a_study_is_accounted_for(partners: Path) -> None:
    """With an identifier of an archive known here each Dataset and Study is mapped whole; nothing is unmapped."""
    harvester, source = BioschemasHarvester(fetcher()), SourceSpec("site", "bioschemas", "x")
    read = 0
    for path in sorted((partners / "bioschemas").rglob("*")):
        if path.parent.parent.name not in ("Dataset", "Study"):
            continue
        try:
            url = "https://zenodo.org/records/101"
            mapped = harvester.map(SourceDocument(path.name, url, _anonymous(path.read_text("utf-8"))), source)
        except RecordRejected as rejected:
            raise AssertionError(f"{path.name}: {rejected.detail}") from rejected
        assert not mapped.unmapped, path.name
        read += 1
    assert read == 8


def _anonymous(text: str) -> bytes:
    """The page without what names its study, so that its address says which study it is."""
    value = json.loads(text)
    for key in ("identifier", "@id", "url"):
        value.pop(key, None)
    return json.dumps(value).encode()
