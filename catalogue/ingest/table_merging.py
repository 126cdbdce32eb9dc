"""New rows of an image table beside those the list has: which stay, which come, which are absent, which stand twice.

Rules R4, R14, R16 and R19 for rows; sorting is table_sorting's, cutting table_cutting's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from catalogue.ingest.list_withdrawal import tombstone_rows
from catalogue.ingest.table_checks import ROW, Refusals, RefusedRow
from catalogue.model.image_columns import arrow_schema

OLD: Final = 2**62
"""Row number of rows that the list has."""
MENTIONED: Final = 2**61
"""Row number of a refused row, of which only the accession is known: the last good version stays (R19)."""
ABSENT: Final = "absent-from-source"

Elsewhere = Callable[[pa.Array], tuple[list[str], list[str]]]


class TooManyAbsent(Exception):
    """More images would go at once than may without a person (R16)."""


@dataclass(slots=True)
class Merging:
    """Decides the rows of one list.

    Args:
        now: moment of the reading.
        wait: how long an image is absent before it is withdrawn; the first reading without it never withdraws (R14).
        since: accession -> since when it is absent, as known before.
        allowed: images that may be absent.
        elsewhere: of sorted accessions those that are live in another list; accessions among which are those that have
            entries of their own.
        absent: what `since` becomes.
    """

    now: datetime
    wait: timedelta
    since: Mapping[str, datetime]
    allowed: int
    elsewhere: Elsewhere
    refusals: Refusals
    counts: Counter[str] = field(default_factory=Counter)
    absent: dict[str, datetime] = field(default_factory=dict)
    _last: str | None = None

    def settle(self, tables: Iterator[pa.Table]) -> Iterator[pa.Table]:
        """The rows of the new list, in order, with the columns of the schema.

        Args:
            tables: sorted by accession; of equal ones the new first, what the list has last.
        Raises:
            TooManyAbsent: nothing may be changed.
        """
        for table in tables:
            settled = self._settle(table)
            if settled.num_rows:
                yield settled

    def _settle(self, table: pa.Table) -> pa.Table:
        keys = table.column("accession").combine_chunks()
        numbers = table.column(ROW).to_numpy()
        first = np.ones(len(keys), dtype=bool)
        if len(keys) > 1:
            first[1:] = pc.not_equal(keys.slice(1), keys.slice(0, len(keys) - 1)).to_numpy(zero_copy_only=False)
        starts = np.flatnonzero(first)
        places = np.arange(len(keys))
        none = len(keys)
        fit = np.minimum.reduceat(np.where(numbers < MENTIONED, places, none), starts)
        old = np.minimum.reduceat(np.where(numbers == OLD, places, none), starts)
        mentioned = np.logical_or.reduceat(numbers == MENTIONED, starts)
        if self._last is not None and keys[0].as_py() == self._last:
            # The rest of an accession of the table before: it was decided there.
            fit[0] = old[0] = none
        self._last = keys[-1].as_py()
        doubled = numbers < MENTIONED
        doubled[fit[fit < none]] = False
        self._refuse_doubles(keys, numbers, np.flatnonzero(doubled))
        self.counts["new"] += int(((fit < none) & (old == none)).sum())
        chosen = np.where(fit < none, fit, old)
        rows = table.take(pa.array(chosen[chosen < none])).select(arrow_schema().names)
        left = ((fit == none) & (old < none) & ~mentioned)[chosen < none]
        rows = self._without_elsewhere(rows, left)
        return rows

    def _refuse_doubles(self, keys: pa.Array, numbers: np.ndarray, places: np.ndarray) -> None:
        for place in places:
            name, number = keys[int(place)].as_py(), int(numbers[place])
            said = f"Row {number}: accession '{name}' stands in the table more than once; the first row was taken."
            self.refusals.add(RefusedRow(number, name, "equivocation", said))

    def _without_elsewhere(self, rows: pa.Table, left: np.ndarray) -> pa.Table:
        """Rows of images that belong here, the absent ones dealt with."""
        if not rows.num_rows:
            return rows
        keys = rows.column("accession").combine_chunks()
        listed, own = self.elsewhere(keys)
        stays = np.ones(rows.num_rows, dtype=bool)
        if listed:
            here = pc.is_in(keys, pa.array(listed)).to_numpy(zero_copy_only=False) & ~left
            for name in keys.filter(pa.array(here)).to_pylist():
                said = f"accession '{name}' is an image of another study's list; one of the two must go."
                self.refusals.add(RefusedRow(0, name, "equivocation", said))
            self.counts["elsewhere"] += int(here.sum())
            stays &= ~here
        if own:
            here = pc.is_in(keys, pa.array(own)).to_numpy(zero_copy_only=False)
            self.counts["own"] += int(here.sum())
            stays &= ~here
        if not stays.all():
            rows, left = rows.filter(pa.array(stays)), left[stays]
        return self._with_tombstones(rows, left) if left.any() else rows

    def _with_tombstones(self, rows: pa.Table, left: np.ndarray) -> pa.Table:
        live = left & rows.column("date_withdrawn").is_null().to_numpy()
        due = np.zeros(rows.num_rows, dtype=bool)
        names = rows.column("accession")
        for place in np.flatnonzero(live):
            name = names[int(place)].as_py()
            since = self.since.get(name)
            if since is not None and self.now - since >= self.wait:
                due[place] = True
            else:
                self.absent[name] = since if since is not None else self.now
        self.counts["absent"] += int((live & ~due).sum())
        self.counts["withdrawn"] += int(due.sum())
        if self.counts["absent"] + self.counts["withdrawn"] > self.allowed:
            raise TooManyAbsent
        if not due.any():
            return rows
        stones = tombstone_rows(rows.filter(pa.array(due)), self.now.date().isoformat(), ABSENT)
        joined = pa.concat_tables([rows.filter(pa.array(~due)), stones])
        return joined.take(pc.sort_indices(joined, sort_keys=[("accession", "ascending")]))
