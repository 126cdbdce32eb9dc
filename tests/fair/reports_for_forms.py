"""Reports of three invented studies, and of many whose judgements are drawn by their number."""

from __future__ import annotations

from typing import Any

from catalogue.fair.audit import Audit, Basis, judge_all, wanted_facts
from catalogue.fair.benchmark import DEFAULT, Benchmark, shipped
from catalogue.fair.dataset import Study, dataset_of
from catalogue.fair.judged import Judged
from catalogue.fair.metrics.base import metrics
from catalogue.fair.node_facts import NodeFacts
from catalogue.fair.outcomes import Evidence, Judgement, Outcome, failed
from catalogue.fair.report import Report, make_report
from catalogue.fair.scopes import federation_scope, study_scope

CC_BY = "https://creativecommons.org/licenses/by/4.0/"


class Links:
    """Addresses of a node that was told its own."""

    def full(self, path: str) -> str:
        return "https://node.example" + path

    absolute = full


def record(curie: str, **fields: Any) -> tuple[str, str, dict[str, Any]]:
    """A study as an audit takes it."""
    owner, _, accession = curie.partition(":")
    return (
        "study",
        "0" * 64,
        {"type": "Study", "id": curie, "accession": accession, "owner": owner, "title": f"About {accession}", **fields},
    )


RECORDS = [
    record("biostudies:S-BIAD1", license=CC_BY, date_published="2023-01-05"),
    record("biostudies:S-BIAD2", date_published="2024-03-01", title="<script>alert(1)</script> \u202eevil"),
    record("idr:idr0001", license="https://archive.example/terms"),
]


def audit(records: list[tuple[str, str, dict[str, Any]]] | None = None) -> Audit:
    """The audit of a few records with all metrics."""
    chosen = metrics()
    dataset = dataset_of(RECORDS if records is None else records, wanted_facts(chosen.values()))
    return judge_all(dataset, chosen, {}, NodeFacts(base_url="https://node.example/"), software="1.0")


def report(kind: str = "federation", name: str = "", benchmark: Benchmark | None = None) -> Report:
    """The report of that audit."""
    made = audit()
    scope = study_scope(made, name) if kind == "study" else federation_scope(made, "Test node")
    return make_report(made, scope, benchmark or shipped()[DEFAULT])


def large_audit(studies: int) -> Audit:
    """An audit of many studies, whose outcomes vary by study and metric in the same way each time."""
    chosen = metrics()
    order = list(Outcome)
    rows = tuple(
        Study(f"idr:idr{number:05}", "idr", f"Study number {number}", f"{2010 + number % 15}-01-01", "0" * 64)
        for number in range(studies)
    )
    told = {
        outcome: failed("Nothing is stated.", add=("<s> <p> … .",))
        if outcome is Outcome.FAIL
        else Judgement(outcome, "This was found.", (Evidence("<s> <p> <o> ."),))
        for outcome in order
    }
    judged = {
        study.curie: {name: told[order[(at * 7 + place * 3) % 4]] for place, name in enumerate(chosen)}
        for at, study in enumerate(rows)
    }
    versions = {name: metric.version for name, metric in chosen.items()}
    return Audit(Basis(1, "0" * 64, 0, versions, NodeFacts(), "1.0"), chosen, rows, Judged.of(judged))
