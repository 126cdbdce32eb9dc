"""Both SHACL engines follow the recommendation in everything that our shapes use, and say it in the same terms."""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox
import pytest
from rdflib import Graph

from catalogue.model.pyshacl_engine import PyShaclEngine
from catalogue.model.shacl_engines import RustEngine, ShapesEngine, ValidationResult
from catalogue.model.validation import profiles, shapes_text
from tests.model.shacl_cases import CASES, HEAD, Case

SH_NS = "http://www.w3.org/ns/shacl#"
ENGINES = (RustEngine, PyShaclEngine)
# Says something about a shape, and makes nothing valid or invalid.
SILENT = {"name", "description", "message", "severity", "order", "group", "defaultValue", "select", "declare"}
SILENT |= {"prefix", "namespace", "prefixes", "property", "path", "ignoredProperties", "flags"}


def n_triples(turtle: str) -> bytes:
    """Turtle as the engines take it."""
    return ox.serialize([q.triple for q in ox.parse(turtle, format=ox.RdfFormat.TURTLE)], format=ox.RdfFormat.N_TRIPLES)


def term(short: str) -> str:
    """A term of a case in N-Triples syntax."""
    if short == "" or short.startswith("_:"):
        return short
    quad = next(iter(ox.parse(f"{HEAD} e:x e:x {short} .", format=ox.RdfFormat.TURTLE)))
    return str(quad.object)


def bare(short: str) -> str:
    """Focus or path of a case as results name it."""
    text = term(short) if short.startswith("e:") else short
    return text.removeprefix("<").removesuffix(">") if short.startswith("e:") else text


def expected(case: Case) -> Iterator[tuple[str, str, str, str]]:
    """(focus, path, value, component) of each result that the recommendation wants."""
    for component, value in case.found:
        yield bare(case.focus), bare(case.path), term(value), f"{SH_NS}{component}ConstraintComponent"


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_engine_follows_the_recommendation(engine: type[ShapesEngine], case: Case) -> None:
    """An engine finds in each small case exactly what the recommendation says."""
    found = engine(case.shapes).results(n_triples(case.turtle))  # type: ignore[call-arg]
    assert sorted((r.focus, r.path, r.value, r.component) for r in found) == sorted(expected(case))


def test_every_construct_in_our_shapes_has_a_case() -> None:
    """No shape uses a part of SHACL that no case shows both engines to understand."""
    used: set[str] = set()
    for name in (None, *profiles()):
        graph = Graph().parse(data=shapes_text(name), format="turtle")
        used |= {str(p).removeprefix(SH_NS) for p in graph.predicates() if str(p).startswith(SH_NS)}
    shown = {
        str(p).removeprefix(SH_NS) for c in CASES for p in Graph().parse(data=c.shapes, format="turtle").predicates()
    }
    assert used - SILENT - shown == set()
    assert {"targetClass", "pattern", "sparql"} <= used


@pytest.mark.parametrize("engine", ENGINES)
def test_results_carry_shape_severity_and_messages(engine: type[ShapesEngine]) -> None:
    """A raw result names its shape, or the named one around it, weighs itself and keeps every message."""
    shapes = f"""{HEAD}
        e:n a sh:NodeShape ; sh:targetNode e:f ; sh:property e:s , [ sh:path e:q ; sh:minCount 1 ; sh:message "none" ] .
        e:s sh:path e:p ; sh:minCount 1 ; sh:severity sh:Warning ; sh:message "kein"@de , "no"@en ."""
    assert engine(shapes).results(b"") == [  # type: ignore[call-arg]
        ValidationResult("http://example.org/f", "http://example.org/p", "", f"{SH_NS}MinCountConstraintComponent",
                         "http://example.org/s", f"{SH_NS}Warning", ("kein", "no")),
        ValidationResult("http://example.org/f", "http://example.org/q", "", f"{SH_NS}MinCountConstraintComponent",
                         "http://example.org/n", f"{SH_NS}Violation", ("none",)),
    ]  # fmt: skip


TERMS = [
    r'"a\tb\n\"\\\r"', '"é\U0001f600"', r'"\u0001\u007F"', '"x"@en-gb', '"01"^^<http://www.w3.org/2001/XMLSchema#integer>',
    '"5.0E-1"^^<http://www.w3.org/2001/XMLSchema#double>', '""', "<http://example.org/ü>", "_:b0", "_:any",
    '"x"^^<http://example.org/t>', '"true"^^<http://www.w3.org/2001/XMLSchema#boolean>',
]  # fmt: skip


@pytest.mark.parametrize("value", TERMS)
def test_values_come_back_as_they_stand(value: str) -> None:
    """Both engines give the offending term back unchanged, whatever its syntax, and one readable form of it."""
    shapes = f"{HEAD} e:n sh:targetNode e:f ; sh:property e:s . e:s sh:path e:p ; sh:in ( 1 ) ; sh:message 'no' ."
    data = f"<http://example.org/f> <http://example.org/p> {value} .\n".encode()
    fast, reference = RustEngine(shapes), PyShaclEngine(shapes)
    assert [r.value for r in fast.results(data)] == [
        str(q.object) for q in ox.parse(data, format=ox.RdfFormat.N_TRIPLES)
    ]
    assert fast.results(data) == reference.results(data)
    assert fast.validate(data) == reference.validate(data)


def test_blank_nodes_keep_their_labels() -> None:
    """A blank node at fault can be found in the data by the label that the report gives."""
    shapes = f"{HEAD} e:n sh:targetSubjectsOf e:p ; sh:targetObjectsOf e:p ; sh:nodeKind sh:IRI ."
    data = b"_:zz <x:p> _:b1 .\n_:b0 <x:p> _:zz .\n<x:f> <x:p> _:y .\n".replace(b"x:", b"http://example.org/")
    for engine in ENGINES:
        assert {r.focus for r in engine(shapes).results(data)} == {"_:zz", "_:b1", "_:b0", "_:y"}
