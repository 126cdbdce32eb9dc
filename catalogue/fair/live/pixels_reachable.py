"""Asks the sites of a study's images whether something is there."""

from __future__ import annotations

from typing import Final

from catalogue.exchange.image_places import Place
from catalogue.fair.live.base import Check, Seen, Target, Visit, folded, nothing
from catalogue.fair.live.places import IMAGES, at_one_of, document, image_addresses, replicas, served


def _look(study: Target, visit: Visit) -> Seen:
    seen = {}
    for image in study.images:
        found = [place for _, place in replicas(image)]
        if found:
            seen[str(image["id"])] = at_one_of([lambda place=place: _at(visit, place) for place in found])  # type: ignore[misc]
    return folded(seen) if seen else nothing("No image with an address is known of this study.")


def _at(visit: Visit, place: Place) -> Seen:
    if place.opens:
        return document(visit, place)[0]
    return served(visit, place.url, "The image's file")[0]


CHECK: Final = Check(
    name="pixels-reachable",
    asks="Sites of up to three images of the study, for the document that opens a Zarr, or for a file by HEAD.",
    fresh_days=30,
    look=_look,
    images=IMAGES,
    where=image_addresses,
)
