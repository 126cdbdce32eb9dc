"""Each entry says under which version of the model it was written, for ever; ledgers from before stay whole."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from ledger_records import append_study, payload_of
from sqlalchemy import Engine, MetaData, create_engine, insert, select, text

from catalogue.ingest.service import Ingest
from catalogue.model.table import schema_version
from catalogue.problems import Conflict, StoreDamaged
from catalogue.resources import migrations_dir
from catalogue.settings import HarvestSettings
from catalogue.store.entries import FIRST_SCHEMA_VERSION
from catalogue.store.graph_view import catalog_record
from catalogue.store.ledger import Ledger
from tests.ingest.conftest import Partner, Terms

OLD = Path(__file__).with_name("ledger-0.1.0.sql")
FIRST = "biostudies:S-BIADTEST1"


@pytest.fixture
def old_url(ledger_url: str, tmp_path: Path) -> str:
    """A ledger as version 0.1.0 left it; on PostgreSQL the same rows in the tables of the first revision."""
    file = tmp_path / ("ledger.db" if ledger_url.startswith("sqlite") else "rows.db")
    with closing(sqlite3.connect(file)) as database:
        database.executescript(OLD.read_text("utf-8"))
    if not ledger_url.startswith("sqlite"):
        copy_rows(create_engine(f"sqlite:///{file}"), create_engine(ledger_url))
    return ledger_url


def copy_rows(rows: Engine, target: Engine) -> None:
    """Makes the tables of the first revision in `target` and fills them."""
    config = Config()
    config.set_main_option("script_location", str(migrations_dir()))
    with target.begin() as connection, rows.connect() as given:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        tables = MetaData()
        tables.reflect(connection)
        for table in tables.sorted_tables:
            found = [dict(row) for row in given.execute(select(table)).mappings()]
            if found and table.name != "alembic_version":
                connection.execute(insert(table), found)


def test_ledger_of_the_first_version_is_read_and_verified(old_url, clock):
    """Its entries keep their hashes, say 0.1.0, and nothing in it is called damaged."""
    with pytest.raises(Conflict, match="ommatidia init"):
        Ledger(old_url, clock, create=False)
    with create_engine(old_url).connect() as connection:
        hashes = list(connection.execute(text("SELECT entry_hash FROM entry ORDER BY position")).scalars())
    with Ledger(old_url, clock) as ledger:
        assert [entry.entry_hash for entry in ledger.entries()] == hashes and len(hashes) == 5
        assert {entry.schema_version for entry in ledger.entries()} == {FIRST_SCHEMA_VERSION} == {"0.1.0"}
        assert list(ledger.fsck()) == []


def test_first_ledger_is_written_on(old_url, clock):
    """New entries follow the old chain and say their own version; the old ones still say theirs."""
    with Ledger(old_url, clock) as ledger:
        ledger.add_source("idr", harvester="gide", location="x")
        with ledger.transaction() as writer:
            append_study(writer, "idr:idr0001", schema_version="0.1.7")
            append_study(writer, "idr:idr0002")
        versions = [entry.schema_version for entry in ledger.entries()]
        assert versions == ["0.1.0"] * 5 + ["0.1.7", schema_version()]
        assert ledger.schema_versions() == {"0.1.0": 2, "0.1.7": 1, schema_version(): 1}
        assert list(ledger.fsck()) == []


def test_first_ledger_is_mapped_again(old_url, clock):
    """What 0.1.0 kept is enough to map its records again, with the time at which it read them."""
    with Ledger(old_url, clock) as ledger:
        partner = Partner(version="2")
        before = ledger.entries()
        plain = partner.map
        partner.map = lambda d, s: (m := plain(d, s), m.records[0].update(title="Mapped again"))[0]
        ingest = Ingest(ledger, {"scripted": partner}, Terms(), "f" * 64, "9.0.0", HarvestSettings(), clock)
        report = ingest.remap("scripted")
        assert (report.read, report.changed, report.quarantined) == (3, 2, 1)
        head = ledger.head(FIRST)
        assert (head.schema_version, head.retrieved_at) == ("9.0.0", before[0].retrieved_at)
        assert ledger.entries(limit=5) == before
        assert list(ledger.fsck()) == []


@pytest.mark.parametrize("forged", ["'9.9.9'", "NULL", "''"])
def test_altered_schema_version_is_found(tmp_path, clock, forged):
    """The version is part of what the chain holds: altered or removed, it is damage."""
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    with Ledger(url, clock) as ledger:
        ledger.add_source("idr", harvester="gide", location="x")
        with ledger.transaction() as writer:
            append_study(writer, "idr:idr0001")
        with ledger.engine.begin() as connection:
            connection.exec_driver_sql("DROP TRIGGER entry_no_update")
            connection.exec_driver_sql(f"UPDATE entry SET schema_version = {forged}")
        with pytest.raises(StoreDamaged):
            ledger.entries()
        assert "entry hash" in next(ledger.fsck()).what


def test_old_entry_cannot_be_given_another_version(old_url, clock):
    """An entry from before versions were kept cannot pass for one of a later version."""
    with Ledger(old_url, clock) as ledger:
        with ledger.engine.begin() as connection:
            on = " ON entry" if connection.dialect.name == "postgresql" else ""
            connection.exec_driver_sql(f"DROP TRIGGER entry_no_update{on}")
            connection.exec_driver_sql("UPDATE entry SET schema_version = '0.1.0' WHERE position = 1")
        assert [fault.position for fault in ledger.fsck()] == [1]


def test_provenance_says_the_version_of_its_own_entry(ledger):
    """The catalogue record of an entry states the version it was written under, whatever the present one is."""
    with ledger.transaction() as writer:
        old = append_study(writer, "idr:idr0001", schema_version="0.0.9")
        new = append_study(writer, "idr:idr0001", payload=payload_of("idr:idr0001", title="Again"))
    assert catalog_record(old)["schema_version"] == "0.0.9"
    assert catalog_record(new)["schema_version"] == schema_version()
    assert [entry.schema_version for entry in ledger.history("idr:idr0001")] == ["0.0.9", schema_version()]
