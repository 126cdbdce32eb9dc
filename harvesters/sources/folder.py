"""Documents in a folder of this machine, read in the order of their names."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from catalogue.model.documents import Event, Listed, Unreadable
from catalogue.problems import SourceUnavailable
from harvesters.sources.delivery import Delivery, printable


def iter_folder(root: Path, delivery: Delivery) -> Iterator[Event]:
    """Every document below `root`, sorted by item, then Listed(cursor None, complete).

    Symbolic links are read when they stay inside the folder; one that leads out is reported as `link-unsafe`.
    Folders reached by a link inside are listed at their own place only.

    Raises:
        SourceUnavailable: the folder or a sub-folder cannot be listed, or a file cannot be read.
    """
    root = root.resolve()
    total = 0
    for name, path, leads_out in sorted((p.relative_to(root).as_posix(), p, out) for p, out in _files(root, root)):
        item, decoded = printable(os.fsencode(name))
        if leads_out:
            yield Unreadable(
                item, "", "link-unsafe", f"The link {item} leads out of the folder. Copy what it points to."
            )
            continue
        if not delivery.wants(item):
            continue
        total += 1
        yield _read(path, root, item, decoded, delivery)
    yield Listed(cursor=None, complete=True, total=total)


def _read(path: Path, root: Path, item: str, decoded: bool, delivery: Delivery) -> Event:
    url = path.as_uri()
    if not decoded:
        return Unreadable(item, url, "bad-encoding", f"The file name {item} is not UTF-8. Rename the file.")
    try:
        target = path.resolve(strict=True)
        if not target.is_relative_to(root):
            return Unreadable(item, url, "link-unsafe", f"The link {item} leads out of the folder. Copy its target.")
        if not target.is_file():
            return Unreadable(item, url, "not-parsable", f"{item} is not a regular file. Remove or replace it.")
        with target.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size > delivery.max_bytes:
                return delivery.too_large(item, url, size)
            # One byte more than allowed: a file that grows while it is read is seen as too large, not cut.
            return delivery.document(item, url, file.read(delivery.max_bytes + 1))
    except (FileNotFoundError, RuntimeError):
        # RuntimeError is how pathlib reports a loop of links before Python 3.13.
        return Unreadable(item, url, "not-parsable", f"{item} is a link to nothing. Remove or mend it.")
    except OSError as error:
        raise SourceUnavailable(
            f"The file {item} cannot be read ({error.strerror}); nothing counts as removed. Check its permissions."
        ) from error


def _files(folder: Path, root: Path) -> Iterator[tuple[Path, bool]]:
    """(file below, False), and (link to a folder, True) for those that lead out of `root`."""
    try:
        entries = list(os.scandir(folder))
    except OSError as error:
        where = folder.relative_to(root).as_posix()
        raise SourceUnavailable(
            f"The folder {where} cannot be listed ({error.strerror}); nothing counts as removed. Check its permissions."
        ) from error
    for entry in entries:
        path = Path(entry.path)
        if entry.is_dir(follow_symlinks=False):
            if entry.name != ".git":
                yield from _files(path, root)
        elif not (entry.is_symlink() and path.is_dir()):
            yield path, False
        elif not path.resolve().is_relative_to(root):
            yield path, True
