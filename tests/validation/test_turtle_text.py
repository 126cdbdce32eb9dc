"""Subjects and properties are found in Turtle and its kin at the place where they stand, or not at all."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.validation.graphs import BASE_IRI, graph_of_text
from catalogue.validation.source import SourceText
from catalogue.validation.turtle_text import find_subjects, resolve
from catalogue.validation.xml_text import find_elements

TURTLE = """\
@prefix e: <http://example.org/> .
@base <http://base.example/dir/> .
PREFIX dc: <http://purl.org/dc/terms/>
# e:comment dc:title "not this" .
e:one a e:Thing ; dc:title "first ; with . marks # and <iri>" , 'second'@en-GB ;
    dc:issued "2020"^^<http://www.w3.org/2001/XMLSchema#gYear> ; e:size 1.5e3 , -2.0, 3 .
<rel> dc:relation [ dc:title "inner" ; e:p ( 1 2 e:one ) ] ; dc:title \"\"\"long
"text" here\"\"\" .
[] dc:title "nobody" .
e:with\\.dot e:p.q true .
GRAPH e:g { e:three dc:title "in a graph" }
_:b dc:title "blank" . e:one dc:creator e:two .
"""


def place(text: str, subject: str, predicate: str = "", value: str = "") -> tuple[int, str]:
    """Line and marked text that the locator of the graph gives."""
    graph = graph_of_text(SourceText(text), ox.RdfFormat.TRIG)
    graph.locator.expect([subject])
    found = graph.locator.place(subject, predicate, value)
    assert found is not None
    return found.line, found.excerpt[found.offset : found.offset + found.length]


@pytest.mark.parametrize(
    ("subject", "predicate", "value", "where"),
    [
        ("http://example.org/one", "", "", (5, "e:one")),
        ("http://example.org/one", "http://purl.org/dc/terms/title", "second", (5, "'second'")),
        ("http://example.org/one", "http://purl.org/dc/terms/issued", "2020", (6, '"2020"')),
        ("http://example.org/one", "http://example.org/size", "-2.0", (6, "-2.0")),
        ("http://example.org/one", "http://purl.org/dc/terms/creator", "http://example.org/two", (12, "e:two")),
        ("http://example.org/one", "http://purl.org/dc/terms/license", "", (5, "e:one")),
        ("http://base.example/dir/rel", "http://purl.org/dc/terms/relation", "", (7, "dc:relation")),
        ("http://base.example/dir/rel", "http://purl.org/dc/terms/title", 'long\n"text" here', (7, '"""long')),
        ("http://example.org/with.dot", "http://example.org/p.q", "", (10, "e:p.q")),
        ("http://example.org/three", "http://purl.org/dc/terms/title", "in a graph", (11, '"in a graph"')),
        ("http://example.org/one", "http://www.w3.org/1999/02/22-rdf-syntax-ns#type", "", (5, "a")),
    ],
)
def test_statement_is_found_where_it_stands(subject: str, predicate: str, value: str, where: tuple[int, str]) -> None:
    """The value is found where it can be told, else the property, else the subject."""
    assert place(TURTLE, subject, predicate, value) == where


def test_what_is_inside_brackets_has_no_place() -> None:
    """Properties of nodes without a name are not taken for those of the subject around them."""
    found = find_subjects(SourceText(TURTLE), {"http://base.example/dir/rel"}, BASE_IRI)
    assert set(found["http://base.example/dir/rel"].properties) == {
        "http://purl.org/dc/terms/relation",
        "http://purl.org/dc/terms/title",
    }


def test_what_is_only_pointed_at_is_found_there() -> None:
    """A thing that is no subject has the place where it is first named, inside brackets too."""
    text = "@prefix e: <http://e/> .\ne:a e:p e:b ;\n  e:q [ e:r e:c ] .\n"
    assert place(text, "http://e/b") == (2, "e:b")
    assert place(text, "http://e/c") == (3, "e:c")
    assert place(text + "e:c e:p 1 .", "http://e/c") == (4, "e:c")


