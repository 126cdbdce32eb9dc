from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.web.studies_for_pages import BARE, GONE, HOSTILE, IMAGE, ORPHAN, RENAMED, STUDY

CRATE = 'application/ld+json;profile="https://w3id.org/ro/crate"'
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"
OWN = re.compile(r"/(?:id|studies|images|search)(?:[/?#].*)?", re.ASCII)


@pytest.mark.parametrize(
    ("accept", "suffix"),
    [
        ("", ""),
        ("*/*", ""),
        (BROWSER, ""),
        ("text/html", ""),
        ("application/ld+json", ".jsonld"),
        ("application/json", ".jsonld"),
        ("text/turtle", ".ttl"),
        ("application/n-triples", ".nt"),
        (CRATE, ".crate.json"),
        ('application/ld+json; profile="https://w3id.org/ro/crate"; q=0.9, text/turtle;q=0.5', ".crate.json"),
        ("text/turtle;q=0.4, application/n-triples", ".nt"),
        ("application/rdf+xml, text/turtle;q=0.9, */*;q=0.1", ".ttl"),
        ("application/ld+json;q=0, text/*;q=0.3", ""),
    ],
)
def test_identifier_leads_to_the_form_asked_for(client: FlaskClient, accept: str, suffix: str) -> None:
    """/id answers 303 to the page or rendering that the Accept header likes best, and says that Accept decided."""
    answer = client.get(f"/id/{STUDY}", headers={"Accept": accept} if accept else {})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/studies/{STUDY}{suffix}")
    assert "Accept" in answer.headers["Vary"]


def test_image_identifier_leads_to_the_image(client: FlaskClient) -> None:
    """An image's identifier leads to the image's documents."""
    assert client.get(f"/id/{IMAGE}").headers["Location"] == f"/images/{IMAGE}"
    turtle = client.get(f"/id/{IMAGE}", headers={"Accept": "text/turtle"})
    assert turtle.headers["Location"] == f"/images/{IMAGE}.ttl"


def test_nothing_acceptable_is_406_with_the_choices(client: FlaskClient) -> None:
    """A client that takes only what we do not have is told what we have."""
    answer = client.get(f"/id/{STUDY}", headers={"Accept": "application/pdf"})
    assert answer.status_code == 406
    assert "text/turtle" in answer.json["available"]


@pytest.mark.parametrize(
    "name",
    [
        "S-BIAD90001",
        "s-biad90001",
        "bia:S-BIAD90001",
        quote("https://www.ebi.ac.uk/biostudies/bioimages/studies/S-BIAD90001", safe=""),
        "https://www.ebi.ac.uk/biostudies/bioimages/studies/S-BIAD90001",
        "https://identifiers.org/biostudies:S-BIAD90001",
        "doi:10.6019/S-BIAD90001",
        quote("https://doi.org/10.6019/S-BIAD90001", safe=""),
        "OLD-77",
    ],
)
def test_other_forms_are_sent_to_the_canonical_one(client: FlaskClient, name: str) -> None:
    """Accession, synonym, page, provider form and alias answer 301 to the one canonical identifier."""
    answer = client.get(f"/id/{name}")
    assert (answer.status_code, answer.headers["Location"]) == (301, f"/id/{STUDY}")


def test_address_with_a_query_string_survives_pasting(client: FlaskClient) -> None:
    """IDR's image pages carry their id in the query string; pasted unescaped they still resolve."""
    answer = client.get("/id/https://idr.openmicroscopy.org/webclient/?show=image-9000001")
    assert (answer.status_code, answer.headers["Location"]) == (301, "/id/idr:9000001")


def test_form_parameter_takes_any_text(client: FlaskClient) -> None:
    """?q= takes what cannot stand in a path."""
    answer = client.get("/id", query_string={"q": " https://doi.org/10.6019/S-BIAD90001 "})
    assert answer.headers["Location"] == f"/id/{STUDY}"


def test_sub_resource_leads_into_the_page(client: FlaskClient) -> None:
    """An author's IRI leads to the study's page at that author, and the page has the anchor."""
    answer = client.get(f"/id/{STUDY}/author/1")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/studies/{STUDY}#author/1")
    assert 'id="author/1"' in client.get(f"/studies/{STUDY}").text


