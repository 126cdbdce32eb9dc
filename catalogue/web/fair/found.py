"""What a person means who types a funder or a grant number: one page, several candidates, or the nearest names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from catalogue.fair.funding import funder_path, grant_path
from catalogue.model.funding.awards import award_key
from catalogue.model.funding.funders import Funder, fold
from catalogue.model.funding.index import MAX_ASKED, FundingIndex, Grant
from catalogue.problems import AmbiguousIdentifier, BadIdentifier, NotFound

_MOST: Final = 50
_SHORTEST_NUMBER: Final = 4


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something that may be meant.

    Args:
        path: of its page, or of a search that leads there.
        studies: how many there are of it; None where that is not counted.
    """

    title: str
    path: str
    note: str = ""
    studies: int | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """Where the search leads.

    Args:
        path: of the one page that is meant; "" where it is not clear.
        said: a sentence for the person who asked.
        more: number of further candidates that are not told.
    """

    path: str
    said: str = ""
    candidates: tuple[Candidate, ...] = ()
    more: int = 0


def find(index: FundingIndex, asked: str) -> Found:
    """The funder or grant that a text names, else what contains it, else what is spelled like it.

    Args:
        asked: ROR, Crossref funder id, name, abbreviation, or grant number in any spelling.
    """
    asked = asked.strip()[:MAX_ASKED]
    try:
        grant = index.find_grant(asked)
        return _only(grant_path(grant), [_of_grant(index, grant)])
    except AmbiguousIdentifier as problem:
        return Found("", problem.detail, _again(problem.members["candidates"]))
    except NotFound as problem:
        near = list(problem.members.get("nearest", ()))
    try:
        funder = index.find_funder(asked)
        return _only(funder_path(funder), [_of_funder(index, funder)])
    except (NotFound, BadIdentifier) as problem:
        near += problem.members.get("nearest", ())
    candidates = [*_funders_with(index, asked), *_grants_with(index, asked)]
    if candidates:
        said = f"Nothing is called '{asked}' alone; these have it in their name or number."
        path = candidates[0].path if len(candidates) == 1 else ""
        return Found(path, said, tuple(candidates[:_MOST]), max(0, len(candidates) - _MOST))
    said = f"No funder and no grant of a record here is called '{asked}'."
    return Found("", said + (" These are spelled most like it." if near else ""), _again(near))


def _only(path: str, candidates: list[Candidate]) -> Found:
    said = (
        "" if path else "This is known, but has no page of its own, since its funder has no ROR in the registry here."
    )
    return Found(path, said, tuple(candidates))


def _again(names: list[str]) -> tuple[Candidate, ...]:
    """Names that lead to a page when they are asked for."""
    return tuple(Candidate(name, "/funders/?" + urlencode({"q": name})) for name in dict.fromkeys(names))


def _of_grant(index: FundingIndex, grant: Grant) -> Candidate:
    studies = {s.curie for s in index.studies_of_grant(grant.funder.ror, grant.award)} if grant.funder.ror else set()
    return Candidate(f"{grant.funder.name} {grant.award}", grant_path(grant), "grant", len(studies) or None)


def _of_funder(index: FundingIndex, funder: Funder) -> Candidate:
    studies = {s.curie for s in index.studies_of_funder(funder.ror)} if funder.ror else set()
    return Candidate(funder.name, funder_path(funder), "funder", len(studies))


def _funders_with(index: FundingIndex, asked: str) -> Iterator[Candidate]:
    wanted = fold(asked)
    for funder in index.funders() if wanted else ():
        if any(wanted in fold(name) for name in (funder.name, *funder.abbreviations, *funder.spellings)):
            yield _of_funder(index, funder)


def _grants_with(index: FundingIndex, asked: str) -> Iterator[Candidate]:
    wanted = award_key(asked)
    for grant in index.grants() if len(wanted) >= _SHORTEST_NUMBER else ():
        if any(wanted in award_key(number) for number in (grant.award, *grant.spellings)):
            yield _of_grant(index, grant)
