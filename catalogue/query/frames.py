"""The language that pool and worker speak over a pipe: one byte of kind, four of length, then the payload."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Iterator
from typing import Any

HELLO, START, DATA, END, PROBLEM, REQUEST, OPEN = b"H", b"S", b"D", b"E", b"P", b"Q", b"O"
_HEADER = struct.Struct(">cI")
CHUNK_BYTES = 1 << 16


def pack(kind: bytes, payload: bytes) -> bytes:
    """One frame."""
    return _HEADER.pack(kind, len(payload)) + payload


def pack_json(kind: bytes, payload: dict[str, Any]) -> bytes:
    """One frame that carries a JSON object."""
    return pack(kind, json.dumps(payload).encode())


def read_frame(read: Callable[[int], bytes]) -> tuple[bytes, bytes] | None:
    """The next frame of a blocking stream whose `read` gives all bytes asked for; None at its end."""
    header = read(_HEADER.size)
    if len(header) < _HEADER.size:
        return None
    kind, length = _HEADER.unpack(header)
    payload = read(length)
    return (kind, payload) if len(payload) == length else None


class FrameBuffer:
    """Frames out of bytes that come in pieces of any size."""

    def __init__(self) -> None:
        self._data = bytearray()

    def feed(self, data: bytes) -> Iterator[tuple[bytes, bytes]]:
        """The frames that are whole now, in order."""
        self._data += data
        position = 0
        while len(self._data) - position >= _HEADER.size:
            kind, length = _HEADER.unpack_from(self._data, position)
            end = position + _HEADER.size + length
            if len(self._data) < end:
                break
            yield kind, bytes(self._data[position + _HEADER.size : end])
            position = end
        del self._data[:position]
