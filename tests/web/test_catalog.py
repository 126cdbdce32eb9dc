from __future__ import annotations

import gzip
import json
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient

from catalogue.exchange.dcat import catalog as catalog_pages
from catalogue.exchange.dcat import fdp
from catalogue.model.namespaces import BASE
from catalogue.resolver.service import Resolver
from catalogue.settings import ExchangeSettings, WebSettings
from catalogue.store.ledger import Ledger
from catalogue.web.exchange.rendered import RenderedPages
from catalogue.web.factory import Services, create_web
from tests.web.studies_for_pages import GONE, RENAMED, append, bare_study, clock, seed, study

DCAT = "http://www.w3.org/ns/dcat#"
LDP = "http://www.w3.org/ns/ldp#"
FDP = "https://w3id.org/fdp/fdp-o#"
HYDRA = "http://www.w3.org/ns/hydra/core#"
FORMS = {
    ".ttl": ("text/turtle", ox.RdfFormat.TURTLE),
    ".jsonld": ("application/ld+json", ox.RdfFormat.JSON_LD),
    ".rdf": ("application/rdf+xml", ox.RdfFormat.RDF_XML),
    ".nt": ("application/n-triples", ox.RdfFormat.N_TRIPLES),
}


def values(body: bytes, predicate: str, form: ox.RdfFormat = ox.RdfFormat.TURTLE) -> set[str]:
    """Objects of a predicate anywhere in a document."""
    return {q.object.value for q in ox.parse(body, format=form) if q.predicate.value == predicate}  # type: ignore[union-attr]


def walked(client: FlaskClient, path: str, form: ox.RdfFormat = ox.RdfFormat.TURTLE) -> list[str]:
    """Data sets of all pages, page by page by hydra:next."""
    found: list[str] = []
    while path:
        body = client.get(path).data
        found += sorted(values(body, f"{DCAT}dataset", form))
        (following,) = values(body, f"{HYDRA}next", form) or {""}
        parts = urlsplit(following)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
    return found


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Services]:
    """A node of its own with the seeded studies, which may be written to."""
    with Ledger(f"sqlite:///{tmp_path / 'ledger.db'}", clock) as ledger:
        seed(ledger)
        yield Services(ledger, Resolver(ledger))


