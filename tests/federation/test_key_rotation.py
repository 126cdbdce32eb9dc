"""The next key of a node, with other processes of the node at work: none loses it, none goes on with the old one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from catalogue.federation.members import Members
from catalogue.federation.ownership import Ownership, finish_rotation
from catalogue.model.signing import NEXT_KEY, KeyFile, NodeKey
from catalogue.problems import RecordRejected
from catalogue.store.ledger import Ledger
from tests.store.graph.records import NOW, append, study


def opened(home: Path) -> Ledger:
    """The ledger as a process of the node opens it."""
    NodeKey.load(home / "node.key", create=True)
    return Ledger(f"sqlite:///{home / 'ledger.db'}", lambda: NOW, key=KeyFile(home / "node.key").current)


def nobody(url: str) -> None:
    """No member is asked."""
    raise AssertionError(url)


def ownership(home: Path, ledger: Ledger) -> Ownership:
    """Who writes whose records."""
    members = Members(ledger, nobody, lambda: NOW, 1 << 20, home)
    return Ownership(ledger, members, nobody, lambda: NOW, home / "node.key")


@pytest.fixture
def ledgers(tmp_path: Path) -> Iterator[tuple[Ledger, Ledger]]:
    """One ledger as two processes have it, with a study."""
    with opened(tmp_path) as one, opened(tmp_path) as other:
        append(one, study(1))
        yield one, other


def test_process_that_runs_on_writes_with_the_next_key(tmp_path: Path, ledgers: tuple[Ledger, Ledger]) -> None:
    """A worker and a web process outlive a rotation: they sign with the key that is in force, and lose no record."""
    command, worker = ledgers
    append(worker, study(2))
    new = ownership(tmp_path, command).rotate_key()
    assert worker.key is not None and worker.key.public == new.public
    append(worker, study(3))
    assert worker.log.entries()[-1].log.epoch == 1
    assert list(worker.fsck()) == []


def test_process_that_starts_during_a_rotation_does_not_take_the_key_away(
    tmp_path: Path, ledgers: tuple[Ledger, Ledger], monkeypatch: pytest.MonkeyPatch
) -> None:
    """R6: whatever another process finds of a rotation under way, the key that statements name is kept."""
    command, _ = ledgers
    found: list[bool] = []

    def look(*arguments: object) -> None:
        found.append((tmp_path / NEXT_KEY).exists())

    # Nothing of the next key can be seen before the writing lock is held, which a starting process needs as well.
    real = Ledger.transaction

    def transaction(self: Ledger, *arguments: object) -> object:
        look()
        return real(self, *arguments)

    monkeypatch.setattr(Ledger, "transaction", transaction)
    new = ownership(tmp_path, command).rotate_key()
    assert found == [False]
    assert NodeKey.load(tmp_path / "node.key").public == new.public


def test_rotation_that_another_process_finished_is_finished(
    tmp_path: Path, ledgers: tuple[Ledger, Ledger], monkeypatch: pytest.MonkeyPatch
) -> None:
    """R6: statements durable, the file waiting: whoever comes first puts it in force, the other is content."""
    command, starting = ledgers
    real = Path.replace

    def replace(self: Path, target: Path) -> Path:
        monkeypatch.setattr(Path, "replace", real)
        assert finish_rotation(starting, tmp_path / "node.key") is not None
        return real(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    new = ownership(tmp_path, command).rotate_key()
    assert NodeKey.load(tmp_path / "node.key").public == new.public
    append(starting, study(2))


def test_rotation_cut_off_before_its_statements_leaves_the_old_key(
    tmp_path: Path, ledgers: tuple[Ledger, Ledger]
) -> None:
    """R6: a file that no statement names is removed at the next start, and the old key goes on."""
    command, starting = ledgers
    (tmp_path / NEXT_KEY).write_text("7" * 64 + "\n")
    assert finish_rotation(starting, tmp_path / "node.key") is None
    assert not (tmp_path / NEXT_KEY).exists()
    append(command, study(2))


def test_old_key_alone_writes_nothing(tmp_path: Path, ledgers: tuple[Ledger, Ledger]) -> None:
    """P11: a process that only has the former key, such as a copy of the folder, is refused."""
    command, _ = ledgers
    former = command.key
    ownership(tmp_path, command).rotate_key()
    with (
        Ledger(f"sqlite:///{tmp_path / 'ledger.db'}", lambda: NOW, key=former) as copy,
        pytest.raises(RecordRejected, match="with the key"),
    ):
        append(copy, study(2))
