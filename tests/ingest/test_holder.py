"""A lease is given up for its holder only when that process is certainly gone."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from catalogue.ingest.holder import is_gone, new_holder
from catalogue.problems import Locked

NAME = "from catalogue.ingest.holder import new_holder; print(new_holder(), flush=True); input()"

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes are not told apart here")


@pytest.fixture
def other():
    """Another process and the name it gave itself."""
    process = subprocess.Popen([sys.executable, "-c", NAME], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield process, process.stdout.readline().strip()
    finally:
        process.kill()
        process.communicate()


def test_living_holder_is_never_gone(other) -> None:
    """This process and another living one keep their leases, and each run has a name of its own."""
    assert not is_gone(new_holder())
    assert not is_gone(other[1])
    assert new_holder() != new_holder()


def test_dead_holder_is_gone_even_before_it_is_reaped(other) -> None:
    """A killed process is gone, while it is still a zombie and after."""
    process, name = other
    process.kill()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    assert is_gone(name)
    process.wait()
    assert is_gone(name)


def test_process_number_given_again_is_another_process() -> None:
    """The same number with another start is not the holder."""
    machine, pid, started, chance = new_holder().split(".")
    assert is_gone(f"{machine}.{pid}.{int(started) - 1}.{chance}")


@pytest.mark.parametrize("name", ["", "5f2a", "another.1.2.3", "a.b.c.d", "a.b.c.d.e", ".1.2.3"])
def test_holder_of_another_machine_is_left_alone(name: str) -> None:
    """Nothing is said about names that were not made on this machine."""
    assert not is_gone(name)


def test_run_after_a_kill_need_not_wait_for_the_lease(make_bench, other) -> None:
    """A source whose reader was killed can be harvested at once; one whose reader lives cannot."""
    bench = make_bench()
    process, name = other
    bench.ledger.acquire_lease("harvest:scripted", name)
    with pytest.raises(Locked):
        bench.harvest()
    process.kill()
    process.wait()
    assert bench.harvest().state == "completed"
