from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from werkzeug.serving import make_server

from catalogue.model.namespaces import BASE
from catalogue.web.factory import Services, create_web
from tests.web.studies_for_pages import GONE, IMAGE, ORPHAN, SECOND_IMAGE, STUDY

signposting = pytest.importorskip("signposting")


@pytest.fixture(scope="module")
def address(services: Services) -> Iterator[str]:
    """Address of a served node."""
    server = make_server("127.0.0.1", 0, create_web(services), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()


def test_foreign_client_reads_a_study(address: str) -> None:
    """The signposting client finds one cite-as, each rendering with its type, both types, licence, people, items."""
    found = signposting.find_signposting_http(f"{address}/studies/{STUDY}")
    assert str(found.citeAs.target) == BASE + STUDY
    assert {(str(link.target), str(link.type)) for link in found.describedBy} == {
        (f"{address}/studies/{STUDY}.jsonld", "application/ld+json"),
        (f"{address}/studies/{STUDY}.ttl", "text/turtle"),
        (f"{address}/studies/{STUDY}.nt", "application/n-triples"),
        (f"{address}/studies/{STUDY}.nq", "application/n-quads"),
        (f"{address}/studies/{STUDY}.crate.json", "application/ld+json"),
        (f"{address}/studies/{STUDY}.croissant.json", "application/ld+json"),
        (f"{address}/studies/{STUDY}.datacite.json", "application/vnd.datacite.datacite+json"),
    }
    assert {str(link.target) for link in found.linksets} == {
        f"{address}/studies/{STUDY}/linkset.json",
        f"{address}/studies/{STUDY}/linkset",
    }
    assert {str(link.target) for link in found.types} == {"https://schema.org/AboutPage", "https://schema.org/Dataset"}
    assert str(found.license.target) == "https://spdx.org/licenses/CC-BY-4.0"
    assert {str(link.target) for link in found.authors} == {
        "https://orcid.org/0000-0002-1825-0097",
        "https://orcid.org/0000-0001-5109-3700",
    }
    assert {str(link.target) for link in found.items} == {
        f"{address}/images/{IMAGE}",
        f"{address}/images/{SECOND_IMAGE}",
    }


def test_foreign_client_reads_an_image(address: str) -> None:
    """An image names its study as collection."""
    found = signposting.find_signposting_http(f"{address}/images/{IMAGE}")
    assert str(found.citeAs.target) == BASE + IMAGE
    assert str(found.collection.target) == f"{address}/studies/{STUDY}"


@pytest.mark.filterwarnings("ignore:410 Gone")
@pytest.mark.parametrize(
    ("path", "curie", "kind"), [("id", GONE, "studies"), ("studies", GONE, "studies"), ("images", ORPHAN, "images")]
)
def test_foreign_client_reads_a_tombstone(address: str, path: str, curie: str, kind: str) -> None:
    """A 410 stays citable and tells where its machine-readable tombstone is; those addresses answer 410 themselves."""
    found = signposting.find_signposting_http(f"{address}/{path}/{curie}")
    assert str(found.citeAs.target) == BASE + curie
    assert {str(link.target) for link in found.describedBy} == {
        f"{address}/{kind}/{curie}{end}" for end in (".jsonld", ".ttl", ".nt", ".nq")
    }


def test_typed_links_carry_no_parameters(client: FlaskClient) -> None:
    """`type=` is a bare media type: clients throw away the whole header otherwise (images.md, section 3)."""
    for path in (f"/studies/{STUDY}", f"/images/{IMAGE}", f"/id/{GONE}"):
        link = client.get(path).headers["Link"]
        assert 'type="application/ld+json;' not in link and 'type="text/turtle;' not in link


def test_described_documents_lead_back(client: FlaskClient) -> None:
    """A rendering names the page it describes."""
    assert f'</studies/{STUDY}>;rel="describes"' in client.get(f"/studies/{STUDY}.ttl").headers["Link"]


def test_every_described_document_is_there(client: FlaskClient) -> None:
    """What describedby names answers with that type."""
    links = client.get(f"/studies/{STUDY}").headers["Link"].split(", ")
    named = [link for link in links if 'rel="describedby"' in link]
    assert len(named) == 7
    for link in named:
        answer = client.get(link[1 : link.index(">")])
        assert answer.status_code == 200
        assert f'type="{answer.mimetype}"' in link
