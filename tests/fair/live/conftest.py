"""Two servers on loopback, one that plays an archive and one that plays this node."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from tests.harvesters.loopback_server import Server, serving


@pytest.fixture
def archive() -> Iterator[Server]:
    """What others serve."""
    with serving() as one:
        yield one


@pytest.fixture
def pages() -> Iterator[Server]:
    """What this node serves."""
    with serving() as one:
        yield one


@pytest.fixture
def over() -> Iterator[threading.Event]:
    """Set at the end of a test, so that silent servers let go."""
    event = threading.Event()
    yield event
    event.set()
