"""Small audits for tests: a few studies with known outcomes, judged by the real metrics."""

from __future__ import annotations

from typing import Any

import pytest

from catalogue.fair.audit import Audit, judge_all, wanted_facts
from catalogue.fair.benchmark import DEFAULT, shipped
from catalogue.fair.dataset import dataset_of
from catalogue.fair.metrics.base import metrics
from catalogue.fair.node_facts import NodeFacts
from catalogue.fair.report import Report, make_report
from catalogue.fair.scopes import federation_scope

FREE = "https://creativecommons.org/publicdomain/zero/1.0/"


def study(number: int, **fields: Any) -> dict[str, Any]:
    """A study `biostudies:S-BIAD…`; a field that is None is left out."""
    curie = f"biostudies:S-BIAD{number}"
    record = {
        "type": "Study", "id": curie, "accession": curie.partition(":")[2], "owner": "biostudies",
        "title": f"Study {number}", "license": FREE, "date_published": f"20{10 + number}-01-02", **fields,
    }  # fmt: skip
    return {name: value for name, value in record.items() if value is not None}


def audit_of(*records: dict[str, Any], node: NodeFacts = NodeFacts()) -> Audit:  # noqa: B008  frozen
    """The audit of some studies that are in no ledger."""
    dataset = dataset_of([("study", "0" * 64, record) for record in records], wanted_facts(metrics().values()))
    return judge_all(dataset, metrics(), {}, node, software="1.2.3")


@pytest.fixture
def report() -> Report:
    """Three studies by all metrics: two with a standard licence, one with a title that is an attack."""
    hostile = '=HYPERLINK("https://evil.example")<b>#let x = 1</b> 日本語 #raw("x")'
    audit = audit_of(study(1), study(2, license="https://archive.example/terms"), study(3, title=hostile))
    return make_report(audit, federation_scope(audit, "a test"), shipped()[DEFAULT])
