"""Whether a candidate is new, changed, unchanged or not this source's to change; and what a withdrawal appends."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import Any

from catalogue.ingest.list_withdrawal import withdrawn_list
from catalogue.ingest.prepare import Candidate
from catalogue.model.documents import Record, SourceSpec
from catalogue.model.payload import canonical
from catalogue.problems import RecordRejected
from catalogue.store.entries import Entry
from catalogue.store.image_lists import LIST
from catalogue.store.ledger import Ledger

STUDY_WITHDRAWN = "study-withdrawn"


class Decision(StrEnum):
    """What appending a candidate would mean."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


def decide(candidate: Candidate, head: Entry | None, source: SourceSpec) -> Decision:
    """How the candidate stands to what the ledger holds.

    Raises:
        RecordRejected: `not-owner`, another source records this accession already.
    """
    if head is None:
        return Decision.NEW
    if head.source != source.name:
        raise RecordRejected(
            f"{candidate.curie} is recorded from the source '{head.source}'; exactly one source records an accession. "
            f"Remove it from one of the two.",
            reason="not-owner",
            identifier=candidate.curie,
        )
    if head.status == "public" and head.payload_digest == candidate.payload_digest:
        return Decision.UNCHANGED
    return Decision.CHANGED


def require_study(candidate: Candidate, study: Entry | None) -> None:
    """An image enters under a study that is live here.

    Raises:
        RecordRejected: `gap`, the study is unknown or withdrawn; the image is tried again at the next harvest.
    """
    if candidate.parent is None or (study is not None and study.status == "public" and study.kind == "study"):
        return
    state = "was withdrawn" if study is not None else "is not known here"
    raise RecordRejected(
        f"The image {candidate.curie} belongs to the study {candidate.parent}, which {state}. Harvest the study first; "
        "the image is tried again by itself.",
        reason="gap",
        identifier=candidate.curie,
    )


def tombstone(record: Record, reason: str, now: datetime) -> Record:
    """The payload that stands for a withdrawn record (images.md, section 3): what it was, when and why it went."""
    kept: dict[str, Any] = {
        "type": "Tombstone",
        "id": record["id"],
        "accession": record["accession"],
        "owner": record["owner"],
        "record_type": record["type"],
        "date_withdrawn": now.date().isoformat(),
        "reason": reason,
    }
    if "title" in record:
        kept["title"] = record["title"]
    creators = [author["name"] for author in record.get("authors", ()) if "name" in author]
    if creators:
        kept["creators"] = creators
    if "landing_page" in record:
        kept["landing_page"] = record["landing_page"]
    return kept


def withdrawals(
    ledger: Ledger, curie: str, reason: str, now: datetime, done: set[str]
) -> Iterator[tuple[Entry, bytes]]:
    """(head, tombstone bytes) for a live record and, for a study, for each of its live images.

    An image that went with its study and now is gone from the source itself gets a tombstone that says so, or it would
    come back with the study.

    Args:
        done: records withdrawn in this transaction already, which the ledger does not show yet; added to.
    """
    head = ledger.head(curie)
    if head is None or curie in done:
        return
    if head.status == "withdrawn" and head.record.get("reason") == STUDY_WITHDRAWN != reason:
        done.add(curie)
        yield head, canonical({**head.record, "reason": reason, "date_withdrawn": now.date().isoformat()})
    if head.status != "public":
        return
    if head.kind == "study":
        after = ""
        while images := ledger.children(curie, after_curie=after, limit=500):
            for image in images:
                if image.curie not in done:
                    done.add(image.curie)
                    yield image, _gravestone(ledger, image, STUDY_WITHDRAWN, now)
            after = images[-1].curie
    done.add(curie)
    yield head, _gravestone(ledger, head, reason, now)


def _gravestone(ledger: Ledger, head: Entry, reason: str, now: datetime) -> bytes:
    stone = tombstone(head.record, reason, now)
    return canonical(withdrawn_list(ledger.image_lists, head, stone) if head.kind == LIST else stone)


def restorations(ledger: Ledger, curie: str) -> Iterator[Entry]:
    """The last public version of each image that went only because its study did.

    An image list comes back with the next reading of its source, which has the rows.
    """
    after = ""
    while images := ledger.children(curie, after_curie=after, limit=500, status=None):
        for image in images:
            if image.kind == "image" and image.status == "withdrawn" and image.record.get("reason") == STUDY_WITHDRAWN:
                public = [entry for entry in ledger.history(image.curie) if entry.status == "public"]
                if public:
                    yield public[-1]
        after = images[-1].curie
