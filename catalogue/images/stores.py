"""Read-only fsspec filesystem over the guarded transport, fenced to one store of one site.

Absent is FileNotFoundError and nothing else is: zarr turns exactly that into fill values (images.md section 6).
"""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Protocol
from urllib.parse import quote, unquote, urlsplit

from fsspec.asyn import AsyncFileSystem

from catalogue.problems import FetchRefused, ImageUnreachable, Problem

MAX_DOCUMENT_BYTES: Final = 10 << 20
_SEGMENT: Final = re.compile(r"(?!\.{1,2}$)[^/\\?#:%\x00-\x1f\x7f]{1,255}")
_RANGE_TOTAL: Final = re.compile(r"bytes (?:\d+-\d+|\*)/(\d+)")


class Answer(Protocol):
    """What a transport gives back."""

    @property
    def status(self) -> int:
        """HTTP status."""
        ...

    @property
    def headers(self) -> Mapping[str, str]:
        """Header fields, names in lower case."""
        ...

    @property
    def content(self) -> bytes:
        """The whole body or the range asked for."""
        ...


class Transport(Protocol):
    """The one guarded way out (harvesters.http.Fetcher, handed in by app.py); used by several threads at once."""

    def get(self, url: str, *, max_bytes: int | None = None, byte_range: tuple[int, int] | None = None) -> Any:
        """The answer to GET, see `Answer`; `byte_range` is (first, last), both inclusive."""
        ...


class Site(Protocol):
    """Objects of one store by relative path."""

    def read(self, path: str, first: int | None, last: int | None, max_bytes: int) -> bytes:
        """The object, or its bytes `first` to `last` inclusive (`first` < 0: that many from the end).

        Raises:
            FileNotFoundError: the site says it is not there.
            ImageUnreachable: no usable answer.
            FetchRefused: a rule forbids the request.
        """
        ...


def open_site(endpoint: str, key: str, transport: Transport, local_roots: tuple[Path, ...] = ()) -> Site:
    """The objects below `endpoint` + `key`, and no others.

    Args:
        local_roots: folders whose files a `file:` endpoint may name; none by default.
    Raises:
        FetchRefused: another scheme than http(s), a chain of filesystems, or a folder that is not listed.
    """
    url = endpoint + key
    scheme = urlsplit(url).scheme.lower()
    if "::" in url or "\\" in url or any(ord(char) < 33 for char in url):
        raise FetchRefused(f"The replica address {url[:200]} is no plain URL.", rule="url-form")
    if any(part in (".", "..") for part in unquote(urlsplit(url).path).split("/")):
        raise FetchRefused(f"The replica address {url[:200]} holds dot segments.", rule="url-form")
    if scheme in ("http", "https"):
        return _WebSite(url.rstrip("/"), transport)
    if scheme == "file":
        return _FolderSite(Path(unquote(urlsplit(url).path)), local_roots)
    raise FetchRefused(
        f"The replica address {url[:200]} has the scheme '{scheme}'; pixels are read over http and https.",
        rule="scheme",
    )


def checked_path(path: str) -> str:
    """The relative path as given.

    Raises:
        FetchRefused: it is absolute, has a scheme, a chain or dot segments.
    """
    if not path or not all(map(_SEGMENT.fullmatch, path.split("/"))):
        raise FetchRefused(f"'{path[:200]}' does not name an object inside the store.", rule="outside-store")
    return path


