"""What is due to be looked at: never seen, grown old, changed since, or undecided the last time."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from catalogue.fair.live.base import Check
from catalogue.store.entries import moment
from catalogue.store.observations import NODE, Age, Observations

FIRST_PAUSE: Final = timedelta(hours=1)
LONGEST_PAUSE: Final = timedelta(days=7)
_NEVER: Final = ""


@dataclass(frozen=True, slots=True)
class Look:
    """A record and the checks that are due of it.

    Args:
        checks: name -> how many looks in a row decided nothing.
        oldest: when the oldest of these checks was made; "" for never.
    """

    curie: str
    checks: Mapping[str, int]
    oldest: str


def due(
    book: Observations,
    checks: Iterable[Check],
    now: datetime,
    *,
    studies: Iterable[str] | None = None,
    all_of_them: bool = False,
) -> list[Look]:
    """What is due now, the oldest first; among equals in an order that mixes archives.

    Args:
        studies: only these, and not the node; None means every public study and the node.
        all_of_them: also what is still fresh.
    """
    ages = book.ages()
    wanted = None if studies is None else set(studies)
    of_study = [check for check in checks if check.of == "study"]
    found = []
    for curie, changed in book.studies():
        if wanted is None or curie in wanted:
            found += _looks(curie, of_study, ages, now, changed, all_of_them)
    if wanted is None:
        found += _looks(NODE, [check for check in checks if check.of == "node"], ages, now, "", all_of_them)
    return sorted(found, key=lambda look: (look.oldest, hashlib.sha256(look.curie.encode()).digest()))


def _looks(
    curie: str,
    checks: Iterable[Check],
    ages: Mapping[tuple[str, str], Age],
    now: datetime,
    changed: str,
    all_of_them: bool,
) -> list[Look]:
    chosen, oldest = {}, []
    for check in checks:
        age = ages.get((check.name, curie))
        if age is None or all_of_them or is_due(age, check, now, changed):
            chosen[check.name] = age.tries if age is not None else 0
            oldest.append(age.observed_at if age is not None else _NEVER)
    return [Look(curie, chosen, min(oldest))] if chosen else []


def is_due(age: Age, check: Check, now: datetime, changed: str = "") -> bool:
    """Whether something is to be looked at again.

    Args:
        changed: when its record was last recorded; a look at an older version says nothing of this one.
    """
    if changed > age.observed_at:
        return True
    waited = now - moment(age.observed_at)
    fresh = timedelta(days=check.fresh_days)
    if not age.tries:
        return waited >= fresh
    return waited >= max(min(pause_after(age.tries), fresh), timedelta(seconds=age.pause_s))


def pause_after(tries: int) -> timedelta:
    """How long to wait after so many looks in a row that decided nothing: twice as long each time, a week at most."""
    return min(FIRST_PAUSE * (1 << min(tries - 1, 20)), LONGEST_PAUSE)