@pytest.fixture
def many(node: Services) -> Services:
    """The node with 25 studies more."""
    for number in range(9100, 9125):
        append(node.ledger, bare_study() | {"id": f"idr:idr{number}", "accession": f"idr{number}"})
    return node


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of ten."""
    monkeypatch.setattr("catalogue.web.exchange.catalog.PAGE_SIZE", 10)


@pytest.mark.parametrize("suffix", FORMS)
def test_pages_hold_every_public_study_once_in_order(many: Services, small_pages: None, suffix: str) -> None:
    """P13: following hydra:next gives each public study of the ledger once, by CURIE, in every form."""
    client = create_web(many).test_client()
    expected = [BASE + entry.curie for entry in many.ledger.heads("study", "public")]
    assert walked(client, f"/catalog{suffix}", FORMS[suffix][1]) == expected
    assert len(expected) == 29
    assert values(client.get("/catalog").data, f"{HYDRA}totalItems") == {"29"}


def test_form_is_chosen_by_accept_or_suffix(client: FlaskClient) -> None:
    """Each media type gets its form, with Vary: Accept and the address of that form; a browser gets the manual."""
    for suffix, (media_type, _) in FORMS.items():
        answer = client.get("/catalog", headers={"Accept": media_type})
        assert answer.mimetype == media_type
        assert answer.headers["Content-Location"] == f"/catalog{suffix}"
        assert "Accept" in answer.vary
        assert answer.data == client.get(f"/catalog{suffix}").data
    browser = client.get("/catalog", headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert (browser.status_code, browser.headers["Location"]) == (303, "/docs/dcat")
    assert client.get("/docs/dcat").status_code == 200
    assert client.get("/catalog", headers={"Accept": "image/png"}).status_code == 406
    assert client.get("/catalog.exe").status_code == 404


def test_withdrawn_replaced_and_suppressed_studies_are_out(node: Services) -> None:
    """What is withdrawn, replaced or suppressed is on no page and in no container, though its name is answered for."""
    hidden = bare_study() | {"id": "idr:idr9050", "accession": "idr9050", "title": "Set aside"}
    append(node.ledger, hidden, status="suppressed")
    client = create_web(node).test_client()
    everything = walked(client, "/catalog") + sorted(values(client.get("/fdp/catalog/idr").data, f"{DCAT}dataset"))
    for curie in (GONE, RENAMED, "idr:idr9050"):
        assert not [name for name in everything if curie in name]
        assert client.get(f"/fdp/dataset/{curie}").status_code == 404
    assert client.get("/studies/idr:idr9050").status_code == 200


def test_the_same_ledger_gives_the_same_bytes(node: Services) -> None:
    """data.europa.eu hashes what it reads: two applications over one ledger give equal bytes and ETags, and 304."""
    one, two = create_web(node).test_client(), create_web(node).test_client()
    for suffix in FORMS:
        first, second = one.get(f"/catalog{suffix}"), two.get(f"/catalog{suffix}")
        assert first.data == second.data and first.headers["ETag"] == second.headers["ETag"]
        again = one.get(f"/catalog{suffix}", headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
        assert int(first.headers["Content-Length"]) == len(first.data)


def test_pages_come_compressed_to_whoever_takes_that(client: FlaskClient) -> None:
    """gzip holds the same document under another strong tag, and either tag is answered with 304."""
    plain, packed = client.get("/catalog"), client.get("/catalog", headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(packed.data) == plain.data and len(packed.data) < len(plain.data) / 3
    assert packed.headers["ETag"] != plain.headers["ETag"] and "Accept-Encoding" in packed.vary
    for answer in (plain, packed):
        again = client.get("/catalog", headers={"If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.headers["ETag"]) == (304, answer.headers["ETag"])


def test_a_change_shows_at_once_and_leaves_other_pages_as_they_were(many: Services, small_pages: None) -> None:
    """P13: a committed change is on its page with the next request; pages without it keep their ETag."""
    client = create_web(many).test_client()
    (first_next,) = values(client.get("/catalog").data, f"{HYDRA}next")
    second = first_next.removeprefix("http://127.0.0.1:8000")
    (third,) = values(client.get(second).data, f"{HYDRA}next")
    before = {path: client.get(path).headers["ETag"] for path in (second, third.removeprefix("http://127.0.0.1:8000"))}
    append(many.ledger, study() | {"title": "Renamed heart"})
    assert b"Renamed heart" in client.get("/catalog").data
    assert {path: client.get(path).headers["ETag"] for path in before} == before


def test_addresses_come_from_the_settings_and_never_from_the_request(node: Services) -> None:
    """Links are below web.base_url, else at the address listened on; a forged Host header changes nothing."""
    public = replace(node, web=WebSettings(base_url="https://node.example/cat"))
    body = create_web(public).test_client().get("/catalog", headers={"Host": "evil.example"}).data
    assert b"<https://node.example/cat/catalog>" in body and b"evil.example" not in body
    local = create_web(replace(node, web=WebSettings(port=8123))).test_client().get("/fdp").data
    assert b"<http://127.0.0.1:8123/fdp>" in local


@pytest.mark.parametrize("web", [WebSettings(port=0), WebSettings(host="0.0.0.0")])
def test_a_node_without_an_address_says_so(node: Services, web: WebSettings) -> None:
    """Where no address can be known, the answer is a problem that names the setting, not a guess."""
    client = create_web(replace(node, web=web)).test_client()
    for path in ("/catalog", "/fdp", "/service-info", "/.well-known/api-catalog"):
        answer = client.get(path, headers={"Accept": "application/json"})
        assert answer.status_code == 500 and "web.base_url" in answer.json["detail"]


def test_the_catalogue_tells_who_answers_for_it(node: Services) -> None:
    """Title, publisher, contact and licence are the settings'; else the node's name stands in, and no contact."""
    part = ExchangeSettings(
        title="Eyes", publisher="Eye Trust", publisher_url="https://ror.org/02catss52", admin_email="desk@example.org",
        metadata_license="https://creativecommons.org/publicdomain/zero/1.0/",
    )  # fmt: skip
    body = create_web(replace(node, exchange=part)).test_client().get("/catalog").text
    for expected in ('dct:title "Eyes"', "<https://ror.org/02catss52>", '"Eye Trust"', "<mailto:desk@example.org>"):
        assert expected in body
    plain = create_web(node).test_client().get("/catalog").text
    assert f'foaf:name "{node.name}"' in plain and "mailto:" not in plain


def test_services_listed_are_those_that_answer(node: Services, client: FlaskClient) -> None:
    """The catalogue and the API catalogue name exactly the interfaces whose routes exist, as data services."""
    answer = client.get("/.well-known/api-catalog")
    assert answer.content_type.startswith("application/linkset+json")
    assert 'rel="api-catalog"' in answer.headers["Link"]
    contexts = json.loads(answer.data)["linkset"]
    paths = [urlsplit(item["href"]).path for item in contexts[0]["item"]]
    assert {"/catalog", "/fdp"} <= set(paths)
    rules = {rule.rule for rule in client.application.url_map.iter_rules()}
    assert all(any(rule == path or rule.startswith(path + "/") for rule in rules) for path in paths)
    assert ("/sparql" in paths) == ("/sparql" in rules)
    assert "/dumps/" not in paths  # this node has none
    endpoints = {urlsplit(url).path for url in values(client.get("/catalog").data, f"{DCAT}endpointURL")}
    assert endpoints == set(paths)


def test_bad_cursor_is_refused(client: FlaskClient) -> None:
    """A cursor that is no CURIE by its length is refused; one beyond the end is an empty last page."""
    assert client.get(f"/catalog?after={'x' * 301}").status_code == 400
    end = client.get("/catalog?after=zzzz:9")
    assert end.status_code == 200 and not values(end.data, f"{DCAT}dataset") and not values(end.data, f"{HYDRA}next")


def test_fair_data_point_leads_to_every_study(many: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    """P13: root, catalogues and containers lead to every public study; no container has more members than allowed."""
    monkeypatch.setattr(fdp, "CONTAINER_SIZE", 10)
    client = create_web(many).test_client()
    root = client.get("/fdp")
    catalogs = values(root.data, f"{FDP}metadataCatalog")
    assert catalogs == values(root.data, f"{LDP}contains")
    datasets: set[str] = set()
    for url in catalogs:
        body = client.get(urlsplit(url).path).data
        members = values(body, f"{LDP}contains")
        assert 0 < len(members) <= 10 and members == values(body, f"{DCAT}dataset")
        assert not members & datasets
        datasets |= members
    expected = [entry.curie for entry in many.ledger.heads("study", "public")]
    assert sorted(url.rpartition("/")[2] for url in datasets) == expected
    assert client.get("/fdp/catalog/idr/99").status_code == 404 and client.get("/fdp/catalog/nobody").status_code == 404


def test_containers_resolve_to_documents_that_describe_them(client: FlaskClient) -> None:
    """Each Direct Container answers at its own address and says of what it holds the members."""
    for path in ("/fdp/catalog/", "/fdp/catalog/idr/container"):
        body = client.get(path).data
        assert any(url.endswith(path) for url in _subjects(body, f"{LDP}membershipResource"))
    turtle = client.get("/fdp/dataset/idr:idr9001", headers={"Accept": "application/ld+json"})
    assert turtle.mimetype == "application/ld+json"
    assert client.get("/fdp", headers={"Accept": "application/rdf+xml"}).status_code == 406


def _subjects(body: bytes, predicate: str) -> set[str]:
    return {q.subject.value for q in ox.parse(body, format=ox.RdfFormat.TURTLE) if q.predicate.value == predicate}  # type: ignore[union-attr]


def test_service_info_has_what_ga4gh_asks(with_services: Callable[..., FlaskClient]) -> None:
    """id, name, type, organization and version are there; the id is the public host read backwards."""
    client = with_services(web=WebSettings(base_url="https://cat.example.org/eyes"))
    found = client.get("/service-info").json
    assert found["id"] == "org.example.cat.eyes.ommatidia"
    assert set(found["type"]) == {"group", "artifact", "version"}
    assert found["organization"] == {"name": "Test node", "url": "https://cat.example.org/eyes/"}
    assert "contactUrl" not in found


def test_void_is_not_promised_without_dumps(client: FlaskClient) -> None:
    """/.well-known/void leads to the newest dump's description; a node without a dump answers 404."""
    assert client.get("/.well-known/void").status_code == 404


