"""/funders/: who paid for the studies; a page for each funder (by ROR) and each grant, and a search for both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final

from flask import Blueprint, Response, render_template, request

from catalogue.fair.benchmark import DEFAULT
from catalogue.fair.funding import FUNDERS, grant_path
from catalogue.fair.headline import FUNDER_METRIC
from catalogue.fair.outcomes import Outcome
from catalogue.fair.report import Report
from catalogue.model.funding.funders import ROR, Funder, children, funders
from catalogue.model.funding.index import FundingIndex, Grant, StudyLink
from catalogue.problems import NotFound
from catalogue.web.documents import finish, to
from catalogue.web.fair.answers import answer_report, split_form, vocabulary
from catalogue.web.fair.found import find
from catalogue.web.fair.funding_tables import by_archive, funder_rows, grant_rows
from catalogue.web.fair.produced import produced
from catalogue.web.fair.reports import Reports
from catalogue.web.services import Services
from catalogue.web.text import plain

_MOST_LINKS: Final = 500
_MOST_GRANTS: Final = 500


def funders_blueprint(services: Services, reports: Reports) -> Blueprint:
    """Routes of funders and grants; each report with its forms at the same address plus suffix."""
    blueprint = Blueprint("funders", __name__)

    @blueprint.get("/funders")
    @blueprint.get("/funders/")
    def overview() -> Response:
        asked = request.args.get("q", "").strip()
        return _search(services, reports, asked) if asked else _overview(reports)

    @blueprint.get("/funders/ror/<name>")
    def funder(name: str) -> Response:
        ror, suffix = split_form(name)
        return _funder(services, reports, ror, suffix)

    # Servers decode %2F before any route is looked at, so that an award with slashes arrives as several steps.
    @blueprint.get("/funders/ror/<ror>/grants/<path:award>")
    def grant(ror: str, award: str) -> Response:
        return _grant(services, reports, ror, award)

    return blueprint


def _index(reports: Reports) -> FundingIndex:
    return reports.audit().funding


def _overview(reports: Reports) -> Response:
    index = _index(reports)
    everything = reports.get(partial(reports.audits.scope, kind="federation"), reports.benchmark(DEFAULT))
    page = render_template(
        "fair/funders.html",
        active="funders",
        bases=index.bases(),
        number=len(everything.studies),
        silent=everything.count(FUNDER_METRIC)[Outcome.FAIL],
        rows=funder_rows(index),
        archives=by_archive(index),
        **vocabulary(),
    )
    return finish(Response(page), None)


def _search(services: Services, reports: Reports, asked: str) -> Response:
    """To the one funder or grant that is meant, else the candidates."""
    found = find(_index(reports), asked)
    if found.path:
        return to(services.links, found.path, 303)
    page = render_template("fair/funders_found.html", active="funders", asked=plain(asked)[:200], found=found)
    return finish(Response(page), None)


def _funder(services: Services, reports: Reports, ror: str, suffix: str) -> Response:
    index = _index(reports)
    funder = index.get_funder(ror)
    bare = (funder.ror or "").removeprefix(ROR)
    if ror != bare:
        return _moved(services, FUNDERS + bare + suffix)
    scope_of = partial(reports.audits.scope, kind="funder", name=funder.ror or "")
    return answer_report(
        services, reports, scope_of, suffix, "funder.html", lambda report: _of_funder(reports, report, index, funder)
    )


def _grant(services: Services, reports: Reports, ror: str, name: str) -> Response:
    index, (award, suffix) = _index(reports), split_form(name)
    grant = index.get_grant(ror, award)
    path = grant_path(grant)
    if not path or grant.iri is None:
        raise NotFound(f"{grant.funder.name}, who gave {grant.award}, has no ROR in the registry here.")
    if (ror, award) != ((grant.funder.ror or "").removeprefix(ROR), grant.award):
        return _moved(services, path + suffix)
    scope_of = partial(reports.audits.scope, kind="grant", name=grant.iri)
    return answer_report(
        services,
        reports,
        scope_of,
        suffix,
        "grant.html",
        lambda report: _of_grant(services, reports, report, index, grant),
        kept=False,
    )


def _moved(services: Services, path: str) -> Response:
    query = f"?{request.query_string.decode('ascii', 'ignore')}" if request.query_string else ""
    return to(services.links, path + query, 301)


def _of_funder(reports: Reports, report: Report, index: FundingIndex, funder: Funder) -> Mapping[str, Any]:
    """What the page of a funder shows beside the report."""
    assert funder.ror is not None
    return {
        "active": "funders",
        "funder": funder,
        "parent": funders().get(funder.parent),
        "parts_of": children(funder.key),
        "most_grants": _MOST_GRANTS,
        "grants": grant_rows(index, index.grants_of(funder.ror)),
        "measured": _measured(reports, report),
    }


def _of_grant(
    services: Services, reports: Reports, report: Report, index: FundingIndex, grant: Grant
) -> Mapping[str, Any]:
    """What the page of a grant shows beside the report."""
    assert grant.funder.ror is not None
    links = index.studies_of_grant(grant.funder.ror, grant.award)
    return {
        "active": "funders",
        "grant": grant,
        "how": _shown(links),
        "more_links": max(0, len(links) - _MOST_LINKS),
        "produced": produced(services, report),
        "measured": _measured(reports, report),
    }


def _shown(links: Sequence[StudyLink]) -> Sequence[StudyLink]:
    return links[:_MOST_LINKS]


def _measured(reports: Reports, report: Report) -> list[Report]:
    """The same studies by each benchmark."""
    scope = report.scope
    return [reports.get(lambda audit: scope, known) for known in reports.audits.benchmarks.values()]
