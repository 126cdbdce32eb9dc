"""The mark that views must be made anew, because something changed that they have passed; it outlives a crash."""

from __future__ import annotations

from pathlib import Path
from typing import Final

# Written when something changes that views have passed; the worker makes them anew and removes it.
REBUILD_WANTED: Final = "rebuild-wanted"
_UNDER_WAY: Final = "rebuild-under-way"


class RebuildMark:
    """The mark in a data folder.

    Args:
        home: data folder.
    """

    def __init__(self, home: Path) -> None:
        self._wanted = home / REBUILD_WANTED
        self._under_way = home / _UNDER_WAY

    def want(self) -> None:
        """Sets the mark; one that is set while a rebuild is under way asks for another one."""
        self._wanted.touch()

    def begin(self) -> bool:
        """Whether every view must be made anew now: the mark is set, or what it asked for was cut off."""
        try:
            self._wanted.replace(self._under_way)
        except FileNotFoundError:
            return self._under_way.exists()
        return True

    def done(self) -> None:
        """Says that all views were made anew since `begin`."""
        self._under_way.unlink(missing_ok=True)
