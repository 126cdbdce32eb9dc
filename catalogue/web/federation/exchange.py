"""What members read of this node, as JSON at fixed addresses (catalogue.exchange.exchange_json says which)."""

from __future__ import annotations

from flask import Blueprint, Response, request

from catalogue.exchange import exchange_json as documents
from catalogue.model.namespaces import OWNERS
from catalogue.problems import NotFound, ResultTooLarge
from catalogue.web.services import Services

_LIVE = "public, max-age=0, must-revalidate"
# A full page changes only when a payload is purged or filled in; what was purged stays in no cache for long (P18).
_FULL = "public, max-age=3600"


def exchange_blueprint(services: Services) -> Blueprint:
    """Routes of the exchange between members."""
    blueprint = Blueprint("exchange", __name__)
    ledger = services.ledger

    @blueprint.before_request
    def check() -> None:
        asked = request.view_args or {}
        numbers = [value for value in asked.values() if isinstance(value, int)]
        # No database keeps such a name or number; to ask it would be an error of ours.
        if "\0" in request.path or any(number >= 1 << 48 for number in numbers):
            raise NotFound(f"There is nothing at {request.path[:100]!r}.")

    @blueprint.get("/federation/node.json")
    @blueprint.get("/.well-known/bioimage-node")
    def node() -> Response:
        if ledger.key is None:
            raise NotFound("This node has no key; it exchanges nothing. Run `ommatidia init`.")
        said = documents.node_document(
            ledger.key, services.name, services.web.base_url, ledger.digests.node(), ledger.registry.tenures()
        )
        return _answer(documents.render(said))

    @blueprint.get("/federation/registry.json")
    def registry() -> Response:
        kept = ledger.registry
        return _answer(documents.render(documents.registry_document(kept.tenures(), kept.members(), kept.offers())))

    @blueprint.get("/federation/digest.json")
    def digest() -> Response:
        return _answer(documents.render(documents.digest_document(ledger.digests.node())))

    @blueprint.get("/federation/digest/<owner>.json")
    def owner_digest(owner: str) -> Response:
        found = ledger.digests.owner(owner)
        if found is None:
            raise NotFound(f"Nothing of an owner {owner[:40]!r} is here; known are {', '.join(OWNERS)}.")
        return _answer(documents.render(documents.owner_document(found, ledger.digests.buckets(owner))))

    @blueprint.get("/federation/digest/<owner>/<path:bucket>.json")
    def bucket_digest(owner: str, bucket: str) -> Response:
        leaves = ledger.digests.leaves(owner, bucket)
        if not leaves:
            raise NotFound(
                f"{owner[:40]} has no bucket {bucket[:80]!r} here; see /federation/digest/{owner[:40]}.json."
            )
        return _answer(documents.render(documents.bucket_document(owner, bucket, leaves)))

    @blueprint.get("/federation/log/<owner>/<int:epoch>/<int:page>.json", defaults={"headers": False})
    @blueprint.get("/federation/log/<owner>/<int:epoch>/<int:page>.headers.json", defaults={"headers": True})
    def log_page(owner: str, epoch: int, page: int, headers: bool) -> Response:
        size = documents.PAGE_ENTRIES
        after = (page - 1) * size
        sizes = ledger.log.payload_sizes(owner, epoch, after, after + size) if page else []
        if not sizes:
            raise NotFound(f"The log of {owner[:40]!r}, epoch {epoch}, has no page {page} here.")
        if not headers and sum(sizes) > documents.PAGE_BYTES:
            raise ResultTooLarge(
                f"Page {page} of the log of {owner}, epoch {epoch}, has {sum(sizes)} bytes; at most "
                f"{documents.PAGE_BYTES} are sent at once. Read {page}.headers.json, and entries one by one."
            )
        # Headers of large records: their payloads are read a few at a time.
        step = size if sum(sizes) <= documents.PAGE_BYTES else 5
        lines = [
            documents.render_entry(one, payload=not headers)
            for start in range(after, after + size, step)
            for one in ledger.log.of_owner(owner, epoch, start, step)
            if one.log.seq <= start + step
        ]
        body = documents.render_lines(owner, epoch, page, lines)
        return _answer(body, _FULL if len(lines) == size else _LIVE)

    @blueprint.get("/federation/entry/<owner>/<int:epoch>/<int:seq>.json")
    def entry(owner: str, epoch: int, seq: int) -> Response:
        found = ledger.log.find(owner, epoch, seq)
        if found is None:
            raise NotFound(f"The log of {owner[:40]!r}, epoch {epoch}, has no entry {seq} here.")
        return _answer(documents.render_entry(found) + b"\n")

    return blueprint


def _answer(body: bytes, cache: str = _LIVE) -> Response:
    response = Response(body, content_type="application/json")
    response.add_etag()
    response.headers["Cache-Control"] = cache
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.make_conditional(request)
    return response
