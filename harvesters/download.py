"""A body that goes into a file, block by block; what a cut connection left is gone on with (RFC 9110, section 13.1.5).

Asking, limits and addresses are http.py's.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import requests

from catalogue.problems import FetchRefused, Locked
from harvesters.addresses import shown
from harvesters.body import BadBody, iter_body, read_answer
from harvesters.calls import printable, range_headers


class _NotWritten(Exception):
    """A fault of this machine (a full disk); no OSError, which would be taken for the server's and tried again."""

    def __init__(self, fault: OSError) -> None:
        super().__init__(str(fault))
        self.fault = fault


class PartFile:
    """The unfinished file beside the one that is wanted.

    Args:
        path: of the finished file; its folder exists.
        url: what is downloaded; a part of another address is not gone on with.
        limit: bytes the file may have.
    """

    def __init__(self, path: Path, url: str, limit: int) -> None:
        self._path, self._url, self._limit = path, url, limit
        self._part = path.with_name(path.name + ".part")
        self._note = path.with_name(path.name + ".part.json")

    @contextmanager
    def held(self) -> Iterator[None]:
        """The part is this process's while the block lasts.

        Raises:
            Locked: another download of it is under way.
            OSError: the file cannot be written.
        """
        with self._note.open("a+b") as note:
            try:
                fcntl.flock(note, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise Locked(f"{self._path.name} is being downloaded already. Wait for that to end.") from error
            try:
                yield
            except _NotWritten as error:
                raise error.fault from None

    def headers(self) -> dict[str, str]:
        """What asks for the rest of the file, where there is a part whose version the server can tell."""
        start, tag = self._state()
        if not start:
            return {"Accept-Encoding": "identity"}
        return range_headers((start, None)) | {"If-Range": tag}

    def read(self, raw: requests.Response, headers: Mapping[str, str], url: str) -> bytes:
        """Takes in the body of one answer; gives the bytes of an error page, b"" otherwise.

        Raises:
            BadBody, FetchRefused, TooSlow: as for iter_body.
        """
        status = raw.status_code
        if status == 206:
            self._check(headers, url)
        elif status == 416:
            # The part is longer than the file is now.
            self._forget()
            raise BadBody("the file became shorter")
        elif status == 200:
            self._begin(headers)
        else:
            return read_answer(raw, headers, self._limit, url)
        held = self._size()
        for block in iter_body(raw.raw, headers, self._limit - held, url):
            self._append(block)
        return b""

    def keep(self) -> None:
        """Puts the whole file in its place."""
        with self._part.open("rb") as file:
            os.fsync(file.fileno())
        self._part.replace(self._path)
        self._note.unlink(missing_ok=True)

    def drop(self) -> None:
        """Takes away what is left, the answer being none that has a file."""
        self._part.unlink(missing_ok=True)
        self._note.unlink(missing_ok=True)

    def _state(self) -> tuple[int, str]:
        """Bytes of the part, and the strong ETag they belong to; (0, "") when it is no use."""
        try:
            note = json.loads(self._note.read_bytes())
            url, tag = note["url"], note["etag"]
        except (OSError, ValueError, TypeError, KeyError):
            return 0, ""
        size = self._size()
        return (size, tag) if url == self._url and 0 < size <= self._limit else (0, "")

    def _size(self) -> int:
        return self._part.stat().st_size if self._part.exists() else 0

    def _begin(self, headers: Mapping[str, str]) -> None:
        """A new file: empty, with a note when it could be gone on with later."""
        self._forget()
        self._append(b"")
        tag = headers.get("etag", "")
        ranges = headers.get("accept-ranges", "bytes").lower() != "none"
        if ranges and not headers.get("content-encoding") and printable(tag) and re.fullmatch(r'"[^"]+"', tag):
            self._note.write_text(json.dumps({"url": self._url, "etag": tag}))

    def _forget(self) -> None:
        self._part.unlink(missing_ok=True)
        if self._note.exists():
            os.truncate(self._note, 0)

    def _append(self, block: bytes) -> None:
        try:
            with self._part.open("ab") as file:
                file.write(block)
        except OSError as error:
            raise _NotWritten(error) from error

    def _check(self, headers: Mapping[str, str], url: str) -> None:
        """Holds a 206 answer to what was asked for."""
        start, tag = self._state()
        match = re.fullmatch(r"bytes (\d{1,18})-(\d{1,18})/(\d{1,18})", headers.get("content-range", "").strip())
        fits = match is not None and int(match[1]) == start and int(match[2]) == int(match[3]) - 1
        if not start or not fits or headers.get("etag", tag) != tag:
            self._forget()
            raise FetchRefused(f"{shown(url)} answered with another byte range than asked for.", rule="range")
