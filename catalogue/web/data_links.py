"""/id/{image}/data/…: objects of an image by their persistent address; sizes of the documents that open images.

Source: DESIGN section 9; fair.md sections 1 and 9.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from flask import Blueprint, Response, redirect

from catalogue.exchange.image_places import opening_document, places
from catalogue.problems import NotFound
from catalogue.store.entries import Entry
from catalogue.web.documents import CACHE, FOUND, answer, refuse, tombstone_page
from catalogue.web.services import Services
from catalogue.web.text import path_of, plain

_MOST_SIZES = 5
_LONGEST_PATH = 500


def opening_sizes(services: Services, images: Iterable[Entry]) -> dict[str, int]:
    """CURIE of an image -> bytes of the document that opens it, as it was read at harvest; of the first few.

    F-UJI looks at five downloads of a media type; to have the size of more would cost a page more than it helps.
    """
    found = {}
    for entry in [*images][:_MOST_SIZES]:
        size = _opening_size(services, entry)
        if size is not None:
            found[entry.curie] = size
    return found


def _opening_size(services: Services, entry: Entry) -> int | None:
    place = next(places(entry.record), None)
    if place is None or not place.opens or entry.original_digest is None:
        return None
    try:
        kept = json.loads(services.ledger.original(entry.original_digest))["documents"][opening_document(place)]
    except (NotFound, ValueError, KeyError, TypeError, RecursionError):
        # Other formats than lists of OME-Zarr keep other originals, in which no document is found by its path.
        return None
    return len(kept.encode("utf-8")) if isinstance(kept, str) else None


def _data(services: Services, name: str, path: str) -> Response:
    resolution = services.resolver.resolve(name)
    if resolution.state not in FOUND:
        refuse(services, resolution)
    curie, kind = resolution.curie or "", resolution.kind or ""
    if resolution.tombstone is not None:
        return answer(services, kind, curie, tombstone_page)
    place = next(places(resolution.entry.record), None) if resolution.entry is not None and kind == "image" else None
    steps = path.split("/")
    if place is None or len(path) > _LONGEST_PATH or {".", "..", ""} & set(steps[:-1]) or steps[-1] in (".", ".."):
        raise NotFound(
            f"{plain(curie)} has no data at {plain(path)[:100]}; its page says where it opens.",
            headers={"Cache-Control": CACHE},
        )
    response = redirect(f"{place.url}/{path_of(path)}", 307)
    assert isinstance(response, Response)
    response.headers["Cache-Control"] = CACHE
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def data_links_blueprint(services: Services) -> Blueprint:
    """The route of an image's objects."""
    blueprint = Blueprint("data_links", __name__)

    @blueprint.get("/id/<path:name>/data/<path:path>")
    def data(name: str, path: str) -> Response:
        return _data(services, name, path)

    return blueprint
