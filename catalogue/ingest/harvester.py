"""The contract of a harvester as ingest sees it from below; harvesters/base.py states it for members."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol

from catalogue.model.documents import Event, Mapped, SourceDocument, SourceSpec


class Harvester(Protocol):
    """The contract of harvesters/base.py, as seen from below."""

    name: str
    version: str

    def fetch(self, source: SourceSpec, since: str | None, known: Mapping[str, str]) -> Iterator[Event]:
        """Partner documents, ending with one Listed."""
        ...

    def map(self, document: SourceDocument, source: SourceSpec) -> Mapped:
        """The records in one document."""
        ...
