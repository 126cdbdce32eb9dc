"""The log as IIIF Change Discovery 1.0, level 3: activities in order of time, for aggregators.

What is suppressed is told as a deletion: whoever indexes records shall drop it. Source: iiif.io/api/discovery/1.0.
"""

from __future__ import annotations

import json
from typing import Any, Final

from catalogue.exchange.ldes.member import safe_iri
from catalogue.exchange.ldes.views import last_page
from catalogue.exchange.log_pages import LogPage, page_of_record
from catalogue.model.namespaces import BASE
from catalogue.store.entries import stamp
from catalogue.store.exchange_log import Exchanged, ExchangeLog
from catalogue.store.image_lists import LIST

MEDIA_TYPE: Final = "application/ld+json"
PROFILE: Final = "http://iiif.io/api/discovery/1/context.json"
_TYPES: Final = {"study": "Dataset", "image": "Image", LIST: "Collection"}


def activity_collection(log: ExchangeLog, root: str) -> bytes:
    """The entry point.

    Args:
        root: whole address of the node, without a slash at the end.
    """
    return _render(
        {
            "@context": PROFILE,
            "id": f"{root}/activity",
            "type": "OrderedCollection",
            "totalItems": log.last_signed(),
            "first": _page_link(root, 1),
            "last": _page_link(root, last_page(log)),
        }
    )


def activity_page(page: LogPage, root: str) -> bytes:
    """One page, oldest activities first; arguments as for `activity_collection`."""
    made: dict[str, Any] = {
        "@context": PROFILE,
        "id": _page_link(root, page.number)["id"],
        "type": "OrderedCollectionPage",
        "partOf": {"id": f"{root}/activity", "type": "OrderedCollection"},
    }
    if page.number > 1:
        made["prev"] = _page_link(root, page.number - 1)
    if page.number < page.last:
        made["next"] = _page_link(root, page.number + 1)
    if page.entries:
        made["startIndex"] = page.entries[0].entry.position - 1
    return _render(made | {"orderedItems": [_activity(one, root) for one in page.entries]})


def _activity(found: Exchanged, root: str) -> dict[str, Any]:
    entry, status = found.entry, found.log.status
    replacement = entry.record.get("replaced_by") if status == "replaced" else None
    kind = "Delete" if status == "suppressed" else entry.action.capitalize()
    made: dict[str, Any] = {
        "id": safe_iri(found.log.iri),
        "type": "Move" if replacement else kind,
        "object": {"id": safe_iri(BASE + entry.curie), "type": _TYPES[entry.kind]},
        "endTime": stamp(entry.recorded_at),
    }
    if replacement:
        made["target"] = {"id": safe_iri(BASE + str(replacement)), "type": _TYPES[entry.kind]}
    elif kind != "Delete":
        form = ("", "application/json") if entry.kind == LIST else (".jsonld", "application/ld+json")
        made["object"]["seeAlso"] = [
            {"id": page_of_record(entry, root) + form[0], "type": "Dataset", "format": form[1]}
        ]
    return made


def _page_link(root: str, number: int) -> dict[str, str]:
    return {"id": f"{root}/activity/page/{number}", "type": "OrderedCollectionPage"}


def _render(document: dict[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n"
