"""Bytes at rest: SHA-256 names and zstd frames that carry a checksum.

A damaged frame is an error, never other bytes; catalogue.store.fsck names the record it belongs to.
"""

from __future__ import annotations

import hashlib
import threading

import zstandard

from catalogue.problems import StoreDamaged

# Measured on 877 GIDE crates (7.5 MB): level 3 gives 3.6 times smaller at 180 MB/s, level 6 3.8 times at 93 MB/s.
_LEVEL = 3
# Far above every limit on partner documents; a damaged frame header must not make us allocate what it claims.
MAX_CONTENT_BYTES = 1 << 30

# A context costs 25 us to make and must not be used by two threads at once.
_of_thread = threading.local()


def digest_of(content: bytes) -> str:
    """SHA-256 of `content`, 64 lower-case hex digits."""
    return hashlib.sha256(content).hexdigest()


class Packer:
    """Compresses many contents with one context; not for use by two threads at once."""

    def __init__(self) -> None:
        self._context = zstandard.ZstdCompressor(level=_LEVEL, write_checksum=True, write_content_size=True)

    def compress(self, content: bytes) -> bytes:
        """One zstd frame with content size and checksum."""
        # The binding (zstandard 0.25) gives a frame in the memory of the content; a copy has that of the frame alone.
        return bytes(memoryview(self._context.compress(content)))


def decompress(frame: bytes) -> bytes:
    """The content of one frame made by Packer.

    Raises:
        StoreDamaged: the frame is cut, altered or longer than MAX_CONTENT_BYTES.
    """
    try:
        if zstandard.frame_content_size(frame) > MAX_CONTENT_BYTES:
            raise StoreDamaged("A stored frame claims an impossible size. Run `ommatidia fsck`.")
        context = getattr(_of_thread, "context", None)
        if context is None:
            context = _of_thread.context = zstandard.ZstdDecompressor()
        return bytes(context.decompress(frame, allow_extra_data=False))
    except (zstandard.ZstdError, MemoryError, TypeError) as error:
        raise StoreDamaged("A stored frame cannot be decompressed. Run `ommatidia fsck`.") from error


FRAME_HEADER_BYTES = 18
"""A frame's header has no more (RFC 8878, section 3.1.1)."""


def content_size(header: bytes) -> int:
    """Bytes of the content of a frame, told from its first FRAME_HEADER_BYTES; 0 of an empty or damaged one."""
    try:
        return max(0, zstandard.frame_content_size(header)) if header else 0
    except zstandard.ZstdError:
        return 0


def original_stored_digest(media_type: object, size_bytes: object, frame: bytes) -> str:
    """SHA-256 (hex) of everything kept about an original, so that no bit of its row can change unseen.

    The zstd checksum alone does not do: it covers the content, not the frame's unused bits nor the columns beside it.
    """
    beside = f"{media_type}\n{size_bytes}\n".encode("utf-8", "surrogateescape")
    return digest_of(beside + frame)
