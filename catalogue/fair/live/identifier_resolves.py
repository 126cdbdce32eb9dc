"""Asks our resolver for a study's identifier."""

from __future__ import annotations

from typing import Final

from catalogue.fair.live.base import Check, Seen, Target, Visit, fine, wrong
from catalogue.fair.live.pages import HTML, REDIRECTS, identifier_path, way_here


def _look(study: Target, visit: Visit) -> Seen:
    way = way_here(visit, identifier_path(study.curie), HTML)
    if way.first.status not in REDIRECTS:
        return wrong(f"The resolver answered {way.first.status} where a redirect was due.", way.first)
    if way.fault:
        return wrong(f"The identifier leads nowhere: {way.fault}.", way.end)
    if way.end.status != 200:
        return wrong(f"The identifier leads to a page that answers {way.end.status}.", way.end)
    return fine(f"The resolver answered {way.first.status}, then the page 200.", way.end)


CHECK: Final = Check(
    name="identifier-resolves",
    asks="This node's resolver, for the identifier of the study, as a browser would.",
    fresh_days=30,
    look=_look,
)
