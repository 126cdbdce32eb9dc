"""One record's links: whose word each is, where it stands, and nothing twice."""

from __future__ import annotations

from typing import Any

import pyoxigraph as px
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.model.funding.index import Grants
from catalogue.model.funding.link import READ, STATED
from catalogue.model.funding.rdf import funding_quads
from catalogue.model.funding.reading import MAX_GRANTS, funding_of


def grant(number: str | None = None, funder: str | None = None, **more: Any) -> dict[str, Any]:
    made = {"grant_identifier": number, "funder": {"name": funder} if funder else None, **more}
    return {key: value for key, value in made.items() if value is not None}


def told(record: dict[str, Any]) -> list[tuple[str, str | None, str]]:
    return [(link.funder.key if link.funder else "", link.award, link.basis) for link in funding_of(record)]


def test_a_field_states_and_a_text_is_read() -> None:
    """A number in its field is stated, one in a statement is read from text; each says where."""
    record = {"grants": [grant("226718/Z/22/Z", "Wellcome")], "funding_statement": "By AMED (JP21wm0425003)."}
    stated, read = funding_of(record)
    assert (stated.basis, stated.evidence.path, stated.evidence.excerpt) == (
        STATED,
        "grants[0].grant_identifier",
        "226718/Z/22/Z",
    )
    assert (read.basis, read.evidence.path, read.evidence.excerpt) == (READ, "funding_statement", "AMED (JP21wm0425003")


def test_a_grant_that_is_but_a_sentence_is_read_from_text() -> None:
    """SSBD keeps its acknowledgement as the title of a grant: its words are read, not taken for a name."""
    record = {"grants": [{"title": "Supported by JST, CREST, Grant Number JPMJCR2023, Japan (J.F.)"}]}
    (link,) = funding_of(record)
    assert (link.basis, link.award, link.evidence.path) == (READ, "JPMJCR2023", "grants[0].title")


def test_a_number_under_a_title_that_names_the_funder_is_read() -> None:
    """The number is in its field, the funder only in the grant's title: read, not stated."""
    assert told({"grants": [grant("16H06987", title="KAKENHI")]}) == [("jsps", "JP16H06987", READ)]
    assert told({"grants": [grant("16H06987", title="Eyes of ants")]}) == [("", None, STATED)]


def test_what_names_nobody_known_is_still_stated() -> None:
    """A statement or funder that the registry lacks gives a link without a funder; an empty grant gives none."""
    assert told({"funding_statement": "Fellinger Krebsforschung"}) == [("", None, STATED)]
    (link,) = funding_of({"grants": [grant("SRA #083181", "illumiSonics Inc"), {}]})
    assert (link.funder, link.funder_name_given, link.award, link.award_given) == (
        None,
        "illumiSonics Inc",
        None,
        "SRA #083181",
    )


def test_several_numbers_in_one_field_are_several_awards() -> None:
    """S-BIAD2324 lists three NSERC numbers in one field."""
    record = {"grants": [grant("DGECR-2019-00143, RGPIN2019-06134, DH-2023-00371", "NSERC")]}
    assert [link.award for link in funding_of(record)] == ["DGECR-2019-00143", "RGPIN-2019-06134", "DH-2023-00371"]


def test_a_stated_identifier_comes_before_the_name() -> None:
    """A ROR or Crossref id names the funder whatever the name says; an unknown ROR is a funder all the same."""
    name = "Wellcome Trust"
    for field, value in (
        ("ror", "https://ror.org/01cwqze88"),
        ("crossref_funder_id", "https://doi.org/10.13039/100000002"),
        ("same_as", ["https://doi.org/10.13039/100000002"]),
    ):
        (link,) = funding_of({"grants": [{"funder": {"name": name, field: value}}]})
        assert link.funder is not None and link.funder.key == "nih" and link.funder_name_given == name
    (link,) = funding_of({"grants": [{"funder": {"name": "EBI", "ror": "https://ror.org/02catss52"}}]})
    assert link.funder is not None and (link.funder.name, link.funder.ror) == ("EBI", "https://ror.org/02catss52")
    assert told({"grants": [{"funder": {"name": "EBI", "ror": "https://ror.org/02catss53"}}]}) == [("", None, STATED)]


