"""Objects of the European Genome-phenome Archive become studies whose access is kept."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ega_objects_of_ours import (
    DATASET,
    DONOR,
    FILES,
    POLICY,
    SAMPLE,
    SOURCE,
    STUDY,
    bundle,
    changed,
    harvester,
    map_objects,
    written,
)  # fmt: skip

from catalogue.model.documents import Event, Listed, SourceDocument, SourceSpec, Unreadable
from catalogue.model.payload import digest
from catalogue.model.validation import check_shapes
from catalogue.problems import RecordRejected
from harvesters.bundle import MEDIA_TYPE, pack
from harvesters.ega import EgaHarvester
from tests.harvesters.contract import HarvesterContract


def codes(**changes: Any) -> set[str]:
    """Codes of the findings about a bundle."""
    return {finding.code for finding in map_objects(**changes).findings}


def test_a_study_keeps_its_access() -> None:
    """Policy, terms of use, committee with its main contact first, and how to ask: all stand in the record."""
    (record,) = map_objects().records
    access = record["access"]
    assert (access["access_level"], access["closure_reason"]) == ("RESTRICTED", "personal_data")
    assert access["conditions"] == ["DUO:0000042", "DUO:0000046"]
    assert access["access_policy"] == {
        "id": "https://ega-archive.org/policies/EGAP00001009001", "accession": "EGAP00001009001", "title": "Agreement",
        "description": "One use.\nNo other.", "url": "https://example.org/daa",
    }  # fmt: skip
    committee = access["data_access_committee"]
    assert (committee["accession"], committee["title"]) == ("EGAC00001009001", "Committee of Example Hospital")
    assert [one["name"] for one in committee["contacts"]] == ["Di Secretary", "Else"]
    assert access["request_url"] == "https://ega-archive.org/studies/EGAS00001009001"
    assert record["license"] == "https://example.org/daa"


def test_what_a_submitter_states_of_consent_is_taken_over() -> None:
    """Attributes that say what a committee and a funder ask for have their places; others are characteristics."""
    record = map_objects().records[0]
    access = record["access"]
    assert access["consent"]["consent_status"] == "obtained"
    assert access["consent"]["description"] == "research on colorectal cancer"
    assert (access["ethics_approval"], access["response_days"]) == ("Example committee, 2020-117", 28)
    assert ("Project", "X1") in [(one["name"], one["text_value"]) for one in record["characteristics"]]


def test_consent_is_never_guessed() -> None:
    """An attribute about consent without a status is a characteristic, and no consent."""
    study = changed(STUDY, studyAttributes=[{"tag": "Consent", "value": "see the hospital"}])
    record = map_objects(study=study).records[0]
    assert "consent" not in record["access"]
    assert any(one["name"] == "Consent" for one in record["characteristics"])


def test_a_study_that_states_enough_fulfils_human_data_1() -> None:
    """The profile for human data finds nothing missing where the objects say who may use the data and on what basis."""
    record = map_objects().records[0]
    assert check_shapes(record, "human-data-1") == []


def test_people_stay_unknown() -> None:
    """Pseudonyms, kinship, negative findings, days and telephone numbers are in no record."""
    text = json.dumps(map_objects().records)
    for secret in ("secret-17", "donor-4711", "EGAI", "0019808", "2021-12", "1234"):
        assert secret not in text
    (sample,) = map_objects().records[0]["biosamples"]
    assert (sample["sex"], sample["date_collected"], sample["diseases"]) == ("male", "2021", ["MONDO:0005575"])


def test_data_and_their_files_are_in_no_record() -> None:
    """Sequencing objects are named by accession and title; names and digests of files under control are not kept."""
    run = '<RUN_SET><RUN accession="EGAR00001009001"><TITLE>Run</TITLE><DATA_BLOCK><FILES><FILE filename="runs/x.cram" '
    run += 'checksum="abc"/></FILES></DATA_BLOCK></RUN></RUN_SET>'
    mapped = map_objects(dac=run)
    assert "x.cram" not in json.dumps(mapped.records)
    assert ("EGA run", "EGAR00001009001 Run") in [
        (one["name"], one["text_value"]) for one in mapped.records[0]["characteristics"]
    ]
    assert not mapped.unmapped


def test_the_same_study_elsewhere_is_stated() -> None:
    """sameAs another archive's study is a statement with the owner's word; the dataset is a component."""
    record = map_objects().records[0]
    assert record["identity_statements"][0]["same_study_as"] == "biostudies:S-BIAD3"
    assert [(one["accession"], one["title"]) for one in record["components"]] == [("EGAD00001009001", "Slides")]


def test_older_spelling_of_keys_means_the_same() -> None:
    """The archive's two-format policy.json writes object_id and duo_codes_curies; its folder is its kind."""
    policy = {
        "object_id": {"ega_accession": "EGAP00001009001"}, "object_title": "Agreement",
        "duo_codes_curies": ["DUO:0000042", "EFO:0000001"],
        "policy_relationships": [{"r_source": {"object_id": {"ega_accession": "EGAC00001009001"}}}],
    }  # fmt: skip
    files = {"a/study.json": written(STUDY), "a/policy/policy.json": written(policy)}
    source = SourceSpec("ega", "ega", "", ("ega",), {"license": "https://example.org/daa"})
    mapped = harvester().map(SourceDocument("x", "", pack(files), MEDIA_TYPE), source)
    access = mapped.records[0]["access"]
    assert access["conditions"] == ["DUO:0000042"]
    # The committee is named by its accession alone: its page is where to ask.
    assert access["request_url"] == "https://ega-archive.org/dacs/EGAC00001009001"
    assert {"use-term-unknown", "committee-undescribed"} <= {finding.code for finding in mapped.findings}


