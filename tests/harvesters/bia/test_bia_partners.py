"""The real documents of the archive's API and its crates, those of its validator one defect each."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import UTC, datetime
from functools import cache

import pytest

from catalogue.ingest.prepare import Prepared, prepare
from catalogue.model.documents import Mapped, SourceDocument, SourceSpec
from catalogue.store.ontologies import Ontology
from harvesters.bia import BiaHarvester
from harvesters.bundle import MEDIA_TYPE, pack, unpack
from tests.conftest import PARTNERS
from tests.harvesters.contract import fetcher

HARVESTER = BiaHarvester(fetcher())
NOW = datetime(2026, 11, 1, tzinfo=UTC)
OWNERS = ("biostudies", "empiar")
# All but the real ones are invented; under an accession that could be real they show what else they hold.
_INVENTED = re.compile(rb'("accession_?[iI]d":\s*)"(?!S-BIAD\d|EMPIAR)[^"]*"')

pytestmark = pytest.mark.partners


def source(folder: str) -> SourceSpec:
    """One of the two sample folders."""
    return SourceSpec("bia", "bia", str(PARTNERS / folder), OWNERS)


@cache
def documents(folder: str) -> dict[str, SourceDocument]:
    """Documents of a folder, by the part of their names that tells them apart."""
    events = HARVESTER.fetch(source(folder), None, {})
    found = [event for event in events if isinstance(event, SourceDocument)]
    return {event.item.removesuffix("/ro-crate-metadata.json").rpartition("/")[2]: event for event in found}


def renamed(one: SourceDocument) -> SourceDocument:
    """The document under an accession that could be real."""
    if one.media_type != MEDIA_TYPE:
        return SourceDocument(one.item, one.url, _real(one.content), one.media_type)
    files = {name: _real(content) for name, content in unpack(one.content).items()}
    return SourceDocument(one.item, one.url, pack(files), one.media_type)


def _real(content: bytes) -> bytes:
    return _INVENTED.sub(rb'\1"S-BIAD9999"', content)


def mapped(folder: str, name: str) -> Mapped:
    """What becomes of a sample."""
    return HARVESTER.map(renamed(documents(folder)[name]), source(folder))


def codes(folder: str, name: str) -> Counter[str]:
    """Code -> times it was found in a sample."""
    return Counter(finding.code for finding in mapped(folder, name).findings)


@cache
def prepared(folder: str) -> dict[str, Prepared]:
    """What may enter."""
    ontology = Ontology.load()
    return {name: prepare(one, source(folder), HARVESTER.map, ontology, NOW) for name, one in documents(folder).items()}


@pytest.mark.parametrize(("folder", "expected"), [("bia-api", 16), ("bia-ro-crate", 15)])
def test_every_property_is_accounted_for(folder: str, expected: int) -> None:
    """Over all samples nothing is unmapped, and what is ignored has its reason."""
    names = set(documents(folder)) - {"test_duplicate_entity_id"}
    assert len(documents(folder)) == expected
    for name in names:
        found = mapped(folder, name)
        assert not found.unmapped, f"{name}: {dict(found.unmapped)}"
        assert found.mapped > 0
        assert all(key.partition(": ")[2].strip() for key in found.ignored), name


def test_documents_that_may_enter() -> None:
    """The real studies and images enter, the archive's inventions are quarantined `policy`."""
    refused = {name: one.rejected.reason for name, one in prepared("bia-api").items() if one.rejected is not None}
    assert refused == {
        "S-BIAD-TEST-ASSIGN-IMAGE": "policy", "S-BIAD-TEST-ASSIGN-IMAGE-WITH-PATTERN": "policy",
        "S-BIAD-TEST-PROPOSE": "policy", "S-BIAD-TEST-PROPOSE-SOURCE-AND-ANNOTATION-IMAGE": "policy",
        "bia-study-metadata.json#S-BIADTEST": "policy", "point_annotations": "bad-identifier",
        "bia-image-metadata.json#7966aa52-e3db-4ce3-801e-44c524b73ee3": "policy",
        "bia-image-metadata.json#e7322131-8e27-455d-b9fc-8add0719af70": "policy",
    }  # fmt: skip
    kinds = Counter(one.kind for done in prepared("bia-api").values() for one in done.candidates)
    assert kinds == {"study": 5, "image": 20}


