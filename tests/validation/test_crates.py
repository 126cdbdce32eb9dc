"""RO-Crates: the crate's own graph under the GIDE profile, what it maps to, and the entities that are at fault."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from catalogue.validation.results import Kind
from tests.validation.checking import check, check_json, only

CRATE: dict[str, Any] = json.loads((Path(__file__).parent / "source_graphs" / "gide-0.2-crate.json").read_text("utf-8"))
PROFILE = "gide-0.2-crate"
ROOT = "https://www.ebi.ac.uk/biostudies/bioimages/studies/S-BIAD900001"
DROP = object()


def changed(entity: str, **changes: Any) -> dict[str, Any]:
    """The good crate with properties of one entity replaced; DROP takes one out. Keys may begin with at_ for @."""
    crate = deepcopy(CRATE)
    (found,) = [one for one in crate["@graph"] if one["@id"] == entity]
    for key, value in changes.items():
        name = key.replace("at_", "@")
        if value is DROP:
            del found[name]
        else:
            found[name] = value
    return crate


def broken(crate: dict[str, Any]) -> str:
    """The rules of the profile that are broken, sorted; those that only warn with a question mark."""
    results = [one for one in check_json(crate, PROFILE).results if one.profile == PROFILE]
    names = {one.rule.rpartition(PROFILE + "-")[2] + "?" * (one.severity == "warning") for one in results}
    return " ".join(sorted(names))


def test_good_crate_conforms() -> None:
    """A crate with everything breaks neither its profile nor, mapped, the hard rules; it is one record."""
    report = check_json(CRATE, PROFILE, "gide-0.2")
    assert (report.kind, report.records, report.results) == (Kind.RO_CRATE, 1, ())


DESCRIPTOR = "S-BIAD900001-ro-crate-metadata.json"
NO_METHOD = "Dataset-measurementMethod-direct Dataset-measurementMethod-term"
NO_SIZE = "Dataset-size QuantitativeValue-unitCode QuantitativeValue-unitText QuantitativeValue-value"
GRANT = {"@id": "#grant"}
PERSON = "https://orcid.org/0000-0002-1439-5301"
PAPER = "https://doi.org/10.1038/s41597-020-00608-w"
CASES: list[tuple[str, dict[str, Any], str]] = [
    (ROOT, {"name": DROP}, "Dataset-name"),
    (ROOT, {"name": ["a", "b"]}, "Dataset-name"),
    (ROOT, {"description": ""}, "Dataset-description"),
    (ROOT, {"datePublished": DROP}, "Dataset-datePublished"),
    (ROOT, {"datePublished": "January 2024"}, "Dataset-datePublished-form"),
    (ROOT, {"datePublished": "2024"}, "Dataset-datePublished-form"),
    (ROOT, {"license": DROP}, "Dataset-license"),
    (ROOT, {"license": "CC0"}, "Dataset-license-form?"),
    (ROOT, {"author": []}, "Dataset-author"),
    (ROOT, {"author": [{"@id": "#sample"}]}, "Dataset-author-class"),
    (ROOT, {"publisher": DROP}, "Dataset-publisher"),
    (ROOT, {"publisher": "IDR"}, "Dataset-publisher-class"),
    (ROOT, {"about": []}, "Dataset-about Dataset-about-taxon"),
    (ROOT, {"about": [{"@id": "obo:NCBITaxon_9606"}, {"@id": "#grant"}]}, "Dataset-about-class?"),
    (ROOT, {"about": [{"@id": "#sample"}, {"@id": "obo:CLO_0003684"}]}, "Dataset-about-direct Dataset-about-taxon"),
    (ROOT, {"measurementMethod": []}, "Dataset-measurementMethod Dataset-measurementMethod-term"),
    (ROOT, {"measurementMethod": [{"@id": "#protocol"}]}, NO_METHOD),
    (ROOT, {"measurementMethod": [{"@id": "obo:FBbi_00000246"}, GRANT]}, "Dataset-measurementMethod-class?"),
    (ROOT, {"thumbnailUrl": []}, "Dataset-thumbnailUrl?"),
    (ROOT, {"thumbnailUrl": ["a.png"]}, "Dataset-thumbnailUrl-form"),
    (ROOT, {"identifier": DROP}, "Dataset-identifier?"),
    (ROOT, {"funder": [{"@id": "#institute"}]}, "Dataset-funder?"),
    (ROOT, {"seeAlso": ["https://example.org/"]}, "Dataset-seeAlso?"),
    (ROOT, {"size": [{"@id": "#grant"}]}, NO_SIZE),
    (DESCRIPTOR, {"about": DROP}, "Dataset-descriptor"),
    (DESCRIPTOR, {"conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"}}, "Dataset-descriptor"),
    (PERSON, {"name": DROP}, "Person-name"),
    (PERSON, {"affiliation": []}, "Person-affiliation?"),
    (PERSON, {"affiliation": ["Institute"]}, "Person-affiliation-class?"),
    (PERSON, {"email": ["a@b.org", "c@d.org"]}, "Person-email"),
    ("#institute", {"name": DROP}, "Organization-name"),
    ("#institute", {"url": ["https://a.org/", "https://b.org/"]}, "Organization-url"),
    ("#institute", {"address": ["a", "b"]}, "Organization-address"),
    ("obo:CLO_0003684", {"name": " "}, "DefinedTerm-name"),
    ("obo:NCBITaxon_9606", {"scientificName": DROP}, "Taxon-scientificName"),
    ("obo:NCBITaxon_9606", {"vernacularName": ["human", "man"]}, "Taxon-vernacularName"),
    ("#sample", {"name": DROP}, "BioSample-name"),
    ("#sample", {"description": DROP}, "BioSample-description"),
    ("#sample", {"taxonomicRange": []}, "BioSample-taxonomicRange?"),
    ("#sample", {"taxonomicRange": ["human"]}, "BioSample-taxonomicRange-class?"),
    ("#sample", {"hasCellLine": ["HeLa"]}, "BioSample-hasCellLine?"),
    ("#protocol", {"name": DROP}, "LabProtocol-name"),
    ("#protocol", {"description": ""}, "LabProtocol-description"),
    ("#protocol", {"labEquipment": DROP}, "LabProtocol-labEquipment?"),
    ("#protocol", {"measurementTechnique": []}, "LabProtocol-measurementTechnique?"),
    ("#protocol", {"measurementTechnique": ["light"]}, "LabProtocol-measurementTechnique-class?"),
    ("#grant", {"name": DROP}, "Grant-name"),
    ("#grant", {"identifier": ["a", "b"]}, "Grant-identifier"),
    ("#grant", {"url": ["https://a.org/", "https://b.org/"]}, "Grant-url"),
    (PAPER, {"name": DROP}, "ScholarlyArticle-name"),
    (PAPER, {"datePublished": DROP}, "ScholarlyArticle-datePublished?"),
    (PAPER, {"datePublished": "July 2020"}, "ScholarlyArticle-datePublished-form"),
    ("#files", {"value": DROP}, "QuantitativeValue-value"),
    ("#files", {"unitCode": DROP}, "QuantitativeValue-unitCode"),
    ("#files", {"unitText": DROP}, "QuantitativeValue-unitText"),
    ("#files", {"unitText": "bytes"}, "QuantitativeValue-unit"),
    # QuantitiveValue: all size nodes of the BioImage Archive (S-BIAD843); the node is found by what points at it.
    ("#files", {"at_type": "QuantitiveValue"}, "Dataset-size"),
]  # fmt: skip


@pytest.mark.parametrize(("entity", "changes", "expected"), CASES, ids=lambda value: None)
def test_each_rule_of_the_gide_profile_is_broken_by_its_fault(
    entity: str, changes: dict[str, Any], expected: str
) -> None:
    """One change to the good crate breaks exactly the rules about it, with their weight."""
    assert broken(changed(entity, **changes)) == expected


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (ROOT, "study/1", "Dataset-address"),
        ("obo:CLO_0003684", "#HeLa", "DefinedTerm-address"),
        # An @id with a prefix that the context lacks (S-BIAD2822).
        ("obo:FBbi_00000246", "FBbi:00000246", "DefinedTerm-address"),
        # Leading zeros: obo:NCBITaxon_09606 (SSBD, March).
        ("obo:NCBITaxon_9606", "obo:NCBITaxon_09606", "Taxon-address?"),
        # https://orcid.org/NA (idr0048).
        ("https://orcid.org/0000-0002-1439-5301", "https://orcid.org/NA", "Person-orcid?"),
    ],
)
def test_forms_of_names_are_checked(old: str, new: str, expected: str) -> None:
    """What an entity is called has to be what the profile asks of its kind."""
    assert broken(json.loads(json.dumps(CRATE).replace(f'"{old}"', f'"{new}"'))) == expected


def test_taxa_of_both_namespaces_are_checked() -> None:
    """A taxon is one whether the context makes it schema:Taxon or dwc:Taxon."""
    crate = changed("obo:NCBITaxon_9606", at_type="dwc:Taxon")
    assert broken(crate) == ""
    crate["@graph"][5].pop("scientificName")
    assert broken(crate) == "Taxon-scientificName"


def test_both_see_alsos_are_noted() -> None:
    """rdf:seeAlso, which does not exist, is told to become rdfs:seeAlso (BIA and SSBD write it so)."""
    crate = deepcopy(CRATE)
    crate["@context"][1]["seeAlso"] = "rdf:seeAlso"
    assert broken(crate) == "Dataset-seeAlso-context?"


def test_year_typed_as_a_day_is_noted() -> None:
    """A context that types every date xsd:date makes a bare year an invalid literal (SSBD, 305 papers)."""
    crate = deepcopy(CRATE)
    crate["@context"][1]["datePublished"] = {
        "@id": "http://schema.org/datePublished",
        "@type": "http://www.w3.org/2001/XMLSchema#date",
    }
    assert broken(crate) == "ScholarlyArticle-datePublished-type?"


def test_fault_is_placed_at_entity_and_property() -> None:
    """A result of the profile has the line of the property, or of the entity where the property is missing."""
    lines = json.dumps(changed("#sample", description="", name=DROP), indent=1).splitlines()
    found = {
        one.path: one
        for one in check_json(changed("#sample", description="", name=DROP), PROFILE).results
        if one.profile
    }
    assert lines[found["description"].place.line - 1].strip() == '"description": "",'
    assert lines[found["name"].place.line - 1].strip() == '"@id": "#sample",'
    assert found["name"].focus == "#sample"


def test_reference_at_fault_is_marked_itself() -> None:
    """Of several references the one to the wrong kind of thing is marked."""
    crate = changed(ROOT, author=[{"@id": "#institute"}, {"@id": "#grant"}])
    found = next(one for one in check_json(crate, PROFILE).results if one.rule.endswith("author-class"))
    assert found.place.excerpt.strip() == '"@id": "#grant"' and found.value == "#grant"


def test_findings_of_the_mapping_are_shown_with_their_place() -> None:
    """What the harvester notices is in the report, as a warning or a note, at the entity it is about."""
    crate = changed(ROOT, license="my own terms")
    found = next(one for one in check_json(crate).results if one.rule.endswith("finding-license-form"))
    assert (found.severity, found.path, found.focus) == ("warning", "license", ROOT)
    assert '"license"' in found.place.excerpt
    note = next(
        one for one in check_json(changed("#files", at_type="QuantitiveValue")).results if "type-spelling" in one.rule
    )
    assert note.severity == "info" and "QuantitiveValue" in note.place.excerpt


def test_rejection_of_the_mapping_is_a_violation() -> None:
    """A crate that could not enter fails, with the harvester's reason, at its root."""
    found = only(check_json(changed(ROOT, identifier="EXAMPLE-1")))
    assert found.rule.endswith("record-rejected#bad-identifier")
    assert ROOT in found.place.excerpt


