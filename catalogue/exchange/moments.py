"""Moments as exchange formats write them: UTC, with `Z`."""

from __future__ import annotations

from datetime import UTC, datetime


def in_seconds(moment: datetime) -> str:
    """`2026-11-22T10:00:00Z`, cut to seconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def in_microseconds(moment: datetime) -> str:
    """`2026-11-22T10:00:00.000000Z`."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
