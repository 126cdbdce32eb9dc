"""Reads chunks of a study's images whole and decodes them: a lost chunk reads as zeros to every client, and no word.

Source: images.md sections 6 and 7, verification level L2.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from catalogue.fair.live.base import Check, Seen, Target, Visit, fine, folded, nothing, silent, unknown, wrong
from catalogue.fair.live.places import IMAGES, at_one_of, replicas
from catalogue.images.probing import open_level, probe
from catalogue.problems import FetchRefused, ImageUnreachable

MAX_CHUNK_BYTES: Final = 32 << 20


def _zarrs(image: Mapping[str, Any]) -> list[tuple[Mapping[str, Any], Mapping[str, Any], str]]:
    """(representation, replica, address) of each copy whose levels are known."""
    return [
        (representation, replica, place.url)
        for representation, place in replicas(image)
        if place.opens and representation.get("levels") and representation.get("data_type")
        for replica in representation["replicas"]
        if replica["id"] == place.id
    ]


def _where(study: Target) -> list[str]:
    return [url for image in study.images for _, _, url in _zarrs(image)]


def _look(study: Target, visit: Visit) -> Seen:
    seen = {}
    for image in study.images:
        found = _zarrs(image)
        if found:
            seen[str(image["id"])] = at_one_of([lambda copy=copy: _at(visit, *copy) for copy in found])  # type: ignore[misc]
    return folded(seen) if seen else nothing("No image is known of this study whose chunks could be read.")


def _at(visit: Visit, representation: Mapping[str, Any], replica: Mapping[str, Any], url: str) -> Seen:
    smallest = representation["levels"][-1]
    before = visit.trouble()
    try:
        array, filesystem = open_level(visit.site(replica["endpoint"], replica["key"]), representation, smallest)
        if filesystem.max_bytes > MAX_CHUNK_BYTES:
            return unknown(f"A chunk of the smallest level has up to {filesystem.max_bytes:,} bytes; that is not read.")
        found = probe(array, filesystem, look_for_pixels=True)
    except FileNotFoundError:
        return _at_url(wrong("The document of the smallest level is not there."), url)
    except (ImageUnreachable, FetchRefused) as problem:
        # Damage is told by bytes that came; where a site did not answer, nothing is known.
        no = visit.trouble()
        return silent(no) if no is not None and no is not before else _at_url(wrong(problem.detail), url)
    if not found.there:
        said = f"None of {found.asked} chunks of the smallest level is there; clients would show zeros."
        return _at_url(wrong(said), url)
    if found.filled:
        return _at_url(fine("A chunk of the smallest level was read whole and decoded; it holds pixels."), url)
    if found.every:
        return _at_url(wrong("The chunks of the smallest level hold nothing but the fill value."), url)
    said = f"The {found.asked} chunks read hold nothing but the fill value; empty and lost cannot be told apart."
    return _at_url(unknown(said), url)


def _at_url(seen: Seen, url: str) -> Seen:
    return Seen(seen.outcome, seen.said, url)


CHECK: Final = Check(
    name="pixels-decodable",
    asks="Sites of up to three images of the study, for one to four chunks of the smallest level.",
    fresh_days=30,
    look=_look,
    images=IMAGES,
    where=_where,
)
