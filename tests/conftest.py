"""Skips with reasons: partner data, PostgreSQL and Chromium are there or they are not."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import hypothesis
import pytest
import structlog

PARTNERS = Path(__file__).resolve().parent.parent.parent / "shared" / "partners"

# Machines are shared: how long one example takes says nothing. CI draws the same examples each time, others new ones.
hypothesis.settings.register_profile("shared", deadline=None, derandomize=os.environ.get("CI") == "true")
hypothesis.settings.load_profile("shared")


def pytest_configure() -> None:
    """Let Ctrl-C reach the commands that tests interrupt, which would ignore it after a start in the background."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what this machine cannot run."""
    reasons = {
        "partners": None if PARTNERS.is_dir() else "../shared/partners is not here",
        "postgres": None if os.environ.get("OMMATIDIA_TEST_POSTGRES") else "OMMATIDIA_TEST_POSTGRES names no server",
        "browser": None if shutil.which("chromium") else "Chromium is not installed",
    }
    for item in items:
        for name, reason in reasons.items():
            if reason is not None and item.get_closest_marker(name) is not None:
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(autouse=True)
def _own_logging() -> Iterator[None]:
    """A command run in this process sets up logging to that test's streams; the next test starts afresh."""
    yield
    structlog.reset_defaults()


@pytest.fixture
def partners() -> Path:
    """Folder of real partner metadata."""
    return PARTNERS


@pytest.fixture
def clock():
    """The real time, aware."""
    return lambda: datetime.now(UTC)
