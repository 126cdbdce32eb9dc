"""Results of profiles as facts of an audit: right without a cache, the same with one, and never held up by it."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalogue.fair.dataset import Study, dataset_of
from catalogue.fair.profiles import HARD_RULES, ProfileFacts, rules
from catalogue.model.namespaces import BASE
from catalogue.model.profile_results import ProfileChecks
from catalogue.model.profiles import SHAPES
from catalogue.model.rdf import triples

RECORD = {
    "type": "Study",
    "id": "biostudies:S-BIAD1",
    "accession": "S-BIAD1",
    "owner": "biostudies",
    "title": "An example study",
    "license": "https://creativecommons.org/publicdomain/zero/1.0/",
    "description": "Images of HeLa cells.",
}
DIGEST = "a" * 64
FACTS = ("profile_results", "broken_rules")


def found(profiles: ProfileFacts, record: dict = RECORD, digest: str = DIGEST) -> dict[str, dict[str, str]]:
    """Profile -> outcome, and shape -> profile, of one study."""
    dataset = dataset_of([("study", digest, record)], FACTS, [profiles.of_study])
    results = dataset.facts["profile_results"].get(BASE + record["id"], ())
    broken = dataset.facts["broken_rules"].get(BASE + record["id"], ())
    return {
        "outcome": {row.said("profile"): row.text.rpartition("/")[2] for row in results},
        "broken": {row.text: row.said("profile") for row in broken},
    }


def test_a_year_that_ends_the_engine_leaves_the_rules_open() -> None:
    """A year of forty digits makes the SHACL engine panic; that is no broken rule, and holds up no other study."""
    told = found(ProfileFacts(), {**RECORD, "date_published": "1" * 40})
    assert told["outcome"][HARD_RULES] == "Indeterminate" and HARD_RULES not in told["broken"].values()


@pytest.fixture
def checked(monkeypatch) -> list[str]:
    """CURIEs of the records that were really held against profiles."""
    seen: list[str] = []
    check = ProfileChecks.results

    def counted(self: ProfileChecks, curie: str, data: bytes):
        seen.append(curie)
        return check(self, curie, data)

    monkeypatch.setattr(ProfileChecks, "results", counted)
    return seen


def test_outcome_and_broken_rules_are_told_for_each_profile() -> None:
    """A record without organism and method passes the hard rules and breaks the rules of GIDE about these."""
    told = found(ProfileFacts())
    assert told["outcome"][HARD_RULES] == "Passed"
    assert told["outcome"][SHAPES + "gide-0.2"] == "Failed"
    gide = {shape for shape, profile in told["broken"].items() if profile == SHAPES + "gide-0.2"}
    assert {f"{SHAPES}gide-0.2-Study-organisms", f"{SHAPES}gide-0.2-Study-methods"} <= gide
    assert f"{SHAPES}gide-0.2-Study-description" not in gide
    assert SHAPES + "mifa-1.0" not in told["outcome"]


def test_a_record_is_checked_once(tmp_path: Path, checked: list[str]) -> None:
    """With a cache only changed records are checked again, and the answers are the same."""
    with ProfileFacts(tmp_path / "fair" / "profiles.db") as profiles:
        first = found(profiles)
    with ProfileFacts(tmp_path / "fair" / "profiles.db") as profiles:
        assert found(profiles) == first
        assert checked == [RECORD["id"]]
        changed = found(profiles, RECORD | {"organisms": ["NCBITaxon:9606"]}, "b" * 64)
    assert checked == [RECORD["id"]] * 2
    assert f"{SHAPES}gide-0.2-Study-organisms" not in changed["broken"]


def test_other_rules_forget_old_results(tmp_path: Path, checked: list[str], monkeypatch) -> None:
    """When a profile or hard rule changes, everything is checked again."""
    file = tmp_path / "profiles.db"
    with ProfileFacts(file) as profiles:
        found(profiles)
    monkeypatch.setattr("catalogue.fair.profiles.shapes_text", lambda: "# other rules\n")
    with ProfileFacts(file) as profiles:
        found(profiles)
    assert len(checked) == 2


def test_other_software_checks_anew(tmp_path: Path, checked: list[str]) -> None:
    """Results of another version are not taken for this one's: an audit does not depend on what was upgraded."""
    for version, times in (("1.0", 1), ("1.0", 1), ("1.1", 2)):
        with ProfileFacts(tmp_path / "profiles.db", version) as profiles:
            found(profiles)
        assert len(checked) == times


@pytest.mark.parametrize("content", [b"no database at all" * 100, b""])
def test_damaged_cache_is_made_anew(tmp_path: Path, checked: list[str], content: bytes) -> None:
    """A file that is no database costs the time of a check, never the audit."""
    file = tmp_path / "profiles.db"
    file.write_bytes(content)
    with ProfileFacts(file) as profiles:
        assert found(profiles)["outcome"][HARD_RULES] == "Passed"
    with ProfileFacts(file) as profiles:
        found(profiles)
    assert len(checked) == 1


def test_a_check_that_failed_is_tried_again(tmp_path: Path, checked: list[str], monkeypatch) -> None:
    """An engine's fault makes results indeterminate, and they are not kept."""

    def fault(self: ProfileChecks, concerned: object, data: bytes):
        raise RuntimeError("the engine stumbled")

    file = tmp_path / "profiles.db"
    with monkeypatch.context() as stumbling, ProfileFacts(file) as profiles:
        stumbling.setattr(ProfileChecks, "_broken", fault)
        assert found(profiles)["outcome"][SHAPES + "gide-0.2"] == "Indeterminate"
    with ProfileFacts(file) as profiles:
        assert found(profiles)["outcome"][SHAPES + "gide-0.2"] == "Failed"
    assert len(checked) == 2


def test_images_get_results_of_their_own() -> None:
    """An image record is held against the profiles about images, by its own digest."""
    image = {
        "type": "Image",
        "id": "biostudies:S-BIAD1.1",
        "accession": "S-BIAD1.1",
        "owner": "biostudies",
        "study": RECORD["id"],
        "representations": [{"id": "biostudies:S-BIAD1.1/r/1", "format": "OME-Zarr", "multiscales_path": ""}],
    }
    lines = b"".join(ProfileFacts().of_image(DIGEST, image, triples(image)))
    assert f"<{SHAPES}ngff-image-1>".encode() in lines and b"terms/Failed>" in lines


def test_every_rule_that_can_be_broken_is_explained() -> None:
    """An obligatory rule comes with a message, most with the property that is missing; recommendations are none."""
    for name in ("rembi-1.5", "gide-0.2"):
        asked = {shape: rule for shape, rule in rules().items() if shape.startswith(f"{SHAPES}{name}-")}
        assert asked and all(rule.message for rule in asked.values())
        assert sum(bool(rule.path) for rule in asked.values()) > len(asked) / 2
    assert f"{SHAPES}gide-0.2-Study-thumbnails" not in rules()


def test_study_of_a_fact_keeps_its_own_digest() -> None:
    """The key of the cache is the payload that was looked at, not the record's name."""
    study = Study("biostudies:S-BIAD1", "biostudies", "t", "", "c" * 64)
    profiles = ProfileFacts()
    seen: list[str] = []
    profiles._lines = lambda digest, curie, written: seen.append(digest) or []
    profiles.of_study(study, RECORD, b"")
    assert seen == ["c" * 64]
