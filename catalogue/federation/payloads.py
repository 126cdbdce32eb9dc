"""Whether the payload that a member gives with an entry can be served here: form, identity, hard rules.

A payload that cannot is left out and quarantined; the entry itself stays in its owner's log (P7, P15, R19, R21).
"""

from __future__ import annotations

import json
import re
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from catalogue.model.identifiers import image_accessions, parse_identifier
from catalogue.model.log_entry import LogEntry
from catalogue.model.payload import canonical, digest
from catalogue.model.rdf import FieldError, triples
from catalogue.model.record_identity import check_identity
from catalogue.model.released import parse_version, released_versions
from catalogue.model.table import schema_version
from catalogue.model.validation import check_schema, check_shapes
from catalogue.problems import Problem, RecordRejected, StoreDamaged
from catalogue.store.image_chunks import decode
from catalogue.store.image_lists import Chunk, chunks_of, study_of_list

if TYPE_CHECKING:
    import pyarrow as pa

_TYPES = {"study": "Study", "image": "Image"}
_MAX_CHUNKS = 20_000
_DIGEST = re.compile(r"[0-9a-f]{64}")


def payload_bytes(log: LogEntry, payload: Any) -> bytes:
    """The canonical bytes of a payload as parsed from JSON, when they are those that the header names.

    Raises:
        RecordRejected: they are others, or no JSON that can be written again.
    """
    try:
        content = canonical(payload)
    except (ValueError, RecursionError) as error:
        raise RecordRejected(
            f"The payload of {log.iri} cannot be written as JSON text ({error}).", reason="canonicalisation-limit"
        ) from error
    if digest(content) != log.payload_digest:
        raise RecordRejected(
            f"The payload of {log.iri} does not have the digest that its signed header names.", reason="not-parsable"
        )
    return content


def check_payload(log: LogEntry, content: bytes, max_bytes: int) -> None:
    """Returns when a payload may be served.

    Args:
        content: canonical JSON with the digest that the header names.
    Raises:
        RecordRejected: with a reason of the closed list.
    """
    if len(content) > max_bytes:
        raise RecordRejected(
            f"The payload of {log.iri} has {len(content)} bytes; at most {max_bytes} are taken in "
            "(harvest.max_document_bytes).",
            reason="too-large",
            identifier=log.curie,
        )
    record = json.loads(content)
    if not isinstance(record, dict) or (record.get("id"), record.get("owner", log.owner)) != (log.curie, log.owner):
        raise RecordRejected(
            f"The payload of {log.iri} is not about {log.curie}.", reason="bad-identifier", identifier=log.curie
        )
    if log.action == "delete":
        _check_tombstone(log, record)
    elif log.kind == "image-list":
        _check_manifest(log, record)
    else:
        _check_record(log, record)


def _check_tombstone(log: LogEntry, record: dict[str, Any]) -> None:
    if record.get("type") != "Tombstone" or not isinstance(record.get("reason"), str):
        raise RecordRejected(
            f"{log.iri} deletes {log.curie} without a tombstone that says why.",
            reason="schema-required",
            identifier=log.curie,
        )
    if log.kind == "image-list":
        _check_chunks(log, record)


@cache
def _known_versions() -> frozenset[str]:
    return frozenset({*released_versions(), schema_version()})


def _check_record(log: LogEntry, record: dict[str, Any]) -> None:
    if log.schema_version not in _known_versions():
        newer = parse_version(log.schema_version) > parse_version(schema_version())
        raise RecordRejected(
            f"{log.curie} was written under version {log.schema_version} of the model, which this node does not know"
            + (f"; it has {schema_version()}. Bring this node up to date." if newer else "."),
            reason="policy",
            identifier=log.curie,
        )
    if record.get("type") != _TYPES[log.kind] or record.get("study") != log.parent:
        raise RecordRejected(
            f"The payload of {log.iri} is no {_TYPES[log.kind]} of {log.parent or 'its own'}.",
            reason="bad-identifier",
            identifier=log.curie,
        )
    if log.schema_version != schema_version():
        # Rules of a former version are not kept; its form is, and the writer held the record to the rules.
        _emit(log, record)
        return
    for violation in check_schema(record):
        raise RecordRejected(
            f"{violation.path}: {violation.message}", reason="schema-required", identifier=log.curie,
            path=violation.path, value=violation.value,
        )  # fmt: skip
    for fault in check_identity(record):
        raise RecordRejected(fault.message, reason="bad-identifier", identifier=log.curie)
    for violation in check_shapes(record, data=_emit(log, record)):
        raise RecordRejected(
            f"{violation.path}: {violation.message}", reason="shape-violation", identifier=log.curie,
            path=violation.path, value=violation.value,
        )  # fmt: skip


