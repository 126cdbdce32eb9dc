"""Skips with reasons: partner data, PostgreSQL and Chromium are there or they are not."""

from __future__ import annotations

import os
import shutil
import signal
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import hypothesis
import pytest
import structlog
from sqlalchemy import create_engine, make_url

PARTNERS = Path(__file__).resolve().parent.parent.parent / "shared" / "partners"

# Machines are shared: how long examples take says nothing. CI draws the same examples each time, others new ones.
hypothesis.settings.register_profile(
    "shared",
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
    derandomize=os.environ.get("CI") == "true",
)
hypothesis.settings.load_profile("shared")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def ledger_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A place of its own for one test's ledger."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'ledger.db'}"
        return
    server = make_url(os.environ["OMMATIDIA_TEST_POSTGRES"])
    schema = f"ledger_{uuid.uuid4().hex}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE SCHEMA {schema}")
    own = server.update_query_dict({"options": f"-csearch_path={schema}"})
    yield own.render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.exec_driver_sql(f"DROP SCHEMA {schema} CASCADE")
    engine.dispose()


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
