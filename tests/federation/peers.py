"""Whole nodes in one process: real ledgers, real web applications, real Members; only the wire is replaced."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask

from catalogue.federation.feed import HttpFeed
from catalogue.federation.inbox import Inbox
from catalogue.federation.members import Members
from catalogue.federation.probe import Probe, Seen
from catalogue.federation.soon import Soon
from catalogue.model.signing import NodeKey
from catalogue.problems import SourceUnavailable
from catalogue.resolver.service import Resolver
from catalogue.settings import WebSettings
from catalogue.store.ledger import Ledger
from catalogue.web.factory import create_web
from catalogue.web.services import Services
from tests.store.graph.records import append, study

MAX_BYTES = 10 << 20


@dataclass
class Clock:
    """A clock that moves when told."""

    now: datetime = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_s(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@dataclass
class Peer:
    """One node.

    Args:
        asked: (path, status) of each request that it answered.
        changed: path -> body given in place of its own.
    """

    url: str
    home: Path
    ledger: Ledger
    members: Members
    inbox: Inbox
    app: Flask
    down: bool = False
    asked: list[tuple[str, int]] = field(default_factory=list)
    changed: dict[str, bytes] = field(default_factory=dict)

    @property
    def node(self) -> str:
        """Its name."""
        assert self.ledger.key is not None
        return self.ledger.key.node

    def add(self, *numbers: int) -> None:
        """Studies of the BioImage Archive, recorded by this node."""
        append(self.ledger, *(study(number) for number in numbers))


class Net:
    """Nodes that reach each other."""

    def __init__(self, folder: Path) -> None:
        self.clock = Clock()
        self.peers: dict[str, Peer] = {}
        self._folder = folder
        self._stack = ExitStack()

    def node(self, name: str, **settings: Any) -> Peer:
        """A new node with a key of its own at https://NAME.example."""
        home = self._folder / name
        home.mkdir()
        key = NodeKey(os.urandom(32))
        ledger = self._stack.enter_context(
            Ledger(f"sqlite:///{home / 'ledger.db'}", self.clock, chunks=home / "chunks", key=key)
        )
        url = f"https://{name}.example"
        inbox = Inbox(ledger, Soon(home), self.clock)
        services = Services(
            ledger=ledger,
            resolver=Resolver(ledger),
            name=f"Node {name}",
            inbox=inbox,
            web=WebSettings(base_url=url),
            **settings,
        )
        members = Members(ledger, self.open_feed, self.clock, MAX_BYTES, home)
        self.peers[url] = Peer(url, home, ledger, members, inbox, create_web(services))
        return self.peers[url]

    def open_feed(self, url: str) -> HttpFeed:
        """What `app` makes of the one fetcher."""

        def fetch(address: str, max_bytes: int, etag: str) -> tuple[int, bytes, str]:
            seen = self.fetch(address, max_bytes, etag)
            return seen.status, seen.content, seen.etag

        return HttpFeed(fetch, url)

    def probe(self, url: str) -> Probe:
        """A look at a node."""
        return Probe(self.fetch, url)

    def fetch(self, address: str, max_bytes: int, etag: str) -> Seen:
        """The answer of the node at an address."""
        url = "/".join(address.split("/")[:3])
        peer = self.peers.get(url)
        if peer is None or peer.down:
            raise SourceUnavailable(f"{url} does not answer.")
        path = address.removeprefix(url)
        headers = {"If-None-Match": etag} if etag else {}
        answer = peer.app.test_client().get(path, headers=headers)
        peer.asked.append((path, answer.status_code))
        content = peer.changed.get(path, answer.data)
        assert len(content) <= max_bytes
        found = {name.lower(): value for name, value in answer.headers.items()}
        return Seen(answer.status_code, found, content, address, 0.001, 0.0)

    def post(self, address: str, body: bytes) -> int:
        """The status with which a node takes a notification."""
        url = "/".join(address.split("/")[:3])
        peer = self.peers.get(url)
        if peer is None or peer.down:
            raise SourceUnavailable(f"{url} does not answer.")
        answer = peer.app.test_client().post(address.removeprefix(url), data=body, content_type="application/ld+json")
        return answer.status_code

    def close(self) -> None:
        """Closes every ledger."""
        self._stack.close()


@contextmanager
def net_in(folder: Path) -> Iterator[Net]:
    """A net of nodes in a folder."""
    net = Net(folder)
    try:
        yield net
    finally:
        net.close()
