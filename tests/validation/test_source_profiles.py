"""Each profile about source graphs passes its own good graph, reaches every shape in it, and agrees with pySHACL."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from rdflib import RDF, SH

from catalogue.model.profiles import Subject, profiles
from catalogue.model.pyshacl_engine import PyShaclEngine
from catalogue.model.shacl_engines import RustEngine
from catalogue.model.validation import shapes_text
from catalogue.validation.graphs import Graph, graph_of_json, graph_of_text
from catalogue.validation.json_text import read_json
from catalogue.validation.kinds import form_of
from catalogue.validation.source import decode
from tests.model.shacl_paths import followed
from tests.validation.checking import check

FOLDER = Path(__file__).parent / "source_graphs"
NAMES = [name for name, profile in profiles().items() if Subject.SOURCE_GRAPHS in profile.applies_to]


def good(name: str) -> Path:
    """The graph that a profile about source graphs brings with it: NAME.json, NAME.ttl or the like."""
    (path,) = [path for path in FOLDER.iterdir() if path.name.rpartition(".")[0] == name]
    return path


def graph(name: str) -> Graph:
    """The triples of that graph."""
    path = good(name)
    source = decode(path.read_bytes())
    form = form_of(path.name, source, None)
    return graph_of_text(source, form.syntax) if form.is_rdf else graph_of_json(source, read_json(source).documents[0])


@pytest.mark.parametrize("name", NAMES)
def test_good_graph_passes_its_profile(name: str) -> None:
    """The example breaks nothing, not even a recommendation."""
    path = good(name)
    report = check(path.read_bytes(), name, name=path.name)
    assert [one for one in report.results if one.profile == name] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_shape_has_something_to_check(name: str) -> None:
    """Each shape with a target meets a node of the example, and each of its properties a value."""
    shapes = rdflib.Graph().parse(data=shapes_text(name), format="turtle")
    data = rdflib.Graph().parse(data=graph(name).triples, format="nt")
    for shape in set(shapes.subjects(SH.targetClass)) | set(shapes.subjects(SH.targetObjectsOf)):
        focus = {node for kind in shapes.objects(shape, SH.targetClass) for node in data.subjects(RDF.type, kind)}
        focus |= {node for path in shapes.objects(shape, SH.targetObjectsOf) for node in data.objects(None, path)}
        assert focus, shape
        for rule in shapes.objects(shape, SH.property):
            path = followed(shapes, shapes.value(rule, SH.path))
            forbidden = shapes.value(rule, SH.maxCount) == rdflib.Literal(0)
            assert forbidden or any(data.value(node, path) is not None for node in focus), rule


@pytest.mark.parametrize("name", NAMES)
def test_engines_agree_on_a_broken_graph(name: str) -> None:
    """With each triple of the example left out in turn, both engines find the same."""
    whole = graph(name).triples.splitlines(keepends=True)
    text = shapes_text(name)
    fast, reference = RustEngine(text), PyShaclEngine(text)
    # pySHACL takes a third of a second a graph; every fifth triple reaches all classes of the example.
    for number in range(0, len(whole), 5):
        data = b"".join(whole[:number] + whole[number + 1 :])
        assert fast.results(data) == reference.results(data), whole[number]


@pytest.mark.parametrize("name", NAMES)
def test_names_begin_with_the_profile(name: str) -> None:
    """Every shape's IRI begins with the profile's name, so that a result tells whose rule it is."""
    start = f"https://w3id.org/ommatidia/shapes/{name}-"
    for quad in ox.parse(shapes_text(name), format=ox.RdfFormat.TURTLE):
        if quad.predicate == ox.NamedNode(str(RDF.type)) and quad.object.value.startswith(str(SH)):
            assert quad.subject.value.startswith(start)
