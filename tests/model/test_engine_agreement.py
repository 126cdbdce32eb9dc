"""The production validator and pySHACL, the referee, report the same, on data that break every constraint there is."""

from __future__ import annotations

from functools import cache

import pytest
from rdflib import SH

from catalogue.model.pyshacl_engine import PyShaclEngine
from catalogue.model.shacl_engines import RustEngine, ValidationResult
from catalogue.model.validation import profiles, shapes_text
from tests.model.breaking import Shapes
from tests.model.profiles.all_cases import bad_examples
from tests.model.shacl_cases import CASES, Case

pytestmark = pytest.mark.filterwarnings("ignore:Parsing weird boolean")  # rdflib, of what is meant to be weird
ALL = [None, *profiles()]
names = pytest.mark.parametrize("name", ALL, ids=[name or "hard" for name in ALL])


@cache
def broken(name: str | None) -> tuple[Shapes, bytes]:
    """The hard rules or a profile, and data that break each of its constraints once, in one graph."""
    shapes = Shapes(shapes_text(name), bad_examples(name) if name else ())
    return shapes, b"".join(case.data for case in shapes.broken())


@cache
def verdicts(name: str | None) -> tuple[list[ValidationResult], list[ValidationResult]]:
    """What the production engine and the referee report of that data."""
    text, (_, data) = shapes_text(name), broken(name)
    return RustEngine(text).results(data), PyShaclEngine(text).results(data)


@names
def test_engines_report_the_same(name: str | None) -> None:
    """Focus node, path, value, component, shape, severity and messages agree in every result of every rule."""
    fast, reference = verdicts(name)
    assert [result for result in fast if result not in set(reference)] == []
    assert fast == reference


@names
def test_every_constraint_is_broken(name: str | None) -> None:
    """No constraint of any shape is left out of the comparison: the referee reports each of them."""
    reported = {(result.shape, result.component) for result in verdicts(name)[1]}
    assert {(c.shape, c.component) for c in broken(name)[0].constraints} - reported == set()


def test_constraints_are_those_of_the_shapes() -> None:
    """The comparison grows with the model: each parameter of each hard property shape is a constraint to be broken."""
    shapes, _ = broken(None)
    found = {(c.shape, c.component) for c in shapes.constraints}
    for parameter in ("minCount", "maxCount", "datatype", "nodeKind", "class", "in", "pattern", "or", "minInclusive"):
        component = f"{SH}{parameter[0].upper()}{parameter[1:]}ConstraintComponent"
        stated = {
            str(shape) for shape in shapes.graph.subjects(SH[parameter]) if (None, SH.property, shape) in shapes.graph
        }
        assert stated and set(map(str, stated)) <= {shape for shape, kind in found if kind == component}


BREAKABLE = [case for case in CASES if case.found and "targetNode that" not in case.name]


@pytest.mark.parametrize("case", BREAKABLE, ids=[case.name for case in BREAKABLE])
def test_any_construct_can_be_broken(case: Case) -> None:
    """Data are found that break each construct a profile may use, so that a new profile is compared as well."""
    shapes = Shapes(case.shapes)
    assert {c.name for c in shapes.constraints} >= {component for component, _ in case.found}
    for data in shapes.broken(2):
        assert RustEngine(case.shapes).results(data.data)
