from __future__ import annotations

import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pyoxigraph as px
import pytest
from flask.testing import FlaskClient

from catalogue.model.namespaces import BASE
from catalogue.resolver.service import Resolver
from catalogue.store.ledger import Ledger
from tests.web.studies_for_pages import (
    BARE,
    IMAGE,
    ORIGINAL,
    PLAIN_IMAGE,
    SECOND_IMAGE,
    STUDY,
    append,
    bare_study,
    clock,
    study,
)

FORMS = {
    ".jsonld": ("application/ld+json", px.RdfFormat.JSON_LD),
    ".ttl": ("text/turtle", px.RdfFormat.TURTLE),
    ".nt": ("application/n-triples", px.RdfFormat.N_TRIPLES),
}
PAGES = [
    "/",
    "/search?q=heart",
    f"/studies/{STUDY}",
    f"/studies/{BARE}",
    f"/images/{IMAGE}",
    f"/studies/{STUDY}/original",
]


class Outline(HTMLParser):
    """Tags of a page that matter for its outline."""

    def __init__(self) -> None:
        super().__init__()
        self.levels: list[int] = []
        self.lang = ""
        self.scripts: list[tuple[str, str]] = []
        self.unlabelled: list[str] = []
        self.labels: set[str] = set()
        self.inputs: list[str] = []
        self.without_alt = 0
        self._script: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if re.fullmatch("h[1-6]", tag):
            self.levels.append(int(tag[1]))
        if tag == "html":
            self.lang = given.get("lang") or ""
        if tag == "script":
            self._script = given.get("type") or ""
        if tag == "label":
            self.labels.add(given.get("for") or "")
        if tag == "input" and given.get("type") != "hidden":
            self.inputs.append(given.get("id") or "")
        if tag == "img" and "alt" not in given:
            self.without_alt += 1

    def handle_data(self, data: str) -> None:
        if self._script is not None:
            self.scripts.append((self._script, data))

    def handle_endtag(self, tag: str) -> None:
        if tag == "script":
            self._script = None


def outline(client: FlaskClient, path: str) -> Outline:
    """Outline of a page."""
    page = client.get(path, headers={"Accept": "text/html"})
    assert page.status_code == 200
    found = Outline()
    found.feed(page.text)
    return found


@pytest.mark.parametrize("path", PAGES)
def test_page_has_a_sound_outline(client: FlaskClient, path: str) -> None:
    """Each page names its language, has one h1 and no gap in its headings, a label per field, an alt per picture."""
    found = outline(client, path)
    assert found.lang == "en"
    assert found.levels.count(1) == 1 and found.levels[0] == 1
    assert all(after <= before + 1 for before, after in zip(found.levels, found.levels[1:], strict=False))
    assert set(found.inputs) <= found.labels
    assert found.without_alt == 0


@pytest.mark.parametrize("path", PAGES)
def test_page_needs_no_script(client: FlaskClient, path: str) -> None:
    """The only script element on any page is data."""
    assert {kind for kind, _ in outline(client, path).scripts} <= {"application/ld+json"}


def test_study_page_tells_what_a_reader_asks(client: FlaskClient) -> None:
    """Title, people, organism, method, licence, size, paper, funding, images, source and digest are on the page."""
    text = client.get(f"/studies/{STUDY}").text
    for said in (
        "Light-sheet imaging of the beating heart",
        'href="https://orcid.org/0000-0002-1825-0097"',
        'href="http://purl.obolibrary.org/obo/NCBITaxon_7955"',
        'href="http://purl.obolibrary.org/obo/FBbi_00000369"',
        "CC BY 4.0",
        "use it with credit to the authors",
        "38.4 GiB",
        "https://doi.org/10.1234/example.2024.001",
        "Imaginary Trust",
        f'href="/images/{IMAGE}"',
        f'src="/id/{IMAGE}/thumbnail"',
        "https://partner.example.org/S-BIAD90001.json",
        "2026-11-20 09:30 UTC",
        f"/studies/{STUDY}/original",
        f"/studies/{STUDY}.bib",
    ):
        assert said in text, said


