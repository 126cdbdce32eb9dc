"""One report as JSON, SARIF and SHACL: the structures are those that their readers expect."""

from __future__ import annotations

import json
from typing import Any

import pytest
import rdflib
from rdflib import RDF, SH

from catalogue.model.pyshacl_engine import PyShaclEngine
from catalogue.model.rdf import triples
from catalogue.model.validation import shapes_text
from catalogue.problems import RecordRejected
from catalogue.validation.reports.json import render_json
from catalogue.validation.reports.sarif import render_sarif
from catalogue.validation.reports.turtle import render_turtle
from catalogue.validation.results import SEVERITIES, Report
from tests.model.examples import INVALID
from tests.validation.checking import STUDY, check, check_json

BAD = STUDY + "date_published: soon\nkeywords: [cells]\norganisms: [NCBITaxon:9606]\n"
CRATE = {"@context": "https://w3id.org/ro/crate/1.2/context", "@graph": [{"@id": "#a", "@type": "Person"}]}


@pytest.fixture(scope="module")
def report() -> Report:
    """Records, a crate, RDF and a file that is none of them, with a profile for each."""
    profiles = ("gide-0.2", "gide-0.2-crate")
    return Report(
        (
            check(BAD, *profiles, name="folder/a study.yaml"),
            check_json(CRATE, *profiles),
            check("<http://a/b> a <http://schema.org/Dataset> .", *profiles, name="/abs/a.ttl"),
            check(b"\xff\xfe", *profiles, name="-"),
        ),
        profiles,
    )


def test_json_has_its_documented_members(report: Report) -> None:
    """The document and each result have all members of the reference, null where nothing is known."""
    made = json.loads(render_json(report))
    assert set(made) == {"conforms", "schema_version", "profiles", "counts", "files"}
    assert made["conforms"] is False and set(made["counts"]) == set(SEVERITIES)
    assert [one["name"] for one in made["profiles"]] == ["gide-0.2", "gide-0.2-crate"]
    assert [file["kind"] for file in made["files"]] == ["records", "ro-crate", "rdf", None]
    for file in made["files"]:
        assert set(file) == {"file", "kind", "records", "triples", "results", "left_out"}
        for result in file["results"]:
            assert set(result) == {
                "severity", "message", "suggestion", "help", "focus", "label", "class", "path", "property", "value",
                "profile", "rule", "constraints", "line", "column", "excerpt",
            }  # fmt: skip
            assert result["severity"] in SEVERITIES and result["message"] and result["rule"].startswith("https://")
    (date,) = [one for one in made["files"][0]["results"] if one["path"] == "date_published"]
    assert (date["line"], date["column"], date["value"], date["profile"]) == (7, 17, "soon", None)
    assert date["property"] == "http://purl.org/dc/terms/issued"


def test_json_conforms_by_the_same_rule_as_the_exit_code() -> None:
    """Warnings fail when they shall, and only then."""
    text = triples(next(e for e in INVALID if e.name == "Study-id-of-another-owner").record)
    bad = Report((check(text, name="a.nt"),))
    assert json.loads(render_json(bad))["conforms"] is False
    good = Report((check(STUDY),))
    assert json.loads(render_json(good, strict=True))["conforms"] is True


def test_sarif_has_what_the_standard_requires(report: Report) -> None:
    """Version, tool, rules and results have the required properties, and indices and regions fit (SARIF 2.1.0)."""
    log = json.loads(render_sarif(report))
    assert log["version"] == "2.1.0" and log["$schema"].startswith("https://")
    (run,) = log["runs"]
    driver = run["tool"]["driver"]
    assert driver["name"] and run["columnKind"] == "unicodeCodePoints"
    ids = [rule["id"] for rule in driver["rules"]]
    assert len(ids) == len(set(ids)) and all(rule["shortDescription"]["text"] for rule in driver["rules"])
    assert len(run["results"]) == sum(len(file.results) for file in report.files)
    for result in run["results"]:
        assert ids[result["ruleIndex"]] == result["ruleId"]
        assert result["level"] in {"error", "warning", "note"} and result["message"]["text"]
        (location,) = result["locations"]
        assert location["physicalLocation"]["artifactLocation"]["uri"]
        region = location["physicalLocation"].get("region")
        if region is not None:
            assert region["startLine"] >= 1 and region["startColumn"] >= 1
            assert region["endColumn"] > region["startColumn"]
    uris = [one["location"]["uri"] for one in run["artifacts"]]
    assert uris == ["folder/a%20study.yaml", "ro-crate-metadata.json", "file:///abs/a.ttl", "stdin"]


