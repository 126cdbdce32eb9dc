"""Lists of an archive's entries: accessions, with what the list says of each one's state.

For APIs that answer for one accession at a time (EMPIAR, EMDB); which list to ask is the operator's choice.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from catalogue.problems import RecordRejected, SourceChanged, SourceUnavailable
from harvesters.http import Fetcher
from harvesters.items import Item
from harvesters.jsonbytes import parse_json

MAX_PAGES: Final = 1_000
_MAX_LIST_BYTES: Final = 32 << 20
_NAMES: Final = ("id", "accession", "accession_id", "entry_id", "emdb_id")


def list_entries(fetcher: Fetcher, address: str, stem: str) -> Iterator[tuple[str, str]]:
    """(accession, version) of every entry that a JSON list names.

    Understands a list of accessions or of objects, and pages of EBI Search (`entries`, `hitCount`, read on by `start`).
    The version is all that the list says of an entry, so that an `update_date` in it spares reading the entry.

    Args:
        stem: what accessions begin with, such as `EMPIAR-`; a list may leave it out.
    Raises:
        SourceUnavailable: a page cannot be had.
        SourceChanged: a page is no such list, or repeats one that was read.
    """
    seen: set[str] = set()
    start = 0
    for _ in range(MAX_PAGES):
        answer = fetcher.get(_page(address, start) if start else address, max_bytes=_MAX_LIST_BYTES)
        if answer.status != 200:
            raise SourceUnavailable(f"The list of entries answers {answer.status}; nothing counts as removed.")
        try:
            value = parse_json(answer.content, max_bytes=_MAX_LIST_BYTES).value
        except RecordRejected as error:
            raise SourceChanged(f"The list of entries is no JSON: {error.detail}") from error
        total = value.get("hitCount") if type(value) is dict else None
        rows = value.get("entries") if type(value) is dict else value
        if type(rows) is not list:
            raise SourceChanged("The list of entries is neither a JSON list nor a page of EBI Search.")
        fresh = [(name, state) for name, state in (_row(row, stem) for row in rows) if name not in seen]
        seen.update(name for name, _ in fresh)
        yield from fresh
        start += len(rows)
        if type(total) is not int or start >= total:
            if type(total) is int and len(seen) < total:
                raise SourceUnavailable(f"The list gave {len(seen)} of {total} entries; it changed while it was read.")
            return
        if not fresh:
            raise SourceChanged(f"The list says {total} entries and repeats itself after {len(seen)}.")
    raise SourceChanged(f"The list of entries has more than {MAX_PAGES:,} pages. Ask for larger ones.")


def _row(row: Any, stem: str) -> tuple[str, str]:
    name = row if type(row) is str else None
    if type(row) is dict:
        name = next((row[key] for key in _NAMES if type(row.get(key)) is str), None)
    if not name:
        raise SourceChanged(f"The list of entries holds {str(row)[:100]!r}, which names none.")
    number = name.strip().upper().removeprefix(stem)
    state = json.dumps(row, sort_keys=True) if type(row) is dict and len(row) > 1 else ""
    return f"{stem}{number}", hashlib.sha256(state.encode()).hexdigest() if state else ""


def _page(address: str, start: int) -> str:
    parts = urlsplit(address)
    query = [(key, value) for key, value in parse_qsl(parts.query, keep_blank_values=True) if key != "start"]
    return urlunsplit(parts._replace(query=urlencode([*query, ("start", str(start))])))


def items_of(entries: Iterator[tuple[str, str]], address: str, strip: str = "") -> Iterator[Item]:
    """What is to be read of an API, entry by entry.

    Args:
        address: what an accession is put behind.
        strip: what its addresses leave out of accessions.
    """
    for name, version in entries:
        yield Item(name, f"{address}{name.removeprefix(strip)}", version)


def is_entry_api(location: str) -> bool:
    """Whether a location is an API that answers for one accession behind `/api/entry/`."""
    return location.lower().startswith(("http://", "https://")) and urlsplit(location).path.endswith("/api/entry/")
