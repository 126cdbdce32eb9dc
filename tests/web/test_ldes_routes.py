from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask.testing import FlaskClient

from catalogue.resolver.service import Resolver
from catalogue.settings import WebSettings
from catalogue.store.ledger import Ledger
from catalogue.web.factory import Services, create_web
from tests.exchange.signed_ledger import append_all, open_signed, study

Reader = Callable[..., FlaskClient]
ADDRESSES = ("/ldes", "/ldes/index/1", "/ldes/page/1", "/ldes/page/2", "/ldes/latest", "/ldes/latest/page/1")
TRIG, NQUADS, JSONLD = "application/trig", "application/n-quads", "application/ld+json"


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    """103 signed entries."""
    with open_signed(tmp_path_factory.mktemp("log")) as opened:
        append_all(opened, [study(n) for n in range(1, 104)])
        yield opened


@pytest.fixture(scope="module")
def reader(ledger: Ledger) -> Reader:
    """Makes a client of a node with these settings of its web part."""

    def make(**settings: object) -> FlaskClient:
        app = create_web(Services(ledger=ledger, resolver=Resolver(ledger), web=WebSettings(**settings)))
        app.testing = True
        return app.test_client()

    return make


@pytest.mark.parametrize("address", [*ADDRESSES, "/log/idr/0/7"])
def test_every_form_by_suffix_and_by_accept(reader: Reader, address: str) -> None:
    """Each document is TriG, N-Quads and JSON-LD, with the TREE profile, a strong ETag, its length, and 304."""
    client = reader(base_url="https://node.example/")
    for suffix, media_type in ((".trig", TRIG), (".nq", NQUADS), (".jsonld", JSONLD)):
        for answer in (client.get(address + suffix), client.get(address, headers={"Accept": media_type})):
            assert answer.status_code == 200
            assert answer.content_type == f'{media_type}; profile="https://w3id.org/tree/profile"'
            assert answer.headers["ETag"].startswith('"')
            assert int(answer.headers["Content-Length"]) == len(answer.data) > 0
            assert answer.headers["Last-Modified"]
            assert answer.headers["Access-Control-Allow-Origin"] == "*"
            assert "Accept" in answer.headers["Vary"]
            again = client.get(
                address + suffix, headers={"If-None-Match": client.get(address + suffix).headers["ETag"]}
            )
            assert (again.status_code, again.data) == (304, b"")
    head = client.head(address)
    assert (head.status_code, head.data) == (200, b"")
    assert int(head.headers["Content-Length"]) > 0
    assert client.get(address).content_type.startswith(TRIG)
    assert client.get(address, headers={"Accept": "image/png"}).status_code == 406


def test_settled_pages_may_be_kept(reader: Reader) -> None:
    """A full page is immutable for a week; what grows is kept for seconds."""
    client = reader()
    assert client.get("/ldes/page/1").headers["Cache-Control"] == "public, max-age=604800, immutable"
    for address in set(ADDRESSES) - {"/ldes/page/1"}:
        assert client.get(address).headers["Cache-Control"] == "public, max-age=5"


def test_addresses_never_come_from_the_request(reader: Reader) -> None:
    """Without a public address TriG and JSON-LD are relative and N-Quads name the address to listen on."""
    client = reader(port=8123)
    for suffix in (".trig", ".jsonld"):
        body = client.get(f"/ldes{suffix}", headers={"Host": "evil.example"}).data
        assert b"evil" not in body
        assert f"/ldes/index/1{suffix}".encode() in body
        assert b"127.0.0.1" not in body
    assert b"<http://127.0.0.1:8123/ldes/index/1.nq>" in client.get("/ldes.nq").data
    public = reader(base_url="https://node.example/below/")
    assert b"<https://node.example/below/ldes/index/1.trig>" in public.get("/ldes.trig").data


def test_quads_without_a_known_address_are_refused(reader: Reader) -> None:
    """A node that was not told its address says so, and gives TriG to those who like N-Quads better."""
    for settings in ({"port": 0}, {"host": "0.0.0.0"}):
        client = reader(**settings)
        assert client.get("/ldes.nq").status_code == 500
        assert "web.base_url" in client.get("/ldes.nq").json["detail"]
        liking = {"Accept": "application/n-quads,application/trig;q=0.9"}
        assert client.get("/ldes", headers=liking).content_type.startswith(TRIG)
    assert reader(port=0).get("/log/idr/0/1.nq").status_code == 200


def test_what_is_not_there_is_not_found(reader: Reader) -> None:
    """Pages beyond the log, indexes of the latest view, unknown entries and owners answer 404."""
    client = reader()
    for address in ("/ldes/page/3", "/ldes/page/0", "/ldes/index/2", "/ldes/latest/index/1", "/log/idr/0/104"):
        assert client.get(address).status_code == 404
    assert client.get("/log/nobody/0/1").status_code == 404
    assert client.get("/ldes/page/99999999999999999999").status_code == 404
    assert client.get("/log/idr/99999999999999999999/1").status_code == 404


def test_terms_of_the_log_can_be_looked_up(reader: Reader) -> None:
    """fed: IRIs lead to RDF, or for people to the page of the members."""
    client = reader()
    assert client.get("/federation", headers={"Accept": "text/html"}).content_type.startswith("text/html")
    assert client.get("/federation").content_type.startswith("text/html")
    assert client.get("/federation", headers={"Accept": "text/turtle"}).headers["Location"] == "/federation.ttl"
    assert b"federation#ownerSeq" in client.get("/federation.nt").data
    for suffix in ("ttl", "jsonld", "rdf"):
        assert client.get(f"/federation.{suffix}").status_code == 200
    assert client.get("/docs/ldes").status_code == 200