def graph(report: Report) -> rdflib.Graph:
    """The SHACL report, parsed."""
    return rdflib.Graph().parse(data=render_turtle(report), format="turtle")


def test_shacl_report_is_one_by_the_recommendation(report: Report) -> None:
    """One sh:ValidationReport; each result with the properties and cardinalities of SHACL, section 3.6.2."""
    made = graph(report)
    (root,) = made.subjects(RDF.type, SH.ValidationReport)
    assert made.value(root, SH.conforms) == rdflib.Literal(False)
    results = set(made.objects(root, SH.result))
    assert results == set(made.subjects(RDF.type, SH.ValidationResult)) and len(results) >= 10
    for result in results:
        for required in (SH.focusNode, SH.resultSeverity, SH.sourceConstraintComponent):
            assert len(list(made.objects(result, required))) == 1, required
        for optional in (SH.resultPath, SH.value, SH.sourceShape):
            assert len(list(made.objects(result, optional))) <= 1, optional
        assert made.value(result, SH.resultSeverity) in (SH.Violation, SH.Warning, SH.Info)
        assert isinstance(made.value(result, SH.sourceConstraintComponent), rdflib.URIRef)
    assert list(graph(Report((check(STUDY),))).objects(None, SH.conforms)) == [rdflib.Literal(True)]


def test_long_paths_are_written_out() -> None:
    """A path that is no single IRI stands in the report as SHACL writes it, inverse and alternatives included."""
    from catalogue.validation.results import Result
    from catalogue.validation.rules import Rules

    shapes = Rules(
        "@prefix sh: <http://www.w3.org/ns/shacl#> . <http://a/s> a sh:PropertyShape ; "
        "sh:path [ sh:alternativePath ( <http://a/p> [ sh:inversePath <http://a/q> ] ) ] ; sh:minCount 1 ."
    )
    made = rdflib.Graph()
    for triple in shapes.path_triples("http://a/s"):
        made.parse(data=f"{triple} .", format="nt")
    assert shapes.path("http://a/s") == "" and Result("info", "x", "http://a/s").predicate == ""
    assert (None, SH.inversePath, rdflib.URIRef("http://a/q")) in made
    assert len(list(made.subject_objects(RDF.first))) == 2


AS_RDF = [
    e for e in INVALID
    if e.name in {
        "Study-license-missing", "Study-date_published-is-a-year", "Study-organisms-not-in-terms",
        "Study-id-of-another-owner", "Person-name-missing", "Image-study-missing", "Study-file_count-negative",
        "Publication-date_issued-in-words", "ImageRepresentation-pixel_size_x_um-is-zero", "Tombstone-reason-missing",
    }
]  # fmt: skip


@pytest.mark.parametrize("example", AS_RDF, ids=[e.name for e in AS_RDF])
def test_shacl_report_says_what_pyshacl_says(example: Any) -> None:
    """Focus nodes, paths and severities are those that pySHACL finds in the record's RDF."""
    text = json.dumps(example.record)
    made = graph(Report((check(text, name="a.json", class_name=example.class_name),)))
    ours = {
        (
            str(made.value(result, SH.focusNode)),
            str(made.value(result, SH.resultPath) or ""),
            str(made.value(result, SH.resultSeverity)),
        )
        for result in made.subjects(RDF.type, SH.ValidationResult)
    }
    results = PyShaclEngine(shapes_text()).results(triples(example.record, example.class_name))
    assert ours == {(one.focus, one.path, one.severity) for one in results}
    assert ours


def test_refusal_of_a_file_is_in_every_format(report: Report) -> None:
    """A file that cannot be read is a violation in all of them, with the rule of its quarantine reason."""
    rule = RecordRejected("x", reason="bad-encoding").reason
    assert f"record-rejected#{rule}" in render_json(report)
    assert f'"ruleId": "{rule}"' in render_sarif(report)
    assert f"record-rejected#{rule}" in render_turtle(report)
