"""Previews: right size, not black, alike on every run, within limits, rendered by a process that cannot do harm."""

from __future__ import annotations

import copy
import io
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from gallery import Faults, Gallery, append, fetcher, make_gallery, records_of, serving, study
from PIL import Image

from catalogue.cli.demo.members import RunningMember
from catalogue.images.previews import Picture, PreviewCache, PreviewWorker
from catalogue.images.render import blend, measure_windows, plan_preview
from catalogue.problems import BadRequest, ImageUnreachable, NoPreview

CURIE = "idr:90019999"


@pytest.fixture
def faulty(folder: Path, small_site: Path) -> Iterator[tuple[Faults, Gallery]]:
    """One harvested image at a site whose chunk answers the test spoils."""
    shutil.copytree(small_site, folder / "site")
    with serving(folder / "site") as faults:
        transport = fetcher(faults.url)
        gallery = make_gallery(folder, records_of(faults.url + "images.csv", ("idr",), transport), transport)
        yield faults, gallery
        gallery.service.close()


def picture_of(content: bytes) -> np.ndarray:
    """Decoded preview."""
    return np.asarray(Image.open(io.BytesIO(content)))


def test_every_demo_image_has_a_preview(running: list[RunningMember], folder: Path):
    """Longer edge 256 where the image is that large, not black, not uniform; colour exactly for several channels."""
    transport = fetcher(*(server.url for server in running))
    records = [r for s in running for r in records_of(s.url + "images.csv", s.member.owners, transport)]
    gallery = make_gallery(folder, records, transport)
    for curie, record in gallery.records.items():
        representation = record["representations"][0]
        made = gallery.service.thumbnail(curie)
        pixels = picture_of(made.content)
        sizes = [int(n) for n in representation["shape"].split(",")[-2:]]
        assert max(pixels.shape[:2]) == min(256, max(sizes)), curie
        assert made.media_type == "image/webp"
        assert pixels.std() > 5 and 2 < pixels.mean() < 253, curie
        coloured = np.ptp(pixels.astype(int), axis=-1).max() > 40
        assert coloured == (len(representation.get("channels", ())) > 1), curie
    gallery.service.close()


def test_a_preview_is_rendered_once(faulty: tuple[Faults, Gallery]):
    """The second request reads nothing and gives the same bytes and tag; another size has another tag."""
    faults, gallery = faulty
    first = gallery.service.thumbnail(CURIE)
    faults.seen.clear()
    assert gallery.service.thumbnail(CURIE) == first
    assert faults.seen == []
    small = gallery.service.thumbnail(CURIE, px=64)
    assert small.etag != first.etag
    assert max(picture_of(small.content).shape[:2]) == 64


def test_a_preview_reads_the_smallest_sufficient_level(faulty: tuple[Faults, Gallery]):
    """64 pixels come from the level of 80 pixels; the larger levels are left alone."""
    faults, gallery = faulty
    faults.seen.clear()
    gallery.service.thumbnail(CURIE, px=64)
    assert [path for path in faults.seen if not path.startswith("/a.zarr/2/")] == []


def test_sizes_out_of_range_are_refused(faulty: tuple[Faults, Gallery]):
    """A preview of 5,000 pixels is a bad request."""
    with pytest.raises(BadRequest):
        faulty[1].service.thumbnail(CURIE, px=5000)


def test_lost_chunks_give_no_black_preview(faulty: tuple[Faults, Gallery]):
    """Without any chunk there is no preview, and the site is named."""
    faults, gallery = faulty
    faults.chunk = lambda path, body: (404, b"", {})
    with pytest.raises(ImageUnreachable, match="idr: No pixel chunk"):
        gallery.service.thumbnail(CURIE)
    assert not list(gallery.cache.rglob("*.webp"))


def test_a_failing_site_is_not_asked_for_every_visitor(faulty: tuple[Faults, Gallery]):
    """A failure is remembered for a while."""
    faults, gallery = faulty
    faults.chunk = lambda path, body: (503, b"", {})
    with pytest.raises(ImageUnreachable):
        gallery.service.thumbnail(CURIE)
    faults.seen.clear()
    with pytest.raises(ImageUnreachable):
        gallery.service.thumbnail(CURIE)
    assert faults.seen == []


def test_a_damaged_chunk_gives_an_error_and_the_next_image_works(faulty: tuple[Faults, Gallery]):
    """Garbage in place of a chunk is reported; the worker goes on."""
    faults, gallery = faulty
    faults.chunk = lambda path, body: (200, b"garbage" * 100, {})
    with pytest.raises(ImageUnreachable, match="damaged"):
        gallery.service.thumbnail(CURIE)
    faults.chunk = None
    assert gallery.service.thumbnail(CURIE, px=128).content


