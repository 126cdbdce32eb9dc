"""The contract of a harvester: fetch partner bytes, map them to records, never mix the two.

Members live beside this file, one format each; HarvesterContract in tests/harvesters holds them to it.
"""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol, TypeVar

import harvesters
from catalogue.model.documents import Event, Mapped, SourceDocument, SourceSpec

Made = TypeVar("Made")


class Harvester(Protocol):
    """One partner format.

    `name` is what `source add --harvester` takes; `version` changes whenever `map` would give other records
    for the same bytes, so that kept originals are mapped again. One object serves all sources of the format, several
    at a time: what a reading remembers belongs into `fetch`, not into the object.
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
        found.update(_in_module(module.name))
    return found


class Members(Mapping[str, Made]):
    """Every harvester beside this file by its name, each loaded when it is asked for.

    A harvester NAME stands in the module NAME, so that a source that is read loads its own format alone: all of them
    together cost half a second.

    Args:
        make: a harvester of a member's class.
    """

    def __init__(self, make: Callable[[Callable[..., Any]], Made]):
        self._make = make
        self._made: dict[str, Made] = {}

    def __getitem__(self, name: str) -> Made:
        if name not in self._made:
            kind = _member(name)
            if kind is None:
                raise KeyError(name)
            self._made[name] = self._make(kind)
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(members()))

    def __len__(self) -> int:
        return len(members())

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and _member(name) is not None


def described(harvester: object) -> str:
    """What a harvester reads, in the first line of its module's docstring without the harvester's name."""
    adapter = getattr(harvester, "inner", harvester)
    first = (inspect.getdoc(inspect.getmodule(type(adapter))) or "").partition("\n")[0]
    return first.partition(": ")[2] or first


def _member(name: str) -> Callable[..., Any] | None:
    """The class of one harvester; None where the module of that name holds none."""
    if not name.isidentifier() or f"harvesters.{name}" == __name__:
        return None
    if importlib.util.find_spec(f"harvesters.{name}") is None:
        return None
    return _in_module(f"harvesters.{name}").get(name)


def _in_module(module: str) -> dict[str, Callable[..., Any]]:
    kinds = vars(importlib.import_module(module)).values()
    found = (kind for kind in kinds if inspect.isclass(kind) and kind.__module__ == module and _is_harvester(kind))
    return {str(vars(kind)["name"]): kind for kind in found}


def _is_harvester(kind: type) -> bool:
    texts = (getattr(kind, name, None) for name in ("name", "version"))
    calls = (getattr(kind, name, None) for name in ("fetch", "map"))
    return all(isinstance(text, str) for text in texts) and all(callable(call) for call in calls)
