"""How sites are read: sitemap, robots.txt, days of change, Signposting; what a hostile site can do."""

from __future__ import annotations

import gzip
import time
from pathlib import Path

import pytest
from pages import data, html

from catalogue.ingest.prepare import prepare
from catalogue.model.documents import Event, Listed, Removed, SourceDocument, SourceSpec, Unchanged, Unreadable
from catalogue.model.payload import digest
from catalogue.problems import RecordRejected, SourceChanged, SourceUnavailable
from catalogue.store.ontologies import Ontology
from harvesters import page_jsonld
from harvesters.account import Account
from harvesters.bioschemas import BioschemasHarvester
from tests.harvesters.contract import NOW, fetcher
from tests.harvesters.loopback_server import Server, answer, serving

NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


def sitemap(server: Server, *pages: str, modified: str = "2026-01-01") -> bytes:
    """A sitemap of pages of the server."""
    lastmod = f"<lastmod>{modified}</lastmod>" if modified else ""
    entries = "".join(f"<url><loc>{server.url}{page}</loc>{lastmod}</url>" for page in pages)
    return f'<urlset xmlns="{NAMESPACE}">{entries}</urlset>'.encode()


def _fetch(location: str, since: str | None = None, known: dict[str, str] | None = None) -> list[Event]:
    source = SourceSpec("site", "bioschemas", location)
    return list(BioschemasHarvester(fetcher()).fetch(source, since, known or {}))


def _held(events: list[Event]) -> dict[str, str]:
    return {event.item: digest(event.content) for event in events if isinstance(event, SourceDocument)}


def test_a_site_without_news_costs_two_requests() -> None:
    """R7: with days of change in the sitemap nothing but robots.txt and the sitemap is asked for again."""
    with serving() as server:
        server.routes["/sitemap.xml"] = answer(sitemap(server, "/101", "/about", "/102"))
        server.routes["/101"] = answer(html(data()))
        server.routes["/102"] = answer(html(data(name="Other")))
        server.routes["/about"] = answer(html('{"@type": "WebSite"}'))
        first = _fetch(f"{server.url}/sitemap.xml")
        assert [event.item.rpartition("/")[2] for event in first if isinstance(event, SourceDocument)] == ["101", "102"]
        before = len(server.requests)
        again = _fetch(f"{server.url}/sitemap.xml", first[-1].cursor, _held(first))  # type: ignore[union-attr]
        assert [type(event) for event in again] == [Unchanged, Unchanged, Listed]
        assert len(server.requests) - before == 2
        third = _fetch(f"{server.url}/sitemap.xml", again[-1].cursor, _held(first))  # type: ignore[union-attr]
        assert [type(event) for event in third] == [Unchanged, Unchanged, Listed]
        assert len(server.requests) - before == 4


def test_a_page_whose_data_are_as_they_were_is_unchanged() -> None:
    """R4: what changes around the data of a page is no change of the record."""
    with serving() as server:
        server.routes["/sitemap.xml"] = answer(sitemap(server, "/101", modified=""))
        server.routes["/101"] = answer(html(data()))
        first = _fetch(f"{server.url}/sitemap.xml")
        server.routes["/101"] = answer(html(data(), head="<meta name=visits content=2>"))
        again = _fetch(f"{server.url}/sitemap.xml", first[-1].cursor, _held(first))  # type: ignore[union-attr]
        assert [type(event) for event in again] == [Unchanged, Listed]


def test_robots_txt_is_obeyed() -> None:
    """R10: pages that robots.txt forbids are not asked for; a forbidden sitemap ends the run."""
    with serving() as server:
        server.routes["/robots.txt"] = answer(b"User-agent: *\nDisallow: /private")
        server.routes["/sitemap.xml"] = answer(sitemap(server, "/101", "/private/102"))
        server.routes["/101"] = answer(html(data()))
        events = _fetch(f"{server.url}/sitemap.xml")
        assert len(_held(events)) == 1
        assert "/private/102" not in server.paths


def test_an_index_of_compressed_sitemaps_is_read() -> None:
    """A sitemap index leads to its sitemaps, also compressed ones; other hosts are left out."""
    with serving() as server:
        index = f'<sitemapindex xmlns="{NAMESPACE}"><sitemap><loc>{server.url}/a.xml.gz</loc></sitemap></sitemapindex>'
        server.routes["/sitemap.xml"] = answer(index.encode())
        body = sitemap(server, "/101").replace(b"</urlset>", b"<url><loc>http://169.254.169.254/x</loc></url></urlset>")
        server.routes["/a.xml.gz"] = answer(gzip.compress(body))
        server.routes["/101"] = answer(html(data()))
        events = _fetch(f"{server.url}/sitemap.xml")
    assert len(_held(events)) == 1
    assert isinstance(events[-1], Listed) and events[-1].complete


