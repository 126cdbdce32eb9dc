"""What is told of counts: reports for Make Data Count, documents of a record, RDF, and the label."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib import Graph, Namespace, URIRef
from rdflib.namespace import RDF

from catalogue.fair.usage.hits import METRICS, TOTAL_INVESTIGATIONS, UNIQUE_REQUESTS
from catalogue.fair.usage.label import LEAST_COHORT, LEAST_USES, TOP, Labels, highly_used
from catalogue.fair.usage.months import last_day, month_before, months_before, parse_month
from catalogue.fair.usage.report import dataset_report
from catalogue.fair.usage.summary import Uses, usage_document, usage_rdf, uses
from catalogue.model.namespaces import BASE
from catalogue.problems import BadRequest, NotFound
from tests.fair.usage.usage_hits import IMAGE, OTHER, PROGRAM, STUDY, hit, piece
from tests.store.ledger.ledger_records import append_study, payload_of

SCHEMA = json.loads((Path(__file__).parent / "dsr_schema.json").read_text())
MADE = datetime(2026, 12, 3, 4, 5, 6, tzinfo=UTC)
FULL = {
    "doi": "10.17867/10000101",
    "date_published": "2019-06",
    "publisher": {"type": "Organization", "id": "https://idr.example.org/", "name": "Image Data Resource"},
    "authors": [
        {
            "type": "Person",
            "id": f"{STUDY}/author/1",
            "name": "Ana Ruiz",
            "orcid": "https://orcid.org/0000-0002-1825-0097",
        },
        {"type": "Person", "id": f"{STUDY}/author/2", "name": "Bo Li"},
    ],
}


@pytest.fixture
def month(ledger, counted):
    """A month that is counted to its end: two looks and a download of STUDY, one look at OTHER, one image opened."""
    with ledger.transaction() as writer:
        append_study(writer, STUDY, payload=payload_of(STUDY, **FULL))
    counted(hit(), hit(after_s=100), hit(OTHER), piece(IMAGE, after_s=3), hit(agent=PROGRAM), days=20)
    return "2026-11"


def test_a_report_conforms_to_the_schema(ledger, month) -> None:
    """Every key and every list of values is that of the schema of usage reports; nothing is counted as zero."""
    report = dataset_report(ledger, month, "Test node", MADE)
    assert [str(error) for error in jsonschema_rs.validator_for(SCHEMA).iter_errors(report)] == []
    assert report["report-header"]["reporting-period"] == {"begin-date": "2026-11-01", "end-date": "2026-11-30"}
    assert report["report-header"]["created"] == "2026-12-03T04:05:06Z"


def test_a_report_tells_studies_with_their_components_uses(ledger, month) -> None:
    """Studies are reported, images within them; numbers are those that are stored."""
    first, second = dataset_report(ledger, month, "Test node", MADE)["report-datasets"]
    assert first["dataset-id"] == [
        {"type": "doi", "value": "10.17867/10000101"},
        {"type": "proprietary", "value": STUDY},
    ]
    assert (first["yop"], first["publisher"], first["uri"]) == ("2019", "Image Data Resource", BASE + STUDY)
    assert first["dataset-contributors"] == [
        {"type": "name", "value": "Ana Ruiz"},
        {"type": "orcid", "value": "0000-0002-1825-0097"},
        {"type": "name", "value": "Bo Li"},
    ]
    told = {(one["metric-type"], one["access-method"]): one["count"] for one in first["performance"][0]["instance"]}
    assert told == {
        ("total-dataset-investigations", "machine"): 2,
        ("total-dataset-investigations", "regular"): 2,
        ("total-dataset-requests", "machine"): 1,
        ("unique-dataset-investigations", "machine"): 1,
        ("unique-dataset-investigations", "regular"): 1,
        ("unique-dataset-requests", "machine"): 1,
    }
    assert second["dataset-id"] == [{"type": "proprietary", "value": OTHER}]
    assert "yop" not in second and second["dataset-dates"] == []


def test_equal_counts_give_equal_reports(ledger, month) -> None:
    """A report made twice is the same to the byte."""
    one, two = (json.dumps(dataset_report(ledger, month, "Test node", MADE)) for _ in range(2))
    assert one == two


def test_a_report_says_what_it_lacks(ledger, month) -> None:
    """A first month, a month that goes on, and studies no longer public are told as exceptions."""
    with ledger.transaction() as writer:
        append_study(writer, OTHER, status="withdrawn")
    said = dataset_report(ledger, month, "Test node", MADE)["report-header"]["exceptions"]
    assert [(one["code"], one["data"]) for one in said] == [
        (3040, "Counting began in this month."),
        (3040, "1 datasets that are no longer public here are left out."),
    ]
    going_on = dataset_report(ledger, "2026-12", "Test node", MADE)
    assert "the month goes on" in going_on["report-header"]["exceptions"][0]["data"]
    assert going_on["report-header"]["reporting-period"]["end-date"] == "2026-12-12"
    assert going_on["report-datasets"] == []


@pytest.mark.parametrize("asked", ["2026-10", "2027-01"])
def test_there_is_no_report_of_a_month_that_was_not_counted(ledger, month, asked) -> None:
    """Before counting began and in the future there is nothing to report, which is no report of zero uses."""
    with pytest.raises(NotFound, match="counting began in 2026-11"):
        dataset_report(ledger, asked, "Test node", MADE)


def test_a_node_that_never_counted_has_no_report(ledger) -> None:
    """Without any use there is no report."""
    with pytest.raises(NotFound, match="counted no use"):
        dataset_report(ledger, "2026-11", "Test node", MADE)


def test_a_record_tells_its_uses_by_month(ledger, month) -> None:
    """The document has every metric of those who used the record, bytes, and how far counting has come."""
    document = usage_document(ledger, STUDY, "Test node", None)
    assert (document["counted_since"], document["counted_until"][:13]) == ("2026-11", "2026-12-12T10")
    (only,) = document["months"]
    assert only["period"] == "2026-11"
    assert only["usage"]["regular"] == dict(zip(METRICS, (2, 1, 0, 0), strict=True))
    assert only["usage"]["machine"] == dict(zip(METRICS, (2, 1, 1, 1), strict=True))
    assert only["size_bytes"] == {"regular": 200, "machine": 200}
    assert uses(ledger, STUDY) == Uses(times=4, months=1)
    assert uses(ledger, "idr:idr0009") is None


def test_uses_in_rdf_are_those_of_the_document(ledger, month) -> None:
    """Each count is a UsageCount of the model and a quality measurement, named after the node that counted."""
    omm, dqv = Namespace("https://w3id.org/ommatidia/terms/"), Namespace("http://www.w3.org/ns/dqv#")
    graph = Graph().parse(data=usage_rdf(ledger, STUDY, "Study", "n0de", "Test node"), format="turtle")
    counts = list(graph.objects(URIRef(BASE + STUDY), omm.usage))
    assert len(counts) == len(ledger.usage.of(STUDY)) == 6
    for count in counts:
        assert {omm.UsageCount, dqv.QualityMeasurement} <= set(graph.objects(count, RDF.type))
        assert "/usage/n0de/2026-11/" in str(count)
        assert [str(name) for name in graph.objects(count, omm.countedBy)] == ["Test node"]
    assert sum(int(value) for value in graph.objects(None, omm.usageValue)) == sum(
        count.usage_value for count in ledger.usage.of(STUDY)
    )
    assert usage_rdf(ledger, "idr:idr0009", "Study", "n0de", "Test node") == b""


def test_owners_are_summed_over_their_studies(ledger, month) -> None:
    """An archive's month is the sum of its studies; its images are within these."""
    (only,) = ledger.usage.owners("2026-01", "2026-12")
    assert (only.owner, only.month) == ("idr", "2026-11")
    assert only.counts[TOTAL_INVESTIGATIONS, "regular"] == 3
    assert only.counts[UNIQUE_REQUESTS, "machine"] == 1
    assert ledger.usage.sums((TOTAL_INVESTIGATIONS,), "2026-11", "2026-11") == [(STUDY, 4), (OTHER, 1)]
    assert ledger.usage.sums((TOTAL_INVESTIGATIONS,), "2026-11", "2026-11", least=2) == [(STUDY, 4)]