def test_only_the_real_crate_may_enter() -> None:
    """S-BIAD843 enters with four images; the others have accessions of tests, or none."""
    entered = [name for name, one in prepared("bia-ro-crate").items() if one.rejected is None]
    assert entered == ["S-BIAD843"]
    reasons = Counter(one.rejected.reason for one in prepared("bia-ro-crate").values() if one.rejected is not None)
    assert reasons == {"policy": 3, "equivocation": 1, "bad-identifier": 10}
    assert len(prepared("bia-ro-crate")["S-BIAD843"].candidates) == 5


@pytest.mark.parametrize(
    ("defect", "code"),
    [
        ("test_redefined_context", "context-redefined"), ("test_id_reference_mismatch", "dangling-reference"),
        ("test_file_list_duplicate_path", "duplicate-path"), ("test_invalid_objects", "unexpected-type"),
        ("test_file_list_missing_metadata_reference", "dangling-reference"),
        ("test_file_list_roc_id_reference_mismatch", "dangling-reference"),
        ("test_file_list_self_reference_mismatch", "dangling-reference"),
    ],
)  # fmt: skip
def test_each_defect_of_the_validator_is_found(defect: str, code: str) -> None:
    """What the archive's validator calls an error is a finding here, and found in no good crate."""
    assert codes("bia-ro-crate", defect)[code]
    good = ("test_minimal_valid_ro_crate", "test_file_list_metadata_reference_connects_entity", "test_typical_ro_crate")
    assert not any(codes("bia-ro-crate", name)[code] for name in good)


def test_image_of_the_real_index_is_whole() -> None:
    """S-BIAD634's search document: study by its address, 72 dots an inch said, store and original as two copies."""
    (record,) = mapped("bia-api", "0931a00e-d4dc-4c82-9809-4fdeffb1fc2e.json").records
    assert (record["id"], record["study"]) == (
        "biostudies:0931a00e-d4dc-4c82-9809-4fdeffb1fc2e", "biostudies:S-BIAD634",
    )  # fmt: skip
    assert {one["format"] for one in record["representations"]} == {"OME-Zarr", "TIFF"}
    assert record["creation_process"].keys() == {"id", "specimens", "acquisitions"}
    found = codes("bia-api", "0931a00e-d4dc-4c82-9809-4fdeffb1fc2e.json")
    assert found["voxel-size-default"] and found["study-from-address"]


def test_eight_datasets_of_the_real_study() -> None:
    """S-BIAD1553 keeps its eight datasets with the archive's counts of images and files."""
    records = mapped("bia-api", "S-BIAD1553.json").records
    assert len(records[0]["components"]) == 8
    assert records[0]["components"][0].keys() >= {"image_count", "file_count", "total_size_bytes"}
    assert sum(record["type"] == "Image" for record in records) == 5


@pytest.mark.parametrize("accession", ["S-BIAD1466", "S-BIAD1495", "S-BIAD1553"])
def test_studies_agree_with_the_archives_own_statistics(accession: str) -> None:
    """Title, day of release and size are those of the archive's statistics of 2025-02, which count file lists too."""
    stats = json.loads((PARTNERS / "bia-stats" / "bia_study_stats.json").read_text("utf-8"))[accession]
    record = mapped("bia-api", f"{accession}.json").records[0]
    assert (record["title"], record["date_published"]) == (stats["title"], stats["release_date"])
    size = sum(component["total_size_bytes"] for component in record["components"])
    assert size == pytest.approx(stats["total_size_bytes"], rel=1e-3)
