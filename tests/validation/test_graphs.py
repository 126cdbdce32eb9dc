"""RDF files: our records as RDF, other vocabularies under profiles, syntax errors with their place."""

from __future__ import annotations

import pytest

from catalogue.model.rdf import triples
from catalogue.problems import BadRequest
from catalogue.validation.results import Kind
from tests.model.examples import VALID
from tests.validation.checking import check, check_json, only, places

PREFIXES = """\
@prefix omm: <https://w3id.org/ommatidia/terms/> .
@prefix dcterms: <http://purl.org/dc/terms/> .
"""
STUDY = """\
<https://w3id.org/ommatidia/idr:idr0001> a omm:Study ;
    omm:owner "idr" ;
    dcterms:identifier "idr0001" ;
    dcterms:title "A study" ;
    dcterms:license <https://creativecommons.org/licenses/by/4.0/> .
"""
FULL = next(example for example in VALID if example.name == "Study-full")


def test_record_as_turtle_conforms() -> None:
    """A good study written by hand in Turtle breaks nothing."""
    report = check(PREFIXES + STUDY, name="study.ttl")
    assert (report.kind, report.results, report.triples) == (Kind.RDF, (), 5)


def test_record_of_the_emitter_conforms() -> None:
    """What the catalogue itself writes as N-Triples conforms, hard rules and profile."""
    assert check(triples(FULL.record), "gide-0.2", name="study.nt").results == ()


def test_broken_rules_have_the_place_of_the_statement() -> None:
    """A wrong value is marked itself, a missing one at its subject, with the rule's own words."""
    text = PREFIXES + STUDY.replace('"A study"', '"A study" , "another"').replace("idr:idr0001>", "idr:idr0002>")
    report = check(text, name="study.ttl")
    assert {(path, line) for path, line, _ in places(report)} == {("title", 6), ("id", 3)}
    title = next(one for one in report.results if one.path == "title")
    assert (title.focus, title.predicate) == ("idr:idr0002", "http://purl.org/dc/terms/title")
    assert title.constraints == ("http://www.w3.org/ns/shacl#MaxCountConstraintComponent",)
    assert title.help


@pytest.mark.parametrize(
    ("name", "text", "line", "said"),
    [
        ("a.ttl", "@prefix a: <http://a/> .\na:x a:y zz:d .\n", 2, "zz"),
        ("a.nt", "<http://a/b> <http://a/c> 'x' .\n", 1, "read as RDF"),
        ("a.nq", "<http://a/b> <http://a/c> .\n", 1, "read as RDF"),
        ("a.rdf", "<rdf:RDF>\n<a></b></rdf:RDF>", 1, "not XML"),
        ("a.jsonld", '{"@id": "http://a/b",\n "@type": 5}', 1, "no JSON-LD"),
        ("a.jsonld", '{"@id": "http://a/b",\n "@type": }', 2, "value is expected"),
    ],
)
def test_syntax_error_has_its_line(name: str, text: str, line: int, said: str) -> None:
    """What cannot be parsed is told in words at its line."""
    found = only(check(text, name=name))
    assert said in found.message
    assert found.place is not None and found.place.line == line


def test_doctype_and_depth_of_xml_are_refused() -> None:
    """RDF/XML with entities or endless nesting never reaches its parser."""
    start = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e/">'
    bomb = f'<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>{start}&b;</rdf:RDF>'
    assert "DOCTYPE" in only(check(bomb, name="a.rdf")).message
    assert "deeper" in only(check(start + "<e:a>" * 100_000, name="a.rdf")).message


def test_deep_turtle_ends_in_a_sentence() -> None:
    """A hundred thousand brackets end the parser, not the process."""
    assert "RDF" in only(check("<http://a/a> <http://a/b> " + "[ <http://a/b> " * 100_000, name="a.ttl")).message


@pytest.mark.parametrize(
    "context",
    [
        "http://127.0.0.1:9/c",
        "file:///etc/passwd",
        {"@import": "http://127.0.0.1:9/c"},
        [{"t": {"@id": "e:t", "@context": "http://x/"}}],
    ],
)
def test_remote_contexts_are_never_fetched(context: object) -> None:
    """A context that is not bundled is refused by name, with those that are."""
    found = only(check_json({"@context": context, "@id": "http://a/b"}, name="a.jsonld"))
    assert "nothing is ever fetched" in found.message and "ro/crate/1.2" in found.message


def test_endless_contexts_are_refused() -> None:
    """A bundled context cannot be asked for a thousand times."""
    value = {"@context": ["https://w3id.org/ro/crate/1.2/context"] * 1_000, "@id": "http://a/b"}
    assert "contexts" in only(check_json(value, "gide-0.2-crate", name="a.jsonld")).message


