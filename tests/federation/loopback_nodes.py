"""Nodes of one process that read each other without a network: what Members, Ownership and Pull need, and no more."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from catalogue.federation.feed import Answer
from catalogue.federation.members import Members
from catalogue.federation.ownership import Ownership
from catalogue.model.payload import canonical
from catalogue.model.signing import NodeKey
from catalogue.problems import FetchRefused, NotFound, SourceUnavailable
from catalogue.resolver.service import Resolver
from catalogue.store.ledger import Entry, Ledger
from catalogue.web.factory import create_web
from catalogue.web.services import Services


class Net:
    """The nodes that can be reached, by address."""

    def __init__(self) -> None:
        self.nodes: dict[str, LoopbackNode] = {}
        self.asked: list[tuple[str, int]] = []

    def open_feed(self, url: str) -> Any:
        """A feed of the node at that address."""
        return _Feed(self, url)


class _Feed:
    def __init__(self, net: Net, url: str) -> None:
        self._net, self._url = net, url

    def get(self, path: str, max_bytes: int, etag: str = "") -> Answer:
        """As catalogue.federation.feed.Feed, over the node's real web application."""
        node = self._net.nodes.get(self._url)
        if node is None or node.down:
            raise SourceUnavailable(f"{self._url} does not answer.")
        answer = node.site.test_client().get(f"/{path}", headers={"If-None-Match": etag} if etag else {})
        self._net.asked.append((path, answer.status_code))
        if answer.status_code in (404, 410):
            raise NotFound(f"{path} is not there.")
        if len(answer.data) > max_bytes:
            raise FetchRefused("too large", rule="too-large")
        return Answer(answer.data, answer.headers.get("ETag", ""), answer.status_code == 304, f"{self._url}/{path}")


class LoopbackNode:
    """A node with a real ledger and its real web application, reached through `net`."""

    def __init__(self, net: Net, name: str, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.name, self.folder, self.net = name, folder, net
        self.url = f"http://{name}.example"
        self.down = False
        self._now = datetime(2026, 3, 1, tzinfo=UTC)
        self.open()
        net.nodes[self.url] = self

    def open(self) -> None:
        """Opens the ledger, also again after another file was put in its place."""
        key = NodeKey.load(self.folder / "node.key", create=True)
        self.rewritten = 0
        self.ledger = Ledger(f"sqlite:///{self.folder}/ledger.db", self.clock, key=key, on_rewrite=self._on_rewrite)
        self.members = Members(self.ledger, self.net.open_feed, self.clock, 1 << 20, self.folder)
        self.ownership = Ownership(self.ledger, self.members, self.net.open_feed, self.clock, self.folder / "node.key")
        self.site = create_web(Services(ledger=self.ledger, resolver=Resolver(self.ledger), name=self.name))

    def back_up(self, copy: Path) -> None:
        """Copies the ledger's file while nobody has it open."""
        self.ledger.close()
        shutil.copy(self.folder / "ledger.db", copy)
        self.open()

    def restore(self, copy: Path) -> None:
        """Puts a copy in the place of the ledger."""
        self.ledger.close()
        for left in self.folder.glob("ledger.db*"):
            left.unlink()
        shutil.copy(copy, self.folder / "ledger.db")
        self.open()

    def _on_rewrite(self) -> None:
        self.rewritten += 1

    def clock(self) -> datetime:
        """A second later each time."""
        self._now += timedelta(seconds=1)
        return self._now

    def join(self, *others: LoopbackNode) -> None:
        """Joins other nodes by their names."""
        for other in others:
            self.members.join(other.url, other.name)

    def write(self, curie: str, title: str = "A study", status: str = "public") -> Entry:
        """A version of a study that passes the hard rules, or its tombstone."""
        owner, accession = curie.split(":")
        record: dict[str, Any] = {"id": curie, "accession": accession, "owner": owner, "title": title}
        if status in ("withdrawn", "replaced"):
            record |= {"type": "Tombstone", "record_type": "Study", "date_withdrawn": "2026-03-01", "reason": "removed"}
        else:
            record |= {
                "type": "Study",
                "description": f"What was done in {accession}.",
                "license": "https://creativecommons.org/licenses/by/4.0/",
            }
        with self.ledger.transaction() as writer:
            return writer.append(
                curie=curie,
                owner=owner,
                kind="study",
                status=status,
                payload=canonical(record),
                source="own",
                harvester="test/1",
                retrieved_at=self._now,
            )

    def state(self) -> Any:
        """Digests of all owners."""
        return self.ledger.digests.node().owners


def settle(*nodes: LoopbackNode, rounds: int = 3) -> None:
    """Lets every node pull from all its members a few times."""
    for _ in range(rounds):
        for node in nodes:
            for member in node.ledger.registry.members("active"):
                try:
                    node.members.pull(member.name)
                except SourceUnavailable:
                    continue
