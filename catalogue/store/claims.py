"""What records say of each other's identity, gathered from the ledger in a file of its own: a view like any other.

What follows from it is catalogue.resolver.identities'; rule R25 of federation.md.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from catalogue.model.identity_claims import Claim, ClaimKind, claims_of

if TYPE_CHECKING:
    from catalogue.store.entries import Entry

# Rises when tables or what is read out of records change; a file of another form is made anew.
FORM: Final = 1
FILE: Final = "claims.db"
_WAIT_S: Final = 10.0
_IN_LIST: Final = 500

_TABLES: Final = """
create table fact (name text primary key, value text not null) without rowid;
create table study (curie text primary key, owner text not null, title text not null, published text not null)
    without rowid;
create table claim (
    curie text not null, kind text not null, target text not null, detail text not null, stated_by text not null,
    stated_on text not null, relation text not null, evidence text not null);
create index claim_curie on claim (curie, kind);
create index claim_target on claim (kind, target, curie);
"""


@dataclass(frozen=True, slots=True)
class Stated:
    """A claim and the record that makes it."""

    curie: str
    claim: Claim


@dataclass(frozen=True, slots=True)
class StudyLine:
    """As much of a public study as a list of twins shows; `published` is "" when the date is not told."""

    curie: str
    owner: str
    title: str
    published: str


class ClaimsView:
    """The view; one writer, who holds the lock of the views.

    Args:
        folder: made when it is not there; holds the file and, while it is made anew, the new one beside it.
    """

    name = "identity"
    stale = False

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._file = folder / FILE
        self._new = folder / f"{FILE}.new"
        self._new.unlink(missing_ok=True)
        self.rebuilding = False
        if _form(self._file) == FORM:
            self._connection = _connect(self._file)
        else:
            self.reset()

    def position(self) -> int:
        """Ledger position that the file reflects."""
        return int(_fact(self._connection, "position") or 0)

    def entry_hash(self) -> str:
        """Hash of the ledger entry at that position."""
        return _fact(self._connection, "entry_hash") or ""

    def apply(self, entries: Sequence[Entry]) -> None:
        """Replaces what the studies among the entries say; only public ones say anything."""
        position = self.position()
        last = {entry.curie: entry for entry in entries if entry.position > position}
        if not last:
            return
        studies = [entry for entry in last.values() if entry.kind == "study"]
        with self._connection as connection:
            connection.execute("begin")
            gone = [(entry.curie,) for entry in studies]
            connection.executemany("delete from claim where curie = ?", gone)
            connection.executemany("delete from study where curie = ?", gone)
            for entry in studies:
                if entry.status == "public":
                    _insert(connection, entry.curie, entry.owner, entry.record)
            newest = entries[-1]
            facts = [("position", str(newest.position)), ("entry_hash", newest.entry_hash)]
            if studies:
                facts.append(("changed", f"{newest.position}/{newest.entry_hash}"))
            connection.executemany("insert or replace into fact values (?, ?)", facts)

    def publish(self) -> None:
        """Puts a file that was made anew in the place of the old one; else readers see every commit."""
        if self.rebuilding:
            self._connection.close()
            # A journal that a killed writer left of the old file would be rolled back into the new one.
            self._file.unlink(missing_ok=True)
            self._file.with_name(f"{FILE}-journal").unlink(missing_ok=True)
            self._new.replace(self._file)
            self._connection = _connect(self._file)
            self.rebuilding = False

    def tidy(self) -> None:
        """Nothing: the file stays in order by itself."""

    def reset(self) -> None:
        """Begins an empty file beside the old one."""
        if hasattr(self, "_connection"):
            self._connection.close()
        self._new.unlink(missing_ok=True)
        self._connection = _connect(self._new)
        self._connection.executescript(_TABLES)
        self._connection.execute("insert into fact values ('form', ?)", (str(FORM),))
        self.rebuilding = True

    def close(self) -> None:
        """Gives up the file."""
        self._connection.close()


class Claims:
    """Reads the file of a ClaimsView, which another process may write.

    Args:
        folder: of the view; there may be nothing in it yet, which reads as no claims at all.
    """

    def __init__(self, folder: Path) -> None:
        self._file = folder / FILE

    def state(self) -> str:
        """Changes whenever studies do, images aside; "" while there is none."""
        with self._reading() as connection:
            return "" if connection is None else _fact(connection, "changed") or ""

    def of(self, curies: Iterable[str], kinds: Iterable[ClaimKind]) -> list[Stated]:
        """Claims that these records make."""
        return self._claims("curie", curies, kinds)

    def about(self, targets: Iterable[str], kinds: Iterable[ClaimKind]) -> list[Stated]:
        """Claims with these targets, whoever makes them."""
        return self._claims("target", targets, kinds)

    def every(self, kind: ClaimKind) -> list[Stated]:
        """All claims of a kind whose target another record claims too or, for names of records, is a public study."""
        shared = "(select 1 from claim other where other.kind = claim.kind and other.target = claim.target "
        shared += "and other.curie <> claim.curie)"
        known = "(select 1 from study where study.curie = claim.target)"
        condition = known if kind in (ClaimKind.STATED, ClaimKind.ENTRY) else shared
        query = f"select * from claim where kind = ? and exists {condition} order by curie, target, detail"  # noqa: S608
        with self._reading() as connection:
            rows = () if connection is None else connection.execute(query, (kind,)).fetchall()
        return [_stated(row) for row in rows]

    def studies(self, curies: Iterable[str]) -> dict[str, StudyLine]:
        """CURIE -> line, of those that are public studies here."""
        found: dict[str, StudyLine] = {}
        with self._reading() as connection:
            if connection is None:
                return found
            for part in _parts(curies):
                query = f"select * from study where curie in ({_marks(part)})"  # noqa: S608
                found |= {row[0]: StudyLine(*row) for row in connection.execute(query, part)}
        return found

    def _claims(self, column: str, values: Iterable[str], kinds: Iterable[ClaimKind]) -> list[Stated]:
        chosen = list(kinds)
        found: list[Stated] = []
        with self._reading() as connection:
            if connection is None:
                return found
            for part in _parts(values):
                query = f"select * from claim where kind in ({_marks(chosen)}) and {column} in ({_marks(part)})"  # noqa: S608
                found += [_stated(row) for row in connection.execute(f"{query} order by rowid", [*chosen, *part])]
        return found

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection | None]:
        if _form(self._file) != FORM:
            yield None
            return
        with closing(_connect(self._file, read_only=True)) as connection:
            yield connection


def _connect(file: Path, *, read_only: bool = False) -> sqlite3.Connection:
    address = f"{file.absolute().as_uri()}?mode={'ro' if read_only else 'rwc'}"
    # The worker's threads take turns; a rollback journal lets the file be moved as a whole.
    return sqlite3.connect(address, uri=True, timeout=_WAIT_S, isolation_level=None, check_same_thread=False)


def _form(file: Path) -> int | None:
    """The form in which a file is written; None for one that is not there or is none of ours."""
    if not file.exists():
        return None
    try:
        with closing(_connect(file, read_only=True)) as connection:
            return int(_fact(connection, "form") or 0)
    except (sqlite3.DatabaseError, ValueError):
        return None


def _fact(connection: sqlite3.Connection, name: str) -> str | None:
    row = connection.execute("select value from fact where name = ?", (name,)).fetchone()
    return None if row is None else str(row[0])


def _insert(connection: sqlite3.Connection, curie: str, owner: str, record: dict[str, Any]) -> None:
    title, published = record.get("title", ""), record.get("date_published", "")
    connection.execute("insert into study values (?, ?, ?, ?)", (curie, owner, title, published))
    rows = [
        (curie, c.kind, c.target, c.detail, c.stated_by, c.stated_on, c.relation, c.evidence) for c in claims_of(record)
    ]
    connection.executemany("insert into claim values (?, ?, ?, ?, ?, ?, ?, ?)", rows)


def _stated(row: tuple[str, ...]) -> Stated:
    curie, kind, *rest = row
    return Stated(curie, Claim(ClaimKind(kind), *rest))


def _parts(values: Iterable[str]) -> Iterator[list[str]]:
    wanted = list(dict.fromkeys(values))
    for start in range(0, len(wanted), _IN_LIST):
        yield wanted[start : start + _IN_LIST]


def _marks(values: Sequence[str]) -> str:
    return ", ".join("?" * len(values))