def test_kept_pages_stay_within_their_bytes() -> None:
    """Rendered pages are made once while their entries stay, anew when one moves, and never hold too much."""
    made: list[str] = []

    def make(name: str, size: int) -> Callable[[], bytes]:
        def body() -> bytes:
            made.append(name)
            return random.Random(name).randbytes(size)  # noise does not compress

        return body

    pages = RenderedPages(most_bytes=2000)
    first = pages.get((1, "a"), make("a", 1500))
    assert pages.get((1, "a"), make("a", 1500)) == first
    pages.get((1, "b"), make("b", 1500))
    pages.get((1, "a"), make("a", 1500))
    pages.get((2, "a"), make("a", 1500))
    pages.get("huge", make("huge", 4000))
    pages.get("huge", make("huge", 4000))
    assert made == ["a", "b", "a", "a", "huge", "huge"]


def test_page_size_is_what_harvesters_bear() -> None:
    """A page has at most 100 data sets, far below the 50 MB that ckanext-dcat takes."""
    assert catalog_pages.PAGE_SIZE == 100 and fdp.CONTAINER_SIZE <= 500


def test_a_record_that_cannot_be_written_costs_only_itself(node: Services) -> None:
    """P15: a record without what every study has is left out and counted, and all others are on the page."""
    append(node.ledger, {"type": "Study", "id": "idr:idr9060", "accession": "idr9060", "owner": "idr"})
    body = create_web(node).test_client().get("/catalog").data
    assert len(values(body, f"{DCAT}dataset")) == 4 and values(body, f"{HYDRA}totalItems") == {"5"}
    assert b"idr9060" not in body
