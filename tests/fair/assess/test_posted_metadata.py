"""Metadata can be assessed before they are published: faults first, then all that metadata decide."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from catalogue.fair.assess.base import MOST_PARTS
from catalogue.fair.assess.service import MOST_BYTES, Assessor
from catalogue.fair.benchmark import DEFAULT, shipped
from catalogue.fair.forms.base import forms
from catalogue.fair.metrics.base import metrics
from catalogue.fair.outcomes import Outcome
from catalogue.model.identifiers import add_owners, parse_identifier
from catalogue.model.namespaces import ASSESSED
from catalogue.model.record_identity import check_identity
from catalogue.problems import BadIdentifier, RecordRejected, TooLargeToAssess, TooManyRequests
from tests.fair.assess.assessor_over_loopback import CC_BY, DATASET, TURTLE, assessor
from tests.fair.conftest import audit_of, study
from tests.fair.reports_for_forms import Links

YAML = f"""\
type: Study
id: biostudies:S-BIAD1
accession: S-BIAD1
owner: biostudies
title: Nuclei of zebrafish embryos
license: {CC_BY}
"""


def crate(**root: object) -> bytes:
    """A crate of nobody known."""
    graph = [
        {"@id": "ro-crate-metadata.json", "@type": "CreativeWork", "about": {"@id": "./"},
         "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"}},
        {"@id": "./", "@type": "Dataset", "name": "A crate", "license": {"@id": CC_BY}, **root},
    ]  # fmt: skip
    return json.dumps({"@context": "https://w3id.org/ro/crate/1.1/context", "@graph": graph}).encode()


@pytest.fixture(scope="module")
def judge() -> Assessor:
    return assessor()


def test_a_record_is_judged_as_it_will_be_when_published(judge: Assessor) -> None:
    """What metadata decide is decided as in an audit; what only the published page tells is open, with that reason."""
    record = study(1)
    found = judge.posted("study.json", json.dumps(record).encode())
    published = audit_of(record).judgements[record["id"]]
    for name, judgement in found.audit.judgements[found.target].items():
        if judgement.said.startswith("The record is not published yet"):
            assert judgement.outcome is Outcome.INDETERMINATE
        else:
            # The audit to compare with was made without the results of profiles.
            profiles = any("profile" in fact for fact in metrics()[name].reads)
            assert profiles or judgement.outcome is published[name].outcome, name
    for name, metric in metrics().items():
        if metric.checks:
            assert "not published yet" in found.audit.judgements[found.target][name].said
    assert found.target == "biostudies:S-BIAD1"


def test_yaml_is_read(judge: Assessor) -> None:
    """A record of the model as YAML is assessed under its own name."""
    found = judge.posted("study.yaml", YAML.encode())
    assert found.target == "biostudies:S-BIAD1" and found.title == "Nuclei of zebrafish embryos"
    assert not [one for one in found.faults.results if one.severity == "violation"]  # type: ignore[union-attr]


def test_faults_by_the_hard_rules_come_with_their_place(judge: Assessor) -> None:
    """A licence that is no address is told with its line, and the assessment is made all the same."""
    found = judge.posted("study.yaml", YAML.replace(CC_BY, "[1, 2]").encode())
    faults = [one for one in found.faults.results if one.severity == "violation"]  # type: ignore[union-attr]
    assert faults and faults[0].place is not None and faults[0].place.line == 6


def test_a_crate_of_nobody_known_has_a_name_by_its_content(judge: Assessor) -> None:
    """It is named by its bytes; whether its identifier will do is open; nothing tells the name used inside."""
    found = judge.posted("ro-crate-metadata.json", crate())
    assert found.target.startswith("ni:///sha-256;") and found.title == "A crate"
    judged = found.audit.judgements[found.target]
    assert judged["identifier-iri"].outcome is Outcome.INDETERMINATE
    assert judged["licence-standard"].outcome is Outcome.PASS
    assert "assessed:" not in repr(judged) and "assessed:" not in repr(found.faults)


@pytest.mark.parametrize(
    ("name", "content"), [("page.jsonld", json.dumps(DATASET).encode()), ("study.ttl", TURTLE.encode())]
)
def test_other_metadata_are_read_by_the_harvesters(judge: Assessor, name: str, content: bytes) -> None:
    """schema.org and DCAT are assessed too."""
    assert judge.posted(name, content).title in (DATASET["name"], "Another title")


@pytest.mark.parametrize(
    "content",
    [b"", b"\x00", b"[]", b"{}", b"a: [", b"- " * 3000, b'{"a":' * 3000, b"type: Study", b"\xff\xfe\x00",
     b'{"type": "Study", "id": 7}', b'{"type": ["Study"]}', b"null",
     b"<!DOCTYPE x [<!ENTITY a 'b'>]><x/>", crate()[:-5],
     b'[{"type": "Study", "id": "biostudies:S-BIAD1"}, {"type": "Study", "id": "biostudies:S-BIAD2"}]'],
)  # fmt: skip
def test_what_is_no_study_is_refused_with_a_sentence(judge: Assessor, content: bytes) -> None:
    """Nothing, nonsense, depth, two studies: one Problem, never a fault of the software."""
    with pytest.raises(RecordRejected) as problem:
        judge.posted("x", content)
    assert problem.value.detail


def test_wrong_types_in_a_record_are_refused_or_judged(judge: Assessor) -> None:
    """Fields of a wrong kind never end in a fault of the software."""
    for field in ("title", "license", "authors", "publications", "grants", "access", "files"):
        for value in (7, [], {}, [[]], "x", [{"id": 3}], {"a": {"b": None}}):
            record = json.dumps({**study(1), field: value}).encode()
            try:
                found = judge.posted("study.json", record)
            except RecordRejected:
                continue
            assert found.audit.judgements[found.target]


def test_so_many_at_a_time(judge: Assessor) -> None:
    """Beyond the number of turns the next one is told when to come again."""
    one = assessor(parallel=1)
    with one._turns.take("elsewhere"), pytest.raises(TooManyRequests) as problem:
        one.posted("study.yaml", YAML.encode())
    assert int(problem.value.headers["Retry-After"]) > 0
    assert one.posted("study.yaml", YAML.encode()).origin == "posted"


def test_the_name_made_up_for_judging_is_no_identifier(tmp_path: Path) -> None:
    """No ledger takes it and no operator's archive can have it."""
    with pytest.raises(BadIdentifier):
        parse_identifier(f"{ASSESSED}:0123")
    record = {**study(1), "id": f"{ASSESSED}:0123", "accession": "0123", "owner": ASSESSED}
    assert check_identity(record)
    own = tmp_path / "owners.toml"
    own.write_text(f'[owner.{ASSESSED}]\nname = "x"\nstudy = "x"\nbare = "x"\nlanding = "x"\nurls = []\n')
    with pytest.raises(ValueError, match="taken"):
        add_owners(own)


