"""From accesses to counts: double clicks are one, sessions make unique counts, requests are investigations as well.

Source: Code of Practice for Research Data 1.0.1, "Double-click Filtering", "Counting Unique Datasets", table 6.5.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from catalogue.fair.usage.hits import (
    REQUEST,
    TOTAL_INVESTIGATIONS,
    TOTAL_REQUESTS,
    UNIQUE_INVESTIGATIONS,
    UNIQUE_REQUESTS,
)
from catalogue.store.entries import stamp
from catalogue.store.usage import Count, Visit

DOUBLE_CLICK: Final = timedelta(seconds=30)
Key = tuple[str, str, str, str]


def count_visits(visits: Iterable[Visit]) -> list[Count]:
    """Counts of a set of accesses, in whatever order they come, by record, month, metric and access method.

    Args:
        visits: every session that has one here is whole; a session lies within one hour, so within one month.
    """
    clicks: dict[tuple[str, str, str, str], set[datetime]] = defaultdict(set)
    told: dict[tuple[str, str], Visit] = {}
    for visit in visits:
        clicks[visit.session, visit.curie, visit.usage_kind, visit.click].add(visit.at)
        told.setdefault((visit.session, visit.curie), visit)
    sums: Counter[Key] = Counter()
    asked: set[tuple[str, str]] = set()
    for (session, curie, kind, _), moments in clicks.items():
        times = single_clicks(moments)
        sums[_key(told[session, curie], TOTAL_INVESTIGATIONS)] += times
        if kind == REQUEST:
            sums[_key(told[session, curie], TOTAL_REQUESTS)] += times
            asked.add((session, curie))
    for place, visit in told.items():
        sums[_key(visit, UNIQUE_INVESTIGATIONS)] += 1
        if place in asked:
            sums[_key(visit, UNIQUE_REQUESTS)] += 1
    kinds = {visit.curie: (visit.owner, visit.record_kind) for visit in told.values()}
    return [
        Count(curie, month, metric, method, *kinds[curie], usage_value=value)
        for (curie, month, metric, method), value in sorted(sums.items())
    ]


def single_clicks(moments: Iterable[datetime]) -> int:
    """Number of clicks on one address by one session: one that another follows within 30 s is not counted, so that
    of each run of clicks the last one stays.
    """
    ordered = sorted(moments)
    followed = sum(1 for i in range(len(ordered) - 1) if ordered[i + 1] - ordered[i] <= DOUBLE_CLICK)
    return len(ordered) - followed


def _key(visit: Visit, metric: str) -> Key:
    return visit.curie, stamp(visit.at)[:7], metric, visit.access_method
