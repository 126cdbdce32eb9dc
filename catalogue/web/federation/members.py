"""/federation: which member holds what of whom, how far apart they are, and what a person must look at."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from flask import Blueprint, Response, jsonify, render_template, request

from catalogue.federation.standing import (
    DAYS,
    SHOWN,
    Standing,
    alarm_document,
    day_states,
    standing_document,
    standings,
)
from catalogue.federation.telling import node_iri
from catalogue.model.identifiers import owner_name
from catalogue.model.namespaces import OWNERS
from catalogue.model.tenure import Tenure
from catalogue.store.digests import NodeDigests
from catalogue.store.entries import stamp
from catalogue.store.issues import REJECTED
from catalogue.store.leaves import node_digest
from catalogue.store.ledger import Ledger
from catalogue.web.documents import finish
from catalogue.web.exchange.vocabulary import to_log_terms
from catalogue.web.federation.metrics import render_metrics, render_usage_metrics
from catalogue.web.negotiation import PAGE, Offer, choose
from catalogue.web.schema.forms import OFFERS
from catalogue.web.services import Services

_LIVE: Final = "public, max-age=0, must-revalidate"
_JSON: Final = Offer("application/json", ".json", "JSON")
_ALARMS: Final = 100
_DAYS_NAMED: Final = 12
_DAY_WORDS: Final = {
    "equal": "held the same",
    "different": "answered, not the same",
    "failed": "did not answer",
    "none": "not asked",
}


def members_blueprint(services: Services) -> Blueprint:
    """Routes of the members' page, status, alarms and numbers for a monitor."""
    blueprint = Blueprint("members", __name__)

    @blueprint.get("/federation")
    def overview() -> Response:
        chosen = choose(request.accept_mimetypes, OFFERS)
        if chosen is not PAGE:
            return to_log_terms(services.links, chosen)
        return finish(Response(_page(services)), None, _LIVE)

    @blueprint.get("/federation/status")
    def status() -> Response:
        if choose(request.accept_mimetypes, (_JSON, PAGE)) is PAGE:
            return finish(Response(_page(services)), None, _LIVE)
        return status_json()

    @blueprint.get("/federation/status.json")
    def status_json() -> Response:
        response = finish(jsonify(_status(services.ledger, services.name)), None, _LIVE)
        response.headers["Access-Control-Allow-Origin"] = "*"
        return response

    @blueprint.get("/federation/alarms.atom")
    def alarms() -> Response:
        return finish(Response(_feed(services), content_type="application/atom+xml; charset=utf-8"), None, _LIVE)

    @blueprint.get("/metrics")
    def metrics() -> Response:
        text = render_metrics(services.ledger, standings(services.ledger, SHOWN))
        text += render_usage_metrics(services.usage)
        response = Response(text, content_type="text/plain; version=0.0.4; charset=utf-8")
        response.headers["Cache-Control"] = "no-store"
        return response

    return blueprint


def _status(ledger: Ledger, name: str) -> dict[str, Any]:
    now, digests = ledger.clock(), ledger.digests.node()
    totals = ledger.issues.totals("source")
    return {
        "node": ledger.key.node if ledger.key is not None else None,
        "name": name,
        "at": stamp(now),
        "position": digests.position,
        "digest": node_digest((one.owner, one.digest) for one in digests.owners),
        "owners": [
            {"owner": one.owner, "epoch": one.epoch, "seq": one.seq, "count": one.count, "live": one.live}
            for one in digests.owners
        ],
        "members": [standing_document(one, now) for one in standings(ledger, SHOWN)],
        "alarms": [alarm_document(one) for one in ledger.registry.alarms()[:_ALARMS]],
        "quarantined": {source.name: dict(totals.get(source.name, {})).get(REJECTED, 0) for source in ledger.sources()},
    }


def _page(services: Services) -> str:
    ledger = services.ledger
    now, digests = ledger.clock(), ledger.digests.node()
    found = standings(ledger, SHOWN)
    names = {one.member.node: one.member.name for one in found}
    if ledger.key is not None:
        names[ledger.key.node] = "this node"
    return render_template(
        "federation/members.html",
        key=ledger.key,
        now=now,
        digests=digests,
        members=[_shown(one, now) for one in found],
        matrix=_matrix(digests, found),
        alarms=ledger.registry.alarms()[:_ALARMS],
        tenures=_tenures([said.tenure for said in ledger.registry.tenures()], names),
        names=names,
        days=DAYS,
    )


def _shown(one: Standing, now: datetime) -> dict[str, Any]:
    strip = day_states(one.days, now)
    counts = {state: sum(1 for _, found in strip if found == state) for state in _DAY_WORDS}
    bad = [f"{day} {_DAY_WORDS[state]}" for day, state in strip if state in ("different", "failed")]
    return {
        "standing": one,
        "name": one.member.name,
        "lag_s": one.lag_s(now),
        "strip": strip,
        "said": ", ".join(f"{words} on {counts[state]}" for state, words in _DAY_WORDS.items() if counts[state]),
        "bad": bad[-_DAYS_NAMED:],
        "bad_before": max(0, len(bad) - _DAYS_NAMED),
    }


def _matrix(digests: NodeDigests, members: list[Standing]) -> list[dict[str, Any]]:
    """A row for each owner of whom somebody holds something, with what is here and at each member."""
    here = {one.owner: one for one in digests.owners}
    owners = here.keys() | {cell.owner for one in members for cell in one.owners}
    return [
        {
            "name": _owner_words(owner),
            "owner": owner,
            "here": here.get(owner),
            "cells": [m.cell(owner) for m in members],
        }
        for owner in sorted(owners)
    ]


def _tenures(tenures: list[Tenure], names: dict[str, str]) -> list[dict[str, Any]]:
    last = {tenure.owner: tenure.epoch for tenure in tenures}
    return [
        {
            "tenure": tenure,
            "name": _owner_words(tenure.owner),
            "writer": names.get(tenure.node, ""),
            "now": tenure.epoch == last[tenure.owner],
        }
        for tenure in tenures
    ]


def _owner_words(owner: str) -> str:
    return owner_name(owner) if owner in OWNERS else owner


def _feed(services: Services) -> str:
    ledger = services.ledger
    found = ledger.registry.alarms(cleared=True)[:_ALARMS]
    moments = [one.cleared_at or one.raised_at for one in found] or [ledger.clock()]
    return render_template(
        "federation/alarms.xml",
        iri=node_iri(ledger.key.node) if ledger.key is not None else node_iri("none"),
        alarms=found,
        updated=stamp(max(moments)),
        stamp=stamp,
        links=services.links,
    )
