from __future__ import annotations

import json
import re

import pytest
from flask.testing import FlaskClient

from tests.web.studies_for_pages import BARE, HUMAN, STUDY


@pytest.fixture
def page(client: FlaskClient) -> str:
    """The page of a study whose data are restricted."""
    return client.get(f"/studies/{HUMAN}").text


def test_restricted_study_says_who_gets_the_data_and_how(page: str) -> None:
    """Condition with its disease, consent, committee, contact, policy, address of the request and time of answer."""
    section = page[page.index('id="access"') : page.index('id="images"')]
    for words in (
        "can be had under conditions",
        "2027-05-01",
        "personal data",
        "disease specific research",
        "glaucoma",
        "Donors agreed to research on eye diseases.",
        "Facet City ethics board 2020-17",
        "Facet City data access committee",
        "Di Secretary",
        "dac@example.org",
        "No attempt to identify donors",
        'href="https://example.org/request"',
        "answered within 14 days",
    ):
        assert words in section, words


def test_parts_and_records_elsewhere_are_shown(page: str) -> None:
    """Components, analyses, related records and statements of identity stand on the page with working links."""
    for words in (
        "Fundus images",
        "1\u202f200",
        "Vessel tracing",
        "analysis code",
        "is supplement to",
        'href="https://doi.org/10.1234/example.2024.001"',
        'href="/id/idr%3Aidr9001"',
        'href="https://identifiers.org/pdb:6vxx"',
    ):
        assert words in page, words


def test_search_engines_read_the_access_level(page: str, client: FlaskClient) -> None:
    """The description inside the page carries the EU access right: the record's; without one public where a public
    licence and an open address of data tell it; else nothing."""

    def described(text: str) -> dict[str, object]:
        found = re.search(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL)
        assert found is not None
        return dict(json.loads(found.group(1)))

    told = described(page)
    assert told["conditionsOfAccess"] == "http://publications.europa.eu/resource/authority/access-right/RESTRICTED"
    assert told["isAccessibleForFree"] is False
    public = described(client.get(f"/studies/{STUDY}").text)
    assert public["conditionsOfAccess"] == "http://publications.europa.eu/resource/authority/access-right/PUBLIC"
    assert public["isAccessibleForFree"] is True
    assert "conditionsOfAccess" not in described(client.get(f"/studies/{BARE}").text)


def test_study_without_access_terms_has_no_such_section(client: FlaskClient) -> None:
    """What an archive does not say about access is not made up."""
    assert 'id="access"' not in client.get(f"/studies/{STUDY}").text
