"""A report as JSON: the numbers that every form has, and the outcomes of each study.

What each test says of each study is in the report of one study only; for many studies it is the long table's.
"""

from __future__ import annotations

import json
from typing import Any, Final

from catalogue.fair.forms.base import Addresses
from catalogue.fair.outcomes import Evidence
from catalogue.fair.report import LongRow, Report, StudyRow
from catalogue.fair.summary import summary

SUFFIX: Final = ".json"
MEDIA_TYPE: Final = "application/json"
TITLE: Final = "JSON, all numbers"


def render(report: Report, links: Addresses) -> bytes:
    """The report as JSON in UTF-8."""
    document = summary(report)
    document["scope"] |= {"iri": report.scope.iri, "page": links.full(report.scope.path)}
    document["by_study"] = [_study(study) for study in report.studies]
    if report.scope.kind == "study":
        document["tests"] = [_test(row) for row in report.long()]
    return json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n"


def _study(study: StudyRow) -> dict[str, Any]:
    """A study; its outcomes are in the order of the items."""
    told = {"curie": study.curie, "title": study.title, "owner": study.owner, "released": study.released}
    told |= {"basis": study.basis} if study.basis else {}
    return {**told, "outcomes": [outcome.value for outcome in study.outcomes]}


def _test(row: LongRow) -> dict[str, Any]:
    judgement = row.judgement
    return {
        "metric": row.metric.id,
        "version": row.metric.version,
        "outcome": judgement.outcome.value,
        "said": judgement.said,
        "evidence": [_evidence(one) for one in judgement.evidence],
        "add": list(judgement.add),
        "mender": (judgement.mender or row.metric.mender).value,
    }


def _evidence(one: Evidence) -> dict[str, Any]:
    told = {"text": one.text, "url": one.url, "status": one.status, "observed_at": one.observed_at}
    return {name: value for name, value in told.items() if value not in ("", None)}
