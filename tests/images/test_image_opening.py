"""Arrays by identifier: pixels equal to the source, dead copies told from black images, nothing but http(s) read."""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import zarr
from gallery import (
    SMALL,
    Faults,
    Gallery,
    append,
    fetcher,
    make_gallery,
    records_of,
    serving,
    study,
    withdraw,
    write_small_site,
)

from catalogue.cli.demo.members import Member, RunningMember
from catalogue.cli.demo.pixels import compute, half
from catalogue.cli.demo.studies import BIA_STUDIES, IDR_STUDIES, SSBD_STUDIES
from catalogue.problems import BadRequest, ImageUnreachable, NotFound, Withdrawn

CURIE = "idr:90019999"
IMAGES = {i.key: i for s in (*BIA_STUDIES, *IDR_STUDIES, *SSBD_STUDIES) for i in s.images}


@pytest.fixture
def all_members(running: list[RunningMember], folder: Path) -> Iterator[Gallery]:
    """Every demo image, at members in other processes."""
    transport = fetcher(*(server.url for server in running))
    records = [r for s in running for r in records_of(s.url + "images.csv", s.member.owners, transport)]
    gallery = make_gallery(folder, records, transport)
    yield gallery
    gallery.service.close()


@pytest.fixture
def faulty(folder: Path, small_site: Path) -> Iterator[tuple[Faults, Gallery]]:
    """One harvested image at a site whose chunk answers the test spoils."""
    shutil.copytree(small_site, folder / "site")
    with serving(folder / "site") as faults:
        transport = fetcher(faults.url)
        gallery = make_gallery(folder, records_of(faults.url + "images.csv", ("idr",), transport), transport)
        yield faults, gallery
        gallery.service.close()


def test_pixels_of_every_demo_image_equal_the_source(all_members: Gallery):
    """2-D to 5-D, three data types, both versions, sharded or not: what is opened is what was written."""
    kinds = set()
    for curie, record in all_members.records.items():
        representation = record["representations"][0]
        image = IMAGES[representation["replicas"][0]["key"].replace("%20", " ")]
        expected = compute(image.scene, image.seed)
        array = all_members.service.open(curie)
        assert isinstance(array, zarr.Array)
        assert np.array_equal(array[...], expected), curie
        assert np.array_equal(all_members.service.open(curie, level=1)[...], half(expected)), curie
        kinds.add((array.ndim, str(array.dtype), representation["format_version"], array.shards is not None))
    assert {kind[0] for kind in kinds} == {2, 3, 4, 5}
    assert {kind[1] for kind in kinds} == {"uint8", "uint16", "float32"}
    assert {(kind[2], kind[3]) for kind in kinds} == {("0.4", False), ("0.5", False), ("0.5", True)}


def test_opening_reads_few_objects(faulty: tuple[Faults, Gallery]):
    """Opening costs the two levels' documents and one chunk; no probing for formats."""
    faults, gallery = faulty
    faults.seen.clear()
    gallery.service.open(CURIE)
    assert len(faults.seen) == 3
    assert faults.seen[-1] == "/a.zarr/0/zarr.json"


def test_levels_count_from_both_ends(faulty: tuple[Faults, Gallery]):
    """Level -1 is the smallest; one beyond the last is a bad request that names the range."""
    gallery = faulty[1]
    assert gallery.service.open(CURIE, level=-1).shape == (12, 80, 80)
    with pytest.raises(BadRequest, match="0 to 2"):
        gallery.service.open(CURIE, level=3)


def test_info_needs_no_request(faulty: tuple[Faults, Gallery]):
    """What the catalogue knows comes from the catalogue."""
    faults, gallery = faulty
    faults.seen.clear()
    info = gallery.service.info(CURIE)
    assert (info.axes, info.shape, info.data_type) == (("z", "y", "x"), (12, 320, 320), "uint16")
    assert info.levels[-1] == (12, 80, 80)
    assert info.pixel_size_um == (1.0, 1.0, 1.0)
    assert info.replicas[0].url == faults.url + "a.zarr"
    assert faults.seen == []


def test_a_copy_without_chunks_is_unreachable_not_black(faulty: tuple[Faults, Gallery]):
    """All chunks 404 with metadata in place: an error that names the site, where other clients give zeros."""
    faults, gallery = faulty
    faults.chunk = lambda path, body: (404, b"", {})
    with pytest.raises(ImageUnreachable, match="No pixel chunk of the smallest level exists at idr"):
        gallery.service.open(CURIE)


@pytest.mark.parametrize("status", [403, 500, 503])
def test_failing_chunks_raise_after_opening(faulty: tuple[Faults, Gallery], status: int):
    """A site that fails while pixels are read gives an error, never fill values."""
    faults, gallery = faulty
    array = gallery.service.open(CURIE)
    faults.chunk = lambda path, body: (status, b"", {})
    with pytest.raises(ImageUnreachable):
        array[0]


