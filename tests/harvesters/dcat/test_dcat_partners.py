"""The real and example catalogues at hand: ckanext-dcat's and those of FAIR Data Points."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from catalogue.ingest.prepare import prepare
from catalogue.model import identifiers, namespaces
from catalogue.model.documents import SourceDocument, SourceSpec, Unreadable
from catalogue.store.ontologies import Ontology
from harvesters.dcat import DcatHarvester
from tests.harvesters.contract import NOW, fetcher

pytestmark = pytest.mark.partners

# No dataset of the samples is of an archive of ours: what an operator would describe to take them in.
OWNERS = """
[owner.datapoint]
name = "Example FAIR Data Points"
study = '[A-Za-z0-9_-]+'
bare = 'fair-data-point-[a-z]+'
landing = "http://www.dtls.nl/fdp/{accession}"
urls = ['www\\.dtls\\.nl/(?:[^/]+/)+(?P<study>[A-Za-z0-9_-]+)']

[owner.portal]
name = "Example portals"
study = '[A-Za-z0-9._-]+'
bare = '(?:xx-some-dataset-id-yy|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})'
landing = "https://data.some.org/catalog/datasets/{accession}"
urls = [
  '(?:data\\.some\\.org|(?:ckan\\.)?example\\.(?:com|org|test))/(?:[^/]+/)*(?P<study>[A-Za-z0-9._-]+)',
  '(?:datos\\.gob\\.es|data\\.london\\.gov\\.uk|nobelprize\\.org)/(?:[^/]+/)*(?P<study>[A-Za-z0-9._-]+)',
]
"""


@pytest.fixture
def owners(tmp_path: Path) -> Iterator[None]:
    """An operator's owners.toml with the archives of the samples."""
    path = tmp_path / "owners.toml"
    path.write_text(OWNERS, "utf-8")
    identifiers.add_owners(path)
    yield
    for name in ("datapoint", "portal"):
        namespaces.OWNERS.pop(name, None)
        identifiers._OWNERS.pop(name, None)
    namespaces.contract.cache_clear()


def _outcomes(partners: Path) -> tuple[Counter[str], Counter[str]]:
    source, harvester = SourceSpec("dcat", "dcat", str(partners / "dcat")), DcatHarvester(fetcher())
    ontology, outcomes, unmapped = Ontology.load(), Counter[str](), Counter[str]()
    for event in harvester.fetch(source, None, {}):
        if isinstance(event, Unreadable):
            outcomes[event.reason] += 1
        elif isinstance(event, SourceDocument):
            prepared = prepare(event, source, harvester.map, ontology, NOW)
            outcomes[prepared.rejected.reason if prepared.rejected else "accepted"] += 1
            if prepared.rejected is None or prepared.rejected.reason == "schema-required":
                unmapped += harvester.map(event, source).unmapped
    return outcomes, unmapped


def test_datasets_of_archives_nobody_described_wait_for_their_owner(partners: Path) -> None:
    """None of the samples is of an archive known here: all are quarantined, and the reason says how to take them in."""
    outcomes, _ = _outcomes(partners)
    assert outcomes == {"bad-identifier": 23, "not-parsable": 2}


def test_with_their_owners_described_every_property_is_accounted_for(partners: Path, owners: None) -> None:
    """With an owners.toml the samples are taken in, but for those without licence; nothing is unmapped."""
    outcomes, unmapped = _outcomes(partners)
    assert not unmapped
    assert outcomes["not-parsable"] == 2
    assert sum(outcomes.values()) == 25
    assert outcomes == {"accepted": 10, "schema-required": 11, "not-parsable": 2, "bad-identifier": 2}
