"""Which records a feed is about: of an organism, method or phenotype, of an owner, or those that pass a profile."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from threading import Lock
from typing import Final, Protocol

from catalogue.model import rdf
from catalogue.model.namespaces import BASE, ONTOLOGIES, OWNERS, expand
from catalogue.model.profile_results import ProfileChecks
from catalogue.model.profiles import Profile, Subject
from catalogue.problems import NotFound
from catalogue.store.entries import GONE, Entry
from catalogue.store.ontologies import Ontology

KINDS: Final = ("organism", "method", "phenotype", "profile", "owner")
_TERM: Final = re.compile(r"[A-Za-z][A-Za-z0-9]{0,30}:[A-Za-z0-9_.-]{1,60}", re.ASCII)


class Matcher(Protocol):
    """What a feed is about.

    Args:
        about: IRI of the term, profile or owner.
        version: changes when the same records may match otherwise.
    """

    about: str
    version: str

    def matches(self, entry: Entry) -> bool:
        """Whether this version of a record is one, by itself; a tombstone never is, unless all of its owner's are."""
        ...


class OwnerMatcher:
    """Everything of one owner, tombstones included."""

    version = "all"

    def __init__(self, owner: str) -> None:
        self._owner = owner
        self.about = f"{BASE}{owner}:"

    def matches(self, entry: Entry) -> bool:
        """By the owner's prefix."""
        return entry.owner == self._owner


class TermMatcher:
    """Records with a term or one below it.

    Args:
        terms: the record's terms of the kind in question.
    """

    def __init__(self, term: str, terms: Callable[[Entry], Iterable[str]], ontology: Ontology) -> None:
        self._term, self._terms, self._ontology = term, terms, ontology
        self.about = expand(term)
        self.version = ontology.digest[:12]

    def matches(self, entry: Entry) -> bool:
        """By the record's fields, and the ontology's hierarchy."""
        if entry.status in GONE or not entry.payload:
            return False
        return any(t == self._term or self._term in self._ontology.ancestors(t) for t in self._terms(entry))


class ProfileMatcher:
    """Records that pass a profile."""

    def __init__(self, profile: Profile) -> None:
        self._checks = ProfileChecks([profile])
        self._lock = Lock()
        self.about = profile.iri
        self.version = profile.digest[:12]

    def matches(self, entry: Entry) -> bool:
        """By the record's RDF."""
        if entry.status in GONE or not entry.payload:
            return False
        try:
            triples = rdf.triples(entry.record, version=entry.schema_version)
        except ValueError:
            return False
        with self._lock:
            results = self._checks.results(entry.curie, triples)
        return any(result["outcome"] == "passed" for result in results)


class FeedRules:
    """Makes matchers of what a node knows.

    Args:
        profiles: those that feeds are offered of; ones about other things than records are left out.
    """

    def __init__(self, ontology: Ontology, profiles: Iterable[Profile]) -> None:
        self._ontology = ontology
        self._given = tuple(profiles)
        self._profile_matchers: dict[str, ProfileMatcher] = {}

    @cached_property
    def profiles(self) -> Mapping[str, Profile]:
        """Name -> profile about records."""
        return {profile.name: profile for profile in self._given if Subject.RECORDS in profile.applies_to}

    def matcher(self, kind: str, term: str) -> Matcher:
        """What the feed `/feeds/{kind}/{term}` is about.

        Raises:
            NotFound: there is no such feed; the detail says what may stand there.
        """
        if kind == "owner":
            if term in OWNERS:
                return OwnerMatcher(term)
            raise NotFound(f"No owner has the prefix {term[:40]!r}; there are {', '.join(OWNERS)}.")
        if kind == "profile":
            return self._profile(term)
        if kind in _TERMS and _TERM.fullmatch(term) and term.partition(":")[0] in ONTOLOGIES:
            return TermMatcher(term, _TERMS[kind], self._ontology)
        if kind in _TERMS:
            raise NotFound(f"{term[:80]!r} is no term of an ontology that is known here, such as NCBITaxon:7955.")
        raise NotFound(f"There are feeds by {', '.join(KINDS)}, none by {kind[:40]!r}.")

    def _profile(self, name: str) -> Matcher:
        if name not in self.profiles:
            raise NotFound(f"There is no feed of a profile {name[:40]!r}; there are {', '.join(self.profiles)}.")
        if name not in self._profile_matchers:
            self._profile_matchers[name] = ProfileMatcher(self.profiles[name])
        return self._profile_matchers[name]


def _organisms(entry: Entry) -> Iterable[str]:
    record = entry.record
    yield from record.get("organisms", ())
    for sample in record.get("biosamples", ()):
        yield from sample.get("organisms", ())


def _methods(entry: Entry) -> Iterable[str]:
    record = entry.record
    yield from record.get("methods", ())
    for acquisition in record.get("acquisitions", ()):
        yield from acquisition.get("methods", ())


def _phenotypes(entry: Entry) -> Iterable[str]:
    for phenotype in entry.record.get("phenotypes", ()):
        # Images name the phenotypes of their study; studies describe them.
        if isinstance(phenotype, dict):
            yield from phenotype.get("phenotype_terms", ())


_TERMS: Final[dict[str, Callable[[Entry], Iterable[str]]]] = {
    "organism": _organisms,
    "method": _methods,
    "phenotype": _phenotypes,
}
