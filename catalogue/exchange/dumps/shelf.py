"""The folder of dumps: whole ones by name, `latest` a link to one of them; what is being made is not seen.

A dump never changes; it goes at once or not at all.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import chain, count
from pathlib import Path
from typing import Final

from catalogue.exchange.dumps.manifest import MANIFEST, Manifest, read_manifest
from catalogue.problems import BadRequest, StoreDamaged
from catalogue.store.folder_shelf import LATEST, FolderShelf

__all__ = ["LATEST", "Dump", "DumpShelf"]

_NAME: Final = re.compile(r"\d{4}-\d\d-\d\d-(\d{1,18})(?:-(\d{1,6}))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Dump:
    """A whole dump on disk."""

    path: Path
    manifest: Manifest

    @property
    def name(self) -> str:
        """`DATE-POSITION`; with a number behind it when the same position was dumped twice on a day."""
        return self.path.name


class DumpShelf(FolderShelf):
    """The folder `DIR/dumps`; made when the first dump is.

    Args:
        folder: on the file system of the chunks, so that files can be shared between dumps.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, _NAME, "a dump")

    def names(self) -> list[str]:
        """Names of all dumps, newest first."""
        return sorted(self.folders(), key=_order, reverse=True)

    def find(self, name: str) -> Dump | None:
        """The dump of that name, or the newest for `latest`; None when there is none.

        Raises:
            StoreDamaged: its manifest cannot be read.
        """
        if name == LATEST:
            name = self.latest() or ""
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

    def free_name(self, made_at: datetime, position: int) -> str:
        """The name of a dump made then at that position."""
        name = f"{made_at:%Y-%m-%d}-{position}"
        taken = set(self.names())
        return next(one for one in chain([name], (f"{name}-{n}" for n in count(2))) if one not in taken)

    def publish(self, made: Path, name: str) -> Dump:
        """The dump whose files were made in a folder, now the latest; durable when this returns."""
        self.show(made, name)
        self.point(name)
        found = self.find(name)
        assert found is not None  # it was made by us just now, under the lock
        return found

    def keep(self, number: int) -> list[str]:
        """Names of the dumps dropped so that the newest `number` are left."""
        return self.drop(self.names()[number:])

    def drop_older_than(self, position: int) -> list[str]:
        """Names of the dumps dropped that stand at a position below `position`: they may hold what was withdrawn."""
        return self.drop(self.older_than(position))

    def older_than(self, position: int) -> list[str]:
        """Names of the dumps that stand at a position below `position`."""
        return [name for name in self.names() if _position(name) < position]


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