def test_text_that_cannot_be_followed_gives_no_places() -> None:
    """A prefix nobody declared, or a mark nobody knows, gives no places rather than wrong ones."""
    assert find_subjects(SourceText("e:a e:b e:c ."), {"e:a"}, BASE_IRI) == {}
    assert find_subjects(SourceText("<http://a/> <http://b/> ^ ."), {"http://a/"}, BASE_IRI) == {}


IRIS = st.text("abc", min_size=1, max_size=2).map(lambda name: ox.NamedNode(f"http://example.org/{name}"))
OBJECTS = IRIS | st.text(max_size=8).map(ox.Literal) | st.integers().map(ox.Literal)
FORMS = {ox.RdfFormat.TURTLE, ox.RdfFormat.N_TRIPLES, ox.RdfFormat.TRIG}


@given(st.lists(st.tuples(IRIS, IRIS, OBJECTS), min_size=1, max_size=8), st.sampled_from(sorted(FORMS, key=str)))
def test_every_subject_that_a_writer_writes_is_found(
    rows: list[tuple[ox.NamedNode, ox.NamedNode, ox.NamedNode | ox.Literal]], form: ox.RdfFormat
) -> None:
    """In what a serialiser writes, each subject and each property is found at a token that names it."""
    triples = [ox.Triple(*row) for row in rows]
    text = (ox.serialize(triples, format=form, prefixes={"e": "http://example.org/"}) or b"").decode()
    found = find_subjects(SourceText(text), {triple.subject.value for triple in triples}, BASE_IRI)
    for triple in triples:
        known = found[triple.subject.value]
        start, end = known.span
        assert text[start:end].strip("<>").endswith(triple.subject.value.rpartition("/")[2])
        (start, end), objects = known.properties[triple.predicate.value]
        assert text[start:end].strip("<>").endswith(triple.predicate.value.rpartition("/")[2])
        assert triple.object.value in [value for value, _ in objects]


@pytest.mark.parametrize(
    ("reference", "iri"),
    [
        ("x", "arcp://name,file/x"),
        ("#x", "arcp://name,file/#x"),
        ("/a/../b", "arcp://name,file/b"),
        ("http://example.org/a", "http://example.org/a"),
        ("urn:a:b", "urn:a:b"),
        ("", "arcp://name,file/"),
    ],
)
def test_references_resolve_as_the_parser_resolves_them(reference: str, iri: str) -> None:
    """A relative IRI has the same absolute form here and in the parser."""
    assert resolve(BASE_IRI, reference) == iri
    (quad,) = ox.parse(f"<{reference}> <x:p> <x:o> .", format=ox.RdfFormat.TURTLE, base_iri=BASE_IRI)
    assert quad.subject.value == iri


RDF_XML = """\
<?xml version="1.0" encoding="utf-8"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://example.org/"
         xml:base="http://base.example/">
  <e:Thing rdf:about="http://example.org/Zü">
    <e:title>a title</e:title>
  </e:Thing>
  <rdf:Description rdf:ID="me"><e:by rdf:resource="#you"/><e:in><e:Thing rdf:about="rel"/></e:in></rdf:Description>
</rdf:RDF>
"""


def test_elements_of_rdf_xml_are_found() -> None:
    """Subjects by rdf:about and rdf:ID, and their properties, are found against xml:base."""
    wanted = {"http://example.org/Zü", "http://base.example/#me", "http://base.example/rel", "http://base.example/#you"}
    source = SourceText(RDF_XML)
    found = find_elements(source, wanted, BASE_IRI)
    assert {iri: source.place(*one.span).line for iri, one in found.items()} == {
        "http://example.org/Zü": 4,
        "http://base.example/#me": 7,
        "http://base.example/rel": 7,
        "http://base.example/#you": 7,
    }
    (title, _) = found["http://example.org/Zü"].properties["http://example.org/title"]
    assert source.place(*title).line == 5
