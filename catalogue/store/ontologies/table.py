"""The terms of one ontology in a SQLite file: written once at installation, then only read.

A file, not a dict: NCBITaxon's 2.5 million terms would take gigabytes of every process that harvests or publishes.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Final

from catalogue.store.ontologies.term import Scope, Term, folded, prefix_of

# Rises when tables or what is kept of a term change; a file of another form is installed anew by its operator.
FORM: Final = 1
CACHED_TERMS: Final = 20_000
# One file may hold this many terms; NCBITaxon has 2.7 million (2025).
MAX_TERMS: Final = 6_000_000
_BATCH: Final = 2_000

_TABLES: Final = """
create table fact (name text primary key, value text not null) without rowid;
create table prefix (name text primary key, terms integer not null) without rowid;
create table term (
    id integer primary key, curie text not null unique, label text not null, definition text not null,
    obsolete integer not null, class integer not null);
create table synonym (
    term integer not null, scope integer not null, text text not null, primary key (term, scope, text)) without rowid;
create table link (
    term integer not null, kind integer not null, target text not null, primary key (term, kind, target)) without rowid;
create table called (folded text not null, term integer not null, primary key (folded, term)) without rowid;
"""
_PARENT, _REPLACED_BY, _CONSIDER = range(3)
# What is left of things that are no classes, and of classes that nothing can be said of: a name, or what replaced it.
_USELESS: Final = """
class = 0 or (label = '' and not (obsolete and exists (select 1 from link where link.term = term.id and kind = 1)))
"""


def write_table(connection: sqlite3.Connection, terms: Iterable[Term]) -> int:
    """Number of terms written to the empty database; pieces of one term are put together.

    Raises:
        ValueError: more than MAX_TERMS terms.
    """
    connection.executescript(_TABLES)
    with connection:
        _write(connection, terms)
        _clean(connection)
        count: int = connection.execute("select count(*) from term").fetchone()[0]
        connection.executemany("insert into fact values (?, ?)", [("form", str(FORM)), ("terms", str(count))])
    return count


def note_facts(connection: sqlite3.Connection, facts: dict[str, str]) -> None:
    """Keep facts about the file, such as its digest."""
    with connection:
        connection.executemany("insert or replace into fact values (?, ?)", facts.items())


def _write(connection: sqlite3.Connection, terms: Iterable[Term]) -> None:
    synonyms: list[tuple[int, int, str]] = []
    links: list[tuple[int, int, str]] = []
    for count, term in enumerate(terms):
        row = _row(connection, term)
        if row > MAX_TERMS:
            raise ValueError(f"it has more than {MAX_TERMS} terms; install a subset")
        synonyms.extend((row, scope, text) for scope, texts in term.synonyms.items() for text in texts)
        links.extend(
            (row, kind, other)
            for kind, others in enumerate((term.parents, term.replaced_by, term.consider))
            for other in others
        )
        if count % _BATCH == 0:
            _send(connection, synonyms, links)
    _send(connection, synonyms, links)


def _row(connection: sqlite3.Connection, term: Term) -> int:
    """The row of the term, made or completed."""
    values = (term.label, term.definition, term.obsolete, term.is_class, term.curie)
    done = connection.execute(
        "insert or ignore into term (label, definition, obsolete, class, curie) values (?, ?, ?, ?, ?)", values
    )
    if done.rowcount == 1 and done.lastrowid is not None:
        return done.lastrowid
    connection.execute(
        "update term set label = case label when '' then ? else label end, "
        "definition = case definition when '' then ? else definition end, "
        "obsolete = max(obsolete, ?), class = max(class, ?) where curie = ?",
        values,
    )
    row: int = connection.execute("select id from term where curie = ?", (term.curie,)).fetchone()[0]
    return row


def _send(
    connection: sqlite3.Connection, synonyms: list[tuple[int, int, str]], links: list[tuple[int, int, str]]
) -> None:
    connection.executemany("insert or ignore into synonym values (?, ?, ?)", synonyms)
    connection.executemany("insert or ignore into link values (?, ?, ?)", links)
    synonyms.clear()
    links.clear()


def _clean(connection: sqlite3.Connection) -> None:
    """Drop what is no term, then note what terms are called and how many each prefix has."""
    connection.create_function("folded", 1, folded, deterministic=True)
    connection.execute(f"delete from term where {_USELESS}")  # noqa: S608 - ours
    for table in ("synonym", "link"):
        connection.execute(f"delete from {table} where term not in (select id from term)")  # noqa: S608 - ours
    connection.execute("delete from synonym where text = (select label from term where id = term)")
    connection.execute(
        "insert or ignore into called select folded(label) as name, id from term where label <> '' "
        "union all select folded(text), term from synonym where scope = ? order by name",
        (Scope.EXACT,),
    )
    connection.create_function("prefix_of", 1, prefix_of, deterministic=True)
    connection.execute(
        "insert into prefix select prefix_of(curie) as name, count(*) from term where label <> '' group by name"
    )


class TermTable:
    """The terms of one ontology, read by CURIE or by label; safe to share between threads.

    Args:
        connection: to a database that `write_table` filled.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._lock = threading.Lock()
        self.facts: dict[str, str] = dict(self._rows("select name, value from fact"))
        self.prefixes: dict[str, int] = dict(self._rows("select name, terms from prefix"))
        self.find = lru_cache(maxsize=CACHED_TERMS)(self._find)

    @classmethod
    def open(cls, path: Path) -> TermTable:
        """The table in an installed file.

        Raises:
            sqlite3.Error: it is damaged or no such file.
        """
        uri = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
        return cls(sqlite3.connect(uri, uri=True, check_same_thread=False))

    @classmethod
    def of(cls, terms: Iterable[Term]) -> TermTable:
        """A table in memory."""
        connection = sqlite3.connect(":memory:", check_same_thread=False)
        write_table(connection, terms)
        return cls(connection)

    def close(self) -> None:
        """Give up the file."""
        self._connection.close()

    def __len__(self) -> int:
        return int(self.facts["terms"])

    def __iter__(self) -> Iterator[Term]:
        """All terms, by CURIE."""
        last = ""
        while rows := self._rows("select curie from term where curie > ? order by curie limit ?", last, _BATCH):
            last = rows[-1][0]
            for (curie,) in rows:
                found = self._find(curie)
                if found is not None:
                    yield found

    def named(self, text: str) -> list[str]:
        """CURIEs of the terms of which `text` is the label or an exact synonym, as folded."""
        rows = self._rows("select curie from called join term on id = term where folded = ?", folded(text))
        return sorted(curie for (curie,) in rows)

    def names(self) -> Iterator[tuple[str, int, str]]:
        """(CURIE, scope or 0 for the label, text) of every name of every term."""
        last = 0
        while rows := self._rows("select id, curie, label from term where id > ? order by id limit ?", last, _BATCH):
            first, last = rows[0][0], rows[-1][0]
            curies = {row: curie for row, curie, _ in rows}
            yield from ((curie, 0, label) for _, curie, label in rows if label)
            found = self._rows("select term, scope, text from synonym where term between ? and ?", first, last)
            yield from ((curies[row], scope, text) for row, scope, text in found)

    def _find(self, curie: str) -> Term | None:
        rows = self._rows("select id, label, definition, obsolete from term where curie = ?", curie)
        if not rows:
            return None
        row, label, definition, obsolete = rows[0]
        term = Term(curie, label, definition=definition, obsolete=bool(obsolete), is_class=True)
        for scope, text in self._rows("select scope, text from synonym where term = ?", row):
            term.synonyms.setdefault(Scope(scope), []).append(text)
        members = {_PARENT: term.parents, _REPLACED_BY: term.replaced_by, _CONSIDER: term.consider}
        for kind, target in self._rows("select kind, target from link where term = ?", row):
            members[kind].append(target)
        return term

    def _rows(self, query: str, *values: str | int) -> list[tuple]:  # type: ignore[type-arg]
        with self._lock:
            return self._connection.execute(query, values).fetchall()
