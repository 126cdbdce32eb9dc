"""Triples on which a SELECT query has an answer: its own patterns with values in place of the variables."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from random import Random
from typing import Any

import pyoxigraph as ox
from rdflib import BNode, Literal, URIRef, Variable
from rdflib.paths import AlternativePath, InvPath, MulPath, SequencePath
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.algebra import traverse
from rdflib.plugins.sparql.parserutils import CompValue

XSD = "http://www.w3.org/2001/XMLSchema#"
LITERALS = (
    '"a"', '"b"', '""', f'"0"^^<{XSD}integer>', f'"2"^^<{XSD}integer>', f'"1999-12-31"^^<{XSD}date>',
    f'"2999-12-31"^^<{XSD}date>', f'"true"^^<{XSD}boolean>', f'"false"^^<{XSD}boolean>',
)  # fmt: skip


def witness(query: str, prefixes: dict[str, str], focus: str, random: Random, fresh: Iterator[str]) -> list[str]:
    """N-Triples lines, one set of many: each group of patterns, those under NOT EXISTS too, is taken or left.

    Args:
        query: with `$this` for the focus.
        fresh: IRIs for new nodes.
    """
    groups: list[list[Any]] = []
    constants: list[str] = []

    def collect(part: Any) -> None:
        if isinstance(part, CompValue) and part.name == "BGP":
            groups.append(part["triples"])
        elif isinstance(part, URIRef | Literal):
            constants.append(_term(part))

    traverse(_parsed(query, tuple(prefixes.items())), visitPre=collect)
    taken = [triple for group in groups if len(groups) == 1 or random.choice([True, False]) for triple in group]
    resources = {s for s, _, _ in taken}
    values = {Variable("this"): focus}

    def value(term: Any) -> str:
        if not isinstance(term, Variable | BNode):
            return _term(term)
        if term not in values:
            others = () if term in resources else (*constants, focus, *LITERALS)
            values[term] = random.choice([next(fresh), *others])
        return values[term]

    lines: list[str] = []
    for subject, predicate, other in taken:
        _walk(value(subject), predicate, value(other), lines, fresh, value)
    return lines


@cache
def _parsed(query: str, prefixes: tuple[tuple[str, str], ...]) -> CompValue:
    return prepareQuery(query, initNs=dict(prefixes)).algebra


def _walk(
    subject: str, path: Any, other: str, lines: list[str], fresh: Iterator[str], value: Callable[[Any], str]
) -> None:
    match path:
        case InvPath():
            _walk(other, path.arg, subject, lines, fresh, value)
        case SequencePath():
            for step in path.args[:-1]:
                inner = next(fresh)
                _walk(subject, step, inner, lines, fresh, value)
                subject = inner
            _walk(subject, path.args[-1], other, lines, fresh, value)
        case AlternativePath():
            _walk(subject, path.args[0], other, lines, fresh, value)
        case MulPath():
            _walk(subject, path.path, other, lines, fresh, value)
        case _:
            if subject.startswith(("<", "_")) and value(path).startswith("<"):
                lines.append(f"{subject} {value(path)} {other}")


def _term(term: Any) -> str:
    if isinstance(term, URIRef):
        return f"<{term}>"
    if term.language:
        return str(ox.Literal(str(term), language=term.language))
    return str(ox.Literal(str(term), datatype=ox.NamedNode(str(term.datatype or f"{XSD}string"))))
