from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

from catalogue.query.pool import QueryPool
from tests.query.stores import NASTY, iri, numbered, publish


@pytest.fixture(scope="session")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """2,000 quads in g, one in h, and one with a value full of signs that formats give a meaning."""
    quads = numbered(2000)
    quads.append(ox.Quad(iri("other"), iri("p0"), ox.Literal("h", language="en"), iri("h")))
    quads.append(ox.Quad(iri("nasty"), iri("nasty"), ox.Literal(NASTY), iri("h")))
    return publish(tmp_path_factory.mktemp("store"), 1, quads)


@pytest.fixture(scope="session")
def pool(snapshot: Path) -> Iterator[QueryPool]:
    """Two workers with ordinary limits."""
    with QueryPool(snapshot, workers=2, deadline_s=120, memory_bytes=1 << 30) as pool:
        yield pool
