"""A link from a record to who paid for it: whose word it is, and the words themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from catalogue.model.funding.awards import find_award
from catalogue.model.funding.funders import Funder

Basis = Literal["stated", "read from text", "inferred"]
STATED: Final = "stated"
READ: Final = "read from text"
INFERRED: Final = "inferred"
# A link is worth as much as the first of these that it has.
BASES: Final[tuple[Basis, ...]] = (STATED, READ, INFERRED)


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where it says so.

    Args:
        path: field of the record, such as `grants[0].title`.
        excerpt: the words there, unchanged.
        record: CURIE of the other record that states it, for an inferred link; else "".
        paper: DOI that both records name, for an inferred link; else "".
    """

    path: str
    excerpt: str
    record: str = ""
    paper: str = ""


@dataclass(frozen=True, slots=True)
class FundingLink:
    """One grant, or one funder without a grant, that paid for a study.

    Args:
        funder: who is named, or who numbers the award where nobody is named; None where neither tells.
        funder_name_given: in the words of the source; "" where it names nobody.
        award: number in canonical form; None where there is none, or none of a form that can be told.
        award_given: number in the words of the source.
        basis: `stated` in a field meant for it, `read from text`, or `inferred` through a paper.
        numbered_by: the funder whose series the award's number belongs to: JSPS for a KAKENHI number that a source
            calls MEXT's; None without an award.
        grant_pid: persistent identifier or page of the grant, as stated.
    """

    funder: Funder | None
    funder_name_given: str
    award: str | None
    award_given: str | None
    basis: Basis
    evidence: Evidence
    numbered_by: Funder | None = None
    grant_pid: str | None = None
    acronym: str | None = None
    programme: str | None = None

    @property
    def identified(self) -> bool:
        """True when it leads to a funder of the registry or of a stated ROR."""
        return self.funder is not None


def award_identity(link: FundingLink) -> tuple[str, str] | None:
    """(key of the numbering funder, core of the number): equal for all spellings of one award; None without one."""
    if link.award is None or link.numbered_by is None:
        return None
    award = find_award(link.award, link.numbered_by)
    return link.numbered_by.key, award.core if award is not None else link.award.upper()
