"""All funding of a set of records: funders and grants as entities, and the studies behind each.

Built whole from the records and then only read; what one record says is reading.py's business.
"""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from catalogue.model.funding.awards import award_key, find_award
from catalogue.model.funding.funders import ROR, Funder, children, find_funder, fold, ror_id
from catalogue.model.funding.link import BASES, INFERRED, FundingLink, award_identity
from catalogue.model.funding.mentions import named_funder
from catalogue.model.funding.papers import infer, papers_of
from catalogue.model.funding.reading import funding_of
from catalogue.model.namespaces import BASE
from catalogue.problems import AmbiguousIdentifier, BadIdentifier, NotFound

GRANTS: Final = BASE + "grant/"
MAX_ASKED: Final = 200
_CANDIDATES: Final = 20


@dataclass(frozen=True, slots=True)
class Grant:
    """One award of one funder.

    Args:
        funder: who numbers it.
        award: canonical number; of several canonical forms of one award the longest that a record has.
        spellings: how records write the number, by text.
        acronym, programme, grant_pid: what the first record, by CURIE, states of them; None where none does.
    """

    funder: Funder
    award: str
    spellings: tuple[str, ...]
    acronym: str | None = None
    programme: str | None = None
    grant_pid: str | None = None

    @property
    def iri(self) -> str | None:
        """`…/grant/{ROR id}/{number, percent-encoded}`; None for a funder without a ROR."""
        ror = self.funder.ror
        return grant_iri(ror, self.award) if ror is not None else None


def grant_iri(ror: str, award: str) -> str:
    """The IRI of a grant; its page is `/funders/ror/{ROR id}/grants/{number, percent-encoded}`."""
    return f"{GRANTS}{ror.removeprefix(ROR)}/{quote(award, safe='')}"


@dataclass(frozen=True, slots=True)
class StudyLink:
    """A study and one of its links."""

    curie: str
    link: FundingLink


@dataclass(frozen=True, slots=True)
class Reading:
    """What one record says that matters here; keep it, and an index of many records is made in no time.

    Args:
        papers: DOIs of its papers.
    """

    links: tuple[FundingLink, ...]
    papers: tuple[str, ...]


class Grants:
    """Makes the index."""

    @staticmethod
    def build(records: Iterable[tuple[str, Mapping[str, Any]]]) -> FundingIndex:
        """The index of (CURIE, study record) pairs; equal for equal records in any order."""
        return Grants.of({curie: Grants.read(record) for curie, record in records})

    @staticmethod
    def read(record: Mapping[str, Any]) -> Reading:
        """What one study record says."""
        return Reading(tuple(funding_of(record)), tuple(papers_of(record)))

    @staticmethod
    def of(readings: Mapping[str, Reading]) -> FundingIndex:
        """The index of CURIE -> what its record says."""
        links = {curie: readings[curie].links for curie in sorted(readings)}
        inferred = infer({curie: reading.papers for curie, reading in readings.items() if reading.papers}, links)
        return FundingIndex({curie: (*held, *inferred.get(curie, ())) for curie, held in links.items()})


