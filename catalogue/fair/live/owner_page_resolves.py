"""Asks the owner's landing page, or the DOI, whether it is still there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from catalogue.fair.live.base import Check, Seen, Target, Visit, fine, nothing, unknown, wrong
from catalogue.fair.live.pages import HTML, way_out
from catalogue.model.namespaces import is_absolute

_DOI: Final = "https://doi.org/"
_GONE: Final = frozenset({404, 410})


def owner_page(record: Mapping[str, Any]) -> str:
    """The address at which the owner shows the study; "" where none is stated."""
    stated = [record.get("landing_page", "")]
    stated += [name for name in record.get("alternative_identifiers", ()) if name.startswith(_DOI)]
    return next((url for url in stated if is_absolute(url)), "")


def _where(study: Target) -> list[str]:
    return [url for url in [owner_page(study.record)] if url]


def _look(study: Target, visit: Visit) -> Seen:
    url = owner_page(study.record)
    if not url:
        return nothing("The record names neither a page of its owner nor a DOI.")
    way = way_out(visit, url, f"{HTML}, */*;q=0.5")
    if way.fault:
        return wrong(f"The owner's page is not to be had: {way.fault}.", way.end)
    if way.end.status in _GONE:
        return wrong(f"The owner's page answered {way.end.status}.", way.end)
    if not 200 <= way.end.status < 300:
        return unknown(f"The owner's page answered {way.end.status}, which decides nothing.", way.end)
    hops = len(way.answers) - 1
    after = f" after {hops} redirect{'s' * (hops > 1)}" if hops else ""
    return fine(f"The owner's page answered {way.end.status}{after}.", way.end)


CHECK: Final = Check(
    name="owner-page-resolves",
    asks="The owner's landing page of the study, or its DOI, by HEAD; by GET where HEAD is not understood.",
    fresh_days=30,
    look=_look,
    where=_where,
)
