"""Lists are read by header, rows resolve to places inside or outside the list's folder, never to anything else."""

from __future__ import annotations

import pytest

from catalogue.problems import RecordRejected, SourceChanged
from harvesters.image_lists import parse_list, resolve

BASE = "https://member.example/lists/"


def rows(text: str) -> list[dict[str, str]]:
    """The cells of every row."""
    return [row.cells for row in parse_list(text.encode(), "list.csv")]


def test_columns_are_found_by_header_in_any_order():
    """The url column may stand anywhere and in any case."""
    assert rows("name,URL,license\nA,a.zarr,x\n") == [{"name": "A", "url": "a.zarr", "license": "x"}]


def test_tabs_and_blank_lines_are_understood():
    """TSV works, and an empty line after the header (ngff_samples.csv) is no row."""
    assert rows("source\turl\n\nIDR\ta.zarr\n") == [{"source": "IDR", "url": "a.zarr"}]


def test_a_list_without_header_holds_addresses_only():
    """idr0013_samples.csv has no header: one address a line is read, anything else is refused."""
    assert rows("https://a.example/1.zarr\nhttps://a.example/2.zarr\n")[0] == {"url": "https://a.example/1.zarr"}
    with pytest.raises(SourceChanged):
        rows("https://a.example/1.zarr,The title\n")
    with pytest.raises(SourceChanged):
        rows("name,title\na,b\n")


def test_a_quoted_shape_stays_one_cell():
    """Commas inside quotes belong to the cell."""
    assert rows('url,shape\na.zarr,"1,2,3"\n') == [{"url": "a.zarr", "shape": "1,2,3"}]


def test_a_repeated_column_is_refused():
    """Two columns of one name cannot both be right."""
    with pytest.raises(SourceChanged):
        rows("url,name,name\na,b,c\n")


@pytest.mark.parametrize(
    ("url", "endpoint", "key"),
    [
        ("zarr/a.zarr", BASE, "zarr/a.zarr"),
        ("Tonsil 1.zarr", BASE, "Tonsil%201.zarr"),
        ("a%20(b).zarr", BASE, "a%20(b).zarr"),
        (BASE + "zarr/a.zarr", BASE, "zarr/a.zarr"),
        ("https://S3.example/bucket/a.zarr/", "https://s3.example/", "bucket/a.zarr"),
        ("http://127.0.0.1:8001/zarr/a.zarr", "http://127.0.0.1:8001/", "zarr/a.zarr"),
    ],
)
def test_rows_resolve_to_endpoint_and_key(url, endpoint, key):
    """Below the list's folder the folder is the endpoint, elsewhere the host is; blanks are encoded."""
    place = resolve(url, BASE)
    assert (place.endpoint, place.key) == (endpoint, key)


def test_a_stated_endpoint_wins():
    """The operator's endpoint is used for the stores below it."""
    place = resolve("https://s3.example/bucket/a.zarr", BASE, "https://s3.example/bucket/")
    assert (place.endpoint, place.key) == ("https://s3.example/bucket/", "a.zarr")


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "s3://bucket/a.zarr",
        "simplecache::https://a.example/a.zarr",
        "reference::https://a.example/r.json",
        "https://user:secret@a.example/a.zarr",
        "https://a.example/a.zarr?token=1",
        "../outside/a.zarr",
        "a/%2e%2e/%2e%2e/b.zarr",
        "a\\b.zarr",
        "javascript:alert(1)",
    ],
)
def test_rows_of_a_remote_list_lead_to_plain_web_addresses_only(url):
    """Other schemes, chains, credentials, queries and dot segments are refused as unsafe links."""
    with pytest.raises(RecordRejected) as caught:
        resolve(url, BASE)
    assert caught.value.reason == "link-unsafe"


def test_rows_of_a_local_list_stay_in_its_folder():
    """A list read from a folder may name stores beside it, but no file elsewhere."""
    base = "file:///data/member/"
    assert resolve("zarr/a.zarr", base).url == "file:///data/member/zarr/a.zarr"
    for url in ("file:///etc/passwd", "../other/a.zarr"):
        with pytest.raises(RecordRejected):
            resolve(url, base)
