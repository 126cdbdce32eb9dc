"""Pixels by identifier: what an image is, its array at a member's site, its preview.

Reading rules: stores.py; decoding: codecs.py, arrays.py; previews: render.py, previews.py; images.md sections 6 and 7.
"""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from catalogue.images.previews import Picture, PreviewCache, PreviewWorker
from catalogue.images.probing import numbers, open_level, probe
from catalogue.images.render import plan_preview
from catalogue.images.stores import Transport, open_site
from catalogue.model.payload import canonical
from catalogue.problems import (
    BadRequest,
    FetchRefused,
    ImageUnreachable,
    NoPreview,
    NotFound,
    Problem,
    StoreDamaged,
    Withdrawn,
)
from catalogue.settings import ImageSettings

if TYPE_CHECKING:
    import zarr

    from catalogue.store.ledger import Entry, Ledger

RENDERER_VERSION: Final = 1
# A site that did not answer is not asked again for every visitor of a page.
FAILURE_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """A rendered preview; `etag` changes exactly when the picture may."""

    content: bytes
    media_type: str
    etag: str


@dataclass(frozen=True, slots=True)
class ReplicaAddress:
    """Where a site keeps the pixels."""

    site: str
    endpoint: str
    key: str

    @property
    def url(self) -> str:
        """The store's address."""
        return self.endpoint + self.key


@dataclass(frozen=True, slots=True)
class ImageInfo:
    """An image as the catalogue knows it; no request was made.

    Args:
        axes: names in array order.
        levels: shape per level, largest first.
        pixel_size_um: (z, y, x), None where not stated.
        record: the whole payload.
    """

    curie: str
    study: str
    title: str
    axes: tuple[str, ...]
    shape: tuple[int, ...]
    data_type: str
    levels: tuple[tuple[int, ...], ...]
    pixel_size_um: tuple[float | None, float | None, float | None]
    replicas: tuple[ReplicaAddress, ...]
    record: Mapping[str, Any]


