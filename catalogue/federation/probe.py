"""A member's addresses as somebody sees them who only looks: with status, headers and time taken."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from catalogue.federation.feed import HttpFeed


@dataclass(frozen=True, slots=True)
class Seen:
    """One answer.

    Args:
        headers: names in lower case.
        seconds: from the request to the last byte.
        skew_s: seconds by which the member's clock is ahead of ours; None where it says no time.
    """

    status: int
    headers: Mapping[str, str]
    content: bytes
    url: str
    seconds: float
    skew_s: float | None

    @property
    def etag(self) -> str:
        """Its validator; "" where it has none."""
        return self.headers.get("etag", "")


class Probe:
    """Reads addresses below a member's, whatever their status.

    Args:
        fetch: (address, decoded bytes it may have, ETag of what is held) -> answer; raises SourceUnavailable and
            FetchRefused.
        base: address of the member.
    """

    def __init__(self, fetch: Callable[[str, int, str], Seen], base: str) -> None:
        self.base = base.rstrip("/")
        self._fetch = fetch
        self.requests = 0

    def get(self, path: str, max_bytes: int = 64 << 20, etag: str = "") -> Seen:
        """The answer at an address below the member's."""
        self.requests += 1
        return self._fetch(f"{self.base}/{path}", max_bytes, etag)

    def feed(self) -> HttpFeed:
        """The same addresses as pulling reads them."""

        def fetch(address: str, max_bytes: int, etag: str) -> tuple[int, bytes, str]:
            seen = self.get(address.removeprefix(f"{self.base}/"), max_bytes, etag)
            return seen.status, seen.content, seen.etag

        return HttpFeed(fetch, self.base)
