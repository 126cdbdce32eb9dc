"""An HTTP proxy in the test process between a reader and a member, which spoils answers as networks do."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import requests

FAULTS = ("cut off", "delay", "drip", "earlier", "truncate", "corrupt", "busy", "too many")
_HOP = {"connection", "keep-alive", "transfer-encoding", "content-encoding", "content-length", "date", "server"}


class FaultProxy:
    """One link.

    Args:
        target: address of the member.

    Attributes:
        cut: nothing passes.
        faults: of FAULTS, one of which befalls an answer with the chance `share`.
        delay_s: how long `delay` waits; `drip` gives a byte each tenth of it.
        done: how often each fault happened.
    """

    def __init__(self, target: str) -> None:
        self._target = target
        self.cut = False
        self.faults: tuple[str, ...] = ()
        self.share = 0.0
        self.delay_s = 1.0
        self.done: Counter[str] = Counter()
        self.asked: Counter[str] = Counter()
        self.chance = random.Random(0)
        self._earlier: dict[str, list[tuple[int, dict[str, str], bytes]]] = {}
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def clear(self) -> None:
        """No more faults."""
        self.cut, self.faults, self.share = False, (), 0.0

    @contextmanager
    def running(self) -> Iterator[FaultProxy]:
        """Serves until the block ends."""
        thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()

    def answer(self, to: BaseHTTPRequestHandler, body: bytes | None) -> None:
        """Gives the member's answer, or what a fault makes of it."""
        self.asked[to.path] += 1
        if self.cut:
            raise ConnectionAbortedError("the link is cut")
        fault = self.chance.choice(self.faults) if self.faults and self.chance.random() < self.share else ""
        if fault:
            self.done[fault] += 1
        if fault == "cut off":
            raise ConnectionAbortedError("the link is cut")
        if fault in ("busy", "too many"):
            _give(to, 503 if fault == "busy" else 429, {"Retry-After": "1"}, b"later")
            return
        status, headers, content = self._earlier_answer(to.path) if fault == "earlier" else self._asked(to, body)
        if fault == "delay":
            time.sleep(self.delay_s)
        if fault == "corrupt" and content:
            place = self.chance.randrange(len(content))
            content = content[:place] + bytes([content[place] ^ 0x20]) + content[place + 1 :]
        _give(to, status, headers, content, self.delay_s / 10 if fault == "drip" else 0.0, fault == "truncate")

    def _asked(self, to: BaseHTTPRequestHandler, body: bytes | None) -> tuple[int, dict[str, str], bytes]:
        sent = {name: value for name, value in to.headers.items() if name.lower() not in ("host", "accept-encoding")}
        with requests.request(to.command, self._target + to.path, headers=sent, data=body, timeout=30) as found:
            headers = {name: value for name, value in found.headers.items() if name.lower() not in _HOP}
            answer = found.status_code, headers, found.content
        if answer[0] == 200:
            self._earlier.setdefault(to.path, []).append(answer)
            del self._earlier[to.path][:-5]
        return answer

    def _earlier_answer(self, path: str) -> tuple[int, dict[str, str], bytes]:
        """An answer that was given before, to this question or to another one."""
        known = [path] if path in self._earlier and self.chance.random() < 0.7 else list(self._earlier)
        if not known:
            return 503, {}, b"nothing yet"
        return self.chance.choice(self._earlier[self.chance.choice(known)])


def _give(
    to: BaseHTTPRequestHandler,
    status: int,
    headers: dict[str, str],
    content: bytes,
    pause_s: float = 0,
    short: bool = False,
) -> None:
    to.send_response(status)
    for name, value in headers.items():
        to.send_header(name, value)
    if status != 304:
        to.send_header("Content-Length", str(len(content)))
    to.end_headers()
    if short:
        to.wfile.write(content[: len(content) // 2])
        raise ConnectionAbortedError("cut in the middle")
    if not pause_s:
        to.wfile.write(content)
        return
    for place in range(0, len(content), 1 + len(content) // 50):
        to.wfile.write(content[place : place + 1 + len(content) // 50])
        to.wfile.flush()
        time.sleep(pause_s)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A link that was cut is no news."""


def _handler(proxy: FaultProxy) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._pass(None)

        def do_POST(self) -> None:
            self._pass(self.rfile.read(int(self.headers.get("Content-Length", 0))))

        def log_message(self, *_: Any) -> None:
            pass

        def _pass(self, body: bytes | None) -> None:
            try:
                proxy.answer(self, body)
            except requests.RequestException:
                with suppress(OSError):
                    _give(self, 502, {}, b"no answer")
            except OSError:
                self.close_connection = True
                with suppress(OSError):
                    self.connection.close()

    return Handler
