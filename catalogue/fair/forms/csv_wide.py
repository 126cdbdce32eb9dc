"""CSV with a line for each study and a column for each item of the benchmark."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from catalogue.fair.forms.base import Addresses
from catalogue.fair.forms.csv_rows import iter_csv, plain
from catalogue.fair.outcomes import Outcome
from catalogue.fair.report import Report

SUFFIX: Final = ".wide.csv"
MEDIA_TYPE: Final = "text/csv"
TITLE: Final = "CSV, a line for each study"
COLUMNS: Final = ("study", "title", "partner", "released", "funding_basis", *(outcome.value for outcome in Outcome))


def iter_parts(report: Report, links: Addresses) -> Iterator[bytes]:
    """The wide table."""
    return iter_csv(_rows(report))


def _rows(report: Report) -> Iterator[tuple[str, ...]]:
    yield (*COLUMNS, *(item.id for item in report.benchmark.item))
    for study in report.studies:
        numbers = [str(study.counts[outcome]) for outcome in Outcome]
        told = (study.curie, study.title, study.owner, study.released, study.basis)
        yield (*map(plain, told), *numbers, *(outcome.value for outcome in study.outcomes))
