"""Compares the documents of one image at its sites: copies are the same bytes, or they are no copies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from catalogue.exchange.image_places import Place, places
from catalogue.fair.live.base import Check, NoAnswer, Seen, Target, Visit, fine, folded, nothing, silent, wrong
from catalogue.fair.live.places import IMAGES, document
from catalogue.fair.outcomes import Outcome


def _copies(image: Mapping[str, Any]) -> Iterator[list[Place]]:
    """The places of each Zarr that has several."""
    for representation in image.get("representations", ()):
        found = [place for place in places({"representations": [representation]}) if place.opens]
        if len(found) > 1:
            yield found


def _where(study: Target) -> list[str]:
    return [place.opens for image in study.images for found in _copies(image) for place in found]


def _look(study: Target, visit: Visit) -> Seen:
    seen = {}
    for image in study.images:
        for number, found in enumerate(_copies(image), 1):
            seen[f"{image['id']}/{number}"] = _compared(visit, found)
    return folded(seen) if seen else nothing("No image is known of this study that lies at two sites.")


def _compared(visit: Visit, found: list[Place]) -> Seen:
    digests: dict[str, str] = {}
    for place in found:
        try:
            seen, answer = document(visit, place)
        except NoAnswer as no:
            return silent(no)
        if seen.outcome is not Outcome.PASS:
            return seen
        digests[place.url] = answer.digest
    if len(set(digests.values())) > 1:
        return wrong(f"The documents at {len(found)} sites differ.", answer, digests=digests)
    return fine(f"The documents at {len(found)} sites are the same bytes.", answer, digests=digests)


CHECK: Final = Check(
    name="replicas-agree",
    asks="All sites of up to three images of the study that lie at several, for the document that opens them.",
    fresh_days=90,
    look=_look,
    images=IMAGES,
    where=_where,
)
