"""Date cursors: from when on a publisher is asked for changes, by its own clock, and when all is listed again.

Rules: federation.md R1 to R3 (publisher's clock at the run's start, less an overlap), R14 (full listing for deletions).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

OVERLAP: Final = timedelta(hours=2)
FULL_DAYS: Final = 30.0
# A cursor of the far future would hide every change for ever (R23).
_EARLIEST: Final = datetime(1990, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class Window:
    """The stretch of time that one run asks for.

    Args:
        after: changes from here on were asked for last; None before the first complete run.
        listed: when all records were last listed; None when never.
        now: the publisher's clock at the start of this run.
    """

    after: datetime | None = None
    listed: datetime | None = None
    now: datetime | None = None

    @classmethod
    def load(cls, cursor: str | None) -> Window:
        """The window that a cursor opens; one of another form opens none, so that all is read."""
        try:
            value = json.loads(cursor) if cursor else {}
            return cls(_time(value.get("after")), _time(value.get("listed")))
        except (ValueError, AttributeError, TypeError):
            return cls()

    def begin(self, now: datetime, full_days: float | None = FULL_DAYS) -> datetime | None:
        """From when on changes are to be asked for; None where all has to be listed.

        Args:
            now: the publisher's clock.
            full_days: days after which all is listed again, for deletions that nobody announces; None for never.
        """
        self.now = now
        # A publisher whose clock went back behind the cursor is read whole.
        due = full_days is not None and self.due(now, full_days)
        if due or self.after is None or self.after > now:
            self.after = None
        return self.after

    def due(self, now: datetime, full_days: float = FULL_DAYS) -> bool:
        """Whether the last listing of everything is so many days old."""
        return self.listed is None or (now - self.listed).total_seconds() >= full_days * 86_400

    @property
    def is_full(self) -> bool:
        """Whether this run lists everything."""
        return self.after is None

    def cursor(self, *, listed: bool, skew_s: float = 0.0, granule: timedelta = timedelta(seconds=1)) -> str | None:
        """The cursor after a complete run; None while the publisher's clock is unknown.

        Args:
            listed: everything was listed, and nothing was missed.
            skew_s: seconds between the publisher's clock and ours.
            granule: of the publisher's dates, a second or a day.
        """
        if self.now is None:
            return None
        overlap = granule + max(OVERLAP, timedelta(seconds=2 * abs(skew_s)))
        whole = self.now if listed else self.listed
        try:
            after = max(self.now - overlap, _EARLIEST)
        except OverflowError:  # a publisher's clock in the year 1, or millennia off
            after = _EARLIEST
        state = {"after": written(after), "listed": written(whole) if whole is not None else ""}
        return json.dumps(state, separators=(",", ":"))


def written(moment: datetime) -> str:
    """A moment as UTCdatetime to the second, such as 2026-03-02T12:00:00Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def read_moment(text: str) -> datetime | None:
    """The moment that a UTCdatetime or a day names; None for anything else (`03:020:00`)."""
    try:
        found = datetime.fromisoformat(text.strip().replace("Z", "+00:00"))
        return found.astimezone(UTC) if found.tzinfo is not None else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):  # the year 1 east of Greenwich lies before all years
        return None


def _time(text: object) -> datetime | None:
    return read_moment(text) if isinstance(text, str) and text else None
