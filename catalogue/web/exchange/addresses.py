"""Absolute addresses of this node, for formats that know no other."""

from __future__ import annotations

from catalogue.exchange.dcat.place import Place
from catalogue.problems import SettingsInvalid
from catalogue.web.services import Services

_ANYWHERE = frozenset({"", "0.0.0.0", "::"})  # noqa: S104  these are recognised, not listened on


def root_of(services: Services) -> str:
    """The node's address without a slash at its end: the public one, else the one it is set to listen on.

    Raises:
        SettingsInvalid: neither says under which address others reach the node.
    """
    web = services.web
    if web.base_url:
        return web.base_url.rstrip("/")
    if web.port == 0 or web.host in _ANYWHERE:
        raise SettingsInvalid(
            "This document needs addresses that are whole, and this node does not know its own. Set web.base_url to "
            "its public address."
        )
    host = f"[{web.host}]" if ":" in web.host else web.host
    return f"http://{host}:{web.port}"


def place_of(services: Services) -> Place:
    """Where the node is, for triples."""
    root, links = root_of(services), services.links
    return Place(root, lambda curie, suffix: root + links.document("study", curie, suffix))
