"""Whoever reads a large answer slowly keeps nobody else waiting."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from flask import Flask, Response

from catalogue.web import server

PIECE = bytes(1 << 20)
PIECES = 24
THREADS = 2


@pytest.fixture
def address(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A server with few threads and a large answer that is made while it is read."""
    app, made, ready, told = Flask(__name__), list[Any](), threading.Event(), list[str]()
    app.add_url_rule("/large", "large", lambda: Response(PIECE for _ in range(PIECES)))
    app.add_url_rule("/small", "small", lambda: "small")
    create = server.create_server

    def create_and_tell(*given: Any, **more: Any) -> Any:
        made.append(create(*given, **more))
        return made[0]

    def on_ready(there: str) -> None:
        told.append(there)
        ready.set()

    monkeypatch.setattr(server, "create_server", create_and_tell)
    threading.Thread(target=server.serve, args=(app, "127.0.0.1", 0, THREADS, 1000, on_ready), daemon=True).start()
    assert ready.wait(60)
    yield told[0]
    # What waited for readers is in files, which go when the server sees that these have left.
    for _ in range(1000):
        if not made[0].active_channels:
            break
        threading.Event().wait(0.01)
    made[0].close()
    made[0].task_dispatcher.shutdown(timeout=5)


def test_slow_readers_hold_no_threads(address: str) -> None:
    """As many readers as there are threads take a large answer and read nothing; others are answered."""
    place = urlsplit(address)
    readers = [socket.create_connection((place.hostname, place.port)) for _ in range(THREADS)]
    try:
        for reader in readers:
            reader.sendall(b"GET /large HTTP/1.1\r\nHost: here\r\n\r\n")
            assert reader.recv(12) == b"HTTP/1.1 200"
        assert requests.get(f"{address}small", timeout=20).text == "small"
    finally:
        for reader in readers:
            reader.close()