def test_missing_facts_are_said_to_be_missing(client: FlaskClient) -> None:
    """Where the archive says nothing of funding, organism or date, the page says so instead of staying silent."""
    text = client.get(f"/studies/{BARE}").text
    assert "Funding not stated by the archive" in text
    assert text.count("Not stated by the archive") >= 3
    assert "https://example.org/our-own-licence" in text


def test_schema_org_description_is_in_the_page(client: FlaskClient) -> None:
    """Search engines find a schema.org Dataset with the persistent identifier in the page."""
    scripts = outline(client, f"/studies/{STUDY}").scripts
    described = json.loads(scripts[0][1])
    assert (described["@type"], described["@id"]) == ("Dataset", BASE + STUDY)
    assert described["creator"][0]["@id"] == "https://orcid.org/0000-0002-1825-0097"


@pytest.mark.parametrize("suffix", FORMS)
@pytest.mark.parametrize(("path", "curie"), [("studies", STUDY), ("images", IMAGE)])
def test_documents_are_rdf_about_the_record_and_its_provenance(
    client: FlaskClient, path: str, curie: str, suffix: str
) -> None:
    """Every RDF form parses, speaks of the record's IRI, and tells where the record came from."""
    media_type, form = FORMS[suffix]
    answer = client.get(f"/{path}/{curie}{suffix}")
    assert answer.mimetype == media_type
    subjects = {quad.subject.value for quad in px.parse(answer.data, format=form)}
    assert {BASE + curie, f"{BASE}{curie}/record"} <= subjects


def test_document_address_negotiates_too(client: FlaskClient) -> None:
    """The page's own address gives Turtle to who asks for it, names the file, and says that Accept decided."""
    answer = client.get(f"/studies/{STUDY}", headers={"Accept": "text/turtle"})
    assert (answer.status_code, answer.mimetype) == (200, "text/turtle")
    assert answer.headers["Content-Location"] == f"/studies/{STUDY}.ttl"
    assert "Accept" in answer.headers["Vary"]


def test_crate_is_given_with_its_profile(client: FlaskClient) -> None:
    """The RO-Crate says its profile in the media type and names the study's own page as root."""
    answer = client.get(f"/studies/{STUDY}.crate.json")
    assert answer.headers["Content-Type"] == 'application/ld+json; profile="https://w3id.org/ro/crate"'
    assert any(entity["@id"] == study()["landing_page"] for entity in answer.json["@graph"])


@pytest.mark.parametrize(
    "path",
    [
        f"/studies/{STUDY}",
        f"/studies/{STUDY}.ttl",
        f"/studies/{STUDY}.bib",
        f"/images/{IMAGE}",
        f"/images/{IMAGE}.nt",
        "/",
    ],
)
def test_unchanged_document_is_304(client: FlaskClient, path: str) -> None:
    """A client that shows our ETag gets 304 without a body; any other tag gets the document."""
    first = client.get(path)
    etag = first.headers["ETag"]
    assert not etag.startswith("W/")
    again = client.get(path, headers={"If-None-Match": etag})
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", etag)
    assert client.get(path, headers={"If-None-Match": '"other"'}).status_code == 200


def test_forms_have_different_etags(client: FlaskClient) -> None:
    """Two forms of one study at one address are told apart by their tags."""
    tags = {
        client.get(f"/studies/{STUDY}", headers={"Accept": kind}).headers["ETag"]
        for kind in ("text/html", "text/turtle", "application/ld+json")
    }
    assert len(tags) == 3


def test_documents_state_when_they_were_recorded(client: FlaskClient) -> None:
    """Last-Modified is the moment of the ledger entry."""
    assert client.get(f"/studies/{STUDY}.ttl").headers["Last-Modified"] == "Fri, 20 Nov 2026 09:30:00 GMT"


@pytest.mark.parametrize(
    "path", [f"/studies/{STUDY}", f"/studies/{STUDY}.ttl", f"/images/{IMAGE}", f"/id/{IMAGE}/thumbnail"]
)
def test_head_is_get_without_a_body(client: FlaskClient, path: str) -> None:
    """HEAD gives the headers of GET, length included."""
    get, head = client.get(path), client.head(path)
    assert head.data == b""
    for name in ("Content-Type", "Content-Length", "ETag", "Cache-Control"):
        assert head.headers[name] == get.headers[name]


