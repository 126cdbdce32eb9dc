"""Each rule of each profile passes a good record and is broken by one with that fault; both engines say the same."""

from __future__ import annotations

from functools import cache

import pytest
from rdflib import RDF, SH, Graph

from catalogue.model.pyshacl_engine import PyShaclEngine
from catalogue.model.shacl_engines import RustEngine
from catalogue.model.validation import check_schema, check_shapes, profiles, shapes_text
from tests.model.profiles.all_cases import ELSEWHERE, PROFILES
from tests.model.profiles.cases import Case
from tests.model.profiles.dcat import GraphCase

SHAPES = "https://w3id.org/ommatidia/shapes/"
CASES = [(name, case) for name, module in PROFILES.items() for case in module.CASES]
GOOD = [(name, base) for name, module in PROFILES.items() for base in module.GOOD]
PARAMETERS = {SH.sparql, SH.pattern, SH["not"], SH["or"], SH["in"], SH.nodeKind, SH.minLength}


@cache
def engine(name: str) -> RustEngine:
    """The engine with a profile's shapes."""
    return RustEngine(shapes_text(name))


@cache
def referee(name: str, rule: str) -> PyShaclEngine:
    """pySHACL with one rule alone: with all of them it takes a second a record (rdflib parses queries anew)."""
    graph = Graph().parse(data=shapes_text(name), format="turtle")
    for triple in list(graph.triples((None, SH.property, None))):
        if str(triple[2]) != f"{SHAPES}{name}-{rule}":
            graph.remove(triple)
    return PyShaclEngine(graph.serialize(format="turtle"))


def rules(name: str) -> set[str]:
    """Names of the shapes that ask something, without the profile's."""
    graph = Graph().parse(data=shapes_text(name), format="turtle")
    asking = {s for s in graph.subjects(RDF.type, SH.NodeShape) if set(graph.predicates(s)) & PARAMETERS}
    asking &= set(graph.subjects(SH.targetClass))
    return {str(s).removeprefix(f"{SHAPES}{name}-") for s in asking | set(graph.subjects(RDF.type, SH.PropertyShape))}


def test_every_profile_has_cases() -> None:
    """No profile is without good and bad examples."""
    assert set(PROFILES) | ELSEWHERE == set(profiles())


@pytest.mark.parametrize("name", PROFILES)
def test_every_rule_has_a_bad_example(name: str) -> None:
    """Each rule of a profile is broken by a case, and each case is of a rule that is there."""
    assert {case.rule for case in PROFILES[name].CASES} == rules(name)


@pytest.mark.parametrize(("name", "base"), GOOD, ids=[f"{name} {base.__name__}" for name, base in GOOD])
def test_good_record_breaks_nothing(name: str, base) -> None:  # type: ignore[no-untyped-def]
    """A record of the model with everything that a profile asks for breaks none of its rules."""
    record = base()
    assert check_schema(record) == [] and check_shapes(record) == []
    assert check_shapes(record, profile=name) == []


@pytest.mark.parametrize(("name", "case"), CASES, ids=[f"{name} {case.rule}" for name, case in CASES])
def test_fault_breaks_its_rule(name: str, case: Case | GraphCase) -> None:
    """A record with one fault breaks the rule about it, in both engines with equal results."""
    shape = f"{SHAPES}{name}-{case.rule}"
    fast, reference = (e.results(case.data) for e in (engine(name), referee(name, case.rule)))
    found = [result for result in fast if result.shape == shape]
    assert found and found == [result for result in reference if result.shape == shape]


@pytest.mark.parametrize("name", PROFILES)
def test_messages_are_sentences(name: str) -> None:
    """A curator reads what is missing and how to mend it: sentences without the words of RDF."""
    graph = Graph().parse(data=shapes_text(name), format="turtle")
    for message in map(str, graph.objects(None, SH.message)):
        assert message.endswith(".") and " " in message
        assert not {"SHACL", "triple", "literal", "minCount"} & set(message.split()), message