COHORT = {f"idr:{number}": 2020 for number in range(20)}


@pytest.mark.parametrize(
    ("used", "labelled"),
    [
        ({"idr:0": LEAST_USES}, {"idr:0"}),
        ({"idr:0": LEAST_USES - 1}, set()),
        ({"idr:0": 100, "idr:1": 90, "idr:2": 80}, {"idr:0", "idr:1"}),
        # As many uses as the second: neither is left out by the order of their names.
        ({"idr:0": 100, "idr:1": 90, "idr:2": 90}, {"idr:0", "idr:1", "idr:2"}),
        ({"idr:unpublished": 500}, set()),
    ],
)
def test_the_label_is_for_the_most_used_tenth_of_a_year(used, labelled) -> None:
    """Of 20 studies of a year those have the label than which fewer than two are used more, with 20 uses at least."""
    found = highly_used(used, COHORT, "2025-12", "2026-11")
    assert set(found) == labelled
    assert all((why.cohort, why.year, why.last) == (20, 2020, "2026-11") for why in found.values())


def test_a_small_year_has_no_label() -> None:
    """Among fewer than ten studies nothing is said, however much one is used."""
    assert LEAST_COHORT == 10
    years = dict(list(COHORT.items())[:9])
    assert highly_used({"idr:0": 1000}, years, "2025-12", "2026-11") == {}


