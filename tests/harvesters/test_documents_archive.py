"""Documents in a tar archive."""

from __future__ import annotations

import bz2
import contextlib
import gzip
import io
import lzma
import random
import tarfile
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard
from reading import name, read

from catalogue.problems import FetchRefused, SourceChanged, SourceUnavailable

PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "x.tar": lambda data: data,
    "x.tar.gz": gzip.compress,
    "x.tgz": gzip.compress,
    "x.tar.bz2": bz2.compress,
    "x.tar.xz": lzma.compress,
    "x.tar.zst": lambda data: zstandard.ZstdCompressor().compress(data),
}


def tar(*members: tuple[str, bytes] | tarfile.TarInfo) -> bytes:
    """An archive with files, or special members, in the order given."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.GNU_FORMAT, errors="surrogateescape") as archive:
        for member in members:
            if isinstance(member, tarfile.TarInfo):
                archive.addfile(member)
            else:
                info = tarfile.TarInfo(member[0])
                info.size = len(member[1])
                archive.addfile(info, io.BytesIO(member[1]))
    return buffer.getvalue()


def special(path: str, kind: bytes, target: str = "") -> tarfile.TarInfo:
    """A member that is no regular file."""
    info = tarfile.TarInfo(path)
    info.type, info.linkname = kind, target
    return info


def store(folder: Path, data: bytes, file: str = "x.tar") -> Path:
    """Write an archive file."""
    path = folder / file
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("file", sorted(PACKERS))
def test_every_compression_gives_the_same_documents(tmp_path: Path, file: str) -> None:
    """Plain, gzip, bzip2, xz and zstd archives are read alike, in the archive's order."""
    data = tar((name("b"), b"1"), ("dir/" + name("a"), b"2"), ("README", b"3"))
    reading = read(store(tmp_path, PACKERS[file](data), file))
    assert reading.documents == {name("b"): b"1", "dir/" + name("a"): b"2"}
    assert reading.order == [name("b"), "dir/" + name("a")]
    assert reading.total == 2


def test_leading_dots_and_double_slashes_do_not_matter(tmp_path: Path) -> None:
    """`./a//b` and `a/b` are one item."""
    assert read(store(tmp_path, tar(("./a//" + name("b"), b"1")))).order == ["a/" + name("b")]


def test_last_member_of_a_name_wins(tmp_path: Path) -> None:
    """As on unpacking, an appended newer member replaces the older of the same name."""
    reading = read(store(tmp_path, tar((name("a"), b"old"), (name("b"), b"1"), ("./" + name("a"), b"new"))))
    assert reading.documents == {name("a"): b"new", name("b"): b"1"}
    assert reading.total == 2


@pytest.mark.parametrize(
    "path", ["../" + name("a"), "/etc/" + name("a"), "x/../../" + name("a"), "x\\..\\" + name("a")]
)
def test_name_that_leads_out_is_refused(tmp_path: Path, path: str) -> None:
    """Absolute names and `..` are quarantined by policy and nothing is written or read elsewhere."""
    reading = read(store(tmp_path, tar((path, b"1"), (name("b"), b"2"))))
    assert list(reading.reasons.values()) == ["policy"]
    assert reading.documents == {name("b"): b"2"}
    assert [p.name for p in tmp_path.iterdir()] == ["x.tar"]


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE])
def test_links_and_devices_are_not_documents(tmp_path: Path, kind: bytes) -> None:
    """A member that is a link or a device is reported and not followed."""
    reading = read(store(tmp_path, tar(special(name("a"), kind, "/etc/passwd"), (name("b"), b"2"))))
    assert reading.reasons == {name("a"): "link-unsafe"}
    assert list(reading.documents) == [name("b")]


def test_folder_named_like_a_document_is_no_document(tmp_path: Path) -> None:
    """Directory members are passed over."""
    assert read(store(tmp_path, tar(special(name("a"), tarfile.DIRTYPE)))).total == 0


