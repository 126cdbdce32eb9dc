"""What a site's robots.txt lets us read; asked where HTML pages are walked (federation.md R10)."""

from __future__ import annotations

from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser

from catalogue.problems import FetchRefused, SourceUnavailable
from harvesters.http import Fetcher

_AGENT = "Ommatidia"
# RFC 9309, section 2.5: parsers read at least 500 kB.
_MAX_BYTES = 512_000


class Robots:
    """The rules of one origin for our user agent; wildcards within paths are not understood by the parser."""

    def __init__(self, rules: RobotFileParser | None) -> None:
        self._rules = rules

    def allows(self, url: str) -> bool:
        """Whether this address may be read."""
        path = urlsplit(url).path or "/"
        return self._rules is None or self._rules.can_fetch(_AGENT, path)

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
    rules = RobotFileParser()
    rules.parse(answer.content.decode("utf-8", "replace").splitlines())
    return Robots(rules)
