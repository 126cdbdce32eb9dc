"""Months as counts name them: `2026-11`."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Final

from catalogue.problems import BadRequest

_MONTH: Final = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])", re.ASCII)


def parse_month(text: str) -> str:
    """The text, which is a month.

    Raises:
        BadRequest: it is none.
    """
    if not _MONTH.fullmatch(text) or text < "1000":
        raise BadRequest(f"'{text[:20]}' is no month; give one such as 2026-11.")
    return text


def months_before(month: str, count: int) -> str:
    """The month that lies `count` months before; after, where `count` is negative."""
    number = int(month[:4]) * 12 + int(month[5:7]) - 1 - count
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def month_before(month: str) -> str:
    """The month before: `2025-12` for `2026-01`."""
    return months_before(month, 1)


def last_day(month: str) -> date:
    """The last day of a month."""
    following = months_before(month, -1)
    return date(int(following[:4]), int(following[5:7]), 1) - timedelta(days=1)
