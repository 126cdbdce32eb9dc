"""A ledger on every engine this machine can run, a clock in the test's hand, and records to append."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from ledger_records import START, append_study, payload_of
from sqlalchemy import create_engine, make_url

from catalogue.store.ledger import Entry, Ledger


class HandClock:
    """A clock that stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def move(self, seconds: float) -> None:
        """Forward by `seconds`, or back when negative."""
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> HandClock:
    """A clock at START."""
    return HandClock()


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


@pytest.fixture
def ledger(ledger_url: str, clock: HandClock) -> Iterator[Ledger]:
    """An empty ledger that knows the source `idr`."""
    with Ledger(ledger_url, clock) as opened:
        opened.add_source("idr", harvester="gide", location="/data/idr", owners=("idr",))
        yield opened


@pytest.fixture
def study() -> Callable[..., Entry]:
    """`append_study`."""
    return append_study


@pytest.fixture
def payload() -> Callable[..., bytes]:
    """`payload_of`."""
    return payload_of
