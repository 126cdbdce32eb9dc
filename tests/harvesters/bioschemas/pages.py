"""Small pages of our own with Bioschemas JSON-LD, and the harvester that maps them."""

from __future__ import annotations

import json
from typing import Any

from catalogue.model.documents import Mapped, SourceDocument, SourceSpec
from harvesters.bioschemas import BioschemasHarvester
from tests.harvesters.contract import fetcher

URL = "https://zenodo.org/records/101"


def data(drop: tuple[str, ...] = (), **fields: Any) -> str:
    """A Dataset; keyword arguments replace its properties, `drop` removes some."""
    value: dict[str, Any] = {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "@id": "https://doi.org/10.5281/zenodo.101",
        "identifier": "10.5281/zenodo.101",
        "name": "Eyes of ants",
        "url": URL,
        "license": "https://creativecommons.org/licenses/by/4.0/legalcode",
        "keywords": "eye, ant",
        "creator": [
            {"@type": "Person", "givenName": "Ada", "familyName": "Ant", "url": "orcid.org/0000-0002-1825-0097"}
        ],
        "datePublished": "2021-11-30",
        **fields,
    }
    for key in drop:
        del value[key]
    return json.dumps(value)


def html(*blocks: str, head: str = "") -> bytes:
    """A page with JSON-LD blocks."""
    scripts = "".join(f'<script type="application/ld+json">{block}</script>' for block in blocks)
    return f"<!DOCTYPE html><html><head><title>x</title>{head}{scripts}</head><body><p>1 < 2</p></body></html>".encode()


def document(content: str, url: str = URL) -> SourceDocument:
    """A page's data as `fetch` gives them."""
    return SourceDocument(url, url, content.encode())


def map_page(content: str, owners: tuple[str, ...] = (), url: str = URL) -> Mapped:
    """What the harvester makes of them."""
    return BioschemasHarvester(fetcher()).map(document(content, url), SourceSpec("site", "bioschemas", "x", owners))
