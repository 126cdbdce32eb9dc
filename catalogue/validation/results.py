"""The report: what was checked, what was found, and where; every rendering reads these and nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from catalogue.validation.source import Place

# A hostile graph can break one rule half a million times.
MAX_RESULTS: Final = 10_000
SEVERITIES: Final = ("violation", "warning", "info")


class Kind(StrEnum):
    """What a file holds."""

    RECORDS = "records"
    RO_CRATE = "ro-crate"
    RDF = "rdf"


@dataclass(frozen=True, slots=True)
class Result:
    """One rule that is broken, or one thing that was noticed.

    Args:
        severity: violation, warning or info.
        message: what is wrong and what is needed.
        rule: IRI of the rule.
        focus: CURIE, or IRI, of the thing with the fault; "" where it is the file itself.
        label: a name of that thing for people; "" where none is known.
        kind: its class; "" where it is not known.
        path: the field as the record names it (`authors[0].orcid`), or the property.
        predicate: IRI of the property; "" where there is none.
        value: the offending value; "" where one is missing.
        help: how to mend it, or what the field is for.
        suggestion: what was probably meant; "" where that is not clear.
        profile: name of the profile that has the rule; "" for the hard rules and for the form of the file.
        constraints: IRIs of the SHACL constraint components that were broken; none where the rule is none of SHACL's.
        term: the value as RDF, in N-Triples syntax; "" where it is missing or never became RDF.
        place: where in the file; None where that cannot be said.
    """

    severity: str
    message: str
    rule: str
    focus: str = ""
    label: str = ""
    kind: str = ""
    path: str = ""
    predicate: str = ""
    value: str = ""
    help: str = ""
    suggestion: str = ""
    profile: str = ""
    constraints: tuple[str, ...] = ()
    term: str = ""
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class FileReport:
    """What was found in one file.

    Args:
        name: as the caller named it.
        kind: what it holds; None where that could not be told.
        records: records that were checked.
        triples: triples of the file's own graph; 0 where there is none.
        results: in the order of the file; those without a place last.
        left_out: results beyond MAX_RESULTS.
    """

    name: str
    kind: Kind | None
    records: int
    triples: int
    results: tuple[Result, ...]
    left_out: int = 0

    def count(self, severity: str) -> int:
        """Number of results of a severity."""
        return sum(result.severity == severity for result in self.results)


@dataclass(frozen=True, slots=True)
class Report:
    """What was found in all files.

    Args:
        profiles: names of the profiles that were held against them, beside the hard rules.
    """

    files: tuple[FileReport, ...]
    profiles: tuple[str, ...] = ()

    def counts(self) -> Counter[str]:
        """Severity -> number of results."""
        return Counter(result.severity for file in self.files for result in file.results)

    def fails(self, *, strict: bool = False) -> bool:
        """True where a rule is broken; warnings count as well when `strict`."""
        counts = self.counts()
        return bool(counts["violation"] or (strict and counts["warning"]))


def rule_name(result: Result) -> str:
    """The rule as people read it: Study-license, gide-0.2-crate-Dataset-name, too-large."""
    return result.rule.rpartition("/")[2].rpartition("#")[2]


def rule_source(result: Result) -> str:
    """Whose rule it is, in words."""
    name = rule_name(result)
    if result.profile:
        return result.profile
    if "#" in result.rule:
        return "form of the file"
    if name.startswith("doubt-"):
        return "likely mistakes"
    return "noticed when it was mapped" if name.startswith("finding-") else "hard rules"


def file_report(
    name: str, kind: Kind | None, results: Iterable[Result], *, records: int = 0, triples: int = 0
) -> FileReport:
    """A report with its results sorted, each once, bounded in number."""
    found = sorted(_merged(results), key=_order)
    # What fails a file must be among those kept.
    kept = sorted(sorted(found, key=lambda one: SEVERITIES.index(one.severity))[:MAX_RESULTS], key=_order)
    return FileReport(name, kind, records, triples, tuple(kept), len(found) - len(kept))


def _merged(results: Iterable[Result]) -> list[Result]:
    """One result where several parts of a rule object to one value."""
    found: dict[Result, tuple[str, ...]] = {}
    for result in results:
        alike = replace(result, constraints=())
        found[alike] = (*found.get(alike, ()), *result.constraints)
    return [replace(result, constraints=tuple(dict.fromkeys(parts))) for result, parts in found.items()]


def _order(result: Result) -> tuple[object, ...]:
    place = result.place
    where = (0, place.line, place.column) if place is not None else (1, 0, 0)
    return (*where, SEVERITIES.index(result.severity), result.focus, result.path, result.message)