def test_an_image_too_large_for_a_preview_says_so(folder: Path, small_site: Path):
    """When even the smallest level's chunks exceed the limit there is no preview, and nothing was read."""
    shutil.copytree(small_site, folder / "site")
    with serving(folder / "site") as faults:
        transport = fetcher(faults.url)
        records = records_of(faults.url + "images.csv", ("idr",), transport)
        gallery = make_gallery(folder, records, transport, max_preview_bytes=5_000)
        faults.seen.clear()
        with pytest.raises(NoPreview, match="deeper pyramid"):
            gallery.service.thumbnail(CURIE)
        assert faults.seen == []


def test_a_level_above_the_limit_gives_way_to_a_smaller_one():
    """With a limit of 50 kB the level of 160 pixels is too large and the one of 80 is taken."""
    levels = [{"path": str(i), "shape": f"4,{320 >> i},{320 >> i}", "chunks": "1,320,320"} for i in range(3)]
    representation = {
        "axes": [{"name": n} for n in "zyx"], "levels": levels, "shape": "4,320,320", "data_type": "uint16",
    }  # fmt: skip
    assert plan_preview(representation, {}, 100, 1 << 30).level == "1"
    with pytest.raises(NoPreview):
        plan_preview(representation, {}, 100, 100_000)
    for level in levels[1:]:
        level["chunks"] = "1,80,80"
    assert plan_preview(representation, {}, 100, 50_000).level == "2"


def test_the_owners_plane_wins_over_the_middle():
    """omero rdefs choose z; without them the middle is shown; a coarser level in z is scaled."""
    level = {"path": "0", "shape": "2,10,64,64", "chunks": "1,1,64,64"}
    representation = {
        "axes": [{"name": n} for n in "czyx"], "levels": [level], "shape": "2,10,64,64", "data_type": "uint8",
    }  # fmt: skip
    assert plan_preview(representation, {"z": 7}, 64, 1 << 20).planes == ((0, 7, None, None), (1, 7, None, None))
    assert plan_preview(representation, {}, 64, 1 << 20).planes[0] == (0, 5, None, None)
    assert plan_preview(representation, {"z": 99}, 64, 1 << 20).planes[0][1] == 9


def test_the_plane_that_the_owner_shows_is_read(faulty: tuple[Faults, Gallery], folder: Path):
    """defaultZ of the kept documents decides which plane's chunks are asked for."""
    _, gallery = faulty
    root = folder / "site" / "a.zarr" / "zarr.json"
    held = json.loads(root.read_text())
    held["attributes"]["ome"]["omero"]["rdefs"]["defaultZ"] = 2
    root.write_text(json.dumps(held))
    with serving(folder / "site") as faults:
        transport = fetcher(faults.url)
        (folder / "again").mkdir()
        again = make_gallery(folder / "again", records_of(faults.url + "images.csv", ("idr",), transport), transport)
        again.service.thumbnail(CURIE, px=64)
        assert [path for path in faults.seen if "/c/" in path] == ["/a.zarr/2/c/2/0/0"]
        again.service.close()
    assert gallery.records


def test_at_most_four_channels_are_blended():
    """Of seven channels four are shown."""
    level = {"path": "0", "shape": "7,64,64", "chunks": "1,64,64"}
    axes = [{"name": "c", "axis_type": "channel"}, {"name": "y"}, {"name": "x"}]
    plan = plan_preview({"axes": axes, "levels": [level], "shape": "7,64,64", "data_type": "uint8"}, {}, 64, 1 << 20)
    assert len(plan.planes) == len(plan.colors) == 4


def test_channels_add_up_in_their_colours():
    """Full red and full blue give magenta; below the window is black, above is full."""
    level = {"path": "0", "shape": "2,2,2", "chunks": "1,2,2"}
    channels = [
        {"index": 0, "color": "FF0000", "window_start": 0.0, "window_end": 10.0},
        {"index": 1, "color": "0000FF", "window_start": 0.0, "window_end": 10.0},
    ]
    representation = {
        "axes": [{"name": n} for n in "cyx"], "levels": [level], "shape": "2,2,2", "data_type": "uint8",
        "channels": channels,
    }  # fmt: skip
    plan = plan_preview(representation, {}, 64, 1 << 20)
    planes = [np.array([[10, 0], [0, 200]], "uint8"), np.array([[10, 10], [0, 0]], "uint8")]
    windows = [window for window in plan.windows if window is not None]
    assert blend(planes, plan, windows).tolist() == [[[255, 0, 255], [0, 0, 255]], [[0, 0, 0], [255, 0, 0]]]


