"""Several files of one study as one document: a plain tar without clocks, so that equal files are equal bytes.

For archives whose study is more than one file (study.txt and its tables); any tar reader opens what was kept.
"""

from __future__ import annotations

import io
import tarfile
from collections.abc import Mapping

from catalogue.problems import RecordRejected

MEDIA_TYPE = "application/x-tar"


def pack(files: Mapping[str, bytes]) -> bytes:
    """The files by name as one tar; the same files give the same bytes, in whatever order they come."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name in sorted(files):
            member = tarfile.TarInfo(name)
            member.size = len(files[name])
            tar.addfile(member, io.BytesIO(files[name]))
    return out.getvalue()


def unpack(content: bytes) -> dict[str, bytes]:
    """Name -> bytes of the files of a bundle.

    Raises:
        RecordRejected: `not-parsable`, the bytes are no bundle of this adapter.
    """
    try:
        with tarfile.open(fileobj=io.BytesIO(content), mode="r:") as tar:
            return {member.name: _read(tar, member) for member in tar if member.isfile()}
    except (tarfile.TarError, EOFError, ValueError, OSError) as error:
        raise RecordRejected(
            "The kept bundle of the study's files is damaged; harvest the source again.", reason="not-parsable"
        ) from error


def _read(tar: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    file = tar.extractfile(member)
    return file.read() if file is not None else b""
