"""The parts that speak with fellow nodes."""

from __future__ import annotations

from functools import cached_property
from time import monotonic
from typing import TYPE_CHECKING

from catalogue.wiring.doors import Doors

if TYPE_CHECKING:
    from catalogue.federation.announce import Announced
    from catalogue.federation.feed import Feed
    from catalogue.federation.members import Members
    from catalogue.federation.ownership import Ownership
    from catalogue.federation.probe import Probe
    from catalogue.federation.telling import Teller


class FederationParts(Doors):
    """Members, who owns what, and telling others of news."""

    @cached_property
    def members(self) -> Members:
        """The members of the federation."""
        from catalogue.federation.members import Members

        return Members(self.ledger, self._open_feed, self.clock, self.settings.harvest.max_document_bytes, self.home)

    @cached_property
    def ownership(self) -> Ownership:
        """Who writes whose records."""
        from catalogue.federation.ownership import Ownership

        return Ownership(self.ledger, self.members, self._open_feed, self.clock, self.home / "node.key")

    def _open_feed(self, url: str) -> Feed:
        """A member's addresses through a fetcher with the limits for members."""
        from catalogue.federation.feed import HttpFeed

        def fetch(address: str, max_bytes: int, etag: str) -> tuple[int, bytes, str]:
            answer = self._member_fetcher.get(address, max_bytes=max_bytes, etag=etag, origin=origin)
            return answer.status, answer.content, answer.etag

        origin = self._member_fetcher.origin(url)
        return HttpFeed(fetch, url)

    def probe(self, url: str) -> Probe:
        """A member's addresses with status and headers, for looking at it before it joins."""
        from catalogue.federation.probe import Probe, Seen

        def fetch(address: str, max_bytes: int, etag: str) -> Seen:
            began = monotonic()
            answer = self._member_fetcher.get(address, max_bytes=max_bytes, etag=etag, origin=origin)
            took_s = monotonic() - began
            return Seen(answer.status, answer.headers, answer.content, answer.url, took_s, answer.skew_s)

        origin = self._member_fetcher.origin(url)
        return Probe(fetch, url)

    def _teller(self) -> Teller:
        """Tells members that something is new here."""
        from catalogue.federation.telling import Teller

        def post(address: str, body: bytes) -> int:
            return self._member_fetcher.post(address, body, "application/ld+json", max_bytes=64 << 10).status

        return Teller(self.ledger, post, self.settings.web.base_url, self.clock)

    def announce(self) -> list[Announced]:
        """What came of telling each index of FAIR Data Points where this node's is."""
        from catalogue.federation.announce import announce

        return announce(self.fetcher, self.settings.exchange.fdp_index, self.settings.web.base_url)