def test_bad_syntax_is_400_with_the_reason(client: FlaskClient) -> None:
    """An accession that cannot be is told what one looks like."""
    answer = client.get("/id/biostudies:NOPE")
    assert answer.status_code == 400
    assert "S-BIAD634" in answer.json["detail"]


def test_unknown_is_404_with_where_to_look(client: FlaskClient) -> None:
    """A well-formed unknown accession is told what was understood and linked to its archive."""
    answer = client.get("/id/S-BIAD999")
    assert answer.status_code == 404
    assert answer.json["understood_as"] == "biostudies:S-BIAD999"
    assert answer.json["look_at"][0]["url"] == "https://www.ebi.ac.uk/biostudies/bioimages/studies/S-BIAD999"
    page = client.get("/id/S-BIAD999", headers={"Accept": BROWSER})
    assert page.status_code == 404
    assert 'href="https://www.ebi.ac.uk/biostudies/bioimages/studies/S-BIAD999"' in page.text


def test_unknown_image_offers_its_study(client: FlaskClient) -> None:
    """Where only the image is unknown, the page leads to the study that is here."""
    page = client.get(f"/id/{STUDY}.nope", headers={"Accept": BROWSER})
    assert page.status_code == 404
    assert f'href="/studies/{STUDY}"' in page.text


def test_ambiguous_is_300_with_candidates(client: FlaskClient) -> None:
    """A bare number gives the identifiers it may mean, as data and as links."""
    answer = client.get("/id/12345")
    assert answer.status_code == 300
    assert {candidate["curie"] for candidate in answer.json["candidates"]} == {
        "empiar:12345",
        "idr:12345",
        "zenodo:12345",
    }
    assert 'href="/id/idr:12345"' in client.get("/id/12345", headers={"Accept": BROWSER}).text


@pytest.mark.parametrize("path", [f"/id/{GONE}", f"/studies/{GONE}", f"/id/{ORPHAN}", f"/images/{ORPHAN}"])
@pytest.mark.parametrize("accept", ["text/html", "application/ld+json", "text/turtle", "application/n-triples"])
def test_withdrawn_is_410_with_a_tombstone_in_every_form(client: FlaskClient, path: str, accept: str) -> None:
    """A withdrawn study, and each image of it, answers 410 at /id and at its document, with what it was."""
    answer = client.get(path, headers={"Accept": accept})
    assert answer.status_code == 410
    assert answer.mimetype == accept
    assert "2026-11-19" in answer.text
    link = answer.headers["Link"]
    assert 'rel="cite-as"' in link and 'rel="describedby"' in link


@pytest.mark.parametrize(
    ("path", "target"),
    [
        (f"/id/{RENAMED}", f"/id/{STUDY}"),
        ("/id/S-BIAD90008", f"/id/{STUDY}"),
        (f"/studies/{RENAMED}", f"/studies/{STUDY}"),
        (f"/studies/{RENAMED}.ttl", f"/studies/{STUDY}.ttl"),
    ],
)
def test_replaced_record_is_301_to_its_successor(client: FlaskClient, path: str, target: str) -> None:
    """A record that was renamed at its source answers 301 to the record that it became (images.md, section 3)."""
    answer = client.get(path)
    assert (answer.status_code, answer.headers["Location"]) == (301, target)


def test_withdrawn_study_is_not_given_by_suffix(client: FlaskClient) -> None:
    """Every form and citation file of a withdrawn study is its tombstone, as JSON-LD where it has no such form."""
    assert client.get(f"/studies/{GONE}.ttl").status_code == 410
    for end in (".crate.json", ".croissant.json", ".bib", ".ris"):
        answer = client.get(f"/studies/{GONE}{end}")
        assert (answer.status_code, answer.mimetype) == (410, "application/ld+json")
        assert answer.json["@graph"][0]["type"] == ["Tombstone"]
    assert client.get(f"/studies/{GONE}/original").status_code == 410
    assert client.get(f"/id/{ORPHAN}/thumbnail").status_code == 410


