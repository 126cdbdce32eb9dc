"""Results of profiles: what they say, whom they concern, two versions side by side, and profiles of an operator."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from catalogue import resources
from catalogue.model.profile_results import ProfileChecks
from catalogue.model.profiles import Profile, chosen_profiles, profiles, read_profile
from catalogue.model.rdf import triples
from catalogue.model.records import ProfileResult
from catalogue.model.validation import check_schema
from tests.ingest.conftest import image, study
from tests.model.profiles.cases import full_image, full_study, patients_study
from tests.model.profiles.human import mouse_study

SHAPES = "https://w3id.org/ommatidia/shapes/"


def held(record: dict[str, Any], found: Mapping[str, Profile] | None = None) -> dict[str, dict[str, Any]]:
    """Results of a record under all shipped profiles, or those given, by the profile's name."""
    checks = ProfileChecks((profiles() if found is None else found).values())
    results = checks.results(record["id"], triples(record))
    return {result["profile"].removeprefix(SHAPES): result for result in results}


def newer_gide(folder: Path) -> Profile:
    """An invented GIDE 0.3 that asks for the paper as well and no longer for a thumbnail."""
    folder.mkdir(exist_ok=True)
    text = (resources.profiles_dir() / "gide-0.2.ttl").read_text("utf-8")
    text = text.replace("gide-0.2", "gide-0.3").replace('versionInfo "0.2"', 'versionInfo "0.3"')
    text = text.replace("schema:thumbnailUrl", "dcterms:isReferencedBy").replace(
        "Study-thumbnails", "Study-publications"
    )
    (folder / "gide-0.3.ttl").write_text(text, "utf-8")
    return read_profile(folder / "gide-0.3.ttl")


def test_result_says_what_came_out() -> None:
    """A result holds outcome, numbers of broken obligations and recommendations, and which they are."""
    record = full_study()
    del record["publisher"], record["thumbnails"]
    result = held(record)["gide-0.2"]
    assert result == {
        "id": "biostudies:S-BIAD999001/record/profile/gide-0.2",
        "profile": f"{SHAPES}gide-0.2",
        "outcome": "failed",
        "violation_count": 1,
        "warning_count": 1,
        "broken_rules": [f"{SHAPES}gide-0.2-Study-publisher", f"{SHAPES}gide-0.2-Study-thumbnails"],
    }


def test_recommendations_alone_do_not_fail_a_record() -> None:
    """A record that keeps every obligation passes, with its broken recommendations named."""
    record = full_study()
    del record["thumbnails"]
    result = held(record)["gide-0.2"]
    assert (result["outcome"], result["violation_count"], result["warning_count"]) == ("passed", 0, 1)


def test_results_are_of_the_model() -> None:
    """Every result is a ProfileResult that schema and pydantic class accept."""
    for record in (full_study(), full_image(), study(1)):
        for result in held(record).values():
            assert check_schema(result, "ProfileResult") == []
            assert ProfileResult.model_validate(result).profile == result["profile"]


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (mouse_study(), {"datacite-4.5", "dcat-ap-3", "gide-0.2", "rembi-1.5"}),
        (patients_study(), {"datacite-4.5", "dcat-ap-3", "gide-0.2", "human-data-1", "rembi-1.5"}),
        (full_study(), {"datacite-4.5", "dcat-ap-3", "gide-0.2", "human-data-1", "mifa-1.0", "rembi-1.5"}),
        (full_image(), {"ngff-image-1", "reference-image-1"}),
        (image(1, of=1), {"ngff-image-1"}),
    ],
    ids=["mouse", "patients", "annotated", "reviewed image", "image"],
)
def test_results_are_kept_of_whom_a_profile_concerns(record: dict[str, Any], expected: set[str]) -> None:
    """By the class of the record and by what it holds: no result on human data of a mouse, none on DCAT of an image."""
    assert set(held(record)) == expected


def test_a_text_that_looks_like_a_statement_concerns_nobody() -> None:
    """A description that quotes a triple about people does not make a study one of human data."""
    taxon = "http://purl.obolibrary.org/obo/NCBITaxon_9606"
    record = study(
        1, description=f"Compare <a> <https://w3id.org/ommatidia/terms/organism> <{taxon}> .\n<b> <c> <{taxon}> ."
    )
    assert "human-data-1" not in held(record)


