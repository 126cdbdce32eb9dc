"""The index: grants and funders as entities, studies behind them, inference through papers kept apart."""

from __future__ import annotations

import random
import time
from typing import Any

import pytest

from catalogue.model.funding.index import FundingIndex, Grants
from catalogue.model.funding.link import INFERRED, READ, STATED, FundingLink
from catalogue.model.funding.papers import MAX_SHARED
from catalogue.problems import AmbiguousIdentifier, BadIdentifier, NotFound

JSPS, WELLCOME, NIH, NCI = "00hhkn466", "https://ror.org/029chgv08", "01cwqze88", "040gcmg81"
RECORDS: dict[str, dict[str, Any]] = {
    "ssbd:1": {
        "funding_statement": "By JSPS KAKENHI (16H06372) and the Uehara Memorial Foundation.",
        "publications": [{"doi": "https://doi.org/10.1000/ABC"}],
    },
    "ssbd:2": {"publications": [{"doi": "10.1000/abc"}, {"title": "no number"}]},
    "ssbd:3": {"funding_statement": "By MEXT KAKENHI (JP16H06372)."},
    "idr:1": {
        "grants": [{"grant_identifier": "226718/Z/22/Z", "acronym": "EYE", "funder": {"name": "Wellcome Trust"}}]
    },
    "idr:2": {"grants": [{"grant_identifier": "226718", "funder": {"name": "Wellcome"}}]},
    "idr:3": {"grants": [{"grant_identifier": "R01CA202752-01A1", "funder": {"name": "National Cancer Institute"}}]},
    "idr:4": {"grants": [{"grant_identifier": "335901", "funder": {"name": "Research Council of Norway"}}]},
    "idr:5": {"grants": [{"grant_identifier": "335901", "funder": {"name": "Academy of Finland"}}]},
    "idr:6": {},
}


@pytest.fixture(scope="module")
def index() -> FundingIndex:
    return Grants.build(RECORDS.items())


def test_grants_are_entities_with_their_studies(index: FundingIndex) -> None:
    """One grant of two spellings and two named funders is one entity, with an IRI and both studies."""
    grant = index.get_grant(JSPS, "16H06372")
    assert grant.iri == "https://w3id.org/ommatidia/grant/00hhkn466/JP16H06372"
    assert grant.spellings == ("16H06372", "JP16H06372")
    found = [(s.curie, s.link.basis) for s in index.studies_of_grant(JSPS, "JP16H06372")]
    assert found == [("ssbd:1", READ), ("ssbd:2", INFERRED), ("ssbd:3", READ)]


def test_a_short_and_a_full_number_are_one_grant(index: FundingIndex) -> None:
    """Wellcome's six digits are the grant of the full number, which names it; its IRI is percent-encoded."""
    grant = index.find_grant("226718")
    assert (grant.award, grant.acronym) == ("226718/Z/22/Z", "EYE")
    assert grant.iri == "https://w3id.org/ommatidia/grant/029chgv08/226718%2FZ%2F22%2FZ"
    assert [s.curie for s in index.studies_of_grant(WELLCOME, "226718")] == ["idr:1", "idr:2"]


@pytest.mark.parametrize(
    ("text", "award"),
    [
        ("226718/Z/22/Z", "226718/Z/22/Z"), ("226718-z-22-z", "226718/Z/22/Z"),
        ("Wellcome 226718/Z/22/Z", "226718/Z/22/Z"),
        ("kakenhi 16H06372", "JP16H06372"), ("KAKENHI 16H06372", "JP16H06372"), (" jp16h06372 ", "JP16H06372"),
        ("5R01CA202752-03", "R01CA202752"), ("research council of n 335901", "335901"),
        ("Academy of Finland 335901", "335901"),
    ],
)  # fmt: skip
def test_a_grant_is_found_by_any_spelling(index: FundingIndex, text: str, award: str) -> None:
    """With or without its funder, in any capitals: exactly one grant."""
    assert index.find_grant(text).award == award


def test_a_number_of_two_funders_asks_which(index: FundingIndex) -> None:
    """Two funders' equal numbers are told apart by asking, with both as candidates."""
    with pytest.raises(AmbiguousIdentifier) as refused:
        index.find_grant("335901")
    assert refused.value.members["candidates"] == [
        "Research Council of Finland 335901",
        "Research Council of Norway 335901",
    ]


def test_an_unknown_number_names_the_nearest(index: FundingIndex) -> None:
    """A slip of the pen leads to what was meant."""
    with pytest.raises(NotFound, match="JP16H06372"):
        index.find_grant("16H06371")
    with pytest.raises(NotFound, match="'zzz'"):
        index.find_grant("zzz")
    with pytest.raises(NotFound):
        index.get_grant(JSPS, "226718/Z/22/Z")


