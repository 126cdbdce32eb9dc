"""Which files make a study of IDR, and how they are brought together: study file, tables, lines of the site's lists.

Each study is one document, a bundle (harvesters.bundle), and an image table where its tables name images; tables too
large for the bundle are there by their first lines and their size.
"""

from __future__ import annotations

import hashlib
import json
import re
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from catalogue.model.documents import Event, Listed, Removed, SourceDocument, SourceSpec, Unchanged, Unreadable
from catalogue.model.identifiers import parse_identifier
from catalogue.problems import Problem
from harvesters.bundle import MEDIA_TYPE, pack
from harvesters.documents import iter_documents
from harvesters.http import Fetcher
from harvesters.idr_images import image_table
from harvesters.idr_parts import part_names
from harvesters.idr_sheet import parse_sheet
from harvesters.idr_site import ADDRESSES, SIZES
from harvesters.idr_tables import table_role
from harvesters.idr_text import parse_text
from harvesters.sources.delivery import Delivery

SUFFIXES: Final = (".txt", ".csv", ".tsv")
MAX_FILE_BYTES: Final = 128 << 20
MAX_WHOLE_BYTES: Final = 4 << 20
"""Bytes up to which a table is kept whole."""
MAX_STUDY_BYTES: Final = 8 << 20
MAX_BUNDLE_BYTES: Final = 24 << 20
HEAD_BYTES: Final = 64 << 10
HEAD, FACTS, LEFT_OUT = ".head", ".facts", ".left-out"
_STUDY_FILE: Final = re.compile(r"(idr\d{4})[A-Za-z0-9_-]*-study\.txt", re.IGNORECASE)
_NAMED: Final = re.compile(r"idr\d{4}", re.IGNORECASE)
_LISTS: Final = {"studies.tsv": SIZES, "download_urls.tsv": ADDRESSES}


@dataclass(slots=True)
class _Study:
    """What was met of one study so far.

    Args:
        files: name of a file -> its bytes on the disk.
        lost: name of a file that could not be read -> why.
    """

    files: dict[str, Path] = field(default_factory=dict)
    lost: dict[str, str] = field(default_factory=dict)
    url: str = ""
    datestamp: str = ""
    fault: Unreadable | None = None


def iter_studies(source: SourceSpec, since: str | None, known: Mapping[str, str], fetcher: Fetcher) -> Iterator[Event]:
    """One bundle a study, by accession, each with its image table behind it, then one Listed.

    Raises:
        SourceUnavailable: the location cannot be read whole now.
        SourceChanged: the location is not what it was said to be.
    """
    removed: dict[str, str] = {}
    if since is not None and _is_git(source.location):
        touched, end = False, None
        for event in _documents(source, since, _Everything(), fetcher):
            if isinstance(event, Removed) and (name := study_of_file(event.item)):
                removed[name] = event.evidence
            touched = touched or not isinstance(event, Unchanged | Listed)
            end = event if isinstance(event, Listed) else end
        if not touched and end is not None and end.cursor == since:
            yield from (Unchanged(item) for item in sorted(known))
            # Documents that have to be read again are not among the known ones: nothing is absent by this list (R14).
            yield Listed(end.cursor, complete=False)
            return
    with tempfile.TemporaryDirectory(prefix="ommatidia-idr-") as folder:
        yield from _bundles(source, known, fetcher, Path(folder), removed)


def study_of_file(item: str) -> str | None:
    """The accession of the study whose study file this is; None for other files."""
    found = _STUDY_FILE.fullmatch(item.rpartition("/")[2])
    return found[1].lower() if found else None


def _is_git(location: str) -> bool:
    base = location.partition("#")[0]
    return base.lower().startswith("git+") or base.rstrip("/").endswith(".git")


class _Everything(dict[str, str]):
    """Holds every item and no digest: what did not change since the last commit is not read."""

    def __contains__(self, item: object) -> bool:
        return True


def _documents(source: SourceSpec, since: str | None, known: Mapping[str, str], fetcher: Fetcher) -> Iterator[Event]:
    return iter_documents(
        source.location, since=since, known=known, suffix=SUFFIXES, fetcher=fetcher, max_bytes=MAX_FILE_BYTES,
        media_type="text/plain", options=source.options,
    )  # fmt: skip


