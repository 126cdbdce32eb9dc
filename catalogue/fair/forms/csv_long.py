"""CSV with a line for each metric and study: what a funder's own tools read."""

from __future__ import annotations

import csv
import io
from typing import Final

from catalogue.fair.forms.base import Addresses
from catalogue.fair.outcomes import Evidence, Outcome
from catalogue.fair.report import LongRow, Report

SUFFIX: Final = ".csv"
MEDIA_TYPE: Final = "text/csv"
TITLE: Final = "CSV, a line for each test and study"
COLUMNS: Final = (
    "run", "study", "identifier", "partner", "funding_basis", "principle", "metric", "version", "title", "outcome",
    "found", "evidence", "checked_at", "add", "who_can_mend",
)  # fmt: skip

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What makes a spreadsheet take a cell for a formula; the last four are wide forms, as East Asian ones read them."""


def render(report: Report, links: Addresses) -> bytes:
    """The long table; texts that a spreadsheet would take for a formula get an apostrophe before them."""
    out = io.StringIO(newline="")
    table = csv.writer(out, lineterminator="\r\n")
    table.writerow(COLUMNS)
    basis = {study.curie: study.basis for study in report.studies}
    run = report.basis.name
    for row in report.long():
        table.writerow([plain(cell) for cell in _cells(row, run, basis[row.study])])
    return out.getvalue().encode("utf-8")


def _cells(row: LongRow, run: str, basis: str) -> tuple[str, ...]:
    judgement = row.judgement
    failed = judgement.outcome is Outcome.FAIL
    return (
        run,
        row.study,
        row.iri,
        row.owner,
        basis,
        row.metric.principle,
        row.metric.id,
        row.metric.version,
        row.metric.title,
        judgement.outcome.value,
        judgement.said,
        " ".join(evidence_text(evidence) for evidence in judgement.evidence),
        max((evidence.observed_at for evidence in judgement.evidence), default=""),
        " ".join(judgement.add),
        (judgement.mender or row.metric.mender).value if failed else "",
    )


def evidence_text(evidence: Evidence) -> str:
    """Evidence as one line of text."""
    asked = f" [{evidence.url}{'' if evidence.status is None else f' answered {evidence.status}'}]"
    return evidence.text + (asked if evidence.url else "")


def plain(text: str) -> str:
    """A cell that no spreadsheet runs as a formula (OWASP, CSV injection)."""
    return f"'{text}" if text.startswith(_FORMULA) else text
