"""Days that a partial date can mean."""

from __future__ import annotations

from datetime import date

import pytest

from catalogue.fair.metrics.publication_timely import period


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024", (date(2024, 1, 1), date(2024, 12, 31))),
        ("2024-02", (date(2024, 2, 1), date(2024, 2, 29))),
        ("2024-02-10", (date(2024, 2, 10), date(2024, 2, 10))),
        ("", None),
        ("2024-13", None),
        ("in press", None),
    ],
)
def test_period_of_a_date(text: str, expected: tuple[date, date] | None) -> None:
    """A year or month means each of its days; what is no date means none."""
    assert period(text) == expected
