"""One state of the ledger, held while it is read at length: what others write meanwhile is not seen.

Chunk files lie outside: one that was withdrawn meanwhile is gone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn, cast

from sqlalchemy import Connection, func, select

from catalogue.store import schema
from catalogue.store.entries import GONE
from catalogue.store.image_lists import ImageLists
from catalogue.store.ledger import Ledger


class Snapshot(Ledger):
    """A ledger that stands still; for one thread, and for reading only.

    Args:
        of: the ledger.
        connection: in a transaction that sees one state.
    """

    def __init__(self, of: Ledger, connection: Connection) -> None:
        self.engine = self._write_engine = cast(Any, _Pinned(connection))
        self.clock = of.clock
        self.key = of.key
        self.image_lists = ImageLists(self.engine, of.image_lists.files, self._entries)

    def gone(self, curies: Iterable[str]) -> set[str]:
        """Those of some records that are withdrawn or replaced now; not more than a few hundred are asked for."""
        head = schema.head.c
        query = select(head.curie).where(head.curie.in_(sorted(set(curies))), head.status.in_(sorted(GONE)))
        with self.engine.connect() as connection:
            return set(connection.scalars(query))

    def images_by_study(self) -> dict[str, int]:
        """Study -> images with entries of their own that are shown, of studies that have some."""
        head = schema.head.c
        query = select(head.parent, func.count()).where(head.kind == "image", head.status == "public", head.whole == 1)
        with self.engine.connect() as connection:
            rows = connection.execute(query.where(head.parent.is_not(None)).group_by(head.parent))
            return {str(study): number for study, number in rows}

    def close(self) -> None:
        """Nothing: the connection is given back where it was taken."""


class _Pinned:
    """Stands in the place of an engine; every connection that it gives is the one it holds."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.dialect = connection.dialect

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        yield self._connection

    def begin(self) -> NoReturn:
        raise RuntimeError("a snapshot of the ledger is read-only")

    def execution_options(self, **_options: Any) -> _Pinned:
        return self


@contextmanager
def snapshot(ledger: Ledger) -> Iterator[Snapshot]:
    """The ledger as it is now, until the block ends; others go on writing."""
    with ledger.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
        # The state is that of the first reading.
        connection.execute(select(func.max(schema.entry.c.position)))
        yield Snapshot(ledger, connection)


def last_withdrawal(ledger: Ledger) -> int:
    """Position of the newest entry since which something that older copies hold may not be shown any more; else 0."""
    entry, lists = schema.entry.c, schema.image_list.c
    gone = select(entry.position).where(entry.action == "delete").order_by(entry.position.desc()).limit(1)
    with ledger.engine.connect() as connection:
        records = connection.scalar(gone) or 0
        # Which version of a list lost an image is not kept: the newest one stands for it.
        images = connection.scalar(select(func.max(lists.position)).where(lists.withdrawn > 0)) or 0
    return max(records, images)