def test_a_truncated_chunk_raises(faulty: tuple[Faults, Gallery]):
    """Half a body under a whole Content-Length, and half a body that claims to be whole: both are errors."""
    faults, gallery = faulty
    array = gallery.service.open(CURIE)
    faults.chunk = lambda path, body: (200, body[: len(body) // 2], {"length": str(len(body))})
    with pytest.raises(ImageUnreachable):
        array[0]
    faults.chunk = lambda path, body: (200, body[: len(body) // 2], {})
    with pytest.raises(ImageUnreachable, match="damaged"):
        array[0]


def test_a_flipped_byte_raises_where_the_chunk_has_a_checksum(faulty: tuple[Faults, Gallery]):
    """One changed byte in a zstd frame with checksum is found."""
    faults, gallery = faulty
    array = gallery.service.open(CURIE)

    def flip(path: str, body: bytes) -> tuple[int, bytes, dict[str, str]]:
        middle = len(body) // 2
        return 200, body[:middle] + bytes([body[middle] ^ 0x40]) + body[middle + 1 :], {}

    faults.chunk = flip
    with pytest.raises(ImageUnreachable, match="damaged"):
        array[0]
    with pytest.raises(ImageUnreachable):
        gallery.service.open(CURIE)


def test_a_web_page_in_place_of_a_chunk_raises(faulty: tuple[Faults, Gallery]):
    """An HTML answer with status 200 is a soft 404."""
    faults, gallery = faulty
    faults.chunk = lambda path, body: (200, b"<html>Not found</html>", {"Content-Type": "text/html"})
    with pytest.raises(ImageUnreachable, match="soft 404"):
        gallery.service.open(CURIE)


def test_a_chunk_bomb_is_refused_without_being_inflated(faulty: tuple[Faults, Gallery]):
    """1 GB of zeros in a small frame is refused by its header; without a header, by the limit."""
    import tracemalloc

    import zstandard

    faults, gallery = faulty
    array = gallery.service.open(CURIE)
    stated = zstandard.ZstdCompressor().compress(bytes(200 << 20))
    stream = zstandard.ZstdCompressor(write_content_size=False).compressobj()
    silent = stream.compress(bytes(200 << 20)) + stream.flush()
    for bomb in (stated, silent):
        faults.chunk = lambda path, body, bomb=bomb: (200, bomb, {})
        tracemalloc.start()
        with pytest.raises(ImageUnreachable):
            array[0]
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 40 << 20


def test_an_array_that_changed_since_the_harvest_is_refused(faulty: tuple[Faults, Gallery], folder: Path):
    """Another shape at the site than in the catalogue is said, not silently used."""
    gallery = faulty[1]
    for document in (folder / "site" / "a.zarr").glob("*/zarr.json"):
        held = json.loads(document.read_text())
        document.write_text(json.dumps({**held, "data_type": "uint8"}))
    with pytest.raises(ImageUnreachable, match="changed since it was harvested"):
        gallery.service.open(CURIE)


def test_a_chunk_declared_above_the_limit_is_refused(faulty: tuple[Faults, Gallery], folder: Path):
    """A document that declares chunks of 4 GB is not opened."""
    for document in (folder / "site" / "a.zarr").glob("*/zarr.json"):
        held = json.loads(document.read_text())
        held["chunk_grid"]["configuration"]["chunk_shape"] = [2048, 1024, 1024]
        document.write_text(json.dumps(held))
    with pytest.raises(ImageUnreachable, match="at most 268435456"):
        faulty[1].service.open(CURIE)


@pytest.mark.parametrize("codec", ["numcodecs.pickle", "vlen-utf8", "numcodecs.bz2", "my_codec"])
def test_codecs_off_the_list_are_refused(faulty: tuple[Faults, Gallery], folder: Path, codec: str):
    """Only codecs that are known to be harmless are ever asked to decode."""
    for document in (folder / "site" / "a.zarr").glob("*/zarr.json"):
        held = json.loads(document.read_text())
        held["codecs"] = [held["codecs"][0], {"name": codec, "configuration": {}}]
        document.write_text(json.dumps(held))
    with pytest.raises(ImageUnreachable, match="not read here"):
        faulty[1].service.open(CURIE)


def replaced(gallery: Gallery, endpoint: str, key: str) -> None:
    """Point the image's only replica elsewhere."""
    record = copy.deepcopy(gallery.records[CURIE])
    record["representations"][0]["replicas"][0].update(endpoint=endpoint, key=key)
    append(gallery.ledger, record)


@pytest.mark.parametrize(
    ("endpoint", "key"),
    [
        ("file:///etc/", "passwd"),
        ("simplecache::http://127.0.0.1/", "a.zarr"),
        ("http://127.0.0.1/", "a.zarr::http://127.0.0.1/b"),
        ("s3://bucket/", "a.zarr"),
        ("http://127.0.0.1/", "../a.zarr"),
        ("http://127.0.0.1/x/", "%2e%2e/a.zarr"),
    ],
)
def test_only_plain_web_addresses_are_read(faulty: tuple[Faults, Gallery], endpoint: str, key: str):
    """Files, chains of filesystems, object stores and dot segments are refused before anything is opened."""
    faults, gallery = faulty
    replaced(gallery, endpoint, key)
    faults.seen.clear()
    with pytest.raises(ImageUnreachable, match=r"replica address|replica is a local folder"):
        gallery.service.open(CURIE)
    assert faults.seen == []


def test_an_inside_address_that_nobody_allowed_is_refused(faulty: tuple[Faults, Gallery]):
    """A replica on a loopback port that the operator did not name is not contacted."""
    gallery = faulty[1]
    with serving(Path(gallery.cache).parent / "site") as other:
        replaced(gallery, other.url, "a.zarr")
        with pytest.raises(ImageUnreachable):
            gallery.service.open(CURIE)
        assert other.seen == []


def test_the_next_replica_is_tried_and_every_cause_named(faulty: tuple[Faults, Gallery]):
    """A dead first copy gives way to a sound second; two dead ones are both named."""
    faults, gallery = faulty
    record = copy.deepcopy(gallery.records[CURIE])
    sound = record["representations"][0]["replicas"][0]
    dead = {**sound, "id": sound["id"][:-1] + "2", "site": "pdbj", "key": "gone.zarr"}
    record["representations"][0]["replicas"] = [dead, sound]
    append(gallery.ledger, record)
    assert gallery.service.open(CURIE).shape == (12, 320, 320)
    faults.chunk = lambda path, body: (503, b"", {})
    with pytest.raises(ImageUnreachable) as caught:
        gallery.service.open(CURIE)
    assert [cause["site"] for cause in caught.value.members["causes"]] == ["pdbj", "idr"]
    assert "503" in caught.value.detail


def test_local_folders_are_read_only_where_the_operator_says_so(folder: Path, small_site: Path):
    """A list harvested from a folder opens when that folder is named, and not otherwise."""
    shutil.copytree(small_site, folder / "site")
    records = records_of(str(folder / "site" / "images.csv"), ("idr",), None)
    (folder / "one").mkdir()
    (folder / "two").mkdir()
    closed = make_gallery(folder / "one", records, None)
    with pytest.raises(ImageUnreachable, match="not told to read"):
        closed.service.open(CURIE)
    open_ = make_gallery(folder / "two", records, None, local_roots=(folder / "site",))
    assert np.array_equal(open_.service.open(CURIE)[...], compute(SMALL.scene, SMALL.seed))


def test_a_withdrawn_study_takes_its_images_along(faulty: tuple[Faults, Gallery]):
    """After the study's tombstone every way to the pixels answers Withdrawn, with the tombstone."""
    gallery = faulty[1]
    gallery.service.thumbnail(CURIE)
    withdraw(gallery.ledger, "idr:idr9001")
    for ask in (gallery.service.info, gallery.service.open, gallery.service.thumbnail):
        with pytest.raises(Withdrawn) as caught:
            ask(CURIE)
        assert caught.value.members["tombstone"]["id"] == "idr:idr9001"


def test_a_withdrawn_image_answers_withdrawn(faulty: tuple[Faults, Gallery]):
    """The same for the image's own tombstone."""
    withdraw(faulty[1].ledger, CURIE)
    with pytest.raises(Withdrawn):
        faulty[1].service.open(CURIE)


def test_what_is_no_image_is_not_found(faulty: tuple[Faults, Gallery]):
    """An unknown identifier and a study are told apart in words."""
    with pytest.raises(NotFound, match="No image"):
        faulty[1].service.open("idr:12345678")
    with pytest.raises(NotFound, match="is a study"):
        faulty[1].service.open("idr:idr9001")


def test_shard_objects_with_faults_raise(folder: Path):
    """In a sharded array a lost shard at opening, and a flipped byte in its index, are errors."""
    write_small_site(folder / "site", shard_chunks=2)
    with serving(folder / "site") as faults:
        transport = fetcher(faults.url)
        gallery = make_gallery(folder, records_of(faults.url + "images.csv", ("idr",), transport), transport)
        array = gallery.service.open(CURIE)
        assert array.shards == (1, 320, 320)
        shutil.rmtree(folder / "site" / "a.zarr" / "2" / "c")
        with pytest.raises(ImageUnreachable, match="No pixel chunk"):
            gallery.service.open(CURIE)
        for shard in (folder / "site" / "a.zarr" / "0" / "c").rglob("*"):
            if shard.is_file():
                body = bytearray(shard.read_bytes())
                body[-10] ^= 1
                shard.write_bytes(body)
        with pytest.raises(ImageUnreachable, match="checksum"):
            array[0]


def test_a_study_payload_is_enough_for_access(faulty: tuple[Faults, Gallery]):
    """An image whose study is not held here opens all the same."""
    gallery = faulty[1]
    assert study("idr:idr9001")["owner"] == "idr"
    record = {**gallery.records[CURIE], "id": "idr:90018888", "accession": "90018888", "study": "idr:idr7777"}
    append(gallery.ledger, record)
    assert gallery.service.open("idr:90018888").shape == (12, 320, 320)


def test_members_are_served_by_other_processes(running: list[RunningMember], members: list[Member]):
    """Each member has a process of its own."""
    import os

    assert len({server.process.pid for server in running} | {os.getpid()}) == len(members) + 1
