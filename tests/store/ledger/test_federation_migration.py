"""A ledger from before there were members becomes one that can be exchanged, whole or not at all."""

from __future__ import annotations

import pytest
from alembic import command
from alembic.config import Config
from ledger_records import START, append_study
from sqlalchemy import text

from catalogue.model.signing import NodeKey
from catalogue.resources import migrations_dir
from catalogue.store import logwriter
from catalogue.store.database import open_engine
from catalogue.store.leaves import Leaf, bucket_digest, bucket_of
from catalogue.store.ledger import Ledger

KEY = NodeKey(b"k" * 32)
NEW_TABLES = ("log_entry", "bucket", "tenure", "member", "member_day", "alarm")
# What later revisions brought stands apart: nothing of 0006 is tested by it.
LATER_TABLES = ("usage_visit", "usage_count", "usage_volume", "usage_fold", "observation")
NEW_COLUMNS = ("owner_epoch", "owner_seq", "bucket", "whole")


@pytest.fixture
def old_url(ledger_url):
    """A ledger at revision 0005 with data: what 0006 brings is taken out of one that this version wrote."""
    with Ledger(ledger_url, lambda: START) as ledger:
        for source in ("idr", "empiar"):
            ledger.add_source(source, harvester="gide", location=f"/data/{source}", owners=(source,))
        with ledger.transaction() as writer:
            for number in range(1, 8):
                append_study(writer, f"idr:idr{number * 400:04d}", aliases=(f"name {number}",))
                append_study(writer, f"empiar:{10_000 + number}", source="empiar")
            append_study(writer, "idr:idr0400", title="changed")
            append_study(writer, "idr:idr0800", status="withdrawn")
        sqlite = ledger.engine.dialect.name == "sqlite"
        with ledger._write_engine.begin() as connection:
            run = connection.exec_driver_sql
            for table in (*NEW_TABLES, *LATER_TABLES):
                run(f"DROP TABLE {table}")
            run("DROP INDEX head_bucket")
            for column in NEW_COLUMNS:
                run(f"ALTER TABLE head DROP COLUMN {column}")
            for table in ("entry", "original"):
                on = "" if sqlite else f" ON {table}"
                act = (
                    f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                    if sqlite
                    else "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
                )
                run(f"DROP TRIGGER {table}_no_update{on}")
                run(f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {act}")
            run("UPDATE alembic_version SET version_num = '0005'")
    return ledger_url


def test_old_ledger_gets_its_buckets_and_then_its_owners_logs(old_url):
    """Digests follow from the records, each owner's old entries are signed in order, and nothing else changed."""
    with Ledger(old_url, lambda: START, key=KEY) as ledger:
        found = {}
        for head in ledger.heads():
            leaf = Leaf(head.curie, 0, head.owner_seq, head.status, head.payload_digest)
            found.setdefault((head.owner, bucket_of(head.curie)), []).append(leaf)
        assert len(found) == 4
        for (owner, bucket), leaves in found.items():
            assert bucket_digest(bucket, leaves) in ledger.digests.buckets(owner)
        assert ledger.log.entries() == []
        assert ledger.sign_log() == 16
        assert [one.entry.position for one in ledger.log.entries()] == list(range(1, 17))
        assert {owner: place.seq for owner, place in ledger.log.places().items()} == {"idr": 9, "empiar": 7}
        assert [one.tenure.node for one in ledger.registry.tenures()] == [KEY.node, KEY.node]
        with ledger.transaction() as writer:
            append_study(writer, "idr:idr0001")
        assert ledger.log.entries()[-1].log.seq == 10
        assert ledger.sign_log() == 0
        assert list(ledger.fsck()) == []


def test_entries_of_before_are_as_unchangeable_as_ever(old_url):
    """What a payload says may go for good; nothing else of an entry or an original can be changed after the upgrade."""
    with Ledger(old_url, lambda: START) as ledger:
        for change in ("curie = 'x'", "status = 'public'", "owner_seq = 9", "entry_hash = ''", "recorded_at = ''"):
            with pytest.raises(Exception, match=r"append-only|refuse"), ledger._write_engine.begin() as connection:
                connection.execute(text(f"UPDATE entry SET {change} WHERE position = 1"))
        with pytest.raises(Exception, match=r"append-only|refuse"), ledger._write_engine.begin() as connection:
            connection.execute(text("DELETE FROM entry WHERE position = 1"))


def test_upgrade_that_was_cut_off_leaves_the_old_ledger(old_url, monkeypatch):
    """R6: a crash at the last step of the upgrade undoes all of it; the next start does it whole."""

    def crash(*arguments):
        raise OSError("killed")

    with monkeypatch.context() as patched:
        patched.setattr(command, "upgrade", lambda config, to: cut_off(config, to, crash))
        with pytest.raises(OSError, match="killed"):
            Ledger(old_url, lambda: START)
    with Ledger(old_url, lambda: START, key=KEY) as ledger:
        assert ledger.sign_log() == 16
        assert list(ledger.fsck()) == []


upgrade = command.upgrade


def cut_off(config: Config, to: str, crash) -> None:
    """The upgrade, and then the end of the process before its transaction commits."""
    assert config.get_main_option("script_location") == str(migrations_dir())
    upgrade(config, to)
    crash()


def test_signing_that_was_cut_off_goes_on(old_url, monkeypatch):
    """R6: owners signed before a crash stay signed, the one under way is signed whole the next time, in one chain."""
    monkeypatch.setattr(logwriter, "_UNSIGNED", 2)
    real, calls = logwriter.LogWriter._log_row, []

    def cut(*arguments):
        calls.append(arguments)
        if len(calls) == 12:
            raise OSError("killed")
        return real(*arguments)

    with Ledger(old_url, lambda: START, key=KEY) as ledger:
        with monkeypatch.context() as patched:
            patched.setattr(logwriter.LogWriter, "_log_row", staticmethod(cut))
            with pytest.raises(OSError, match="killed"):
                ledger.sign_log()
        assert {owner: place.seq for owner, place in ledger.log.places().items()} == {"empiar": 7}
        assert ledger.sign_log() == 9
        assert list(ledger.fsck()) == []


def test_reader_refuses_a_ledger_that_was_not_brought_up_to_date(old_url):
    """A command that may not change the ledger says what to do."""
    with pytest.raises(Exception, match="ommatidia init"):
        open_engine(old_url, create=False, read_only=True)
