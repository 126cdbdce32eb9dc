"""Where the bytes of an image can be fetched: roots of its replicas, and the document that opens a Zarr."""

from __future__ import annotations

import mimetypes
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from catalogue.model.namespaces import BASE, is_absolute

JSON = "application/json"
BYTES = "application/octet-stream"
_ZARR_DOCUMENT = {2: ".zattrs", 3: "zarr.json"}


@dataclass(frozen=True, slots=True)
class Place:
    """One replica that has an http(s) address.

    Args:
        id: of the replica, below its record.
        url: of its root, without a slash at the end.
        media_type: of what lies there, as far as it is stated or its name tells.
        opens: for a Zarr, the document that a program reads first (the folder itself answers 404); else "".
        checksums: algorithm -> digest.
    """

    id: str
    url: str
    media_type: str
    opens: str
    size_bytes: int | None
    checksums: Mapping[str, str]

    @property
    def fetched(self) -> tuple[str, str]:
        """Address and media type of what a client can get with one request."""
        return (self.opens, JSON) if self.opens else (self.url, self.media_type)


def places(image: Mapping[str, Any]) -> Iterator[Place]:
    """Replicas of all representations of an image, in the order recorded; those without an address are left out."""
    for representation in image.get("representations", ()):
        for replica in representation.get("replicas", ()):
            url = replica["endpoint"].rstrip("/") + "/" + replica["key"].strip("/")
            if is_absolute(url):
                yield _place(representation, replica, url)


def _place(representation: Mapping[str, Any], replica: Mapping[str, Any], url: str) -> Place:
    document = _ZARR_DOCUMENT.get(representation.get("zarr_format", 0), "")
    inside = representation.get("multiscales_path", "").strip("/")
    opens = "/".join(filter(None, (url, inside, document))) if document else ""
    stated = replica.get("media_type") or representation.get("media_type")
    # A Zarr is a folder, whose name says nothing to the table of file endings.
    guessed = None if document else mimetypes.guess_type(url)[0]
    size = replica.get("total_size_bytes", representation.get("total_size_bytes"))
    return Place(replica["id"], url, stated or guessed or BYTES, opens, size, checksums(replica))


def data_identifier(image: Mapping[str, Any], path: str) -> str:
    """The persistent address of an object below the root of an image; any node sends it on to a site that has it."""
    return f"{BASE}{image['id']}/data/{path}"


def opening_document(place: Place) -> str:
    """Path below the root of the document that opens a Zarr: `zarr.json`; "" for what is no Zarr."""
    return place.opens.removeprefix(place.url + "/") if place.opens else ""


def checksums(source: Mapping[str, Any]) -> dict[str, str]:
    """Algorithm -> digest of a replica or file."""
    return {found["algorithm"]: found["checksum_value"] for found in source.get("checksums", ())}
