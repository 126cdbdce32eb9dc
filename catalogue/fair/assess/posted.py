"""Metadata that are not published yet: hard rules first, then every metric that metadata decide."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from typing import Any, Final

from catalogue.fair.assess.base import (
    MOST_CHARACTERS,
    MOST_PARTS,
    Assessment,
    MapDocument,
    Source,
    too_many_parts,
)
from catalogue.fair.assess.described import MOST_STATEMENTS, filled
from catalogue.fair.assess.judged import IDENTIFIER, about_holder, judge_record, open_question, overruled
from catalogue.fair.metrics.base import Metric
from catalogue.fair.outcomes import Judgement
from catalogue.model.documents import Mapped, SourceDocument, SourceSpec
from catalogue.model.identifiers import Identifier
from catalogue.model.namespaces import ASSESSED, BASE, OWNERS
from catalogue.model.rdf import quads
from catalogue.model.table import FieldError
from catalogue.problems import RecordRejected, TooLargeToAssess
from catalogue.validation.json_text import read_json
from catalogue.validation.kinds import JSON_LINES, YAML, form_of, kind_of_json
from catalogue.validation.results import FileReport, Kind
from catalogue.validation.service import Validator
from catalogue.validation.source import Place, decode
from catalogue.validation.yaml_text import read_yaml

UNPUBLISHED: Final = "The record is not published yet, so that this cannot be looked at."
_NEEDED: Final = frozenset({"id", "type", "owner", "accession", "study"})
_RECORDS: Final = ("Study", "Image")
_MOST_IMAGES: Final = 1000
_SHOWN: Final = 3
_MOST_LEFT_OUT: Final = 50
_MOST_FIELDS: Final = 500


def assess_posted(name: str, content: bytes, map_document: MapDocument, software: str, at: str) -> Assessment:
    """The assessment of a record of our model, a crate, or other metadata.

    Args:
        name: of the file.
        at: moment of the assessment, ISO 8601 in UTC.
    Raises:
        RecordRejected: no study can be read from it; the message says what is wrong, and where.
        TooLargeToAssess: there is more of it than is judged.
    """
    try:
        return _assessed(name, content, map_document, software, at)
    except RecordRejected as rejection:
        raise _placed(rejection) from rejection


def _assessed(name: str, content: bytes, map_document: MapDocument, software: str, at: str) -> Assessment:
    made_up = _made_up(content)
    records, how, faults = _read(name, content, map_document, made_up)
    records, left_out = _sound(records)
    study = records[0]
    how += f" Left out, since of a wrong kind: {', '.join(left_out)}." if left_out else ""
    known = study["owner"] in OWNERS
    target = study["id"] if known else name_by_content(content)

    def overrule(metric: Metric, judgement: Judgement) -> Judgement:
        unknown = metric.checks or about_holder(metric) or (metric.id == IDENTIFIER and not known)
        return open_question(UNPUBLISHED) if unknown else judgement

    owner = study["owner"] if known else ""
    audit = overruled(judge_record(records, (), target, owner, software, at), overrule)
    source = Source(name or "what was posted", "", None, how, used=True)
    return Assessment("posted", target, audit, (source,), (), faults)


def _placed(rejection: RecordRejected) -> RecordRejected:
    """The same with its place in words."""
    members: dict[str, Any] = {name: value for name, value in rejection.members.items() if isinstance(value, str)}
    place = rejection.members.get("place")
    at = f" (line {place.line}, column {place.column})" if isinstance(place, Place) else ""
    members.pop("reason", None)
    return RecordRejected(rejection.detail + at, reason=rejection.reason, **members)


def _sound(records: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[str]]:
    """(records that can become RDF, fields that were left out of them for that).

    Raises:
        RecordRejected: what is wrong is a field without which there is no record, or too many fields are.
    """
    sound: list[dict[str, Any]] = []
    left_out: list[str] = []
    for given in records:
        record = dict(given)
        while (fault := _fault(record)) is not None:
            name = re.split(r"[.\[]", fault.path)[0]
            if name in _NEEDED or name not in record:
                raise RecordRejected(f"The record cannot be read: {fault}.", reason="schema-required")
            if len(left_out) == _MOST_LEFT_OUT:
                raise RecordRejected(
                    f"More than {_MOST_LEFT_OUT} fields are of a wrong kind, the next is {fault}; mend these first.",
                    reason="schema-required",
                )
            left_out.append(fault.path)
            del record[name]
        sound.append(record)
    return sound, left_out


def _fault(record: dict[str, Any]) -> FieldError | None:
    try:
        quads(record, BASE + record["id"])
    except FieldError as error:
        return error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise RecordRejected(f"The record cannot be read: {error}.", reason="schema-required") from error
    return None


def name_by_content(content: bytes) -> str:
    """A name for a document that has none: by its content (RFC 6920)."""
    found = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode().rstrip("=")
    return f"ni:///sha-256;{found}"


def _made_up(content: bytes) -> Identifier:
    accession = hashlib.sha256(content).hexdigest()[:24]
    return Identifier(f"{ASSESSED}:{accession}", ASSESSED, accession, "study", accession)


def _read(
    name: str, content: bytes, map_document: MapDocument, made_up: Identifier
) -> tuple[list[dict[str, Any]], str, FileReport]:
    """(study and its images, how they were read, what is wrong by the hard rules)."""
    source = decode(content)
    form = form_of(name, source, None)
    if not form.is_rdf and form.syntax in (YAML, JSON_LINES):
        made = read_yaml(source) if form.syntax == YAML else read_json(source, lines=True)
        values = [document.value for document in made.documents]
        return (*_own(values, name), _checked(name, content, None))
    if not form.is_rdf:
        value = read_json(source, lines=False).documents[0].value
        if kind_of_json(name, value) is Kind.RECORDS and not _is_foreign(value):
            return (*_own([value], name), _checked(name, content, None))
    media_type = "application/ld+json" if not form.is_rdf else form.syntax.media_type
    if too_many_parts(content):
        raise TooLargeToAssess(f"The file has more than {MOST_PARTS:,} parts; leave out what is described one by one.")
    document = SourceDocument(name or "posted", "", content, media_type)
    harvester, mapped = _mapped(document, map_document, made_up)
    records = _ordered(mapped.records)
    faults = _checked(name, content, mapped)
    return records, f"It was read as {harvester} reads it; {_noticed(mapped)}.", faults


def _is_foreign(value: Any) -> bool:
    """Whether JSON without a context is no record of ours, such as DataCite's."""
    return type(value) is dict and value.get("type") not in _RECORDS


