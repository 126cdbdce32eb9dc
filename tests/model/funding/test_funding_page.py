"""The page about funding tells what the registries hold."""

from __future__ import annotations

import re

import pytest

from catalogue import resources
from catalogue.model.funding.awards import normalise_award
from catalogue.model.funding.funders import find_funder
from catalogue.model.funding.page import with_table

PAGE = (resources.docs_dir() / "funding.md").read_text("utf-8")


def test_table_of_funders_is_the_registry() -> None:
    """The table is what the registries give; `python -m catalogue.model.funding.page` writes it."""
    assert with_table(PAGE) == PAGE
    with pytest.raises(ValueError, match="mark"):
        with_table("no marks")


NUMBERS = re.findall(r"^\| ([^|]+) \| (`[^|]+`) \| (`[^|]+`) \|", PAGE, re.MULTILINE)


@pytest.mark.parametrize(("names", "canonical", "others"), NUMBERS, ids=[names for names, _, _ in NUMBERS])
def test_numbers_of_the_page_are_read_as_it_says(names: str, canonical: str, others: str) -> None:
    """Each canonical form of the page is one, and each other spelling is read as an award of that funder."""
    first = re.split(r",| and| \(", names)[0]
    funder = find_funder(first.replace("UKRI's councils", "EPSRC"))
    assert funder is not None, first
    for number in re.findall(r"`([^`]+)`", canonical):
        assert normalise_award(number, funder) == number
    for number in re.findall(r"`([^`]+)`", others):
        assert normalise_award(number, funder), number
