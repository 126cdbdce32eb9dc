"""The archive's own examples: all are read; none has an accession of a study, so that they wait or are told one."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import pytest
from ega_objects_of_ours import harvester

from catalogue.model.documents import Mapped, SourceDocument, SourceSpec
from catalogue.model.validation import check_schema, check_shapes
from catalogue.problems import RecordRejected

pytestmark = pytest.mark.partners

JSON = ("study", "dataset", "policy", "sample", "individual", "protocol", "assay", "analysis", "experiment")


def documents(folder: Path, **options: str) -> tuple[SourceSpec, list[SourceDocument]]:
    """The documents below a folder."""
    source = SourceSpec("ega", "ega", str(folder), ("ega",), options)
    return source, [event for event in harvester().fetch(source, None, {}) if isinstance(event, SourceDocument)]


def one(folder: Path, study: str, **options: str) -> Mapped:
    """All objects of a folder as one study, by the operator's word."""
    source, (document,) = documents(folder, study=study, **options)
    return harvester().map(document, source)


def test_examples_without_accession_wait_with_their_reasons(partners: Path) -> None:
    """30 files make 23 documents: 18 hold no study or dataset, 5 a study or dataset without an accession."""
    source, found = documents(partners / "ega")
    reasons: Counter[str] = Counter()
    for document in found:
        with pytest.raises(RecordRejected) as refused:
            harvester().map(document, source)
        reasons[refused.value.reason] += 1
    assert reasons == {"schema-required": 18, "bad-identifier": 5}


def test_json_examples_are_a_study_when_told_its_accession(partners: Path, tmp_path: Path) -> None:
    """One object of each kind: the study enters with its access, and every property is accounted for."""
    for kind in JSON:
        first = min((partners / "ega" / "json_validation_tests").glob(f"{kind}_valid-1*.json"))
        shutil.copy(first, tmp_path)
    mapped = one(tmp_path, "EGAS00001000001")
    (record,) = mapped.records
    assert not mapped.unmapped
    assert not check_schema(record) and not check_shapes(record)
    assert record["access"]["conditions"] == ["DUO:0000046", "DUO:0000028", "DUO:0000032"]
    assert record["identity_statements"][0]["same_study_as"] == "biostudies:S-EPMC3314381"
    assert "donor-NM305004" not in str(record)


def test_xml_examples_are_a_dataset_when_told_its_accession(partners: Path) -> None:
    """Dataset, committee and sequencing objects in XML: the committee and the policy's accession are kept."""
    folder = partners / "ega" / "sequence-based-metadata" / "XML" / "XMLs_examples-true_values"
    mapped = one(folder, "EGAD00001000001", license="https://example.org/agreement")
    (record,) = mapped.records
    assert not mapped.unmapped
    assert not check_schema(record) and not check_shapes(record)
    assert record["access"]["access_policy"]["accession"] == "EGAP00001000598"
    assert len(record["access"]["data_access_committee"]["contacts"]) == 2


def test_descriptive_examples_are_read_whole(partners: Path) -> None:
    """Examples whose values are explanations: read to the last property, with findings for what is no value."""
    folder = partners / "ega" / "sequence-based-metadata" / "XML" / "XMLs_examples-descriptive"
    mapped = one(folder, "EGAD00001000001", license="https://example.org/agreement")
    assert not mapped.unmapped
    assert not check_schema(mapped.records[0])


@pytest.mark.parametrize("name", ["RareDisease", "SingleCellSequencing", "valid-1"])
def test_parcels_of_objects_are_opened(partners: Path, name: str, tmp_path: Path) -> None:
    """An object set is its objects: the rare disease's is a study with a donor's sample; the others lack a study."""
    shutil.copy(partners / "ega" / "json_validation_tests" / f"object-set_{name}.json", tmp_path)
    if name != "RareDisease":
        with pytest.raises(RecordRejected, match="no study and no dataset"):
            one(tmp_path, "EGAS00001000001", license="https://example.org/agreement")
        return
    mapped = one(tmp_path, "EGAS00001000001", license="https://example.org/agreement")
    assert not mapped.unmapped
    assert mapped.records[0]["publications"][0]["pubmed_id"] == "30808312"
    assert mapped.records[0]["biosamples"][0]["diseases"] == ["MONDO:0008029"]
