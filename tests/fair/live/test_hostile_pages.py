"""Pages and headers that strangers made to hold a reader up, and addresses that are none."""

from __future__ import annotations

import pytest

from catalogue.fair.live.base import HERE, Answer, checks
from catalogue.fair.live.html_head import Link, head_of
from catalogue.fair.live.pages import header_links
from catalogue.fair.outcomes import Outcome
from tests.fair.live.hostile_answers_for_looks import looked, says, study, world
from tests.harvesters.loopback_server import serving

BLOCK = b'<script type="application/ld+json">{"a": "<!-- </b> -->"}</script>'


def page(content: bytes = b"", **headers: str) -> Answer:
    """A page of somebody."""
    return Answer("https://archive.example/a/b", 200, headers, content, 1)


@pytest.mark.timeout(120)
@pytest.mark.parametrize("piece", [b"<a ", b"<!--", b"<![", b"</", b"<?", b"<link ", b'<link a="', b"<script>", b"<"])
def test_page_without_ends_is_read_at_once(piece: bytes) -> None:
    """Megabytes of beginnings take no longer than other pages, and what stands before them is read."""
    head = head_of(page(b'<link rel=describedby href="/x.ttl">' + BLOCK + piece * (2_000_000 // len(piece))))
    assert head.links == (Link("describedby", "https://archive.example/x.ttl", ""),)
    assert head.blocks == ('{"a": "<!-- </b> -->"}',)


@pytest.mark.timeout(120)
def test_link_header_of_blanks_is_read_at_once() -> None:
    """A header whose blanks can be parted in many ways is refused at once, and a lenient one is read."""
    assert header_links(page(link="<x>" + ";a  " * 5000 + "!")) is None
    assert header_links(page(link='<x> ; rel = "item"  ;  type=text/css ,<y>;rel=license')) == [
        Link("item", "https://archive.example/a/x", "text/css"),
        Link("license", "https://archive.example/a/y", ""),
    ]


def test_head_is_read_as_browsers_do() -> None:
    """Comments, attributes in any form, and links of the body are what they are to browsers."""
    head = head_of(
        page(
            b"<head><!-- <link rel=item href=no> --><LINK HREF='x?a=1&amp;b=2' title=\"a > b\" rel='Item License'/>"
            b"<script>'<link rel=item href=no>'</script></head><body><link rel=item href=no>" + BLOCK
        )
    )
    assert head.links == (
        Link("item", "https://archive.example/a/x?a=1&b=2", ""),
        Link("license", "https://archive.example/a/x?a=1&b=2", ""),
    )
    assert len(head.blocks) == 1


def test_address_that_is_none_is_no_link() -> None:
    """Links that cannot be taken apart are left out of headers and heads; the others are read."""
    assert header_links(page(link="<http://[x>;rel=item,<y>;rel=item")) == [
        Link("item", "https://archive.example/a/y", "")
    ]
    assert head_of(page(b'<link rel=item href="http://[x"><link rel=item href=y>')).links == (
        Link("item", "https://archive.example/a/y", ""),
    )


def test_record_with_a_damaged_address_stops_no_run() -> None:
    """A look at an address that cannot be taken apart stays open, in a lane like others, and harms no other study."""
    one = checks()["owner-page-resolves"]
    target = study({"landing_page": "https://[::1/x"})
    assert one.lane(target) == HERE
    assert looked(one, target, world(None)).outcome is Outcome.INDETERMINATE


def test_parameters_of_a_stated_type_are_no_difference() -> None:
    """A file that is stated as `text/csv; charset=utf-8` and served as `text/csv` is served as stated."""
    with serving() as server:
        server.routes["/a.csv"] = says(b"a,b", "text/csv")
        files = [{"url": server.url + "/a.csv", "media_type": "text/CSV; charset=utf-8"}]
        seen = looked(checks()["data-as-stated"], study({"files": files}), world(None, server))
    assert seen.outcome is Outcome.PASS