def test_a_number_of_an_unknown_form_beside_a_known_funder_is_kept_as_it_stands() -> None:
    """Only in its own field: UiT's number is an award, the words "Startup Funds" are none."""
    (link,) = funding_of({"grants": [grant("2061348", "UiT The Arctic University of Norway")]})
    assert link.award == "2061348" and link.numbered_by is not None and link.numbered_by.key == "uit"
    (link,) = funding_of({"grants": [grant("Startup Funds", "UC Santa Cruz")]})
    assert (link.award, link.award_given) == (None, "Startup Funds")


@pytest.mark.parametrize("address", ["https://cordis.europa.eu/project/id/871034", "https://doi.org/10.3030/871034"])
def test_a_page_of_cordis_is_a_grant_of_the_commission(address: str) -> None:
    """A grant of which only the page is stated; CORDIS's old record numbers (rcn) are no grant numbers."""
    assert told({"grants": [{"grant_pid": address}]}) == [("ec", "871034", STATED)]
    assert told({"grants": [{"url": "https://cordis.europa.eu/project/rcn/100180", "title": "MOTIVE"}]}) == [
        ("", None, STATED)
    ]


def test_a_number_stated_and_told_is_one_link() -> None:
    """S-BIAD1763 repeats its grants in words; a funder named alone beside its awards adds nothing."""
    record = {
        "grants": [grant("335901", "Research Council of Norway")],
        "funding_statement": "H.K. thanks the Research Council of Norway (grant no. 335901), and the Royal Society.",
    }
    assert told(record) == [("rcn", "335901", STATED), ("royalsociety", None, READ)]


def test_thanks_are_read_only_where_money_is_spoken_of() -> None:
    """Thanks to EMBL for a protocol are no funding, support by it is."""
    assert told({"acknowledgements": "We thank EMBL for a protocol."}) == []
    assert told({"acknowledgements": "We thank X. This work was supported by EMBL and AMED (JP21wm0425003)."}) == [
        ("amed", "JP21wm0425003", READ),
        ("embl", None, READ),
    ]


@pytest.mark.parametrize(
    "record",
    [
        {}, {"grants": None}, {"grants": "x"}, {"grants": [None, 3, []]}, {"grants": [{"funder": "x"}]},
        {"grants": [{"funder": {"name": 3, "ror": [], "same_as": "x"}, "title": {}}]}, {"funding_statement": []},
        {"acknowledgements": 5},
    ],
)  # fmt: skip
def test_a_record_of_another_form_says_nothing(record: dict[str, Any]) -> None:
    """Values of the wrong kind are no funding and break nothing."""
    assert funding_of(record) == []


TEXTS = st.sampled_from(
    ["JSPS", "16H06372", "https://ror.org/029chgv08", "Wellcome, NSF", "\x00\ud800", "é" * 300, "", "1,2 and 3"]
)
ANY = st.one_of(TEXTS, st.none(), st.integers(), st.lists(TEXTS, max_size=2), st.dictionaries(TEXTS, TEXTS, max_size=2))
FUNDER = st.fixed_dictionaries({}, optional=dict.fromkeys(("name", "ror", "same_as", "crossref_funder_id"), ANY))
GRANT = st.fixed_dictionaries(
    {},
    optional={"funder": st.one_of(FUNDER, ANY)} | dict.fromkeys(("grant_identifier", "title", "url", "acronym"), ANY),
)
RECORD = st.fixed_dictionaries(
    {},
    optional={"grants": st.one_of(st.lists(st.one_of(GRANT, ANY), max_size=3), ANY)}
    | dict.fromkeys(("funding_statement", "acknowledgements", "publications"), ANY),
)


@given(RECORD)
def test_no_record_breaks_the_reading_or_the_graph(record: dict[str, Any]) -> None:
    """Whatever a record holds, it is read, indexed and written; one bad record must not hold up all others."""
    index = Grants.build([("a:1", record), ("a:2", record)])
    assert index.studies() == ["a:1", "a:2"]
    assert index.links_of("a:1") == index.links_of("a:2")
    px.Store().load(funding_quads(index), format=px.RdfFormat.N_QUADS)
    for grant in index.grants():
        assert index.find_grant(f"{grant.funder.name} {grant.award}") == grant


def test_there_is_an_end_to_grants() -> None:
    """Of a record with more grants than can be true only the first are read."""
    record = {"grants": [grant(f"{100000 + n}", "Research Council of Norway") for n in range(MAX_GRANTS + 50)]}
    assert len(funding_of(record)) == MAX_GRANTS
