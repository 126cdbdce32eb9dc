"""The interfaces of a node as a linkset: /.well-known/api-catalog.

Source: RFC 9727 (api-catalog), RFC 9264 section 4.2 (linkset in JSON), RFC 8631 (service-desc, service-doc).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from catalogue.exchange.dcat.about import Service

PATH: Final = "/.well-known/api-catalog"
MEDIA_TYPE: Final = "application/linkset+json"
PROFILE: Final = "https://www.rfc-editor.org/info/rfc9727"


def api_catalog(services: Sequence[Service], root: str) -> dict[str, Any]:
    """The linkset: each interface as an item of the catalogue, and where each is described and documented."""
    contexts: list[dict[str, Any]] = [
        {
            "anchor": root + PATH,
            "item": [{"href": root + service.path, "title": service.title} for service in services],
            "service-meta": [{"href": f"{root}/service-info", "type": "application/json"}],
        }
    ]
    for service in services:
        said: dict[str, Any] = {}
        if service.description_path:
            described: dict[str, str] = {"href": root + service.description_path}
            said["service-desc"] = [described | ({"type": service.media_type} if service.media_type else {})]
        if service.documentation_path:
            said["service-doc"] = [{"href": root + service.documentation_path, "type": "text/html"}]
        if service.standard:
            said["profile"] = [{"href": service.standard}]
        if said:
            contexts.append({"anchor": root + service.path, **said})
    return {"linkset": contexts}
