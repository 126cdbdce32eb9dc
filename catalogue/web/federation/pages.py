"""/federation/quarantine: how partners stand, and every refused or repaired record, for people and machines."""

from __future__ import annotations

import csv
import hashlib
import io
import tempfile
from collections.abc import Iterator
from datetime import datetime
from typing import IO, Any, Final

from flask import Blueprint, Response, jsonify, render_template, request

from catalogue.exchange.base import RENDERER_VERSION
from catalogue.federation.issue_cells import cell
from catalogue.federation.partner_states import PartnerState, partner_states
from catalogue.model.finding_codes import FindingCode, explain, finding_codes, reasons
from catalogue.model.identifiers import owner_name
from catalogue.model.namespaces import OWNERS
from catalogue.problems import NotFound
from catalogue.store.entries import stamp
from catalogue.store.issues import SEVERITIES, Issue, Scope
from catalogue.web.documents import CACHE, finish
from catalogue.web.federation.asked import FORMS, Asked, Partner, asked, find_partner
from catalogue.web.federation.issue_rows import COLUMNS, Rows, as_cells, as_json, rule_page
from catalogue.web.federation.withholding import Withholding, is_private, private_names
from catalogue.web.negotiation import Offer, choose
from catalogue.web.services import Services
from catalogue.web.text import path_of, plain

_FEED_LENGTH: Final = 100
_IN_MEMORY: Final = 4 << 20
_PIECE: Final = 1 << 16
_PRIVATE: Final = (
    "The documents of this source are not public, so only their number is shown here. Its operator sees them with "
    "`ommatidia quarantine list`."
)


def federation_blueprint(services: Services) -> Blueprint:
    """Routes of partners' states, their issues, and what the codes mean."""
    blueprint = Blueprint("federation", __name__)

    @blueprint.get("/federation/quarantine")
    def overview() -> Response:
        return _overview(services, choose(request.accept_mimetypes, FORMS))

    for form in FORMS[1:]:
        blueprint.add_url_rule(
            f"/federation/quarantine{form.suffix}",
            f"overview{form.suffix.replace('.', '_')}",
            lambda form=form: _overview(services, form),
        )

    @blueprint.get("/federation/quarantine/<path:name>")
    def partner(name: str) -> Response:
        found, form = find_partner(services.ledger, services.links, name)
        return _issues(services, found, form)

    @blueprint.get("/federation/quarantine/<path:name>/original/<digest>")
    def original(name: str, digest: str) -> Response:
        return _original(services, name, digest)

    @blueprint.get("/federation/rules")
    def rules() -> Response:
        groups: dict[str, list[FindingCode]] = {"reasons": list(reasons().values())}
        for code in finding_codes().values():
            groups.setdefault(code.group, []).append(code)
        return finish(Response(render_template("federation/rules.html", groups=groups)), None)

    return blueprint


def _overview(services: Services, form: Offer) -> Response:
    ledger = services.ledger
    if form.suffix == ".atom":
        everybody = Partner("", "all partners", None, False, False, Scope(without=private_names(ledger)))
        return _issues(services, everybody, form)
    states = partner_states(ledger, services.harvest.interval_s, ledger.clock())
    if form.suffix == ".json":
        response = jsonify(sources=[_source(services, state) for state in states], owners=_owners(services))
        return _open(finish(response, None))
    if form.suffix == ".csv":
        return _open(finish(_table(states), None))
    page = render_template(
        "federation/overview.html",
        states=states,
        owners=_owners(services),
        now=ledger.clock(),
        forms=FORMS,
        severities=SEVERITIES,
        path=services.links.path("/federation/quarantine"),
    )
    return finish(Response(page), None)


def _source(services: Services, state: PartnerState) -> dict[str, Any]:
    """A source's state for machines; moments instead of lags, so that equal books give equal bytes."""
    last = state.last_run
    return {
        "source": state.name,
        "owners": list(state.source.owners),
        "state": state.state,
        "what_to_do": state.what_to_do,
        "last_success": _moment(state.last_success),
        "due": _moment(state.due),
        "last_run": _moment(last.started) if last is not None else None,
        "last_run_state": last.state if last is not None else None,
        "counts": {severity: state.counts.get(severity, 0) for severity in SEVERITIES},
        "page": services.links.full(f"/federation/quarantine/{path_of(state.name)}"),
        "private": is_private(state.source),
    }


def _owners(services: Services) -> list[dict[str, Any]]:
    live = services.ledger.counts()["owners"]
    totals = services.ledger.issues.totals("owner", private_names(services.ledger))
    return [
        {
            "owner": owner,
            "name": owner_name(owner),
            "studies": live.get(owner, {}).get("studies", 0),
            "images": live.get(owner, {}).get("images", 0),
            "counts": {severity: totals[owner][severity] for severity in SEVERITIES},
            "page": services.links.full(f"/federation/quarantine/{owner}"),
        }
        for owner in OWNERS
        if owner in live or owner in totals
    ]


def _table(states: list[PartnerState]) -> Response:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["source", "state", "last_success", *SEVERITIES, "what_to_do"])
    for state in states:
        counts = [state.counts.get(severity, 0) for severity in SEVERITIES]
        moment = _moment(state.last_success) or ""
        writer.writerow([cell(value) for value in (state.name, state.state, moment, *counts, state.what_to_do)])
    return _download(text.getvalue(), "partners.csv")


