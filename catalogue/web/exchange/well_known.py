"""What programs look for at fixed addresses: /service-info and /.well-known/api-catalog."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, Response

from catalogue.exchange.api_catalog import MEDIA_TYPE, PATH, PROFILE, api_catalog
from catalogue.exchange.dumps.shelf import LATEST
from catalogue.exchange.service_info import service_info
from catalogue.model.table import schema_version
from catalogue.problems import NotFound
from catalogue.web.documents import finish, to
from catalogue.web.exchange.interfaces import about, interfaces
from catalogue.web.services import Services, absolute_base

_VOID = "/dumps/latest/void.ttl"


def _json(document: dict[str, Any], content_type: str) -> Response:
    response = Response(json.dumps(document, ensure_ascii=False, indent=2) + "\n", content_type=content_type)
    response.headers["Access-Control-Allow-Origin"] = "*"
    return finish(response, None)


def well_known_blueprint(services: Services) -> Blueprint:
    """Routes at fixed addresses."""
    blueprint = Blueprint("well_known", __name__)

    @blueprint.get("/service-info")
    def info() -> Response:
        document = service_info(about(services), services.name, absolute_base(services.web), schema_version())
        return _json(document, "application/json")

    @blueprint.get(PATH)
    def catalog() -> Response:
        response = _json(
            api_catalog(interfaces(services), absolute_base(services.web)), f'{MEDIA_TYPE}; profile="{PROFILE}"'
        )
        response.headers["Link"] = f'<{services.links.full(PATH)}>; rel="api-catalog"'
        return response

    @blueprint.get("/.well-known/void")
    def void() -> Response:
        if services.dumps is None or services.dumps.find(LATEST) is None:
            raise NotFound("This node has no dump, and so no description of one; /catalog describes its studies.")
        return to(services.links, _VOID, 303)

    return blueprint
