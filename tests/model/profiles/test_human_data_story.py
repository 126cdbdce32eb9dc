"""A restricted study says who may get it and how; its profile fails when consent is missing, and says what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalogue import resources
from catalogue.model.profile_results import ProfileChecks
from catalogue.model.profiles import profiles
from catalogue.model.rdf import triples
from tests.model.profiles.cases import patients_study
from tests.validation.checking import check

EXAMPLE: Path = resources.schema_dir() / "examples" / "valid" / "Study-human-restricted.yaml"


def without_consent() -> str:
    """The example file without the block about consent."""
    before, _, after = EXAMPLE.read_text("utf-8").partition("  consent:\n")
    return before + "  ethics_approval:" + after.partition("  ethics_approval:")[2]


def test_metadata_say_who_may_get_the_data_and_how() -> None:
    """Level, reason, conditions with their disease, consent, committee with a contact, agreement and where to ask."""
    access = patients_study()["access"]
    assert access["access_level"] == "RESTRICTED" and access["closure_reason"] == "consent" and access["reason"]
    assert access["conditions"][0] == "DUO:0000007" and "MONDO:" in access["condition_modifiers"][0]
    assert access["consent"]["consent_status"] == "obtained" and access["consent"]["description"]
    assert access["data_access_committee"]["contacts"][0]["email"]
    assert access["access_policy"]["url"] and access["request_url"] and access["response_days"]


@pytest.mark.parametrize("profile", ["human-data-1", "rembi-1.5", "datacite-4.5", "dcat-ap-3"])
def test_complete_study_passes(profile: str) -> None:
    """The worked example breaks no rule and no recommendation of the profiles about studies."""
    report = check(EXAMPLE.read_text("utf-8"), profile, name=EXAMPLE.name)
    assert report.results == ()


def test_missing_consent_is_found_in_the_file() -> None:
    """Without consent the file fails, with one message at the access statement that says what to state."""
    (result,) = check(without_consent(), "human-data-1", name="study.yaml").results
    assert (result.severity, result.path) == ("violation", "access.consent")
    assert all(way in result.message for way in ("consent", "obtained", "waived", "not_required"))
    assert result.focus == "biostudies:S-BIAD999002/access"
    assert result.place is not None
    assert "S-BIAD999002/access" in without_consent().splitlines()[result.place.line - 1]


def test_missing_consent_fails_the_record_in_the_catalogue() -> None:
    """The result that the graph keeps of such a study is failed and names the rule."""
    checks = ProfileChecks([profiles()["human-data-1"]])
    record = patients_study()
    assert checks.results(record["id"], triples(record))[0]["outcome"] == "passed"
    del record["access"]["consent"]
    (result,) = checks.results(record["id"], triples(record))
    assert result["outcome"] == "failed"
    assert result["broken_rules"] == ["https://w3id.org/ommatidia/shapes/human-data-1-Access-consent"]
