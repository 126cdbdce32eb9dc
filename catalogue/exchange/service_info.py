"""What a node is, in the words of GA4GH: /service-info.

Source: GA4GH Service Info 1.0.0.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from catalogue.exchange.dcat.about import About

_TYPE = {"group": "org.w3id.ommatidia", "artifact": "catalogue"}


def service_info(about: About, name: str, root: str, schema_version: str) -> dict[str, Any]:
    """The document.

    Args:
        name: of the node.
        root: public address of the node; its host, read backwards, is what makes the id unique.
        schema_version: of the model that the node speaks, which is the version of the service's type.
    """
    found: dict[str, Any] = {
        "id": _identifier(root),
        "name": name,
        "type": {**_TYPE, "version": schema_version},
        "description": about.description,
        "organization": {"name": about.publisher, "url": about.publisher_url or f"{root}/"},
        "documentationUrl": f"{root}/docs",
        "version": about.version,
    }
    if about.contact:
        found["contactUrl"] = f"mailto:{about.contact}"
    return found


def _identifier(root: str) -> str:
    """Reverse domain name with the path: `org.example.catalogue.node`."""
    parts = urlsplit(root)
    host = parts.hostname or ""
    labels = [host] if _is_number(host) else list(reversed(host.split(".")))
    port = [str(parts.port)] if parts.port else []
    return ".".join([*labels, *port, *(step for step in parts.path.split("/") if step), "ommatidia"])


def _is_number(host: str) -> bool:
    return ":" in host or host.replace(".", "").isdigit()
