"""One document to checked payloads: map, harmonise, identify, validate. No ledger, no network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from catalogue.ingest.harmonise import TermSource, harmonise
from catalogue.model.documents import Finding, Mapped, Record, Severity, SourceDocument, SourceSpec
from catalogue.model.identifiers import parse_identifier
from catalogue.model.payload import canonical, digest
from catalogue.model.rdf import triples
from catalogue.model.table import FieldError
from catalogue.model.validation import Violation, check_all, check_schema, check_shapes
from catalogue.problems import Problem, RecordRejected

STUDY_PROFILE: Final = "gide-0.2"

MapDocument = Callable[[SourceDocument, SourceSpec], Mapped]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A record fit to enter the ledger."""

    curie: str
    owner: str
    kind: str
    parent: str | None
    payload: bytes
    payload_digest: str
    aliases: tuple[str, ...]


@dataclass(slots=True)
class Prepared:
    """What became of one document; `rejected` is None when all its records may enter."""

    item: str
    candidates: list[Candidate] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    mapped: Mapped | None = None
    rejected: RecordRejected | None = None
    identifier: str = ""


def prepare(
    document: SourceDocument, source: SourceSpec, map_document: MapDocument, ontology: TermSource, now: datetime
) -> Prepared:
    """The checked records of one document, or why it is rejected; never raises for what the document holds.

    Args:
        now: aware UTC time, for the finding `future-date`.
    """
    prepared = Prepared(document.item)
    try:
        mapped = map_document(document, source)
        prepared.mapped = mapped
        prepared.findings.extend(mapped.findings)
        for record in mapped.records:
            prepared.identifier = prepared.identifier or str(record.get("id", ""))
            prepared.findings.extend(harmonise(record, ontology))
            prepared.findings.extend(_dates(record, now))
            prepared.candidates.append(_candidate(record, source, prepared.findings))
    except RecordRejected as rejection:
        prepared.rejected = rejection
        prepared.candidates.clear()
        prepared.identifier = prepared.identifier or str(rejection.members.get("identifier", ""))
    return prepared


def _candidate(record: Record, source: SourceSpec, findings: list[Finding]) -> Candidate:
    violations = check_schema(record)
    if violations:
        raise RecordRejected(_sentence(violations), reason="schema-required", identifier=record.get("id", ""))
    curie, owner = record["id"], record["owner"]
    _identify(record, source)
    try:
        data = triples(record)
    except FieldError as error:
        raise RecordRejected(str(error), reason="schema-required", identifier=curie) from error
    is_study = record["type"] == "Study"
    hard, noted = check_all(record, data, STUDY_PROFILE) if is_study else (check_shapes(record, data=data), [])
    if hard:
        raise RecordRejected(_sentence(hard), reason="shape-violation", identifier=curie)
    findings.extend(_annotate(noted))
    payload = canonical(record)
    return Candidate(
        curie,
        owner,
        record["type"].lower(),
        record.get("study"),
        payload,
        digest(payload),
        tuple(sorted(_aliases(record))),
    )


def _identify(record: Record, source: SourceSpec) -> None:
    try:
        known = parse_identifier(record["id"])
    except Problem as problem:
        raise RecordRejected(problem.detail, reason="bad-identifier", identifier=record["id"]) from problem
    if known.curie != record["id"] or known.prefix != record["owner"] or known.accession != record["accession"]:
        raise RecordRejected(
            f"The identifier '{record['id']}' is not in canonical form ({known.curie}).",
            reason="bad-identifier",
            identifier=record["id"],
        )
    if source.owners and record["owner"] not in source.owners:
        raise RecordRejected(
            f"{record['id']} belongs to {record['owner']}, but the source '{source.name}' may only record for "
            f"{', '.join(source.owners)}. Add the owner to the source if that is right.",
            reason="not-owner",
            identifier=record["id"],
        )
    study = record.get("study")
    if study is not None and not study.startswith(record["owner"] + ":"):
        raise RecordRejected(
            f"The image {record['id']} and its study {study} have different owners.",
            reason="not-owner",
            identifier=record["id"],
        )


def _dates(record: Record, now: datetime) -> list[Finding]:
    published = record.get("date_published", "")
    if published and published > (now + timedelta(days=1)).date().isoformat():
        return [
            Finding(
                "future-date",
                Severity.WARNING,
                "date_published",
                published,
                "The date of publication lies in the future; correct it at the source, or state an embargo.",
            )
        ]
    return []


def _aliases(record: Record) -> set[str]:
    names = {record["landing_page"]} if "landing_page" in record else set()
    names.update(record.get("alternative_identifiers", ()), record.get("former_identifiers", ()))
    if "source_url" in record:
        names.add(record["source_url"])
    for representation in record.get("representations", ()):
        names.update(replica["endpoint"] + replica["key"] for replica in representation.get("replicas", ()))
    return names


def _annotate(violations: list[Violation]) -> list[Finding]:
    return [
        Finding(
            f"profile:{violation.shape.rpartition('/')[2]}",
            Severity.WARNING if violation.severity == "violation" else Severity.INFO,
            violation.path,
            violation.value[:500],
            violation.message,
        )
        for violation in violations
    ]


def _sentence(violations: list[Violation]) -> str:
    shown = "; ".join(f"{v.path}: {v.message}" + (f" (is '{v.value[:80]}')" if v.value else "") for v in violations[:5])
    more = f"; and {len(violations) - 5} more" if len(violations) > 5 else ""
    return shown + more
