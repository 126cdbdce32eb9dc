"""One document to checked payloads: map, harmonise, identify, validate. No ledger, no network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog

from catalogue.ingest.harmonise import TermSource, harmonise
from catalogue.model.documents import Finding, Mapped, Record, Severity, SourceDocument, SourceSpec
from catalogue.model.identifiers import parse_identifier
from catalogue.model.payload import canonical, digest
from catalogue.model.rdf import triples
from catalogue.model.record_identity import check_identity
from catalogue.model.table import FieldError
from catalogue.model.validation import Violation, check_all, check_schema, check_shapes
from catalogue.problems import Problem, RecordRejected

log = structlog.get_logger(__name__)

STUDY_PROFILE: Final = "gide-0.2"
DELIVERED: Final = ("Study", "Image")
# PostgreSQL refuses index entries of more than 2,700 bytes; no name of a record comes near.
MAX_ALIAS: Final = 600
MAX_FAULTS: Final = 20

# R23: a publisher's clock may be this much ahead of ours.
FUTURE: Final = timedelta(minutes=10)

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
    """What became of one document.

    Args:
        rejected: None when all its records may enter.
        again: it is read and mapped anew at the next harvest, whatever the source says of its bytes.
        delivered: False when the source could not hand over all its bytes, so that mapping them again is no use.
        read_at: when the bytes were read; None means now.
    """

    item: str
    candidates: list[Candidate] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    mapped: Mapped | None = None
    rejected: RecordRejected | None = None
    identifier: str = ""
    again: bool = False
    delivered: bool = True
    read_at: datetime | None = None

    def reject(self, rejection: RecordRejected) -> None:
        """None of the document's records enters."""
        self.rejected = rejection
        self.identifier = self.identifier or storable(str(rejection.members.get("identifier", "")))
        path = str(rejection.members.get("path", ""))
        if path:
            value = str(rejection.members.get("value", ""))[:500]
            fault = Finding(rejection.reason, Severity.REJECTED, path, value, rejection.detail)
            self.findings.append(_storable_finding(fault))