def test_large_member_is_unreadable(tmp_path: Path) -> None:
    """A member's size is checked before it is read; the rest goes on."""
    reading = read(store(tmp_path, tar((name("a"), b"x" * 1001), (name("b"), b"1"))))
    assert reading.reasons == {name("a"): "too-large"}
    assert list(reading.documents) == [name("b")]


def test_member_name_that_is_not_utf8_is_reported(tmp_path: Path) -> None:
    """A name outside UTF-8 is shown escaped, not dropped."""
    assert read(store(tmp_path, tar((name("\udcfc"), b"1")))).reasons == {name("\\xfc"): "bad-encoding"}


def test_known_members_are_unchanged(tmp_path: Path) -> None:
    """A second reading of the same archive delivers nothing."""
    path = store(tmp_path, tar((name("a"), b"1"), (name("b"), b"2")))
    second = read(path, known=read(path).held())
    assert second.unchanged == [name("a"), name("b")]
    assert second.documents == {}


MANY = tar(*[(name(f"{n:03}"), random.Random(n).randbytes(700)) for n in range(40)])


@pytest.mark.parametrize("file", sorted(PACKERS))
@pytest.mark.parametrize("share", [0.1, 0.5, 0.8])
def test_cut_archive_delivers_nothing(tmp_path: Path, file: str, share: float) -> None:
    """An archive cut off anywhere raises before the first document: half a set never looks like deletions."""
    data = PACKERS[file](MANY)
    path = store(tmp_path, data[: int(len(data) * share)], file)
    with pytest.raises(SourceUnavailable, match="cut off or damaged"):
        read(path)


def test_archive_cut_between_two_members_delivers_nothing(tmp_path: Path) -> None:
    """Without the end mark an archive is not whole, though every member in it is."""
    with pytest.raises(SourceUnavailable, match="no end mark"):
        read(store(tmp_path, MANY[: 20 * (512 + 1024)]))


def test_damaged_header_in_the_middle_is_not_the_end(tmp_path: Path) -> None:
    """A flipped byte in a later header is damage, although tar readers stop there without a word."""
    data = bytearray(MANY)
    data[20 * (512 + 1024) + 3] ^= 0x55
    with pytest.raises(SourceUnavailable, match="cut off or damaged"):
        read(store(tmp_path, bytes(data)))


def test_hole_in_the_middle_is_not_the_end(tmp_path: Path) -> None:
    """Zeros where members were, as in a half-copied file, do not end the archive early."""
    start = 20 * (512 + 1024)
    with pytest.raises(SourceUnavailable, match="follows its end mark"):
        read(store(tmp_path, MANY[:start] + bytes(1536) + MANY[start + 1536 :]))


def test_wrong_checksum_at_the_end_of_gzip_is_damage(tmp_path: Path) -> None:
    """The compressed stream is read to its end, where its checksum is."""
    data = bytearray(gzip.compress(MANY))
    data[-6] ^= 1
    with pytest.raises(SourceUnavailable):
        read(store(tmp_path, bytes(data), "x.tar.gz"))


def test_something_else_under_an_archive_name_is_changed(tmp_path: Path) -> None:
    """A page saved as .tar is not a damaged archive but another thing."""
    with pytest.raises(SourceChanged, match="is not a tar archive"):
        read(store(tmp_path, b"<html>" * 500))


def test_empty_archive_is_a_complete_listing(tmp_path: Path) -> None:
    """An archive without members says that nothing is left."""
    assert read(store(tmp_path, tar())).total == 0