def test_signposting_leads_to_the_description_and_to_the_files() -> None:
    """A page without data of its own names its description by rel=describedby, its files by rel=item."""
    head = '<link rel="describedby" type="application/ld+json" href="/101.jsonld">'
    head += '<link rel="item" type="image/tiff" href="/a.tif">'
    with serving() as server:
        server.routes["/sitemap.xml"] = answer(sitemap(server, "/101"))
        server.routes["/101"] = answer(html(head=head))
        server.routes["/101.jsonld"] = answer(data().encode(), headers={"Content-Type": "application/ld+json"})
        (document, _) = _fetch(f"{server.url}/sitemap.xml")
        assert isinstance(document, SourceDocument)
        source = SourceSpec("site", "bioschemas", "x")
        harvester = BioschemasHarvester(fetcher())
        mapped = harvester.map(document, source)
        (file,) = mapped.records[0]["files"]
        assert (file["url"], file["media_type"]) == (f"{server.url}/a.tif", "image/tiff")
        assert prepare(document, source, harvester.map, Ontology.load(), NOW).rejected is None


def test_signposting_may_stand_in_the_header_of_the_answer() -> None:
    """A page that is no HTML at all leads to its description and files by its Link header."""
    header = '</101.jsonld>; rel="describedby"; type="application/ld+json", </a.tif>; rel=item; type="image/tiff"'
    with serving() as server:
        server.routes["/sitemap.xml"] = answer(sitemap(server, "/101"))
        server.routes["/101"] = answer(b"plain", headers={"Link": header + ", <https://orcid.org/0>; rel=author"})
        server.routes["/101.jsonld"] = answer(data().encode(), headers={"Content-Type": "application/ld+json"})
        (document, _) = _fetch(f"{server.url}/sitemap.xml")
        assert isinstance(document, SourceDocument)
        mapped = BioschemasHarvester(fetcher()).map(document, SourceSpec("site", "bioschemas", "x"))
        assert [file["url"] for file in mapped.records[0]["files"]] == [f"{server.url}/a.tif"]


def test_a_page_that_is_gone_is_removed_and_an_unlisted_one_is_absent() -> None:
    """R14: 410 is evidence; a page that the sitemap no longer lists is only absent from a complete listing."""
    with serving() as server:
        server.routes["/sitemap.xml"] = answer(sitemap(server, "/101", "/102"))
        server.routes["/101"], server.routes["/102"] = answer(html(data())), answer(html(data()))
        first = _fetch(f"{server.url}/sitemap.xml")
        server.routes["/sitemap.xml"] = answer(sitemap(server, "/101", modified="2026-02-02"))
        server.routes["/101"] = answer(b"", "410 Gone")
        again = _fetch(f"{server.url}/sitemap.xml", first[-1].cursor, _held(first))  # type: ignore[union-attr]
    assert [type(event) for event in again] == [Removed, Listed]
    assert again[-1].complete  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"<html/>", SourceChanged),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><urlset/>', SourceUnavailable),
        (b"\x1f\x8b cut off", SourceUnavailable),
        (gzip.compress(b" " * (60 << 20), mtime=0), SourceUnavailable),
    ],
)
def test_a_sitemap_that_cannot_be_trusted_ends_the_run(body: bytes, problem: type[Exception]) -> None:
    """R14, TP4: no sitemap, a DOCTYPE, a cut or bombing archive: nothing counts as absent."""
    with serving() as server:
        server.routes["/sitemap.xml"] = answer(body)
        with pytest.raises(problem):
            _fetch(f"{server.url}/sitemap.xml")


def test_only_json_ld_files_of_a_folder_are_documents(tmp_path: Path) -> None:
    """A README beside the data is none."""
    (tmp_path / "a.jsonld").write_text(data(), "utf-8")
    (tmp_path / "README.md").write_text("x", "utf-8")
    assert list(_held(_fetch(str(tmp_path)))) == ["a.jsonld"]


def test_links_that_are_no_addresses_break_nothing() -> None:
    """R19: neither a sitemap's entry nor a page's link that is no address costs more than itself."""
    links = '<link rel="item" href="http://[x" type="a/b"><link rel="describedby" href="http://[x" '
    links += 'type="application/ld+json">'
    with serving() as server:
        pages = sitemap(server, "/101", "/102").replace(b"<url>", b"<url><loc>http://[x</loc></url><url>", 1)
        server.routes["/sitemap.xml"] = answer(pages)
        server.routes["/101"] = answer(links.encode())
        server.routes["/102"] = answer(links.encode() + html(data()))
        events = _fetch(f"{server.url}/sitemap.xml")
    assert [type(event) for event in events] == [SourceDocument, Listed]


def test_page_that_takes_too_long_costs_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """R11: a page on which the HTML parser never ends is refused, and the next one is read."""
    ask, endless = page_jsonld.confined, b"<a " * 100_000
    monkeypatch.setattr(
        page_jsonld, "confined", lambda name, content: ask(name, content, timeout_s=0.5 if content == endless else 60.0)
    )
    with serving() as server:
        server.routes["/sitemap.xml"] = answer(sitemap(server, "/101", "/102"))
        server.routes["/101"] = answer(endless)
        server.routes["/102"] = answer(html(data()))
        events = _fetch(f"{server.url}/sitemap.xml")
    assert [type(event) for event in events] == [Unreadable, SourceDocument, Listed]
    assert isinstance(events[0], Unreadable) and events[0].reason == "too-large"


@pytest.mark.parametrize("text", ["<script>" * 50_000, '{"a": "' + '\\"' * 50_000])
def test_kept_text_without_end_is_read_once(text: str) -> None:
    """R11: elements and strings that never end cost one pass."""
    began = time.process_time()
    with pytest.raises(RecordRejected):
        page_jsonld.read_blocks(text.encode(), Account({}))
    assert time.process_time() - began < 5
