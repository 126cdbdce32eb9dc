"""The body of an answer, read to its end and unpacked within limits."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

import requests
import urllib3
import urllib3.exceptions

from catalogue.problems import FetchRefused
from harvesters.addresses import shown
from harvesters.transport import TooSlow

_BLOCK = 1 << 16
_MAX_PIECE = 1 << 20
_MAX_RATIO = 100
# Small answers of repeated text compress well; only beyond this does the ratio tell a bomb.
_RATIO_FROM_BYTES = 1 << 20
_MAX_ERROR_BYTES = 64 << 10
REDIRECTS = frozenset({301, 302, 303, 307, 308})


class BadBody(Exception):
    """The body came short, too long for its Content-Length, or in broken compression: worth another try."""


def read_answer(raw: requests.Response, headers: Mapping[str, str], limit: int, url: str) -> bytes:
    """The body of an answer as far as its status makes it worth reading; b"" for redirects and 304.

    Args:
        headers: names in lower case.
        limit: decoded bytes a success may have; error pages may have 64 kB, longer ones are left out.
    Raises:
        BadBody, FetchRefused, TooSlow: as for read_body.
    """
    if raw.status_code == 304:
        # Reading the empty body gives the connection back for the next request.
        raw.raw.read(1, decode_content=False)
        return b""
    if raw.status_code in REDIRECTS:
        return b""
    if raw.status_code < 400:
        return read_body(raw.raw, headers, limit, url)
    try:
        return read_body(raw.raw, headers, _MAX_ERROR_BYTES, url)
    except FetchRefused:
        # The status is the answer; a page about it that is too long to read changes nothing.
        return b""


def read_look(raw: requests.Response, headers: Mapping[str, str], limit: int, url: str) -> bytes:
    """The body of an answer that is looked at for itself; b"" for HEAD, and for a redirect.

    Raises:
        BadBody, FetchRefused, TooSlow: as for read_body.
    """
    if raw.request.method == "HEAD":
        # Its Content-Length is that of a body which does not come.
        raw.raw.read(1, decode_content=False)
        return b""
    if raw.status_code in REDIRECTS:
        # Read to its end, or the connection could not be used again: each look at an identifier would need two.
        with suppress(FetchRefused, BadBody):
            read_body(raw.raw, headers, _MAX_ERROR_BYTES, url)
        return b""
    return read_answer(raw, headers, limit, url)


def check_range(headers: Mapping[str, str], byte_range: tuple[int, int] | None, body: bytes, url: str) -> None:
    """Hold a 206 answer to the range that was asked for.

    Raises:
        FetchRefused: it is for another range, or nobody asked for one.
    """
    match = re.fullmatch(r"bytes (\d+)-(\d+)/(\d+|\*)", headers.get("content-range", "").strip())
    if byte_range is None or match is None:
        raise FetchRefused(f"{shown(url)} answered with a part that nobody asked for.", rule="range")
    first, last = int(match[1]), int(match[2])
    # The end may fall short only where the object ends (RFC 9110, section 14.4).
    whole = last == byte_range[1] or (match[3] != "*" and last == int(match[3]) - 1 and last < byte_range[1])
    if first != byte_range[0] or not whole or len(body) != last - first + 1:
        raise FetchRefused(f"{shown(url)} answered with another byte range than asked for.", rule="range")


def read_body(raw: urllib3.BaseHTTPResponse, headers: Mapping[str, str], limit: int, url: str) -> bytes:
    """The whole body with gzip and deflate undone; see iter_body."""
    return b"".join(iter_body(raw, headers, limit, url))


def iter_body(raw: urllib3.BaseHTTPResponse, headers: Mapping[str, str], limit: int, url: str) -> Iterator[bytes]:
    """The body in blocks of at most a megabyte, with gzip and deflate undone; it is whole when the last one came.

    Args:
        headers: names in lower case.
        limit: decoded bytes it may have; also a stated Content-Length beyond it is refused before reading.
    Raises:
        BadBody: cut off or damaged.
        FetchRefused: larger than `limit`, a compression bomb, or a compression nobody asked for.
        TooSlow: the request's budget of time is used up.
    """
    stated = headers.get("content-length", "").strip()
    if stated.isascii() and stated.isdigit() and int(stated[:18]) > limit:
        raise _too_large(url, limit)
    coding = headers.get("content-encoding", "").strip().lower()
    blocks = _wire(raw, limit, url)
    if coding in ("", "identity"):
        return blocks
    if coding not in ("gzip", "x-gzip", "deflate"):
        raise FetchRefused(f"{shown(url)} answers in the unknown compression {coding[:40]!r}.", rule="coding")
    return _inflate(blocks, coding, limit, url)


def _wire(raw: urllib3.BaseHTTPResponse, limit: int, url: str) -> Iterator[bytes]:
    """Blocks as sent, at most `limit` bytes together."""
    total = 0
    try:
        while block := raw.read(_BLOCK, decode_content=False):
            total += len(block)
            if total > limit:
                raise _too_large(url, limit)
            yield block
    except urllib3.exceptions.HTTPError as error:
        slow = next((part for part in _wrapped(error) if isinstance(part, TooSlow)), None)
        if slow is not None:
            raise slow from error
        raise BadBody("the answer was cut off before its end") from error


def _wrapped(error: BaseException) -> Iterator[Any]:
    yield error
    yield from error.args
    yield error.__cause__
    yield error.__context__


def _inflate(blocks: Iterator[bytes], coding: str, limit: int, url: str) -> Iterator[bytes]:
    given = taken = 0
    unpacker: Any = None
    try:
        for block in blocks:
            taken += len(block)
            while block:
                if unpacker is None:
                    unpacker = _unpacker(coding, block)
                piece = unpacker.decompress(block, _MAX_PIECE)
                given += len(piece)
                if given > limit:
                    raise _too_large(url, limit)
                if given > _RATIO_FROM_BYTES and given > _MAX_RATIO * taken:
                    raise FetchRefused(
                        f"{shown(url)} unpacks to more than {_MAX_RATIO} times its size; it was not read.", rule="ratio"
                    )
                yield piece
                block = unpacker.unconsumed_tail
                if unpacker.eof:
                    # gzip may have several members (RFC 1952, section 2.2) and padding after the last.
                    block, unpacker = unpacker.unused_data.lstrip(b"\0"), None
        # A full piece can leave something in the unpacker that only the next call brings out.
        while unpacker is not None and (piece := unpacker.decompress(b"", _MAX_PIECE)):
            given += len(piece)
            if given > limit:
                raise _too_large(url, limit)
            yield piece
            if unpacker.eof:
                unpacker = None
        if unpacker is not None or not taken:
            raise BadBody("the compressed answer was cut off before its end")
    except zlib.error as error:
        raise BadBody("the compression of the answer is damaged") from error


def _unpacker(coding: str, first: bytes) -> Any:
    if coding != "deflate":
        return zlib.decompressobj(31)
    # Some servers send raw deflate instead of the zlib form that HTTP means (RFC 9110, section 8.4.1.2).
    zlib_form = len(first) > 1 and first[0] & 0x0F == 8 and (first[0] << 8 | first[1]) % 31 == 0
    return zlib.decompressobj(15 if zlib_form else -15)


def _too_large(url: str, limit: int) -> FetchRefused:
    return FetchRefused(f"{shown(url)} is larger than {limit:,} bytes; it was not read.", rule="too-large")
