"""The generated files are what the schema gives, and are fit to be published."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from rdflib import OWL, RDF, RDFS, SH, Graph

from catalogue import resources
from catalogue.model.compiler.build import GENERATED, generate
from catalogue.model.namespaces import PREFIXES, TERMS
from catalogue.model.profiles import Subject
from catalogue.model.profiles import profiles as headers
from catalogue.model.rdf import triples
from catalogue.model.shacl_engines import RustEngine
from catalogue.model.table import classes
from catalogue.model.validation import profiles, shapes_text
from tests.model.examples import INVALID, VALID
from tests.model.shacl_paths import followed, is_named_or_plain

ROOT = resources.schema_dir().parent
TEXTS = {"hard": shapes_text(), **{name: shapes_text(name) for name in profiles()}}
# Those about source graphs as well are held against graphs of their own: tests/validation/test_source_profiles.py.
ON_RECORDS = {n: t for n, t in TEXTS.items() if n == "hard" or headers()[n].applies_to == {Subject.RECORDS}}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with everything generated afresh."""
    folder = tmp_path_factory.mktemp("generated")
    generate(resources.schema_dir() / "ommatidia.yaml", folder)
    return folder


@pytest.mark.parametrize("name", GENERATED)
def test_committed_file_is_what_the_schema_gives(name: str, made: Path) -> None:
    """No generated file was edited by hand or left behind by a change of the schema."""
    assert (ROOT / name).read_bytes() == (made / name).read_bytes(), "run python -m catalogue.model.compiler"


@pytest.mark.parametrize("name", GENERATED)
def test_generated_file_says_so(name: str) -> None:
    """Whoever opens a generated file reads in its first lines that it must not be edited."""
    assert "generated, do not edit" in (ROOT / name).read_text("utf-8")[:400]


def test_generation_does_not_depend_on_the_place(made: Path) -> None:
    """No generated file holds a path of the machine it was made on."""
    for name in GENERATED:
        text = (made / name).read_text("utf-8")
        assert str(ROOT) not in text and str(made) not in text, name