def test_a_funder_is_found_by_any_name(index: FundingIndex) -> None:
    """ROR, Crossref id, spelling; what is unknown names the nearest, what is no ROR says so."""
    for text in (WELLCOME, "029chgv08", "10.13039/100004440", "the wellcome trust"):
        assert index.find_funder(text).key == "wellcome"
    with pytest.raises(NotFound, match="Uehara Memorial Foundation"):
        index.find_funder("Uehara")
    with pytest.raises(NotFound, match="Wellcome"):
        index.find_funder("Welcome")
    with pytest.raises(BadIdentifier):
        index.get_funder("029chgv09")


def test_a_part_counts_to_its_whole_unless_told_otherwise(index: FundingIndex) -> None:
    """A grant of NCI is NIH's: it numbers it; a study that names MEXT for a KAKENHI number is with both."""
    assert [s.curie for s in index.studies_of_funder(NIH)] == ["idr:3"]
    assert [s.curie for s in index.studies_of_funder(NCI, with_children=False)] == ["idr:3"]
    assert [grant.award for grant in index.grants_of(NIH)] == ["R01CA202752"]
    assert [s.curie for s in index.studies_of_funder("048rj2z13", with_children=False)] == ["ssbd:3"]
    assert [s.curie for s in index.studies_of_funder(JSPS)] == ["ssbd:1", "ssbd:2", "ssbd:3"]
    assert index.studies_of_funder("021nxhr62") == []


def inferred(records: dict[str, dict[str, Any]]) -> dict[str, list[FundingLink]]:
    """Inferred links by study, of studies that have any."""
    index = Grants.build(records.items())
    links = {curie: [link for link in index.links_of(curie) if link.basis == INFERRED] for curie in index.studies()}
    return {curie: found for curie, found in links.items() if found}


def test_inference_names_paper_and_record_and_is_no_statement(index: FundingIndex) -> None:
    """The other record's words, its CURIE and the DOI; a funder without an award is not passed on."""
    (link,) = index.links_of("ssbd:2")
    assert (link.basis, link.evidence.record, link.evidence.paper) == (INFERRED, "ssbd:1", "10.1000/abc")
    assert link.evidence.excerpt in RECORDS["ssbd:1"]["funding_statement"]
    assert inferred(RECORDS) == {"ssbd:2": [link]}


def test_inference_goes_one_step_and_repeats_nothing() -> None:
    """What was inferred is not passed on; who has the award already is told nothing; a collection's paper is none."""
    chain = {
        "a:1": {"funding_statement": "JSPS KAKENHI 16H06372", "publications": [{"doi": "10.1000/1"}]},
        "a:2": {"publications": [{"doi": "10.1000/1"}, {"doi": "10.1000/2"}]},
        "a:3": {"publications": [{"doi": "10.1000/2"}]},
        "a:4": {"funding_statement": "MEXT KAKENHI JP16H06372", "publications": [{"doi": "10.1000/1"}]},
    }
    assert set(inferred(chain)) == {"a:2"}
    crowd = {f"a:{n}": {"publications": [{"doi": "10.1000/1"}]} for n in range(MAX_SHARED)}
    assert inferred({**crowd, "b:1": chain["a:1"]}) == {}


def test_studies_without_funding_are_counted_by_their_best_word(index: FundingIndex) -> None:
    """Each study counts once, by the best that is known of it; the inferred is not among the stated."""
    assert index.bases() == {STATED: 5, READ: 2, INFERRED: 1, "none": 1}
    assert index.without_funding() == ["idr:6"] and index.links_of("idr:6") == () == index.links_of("none:1")


def test_order_of_records_does_not_matter() -> None:
    """Equal records give an equal index."""
    shuffled = list(RECORDS.items())
    random.Random(1).shuffle(shuffled)
    one, two = Grants.build(RECORDS.items()), Grants.build(shuffled)
    assert one.grants() == two.grants() and one.funders() == two.funders()
    assert [one.links_of(c) for c in one.studies()] == [two.links_of(c) for c in two.studies()]


def test_five_thousand_records_are_indexed_in_seconds() -> None:
    """Two seconds of the processor for 5,000 records, each with a grant and a statement of its own (1.2 s measured)."""
    text = "This work was supported by {} (grant {} to A.B.) and the Uehara Memorial Foundation; we thank lab {}."
    names = [("Wellcome", "{}/Z/22/Z"), ("NIH", "R01 GM{}-01"), ("European Research Council", "{}"), ("JSPS", "JP{}")]
    records = []
    for number in range(5_000):
        funder, form = names[number % 4]
        award = form.format(f"16H{number:05d}" if funder == "JSPS" else 200_000 + number)
        said = {"grants": [{"grant_identifier": award, "funder": {"name": funder}}]}
        records.append((f"idr:{number}", {**said, "funding_statement": text.format(funder, award, number)}))
    began = time.process_time()
    index = Grants.build(records)
    # Six times the promise: the machine is shared, and what is looked for is growth with the square.
    assert time.process_time() - began < 12.0
    assert len(index.grants()) == 5_000
