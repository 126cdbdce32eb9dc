"""One request as the fetcher is to send it, and the answer as it hands it on.

Which headers may be sent and which redirects followed is decided here; who may be asked is addresses.py's, what comes
back body.py's.
"""

from __future__ import annotations

import email.utils
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import requests

from catalogue.problems import FetchRefused
from harvesters.addresses import Origin, origin_of, shown

_SET_BY_US = frozenset({"host", "content-length", "transfer-encoding", "connection", "accept-encoding", "range"})
_CREDENTIALS = frozenset({"authorization", "cookie", "proxy-authorization"})
_SAME_METHOD = frozenset({307, 308})
_TOKEN = re.compile(r"^[!#$%&'*+.^_`|~0-9A-Za-z-]+$")


@dataclass(frozen=True, slots=True)
class Response:
    """An answer that came whole.

    Args:
        status: 200, 206, 304, or an error status that is not worth a retry (400, 401, 403, 404, 410, 451, ...).
        url: the address that answered, after redirects.
        content: body, transport compression undone; empty when `not_modified`, and after a download.
        etag: as the server wrote it, for the next conditional request; "" when it gave none.
        last_modified: likewise.
        not_modified: the server says that what the caller holds is current (304).
        date: the server's clock (Date, and Age where a cache answered); None when it does not say.
        skew_s: seconds that clock is ahead of ours (behind when negative); recorded, never corrected (R23).
    """

    status: int
    url: str
    headers: Mapping[str, str]
    content: bytes
    etag: str
    last_modified: str
    not_modified: bool
    date: datetime | None = None
    skew_s: float | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """One request.

    Args:
        url: canonical; `start` is its origin, beyond which credentials do not go.
        limit: decoded bytes the answer may have.
        origin: the URL and every redirect must stay there.
        deadline_s: seconds for the whole of it, redirects included.
        read: (raw answer, headers in lower case, URL) -> body.
        follow: redirects are followed; else they are the answer.
    """

    method: str
    url: str
    start: Origin
    headers: Mapping[str, str]
    limit: int
    origin: Origin | None
    deadline_s: float
    read: Callable[[requests.Response, Mapping[str, str], str], bytes]
    data: bytes | None = None
    follow: bool = True

    def headers_for(self, here: Origin) -> dict[str, str]:
        """The headers that an origin may see: credentials stay with the call's own."""
        return {k: v for k, v in self.headers.items() if here == self.start or k.lower() not in _CREDENTIALS}

    def check_place(self, url: str, here: Origin) -> None:
        """Nothing, when an address lies where the call must stay.

        Args:
            here: the origin of `url`.
        Raises:
            FetchRefused: it lies outside.
        """
        if self.origin is not None and here != self.origin:
            raise FetchRefused(
                f"{shown(url)} is outside {self.origin}, where this source lives. "
                "If the partner moved, put the new address into the source.",
                rule="redirect" if here != self.start else "origin",
            )

    def redirected(self, status: int, url: str, target: str) -> str:
        """Where a redirect leads.

        Raises:
            FetchRefused: it may not be followed.
        """
        here, there = origin_of(url), origin_of(target)
        if here.scheme == "https" and there.scheme != "https":
            raise FetchRefused(f"{shown(url)} redirects from https to http; that is never followed.", rule="redirect")
        if self.method != "GET" and (status not in _SAME_METHOD or here != there):
            raise FetchRefused(
                f"{shown(url)} answers {self.method} with a redirect to {shown(target)}. "
                "If the service moved, put the new address into the source.",
                rule="redirect",
            )
        return target


def request_headers(extra: Mapping[str, str], etag: str = "", modified: str = "") -> dict[str, str]:
    """Headers for a request, conditional where a validator is given.

    Raises:
        FetchRefused: a header is malformed, or one that the fetcher alone sets.
    """
    for name, value in extra.items():
        if not _TOKEN.match(name) or not printable(value):
            raise FetchRefused(f"The request header {shown(name)!r} holds forbidden characters.", rule="header-form")
        if name.lower() in _SET_BY_US:
            raise FetchRefused(f"The request header {name} is set by the fetcher alone.", rule="header-form")
    headers = dict(extra)
    # A validator that a server wrote with odd characters is not sent back: the request is then unconditional.
    if etag and printable(etag):
        headers["If-None-Match"] = etag
    if modified and printable(modified):
        headers["If-Modified-Since"] = modified
    return headers


def range_headers(byte_range: tuple[int, int | None] | None) -> dict[str, str]:
    """Headers that ask for a part; (first, last), both inclusive, None for the end.

    Raises:
        FetchRefused: the range is empty or negative.
    """
    if byte_range is None:
        return {}
    first, last = byte_range
    if first < 0 or (last is not None and last < first):
        raise FetchRefused(f"The byte range {first}-{last} is empty or negative.", rule="range")
    # Ranges of a compressed form would not be ranges of the object (RFC 9110, section 14.2).
    return {"Range": f"bytes={first}-{'' if last is None else last}", "Accept-Encoding": "identity"}


def printable(text: str) -> bool:
    """Whether a text can stand in a header."""
    return text.isascii() and all(32 <= ord(c) < 127 or c == "\t" for c in text)


def server_clock(headers: Mapping[str, str]) -> datetime | None:
    """The moment a server says it is, aware UTC; None when it says nothing sensible.

    Source: RFC 9110, section 6.6.1; RFC 9111, section 5.1 (a cache hands on an old Date with its Age).
    """
    try:
        moment = email.utils.parsedate_to_datetime(headers.get("date", "").strip())
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        age = headers.get("age", "0").strip()
        seconds = int(age) if age.isascii() and age.isdigit() and len(age) < 10 else 0
        return datetime.fromtimestamp(moment.timestamp() + seconds, UTC)
    except (ValueError, TypeError, OverflowError, OSError):
        return None
