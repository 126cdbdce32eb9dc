"""Submissions that lie as files: each with the file lists and the `_INFO.json` that lie in its folder."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Final

from catalogue.model.documents import Event, Listed, Removed, SourceDocument, SourceSpec, Unchanged, Unreadable
from catalogue.problems import RecordRejected
from harvesters.biostudies_bundle import MAX_LIST_BYTES, Parcel, list_names, without_secrets
from harvesters.documents import iter_documents
from harvesters.http import Fetcher
from harvesters.jsonbytes import MAX_BYTES

# Lists of all submissions of one folder or archive that are held while it is read.
MAX_HELD_BYTES: Final = 256 << 20
_INFO: Final = "_INFO.json"


def iter_submissions(
    source: SourceSpec, fetcher: Fetcher, since: str | None, known: Mapping[str, str]
) -> Iterator[Event]:
    """Every submission at a folder, archive, Git repository or HTTP index, then one Listed.

    Files that are lists, or answers to `/info`, are no documents of their own. A folder's or an archive's are bundled
    with the submission that names them; elsewhere submissions come alone.
    """
    suffix = source.options.get("suffix", ".json")
    whole = Path(source.location).exists()

    def events(held: Mapping[str, str]) -> Iterator[Event]:
        return iter_documents(
            source.location, since=since, known=held, suffix=suffix, fetcher=fetcher, max_bytes=MAX_BYTES,
            media_type="application/json" if suffix.endswith("json") else "text/tab-separated-values",
            options=source.options,
        )  # fmt: skip

    beside = _beside(source, fetcher) if whole else {}
    total = 0
    for event in events({} if whole else known):
        if isinstance(event, SourceDocument):
            found = _submission(event, beside, known)
            if found is not None:
                total += 1
                yield found
        elif isinstance(event, Listed):
            yield Listed(event.cursor, event.complete, total if whole else None)
        elif not isinstance(event, Removed) or event.item in known:
            total += 1
            yield event


def _submission(event: SourceDocument, beside: Mapping[str, bytes], known: Mapping[str, str]) -> Event | None:
    """The event of a submission with what lies beside it; None for a file that is none."""
    folder = str(PurePosixPath(event.item).parent)
    if event.content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"[") or event.item.endswith(_INFO):
        return None
    try:
        parcel = Parcel(without_secrets(event.content))
    except RecordRejected as rejected:
        return Unreadable(event.item, event.url, rejected.reason, rejected.detail)
    if beside:
        stem = PurePosixPath(event.item).stem
        parcel.info = beside.get(f"{folder}/{stem}{_INFO}", b"")
        for name in list_names(parcel.submission):
            content = beside.get(f"{folder}/{name}") or beside.get(f"{folder}/{PurePosixPath(name).name}")
            if content is not None:
                parcel.lists[name] = content
    document = parcel.document(event.item, event.url, event.datestamp)
    if known.get(event.item) == hashlib.sha256(document.content).hexdigest():
        return Unchanged(event.item)
    return document


def _beside(source: SourceSpec, fetcher: Fetcher) -> dict[str, bytes]:
    """Path -> bytes of the files that are no submissions and small enough to be kept."""
    found: dict[str, bytes] = {}
    held = 0
    options = {key: value for key, value in source.options.items() if key != "suffix"}
    for suffix in (".json", ".tsv"):
        for event in iter_documents(
            source.location, since=None, known={}, suffix=suffix, fetcher=fetcher, max_bytes=MAX_LIST_BYTES,
            media_type="application/octet-stream", options=options,
        ):  # fmt: skip
            if not isinstance(event, SourceDocument):
                continue
            is_list = (
                event.content.lstrip(b"\xef\xbb\xbf \t\r\n")[:6].lower().startswith((b"[", b"files\t", b"files\n"))
            )
            if (is_list or event.item.endswith(_INFO)) and held + len(event.content) <= MAX_HELD_BYTES:
                folder = str(PurePosixPath(event.item).parent)
                found[f"{folder}/{PurePosixPath(event.item).name}"] = event.content
                held += len(event.content)
    return found
