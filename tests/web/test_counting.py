"""Which answers of the website are uses of a record, and of whom."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from catalogue.fair.usage.hits import Hit
from catalogue.fair.usage.recorder import Recorder
from catalogue.fair.usage.visits import DaySecrets
from catalogue.settings import UsageSettings
from catalogue.web.factory import Services
from tests.web.studies_for_pages import BARE, GONE, IMAGE, PLAIN_IMAGE, STUDY


class Noted:
    """A recorder that only remembers."""

    def __init__(self, services: Services) -> None:
        self.hits: list[Hit] = []
        self._clock = services.ledger.clock

    def now(self) -> object:
        return self._clock()

    def add(self, hit: Hit) -> None:
        self.hits.append(hit)


@pytest.fixture
def noted(services: Services) -> Noted:
    return Noted(services)


@pytest.fixture
def site(with_services: Callable[..., FlaskClient], noted: Noted) -> FlaskClient:
    """A website whose uses are remembered."""
    return with_services(usage=noted)


def test_no_more_of_a_header_is_held_than_is_read(site: FlaskClient, noted: Noted) -> None:
    """Thousands of hits wait in memory: long headers and addresses are cut when they are noted."""
    site.get(f"/studies/{STUDY}?a=" + "x" * 5000, headers={"User-Agent": "agent " * 5000})
    (hit,) = noted.hits
    assert (len(hit.agent), len(hit.target)) == (500, 2000)


@pytest.mark.parametrize(
    ("path", "kind", "names"),
    [
        (f"/studies/{STUDY}", "investigation", (STUDY,)),
        (f"/studies/{STUDY}.ttl", "investigation", (f"{STUDY}.ttl", STUDY)),
        (f"/studies/{STUDY}.crate.json", "investigation", (f"{STUDY}.crate.json", STUDY)),
        (f"/studies/{STUDY}.bib", "investigation", (f"{STUDY}.bib", STUDY)),
        (f"/studies/{STUDY}/linkset.json", "investigation", (STUDY,)),
        (f"/studies/{STUDY}/original", "investigation", (STUDY,)),
        (f"/studies/{STUDY}/original/raw", "request", (STUDY,)),
        (f"/images/{IMAGE}", "investigation", (IMAGE,)),
        (f"/images/{IMAGE}.jsonld", "investigation", (f"{IMAGE}.jsonld", IMAGE)),
    ],
)
def test_pages_and_documents_are_uses(site: FlaskClient, noted: Noted, path: str, kind: str, names: tuple) -> None:
    """Pages, forms and link sets are investigations, the original's bytes a request; the record comes first or last."""
    answer = site.get(path, headers={"User-Agent": "agent"}, environ_base={"REMOTE_ADDR": "203.0.113.9"})
    (hit,) = noted.hits
    assert answer.status_code == 200
    assert (hit.usage_kind, hit.names, hit.address, hit.agent) == (kind, names, "203.0.113.9", "agent")
    assert hit.size_bytes == len(answer.data)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/search?q=heart",
        f"/studies/{GONE}",
        f"/id/{GONE}",
        f"/studies/{STUDY.partition(':')[2]}",
        "/studies/idr:idr9999",
        f"/id/{IMAGE}/thumbnail",
        "/catalog",
        "/federation/status.json",
        f"/fdp/dataset/{STUDY}",
        "/feed.atom",
        "/docs/reference",
    ],
)
def test_other_answers_are_none(site: FlaskClient, noted: Noted, path: str) -> None:
    """Searches, previews, tombstones, unknown names and what harvesters read are no uses of a study."""
    site.get(path)
    assert noted.hits == []


def test_head_is_no_use(site: FlaskClient, noted: Noted) -> None:
    """Whoever asks for headers has seen nothing."""
    assert site.head(f"/studies/{STUDY}").status_code == 200
    assert noted.hits == []


def test_a_resolution_is_what_it_leads_to(site: FlaskClient, noted: Noted) -> None:
    """/id/… answers 303, which counts for nothing; the page it leads to is one investigation."""
    answer = site.get(f"/id/{STUDY}")
    assert (answer.status_code, noted.hits) == (303, [])
    assert site.get(answer.headers["Location"]).status_code == 200
    assert len(noted.hits) == 1


def test_a_page_that_did_not_change_is_a_use(site: FlaskClient, noted: Noted) -> None:
    """304 counts as 200 does, with no bytes sent, for pages and for documents."""
    for path in (f"/studies/{STUDY}", f"/studies/{STUDY}.ttl"):
        noted.hits.clear()
        tag = site.get(path).headers["ETag"]
        assert site.get(path, headers={"If-None-Match": tag}).status_code == 304
        assert [hit.size_bytes > 0 for hit in noted.hits] == [True, False]


def test_what_a_browser_fetches_ahead_is_no_use(site: FlaskClient, noted: Noted) -> None:
    """A page fetched in case somebody clicks was not asked for by anybody."""
    site.get(f"/studies/{STUDY}", headers={"Sec-Purpose": "prefetch;prerender"})
    assert noted.hits == []


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "198.51.100.1", "192.0.2.10"),
        (1, "198.51.100.1", "198.51.100.1"),
        (1, "6.6.6.6, 198.51.100.1", "198.51.100.1"),
        (2, "198.51.100.1, 192.0.2.20", "198.51.100.1"),
        (2, "198.51.100.1", "192.0.2.10"),
    ],
)
def test_only_trusted_proxies_tell_the_address(
    with_services: Callable[..., FlaskClient], noted: Noted, proxies: int, forwarded: str, address: str
) -> None:
    """The client's address is the connection's, or what the stated number of proxies say; a client cannot choose it."""
    site = with_services(usage=noted, counting=UsageSettings(trusted_proxies=proxies))
    headers = {"X-Forwarded-For": forwarded, "X-Forwarded-Host": "evil.example", "X-Forwarded-Prefix": "/evil"}
    answer = site.get(f"/studies/{STUDY}", headers=headers, environ_base={"REMOTE_ADDR": "192.0.2.10"})
    assert [hit.address for hit in noted.hits] == [address]
    assert "evil" not in answer.text


def test_an_images_objects_are_one_request(site: FlaskClient, noted: Noted) -> None:
    """Each object of an image that is asked for leads to its storage; a session's are one request of the image."""
    for path in ("zarr.json", "0/zarr.json", "0/c/0/0/1"):
        assert site.get(f"/id/{PLAIN_IMAGE}/data/{path}").status_code == 307
    assert {(hit.names, hit.usage_kind, hit.folded, hit.size_bytes) for hit in noted.hits} == {
        ((PLAIN_IMAGE,), "request", True, 0)
    }
    assert len(noted.hits) == 3
    assert site.get(f"/id/{STUDY}/data/zarr.json").status_code == 404
    assert len(noted.hits) == 3


@pytest.fixture
def recorder(services: Services, tmp_path: Path) -> Iterator[Recorder]:
    """A recorder over the pages' ledger, which writes nothing by itself."""
    made = Recorder(services.ledger, DaySecrets(tmp_path / "usage"), every_s=3600)
    yield made
    made._waiting.clear()
    made._closed.set()


def test_a_page_does_not_wait_for_counting(with_services: Callable[..., FlaskClient], recorder: Recorder) -> None:
    """Answering notes a hit in memory and touches neither secret nor database."""
    site = with_services(usage=recorder)
    site.get(f"/studies/{BARE}")
    assert recorder.waiting == 1
    assert not recorder._secrets._folder.exists()
