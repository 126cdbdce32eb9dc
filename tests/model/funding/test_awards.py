"""Award numbers in the spellings of real records, each with its canonical form or none."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.model.funding.awards import (
    MAX_AWARD,
    award_series,
    find_alone,
    find_award,
    normalise_award,
    plain,
    same_award,
)
from catalogue.model.funding.funders import find_funder, funders
from catalogue.model.funding.mentions import named_funder

with (Path(__file__).parent.parent / "awards.tsv").open(encoding="utf-8", newline="") as file:
    SPELLINGS = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


@pytest.mark.parametrize("row", SPELLINGS, ids=[f"{row['text']}-{row['funder'][:12]}" for row in SPELLINGS])
def test_real_spelling_has_its_canonical_form(row: dict[str, str]) -> None:
    """A number as a real record spells it becomes what its funder writes; one that says too little stays text."""
    funder = named_funder(row["funder"])[0] if row["funder"] else None
    assert (normalise_award(row["text"], funder) or "") == row["expected"]


@pytest.mark.parametrize("row", [row for row in SPELLINGS if row["expected"]], ids=lambda row: row["text"])
def test_canonical_form_is_its_own_canonical_form(row: dict[str, str]) -> None:
    """Normalising twice is normalising once."""
    funder = named_funder(row["funder"])[0] if row["funder"] else None
    award = find_award(row["text"], funder)
    assert award is not None and find_award(award.number, award.funder) == award


@pytest.mark.parametrize(
    ("text", "funder", "expected"),
    [
        ("226718/Z/22/Z", None, "226718/Z/22/Z"), ("WT 226718/Z/22/Z", None, "226718/Z/22/Z"),
        ("098411", "Wellcome", "098411"), ("WT098411MA", "Wellcome", "098411"),
        ("MR/K015591/1", None, "MR/K015591/1"), ("MR / K015591 / 1", None, "MR/K015591/1"),
        ("MC_UU_00007/1", None, "MC_UU_00007/1"),
        ("BB/R015864/1", None, "BB/R015864/1"), ("BB/R015864", "BBSRC", "BB/R015864"),
        ("ERC-2019-COG 866543", "ERC", "866543"), ("grant agreement No. 101057970", "European Commission", "101057970"),
        ("ANR-10-INBS-04", None, "ANR-10-INBS-04"), ("ANR 10 INBS 04", None, "ANR-10-INBS-04"),
        ("310030_192613", None, "310030_192613"), ("310030-192613/1", None, "310030_192613"),
        ("DBI-1828636", "NSF", "1828636"), ("KU 2265/3-1", "DFG", "KU 2265/3-1"), ("KU2265/3-1", "DFG", "KU 2265/3-1"),
        ("project number 431549029", "DFG", "431549029"), ("SFB-1451", "DFG", "SFB 1451"),
        ("ALTF 123-2019", None, "ALTF 123-2019"), ("LT000717/2018-L", None, "LT000717/2018"),
        ("GM63904", "NIH", None), ("R01GM063904", None, "R01GM063904"), ("1R01GM63904-01A1", None, "R01GM063904"),
        ("(Grant no. JP16H06372)", None, "JP16H06372"), ("JP‑16H06372", None, None), ("2022", "JSPS", None),
        ("x" * (MAX_AWARD + 1), "NIH", None), ("", "NIH", None),
    ],
)  # fmt: skip
def test_other_forms_of_known_series(text: str, funder: str | None, expected: str | None) -> None:
    """Forms of the usual funders that the samples lack, from their own guidance."""
    assert normalise_award(text, find_funder(funder) if funder else None) == expected


@pytest.mark.parametrize(
    ("one", "two", "funder", "same"),
    [
        ("JP16H06372", "16H06372", "JSPS", True), ("JP16H06372", "16H06372", None, False),
        ("JPMJCR20E2", "JPM JCR20E2", None, True), ("226718", "226718/Z/22/Z", "Wellcome", True),
        ("EP/V034154/1", "EP/V034154/2", None, True), ("5R01GM063904-12", "R01 GM63904", None, True),
        ("R01GM063904", "R21GM063904", None, False), ("JP19gm1310003", "JP20gm1310003", None, False),
        ("AB-12 3", "ab12-3", "RIKEN", True), ("AB-12 3", "ab12-3", None, False),
    ],
)  # fmt: skip
def test_two_spellings_of_one_award(one: str, two: str, funder: str | None, same: bool) -> None:
    """Two spellings are one award only where that is certain, whichever comes first."""
    giver = find_funder(funder) if funder else None
    assert same_award(one, two, giver) is same and same_award(two, one, giver) is same


def test_series_name_funders_of_the_registry() -> None:
    """Each series is of funders that the registry has."""
    for series in award_series():
        assert set(series.funders) <= set(funders()), series.name


def test_no_form_that_stands_alone_fits_two_funders() -> None:
    """A number read without its funder's name is of one funder only."""
    for row in SPELLINGS:
        number = plain(row["text"])
        homes = {s.home.key for s in award_series() if s.alone is not None and s.alone.fullmatch(number)}
        assert len(homes) <= 1, row


def test_every_form_that_stands_alone_is_found_within_a_text() -> None:
    """The one search over a text finds what each series for itself would."""
    for row in SPELLINGS:
        award = find_award(row["text"])
        if award is not None:
            text = plain(f"by grants ({row['text']}, to A.B.)")
            assert [series.award(found) for series, found in find_alone(text)] == [award], row


@given(st.text(max_size=120), st.sampled_from([None, *sorted(funders())]))
def test_any_text_is_an_award_or_none(text: str, key: str | None) -> None:
    """No text breaks the reading, and what is read is canonical."""
    award = find_award(text, funders()[key] if key else None)
    assert award is None or find_award(award.number, award.funder) == award
