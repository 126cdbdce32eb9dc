"""A ledger on every engine this machine can run, a clock in the test's hand, and records to append."""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, make_url

from catalogue.store.ledger import Entry, Ledger, LedgerWriter

START = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


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
    with Ledger(ledger_url, clock) as opened:
        opened.add_source("idr", harvester="gide", location="/data/idr", owners=("idr",))
        yield opened


def payload_of(curie: str, **fields: Any) -> bytes:
    """Canonical JSON of a small study."""
    record = {"type": "Study", "id": curie, "title": f"Zebrafish é {curie}", **fields}
    return json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def append_study(writer: LedgerWriter, curie: str, *, status: str = "public", **changes: Any) -> Entry:
    """Appends a study whose payload is made of its curie and `title`, with every argument open to change."""
    fields = {"title": changes.pop("title")} if "title" in changes else {}
    arguments = {
        "curie": curie,
        "owner": curie.partition(":")[0],
        "kind": "study",
        "status": status,
        "payload": payload_of(curie, **fields),
        "source": "idr",
        "source_url": f"https://example.org/{curie}.json",
        "harvester": "gide/1",
        "retrieved_at": START - timedelta(minutes=5),
    }
    return writer.append(**{**arguments, **changes})


@pytest.fixture
def study() -> Callable[..., Entry]:
    """`append_study`."""
    return append_study


@pytest.fixture
def payload() -> Callable[..., bytes]:
    """`payload_of`."""
    return payload_of
