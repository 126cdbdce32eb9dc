"""Documents in a tar archive, read from the stream; nothing is unpacked to disk."""

from __future__ import annotations

import bz2
import gzip
import lzma
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, cast
from urllib.parse import quote

import zstandard

from catalogue.model.documents import Event, Listed, Unreadable
from catalogue.problems import FetchRefused, SourceChanged, SourceUnavailable
from harvesters.sources.delivery import Delivery, plain_name

ENDINGS = (".tar", ".tar.gz", ".tgz", ".tar.xz", ".txz", ".tar.bz2", ".tbz2", ".tar.zst", ".tar.zstd")

_MAX_RATIO = 100
_ALLOWANCE_BYTES = 100 << 20
# Long names and pax records; tarfile reads them whole into memory.
_MAX_EXTENSION_BYTES = 1 << 20
_MAX_MEMBERS = 1_000_000
_PAX = frozenset({tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE})
_EXTENSIONS = _PAX | {tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK}
# RecursionError: tarfile reads a header behind a thousand extensions by a thousand nested calls.
_DAMAGE = (
    tarfile.TarError,
    EOFError,
    OSError,
    RecursionError,
    zlib.error,
    lzma.LZMAError,
    zstandard.ZstdError,
)


def iter_archive(path: Path, delivery: Delivery) -> Iterator[Event]:
    """Every document of the archive, in the archive's order, then Listed(cursor None, complete).

    The archive is read twice: first whole, so that a damaged end is found before anything is delivered and the
    last of several members of one name is known, which is the one a tar reader would keep. The earlier ones are
    left out, as they would be on unpacking.

    Raises:
        SourceUnavailable: the archive is cut off or damaged.
        SourceChanged: the file is not a tar archive.
        FetchRefused: it unpacks to more than 100 times its size (and more than 100 MB).
    """
    wanted = _index(path, delivery)
    base = path.resolve().as_uri()
    total = 0
    for number, (member, file) in enumerate(_members(path)):
        if number not in wanted:
            continue
        item, total = wanted[number], total + 1
        url = f"{base}#{quote(member.name.encode('utf-8', 'surrogateescape'))}"
        try:
            event = _read(member, file, item, url, delivery)
        except _DAMAGE as error:
            raise _damaged(path.name, f"in {item}") from error
        yield event
    yield Listed(cursor=None, complete=True, total=total)


def _read(member: tarfile.TarInfo, file: tarfile.TarFile, item: str, url: str, delivery: Delivery) -> Event:
    if plain_name(member.name) is None:
        detail = f"The member name {item} points outside the archive. Pack it with relative names."
        return Unreadable(item, url, "policy", detail)
    if member.name.encode("utf-8", "surrogateescape") != member.name.encode("utf-8", "backslashreplace"):
        return Unreadable(
            item, url, "bad-encoding", f"The member name {item} is not UTF-8. Rename the file and pack again."
        )
    if not member.isreg() or member.issparse():
        detail = f"{item} is a link or a special file in the archive. Pack the document itself."
        return Unreadable(item, url, "link-unsafe", detail)
    if member.size > delivery.max_bytes:
        return delivery.too_large(item, url, member.size)
    stream = file.extractfile(member)
    content = stream.read() if stream is not None else b""
    if len(content) != member.size:
        raise EOFError(item)
    return delivery.document(item, url, content)


def _index(path: Path, delivery: Delivery) -> dict[int, str]:
    """Member number -> item, for the last member of every document name."""
    last: dict[str, int] = {}
    for number, (member, _) in enumerate(_members(path)):
        if number >= _MAX_MEMBERS:
            raise FetchRefused(f"{path.name} has more than {_MAX_MEMBERS:,} members. Pack only the documents.")
        name = plain_name(member.name) or member.name
        item = name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
        if not member.isdir() and delivery.wants(item):
            last[item] = number
    return {number: item for item, number in last.items()}


def _members(path: Path) -> Iterator[tuple[tarfile.TarInfo, tarfile.TarFile]]:
    """Members in order; ends only at the archive's own end mark, with the compressed stream read to its end."""
    try:
        with _unpacked(path) as stream:
            try:
                file = _open(stream)
            except tarfile.ReadError as error:
                raise SourceChanged(f"{path.name} is not a tar archive. Correct the source's location.") from error
            with file:
                # A damaged header in the middle looks like the end to tarfile; _Member tells them apart.
                while (member := file.next()) is not None:
                    yield member, file
                    # tarfile keeps every member it has seen; an archive of a million would fill the memory.
                    cast(Any, file).members.clear()
                if not getattr(file, "ommatidia_end", False):
                    raise _Damaged("it has no end mark")
                # A block of zeros in the middle (a hole in a copied file) looks like the end, too.
                rest = cast(Any, file).fileobj
                while block := rest.read(1 << 16):
                    if block.strip(b"\0"):
                        raise _Damaged("something follows its end mark")
    except _DAMAGE as error:
        raise _damaged(path.name, str(error) if isinstance(error, _Damaged) else type(error).__name__) from error