def test_windows_survive_not_a_number_and_flat_planes():
    """NaN is left out of percentiles, and a flat plane still has a window."""
    plane = np.full((8, 8), 3.0, "float32")
    plane[0, 0] = np.nan
    assert measure_windows([plane]) == [(3.0, 4.0)]
    assert measure_windows([np.full((2, 2), np.nan, "float32")]) == [(0.0, 1.0)]


def test_a_restricted_study_has_no_previews(faulty: tuple[Faults, Gallery]):
    """A picture is data: where access is restricted none is shown."""
    gallery = faulty[1]
    access = {"id": "idr:idr9001/access", "access_level": "RESTRICTED"}
    append(gallery.ledger, study("idr:idr9001", access=access))
    with pytest.raises(NoPreview, match="not public"):
        gallery.service.thumbnail(CURIE)


def test_a_site_that_hangs_does_not_hold_the_worker(small_site: Path):
    """A job past its deadline ends, its process is killed, and the next job gets a fresh one."""

    class Slow:
        """A site that takes its time."""

        def read(self, path: str, first: int | None, last: int | None, max_bytes: int) -> bytes:
            """Late bytes."""
            time.sleep(1.2)
            raise FileNotFoundError(path)

    worker = PreviewWorker(1 << 20, deadline_s=1.0)
    with pytest.raises((NoPreview, ImageUnreachable)):
        worker.render(JOB, Slow())  # the first start may use up the deadline
    with pytest.raises(NoPreview, match="longer than 1 s"):
        worker.render(JOB, Slow())
    worker.close()


JOB = {
    "plan": {
        "level": "0", "coarsest": "0", "planes": [[None, None]], "transposed": False, "colors": ["FFFFFF"],
        "windows": [None], "px": 64,
    },
    "root": "",
    "zarr_format": 3,
    "data_type": "uint8",
}  # fmt: skip


def test_the_worker_cannot_open_files_or_sockets():
    """After its warm-up the worker has no free file number: a compromised decoder reaches nothing."""
    script = (
        "import socket\n"
        "from catalogue.images import thumbnail_worker as worker\n"
        "worker._warm_up(); worker._confine(2 << 30)\n"
        "for attempt in (lambda: open('/etc/hostname'), socket.socket):\n"
        "    try:\n"
        "        attempt(); print('opened')\n"
        "    except OSError as error:\n"
        "        print(error.errno)\n"
        "try:\n"
        "    bytearray(3 << 30); print('allocated')\n"
        "except MemoryError:\n"
        "    print('no memory')\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=600, check=True)
    assert done.stdout.split("\n")[:3] == ["24", "24", "no memory"]


def test_the_worker_ends_with_its_node():
    """When the pipe closes the worker leaves by itself."""
    process = subprocess.Popen(
        [sys.executable, "-m", "catalogue.images.thumbnail_worker", str(1 << 30)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    process.communicate(timeout=600)
    assert process.returncode == 0


def test_the_cache_forgets_the_least_recently_used(folder: Path):
    """Beyond its size the oldest pictures go, the one just used stays."""
    cache = PreviewCache(folder / "cache", 10_000)
    keys = [f"{n:02d}key" for n in range(9)]
    for number, key in enumerate(keys):
        cache.keep(key, Picture(bytes(1000), "image/webp"))
        path = next((folder / "cache").rglob(f"{key}.webp"))
        import os

        os.utime(path, (1_000_000 + number, 1_000_000 + number))
    assert cache.find(keys[0]) is not None  # now the most recently used
    for key in ("98new", "99new"):
        cache.keep(key, Picture(bytes(1000), "image/webp"))
    kept = [key for key in keys if cache.find(key) is not None]
    assert keys[0] in kept and keys[1] not in kept
    assert sum(f.stat().st_size for f in (folder / "cache").rglob("*.webp")) <= 10_000


def test_measured_windows_are_kept_for_the_image(faulty: tuple[Faults, Gallery]):
    """Without windows of the owner they are measured once; previews of every size share them."""
    gallery = faulty[1]
    record = copy.deepcopy(gallery.records[CURIE])
    del record["representations"][0]["channels"]
    append(gallery.ledger, record)
    gallery.service.thumbnail(CURIE, px=64)
    (kept,) = gallery.cache.rglob("*.json")
    before = kept.stat().st_mtime_ns
    gallery.service.thumbnail(CURIE, px=128)
    assert kept.stat().st_mtime_ns == before
    (window,) = json.loads(kept.read_text())
    assert window[0] < window[1]
