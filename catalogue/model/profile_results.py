"""What comes out when a record is held against profiles, as ProfileResults: one pass of one engine for all of them.

Which profiles there are and what they are about is catalogue.model.profiles' business; where results go, the caller's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final

import structlog

from catalogue.model.namespaces import BASE
from catalogue.model.profiles import SHAPES, Profile, Subject
from catalogue.model.shacl_engines import ShapesEngine, best_engine

log = structlog.get_logger(__name__)

_VIOLATION: Final = "http://www.w3.org/ns/shacl#Violation"
_RDF_TYPE: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_WARNING: Final = "http://www.w3.org/ns/shacl#Warning"


class ProfileChecks:
    """Profiles about records, ready to be held against any number of them.

    A result depends on record and profile alone, so that a view made anew holds the same.

    Args:
        profiles: those about other things than records are left out.
    """

    def __init__(self, profiles: Iterable[Profile]):
        about_records = [profile for profile in profiles if Subject.RECORDS in profile.applies_to]
        self._profiles = tuple(sorted(about_records, key=lambda profile: profile.name))
        # A profile's name may begin with another's (gide-0.2, gide-0.2-crate): the longest that fits is meant.
        self._names = sorted((profile.name for profile in self._profiles), key=len, reverse=True)
        self._engines: dict[tuple[str, ...], ShapesEngine] = {}
        self._owners: dict[str, str] = {}

    @property
    def digests(self) -> Mapping[str, str]:
        """IRI of each profile -> digest of its file; when one differs, old results need not hold any more."""
        return MappingProxyType({profile.iri: profile.digest for profile in self._profiles})

    def results(self, curie: str, triples: bytes) -> list[dict[str, Any]]:
        """A ProfileResult for each profile that concerns the record, in the order of their names.

        A fault of the engine makes them indeterminate; the record's other views shall not wait for it.

        Args:
            curie: of the record.
            triples: its N-Triples.
        """
        types = _types(curie, triples)
        concerned = tuple(profile for profile in self._profiles if profile.concerns(types, triples))
        if not concerned:
            return []
        stem = f"{curie}/record/profile/"
        try:
            broken = self._broken(concerned, triples)
        except (KeyboardInterrupt, SystemExit, GeneratorExit):
            raise
        except BaseException as error:  # a panic of the SHACL engine, which is written in Rust, is no Exception
            log.error("profiles.check_fault", record=curie, exc_info=error)
            return [{"id": stem + p.name, "profile": p.iri, "outcome": "indeterminate"} for p in concerned]
        return [_result(stem, profile, broken[profile.name]) for profile in concerned]

    def _broken(self, concerned: tuple[Profile, ...], triples: bytes) -> dict[str, dict[str, set[str]]]:
        """Profile's name -> severity -> shapes that the data break."""
        names = tuple(profile.name for profile in concerned)
        if names not in self._engines:
            self._engines[names] = best_engine("\n".join(profile.text for profile in concerned))
        broken: dict[str, dict[str, set[str]]] = {name: {} for name in names}
        for shape, severity in self._engines[names].broken(triples):
            broken[self._owner(shape)].setdefault(severity, set()).add(shape)
        return broken

    def _owner(self, shape: str) -> str:
        if shape not in self._owners:
            self._owners[shape] = next(name for name in self._names if shape.startswith(f"{SHAPES}{name}-"))
        return self._owners[shape]


def _result(stem: str, profile: Profile, broken: Mapping[str, set[str]]) -> dict[str, Any]:
    violations, warnings = broken.get(_VIOLATION, set()), broken.get(_WARNING, set())
    result = {
        "id": stem + profile.name,
        "profile": profile.iri,
        "outcome": "failed" if violations else "passed",
        "violation_count": len(violations),
        "warning_count": len(warnings),
    }
    return result | ({"broken_rules": sorted(violations | warnings)} if violations or warnings else {})


def _types(curie: str, triples: bytes) -> frozenset[str]:
    """IRIs of the record's classes."""
    start = f"<{BASE}{curie}> <{_RDF_TYPE}> <".encode()
    lines = [line for line in triples.splitlines() if line.startswith(start)]
    return frozenset(line.removeprefix(start).removesuffix(b"> .").decode() for line in lines)
