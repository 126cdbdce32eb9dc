"""Looks at single addresses: of strangers, within what their robots.txt allows, and of this node itself.

The rules of a site are asked for once a day; a site that sends its robots.txt away with an error is not looked at.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final

from harvesters.http import Fetcher, Response
from harvesters.sources.robots import RobotsOfSites

RENEW_S: Final = 86_400.0


class Home:
    """The way to this node's own pages, and nowhere else; may be shared by threads.

    Args:
        fetcher: that may ask the host of `base`, also where it is private.
        base: address of this node; every request stays at its scheme, host and port.
    """

    def __init__(self, fetcher: Fetcher, base: str) -> None:
        self._fetcher = fetcher
        self._origin = fetcher.origin(base)

    def look(self, url: str, **options: Any) -> Response:
        """As Fetcher.look.

        Raises:
            FetchRefused: the address is not this node's (rule `origin`), or as Fetcher.look.
            SourceUnavailable: as Fetcher.look.
        """
        return self._fetcher.look(url, **{**options, "origin": self._origin})


class Looker:
    """The way out for looks; may be shared by threads.

    Args:
        fetcher: with the manners that are due to strangers.
        seconds: a clock that only goes forward.
    """

    def __init__(self, fetcher: Fetcher, seconds: Callable[[], float] = time.monotonic) -> None:
        self._fetcher = fetcher
        self._seconds = seconds
        self._robots = RobotsOfSites(fetcher)
        self._asked = seconds()

    def look(self, url: str, **options: Any) -> Response:
        """As Fetcher.look, where robots.txt allows it.

        Raises:
            FetchRefused: robots.txt does not (rule `robots`), or as Fetcher.look.
            SourceUnavailable: as Fetcher.look; also when robots.txt cannot be had now.
        """
        self._require(url)
        return self._fetcher.look(url, **options)

    def get(self, url: str, **options: Any) -> Response:
        """As Fetcher.get, which follows redirects, where robots.txt allows it.

        Raises:
            FetchRefused: as `look`.
            SourceUnavailable: as `look`.
        """
        self._require(url)
        return self._fetcher.get(url, **options)

    def _require(self, url: str) -> None:
        if self._seconds() - self._asked > RENEW_S:
            self._robots, self._asked = RobotsOfSites(self._fetcher), self._seconds()
        self._robots.of(url).require(url)
