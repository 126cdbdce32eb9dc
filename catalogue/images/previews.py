"""Runs the preview worker and answers its reads; keeps rendered pictures on disk, least recently used out first.

The node reads, the worker decodes: strangers' addresses meet only the guarded transport, strangers' pixels only a
process with limited memory and a deadline (reliability.md section 1, item 11).
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from catalogue.images.pipe import PipeEnded, read_frame, write_frame
from catalogue.images.stores import Site
from catalogue.problems import FetchRefused, ImageUnreachable, NoPreview, Problem

# Python, numpy, zarr and Pillow take 0.3 GB of address space before the first pixel (measured, 2 cores).
BASE_MEMORY_BYTES: Final = 640 << 20
START_S: Final = 30.0
MAX_PICTURE_BYTES: Final = 16 << 20
_SUFFIXES: Final = {"image/webp": ".webp", "image/png": ".png"}


@dataclass(frozen=True, slots=True)
class Picture:
    """A rendered preview and the windows it was shown with."""

    content: bytes
    media_type: str
    windows: tuple[tuple[float, float], ...] = ()


class PreviewWorker:
    """One worker process, started when first needed, replaced after every failure; jobs run one after another.

    Args:
        max_bytes: encoded bytes one job may read; decoded ones are counted before, by the plan.
        deadline_s: seconds one job may take, reads included; the process is killed then.
    """

    def __init__(self, max_bytes: int, deadline_s: float = 20.0):
        self._max_bytes, self._deadline_s = max_bytes, deadline_s
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def render(self, job: dict[str, Any], site: Site) -> Picture:
        """The picture a job describes; see thumbnail_worker.render.

        Raises:
            NoPreview: more memory or time than a preview may use.
            ImageUnreachable: the site does not answer, or what it answers is damaged or gone.
        """
        if not self._lock.acquire(timeout=self._deadline_s):
            raise ImageUnreachable("Previews are busy; ask again in a moment.", headers={"Retry-After": "5"})
        try:
            deadline = time.monotonic() + self._deadline_s
            process = self._started()
            return self._run(process, job, site, deadline)
        except PipeEnded as error:
            late = str(error) == "the deadline passed"
            self._kill()
            raise NoPreview(
                f"The preview took longer than {self._deadline_s:.0f} s and was stopped."
                if late
                else "Rendering the preview ended its process; the pixels may be damaged or too large."
            ) from error
        except BaseException:
            self._kill()  # the conversation broke off in the middle: its rest must not answer the next job
            raise
        finally:
            self._lock.release()

    def close(self) -> None:
        """End the process."""
        with self._lock:
            self._kill()

    def _run(self, process: subprocess.Popen[bytes], job: dict[str, Any], site: Site, deadline: float) -> Picture:
        assert process.stdin is not None
        assert process.stdout is not None
        sink, source = process.stdin.fileno(), process.stdout.fileno()
        write_frame(sink, job)
        left = self._max_bytes
        failure: Problem | None = None
        while True:
            header, body = read_frame(source, MAX_PICTURE_BYTES, deadline)
            if "get" not in header:
                break
            try:
                content = site.read(header["get"], header["first"], header["last"], min(left, header["max_bytes"]))
                left -= len(content)
                answer = {"answer": "bytes"}
            except FileNotFoundError:
                content, answer = b"", {"answer": "missing"}
            except (FetchRefused, ImageUnreachable) as problem:
                failure = problem
                content, answer = b"", {"answer": "failed", "detail": problem.detail}
            if time.monotonic() > deadline:
                raise PipeEnded("the deadline passed")
            write_frame(sink, answer, content)
        if header.get("answer") == "image":
            windows = tuple((float(low), float(high)) for low, high in header["windows"])
            return Picture(body, str(header["media_type"]), windows)
        if failure is not None:
            raise failure
        kind = NoPreview if header.get("answer") == NoPreview.slug else ImageUnreachable
        raise kind(str(header.get("detail", "The preview could not be rendered.")))

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        self._kill()
        memory = BASE_MEMORY_BYTES + 4 * self._max_bytes
        self._process = subprocess.Popen(
            [sys.executable, "-m", "catalogue.images.thumbnail_worker", str(memory)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            cwd=Path(__file__).resolve().parents[2],
            start_new_session=True,  # Ctrl-C of a terminal is its node's business
        )
        assert self._process.stdout is not None
        ready, _ = read_frame(self._process.stdout.fileno(), 0, time.monotonic() + START_S)
        if ready.get("answer") != "ready":
            raise PipeEnded("the worker did not start")
        return self._process

    def _kill(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()


class PreviewCache:
    """Pictures on disk by key, at most `max_bytes` of them; several processes may share the folder.

    Args:
        folder: made when the first picture is kept.
    """

    def __init__(self, folder: Path, max_bytes: int):
        self._folder, self._max_bytes = folder, max_bytes
        self._lock = threading.Lock()
        self._total: int | None = None

    def find(self, key: str) -> Picture | None:
        """The kept picture, which then counts as just used."""
        for media_type, suffix in _SUFFIXES.items():
            path = self._path(key, suffix)
            with contextlib.suppress(OSError):
                content = path.read_bytes()
                os.utime(path)
                return Picture(content, media_type)
        return None

    def keep(self, key: str, picture: Picture) -> None:
        """Keep a picture whole or not at all; a full or read-only disk is no error."""
        path = self._path(key, _SUFFIXES[picture.media_type])
        with contextlib.suppress(OSError):
            self._write(path, picture.content)
        with self._lock:
            if self._total is None:
                self._total = sum(size for _, size, _ in self._files())
            else:
                self._total += len(picture.content)
            if self._total > self._max_bytes:
                self._evict()

    def find_windows(self, key: str) -> list[tuple[float, float]] | None:
        """Windows measured once for an image, so that all its previews look alike."""
        try:
            found = json.loads(self._path(key, ".json").read_text("utf-8"))
            return [(float(low), float(high)) for low, high in found]
        except (OSError, ValueError, TypeError):
            return None

    def keep_windows(self, key: str, windows: tuple[tuple[float, float], ...]) -> None:
        """Remember measured windows."""
        with contextlib.suppress(OSError):
            self._write(self._path(key, ".json"), json.dumps(windows).encode())

    def _path(self, key: str, suffix: str) -> Path:
        return self._folder / key[:2] / f"{key}{suffix}"

    def _write(self, path: Path, content: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f"{path.name}.{os.getpid()}-{threading.get_ident()}.part")
        part.write_bytes(content)
        part.replace(path)

    def _files(self) -> list[tuple[float, int, Path]]:
        found = []
        for path in self._folder.glob("??/*"):
            with contextlib.suppress(OSError):
                state = path.stat()
                found.append((state.st_mtime, state.st_size, path))
        return sorted(found, key=lambda file: file[0])

    def _evict(self) -> None:
        """Remove the least recently used down to nine tenths of the limit."""
        files = self._files()
        total = sum(size for _, size, _ in files)
        for _, size, path in files:
            if total <= self._max_bytes * 0.9:
                break
            with contextlib.suppress(OSError):
                path.unlink()
                total -= size
        self._total = total
