"""The contract of a graph engine: named graphs replaced whole, together with the ledger position they reflect.

tests/store/graph/contract.py is the suite every engine inherits; engines.md section 2 has the quirks of remote ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from catalogue.model.namespaces import BASE, TERMS

STATE: Final = BASE + "state"
SUMMARY: Final = BASE + "summary"
SHARED: Final = BASE + "shared"
IDENTITY: Final = BASE + "identity"
APPLIED_POSITION: Final = TERMS + "appliedPosition"
APPLIED_ENTRY: Final = TERMS + "appliedEntry"


@dataclass(frozen=True, slots=True)
class ReplaceGraph:
    """A named graph becomes exactly `quads`.

    Args:
        graph: absolute IRI.
        quads: N-Quads, all in `graph`; None or empty removes the graph.
    """

    graph: str
    quads: bytes | None


@dataclass(frozen=True, slots=True)
class SetValue:
    """The one value of a property in a graph that many subjects share.

    Args:
        value: None removes it; int becomes xsd:integer, text a plain string.
    """

    graph: str
    subject: str
    predicate: str
    value: int | str | None


@dataclass(frozen=True, slots=True)
class MergeQuads:
    """Triples that a graph, which many records share, holds afterwards beside its others.

    Args:
        quads: N-Quads in `graph`; those held already change nothing.
    """

    graph: str
    quads: bytes


Change = ReplaceGraph | SetValue | MergeQuads


@dataclass(frozen=True, slots=True)
class Mark:
    """How far in the ledger the graphs reach: a position and the hash of the entry there."""

    position: int = 0
    entry_hash: str = ""


class GraphEngine(Protocol):
    """One writer's handle on a quad store; readers open what `publish` made."""

    @property
    def rebuilding(self) -> bool:
        """True from `reset()` until the next `publish()`."""
        ...

    def mark(self) -> Mark:
        """The mark of the last change; position 0 for an empty store."""
        ...

    def change(self, changes: Sequence[Change], mark: Mark) -> list[str]:
        """Make all changes and set the mark, all or nothing, also over a crash.

        Returns:
            Graphs left empty because their quads do not parse, which the engine has logged.
        """
        ...

    def has_graph(self, graph: str) -> bool:
        """True when the named graph holds a triple."""
        ...

    def value(self, graph: str, subject: str, predicate: str) -> str | None:
        """Some object of the property in that graph: an IRI or a literal's text; None when there is none."""
        ...

    def values(self, graph: str, predicate: str) -> dict[str, str]:
        """Subject -> some object of the property in that graph, for all subjects that have one."""
        ...

    def publish(self) -> bool:
        """Let readers see everything changed so far, at once; False when they see it already."""
        ...

    def tidy(self) -> None:
        """Put the store in good order for reading, when it has become worth it."""
        ...

    def reset(self) -> None:
        """Begin an empty store beside the old one; readers keep the old content until the next publish."""
        ...

    def close(self) -> None:
        """Give up the store and the writer's lock."""
        ...
