"""Documents of EMPIAR: entries of its API or kept copies, each with what curators wrote about it, as one document.

Lists of entries are entry_lists'; what one entry says is empiar_entry's and empiar_curation's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from catalogue.model.documents import Event, Listed, Removed, SourceDocument, Unchanged, Unreadable
from catalogue.problems import RecordRejected
from harvesters.bundle import MEDIA_TYPE, pack, unpack
from harvesters.empiar_entry import withdrawal
from harvesters.jsonbytes import parse_json
from harvesters.yamlbytes import parse_yaml

ENTRY: Final = "entry.json"


def files_of(content: bytes) -> dict[str, bytes]:
    """Name -> bytes of a document's files: one JSON or YAML file, or a bundle of both.

    Raises:
        RecordRejected: `not-parsable`, the bundle is damaged.
    """
    if content[257:262] == b"ustar":
        return unpack(content)
    start = content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    return {ENTRY if start in (b"{", b"[") else "curation.yaml": content}


def entry_of(content: bytes) -> tuple[str, dict[str, Any]]:
    """Key and body of the one entry of a JSON document.

    Raises:
        RecordRejected: not JSON, or not one object below one key, as a deposition is not.
    """
    value = parse_json(content).value
    if type(value) is dict and "imagesets" in value and len(value) > 1:
        raise RecordRejected(
            "This is a deposition, which has no accession yet. Harvest the entry that EMPIAR makes of it.",
            reason="bad-identifier",
        )
    if type(value) is not dict or len(value) != 1 or type(next(iter(value.values()))) is not dict:
        raise RecordRejected(
            'One entry is expected, as the API gives it: {"EMPIAR-10002": {...}}.', reason="not-parsable"
        )
    return next(iter(value.items()))


@dataclass(slots=True)
class Curation:
    """What curators wrote, by accession: file name -> bytes; and what was joined with it the last time.

    Args:
        broken: files that could not be had whole.
        joined: item -> accession of entries that have curation.
    """

    files: dict[str, dict[str, bytes]] = field(default_factory=dict)
    broken: list[Unreadable] = field(default_factory=list)
    joined: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, events: Iterator[Event]) -> Curation:
        """The files of a place of YAML documents; those that name no accession are left to whoever reads them."""
        found = cls()
        for event in events:
            if isinstance(event, SourceDocument):
                found.files.setdefault(_accession(event), {})[event.item] = event.content
            elif isinstance(event, Unreadable):
                found.broken.append(replace(event, item=f"curation/{event.item}"))
        return found

    def digests(self) -> dict[str, str]:
        """Accession -> digest of its files."""
        return {name: hashlib.sha256(pack(files)).hexdigest() for name, files in sorted(self.files.items())}


def _accession(document: SourceDocument) -> str:
    try:
        value = parse_yaml(document.content)
    except RecordRejected:
        return document.item
    name = value.get("accession_id") if type(value) is dict else None
    return name if type(name) is str and name else document.item


def join(
    events: Iterator[Event], curation: Curation, known: Mapping[str, str], before: Mapping[str, str]
) -> Iterator[Event]:
    """The events of the entries, each with its curation; withdrawn entries as Removed; curation without entry alone.

    Args:
        before: item -> accession of what was joined in the last reading, for entries that are unchanged.
    """
    left = dict(curation.files)
    for event in events:
        if isinstance(event, SourceDocument):
            event = _joined(event, curation, left, known)
        elif isinstance(event, Unchanged) and (name := before.get(event.item, event.item)) in curation.files:
            curation.joined[event.item] = name
            left.pop(name, None)
        elif isinstance(event, Listed):
            for name in sorted(left):
                yield _document(f"curation/{name}", "", left[name], known, "")
            yield from curation.broken
            more = len(left) + len(curation.broken)
            total = event.total + more if event.total is not None else None
            event = Listed(event.cursor, event.complete, total)
        yield event


def _joined(
    event: SourceDocument, curation: Curation, left: dict[str, dict[str, bytes]], known: Mapping[str, str]
) -> Event:
    try:
        key, entry = entry_of(event.content)
    except RecordRejected:
        return event
    if evidence := withdrawal(entry):
        return Removed(event.item, evidence)
    doi = str(entry.get("entry_doi") or "").rpartition("/")[2].upper()
    name = next((name for name in (key, doi) if name in curation.files), None)
    if name is None:
        return event
    curation.joined[event.item] = name
    left.pop(name, None)
    files = {ENTRY: event.content, **curation.files[name]}
    return _document(event.item, event.url, files, known, event.datestamp)


def _document(item: str, url: str, files: dict[str, bytes], known: Mapping[str, str], datestamp: str) -> Event:
    content = pack(files)
    if known.get(item) == hashlib.sha256(content).hexdigest():
        return Unchanged(item)
    return SourceDocument(item, url, content, MEDIA_TYPE, datestamp)
