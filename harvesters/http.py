"""The one fetcher: everything Ommatidia reads from other hosts goes through here.

Rules: reliability.md section 2, federation.md R7 to R11. Addresses are judged in addresses.py, bytes in transport.py,
manners in hosts.py, what a run may use in traffic.py.
"""

from __future__ import annotations

import importlib.metadata
import random
import re
import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Literal

import requests
from requests.structures import CaseInsensitiveDict

from catalogue.problems import FetchRefused, SourceUnavailable
from harvesters.addresses import Origin, Target, joined, origin_of, parse_url, shown
from harvesters.body import REDIRECTS, BadBody, check_range, read_answer, read_look
from harvesters.calls import Call, Response, printable, range_headers, request_headers, server_clock
from harvesters.download import PartFile
from harvesters.failures import MAX_WAIT_S, Transient, failure_of, phrase, retry_after_s, unavailable
from harvesters.hosts import LEAVE_ALONE_S, Host
from harvesters.traffic import Counters, Tally, current_run
from harvesters.transport import Budget, Gate, PinnedAdapter, Resolve, TooSlow, current_budget, resolve

__all__ = ["Counters", "Fetcher", "Origin", "Response", "Target"]

Clock = Callable[[], datetime]

_RETRIED = frozenset({408, 425, 429, 500, 502, 503, 504})
_MAX_REDIRECTS = 3
_MAX_BACKOFF_S = 300.0
_MAX_ASKED_PAUSE_S = 30.0
_MOST_HOSTS = 10_000