def _issues(services: Services, partner: Partner, form: Offer) -> Response:
    wanted = asked()
    etag = _etag(services, partner, form)
    if form.suffix and request.if_none_match.contains(etag):
        return Response(status=304, headers={"ETag": f'"{etag}"', "Cache-Control": CACHE, "Vary": "Accept"})
    rows = Rows(services.links, Withholding(services.ledger))
    make = {".json": _json, ".csv": _csv, ".atom": _atom}.get(form.suffix, _page)
    response = make(services, partner, wanted, rows)
    if form.suffix:
        response.set_etag(etag)
        response.headers["Cache-Control"] = CACHE
        response.vary.add("Accept")
        return _open(response)
    return finish(response, None)


def _etag(services: Services, partner: Partner, form: Offer) -> str:
    """Changes with the books and the question; computed without reading the issues."""
    told = (services.ledger.issues.state(), partner, form.suffix, request.query_string, services.name, RENDERER_VERSION)
    return hashlib.sha256(repr(told).encode()).hexdigest()[:32]


def _read(services: Services, partner: Partner, wanted: Asked) -> tuple[list[Issue], tuple[str | int, ...]]:
    """The page of issues asked for, and where the next one begins; () after the last."""
    if partner.private:
        return [], ()
    issues = services.ledger.issues.page(partner.scope, wanted.wanted, wanted.after, wanted.limit + 1)
    shown = issues[: wanted.limit]
    return shown, shown[-1].place if len(issues) > wanted.limit else ()


def _counts(services: Services, partner: Partner) -> list[dict[str, Any]]:
    scope = Scope(source=partner.name) if partner.private else partner.scope
    return [
        {"severity": severity, "rule": code, "count": count, "rule_page": rule_page(code), "known": explain(code)}
        for (severity, code), count in services.ledger.issues.counts(scope).items()
    ]


def _page(services: Services, partner: Partner, wanted: Asked, rows: Rows) -> Response:
    issues, following = _read(services, partner, wanted)
    ledger = services.ledger
    counts = _counts(services, partner)
    states = partner_states(ledger, services.harvest.interval_s, ledger.clock())
    delivering = [
        state
        for state in states
        if state.name == partner.name or (partner.is_owner and partner.name in state.source.owners)
    ]
    totals = {s: sum(row["count"] for row in counts if row["severity"] == s) for s in SEVERITIES}
    page = render_template(
        "federation/partner.html",
        partner=partner,
        states=delivering,
        now=ledger.clock(),
        counts=counts,
        totals=totals,
        rows=rows.of(issues),
        asked=wanted,
        following=wanted.query(following) if following else "",
        path=services.links.path(partner.path),
        forms=FORMS,
        private=_PRIVATE if partner.private else "",
        rule_page=rule_page,
    )
    return Response(page)


def _json(services: Services, partner: Partner, wanted: Asked, rows: Rows) -> Response:
    issues, following = _read(services, partner, wanted)
    counts = [{key: row[key] for key in ("severity", "rule", "count")} for row in _counts(services, partner)]
    address = services.links.full(f"{partner.path}.json")
    return jsonify(
        partner=partner.name,
        title=partner.title,
        counts=counts,
        issues=[as_json(row, services.links) for row in rows.of(issues)],
        next=f"{address}?{wanted.query(following)}" if following else None,
        withheld=_PRIVATE if partner.private else None,
    )


def _csv(services: Services, partner: Partner, wanted: Asked, rows: Rows) -> Response:
    """Every row, whatever the length of a page; gathered on disk first, so that a fault never looks like the end."""
    file: IO[bytes] = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115  closed when it was sent
    text = io.TextIOWrapper(file, "utf-8", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for issues in () if partner.private else services.ledger.issues.all(partner.scope, wanted.wanted):
        for row in rows.of(issues):
            writer.writerows(as_cells(row, services.links))
    text.detach()
    length = file.tell()
    file.seek(0)
    response = _download(_pieces(file), f"{partner.name or 'partners'}-issues.csv")
    response.content_length = length
    response.call_on_close(file.close)
    return response


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    while piece := file.read(_PIECE):
        yield piece


def _atom(services: Services, partner: Partner, wanted: Asked, rows: Rows) -> Response:
    found = [] if partner.private else services.ledger.issues.newest(partner.scope, wanted.wanted, _FEED_LENGTH)
    ledger = services.ledger
    moments = [issue.first_seen for issue in found if issue.first_seen is not None]
    moments += [
        run.ended or run.started for run in ledger.runs(partner.source.name if partner.source else None, limit=1)
    ]
    moments = moments or [source.added_at for source in ledger.sources()] or [ledger.clock()]
    text = render_template(
        "federation/feed.xml",
        partner=partner,
        path=partner.path if partner.name else "/federation/quarantine",
        rows=rows.of(found),
        updated=_moment(max(moments)),
        moment=_moment,
        links=services.links,
    )
    return Response(text, content_type="application/atom+xml; charset=utf-8")


def _original(services: Services, name: str, digest: str) -> Response:
    withholding = Withholding(services.ledger)
    private = name in private_names(services.ledger)
    found = [] if private else services.ledger.issues.refused_originals(name, digest)
    refused = next((document for document in found if withholding.shows_original(document)), None)
    if refused is None:
        raise NotFound(f"No refused document of {plain(name)[:100]} has a public original of this digest.")
    # Partner bytes are never typed as something that a browser would run.
    response = Response(services.ledger.original(digest), content_type="application/octet-stream")
    response.headers.set("Content-Disposition", "attachment", filename=f"{digest[:16]}.original")
    return finish(response, refused.last_seen)


def _download(body: Any, name: str) -> Response:
    response = Response(body, content_type="text/csv; charset=utf-8; header=present")
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def _open(response: Response) -> Response:
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _moment(moment: datetime | None) -> str | None:
    return stamp(moment) if moment is not None else None
