"""Whether a candidate is new, changed, unchanged or not this source's to change; and what a withdrawal appends."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from catalogue.ingest.prepare import Candidate
from catalogue.model.documents import Record, SourceSpec
from catalogue.model.identifiers import parse_identifier
from catalogue.model.payload import canonical, digest
from catalogue.problems import RecordRejected
from catalogue.store.entries import GONE, Entry
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
        RecordRejected: `not-owner`, another source of this node records this accession already.
    """
    if head is None:
        return Decision.NEW
    # What came from a member is the source's to change once this node writes the owner: handed over, or taken back
    # after a restore. Until then the ledger refuses the change.
    if head.source != source.name and not head.is_of_a_member:
        raise RecordRejected(
            f"{candidate.curie} is recorded from the source '{head.source}'; exactly one source records an accession. "
            "Pause one of the two (`ommatidia source pause`).",
            reason="not-owner",
            identifier=candidate.curie,
        )
    if head.status == "public" and head.payload_digest == candidate.payload_digest:
        return Decision.UNCHANGED
    return Decision.CHANGED


def carry_names(candidate: Candidate, before: Entry | None) -> Candidate:
    """The candidate with the pages that the record had before among its `former_identifiers`.

    A record that keeps its accession keeps its identity, whatever its page is called now (SSBD gave 252 records another
    root @id on 2026-04-27). The name stays an alias by the older version that claimed it.

    Args:
        before: the last version that was public.
    """
    if before is None or before.payload_digest == candidate.payload_digest:
        return candidate
    old = before.record
    names = {*old.get("former_identifiers", ()), *([old["landing_page"]] if "landing_page" in old else ())}
    if not names:
        return candidate
    record = json.loads(candidate.payload)
    own = record.get("former_identifiers", [])
    added = sorted(names - {*own, record.get("landing_page")})
    if not added:
        return candidate
    payload = canonical({**record, "former_identifiers": [*own, *added]})
    return replace(candidate, payload=payload, payload_digest=digest(payload))


def successors(lost: Iterable[str], gained: Iterable[str]) -> dict[str, str]:
    """Record that a document no longer gives -> the one that it gives instead.

    Only where that is certain: one record of a kind went and one of the same kind came.
    """
    found = {}
    by_kind = [_by_kind(lost), _by_kind(gained)]
    for kind, old in by_kind[0].items():
        new = by_kind[1].get(kind, [])
        if len(old) == len(new) == 1:
            found[old[0]] = new[0]
    return found


def _by_kind(curies: Iterable[str]) -> dict[str, list[str]]:
    kinds: dict[str, list[str]] = {}
    for curie in curies:
        kinds.setdefault(parse_identifier(curie).kind, []).append(curie)
    return kinds


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


def tombstone(record: Record, reason: str, now: datetime, replacement: str | None = None) -> Record:
    """The payload that stands for a withdrawn record (images.md, section 3): what it was, when and why it went.

    Args:
        replacement: CURIE of the record that has taken its place.
    """
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
    if replacement is not None:
        kept["replaced_by"] = replacement
    return kept


def withdrawals(
    ledger: Ledger, curie: str, reason: str, now: datetime, done: set[str], replacement: str | None = None
) -> Iterator[tuple[Entry, str, bytes]]:
    """(head, status, tombstone bytes) for a live record and, for a study, for each of its live images.

    An image that went with its study and now is gone from the source itself gets a tombstone that says so, or it would
    come back with the study.

    Args:
        done: records withdrawn in this transaction already, which the ledger does not show yet; added to.
        replacement: CURIE of the record that has taken the place of `curie`.
    """
    head = ledger.head(curie)
    if head is None or curie in done:
        return
    status = "withdrawn" if replacement is None else "replaced"
    if head.status == "withdrawn" and head.record.get("reason") == STUDY_WITHDRAWN != reason:
        done.add(curie)
        again = {**head.record, "reason": reason, "date_withdrawn": now.date().isoformat()}
        yield head, status, canonical(again | ({} if replacement is None else {"replaced_by": replacement}))
    if head.status != "public":
        return
    if head.kind == "study":
        after = ""
        while images := ledger.children(curie, after_curie=after, limit=500):
            for image in images:
                if image.curie not in done:
                    done.add(image.curie)
                    yield image, "withdrawn", _gravestone(ledger, image, STUDY_WITHDRAWN, now)
            after = images[-1].curie
    done.add(curie)
    yield head, status, _gravestone(ledger, head, reason, now, replacement)


def _gravestone(ledger: Ledger, head: Entry, reason: str, now: datetime, replacement: str | None = None) -> bytes:
    stone = tombstone(head.record, reason, now, replacement)
    if head.kind != LIST:
        return canonical(stone)
    # pyarrow: 0.1 s that a command without image lists need not wait
    from catalogue.ingest.list_withdrawal import withdrawn_list

    return canonical(withdrawn_list(ledger.image_lists, head, stone))


def last_public(ledger: Ledger, head: Entry | None) -> Entry | None:
    """The last version that was public of the record that `head` is the newest version of."""
    if head is None or head.status not in GONE:
        return head
    return next((entry for entry in reversed(ledger.history(head.curie)) if entry.status == "public"), None)


def restorations(ledger: Ledger, curie: str) -> Iterator[Entry]:
    """The last public version of each image that went only because its study did.

    An image list comes back with the next reading of its source, which has the rows.
    """
    after = ""
    while images := ledger.children(curie, after_curie=after, limit=500, status=None):
        for image in images:
            if image.kind == "image" and image.status == "withdrawn" and image.record.get("reason") == STUDY_WITHDRAWN:
                public = last_public(ledger, image)
                if public is not None:
                    yield public
        after = images[-1].curie