@pytest.mark.parametrize("end", [".bib", ".ris", ".ttl"])
def test_suffix_of_an_unknown_study_is_404(client: FlaskClient, end: str) -> None:
    """A form of a study that is not here answers 404, a citation file as any other form."""
    assert client.get(f"/studies/biostudies:S-BIAD999999{end}").status_code == 404


def test_document_of_the_other_kind_is_redirected(client: FlaskClient) -> None:
    """A study asked for as an image, or under another of its names, moves to its own address."""
    assert client.get(f"/images/{STUDY}").headers["Location"] == f"/studies/{STUDY}"
    assert client.get("/studies/S-BIAD90001.ttl").headers["Location"] == f"/studies/{STUDY}.ttl"
    assert client.get("/studies/S-BIAD90001.bib").headers["Location"] == f"/studies/{STUDY}.bib"
    assert client.get("/studies/idr:9001/original").headers["Location"] == f"/studies/{BARE}/original"


@pytest.mark.parametrize(
    "name",
    [
        "//evil.example/",
        "https://evil.example/",
        "/\\evil.example",
        "%2f%2fevil.example",
        "https://evil.example/S-BIAD90001",
        "https://www.ebi.ac.uk.evil.example/biostudies/studies/S-BIAD90001",
        "https://evil.example@www.ebi.ac.uk/biostudies/studies/S-BIAD90001",
        "S-BIAD90001%0d%0aSet-Cookie:%20a=b",
        f"{STUDY}/%0d%0aSet-Cookie:%20a=b",
        f"{STUDY}//evil.example",
        f"{STUDY}/..%2f..%2f..%2fetc",
    ],
)
def test_redirects_stay_here_and_headers_stay_whole(client: FlaskClient, name: str) -> None:
    """No spelling of an identifier leads to another host or adds a header line."""
    answer = client.get(f"/id/{name}")
    location = answer.headers.get("Location")
    assert location is None or OWN.fullmatch(location)
    assert "Set-Cookie" not in answer.headers
    assert all("\r" not in value and "\n" not in value for value in answer.headers.values())


ODD = st.one_of(
    st.text(max_size=60),
    st.from_regex(r"(?:biostudies|idr|ssbd|empiar|http|https|doi|//)?:?/{0,3}[\x00-\x7f]{0,40}", fullmatch=True),
    st.builds(
        lambda head, tail: head + tail,
        st.sampled_from(
            [STUDY, IMAGE, GONE, HOSTILE, "S-BIAD90001", "https://www.ebi.ac.uk/biostudies/studies/S-BIAD90001"]
        ),
        st.text(alphabet="/\\?#%&@:;.\r\n\t \u202e\u0661abcXYZ019-_", max_size=30),
    ),
)


@pytest.mark.slow
@settings(max_examples=500, deadline=None, suppress_health_check=list(HealthCheck))
@given(texts=st.lists(ODD, min_size=20, max_size=20))
def test_any_text_gives_an_answer_that_stays_here(client: FlaskClient, texts: list[str]) -> None:
    """10,000 odd identifiers: never a fault, and every Location is a path of this node (reliability.md, TQ7)."""
    for text in texts:
        answer = client.get("/id/" + quote(text, safe="/:"))
        assert answer.status_code in (200, 300, 301, 303, 400, 404, 406, 410), text
        location = answer.headers.get("Location")
        if location is not None:
            assert OWN.fullmatch(location), location
        assert (location is not None) == (answer.status_code in (301, 303)), text


@pytest.mark.slow
@settings(max_examples=1_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    text=ODD,
    place=st.sampled_from(["/studies/", "/images/", "/studies/x/original?", "/search?q=", "/search?page=", "/id?q="]),
)
def test_any_text_elsewhere_is_no_fault(client: FlaskClient, text: str, place: str) -> None:
    """Odd text in any other address is answered, never a fault, and never leads away."""
    answer = client.get(place + quote(text, safe="/:" if place.endswith("/") else ""))
    assert answer.status_code < 500
    assert OWN.fullmatch(answer.headers.get("Location", "/id"))
