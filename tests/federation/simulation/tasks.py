"""Work that stops between any two steps and goes on when the scheduler says so, or never."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from greenlet import getcurrent, greenlet

from catalogue.problems import Problem
from tests.federation.simulation.memory_holdings import DiskFull
from tests.federation.simulation.node import Node


class Killed(BaseException):
    """The process died here."""


@dataclass(eq=False)
class Task:
    """One piece of work of one node's process."""

    node: Node
    what: str
    work: Callable[[], object]

    def __post_init__(self) -> None:
        self._greenlet = greenlet(self._run)
        self.ended = "not begun"

    @property
    def alive(self) -> bool:
        """Whether there is more to do."""
        return not self._greenlet.dead

    def step(self) -> None:
        """Goes on to the next pause."""
        self._greenlet.switch()

    def kill(self) -> None:
        """Ends it where it stands."""
        if self._greenlet:
            self._greenlet.throw(Killed)
        elif self.alive:
            self._greenlet.throw()

    def _run(self) -> None:
        try:
            self.work()
            self.ended = "done"
        except (Problem, DiskFull) as error:
            self.ended = f"{type(error).__name__}: {error}"
        except Killed:
            self.ended = "killed"


def pause(main: greenlet) -> None:
    """Hands over to the scheduler; outside of a task nothing happens."""
    if getcurrent() is not main:
        main.switch()