class _WebSite:
    def __init__(self, root: str, transport: Transport):
        self._root, self._transport = root, transport
        self._sizes: dict[str, int] = {}

    def read(self, path: str, first: int | None, last: int | None, max_bytes: int) -> bytes:
        url = f"{self._root}/{quote(checked_path(path), safe='/._-~()')}"
        if first is None:
            return self._get(url, None, max_bytes)[0]
        if first < 0:
            return self._tail(url, -first, max_bytes)
        # The length of an open range is unknown: ask for as much as may be accepted.
        stop = first + max_bytes - 1 if last is None else last
        if stop < first:
            return b""
        return self._get(url, (first, stop), max_bytes)[0]

    def _tail(self, url: str, length: int, max_bytes: int) -> bytes:
        """The last bytes of an object; suffix ranges are not offered by the transport, so its size is asked first."""
        size = self._sizes.get(url)
        if size is None:
            body, size = self._get(url, (0, 0), max_bytes)
            if len(body) == size:
                return body[-length:]
            if len(self._sizes) < 10_000:
                self._sizes[url] = size
        return self._get(url, (max(0, size - length), size - 1), max_bytes)[0]

    def _get(self, url: str, span: tuple[int, int] | None, max_bytes: int) -> tuple[bytes, int]:
        """Body (cut to the span) and size of the whole object."""
        try:
            answer = self._transport.get(url, max_bytes=max_bytes, byte_range=span)
        except (FetchRefused, ImageUnreachable):
            raise
        except Problem as problem:
            raise ImageUnreachable(f"The site gives no answer: {problem.detail}") from problem
        if answer.status in (404, 410):
            raise FileNotFoundError(url)
        if answer.status not in (200, 206):
            raise ImageUnreachable(f"{url} answers {answer.status}; its pixels cannot be read now.")
        if answer.headers.get("content-type", "").lower().startswith("text/html"):
            raise ImageUnreachable(f"{url} answers with a web page in place of data (soft 404).")
        body: bytes = answer.content
        if span is None:
            return body, len(body)
        if answer.status == 200:
            return body[span[0] : span[1] + 1], len(body)
        total = _RANGE_TOTAL.fullmatch(answer.headers.get("content-range", "").strip())
        if total is None:
            raise ImageUnreachable(f"{url} answers a range without saying which.")
        size = int(total[1])
        if len(body) != min(span[1], size - 1) - span[0] + 1:
            raise ImageUnreachable(f"{url} answers {len(body)} bytes where {span[1] - span[0] + 1} were asked for.")
        return body, size


class _FolderSite:
    def __init__(self, root: Path, local_roots: tuple[Path, ...]):
        self._root = root.resolve()
        if not any(self._root.is_relative_to(folder.resolve()) for folder in local_roots):
            raise FetchRefused("The replica is a local folder that this node was not told to read.", rule="local-files")

    def read(self, path: str, first: int | None, last: int | None, max_bytes: int) -> bytes:
        file = (self._root / checked_path(path)).resolve()
        if not file.is_relative_to(self._root):
            raise FetchRefused(f"'{path[:200]}' is a link out of the store.", rule="outside-store")
        try:
            size = file.stat().st_size
            start = 0 if first is None else first if first >= 0 else max(0, size + first)
            stop = size if last is None else min(size, last + 1)
            if stop - start > max_bytes:
                raise FetchRefused(f"'{path[:200]}' is larger than {max_bytes} bytes.", rule="too-large")
            with file.open("rb") as stream:
                stream.seek(start)
                return stream.read(max(0, stop - start))
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError) as error:
            raise FileNotFoundError(path) from error
        except OSError as error:
            raise ImageUnreachable(f"A file of the store cannot be read: {error.strerror}.") from error


class MemberFileSystem(AsyncFileSystem):  # type: ignore[misc]  # fsspec ships no types
    """One store as fsspec sees it; paths are relative to the store, nothing can be written or listed.

    Args:
        max_bytes: encoded bytes one object or range may have; set it before the first chunk is read.
    """

    protocol = "ommatidia-member"
    cachable = False

    def __init__(self, site: Site, max_bytes: int = MAX_DOCUMENT_BYTES):
        super().__init__(asynchronous=True, skip_instance_cache=True)
        self.max_bytes = max_bytes
        self._site = site
        self._lock = threading.Lock()
        self.chunks_found = 0
        self.chunks_missing = 0

    def read_document(self, path: str) -> bytes:
        """A metadata document, not counted as a chunk; raises as `Site.read`."""
        return self._site.read(path, None, None, self.max_bytes)

    def read(self, path: str, first: int | None = None, last: int | None = None) -> bytes:
        """See `Site.read`; counts what was there and what was not."""
        try:
            content = self._site.read(path, first, last, self.max_bytes)
        except FileNotFoundError:
            with self._lock:
                self.chunks_missing += 1
            raise
        with self._lock:
            self.chunks_found += 1
        return content

    async def _cat_file(self, path: str, start: int | None = None, end: int | None = None, **_: Any) -> bytes:
        last = None if end is None else end - 1
        if start is None and last is not None:
            start = 0
        return await asyncio.to_thread(self.read, path, start, last)

    async def _info(self, path: str, **_: Any) -> dict[str, Any]:
        size = len(await self._cat_file(path))
        return {"name": path, "size": size, "type": "file"}
