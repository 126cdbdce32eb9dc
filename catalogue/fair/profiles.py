"""What comes out when records are held against profiles and the hard rules, as triples that facts may ask for.

Checking costs more than all the rest of an audit, so results are kept by content in a file that may be deleted.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, Final

import pyoxigraph as px
import structlog

from catalogue.fair.dataset import Study
from catalogue.model.namespaces import BASE
from catalogue.model.profile_results import ProfileChecks
from catalogue.model.profiles import SHAPES, get_profile
from catalogue.model.rdf import triples
from catalogue.model.validation import check_graph, shapes_text

log = structlog.get_logger(__name__)

PROFILES: Final = (
    "rembi-1.5", "gide-0.2", "mifa-1.0", "human-data-1", "reference-image-1", "ngff-image-1",
)  # fmt: skip
"""Profiles that metrics ask for; each is held against the records that it concerns."""
HARD_RULES: Final = SHAPES + "records"
"""Stands for the rules that decide whether a record may enter."""
_MEASUREMENT: Final = "http://www.w3.org/ns/dqv#hasQualityMeasurement"
_SH: Final = "http://www.w3.org/ns/shacl#"
_VIOLATION: Final = _SH + "Violation"
_BATCH: Final = 500


@dataclass(frozen=True, slots=True)
class Rule:
    """A shape that a record breaks, as much of it as helps to mend it.

    Args:
        path: IRI of the property; "" where the path is no single property.
        message: what a curator is told.
    """

    path: str
    message: str


class ProfileFacts:
    """Results of profiles about studies and images, from a cache where the content was checked before.

    Args:
        file: of the cache; None keeps nothing.
        software: version of what checks; results of another one are not taken for its own.
    """

    def __init__(self, file: Path | None = None, software: str = "") -> None:
        self._checks = ProfileChecks(get_profile(name) for name in PROFILES)
        parts = [software, *sorted(self._checks.digests.values()), hashlib.sha256(shapes_text().encode()).hexdigest()]
        self.digest = hashlib.sha256("\n".join(parts).encode()).hexdigest()
        self._cache = _Cache(file, self.digest) if file is not None else None

    def __enter__(self) -> ProfileFacts:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Writes what was checked to the cache."""
        if self._cache is not None:
            self._cache.close()

    def of_study(self, study: Study, record: dict[str, Any], written: bytes) -> Iterable[bytes]:
        """Results for a study, in the form that catalogue.fair.dataset wants."""
        return self._lines(study.payload_digest, record["id"], written)

    def of_image(self, digest: str, record: dict[str, Any], written: bytes) -> Iterable[bytes]:
        """Results for an image that has a record."""
        return self._lines(digest, record["id"], written)

    def _lines(self, digest: str, curie: str, written: bytes) -> Iterable[bytes]:
        found = self._cache.find(digest) if self._cache is not None else None
        if found is None:
            results = [self._hard(curie, written), *self._checks.results(curie, written)]
            found = b"".join(_written(curie, result) for result in results)
            # What could not be decided may be next time.
            if self._cache is not None and not any(result["outcome"] == "indeterminate" for result in results):
                self._cache.keep(digest, found)
        return found.splitlines(keepends=True)

    def _hard(self, curie: str, written: bytes) -> dict[str, Any]:
        result: dict[str, Any] = {"id": f"{curie}/record/profile/records", "profile": HARD_RULES}
        try:
            broken = sorted({found.shape for found in check_graph(written) if found.severity == _VIOLATION})
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # a panic of the SHACL engine, which is written in Rust, is no Exception
            log.error("fair.check_fault", record=curie, exc_info=error)
            return {**result, "outcome": "indeterminate"}
        result |= {"outcome": "failed" if broken else "passed", "violation_count": len(broken)}
        return result | ({"broken_rules": broken} if broken else {})


@cache
def rules() -> Mapping[str, Rule]:
    """IRI of a shape -> what it asks, of the obligatory rules of those profiles and of the hard rules.

    Rules that only recommend are left out: a record that breaks them passes.
    """
    found: dict[str, Rule] = {}
    for text in (shapes_text(), *(get_profile(name).text for name in PROFILES)):
        paths: dict[str, str] = {}
        messages: dict[str, str] = {}
        recommended: set[str] = set()
        for quad in px.parse(text, format=px.RdfFormat.TURTLE):
            if not isinstance(quad.subject, px.NamedNode):
                continue
            if quad.predicate.value == _SH + "path" and isinstance(quad.object, px.NamedNode):
                paths[quad.subject.value] = quad.object.value
            elif quad.predicate.value == _SH + "message" and isinstance(quad.object, px.Literal):
                messages[quad.subject.value] = " ".join(quad.object.value.split())
            elif quad.predicate.value == _SH + "severity" and quad.object != px.NamedNode(_VIOLATION):
                recommended.add(quad.subject.value)
        obligatory = {shape: message for shape, message in messages.items() if shape not in recommended}
        found |= {shape: Rule(paths.get(shape, ""), message) for shape, message in obligatory.items()}
    return found


def _written(curie: str, result: dict[str, Any]) -> bytes:
    """The result as N-Triples, tied to the record."""
    tie = f"<{BASE}{curie}> <{_MEASUREMENT}> <{BASE}{result['id']}> .\n"
    return tie.encode() + triples(result, "ProfileResult")


class _Cache:
    """Lines by payload digest, for one set of rules; a file that cannot be read is made anew."""

    def __init__(self, file: Path, rules_digest: str) -> None:
        self._file = file
        self._rules = rules_digest
        self._new: dict[str, bytes] = {}
        file.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._connection = self._opened()
        except sqlite3.DatabaseError as error:
            log.warning("fair.profile_cache_damaged", error=str(error))
            file.unlink(missing_ok=True)
            self._connection = self._opened()

    def find(self, digest: str) -> bytes | None:
        query = "select lines from result where payload = ? and rules = ?"
        try:
            row = self._connection.execute(query, (digest, self._rules)).fetchone()
        except sqlite3.DatabaseError as error:
            log.warning("fair.profile_cache_unreadable", error=str(error))
            return None
        return row[0] if row and isinstance(row[0], bytes) else None

    def keep(self, digest: str, lines: bytes) -> None:
        self._new[digest] = lines
        if len(self._new) >= _BATCH:
            self._write()

    def close(self) -> None:
        self._write()
        self._connection.close()

    def _write(self) -> None:
        rows = [(digest, self._rules, lines) for digest, lines in self._new.items()]
        self._new.clear()
        try:
            with self._connection:
                self._connection.executemany("insert or replace into result values (?, ?, ?)", rows)
        except sqlite3.DatabaseError as error:
            # Another audit is writing, or the disk is full: what is not kept is checked again next time.
            log.warning("fair.profile_cache_not_written", error=str(error))

    def _opened(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._file, timeout=5, check_same_thread=False)
        try:
            with connection:
                connection.execute(
                    "create table if not exists result "
                    "(payload text, rules text, lines blob not null, primary key (payload, rules)) without rowid"
                )
                connection.execute("delete from result where rules != ?", (self._rules,))
        except sqlite3.DatabaseError:
            connection.close()
            raise
        return connection
