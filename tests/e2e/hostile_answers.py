"""Answers no partner should give, byte by byte; which source gives which is hostile_partners.py's."""

from __future__ import annotations

import gzip
import json
import socket
import struct
import time
from collections.abc import Iterable
from functools import cache

from tests.e2e.archive import SUFFIX, accession, crate
from tests.harvesters.loopback_server import Request, Route, Server, answer

LONGEST_S = 90.0


def document(number: int) -> str:
    """Path of a document of ours."""
    return f"/{accession(number)}{SUFFIX}"


def good(number: int) -> bytes:
    """A whole answer with a crate that can enter."""
    return answer(crate(number), headers={"Content-Type": "application/ld+json", "ETag": f'"{number}"'})


def index(*paths: str, following: str = "") -> bytes:
    """An index of documents as JSON."""
    value: object = list(paths)
    if following:
        value = {"items": list(paths), "next": following}
    return answer(json.dumps(value).encode(), headers={"Content-Type": "application/json"})


def lists(server: Server, documents: dict[str, Route]) -> None:
    """The server's index names these documents, and they answer so."""
    server.routes.update(documents)
    server.routes["/index.json"] = index(*documents)


def chunks(first: bytes, block: bytes, pause_s: float = 0.0) -> Route:
    """`first`, then a block again and again for as long as anyone listens."""

    def route(_: Request, connection: socket.socket) -> None:
        connection.sendall(first)
        end = time.monotonic() + LONGEST_S
        while time.monotonic() < end:
            connection.sendall(block)
            if pause_s:
                time.sleep(pause_s)

    return route


def silence(first: bytes = b"") -> Route:
    """`first`, then nothing, the connection open."""

    def route(_: Request, connection: socket.socket) -> None:
        connection.sendall(first)
        connection.settimeout(LONGEST_S)
        connection.recv(1)

    return route


def cut(first: bytes, *, reset: bool = False) -> Route:
    """`first`, then the end of the connection."""

    def route(_: Request, connection: socket.socket) -> None:
        connection.sendall(first)
        if reset:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    return route


OPEN = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n"
CHUNKED = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"


def redirect(target: str) -> bytes:
    """302 to a place."""
    return answer(b"", "302 Found", {"Location": target})


@cache
def bomb(size_bytes: int) -> bytes:
    """An answer of a few kilobytes that unpacks to so many bytes; packing it takes a second."""
    headers = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
    return answer(gzip.compress(b" " * size_bytes), headers=headers)


def paged(server: Server, entries: Iterable[str] | None, number: int) -> None:
    """An index without an end: each page has a new `next`; with the same entries, or ever new ones (None)."""

    def page(request: Request, _: socket.socket) -> bytes:
        at = int(request.path.rpartition("=")[2]) if "=" in request.path else 0
        names = list(entries) if entries is not None else [document(number + at)]
        return index(*names, following=f"/index.json?page={at + 1}")

    server.otherwise = page


ENTITY_BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + i, (b"&%c;" % (97 + i)) * 10) for i in range(9))
    + b"]><r>&j;</r>"
)


def xxe(canary: str) -> bytes:
    """XML whose entities are files and addresses of this machine."""
    return (
        f'<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd"><!ENTITY b SYSTEM "{canary}"><!ENTITY % c SYSTEM '
        f'"{canary}dtd"> %c;]><r>&a;&b;</r>'
    ).encode()
