"""What a study's record says that bears on which other records are about the same study (federation.md, R25).

Evidence is an owner's explicit word or the same persistent identifier of the data; paper, title and people are hints.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from catalogue.model.documents import Record
from catalogue.model.identifiers import parse_identifier
from catalogue.problems import Problem

# A title of fewer words is as likely a label (`Dataset 1`) as a name.
MIN_TITLE_WORDS: Final = 5
MAX_TEXT: Final = 300
_WORDS: Final = re.compile(r"\w+")
# The other is the same study; HasVersion and IsVersionOf join versions that an archive gives accessions of their own.
_SAME: Final = frozenset({"IsIdenticalTo", "IsVersionOf", "HasVersion"})
_DOI: Final = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:)?(10\.\d{2,9}/\S+)", re.IGNORECASE | re.ASCII)


class ClaimKind(StrEnum):
    """What a claim's target is."""

    STATED = "stated"
    PID = "pid"
    PAPER = "paper"
    TITLE = "title"
    ORCID = "orcid"
    ENTRY = "entry"


EVIDENCE: Final = frozenset({ClaimKind.STATED, ClaimKind.PID})


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing said.

    Args:
        target: STATED and ENTRY: CURIE of the other record; else what both records must share, in one form.
        detail: where it is said, in words or as quoted.
        stated_by: who says so; "" where the record itself does.
        stated_on: day, or "" when it is not told.
        relation: of the model's IdentityRelation; "" when it is not told.
        evidence: of the model's IdentityEvidence; "" for hints.
    """

    kind: ClaimKind
    target: str
    detail: str = ""
    stated_by: str = ""
    stated_on: str = ""
    relation: str = ""
    evidence: str = ""


def claims_of(record: Record) -> list[Claim]:
    """The claims of a study's record, each once, in a fixed order; none for records of other types."""
    if record.get("type") != "Study":
        return []
    own = record["id"]
    found = dict.fromkeys(claim for claim in _claims(record) if claim.target and claim.target != own)
    return sorted(found, key=lambda claim: (claim.kind, claim.target, claim.detail))


def study_named(text: Any) -> str | None:
    """CURIE of the study of this federation that a name names; None when it names none."""
    try:
        known = parse_identifier(str(text))
    except Problem:
        return None
    return known.curie if known.kind == "study" else None


def normalised_doi(text: Any) -> str | None:
    """A DOI in lower case without its resolver; None for what is none."""
    found = _DOI.fullmatch(str(text).strip())
    return found[1].lower() if found is not None else None


def normalised_title(text: Any) -> str | None:
    """The words of a title in one case and without signs; None when they are too few to tell studies apart."""
    words = _WORDS.findall(unicodedata.normalize("NFKC", str(text)).casefold())
    return " ".join(words)[:MAX_TEXT] if len(words) >= MIN_TITLE_WORDS else None


def _claims(record: Record) -> Iterator[Claim]:
    for statement in record.get("identity_statements", ()):
        yield from _statement(statement)
    for slot in ("alternative_identifiers", "former_identifiers"):
        for name in record.get(slot, ()):
            yield from _named(name, f"{slot.replace('_', ' ').removesuffix('s')} {name}")
    for resource in record.get("related_resources", ()):
        yield from _related(resource)
    if "doi" in record:
        yield from _named(f"https://doi.org/{record['doi']}", f"DOI {record['doi']} of the data")
    for entry in record.get("image_entries", ()):
        if other := study_named(entry):
            yield Claim(ClaimKind.ENTRY, other, f"image entry {entry}"[:MAX_TEXT])
    yield from _hints(record)


def _statement(statement: Record) -> Iterator[Claim]:
    other = study_named(statement["same_study_as"])
    if other is not None:
        yield Claim(
            ClaimKind.STATED,
            other,
            statement.get("evidence_detail", "")[:MAX_TEXT],
            statement.get("stated_by", "")[:MAX_TEXT],
            statement.get("date_stated", ""),
            statement.get("identity_relation", ""),
            statement["evidence"],
        )


def _named(name: str, detail: str) -> Iterator[Claim]:
    """What follows from another name of the record: it names another record, or is the data's persistent identifier."""
    other, doi = study_named(name), normalised_doi(name)
    if other is not None:
        evidence = "owner_statement" if doi is None else "same_dataset_pid"
        yield Claim(ClaimKind.STATED, other, detail[:MAX_TEXT], evidence=evidence)
    elif doi is not None:
        yield Claim(ClaimKind.PID, f"doi:{doi}", detail[:MAX_TEXT], evidence="same_dataset_pid")


def _related(resource: Record) -> Iterator[Claim]:
    relation, target = resource.get("relation"), resource.get("related_to", "")
    if relation not in _SAME:
        return
    for claim in _named(target, f"{relation} {target}"):
        # A DOI over all versions is not the identifier of any one data set.
        if claim.kind is ClaimKind.STATED or relation == "IsIdenticalTo":
            yield claim


def _hints(record: Record) -> Iterator[Claim]:
    for paper in record.get("publications", ()):
        if doi := normalised_doi(paper.get("doi", "")):
            yield Claim(ClaimKind.PAPER, f"doi:{doi}")
        if number := paper.get("pubmed_id"):
            yield Claim(ClaimKind.PAPER, f"pubmed:{number}")
    if title := normalised_title(record.get("title", "")):
        yield Claim(ClaimKind.TITLE, title)
    for author in record.get("authors", ()):
        if orcid := author.get("orcid"):
            yield Claim(ClaimKind.ORCID, orcid)
