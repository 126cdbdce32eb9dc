"""CSV with a line for each metric and study: what a funder's own tools read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from catalogue.fair.dataset import study_iri
from catalogue.fair.forms.base import Addresses
from catalogue.fair.forms.csv_rows import iter_csv, plain
from catalogue.fair.outcomes import Evidence, Judgement, Mender, Outcome
from catalogue.fair.report import Report

SUFFIX: Final = ".csv"
MEDIA_TYPE: Final = "text/csv"
TITLE: Final = "CSV, a line for each test and study"
COLUMNS: Final = (
    "run", "study", "identifier", "partner", "funding_basis", "principle", "metric", "version", "title", "outcome",
    "found", "evidence", "checked_at", "add", "who_can_mend",
)  # fmt: skip


def iter_parts(report: Report, links: Addresses) -> Iterator[bytes]:
    """The long table; texts that a spreadsheet would take for a formula get an apostrophe before them."""
    return iter_csv(_rows(report))


def _rows(report: Report) -> Iterator[tuple[str, ...]]:
    yield COLUMNS
    run = plain(report.basis.name)
    # What is the same in thousands of rows is made ready once.
    said = [
        (metric, tuple(map(plain, (metric.principle, metric.id, metric.version, metric.title))))
        for metric in report.metrics
    ]
    for study in report.studies:
        first = (run, *map(plain, (study.curie, study_iri(study.curie), study.owner, study.basis)))
        judgements = report.audit.judgements[study.curie]
        for metric, of_metric in said:
            yield first + of_metric + _cells(judgements[metric.id], metric.mender)


def _cells(judgement: Judgement, mender: Mender) -> tuple[str, ...]:
    found = judgement.evidence
    return (
        judgement.outcome,
        plain(judgement.said),
        plain(" ".join(map(evidence_text, found))),
        plain(max(evidence.observed_at for evidence in found)) if found else "",
        plain(" ".join(judgement.add)),
        (judgement.mender or mender) if judgement.outcome is Outcome.FAIL else "",
    )


def evidence_text(evidence: Evidence) -> str:
    """Evidence as one line of text."""
    if not evidence.url:
        return evidence.text
    return f"{evidence.text} [{evidence.url}{'' if evidence.status is None else f' answered {evidence.status}'}]"
