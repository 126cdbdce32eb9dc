"""The ledger: what every record ever was, in order; everything else in a node is a view of it.

Writing is catalogue.store.writer's, checking catalogue.store.fsck's. Read DESIGN sections 2 and 3.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final

import structlog
from sqlalchemy import Integer, Select, bindparam, func, select

from catalogue.model.signing import NodeKey
from catalogue.problems import AmbiguousIdentifier, NotFound, RecordRejected, StoreDamaged
from catalogue.store import schema
from catalogue.store.bookkeeping import Bookkeeping, Clock, take_lease
from catalogue.store.books import ItemState, Lease, Quarantined, Run, Source, StoredFinding
from catalogue.store.database import open_engine
from catalogue.store.decisions import Decisions
from catalogue.store.digests import Digests
from catalogue.store.entries import FIRST_SCHEMA_VERSION, GONE, Entry, entry_from, normalised_alias
from catalogue.store.exchange_log import ExchangeLog
from catalogue.store.faults import Fault
from catalogue.store.fsck import find_faults
from catalogue.store.held import HeldReader
from catalogue.store.image_chunks import ChunkFiles
from catalogue.store.image_lists import LIST, ImageLists
from catalogue.store.issues import Issues
from catalogue.store.observations import Observations
from catalogue.store.originals import decompress, digest_of
from catalogue.store.registry import Registry
from catalogue.store.timeline import Timeline
from catalogue.store.usage import UsageBook
from catalogue.store.writer import LedgerWriter

__all__ = [
    "Entry",
    "Fault",
    "ItemState",
    "Lease",
    "Ledger",
    "LedgerWriter",
    "Quarantined",
    "Run",
    "Source",
    "StoredFinding",
]

_IN_LIST = 500
log = structlog.get_logger(__name__)


class Ledger(Bookkeeping, HeldReader):
    """An open ledger; safe to share between threads, not across a fork.

    Args:
        url: `sqlite:////folder/ledger.db` or `postgresql+psycopg://…`.
        clock: gives the present moment, aware.
        create: make the ledger, or bring its tables up to date; False refuses to do either.
        read_only: refuse to write; any number of processes may read while another writes.
        chunks: folder of the chunks of image lists; None means `chunks` beside the SQLite file.
        key: of this node, with which it signs what it writes, or what gives it as it is now; without one its entries
            cannot be exchanged.
        on_rewrite: called before and after a transaction commits that changes what views have passed (a payload that
            came later, entries that count no longer), so that they are made anew.
    Raises:
        SettingsInvalid: the URL names another engine.
        NotFound: there is no ledger and it may not be made.
        Conflict: the ledger belongs to another version of this software.
    """

    def __init__(
        self,
        url: str,
        clock: Clock,
        *,
        create: bool = True,
        read_only: bool = False,
        chunks: Path | None = None,
        key: NodeKey | Callable[[], NodeKey | None] | None = None,
        on_rewrite: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(open_engine(url, create=create, read_only=read_only), clock)
        self._key = key
        self._on_rewrite = on_rewrite
        database = Path(self.engine.url.database or "")
        self.image_lists = ImageLists(self.engine, ChunkFiles(chunks or database.parent / "chunks"), self._entries)

    @property
    def key(self) -> NodeKey | None:
        """The key of this node."""
        return self._key if self._key is None or isinstance(self._key, NodeKey) else self._key()

    @key.setter
    def key(self, key: NodeKey | None) -> None:
        self._key = key

    @property
    def issues(self) -> Issues:
        """What is refused and what was noticed, as partners are told."""
        return Issues(self.engine)

    @property
    def timeline(self) -> Timeline:
        """The log by position and time."""
        return Timeline(self.engine, self.clock, self._entries)

    @property
    def decisions(self) -> Decisions:
        """What curators decided about records of one study."""
        return Decisions(self.engine, self._write_engine, self.clock)

    @property
    def observations(self) -> Observations:
        """What live checks saw."""
        return Observations(self.engine, self._write_engine, self.clock)

    @property
    def usage(self) -> UsageBook:
        """How often records are used."""
        return UsageBook(self.engine, self._write_engine, self.clock)

    @property
    def log(self) -> ExchangeLog:
        """The log as members exchange it."""
        return ExchangeLog(self.engine, self._entries)

    @property
    def digests(self) -> Digests:
        """Digests of what is here, by owner and bucket."""
        return Digests(self.engine)

    @property
    def registry(self) -> Registry:
        """Members, who writes what, and alarms."""
        return Registry(self.engine, self._write_engine, self.clock)

    def sign_log(self) -> int:
        """Number of entries signed now, which this node wrote before it had a key.

        Owners that another node writes are left as they are.
        """
        if self.key is None:
            return 0
        unsigned = select(schema.entry.c.owner).outerjoin(
            schema.log_entry, schema.log_entry.c.position == schema.entry.c.position
        )
        with self.engine.connect() as connection:
            owners = connection.scalars(unsigned.where(schema.log_entry.c.position.is_(None)).distinct()).all()
        count = 0
        for owner in sorted(owners):
            try:
                with self.transaction() as writer:
                    count += writer.sign_log(owner)
            except RecordRejected as rejection:
                log.warning("ledger.not_signed", owner=owner, detail=rejection.detail)
        return count

    def close(self) -> None:
        """Gives back every connection."""
        self.engine.dispose()

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    @contextmanager
    def transaction(self, lease: Lease | None = None, ttl_s: float = 60.0) -> Iterator[LedgerWriter]:
        """A writer whose work is durable when the block ends well, and never happened when it raises.

        Args:
            lease: refuse to commit unless this lease is still held; it is prolonged to `ttl_s` seconds from now.
        Raises:
            Locked: another process kept writing for half a minute, or the lease was lost.
        """
        with self._write_engine.begin() as connection:
            if lease is not None:
                now = self.clock()
                prolonged = Lease(lease.name, lease.holder, now + timedelta(seconds=ttl_s))
                take_lease(connection, prolonged, now, must_hold=True)
            writer = LedgerWriter(connection, self.clock, self.key)
            try:
                yield writer
                writer.flush()
                writer.settle_digests()
                if writer.rewritten:
                    # Before the commit, so that no crash hides it, and after it, when views see what changed.
                    self._on_rewrite()
            finally:
                writer.close()
        if writer.rewritten:
            self._on_rewrite()
        if writer.dropped_chunks:
            # Withdrawn rows go at once; a crash before this leaves them to `fsck --repair`.
            for digest in writer.dropped_chunks - self.image_lists.named():
                self.image_lists.files.remove(digest)

    def entries(self, after: int = 0, limit: int = 1000) -> list[Entry]:
        """Entries with a position above `after`, in position order.

        Raises:
            StoreDamaged: an entry does not fit its digests.
        """
        table = schema.entry
        return self._entries(select(table).where(table.c.position > after).order_by(table.c.position).limit(limit))

    def history(self, curie: str, limit: int = 1000) -> list[Entry]:
        """The versions of one record, oldest first."""
        table = schema.entry
        return self._entries(select(table).where(table.c.curie == curie).order_by(table.c.position).limit(limit))

    def head(self, curie: str) -> Entry | None:
        """The newest version of `curie`, tombstones included; None when it was never recorded.

        An image that has no entry of its own is looked for in the image lists.
        """
        found = self._entries(_HEAD, curie=curie)
        return found[0] if found else self.image_lists.find(curie)

    def find_heads(self, curies: Iterable[str]) -> dict[str, Entry]:
        """Curie -> newest version, of those of `curies` that were ever recorded."""
        wanted = list(dict.fromkeys(curies))
        found: dict[str, Entry] = {}
        for start in range(0, len(wanted), _IN_LIST):
            query = _heads().where(schema.head.c.curie.in_(wanted[start : start + _IN_LIST]))
            found |= {entry.curie: entry for entry in self._entries(query)}
        return found

    def heads(
        self, kind: str | None = None, status: str | None = None, after_curie: str = "", limit: int = 1000
    ) -> list[Entry]:
        """Newest versions by curie, those above `after_curie`; None asks for every kind or status."""
        query = _heads().where(schema.head.c.curie > after_curie)
        if kind is not None:
            query = query.where(schema.head.c.kind == kind)
        if status is not None:
            query = query.where(schema.head.c.status == status)
        if status == "public":
            query = query.where(schema.head.c.whole == 1)
        return self._entries(query.order_by(schema.head.c.curie).limit(limit))

    def public_studies(self) -> dict[str, int]:
        """CURIE -> position of the newest version, for every public study, by CURIE."""
        table = schema.head
        query = select(table.c.curie, table.c.position).order_by(table.c.curie)
        query = query.where(table.c.kind == "study", table.c.status == "public", table.c.whole == 1)
        with self.engine.connect() as connection:
            return {curie: position for curie, position in connection.execute(query)}

    def children(
        self, curie: str, after_curie: str = "", limit: int = 100, *, status: str | None = "public"
    ) -> list[Entry]:
        """Newest versions of the records whose parent is `curie`, by curie; None asks for every status."""
        return self._entries(_children(status), above=curie, after=after_curie, most=limit)

    def count_children(self, curie: str, *, status: str | None = "public") -> int:
        """Number of images with entries of their own whose study is `curie`; None counts every status."""
        query = select(func.count()).select_from(schema.head).where(schema.head.c.parent == curie)
        query = query.where(schema.head.c.kind == "image")
        if status is not None:
            query = query.where(schema.head.c.status == status)
        if status == "public":
            query = query.where(schema.head.c.whole == 1)
        with self.engine.connect() as connection:
            return connection.scalar(query) or 0

    def find_alias(self, text: str) -> str | None:
        """The curie that `text` is another name of; None when it is nobody's.

        A name that newest versions claim belongs to them; one that only older versions claimed still leads to its
        record.

        Raises:
            AmbiguousIdentifier: several records claim it; `candidates` lists their curies.
        """
        with self.engine.connect() as connection:
            rows = connection.execute(_CLAIMS, {"name": normalised_alias(text)}).all()
        claimants = [curie for curie, current in rows if current] or [curie for curie, _ in rows]
        if len(claimants) > 1:
            raise AmbiguousIdentifier(
                f"{text.strip()} is a name of {len(claimants)} records: {', '.join(claimants)}. Ask for one of them.",
                candidates=claimants,
            )
        return claimants[0] if claimants else None

    def last_position(self) -> int:
        """Position of the newest entry; 0 in an empty ledger."""
        with self.engine.connect() as connection:
            return connection.scalar(select(func.max(schema.entry.c.position))) or 0

    def counts(self) -> dict[str, Any]:
        """Numbers of records as they are now, images of lists included.

        Returns:
            `studies` and `images` (public), `withdrawn` (of both kinds, also replaced ones), `entries` (versions),
            and `owners`: owner prefix -> the same without `entries`.
        """
        table = schema.head
        query = select(table.c.owner, table.c.kind, table.c.status, func.count())
        # What came without its payload is served nowhere; a tombstone says enough without.
        query = query.where((table.c.whole == 1) | table.c.status.in_(sorted(GONE)))
        owners: dict[str, dict[str, int]] = {}
        with self.engine.connect() as connection:
            rows = connection.execute(query.group_by(table.c.owner, table.c.kind, table.c.status)).all()
            entries = connection.scalar(select(func.max(schema.entry.c.position))) or 0
        listed = self.image_lists.counts()
        for owner, kind, status, count in sorted(rows):
            if kind == LIST:
                continue
            of_owner = owners.setdefault(owner, {"studies": 0, "images": 0, "withdrawn": 0})
            if status in GONE:
                of_owner["withdrawn"] += count
            elif status == "public":
                of_owner["studies" if kind == "study" else "images"] += count
        for owner, (images, withdrawn) in listed.items():
            of_owner = owners.setdefault(owner, {"studies": 0, "images": 0, "withdrawn": 0})
            of_owner["images"] += images
            of_owner["withdrawn"] += withdrawn
        totals = {name: sum(o[name] for o in owners.values()) for name in ("studies", "images", "withdrawn")}
        return {**totals, "entries": entries, "owners": owners}

    def schema_versions(self) -> dict[str, int]:
        """Version of the model -> public records whose newest version was written under it, by version."""
        entry, head = schema.entry.c, schema.head.c
        query = select(entry.schema_version, func.count()).join(schema.head, head.position == entry.position)
        query = query.where(head.kind != LIST)
        with self.engine.connect() as connection:
            rows = connection.execute(
                query.where(head.status == "public", head.whole == 1).group_by(entry.schema_version)
            ).all()
        found: dict[str, int] = {}
        for version, count in rows:
            found[version or FIRST_SCHEMA_VERSION] = found.get(version or FIRST_SCHEMA_VERSION, 0) + count
        return dict(sorted(found.items()))

    def original(self, digest: str) -> bytes:
        """The partner's bytes called `digest`.

        Raises:
            NotFound: they are not kept.
            StoreDamaged: they no longer fit their digest.
        """
        with self.engine.connect() as connection:
            frame = connection.scalar(select(schema.original.c.content).where(schema.original.c.digest == digest))
        if frame is None:
            raise NotFound(f"No original is kept under the digest {digest}.")
        if not frame:
            raise NotFound(f"The original {digest} went with the withdrawn records that came from it.")
        content = decompress(frame)
        if digest_of(content) != digest:
            raise StoreDamaged(f"Original {digest} does not fit its digest; it is not served. Run `ommatidia fsck`.")
        return content

    def fsck(self) -> Iterator[Fault]:
        """Every fault in what is stored, see catalogue.store.fsck; nothing when all is well."""
        return find_faults(self.engine, self.image_lists.files)

    def _entries(self, query: Select[Any], **values: Any) -> list[Entry]:
        with self.engine.connect() as connection:
            found = connection.execute(query, values)
            names = list(found.keys())
            return [entry_from(dict(zip(names, row, strict=True))) for row in found]


def _heads() -> Select[Any]:
    return select(schema.entry).join(schema.head, schema.head.c.position == schema.entry.c.position)


# Made once: putting a statement together takes as long as having it answered, and pages look up dozens of names.
_HEAD: Final = _heads().where(schema.head.c.curie == bindparam("curie"))
_CLAIMS: Final = (
    select(schema.alias.c.curie, schema.alias.c.position == schema.head.c.position)
    .join(schema.head, schema.head.c.curie == schema.alias.c.curie)
    .where(schema.alias.c.alias == bindparam("name"))
    .order_by(schema.alias.c.curie)
)


@cache
def _children(status: str | None) -> Select[Any]:
    query = _heads().where(schema.head.c.parent == bindparam("above"), schema.head.c.curie > bindparam("after"))
    if status is not None:
        query = query.where(schema.head.c.status == status)
    if status == "public":
        query = query.where(schema.head.c.whole == 1)
    return query.order_by(schema.head.c.curie).limit(bindparam("most", type_=Integer))