def test_rules_of_the_record_are_told_at_the_root() -> None:
    """A hard rule that the mapped record breaks is told at the root of the crate it came from."""
    found = next(one for one in check_json(changed(ROOT, license=DROP)).results if one.severity == "violation")
    assert (found.path, found.focus) == ("license", "biostudies:S-BIAD900001")
    assert ROOT in found.place.excerpt


def test_entities_of_one_id_and_dangling_references_are_told() -> None:
    """Two entities with one @id, and references that lead nowhere, are told once each at their lines."""
    crate = deepcopy(CRATE)
    crate["@graph"].append({"@id": "#grant", "@type": "Grant", "name": "Another"})
    crate["@graph"][1]["funder"].append({"@id": "#nowhere"})
    found = [(one.severity, one.value) for one in check_json(crate).results if one.path == "@id"]
    assert sorted(found) == [("violation", "#grant"), ("warning", "#nowhere")]


def test_id_that_is_no_iri_is_told() -> None:
    """An entity whose @id has a blank is lost to readers of JSON-LD; that is told at its definition."""
    crate = json.loads(json.dumps(CRATE).replace("#sample", "sample no 1"))
    report = check_json(crate, PROFILE)
    found = [one for one in report.results if one.rule.endswith("id-no-iri")]
    assert len(found) == 1 and '"@id": "sample no 1"' in found[0].place.excerpt


