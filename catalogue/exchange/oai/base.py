"""The contract of a metadata format of OAI-PMH; members lie beside this file, each one a metadataPrefix."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from catalogue.store.entries import Entry


class MetadataFormat(Protocol):
    """One metadataPrefix.

    `order` decides the place in ListMetadataFormats; `schema` is the address of the XML Schema of `namespace`.
    """

    prefix: str
    schema: str
    namespace: str
    order: int

    def covers(self, record: dict[str, Any]) -> bool:
        """Whether the record says all that the format demands; nothing is invented to fill it."""
        ...

    def metadata(self, entry: Entry, record: dict[str, Any], base: str) -> str:
        """The content of the element `metadata`: one element with its namespaces and schemaLocation.

        Args:
            base: address of the node, without a slash at its end.
        Raises:
            ValueError: the record cannot be written so.
        """
        ...


@cache
def metadata_formats() -> tuple[MetadataFormat, ...]:
    """Every member of this package that defines METADATA_FORMAT."""
    package = import_module("catalogue.exchange.oai")
    found: list[MetadataFormat] = []
    for module in pkgutil.iter_modules(package.__path__):
        member = getattr(import_module(f"{package.__name__}.{module.name}"), "METADATA_FORMAT", None)
        if member is not None:
            found.append(member)
    return tuple(sorted(found, key=lambda member: member.order))


def prefixes_of(entry: Entry) -> list[str]:
    """metadataPrefixes in which the record of an entry can be had."""
    record = entry.record
    return [member.prefix for member in metadata_formats() if member.covers(record)]
