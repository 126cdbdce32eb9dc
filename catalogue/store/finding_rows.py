"""Findings on their way into the books: what stays keeps its row, and with it since when it is known.

Part of catalogue.store.bookwriter.BookWriter; reading them is catalogue.store.issues'.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from catalogue.model.documents import Finding
from catalogue.store import schema

# SQLite before 3.32 takes 999 variables; half of it leaves room.
_IN_LIST = 500

_Document = tuple[str, str]


class _Kept(NamedTuple):
    """A stored finding, as far as telling whether it is noticed again needs."""

    id: int
    item: str
    curie: str | None
    code: str
    path: str
    value: str
    tries: int


class FindingRows:
    """What one transaction says of findings, sent to the database by `flush`.

    A finding is the same as a stored one when document, code, path and value are; of several such the first fit.
    """

    def __init__(self) -> None:
        # document -> curie -> rows; of those in _cleared all that is stored counts as gone, else that of the curies.
        self._wanted: dict[_Document, dict[str | None, list[dict[str, Any]]]] = {}
        self._cleared: dict[_Document, None] = {}

    def replace(
        self,
        source: str,
        item: str,
        curie: str | None,
        findings: Sequence[Finding],
        *,
        owner: str | None,
        run_id: int | None,
        now: str,
    ) -> None:
        """Makes `findings` the ones of one record of a document; `curie` None: of the document as a whole."""
        self._wanted.setdefault((source, item), {})[curie] = [
            {
                "source": source,
                "item": item,
                "curie": curie,
                "code": finding.code,
                "severity": str(finding.severity),
                "path": finding.path,
                "value": finding.value,
                "message": finding.message,
                "run_id": run_id,
                "owner": owner,
                "last_seen": now,
            }
            for finding in findings
        ]

    def clear(self, source: str, item: str) -> None:
        """Forgets all findings of a document but those that are given after this."""
        self._cleared[source, item] = None
        self._wanted.pop((source, item), None)

    def flush(self, connection: Connection) -> None:
        """Writes what was gathered: rows that stay are dated, new ones added, the others deleted."""
        documents: dict[str, list[str]] = defaultdict(list)
        for source, item in dict.fromkeys((*self._cleared, *self._wanted)):
            documents[source].append(item)
        fresh: list[dict[str, Any]] = []
        again: list[dict[str, Any]] = []
        gone: list[int] = []
        for source, items in documents.items():
            stored = _stored(connection, source, items)
            for item in items:
                self._compare((source, item), stored.get(item, []), fresh, again, gone)
        _write(connection, fresh, again, gone)
        self._wanted, self._cleared = {}, {}

    def _compare(
        self,
        document: _Document,
        stored: list[_Kept],
        fresh: list[dict[str, Any]],
        again: list[dict[str, Any]],
        gone: list[int],
    ) -> None:
        wanted = self._wanted.get(document, {})
        left: dict[tuple[str, str, str], list[_Kept]] = defaultdict(list)
        for row in reversed(stored):
            if document in self._cleared or row.curie in wanted:
                left[row.code, row.path, row.value].append(row)
        for values in (row for rows in wanted.values() for row in rows):
            same = left.get((values["code"], values["path"], values["value"]))
            if same:
                kept = same.pop()
                again.append({f"new_{name}": value for name, value in values.items() if name in _CHANGED})
                again[-1] |= {"of_id": kept.id, "new_tries": kept.tries + 1}
            else:
                fresh.append({**values, "first_seen": values["last_seen"], "tries": 1})
        gone.extend(row.id for rows in left.values() for row in rows)


_CHANGED = frozenset({"curie", "severity", "message", "run_id", "owner", "last_seen"})


def _stored(connection: Connection, source: str, items: list[str]) -> dict[str, list[_Kept]]:
    table = schema.finding
    query = select(*(table.c[name] for name in _Kept._fields)).where(table.c.source == source).order_by(table.c.id)
    found: dict[str, list[_Kept]] = defaultdict(list)
    for part in _parts(items):
        for row in connection.execute(query.where(table.c.item.in_(part))):
            kept = _Kept(*row)
            found[kept.item].append(kept)
    return found


def _write(connection: Connection, fresh: list[dict[str, Any]], again: list[dict[str, Any]], gone: list[int]) -> None:
    table = schema.finding
    for part in _parts(gone):
        connection.execute(delete(table).where(table.c.id.in_(part)))
    if again:
        values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in (*_CHANGED, "tries")}
        connection.execute(update(table).where(table.c.id == bindparam("of_id")).values(values), again)
    if fresh:
        connection.execute(insert(table), fresh)


def _parts(values: list[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(values), _IN_LIST):
        yield values[start : start + _IN_LIST]
