"""Decompression is exact, bounded and never silently short."""

from __future__ import annotations

import gzip
import zlib

import numcodecs
import numpy as np
import pytest
import zarr
import zstandard
from zarr.storage import MemoryStore

from catalogue.images.arrays import open_array, parse_document
from catalogue.images.codecs import decode
from catalogue.images.stores import MemberFileSystem
from catalogue.problems import ImageUnreachable

PLAIN = np.arange(40_000, dtype="<u2").tobytes()
PACKED = {
    "zstd": zstandard.ZstdCompressor(write_checksum=True).compress(PLAIN),
    "gzip": gzip.compress(PLAIN, mtime=0),
    "zlib": zlib.compress(PLAIN),
    "blosc": numcodecs.Blosc(cname="lz4").encode(PLAIN),
    "lz4": numcodecs.LZ4().encode(PLAIN),
}


@pytest.mark.parametrize("codec", PACKED)
def test_what_fits_is_decoded_exactly(codec: str):
    """A chunk of exactly the declared size comes back byte for byte."""
    assert decode(codec, bytes(PACKED[codec]), len(PLAIN)) == PLAIN


@pytest.mark.parametrize("codec", PACKED)
def test_one_byte_too_many_is_refused(codec: str):
    """A chunk that decodes to more than declared is refused."""
    with pytest.raises(ImageUnreachable):
        decode(codec, bytes(PACKED[codec]), len(PLAIN) - 1)


@pytest.mark.parametrize("codec", PACKED)
@pytest.mark.parametrize("keep", [0, 3, 0.5, 0.99])
def test_a_cut_off_chunk_is_refused(codec: str, keep: float):
    """No decoder gives back half a chunk as if it were whole."""
    packed = bytes(PACKED[codec])
    cut = packed[: keep if isinstance(keep, int) else int(len(packed) * keep)]
    with pytest.raises(ImageUnreachable):
        decode(codec, cut, len(PLAIN))


class _Objects:
    """Objects of a zarr store as a site."""

    def __init__(self, objects: dict[str, bytes]):
        self.objects = objects

    def read(self, path: str, first: int | None, last: int | None, max_bytes: int) -> bytes:
        """The object or its part."""
        if path not in self.objects:
            raise FileNotFoundError(path)
        content = self.objects[path]
        return content[first:] if last is None else content[first : last + 1]


def written(zarr_format: int, **settings: object) -> tuple[dict[str, bytes], np.ndarray]:
    """Objects of a small random array, and the array."""
    pixels = np.random.default_rng(1).integers(0, 500, (20, 30)).astype("uint16")
    store = MemoryStore()
    array = zarr.create_array(
        store, shape=pixels.shape, dtype=pixels.dtype, chunks=(8, 8), zarr_format=zarr_format, **settings
    )
    array[...] = pixels
    return {key: value.to_bytes() for key, value in store._store_dict.items()}, pixels


def opened(objects: dict[str, bytes], zarr_format: int) -> zarr.Array:
    """The array through the checked way."""
    document = parse_document(objects[".zarray" if zarr_format == 2 else "zarr.json"], zarr_format)
    return open_array(document, MemberFileSystem(_Objects(objects)), "")


@pytest.mark.parametrize(
    "compressor",
    [None, numcodecs.Zstd(), numcodecs.GZip(), numcodecs.Zlib(), numcodecs.Blosc(), numcodecs.LZ4()],
    ids=str,
)
def test_every_listed_v2_compressor_reads_right(compressor: object):
    """Zarr v2 arrays of each listed compressor give the pixels that were written."""
    objects, pixels = written(2, compressors=compressor)
    assert np.array_equal(opened(objects, 2)[...], pixels)


@pytest.mark.parametrize(
    "settings",
    [
        {"compressors": None},
        {"compressors": zarr.codecs.ZstdCodec(checksum=True)},
        {"compressors": zarr.codecs.GzipCodec()},
        {"compressors": zarr.codecs.BloscCodec(cname="lz4")},
        {"compressors": (zarr.codecs.ZstdCodec(), zarr.codecs.Crc32cCodec())},
        {"compressors": (zarr.codecs.Crc32cCodec(), zarr.codecs.ZstdCodec())},
        {"filters": zarr.codecs.TransposeCodec(order=(1, 0))},
        {"shards": (16, 16), "compressors": zarr.codecs.ZstdCodec()},
    ],
    ids=lambda s: "-".join(map(str, s)),
)
def test_every_listed_v3_codec_reads_right(settings: dict[str, object]):
    """Zarr v3 arrays of each listed codec, sharded ones too, give the pixels that were written."""
    objects, pixels = written(3, **settings)
    array = opened(objects, 3)
    assert np.array_equal(array[...], pixels)
    assert np.array_equal(array[3:11, 5:29], pixels[3:11, 5:29])


def test_big_endian_pixels_read_right():
    """Byte order is the document's business: values come out right."""
    store = MemoryStore()
    pixels = np.arange(64, dtype=">u2").reshape(8, 8)
    zarr.create_array(store, shape=(8, 8), dtype=">u2", chunks=(4, 4), zarr_format=2)[...] = pixels
    objects = {key: value.to_bytes() for key, value in store._store_dict.items()}
    assert np.array_equal(opened(objects, 2)[...], pixels)


def test_an_uncompressed_chunk_of_the_wrong_length_is_refused():
    """Raw chunks are checked against their shape."""
    objects, _ = written(3, compressors=None)
    objects["c/0/0"] = objects["c/0/0"][:-2]
    with pytest.raises(ImageUnreachable, match="damaged"):
        opened(objects, 3)[0:8, 0:8]


def test_opened_arrays_cannot_be_written():
    """A member's store is read-only."""
    objects, _ = written(3)
    with pytest.raises(Exception, match=r"read[- _]only|read-only"):
        opened(objects, 3)[0, 0] = 1
