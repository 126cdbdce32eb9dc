"""Connections of the fetcher: to checked addresses only, every byte counted against one budget a request.

Used by harvesters/http.py alone; rules in reliability.md section 2 and TP3 to TP5.
"""

from __future__ import annotations

import http.client
import io
import socket
import time
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from functools import partial
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from catalogue.problems import FetchRefused
from harvesters.addresses import is_loopback, is_public

MAX_HEADER_BYTES = 64 << 10
# What a buffered reader may take in beyond the headers.
_READ_AHEAD = io.DEFAULT_BUFFER_SIZE
# How long a stop of the node may wait for a silent server.
_INTERRUPTIBLE_S = 1.0

_QUICKACK: int | None = getattr(socket, "TCP_QUICKACK", None)


class TooSlow(OSError):
    """The deadline or the minimum rate of a request was missed."""


class Budget:
    """What one request may still use.

    Args:
        deadline_s: seconds for the whole request, redirects included.
        max_wire_bytes: bytes of a response on the wire, framing included.
        min_rate: (bytes per second, window in seconds): fewer bytes than their product in any window end it.
        interrupt: called every second while an answer is waited for; what it raises ends the request.
    """

    def __init__(
        self,
        deadline_s: float,
        max_wire_bytes: int,
        min_rate: tuple[float, float],
        interrupt: Callable[[], None] = lambda: None,
    ) -> None:
        self.received = 0
        self._interrupt = interrupt
        self._deadline_s = deadline_s
        self._end = time.monotonic() + deadline_s
        self._max_wire_bytes = max_wire_bytes
        self._min_bytes, self._window_s = min_rate[0] * min_rate[1], min_rate[1]
        self.begin_response()

    def begin_response(self) -> None:
        """Count anew: a response (of a redirect chain) begins."""
        self._received = 0
        self.in_headers = True
        self._window_start, self._window_received = time.monotonic(), 0

    def extend(self, seconds: float) -> None:
        """Move the deadline: time spent waiting for our turn is not the server's."""
        self._end += seconds

    def headers_done(self) -> None:
        """The header part ended; what follows counts as body."""
        self.in_headers = False
        self._window_start, self._window_received = time.monotonic(), 0

    def remaining_s(self) -> float:
        """Seconds until the deadline.

        Raises:
            TooSlow: none are left.
        """
        left = self._end - time.monotonic()
        if left <= 0:
            raise TooSlow(f"it took longer than {self._deadline_s:g} s")
        return left

    def wait_s(self) -> float:
        """Seconds the next read may wait: a second, or to the deadline or, in a body, the end of the rate window.

        Raises:
            TooSlow: the deadline is over, or a window brought too few bytes.
        """
        self._interrupt()
        left = min(self.remaining_s(), _INTERRUPTIBLE_S)
        if self.in_headers:
            # Thinking before the first byte is bounded by the deadline alone.
            return left
        now = time.monotonic()
        if now - self._window_start >= self._window_s:
            if self._window_received < self._min_bytes:
                raise TooSlow(f"it sent fewer than {self._min_bytes / self._window_s:g} bytes a second")
            self._window_start, self._window_received = now, 0
        return max(0.001, min(left, self._window_start + self._window_s - now))

    def take(self, count: int) -> None:
        """Count received bytes.

        Raises:
            FetchRefused: the headers or the response are larger than allowed.
        """
        self.received += count
        self._received += count
        self._window_received += count
        if self.in_headers and self._received > MAX_HEADER_BYTES + _READ_AHEAD:
            raise FetchRefused(f"The answer has more than {MAX_HEADER_BYTES >> 10} kB of headers.", rule="headers")
        if self._received > self._max_wire_bytes:
            raise FetchRefused("The answer is larger than one may be.", rule="too-large")


# Connections live longer than requests and are shared, so the budget travels beside them.
current_budget: ContextVar[Budget] = ContextVar("current_budget")