class ImageService:
    """Opens and shows images of the ledger.

    Args:
        transport: the guarded way out, shared by threads; its limits per request are its own.
        cache_dir: folder of rendered previews.
        local_roots: folders whose `file:` replicas may be read; the operator names them, nobody else.
    """

    def __init__(
        self,
        ledger: Ledger,
        transport: Transport,
        settings: ImageSettings,
        cache_dir: Path,
        *,
        local_roots: tuple[Path, ...] = (),
    ):
        self._ledger, self._transport, self._settings = ledger, transport, settings
        self._local_roots = local_roots
        self._cache = PreviewCache(cache_dir, settings.cache_bytes)
        self._worker = PreviewWorker(settings.max_preview_bytes)
        self._failures: dict[str, tuple[float, Problem]] = {}
        self._failures_lock = threading.Lock()

    def close(self) -> None:
        """End the preview worker."""
        self._worker.close()

    def info(self, curie: str) -> ImageInfo:
        """What the catalogue knows of an image.

        Raises:
            NotFound: no image of that name.
            Withdrawn: it or its study was withdrawn.
        """
        record = self._image(curie).record
        representation = _representation(record)
        sizes = tuple(representation.get(f"pixel_size_{axis}_um") for axis in "zyx")
        return ImageInfo(
            curie=record["id"],
            study=record["study"],
            title=record.get("title", ""),
            axes=tuple(axis["name"] for axis in representation["axes"]),
            shape=numbers(representation["shape"]),
            data_type=representation["data_type"],
            levels=tuple(numbers(level["shape"]) for level in representation["levels"]),
            pixel_size_um=(sizes[0], sizes[1], sizes[2]),
            replicas=_replicas(representation),
            record=record,
        )

    def open(self, curie: str, level: int = 0) -> zarr.Array:
        """The image's array at a member's site, read lazily.

        Before it is handed out, one chunk of the smallest level is fetched whole and decoded; without a manifest that
        is what tells a dead copy from a black image. Replicas are tried in their order.

        Args:
            level: 0 is the largest, -1 the smallest.
        Returns:
            zarr.Array of the level's shape, axes as in `info`, dtype as stored. Reading raises ImageUnreachable when
            the site fails or a chunk is damaged; a chunk that the site says is not there reads as the fill value.
        Raises:
            NotFound, Withdrawn: as for `info`.
            BadRequest: there is no such level.
            ImageUnreachable: no replica answered soundly; `causes` names each.
        """
        representation = _representation(self._image(curie).record)
        levels = representation["levels"]
        if not -len(levels) <= level < len(levels):
            raise BadRequest(f"Level {level} was asked for; {curie} has the levels 0 to {len(levels) - 1}.")
        causes: list[dict[str, str]] = []
        for replica in _replicas(representation):
            try:
                return self._open_replica(representation, replica, levels[level], levels[-1])
            except (FetchRefused, ImageUnreachable) as problem:
                causes.append({"site": replica.site, "cause": problem.detail})
            except FileNotFoundError:
                causes.append({"site": replica.site, "cause": "the level's array document is not there"})
        raise _unreachable(curie, causes)

    def thumbnail(self, curie: str, px: int | None = None) -> Thumbnail:
        """A preview whose longer edge has at most `px` pixels (default: the settings').

        Raises:
            NotFound, Withdrawn: as for `info`.
            BadRequest: `px` is not within 16 to 1024.
            NoPreview: it cannot be rendered within the limits, or the study is not public.
            ImageUnreachable: no replica answered soundly.
        """
        px = self._settings.thumbnail_px if px is None else px
        if not 16 <= px <= 1024:
            raise BadRequest(f"A preview of {px} pixels was asked for; 16 to 1024 are rendered.")
        entry = self._image(curie)
        self._check_access(entry)
        representation = _representation(entry.record)
        subject = hashlib.sha256(canonical(representation)).hexdigest()
        key = f"{subject}-{px}-{RENDERER_VERSION}"
        picture = self._cache.find(key)
        if picture is None:
            self._raise_recent(key)
            try:
                picture = self._render(entry, representation, subject, px)
            except (NoPreview, ImageUnreachable) as problem:
                self._remember(key, problem)
                raise
            self._cache.keep(key, picture)
        return Thumbnail(picture.content, picture.media_type, f"{subject[:32]}-{px}-{RENDERER_VERSION}")

    def _render(self, entry: Entry, representation: Mapping[str, Any], subject: str, px: int) -> Picture:
        limit = self._settings.max_preview_bytes
        plan = plan_preview(representation, self._shown_planes(entry, representation), px, limit).document()
        if None in plan["windows"]:
            plan["windows"] = self._cache.find_windows(subject) or plan["windows"]
        job = {
            "plan": plan,
            "root": representation.get("multiscales_path", ""),
            "zarr_format": representation["zarr_format"],
            "data_type": representation["data_type"],
        }
        causes: list[dict[str, str]] = []
        for replica in _replicas(representation):
            try:
                site = open_site(replica.endpoint, replica.key, self._transport, self._local_roots)
                picture = self._worker.render(job, site)
            except (FetchRefused, ImageUnreachable) as problem:
                causes.append({"site": replica.site, "cause": problem.detail})
                continue
            if None in plan["windows"]:
                self._cache.keep_windows(subject, picture.windows)
            return picture
        raise _unreachable(entry.curie, causes)

    def _open_replica(
        self, representation: Mapping[str, Any], replica: ReplicaAddress, level: Any, smallest: Any
    ) -> zarr.Array:
        site = open_site(replica.endpoint, replica.key, self._transport, self._local_roots)
        coarse, filesystem = open_level(site, representation, smallest)
        if not probe(coarse, filesystem).there:
            # An image of nothing but fill values writes no chunk and cannot be told from a lost one without a manifest.
            raise ImageUnreachable(f"No pixel chunk of the smallest level exists at {replica.site}.")
        if level is smallest:
            return coarse
        return open_level(site, representation, level)[0]

    def _image(self, curie: str) -> Entry:
        entry = self._ledger.head(curie)
        if entry is None:
            raise NotFound(f"No image {curie} is known here.")
        _refuse_withdrawn(entry, curie)
        if entry.kind != "image":
            raise NotFound(f"{curie} is a study, not an image; its images have identifiers of their own.")
        study = self._ledger.head(entry.parent) if entry.parent else None
        if study is not None:
            _refuse_withdrawn(study, curie)
        return entry

    def _check_access(self, entry: Entry) -> None:
        """Raises NoPreview where the study's access is restricted: a picture is data too (reliability.md, TD6)."""
        study = self._ledger.head(entry.parent) if entry.parent else None
        level = (study.record if study is not None else {}).get("access", {}).get("access_level", "PUBLIC")
        if level != "PUBLIC":
            raise NoPreview(f"No preview: the pixels of {entry.parent} are not public ({level}).")

    def _shown_planes(self, entry: Entry, representation: Mapping[str, Any]) -> dict[str, int]:
        """Planes of z and t that the owner shows (omero rdefs), from the documents kept at harvest."""
        try:
            documents = json.loads(self._ledger.original(entry.original_digest or ""))["documents"]
            group = representation.get("multiscales_path", "")
            name = "zarr.json" if representation["zarr_format"] == 3 else ".zattrs"
            held = json.loads(documents["/".join(part for part in (group, name) if part)])
            ome = held["attributes"]["ome"] if representation["zarr_format"] == 3 else held
            rdefs = ome["omero"]["rdefs"]
            return {
                axis: rdefs[name]
                for axis, name in (("z", "defaultZ"), ("t", "defaultT"))
                if type(rdefs.get(name)) is int and rdefs[name] >= 0
            }
        except (KeyError, TypeError, ValueError, AttributeError, NotFound, StoreDamaged):
            return {}  # the middle plane is shown

    def _raise_recent(self, key: str) -> None:
        with self._failures_lock:
            until, problem = self._failures.get(key, (0.0, None))
        if problem is not None and time.monotonic() < until:
            raise problem.with_traceback(None)

    def _remember(self, key: str, problem: Problem) -> None:
        with self._failures_lock:
            if len(self._failures) > 10_000:
                self._failures.clear()
            self._failures[key] = (time.monotonic() + FAILURE_S, problem)


