"""The real import file of Virtual Fly Brain."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalogue.ingest.prepare import prepare
from catalogue.model.documents import SourceDocument, SourceSpec
from catalogue.problems import RecordRejected
from catalogue.store.ontologies import Ontology
from harvesters.phenoimageshare import PhenoImageShareHarvester
from tests.harvesters.contract import NOW, fetcher

pytestmark = pytest.mark.partners
FILE = "VFB_Cachero2010.xml.xz"


def test_real_file_gives_its_images_to_the_last_property(partners: Path) -> None:
    """57 images of lineage clones and their study, named by the operator; nothing is unmapped, all may enter."""
    document = SourceDocument(FILE, "https://vfb.example/", (partners / "phenoimageshare" / FILE).read_bytes())
    options = {"study": "biostudies:S-BIAD7", "title": "Cachero 2010", "license": "CC0-1.0"}
    source = SourceSpec("vfb", "phenoimageshare", "files/", ("biostudies",), options)
    prepared = prepare(document, source, PhenoImageShareHarvester(fetcher()).map, Ontology.load(), NOW)
    assert prepared.rejected is None
    assert len(prepared.candidates) == 58
    assert prepared.mapped is not None and not prepared.mapped.unmapped
    regions = [part["name"] for record in prepared.mapped.records[1:] for part in record["characteristics"]]
    assert sum(name.endswith("depicted anatomical structure") for name in regions) == 227


def test_without_the_operators_word_it_is_quarantined(partners: Path) -> None:
    """The file says nowhere which study it is about."""
    document = SourceDocument(FILE, "", (partners / "phenoimageshare" / FILE).read_bytes())
    with pytest.raises(RecordRejected) as refused:
        PhenoImageShareHarvester(fetcher()).map(document, SourceSpec("vfb", "phenoimageshare", "files/"))
    assert refused.value.reason == "bad-identifier"
