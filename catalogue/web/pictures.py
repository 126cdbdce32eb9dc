"""Images as small entries of lists: title, facts in one line, preview, address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from catalogue.web.services import Services


@dataclass(frozen=True, slots=True)
class Picture:
    """One image in a grid.

    Args:
        thumbnail: path of its preview, "" where the node renders none.
        facts: dimensions and channels in words.
    """

    curie: str
    title: str
    href: str
    thumbnail: str
    facts: str


def picture(services: Services, record: Mapping[str, Any]) -> Picture:
    """The entry of an image record."""
    links, curie = services.links, record["id"]
    return Picture(
        curie,
        record.get("title", record["accession"]),
        links.path(links.document("image", curie)),
        links.path(links.thumbnail(curie)) if services.images is not None else "",
        summary(record),
    )


def summary(record: Mapping[str, Any]) -> str:
    """Size and channels of the first representation: `3 channels, 512 × 512 pixels, 8 planes`; "" when unknown."""
    representation: Mapping[str, Any] = next(iter(record.get("representations", ())), {})
    sizes = {axis["name"]: axis["size"] for axis in representation.get("axes", ()) if "size" in axis}
    said = []
    if sizes.get("c", 1) > 1:
        said.append(f"{sizes['c']} channels")
    if "x" in sizes and "y" in sizes:
        said.append(f"{sizes['x']} × {sizes['y']} pixels")
    if sizes.get("z", 1) > 1:
        said.append(f"{sizes['z']} planes")
    if sizes.get("t", 1) > 1:
        said.append(f"{sizes['t']} time points")
    return ", ".join(said)


def alternative_text(record: Mapping[str, Any]) -> str:
    """What a preview shows, for those who do not see it."""
    labels = {term["id"]: term.get("label", term["id"]) for term in record.get("terms", ())}
    method = ", ".join(labels.get(curie, curie) for curie in record.get("methods", ()))
    organism = ", ".join(labels.get(curie, curie) for curie in record.get("organisms", ()))
    said = f"{method[:1].upper()}{method[1:]} image" if method else "Image"
    if organism:
        said += f" of {organism}"
    facts = summary(record)
    return f"{said}, {facts}" if facts else f"{said} {record.get('title', record['accession'])}"