class Fetcher:
    """Reads URLs politely and within limits; may be shared by threads.

    Args:
        contact: URL or e-mail address of this node's operator, for User-Agent and From.
        allow_private: `host` or `host:port` names that may lead to private or loopback addresses.
        timeout_s: seconds one request may take from look-up to last byte, redirects included. The look-up of a
            name itself ends by the system's resolver settings.
        max_bytes: decoded bytes one answer may have, unless the call says otherwise.
        attempts: tries of one request, the first included.
        patience_s: longest pause that a server may ask for between two tries.
        min_rate: (bytes per second, window in seconds) below which a body is given up.
        pause_s: (least, most) seconds between two requests to a host; the last response time in between.
        parallel: requests to one host at a time.
        leave_alone_s: seconds for which a host that failed five times in a row is asked no more.
        ca_file: certificate authorities to trust instead of the bundled ones.
        cache_dir: folder for copies of remote Git repositories, for sources that name none themselves.
        clock: aware UTC time, for Retry-After dates; `sleep` waits; `resolver` turns names into addresses.
        interrupt: called every second of a slow answer; what it raises ends the request.
    """

    def __init__(
        self,
        *,
        contact: str,
        allow_private: frozenset[str] = frozenset(),
        timeout_s: float = 30.0,
        max_bytes: int = 10 << 20,
        attempts: int = 4,
        patience_s: float = MAX_WAIT_S,
        min_rate: tuple[float, float] = (1000.0, 20.0),
        pause_s: tuple[float, float] = (0.1, 2.0),
        parallel: int = 1,
        leave_alone_s: float = LEAVE_ALONE_S,
        ca_file: str | None = None,
        clock: Clock,
        cache_dir: Path | None = None,
        sleep: Callable[[float], None] = time.sleep,
        interrupt: Callable[[], None] = lambda: None,
        resolver: Resolve = resolve,
    ) -> None:
        if not printable(contact):
            raise ValueError("contact holds control characters")
        self.user_agent = f"Ommatidia/{_version()} (+{contact})"
        self._from = contact.removeprefix("mailto:") if re.fullmatch(r"(mailto:)?[^@\s/]+@[^@\s/]+", contact) else ""
        self.cache_dir = cache_dir
        self._timeout_s, self._max_bytes, self._attempts = timeout_s, max_bytes, attempts
        self._patience_s = patience_s
        self._min_rate, self._pause_s, self._parallel = min_rate, pause_s, parallel
        self._leave_alone_s = leave_alone_s
        self._verify: bool | str = ca_file or True
        self._clock, self._sleep, self._interrupt = clock, sleep, interrupt
        self._gate = Gate(allow_private, resolver)
        # The session only carries the adapter; it is never asked to send, which would read proxies, .netrc
        # and whole redirect bodies on its own.
        self._session = requests.Session()
        self._session.trust_env = False
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, PinnedAdapter(self._gate, parallel))
        self._hosts: dict[tuple[str, int], Host] = {}
        self._hosts_lock = threading.Lock()
        self._tally = Tally()

    @staticmethod
    def origin(url: str) -> Origin:
        """Scheme, host and port of a URL; for `get(origin=...)`."""
        return origin_of(url)

    def counters(self) -> Counters:
        """What the calling thread has sent and received so far; a run is the difference of two."""
        return self._tally.counters

    def pace(self, url: str, pause_s: float) -> None:
        """Leave at least so many seconds (at most 30) between two requests to a URL's host, because it asks for it."""
        self._host(origin_of(url)).asked_pause_s = min(pause_s, _MAX_ASKED_PAUSE_S)

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
            SourceUnavailable: no answer after all tries, the host failed five times in a row, it asks for more
                than an hour's patience (`retry_after_s`), or the run may not go on (`rule`).
            SourceChanged: the run used more than it may (`rule`).
        """
        start, url = parse_url(url)
        sent = request_headers(headers or {}, etag, modified) | range_headers(byte_range)
        limit = self._max_bytes if max_bytes is None else max_bytes

        def read(raw: requests.Response, found: Mapping[str, str], address: str) -> bytes:
            body = read_answer(raw, found, limit, address)
            if raw.status_code == 206:
                check_range(found, byte_range, body, address)
            return body

        call = Call("GET", url, start, sent, limit, origin, self._timeout_s, read)
        return self._tried(lambda: call, self._attempts)

    def look(
        self,
        url: str,
        *,
        method: Literal["GET", "HEAD"] = "GET",
        headers: Mapping[str, str] | None = None,
        max_bytes: int | None = None,
        origin: Origin | None = None,
        byte_range: tuple[int, int] | None = None,
    ) -> Response:
        """What one address answers to one request: a redirect is the answer, nothing is tried again.

        Args:
            method: HEAD asks how large the thing itself is, so never for a compressed form.
        Raises:
            FetchRefused: as `get`.
            SourceUnavailable: as `get`; `answered` is the status of an answer that may change by itself (429, 503).
            SourceChanged: as `get`.
        """
        start, url = parse_url(url)
        sent = request_headers(headers or {}) | range_headers(byte_range)
        if method == "HEAD":
            sent["Accept-Encoding"] = "identity"
        limit = self._max_bytes if max_bytes is None else max_bytes

        def read(raw: requests.Response, found: Mapping[str, str], address: str) -> bytes:
            body = read_look(raw, found, limit, address)
            if raw.status_code == 206 and method == "GET":
                check_range(found, byte_range, body, address)
            return body

        call = Call(method, url, start, sent, limit, origin, self._timeout_s, read, follow=False)
        return self._tried(lambda: call, 1)

    def post(
        self,
        url: str,
        data: bytes,
        content_type: str,
        *,
        headers: Mapping[str, str] | None = None,
        max_bytes: int | None = None,
        origin: Origin | None = None,
        idempotent: bool = False,
    ) -> Response:
        """The answer to POST, for questions too long for an address (SPARQL 1.1 Protocol, section 2.1.3).

        Args:
            content_type: of `data`, such as `application/sparql-query`.
            idempotent: asking twice changes nothing, so that a failed try may be repeated.
        Raises:
            FetchRefused: as `get`; also a redirect that would change the method or leave the origin.
            SourceUnavailable: as `get`.
            SourceChanged: as `get`.
        """
        start, url = parse_url(url)
        sent = request_headers({**(headers or {}), "Content-Type": content_type})
        limit = self._max_bytes if max_bytes is None else max_bytes

        def read(raw: requests.Response, found: Mapping[str, str], address: str) -> bytes:
            return read_answer(raw, found, limit, address)

        call = Call("POST", url, start, sent, limit, origin, self._timeout_s, read, data)
        return self._tried(lambda: call, self._attempts if idempotent else 1)

    def download(
        self,
        url: str,
        path: Path,
        max_bytes: int,
        *,
        headers: Mapping[str, str] | None = None,
        etag: str = "",
        modified: str = "",
        origin: Origin | None = None,
        deadline_s: float = 3600.0,
    ) -> Response:
        """The answer to GET with its body in a file, in constant memory; `content` is empty.

        What an earlier try brought lies beside `path` and is gone on with when the server names the same strong ETag;
        `path` itself appears when the body is whole. Whether it is the right body is for the caller to check (hash).

        Args:
            max_bytes: decoded bytes the file may have.
            etag: validator of what is held, as for `get`; after 304 `path` is left as it is.
            deadline_s: seconds one try may take.
        Raises:
            FetchRefused: as `get`.
            SourceUnavailable: as `get`.
            SourceChanged: as `get`.
            OSError: the file cannot be written.
        """
        start, url = parse_url(url)
        sent = request_headers(headers or {}, etag, modified)
        part = PartFile(path, url, max_bytes)

        def call() -> Call:
            return Call("GET", url, start, sent | part.headers(), max_bytes, origin, deadline_s, part.read)

        with part.held():
            answer = self._tried(call, self._attempts)
            if answer.status in (200, 206):
                part.keep()
            else:
                part.drop()
            return answer

    def _tried(self, make: Callable[[], Call], attempts: int) -> Response:
        """The first answer of as many tries; each is made anew."""
        waited = 0.0
        slow = False
        for attempt in range(attempts):
            call = make()
            try:
                return self._attempt(call)
            except Transient as error:
                run = current_run.get()
                if run is not None:
                    run.failed()
                again = attempt + 1 < attempts and not (error.last and slow)
                slow = slow or error.last
                pause = max(error.wait_s, random.uniform(0, min(_MAX_BACKOFF_S, 2.0**attempt)))
                longest = self._patience_s if run is None else min(self._patience_s, waited + run.remaining_s())
                if not again or waited + pause > longest:
                    raise unavailable(call.url, error, attempt + 1) from error
                waited += pause
                self._sleep(pause)
        raise AssertionError("unreachable: the last attempt returns or raises")

    def _attempt(self, call: Call) -> Response:
        """One try: the request and its redirects, under one deadline."""
        run = current_run.get()
        deadline_s = call.deadline_s if run is None else min(call.deadline_s, run.remaining_s())
        # Chunks of one byte cost six on the wire; beyond eight times, framing is the attack.
        budget = Budget(deadline_s, 8 * call.limit + (1 << 20), self._min_rate, self._interrupt)
        url = call.url
        for _ in range(_MAX_REDIRECTS + 1):
            here, url = parse_url(url)
            call.check_place(url, here)
            answer = self._exchange(call, url, here, budget)
            location = answer.headers.get("location", "")
            if not call.follow or answer.status not in REDIRECTS or not location:
                return answer
            url = call.redirected(answer.status, url, joined(url, location))
        raise FetchRefused(f"{shown(url)} is behind more than {_MAX_REDIRECTS} redirects.", rule="redirect")

    def _exchange(self, call: Call, url: str, here: Origin, budget: Budget) -> Response:
        """One request and its answer, with the manners and the memory of its host."""
        run = current_run.get()
        if run is not None:
            run.before_request()
        arrived = time.monotonic()
        near = (here.host, here.port) in self._gate.loopback
        with self._host(here).turn(run.limits.pause_s if run is not None else 0.0, self._sleep, near=near):
            budget.extend(time.monotonic() - arrived)
            received = budget.received
            decoded = 0
            try:
                answer = self._send(call, url, here, budget)
                decoded = len(answer.content)
            finally:
                self._tally.add(budget.received - received, decoded)
        if run is not None:
            run.answered(answer.status, shown(answer.url), answer.skew_s)
        return answer

    def _send(self, call: Call, url: str, here: Origin, budget: Budget) -> Response:
        common = {"User-Agent": self.user_agent, "Accept": "*/*", "Accept-Encoding": "gzip, deflate"}
        if self._from:
            common["From"] = self._from
        headers = CaseInsensitiveDict({**common, **call.headers_for(here)})
        prepared = requests.Request(call.method, url, headers=headers, data=call.data).prepare()
        if prepared.url is None or origin_of(prepared.url) != origin_of(url):
            raise FetchRefused(f"The address {shown(url)} can be read in two ways.", rule="url-form")
        token = current_budget.set(budget)
        try:
            left = budget.remaining_s()
            raw = self._session.get_adapter(url).send(
                prepared, stream=True, timeout=(left, left), verify=self._verify, proxies=None
            )
            with raw:
                return self._answer(call, raw, url)
        except requests.RequestException as error:
            raise failure_of(error, url) from error
        except (BadBody, OSError) as error:
            raise Transient(str(error), last=isinstance(error, TooSlow)) from error
        finally:
            current_budget.reset(token)

    def _answer(self, call: Call, raw: requests.Response, url: str) -> Response:
        status = raw.status_code
        found = {name.lower(): value for name, value in raw.headers.items()}
        now = self._clock()
        if status in _RETRIED:
            raise Transient(f"it answered {status} {phrase(status)}", retry_after_s(found, now), status=status)
        body = call.read(raw, found, url)
        date = server_clock(found)
        return Response(
            status,
            url,
            found,
            body,
            found.get("etag", ""),
            found.get("last-modified", ""),
            status == 304,
            date,
            None if date is None else (date - now).total_seconds(),
        )

    def _host(self, origin: Origin) -> Host:
        with self._hosts_lock:
            key = (origin.host, origin.port)
            while len(self._hosts) >= _MOST_HOSTS and key not in self._hosts:
                # Addresses may be named by strangers, without end; whoever was met first is forgotten first.
                del self._hosts[next(iter(self._hosts))]
            if key not in self._hosts:
                self._hosts[key] = Host(origin, self._pause_s, self._parallel, self._leave_alone_s)
            return self._hosts[key]


def _version() -> str:
    try:
        return importlib.metadata.version("ommatidia-node")
    except importlib.metadata.PackageNotFoundError:
        return "0"