def test_two_versions_stand_side_by_side(tmp_path: Path) -> None:
    """A record is held against any version; each result names its own, and neither changes the other."""
    old, new = profiles()["gide-0.2"], newer_gide(tmp_path)
    record = full_study()
    del record["publications"]
    alone = held(record, {"gide-0.2": old})
    both = held(record, {"gide-0.2": old, "gide-0.3": new})
    assert both["gide-0.2"] == alone["gide-0.2"]
    assert both["gide-0.2"]["warning_count"] == 0
    assert both["gide-0.3"]["broken_rules"] == [f"{SHAPES}gide-0.3-Study-publications"]


def test_a_profile_that_begins_like_another_keeps_its_rules(tmp_path: Path) -> None:
    """Shapes of gide-0.2-strict are not counted as those of gide-0.2."""
    text = (resources.profiles_dir() / "gide-0.2.ttl").read_text("utf-8").replace("gide-0.2", "gide-0.2-strict")
    (tmp_path / "gide-0.2-strict.ttl").write_text(text, "utf-8")
    strict = read_profile(tmp_path / "gide-0.2-strict.ttl")
    results = held(study(1), {"gide-0.2": profiles()["gide-0.2"], "gide-0.2-strict": strict})
    assert results["gide-0.2"]["violation_count"] == results["gide-0.2-strict"]["violation_count"] == 6
    assert all("strict" in rule for rule in results["gide-0.2-strict"]["broken_rules"])


def test_an_operators_profile_is_one_file(tmp_path: Path) -> None:
    """A file in the operator's folder is used beside the shipped profiles that were chosen."""
    newer_gide(tmp_path)
    found = chosen_profiles(["gide-0.2"], tmp_path)
    assert [profile.name for profile in found] == ["gide-0.2", "gide-0.3"]
    assert set(held(study(1), {profile.name: profile for profile in found})) == {"gide-0.2", "gide-0.3"}


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("gide-0.2.ttl", "gide-0.2", "name of a shipped profile"),
        ("own-1.ttl", "own-1 <", "own-1.ttl"),
        ("own-1.ttl", "own-1 strange", "must begin with"),
        ("own-1.ttl", "own-1 unclosed", "own-1.ttl"),
    ],
)
def test_a_profile_that_cannot_be_used_is_refused(name: str, text: str, said: str, tmp_path: Path) -> None:
    """A file with a shipped name, or without proper Turtle, names or shapes, is refused before it meets a record."""
    newer_gide(tmp_path)
    made = (tmp_path / "gide-0.3.ttl").read_text("utf-8").replace("gide-0.3", text.split()[0])
    (tmp_path / "gide-0.3.ttl").unlink()
    if text.endswith("<"):
        made += "<"
    elif text.endswith("strange"):
        made = made.replace("omsh:own-1-Study-authors", "omsh:other-Study-authors")
    elif text.endswith("unclosed"):
        made = made.replace("sh:minCount 1", 'sh:minCount "many"')
    (tmp_path / name).write_text(made, "utf-8")
    with pytest.raises(ValueError, match=said):
        chosen_profiles([], tmp_path)


def test_unknown_name_is_refused(tmp_path: Path) -> None:
    """A setting that names no profile is told which there are."""
    with pytest.raises(ValueError, match=r"no profile 'gide-9'.*gide-0\.2"):
        chosen_profiles(["gide-9"], tmp_path)


def test_a_fault_of_the_engine_is_no_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    """When the check itself fails, results are indeterminate and nothing is raised."""
    checks = ProfileChecks([profiles()["gide-0.2"]])
    monkeypatch.setattr(checks, "_broken", lambda *_: 1 / 0)
    (result,) = checks.results("idr:idr0001", triples(study(1)).replace(b"biostudies:S-BIADTEST1>", b"idr:idr0001>"))
    assert result["outcome"] == "indeterminate" and "violation_count" not in result


def test_digests_tell_versions_of_a_file_apart(tmp_path: Path) -> None:
    """A changed file has another digest, so that views know that old results need not hold."""
    before = ProfileChecks([newer_gide(tmp_path)]).digests
    path = tmp_path / "gide-0.3.ttl"
    path.write_text(path.read_text("utf-8") + "# changed\n", "utf-8")
    after = ProfileChecks([read_profile(path)]).digests
    assert set(before) == set(after) == {f"{SHAPES}gide-0.3"} and before != after
