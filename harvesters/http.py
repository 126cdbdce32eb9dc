"""The one fetcher: everything Ommatidia reads from other hosts goes through here.

Rules: reliability.md section 2, federation.md R7 to R11. Addresses are judged in addresses.py, bytes in transport.py.
"""

from __future__ import annotations

import importlib.metadata
import random
import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from urllib.parse import urljoin

import requests
from requests.structures import CaseInsensitiveDict

from catalogue.problems import FetchRefused, SourceUnavailable
from harvesters.addresses import Origin, origin_of, parse_url, shown
from harvesters.body import REDIRECTS, BadBody, check_range, read_answer
from harvesters.failures import MAX_WAIT_S, Transient, failure_of, phrase, retry_after_s, unavailable
from harvesters.transport import Budget, Gate, PinnedAdapter, Resolve, TooSlow, current_budget, resolve

__all__ = ["Fetcher", "Origin", "Response", "Target"]

Clock = Callable[[], datetime]

_RETRIED = frozenset({408, 425, 429, 500, 502, 503, 504})
_CREDENTIALS = frozenset({"authorization", "cookie", "proxy-authorization"})
_SET_BY_US = frozenset({"host", "content-length", "transfer-encoding", "connection", "accept-encoding", "range"})
_TOKEN = re.compile(r"^[!#$%&'*+.^_`|~0-9A-Za-z-]+$")
_MAX_REDIRECTS = 3
_MAX_BACKOFF_S = 300.0
_BREAKER_FAILURES = 5
_BREAKER_S = 300.0


@dataclass(frozen=True, slots=True)
class Response:
    """An answer that came whole.

    Args:
        status: 200, 206, 304, or an error status that is not worth a retry (400, 401, 403, 404, 410, 451, ...).
        url: the address that answered, after redirects.
        content: body, transport compression undone; empty when `not_modified`.
        etag: as the server wrote it, for the next conditional request; "" when it gave none.
        last_modified: likewise.
        not_modified: the server says that what the caller holds is current (304).
    """

    status: int
    url: str
    headers: Mapping[str, str]
    content: bytes
    etag: str
    last_modified: str
    not_modified: bool


@dataclass(frozen=True, slots=True)
class Target:
    """Where a URL leads, checked: for programs that connect by themselves (git)."""

    host: str
    port: int
    addresses: tuple[str, ...]


@dataclass(slots=True)
class _Host:
    """What is remembered of one host:port."""

    gate: threading.BoundedSemaphore
    failures: int = 0
    open_until: float = 0.0
    last_end: float = field(default=float("-inf"))
    last_took_s: float = 0.0


