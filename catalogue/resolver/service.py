"""From any text a person pastes to the record it names, or to a reason and a place to look.

Forms of identifiers are catalogue.model.identifiers' business, HTTP answers catalogue.web's; images.md section 3.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

from catalogue.model.identifiers import (
    MAX_LENGTH,
    Identifier,
    Kind,
    landing_page,
    owner_name,
    parse_identifier,
    study_of,
)
from catalogue.model.namespaces import BASE
from catalogue.problems import AmbiguousIdentifier, BadIdentifier
from catalogue.store.entries import ABSENT

if TYPE_CHECKING:
    from catalogue.store.ledger import Entry


class Records(Protocol):
    """What the resolver reads of the ledger."""

    def head(self, curie: str) -> Entry | None:
        """The newest entry of a record, or None."""
        ...

    def find_alias(self, text: str) -> str | None:
        """The CURIE that an alternative identifier or address leads to, or None.

        Raises:
            AmbiguousIdentifier: several records claim it.
        """
        ...


class State(StrEnum):
    """What became of a name; SUPPRESSED is a record that still answers but is listed nowhere."""

    PUBLIC = "public"
    SUPPRESSED = "suppressed"
    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"
    UNKNOWN = "unknown"
    AMBIGUOUS = "ambiguous"
    MALFORMED = "malformed"


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere outside this node where the thing may be found."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Resolution:
    """The answer to one name.

    Args:
        text: as asked.
        curie: canonical; None when the text is malformed or ambiguous.
        part: path below the record for a sub-resource (`author/1`), else "".
        entry: the newest ledger entry, for public, suppressed and withdrawn records (None for an image that is
            withdrawn only because its study is, where `tombstone` says all that is known).
        tombstone: payload of type Tombstone, for withdrawn and replaced records.
        replacement: CURIE of the record here that has taken the place of a replaced one.
        candidates: CURIEs that an ambiguous text may mean.
        understood: one sentence: what was read out of the text and what became of it.
        suggestions: where else to look, best first.
        related: CURIEs of public records here that may help (the study of an unknown image).
    """

    text: str
    state: State
    curie: str | None = None
    kind: Kind | None = None
    part: str = ""
    entry: Entry | None = None
    tombstone: Mapping[str, Any] | None = None
    replacement: str | None = None
    candidates: tuple[str, ...] = ()
    understood: str = ""
    suggestions: tuple[Place, ...] = ()
    related: tuple[str, ...] = ()


class Resolver:
    """Finds records by anything that names them."""

    def __init__(self, records: Records) -> None:
        self._records = records

    def resolve(self, text: str) -> Resolution:
        """What `text` names: CURIE, bare accession, provider form, archive page, data address, federation IRI."""
        try:
            return self._resolve(text)
        except AmbiguousIdentifier as problem:
            candidates = tuple(dict.fromkeys(_canonical(name) for name in problem.members.get("candidates", ())))
            return Resolution(text, State.AMBIGUOUS, candidates=candidates, understood=problem.detail)

    def _resolve(self, text: str) -> Resolution:
        try:
            identifier, part = _parse(text)
        except BadIdentifier as problem:
            name = text.strip()
            curie = self._records.find_alias(name) if 0 < len(name) <= MAX_LENGTH else None
            found = self._known(text, curie, "") if curie is not None else None
            return found or Resolution(text, State.MALFORMED, understood=problem.detail)
        return self._find(text, identifier, part)

    def _find(self, text: str, identifier: Identifier, part: str) -> Resolution:
        if identifier.kind != "other":
            found = self._known(text, identifier.curie, part)
            if found is not None:
                return found
        for name in dict.fromkeys((identifier.curie, text.strip())):
            alias = self._records.find_alias(name)
            found = self._known(text, alias, part) if alias is not None else None
            if found is not None:
                return found
        return self._unknown(text, identifier)

    def _known(self, text: str, curie: str, part: str) -> Resolution | None:
        entry = self._records.head(curie)
        if entry is None:
            return None
        kind: Kind = "image" if entry.kind == "image" else "study"
        if entry.status == ABSENT:
            return self._absent(text, curie, kind)
        tombstone = self._tombstone(entry)
        replacement = self._replacement(entry)
        state = State.PUBLIC
        if replacement is not None:
            state = State.REPLACED
        elif tombstone is not None:
            state = State.WITHDRAWN
        elif entry.status != "public":
            state = State.SUPPRESSED
        said = f"{curie} is {'an image' if kind == 'image' else 'a study'} of {_archive(curie)}"
        if replacement is not None:
            said += f"; {replacement} has taken its place."
        else:
            said += ", withdrawn." if tombstone is not None else "."
        return Resolution(
            text,
            state,
            curie=curie,
            kind=kind,
            part=part,
            entry=entry,
            tombstone=tombstone,
            replacement=replacement,
            understood=said,
        )

    def _absent(self, text: str, curie: str, kind: Kind) -> Resolution:
        """A record whose log is here and whose payload is not: what a member gave could not be taken in."""
        prefix, _, accession = curie.partition(":")
        page = landing_page(prefix, accession, kind)
        said = f"{curie} is known here, but what members gave of it could not be taken in (see the partners' page)."
        places = (Place(f"At {_archive(curie)}", page),) if page is not None else ()
        return Resolution(text, State.UNKNOWN, curie=curie, kind=kind, understood=said, suggestions=places)

    def _replacement(self, entry: Entry) -> str | None:
        """What has taken the place of a record, if that is known here."""
        name = entry.record.get("replaced_by") if entry.status == "replaced" else None
        return name if name is not None and self._records.head(name) is not None else None

    def _tombstone(self, entry: Entry) -> Mapping[str, Any] | None:
        record: dict[str, Any] = entry.record
        if record.get("type") == "Tombstone":
            return record
        if entry.status == "withdrawn":
            return _tombstone_of(entry.curie, record, entry.recorded_at.date().isoformat(), "withdrawn")
        if entry.kind != "image" or not entry.parent:
            return None
        study = self._records.head(entry.parent)
        if study is None or study.status != "withdrawn":
            return None
        day = str(study.record.get("date_withdrawn") or study.recorded_at.date().isoformat())
        return _tombstone_of(entry.curie, record, day, "study-withdrawn")

    def _unknown(self, text: str, identifier: Identifier) -> Resolution:
        places: list[Place] = []
        related: list[str] = []
        if identifier.kind == "other":
            said = (
                f"This reads as {_form(identifier)}; no record of this catalogue names it as its own."
                if identifier.prefix
                else "This is a web address that no archive known here uses for its records."
            )
            return Resolution(text, State.UNKNOWN, understood=said, kind="other", curie=None)
        archive = owner_name(identifier.prefix)
        thing = "an image" if identifier.kind == "image" else "a study"
        said = (
            f"This reads as {identifier.accession}, {thing} of {archive} ({identifier.curie}); "
            "this catalogue holds no record of it."
        )
        page = landing_page(identifier.prefix, identifier.accession, identifier.kind)
        study = study_of(identifier) if identifier.kind == "image" else None
        if page is not None:
            places.append(Place(f"Look for {identifier.accession} at {archive}", page))
        if study is not None:
            entry = self._records.head(study)
            if entry is not None and entry.status == "public":
                related.append(study)
            elif (above := landing_page(identifier.prefix, study.partition(":")[2])) is not None:
                places.append(Place(f"Look for its study {study.partition(':')[2]} at {archive}", above))
        return Resolution(
            text,
            State.UNKNOWN,
            curie=identifier.curie,
            kind=identifier.kind,
            understood=said,
            suggestions=tuple(places),
            related=tuple(related),
        )


def _parse(text: str) -> tuple[Identifier, str]:
    """The record named and the path of a sub-resource below it (`biostudies:S-BIAD634/author/1`)."""
    try:
        return parse_identifier(text), ""
    except BadIdentifier as problem:
        local = text.strip().removeprefix(BASE)
        name, slash, part = local.partition("/")
        if not slash or not part or ":" not in name or name.lower().startswith(("http:", "https:")):
            raise
        try:
            identifier = parse_identifier(name)
        except BadIdentifier:
            raise problem from None
        if identifier.kind == "other":
            raise
        return identifier, part


def _canonical(name: object) -> str:
    """The canonical CURIE of a candidate: idr:1001 stands for idr:idr1001."""
    return parse_identifier(str(name)).curie


def _archive(curie: str) -> str:
    return owner_name(curie.partition(":")[0])


def _form(identifier: Identifier) -> str:
    names = {"doi": "a DOI", "orcid": "an ORCID iD", "ror": "a ROR id", "pubmed": "a PubMed number"}
    return names.get(identifier.prefix, f"a {identifier.prefix} identifier")


def _tombstone_of(curie: str, record: Mapping[str, Any], day: str, reason: str) -> Mapping[str, Any]:
    """What may still be said of a record whose own payload is no tombstone."""
    stone = {
        "type": "Tombstone",
        "id": curie,
        "accession": record.get("accession", curie.partition(":")[2]),
        "owner": record.get("owner", curie.partition(":")[0]),
        "record_type": record.get("type", "Study"),
        "date_withdrawn": day,
        "reason": reason,
    }
    if "title" in record:
        stone["title"] = record["title"]
    return stone
