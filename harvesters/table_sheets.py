"""The files of a spreadsheet source as sheets of rows of text: XLSX, CSV, TSV, alone or as a folder of tables.

Cells become text as a person reads them; formulas count by their stored value. What rows mean is table.py's.
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, Final

from catalogue.model.documents import Listed, SourceDocument, SourceSpec, Unchanged, Unreadable
from catalogue.model.payload import digest
from catalogue.problems import SourceChanged, SourceUnavailable
from harvesters.documents import iter_documents
from harvesters.http import Fetcher
from harvesters.table_columns import SHEETS, STUDIES

MAX_BYTES: Final = 64 << 20
MAX_UNPACKED: Final = 512 << 20
MAX_ROWS: Final = 200_000
MAX_COLUMNS: Final = 500
MAX_CELL: Final = 100_000
# What zipfile raises on damage; ValueError for names that are not of their encoding.
_BAD_ZIP: Final = (
    zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError, EOFError, ValueError,
)  # fmt: skip
_TABLES: Final = (".csv", ".tsv")


@dataclass(slots=True)
class Sheets:
    """Rows by sheet.

    Args:
        url: where they were read.
    """

    url: str
    by_name: dict[str, list[tuple[int, dict[str, str]]]] = field(default_factory=dict)

    def rows(self, sheet: str) -> list[tuple[int, dict[str, str]]]:
        """(number of the row as a spreadsheet shows it, heading -> text) of rows that hold something."""
        return self.by_name.get(sheet, [])


def read_sheets(source: SourceSpec, since: str | None, fetcher: Fetcher) -> tuple[Sheets | None, str]:
    """The sheets at a source's location, None where they are as they were, and the next cursor.

    Args:
        since: cursor of the last complete reading.
    Raises:
        SourceUnavailable: a file cannot be read now.
        SourceChanged: no such tables there, or beyond the bounds of this file.
    """
    before = _load(since)
    location = source.location
    url = location if location.lower().startswith(("http://", "https://")) else Path(location).absolute().as_uri()
    plain = location.partition("#")[0].partition("?")[0].lower()
    if not plain.endswith((".xlsx", *_TABLES)):
        return _folder(source, url, before, fetcher)
    content, cursor = _file(location, before, fetcher)
    if content is None or (cursor["digest"] == before.get("digest")):
        return None, json.dumps(cursor)
    name = plain.rpartition("/")[2]
    sheets = Sheets(url)
    if name.endswith(".xlsx"):
        sheets.by_name = dict(_workbook(content, name))
    else:
        stem = name.rpartition(".")[0]
        sheets.by_name = {stem if stem in SHEETS else STUDIES: list(_table(content, name))}
    return _checked(sheets, name), json.dumps(cursor)


def _load(since: str | None) -> dict[str, Any]:
    try:
        found = json.loads(since) if since else {}
    except ValueError:
        found = {}
    return found if isinstance(found, dict) else {}


def _file(location: str, before: Mapping[str, Any], fetcher: Fetcher) -> tuple[bytes | None, dict[str, Any]]:
    if location.lower().startswith(("http://", "https://")):
        etag, modified = str(before.get("etag", "")), str(before.get("modified", ""))
        answer = fetcher.get(location, etag=etag, modified=modified, max_bytes=MAX_BYTES)
        if answer.not_modified:
            return None, dict(before)
        if answer.status != 200:
            raise SourceUnavailable(f"{location} answers {answer.status}.")
        content = bytes(answer.content)
        return content, {"digest": digest(content), "etag": answer.etag, "modified": answer.last_modified}
    path = Path(location)
    try:
        if path.stat().st_size > MAX_BYTES:
            raise SourceChanged(f"{path.name} is larger than {MAX_BYTES:,} bytes. Split it.")
        content = path.read_bytes()
    except OSError as error:
        raise SourceUnavailable(f"{path.name} cannot be read: {error.strerror}.") from error
    return content, {"digest": digest(content)}


def _folder(source: SourceSpec, url: str, before: Mapping[str, Any], fetcher: Fetcher) -> tuple[Sheets | None, str]:
    """The tables of a folder or archive, each named as its sheet."""
    sheets, digests = Sheets(url), {}
    for suffix in _TABLES:
        events = iter_documents(
            source.location, since=None, known={}, suffix=suffix, fetcher=fetcher, max_bytes=MAX_BYTES,
            media_type="text/csv", options=source.options,
        )  # fmt: skip
        for event in events:
            if isinstance(event, Unreadable):
                raise SourceChanged(f"{event.item} cannot be read: {event.detail}")
            if isinstance(event, SourceDocument):
                digests[event.item] = digest(event.content)
                sheet = event.item.rpartition("/")[2].rpartition(".")[0].lower()
                sheets.by_name[sheet] = list(_table(event.content, event.item))
            assert not isinstance(event, Unchanged)
            if isinstance(event, Listed):
                break
    cursor = {"digests": digests}
    if digests and digests == before.get("digests"):
        return None, json.dumps(cursor)
    return _checked(sheets, url.rstrip("/").rpartition("/")[2]), json.dumps(cursor)


def _checked(sheets: Sheets, name: str) -> Sheets:
    sheets.by_name = {sheet.strip().lower(): rows for sheet, rows in sheets.by_name.items()}
    if STUDIES not in sheets.by_name:
        raise SourceChanged(
            f"{name} has no sheet `{STUDIES}`; it has {', '.join(sorted(sheets.by_name)) or 'none'}. "
            "`ommatidia harvester template` writes one to fill in."
        )
    return sheets


def _table(content: bytes, name: str) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SourceChanged(f"{name} is not UTF-8 text. Save it as CSV UTF-8.") from error
    first = text.partition("\n")[0]
    delimiter = max("\t;,", key=first.count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        yield from _rows(((number, list(cells)) for number, cells in enumerate(lines, 1)), name)
    except csv.Error as error:
        raise SourceChanged(f"{name} cannot be read as CSV at line {lines.line_num}: {error}.") from error


def _rows(lines: Iterator[tuple[int, list[Any]]], name: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Rows under their headings; lines that begin with # and rows that hold nothing are passed over."""
    header: list[str] = []
    for count, (number, cells) in enumerate(lines):
        if count > MAX_ROWS or len(cells) > MAX_COLUMNS:
            raise SourceChanged(f"{name} has more than {MAX_ROWS:,} rows or {MAX_COLUMNS} columns.")
        texts = [_text(cell, name) for cell in cells]
        if not any(texts) or texts[0].startswith("#"):
            continue
        if not header:
            header = [text.lower() for text in texts]
            named = [text for text in header if text]
            if len(set(named)) != len(named):
                raise SourceChanged(f"{name} repeats a heading: {', '.join(named)[:300]}.")
            continue
        row = {key: text for key, text in zip(header, texts, strict=False) if key and text}
        if any(texts[len(header) :]):
            row["(beyond the headings)"] = " ".join(texts[len(header) :])
        yield number, row


