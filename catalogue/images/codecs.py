"""Decompression that never gives more bytes than a chunk may have, for the codecs that stores may use.

zarr's own codecs decompress whatever comes: 1.5 MB became 3 GB (reliability.md section 1, item 11).
"""

from __future__ import annotations

import asyncio
import struct
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, Final

import numcodecs
import zstandard
from numcodecs import blosc
from zarr.abc.codec import BytesBytesCodec, Codec
from zarr.codecs import BloscCodec, BytesCodec, Crc32cCodec, GzipCodec, ShardingCodec, TransposeCodec, ZstdCodec
from zarr.codecs._v2 import V2Codec
from zarr.core.codec_pipeline import BatchedCodecPipeline

from catalogue.problems import ImageUnreachable

# What checksums and headers may add to a chunk's own bytes.
SLACK_BYTES: Final = 1024
V3_CODECS: Final = frozenset({"bytes", "crc32c", "transpose", "sharding_indexed", "zstd", "gzip", "blosc"})
V2_COMPRESSORS: Final = frozenset({"zstd", "gzip", "zlib", "blosc", "lz4"})


def decode(codec: str, content: bytes, limit: int) -> bytes:
    """The decompressed bytes, at most `limit`.

    Raises:
        ImageUnreachable: damaged, cut off, or more than `limit` bytes.
    """
    try:
        plain = _DECODERS[codec](content, limit)
    except (zlib.error, zstandard.ZstdError, RuntimeError, ValueError, struct.error, MemoryError) as error:
        raise ImageUnreachable(f"A pixel chunk cannot be decoded, this copy is damaged ({codec}: {error}).") from error
    if len(plain) > limit:
        raise ImageUnreachable(f"A pixel chunk decodes to more than the {limit} bytes that its array declares.")
    return plain


def _too_large(size: int, limit: int) -> None:
    if size > limit:
        raise ImageUnreachable(f"A pixel chunk claims {size} bytes where its array declares at most {limit}.")


def _zstd(content: bytes, limit: int) -> bytes:
    frame = zstandard.get_frame_parameters(content)
    known = frame.content_size not in (zstandard.CONTENTSIZE_UNKNOWN, zstandard.CONTENTSIZE_ERROR)
    if known:
        _too_large(frame.content_size, limit)
    # The size above also sizes the buffer; where it is not stated, the limit does. Checksums are verified.
    decompressor = zstandard.ZstdDecompressor(max_window_size=1 << 27)
    return decompressor.decompress(content, max_output_size=0 if known else limit)


def _inflate(window: int) -> Callable[[bytes, int], bytes]:
    def inflate(content: bytes, limit: int) -> bytes:
        stream = zlib.decompressobj(window)
        plain = stream.decompress(content, limit + 1)
        if len(plain) <= limit and not stream.eof:
            raise ValueError("the stream breaks off")
        return plain

    return inflate


def _blosc(content: bytes, limit: int) -> bytes:
    _, _, _, _, size, _, packed = struct.unpack_from("<BBBBIII", content)
    _too_large(size, limit)
    if packed != len(content):
        raise ValueError(f"{len(content)} bytes where the header says {packed}")
    return bytes(blosc.decompress(content))


def _lz4(content: bytes, limit: int) -> bytes:
    (size,) = struct.unpack_from("<I", content)
    _too_large(size, limit)
    return bytes(numcodecs.LZ4().decode(content))


_DECODERS: Final[dict[str, Callable[[bytes, int], bytes]]] = {
    "zstd": _zstd,
    "gzip": _inflate(31),
    "zlib": _inflate(15),
    "blosc": _blosc,
    "lz4": _lz4,
}


