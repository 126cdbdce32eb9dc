"""What a site's robots.txt lets us read; asked where HTML pages are walked (federation.md R10)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from protego import Protego

from catalogue.problems import FetchRefused, SourceUnavailable
from harvesters.http import Fetcher, Origin, Response

_AGENT = "Ommatidia"
# RFC 9309, section 2.5: parsers read at least 500 kB.
_MAX_BYTES = 512_000


class Robots:
    """The rules of one origin for our user agent (RFC 9309, wildcards included)."""

    def __init__(self, rules: Protego | None) -> None:
        self._rules = rules

    @property
    def pause_s(self) -> float:
        """Seconds the site asks to leave between two requests (Crawl-delay); 0 when it asks for none."""
        return float((self._rules.crawl_delay(_AGENT) if self._rules is not None else None) or 0.0)

    def allows(self, url: str) -> bool:
        """Whether this address may be read."""
        return self._rules is None or bool(self._rules.can_fetch(url, _AGENT))

    def require(self, url: str) -> None:
        """Nothing, when the address may be read.

        Raises:
            FetchRefused: it may not.
        """
        if not self.allows(url):
            raise FetchRefused(
                f"robots.txt of {urlsplit(url).netloc} does not let {_AGENT} read {urlsplit(url).path}. "
                "Ask the partner to allow it, or use a JSON index, an archive or a repository.",
                rule="robots",
            )


def fetch_robots(fetcher: Fetcher, url: str) -> Robots:
    """The rules that hold for the origin of `url`; everything is allowed where there is no such file.

    Raises:
        SourceUnavailable: the file cannot be had now (RFC 9309, section 2.3.1.4: then nothing may be read).
    """
    origin = fetcher.origin(url)
    try:
        answer = fetcher.get(f"{origin}/robots.txt", origin=origin, max_bytes=_MAX_BYTES)
    except FetchRefused as error:
        if error.members.get("rule") == "redirect":
            # Redirects to another host may be taken for "no rules" (RFC 9309, section 2.3.1.2).
            return Robots(None)
        raise SourceUnavailable(f"robots.txt of {origin} cannot be read: {error.detail}") from error
    if answer.status != 200:
        return Robots(None)
    robots = Robots(Protego.parse(answer.content.decode("utf-8", "replace")))
    if robots.pause_s:
        fetcher.pace(url, robots.pause_s)
    return robots


class RobotsOfSites:
    """Asks each site once, for adapters that walk pages; for one run, so that new rules are heeded in the next."""

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher
        self._rules: dict[Origin, Robots] = {}

    def of(self, url: str) -> Robots:
        """The rules for the origin of `url`.

        Raises:
            SourceUnavailable: they cannot be had now; then nothing may be read.
        """
        origin = self._fetcher.origin(url)
        if origin not in self._rules:
            self._rules[origin] = fetch_robots(self._fetcher, url)
        return self._rules[origin]

    def get(self, url: str, **options: Any) -> Response:
        """As Fetcher.get, where robots.txt allows it.

        Raises:
            FetchRefused: robots.txt does not (rule `robots`), or as Fetcher.get.
            SourceUnavailable: as Fetcher.get.
            SourceChanged: as Fetcher.get.
        """
        self.of(url).require(url)
        return self._fetcher.get(url, **options)
