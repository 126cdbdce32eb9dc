"""The network between simulated nodes: it cuts, loses, repeats, ages, shortens and spoils what they answer."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from catalogue.federation.feed import Answer
from catalogue.model.payload import digest
from catalogue.problems import FetchRefused, NotFound, SourceUnavailable

FAULTS: Final = ("lost", "busy", "missing", "stale", "other", "shortened", "spoiled", "slow")
_REMEMBERED: Final = 6


@dataclass(slots=True)
class Network:
    """Who reaches whom, and how badly.

    Args:
        chance: of the run.
        likelihood: that one answer goes wrong; 0 after the faults stopped.
        cut: pairs that do not reach each other.
        down: nodes that do not answer.
        kinds: what may go wrong.
    """

    chance: random.Random
    likelihood: float = 0.0
    cut: set[frozenset[str]] = field(default_factory=set)
    down: set[str] = field(default_factory=set)
    kinds: tuple[str, ...] = FAULTS
    counts: Counter[str] = field(default_factory=Counter)
    requests: Counter[str] = field(default_factory=Counter)
    slowed: bool = False
    _former: dict[tuple[str, str], list[bytes]] = field(default_factory=lambda: defaultdict(list))

    def carry(self, reader: str, member: str, path: str, render: Callable[[str], bytes]) -> bytes:
        """What arrives.

        Raises:
            SourceUnavailable, NotFound: nothing does, or it says that nothing is there.
        """
        if member in self.down or reader in self.down or frozenset((reader, member)) in self.cut:
            self.counts["cut off"] += 1
            raise SourceUnavailable(f"{member} does not answer.")
        kind = self.chance.choice(self.kinds) if self.chance.random() < self.likelihood else ""
        self.slowed = kind == "slow"
        if kind:
            self.counts[kind] += 1
        if kind in ("lost", "busy"):
            raise SourceUnavailable(f"{member} answers {self.chance.choice((429, 500, 503))}.")
        if kind == "missing":
            raise NotFound(f"{member} has nothing there (404).")
        content = render(path)
        former = self._former[member, path]
        if (former and former[-1] != content) or not former:
            former.append(content)
            del former[:-_REMEMBERED]
        if kind == "stale":
            return self.chance.choice(former)
        if kind == "other":
            return self.chance.choice(self.chance.choice([found for found in self._former.values() if found]))
        if kind == "shortened":
            return content[: self.chance.randrange(len(content))]
        if kind == "spoiled":
            place = self.chance.randrange(len(content))
            return content[:place] + bytes([content[place] ^ (1 << self.chance.randrange(7))]) + content[place + 1 :]
        return content


@dataclass(frozen=True, slots=True)
class Link:
    """A feed: one node reading another.

    Args:
        pause: called before an answer is made and before it is had.
    """

    network: Network
    reader: str
    member: str
    render: Callable[[str], bytes]
    pause: Callable[[str], None]

    def get(self, path: str, max_bytes: int, etag: str = "") -> Answer:
        """As catalogue.federation.feed.Feed."""
        self.pause("asking")
        content = self.network.carry(self.reader, self.member, path, self.render)
        for _ in range(6 if self.network.slowed else 1):
            self.pause("answered")
        url = f"http://{self.member}/{path}"
        if len(content) > max_bytes:
            raise FetchRefused(f"{url} is too large.", rule="too-large")
        tag = digest(content)[:16]
        self.network.requests["conditional" if etag else "whole"] += 1
        if etag == tag:
            self.network.requests["not modified"] += 1
            return Answer(b"", tag, True, url)
        return Answer(content, tag, False, url)
