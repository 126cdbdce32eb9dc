from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from tests.web.studies_for_pages import BARE, GONE, IMAGE, STUDY


def test_search_finds_a_study_by_its_words(client: FlaskClient) -> None:
    """Title words give the study with archive, accession, year, organism, method and preview."""
    text = client.get("/search?q=beating+heart").text
    for said in (
        f'href="/studies/{STUDY}"',
        "BioImage Archive",
        "S-BIAD90001",
        "2024",
        "Danio rerio",
        "SPIM",
        f'src="/id/{IMAGE}/thumbnail"',
    ):
        assert said in text, said
    assert BARE not in text


def test_search_is_also_json(client: FlaskClient) -> None:
    """The same hits as data."""
    found = client.get("/search.json?q=beating+heart").json
    assert [hit["identifier"] for hit in found["hits"]] == [STUDY]
    assert found["total"] == 1 and found["next"] is None


def test_empty_result_says_what_to_try(client: FlaskClient) -> None:
    """Nothing found is a page with ways on, and still 200."""
    answer = client.get("/search?q=qqqqzzzz")
    assert answer.status_code == 200
    assert "Nothing found" in answer.text and "browse all studies" in answer.text


def test_filters_narrow_and_can_be_taken_away(client: FlaskClient) -> None:
    """A facet link narrows to its archive; the chosen one leads back."""
    text = client.get("/search?owner=idr").text
    assert f'href="/studies/{BARE}"' in text and f'href="/studies/{STUDY}"' not in text
    assert 'aria-current="true"' in text


def test_images_can_be_searched(client: FlaskClient) -> None:
    """kind=image lists images instead of studies."""
    text = client.get("/search?q=embryo&kind=image").text
    assert f'href="/images/{IMAGE}"' in text


def test_withdrawn_studies_are_not_listed(client: FlaskClient) -> None:
    """A withdrawn study is found nowhere in lists."""
    assert GONE not in client.get("/search?q=taken+back").text
    assert GONE not in client.get("/").text


@pytest.mark.parametrize("page", ["0", "-1", "x", "1e3", "99999", "٣"])
def test_page_out_of_range_is_400(client: FlaskClient, page: str) -> None:
    """A page that is no sensible number is refused in words."""
    assert client.get("/search", query_string={"page": page}).status_code == 400


def test_pages_follow_each_other(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Next and previous lead through all hits, each once."""
    monkeypatch.setattr("catalogue.web.search.PAGE_SIZE", 1)
    seen = []
    for number in (1, 2, 3, 4):
        seen += [hit["identifier"] for hit in client.get(f"/search.json?page={number}").json["hits"]]
    assert len(seen) == len(set(seen)) == 4
    middle = client.get("/search?page=2").text
    assert 'rel="next"' in middle and 'rel="prev"' in middle
    assert 'rel="next"' not in client.get("/search?page=4").text


def test_home_counts_and_lists(client: FlaskClient) -> None:
    """The front page has a search box, counts by archive and the newest studies."""
    text = client.get("/").text
    assert 'action="/search"' in text and 'action="/id"' in text
    assert 'href="/search?owner=biostudies"' in text
    assert f'href="/studies/{STUDY}"' in text


def test_node_without_index_still_answers(with_services: Callable[..., FlaskClient]) -> None:
    """Where there is no text index, search is empty and the front page counts."""
    client = with_services(search=None)
    assert client.get("/search?q=heart").status_code == 200
    assert client.get("/").status_code == 200