def _bundles(
    source: SourceSpec, known: Mapping[str, str], fetcher: Fetcher, folder: Path, removed: Mapping[str, str]
) -> Iterator[Event]:
    studies: dict[str, _Study] = {}
    lists: dict[str, bytes] = {}
    end = Listed(None, True)
    for event in _documents(source, None, {}, fetcher):
        if isinstance(event, Listed):
            end = event
        elif isinstance(event, SourceDocument) and event.item.rpartition("/")[2] in _LISTS:
            lists[_LISTS[event.item.rpartition("/")[2]]] = event.content
        elif isinstance(event, SourceDocument | Unreadable):
            _spool(event, studies, folder)
    delivery = Delivery("", known, MAX_BUNDLE_BYTES + (8 << 20), MEDIA_TYPE)
    total = 0
    for name in sorted(studies):
        for found in (_bundle(name, studies[name], lists, delivery), *_images(name, studies[name], known)):
            total += 1
            yield found
    for name in sorted(set(removed) - set(studies)):
        yield Removed(name, removed[name])
    yield Listed(end.cursor, end.complete, total)


def _spool(event: SourceDocument | Unreadable, studies: dict[str, _Study], folder: Path) -> None:
    """Put a file of a study aside; files of no study are passed over."""
    base = event.item.rpartition("/")[2]
    name = study_of_file(event.item)
    if name is None:
        named = _NAMED.findall(base) or _NAMED.findall(event.item)
        if not named or table_role(base) is None:
            return
        study = studies.setdefault(named[-1].lower(), _Study())
    else:
        study = studies.setdefault(name, _Study())
        study.url = event.url
        if isinstance(event, Unreadable):
            study.fault = event
        elif len(event.content) > MAX_STUDY_BYTES:
            detail = (
                f"{event.item} has {len(event.content):,} bytes; a study file may have {MAX_STUDY_BYTES:,}. Shorten it."
            )
            study.fault = Unreadable(name, event.url, "too-large", detail)
    if isinstance(event, SourceDocument):
        study.datestamp = max(study.datestamp, event.datestamp)
        path = folder / (hashlib.sha256(event.item.encode()).hexdigest() + Path(base).suffix.lower())
        path.write_bytes(event.content)
        study.files[base] = path
    else:
        study.lost[base] = f"{event.reason}: {event.detail}"


def _cut(name: str, content: bytes) -> dict[str, bytes]:
    """The first lines of a large file, whole ones, with its size, lines and digest."""
    head = content[:HEAD_BYTES]
    ends = max(head.rfind(b"\n"), head.rfind(b"\r"))
    lines = content.count(b"\n") or content.count(b"\r")
    facts = {"size_bytes": len(content), "lines": lines, "sha256": hashlib.sha256(content).hexdigest()}
    return {name + HEAD: head[: ends + 1] if ends >= 0 else head, name + FACTS: json.dumps(facts).encode()}


def _bundle(name: str, study: _Study, lists: Mapping[str, bytes], delivery: Delivery) -> Event:
    if study.fault is not None:
        fault = study.fault
        return Unreadable(name, fault.url, fault.reason, fault.detail, fault.content)
    if not any(study_of_file(key) for key in study.files):
        detail = f"There are tables of {name} and no study file ({name}-study.txt). Add it, or take the tables away."
        return Unreadable(name, study.url, "gap", detail)
    files = {key + LEFT_OUT: detail.encode() for key, detail in study.lost.items()}
    total = 0
    for key in sorted(study.files, key=lambda key: (study_of_file(key) is None, key)):
        content = study.files[key].read_bytes()
        is_table = study_of_file(key) is None
        if is_table and (len(content) > MAX_WHOLE_BYTES or total + len(content) > MAX_BUNDLE_BYTES):
            files |= _cut(key, content)
        else:
            files[key] = content
            total += len(content)
    for key, content in lists.items():
        if lines := _lines_of(name, content):
            files[key] = lines
    return delivery.document(name, study.url, pack(files), study.datestamp)


def _images(name: str, study: _Study, known: Mapping[str, str]) -> Iterator[Event]:
    """The table of the study's images, where its tables name any and its study file can be read."""
    sheets = [key for key in study.files if study_of_file(key)]
    if study.fault is not None or not sheets:
        return
    try:
        sheet = parse_sheet(parse_text(study.files[sheets[0]].read_bytes()))
        identifier = parse_identifier(name)
    except Problem:
        return
    components = {segment: base for base, segment in part_names(identifier.curie, sheet.parts)}
    tables = {key: path for key, path in study.files.items() if key not in sheets}
    table = image_table(identifier, study.url, tables, components)
    if table is not None:
        yield Unchanged(table.item) if known.get(table.item) == table.digest else table


def _lines_of(name: str, content: bytes) -> bytes:
    """The heading and the lines of one study, as they stand in a list of the site."""
    lines = content.splitlines(keepends=True)
    begins = re.compile(re.escape(name.encode()) + rb"(?![0-9])", re.IGNORECASE)
    own = [line for line in lines[1:] if begins.match(line)]
    return lines[0] + b"".join(own) if own else b""
