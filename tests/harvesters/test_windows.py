"""Windows of date cursors: the publisher's clock, the overlap, and the full listing that is due."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvesters.windows import Window, read_moment, written

NOW = datetime(2026, 3, 2, 12, 0, 0, tzinfo=UTC)
moments = st.datetimes(datetime(2000, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))


def run(cursor: str | None, now: datetime, **options: float) -> tuple[datetime | None, str | None]:
    """From when a run asks, and the cursor after it."""
    window = Window.load(cursor)
    after = window.begin(now, **options)
    return after, window.cursor(listed=window.is_full)


@given(moments, st.timedeltas(timedelta(seconds=1), timedelta(days=20)))
def test_second_run_asks_from_before_the_first_began(first: datetime, later: timedelta) -> None:
    """R3: whatever the moments, the window reaches back at least two hours before the last start."""
    _, cursor = run(None, first)
    after, _ = run(cursor, first + later)
    assert after is not None
    assert first.replace(microsecond=0) - after >= timedelta(hours=2)


def test_skew_widens_the_overlap() -> None:
    """R3: twice the observed skew, where that is more than two hours."""
    window = Window()
    window.begin(NOW)
    cursor = json.loads(window.cursor(listed=True, skew_s=-7200.0, granule=timedelta(days=1)) or "")
    assert read_moment(cursor["after"]) == NOW - timedelta(hours=4, days=1)


def test_clock_that_went_back_is_read_whole() -> None:
    """R23: a publisher whose clock lies before the cursor is listed whole instead of asked for the future."""
    _, cursor = run(None, NOW)
    assert run(cursor, NOW - timedelta(days=3))[0] is None


def test_full_listing_is_due_by_the_publishers_days() -> None:
    """R14: thirty days, or as many as the source says, after the last one; an incremental run does not delay it."""
    _, cursor = run(None, NOW)
    after, cursor = run(cursor, NOW + timedelta(days=20))
    assert after is not None
    assert run(cursor, NOW + timedelta(days=31))[0] is None
    assert run(cursor, NOW + timedelta(days=21), full_days=1)[0] is None


@pytest.mark.parametrize("cursor", ["", "abc", "[]", '{"after": 7}', '{"after": "03:020:00", "listed": "x"}', "null"])
def test_strange_cursor_means_reading_all(cursor: str) -> None:
    """A cursor of another adapter or version is no window."""
    assert Window.load(cursor).begin(NOW) is None


def test_run_without_a_clock_leaves_no_cursor() -> None:
    """R1: where the publisher states no time, the next run reads all; our own clock is never used."""
    assert Window().cursor(listed=True) is None


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-03-02T12:00:00Z", NOW),
        ("2026-03-02", datetime(2026, 3, 2, tzinfo=UTC)),
        ("2026-03-02T13:00:00+01:00", NOW),
        ("03:020:00", None),
        ("", None),
    ],
)
def test_moments_are_read_or_not(text: str, moment: datetime | None) -> None:
    """Days and instants; sickle's sample `until` 03:020:00 is neither."""
    assert read_moment(text) == moment


@given(moments)
def test_moments_are_written_to_the_second(moment: datetime) -> None:
    """What is written is read back to the second."""
    assert read_moment(written(moment)) == moment.replace(microsecond=0)


@pytest.mark.parametrize(("year", "skew_s"), [(1, 0.0), (9999, 2.5e11)])
def test_clock_at_the_end_of_time_breaks_nothing(year: int, skew_s: float) -> None:
    """R23: a publisher's clock at the edge of the calendar, or millennia off, still gives a cursor."""
    cursor = Window(now=datetime(year, 1, 1, tzinfo=UTC)).cursor(listed=True, skew_s=skew_s)
    assert Window.load(cursor).after == datetime(1990, 1, 1, tzinfo=UTC)


def test_moment_before_all_years_is_none() -> None:
    """R23: a datestamp that no UTC date can hold is none."""
    assert read_moment("0001-01-01T00:00:00+14:00") is None
