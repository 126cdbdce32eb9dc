"""Looks, uses, counting and harvests write at once from processes of their own: nothing is lost, doubled or stuck."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

from book_writer import ROUNDS
from ledger_records import START
from sqlalchemy import func, select

from catalogue.fair.usage.rules import count_visits
from catalogue.store import schema
from catalogue.store.ledger import Ledger

SCRIPT = Path(__file__).with_name("book_writer.py")
NAMES = ("look1", "look2", "use1", "use2", "count", "record1")


def start(url: str, name: str) -> subprocess.Popen[str]:
    pipe = subprocess.PIPE
    return subprocess.Popen([sys.executable, str(SCRIPT), url, name], stdin=pipe, stdout=pipe, stderr=pipe, text=True)


def at_once(url: str) -> dict[str, int]:
    """What each process said at its end, all having begun together."""
    running = {name: start(url, name) for name in NAMES}
    for process in running.values():
        assert process.stdout.readline() == "ready\n"
    for process in running.values():
        process.stdin.write("go\n")
        process.stdin.flush()
    said = {}
    for name, process in running.items():
        out, trouble = process.communicate(timeout=120)
        assert (process.returncode, trouble) == (0, ""), f"{name}: {trouble}"
        said[name] = int(out)
    return said


def test_books_written_at_once_lose_and_double_nothing(ledger, ledger_url) -> None:
    """Every look is there in its writer's order, every use is counted once or told as late, every entry is in the log,
    and nobody waits for ever.
    """
    late = at_once(ledger_url)
    looks = _looks(ledger)
    assert len(looks) == len({number for number, *_ in looks}) == 2 * ROUNDS * 5
    for name in ("look1", "look2"):
        rounds = [int(said) for _, check, said in looks if check == name]
        assert rounds == sorted(rounds)
    with Ledger(ledger_url, lambda: START + timedelta(days=1), create=False) as later:
        later.usage.fold(count_visits)
        assert sum(later.usage.volumes("idr:1").values()) == 10 * (2 * ROUNDS * 3 - late["use1"] - late["use2"])
        with later.engine.connect() as connection:
            assert connection.scalar(select(func.count()).select_from(schema.usage_visit)) == 0
    assert ledger.last_position() == ROUNDS and list(ledger.fsck()) == []


def _looks(ledger: Ledger) -> list[tuple[int, str, str]]:
    table = schema.observation.c
    query = select(table.number, table.check_name, table.said).order_by(table.number)
    with ledger.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(query)]