class FundingIndex:
    """Funders, grants and studies; made by `Grants.build`.

    Args:
        links: CURIE -> links, in the order of CURIEs; studies without any have an empty tuple.
    """

    def __init__(self, links: dict[str, tuple[FundingLink, ...]]) -> None:
        self._links = links
        self._of_award: dict[tuple[str, str], list[StudyLink]] = defaultdict(list)
        self._of_funder: dict[str, list[StudyLink]] = defaultdict(list)
        self._funders: dict[str, Funder] = {}
        for curie, held in links.items():
            for link in held:
                self._take(StudyLink(curie, link))
        self._grants = {identity: _grant(held) for identity, held in sorted(self._of_award.items())}
        self._by_key: dict[str, list[Grant]] = defaultdict(list)
        for identity, grant in self._grants.items():
            for key in dict.fromkeys(map(award_key, (grant.award, identity[1], *grant.spellings))):
                self._by_key[key].append(grant)

    def _take(self, study: StudyLink) -> None:
        link = study.link
        identity = award_identity(link)
        if identity is not None:
            self._of_award[identity].append(study)
        for funder in {f.key: f for f in (link.funder, link.numbered_by) if f is not None}.values():
            self._funders.setdefault(funder.key, funder)
            self._of_funder[funder.key].append(study)

    def studies(self) -> list[str]:
        """CURIEs of all studies of the index."""
        return list(self._links)

    def funders(self) -> list[Funder]:
        """Funders that a link names or whose number it has, by name."""
        return sorted(self._funders.values(), key=lambda funder: (funder.name.casefold(), funder.key))

    def grants(self) -> list[Grant]:
        """Every grant, by funder's name and number."""
        return sorted(self._grants.values(), key=_by_funder)

    def grants_of(self, ror: str, with_children: bool = True) -> list[Grant]:
        """Grants that a funder numbers, or that a record says it gave.

        Raises:
            NotFound: the ROR is no funder's here.
        """
        found = {award_identity(study.link) for study in self.studies_of_funder(ror, with_children)}
        return sorted((self._grants[identity] for identity in found if identity is not None), key=_by_funder)

    def studies_of_funder(self, ror: str, with_children: bool = True) -> list[StudyLink]:
        """Links to a funder, by study; with those to its parts unless told otherwise.

        Raises:
            NotFound: the ROR is no funder's here.
        """
        return self.studies_of(self.get_funder(ror), with_children)

    def studies_of(self, funder: Funder, with_children: bool = True) -> list[StudyLink]:
        """The same for a funder at hand, who may be without a ROR."""
        found = {(s.curie, i): s for key in _family(funder, with_children) for i, s in self._numbered(key)}
        return [found[place] for place in sorted(found)]

    def studies_of_grant(self, ror: str, award: str) -> list[StudyLink]:
        """Links to one grant, by study.

        Raises:
            NotFound: no record has this number of the funder.
        """
        return self.studies_with(self.get_grant(ror, award))

    def studies_with(self, grant: Grant) -> list[StudyLink]:
        """The same for a grant at hand."""
        return list(self._of_award.get(_identity(grant), ()))

    def get_grant(self, ror: str, award: str) -> Grant:
        """One grant by funder and any spelling of its number.

        Raises:
            NotFound: no record has this number of the funder.
        """
        return self._grant_of(self.get_funder(ror), award)

    def get_funder(self, ror: str) -> Funder:
        """A funder by ROR, as an IRI or bare; one of the registry even where no record names it.

        Raises:
            BadIdentifier: it is no ROR.
            NotFound: no funder here has it.
        """
        bare = ror_id(ror)
        if bare is None:
            raise BadIdentifier(f"'{ror[:MAX_ASKED]}' is no ROR id; one has nine characters, as in {ROR}029chgv08.")
        funder = next((f for f in self._funders.values() if f.ror == ROR + bare), None) or find_funder(ROR + bare)
        if funder is None:
            raise NotFound(f"No funder with the ROR {ROR}{bare} is known here; look for it by name.")
        return funder

    def find_funder(self, text: str) -> Funder:
        """The funder that a ROR, Crossref funder id, name, abbreviation or spelling names.

        Raises:
            NotFound: none; the sentence names the nearest.
        """
        if ror_id(text) is not None:
            return self.get_funder(text)
        funder = find_funder(text) or next((f for f in self.funders() if f.name.casefold() == text.casefold()), None)
        if funder is not None:
            return funder
        names = {name.casefold(): name for f in self.funders() for name in (f.name, *f.abbreviations, *f.spellings)}
        asked = text.strip()[:MAX_ASKED].casefold()
        within = [name for folded, name in sorted(names.items()) if len(asked) > 2 and asked in folded]
        near = within[:3] or [names[n] for n in difflib.get_close_matches(asked, names, 3)]
        raise NotFound(f"No funder is called '{text[:MAX_ASKED]}' here{_nearest(near)}.", nearest=near)

    def find_grant(self, text: str) -> Grant:
        """The one grant of a number in any spelling, with or without a name of its funder.

        Raises:
            AmbiguousIdentifier: several funders gave an award of this number; `candidates` lists them.
            NotFound: none; the sentence names the nearest.
        """
        asked = text.strip()[:MAX_ASKED]
        found = self._found(asked)
        if len(found) == 1:
            return found[0]
        if found:
            names = [f"{grant.funder.name} {grant.award}" for grant in found[:_CANDIDATES]]
            raise AmbiguousIdentifier(
                f"'{asked}' is an award of {len(found)} funders: {'; '.join(names)}. Name the funder too.",
                candidates=names,
            )
        keys = difflib.get_close_matches(award_key(asked), self._by_key, 3)
        near = list(dict.fromkeys(f"{g.funder.name} {g.award}" for key in keys for g in self._by_key[key]))
        raise NotFound(f"No record names an award '{asked}'{_nearest(near)}.", nearest=near)

    def links_of(self, curie: str) -> tuple[FundingLink, ...]:
        """The links of a study, its own words first, inferred ones last; empty for one that is not of the index."""
        return self._links.get(curie, ())

    def grant_of(self, link: FundingLink) -> Grant | None:
        """The grant that a link of this index leads to; None for one without an award."""
        identity = award_identity(link)
        return self._grants[identity] if identity is not None else None

    def without_funding(self) -> list[str]:
        """CURIEs of studies without any link, be it inferred."""
        return [curie for curie, held in self._links.items() if not held]

    def bases(self) -> dict[str, int]:
        """Basis -> number of studies whose best link has it; `none` for those without a link."""
        counts = dict.fromkeys((*BASES, "none"), 0)
        for held in self._links.values():
            counts[min((link.basis for link in held), key=BASES.index, default="none")] += 1
        return counts

    def _numbered(self, key: str) -> Iterable[tuple[int, StudyLink]]:
        for study in self._of_funder.get(key, ()):
            yield self._links[study.curie].index(study.link), study

    def _grant_of(self, funder: Funder, award: str) -> Grant:
        known = find_award(award, funder)
        found: list[Grant | None] = [self._grants.get((known.funder.key, known.core))] if known is not None else []
        found += self._by_key.get(award_key(award), [])
        for grant in found:
            if grant is not None and funder.key in self._givers(grant):
                return grant
        raise NotFound(f"No record names an award '{award[:MAX_ASKED]}' of {funder.name}.")

    def _givers(self, grant: Grant) -> set[str]:
        studies = self._of_award[_identity(grant)]
        return {grant.funder.key, *(s.link.funder.key for s in studies if s.link.funder is not None)}

    def _found(self, asked: str) -> list[Grant]:
        known = find_award(asked)
        if known is not None and (grant := self._grants.get((known.funder.key, known.core))) is not None:
            return [grant]
        if found := self._by_key.get(award_key(asked)):
            return sorted(found, key=_by_funder)
        words = asked.split()
        for at in range(1, len(words)):
            named = self._named(" ".join(words[:at]), " ".join(words[at:]))
            if named:
                return named
        return []

    def _named(self, name: str, number: str) -> list[Grant]:
        """Grants of a number whose funder goes by that name, or by one that begins with it."""
        funder, _ = named_funder(name)
        award = find_award(number, funder) if funder is not None else None
        known = self._grants.get((award.funder.key, award.core)) if award is not None else None
        found = [known] if known is not None else self._by_key.get(award_key(number), [])
        keys = {funder.key} if funder is not None else set(self._called(fold(name) or name))
        return sorted((grant for grant in found if keys & self._givers(grant)), key=_by_funder)

    def _called(self, name: str) -> Iterable[str]:
        for funder in self._funders.values():
            names = (funder.name, *funder.spellings, *funder.abbreviations, *funder.programmes)
            if any(fold(one).startswith(name) for one in names):
                yield funder.key


def _grant(studies: list[StudyLink]) -> Grant:
    links = [study.link for study in studies]
    own = [link for link in links if link.basis != INFERRED] or links
    award = min({link.award for link in own if link.award}, key=lambda number: (-len(number), number))
    funder = links[0].numbered_by
    assert funder is not None
    spellings = tuple(sorted({link.award_given for link in own if link.award_given}))

    def first(field: str) -> str | None:
        return next((value for link in own if (value := getattr(link, field)) is not None), None)

    return Grant(funder, award, spellings, first("acronym"), first("programme"), first("grant_pid"))


def _family(funder: Funder, with_children: bool) -> list[str]:
    return [funder.key, *(part.key for part in children(funder.key))] if with_children else [funder.key]


def _identity(grant: Grant) -> tuple[str, str]:
    award = find_award(grant.award, grant.funder)
    return grant.funder.key, award.core if award is not None else grant.award.upper()


def _by_funder(grant: Grant) -> tuple[str, str, str]:
    return grant.funder.name.casefold(), grant.funder.key, grant.award


def _nearest(names: list[str]) -> str:
    return f"; nearest is {names[0]}" if names else ""
