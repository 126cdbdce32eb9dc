"""One way to answer for a report: choose benchmark and form, render what is not held, give it with validators."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import unquote, urlencode

from flask import Response, render_template, request

from catalogue.fair.audit import Audit
from catalogue.fair.benchmark import DEFAULT, Benchmark
from catalogue.fair.forms.base import Form, forms
from catalogue.fair.metrics.base import PRINCIPLES
from catalogue.fair.outcomes import Mender, Outcome
from catalogue.fair.report import Report
from catalogue.fair.scopes import Scope
from catalogue.problems import BadRequest
from catalogue.web.documents import finish
from catalogue.web.fair.reports import Reports
from catalogue.web.fair.spread import spreads
from catalogue.web.fair.study_lines import study_lines
from catalogue.web.negotiation import PAGE, Offer, choose
from catalogue.web.services import Services

FEW_STUDIES: Final = 100
"""Studies up to which large forms, too, are made whole and told with their length: about a megabyte."""
MENDERS: Final[Mapping[Mender, str]] = {mender: mender.words for mender in Mender}
WORDS: Final[Mapping[Outcome, str]] = {
    Outcome.PASS: "met",
    Outcome.FAIL: "not met",
    Outcome.INDETERMINATE: "open",
    Outcome.NOT_APPLICABLE: "does not apply",
}
MARKS: Final[Mapping[Outcome, str]] = {
    Outcome.PASS: "✓",
    Outcome.FAIL: "✗",
    Outcome.INDETERMINATE: "?",
    Outcome.NOT_APPLICABLE: "–",
}
LETTERS: Final = {"F": "Findable", "A": "Accessible", "I": "Interoperable", "R": "Reusable"}
_MOST_PAGES: Final = 1_000_000
_FORM_ORDER: Final = (".pdf", ".csv", ".wide.csv", ".jsonld", ".json")

More = Callable[[Report], Mapping[str, Any]]
"""What a page shows beside the report."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where this node is, for forms of reports."""

    services: Services

    def full(self, path: str) -> str:
        """With the public address where one is configured, else the path alone."""
        return self.services.links.full(path)

    def absolute(self, path: str) -> str:
        """The whole address.

        Raises:
            SettingsInvalid: the node was not told its own address.
        """
        return self.services.absolute(path)


@dataclass(frozen=True, slots=True)
class Seen:
    """How a report is looked at.

    Args:
        path: of the page, without suffix and query.
        page: number of the part of the list of studies, 1 upwards.
    """

    path: str
    benchmark: Benchmark
    page: int

    def query(self, *, benchmark: str | None = None, page: int = 1) -> str:
        """The query string of this page seen otherwise, with `?`; "" where nothing differs from the usual."""
        wanted = self.benchmark.id if benchmark is None else benchmark
        told = {"benchmark": wanted if wanted != DEFAULT else "", "page": str(page) if page > 1 else ""}
        given = urlencode({name: value for name, value in told.items() if value})
        return f"?{given}" if given else ""


def split_form(name: str) -> tuple[str, str]:
    """A name and the suffix of a form that it ends with, the longest; "" when it ends with none."""
    found = [suffix for suffix in forms() if name.endswith(suffix) and name != suffix]
    suffix = max(found, key=len, default="")
    return name.removesuffix(suffix), suffix


def answer_report(
    services: Services,
    reports: Reports,
    scope_of: Callable[[Audit], Scope],
    suffix: str,
    template: str,
    more: More = lambda report: {},
    kept: bool = True,
) -> Response:
    """The page of a report, or the form that the suffix or else Accept asks for.

    Args:
        scope_of: chooses the studies.
        suffix: of a form; "" where the address has none.
        more: what the template is given beside the report.
        kept: whether the page shows nothing that changes while the report stays, so that it need not be made again.
    Raises:
        NotFound: there is no such benchmark.
        BadRequest: the number of the page is none.
    """
    benchmark = reports.benchmark(request.args.get("benchmark", "")[:100])
    report = reports.get(scope_of, benchmark)
    return answer_made(services, reports, report, report.scope.path, suffix, template, more, kept)


