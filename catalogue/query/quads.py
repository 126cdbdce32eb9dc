"""A throw-away store made from one N-Quads file, in the layout that the query pool reads."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyoxigraph

from catalogue.problems import BadRequest, NotFound


@contextmanager
def throwaway_store(file: Path) -> Iterator[Path]:
    """The `current` link of a snapshot that holds the file's quads; everything is removed on leaving.

    The file is read as a stream, so it may be larger than memory.

    Raises:
        NotFound: there is no such file.
        BadRequest: it is not N-Quads; the detail names the line.
    """
    if not file.is_file():
        raise NotFound(f"There is no file {file.name!r}; give the path of an N-Quads file.")
    with tempfile.TemporaryDirectory(prefix="ommatidia-quads-") as folder:
        root = Path(folder)
        snapshot = root / "snapshots" / "1"
        snapshot.parent.mkdir()
        store = pyoxigraph.Store(str(snapshot))
        try:
            store.bulk_load(path=str(file), format=pyoxigraph.RdfFormat.N_QUADS)
        except (SyntaxError, ValueError) as error:
            raise BadRequest(f"{file.name} is not N-Quads: {' '.join(str(error).split())[:300]}.") from error
        # Unoptimised scans are 5 to 20 times slower (engines.md, section 1).
        store.optimize()
        store.flush()
        del store
        current = root / "current"
        current.symlink_to(snapshot)
        yield current
