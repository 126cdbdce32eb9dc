"""The registry of funders holds together, and every form of a funder's name or identifier leads to it."""

from __future__ import annotations

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue import resources
from catalogue.model.funding.funders import (
    MAX_NAME,
    ROR,
    children,
    find_funder,
    fold,
    funders,
    ror_checks,
    ror_id,
)

LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"


def test_every_ror_has_its_checksum_and_stands_once() -> None:
    """No ROR of the registry is misspelled, and none belongs to two funders."""
    rors = [funder.ror for funder in funders().values() if funder.ror]
    assert len(rors) >= 150 and len(set(rors)) == len(rors)
    assert all(ror_checks(ror.removeprefix(ROR)) for ror in rors)


def test_every_crossref_funder_id_belongs_to_one_funder() -> None:
    """A Crossref funder id leads to exactly one funder."""
    held = [
        (identifier, funder.key)
        for funder in funders().values()
        for identifier in (funder.crossref_funder_id, *funder.crossref_also)
        if identifier
    ]
    assert len({identifier for identifier, _ in held}) == len(held)
    assert all((found := find_funder(identifier)) and found.key == key for identifier, key in held)


def test_every_name_and_spelling_leads_to_its_funder() -> None:
    """No name, abbreviation or spelling is shared by two funders, and each finds its own."""
    for funder in funders().values():
        for name in (funder.name, *funder.spellings, *funder.abbreviations):
            assert find_funder(name) == funder, name


def test_registry_is_complete_in_what_it_must_have() -> None:
    """Each funder has a key, a name and a country code; each parent is a funder and no one is above himself."""
    with (resources.schema_dir() / "funders.tsv").open(encoding="utf-8", newline="") as file:
        keys = [row["key"] for row in csv.DictReader(file, delimiter="\t")]
    assert len(set(keys)) == len(keys) == len(funders())
    for funder in funders().values():
        assert funder.key and funder.name and len(funder.country) == 2 and funder.country.isupper(), funder
        above, seen = funder.parent, {funder.key}
        while above:
            assert above not in seen
            seen.add(above)
            above = funders()[above].parent


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("https://ror.org/029chgv08", "wellcome"), ("ror.org/029chgv08", None), ("029chgv08", "wellcome"),
        ("ROR:029chgv08", "wellcome"), ("https://doi.org/10.13039/100010269", "wellcome"),
        ("http://dx.doi.org/10.13039/100004440", "wellcome"), ("10.13039/501100000780", "ec"),
        # datacite: example-fundingReference-v4 doubles the resolver's address.
        ("http://doi.org/http://doi.org/10.13039/501100000780", "ec"),
        ("the Wellcome  Trust", "wellcome"), ("Deutsche Forschungsgemeinschaft (DFG)", "dfg"), ("dfg", "dfg"),
        ("Agence nationale de la recherche", "anr"), ("Novo Nordisk Fonden", "novo"),
        ("029chgv09", None), ("Nobody's Foundation", None), ("", None), ("x" * (MAX_NAME + 1), None),
    ],
)  # fmt: skip
def test_funder_is_found_by_each_form(text: str, key: str | None) -> None:
    """A ROR, a Crossref id, a name in any capitals: the same funder; anything else is nobody."""
    found = find_funder(text)
    assert (found.key if found else None) == key


@given(st.text(LETTERS, min_size=6, max_size=6), st.integers(0, 99))
def test_one_check_number_fits_each_identifier(letters: str, digits: int) -> None:
    """Of the hundred endings of a ROR id one passes at most, and the one computed by the standard's rule does."""
    number = 0
    for letter in "0" + letters:
        number = number * 32 + LETTERS.index(letter)
    right = 98 - number * 100 % 97
    assert ror_checks(f"0{letters}{digits:02d}") == (digits == right)


@given(st.sampled_from(sorted(funders())), st.integers(0, 8), st.sampled_from("bcdefghjkmnpqrstvwxyz"))
def test_a_changed_letter_is_noticed(key: str, place: int, letter: str) -> None:
    """A ROR with one letter changed is no ROR."""
    ror = (funders()[key].ror or "").removeprefix(ROR)
    if ror and ror[place] != letter:
        assert ror_id(ror[:place] + letter + ror[place + 1 :]) is None


def test_parts_of_a_funder_are_its_children() -> None:
    """NIH's institutes are below it, and a research council below UKRI."""
    assert {"nigms", "nci"} <= {funder.key for funder in children("nih")}
    assert "mrc" in {funder.key for funder in children("ukri")}
    assert children("wellcome") == []


@given(st.text("aÉøłß&'’ -,(The)Ж日ﬁ", max_size=80))
def test_folding_twice_changes_nothing(name: str) -> None:
    """A folded name folds to itself, whatever the text."""
    once = fold(name)
    assert fold(once) == once or once.startswith("the ")