@given(st.dictionaries(st.sampled_from(sorted(COHORT)), st.integers(0, 60)))
def test_whoever_is_used_more_has_the_label_too(used) -> None:
    """No study without the label is used more than one with it in its year, and no more than a tenth are above any."""
    found = highly_used(used, COHORT, "2025-12", "2026-11")
    for curie in found:
        above = [other for other in COHORT if used.get(other, 0) > used[curie]]
        assert all(other in found for other in above) and len(above) * TOP < len(COHORT)


def test_labels_follow_from_months_that_are_over(ledger, recorder, clock) -> None:
    """A label appears when its month is counted to the end, from the counts of the ledger and its years."""
    with ledger.transaction() as writer:
        for number in range(10, 20):
            append_study(writer, f"idr:idr00{number}", payload=payload_of(f"idr:idr00{number}", date_published="2020"))
    labels = Labels(ledger)
    assert labels.all() == {}
    for number in range(LEAST_USES):
        recorder.add(hit("idr:idr0010", after_s=60 * number, address=f"198.51.100.{number}"))
    recorder.flush()
    clock.move(hours=5)
    recorder.flush()
    assert labels.all() == {} and labels.find("idr:idr0010") is None
    clock.move(days=10)
    recorder.add(hit(after_s=10 * 86_400))
    recorder.flush()
    clock.move(hours=5)
    recorder.flush()
    why = labels.all()["idr:idr0010"]
    assert (why.uses, why.cohort, why.first, why.last) == (LEAST_USES, 10, "2026-11", "2026-11")
    assert labels.find("idr:idr0010") == why


@pytest.mark.parametrize("text", ["2026-13", "2026", "26-11", "2026-11-01", "٢٠٢٦-11", "0000-01"])
def test_what_is_no_month_is_refused(text) -> None:
    """Only a year and a month are a month."""
    with pytest.raises(BadRequest, match="2026-11"):
        parse_month(text)


def test_months_follow_one_another() -> None:
    """Months before and after, and their last days, over the turn of a year and in a leap year."""
    assert (month_before("2026-01"), months_before("2026-11", 11), months_before("2026-12", -1)) == (
        "2025-12",
        "2025-12",
        "2027-01",
    )
    assert [last_day(month).day for month in ("2026-12", "2028-02", "2026-11")] == [31, 29, 30]
