"""The contract of a harvester: fetch partner bytes, map them to records, never mix the two.

Members live beside this file, one format each; HarvesterContract in tests/harvesters holds them to it.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

import harvesters
from catalogue.model.documents import Event, Mapped, SourceDocument, SourceSpec


class Harvester(Protocol):
    """One partner format.

    `name` is what `source add --harvester` takes; `version` changes whenever `map` would give other records
    for the same bytes, so that kept originals are mapped again.
    """

    name: str
    version: str

    def fetch(self, source: SourceSpec, since: str | None, known: Mapping[str, str]) -> Iterator[Event]:
        """Partner documents in the order the source gives them, ending with one Listed.

        Args:
            since: cursor of the last complete fetch, None for a full one.
            known: item -> SHA-256 (hex) of the bytes held for it, for conditional reads.
        Raises:
            SourceUnavailable: the partner cannot be read now.
            SourceChanged: the location no longer holds this format.
        """
        ...

    def map(self, document: SourceDocument, source: SourceSpec) -> Mapped:
        """The records in one document; pure, no network, no clock.

        Raises:
            RecordRejected: the document cannot become a record; the reason is from the closed list.
        """
        ...


def members() -> dict[str, Callable[..., Any]]:
    """Name -> class of every harvester beside this file, found by what it is: no list is kept.

    A member is a class with `name`, `version`, `fetch` and `map`, made with the one Fetcher.
    """
    found: dict[str, Callable[..., Any]] = {}
    for module in pkgutil.iter_modules(harvesters.__path__, "harvesters."):
        if module.name == __name__ or module.ispkg:
            continue
        for kind in vars(importlib.import_module(module.name)).values():
            if inspect.isclass(kind) and kind.__module__ == module.name and _is_harvester(kind):
                found[str(vars(kind)["name"])] = kind
    return found


def _is_harvester(kind: type) -> bool:
    texts = (getattr(kind, name, None) for name in ("name", "version"))
    calls = (getattr(kind, name, None) for name in ("fetch", "map"))
    return all(isinstance(text, str) for text in texts) and all(callable(call) for call in calls)
