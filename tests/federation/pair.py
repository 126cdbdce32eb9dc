"""A node in memory and a member that it pulls from, for tests of what one pull does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from catalogue.federation.feed import Answer
from catalogue.federation.pull import Pull
from catalogue.federation.pull_report import PullReport
from catalogue.model.payload import digest
from catalogue.problems import FetchRefused
from tests.federation.simulation import material
from tests.federation.simulation.disk import Disk
from tests.federation.simulation.documents import document
from tests.federation.simulation.memory_holdings import MemoryHoldings

Spoil = Callable[[str, bytes], bytes]


@dataclass
class MemberFeed:
    """What a member answers, as a test alters it; `asked` are the addresses in order."""

    member: MemoryHoldings
    spoil: Spoil = lambda _path, content: content
    asked: list[str] = field(default_factory=list)

    def get(self, path: str, max_bytes: int, etag: str = "") -> Answer:
        """As catalogue.federation.feed.Feed."""
        self.asked.append(path)
        content = self.spoil(path, document(self.member, "member", path))
        if len(content) > max_bytes:
            raise FetchRefused(f"{path} is too large.", rule="too-large")
        tag = digest(content)
        return Answer(b"" if tag == etag else content, tag, tag == etag, f"http://member/{path}")


@dataclass
class Pair:
    """A node `here` and its member `there`; both are empty at first."""

    there: MemoryHoldings = field(default_factory=lambda: MemoryHoldings(Disk(), material.key(0)))
    here: MemoryHoldings = field(default_factory=lambda: MemoryHoldings(Disk(), material.key(1)))

    def write(self, number: int, version: int = 0, owner: str = "idr", **changes: object) -> None:
        """The member writes a version of a study."""
        name = material.curie(owner, number)
        said = {"curie": name, "kind": "study", "status": "public", "payload": material.study(name, version)}
        self.there.write(**(said | changes))  # type: ignore[arg-type]

    def pull(self, spoil: Spoil | None = None, etag: str = "") -> tuple[PullReport, list[str]]:
        """What a pull did, and the addresses that it asked."""
        feed = MemberFeed(self.there, spoil) if spoil else MemberFeed(self.there)
        report = Pull(feed, self.here, self.there.node, self.there.key.public, material.MAX_BYTES).run(etag)
        return report, feed.asked
