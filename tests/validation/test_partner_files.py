"""Real crates and graphs of partners: what the rules find in them is what is known of them (field.md, section 4)."""

from __future__ import annotations

import json
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from catalogue.validation.contexts import bundled
from catalogue.validation.results import FileReport
from catalogue.validation.service import Validator
from tests.validation.checking import check, map_crate

PROFILE = "gide-0.2-crate"
# Rule -> number of results in the sample of a member; counts of field.md section 4 where it has them.
EXPECTED = {
    "bia": {
        "Dataset-size": 1_064,  # two QuantitiveValue (sic) in each of the 532 crates
        "Dataset-thumbnailUrl": 149,
        "Person-affiliation": 147,
        "LabProtocol-measurementTechnique": 146,
        "Dataset-measurementMethod-term": 68,  # no method (S-BIAD1005)
        "BioSample-taxonomicRange": 32,
        "Dataset-about-taxon": 20,  # no taxon (S-BIAD1021)
        "Dataset-description": 19,  # the description "" (EMPIAR-10311)
        "ScholarlyArticle-datePublished-form": 8,  # "None" (S-BIAD1201)
        "DefinedTerm-address": 2,  # FBbi:00000257 without such a prefix (S-BIAD2822)
        "LabProtocol-description": 1,
    },
    "idr": {
        "LabProtocol-labEquipment": 703,  # never given
        "Dataset-measurementMethod-direct": 232,  # EFO's protocol types stand in protocols alone (idr0001)
        "LabProtocol-measurementTechnique": 150,
        "Person-affiliation": 144,  # never given
        "ScholarlyArticle-datePublished": 79,  # never given
        "BioSample-taxonomicRange": 15,
        "Dataset-about-taxon": 5,  # no taxon (idr0008)
        "DefinedTerm-address": 5,  # #term (idr0054), #00000251 (idr0062)
        "Person-orcid": 1,  # https://orcid.org/NA (idr0048)
    },
    "ssbd": {
        "LabProtocol-labEquipment": 390,
        "Dataset-seeAlso-context": 242,  # rdf:seeAlso
        "ScholarlyArticle-datePublished-type": 199,  # a bare year typed xsd:date
        "Dataset-thumbnailUrl": 90,
        "ScholarlyArticle-datePublished": 48,
        "BioSample-taxonomicRange": 44,
        "Person-affiliation": 30,
        "BioSample-hasCellLine": 15,  # embedded objects without a type (ssbd-repos-000265)
        "Dataset-about-taxon": 8,
        "Dataset-about": 2,  # empty (19-Tanaka-FluidDyn)
        "Dataset-datePublished": 2,  # 187-Tsuboi-TumorDyn, 416-Otomo-descSPIM
        "DefinedTerm-address": 2,
        "LabProtocol-measurementTechnique": 1,
    },
}
COUNTS = {"bia": 532, "idr": 89, "ssbd": 250}


@cache
def reports(partners: Path, member: str) -> list[FileReport]:
    """The report on each crate of a member."""
    validator = Validator([PROFILE], map_crate)
    paths = sorted((partners / f"gide-{member}" / "crates").rglob("*-ro-crate-metadata.json"))
    return [validator.check(path.name, path.read_bytes()) for path in paths]


@pytest.mark.partners
@pytest.mark.slow
@pytest.mark.parametrize("member", EXPECTED)
def test_rules_find_what_is_known_of_a_member(member: str, partners: Path) -> None:
    """Each rule of the GIDE profile finds as many faults in a member's crates as there are, all with their line."""
    found = reports(partners, member)
    assert len(found) == COUNTS[member]
    results = [one for report in found for one in report.results if one.profile == PROFILE]
    assert Counter(one.rule.rpartition(PROFILE + "-")[2] for one in results) == EXPECTED[member]
    assert all(one.place is not None for one in results)


@pytest.mark.partners
@pytest.mark.slow
@pytest.mark.parametrize("member", EXPECTED)
def test_mapped_records_keep_the_hard_rules(member: str, partners: Path) -> None:
    """No real crate fails the hard rules once mapped, but for entities whose @id is no IRI (131-Wen-NeuronalNucDyn)."""
    failing = {one.rule for report in reports(partners, member) for one in report.results
               if one.severity == "violation" and not one.profile}  # fmt: skip
    assert failing <= {"https://w3id.org/ommatidia/shapes/id-no-iri"}


@pytest.mark.partners
def test_own_context_gives_the_terms_of_the_published_one(partners: Path) -> None:
    """Every term of RO-Crate 1.2 and of the GIDE context has the same IRI under our own words for them."""
    import pyoxigraph as ox

    def iris(context: object, terms: list[str]) -> dict[str, str]:
        graph = [{"@id": f"urn:t:{number}", term: "x"} for number, term in enumerate(terms)]
        text = json.dumps({"@context": context, "@graph": graph})
        return {q.subject.value: q.predicate.value for q in ox.parse(text, format=ox.RdfFormat.JSON_LD)}

    folder = partners / "gide-profile"
    crate = json.loads((folder / "ro-crate-1.2-context.jsonld").read_text("utf-8"))["@context"]
    terms = sorted(crate)
    ours = bundled()["https://w3id.org/ro/crate/1.2/context"]
    assert len(terms) == 2_899
    assert iris(ours, terms) == iris(crate, terms)
    gide = json.loads((folder / "gide-search-context.jsonld").read_text("utf-8"))["@context"][1]
    own = bundled()["https://gide-search/1.0/context"][1]
    assert iris([ours, own], sorted(gide)) == iris([crate, gide], sorted(gide))


@pytest.mark.partners
@pytest.mark.parametrize(
    ("file", "triples"),
    [
        ("dcat/ckanext-dcat/dcat/dataset.rdf", 115),
        ("dcat/fair-data-point/fantom5.ttl", None),
        ("ssbd-rdf/SSBD_dataset.ttl", 456),
        ("dcat/ckanext-dcat/dcat/catalog_with_at_graph.jsonld", 21),
    ],
)
def test_foreign_graphs_are_read_and_not_taken_for_ours(file: str, triples: int | None, partners: Path) -> None:
    """Graphs of other vocabularies are read whole and told to need a profile."""
    report = check((partners / file).read_bytes(), name=file)
    assert ["no record of our model" in one.message for one in report.results] == [True]
    assert report.triples == triples or triples is None


@pytest.mark.partners
def test_turtle_that_lacks_a_prefix_is_told_in_its_line(partners: Path) -> None:
    """A real file with an undeclared prefix fails at the line where it is used."""
    (found,) = check((partners / "dcat/ckanext-dcat/dcat/dataset.ttl").read_bytes(), name="dataset.ttl").results
    assert "healthdcatap" in found.message
    assert found.place is not None and found.place.line == 149