def _own(values: list[Any], name: str) -> tuple[list[dict[str, Any]], str]:
    flat = [one for value in values for one in (value if type(value) is list else [value])]
    records = [one for one in flat if type(one) is dict and one.get("type") in _RECORDS]
    return _ordered(records), f"It holds {len(records)} {'record' if len(records) == 1 else 'records'} of the model."


def _ordered(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The one study, then its images.

    Raises:
        RecordRejected: there is no study or there are several, or its names are lacking.
        TooLargeToAssess: a record has too many statements or fields.
    """
    studies = [record for record in records if record.get("type") == "Study"]
    if len(studies) != 1:
        raise RecordRejected(
            f"There are {len(studies)} studies in what was handed in; one is assessed at a time: hand in a record of "
            "type Study, or an RO-Crate, by itself.",
            reason="schema-required",
        )
    (study,) = studies
    for field in ("id", "owner", "accession"):
        if type(study.get(field)) is not str or not study[field]:
            raise RecordRejected(
                f"The study has no {field}, without which nothing can be said of it.", reason="schema-required"
            )
        if len(study[field]) > MOST_CHARACTERS:
            raise TooLargeToAssess(f"The study's {field} has more than {MOST_CHARACTERS:,} characters; shorten it.")
    images = [one for one in records if one.get("type") == "Image" and one.get("study") == study["id"]]
    found = [study, *images[:_MOST_IMAGES]]
    for record in found:
        _require_size(record)
    return found


def _require_size(record: dict[str, Any]) -> None:
    if (number := filled(record)) > MOST_STATEMENTS:
        raise TooLargeToAssess(
            f"A record has {number:,} statements; {MOST_STATEMENTS:,} are judged at most. Leave out what repeats."
        )
    if (number := _widest(record)) > _MOST_FIELDS:
        raise TooLargeToAssess(f"A part of the record has {number:,} fields; no class of the model has as many.")


def _widest(value: Any) -> int:
    """Most fields of one object."""
    if isinstance(value, dict):
        return max(len(value), *map(_widest, value.values()), 0)
    return max(map(_widest, value), default=0) if isinstance(value, list) else 0


def _mapped(document: SourceDocument, map_document: MapDocument, made_up: Identifier) -> tuple[str, Mapped]:
    """What a harvester makes of it; what nobody here owns is assessed under a name made up for that."""
    try:
        return map_document(document, None)
    except RecordRejected as rejection:
        if rejection.reason != "bad-identifier":
            raise
        return map_document(document, made_up)


def _noticed(mapped: Mapped) -> str:
    shown = "; ".join(f"{one.path}: {one.message.rstrip('.')}" for one in mapped.findings[:_SHOWN])
    number = len(mapped.findings)
    if not number:
        return "nothing was noticed"
    return f"{number} {'thing was' if number == 1 else 'things were'} noticed ({shown})"


def _checked(name: str, content: bytes, mapped: Mapped | None) -> FileReport:
    """What the hard rules say; a crate is mapped once and for all by whom it was mapped already."""

    def as_mapped(document: SourceDocument, source: SourceSpec) -> Mapped:
        if mapped is None:
            raise RecordRejected("It is no crate.", reason="not-parsable")
        return mapped

    found = Validator((), as_mapped).check(name, content)
    return replace(found, results=tuple(one for one in found.results if not _made_up_fault(one.value, one.focus)))


def _made_up_fault(*texts: str) -> bool:
    """Whether a fault is that of the name that was made up here."""
    return any(text.startswith(ASSESSED + ":") and "/" not in text for text in texts)