class Fetcher:
    """Reads URLs politely and within limits; may be shared by threads.

    Args:
        contact: URL or e-mail address of this node's operator, for User-Agent and From.
        allow_private: `host` or `host:port` names that may lead to private or loopback addresses.
        timeout_s: seconds one request may take from look-up to last byte, redirects included. The look-up of a
            name itself ends by the system's resolver settings.
        max_bytes: decoded bytes one answer may have, unless the call says otherwise.
        attempts: tries of one request, the first included.
        min_rate: (bytes per second, window in seconds) below which a body is given up.
        pause_s: (least, most) seconds between two requests to a host; the last response time in between.
        parallel: requests to one host at a time.
        ca_file: certificate authorities to trust instead of the bundled ones.
        cache_dir: folder for copies of remote Git repositories, for sources that name none themselves.
        clock: aware UTC time, for Retry-After dates; `sleep` waits; `resolver` turns names into addresses.
    """

    def __init__(
        self,
        *,
        contact: str,
        allow_private: frozenset[str] = frozenset(),
        timeout_s: float = 30.0,
        max_bytes: int = 10 << 20,
        attempts: int = 4,
        min_rate: tuple[float, float] = (1000.0, 20.0),
        pause_s: tuple[float, float] = (0.1, 2.0),
        parallel: int = 1,
        ca_file: str | None = None,
        clock: Clock,
        cache_dir: Path | None = None,
        sleep: Callable[[float], None] = time.sleep,
        resolver: Resolve = resolve,
    ) -> None:
        if not _printable(contact):
            raise ValueError("contact holds control characters")
        self.user_agent = f"Ommatidia/{_version()} (+{contact})"
        self._from = contact.removeprefix("mailto:") if re.fullmatch(r"(mailto:)?[^@\s/]+@[^@\s/]+", contact) else ""
        self.cache_dir = cache_dir
        self._timeout_s, self._max_bytes, self._attempts = timeout_s, max_bytes, attempts
        self._min_rate, self._pause_s, self._parallel = min_rate, pause_s, parallel
        self._verify: bool | str = ca_file or True
        self._clock, self._sleep = clock, sleep
        self._gate = Gate(allow_private, resolver)
        # The session only carries the adapter; it is never asked to send, which would read proxies, .netrc
        # and whole redirect bodies on its own.
        self._session = requests.Session()
        self._session.trust_env = False
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, PinnedAdapter(self._gate, parallel))
        self._hosts: dict[tuple[str, int], _Host] = {}
        self._hosts_lock = threading.Lock()

    @staticmethod
    def origin(url: str) -> Origin:
        """Scheme, host and port of a URL; for `get(origin=...)`."""
        return origin_of(url)

    def check(self, url: str) -> Target:
        """The host of a URL and all its addresses, every one allowed.

        Raises:
            FetchRefused: the URL or one of the addresses breaks a rule.
            SourceUnavailable: the name cannot be resolved.
        """
        origin, _ = parse_url(url)
        try:
            addresses = self._gate.addresses(origin.host, origin.port)
        except OSError as error:
            raise SourceUnavailable(f"The host {origin.host} cannot be found. Check the address.") from error
        return Target(origin.host, origin.port, addresses)

    def get(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        etag: str = "",
        modified: str = "",
        max_bytes: int | None = None,
        origin: Origin | None = None,
        byte_range: tuple[int, int] | None = None,
    ) -> Response:
        """The answer to GET, retried while that makes sense.

        Args:
            headers: extra request headers; credentials among them go to the URL's own origin only.
            etag: validator of what is held; with `modified` it makes the request conditional.
            modified: the Last-Modified date of what is held, as the server wrote it.
            max_bytes: decoded bytes the answer may have.
            origin: the URL and every redirect must stay there.
            byte_range: (first, last) byte, both inclusive. A server that ignores ranges answers 200 with the whole,
                which is refused beyond `max_bytes`; look at `status`.
        Raises:
            FetchRefused: a rule forbids the request or its answer; `rule` says which (`private-address`, `scheme`,
                `redirect`, `too-large`, `ratio`, `headers`, ...).
            SourceUnavailable: no answer after all tries, the host failed five times in a row, or it asks for more
                than an hour's patience (`retry_after_s`).
        """
        start, url = parse_url(url)
        sent = _request_headers(headers or {}, etag, modified, byte_range)
        limit = self._max_bytes if max_bytes is None else max_bytes
        waited = 0.0
        slow = False
        for attempt in range(self._attempts):
            try:
                return self._attempt(url, start, sent, limit, origin, byte_range)
            except Transient as error:
                again = attempt + 1 < self._attempts and not (error.last and slow)
                slow = slow or error.last
                pause = max(error.wait_s, random.uniform(0, min(_MAX_BACKOFF_S, 2.0**attempt)))
                if not again or waited + pause > MAX_WAIT_S:
                    raise unavailable(url, error, attempt + 1) from error
                waited += pause
                self._sleep(pause)
        raise AssertionError("unreachable: the last attempt returns or raises")

    def _attempt(
        self,
        url: str,
        start: Origin,
        sent: Mapping[str, str],
        limit: int,
        origin: Origin | None,
        byte_range: tuple[int, int] | None,
    ) -> Response:
        """One try: the request and its redirects, under one deadline."""
        # Chunks of one byte cost six on the wire; beyond eight times, framing is the attack.
        budget = Budget(self._timeout_s, 8 * limit + (1 << 20), self._min_rate)
        for _ in range(_MAX_REDIRECTS + 1):
            here, url = parse_url(url)
            if origin is not None and here != origin:
                raise FetchRefused(
                    f"{shown(url)} is outside {origin}, where this source lives. "
                    "If the partner moved, put the new address into the source.",
                    rule="redirect" if here != start else "origin",
                )
            own = {k: v for k, v in sent.items() if here == start or k.lower() not in _CREDENTIALS}
            answer = self._exchange(url, here, own, limit, budget, byte_range)
            location = answer.headers.get("location", "")
            if answer.status not in REDIRECTS or not location:
                return answer
            target = urljoin(url, location)
            if here.scheme == "https" and origin_of(target).scheme != "https":
                raise FetchRefused(
                    f"{shown(url)} redirects from https to http; that is never followed.", rule="redirect"
                )
            url = target
        raise FetchRefused(f"{shown(url)} is behind more than {_MAX_REDIRECTS} redirects.", rule="redirect")

    def _exchange(
        self,
        url: str,
        here: Origin,
        headers: Mapping[str, str],
        limit: int,
        budget: Budget,
        byte_range: tuple[int, int] | None,
    ) -> Response:
        """One request and its answer, with the manners and the memory of its host."""
        host = self._host(here)
        arrived = time.monotonic()
        with host.gate:
            if host.failures >= _BREAKER_FAILURES and time.monotonic() < host.open_until:
                raise SourceUnavailable(
                    f"{here} failed {host.failures} times in a row and is left alone for now. Try again later.",
                    retry_after_s=int(host.open_until - time.monotonic()) + 1,
                )
            self._pause(here, host)
            begun = time.monotonic()
            budget.extend(begun - arrived)
            try:
                answer = self._send(url, headers, limit, budget, byte_range)
            except Transient:
                host.failures += 1
                host.open_until = time.monotonic() + _BREAKER_S
                raise
            else:
                host.failures = 0
                return answer
            finally:
                host.last_end = time.monotonic()
                host.last_took_s = host.last_end - begun

    def _send(
        self, url: str, headers: Mapping[str, str], limit: int, budget: Budget, byte_range: tuple[int, int] | None
    ) -> Response:
        common = {"User-Agent": self.user_agent, "Accept": "*/*", "Accept-Encoding": "gzip, deflate"}
        if self._from:
            common["From"] = self._from
        prepared = requests.Request("GET", url, headers=CaseInsensitiveDict({**common, **headers})).prepare()
        if prepared.url is None or origin_of(prepared.url) != origin_of(url):
            raise FetchRefused(f"The address {shown(url)} can be read in two ways.", rule="url-form")
        token = current_budget.set(budget)
        try:
            left = budget.remaining_s()
            raw = self._session.get_adapter(url).send(
                prepared, stream=True, timeout=(left, left), verify=self._verify, proxies=None
            )
            with raw:
                status = raw.status_code
                found = {name.lower(): value for name, value in raw.headers.items()}
                if status in _RETRIED:
                    raise Transient(f"it answered {status} {phrase(status)}", retry_after_s(found, self._clock()))
                body = read_answer(raw, found, limit, url)
                if status == 206:
                    check_range(found, byte_range, body, url)
                return Response(
                    status, url, found, body, found.get("etag", ""), found.get("last-modified", ""), status == 304
                )
        except requests.RequestException as error:
            raise failure_of(error, url) from error
        except (BadBody, OSError) as error:
            raise Transient(str(error), last=isinstance(error, TooSlow)) from error
        finally:
            current_budget.reset(token)

    def _host(self, origin: Origin) -> _Host:
        with self._hosts_lock:
            key = (origin.host, origin.port)
            if key not in self._hosts:
                self._hosts[key] = _Host(threading.BoundedSemaphore(self._parallel))
            return self._hosts[key]

    def _pause(self, origin: Origin, host: _Host) -> None:
        """Wait between two requests to a host (R10)."""
        if (origin.host, origin.port) in self._gate.loopback:
            # A service on this machine that the operator named: the pause would protect nobody, and a
            # demonstration of 900 documents would take minutes.
            return
        pause = min(max(host.last_took_s, self._pause_s[0]), self._pause_s[1])
        left = host.last_end + pause - time.monotonic()
        if left > 0:
            self._sleep(left)


