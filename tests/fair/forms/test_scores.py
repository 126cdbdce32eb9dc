"""What a benchmark scores stands in every form for people and in JSON, with the same numbers."""

from __future__ import annotations

import io
import json

import pypdf
import pytest

from catalogue.cli.audit_text import print_report
from catalogue.fair.benchmark import shipped
from catalogue.fair.forms import pdf
from catalogue.fair.forms.base import forms
from catalogue.fair.forms.scores import score_tables
from catalogue.fair.report import Report
from tests.fair import reports_for_forms
from tests.fair.reports_for_forms import Links


def report_by(name: str) -> Report:
    return reports_for_forms.report(benchmark=shipped()[name])


def in_pdf(report: Report) -> str:
    reader = pypdf.PdfReader(io.BytesIO(pdf.render(report, Links())))
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def in_json(report: Report) -> dict[str, object]:
    return dict(json.loads(forms()[".json"].render(report, Links())))


@pytest.mark.parametrize("name", ["rda-fdmm-2020", "f-uji-0.5", "f-uji-0.8"])
def test_scores_stand_in_pdf_and_at_the_terminal(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Each row of levels or points is in the PDF and in what the command prints, cell by cell."""
    report = report_by(name)
    (table,) = score_tables(report, 400)
    print_report(report)
    printed, found = " ".join(capsys.readouterr().out.split()), in_pdf(report)
    for row in table.rows:
        assert " ".join(row) in printed and " ".join(row) in found, row


def test_levels_are_those_of_the_report() -> None:
    """The numbers of studies at each level add up to the studies, as JSON has them."""
    report = report_by("rda-fdmm-2020")
    (table,) = score_tables(report, 400)
    reached = [row for row in table.rows if row[1] == "reached"]
    assert [sum(map(int, row[2:])) for row in reached] == [len(report.studies)] * 4
    levels = in_json(report)["levels"]
    assert isinstance(levels, dict)
    assert [list(map(int, row[2:])) for row in reached] == [counts["reached"] for counts in levels.values()]


def test_points_of_each_study_are_in_json() -> None:
    """Earned, total, percent and maturity of a study are told beside its outcomes."""
    report = report_by("f-uji-0.8")
    studies = in_json(report)["studies"]
    assert isinstance(studies, list)
    for study, points in zip(studies, report.points, strict=True):
        told = study["points"]
        assert (told["earned"], told["total"], told["percent"]) == (points.earned, points.total, points.percent)
        assert [one["letter"] for one in told["letters"]] == [one.letter for one in points.letters]


def test_benchmark_without_a_score_has_no_table() -> None:
    """Nothing is scored that the benchmark does not score."""
    report = report_by("wellcome-omp")
    assert not score_tables(report, 400)
    assert '"points":' not in json.dumps(in_json(report)) and "levels" not in in_json(report)
