"""/studies/{curie}/images: the manifest of a study's image list; /chunks/{sha256}.parquet: the rows, by digest."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, request

from catalogue.problems import NotFound
from catalogue.resolver.service import Resolution
from catalogue.store.entries import Entry
from catalogue.store.image_lists import list_curie
from catalogue.web.documents import FOUND, finish, refuse, to
from catalogue.web.pictures import Picture, picture
from catalogue.web.services import Services
from catalogue.web.study_images import chunk_path

PARQUET = "application/vnd.apache.parquet"
# A chunk's name is its digest: it is there for ever, or gone for good.
CHUNK_CACHE = "public, max-age=31536000, immutable"


def pictures(services: Services, images: list[Entry]) -> list[Picture]:
    """The images as entries of a grid."""
    return [picture(services, image.record) for image in images]


def _manifest(services: Services, resolution: Resolution) -> Response:
    study = resolution.curie or ""
    entry = services.ledger.head(list_curie(study))
    if entry is None:
        raise NotFound(f"{study} has no image list here; its page shows the images that are known.")
    etag = f"{entry.payload_digest[:32]}-{entry.entry_hash[:8]}"
    links = services.links
    document: dict[str, Any] = {**entry.record, "position": entry.position, "entry_hash": entry.entry_hash}
    where = links.full if links.base_url else links.path
    document["chunks"] = [
        {**chunk, "url": where(chunk_path(chunk["sha256"]))} for chunk in entry.record.get("chunks", ())
    ]
    response = Response(json.dumps(document, ensure_ascii=False), content_type="application/json")
    response.set_etag(etag)
    response.headers["Access-Control-Allow-Origin"] = "*"
    if entry.status == "withdrawn" or resolution.tombstone is not None:
        response.status_code = 410
    return finish(response, entry.recorded_at)


def _chunk(services: Services, digest: str) -> Response:
    lists = services.ledger.image_lists
    if len(digest) != 64 or not set(digest) <= set("0123456789abcdef") or not lists.names(digest):
        raise NotFound(f"No image list here has a chunk {digest[:64]}; its manifest names those it has.")
    if request.if_none_match.contains(digest):
        return Response(status=304, headers={"ETag": f'"{digest}"', "Cache-Control": CHUNK_CACHE})
    response = Response(lists.files.content(digest), content_type=PARQUET)
    response.set_etag(digest)
    response.last_modified = datetime.fromtimestamp(lists.files.path(digest).stat().st_mtime, UTC)
    response.headers["Cache-Control"] = CHUNK_CACHE
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.make_conditional(request, accept_ranges=True, complete_length=len(response.get_data()))
    return response


def image_lists_blueprint(services: Services) -> Blueprint:
    """Routes of image lists."""
    blueprint = Blueprint("image_lists", __name__)

    @blueprint.get("/studies/<path:name>/images")
    def manifest(name: str) -> Response:
        resolution = services.resolver.resolve(name)
        if resolution.state not in FOUND:
            refuse(services, resolution)
        if resolution.kind != "study":
            raise NotFound(f"{resolution.curie} is an image; image lists are of studies.")
        if name != resolution.curie:
            return to(services.links, services.links.document("study", resolution.curie or "", "/images"), 301)
        return _manifest(services, resolution)

    @blueprint.get("/chunks/<digest>.parquet")
    def chunk(digest: str) -> Response:
        return _chunk(services, digest)

    return blueprint