Resolve = Callable[[str, int], Sequence[str]]


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a host, as the system's resolver gives them.

    Raises:
        OSError: the name is not known, or the resolver does not answer.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class Gate:
    """Decides where connections may go.

    Args:
        allow_private: `host` or `host:port` names that may lead to private or loopback addresses.
        resolve: host and port to addresses; for tests.
    """

    def __init__(self, allow_private: frozenset[str], resolve: Resolve) -> None:
        self._allowed = frozenset(name.lower() for name in allow_private)
        self._resolve = resolve
        self.loopback: set[tuple[str, int]] = set()

    def allows_private(self, host: str, port: int) -> bool:
        """Whether the operator named this host."""
        shown = f"[{host}]" if ":" in host else host
        return bool({host, shown, f"{shown}:{port}"} & self._allowed)

    def addresses(self, host: str, port: int) -> tuple[str, ...]:
        """Every address of a host, all checked.

        Raises:
            FetchRefused: one of them is private, loopback, link-local, multicast or reserved, and the operator
                did not name the host.
            OSError: the name cannot be resolved.
        """
        try:
            found = tuple(self._resolve(host, port))
        except UnicodeError as error:
            raise OSError(f"{host} is not a host name") from error
        if not found:
            raise OSError(f"{host} has no address")
        if self.allows_private(host, port):
            if all(is_loopback(address) for address in found):
                self.loopback.add((host, port))
            return found
        if not all(is_public(address) for address in found):
            raise FetchRefused(
                f"The host {host} leads to a private or reserved address. If that is meant, "
                f"name {host}:{port} in the setting harvest.allow_private_hosts.",
                rule="private-address",
            )
        return found

    def connect(self, host: str, port: int, options: Any) -> socket.socket:
        """A connection to one of the checked addresses; the look-up and the connection are one step."""
        budget = current_budget.get()
        failure: OSError | None = None
        for address in self.addresses(host, port):
            try:
                family = socket.AF_INET6 if ":" in address else socket.AF_INET
                connection = socket.socket(family, socket.SOCK_STREAM)
                try:
                    connection.settimeout(budget.remaining_s())
                    for option in options or ():
                        connection.setsockopt(*option)
                    connection.connect((address, port))
                except BaseException:  # the socket is closed whatever happened; re-raised
                    connection.close()
                    raise
                return connection
            except TooSlow:
                raise
            except OSError as error:
                failure = error
        raise failure or OSError(f"{host} has no address")


class _MeteredSocket(io.RawIOBase):
    """The reading side of a connection under a budget.

    Args:
        owner: the file object of the socket; it keeps the socket open until the response is read.
    """

    def __init__(self, owner: io.RawIOBase, connection: socket.socket, budget: Budget) -> None:
        self._owner, self._connection, self._budget = owner, connection, budget

    def readable(self) -> bool:
        """Always true."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Bytes received, 0 at the end."""
        while True:
            # A timeout per read alone never ends a server that trickles (reliability.md, section 1, item 10).
            self._connection.settimeout(self._budget.wait_s())
            if _QUICKACK is not None:
                # Servers that write headers and body apart wait for our delayed acknowledgement in between: 40 ms each
                # (532 crates from http.server with keep-alive: 26 s without, 0.9 s). Linux forgets the option.
                self._connection.setsockopt(socket.IPPROTO_TCP, _QUICKACK, 1)
            try:
                count = self._connection.recv_into(buffer)
            except TimeoutError:
                continue
            if not count and self._budget.in_headers:
                # http.client takes an end within the headers for the end of the headers: an empty 200.
                raise ConnectionResetError("the answer was cut off in its headers")
            self._budget.take(count)
            return count

    def close(self) -> None:
        """Release the socket."""
        if not self.closed:
            self._owner.close()
        super().close()


class _Response(http.client.HTTPResponse):
    """A response whose status line, headers and body are read under the current budget."""

    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self._budget = current_budget.get()
        self._budget.begin_response()
        owner = self.fp.detach()
        self.fp = io.BufferedReader(_MeteredSocket(owner, sock, self._budget))

    def begin(self) -> None:
        """Read status line and headers."""
        super().begin()
        self._budget.headers_done()


class _Pinned(HTTPConnection):
    response_class = _Response

    def __init__(self, *args: Any, gate: Gate, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._gate = gate

    def _new_conn(self) -> socket.socket:
        return self._gate.connect(self._dns_host, self.port or 80, self.socket_options)


class _PinnedTLS(HTTPSConnection):
    response_class = _Response

    def __init__(self, *args: Any, gate: Gate, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._gate = gate

    def _new_conn(self) -> socket.socket:
        return self._gate.connect(self._dns_host, self.port or 443, self.socket_options)


class PinnedAdapter(HTTPAdapter):
    """A requests adapter whose connections go through a Gate; host name and SNI stay those of the URL."""

    def __init__(self, gate: Gate, per_host: int) -> None:
        self._gate = gate
        super().__init__(pool_connections=32, pool_maxsize=per_host, max_retries=0, pool_block=False)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """As the base class, with our connections in the pools."""
        super().init_poolmanager(*args, **kwargs)
        plain = {"ConnectionCls": staticmethod(partial(_Pinned, gate=self._gate))}
        tls = {"ConnectionCls": staticmethod(partial(_PinnedTLS, gate=self._gate))}
        self.poolmanager.pool_classes_by_scheme = {
            "http": type("PinnedPool", (HTTPConnectionPool,), plain),
            "https": type("PinnedTLSPool", (HTTPSConnectionPool,), tls),
        }