@dataclass(frozen=True)
class BoundedCodec(BytesBytesCodec):  # type: ignore[misc]
    """A decompressor held to the size of the chunk it belongs to; read-only."""

    codec: str
    is_fixed_size = False

    def to_dict(self) -> dict[str, Any]:
        """As the codec it stands for."""
        return {"name": self.codec, "configuration": {}}

    def _decode_sync(self, chunk_bytes: Any, chunk_spec: Any) -> Any:
        size = chunk_spec.dtype.to_native_dtype().itemsize
        for edge in chunk_spec.shape:
            size *= edge
        return chunk_spec.prototype.buffer.from_bytes(decode(self.codec, chunk_bytes.to_bytes(), size + SLACK_BYTES))

    async def _decode_single(self, chunk_bytes: Any, chunk_spec: Any) -> Any:
        return await asyncio.to_thread(self._decode_sync, chunk_bytes, chunk_spec)

    async def _encode_single(self, chunk_bytes: Any, chunk_spec: Any) -> Any:
        raise NotImplementedError("member stores are read-only")

    def compute_encoded_size(self, input_byte_length: int, chunk_spec: Any) -> int:
        """Not known before encoding."""
        raise NotImplementedError


@dataclass(frozen=True)
class _CheckedCrc32c(Crc32cCodec):  # type: ignore[misc]
    """crc32c whose mismatch is a damaged copy."""

    async def _decode_single(self, chunk_bytes: Any, chunk_spec: Any) -> Any:
        try:
            return await super()._decode_single(chunk_bytes, chunk_spec)
        except ValueError as error:
            raise ImageUnreachable("A pixel chunk's checksum is wrong, this copy is damaged (crc32c).") from error


@dataclass(frozen=True)
class _CheckedBytes(BytesCodec):  # type: ignore[misc]
    """Raw bytes whose number must fit the chunk."""

    async def _decode_single(self, chunk_bytes: Any, chunk_spec: Any) -> Any:
        try:
            return await super()._decode_single(chunk_bytes, chunk_spec)
        except ValueError as error:
            raise ImageUnreachable(
                f"A pixel chunk has {len(chunk_bytes)} bytes, which do not fit its shape; this copy is damaged."
            ) from error


@dataclass(frozen=True)
class _BoundedCompressor:
    """What V2Codec needs of a numcodecs compressor, held to one chunk's size."""

    codec: str
    limit: int

    def decode(self, content: Any) -> bytes:
        return decode(self.codec, bytes(content), self.limit)


def bounded_pipeline(pipeline: Iterable[Codec], chunk_bytes: int) -> BatchedCodecPipeline:
    """The pipeline with every decompressor replaced by its bounded form.

    Args:
        chunk_bytes: decoded bytes of one chunk of a Zarr v2 array.
    Raises:
        ImageUnreachable: a codec that is not on the list above.
    """
    return BatchedCodecPipeline.from_codecs([_bound(codec, chunk_bytes) for codec in pipeline])


def _bound(codec: Codec, chunk_bytes: int) -> Codec:
    if isinstance(codec, ZstdCodec):
        return BoundedCodec("zstd")
    if isinstance(codec, GzipCodec):
        return BoundedCodec("gzip")
    if isinstance(codec, BloscCodec):
        return BoundedCodec("blosc")
    if isinstance(codec, ShardingCodec):
        return replace(
            codec,
            codecs=tuple(_bound(inner, chunk_bytes) for inner in codec.codecs),
            index_codecs=tuple(_bound(inner, chunk_bytes) for inner in codec.index_codecs),
        )
    if isinstance(codec, V2Codec):
        name = getattr(codec.compressor, "codec_id", None)
        compressor = None if codec.compressor is None else _BoundedCompressor(str(name), chunk_bytes + SLACK_BYTES)
        return V2Codec(filters=None, compressor=compressor)
    if isinstance(codec, BytesCodec):
        return _CheckedBytes(endian=codec.endian)
    if isinstance(codec, Crc32cCodec):
        return _CheckedCrc32c()
    if isinstance(codec, TransposeCodec):
        return codec
    raise ImageUnreachable(f"The array uses the codec {type(codec).__name__}, which is not read here.")
