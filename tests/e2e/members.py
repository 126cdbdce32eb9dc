"""The demo members' archives, written once for all tests that open images."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from catalogue.cli.demo.members import Member, write_members


@cache
def members_in(folder: Path) -> list[Member]:
    """The demo archives below `folder`, written at the first call."""
    return write_members(folder / "demo-members")
