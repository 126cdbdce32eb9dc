"""The label "highly used": a simple rule over counts, and the studies that it gives the label to.

The rule stands in docs/usage.md. It compares a study with those published in the same year, since older data had
more time to be found, and with nothing where the year is not known.
"""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from catalogue.fair.usage.hits import UNIQUE_INVESTIGATIONS, UNIQUE_REQUESTS
from catalogue.fair.usage.months import month_before, months_before
from catalogue.store.entries import Entry, stamp
from catalogue.store.ledger import Ledger

MONTHS: Final = 12
LEAST_USES: Final = 20
LEAST_COHORT: Final = 10
TOP: Final = 10
"""The label is for one in so many of a cohort."""
USES: Final = (UNIQUE_INVESTIGATIONS, UNIQUE_REQUESTS)


@dataclass(frozen=True, slots=True)
class HighlyUsed:
    """Why a study has the label.

    Args:
        uses: sum of USES over the months from `first` to `last`.
        cohort: number of public studies published in `year`, itself included.
    """

    curie: str
    uses: int
    year: int
    cohort: int
    first: str
    last: str


def highly_used(uses: Mapping[str, int], years: Mapping[str, int], first: str, last: str) -> dict[str, HighlyUsed]:
    """Study -> why it is highly used: at least LEAST_USES, a cohort of at least LEAST_COHORT studies, and fewer than
    a tenth of the cohort used more.

    Args:
        uses: study -> its uses; those that are missing have none.
        years: study -> year of its publication, of all public studies that state one.
        first, last: months that were counted.
    """
    cohorts: dict[int, list[int]] = {}
    for curie, year in years.items():
        cohorts.setdefault(year, []).append(uses.get(curie, 0))
    for values in cohorts.values():
        values.sort()
    found = {}
    for curie, count in uses.items():
        if curie not in years or count < LEAST_USES:
            continue
        year = years[curie]
        size = len(cohorts[year])
        if size < LEAST_COHORT:
            continue
        used_more = size - bisect_right(cohorts[year], count)
        if used_more * TOP < size:
            found[curie] = HighlyUsed(curie, count, year, size, first, last)
    return found


class Labels:
    """The labels of a node as they follow from its counts: of the last twelve months that are counted to their end."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._lock = threading.Lock()
        self._of: tuple[str, dict[str, HighlyUsed]] = ("", {})

    def find(self, curie: str) -> HighlyUsed | None:
        """Why a study has the label, as it was last worked out; None when it has none. Costs nothing."""
        return self._of[1].get(curie)

    def all(self) -> dict[str, HighlyUsed]:
        """Study -> why it is highly used; worked out anew when another month is counted."""
        since = self._ledger.usage.since()
        if since is None:
            return {}
        last = month_before(stamp(since.until)[:7])
        with self._lock:
            if self._of[0] != last:
                self._of = (last, self._work_out(last, since.first_month))
        return self._of[1]

    def _work_out(self, last: str, first_month: str) -> dict[str, HighlyUsed]:
        first = max(months_before(last, MONTHS - 1), first_month)
        uses = dict(self._ledger.usage.sums(USES, first, last))
        if max(uses.values(), default=0) < LEAST_USES:
            return {}
        years = {entry.curie: year for entry in _studies(self._ledger) if (year := year_of(entry.record)) is not None}
        return highly_used(uses, years, first, last)


def year_of(record: Mapping[str, object]) -> int | None:
    """Year in which a study was published; None when that is not stated."""
    year = str(record.get("date_published", ""))[:4]
    return int(year) if len(year) == 4 and year.isascii() and year.isdigit() else None


def _studies(ledger: Ledger) -> Iterator[Entry]:
    after = ""
    while page := ledger.heads(kind="study", status="public", after_curie=after):
        yield from page
        after = page[-1].curie