def _text(cell: Any, name: str) -> str:
    """A cell as a person reads it."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    text = str(cell).strip()
    if len(text) > MAX_CELL:
        raise SourceChanged(f"A cell of {name} has {len(text):,} characters; {MAX_CELL:,} are allowed.")
    return text


def _workbook(content: bytes, name: str) -> Iterator[tuple[str, list[tuple[int, dict[str, str]]]]]:
    """The sheets of an XLSX file, which is unpacked only when its parts stay within bounds."""
    from openpyxl import load_workbook

    _check_zip(content, name)
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        found = [
            (sheet.title.strip().lower(), list(_rows(enumerate(map(list, sheet.iter_rows(values_only=True)), 1), name)))
            for sheet in book.worksheets
        ]
        book.close()
    except SourceChanged:
        raise
    except Exception as error:  # openpyxl says what it cannot read in exceptions of many kinds
        raise SourceChanged(f"{name} cannot be read as a workbook ({type(error).__name__}).") from error
    yield from found


def _check_zip(content: bytes, name: str) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            members = packed.infolist()
            total = sum(member.file_size for member in members)
            if len(members) > 1_000 or total > MAX_UNPACKED or total > 200 * max(len(content), 1):
                raise SourceChanged(f"{name} unpacks to {total:,} bytes in {len(members)} parts; that is not read.")
            for member in members:
                if member.filename.endswith((".xml", ".rels")):
                    with packed.open(member) as part:
                        if b"<!DOCTYPE" in part.read(4096):
                            raise SourceChanged(f"{name} holds a DOCTYPE, which is never read.")
    except _BAD_ZIP as error:
        raise SourceChanged(f"{name} is no XLSX file.") from error
