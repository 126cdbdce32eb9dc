"""Asks the identifier for each form that programs want."""

from __future__ import annotations

from typing import Final

from catalogue.exchange.ro_crate import PROFILE
from catalogue.fair.live.base import Check, Seen, Target, Visit, fine, wrong
from catalogue.fair.live.pages import HTML, identifier_path, way_here

JSONLD: Final = "application/ld+json"
TURTLE: Final = "text/turtle"
FORMS: Final = {
    "HTML": (HTML, HTML),
    "JSON-LD": (JSONLD, JSONLD),
    "Turtle": (TURTLE, TURTLE),
    "RO-Crate": (f'{JSONLD};profile="{PROFILE}"', JSONLD),
}
"""Name -> (Accept header, media type of the answer)."""


def _look(study: Target, visit: Visit) -> Seen:
    missing = {}
    for name, (accept, media_type) in FORMS.items():
        way = way_here(visit, identifier_path(study.curie), accept)
        end = way.end
        crate = name != "RO-Crate" or PROFILE in end.headers.get("content-type", "")
        if way.fault or end.status != 200 or end.media_type != media_type or not crate:
            missing[name] = (way.fault or f"{end.status} {end.media_type}", end)
        elif "accept" not in end.headers.get("vary", "").lower():
            missing[name] = ("the answer lacks Vary: Accept, so that caches would mix forms up", end)
    if missing:
        told = "; ".join(f"{name}: {what}" for name, (what, _) in missing.items())
        return wrong(f"Not every form is given at the identifier ({told}).", next(iter(missing.values()))[1])
    return fine(f"The identifier gives {', '.join(FORMS)} as asked.", way.end)


CHECK: Final = Check(
    name="forms-negotiated",
    asks="This node's resolver, for the study as HTML, JSON-LD, Turtle and RO-Crate by Accept.",
    fresh_days=30,
    look=_look,
)
