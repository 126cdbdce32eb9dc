"""Nothing that is kept leads back to who came."""

from __future__ import annotations

import logging
from datetime import date
from pathlib import Path

import pytest

from catalogue.fair.usage.recorder import Recorder
from catalogue.fair.usage.visits import DaySecrets, Visits
from tests.fair.usage.usage_hits import ADDRESS, BROWSER, STUDY, hit, piece


def _everything(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


@pytest.mark.parametrize("ledger_url", ["sqlite"], indirect=True)
def test_no_file_holds_an_address_or_a_user_agent(ledger, recorder, clock, tmp_path) -> None:
    """After thousands of hits neither the clients' addresses nor their User-Agents stand in any file of the node."""
    for number in range(3_000):
        recorder.add(hit(after_s=number, address=f"203.0.113.{number % 250}", agent=f"{BROWSER} Quagga/{number}"))
        recorder.add(piece(after_s=number, number=number))
    recorder.flush()
    for hours in (0, 3, 30):
        clock.move(hours=hours)
        recorder.flush()
        held = _everything(tmp_path)
        assert len(held) > 50_000
        for trace in (b"203.0.113", b"Quagga", b"Firefox", b"/studies/"):
            assert trace not in held
    assert len(ledger.usage.of(STUDY)) == 6


def test_nothing_is_logged_about_a_client(recorder, capfd, caplog, monkeypatch) -> None:
    """A fault while writing is logged by its kind; no address comes into the log."""

    def fail(self: Visits, hits: object) -> list[object]:
        raise ValueError(f"cannot write {hit()!r} of {ADDRESS}")

    monkeypatch.setattr(Visits, "of", fail)
    recorder.add(hit())
    with caplog.at_level(logging.DEBUG):
        recorder._attempt()
    printed = capfd.readouterr()
    said = printed.out + printed.err + caplog.text
    assert "usage.not_written" in said
    assert ADDRESS not in said and "Firefox" not in said
    assert recorder.taken.dropped == 1


def test_a_hit_does_not_show_its_client() -> None:
    """A hit in a traceback tells neither address nor User-Agent."""
    assert ADDRESS not in repr(hit()) and "Firefox" not in repr(hit())


def test_secrets_end_with_their_day(ledger, recorder, secrets, clock, tmp_path) -> None:
    """The day's secret is readable by the node's user only, and gone once its day is counted."""
    recorder.add(hit())
    recorder.flush()
    (file,) = (tmp_path / "usage").iterdir()
    assert file.stat().st_mode & 0o777 == 0o600 and len(file.read_bytes()) == 32
    clock.move(hours=13)
    recorder.flush()
    assert file.exists()
    clock.move(hours=2)
    recorder.flush()
    assert list((tmp_path / "usage").iterdir()) == []


def test_each_day_has_its_own_secret(secrets, tmp_path) -> None:
    """A user's sessions of two days cannot be brought together, and processes of a node agree on a day's secret."""
    one, two = date(2026, 11, 22), date(2026, 11, 23)
    assert secrets.of(one) != secrets.of(two)
    assert DaySecrets(tmp_path / "usage").of(one) == secrets.of(one)
    secrets.destroy_before(two)
    assert [path.name for path in (tmp_path / "usage").iterdir()] == ["2026-11-23.key"]


def test_sessions_of_an_hour_are_told_from_those_of_the_next(ledger, secrets) -> None:
    """Names of sessions of one user differ from hour to hour, as do names of what is clicked from day to day."""
    visits = Visits(ledger, secrets).of([hit(), hit(after_s=60), hit(after_s=3600), hit(after_s=86_400)])
    assert len({visit.session for visit in visits}) == 3
    assert len({visit.click for visit in visits}) == 2


def test_a_recorder_without_hits_leaves_nothing(ledger, secrets, tmp_path) -> None:
    """A node that nobody visits has no secret and no thread."""
    recorder = Recorder(ledger, secrets)
    recorder.close()
    assert not (tmp_path / "usage").exists()
