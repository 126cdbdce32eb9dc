"""The PDF says what the report says, is tagged, and reads nothing in records as markup."""

from __future__ import annotations

import io

import pypdf
import pytest

from catalogue.fair.forms import pdf
from catalogue.fair.outcomes import Outcome
from catalogue.fair.report import Report
from tests.fair import reports_for_forms
from tests.fair.reports_for_forms import Links


@pytest.fixture
def text(report: Report) -> str:
    reader = pypdf.PdfReader(io.BytesIO(pdf.render(report, Links())))
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def test_pdf_is_tagged_and_has_title_and_language(report: Report) -> None:
    """Screen readers find a structure tree, a language and a title (PDF/UA-1)."""
    reader = pypdf.PdfReader(io.BytesIO(pdf.render(report, Links())))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] and "/StructTreeRoot" in root and root["/Lang"] == "en"
    assert reader.metadata is not None and reader.metadata.title == "FAIR audit: All studies at a test"
    assert "pdfuaid" in root["/Metadata"].get_data().decode()


def test_pdf_has_the_numbers_of_the_report(report: Report, text: str) -> None:
    """Each item's counts stand in the document behind its title, in the order of the table."""
    for item, tally in report.items:
        told = [tally.counts[outcome] for outcome in Outcome]
        share = "–" if tally.percent is None else f"{tally.percent} %"
        assert f"{item.title} {' '.join(map(str, told))} {share}" in text, item.id
    assert report.headline[0] in text


def test_same_report_gives_the_same_bytes(report: Report) -> None:
    """Nothing of the clock or the machine is in the document."""
    assert pdf.render(report, Links()) == pdf.render(report, Links())


def test_characters_without_a_shape_are_blanks() -> None:
    """Control characters in a title cost nobody the document."""
    made = reports_for_forms.audit(
        [reports_for_forms.record("idr:idr0001", title="Bell \x07 and \x1b[31m \x00 \x85end")]
    )
    scope = reports_for_forms.study_scope(made, "idr:idr0001")
    found = reports_for_forms.make_report(made, scope, reports_for_forms.shipped()["rembi-1.5"])
    reader = pypdf.PdfReader(io.BytesIO(pdf.render(found, Links())))
    assert "Bell and [31m end" in " ".join(reader.pages[0].extract_text().split())


def test_records_are_text_and_lacking_scripts_are_told(text: str) -> None:
    """A title that looks like markup stands there as it is; what the fonts lack is told as […]."""
    assert '<b>#let x = 1</b> […] #raw("x")' in text
