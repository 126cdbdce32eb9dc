"""/federation/digest, /federation/digest/OWNER[/BUCKET]: what is held of whom, to be compared; page or JSON (S9)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, render_template, request

from catalogue.exchange import exchange_json as documents
from catalogue.model.identifiers import owner_name
from catalogue.model.namespaces import OWNERS
from catalogue.problems import NotFound
from catalogue.web.documents import finish
from catalogue.web.negotiation import PAGE, Offer, choose
from catalogue.web.services import Services

_LIVE = "public, max-age=0, must-revalidate"
_JSON = Offer("application/json", ".json", "JSON")


def digests_blueprint(services: Services) -> Blueprint:
    """Routes of digests as pages; the same as JSON for whoever asks for it by Accept."""
    blueprint = Blueprint("digests", __name__)
    ledger = services.ledger

    @blueprint.get("/federation/digest")
    def node() -> Response:
        found = ledger.digests.node()
        return _answer(services, documents.digest_document(found), "node", "/federation/digest")

    @blueprint.get("/federation/digest/<owner>")
    def owner(owner: str) -> Response:
        found = ledger.digests.owner(owner)
        if found is None:
            raise NotFound(f"Nothing of an owner {owner[:40]!r} is here; see /federation/digest.")
        said = documents.owner_document(found, ledger.digests.buckets(owner))
        return _answer(services, said, "owner", f"/federation/digest/{owner}")

    @blueprint.get("/federation/digest/<owner>/<path:bucket>")
    def bucket(owner: str, bucket: str) -> Response:
        leaves = ledger.digests.leaves(owner, bucket)
        if not leaves:
            raise NotFound(f"{owner[:40]} has no bucket {bucket[:80]!r} here; see /federation/digest/{owner[:40]}.")
        said = documents.bucket_document(owner, bucket, leaves)
        return _answer(services, said, "bucket", f"/federation/digest/{owner}/{bucket}")

    return blueprint


def _answer(services: Services, said: Mapping[str, Any], level: str, path: str) -> Response:
    if choose(request.accept_mimetypes, (PAGE, _JSON)) is _JSON:
        response = Response(documents.render(said), content_type="application/json")
    else:
        owner = said.get("owner", "")
        page = render_template(
            "federation/digest.html",
            said=said,
            level=level,
            path=services.links.path(path),
            owner=owner_name(owner) if owner in OWNERS else owner,
        )
        response = Response(page)
    response.headers["Access-Control-Allow-Origin"] = "*"
    return finish(response, None, _LIVE)
