"""What partners must hear of their records: refused documents first, then findings, page by page.

Reads the books only; nothing here loads a set whole. Rules R19 and R20 of federation.md.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Engine, Select, Table, and_, false, func, or_, select, true, tuple_

from catalogue.model.documents import Severity
from catalogue.store import schema
from catalogue.store.bookkeeping import quarantined_document, stored_finding
from catalogue.store.books import Quarantined, StoredFinding

REJECTED: Final = str(Severity.REJECTED)
# Gravest first.
SEVERITIES: Final = (REJECTED, str(Severity.WARNING), str(Severity.REPAIRED), str(Severity.INFO))
# Faults of one refused document that are shown; its detail says what else there is.
MAX_FAULTS: Final = 20
_PAGE: Final = 2_000


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose issues: a source's, an owner's, or either's where one name means both; neither means everybody's.

    Args:
        without: sources that are left out.
        both: source and owner must fit, not one of them.
    """

    source: str | None = None
    owner: str | None = None
    without: tuple[str, ...] = ()
    both: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which issues of a scope; "" and None leave a field open.

    Args:
        severity: one of SEVERITIES.
        reason: of a quarantine, so that only refused documents fit.
        code: of a finding, so that only findings fit.
        text: that document, record, field, value or message contain, in any case.
        name: of the record or the document, whole.
        findings_only: no refused documents.
    """

    severity: str = ""
    reason: str = ""
    code: str = ""
    text: str = ""
    name: str = ""
    findings_only: bool = False


@dataclass(frozen=True, slots=True)
class Issue:
    """A refused document, or one finding about an accepted one.

    Args:
        refused: None for a finding.
        finding: None for a refused document.
        faults: fields of a refused document that keep it out, where they were told apart.
    """

    refused: Quarantined | None = None
    finding: StoredFinding | None = None
    faults: tuple[StoredFinding, ...] = ()
    place: tuple[str | int, ...] = field(default=(), compare=False)

    @property
    def severity(self) -> str:
        """One of SEVERITIES."""
        return REJECTED if self.finding is None else self.finding.severity

    @property
    def code(self) -> str:
        """The reason of the quarantine, or the code of the finding."""
        return self.refused.reason if self.refused is not None else self._found.code

    @property
    def source(self) -> str:
        """Name of the source."""
        return self.refused.source if self.refused is not None else self._found.source

    @property
    def item(self) -> str:
        """Name of the document within its source."""
        return self.refused.item if self.refused is not None else self._found.item

    @property
    def owner(self) -> str | None:
        """Prefix of whose it is, where that is known."""
        return self.refused.owner if self.refused is not None else self._found.owner

    @property
    def curie(self) -> str | None:
        """The record, where it is known."""
        return self.refused.identifier or None if self.refused is not None else self._found.curie

    @property
    def message(self) -> str:
        """What is wrong and how to mend it."""
        return self.refused.detail if self.refused is not None else self._found.message

    @property
    def first_seen(self) -> datetime | None:
        """When it was first noticed."""
        return self.refused.first_seen if self.refused is not None else self._found.first_seen

    @property
    def last_seen(self) -> datetime | None:
        """When the document was last read with it."""
        return self.refused.last_seen if self.refused is not None else self._found.last_seen

    @property
    def tries(self) -> int:
        """How often the document was read with it."""
        return self.refused.tries if self.refused is not None else self._found.tries

    @property
    def _found(self) -> StoredFinding:
        assert self.finding is not None
        return self.finding


class Issues:
    """The issues in force.

    Args:
        engine: of the ledger.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def counts(self, scope: Scope) -> dict[tuple[str, str], int]:
        """(severity, code) -> issues; the code of a refused document is its reason. Gravest and most frequent first."""
        refused, found = schema.quarantine.c, schema.finding.c
        rejected = select(refused.reason, func.count()).where(*_refused(scope)).group_by(refused.reason)
        noticed = select(found.severity, found.code, func.count()).where(*_found(scope))
        noticed = noticed.where(found.severity != REJECTED).group_by(found.severity, found.code)
        with self._engine.connect() as connection:
            counted = {(REJECTED, reason): count for reason, count in connection.execute(rejected)}
            counted |= {(severity, code): count for severity, code, count in connection.execute(noticed)}
        return dict(sorted(counted.items(), key=lambda row: (SEVERITIES.index(row[0][0]), -row[1], row[0])))

    def totals(self, by: str, without: Sequence[str] = ()) -> dict[str, Counter[str]]:
        """Source or owner -> severity -> issues.

        Args:
            by: `source` or `owner`; issues whose owner is not known count for none.
            without: sources that are left out.
        """
        scope = Scope(without=tuple(without))
        refused, found = schema.quarantine.c, schema.finding.c
        rejected = select(refused[by], func.count()).where(*_refused(scope)).group_by(refused[by])
        noticed = select(found[by], found.severity, func.count()).where(*_found(scope))
        noticed = noticed.where(found.severity != REJECTED).group_by(found[by], found.severity)
        totals: dict[str, Counter[str]] = defaultdict(Counter)
        with self._engine.connect() as connection:
            for name, count in connection.execute(rejected):
                if name is not None:
                    totals[name][REJECTED] = count
            for name, severity, count in connection.execute(noticed):
                if name is not None:
                    totals[name][severity] = count
        return totals

    def page(
        self, scope: Scope, wanted: Wanted = Wanted(), after: tuple[str | int, ...] = (), limit: int = 100
    ) -> list[Issue]:
        """At most `limit` issues: refused documents, newest first, then findings, newest first.

        Args:
            after: `place` of the issue before the first one wanted; () from the beginning.
        """
        found: list[Issue] = []
        if not after or after[0] == REJECTED:
            found = self._refusals(scope, wanted, after, limit)
        if len(found) < limit:
            below = int(after[1]) if after and after[0] != REJECTED else None
            found += self._findings(scope, wanted, below, limit - len(found))
        return found

    def newest(self, scope: Scope, wanted: Wanted = Wanted(), limit: int = 100) -> list[Issue]:
        """At most `limit` issues, those first noticed last before all others, of whichever kind."""
        found = self._refusals(scope, wanted, (), limit) + self._findings(scope, wanted, None, limit)
        dated = [(issue.first_seen.timestamp() if issue.first_seen else 0.0, issue) for issue in found]
        return [issue for _, issue in sorted(dated, key=lambda pair: pair[0], reverse=True)[:limit]]

    def all(self, scope: Scope, wanted: Wanted = Wanted()) -> Iterator[list[Issue]]:
        """Every issue in the order of `page`, some hundreds at a time."""
        after: tuple[str | int, ...] = ()
        while found := self.page(scope, wanted, after, _PAGE):
            yield found
            after = found[-1].place

    def refused(self, curie: str) -> Quarantined | None:
        """The refusal of the newest document of a record, whose last good version stays served; None when none is."""
        table = schema.quarantine
        query = select(table).where(table.c.identifier == curie, table.c.resolved_at.is_(None))
        with self._engine.connect() as connection:
            row = connection.execute(query.order_by(table.c.last_seen.desc()).limit(1)).mappings().one_or_none()
        return None if row is None else quarantined_document(row)

    def refused_originals(self, source: str, digest: str) -> list[Quarantined]:
        """Refusals in force, some at most, whose document has the bytes called `digest`."""
        table = schema.quarantine
        query = select(table).where(table.c.source == source, table.c.original_digest == digest)
        query = query.where(table.c.resolved_at.is_(None)).order_by(table.c.item).limit(MAX_FAULTS)
        with self._engine.connect() as connection:
            return [quarantined_document(row) for row in connection.execute(query).mappings()]

    def state(self) -> tuple[Any, ...]:
        """Changes whenever the books do: every change of theirs is part of a run, which notes that it is alive."""
        run, finding, entry = schema.run.c, schema.finding.c, schema.entry.c
        with self._engine.connect() as connection:
            last = connection.execute(select(run.id, run.state, run.heartbeat).order_by(run.id.desc()).limit(1)).first()
            alive = connection.scalar(select(func.max(run.heartbeat)))
            newest = connection.scalar(select(func.max(finding.id)))
            position = connection.scalar(select(func.max(entry.position)))
        return (*(last or ()), alive, newest, position)

    def _refusals(self, scope: Scope, wanted: Wanted, after: tuple[str | int, ...], limit: int) -> list[Issue]:
        if wanted.findings_only or wanted.code or wanted.severity not in ("", REJECTED):
            return []
        table = schema.quarantine
        conditions = [*_refused(scope), _has_text(table, ("item", "identifier", "reason", "detail"), wanted.text)]
        if wanted.reason:
            conditions.append(table.c.reason == wanted.reason)
        if wanted.name:
            conditions.append(or_(table.c.identifier == wanted.name, table.c.item == wanted.name))
        if after:
            before = tuple_(table.c.first_seen, table.c.source, table.c.item)
            conditions.append(before < tuple_(*(str(part) for part in after[1:])))
        query = select(table).where(*conditions).limit(limit)
        query = query.order_by(table.c.first_seen.desc(), table.c.source.desc(), table.c.item.desc())
        with self._engine.connect() as connection:
            rows = connection.execute(query).mappings().all()
        places = [(REJECTED, row["first_seen"], row["source"], row["item"]) for row in rows]
        documents = [quarantined_document(row) for row in rows]
        faults = self._faults(documents)
        return [
            Issue(refused=document, faults=tuple(faults[document.source, document.item]), place=place)
            for document, place in zip(documents, places, strict=True)
        ]

    def _faults(self, documents: Sequence[Quarantined]) -> dict[tuple[str, str], list[StoredFinding]]:
        """(source, item) -> fields that keep the document out."""
        by_source: dict[str, list[str]] = defaultdict(list)
        for document in documents:
            by_source[document.source].append(document.item)
        table = schema.finding
        found: dict[tuple[str, str], list[StoredFinding]] = defaultdict(list)
        with self._engine.connect() as connection:
            for source, items in by_source.items():
                query = select(table).where(table.c.source == source, table.c.item.in_(items))
                query = query.where(table.c.severity == REJECTED).order_by(table.c.id)
                for row in connection.execute(query).mappings():
                    faults = found[source, row["item"]]
                    if len(faults) < MAX_FAULTS:
                        faults.append(stored_finding(row))
        return found

    def _findings(self, scope: Scope, wanted: Wanted, below: int | None, limit: int) -> list[Issue]:
        if wanted.reason or wanted.severity == REJECTED:
            return []
        table = schema.finding
        conditions = [*_found(scope)]
        conditions.append(table.c.severity == wanted.severity if wanted.severity else table.c.severity != REJECTED)
        if wanted.code:
            conditions.append(table.c.code == wanted.code)
        if wanted.name:
            conditions.append(or_(table.c.curie == wanted.name, table.c.item == wanted.name))
        conditions.append(_has_text(table, ("item", "curie", "code", "path", "value", "message"), wanted.text))
        if below is not None:
            conditions.append(table.c.id < below)
        # Which rows is told from the index alone; the rows themselves are read for one page only.
        ids = select(table.c.id).where(*conditions).order_by(table.c.id.desc()).limit(limit)
        query: Select[Any] = select(table).where(table.c.id.in_(ids)).order_by(table.c.id.desc())
        with self._engine.connect() as connection:
            rows = connection.execute(query).mappings().all()
        return [Issue(finding=stored_finding(row), place=("finding", row["id"])) for row in rows]


def _refused(scope: Scope) -> list[ColumnElement[bool]]:
    return [schema.quarantine.c.resolved_at.is_(None), _in_scope(schema.quarantine, scope)]


def _found(scope: Scope) -> list[ColumnElement[bool]]:
    return [_in_scope(schema.finding, scope)]


def _in_scope(table: Table, scope: Scope) -> ColumnElement[bool]:
    named = [table.c[name] == value for name in ("source", "owner") if (value := getattr(scope, name)) is not None]
    inside = true() if not named else and_(true(), *named) if scope.both else or_(false(), *named)
    return and_(inside, table.c.source.not_in(scope.without)) if scope.without else inside


def _has_text(table: Table, names: Sequence[str], text: str) -> ColumnElement[bool]:
    if not text:
        return true()
    return or_(*(table.c[name].icontains(text, autoescape=True) for name in names))
