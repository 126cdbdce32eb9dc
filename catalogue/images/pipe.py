"""Frames between a node and its preview worker: a JSON header and a body, both counted."""

from __future__ import annotations

import json
import os
import select
import struct
import time
from typing import Any, Final

_LENGTHS: Final = struct.Struct(">II")
MAX_HEADER_BYTES: Final = 1 << 20


class PipeEnded(Exception):
    """The other side is gone, said nonsense, or took longer than the deadline."""


def write_frame(descriptor: int, header: dict[str, Any], body: bytes = b"") -> None:
    """Write one frame whole.

    Raises:
        PipeEnded: nobody reads any more.
    """
    text = json.dumps(header).encode()
    view = memoryview(_LENGTHS.pack(len(text), len(body)) + text + body)
    try:
        while view:
            view = view[os.write(descriptor, view) :]
    except OSError as error:
        raise PipeEnded("nobody reads") from error


def read_frame(descriptor: int, max_body: int, deadline: float | None = None) -> tuple[dict[str, Any], bytes]:
    """The next frame.

    Args:
        deadline: on the clock of time.monotonic; None waits for ever.
    Raises:
        PipeEnded: end of the pipe, a frame above the limits, or the deadline passed.
    """
    header_bytes, body_bytes = _LENGTHS.unpack(_exactly(descriptor, _LENGTHS.size, deadline))
    if header_bytes > MAX_HEADER_BYTES or body_bytes > max_body:
        raise PipeEnded("a frame is too large")
    try:
        header = json.loads(_exactly(descriptor, header_bytes, deadline))
    except ValueError as error:
        raise PipeEnded("a header is no JSON") from error
    if not isinstance(header, dict):
        raise PipeEnded("a header is no object")
    return header, _exactly(descriptor, body_bytes, deadline)


def _exactly(descriptor: int, size: int, deadline: float | None) -> bytes:
    parts = bytearray()
    while len(parts) < size:
        if deadline is not None:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([descriptor], [], [], left)[0]:
                raise PipeEnded("the deadline passed")
        part = os.read(descriptor, min(1 << 20, size - len(parts)))
        if not part:
            raise PipeEnded("the other side ended")
        parts += part
    return bytes(parts)
