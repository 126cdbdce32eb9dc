"""The folder of dumps: whole ones by name, `latest` a link to one of them; what is being made is not seen.

A dump never changes; it goes at once or not at all.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import chain, count
from pathlib import Path
from typing import Final

from catalogue.exchange.dumps.manifest import MANIFEST, Manifest, read_manifest
from catalogue.problems import BadRequest, Locked, StoreDamaged

LATEST: Final = "latest"
_NAME: Final = re.compile(r"\d{4}-\d\d-\d\d-(\d{1,18})(?:-(\d{1,6}))?", re.ASCII)
# Names of folders that are being made or removed; what a killed process left goes before the next dump is made.
_MAKING: Final = ".making-"
_GOING: Final = ".going-"
_LINK: Final = ".latest-"


@dataclass(frozen=True, slots=True)
class Dump:
    """A whole dump on disk."""

    path: Path
    manifest: Manifest

    @property
    def name(self) -> str:
        """`DATE-POSITION`; with a number behind it when the same position was dumped twice on a day."""
        return self.path.name


class DumpShelf:
    """The folder `DIR/dumps`; made when the first dump is.

    Args:
        folder: on the file system of the chunks, so that files can be shared between dumps.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def names(self) -> list[str]:
        """Names of all dumps, newest first."""
        try:
            found = [path.name for path in self.folder.iterdir() if _NAME.fullmatch(path.name)]
        except FileNotFoundError:
            return []
        return sorted(found, key=_order, reverse=True)

    def find(self, name: str) -> Dump | None:
        """The dump of that name, or the newest for `latest`; None when there is none.

        Raises:
            StoreDamaged: its manifest cannot be read.
        """
        if name == LATEST:
            try:
                name = (self.folder / LATEST).readlink().name
            except OSError:
                return None
        if not _NAME.fullmatch(name):
            return None
        path = self.folder / name
        try:
            return Dump(path, _manifest(path, path.stat().st_ino))
        except FileNotFoundError:
            return None
        except ValueError as error:
            raise StoreDamaged(
                f"The manifest of the dump {name} is damaged; make another with `dumps make`."
            ) from error

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Nobody else makes or drops dumps; what one that was killed left is removed.

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
            raise Locked("Another process is making a dump of this node; wait until that has ended.") from error
        finally:
            os.close(descriptor)

    def begin(self) -> Path:
        """An empty folder to make a dump in."""
        path = self.folder / f"{_MAKING}{os.getpid()}"
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir()
        return path

    def free_name(self, made_at: datetime, position: int) -> str:
        """The name of a dump made then at that position."""
        name = f"{made_at:%Y-%m-%d}-{position}"
        taken = set(self.names())
        return next(one for one in chain([name], (f"{name}-{n}" for n in count(2))) if one not in taken)

    def publish(self, made: Path, name: str) -> Dump:
        """The dump whose files were made in a folder, now the latest; durable when this returns."""
        for path in sorted(made.rglob("*"), reverse=True):
            _fsync(path)
        _fsync(made)
        made.rename(self.folder / name)
        _fsync(self.folder)
        link = self.folder / f"{_LINK}{os.getpid()}"
        link.symlink_to(name)
        link.replace(self.folder / LATEST)
        _fsync(self.folder)
        found = self.find(name)
        assert found is not None  # it was made by us just now, under the lock
        return found

    def keep(self, number: int) -> list[str]:
        """Names of the dumps dropped so that the newest `number` are left."""
        return self._drop(self.names()[number:])

    def drop_older_than(self, position: int) -> list[str]:
        """Names of the dumps dropped that stand at a position below `position`: they may hold what was withdrawn."""
        return self._drop(self.older_than(position))

    def older_than(self, position: int) -> list[str]:
        """Names of the dumps that stand at a position below `position`."""
        return [name for name in self.names() if _position(name) < position]

    def _drop(self, names: list[str]) -> list[str]:
        for name in names:
            link = self.folder / LATEST
            if link.is_symlink() and link.readlink().name == name:
                link.unlink()
            going = self.folder / f"{_GOING}{name}"
            (self.folder / name).rename(going)
            shutil.rmtree(going)
        if names:
            _fsync(self.folder)
        return names

    def _sweep(self) -> None:
        for path in self.folder.iterdir():
            if path.name.startswith((_MAKING, _GOING)):
                shutil.rmtree(path)
            elif path.name.startswith(_LINK):
                path.unlink()


@lru_cache(maxsize=8)
def _manifest(path: Path, _inode: int) -> Manifest:
    try:
        return read_manifest((path / MANIFEST).read_bytes())
    except BadRequest as problem:
        raise ValueError(problem.detail) from problem


def _position(name: str) -> int:
    found = _NAME.fullmatch(name)
    assert found is not None  # only names that fit come here
    return int(found[1])


def _order(name: str) -> tuple[str, int, int]:
    found = _NAME.fullmatch(name)
    assert found is not None  # only names that fit come here
    return name[:10], int(found[1]), int(found[2] or 1)


def _fsync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