def _open(stream: _Bounded) -> tarfile.TarFile:
    opened: Any = tarfile.open  # the stubs ask for more of a stream than reading forwards needs
    return cast(
        tarfile.TarFile,
        opened(fileobj=stream, mode="r|", tarinfo=_Member, encoding="utf-8", errors="surrogateescape"),
    )


def _damaged(path_name: str, reason: str) -> SourceUnavailable:
    return SourceUnavailable(
        f"The archive {path_name} is cut off or damaged ({reason}); nothing counts as removed. Fetch or pack it again."
    )


class _Damaged(tarfile.TarError):
    """A header that is neither a member nor the end; tarfile itself would take it for the end."""


class _Member(tarfile.TarInfo):
    """A member whose headers are bounded, and whose absence is told from damage."""

    @classmethod
    def fromtarfile(cls, tarfile_: Any) -> _Member:
        try:
            member = super().fromtarfile(tarfile_)
        except tarfile.EOFHeaderError:  # type: ignore[attr-defined]
            tarfile_.ommatidia_end = True
            raise
        except tarfile.InvalidHeaderError as error:  # type: ignore[attr-defined]
            if tarfile_.offset == 0:
                raise
            raise _Damaged("a header is damaged") from error
        except tarfile.HeaderError as error:
            raise _Damaged("it has no end mark") from error
        if member.size < 0:
            raise _Damaged("a member has a negative size")
        return member

    def _proc_member(self, tarfile_: Any) -> Any:
        if self.type in _EXTENSIONS and self.size > _MAX_EXTENSION_BYTES:
            raise _Damaged("a header extension is too large")
        return super()._proc_member(tarfile_)  # type: ignore[misc]

    def _proc_pax(self, tarfile_: Any) -> Any:
        """Names, link target and size from a pax header.

        In place of tarfile's own reading, which takes quadratic time on long runs of digits before Python 3.11.10
        (CVE-2024-6232: half an hour for a header of 1 MB).
        """
        fields = _pax_fields(tarfile_.fileobj.read(self._block(self.size))[: self.size])  # type: ignore[attr-defined]
        follower: Any = self.fromtarfile(tarfile_)
        if self.type != tarfile.XGLTYPE:
            follower.offset = self.offset
            follower.name = fields.get("path", follower.name).rstrip("/")
            follower.linkname = fields.get("linkpath", follower.linkname)
            if any(key.startswith("GNU.sparse.") for key in fields):
                follower.sparse = []  # what makes issparse() true; such a member is not read
            if "size" in fields:
                size = fields["size"]
                if not (size.isascii() and size.isdigit() and len(size) < 20):
                    raise _Damaged("a member's size is no number")
                follower.size = int(size)
                if follower.isreg() or follower.type not in tarfile.SUPPORTED_TYPES:
                    tarfile_.offset = follower.offset_data + follower._block(follower.size)
        return follower


def _pax_fields(data: bytes) -> dict[str, str]:
    """Keyword -> value of records `LENGTH KEYWORD=VALUE` and a line feed, each LENGTH bytes in all."""
    fields = {}
    data = data.rstrip(b"\0")
    at = 0
    while at < len(data):
        length, _, _ = data[at : at + 12].partition(b" ")
        end = at + (int(length) if length.isdigit() else 0)
        keyword, equals, value = data[at + len(length) + 1 : end].partition(b"=")
        if not equals or not value.endswith(b"\n") or end > len(data):
            raise _Damaged("a pax header is malformed")
        fields[keyword.decode("utf-8", "surrogateescape")] = value[:-1].decode("utf-8", "surrogateescape")
        at = end
    return fields


@contextmanager
def _unpacked(path: Path) -> Iterator[_Bounded]:
    with path.open("rb") as raw:
        magic = raw.read(6)
        raw.seek(0)
        stream: IO[bytes]
        if magic.startswith(b"\x1f\x8b"):
            stream = cast(IO[bytes], gzip.GzipFile(fileobj=raw))
        elif magic.startswith(b"\xfd7zXZ\x00"):
            stream = cast(IO[bytes], lzma.LZMAFile(raw))  # noqa: SIM115 - closed with the file beneath
        elif magic.startswith(b"BZh"):
            stream = cast(IO[bytes], bz2.BZ2File(raw))
        elif magic.startswith(b"\x28\xb5\x2f\xfd"):
            # 128 MB is what zstd -22 --long=27 needs; more would let the file choose our memory.
            decompressor = zstandard.ZstdDecompressor(max_window_size=1 << 27)
            stream = cast(IO[bytes], decompressor.stream_reader(raw, read_across_frames=True))
        else:
            stream = raw
        yield _Bounded(stream, path.name, max(_ALLOWANCE_BYTES, _MAX_RATIO * path.stat().st_size))


class _Bounded:
    """A stream that refuses to unpack beyond a limit."""

    def __init__(self, stream: IO[bytes], name: str, limit_bytes: int) -> None:
        self._stream, self._name, self._left = stream, name, limit_bytes

    def read(self, size: int) -> bytes:
        """At most `size` bytes; b"" at the end."""
        data = self._stream.read(size)
        self._left -= len(data)
        if self._left < 0:
            raise FetchRefused(
                f"The archive {self._name} unpacks to more than {_MAX_RATIO} times its size. Pack only the documents."
            )
        return data