def test_too_much_is_refused(judge: Assessor) -> None:
    """Beyond the limit nothing is read."""
    with pytest.raises(TooLargeToAssess):
        judge.posted("x.yaml", b"x" * (MOST_BYTES + 1))
    many = {**DATASET, "keywords": [str(number) for number in range(MOST_PARTS + 1)]}
    with pytest.raises(TooLargeToAssess):
        judge.posted("page.jsonld", json.dumps(many).encode())


def test_every_form_has_the_same_target(judge: Assessor) -> None:
    """The report of a posted crate can be had in all forms."""
    report = judge.posted("ro-crate-metadata.json", crate()).report(shipped()[DEFAULT])
    for form in forms().values():
        assert form.render(report, Links())
    assert report.scope.iri.encode() in forms()[".csv"].render(report, Links())


@pytest.mark.timeout(120)
@pytest.mark.parametrize(
    ("more", "problem", "said"),
    [
        ({f"unknown{n}": 1 for n in range(15_000)}, TooLargeToAssess, "15,003 statements"),
        ({f"unknown{n}": 1 for n in range(5_000)}, TooLargeToAssess, "5,0.. fields"),
        ({f"unknown{n}": 1 for n in range(400)}, RecordRejected, "More than 50 fields are of a wrong kind"),
        ({"keywords": [f"k{n}" for n in range(15_000)]}, TooLargeToAssess, "15,00. statements"),
    ],
)
def test_records_without_end_are_refused_at_once(judge: Assessor, more: dict, problem: type, said: str) -> None:
    """What would take minutes to judge is told to be too large, or to be mended first."""
    with pytest.raises(problem, match=said):
        judge.posted("study.json", json.dumps({**study(1), **more}).encode())
