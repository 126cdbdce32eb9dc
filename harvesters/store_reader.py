"""Reads the small documents of one store, over HTTP or from the list's own folder; absent is None, silence a fault.

The transport's rules (addresses, sizes, redirects) are the fetcher's.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote, unquote, urlsplit

from catalogue.problems import FetchRefused, Problem, SourceUnavailable
from harvesters.image_lists import Place


class Answer(Protocol):
    """What a transport gives back."""

    @property
    def status(self) -> int:
        """HTTP status."""
        ...

    @property
    def content(self) -> bytes:
        """The body, decoded from transport compression."""
        ...


class Getter(Protocol):
    """The guarded transport: harvesters.http.Fetcher."""

    def get(self, url: str, *, max_bytes: int | None = None) -> Any:
        """The answer to one GET; see `Answer`."""
        ...


class StoreReader(Protocol):
    """Documents of one store by relative path."""

    def read(self, path: str) -> str | None:
        """The document's text, None when the store says it is not there.

        Raises:
            StoreFault: no usable answer.
        """
        ...


class StoreFault(Exception):
    """A store gave no usable answer.

    Args:
        reason: one of catalogue.problems.REASONS.
        silent: True when the store did not answer at all.
    """

    def __init__(self, reason: str, detail: str, *, silent: bool = False):
        super().__init__(detail)
        self.reason = reason
        self.detail = detail
        self.silent = silent


def open_reader(place: Place, fetcher: Getter, max_bytes: int) -> StoreReader:
    """A reader for the store at `place`."""
    if place.endpoint.startswith("file:"):
        return _FolderReader(place, max_bytes)
    return _WebReader(place, fetcher, max_bytes)


def _text(content: bytes, path: str) -> str:
    try:
        return content.decode("utf-8-sig") if content.startswith(b"\xef\xbb\xbf") else content.decode()
    except UnicodeDecodeError as error:
        raise StoreFault("bad-encoding", f"{path} is not UTF-8 text.") from error


class _WebReader:
    def __init__(self, place: Place, fetcher: Getter, max_bytes: int):
        self._place, self._fetcher, self._max_bytes = place, fetcher, max_bytes

    def read(self, path: str) -> str | None:
        url = f"{self._place.url}/{quote(path, safe='/._-~()')}"
        try:
            answer = self._fetcher.get(url, max_bytes=self._max_bytes)
        except FetchRefused as refused:
            reason = "too-large" if refused.members.get("rule") in ("too-large", "ratio") else "link-unsafe"
            raise StoreFault(reason, refused.detail) from refused
        except SourceUnavailable as problem:
            raise StoreFault("gap", f"The store does not answer: {problem.detail}", silent=True) from problem
        except Problem as problem:
            raise StoreFault("not-parsable", problem.detail) from problem
        if answer.status in (404, 410):
            return None
        if answer.status != 200:
            raise StoreFault("gap", f"{url} answers {answer.status}.", silent=answer.status >= 500)
        return _text(answer.content, path)


class _FolderReader:
    def __init__(self, place: Place, max_bytes: int):
        self._base = Path(unquote(urlsplit(place.endpoint).path)).resolve()
        self._root = self._base / unquote(place.key)
        self._max_bytes = max_bytes
        if not self._root.resolve().is_relative_to(self._base):
            raise StoreFault("link-unsafe", "The store is a link out of the folder of its list.")
        if not self._root.is_dir():
            raise StoreFault("gap", f"There is no folder {place.key} beside the list.", silent=True)

    def read(self, path: str) -> str | None:
        file = self._root / path
        if not file.resolve().is_relative_to(self._base):
            raise StoreFault("link-unsafe", f"{path} is a link out of the folder of the list.")
        try:
            if file.stat().st_size > self._max_bytes:
                raise StoreFault("too-large", f"{path} is larger than {self._max_bytes} bytes.")
            return _text(file.read_bytes(), path)
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None
        except OSError as error:
            raise StoreFault("gap", f"{path} cannot be read: {error.strerror}.", silent=True) from error