def test_json_ld_is_checked_and_placed() -> None:
    """JSON-LD of our own context is a graph whose objects and keys have places."""
    value = {
        "@context": {"omm": "https://w3id.org/ommatidia/terms/", "title": "http://purl.org/dc/terms/title"},
        "@graph": [{"@id": "https://w3id.org/ommatidia/idr:idr0001", "@type": "omm:Study", "title": ["a", "b"]}],
    }
    report = check_json(value, name="a.jsonld")
    assert report.kind is Kind.RDF
    assert {(path, line) for path, line, _ in places(report)} == {
        ("title", 10), ("accession", 8), ("license", 8), ("owner", 8),
    }  # fmt: skip


def test_graph_without_our_records_is_not_conformity() -> None:
    """RDF in another vocabulary without a profile fails and says what to do."""
    found = only(check("<http://a/b> a <http://www.w3.org/ns/dcat#Dataset> .", name="a.ttl"))
    assert "no record of our model" in found.message and "--profile" in found.help


def test_profile_without_anything_to_check_fails() -> None:
    """A graph in which a profile about source graphs finds nothing does not pass it."""
    found = only(check("<http://a/b> a <http://www.w3.org/ns/dcat#Dataset> .", "gide-0.2-crate", name="a.ttl"))
    assert "Nothing in this file" in found.message and found.profile == "gide-0.2-crate"


def test_source_profile_runs_on_plain_rdf() -> None:
    """The profile over crates is held against the same triples in Turtle."""
    text = '@prefix s: <http://schema.org/> .\n<http://a/b> a s:Dataset ;\n  s:name "x", "y" .\n'
    report = check(text, "gide-0.2-crate", name="a.ttl")
    assert ("name", 3, 3) in places(report)


def test_relative_names_are_shown_as_written() -> None:
    """A focus node with a relative IRI is named as the file names it."""
    text = "@prefix s: <http://schema.org/> .\n<#me> a s:Person .\n"
    assert {one.focus for one in check(text, "gide-0.2-crate", name="a.ttl").results} == {"#me"}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (PREFIXES + STUDY, Kind.RDF),
        ("# note\n\nPREFIX omm: <https://w3id.org/ommatidia/terms/>\n<http://a/> a omm:Study .", Kind.RDF),
        ("<http://a/b> <http://a/c> <http://a/d> .", Kind.RDF),
        ("_:a <http://a/c> _:b .", Kind.RDF),
        ('<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>', Kind.RDF),
        ('{"@id": "http://a/b", "@type": "http://a/c"}', Kind.RDF),
        ('[{"@id": "http://a/b", "http://a/c": 1}]', Kind.RDF),
        ('{"@context": "https://w3id.org/ro/crate/1.2/context", "@graph": []}', Kind.RO_CRATE),
        ('{"@graph": [{"@id": "ro-crate-metadata.json", "about": {"@id": "./"}}]}', Kind.RO_CRATE),
        ('{"type": "Study"}', Kind.RECORDS),
        ('[{"type": "Study"}]', Kind.RECORDS),
        ("type: Study\n", Kind.RECORDS),
        ("- type: Study\n", Kind.RECORDS),
        ("[a, b]", Kind.RECORDS),
    ],
)
def test_kind_is_told_by_content(text: str, kind: Kind) -> None:
    """A file of no telling name, as standard input is, is taken for what it holds."""
    assert check(text, name="-").kind is kind


@pytest.mark.parametrize(
    ("name", "kind"),
    [("a.yaml", Kind.RDF), ("a.yaml", Kind.RO_CRATE), ("a.ttl", Kind.RECORDS), ("a.ttl", Kind.RO_CRATE)],
)
def test_file_cannot_be_what_it_is_not(name: str, kind: Kind) -> None:
    """Saying that YAML is RDF, or Turtle records, is a mistake of the call."""
    with pytest.raises(BadRequest):
        check("", name=name, kind=kind) if name == "a.ttl" else check("a: 1", name=name, kind=kind)


def test_kind_can_be_forced() -> None:
    """The same JSON is a crate, a graph or a record, as it is said to be."""
    text = '{"@context": {}, "@graph": [], "type": "Study"}'
    assert check(text, name="a.json", kind=Kind.RECORDS).kind is Kind.RECORDS
    assert check(text, name="a.json", kind=Kind.RO_CRATE).kind is Kind.RO_CRATE
    assert check(text, name="a.json").kind is Kind.RDF
