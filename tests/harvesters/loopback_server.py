"""A tiny HTTP server on loopback whose answers the tests write byte by byte."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Request:
    """One request as it arrived."""

    path: str
    headers: dict[str, str]
    body: bytes = b""
    method: str = "GET"


# How long a trickle goes on when nobody leaves.
TRICKLE_S = 20.0

Route = bytes | Callable[[Request, socket.socket], bytes | None]


@dataclass
class Server:
    """What a test sees of the server: its address, its routes, what other paths answer, and what it was asked."""

    port: int = 0
    otherwise: Route | None = None
    routes: dict[str, Route] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    connections: int = 0

    @property
    def url(self) -> str:
        """Address without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def paths(self) -> list[str]:
        """Paths asked for, in order."""
        return [request.path for request in self.requests]


def answer(
    body: bytes = b"", status: str = "200 OK", headers: Mapping[str, str] | None = None, *, length: int | None = None
) -> bytes:
    """A well-formed HTTP/1.1 answer, unless `length` says a false Content-Length."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body) if length is None else length}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def trickle(first: bytes, then: bytes, every_s: float) -> Route:
    """Send `first`, then `then` again and again until the client leaves."""

    def route(_: Request, connection: socket.socket) -> None:
        connection.sendall(first)
        end = time.monotonic() + TRICKLE_S
        while time.monotonic() < end:
            connection.sendall(then)
            time.sleep(every_s)

    return route


def in_turn(*routes: Route) -> Route:
    """One route after the other; the last one for ever."""
    left = list(routes)

    def route(request: Request, connection: socket.socket) -> bytes | None:
        current = left.pop(0) if len(left) > 1 else left[0]
        return current if isinstance(current, bytes) else current(request, connection)

    return route


@contextmanager
def serving(wrap: Callable[[socket.socket], socket.socket] = lambda s: s, host: str = "127.0.0.1") -> Iterator[Server]:
    """A running server; routes may be added while it runs. An unknown path answers 404.

    Args:
        wrap: turns an accepted connection into the one to speak on (TLS).
    """
    server = Server()
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, 0))
        listener.listen(32)
        server.port = listener.getsockname()[1]
        stopped = threading.Event()

        def accept() -> None:
            while not stopped.is_set():
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                server.connections += 1
                threading.Thread(target=_speak, args=(server, connection, wrap), daemon=True).start()

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            stopped.set()
            listener.shutdown(socket.SHUT_RDWR)
            thread.join(2)


def _speak(server: Server, raw: socket.socket, wrap: Callable[[socket.socket], socket.socket]) -> None:
    try:
        with wrap(raw) as connection:
            connection.settimeout(10)
            pending = b""
            while True:
                while b"\r\n\r\n" not in pending:
                    data = connection.recv(65536)
                    if not data:
                        return
                    pending += data
                head, _, pending = pending.partition(b"\r\n\r\n")
                first, *lines = head.decode("latin-1").split("\r\n")
                headers = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in lines)}
                size = int(headers.get("content-length", "0"))
                while len(pending) < size:
                    pending += connection.recv(65536)
                body, pending = pending[:size], pending[size:]
                method, path, _ = first.split(" ", 2)
                request = Request(path, headers, body, method)
                server.requests.append(request)
                route = server.routes.get(request.path) or server.otherwise or answer(b"no such thing", "404 Not Found")
                reply = route if isinstance(route, bytes) else route(request, connection)
                if reply is None:
                    return
                connection.sendall(reply)
                if b"connection: close" in reply.partition(b"\r\n\r\n")[0].lower():
                    return
    except OSError:
        return
    finally:
        raw.close()
