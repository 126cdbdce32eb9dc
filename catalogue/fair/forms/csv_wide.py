"""CSV with a line for each study and a column for each item of the benchmark."""

from __future__ import annotations

import csv
import io
from typing import Final

from catalogue.fair.forms.base import Addresses
from catalogue.fair.forms.csv_long import plain
from catalogue.fair.outcomes import Outcome
from catalogue.fair.report import Report

SUFFIX: Final = ".wide.csv"
MEDIA_TYPE: Final = "text/csv"
TITLE: Final = "CSV, a line for each study"
COLUMNS: Final = ("study", "title", "partner", "released", "funding_basis", *(outcome.value for outcome in Outcome))


def render(report: Report, links: Addresses) -> bytes:
    """The wide table."""
    out = io.StringIO(newline="")
    table = csv.writer(out, lineterminator="\r\n")
    table.writerow([*COLUMNS, *(item.id for item in report.benchmark.item)])
    for study in report.studies:
        numbers = [str(study.counts[outcome]) for outcome in Outcome]
        told = (study.curie, study.title, study.owner, study.released, study.basis)
        table.writerow([*map(plain, told), *numbers, *(outcome.value for outcome in study.outcomes)])
    return out.getvalue().encode("utf-8")
