"""The contract of an exchange format: one record, rendered to bytes; members lie beside this file.

A format is free of Flask and of the ledger; `formats()` finds every member that defines FORMAT.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any, Protocol

from catalogue.model.namespaces import BASE, OWNERS

RENDERER_VERSION = "3"
"""Part of every ETag: changes when any renderer gives other bytes for the same record."""
PERSISTENCE = ("http://www.w3.org/2000/10/swap/pim/doc#persistencePolicy", BASE + "policy/persistence")
"""Predicate by which assessors look for the policy of a record's metadata, and the policy, the same on every node."""
MOST_IMAGES = 500
"""Images that one document names one by one; a study with more has tables of them."""
MOST_TABLES = 100
"""Tables that one document names: a million images."""


@dataclass(frozen=True, slots=True)
class ImageTable:
    """A file of image rows that a study's list is made of.

    Args:
        url: absolute address at which this node gives it.
        rows: number of images, those that are gone included.
        columns: those that it has.
    """

    url: str
    sha256: str
    rows: int
    size_bytes: int
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """What is rendered: a payload record (study, image or tombstone) and where it came from.

    Args:
        provenance: the CatalogRecord of the ledger entry; None where provenance is not wanted.
        schema_version: of the model, under which the record was written; "" means the present one.
        images: of the study, the first MOST_IMAGES by name; only for formats that tell them.
        image_count: how many the study has.
        tables: of the study's image list, the first MOST_TABLES; only for formats that tell them.
        table_count: how many the list has.
    """

    record: Mapping[str, Any]
    provenance: Mapping[str, Any] | None = None
    schema_version: str = ""
    images: Sequence[Mapping[str, Any]] = ()
    image_count: int = 0
    tables: Sequence[ImageTable] = ()
    table_count: int = 0


class Format(Protocol):
    """One way to write a record down.

    `suffix` is what a document's address ends with; `profile` is a profile IRI when the media type alone is
    ambiguous; `types` are the record types that can be written.
    """

    name: str
    title: str
    suffix: str
    media_type: str
    profile: str | None
    types: frozenset[str]

    def render(self, document: Document) -> bytes:
        """The record in this format; equal documents give equal bytes."""
        ...


def tells_images(member: Format) -> bool:
    """True for a format whose documents change with a study's images, not with its record alone."""
    return bool(getattr(member, "tells_images", False))


def archive_accession(record: Mapping[str, Any]) -> str:
    """The accession as its archive writes it: EMPIAR-10311, where the identifier is empiar:10311."""
    prefix = str(OWNERS.get(record["owner"], {}).get("strip", ""))
    accession = str(record["accession"])
    return accession if "." in accession else prefix + accession


@cache
def formats() -> tuple[Format, ...]:
    """Every member of this package that defines FORMAT, by name."""
    package = import_module("catalogue.exchange")
    found: list[Format] = []
    for module in pkgutil.iter_modules(package.__path__):
        member = getattr(import_module(f"catalogue.exchange.{module.name}"), "FORMAT", None)
        if member is not None:
            found.append(member)
    return tuple(sorted(found, key=lambda member: member.name))


def format_by_suffix(suffix: str) -> Format | None:
    """The format whose documents end with `suffix` (`.ttl`), or None."""
    return next((member for member in formats() if member.suffix == suffix), None)
