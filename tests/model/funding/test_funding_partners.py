"""Funding in the members' real records: how much is found, and that nothing is read that does not stand there."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from catalogue.model.funding.index import FundingIndex, Grants
from catalogue.model.funding.link import INFERRED
from tests.conftest import PARTNERS
from tests.model.real_records import Outcome, repositories, studies, submissions

pytestmark = pytest.mark.partners
# Numbers that their sources misprint, or that nobody of the registry numbers so: they stay text.
MISPRINTED = {
    "23H041350",
    "JP21dm027111",
    "22zf0127001h002",
    "PMJSP2138",
    "J210000474",
    "2614Dj-02b",
    "16-522",
    "301004",
}
_SEEN = re.compile(r"\bJPMJ[A-Z]{2}\w{4}\b|\b(?:JP)?\d\d(?:[A-Z]\d{5}|K[A-Z]\d{4}|[a-z]{2}\d{7}|[a-z]{3}\d{6})\b")
# Whom no registry of ours has: a company, a unit of a university, and two names made up for a test.
UNKNOWN = {
    "illumiSonics Inc",
    "Centre for Bioengineering and Biotechnology",
    "Test funding body1",
    "Test funding body2",
}


def records(outcomes: Iterator[Outcome]) -> dict[str, dict[str, Any]]:
    found = {}
    for outcome in outcomes:
        for record in outcome.mapped.records if outcome.mapped is not None else ():
            if record.get("type") == "Study":
                found[record["id"]] = record
    return found


@pytest.fixture(scope="module")
def crates() -> dict[str, dict[str, Any]]:
    return records(studies(PARTNERS))


@pytest.fixture(scope="module")
def index(crates: dict[str, dict[str, Any]]) -> FundingIndex:
    return Grants.build(crates.items())


def test_studies_with_funding_are_few_and_all_of_ssbd(index: FundingIndex) -> None:
    """Of 871 studies 40 tell of funding (one of the 41 with a grant leaves it empty), 8 more by their paper."""
    assert index.bases() == {"stated": 1, "read from text": 39, "inferred": 8, "none": 823}
    told = Counter(curie.partition(":")[0] for curie in index.studies() if index.links_of(curie))
    assert told == {"ssbd": 48}


def test_funders_and_awards_are_found(index: FundingIndex) -> None:
    """At least as many as were counted when this was written (24 funders, 192 awards)."""
    assert len(index.funders()) >= 24 and len(index.grants()) >= 192
    assert len(index.grants_of("00hhkn466")) >= 139 and len(index.grants_of("00097mb19")) >= 28


def test_all_that_is_read_stands_in_the_record(index: FundingIndex, crates: dict[str, dict[str, Any]]) -> None:
    """Each excerpt and number is a piece of the field that it names, and no misprint is taken for a number."""
    count = 0
    for curie in index.studies():
        for link in index.links_of(curie):
            source = crates[link.evidence.record or curie]
            number = re.fullmatch(r"grants\[(\d+)\]\.title", link.evidence.path)
            assert number is not None
            text = source["grants"][int(number[1])]["title"]
            assert link.evidence.excerpt in text and (link.award_given or "") in text
            assert link.award_given not in MISPRINTED
            count += link.basis != INFERRED
    assert count >= 220


def test_every_number_that_a_person_sees_is_read(index: FundingIndex, crates: dict[str, dict[str, Any]]) -> None:
    """Of all that looks like a number of KAKENHI, JST or AMED in the crates' words none is passed over."""
    seen = 0
    for curie, record in crates.items():
        given = " ".join(link.award_given or "" for link in index.links_of(curie))
        for grant in record.get("grants", ()):
            for number in _SEEN.findall(grant.get("title", "")):
                seen += 1
                assert number in given or number in MISPRINTED, (curie, number)
    assert seen >= 180


def test_stated_grants_of_the_archives_lead_to_their_funders(partners: Path) -> None:
    """BioStudies, the BioImage Archive's API, DataCite: each stated funder is known but four, and no number is lost."""
    found = records(outcome for source in (submissions, repositories) for outcome in source(partners))
    index = Grants.build(found.items())
    stated = [(curie, link) for curie in index.studies() for link in index.links_of(curie) if link.basis == "stated"]
    assert len(stated) == 40
    for _curie, link in stated:
        if link.funder is None and link.funder_name_given:
            assert link.funder_name_given in UNKNOWN
        if link.funder is not None and link.award_given and re.search(r"\d", link.award_given):
            assert link.award is not None, link
    assert index.find_grant("CIHR 185984").award == "PJT-185984"
