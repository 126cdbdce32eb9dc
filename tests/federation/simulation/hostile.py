"""A member that lies: about others' records, about who writes them, about its own log, and about how much there is."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from catalogue.model.log_entry import LogEntry
from catalogue.model.payload import canonical, digest
from catalogue.model.tenure import SignedTenure, first_tenure, next_tenure
from catalogue.problems import Conflict, Problem
from catalogue.store.entries import stamp
from tests.federation.simulation import material
from tests.federation.simulation.disk import Disk
from tests.federation.simulation.documents import document
from tests.federation.simulation.memory_holdings import MemoryHoldings
from tests.federation.simulation.node import Node

if TYPE_CHECKING:
    from tests.federation.simulation.world import World


class Liar:
    """What a hostile node answers.

    Args:
        node: with its own key and its own archive; it relays what it holds as well.
    """

    def __init__(self, world: World, node: Node) -> None:
        self.node = node
        self._world = world
        self._chance = random.Random(f"liar {world.plan.seed}")
        self._forks = self._chance.random() < 0.4
        self._claims = self._chance.random() < 0.4
        self._second: Disk | None = None

    def document(self, reader: Node, path: str) -> bytes:
        """An answer, true or not."""
        truth = document(self._shown_to(reader), self.node.name, path)
        if self._chance.random() < 0.4:
            return truth
        said = json.loads(truth) if path.endswith(".json") else None
        if path == "federation/registry.json":
            return self._signed(self._registry(said))
        if path == "federation/digest.json":
            return self._signed(self._digests(said))
        if "/digest/" in path:
            return self._signed(self._buckets(said))
        if "/log/" in path:
            return self._signed(self._page(said))
        if "/entry/" in path:
            self._world.counts["lied about an entry"] += 1
            return self._signed(self._entry(said))
        return truth

    def equivocate(self) -> None:
        """Writes another version of its last change, for every second reader."""
        own = self.node.owners[0]
        if self._second is None:
            if not self._forks or not self.node.disk.owner_digest(own):
                return
            self._second = self.node.disk.copy()
            self._world.counts["equivocated"] += 1
        name = material.curie(own, self._chance.randrange(4))
        other = MemoryHoldings(self._second, self.node.key, self.node.clock, tell=self.node._tell)
        try:
            other.write(name, "study", "public", material.study(name, 70 + self._chance.randrange(9)))
        except (Conflict, Problem):
            return

    def _shown_to(self, reader: Node) -> MemoryHoldings:
        if self._second is not None and reader.number % 2:
            return MemoryHoldings(self._second, self.node.key, self.node.clock)
        return self.node.holdings

    @staticmethod
    def _signed(said: Any) -> bytes:
        return json.dumps(said).encode()

    def _victim(self) -> tuple[str, Node]:
        nodes = [node for node in self._world.nodes if not node.hostile and node.owners]
        node = self._chance.choice(nodes)
        return self._chance.choice(node.owners), node

    def _registry(self, said: dict[str, Any]) -> dict[str, Any]:
        """Claims another's owner: from the start, or as its successor, without the other's signature."""
        owner, _ = self._victim()
        now, key = stamp(self._world.now()), self.node.key
        known = next((node.disk.tenures[owner] for node in self._world.nodes if owner in node.disk.tenures), None)
        if known is not None and self._chance.random() < 0.7:
            claim = next_tenure(
                known[-1].tenure, key.node, key.public, (0, known[-1].tenure.after_digest), "owner", now
            )
        elif self._claims:
            claim = first_tenure(owner, key.node, key.public, now)
            self._world.note("tenure", key.node, owner=owner, epoch=0, digest=claim.digest, other=key.node)
        else:
            return said
        if known is not None and known[-1].tenure.key == key.public and claim.epoch:
            # Of what it had claimed before it may sign several successors, each as good as the other.
            self._world.note("tenure", key.node, owner=owner, epoch=claim.epoch, digest=claim.digest, other=key.node)
        self._world.counts["claimed an owner"] += 1
        made = SignedTenure(claim, {key.public: key.sign(claim.message)}).document()
        return {**said, "tenures": [*said["tenures"], made]}

    def _digests(self, said: dict[str, Any]) -> dict[str, Any]:
        """More entries than there are, other digests, owners that nobody knows, the same owner twice."""
        self._world.counts["lied about digests"] += 1
        owners = [dict(one) for one in said["owners"]]
        for one in owners:
            lie = self._chance.choice(("seq", "digest", "log_digest", "epoch", ""))
            if lie in ("seq", "epoch"):
                one[lie] += self._chance.choice((1, 1 << 40))
            elif lie:
                one[lie] = digest(lie.encode())
        unknown = {**owners[0], "owner": "nobody"} if owners else {}
        return {**said, "owners": [*owners, *owners[:1], *([unknown] if unknown else [])]}

    def _buckets(self, said: dict[str, Any]) -> dict[str, Any]:
        self._world.counts["lied about buckets"] += 1
        for one in said.get("buckets", ()):
            one["digest"] = digest(b"lie")
        for one in said.get("leaves", ()):
            one["seq"] += self._chance.randrange(3)
        return said

    def _page(self, said: dict[str, Any]) -> dict[str, Any]:
        self._world.counts["lied about a page"] += 1
        lie = self._chance.choice(("forge", "forge", "replay", "other", "endless"))
        entries = said["entries"]
        if lie == "forge":
            entries = [self._entry(one) for one in entries]
        elif lie == "replay":
            entries = entries[:1] * len(entries)
        elif lie == "other":
            entries = list(reversed(entries))
        else:
            entries = entries + [self._next(entries[-1]) for _ in range(2)]
        return {**said, "entries": entries[:4]}

    def _entry(self, said: dict[str, Any]) -> dict[str, Any]:
        """The entry with other content: under its old signature, under the liar's, or said to be the liar's."""
        header = dict(said["header"])
        record = {**(said.get("payload") or {}), "title": "Spoofed"}
        lie = self._chance.choice(("header", "payload", "signature", "writer"))
        if lie == "payload":
            return {**said, "payload": record}
        header["payload_digest"] = digest(canonical(record))
        if lie == "writer":
            header["asserted_by"] = self.node.name
        log = LogEntry(**{**header, "aliases": tuple(header.get("aliases", ())), "parent": header.get("parent")})
        signature = said["signature"] if lie == "header" else self.node.key.sign(log.message)
        if lie == "signature" and log.asserted_by == self.node.name and log.owner in self.node.owners:
            # Its own entry, truly signed and other than before: that is an equivocation, and in the history.
            self._note(log)
        if lie == "writer":
            self._note(log)
        return {**said, "header": log.document(), "signature": signature, "payload": record}

    def _next(self, said: dict[str, Any]) -> dict[str, Any]:
        header = said["header"]
        log = LogEntry(**{**header, "aliases": tuple(header.get("aliases", ())), "parent": header.get("parent")})
        made = replace(log, seq=log.seq + 1, previous=log.digest, asserted_by=self.node.name)
        self._note(made)
        return {**said, "header": made.document(), "signature": self.node.key.sign(made.message)}

    def _note(self, log: LogEntry) -> None:
        self._world.note(
            "written",
            self.node.name,
            owner=log.owner,
            epoch=log.epoch,
            seq=log.seq,
            digest=log.digest,
            previous=log.previous,
            curie=log.curie,
            status=log.status,
            payload_digest=log.payload_digest,
            poison="hostile",
        )
