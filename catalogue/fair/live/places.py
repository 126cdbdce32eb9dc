"""Where the images and files that stand for a study can be asked for, as several checks go through them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from catalogue.exchange.image_places import Place, places
from catalogue.fair.live.base import Answer, NoAnswer, Seen, Target, Visit, fine, silent, unknown, wrong
from catalogue.fair.live.pages import HTML, way_out
from catalogue.fair.outcomes import Outcome

IMAGES: Final = 3
"""Images that stand for all of a study's."""
GONE: Final = frozenset({404, 410})

Replica = tuple[Mapping[str, Any], Place]
"""A representation and one place of it."""


def replicas(image: Mapping[str, Any]) -> Iterator[Replica]:
    """Every representation of an image with each place that has an address."""
    for representation in image.get("representations", ()):
        for place in places({"representations": [representation]}):
            yield representation, place


def image_addresses(study: Target) -> list[str]:
    """What is asked first of every replica of the study's sampled images."""
    return [place.fetched[0] for image in study.images for _, place in replicas(image)]


def first_of(names: Sequence[str], count: int) -> list[str]:
    """So many of the names, the same ones each time, in no order that their owner chose."""
    return sorted(sorted(names, key=lambda name: hashlib.sha256(name.encode()).digest())[:count])


def served(visit: Visit, url: str, what: str, *, whole: bool = False) -> tuple[Seen, Answer]:
    """Whether something is there, and the last answer.

    Args:
        what: it is, for the sentence.
        whole: its content is wanted, not only how it is served.
    Raises:
        NoAnswer: nobody can tell now.
    """
    way = way_out(visit, url, whole=whole)
    end = way.end
    if way.fault:
        return wrong(f"{what} is not to be had: {way.fault}.", end), end
    if end.status in GONE:
        return wrong(f"{what} answered {end.status}.", end), end
    if not 200 <= end.status < 300:
        return unknown(f"{what} answered {end.status}, which decides nothing.", end), end
    return fine(f"{what} is there.", end), end


def document(visit: Visit, place: Place) -> tuple[Seen, Answer]:
    """Whether the document that opens a Zarr is there, and the last answer.

    Raises:
        NoAnswer: nobody can tell now.
    """
    seen, end = served(visit, place.opens, "The image's document", whole=True)
    if seen.outcome is not Outcome.PASS:
        return seen, end
    if end.media_type == HTML:
        return wrong("A web page is served in place of the image's document.", end), end
    try:
        there = isinstance(json.loads(end.content), dict)
    except (ValueError, RecursionError):
        there = False
    return (seen, end) if there else (wrong("The image's document is no JSON object.", end), end)


def at_one_of(tries: Iterable[Callable[[], Seen]]) -> Seen:
    """What is there at one place at least; one that fails everywhere fails, and silence anywhere leaves it open.

    Args:
        tries: a look at each place, in the order in which they are tried; at least one.
    """
    seen: list[Seen] = []
    for look in tries:
        try:
            seen.append(look())
        except NoAnswer as no:
            seen.append(silent(no))
        if seen[-1].outcome is Outcome.PASS:
            return seen[-1]
    open_one = next((one for one in seen if one.outcome is Outcome.INDETERMINATE), None)
    return open_one or seen[0]
