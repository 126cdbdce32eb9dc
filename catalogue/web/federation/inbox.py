"""/inbox: notifications of other nodes (LDN, COAR Notify); catalogue.federation.inbox says what they do."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, Response, jsonify, request

from catalogue.federation.inbox import MAX_BYTES, Inbox
from catalogue.problems import NotFound, NotificationRefused
from catalogue.web.services import Services

_TYPES = ("application/ld+json", "application/json", "application/activity+json")


def inbox_blueprint(services: Services) -> Blueprint:
    """Routes of the inbox."""
    blueprint = Blueprint("inbox", __name__)

    @blueprint.get("/inbox")
    def show() -> Response:
        _inbox(services)
        # What was sent is nobody else's to read: the container is always empty.
        said = {"@context": "http://www.w3.org/ns/ldp", "@id": services.links.full("/inbox"), "contains": []}
        response = Response(json.dumps(said), content_type="application/ld+json")
        response.headers["Link"] = '<http://www.w3.org/ns/ldp#Container>; rel="type"'
        response.headers["Accept-Post"] = ", ".join(_TYPES)
        response.headers["Cache-Control"] = "public, max-age=3600"
        return response

    @blueprint.post("/inbox")
    def take() -> Response:
        inbox = _inbox(services)
        inbox.admit(request.remote_addr or "")
        effect = inbox.receive(_document())
        response = jsonify(effect=effect)
        response.status_code = 202
        response.headers["Cache-Control"] = "no-store"
        return response

    return blueprint


def _inbox(services: Services) -> Inbox:
    if services.inbox is None:
        raise NotFound("This node takes no notifications.")
    return services.inbox


def _document() -> Any:
    if request.mimetype not in _TYPES:
        raise NotificationRefused(f"A notification comes as {' or '.join(_TYPES)}, not as {request.mimetype[:80]!r}.")
    if (request.content_length or 0) > MAX_BYTES or len(body := request.get_data()) > MAX_BYTES:
        raise NotificationRefused(f"A notification has at most {MAX_BYTES} bytes.")
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise NotificationRefused("The notification is no JSON text.") from error