def _request_headers(
    extra: Mapping[str, str], etag: str, modified: str, byte_range: tuple[int, int] | None
) -> dict[str, str]:
    for name, value in extra.items():
        if not _TOKEN.match(name) or not _printable(value):
            raise FetchRefused(f"The request header {shown(name)!r} holds forbidden characters.", rule="header-form")
        if name.lower() in _SET_BY_US:
            raise FetchRefused(f"The request header {name} is set by the fetcher alone.", rule="header-form")
    headers = dict(extra)
    # A validator that a server wrote with odd characters is not sent back: the request is then unconditional.
    if etag and _printable(etag):
        headers["If-None-Match"] = etag
    if modified and _printable(modified):
        headers["If-Modified-Since"] = modified
    if byte_range is not None:
        first, last = byte_range
        if not 0 <= first <= last:
            raise FetchRefused(f"The byte range {first}-{last} is empty or negative.", rule="range")
        headers["Range"] = f"bytes={first}-{last}"
        # Ranges of a compressed form would not be ranges of the object (RFC 9110, section 14.2).
        headers["Accept-Encoding"] = "identity"
    return headers


def _printable(text: str) -> bool:
    return text.isascii() and all(32 <= ord(c) < 127 or c == "\t" for c in text)


def _version() -> str:
    try:
        return importlib.metadata.version("ommatidia-node")
    except importlib.metadata.PackageNotFoundError:
        return "0"
