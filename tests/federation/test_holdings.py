"""The holdings of a real node and those of the simulation keep one contract."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from holdings_contract import ME, HoldingsContract
from sqlalchemy import create_engine, make_url

from catalogue.federation.holdings import LedgerHoldings
from catalogue.store.ledger import Ledger
from tests.federation.simulation.disk import Disk
from tests.federation.simulation.memory_holdings import MemoryHoldings

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


class MemoryRig:
    """A simulated node."""

    def __init__(self, disk: Disk) -> None:
        self.holdings = MemoryHoldings(disk, ME)

    def write(self, name: str, payload: bytes, status: str = "public") -> None:
        """Writes a study."""
        self.holdings.write(name, "study", status, payload)

    def open_again(self) -> MemoryRig:
        """Another process over the same disk."""
        return MemoryRig(self.holdings.disk)


class LedgerRig:
    """A real node."""

    def __init__(self, url: str, folder: Path) -> None:
        self._place = url, folder
        self.ledger = Ledger(url, lambda: NOW, chunks=folder / "chunks", key=ME)
        self.holdings = LedgerHoldings(self.ledger, "member", None)

    def write(self, name: str, payload: bytes, status: str = "public") -> None:
        """Writes a study."""
        with self.ledger.transaction() as writer:
            writer.append(
                curie=name,
                owner=name.partition(":")[0],
                kind="study",
                status=status,
                payload=payload,
                source="member",
                harvester="gide/1",
                retrieved_at=NOW,
            )

    def open_again(self) -> LedgerRig:
        """Another process over the same ledger, which the former one let go of without a word."""
        self.ledger.close()
        return LedgerRig(*self._place)


class TestMemoryHoldings(HoldingsContract):
    """Of the simulation."""

    @pytest.fixture
    def rig(self) -> MemoryRig:
        """An empty node."""
        return MemoryRig(Disk())


class TestLedgerHoldings(HoldingsContract):
    """Of a ledger, on each engine."""

    @pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
    def rig(self, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[LedgerRig]:
        """An empty node."""
        if request.param == "sqlite":
            yield self._opened(f"sqlite:///{tmp_path / 'ledger.db'}", tmp_path)
            return
        server = make_url(os.environ["OMMATIDIA_TEST_POSTGRES"])
        schema = f"holdings_{uuid.uuid4().hex}"
        engine = create_engine(server, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(f"CREATE SCHEMA {schema}")
        own = server.update_query_dict({"options": f"-csearch_path={schema}"})
        yield self._opened(own.render_as_string(hide_password=False), tmp_path)
        with engine.connect() as connection:
            connection.exec_driver_sql(f"DROP SCHEMA {schema} CASCADE")
        engine.dispose()

    @staticmethod
    def _opened(url: str, folder: Path) -> LedgerRig:
        made = LedgerRig(url, folder)
        made.ledger.add_source("member", harvester="member", location="http://member", owners=())
        return made
