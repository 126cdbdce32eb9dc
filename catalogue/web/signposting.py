"""FAIR Signposting, level 1: typed links in the Link header of pages and documents.

Source: signposting.org/FAIR; images.md section 3 (no `type` with parameters).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from catalogue.web.licences import describe_licence
from catalogue.web.negotiation import Offer
from catalogue.web.services import Links
from catalogue.web.text import header_url

_MOST_AUTHORS = 20
_MOST_ITEMS = 8
_TYPES = {"Study": "https://schema.org/Dataset", "Image": "https://schema.org/ImageObject"}


def _link(target: str, rel: str, **attributes: str | None) -> str:
    extra = "".join(f'; {name}="{value}"' for name, value in attributes.items() if value)
    return f'<{target}>; rel="{rel}"{extra}'


def _described(links: Links, kind: str, curie: str, offers: Iterable[Offer]) -> list[str]:
    return [
        _link(
            links.full(links.document(kind, curie, offer.suffix)),
            "describedby",
            type=offer.media_type,
            profile=offer.profile,
        )
        for offer in offers
        if offer.suffix
    ]


def page_links(
    links: Links, kind: str, record: Mapping[str, Any], offers: Sequence[Offer], items: Sequence[str] = ()
) -> str:
    """Link header of the page of a study or image.

    Args:
        items: CURIEs of images of the study; the first few are named.
    """
    curie = record["id"]
    found = [_link(links.iri(curie), "cite-as"), *_described(links, kind, curie, offers)]
    found.append(_link("https://schema.org/AboutPage", "type"))
    found.append(_link(_TYPES[record["type"]], "type"))
    licence = record.get("license")
    licence = header_url(describe_licence(licence).spdx or licence) if licence else None
    if licence:
        found.append(_link(licence, "license"))
    orcids = [header_url(author.get("orcid")) for author in record.get("authors", ())]
    found += [_link(orcid, "author") for orcid in dict.fromkeys(filter(None, orcids[:_MOST_AUTHORS]))]
    found += [
        _link(links.full(links.document("image", item)), "item", type="text/html") for item in items[:_MOST_ITEMS]
    ]
    if "study" in record:
        found.append(_link(links.full(links.document("study", record["study"])), "collection", type="text/html"))
    else:
        found.append(_link(links.full("/catalog"), "collection", type="text/turtle"))
    return ", ".join(found)


def tombstone_links(links: Links, kind: str, curie: str, offers: Sequence[Offer]) -> str:
    """Link header of a 410: the identifier stays citable and its tombstone machine-readable."""
    return ", ".join([_link(links.iri(curie), "cite-as"), *_described(links, kind, curie, offers)])


def document_links(links: Links, kind: str, curie: str) -> str:
    """Link header of a metadata document: back to the page it describes."""
    page = links.full(links.document(kind, curie))
    return _link(page, "describes", type="text/html")