def _refuse_withdrawn(entry: Entry, asked: str) -> None:
    if entry.status == "withdrawn" or entry.action == "delete":
        what = (
            f"{asked} was withdrawn"
            if entry.curie == asked
            else f"{asked} belongs to {entry.curie}, which was withdrawn"
        )
        raise Withdrawn(f"{what}; its pixels are not served.", tombstone=entry.record)


def _representation(record: Mapping[str, Any]) -> dict[str, Any]:
    for representation in record.get("representations", ()):
        if representation["format"] == "OME-Zarr" and representation.get("replicas") and representation.get("levels"):
            return dict(representation)
    raise NotFound(f"No OME-Zarr copy of {record['id']} is known here.")


def _replicas(representation: Mapping[str, Any]) -> tuple[ReplicaAddress, ...]:
    return tuple(
        ReplicaAddress(replica["site"], replica["endpoint"], replica["key"]) for replica in representation["replicas"]
    )


def _unreachable(curie: str, causes: list[dict[str, str]]) -> ImageUnreachable:
    told = "; ".join(f"{cause['site']}: {cause['cause']}" for cause in causes)
    return ImageUnreachable(
        f"{curie} cannot be read at any of its {len(causes)} sites. {told}",
        headers={"Retry-After": "60"},
        causes=causes,
    )
