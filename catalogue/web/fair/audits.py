"""/fair/audits: audits that are kept, their files and reports, what differs between two, and feeds of changes."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path
from typing import Any, Final

from flask import Blueprint, Response, jsonify, render_template, request, send_file

from catalogue.fair.audit import Audit
from catalogue.fair.audit_manifest import MANIFEST, SIGNATURE
from catalogue.fair.audit_tables import EVIDENCE
from catalogue.fair.benchmark import DEFAULT, get_benchmark
from catalogue.fair.changes import difference_document
from catalogue.fair.forms.atom import MEDIA_TYPE, render_changes
from catalogue.fair.history import History
from catalogue.fair.keeping import AUDIT_BASE, LEFT, cited, sha256
from catalogue.fair.report import make_report
from catalogue.fair.scopes import Scope
from catalogue.fair.shelf import Kept
from catalogue.fair.trends import Point, by_run
from catalogue.problems import NotFound
from catalogue.store.folder_shelf import LATEST
from catalogue.web.documents import finish, to
from catalogue.web.fair.answers import Addresses, answer_made, split_form, vocabulary
from catalogue.web.fair.linked import audit_as_rdf, is_part, part_as_rdf
from catalogue.web.fair.reports import Reports
from catalogue.web.negotiation import PAGE, Offer, choose
from catalogue.web.services import Links, Services
from catalogue.web.text import plain

FORMS: Final = (PAGE, Offer("application/json", ".json", "JSON"))
# Bytes under a name never change; those of a rolling audit, or of evidence, may be gone one day.
_FILE_CACHE: Final = "public, no-cache"
_NODE: Final = re.compile(r"n[0-9a-f]{16}", re.ASCII)
_TYPES: Final = {".parquet": "application/vnd.apache.parquet", ".json": "application/json", ".sig": "application/json"}
_MOST_SHOWN: Final = 300
_SAID: Final = {
    "results.parquet": "what each test says of each study",
    "evidence.parquet": "what that rests on, and what to add",
    LEFT: "what is left of the evidence",
    "studies.parquet": "the studies, with digests of their records",
    "metrics.json": "the tests in the words of then",
    "benchmarks.json": "the benchmarks of then",
    "funding.json": "who paid for the studies",
    MANIFEST: "what the audit is bound to, totals, digests of all files",
    SIGNATURE: "the node's signature of the manifest (Ed25519)",
}


def audits_blueprint(services: Services, reports: Reports, history: History) -> Blueprint:
    """Routes of kept audits and of feeds."""
    blueprint = Blueprint("fair_audits", __name__)

    @blueprint.get("/fair/audits")
    @blueprint.get("/fair/audits/")
    def overview() -> Response:
        return _overview(services.links, history, choose(request.accept_mimetypes, FORMS))

    @blueprint.get("/fair/audits.json")
    def listing() -> Response:
        return _overview(services.links, history, FORMS[1])

    @blueprint.get("/fair/audits/<name>")
    def one(name: str) -> Response:
        before, dots, after = name.removesuffix(".json").partition("...")
        if dots:
            return _difference(history, before, after, FORMS[1] if name.endswith(".json") else None)
        linked = audit_as_rdf(services, history, name) if name != LATEST else None
        return linked or _one(services, history, name)

    @blueprint.get("/fair/audits/<name>/<part>")
    def part(name: str, part: str) -> Response:
        if _NODE.fullmatch(name):
            return _cited(services, name, part)
        if is_part(part):
            place = f"/fair/audits/{name}/{part}"
            return audit_as_rdf(services, history, f"{name}/{part}") or to(services.links, f"{place}.ttl", 303)
        stem, suffix = split_form(part)
        if stem == "report":
            return _report(services, reports, history, name, suffix)
        return _file(history.shelf.get(name), part)

    @blueprint.get("/fair/audits/<path:name>")
    def deeper(name: str) -> Response:
        return part_as_rdf(services, history, name)

    feed = partial(_feed, services, reports, history)
    blueprint.add_url_rule("/fair.atom", "feed", partial(feed, "federation"))
    blueprint.add_url_rule("/fair/members/<of>.atom", "member_feed", partial(feed, "member"))
    blueprint.add_url_rule("/funders/ror/<of>.atom", "funder_feed", partial(feed, "funder"))
    return blueprint


def _overview(links: Links, history: History, form: Offer) -> Response:
    kept = history.all()
    if form is not PAGE:
        return _open(jsonify(audits=[_document(links, one) for one in kept]))
    points = by_run(history.shelf)
    page = render_template(
        "fair/audits.html", active="fair", audits=kept, points=points[::-1], runs=_columns(points), **vocabulary()
    )
    return finish(Response(page), None)


def _columns(points: tuple[Point, ...]) -> list[tuple[str, dict[str, int]]]:
    """(day, outcomes over all tests) of each run, for the chart."""
    rows = []
    for point in points:
        shares = list(point.letters.values())
        rows.append(
            (
                point.recorded_at[:10],
                {
                    "pass": sum(share.passes for share in shares),
                    "fail": sum(share.fails for share in shares),
                    "indeterminate": sum(share.open for share in shares),
                    "not applicable": sum(share.not_applicable for share in shares),
                },
            )
        )
    return rows


def _document(links: Links, kept: Kept) -> dict[str, Any]:
    root = links.full(f"/fair/audits/{kept.name}")
    return {
        "name": kept.name,
        "iri": cited(kept).iri,
        "url": root,
        "position": kept.manifest.basis.position,
        "recorded_at": kept.manifest.basis.recorded_at,
        "made_at": kept.made_at,
        "frozen_at": kept.frozen_at or None,
        "note": kept.note or None,
        "studies": kept.manifest.studies,
        "tests": len(kept.manifest.totals),
        "files": [f"{root}/{path.name}" for path, _ in _files(kept)],
    }


def _open(response: Response) -> Response:
    response.headers["Access-Control-Allow-Origin"] = "*"
    return finish(response, None)


def _one(services: Services, history: History, name: str) -> Response:
    kept = history.shelf.get(name)
    if name == LATEST:
        return to(services.links, f"/fair/audits/{kept.name}", 302)
    chosen = choose(request.accept_mimetypes, FORMS)
    if chosen is not PAGE:
        return _open(jsonify(_document(services.links, kept)))
    since = kept.since()
    page = render_template(
        "fair/audit.html",
        active="fair",
        kept=kept,
        basis=kept.manifest.basis,
        citation=cited(kept),
        node_name=services.name,
        files=[(path.name, _SAID.get(path.name, ""), path.stat().st_size, sha) for path, sha in _files(kept)],
        since=since,
        **vocabulary(),
    )
    return finish(Response(page), None)


def _files(kept: Kept) -> list[tuple[Path, str]]:
    """(path, SHA-256) of the files that are given away; nothing else in the folder ever is."""
    signed = [(kept.path / one.name, one.sha256) for one in kept.manifest.files.values()]
    found = [(path, digest) for path, digest in signed if path.name != EVIDENCE or not kept.redacted]
    more = [MANIFEST, SIGNATURE, *([LEFT] if kept.redacted else [])]
    return found + [(kept.path / name, sha256(kept.path / name)) for name in more]


def _file(kept: Kept, name: str) -> Response:
    found = next(((path, digest) for path, digest in _files(kept) if path.name == name), None)
    if found is None:
        raise NotFound(f"The audit {kept.name} has no file {plain(name)[:100]}; its page lists those it has.")
    path, digest = found
    try:
        response = send_file(path.absolute(), mimetype=_TYPES[path.suffix], conditional=True, etag=digest)
    except FileNotFoundError as error:
        raise NotFound(f"The audit {kept.name} has gone; /fair/audits lists those there are.") from error
    response.headers["Cache-Control"] = _FILE_CACHE
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _cited(services: Services, node: str, name: str) -> Response:
    """Where the persistent IRI of an audit leads: to its page, when this is the node that signed it."""
    key = services.ledger.key
    if key is None or key.node != node:
        raise NotFound(f"The audit {plain(name)[:80]} is that of the node {node}, not of this one; look there for it.")
    return to(services.links, f"/fair/audits/{plain(name)[:100]}", 303)


def _report(services: Services, reports: Reports, history: History, name: str, suffix: str) -> Response:
    """A report of a kept audit; `kind` and `of` choose its studies, `benchmark` one of then."""
    found = history.load(name)
    told = {key: request.args.get(key, "")[:300] for key in ("kind", "of", "benchmark")}
    scope = reports.audits.scope(found.audit, told["kind"] or "federation", told["of"])
    benchmark = get_benchmark(told["benchmark"] or DEFAULT, found.benchmarks)
    report = make_report(found.audit, scope, benchmark)
    path = f"/fair/audits/{found.kept.name}/report"
    return answer_made(services, reports, report, path, suffix, "report.html")


def _difference(history: History, before: str, after: str, form: Offer | None) -> Response:
    difference = history.difference(before, after)
    owner = request.args.get("member", "")[:40]
    shown = difference.of_owner(owner) if owner else difference
    if (form or choose(request.accept_mimetypes, FORMS)) is not PAGE:
        return _open(jsonify(difference_document(shown)))
    page = render_template(
        "fair/difference.html",
        active="fair",
        difference=shown,
        owner=owner,
        owners=sorted({change.owner for change in difference.changes}),
        changes=shown.changes[:_MOST_SHOWN],
        left=max(0, len(shown.changes) - _MOST_SHOWN),
        **vocabulary(),
    )
    return finish(Response(page), None)


def _feed(services: Services, reports: Reports, history: History, kind: str, of: str = "") -> Response:
    scope: Scope = reports.audits.scope(_of(reports), kind, of)
    key = services.ledger.key
    body = render_changes(
        history.feed(),
        Addresses(services),
        iri=f"{AUDIT_BASE}{key.node if key is not None else ''}/changes{scope.path.removeprefix('/fair')}",
        title=f"FAIR audit, changes: {scope.title}",
        author=services.name,
        page=scope.path,
        owner=scope.id if kind == "member" else "",
        studies=None if kind == "federation" else scope.studies,
    )
    return finish(Response(body, content_type=f"{MEDIA_TYPE}; charset=utf-8"), None)


def _of(reports: Reports) -> Audit:
    return reports.audit()