def answer_made(
    services: Services,
    reports: Reports,
    report: Report,
    path: str,
    suffix: str,
    template: str,
    more: More = lambda report: {},
    kept: bool = True,
) -> Response:
    """The page of a report that is there, or the form that the suffix or else Accept asks for.

    Args:
        path: of the page, without suffix and query; arguments not told here are those of `answer_report`.
    Raises:
        BadRequest: the number of the page is none.
    """
    form = forms()[suffix] if suffix else negotiated()
    if form is not None:
        return _form(services, reports, report, path, form)
    seen = Seen(path, report.benchmark, _page_number())
    if not kept:
        return finish(Response(_page(reports, report, seen, template, more(report))), None)
    body, etag = reports.rendered(
        report,
        f"{template}?{path}?{seen.page}",
        lambda: _page(reports, report, seen, template, more(report)).encode(),
    )
    return _finished(body, etag, "text/html; charset=utf-8")


def negotiated() -> Form | None:
    """The form that Accept asks for; None for the page."""
    offers = [PAGE, *(Offer(form.media_type, form.suffix, form.title) for form in forms().values())]
    chosen = choose(request.accept_mimetypes, offers)
    return None if chosen is PAGE else forms()[chosen.suffix]


def _page_number() -> int:
    text = request.args.get("page", "1")
    if not (text.isascii() and text.isdigit() and len(text) <= 7 and 1 <= int(text) <= _MOST_PAGES):
        raise BadRequest(f"page is a number from 1 upwards, not '{text[:20]}'.")
    return int(text)


def _page(reports: Reports, report: Report, seen: Seen, template: str, more: Mapping[str, Any]) -> str:
    return render_template(
        f"fair/{template}",
        **{
            "active": "fair",
            "report": report,
            "seen": seen,
            "benchmarks": reports.audits.benchmarks,
            "forms": _for_people(),
            "studies": study_lines(report, seen.page),
            "spreads": spreads(report),
            **vocabulary(),
            **more,
        },
    )


def _for_people() -> list[Form]:
    """All forms, those that people ask for first."""
    rank = {suffix: place for place, suffix in enumerate(_FORM_ORDER)}
    return sorted(forms().values(), key=lambda form: (rank.get(form.suffix, len(rank)), form.suffix))


def vocabulary() -> dict[str, Any]:
    """Words and lists that all templates of audits use."""
    return {
        "menders": MENDERS,
        "words": WORDS,
        "marks": MARKS,
        "outcomes": Outcome,
        "letters": LETTERS,
        "principles": PRINCIPLES,
        "DEFAULT": DEFAULT,
    }


def _form(services: Services, reports: Reports, report: Report, path: str, form: Form) -> Response:
    places = Addresses(services)
    charset = "; charset=utf-8" if form.media_type.startswith("text/") else ""
    if form.large and len(report.studies) > FEW_STUDIES:
        # What is passed through is only made while somebody reads it: not for HEAD, and not for who has it.
        made = form.iter_parts(report, places)
        response = Response(made, content_type=form.media_type + charset, direct_passthrough=True)
        response.set_etag(reports.etag(report, f"{form.suffix} {places.full('')}"))
        finish(response, None)
    else:
        body, etag = reports.rendered(report, form.suffix, lambda: form.render(report, places))
        response = _finished(body, etag, form.media_type + charset)
    name = re.sub(r"[^A-Za-z0-9.]+", "-", f"{unquote(path).strip('/')}-{report.benchmark.id}").strip("-")
    kind = "attachment" if form.media_type == "text/csv" else "inline"
    response.headers.set("Content-Disposition", kind, filename=f"{name}{form.suffix}")
    response.headers["Content-Location"] = (
        services.links.path(path + form.suffix) + Seen("", report.benchmark, 1).query()
    )
    return response


def _finished(body: bytes, etag: str, content_type: str) -> Response:
    response = Response(body, content_type=content_type)
    response.set_etag(etag)
    return finish(response, None)
