"""Dumps over HTTP: a page, a listing, files with ranges that may be kept for ever."""

from __future__ import annotations

import hashlib
import io
import subprocess
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import rdflib
from flask.testing import FlaskClient

from catalogue.resolver.service import Resolver
from catalogue.settings import WebSettings
from catalogue.web.factory import Services, create_web
from tests.exchange.dumps.dumping import DumpingNode


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> DumpingNode:
    """A node with one dump."""
    made = DumpingNode(tmp_path_factory.mktemp("dumps")).fill()
    made.dump()
    return made


def site_of(node: DumpingNode, **settings: str) -> FlaskClient:
    services = Services(
        ledger=node.ledger, resolver=Resolver(node.ledger), dumps=node.shelf, web=WebSettings(**settings)
    )
    app = create_web(services)
    app.testing = True
    return app.test_client()


@pytest.fixture(scope="module")
def site(node: DumpingNode) -> FlaskClient:
    """Its pages."""
    return site_of(node)


def test_the_listing_leads_to_every_file(site: FlaskClient, tmp_path: Path) -> None:
    """Whoever reads the listing gets every file whole, and `sha256sum -c` says so."""
    (dump,) = site.get("/dumps.json").json["dumps"]
    assert site.get("/dumps/", headers={"Accept": "application/json"}).json["dumps"] == [dump]
    urls = [file["url"] for file in dump["files"]] + [dump["manifest"], dump["url"] + "SHA256SUMS"]
    for url in urls:
        answer = site.get(url)
        assert answer.status_code == 200
        assert int(answer.headers["Content-Length"]) == len(answer.data)
        target = tmp_path / url.removeprefix(dump["url"])
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(answer.data)
    done = subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.count(": OK")) == (0, len(dump["files"]) + 1)


def test_dated_files_may_be_kept_for_ever_and_latest_is_asked_again(site: FlaskClient) -> None:
    """A dated address never gives other bytes; `latest` gives the same with its place, and is looked at each time."""
    (dump,) = site.get("/dumps.json").json["dumps"]
    dated, latest = site.get(dump["url"] + "studies.parquet"), site.get("/dumps/latest/studies.parquet")
    assert "immutable" in dated.headers["Cache-Control"]
    assert "no-cache" in latest.headers["Cache-Control"]
    assert latest.headers["Content-Location"] == dump["url"] + "studies.parquet"
    digest = hashlib.sha256(dated.data).hexdigest()
    assert dated.headers["ETag"] == latest.headers["ETag"] == f'"{digest}"'
    assert dated.content_type == "application/vnd.apache.parquet"
    assert latest.headers["Access-Control-Allow-Origin"] == "*"
    again = site.get("/dumps/latest/studies.parquet", headers={"If-None-Match": latest.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_parts_of_files_can_be_asked_for(site: FlaskClient) -> None:
    """A download can be taken up again, and the footer of a table read alone; a range past the end is 416."""
    whole = site.get("/dumps/latest/records.nq.gz").data
    part = site.get("/dumps/latest/records.nq.gz", headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.data) == (206, whole[10:20])
    assert part.headers["Content-Range"] == f"bytes 10-19/{len(whole)}"
    tail = site.get("/dumps/latest/studies.parquet", headers={"Range": "bytes=-4"})
    assert (tail.status_code, tail.data) == (206, b"PAR1")
    past = site.get("/dumps/latest/records.nq.gz", headers={"Range": f"bytes={len(whole)}-"})
    assert past.status_code == 416
    head = site.head("/dumps/latest/records.nq.gz")
    assert (head.headers["Content-Length"], head.data) == (str(len(whole)), b"")


def test_pages_name_dumps_and_files(site: FlaskClient) -> None:
    """People find the dump, its size and its files; a file of images is reached by its path."""
    page = site.get("/dumps/", headers={"Accept": "text/html"}).text
    (dump,) = site.get("/dumps.json").json["dumps"]
    assert f'href="{dump["url"]}"' in page
    assert 'href="/dumps/"' in site.get("/").text
    inner = site.get(dump["url"]).text
    assert all(f'href="{file["url"]}"' in inner for file in dump["files"])
    images = site.get("/dumps/latest/images/entries.parquet")
    assert pq.read_table(io.BytesIO(images.data)).num_rows == 4


def test_void_is_where_machines_look(site: FlaskClient, node: DumpingNode) -> None:
    """`/.well-known/void` leads to the description, whose addresses lead to the files of the same dump."""
    answer = site.get("/.well-known/void")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/dumps/latest/void.ttl")
    described = site.get("/dumps/latest/void.ttl")
    assert described.content_type.startswith("text/turtle")
    base = "https://node.example" + described.headers["Content-Location"]
    graph = rdflib.Graph().parse(data=described.data, format="turtle", publicID=base)
    for url in graph.objects(None, rdflib.DCAT.downloadURL):
        assert site.get(str(url).removeprefix("https://node.example")).status_code == 200
    public = site_of(node, base_url="https://catalogue.example/node").get("/.well-known/void")
    assert public.headers["Location"] == "https://catalogue.example/node/dumps/latest/void.ttl"


@pytest.mark.parametrize(
    "path",
    [
        "/dumps/2026-01-01-7/studies.parquet",
        "/dumps/latest/worker.json",
        "/dumps/latest/../../node.key",
        "/dumps/latest/images/../../../node.key",
        "/dumps/latest/%2e%2e/%2e%2e/node.key",
        "/dumps/.making-1/studies.parquet",
        "/dumps/%2e%2e/node.key",
        "/dumps/latest//etc/passwd",
    ],
)
def test_nothing_but_files_of_dumps_is_given(site: FlaskClient, node: DumpingNode, path: str) -> None:
    """Names from outside lead to files that a manifest names, and to nothing else on the disk."""
    (node.home / "node.key").write_text("secret")
    answer = site.get(path)
    assert answer.status_code == 404
    assert "secret" not in answer.text


def test_a_node_without_dumps_says_so(tmp_path: Path, node: DumpingNode) -> None:
    """Before the first night the page says how to make a dump; files and VoID answer 404."""
    bare = DumpingNode(tmp_path)
    site = site_of(bare)
    assert "dumps make" in site.get("/dumps/", headers={"Accept": "text/html"}).text
    assert site.get("/dumps.json").json == {"dumps": []}
    for path in ("/.well-known/void", "/dumps/latest/", "/dumps/latest/void.ttl"):
        assert site.get(path).status_code == 404
    none = create_web(Services(ledger=bare.ledger, resolver=Resolver(bare.ledger))).test_client()
    assert none.get("/dumps/").status_code == 404
