"""Marks in the data folder that a member should be pulled sooner; the server sets them, the worker takes them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

FOLDER: Final = "soon"
# Names of sources, so that a mark is always one file of this folder.
NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", re.ASCII)


class Soon:
    """The marks of a node: at most one a member, whatever is said how often.

    Args:
        home: data folder.
    """

    def __init__(self, home: Path) -> None:
        self._folder = home / FOLDER

    def ask(self, name: str) -> None:
        """Marks a member of this node."""
        if NAME.fullmatch(name):
            self._folder.mkdir(exist_ok=True)
            (self._folder / name).touch()

    def asked(self, name: str) -> bool:
        """Whether a member is marked."""
        return NAME.fullmatch(name) is not None and (self._folder / name).exists()

    def take(self, name: str) -> None:
        """Removes a mark, before the member is pulled: what it says during the pull counts again."""
        if NAME.fullmatch(name):
            (self._folder / name).unlink(missing_ok=True)
