"""A node with records of every kind, and its dump; made once where nothing is changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalogue.exchange.dumps.shelf import Dump
from tests.exchange.dumps.dumping import DumpingNode


@pytest.fixture
def node(tmp_path: Path) -> DumpingNode:
    """A node to change."""
    return DumpingNode(tmp_path).fill()


@pytest.fixture(scope="session")
def still(tmp_path_factory: pytest.TempPathFactory) -> DumpingNode:
    """A node that no test changes."""
    return DumpingNode(tmp_path_factory.mktemp("dumping")).fill()


@pytest.fixture(scope="session")
def dump(still: DumpingNode) -> Dump:
    """Its dump."""
    made = still.dump()
    assert made is not None
    return made
