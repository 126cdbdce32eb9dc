"""What the graph view takes from others: how records become quads, and what is known of them beside their words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Protocol


class Emit(Protocol):
    """How a record becomes N-Quads."""

    def __call__(self, record: dict[str, Any], graph: str, *, version: str = "") -> bytes:
        """The quads of a record that was written under a version of the model; "" means the present one."""
        ...


class RecordChecks(Protocol):
    """What records are held against on their way into the graph (catalogue.model.profile_results.ProfileChecks)."""

    @property
    def digests(self) -> Mapping[str, str]:
        """IRI of each check -> digest of its definition."""
        ...

    def results(self, curie: str, triples: bytes) -> list[dict[str, Any]]:
        """ProfileResults of a record; the same for equal records and digests."""
        ...


class RecordLinks(Protocol):
    """What follows from many records together, such as which are about one study (catalogue.resolver.identities)."""

    @property
    def graph(self) -> str:
        """IRI of the graph that holds the links and nothing else."""
        ...

    def state(self) -> str:
        """Changes when the links may have; cheap."""
        ...

    def quads(self) -> bytes:
        """N-Quads in that graph."""
        ...


class RecordGraphs(Protocol):
    """What is known of records beside what they say, each record's in a graph of its own (catalogue.fair.graph)."""

    @property
    def name(self) -> str:
        """IRI of the graph that holds what they share; names them all."""
        ...

    def state(self) -> str:
        """Changes when any of the graphs may have; cheap."""
        ...

    def graph_of(self, curie: str) -> str:
        """IRI of the graph of a record, whether there is one or not."""
        ...

    def graphs(self, held: Mapping[str, str]) -> Iterator[tuple[str, str, bytes | None]]:
        """(graph, digest, N-Quads) of each graph there is, the shared one among them.

        Args:
            held: graph -> digest of what is written already; the quads of those that are equal are None.
        """
        ...
