"""pySHACL behind the seam of shacl_engines: the referee of tests, and the engine where the fast one is not installed.

Where it errs is told case by case in tests/model/test_referee.py. It is some hundred times slower.
"""

from __future__ import annotations

import logging
import re
from functools import lru_cache
from typing import Any, Final

import pyoxigraph
import pyshacl
import rdflib
from rdflib import SH
from rdflib.plugins.sparql import prepareQuery
from rdflib.plugins.sparql.sparql import Query

from catalogue.model.shacl_engines import ValidationResult, Violation, bare, names_of, violations

_STRING: Final = pyoxigraph.NamedNode("http://www.w3.org/2001/XMLSchema#string")


class PyShaclEngine:
    """pySHACL: the reference, some hundred times slower."""

    def __init__(self, shapes: str):
        logging.getLogger("rdflib.term").setLevel(logging.CRITICAL)  # a traceback for every bad literal otherwise
        self._shapes = rdflib.Graph().parse(data=shapes, format="turtle")
        for shape, pattern in list(self._shapes.subject_objects(SH.pattern)):
            if "m" not in str(self._shapes.value(shape, SH.flags) or ""):
                self._shapes.set((shape, SH.pattern, rdflib.Literal(_python_pattern(str(pattern)))))
        self._names = names_of(shapes)

    def results(self, triples: bytes) -> list[ValidationResult]:
        """The results of the report on the N-Triples data, sorted, each once."""
        _, report, _ = pyshacl.validate(verbatim_graph(triples), shacl_graph=self._shapes, advanced=False, inplace=True)
        found = {
            ValidationResult(
                focus=bare(report.value(result, SH.focusNode).n3()),
                path=bare(sparql_path(self._shapes, report.value(result, SH.resultPath))),
                value=_n_triples(report.value(result, SH.value)),
                component=str(report.value(result, SH.sourceConstraintComponent)),
                shape=self._named(report.value(result, SH.sourceShape)),
                severity=str(report.value(result, SH.resultSeverity)),
                messages=tuple(sorted(str(message) for message in report.objects(result, SH.resultMessage))),
            )
            for result in report.objects(None, SH.result)
        }
        return sorted(found)

    def validate(self, triples: bytes) -> list[Violation]:
        """What the N-Triples data break, sorted; one entry where several parts of a shape object to one value."""
        return violations(self.results(triples), self._names)

    def broken(self, triples: bytes) -> set[tuple[str, str]]:
        """(IRI of the shape, IRI of the severity) of each rule that the N-Triples data break anywhere."""
        return {(result.shape, result.severity) for result in self.results(triples)}

    def _named(self, shape: Any) -> str:
        """The shape, or the nearest one around it that has an IRI."""
        while isinstance(shape, rdflib.BNode):
            shape = self._shapes.value(None, SH.property, shape)
        return str(shape)


class _Graph(rdflib.Graph):
    """A graph that parses each query once; pySHACL hands it the same text for every focus node (7 times slower)."""

    def query(self, query_object: str | Query, *arguments: Any, **options: Any) -> Any:
        if isinstance(query_object, str):
            prefixes = tuple((prefix, str(namespace)) for prefix, namespace in self.namespaces())
            query_object = _prepared(query_object, prefixes)
        return super().query(query_object, *arguments, **options)


@lru_cache(maxsize=500)
def _prepared(text: str, prefixes: tuple[tuple[str, str], ...]) -> Query:
    return prepareQuery(text, initNs=dict(prefixes))


def verbatim_graph(triples: bytes) -> Any:
    """An rdflib graph in which every literal keeps its lexical form, as rdflib's own parsers do not ("01" -> "1").

    It lies in rdflib's own store: over an Oxigraph-backed one, plain strings differ from xsd:string (engines.md
    section 4).
    """

    def term(node: Any) -> Any:
        match node:
            case pyoxigraph.NamedNode():
                return rdflib.URIRef(node.value)
            case pyoxigraph.BlankNode():
                return rdflib.BNode(node.value)
        if node.language:
            return rdflib.Literal(node.value, lang=node.language, normalize=False)
        # rdflib tells a plain string from an xsd:string; in RDF 1.1 they are one.
        datatype = None if node.datatype == _STRING else node.datatype.value
        return rdflib.Literal(node.value, datatype=datatype, normalize=False)

    graph = _Graph()
    for quad in pyoxigraph.parse(triples, format=pyoxigraph.RdfFormat.N_TRIPLES):
        graph.add((term(quad.subject), term(quad.predicate), term(quad.object)))
    return graph


def _python_pattern(pattern: str) -> str:
    """The pattern as Python says it: its `$` also stands before a last line break, that of SPARQL does not."""
    escaped_or_class = r"\\.|\[(?:\\.|[^\]\\])*\]"
    return re.sub(rf"({escaped_or_class})|\$", lambda found: found.group(1) or r"\Z", pattern, flags=re.DOTALL)


def _n_triples(node: Any) -> str:
    """An rdflib term in the syntax of N-Triples."""
    if node is None:
        return ""
    if not isinstance(node, rdflib.Literal):
        return str(node.n3())
    if node.language:
        return str(pyoxigraph.Literal(str(node), language=node.language))
    return str(pyoxigraph.Literal(str(node), datatype=pyoxigraph.NamedNode(node.datatype or _STRING.value)))


def sparql_path(shapes: Any, path: Any) -> str:
    """A property path of the shapes graph in the syntax of SPARQL, every step in brackets."""
    if path is None:
        return ""
    if isinstance(path, rdflib.URIRef):
        return path.n3()
    for predicate, sign in ((SH.zeroOrMorePath, "*"), (SH.oneOrMorePath, "+"), (SH.zeroOrOnePath, "?")):
        inner = shapes.value(path, predicate)
        if inner is not None:
            return f"({sparql_path(shapes, inner)}){sign}"
    inverse = shapes.value(path, SH.inversePath)
    if inverse is not None:
        return f"^{sparql_path(shapes, inverse)}"
    alternatives = shapes.value(path, SH.alternativePath)
    steps = [sparql_path(shapes, step) for step in shapes.items(alternatives or path)]
    return f"({('|' if alternatives else '/').join(steps)})"
