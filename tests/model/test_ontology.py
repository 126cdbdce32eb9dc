"""The vocabulary is OWL 2 DL, says about itself what registries ask, and fits the data, to reasoners too."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
from functools import cache
from pathlib import Path

import owlrl
import pyoxigraph as ox
import pytest
from owlrl.Namespaces import ERRNS
from rdflib import OWL, RDF, RDFS, Graph, Literal, Namespace, URIRef

from catalogue import resources
from catalogue.model.namespaces import TERMS
from catalogue.model.pyshacl_engine import verbatim_graph
from catalogue.model.rdf import triples
from catalogue.model.table import schema_version
from tests.model.examples import VALID

DCTERMS = Namespace("http://purl.org/dc/terms/")
VANN = Namespace("http://purl.org/vocab/vann/")
SCHEMA = Namespace("http://schema.org/")
XSD = Namespace("http://www.w3.org/2001/XMLSchema#")
VOCABULARY = URIRef(TERMS.rstrip("/"))
KINDS = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty, OWL.NamedIndividual)
# OWL 2 Syntax, sections 4 and 5.5: what may be said without being declared.
ANNOTATIONS = {RDFS.label, RDFS.comment, RDFS.seeAlso, RDFS.isDefinedBy, OWL.versionInfo, OWL.deprecated}
DATATYPES = {RDFS.Literal} | {
    XSD[name] for name in ("string", "boolean", "integer", "decimal", "double", "float", "anyURI", "dateTime")
}
AXIOMS = {RDF.type, RDFS.subClassOf, RDFS.domain, RDFS.range, OWL.versionIRI}


@cache
def ontology() -> Graph:
    """The generated file."""
    return Graph().parse(resources.model_file("ontology.ttl"), format="turtle")


@cache
def data() -> bytes:
    """The triples of all valid examples."""
    return b"".join(triples(example.record, example.class_name) for example in VALID)


def declared(kind: URIRef) -> set[URIRef]:
    """Everything that is declared to be of a kind."""
    return set(ontology().subjects(RDF.type, kind))


def test_vocabulary_describes_itself() -> None:
    """Title, description, creator, licence, version and preferred prefix are there, as FOOPS! looks for them."""
    graph = ontology()
    assert declared(OWL.Ontology) == {VOCABULARY}
    for predicate in (DCTERMS.title, DCTERMS.description, DCTERMS.creator, RDFS.label, RDFS.comment):
        assert isinstance(graph.value(VOCABULARY, predicate), Literal), predicate
    assert graph.value(VOCABULARY, DCTERMS.license) == URIRef("https://creativecommons.org/publicdomain/zero/1.0/")
    assert graph.value(VOCABULARY, OWL.versionIRI) == URIRef(TERMS + schema_version())
    assert graph.value(VOCABULARY, OWL.versionInfo) == Literal(schema_version())
    assert graph.value(VOCABULARY, VANN.preferredNamespacePrefix) == Literal("omm")
    assert graph.value(VOCABULARY, VANN.preferredNamespaceUri) == Literal(TERMS)


def test_every_term_of_ours_is_labelled_described_and_placed() -> None:
    """Terms of ours have a label, a definition and the vocabulary that defines them; others are never claimed."""
    graph = ontology()
    for kind in KINDS:
        for term in declared(kind):
            ours = str(term).startswith(TERMS)
            assert (graph.value(term, RDFS.isDefinedBy) == VOCABULARY) is ours, term
            assert not ours or (graph.value(term, RDFS.label) and graph.value(term, RDFS.comment)), term


def test_no_property_is_of_two_kinds() -> None:
    """A property is an object, a datatype or an annotation property (OWL 2 Syntax, 5.8.1); a class is no datatype."""
    kinds = [declared(kind) for kind in (OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)]
    assert sum(map(len, kinds)) == len(set.union(*kinds))
    assert not declared(OWL.Class) & DATATYPES


def test_nothing_of_owl_itself_is_redefined() -> None:
    """rdf:, rdfs:, owl: and xsd: are only used as OWL uses them (OWL 2 Syntax, 5.8.1)."""
    reserved = (str(RDF), str(RDFS), str(OWL), str(XSD))
    for kind in (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.NamedIndividual):
        assert not [term for term in declared(kind) if str(term).startswith(reserved)]


def test_everything_that_is_said_is_declared() -> None:
    """Predicates are annotations or axioms; classes, domains and ranges are declared, datatypes are OWL's own."""
    graph, classes = ontology(), declared(OWL.Class)
    assert set(graph.predicates()) <= ANNOTATIONS | AXIOMS | declared(OWL.AnnotationProperty)
    assert set(graph.objects(None, RDF.type)) <= classes | set(KINDS) | {OWL.Ontology}
    for predicate in (RDFS.subClassOf, RDFS.domain):
        assert set(graph.objects(None, predicate)) <= classes
    for kind, allowed in ((OWL.ObjectProperty, classes), (OWL.DatatypeProperty, DATATYPES)):
        assert {found for term in declared(kind) for found in graph.objects(term, RDFS.range)} <= allowed


