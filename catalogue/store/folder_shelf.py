"""A folder of folders that appear whole or not at all, `latest` a link to one of them; dumps and audits lie in such.

What is being made or removed has a name that nobody reads; what a killed process left goes before the next one is made.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from catalogue.problems import Locked

LATEST: Final = "latest"
_MAKING: Final = ".making-"
_GOING: Final = ".going-"
_LINK: Final = ".latest-"


class FolderShelf:
    """The folder; made when the first thing is put into it.

    Args:
        name: what a name of a whole folder looks like.
        what: that is made here, with its article, for messages.
    """

    def __init__(self, folder: Path, name: re.Pattern[str], what: str) -> None:
        self.folder = folder
        self._name = name
        self._what = what

    def folders(self) -> list[str]:
        """Names of all whole folders, in no order."""
        try:
            return [path.name for path in self.folder.iterdir() if self._name.fullmatch(path.name)]
        except FileNotFoundError:
            return []

    def latest(self) -> str | None:
        """Name of the folder that `latest` leads to; None where there is none."""
        try:
            return (self.folder / LATEST).readlink().name
        except OSError:
            return None

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Nobody else makes or drops here; what one that was killed left is removed.

        Raises:
            Locked: another process does.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.folder, os.O_RDONLY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._sweep()
            yield
        except BlockingIOError as error:
            raise Locked(f"Another process is making {self._what} of this node; wait until that has ended.") from error
        finally:
            os.close(descriptor)

    def begin(self) -> Path:
        """An empty folder to make something in."""
        path = self.folder / f"{_MAKING}{os.getpid()}"
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir()
        return path

    def show(self, made: Path, name: str) -> None:
        """Gives a folder that was made here its name; durable when this returns."""
        for path in sorted(made.rglob("*"), reverse=True):
            fsync(path)
        fsync(made)
        made.rename(self.folder / name)
        fsync(self.folder)

    def point(self, name: str) -> None:
        """Lets `latest` lead to a folder; durable when this returns."""
        link = self.folder / f"{_LINK}{os.getpid()}"
        link.symlink_to(name)
        link.replace(self.folder / LATEST)
        fsync(self.folder)

    def drop(self, names: Iterable[str]) -> list[str]:
        """Removes folders, each at once for whoever looks; gives their names."""
        dropped = list(names)
        for name in dropped:
            if self.latest() == name:
                (self.folder / LATEST).unlink()
            going = self.folder / f"{_GOING}{name}"
            (self.folder / name).rename(going)
            shutil.rmtree(going)
        if dropped:
            fsync(self.folder)
        return dropped

    def _sweep(self) -> None:
        for path in self.folder.iterdir():
            if path.name.startswith((_MAKING, _GOING)):
                shutil.rmtree(path)
            elif path.name.startswith(_LINK):
                path.unlink()


def write_durably(path: Path, content: bytes) -> None:
    """Writes a small file whole or not at all; durable when this returns."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    fresh.write_bytes(content)
    fsync(fresh)
    fresh.replace(path)
    fsync(path.parent)


def fsync(path: Path) -> None:
    """Makes a file or folder durable."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
