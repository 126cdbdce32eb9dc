"""Asks this node for withdrawn studies: what it does for them it will do for every other one."""

from __future__ import annotations

import json
from typing import Any, Final

from catalogue.fair.live.base import Check, Seen, Target, Visit, fine, folded, nothing, wrong
from catalogue.fair.live.forms_negotiated import JSONLD
from catalogue.fair.live.pages import HTML, header_links, identifier_path
from catalogue.model.namespaces import BASE

TOMBSTONES: Final = 5
"""Withdrawn studies that stand for all."""


def _look(node: Target, visit: Visit) -> Seen:
    seen = {curie: _of(visit, curie) for curie in node.withdrawn}
    return folded(seen) if seen else nothing("No study has been withdrawn here.")


def _of(visit: Visit, curie: str) -> Seen:
    page = visit.here(identifier_path(curie), HTML)
    if page.status != 410:
        return wrong(f"The identifier of a withdrawn study answered {page.status} where 410 was due.", page)
    links = header_links(page) or []
    if not any(link.rel == "cite-as" and link.href == BASE + curie for link in links):
        return wrong("The tombstone does not say how it is cited.", page, add=(f'Link: <{BASE}{curie}>;rel="cite-as"',))
    stone = visit.here(identifier_path(curie), JSONLD)
    if stone.status != 410 or not _is_tombstone(stone.content, curie):
        return wrong(f"No tombstone that programs can read is given ({stone.status} {stone.media_type}).", stone)
    return fine("The identifier of a withdrawn study answered 410 with its tombstone, for people and programs.", page)


def _is_tombstone(content: bytes, curie: str) -> bool:
    """Whether a JSON-LD document holds the tombstone of a record."""
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        return False
    graph = found.get("@graph", [found]) if isinstance(found, dict) else []
    nodes = [node for node in graph if isinstance(node, dict)] if isinstance(graph, list) else []
    return any(_types(node) >= {"Tombstone"} and str(node.get("id", "")).endswith(curie) for node in nodes)


def _types(node: dict[str, Any]) -> set[str]:
    found = node.get("type")
    return {one for one in (found if isinstance(found, list) else [found]) if isinstance(one, str)}


CHECK: Final = Check(
    name="tombstone-answers",
    asks="This node's resolver, for up to five withdrawn studies.",
    fresh_days=7,
    look=_look,
    of="node",
)
