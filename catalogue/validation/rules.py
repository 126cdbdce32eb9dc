"""What the shapes say about themselves: paths, kinds of constraint, and what they are about; for reports."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any, Final

import pyoxigraph

from catalogue.model.validation import shapes_text
from catalogue.validation.graphs import RDF_TYPE

SH: Final = "http://www.w3.org/ns/shacl#"
_CLASSES: Final = ("http://www.w3.org/2000/01/rdf-schema#Class", "http://www.w3.org/2002/07/owl#Class")
# Parameter of a shape -> its constraint component, where the name is not the parameter's own.
_COMPONENTS: Final = {"sparql": "SPARQL"}
# In the order in which one is named where several could be meant; how often comes last.
_PARAMETERS: Final = ("datatype", "nodeKind", "class", "in", "or", "pattern", "sparql", "minCount", "maxCount")


class Rules:
    """The hard rules, or those of one profile."""

    def __init__(self, text: str):
        self._properties: dict[Any, dict[str, list[Any]]] = {}
        for quad in pyoxigraph.parse(text, format=pyoxigraph.RdfFormat.TURTLE):
            self._properties.setdefault(quad.subject, {}).setdefault(quad.predicate.value, []).append(quad.object)

    def __contains__(self, shape: str) -> bool:
        return bool(self._row(shape))

    def path(self, shape: str) -> str:
        """IRI of the property that a shape is about; "" where it is about the node itself or a longer path."""
        found = self._values(shape, "path")
        return found[0].value if found and isinstance(found[0], pyoxigraph.NamedNode) else ""

    def name(self, shape: str) -> str:
        """What the shape calls the property: in the hard rules, the field's name in records."""
        found = self._values(shape, "name")
        return str(found[0].value) if found else ""

    def target(self, shape: str) -> str:
        """Name of the class that the shape asks of what the property points at; "" where it asks none."""
        found = self._values(shape, "class")
        return str(found[0].value).rpartition("/")[2] if found else ""

    def description(self, shape: str) -> str:
        """What the shape says the property is for."""
        found = self._values(shape, "description")
        return str(found[0].value) if found else ""

    def constraint(self, shape: str, likely: str) -> str:
        """IRI of the constraint component for a fault that was found before there was RDF; "" where nothing fits.

        Args:
            likely: the parameter that was probably broken, such as `minCount`; another one where the shape lacks it.
        """
        given = [name for name in (likely, *_PARAMETERS) if self._values(shape, name)]
        name = given[0] if given else ""
        return f"{SH}{_COMPONENTS.get(name, name[:1].upper() + name[1:])}ConstraintComponent" if name else ""

    def path_triples(self, shape: str) -> list[Any]:
        """The path of a shape as triples of its own, for paths that are no single IRI; empty for those that are."""
        found = self._values(shape, "path")
        if not found or isinstance(found[0], pyoxigraph.NamedNode):
            return []
        triples, todo = [], [found[0]]
        while todo:
            node = todo.pop()
            for predicate, objects in self._properties.get(node, {}).items():
                for target in objects:
                    triples.append(pyoxigraph.Triple(node, pyoxigraph.NamedNode(predicate), target))
                    todo += [target] if isinstance(target, pyoxigraph.BlankNode) else []
        return triples

    def path_node(self, shape: str) -> Any:
        """The term of the shape's path; None where it has none."""
        found = self._values(shape, "path")
        return found[0] if found else None

    def subjects(self) -> frozenset[str]:
        """IRIs of the classes that shapes are about."""
        return frozenset(self._targets("targetClass") | self._implicit_classes())

    def reaches(self, triples: bytes) -> bool:
        """True where the N-Triples data hold something that a shape is about."""
        names = ("targetNode", "targetSubjectsOf", "targetObjectsOf")
        targets = self.subjects().union(*(self._targets(name) for name in names))
        return any(f"<{iri}>".encode() in triples for iri in targets)

    def _values(self, shape: str, name: str) -> list[Any]:
        return self._row(shape).get(SH + name, [])

    def _row(self, shape: str) -> dict[str, list[Any]]:
        try:
            return self._properties.get(pyoxigraph.NamedNode(shape), {})
        except ValueError:
            return {}  # named after a field that nobody knows, of whatever characters

    def _targets(self, name: str) -> set[str]:
        return {target.value for row in self._properties.values() for target in row.get(SH + name, ())}

    def _implicit_classes(self) -> set[str]:
        return {
            subject.value
            for subject, row in self._properties.items()
            if _has_type(row, (SH + "NodeShape",)) and _has_type(row, _CLASSES)
        }


def _has_type(row: dict[str, list[Any]], wanted: Iterable[str]) -> bool:
    return any(target.value in wanted for target in row.get(RDF_TYPE, ()))


@cache
def rules(profile: str | None = None) -> Rules:
    """The hard rules, or those of one profile, read once."""
    return Rules(shapes_text(profile))
