"""Absolute addresses of this node, for formats that know no other."""

from __future__ import annotations

from catalogue.exchange.dcat.place import Place
from catalogue.web.services import Services, absolute_base


def root_of(services: Services) -> str:
    """The node's address without a slash at its end: the public one, else the one it is set to listen on.

    Raises:
        SettingsInvalid: neither says under which address others reach the node.
    """
    return absolute_base(services.web)


def place_of(services: Services) -> Place:
    """Where the node is, for triples."""
    root, links = root_of(services), services.links
    return Place(root, lambda curie, suffix: root + links.document("study", curie, suffix))
