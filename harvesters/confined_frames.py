"""What passes between harvesters/confined.py and its child: lengths and bytes, nothing that is ever executed."""

from __future__ import annotations

import socket
import struct
from typing import Final

LENGTH: Final = struct.Struct(">Q")
HEAD: Final = struct.Struct(">cQ")

OK: Final = b"k"
REFUSED: Final = b"r"
BAD: Final = b"b"
MEMORY: Final = b"m"
FAULT: Final = b"f"

_BLOCK = 1 << 20


def receive_exactly(channel: socket.socket, count: int) -> bytes:
    """So many bytes; b"" when the other side closed before the first of them.

    Raises:
        ConnectionError: it closed in the middle.
        TimeoutError: the channel has a timeout and nothing came within it.
    """
    parts: list[bytes] = []
    left = count
    while left:
        part = channel.recv(min(left, _BLOCK))
        if not part:
            if left == count:
                return b""
            raise ConnectionError("closed in the middle")
        parts.append(part)
        left -= len(part)
    return b"".join(parts)


def send_frame(channel: socket.socket, kind: bytes, content: bytes) -> None:
    """One answer."""
    channel.sendall(HEAD.pack(kind, len(content)))
    channel.sendall(content)
