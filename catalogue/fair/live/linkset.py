"""Reads the link set of a study and holds it against the page that names it."""

from __future__ import annotations

import json
from typing import Any, Final

from catalogue.fair.live.base import Answer, Check, Seen, Target, Visit, fine, wrong
from catalogue.fair.live.pages import HTML, header_links, page_path, path_here

LINKSET: Final = "application/linkset+json"
# Where else the same page or link set lies is no link of the thing.
_NOT_TOLD: Final = frozenset({"linkset", "canonical", "alternate"})


def _look(study: Target, visit: Visit) -> Seen:
    page = visit.here(page_path(study.curie), HTML)
    links = (header_links(page) or []) if page.status == 200 else []
    named = next((link.href for link in links if link.rel == "linkset" and link.type == LINKSET), "")
    path = path_here(visit, named)
    if path is None:
        return wrong(
            "The page names no link set of this node.", page, add=(f'Link: <…>;rel="linkset";type="{LINKSET}"',)
        )
    answer = visit.here(path, LINKSET)
    if answer.status != 200 or answer.media_type != LINKSET:
        return wrong(f"The link set answered {answer.status} {answer.media_type}.", answer)
    try:
        contexts = json.loads(answer.content)["linkset"]
        anchored = {context["anchor"]: context for context in contexts}
    except (ValueError, KeyError, TypeError, RecursionError):
        return wrong("The link set is no JSON in the form of RFC 9264.", answer)
    return _held_against(study, visit, links, anchored, answer)


def _held_against(
    study: Target, visit: Visit, links: list[Any], anchored: dict[str, dict[str, Any]], answer: Answer
) -> Seen:
    own = visit.base + page_path(study.curie)
    if own not in anchored:
        return wrong("No anchor of the link set is the address of the page.", answer, add=(f'"anchor": "{own}"',))
    told = {
        (rel, target.get("href"))
        for rel, targets in anchored[own].items()
        if isinstance(targets, list)
        for target in targets
        if isinstance(target, dict)
    }
    lacking = [link for link in links if link.rel not in _NOT_TOLD and (link.rel, link.href) not in told]
    if lacking:
        one = lacking[0]
        return wrong(f"The link set lacks {one.rel} {one.href[:200]}, which the Link header has.", answer)
    return fine(f"The link set has {len(told)} links of the page, among them all of its header.", answer)


CHECK: Final = Check(
    name="linkset",
    asks="The link set that the study's page names at this node, compared with the page's Link header.",
    fresh_days=30,
    look=_look,
)
