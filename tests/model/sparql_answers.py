"""Triples on which the query of a SPARQL constraint may have an answer, so that the constraint is broken.

Either the query's own patterns with values in place of its variables, or an example of the model that is changed where
the query looks.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import cache
from random import Random
from typing import Any

import pyoxigraph as ox
from rdflib import RDF, BNode, Literal, URIRef, Variable
from rdflib.paths import AlternativePath, InvPath, MulPath, Path, SequencePath
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.parserutils import CompValue

from catalogue import resources
from catalogue.model.rdf import triples
from tests.model.examples import INVALID, VALID
from tests.model.odd_values import literal, matching

XSD = "http://www.w3.org/2001/XMLSchema#"
LITERALS = (
    '"a"', '"b"', '""', f'"0"^^<{XSD}integer>', f'"2"^^<{XSD}integer>', f'"1999-12-31"^^<{XSD}date>',
    f'"2999-12-31"^^<{XSD}date>', f'"true"^^<{XSD}boolean>', f'"false"^^<{XSD}boolean>',
)  # fmt: skip
Line = tuple[str, str, str]


class Query:
    """What a query looks at.

    Args:
        text: with `$this` for the focus node.
        prefixes: prefix -> namespace.
    """

    def __init__(self, text: str, prefixes: dict[str, str]):
        self.wanted: list[Line] = []
        self.unwanted: list[Line] = []
        self.constants: dict[str, None] = {}
        self._read(prepareQuery(text, initNs=prefixes).algebra, wanted=True)
        texts = [text[1:-1] for text in self.constants if text.endswith('"')]
        found = [literal(found) for text in texts for found in matching(text)[:9]]
        found += [
            f"<{found}>" for text in texts for found in matching(text, iris=True, base="https://example.org/")[:9]
        ]
        self.candidates = [*self.constants, *LITERALS, *found]
        self._predicate_of = {
            other: list(_names(path))[-1] for _, path, other in self.wanted + self.unwanted if list(_names(path))
        }
        self.predicates = {name for _, path, _ in self.wanted + self.unwanted for name in _names(path)}

    def _read(self, part: Any, wanted: bool) -> None:
        if isinstance(part, CompValue):
            wanted = wanted and part.name not in ("Builtin_NOTEXISTS", "Minus")
            if part.name in ("BGP", "TriplesBlock"):
                (self.wanted if wanted else self.unwanted).extend(_triples(part["triples"]))
            parts = [value for name, value in part.items() if name != "_vars"]
        else:
            parts = list(part) if isinstance(part, list | tuple) else []
            if isinstance(part, URIRef | Literal):
                self.constants[_term(part)] = None
        for inner in parts:
            self._read(inner, wanted)

    def _fitting(self, predicate: str | None, *nodes: str) -> list[str]:
        """Candidates, nodes among them, of the types that the model gives the predicate's values.

        Where it says nothing, IRIs, texts and what the query names. Comparisons of other types are in dispute
        (test_referee.py).
        """
        allowed = _datatypes().get(predicate or "") or {"", XSD + "string", *map(_datatype, self.constants)}
        return [term for term in (*self.candidates, *nodes) if _datatype(term) in allowed] or ['""']

    def witness(self, focus: str, random: Random, fresh: Iterator[str]) -> list[Line]:
        """Most of the patterns that are wanted, few of those that are not, one to three times.

        Args:
            fresh: IRIs for new nodes.
        """
        lines: list[Line] = []
        for _ in range(random.choice([1, 1, 2, 3])):
            taken = [line for line in self.wanted if random.random() < 0.9]
            taken += [line for line in self.unwanted if random.random() < 0.1]
            resources = {subject for subject, _, _ in taken}
            values: dict[Any, str] = {Variable("this"): focus}

            def value(term: Any, values: dict[Any, str] = values, resources: set[Any] = resources) -> str:
                if not isinstance(term, Variable | BNode):
                    return _term(term)
                if term not in values:
                    node = next(fresh)
                    others = [node] if term in resources else self._fitting(self._predicate_of.get(term), node, focus)
                    values[term] = random.choice(others)
                return values[term]

            for subject, path, other in taken:
                _walk(value(subject), path, value(other), lines, fresh, value)
        return lines

    def mutant(self, target: str, random: Random, number: int) -> list[Line]:
        """What the query sees of an example with a node of the target, changed up to three times.

        Args:
            target: the class, or the predicate, in N-Triples syntax.
            number: distinguishes its IRIs from those of other mutants, but for IRIs that the query names.
        """
        fitting = [lines for lines in _examples() if any(target in line[1:] for line in lines)]
        if not fitting:
            return []
        fitness = [len(self.predicates & {predicate for _, predicate, _ in lines}) for lines in fitting]
        chosen = random.choice([lines for lines, fit in zip(fitting, fitness, strict=True) if fit == max(fitness)])
        seen = {*self.predicates, target, f"<{RDF.type}>"}
        lines = [line for line in chosen if line[1] in seen]
        for _ in range(random.choice([1, 1, 2, 3])):
            changeable = sorted({predicate for _, predicate, _ in lines} & self.predicates)
            if not changeable:
                break
            looked_at = random.choice(changeable)
            places = [place for place, (_, predicate, _) in enumerate(lines) if predicate == looked_at]
            place = random.choice(places)
            subject, predicate, _ = lines[place]
            others = [other for _, same, other in lines if same == predicate] + self._fitting(predicate)
            match random.choice(["drop", "drop all", "change", "change", "add", "swap", "swap"]):
                case "swap":
                    other = random.choice(places)
                    lines[place], lines[other] = (
                        (subject, predicate, lines[other][2]), (lines[other][0], predicate, lines[place][2])
                    )  # fmt: skip
                case "drop":
                    del lines[place]
                case "drop all":
                    lines = [line for line in lines if line[1] != predicate]
                case "change":
                    lines[place] = (subject, predicate, random.choice(others))
                case "add":
                    lines.append((subject, predicate, random.choice(others)))
        own = {subject for subject, _, _ in lines} - set(self.constants)

        def renamed(term: str) -> str:
            return f"{term[:-1]}/{number}>" if term in own else term

        return [(renamed(subject), predicate, renamed(other)) for subject, predicate, other in lines]


@cache
def _datatypes() -> dict[str, set[str]]:
    """Predicate -> datatypes of its values in the model, "" for IRIs."""
    table = json.loads(resources.model_file("table.json").read_text("utf-8"))
    found: dict[str, set[str]] = {}
    for row in table["classes"].values():
        for slot in row["slots"]:
            datatypes = {"text": {XSD + "string"}, "lexical": {XSD + "date"}}.get(slot["kind"])
            found.setdefault(f"<{slot['predicate']}>", set()).update(datatypes or {slot.get("datatype", "")})
    return found


def _datatype(term: str) -> str:
    """The datatype of a literal, "" of an IRI."""
    return "" if term.startswith("<") else term.rpartition('"^^<')[2][:-1] if '"^^<' in term else XSD + "string"


@cache
def _examples() -> list[list[Line]]:
    found = []
    for example in VALID + INVALID:
        try:
            data = triples(example.record, example.class_name)
        except ValueError:
            continue
        lines = ox.parse(data, format=ox.RdfFormat.N_TRIPLES)
        found.append([(str(line.subject), str(line.predicate), str(line.object)) for line in lines])
    return found


def _triples(flat: Any) -> Iterator[Line]:
    """Triples of the algebra, and those of its parts that are still as they were parsed: one after the other."""
    for part in flat:
        for place in range(0, len(part), 3):
            yield part[place], part[place + 1], part[place + 2]


def _names(path: Any) -> Iterator[str]:
    if isinstance(path, URIRef):
        yield f"<{path}>"
    elif isinstance(path, Path):
        for part in getattr(path, "args", None) or [getattr(path, "arg", None) or getattr(path, "path", None)]:
            yield from _names(part)


def _walk(
    subject: str, path: Any, other: str, lines: list[Line], fresh: Iterator[str], value: Callable[[Any], str]
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
                lines.append((subject, value(path), other))


def _term(term: Any) -> str:
    if isinstance(term, URIRef):
        return f"<{term}>"
    return literal(str(term), term.datatype, term.language)