def test_emitter_and_gates_do_without_linkml() -> None:
    """Importing emitter, JSON-LD, records and gates loads nothing of LinkML."""
    code = (
        "import sys, catalogue.model.rdf, catalogue.model.validation, catalogue.model.records;"
        "print([m for m in sys.modules if m.startswith('linkml') and m != 'linkml_meta'])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_context_knows_all_prefixes_that_no_field_hides() -> None:
    """Each CURIE of the prefix map can be read with the context alone, but for fields of the same name."""
    context = json.loads(resources.model_file("context.jsonld").read_text("utf-8"))["@context"]
    hidden = {name for name in PREFIXES if not isinstance(context.get(name), dict) or "@prefix" not in context[name]}
    assert hidden == {"doi", "orcid", "ror"}
    assert all(context[name]["@id"] == PREFIXES[name] for name in PREFIXES if name not in hidden)


def test_ontology_names_every_class_and_property() -> None:
    """The OWL file has a labelled, explained class or property for everything the emitter writes."""
    ontology = Graph().parse(resources.model_file("ontology.ttl"), format="turtle")
    assert not [node for node in ontology.all_nodes() if isinstance(node, rdflib.BNode)]
    for example in VALID:
        for _, predicate, value in Graph().parse(data=triples(example.record, example.class_name), format="nt"):
            term = value if predicate == RDF.type else predicate
            assert ontology.value(term, RDFS.label) or term == RDF.type, term
    kinds = {OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.NamedIndividual}
    for kind in kinds:
        found = set(ontology.subjects(RDF.type, kind))
        assert found, kind
        for term in found:
            assert ontology.value(term, RDFS.label), term
            assert ontology.value(term, RDFS.comment) or not str(term).startswith(TERMS), term


def test_links_are_object_properties() -> None:
    """The ontology says of a property that leads to IRIs that it does, as the emitter writes it."""
    ontology = Graph().parse(resources.model_file("ontology.ttl"), format="turtle")
    for example in VALID:
        for _, predicate, value in Graph().parse(data=triples(example.record, example.class_name), format="nt"):
            if predicate != RDF.type:
                expected = OWL.DatatypeProperty if isinstance(value, rdflib.Literal) else OWL.ObjectProperty
                # What OWL needs for its own descriptions (dcterms:title) can be neither (test_ontology.py).
                kinds = set(ontology.objects(predicate, RDF.type))
                assert kinds in ({expected}, {OWL.AnnotationProperty}), predicate


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_shapes_are_named_and_speak(text: str) -> None:
    """Every property shape has an IRI of ours, a field, a sentence, a severity; only lists and paths have none."""
    graph = Graph().parse(data=text, format="turtle")
    shapes = set(graph.objects(None, SH.property)) | set(graph.subjects(RDF.type, SH.PropertyShape))
    assert shapes
    for shape in shapes:
        assert str(shape).startswith("https://w3id.org/ommatidia/shapes/"), shape
        assert len(list(graph.objects(shape, SH.path))) == 1
        assert len(list(graph.objects(shape, SH.name))) == 1
        assert len(str(graph.value(shape, SH.message))) > 20
        assert graph.value(shape, SH.severity) in (SH.Violation, SH.Warning, SH.Info)
    blank = {s for s in graph.subjects() if isinstance(s, rdflib.BNode)}
    assert all(is_named_or_plain(graph, node) for node in blank)
    assert not list(graph.subject_objects(SH.closed))
    RustEngine(text)  # refuses shapes that are not well formed


def test_hard_rules_all_block() -> None:
    """What decides whether a record may enter is a violation; nothing there only annotates."""
    graph = Graph().parse(data=TEXTS["hard"], format="turtle")
    assert set(graph.objects(None, SH.severity)) == {SH.Violation}


@pytest.mark.parametrize("text", ON_RECORDS.values(), ids=ON_RECORDS.keys())
def test_every_shape_has_a_focus_node_with_a_value(text: str) -> None:
    """No shape checks nothing: each target exists in the examples, and each property has a value somewhere."""
    shapes = Graph().parse(data=text, format="turtle")
    data = Graph()
    for example in VALID:
        data.parse(data=triples(example.record, example.class_name), format="nt")
    targeted = set(shapes.subjects(SH.targetClass)) | set(shapes.subjects(SH.targetSubjectsOf))
    assert targeted
    for shape in targeted:
        focus = {n for c in shapes.objects(shape, SH.targetClass) for n in data.subjects(RDF.type, c)}
        focus |= {n for p in shapes.objects(shape, SH.targetSubjectsOf) for n in data.subjects(p)}
        assert focus, shape
        for rule in shapes.objects(shape, SH.property):
            path = followed(shapes, shapes.value(rule, SH.path))
            assert any(data.value(node, path) is not None for node in focus), rule


def test_shapes_are_reached_from_a_target() -> None:
    """No property shape was written and then forgotten by its class."""
    for text in TEXTS.values():
        shapes = Graph().parse(data=text, format="turtle")
        assert set(shapes.subjects(RDF.type, SH.PropertyShape)) == set(shapes.objects(None, SH.property))


def test_every_hard_rule_has_a_bad_example() -> None:
    """Each hand-written rule is broken by at least one invalid example."""
    hard = (resources.shapes_dir() / "hard.ttl").read_text("utf-8")
    shapes = Graph().parse(data=hard, format="turtle")
    rules = {str(s) for s in shapes.subjects(RDF.type, SH.PropertyShape)} | {"https://w3id.org/ommatidia/shapes/Record"}
    engine = RustEngine(shapes_text())
    broken = set()
    for example in INVALID:
        try:
            data = triples(example.record, example.class_name)
        except ValueError:
            continue
        broken |= {v.shape for v in engine.validate(data)}
    assert rules - broken == set()


def test_classes_have_shapes_of_their_own() -> None:
    """No two classes share an IRI, so that no shape checks another class's things (linkml 3011)."""
    shapes = Graph().parse(resources.shapes_dir() / "records.ttl", format="turtle")
    targets = list(shapes.objects(None, SH.targetClass))
    assert len(targets) == len(set(targets)) == len(classes())


def test_turtle_files_parse_in_the_graph_engine() -> None:
    """pyoxigraph reads the ontology and all shapes, as the hub publishes them."""
    for path in [resources.model_file("ontology.ttl"), *resources.shapes_dir().rglob("*.ttl")]:
        assert len(list(ox.parse(path=str(path)))) > 10
