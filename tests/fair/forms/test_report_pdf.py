"""The PDF says what the report says, is tagged, and reads nothing in records as markup."""

from __future__ import annotations

import io
from dataclasses import replace

import pypdf
import pytest

from catalogue.fair.audit import Audit
from catalogue.fair.benchmark import shipped
from catalogue.fair.forms import pdf
from catalogue.fair.outcomes import Outcome
from catalogue.fair.report import Report, make_report
from catalogue.fair.scopes import federation_scope
from tests.fair import reports_for_forms
from tests.fair.conftest import audit_of, study
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


def test_each_study_has_licence_access_and_size() -> None:
    """What records state stands there, access in words and size as people read it; what they do not is not stated."""
    told = study(1, total_size_bytes=3 << 30, access={"id": "https://a.example/1", "access_level": "NON_PUBLIC"})
    audit = audit_of(told, study(2, license=None), study(3, license="https://archive.example/terms"))
    found = text_of(audit)
    assert "biostudies:S-BIAD1 CC0-1.0 non public 3.00 GiB" in found
    assert "biostudies:S-BIAD2 not stated not stated not stated" in found
    assert "biostudies:S-BIAD3 https://archive.example/terms not stated not stated" in found


def test_what_had_to_go_is_not_said_to_be_missing() -> None:
    """Of a record that was withdrawn after the audit it is told that this is why nothing stands there (P18)."""
    found = text_of(replace(audit_of(study(1), study(2)), redacted=("biostudies:S-BIAD1",)))
    assert "biostudies:S-BIAD1 withdrawn since withdrawn since withdrawn since" in found
    assert "biostudies:S-BIAD2 CC0-1.0 not stated not stated" in found


def text_of(audit: Audit) -> str:
    made = make_report(audit, federation_scope(audit, "a test"), shipped()["rembi-1.5"])
    reader = pypdf.PdfReader(io.BytesIO(pdf.render(made, Links())))
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def test_same_report_gives_the_same_bytes(report: Report) -> None:
    """Nothing of the clock or the machine is in the document."""
    assert pdf.render(report, Links()) == pdf.render(report, Links())


def test_characters_without_a_shape_are_blanks() -> None:
    """Control characters in a title cost nobody the document, and neither does a wide blank."""
    made = reports_for_forms.audit(
        [reports_for_forms.record("idr:idr0001", title="Bell \x07 and \x1b[31m \x00 \x85end\u3000here")]
    )
    scope = reports_for_forms.study_scope(made, "idr:idr0001")
    found = reports_for_forms.make_report(made, scope, reports_for_forms.shipped()["rembi-1.5"])
    reader = pypdf.PdfReader(io.BytesIO(pdf.render(found, Links())))
    assert "Bell and [31m end here" in " ".join(reader.pages[0].extract_text().split())


def test_records_are_text_and_lacking_scripts_are_told(text: str) -> None:
    """A title that looks like markup stands there as it is; what the fonts lack is told as […]."""
    assert '<b>#let x = 1</b> […] #raw("x")' in text