def test_archive_bomb_is_refused(tmp_path: Path) -> None:
    """An archive that unpacks to more than 100 times its size and 100 MB ends without taking the memory."""
    packer = lzma.LZMACompressor(preset=0)
    header = tarfile.TarInfo("zeros")
    header.size = 130 << 20
    parts = [packer.compress(header.tobuf())] + [packer.compress(b"\0" * (1 << 20)) for _ in range(130)]
    path = store(tmp_path, b"".join([*parts, packer.flush()]), "x.tar.xz")
    tracemalloc.start()
    with pytest.raises(FetchRefused, match="100 times"):
        read(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 32 << 20


@pytest.mark.parametrize("kind", [tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.GNUTYPE_LONGNAME])
def test_huge_header_extension_is_refused(tmp_path: Path, kind: bytes) -> None:
    """A name or attribute of many megabytes, which tar readers hold in memory, is damage."""
    header = special("x", kind)
    header.size = 50 << 20
    data = tar((name("a"), b"1"))[:1024] + header.tobuf() + b"9" * (50 << 20)
    path = store(tmp_path, data)
    tracemalloc.start()
    with pytest.raises(SourceUnavailable):
        read(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 << 20


@pytest.mark.parametrize("kind", [tarfile.XHDTYPE, tarfile.XGLTYPE])
@pytest.mark.parametrize(
    "content",
    [
        b"9" * 900_000,
        b"900008 comment=" + b"9" * 899_992 + b"\n",
        b"5 a=\n",
        b"99 path=x\n",
        b"-5 a=b\n",
        b"x",
        b"6 a=b\n" * 150_000,
    ],
)
def test_hostile_pax_header_takes_no_time(tmp_path: Path, kind: bytes, content: bytes) -> None:
    """Long runs of digits and wrong lengths in pax headers end at once (CVE-2024-6232)."""
    header = special("x", kind)
    header.size = len(content)
    padded = content + bytes(-len(content) % 512)
    path = store(tmp_path, header.tobuf() + padded + tar((name("a"), b"1")))
    begun = time.process_time()
    with contextlib.suppress(SourceUnavailable):
        assert list(read(path).documents) == [name("a")]
    assert time.process_time() - begun < 2


def test_endless_chain_of_headers_is_damage(tmp_path: Path) -> None:
    """Thousands of extension headers before one member exhaust no stack."""
    header = special("x", tarfile.XHDTYPE)
    header.size = 6
    link = header.tobuf() + b"6 a=b\n".ljust(512, b"\0")
    with pytest.raises(SourceUnavailable):
        read(store(tmp_path, link * 5000 + tar((name("a"), b"1"))))


def test_pax_archive_gives_long_and_foreign_names(tmp_path: Path) -> None:
    """Names beyond 100 bytes and beyond ASCII, as pax archives hold them, are the items."""
    names = ["ü" * 80 + "/" + name("a"), name("b"), "x" * 250 + "/" + name("日本")]
    buffer = io.BytesIO()
    with tarfile.open(
        fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT, pax_headers={"comment": "global"}
    ) as archive:
        for path in names:
            info = tarfile.TarInfo(path)
            info.size, info.pax_headers = 3, {"mtime": "1.5", "comment": "own"}
            archive.addfile(info, io.BytesIO(b"abc"))
    assert read(store(tmp_path, buffer.getvalue())).documents == dict.fromkeys(names, b"abc")


def test_sizes_in_a_pax_header_hold(tmp_path: Path) -> None:
    """A size given by the pax header replaces the one of the plain header, and the next member is found."""
    records = b"10 size=5\n"
    header = special("x", tarfile.XHDTYPE)
    header.size = len(records)
    plain = tarfile.TarInfo(name("a"))
    data = header.tobuf() + records.ljust(512, b"\0") + plain.tobuf() + b"hello".ljust(512, b"\0")
    reading = read(store(tmp_path, data + tar((name("b"), b"1"))))
    assert reading.documents == {name("a"): b"hello", name("b"): b"1"}


@pytest.mark.partners
def test_real_archives_are_read(partners: Path) -> None:
    """The archives of the GIDE history are read whole."""
    reading = read(partners / "gide-history" / "ssbd" / "02-2026-04-27-changed.tar.xz", max_bytes=10 << 20)
    assert reading.total == len(reading.documents) > 200
