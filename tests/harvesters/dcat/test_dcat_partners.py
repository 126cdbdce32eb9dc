"""The real and example catalogues at hand: ckanext-dcat's and those of FAIR Data Points."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from catalogue.ingest.prepare import prepare
from catalogue.model.documents import SourceDocument, SourceSpec, Unreadable
from catalogue.store.ontologies import Ontology
from harvesters.dcat import DcatHarvester
from tests.harvesters.contract import NOW, fetcher
from tests.harvesters.sample_owner import described_owners

pytestmark = pytest.mark.partners

OWNERS = Path(__file__).with_name("owners.toml")


@pytest.fixture
def owners() -> Iterator[None]:
    """An operator's owners.toml with the archives of the samples."""
    with described_owners(OWNERS):
        yield


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
