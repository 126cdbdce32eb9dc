"""Funders and awards out of sentences: what is told is read, what leaves a doubt stays text."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.model.funding.mentions import find_mentions, named_funder
from catalogue.model.funding.statement import MAX_EXCERPT, MAX_STATEMENT, read_statement


def told(text: str) -> list[tuple[str, str]]:
    """(key of the funder, award or "") for each finding."""
    return [(found.funder.key, found.award.number if found.award else "") for found in read_statement(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # ssbd:398: hyphenated at a line's end.
        ("by JSPS KA- KENHI 19H00993 and 21H05290", [("jsps", "JP19H00993"), ("jsps", "JP21H05290")]),
        # ssbd:274: KAKENHI in MEXT's name.
        ("the MEXT KAKENHI (grant nos. 19H04868 to T.O.)", [("mext", "JP19H04868")]),
        # ssbd:394: either of two, so the one that numbers.
        ("MEXT/JSPS, KAKENHI, Grant Number JP23KJ1255, Japan", [("jsps", "JP23KJ1255")]),
        # ssbd:ssbd-repos-000413 and 373: the funder comes last.
        ("20K15858 (JSPS)", [("jsps", "JP20K15858")]),
        ("M.T. was supported by a grant (18K06055) from MEXT.", [("mext", "JP18K06055")]),
        # ssbd:378: AMED is named, the number is JST's.
        ("the CREST program of AMED (grant no. JPMJCR2124)", [("jst", "JPMJCR2124"), ("amed", "")]),
        # ssbd:346: a comma parts two funders.
        ("(JP23wm0525012) from AMED, JST CREST program (JPMJCR2021)", [("amed", "JP23wm0525012"),
        ("jst", "JPMJCR2021")]),
        # ssbd:348: the last name before a number is nobody's of the registry.
        ("Takeda Science Foundation (to TU), and Kobe University (301004 to HS)", [("takeda", "")]),
        ("JSPS KAKENHI; Foo Foundation (26115721 to X.Y.)", [("jsps", "")]),
        # S-BIAD590: a part of a whole.
        ("National Cancer Institute of the National Institutes of Health (R01CA202752-01A1)", [("nci", "R01CA202752")]),
        # S-BIAD590: another centre stands between.
        ("NIDDK, the National Center for Research Resources (1 C06 RR12463-01)", [("nih", "C06RR012463"),
        ("niddk", "")]),
        # S-BIAD1553: one number of several payers.
        ("Cancer Research UK [CC2016]; the UK Medical Research Council [CC2016]", [("cruk", "CC2016"),
        ("mrc", "CC2016")]),
        # S-BIAD2225: not the university.
        ("a Royal Society University Research Fellowship (URF\\R1\\211329)", [("royalsociety", "URF\\R1\\211329")]),
        ("UKRI Engineering and Physical Sciences Research Council (EP/V034154/2)", [("epsrc", "EP/V034154/2")]),
        # Digits may count anything.
        ("by the European Union. We imaged 123456 cells", [("ec", "")]),
        ("NIH, NSF 1828636", [("nsf", "1828636"), ("nih", "")]),
        ("by NSF. Sequences 1828636 and up", [("nsf", "")]), ("the EU under H2020 (955575)", [("ec", "955575")]),
        # Numbers that say nothing alone.
        ("grants 16H06372 and 101017453", []), ("in 2022 to 2023, with 123456 images", []),
        # ssbd:409 and ssbd-repos-000467: misprinted numbers stay text.
        ("KAKENHI 23H041350", [("jsps", "")]), ("AMED moonshot (22zf0127001h002)", [("amed", "")]),
        # Somebody else of a like name.
        ("the Wellcome Sanger Institute", []), ("the Royal Society of Chemistry", []),
        ("the South African Medical Research Council", []), ("the Swedish Medical Research Council", []),
        ("the National Science Foundation of Sri Lanka", []), ("we saw a star in the MRCX mouse", []),
        ("", []),
    ],
)  # fmt: skip
def test_statement_is_read(text: str, expected: list[tuple[str, str]]) -> None:
    """Each sentence gives its funders and awards, and nothing that it does not say."""
    assert told(text) == expected


def test_words_are_kept_as_they_stand() -> None:
    """The finding holds the funder's and the number's words and a piece of the text, unchanged."""
    text = "Supported by the Japan Society for the Promo- tion of Science (KAKENHI grant no. 16H06372 to A.B.)."
    (found,) = read_statement(text)
    assert found.funder_given == "Japan Society for the Promo- tion of Science (KAKENHI"
    assert (found.award_given, found.programme) == ("16H06372", "KAKENHI")
    assert found.excerpt in text and found.excerpt.endswith("16H06372")


def test_an_abbreviation_is_read_only_in_its_capitals() -> None:
    """The word "amed" is no funder, AMED is."""
    assert told("it was amed at the target") == []
    assert told("funded by AMED") == [("amed", "")]


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("National Institute of Health", "nih"), ("Swedish research council", "vr"), ("CFI", "cfi"),
        ("Marie Skłodowska Curie Cofund Actions MSCA-COFUND-FP", "ec"),
        ("Research Council of Norway, INTPART-International Partnerships", "rcn"),
        ("National Research Foundation, Prime Minister’s Office, Singapore", "nrfsg"),
        ("The Royal Society, UK", "royalsociety"), ("NIH/NIGMS", "nigms"),
        ("Wellcome Trust and Cancer Research UK", None), ("illumiSonics Inc", None),
        ("National Research Foundation", None),
    ],
)  # fmt: skip
def test_a_field_that_names_a_funder(name: str, key: str | None) -> None:
    """A name with more words around it leads to its funder; two of them, or one too general, to none."""
    funder, _ = named_funder(name)
    assert (funder.key if funder else None) == key


@given(
    st.lists(
        st.sampled_from(["JSPS", "KA- KENHI", "(16H06372", "Wellcome", ")", "226718/Z/22/Z", "of", "é", "\n", "NIH"])
    )
)
def test_any_text_is_read_within_itself(words: list[str]) -> None:
    """Whatever the text, mentions follow one another and excerpts are pieces of it."""
    text = " ".join(words)
    mentions = find_mentions(text)
    assert all(one.end <= two.start for one, two in pairwise(mentions))
    for found in read_statement(text):
        assert found.excerpt in text and len(found.excerpt) <= MAX_EXCERPT and found.award_given in text


def test_a_very_long_text_is_read_in_part() -> None:
    """What stands beyond the limit is not read."""
    text = "x " * (MAX_STATEMENT // 2) + "JSPS KAKENHI JP16H06372"
    assert read_statement(text) == ()
