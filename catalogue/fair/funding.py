"""Funders and grants of an audit: the index of its studies, and the scopes that follow from it.

Who paid for a study is read by catalogue.model.funding; here it only decides which studies a report is about.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final
from urllib.parse import quote, unquote

from catalogue.fair.audit import Audit
from catalogue.fair.dataset import Study
from catalogue.fair.scopes import BASES, Scope
from catalogue.model.funding.funders import ROR, Funder
from catalogue.model.funding.index import GRANTS, FundingIndex, Grant, StudyLink
from catalogue.model.funding.link import FundingLink
from catalogue.model.funding.papers import infer, papers_of
from catalogue.model.funding.reading import funding_of
from catalogue.problems import NotFound

FUNDERS: Final = "/funders/ror/"


class FundingReader:
    """Reads who paid for the studies of an audit while the audit reads them; hand `of_study` to the dataset."""

    def __init__(self) -> None:
        self._links: dict[str, list[FundingLink]] = {}
        self._papers: dict[str, list[str]] = {}

    def of_study(self, study: Study, record: dict[str, Any], written: bytes) -> Iterable[bytes]:
        """Takes note of a study; no triples follow from that."""
        self._links[study.curie] = funding_of(record)
        if papers := papers_of(record):
            self._papers[study.curie] = papers
        return ()

    def index(self) -> FundingIndex:
        """The index of all studies read."""
        inferred = infer(self._papers, self._links)
        return FundingIndex({c: (*self._links[c], *inferred.get(c, ())) for c in sorted(self._links)})


def funder_path(funder: Funder) -> str:
    """Path of the page about a funder; "" for one without a ROR, which has none."""
    return FUNDERS + funder.ror.removeprefix(ROR) if funder.ror is not None else ""


def grant_path(grant: Grant) -> str:
    """Path of the page about a grant; "" for one of a funder without a ROR, which has none."""
    page = funder_path(grant.funder)
    return f"{page}/grants/{quote(grant.award, safe='')}" if page else ""


def funder_scope(audit: Audit, text: str) -> Scope:
    """The studies of a funder, with those of its parts.

    Args:
        text: ROR, Crossref funder id, name, abbreviation or known spelling.
    Raises:
        NotFound: no such funder is known, or it has no ROR.
    """
    funder = audit.funding.find_funder(text)
    if funder.ror is None:
        raise NotFound(f"{funder.name} has no ROR in the registry here, by which its studies could be told.")
    basis = best_basis(audit.funding.studies_of_funder(funder.ror))
    return Scope("funder", funder.ror, funder.name, _judged(audit, basis), funder_path(funder), basis)


def grant_scope(audit: Audit, text: str) -> Scope:
    """The studies of a grant.

    Args:
        text: IRI of the grant, or its number in any spelling, with or without the funder's name.
    Raises:
        AmbiguousIdentifier: several funders gave an award of this number.
        NotFound: no record names it, or its funder has no ROR.
    """
    ror, slash, award = text.removeprefix(GRANTS).partition("/") if text.startswith(GRANTS) else ("", "", "")
    grant = audit.funding.get_grant(ror, unquote(award)) if slash else audit.funding.find_grant(text)
    iri = grant.iri
    if iri is None or grant.funder.ror is None:
        raise NotFound(f"{grant.funder.name}, who gave {grant.award}, has no ROR in the registry here.")
    basis = best_basis(audit.funding.studies_of_grant(grant.funder.ror, grant.award))
    title = f"{grant.funder.name} {grant.award}" + (f" ({grant.acronym})" if grant.acronym else "")
    return Scope("grant", iri, title, _judged(audit, basis), grant_path(grant), basis)


def best_basis(links: Iterable[StudyLink]) -> Mapping[str, str]:
    """CURIE -> the surest of the ways in which the links tell of it, by CURIE."""
    found: dict[str, str] = {}
    for study in links:
        known = found.get(study.curie, study.link.basis)
        found[study.curie] = min(known, study.link.basis, key=BASES.index)
    return dict(sorted(found.items()))


def _judged(audit: Audit, basis: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(curie for curie in basis if curie in audit.judgements)
