"""Image lists over HTTP: paged on the study's page, a manifest, chunks by digest, each image by its name."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable

import pyarrow.parquet as pq
import pytest
from flask.testing import FlaskClient

from catalogue.fair.usage.recorder import Recorder
from catalogue.fair.usage.rules import count_visits
from catalogue.fair.usage.visits import DaySecrets
from catalogue.resolver.service import Resolver
from catalogue.web.factory import Services, create_web
from tests.ingest.tables.conftest import Lists, lists, make_lists, rows  # noqa: F401


@pytest.fixture
def site(lists: Lists) -> FlaskClient:  # noqa: F811
    """A node with one study of 60 listed images."""
    lists.partner.tables["idr0001"] = rows(100_000, 60)
    lists.harvest()
    app = create_web(Services(ledger=lists.ledger, resolver=Resolver(lists.ledger)))
    app.testing = True
    return app.test_client()


def test_the_page_of_a_study_pages_through_its_list(site: FlaskClient) -> None:
    """24 images a page, in the order of their names, and the number of all."""
    first = site.get("/studies/idr:idr0001").text
    assert "(60)" in first
    assert first.count('href="/images/idr:') == 24
    assert "?after=idr%3A100023" in first
    last = site.get("/studies/idr:idr0001?after=idr:100047").text
    assert last.count('href="/images/idr:') == 12


def test_an_image_of_a_list_has_its_page_and_forms(site: FlaskClient) -> None:
    """A listed image answers at /id/ and /images/ like any record, in every form, with a strong ETag."""
    assert site.get("/id/idr:100007", headers={"Accept": "text/turtle"}).status_code == 303
    page = site.get("/images/idr:100007")
    assert "1024 × 1024" in page.text
    turtle = site.get("/images/idr:100007.ttl")
    assert turtle.status_code == 200
    assert "plate 1041 [Well 71]" in turtle.text
    again = site.get("/images/idr:100007.ttl", headers={"If-None-Match": turtle.headers["ETag"]})
    assert again.status_code == 304
    assert site.get("/images/idr:100060").status_code == 404


def test_the_manifest_leads_to_chunks_that_fit_their_digests(site: FlaskClient) -> None:
    """Whoever has the manifest can fetch what it lacks, and prove each chunk by its name."""
    manifest = site.get("/studies/idr:idr0001/images")
    assert manifest.content_type == "application/json"
    (named,) = manifest.json["chunks"]
    chunk = site.get(named["url"])
    assert hashlib.sha256(chunk.data).hexdigest() == named["sha256"]
    assert len(chunk.data) == named["size_bytes"]
    assert pq.read_table(io.BytesIO(chunk.data)).num_rows == named["rows"] == 60
    assert "immutable" in chunk.headers["Cache-Control"]
    assert site.get(named["url"], headers={"If-None-Match": chunk.headers["ETag"]}).status_code == 304
    etag = manifest.headers["ETag"]
    assert site.get("/studies/idr:idr0001/images", headers={"If-None-Match": etag}).status_code == 304


@pytest.mark.parametrize("digest", ["0" * 64, "nothing", "..%2f..%2fledger"])
def test_only_chunks_of_lists_are_given(site: FlaskClient, digest: str) -> None:
    """A name that no list has is not found, whatever lies on the disk."""
    assert site.get(f"/chunks/{digest}.parquet").status_code == 404


def test_a_study_without_a_list_says_so(site: FlaskClient) -> None:
    """The manifest of what has none is a problem document, of an unknown study as well."""
    assert site.get("/studies/idr:idr0009/images").status_code == 404
    assert site.get("/studies/idr:100007/images").status_code == 404


def test_images_of_a_withdrawn_study_answer_410(lists: Lists, make_lists: Callable[..., Lists]) -> None:  # noqa: F811
    """G16: each image of a withdrawn list is gone, not unknown; its manifest says so too."""
    lists.partner.tables["idr0001"] = rows(100_000, 60)
    lists.harvest()
    lists.partner.studies = []
    for _ in range(2):
        lists.harvest()
        lists.clock.pass_hours(25)
    app = create_web(Services(ledger=lists.ledger, resolver=Resolver(lists.ledger)))
    site = app.test_client()
    assert site.get("/id/idr:100007").status_code == 410
    assert site.get("/images/idr:100059.jsonld").status_code == 410
    manifest = site.get("/studies/idr:idr0001/images")
    assert (manifest.status_code, manifest.json["withdrawn"]) == (410, 60)
    assert site.get("/id/idr:100060").status_code == 404


def test_reading_a_list_is_one_request_a_session(lists: Lists, tmp_path) -> None:  # noqa: F811
    """Whoever reads the manifest and every chunk of a study's list within the hour made one request of the study."""
    lists.partner.tables["idr0001"] = rows(100_000, 60)
    lists.harvest()
    recorder = Recorder(lists.ledger, DaySecrets(tmp_path / "usage"), every_s=3600)
    app = create_web(Services(ledger=lists.ledger, resolver=Resolver(lists.ledger), usage=recorder))
    site = app.test_client()
    manifest = site.get("/studies/idr:idr0001/images", headers={"User-Agent": "curl/8"})
    for _ in range(3):
        assert site.get(manifest.json["chunks"][0]["url"], headers={"User-Agent": "curl/8"}).status_code == 200
    assert site.get("/images/idr:100007", headers={"User-Agent": "curl/8"}).status_code == 200
    visits = recorder._visits.of(recorder._waiting)
    recorder._waiting.clear()
    recorder.close()
    counts = {(one.curie, one.usage_metric): one.usage_value for one in count_visits(visits)}
    assert counts == {
        ("idr:idr0001", "total_dataset_requests"): 1,
        ("idr:idr0001", "unique_dataset_requests"): 1,
        ("idr:idr0001", "total_dataset_investigations"): 2,
        ("idr:idr0001", "unique_dataset_investigations"): 1,
        ("idr:100007", "total_dataset_investigations"): 1,
        ("idr:100007", "unique_dataset_investigations"): 1,
    }
