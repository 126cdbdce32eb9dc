"""/fair: the audit of the federation, of one archive, of one study."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from flask import Blueprint, Response, request

from catalogue.fair.forms.base import forms
from catalogue.fair.outcomes import Outcome
from catalogue.fair.report import LongRow, Report
from catalogue.problems import Withdrawn
from catalogue.web.documents import FOUND, refuse, to
from catalogue.web.fair.answers import answer_report, split_form
from catalogue.web.fair.reports import Reports
from catalogue.web.fair.study_changes import StudyChanges
from catalogue.web.fair.trend import runs
from catalogue.web.services import Services
from catalogue.web.text import path_of, plain

_MOST_EVIDENCE: Final = 20
_MOST_CHANGES: Final = 100


def fair_blueprint(services: Services, reports: Reports) -> Blueprint:
    """Routes of reports, each with the forms of catalogue.fair.forms at the same address plus suffix."""
    blueprint = Blueprint("fair", __name__)
    audits, over_time, changes = reports.audits, partial(runs, reports), StudyChanges(services.audit_history)

    def federation(suffix: str) -> Response:
        scope_of = partial(audits.scope, kind="federation")
        return answer_report(services, reports, scope_of, suffix, "report.html", over_time)

    for suffix in ("", *forms()):
        name = f"federation{suffix.replace('.', '_')}"
        blueprint.add_url_rule(f"/fair{suffix}", name, partial(federation, suffix))

    @blueprint.get("/fair/members/<name>")
    def member(name: str) -> Response:
        owner, suffix = split_form(name)
        scope_of = partial(audits.scope, kind="member", name=owner)
        return answer_report(services, reports, scope_of, suffix, "report.html", over_time)

    @blueprint.get("/fair/studies/<path:name>")
    def study(name: str) -> Response:
        return _study(services, reports, changes, name)

    return blueprint


def _study(services: Services, reports: Reports, changes: StudyChanges, name: str) -> Response:
    """The report of a study, or the redirect to its own address."""
    resolution, suffix = services.resolver.resolve(name), ""
    if resolution.state not in FOUND:
        stem, suffix = split_form(name)
        resolution = services.resolver.resolve(stem)
    if resolution.state not in FOUND:
        refuse(services, resolution)
    curie = resolution.curie or ""
    if resolution.kind == "image" or name != curie + suffix:
        found = resolution.entry.parent if resolution.kind == "image" and resolution.entry is not None else curie
        query = f"?{request.query_string.decode('ascii', 'ignore')}" if request.query_string else ""
        return to(services.links, f"/fair/studies/{path_of(found or curie)}{suffix}{query}", 301)
    if resolution.tombstone is not None:
        raise Withdrawn(
            f"{plain(curie)} was withdrawn; it is no part of the audit any more. Its tombstone tells what it was.",
            look_at=[{"label": f"Tombstone of {curie}", "url": services.links.document("study", curie)}],
        )
    scope_of = partial(reports.audits.scope, kind="study", name=curie)
    return answer_report(services, reports, scope_of, suffix, "study.html", partial(_of_study, changes))


def _of_study(changes: StudyChanges, report: Report) -> Mapping[str, Any]:
    """What the page of one study shows beside the report."""
    tests: dict[Outcome, list[LongRow]] = {outcome: [] for outcome in Outcome}
    for row in report.long():
        tests[row.judgement.outcome].append(row)
    shown = report.studies[0]
    return {
        "row": shown,
        "tests": tests,
        "changes": changes.of(shown.curie),
        "most_changes": _MOST_CHANGES,
        "most_evidence": _MOST_EVIDENCE,
    }
