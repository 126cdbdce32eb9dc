"""The terms of the exchange log, of schema/federation.ttl, and the shape of its members."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

import pyoxigraph

from catalogue import resources
from catalogue.exchange.ldes.member import FED
from catalogue.exchange.ldes.statements import Link, Node, Value

SHAPE: Final = FED + "LogEntryShape"


@cache
def vocabulary() -> tuple[pyoxigraph.Triple, ...]:
    """Everything that the file says, in its order."""
    text = (resources.schema_dir() / "federation.ttl").read_text("utf-8")
    return tuple(quad.triple for quad in pyoxigraph.parse(text, format=pyoxigraph.RdfFormat.TURTLE))


@cache
def shape_nodes() -> tuple[Node, ...]:
    """The shape of members, for roots: a client that had to fetch it elsewhere would stop where it cannot."""
    said: dict[str, list[tuple[str, Link | Value]]] = {}
    for triple in vocabulary():
        subject = str(getattr(triple.subject, "value", ""))
        if subject.startswith(SHAPE):
            said.setdefault(subject, []).append((triple.predicate.value, _object(triple.object)))
    return tuple(Node(subject, tuple(statements)) for subject, statements in said.items())


def _object(term: Any) -> Link | Value:
    if isinstance(term, pyoxigraph.NamedNode):
        return Link(term.value)
    datatype = term.datatype.value
    return Value(term.value, "" if datatype.endswith("#string") else datatype)
