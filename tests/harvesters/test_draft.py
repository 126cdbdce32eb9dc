"""A study in the making: forms are repaired and said, nothing is guessed."""

from __future__ import annotations

import pytest

from catalogue.model.documents import SourceSpec
from catalogue.model.identifiers import parse_identifier
from catalogue.model.validation import check_schema, check_shapes
from catalogue.problems import RecordRejected
from harvesters.account import Account
from harvesters.draft import METHOD, TAXON, TERM, StudyDraft, identify_study

SOURCE = SourceSpec("empiar", "empiar", "somewhere", ("empiar",), {"license": "CC0-1.0"})


def draft() -> StudyDraft:
    """A study of EMPIAR."""
    return StudyDraft(parse_identifier("EMPIAR-10311"), Account())


def codes(study: StudyDraft) -> list[str]:
    """Codes of the findings so far."""
    return [finding.code for finding in study.account.findings]


def test_draft_becomes_a_record_that_may_enter() -> None:
    """Title, licence, people, terms, papers and parts together are a valid study."""
    study = draft()
    study.require_title("Cells under ice")
    study.license(None, "licence", SOURCE)
    study.date("date_published", "2020-02-03T10:00:00Z", "release_date")
    lab = study.organization("A lab", "authors", ror="https://ror.org/02catss52")
    study.author(study.person("Ada Ant", "authors", orcid="0000-0002-1439-5301", affiliations=[lab, None]))
    study.set("organisms", [study.term("9606", TAXON, "organism", label="Homo sapiens")])
    study.set("methods", [study.term("FBbi:256", METHOD, "method", label="electron microscopy")])
    study.publication([("https://doi.org/10.1000/ABC", "doi"), ("pending", "pubmed")], title="On ice", issued="2020")
    study.part("biosamples", "biosample", title="HeLa", organisms=study.find("organisms"), description="")
    record = study.record()
    assert not check_schema(record)
    assert not check_shapes(record)
    assert record["alternative_identifiers"] == ["EMPIAR-10311"]
    assert record["license"] == "https://creativecommons.org/publicdomain/zero/1.0/"
    assert record["publications"] == [
        {"id": "empiar:10311/publication/1", "title": "On ice", "doi": "10.1000/abc", "date_issued": "2020"}
    ]
    assert record["authors"][0]["affiliations"][0]["ror"] == "https://ror.org/02catss52"
    assert {"license-of-source", "date-form", "term-id-form", "publication-id-form"} <= set(codes(study))


def test_label_without_id_becomes_a_term_of_the_study() -> None:
    """A name is kept as the study's own term, once, with a finding; no id is guessed."""
    study = draft()
    first = study.term(None, TERM, "subject", label="spindle")
    assert (first, study.term(None, TERM, "subject", label="spindle")) == ("empiar:10311/term/1", first)
    assert codes(study)[0] == "term-without-id"
    assert study.term(None, TERM, "subject") is None


def test_labels_of_one_term_do_not_depend_on_their_order() -> None:
    """Two names of one id give the same label, whichever comes first."""
    found = set()
    for labels in (("mouse", "Mus musculus"), ("Mus musculus", "mouse")):
        study = draft()
        for label in labels:
            study.term("NCBITaxon_10090", TAXON, "organism", label=label)
        found.add(study.record()["terms"][0]["label"])
        assert "labels-differ" in codes(study)
    assert found == {"mouse"}


def test_bad_forms_are_left_out_and_said() -> None:
    """ORCIDs, addresses, licences and days of no form never enter."""
    study = draft()
    study.license("see paper", "licence", SourceSpec("s", "h", "l"))
    study.date("date_published", "soon", "release_date")
    study.author(study.person("Bo", "authors", orcid="0000-0002-1439-5300", address="bo at lab"))
    study.author(study.person(None, "authors"))
    record = study.record()
    assert record["authors"] == [{"type": "Person", "name": "Bo", "id": "empiar:10311/author/1"}]
    assert "license" not in record
    assert "date_published" not in record
    assert codes(study)[:5] == ["license-form", "date-form", "orcid-form", "email-form", "agent-without-name"]


def test_study_without_title_is_refused() -> None:
    """A hard rule: no title, no study."""
    with pytest.raises(RecordRejected) as refused:
        draft().require_title(None, "entry/title")
    assert (refused.value.reason, refused.value.members["path"]) == ("schema-required", "entry/title")


@pytest.mark.parametrize(
    ("text", "reason"), [("S-BIAD7", "not-owner"), ("10.1000/nobody", "bad-identifier"), ("x y", "bad-identifier")]
)
def test_identity_is_never_guessed(text: str, reason: str) -> None:
    """R17: only studies of owners that the source may deliver."""
    with pytest.raises(RecordRejected) as refused:
        identify_study(text, SOURCE, "entry/id")
    assert refused.value.reason == reason
    assert (refused.value.members["path"], refused.value.members["value"]) == ("entry/id", text)


@pytest.mark.parametrize(
    ("text", "help"), [("", "Give it its accession"), (" ", "Give it its accession"), ("XX-1", "owners.toml")]
)
def test_document_of_no_known_study_says_what_to_do(text: str, help: str) -> None:
    """A missing accession is not an identifier of wrong length, and an unknown form may be that of a new archive."""
    with pytest.raises(RecordRejected, match=help):
        identify_study(text, SOURCE)


@pytest.mark.parametrize("given", ["https://ror.org/02catss52", "ror.org/02catss52", "02catss52", "02CATSS52"])
def test_ror_is_read_in_its_three_forms(given: str) -> None:
    """Where a field is for ROR identifiers, one without its address is one as well."""
    study = draft()
    lab = study.organization("A lab", "lab", ror=given)
    assert lab is not None and lab["ror"] == "https://ror.org/02catss52"
    assert not codes(study)


@pytest.mark.parametrize("given", ["2catss52", "02catss5", "grid.10306.34", "https://example.org/02catss52"])
def test_what_is_no_ror_is_left_out_and_said(given: str) -> None:
    """Nothing is guessed of another identifier."""
    study = draft()
    lab = study.organization("A lab", "lab", ror=given)
    assert lab is not None and "ror" not in lab
    assert codes(study) == ["ror-form"]
