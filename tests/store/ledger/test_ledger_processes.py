"""Processes that die, write and read at once never cost or double an entry (reliability.md, G1)."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from catalogue.store.ledger import Ledger

HERE = Path(__file__).parent


def start(script: str, *arguments: str) -> subprocess.Popen[str]:
    """A Python process that runs one of the scripts beside this file."""
    command = [sys.executable, str(HERE / script), *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def kill_at_random(processes: list[subprocess.Popen[str]], chance: random.Random) -> list[list[str]]:
    """Lines each process printed before it was killed, after some number of acknowledgements."""
    lines: list[list[str]] = []
    for process in processes:
        lines.append([process.stdout.readline() for _ in range(chance.randint(1, 6))])
    for process in processes:
        process.kill()
    for process, heard in zip(processes, lines, strict=True):
        # A line cut by the kill acknowledges nothing.
        heard.extend(line for line in process.stdout if line.endswith("\n"))
        assert process.stderr.read() == ""
        process.wait(timeout=600)
    return lines


@pytest.mark.parametrize("seed", range(3))
def test_killed_writers_lose_nothing_acknowledged(ledger_url, clock, seed):
    """After kill -9 every printed position is there, the chain holds, and cursor, items and entries agree."""
    chance = random.Random(seed)
    sources = {"idr": 1, "empiar": 3, "ssbd": 7}
    with Ledger(ledger_url, clock) as ledger:
        for source in sources:
            ledger.add_source(source, harvester="gide", location="/x")
    for _ in range(3):
        processes = [start("appender.py", ledger_url, source, str(batch)) for source, batch in sources.items()]
        heard = kill_at_random(processes, chance)
        with Ledger(ledger_url, clock) as ledger:
            assert list(ledger.fsck()) == []
            for (source, batch), lines in zip(sources.items(), heard, strict=True):
                check_acknowledged(ledger, source, batch, [line.split() for line in lines])


def check_acknowledged(ledger: Ledger, source: str, batch: int, lines: list[list[str]]) -> None:
    """Every acknowledgement is an entry; the cursor counts whole batches, no more and no less."""
    for _number, position, entry_hash in lines:
        (entry,) = ledger.entries(after=int(position) - 1, limit=1)
        assert entry.entry_hash == entry_hash and entry.owner == source
    reached = int(ledger.cursor(source) or 0)
    assert reached >= int(lines[-1][0])
    assert len(ledger.items(source)) == reached
    assert ledger.counts()["owners"][source]["studies"] == reached * batch


def test_readers_follow_while_another_process_writes(ledger_url, clock, study):
    """Three read-only processes see every transaction whole and in order while it is written."""
    with Ledger(ledger_url, clock) as ledger:
        readers = [start("follower.py", ledger_url, "300") for _ in range(3)]
        for reader in readers:
            assert reader.stdout.readline() == "ready\n"
        for batch in range(30):
            with ledger.transaction() as writer:
                for part in range(10):
                    last = study(writer, f"idr:{batch}.{part}")
        for reader in readers:
            said, trouble = reader.communicate(timeout=600)
            assert (reader.returncode, said) == (0, f"300 {last.entry_hash}\n"), trouble


def test_threads_writing_at_once_take_turns(ledger, study):
    """Four threads of one process share a ledger: no gap, no doubling, no lost transaction."""

    def write(name: str) -> None:
        for number in range(15):
            with ledger.transaction() as writer:
                study(writer, f"idr:{name}.{number}")
                study(writer, f"idr:{name}.{number}b")

    threads = [threading.Thread(target=write, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ledger.last_position() == 120
    assert list(ledger.fsck()) == []
