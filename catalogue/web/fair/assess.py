"""/fair/assess: one study handed in or named, its report out; nothing is kept."""

from __future__ import annotations

import re
from typing import Final

from flask import Blueprint, Response, render_template, request

from catalogue.fair.assess.base import PATH, Assessment
from catalogue.fair.assess.service import Assessor
from catalogue.fair.forms.base import Form, forms, get_form
from catalogue.fair.outcomes import Outcome
from catalogue.fair.report import LongRow, Report
from catalogue.problems import BadRequest
from catalogue.web.documents import finish, to
from catalogue.web.fair.answers import negotiated, vocabulary
from catalogue.web.fair.api import places_of
from catalogue.web.fair.reports import Reports
from catalogue.web.services import Services
from catalogue.web.text import path_of

_MOST_EVIDENCE: Final = 20
_MOST_FAULTS: Final = 100
_MOST_REPEATED: Final = 100_000
"""Characters of a text that a page of results hands in again for another form."""


def assess_blueprint(services: Services, reports: Reports, assessor: Assessor) -> Blueprint:
    """Routes of the form and of what comes out."""
    blueprint = Blueprint("fair_assess", __name__)
    blueprint.record_once(lambda state: state.app.jinja_env.globals.update(assess_page=services.links.path(PATH)))

    @blueprint.get(PATH)
    def ask() -> Response:
        known = reports.audits.benchmarks
        page = render_template("fair/assess.html", active="fair", benchmarks=known, forms=forms().values())
        return finish(Response(page), None)

    @blueprint.post(PATH)
    def assess() -> Response:
        benchmark = reports.benchmark(request.form.get("benchmark", "")[:100])
        form = _form()
        found = _assessed(assessor)
        if found.origin == "held":
            return _to_study(services, found, form, benchmark.id)
        report = found.report(benchmark)
        response = _page(found, report) if form is None else _rendered(services, report, form)
        response.headers["Cache-Control"] = "no-store"
        return response

    return blueprint


def _form() -> Form | None:
    """The form that the field asks for, else Accept; None for the page."""
    asked = request.form.get("format", "")[:20]
    if asked:
        return None if asked == "html" else get_form(f".{asked}")
    return negotiated()


def _assessed(assessor: Assessor) -> Assessment:
    """The assessment of the one thing that was handed in."""
    resource, text = request.form.get("resource", "").strip(), request.form.get("text", "")
    upload = request.files.get("file")
    name, content = (upload.filename or "", upload.read()) if upload is not None else ("", b"")
    given = [bool(resource), bool(content), bool(text.strip())]
    if sum(given) != 1:
        raise BadRequest("Give one of the three: an address or name, a file, or a text.")
    if resource:
        return assessor.named(resource)
    if content:
        return assessor.posted(name[:200], content)
    return assessor.posted(request.form.get("file_name", "")[:200], text.encode("utf-8", "replace"))


def _to_study(services: Services, found: Assessment, form: Form | None, benchmark: str) -> Response:
    """The address at which the report of a study stands that is held here."""
    suffix = form.suffix if form is not None else ""
    return to(services.links, f"/fair/studies/{path_of(found.target)}{suffix}?benchmark={benchmark}", 303)


def _rendered(services: Services, report: Report, form: Form) -> Response:
    charset = "; charset=utf-8" if form.media_type.startswith("text/") else ""
    response = Response(form.render(report, places_of(services)), content_type=form.media_type + charset)
    name = re.sub(r"[^A-Za-z0-9]+", "-", report.scope.title)[:60].strip("-") or "study"
    kind = "attachment" if form.media_type == "text/csv" else "inline"
    response.headers.set("Content-Disposition", kind, filename=f"assessed-{name}{form.suffix}")
    return response


def _page(found: Assessment, report: Report) -> Response:
    tests: dict[Outcome, list[LongRow]] = {outcome: [] for outcome in Outcome}
    for row in report.long():
        tests[row.judgement.outcome].append(row)
    page = render_template(
        "fair/assessed.html",
        active="fair",
        found=found,
        report=report,
        faults=found.faults,
        tests=tests,
        again=_again(found, report),
        forms=forms().values(),
        most_evidence=_MOST_EVIDENCE,
        most_faults=_MOST_FAULTS,
        **vocabulary(),
    )
    return Response(page)


def _again(found: Assessment, report: Report) -> dict[str, str] | None:
    """Fields that hand in the same again; None for what only its owner has."""
    chosen = {"benchmark": report.benchmark.id}
    if found.origin == "fetched":
        return {**chosen, "resource": found.target}
    text = request.form.get("text", "")
    return {**chosen, "text": text} if text.strip() and len(text) <= _MOST_REPEATED else None
