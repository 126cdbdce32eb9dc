"""What people type finds what they mean, and nothing they type is an error."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalogue.problems import BadRequest
from catalogue.search.service import SearchPage, SearchService
from catalogue.store.ledger import Ledger
from catalogue.store.text import TextView
from catalogue.store.views import catch_up
from tests.store.graph.records import append, study


def curies(page: SearchPage) -> list[str]:
    """CURIEs of the hits in order."""
    return [hit.curie for hit in page.hits]


def test_title_weighs_more_than_description(service: SearchService) -> None:
    """A word in the title comes before the same word in a description."""
    page = service.search("heart")
    assert curies(page)[:1] == ["biostudies:S-BIAD1"]
    assert "biostudies:S-BIAD2" in curies(page)


def test_all_words_must_occur(service: SearchService) -> None:
    """Two words narrow an answer; they may stand in different fields."""
    assert curies(service.search("zebrafish nuclei ")) == ["biostudies:S-BIAD2"]
    assert service.search("bacterial mitochondria ").total == 0


@pytest.mark.parametrize("text", ["mitochondrion ", "mitochondr", "MITOCHONDRIA", "mitochondria nuc"])
def test_word_forms_and_beginnings_match(service: SearchService, text: str) -> None:
    """Stems, case and an unfinished last word do not matter."""
    assert curies(service.search(text)) == ["biostudies:S-BIAD2"]


def test_accents_do_not_matter(service: SearchService) -> None:
    """Authors are found with and without their accents."""
    assert curies(service.search("zoe muller")) == curies(service.search("Zoë Müller")) == ["biostudies:S-BIAD1"]


def test_phrases_keep_their_order(service: SearchService) -> None:
    """Words in quotes stand side by side."""
    assert curies(service.search('"heart of zebrafish"')) == ["biostudies:S-BIAD1"]
    assert service.search('"zebrafish of heart"').total == 0


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("S-BIAD3", "biostudies:S-BIAD3"),
        ("s-biad3", "biostudies:S-BIAD3"),
        ("biostudies:S-BIAD3", "biostudies:S-BIAD3"),
        ("https://www.ebi.ac.uk/biostudies/bioimages/studies/S-BIAD3", "biostudies:S-BIAD3"),
        ("EMPIAR-10002", "empiar:10002"),
        ("10002", "empiar:10002"),
        ("S-BIAD3 division", "biostudies:S-BIAD3"),
        ("idr:10001", "idr:10001"),
    ],
)
def test_an_identifier_finds_its_record_first(service: SearchService, text: str, first: str) -> None:
    """Whatever form of identifier is typed, its record leads, before S-BIAD34 and whatever its kind."""
    assert curies(service.search(text))[0] == first


def test_vernacular_and_broader_names_find_studies(service: SearchService) -> None:
    """A study is found by the common name of its organism, another name of its method and what both are kinds of."""
    assert "biostudies:S-BIAD34" in curies(service.search("zebrafish"))
    assert "biostudies:S-BIAD34" in curies(service.search("light sheet"))
    assert "biostudies:S-BIAD34" in curies(service.search("vertebrates "))
    assert curies(service.search("proteobacteria")) == ["biostudies:S-BIAD3"]


def test_misspelling_is_corrected_and_said(service: SearchService) -> None:
    """A word nobody wrote is replaced by the most alike known one, and the page says so."""
    page = service.search("zebrafsh haert ")
    assert page.corrected == "zebrafish heart"
    assert "biostudies:S-BIAD1" in curies(page)
    assert service.search("heart").corrected is None


def test_words_unlike_all_known_find_nothing(service: SearchService) -> None:
    """No hit is an empty page with empty facets."""
    page = service.search("qqqqwwww")
    assert (page.total, page.hits, page.corrected) == (0, (), None)
    assert page.facets["organisms"] == ()


def test_without_words_newest_come_first(service: SearchService) -> None:
    """An empty search lists all studies, the last recorded first."""
    page = service.search("")
    assert page.total == 5
    assert curies(page)[0] == "empiar:10002"


def test_images_are_searched_on_request(service: SearchService) -> None:
    """Images do not crowd out studies unless asked for by kind or parent."""
    assert all(hit.kind == "study" for hit in service.search("heart").hits)
    assert curies(service.search("frame", filters={"kind": "image"})) == ["idr:10001"]
    assert service.search("", filters={"kind": "any"}).total == 7
    page = service.search("", filters={"parent": "biostudies:S-BIAD1"})
    assert sorted(curies(page)) == ["idr:10001", "idr:10002"]
    assert page.hits[0].parent == "biostudies:S-BIAD1"


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"organism": "NCBITaxon:562"}, {"biostudies:S-BIAD3"}),
        ({"organism": "NCBITaxon:2"}, {"biostudies:S-BIAD3"}),
        ({"organism": "NCBITaxon:7742", "year": "2020"}, {"biostudies:S-BIAD34"}),
        ({"method": "FBbi:00000246", "owner": "empiar"}, {"empiar:10002"}),
        ({"organism": "NCBITaxon:2", "method": "FBbi:00000246"}, set()),
    ],
)
def test_filters_take_in_all_kinds_of_a_term(service: SearchService, filters: dict[str, str], found: set[str]) -> None:
    """A filter by a higher taxon or method finds what is below it."""
    assert set(curies(service.search("", filters=filters))) == found


def test_facets_count_the_whole_answer(service: SearchService) -> None:
    """Counts are over all hits, not over the page, with labels; the filter of that value gives as many."""
    page = service.search("", limit=1)
    organisms = {row.value: (row.label, row.count) for row in page.facets["organisms"]}
    assert organisms == {"NCBITaxon:7955": ("Danio rerio", 4), "NCBITaxon:562": ("Escherichia coli", 1)}
    assert {row.value: row.count for row in page.facets["owners"]} == {"biostudies": 4, "empiar": 1}
    assert {row.value: row.count for row in page.facets["years"]} == {"2023": 4, "2020": 1}
    assert [row.label for row in page.facets["methods"]] == ["SPIM"]
    assert service.search("", filters={"organism": "NCBITaxon:7955"}).total == 4


def test_pages_follow_one_another(service: SearchService) -> None:
    """Pages by limit and offset cover the answer once; limit 0 gives the count alone."""
    pages = [curie for o in (0, 2, 4) for curie in curies(service.search("", limit=2, offset=o))]
    assert sorted(pages) == sorted(curies(service.search("", limit=5)))
    assert service.search("", limit=0).total == 5
    assert service.search("", limit=0).hits == ()


def test_hit_carries_what_a_result_list_shows(service: SearchService) -> None:
    """Title, owner, organisms, methods and year are in the hit, and the matching words are marked in the snippet."""
    hit = service.search("mitochondria").hits[0]
    assert (hit.title, hit.owner, hit.year, hit.kind) == ("Nuclei in culture", "biostudies", 2023, "study")
    assert [(o.curie, o.label) for o in hit.organisms] == [("NCBITaxon:7955", "Danio rerio")]
    assert [m.label for m in hit.methods] == ["SPIM"]
    assert [piece.text for piece in hit.snippet if piece.marked] == ["Mitochondria"]
    assert "".join(piece.text for piece in hit.snippet).startswith("Mitochondria and nuclei")


def test_snippet_is_plain_text(ledger: Ledger, view: TextView, service: SearchService) -> None:
    """Markup in a description stays text, and marks fit letters of several bytes."""
    append(ledger, study(5, description="Größe é <script>alert(1)</script> centriole ümlaut"))
    catch_up(ledger, view)
    service._checked = float("-inf")
    [hit] = service.search("centrioles").hits
    assert [piece.text for piece in hit.snippet if piece.marked] == ["centriole"]
    assert "<script>" in "".join(piece.text for piece in hit.snippet)


@pytest.mark.parametrize(
    "text",
    [
        '"',
        '""',
        "a AND (",
        "title:heart",
        "[a TO z]",
        "*",
        "/regex/",
        "+-!",
        "\\",
        "heart^2~",
        "{",
        "\x00",
        "OR OR",
        "é" * 400,
    ],
)
def test_nothing_typed_is_an_error(service: SearchService, text: str) -> None:
    """Query syntax of any engine is only text."""
    assert service.search(text).total >= 0


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=60))
def test_no_text_is_an_error(service: SearchService, text: str) -> None:
    """Any Unicode text gets a page whose hits are not more than its total."""
    page = service.search(text)
    assert len(page.hits) <= page.total


@pytest.mark.parametrize(
    "arguments",
    [
        {"limit": -1},
        {"limit": 10_000},
        {"offset": -1},
        {"offset": 10**9},
        {"filters": {"colour": "red"}},
        {"text": "x" * 501},
    ],
)
def test_numbers_out_of_range_are_refused(service: SearchService, arguments: dict) -> None:
    """Limits are told, not silently changed."""
    with pytest.raises(BadRequest):
        service.search(**arguments)


def test_no_index_is_an_empty_answer(tmp_path: Path) -> None:
    """Before the worker first ran there is nothing to find, and searching makes no files."""
    service = SearchService(tmp_path / "nothing")
    assert service.search("heart") == SearchPage(0, (), {})
    assert not (tmp_path / "nothing").exists()
