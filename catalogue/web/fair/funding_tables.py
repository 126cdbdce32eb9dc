"""Rows of the tables about funders, grants and archives: how many studies, and how it is known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from catalogue.fair.funding import best_basis, funder_path, grant_path
from catalogue.model.funding.funders import Funder
from catalogue.model.funding.index import FundingIndex, Grant
from catalogue.model.funding.link import BASES


@dataclass(frozen=True, slots=True)
class FunderRow:
    """A funder with its studies.

    Args:
        path: of its page; "" where it has none.
        studies: by the surest way in which each is known.
    """

    funder: Funder
    path: str
    studies: Mapping[str, int]
    grants: int

    @property
    def total(self) -> int:
        """Number of studies."""
        return sum(self.studies.values())


@dataclass(frozen=True, slots=True)
class GrantRow:
    """A grant with its studies, as a funder with its."""

    grant: Grant
    path: str
    studies: Mapping[str, int]

    @property
    def total(self) -> int:
        """Number of studies."""
        return sum(self.studies.values())


def funder_rows(index: FundingIndex) -> list[FunderRow]:
    """Every funder of the index, those of most studies first."""
    rows = [
        FunderRow(
            funder,
            funder_path(funder),
            counted(best_basis(index.studies_of_funder(funder.ror)).values()),
            len(index.grants_of(funder.ror)),
        )
        for funder in index.funders()
        if funder.ror is not None
    ]
    return sorted(rows, key=lambda row: (-row.total, row.funder.name.casefold()))


def grant_rows(index: FundingIndex, grants: Iterable[Grant]) -> list[GrantRow]:
    """Grants with their studies, those of most studies first."""
    rows = [
        GrantRow(
            grant,
            grant_path(grant),
            counted(best_basis(index.studies_of_grant(grant.funder.ror, grant.award)).values()),
        )
        for grant in grants
        if grant.funder.ror is not None
    ]
    return sorted(rows, key=lambda row: (-row.total, row.grant.funder.name.casefold(), row.grant.award))


def by_archive(index: FundingIndex) -> dict[str, Counter[str]]:
    """Owner -> number of its studies by how their funding is known, `none` for those of which nothing is."""
    found: dict[str, Counter[str]] = {}
    for curie in index.studies():
        basis = min((link.basis for link in index.links_of(curie)), key=BASES.index, default="none")
        found.setdefault(curie.partition(":")[0], Counter())[basis] += 1
    return dict(sorted(found.items()))


def counted(bases: Iterable[str]) -> dict[str, int]:
    """Number of each basis, every one present."""
    numbers = Counter(bases)
    return {basis: numbers[basis] for basis in BASES}