def test_a_dataset_without_a_study_stands_for_itself() -> None:
    """A dataset with its policy is a record of its own, under its own accession."""
    record = map_objects(study=None).records[0]
    assert (record["id"], record["title"]) == ("ega:EGAD00001009001", "Slides")
    assert record["access"]["access_policy"]["accession"] == "EGAP00001009001"


def test_a_committee_without_contact_is_left_out() -> None:
    """A committee that nobody can write to is noted; the rest of the access stands."""
    dac = '<DAC_SET><DAC accession="EGAC00001009001"><TITLE>Committee</TITLE></DAC></DAC_SET>'
    assert "committee-undescribed" in codes(dac=dac)
    assert "data_access_committee" not in map_objects(dac=dac).records[0]["access"]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"study": None, "dataset": None}, "schema-required"),
        ({"study": changed(STUDY, objectTitle=None)}, "schema-required"),
        ({"study": changed(STUDY, objectId={"alias": "draft"})}, "bad-identifier"),
        ({"dataset": STUDY}, "equivocation"),
        ({"policy": "{"}, "not-parsable"),
        ({"dac": "<!DOCTYPE x><DAC_SET/>"}, "not-parsable"),
        ({"dac": "<html/>"}, "not-parsable"),
    ],
)
def test_what_is_no_study_waits_with_its_reason(changes: dict[str, Any], reason: str) -> None:
    """R19: no study, no title, no accession yet, two studies, no JSON, a DOCTYPE: quarantined, with the reason."""
    with pytest.raises(RecordRejected) as refused:
        map_objects(**changes)
    assert refused.value.reason == reason


def test_an_operator_may_state_the_accession() -> None:
    """Objects that have no accession yet are a study by the source's option."""
    study = changed(STUDY, objectId={"alias": "draft"})
    source = SourceSpec("ega", "ega", "", ("ega",), {"study": "EGAS00001009009"})
    assert map_objects(source, study=study).records[0]["id"] == "ega:EGAS00001009009"


def fetch(folder: Path, known: dict[str, str] | None = None) -> list[Event]:
    """One reading of a folder."""
    return list(harvester().fetch(SourceSpec("ega", "ega", str(folder), ("ega",)), None, known or {}))


def test_files_that_refer_to_one_another_are_one_document(tmp_path: Path) -> None:
    """A study with its dataset, policy, committee, samples and donors is one document; a stranger is another."""
    for name, value in FILES.items():
        (tmp_path / name).write_bytes(written(value))
    stranger = changed(SAMPLE, objectId={"egaAccession": "EGAN00001009009"}, sampleRelationships=[])
    (tmp_path / "stranger.json").write_bytes(written(stranger))
    first, second, end = fetch(tmp_path)
    assert isinstance(first, SourceDocument) and isinstance(second, SourceDocument)
    assert (first.item, second.item) == ("EGAS00001009001", "stranger.json")
    assert harvester().map(first, SOURCE).records == map_objects().records
    assert isinstance(end, Listed)
    assert end.total == 2


def test_a_broken_file_costs_itself_alone(tmp_path: Path) -> None:
    """R19: a file that is no JSON is a document of its own, and is refused when it is mapped; the study enters."""
    for name, value in FILES.items():
        (tmp_path / name).write_bytes(written(value))
    (tmp_path / "broken.json").write_bytes(b"{")
    (tmp_path / "huge.json").write_bytes(b" " * (5 << 20))
    study, broken, huge, _ = fetch(tmp_path)
    assert isinstance(study, SourceDocument) and isinstance(broken, SourceDocument)
    assert len(harvester().map(study, SOURCE).records) == 1
    with pytest.raises(RecordRejected):
        harvester().map(broken, SOURCE)
    assert isinstance(huge, Unreadable)
    assert huge.reason == "too-large"


def test_a_changed_policy_changes_its_study(tmp_path: Path) -> None:
    """The document changes with any of its files."""
    for name, value in FILES.items():
        (tmp_path / name).write_bytes(written(value))
    known = {event.item: digest(event.content) for event in fetch(tmp_path) if isinstance(event, SourceDocument)}
    assert not [event for event in fetch(tmp_path, known) if isinstance(event, SourceDocument)]
    (tmp_path / "policy.json").write_bytes(written(changed(POLICY, objectTitle="Another")))
    assert [event.item for event in fetch(tmp_path, known) if isinstance(event, SourceDocument)] == ["EGAS00001009001"]


class TestEga(HarvesterContract):
    """Studies and datasets with what belongs to them."""

    def harvester(self) -> EgaHarvester:
        """Made with the one fetcher."""
        return harvester()

    def source(self) -> SourceSpec:
        """Objects of the archive."""
        return SOURCE

    def samples(self) -> list[SourceDocument]:
        """A whole study, a dataset alone, a study without samples."""
        return [bundle(), bundle(study=None), bundle(sample=None, individual=None, dataset=DATASET)]

    def serve(self, folder: Path) -> SourceSpec:
        """A folder with one study and a donor that nobody names."""
        for name, value in FILES.items():
            (folder / name).write_bytes(written(value))
        (folder / "other.json").write_bytes(written(changed(DONOR, objectId={"egaAccession": "EGAI00001009077"})))
        return SourceSpec("ega", "ega", str(folder), ("ega",))


def test_a_study_whose_file_is_broken_is_not_absent(tmp_path: Path) -> None:
    """R14: where a file cannot be read, a study that makes no document any more proves nothing."""
    (tmp_path / "huge.json").write_bytes(b" " * (5 << 20))
    end = fetch(tmp_path)[-1]
    assert isinstance(end, Listed) and not end.complete