def _emit(log: LogEntry, record: dict[str, Any]) -> bytes:
    try:
        return triples(record, version=log.schema_version)
    except (FieldError, ValueError) as error:
        raise RecordRejected(
            f"{log.curie} cannot be written as RDF: {error}", reason="schema-required", identifier=log.curie
        ) from error


def _check_manifest(log: LogEntry, record: dict[str, Any]) -> None:
    study = study_of_list(log.curie)
    if record.get("type") == "Tombstone" or log.parent != study:
        raise RecordRejected(f"{log.iri} is no image list of {study}.", reason="bad-identifier", identifier=log.curie)
    _check_chunks(log, record)


def _check_chunks(log: LogEntry, record: dict[str, Any]) -> None:
    chunks = record.get("chunks", [])
    fields = {"sha256": str, "rows": int, "size_bytes": int, "first": str, "last": str}
    sound = isinstance(chunks, list) and len(chunks) <= _MAX_CHUNKS
    sound = sound and all(
        isinstance(one, dict)
        and all(type(one.get(name)) is kind for name, kind in fields.items())
        and _DIGEST.fullmatch(one["sha256"])
        for one in chunks
    )
    counted = all(type(record.get(name, 0)) is int for name in ("rows", "withdrawn"))
    if not sound or not counted or (log.action != "delete" and "rows" not in record):
        raise RecordRejected(
            f"The manifest of {log.curie} does not have the form of an image list.",
            reason="schema-required",
            identifier=log.curie,
        )


def chunks_named(log: LogEntry, content: bytes) -> list[Chunk]:
    """The chunks that a checked payload names; none for what is no image list."""
    return chunks_of(json.loads(content)) if log.kind == "image-list" and content else []


def check_chunk(log: LogEntry, chunk: Chunk, content: bytes) -> None:
    """Returns when the bytes of a chunk, whose digest was compared, hold the rows that the manifest says.

    Raises:
        RecordRejected: no Parquet file of image rows, other rows, images that are not of this study, or rows that break
            the rules of their columns: views take them as checked.
    """
    try:
        table: pa.Table = decode(content)
        names = table.column("accession").to_pylist()
    except StoreDamaged as error:
        raise RecordRejected(
            f"A chunk of {log.curie} is no table of images.", reason="not-parsable", identifier=log.curie
        ) from error
    ordered = all(one is not None and two is not None and one < two for one, two in pairwise(names))
    if len(names) != chunk.rows or not names or (names[0], names[-1]) != (chunk.first, chunk.last) or not ordered:
        raise RecordRejected(
            f"A chunk of {log.curie} has other rows than its manifest says.",
            reason="schema-required",
            identifier=log.curie,
        )
    _check_names(log, table)
    _check_rows(log, table)


def _check_names(log: LogEntry, table: pa.Table) -> None:
    import pyarrow.compute as pc

    try:
        pattern = image_accessions(parse_identifier(study_of_list(log.curie)))
    except Problem as error:
        raise RecordRejected(error.detail, reason="bad-identifier", identifier=log.curie) from error
    fits = pc.match_substring_regex(table.column("accession"), f"^(?:{pattern})$")
    if not pc.all(fits).as_py():
        wrong = table.column("accession").filter(pc.invert(fits))[0].as_py()
        raise RecordRejected(
            f"A chunk of {log.curie} lists {wrong!r:.100}, which is no image of it.",
            reason="not-owner",
            identifier=log.curie,
        )


def _check_rows(log: LogEntry, table: pa.Table) -> None:
    from catalogue.ingest.table_checks import RowChecks  # numpy and pyarrow, which most pulls do not need

    checks = RowChecks(parse_identifier(study_of_list(log.curie)), {})
    for batch in table.to_batches():
        checks.fit_rows(batch)
    for row in checks.refusals.kept:
        raise RecordRejected(
            f"A chunk of {log.curie} has rows that are not served: {row.accession[:100]}: {row.detail}",
            reason=row.reason,
            identifier=log.curie,
        )