def test_conclusions_are_drawn_about_terms_of_ours_only() -> None:
    """Domain, range and superclass are stated of our terms; to say them of another's would change what others mean."""
    for predicate in (RDFS.subClassOf, RDFS.domain, RDFS.range):
        subjects = set(ontology().subjects(predicate))
        assert subjects and all(str(subject).startswith(TERMS) for subject in subjects)


def test_every_property_says_where_it_belongs() -> None:
    """Each property of ours tells reasoners or people of which classes it is and, but for plain links, to what."""
    graph = ontology()
    links = {term for term in declared(OWL.ObjectProperty) if not list(graph.objects(term, RDFS.range))}
    for term in declared(OWL.ObjectProperty) | declared(OWL.DatatypeProperty):
        if str(term).startswith(TERMS) and term != URIRef(TERMS + "position"):
            assert list(graph.objects(term, RDFS.domain)) or list(graph.objects(term, SCHEMA.domainIncludes)), term
            assert (
                term in links
                or list(graph.objects(term, RDFS.range))
                or list(graph.objects(term, SCHEMA.rangeIncludes))
            )


def test_data_use_only_what_is_declared() -> None:
    """Each predicate and each class in the examples is declared, so that ontology and data together are OWL 2 DL."""
    properties = set.union(*(declared(kind) for kind in KINDS[1:4])) | ANNOTATIONS
    for _, predicate, value in verbatim_graph(data()):
        assert value in declared(OWL.Class) if predicate == RDF.type else predicate in properties


def test_examples_are_consistent_with_the_ontology() -> None:
    """An OWL 2 RL reasoner closes ontology and examples without finding a contradiction or an ill-formed literal."""
    graph = verbatim_graph(data()) + ontology()
    before = len(graph)
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics, axiomatic_triples=False, datatype_axioms=False).expand(graph)
    assert len(graph) > before
    # owlrl 7.6.2 takes zero for a double that is too small to be one.
    assert [str(message) for message in graph.objects(None, ERRNS.error) if "'0.0E0'" not in str(message)] == []
    assert list(graph.subjects(RDF.type, OWL.Nothing)) == []


def test_rl_reasoner_would_see_a_contradiction() -> None:
    """The check above is no formality: text in a field of numbers is found."""
    graph = Graph() + ontology()
    graph.add((URIRef("https://example.org/s"), URIRef(TERMS + "fileCount"), Literal("many", datatype=XSD.integer)))
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics, axiomatic_triples=False, datatype_axioms=False).expand(graph)
    assert list(graph.objects(None, ERRNS.error))


def hermit(folder: Path, *more: str) -> str:
    """What HermiT says of ontology and examples together; owlready2 brings it along."""
    found = importlib.util.find_spec("owlready2")
    if found is None or found.origin is None:
        pytest.skip("owlready2, which brings the reasoner HermiT, is not installed")
    if shutil.which("java") is None:
        pytest.skip("there is no Java to run the reasoner HermiT")
    statements = [quad.triple for quad in ox.parse(path=str(resources.model_file("ontology.ttl")))]
    for text in (data(), *(line.encode() for line in more)):
        statements += [quad.triple for quad in ox.parse(text, format=ox.RdfFormat.N_TRIPLES)]
    file = folder / "all.rdf"
    file.write_bytes(ox.serialize(statements, format=ox.RdfFormat.RDF_XML) or b"")
    home = Path(found.origin).parent / "hermit"
    command = ["java", "-cp", f"{home}:{home / 'HermiT.jar'}", "org.semanticweb.HermiT.cli.CommandLine"]
    # Days and years are no datatypes of OWL 2; HermiT passes over their values.
    command += ["--ignoreUnsupportedDatatypes", "--consistency", file.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
    return done.stdout + done.stderr


def test_dl_reasoner_finds_a_model(tmp_path: Path) -> None:
    """HermiT, a complete OWL 2 DL reasoner, loads ontology and examples and finds them satisfiable."""
    assert "owl#Thing is satisfiable" in hermit(tmp_path)


def test_dl_reasoner_would_see_a_contradiction(tmp_path: Path) -> None:
    """The check above is no formality: a count in words is found."""
    said = hermit(tmp_path, f'<https://example.org/s> <{TERMS}fileCount> "many" .\n')
    assert "Inconsistent ontology" in said
