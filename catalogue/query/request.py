"""What is asked of the query service and what it answers: plain values, shared by pool, web and CLI."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Self

from catalogue.problems import Problem
from catalogue.query.guard import QueryShape


@dataclass(frozen=True, slots=True)
class QueryRequest:
    """One query.

    Args:
        text: SPARQL 1.1 query.
        default_graphs: IRIs of the graphs that make the default graph. With both lists empty the query's own
            FROM clauses count, and without those the union of all graphs; with either given, FROM is overridden
            (SPARQL 1.1 Protocol, section 2.1.4).
        named_graphs: IRIs of the graphs that GRAPH may name.
        accept: Accept header; of the formats that it likes equally, the first of `catalogue.query.formats` is taken.
        format: name of a format of `catalogue.query.formats`, which wins over `accept`.
        whole: do not start the answer before it is whole (for clients that could not see it cut short).
        base_iri: what relative IRIs in the text are resolved against; None refuses them.
        shape: what the guard said about `text`, when it was asked already.
    """

    text: str
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    accept: str = "*/*"
    format: str | None = None
    whole: bool = False
    base_iri: str | None = None
    shape: QueryShape | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """What one query may use. Names and units are those of `settings.query`."""

    deadline_s: float = 10.0
    memory_bytes: int = 2 << 30
    max_rows: int = 100_000
    max_result_bytes: int = 64 << 20
    max_query_bytes: int = 1 << 20
    max_depth: int = 200


@dataclass(slots=True)
class QueryResult:
    """An answer that is ready to be read, or has begun to be.

    Iterating `chunks` to its end is the only sign of a whole answer: it raises the Problem that cut it short.

    Args:
        media_type: of the bytes, without parameters.
        kind: "select", "ask", "construct" or "describe".
        chunks: the bytes, in pieces of at most 64 kB.
        size_bytes: length of the whole answer, None while the query still runs.
    """

    media_type: str
    kind: str
    chunks: Iterator[bytes]
    size_bytes: int | None = None
    _close: Callable[[], None] = field(default=lambda: None, repr=False)

    def read(self) -> bytes:
        """The whole answer.

        Raises:
            Problem: the query ended before its answer was whole.
        """
        return b"".join(self.chunks)

    def close(self) -> None:
        """End the query if it still runs and forget the answer."""
        self._close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Cancelled(Exception):
    """The one who asked has gone; nobody is left to be told."""


def problem_from(slug: str, detail: str, members: dict[str, Any]) -> Problem:
    """The Problem of that slug, as a worker named it."""
    for kind in Problem.__subclasses__():
        if kind.slug == slug:
            return kind(detail, **members)
    raise LookupError(slug)
