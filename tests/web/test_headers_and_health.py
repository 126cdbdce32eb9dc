from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from catalogue.settings import WebSettings
from tests.web.studies_for_pages import GONE, IMAGE, STUDY

ALL = [
    "/",
    "/search",
    "/search.json",
    f"/studies/{STUDY}",
    f"/studies/{STUDY}.ttl",
    f"/images/{IMAGE}",
    f"/id/{STUDY}",
    f"/id/{GONE}",
    "/id/nonsense!",
    "/nowhere",
    "/healthz",
    "/static/site.css",
]
EVIL = "evil.example"


@pytest.mark.parametrize("path", ALL)
def test_every_answer_carries_the_security_headers(client: FlaskClient, path: str) -> None:
    """Pages, data, redirects, problems and files alike: own content only, no framing, no sniffing, no full referrer."""
    headers = client.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy and "frame-ancestors 'none'" in policy and "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert "Set-Cookie" not in headers


@pytest.mark.parametrize(
    "path",
    [*ALL, "/id/S-BIAD90001", "/studies/S-BIAD90001", "/search/", "//search", f"/studies/{STUDY}/", f"//id/{STUDY}"],
)
def test_host_of_the_request_is_never_reflected(client: FlaskClient, path: str) -> None:
    """A foreign Host or forwarding header appears in no body and no header (reliability.md, TQ6)."""
    headers = {"Host": EVIL, "X-Forwarded-Host": EVIL, "X-Forwarded-Proto": "ftp", "Forwarded": f"host={EVIL}"}
    answer = client.get(path, headers={**headers, "Accept": "text/html"})
    assert EVIL not in answer.text
    assert EVIL not in str(answer.headers)


def test_base_url_makes_addresses_absolute(with_services: Callable[..., FlaskClient]) -> None:
    """With a public address configured, redirects and typed links carry it, and pages link below its path."""
    client = with_services(web=WebSettings(base_url="https://catalogue.example/node/"))
    assert client.get(f"/id/{STUDY}").headers["Location"] == f"https://catalogue.example/node/studies/{STUDY}"
    page = client.get(f"/studies/{STUDY}")
    assert f"<https://catalogue.example/node/studies/{STUDY}.ttl>" in page.headers["Link"]
    assert 'href="/node/search"' in page.text
    assert 'href="/node/static/site.css' in page.text


def test_static_files_are_cached_by_content(client: FlaskClient) -> None:
    """A page names its style sheet by content; that address may be kept for ever."""
    page = client.get("/").text
    address = page.split('rel="stylesheet" href="')[1].split('"')[0]
    assert "immutable" in client.get(address).headers["Cache-Control"]
    assert "immutable" not in client.get("/static/site.css").headers["Cache-Control"]


def test_healthz_needs_nothing(client: FlaskClient) -> None:
    """The process answers."""
    assert client.get("/healthz").json == {"status": "ok"}


def test_readyz_is_ready_when_parts_are(client: FlaskClient) -> None:
    """Ledger and index are there: 200."""
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json) == (200, {"status": "ready", "wrong": {}})


def test_readyz_names_what_is_missing(with_services: Callable[..., FlaskClient], tmp_path: Path) -> None:
    """Without a published graph, or with a part that says it is unwell, 503 names the part and no path."""
    client = with_services(snapshot=tmp_path / "none", index=tmp_path / "none", ready={"worker": lambda: "stopped"})
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert set(answer.json["wrong"]) == {"graph", "search", "worker"}
    assert str(tmp_path) not in answer.text


def test_readyz_tells_a_broken_ledger(with_services: Callable[..., FlaskClient]) -> None:
    """A ledger that cannot be read is not ready."""

    class Broken:
        log = None

        def last_position(self) -> int:
            raise OSError("disk /secret/path")

    answer = with_services(ledger=Broken()).get("/readyz")
    assert answer.status_code == 503
    assert "secret" not in answer.text
