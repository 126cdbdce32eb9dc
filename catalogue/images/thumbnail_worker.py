"""The process that decodes strangers' pixels for previews: limited memory, no new files or sockets, killable.

It has no way out: each object it needs it asks of its node over the pipe, and the node reads it through the
guarded transport. Run by previews.py as `python -m catalogue.images.thumbnail_worker MEMORY_BYTES`.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import sys
from typing import Any

import numpy as np

from catalogue.images.arrays import open_array, parse_document
from catalogue.images.pipe import PipeEnded, read_frame, write_frame
from catalogue.images.render import Plan, blend, encode, measure_windows, read_planes
from catalogue.images.stores import MemberFileSystem
from catalogue.problems import FetchRefused, ImageUnreachable, NoPreview

MAX_OBJECT_BYTES = 1 << 30
_M_ARENA_MAX = -8  # malloc.h; an arena per thread would take 64 MB of address space each


class _NodeSite:
    """Objects as the node hands them over the pipe."""

    def __init__(self, source: int, sink: int):
        self._source, self._sink = source, sink

    def read(self, path: str, first: int | None, last: int | None, max_bytes: int) -> bytes:
        write_frame(self._sink, {"get": path, "first": first, "last": last, "max_bytes": max_bytes})
        header, body = read_frame(self._source, MAX_OBJECT_BYTES)
        if header["answer"] == "missing":
            raise FileNotFoundError(path)
        if header["answer"] != "bytes":
            raise ImageUnreachable(str(header.get("detail", "The site gave no answer.")))
        return body


class _LockedSite:
    """One request on the pipe at a time: zarr reads chunks concurrently."""

    def __init__(self, site: _NodeSite):
        import threading

        self._site, self._lock = site, threading.Lock()

    def read(self, path: str, first: int | None, last: int | None, max_bytes: int) -> bytes:
        with self._lock:
            return self._site.read(path, first, last, max_bytes)


def render(job: dict[str, Any], site: Any) -> tuple[dict[str, Any], bytes]:
    """The preview a job asks for.

    Args:
        job: `plan`, `root` (group path), `zarr_format`, `data_type`.
    Raises:
        ImageUnreachable: pixels are missing or damaged, or the array is no longer what was harvested.
    """
    plan = Plan.load(job["plan"])
    windows = list(plan.windows)
    filesystem = MemberFileSystem(site)
    planes = read_planes(_array(filesystem, job, plan.level), plan)
    if filesystem.chunks_found == 0:
        raise ImageUnreachable("No pixel chunk of the preview's level exists at the site.")
    if None in windows:
        coarse = planes if plan.coarsest == plan.level else read_planes(_array(filesystem, job, plan.coarsest), plan)
        measured = measure_windows(coarse)
        windows = [given or found for given, found in zip(windows, measured, strict=True)]
    known = [window for window in windows if window is not None]
    content, media_type = encode(blend(planes, plan, known), plan.px)
    return {"answer": "image", "media_type": media_type, "windows": known}, content


def _array(filesystem: MemberFileSystem, job: dict[str, Any], level: str) -> Any:
    from catalogue.images.stores import MAX_DOCUMENT_BYTES

    path = "/".join(part for part in (job["root"], level) if part)
    name = "zarr.json" if job["zarr_format"] == 3 else ".zarray"
    filesystem.max_bytes = MAX_DOCUMENT_BYTES
    document = parse_document(filesystem.read_document(f"{path}/{name}"), job["zarr_format"])
    if document.data_type != job["data_type"]:
        raise ImageUnreachable("The array changed since it was harvested; harvest it again.")
    filesystem.max_bytes = document.max_object_bytes
    return open_array(document, filesystem, path)


def _warm_up() -> None:
    """Load everything that rendering needs, since nothing can be opened afterwards."""
    import zarr
    from zarr.codecs import BloscCodec

    # Few threads: each costs address space, and the work is one small picture at a time.
    zarr.config.set({"threading.max_workers": 2, "async.concurrency": 2})
    for zarr_format, shards, compressors in ((2, None, "auto"), (3, None, BloscCodec()), (3, (8, 8), "auto")):
        store: dict[str, Any] = {}
        array = zarr.create_array(
            store, shape=(8, 8), chunks=(4, 4), shards=shards, dtype="uint16", zarr_format=zarr_format,
            compressors=compressors,
        )  # fmt: skip
        array[...] = np.arange(64, dtype="uint16").reshape(8, 8)
        name = ".zarray" if zarr_format == 2 else "zarr.json"
        held = {key: value.to_bytes() for key, value in store.items()}
        document = parse_document(held[name], zarr_format)
        plane = np.asarray(open_array(document, MemberFileSystem(_Held(held)), "")[...])
        encode(np.stack([plane.astype(np.uint8)] * 3, axis=-1), 4)
        measure_windows([plane.astype(np.float32)])


class _Held:
    def __init__(self, objects: dict[str, bytes]):
        self._objects = objects

    def read(self, path: str, first: int | None, last: int | None, max_bytes: int) -> bytes:
        content = self._objects[path]
        return content[first:] if last is None else content[first : last + 1]


def _confine(memory_bytes: int) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    # No file and no socket can be opened from here on: the numbers in use are the limit, the gaps are filled.
    highest = max(os.dup(0) for _ in range(2))
    resource.setrlimit(resource.RLIMIT_NOFILE, (highest, highest))
    with contextlib.suppress(OSError):
        while True:
            os.dup(0)


def main() -> None:
    """Answer jobs until the pipe ends."""
    source, sink = os.dup(0), os.dup(1)
    os.dup2(2, 1)  # a stray print must not enter the frames
    if sys.platform == "linux":
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 2)
    _warm_up()
    _confine(int(sys.argv[1]))
    site = _LockedSite(_NodeSite(source, sink))
    write_frame(sink, {"answer": "ready"})
    while True:
        try:
            job, _ = read_frame(source, 0)
        except PipeEnded:
            return
        try:
            header, body = render(job, site)
        except (FetchRefused, ImageUnreachable, NoPreview) as problem:
            header, body = {"answer": problem.slug, "detail": problem.detail}, b""
        except PipeEnded:
            return
        except MemoryError:
            header, body = {"answer": NoPreview.slug, "detail": "The preview needs more memory than it may use."}, b""
        # Whatever a stranger's array does to zarr or numpy ends as an answer; the node logs it.
        except Exception as error:  # noqa: BLE001
            detail = f"The pixels cannot be decoded ({type(error).__name__}: {str(error)[:200]})."
            header, body = {"answer": ImageUnreachable.slug, "detail": detail}, b""
        write_frame(sink, header, body)


if __name__ == "__main__":
    main()