def test_original_stands_beside_our_record(client: FlaskClient) -> None:
    """The partner's bytes are shown as text, escaped, next to our record; the bytes themselves can be had unchanged."""
    page = client.get(f"/studies/{STUDY}/original").text
    assert "Heart of &lt;b&gt;zebrafish&lt;/b&gt;" in page
    assert "&#34;accession&#34;: &#34;S-BIAD90001&#34;" in page
    raw = client.get(f"/studies/{STUDY}/original/raw")
    assert raw.data == ORIGINAL
    assert raw.mimetype == "application/octet-stream"
    assert raw.headers["Content-Disposition"].startswith("attachment")


def test_no_original_is_404(client: FlaskClient) -> None:
    """A record made without an original says so."""
    assert client.get(f"/studies/{BARE}/original").status_code == 404


def test_image_page_tells_what_is_needed_to_open_it(client: FlaskClient) -> None:
    """Axes, sizes, channels, address, code and the study are on an image's page."""
    text = client.get(f"/images/{IMAGE}").text
    for said in (
        "0.36 × 0.36 × 2 µm",
        "uint16",
        "myocardium",
        "#FF00FF",
        "https://images.example.org/zarr/S-BIAD90001.embryo-a.zarr",
        f'href="/studies/{STUDY}"',
        "CC BY 4.0",
        "SPIM image of Danio rerio, 2 channels, 512 × 512 pixels, 8 planes, 4 time points",
        "vizarr",
    ):
        assert said in text, said


def test_viewers_are_not_offered_for_addresses_nobody_reaches(client: FlaskClient) -> None:
    """A store on loopback has its address shown and no link to a public viewer."""
    text = client.get(f"/images/{PLAIN_IMAGE}").text
    assert "http://127.0.0.1:8001/zarr/9000001.zarr" in text
    assert "vizarr" not in text


def test_thumbnail_is_served_with_its_tag(client: FlaskClient) -> None:
    """The preview is given with its type and tag, and 304 to who has it."""
    answer = client.get(f"/id/{IMAGE}/thumbnail")
    assert (answer.status_code, answer.mimetype, answer.headers["ETag"]) == (200, "image/webp", '"abc123"')
    assert client.get(f"/id/{IMAGE}/thumbnail", headers={"If-None-Match": '"abc123"'}).status_code == 304


def test_thumbnail_of_a_study_is_a_problem(client: FlaskClient) -> None:
    """Previews are of images; a study says so with 404."""
    assert client.get(f"/id/{STUDY}/thumbnail").status_code == 404


def test_images_are_paged(with_services: Callable[..., FlaskClient], monkeypatch: pytest.MonkeyPatch) -> None:
    """A study with more images than fit leads to the next page and from there back to the first."""
    monkeypatch.setattr("catalogue.web.studies.PAGE_SIZE", 1)
    client = with_services()
    first = client.get(f"/studies/{STUDY}").text
    assert f'href="/images/{IMAGE}"' in first and f'href="/images/{SECOND_IMAGE}"' not in first
    following = re.search(r'href="([^"]+)" rel="next"', first)
    assert following is not None
    second = client.get(following[1].partition("#")[0]).text
    assert f'href="/images/{SECOND_IMAGE}"' in second and f'href="/images/{IMAGE}"' not in second
    assert 'rel="next"' not in second and "First images" in second


def test_suppressed_study_answers_but_is_not_to_be_indexed(
    with_services: Callable[..., FlaskClient], tmp_path: Path
) -> None:
    """A study that its archive no longer lists keeps its page, says so, and asks not to be indexed."""
    with Ledger(f"sqlite:///{tmp_path / 'ledger.db'}", clock) as ledger:
        append(ledger, bare_study(), status="suppressed")
        client = with_services(ledger=ledger, resolver=Resolver(ledger))
        answer = client.get(f"/studies/{BARE}")
    assert (answer.status_code, answer.headers["X-Robots-Tag"]) == (200, "noindex")
    assert "no longer lists this study" in answer.text