def prepare(
    document: SourceDocument, source: SourceSpec, map_document: MapDocument, ontology: TermSource, now: datetime
) -> Prepared:
    """The checked records of one document, or why it is rejected; never raises for what the document holds.

    Args:
        now: aware UTC time, for the finding `future-date`.
    """
    prepared = Prepared(document.item)
    stamped = moment_of(document.datestamp)
    if stamped is not None and stamped > now + FUTURE:
        message = "The source says the document changed in the future; the stamp is kept and orders nothing."
        prepared.findings.append(Finding("future-date", Severity.WARNING, "datestamp", document.datestamp, message))
    try:
        _fill(prepared, map_document(document, source), source, ontology, now)
    except RecordRejected as rejection:
        prepared.reject(rejection)
    except (KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    # Whatever a document breaks, it breaks for itself alone: quarantined and logged. A panic of the SHACL engine, which
    # is written in Rust, is no Exception.
    except BaseException as error:  # noqa: BLE001
        prepared.reject(_fault(error, document, source))
        prepared.again = True
    if prepared.rejected is not None:
        prepared.candidates.clear()
    prepared.findings = [_storable_finding(finding) for finding in prepared.findings]
    return prepared


def moment_of(datestamp: str) -> datetime | None:
    """The moment that a source's datestamp names, UTC where it names no zone; None for anything else."""
    try:
        stamp = datetime.fromisoformat(datestamp)
    except ValueError:
        return None
    return stamp if stamp.tzinfo is not None else stamp.replace(tzinfo=UTC)


def storable(text: str) -> str:
    """The text as any database takes it: lone surrogates and NUL as backslash escapes."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8").replace("\0", "\\x00")


def _storable_finding(finding: Finding) -> Finding:
    code, path, value, message = (
        storable(str(text)) for text in (finding.code, finding.path, finding.value, finding.message)
    )
    return Finding(code, Severity(finding.severity), path, value, message)


def _fault(error: BaseException, document: SourceDocument, source: SourceSpec) -> RecordRejected:
    """The rejection that stands for an exception nobody foresaw."""
    log.error("ingest.document_fault", source=source.name, item=document.item, exc_info=error)
    return RecordRejected(
        f"Reading the document ended in a fault of this node's software ({type(error).__name__}), which its log "
        "describes; report it. The document is tried again at every harvest.",
        reason="not-parsable",
    )


def _fill(prepared: Prepared, mapped: Mapped, source: SourceSpec, ontology: TermSource, now: datetime) -> None:
    prepared.mapped = mapped
    prepared.findings.extend(_storable_finding(finding) for finding in mapped.findings)
    if not mapped.records:
        raise RecordRejected("The document holds no record. Remove it, or fill it in.", reason="schema-required")
    for record in mapped.records:
        prepared.identifier = prepared.identifier or storable(str(record.get("id", "")))
        prepared.findings.extend(harmonise(record, ontology))
        candidate = _candidate(record, source, prepared.findings)
        if any(candidate.curie == other.curie for other in prepared.candidates):
            raise RecordRejected(
                f"The document gives {candidate.curie} twice; one of the two must go.",
                reason="equivocation",
                identifier=candidate.curie,
            )
        prepared.findings.extend(_dates(record, now))
        prepared.candidates.append(candidate)


def _candidate(record: Record, source: SourceSpec, findings: list[Finding]) -> Candidate:
    try:
        violations = check_schema(record)
    except UnicodeEncodeError as error:
        detail = "A text holds a lone surrogate, which is no character. Write the text as UTF-8."
        raise RecordRejected(detail, reason="bad-encoding") from error
    if violations:
        findings.extend(_faults(violations))
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
        findings.extend(_faults(hard))
        raise RecordRejected(_sentence(hard), reason="shape-violation", identifier=curie)
    findings.extend(_annotate(noted))
    try:
        payload = canonical(record)
    except ValueError as error:
        reason = "bad-encoding" if isinstance(error, UnicodeError) else "canonicalisation-limit"
        raise RecordRejected(
            f"{curie} cannot be written as JSON text ({error}).", reason=reason, identifier=curie
        ) from error
    return Candidate(
        curie,
        owner,
        record["type"].lower(),
        record.get("study"),
        payload,
        digest(payload),
        tuple(sorted(_aliases(record, findings))),
    )


def _identify(record: Record, source: SourceSpec) -> None:
    name, owner = record["id"], record["owner"]
    if record["type"] not in DELIVERED:
        raise RecordRejected(
            f"{name} is a {record['type']}; a source delivers records of type {' and '.join(DELIVERED)}.",
            reason="bad-identifier",
            identifier=name,
        )
    for fault in check_identity(record):
        reason = "not-owner" if fault.path == "study" else "bad-identifier"
        raise RecordRejected(fault.message, reason=reason, identifier=name)
    if source.owners and owner not in source.owners:
        raise RecordRejected(
            f"{name} belongs to {owner}, but the source '{source.name}' may only record for "
            f"{', '.join(source.owners)}. Add the owner to the source if that is right.",
            reason="not-owner",
            identifier=name,
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


def _aliases(record: Record, findings: list[Finding]) -> set[str]:
    """Other names under which the record is found; never one that names a record of another owner (TP1)."""
    names = {record["landing_page"]} if "landing_page" in record else set()
    names.update(record.get("alternative_identifiers", ()), record.get("former_identifiers", ()))
    if "source_url" in record:
        names.add(record["source_url"])
    for representation in record.get("representations", ()):
        names.update(replica["endpoint"] + replica["key"] for replica in representation.get("replicas", ()))
    kept = set()
    for name in sorted(names):
        if len(name) > MAX_ALIAS or storable(name) != name:
            continue
        owner = _owner_of(name)
        if owner in (None, record["owner"]):
            kept.add(name)
        else:
            message = f"This names a record of {owner}; it does not lead to this record here."
            findings.append(Finding("alias-foreign", Severity.WARNING, "identifier", name[:500], message))
    return kept


def _owner_of(name: str) -> str | None:
    """The owner whose record a name names; None for a name that no owner's patterns fit."""
    try:
        known = parse_identifier(name)
    except Problem:
        return None
    return None if known.kind == "other" else known.prefix


def _faults(violations: list[Violation]) -> list[Finding]:
    """The fields that keep a record out, one finding each; of many only the first, the rejection tells how many."""
    return [
        Finding(f"rule:{v.shape.rpartition('/')[2]}", Severity.REJECTED, v.path, v.value[:500], v.message)
        for v in violations[:MAX_FAULTS]
    ]


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
