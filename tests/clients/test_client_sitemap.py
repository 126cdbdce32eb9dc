"""ultimate-sitemap-parser finds every public page from robots.txt on."""

from __future__ import annotations

from pathlib import Path

from tests.clients.running import run_python
from tests.clients.seeded import heads, seed

HERE = Path(__file__).parent


def test_the_parser_finds_every_public_page(tmp_path: Path) -> None:
    """S8: pages and times are those of the ledger's public records, and none besides."""
    node = seed(tmp_path)
    with node.served() as base:
        said = run_python("sitemap", HERE / "sitemap_reads.py", base)
        expected = {}
        for entry in heads(node):
            if entry.status == "public":
                place = f"{base}/{'images' if entry.kind == 'image' else 'studies'}/{entry.curie}"
                expected[place] = f"{entry.recorded_at:%Y-%m-%dT%H:%M:%S}+00:00"
    assert said["pages"] == expected
    assert said["sitemaps"] == ["IndexRobotsTxtSitemap", "IndexXMLSitemap", "PagesXMLSitemap"]
