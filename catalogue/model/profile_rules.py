"""The rules of a shapes file as rows that people read: field, obligation, message."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import pyoxigraph

from catalogue.model.documentation import documentation
from catalogue.model.namespaces import contract

Node = pyoxigraph.NamedNode | pyoxigraph.BlankNode | pyoxigraph.Literal | pyoxigraph.Triple
Graph = dict[Node, dict[str, list[Node]]]
_Subject = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...], tuple[str, ...]]

_SH: Final = "http://www.w3.org/ns/shacl#"
_RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_RDFS: Final = "http://www.w3.org/2000/01/rdf-schema#"
_OBLIGATIONS: Final = {"Violation": "required", "Warning": "recommended", "Info": "optional"}


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    Args:
        shape: IRI of its shape.
        classes: names of the model's classes that it is about.
        about: CURIEs of the classes that it is about and that are none of the model.
        having: CURIEs of properties; it is about whatever has one, where no class of the model does.
        values_of: CURIEs of properties; it is about each of their values.
        field: name of the field, or CURIE of its path; "" where the rule is about the thing as a whole.
        obligation: required, recommended or optional.
        message: what a curator is told.
        description: why, where the shape says so.
    """

    shape: str
    classes: tuple[str, ...]
    about: tuple[str, ...]
    having: tuple[str, ...]
    values_of: tuple[str, ...]
    field: str
    obligation: str
    message: str
    description: str


def parse_rules(text: str) -> tuple[Rule, ...]:
    """The rules of a shapes file, in the order of their obligation, then of the file.

    Args:
        text: Turtle.
    """
    graph: Graph = defaultdict(lambda: defaultdict(list))
    for quad in pyoxigraph.parse(text, format=pyoxigraph.RdfFormat.TURTLE):
        graph[quad.subject][quad.predicate.value].append(quad.object)
    rules = [rule for shape in list(graph) for rule in _rules(graph, shape)]
    weight = list(_OBLIGATIONS.values())
    return tuple(sorted(dict.fromkeys(rules), key=lambda rule: weight.index(rule.obligation)))


def _rules(graph: Graph, shape: Node) -> list[Rule]:
    """Rules of a shape that has a target: its own, and those of its property shapes at any depth."""
    said, subject = graph[shape], _subject(graph, shape)
    if not any(subject):
        return []
    found = []
    if _SH + "message" in said and not (_SH + "property" in said and _SH + "sparql" not in said):
        found.append(_rule(graph, shape, subject))
    seen: set[Node] = set()
    waiting = [(node, subject) for node in said.get(_SH + "property", ())]
    while waiting:
        node, subject = waiting.pop(0)
        if node in seen:
            continue
        seen.add(node)
        rule = _rule(graph, node, subject)
        found.append(rule)
        # What stands in a property shape is about the things that its field leads to.
        inside = _classes_of_values(rule)
        within: _Subject = (inside, (), (), ()) if inside else subject
        waiting += [(inner, within) for inner in graph[node].get(_SH + "property", ())]
    return found


def _subject(graph: Graph, shape: Node) -> _Subject:
    """What the targets of a shape are; nothing where it has none."""
    said = graph[shape]
    targets = said.get(_SH + "targetClass", [])
    if any(_value(kind) == _RDFS + "Class" for kind in said.get(_RDF + "type", ())):
        targets = [*targets, shape]
    users = said.get(_SH + "targetSubjectsOf", [])
    classes = [name for node in targets if (name := _class_name(_value(node)))]
    classes += [name for node in users for name in _classes_with(_value(node)) if name not in classes]
    return (
        tuple(classes),
        _curies(node for node in targets if not _class_name(_value(node))),
        _curies(node for node in users if not _classes_with(_value(node))),
        _curies(said.get(_SH + "targetObjectsOf", ())),
    )


def _classes_of_values(rule: Rule) -> tuple[str, ...]:
    """Classes of the model that the rule's field leads to."""
    slots = (slot for name in rule.classes for slot in documentation()["classes"][name]["slots"])
    ranges = (found for slot in slots if slot["key"] == rule.field for found in slot["ranges"])
    return tuple(dict.fromkeys(found["name"] for found in ranges if found["kind"] == "class"))


def _rule(graph: Graph, shape: Node, subject: _Subject) -> Rule:
    said = graph[shape]
    paths = [node.value for node in said.get(_SH + "path", ()) if isinstance(node, pyoxigraph.NamedNode)]
    severity = _first(said, _SH + "severity").removeprefix(_SH)
    return Rule(
        _value(shape) if isinstance(shape, pyoxigraph.NamedNode) else "",
        *subject,
        _first(said, _SH + "name") or " ".join(map(contract, paths)),
        # A shape without a severity is a violation (SHACL, section 2.1.4).
        _OBLIGATIONS.get(severity, "required"),
        _first(said, _SH + "message"),
        _first(said, _SH + "description") or _first(said, _RDFS + "comment"),
    )


def _curies(nodes: Iterable[Node]) -> tuple[str, ...]:
    return tuple(contract(_value(node)) for node in nodes)


def _class_name(iri: str) -> str:
    return next((name for name, row in documentation()["classes"].items() if row["iri"] == iri), "")


def _classes_with(predicate: str) -> list[str]:
    """Classes that have a field of this predicate."""
    return [
        name
        for name, row in documentation()["classes"].items()
        if not row["abstract"] and any(slot["iri"] == predicate for slot in row["slots"])
    ]


def _first(said: dict[str, list[Node]], predicate: str) -> str:
    return " ".join(_value(said[predicate][0]).split()) if said.get(predicate) else ""


def _value(node: Node) -> str:
    return node.value if isinstance(node, pyoxigraph.NamedNode | pyoxigraph.Literal) else ""
