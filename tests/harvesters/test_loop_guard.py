"""Listings that never end are ended."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from catalogue.problems import SourceChanged
from harvesters.loop_guard import LoopGuard
from harvesters.traffic import Limits, Run, under


def ended_by(guard: LoopGuard, pages: list[tuple[bytes, list[str], str]]) -> tuple[str, int]:
    """Rule that ended a listing, and the page at which it did; ("", n) when all were taken."""
    for number, page in enumerate(pages, 1):
        try:
            guard.page(*page)
        except SourceChanged as problem:
            return problem.members["rule"], number
    return "", len(pages)


@given(st.lists(st.lists(st.text(max_size=5), min_size=1, max_size=4), min_size=1, max_size=30))
def test_listing_with_news_on_every_page_passes(pages: list[list[str]]) -> None:
    """R11: however ids repeat, a listing that brings a new one on every page ends by itself."""
    given_pages = [
        (str(number).encode(), [*ids, f"new {number}"], "" if number == len(pages) else f"token {number}")
        for number, ids in enumerate(pages, 1)
    ]
    assert ended_by(LoopGuard("p"), given_pages) == ("", len(pages))


def test_token_seen_before_ends_the_listing() -> None:
    """R11: a token that comes a second time leads round in a circle."""
    pages = [(b"1", ["a"], "x"), (b"2", ["b"], "y"), (b"3", ["c"], "x"), (b"4", ["d"], "z")]
    assert ended_by(LoopGuard("p"), pages) == ("loop", 3)


def test_page_seen_before_ends_the_listing() -> None:
    """R11: the same bytes under ever new tokens are a loop."""
    pages = [(b"same", [str(number)], f"t{number}") for number in range(9)]
    assert ended_by(LoopGuard("p"), pages) == ("loop", 2)


def test_three_pages_without_a_new_record_end_the_listing() -> None:
    """R11: ever new tokens and bytes (a responseDate) with ever the same records are a loop."""
    pages = [(str(number).encode(), ["a", "b"], f"t{number}") for number in range(9)]
    assert ended_by(LoopGuard("p"), pages) == ("loop", 4)


def test_empty_pages_end_the_listing() -> None:
    """R11: endless pages without records end, too."""
    pages = [(str(number).encode(), [], f"t{number}") for number in range(9)]
    assert ended_by(LoopGuard("p"), pages) == ("loop", 3)


def test_last_pages_may_be_stale() -> None:
    """A listing that ends is no loop, whatever its last page holds."""
    pages = [(b"1", ["a"], "x"), (b"1", ["a"], "")]
    assert ended_by(LoopGuard("p"), pages) == ("", 2)


def test_endless_news_end_at_the_number_of_pages() -> None:
    """R11: a listing that invents records for ever ends at its number of pages."""
    pages = [(str(number).encode(), [str(number)], f"t{number}") for number in range(99)]
    assert ended_by(LoopGuard("p", max_pages=50), pages) == ("pages", 51)


def test_run_says_how_many_pages_a_listing_may_have() -> None:
    """R11: without a number of its own a guard keeps to the one of the run."""
    pages = [(str(number).encode(), [str(number)], f"t{number}") for number in range(99)]
    with under(Run("p", Limits(pages=7), lambda: datetime.now(UTC))):
        guard = LoopGuard("p")
    assert ended_by(guard, pages) == ("pages", 8)
    assert ended_by(LoopGuard("p"), pages) == ("", 99)


def test_a_hundred_thousand_records_are_told_apart() -> None:
    """Known records pass for new ones, and new ones for known ones, so rarely that neither ends a listing wrongly."""
    guard = LoopGuard("p")
    for number in range(1000):
        guard.page(str(number).encode(), [f"{number}-{one}" for one in range(100)], f"t{number}")
    assert sum(guard._is_new(f"{number}-5") for number in range(1000)) == 0
    assert sum(guard._is_new(f"new {number}") for number in range(1000)) > 990