def test_attached_crate_is_checked_by_the_profile() -> None:
    """A crate with the root ./ is checked as a graph, and told why no study is made of it."""
    crate = json.loads(json.dumps(CRATE).replace(f'"{ROOT}"', '"./"'))
    report = check_json(crate, PROFILE)
    assert {one.rule.rpartition("/")[2] for one in report.results} == {
        "record-rejected#policy", "gide-0.2-crate-Dataset-address",
    }  # fmt: skip


def test_repeated_key_in_a_crate_has_its_line() -> None:
    """A crate with a key twice is not mapped, and the second key is told."""
    text = json.dumps(CRATE, indent=1).replace('"name": "HeLa",', '"name": "HeLa",\n   "name": "HeLa again",')
    found = only(check(text, name="ro-crate-metadata.json"))
    assert found.rule.endswith("duplicate-key") and found.place.excerpt.strip() == '"name": "HeLa again",'


def test_crate_with_a_context_nobody_has_is_refused_by_the_profile_alone() -> None:
    """Without a profile about graphs no context is needed; with one, an unknown context is told."""
    crate = deepcopy(CRATE)
    crate["@context"].append("https://example.org/context")
    assert check_json(crate).results == ()
    found = only(check_json(crate, PROFILE))
    assert "https://example.org/context" in found.message and found.place is not None


def test_profile_about_both_is_held_against_what_fits() -> None:
    """A profile about records and source graphs is held against the record where the crate's terms are not its own."""
    report = check_json(CRATE, "dcat-ap-3")
    assert [one for one in report.results if "Nothing in this file" in one.message] == []
    assert all(one.profile == "dcat-ap-3" for one in report.results)
