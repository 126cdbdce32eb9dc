"""Where this node is, for triples: addresses in them are always whole."""

from __future__ import annotations

from catalogue.exchange.dcat.place import Place
from catalogue.web.services import Services, absolute_base


def place_of(services: Services) -> Place:
    """Where the node is.

    Raises:
        SettingsInvalid: neither the public address nor one to listen on is told.
    """
    root, links = absolute_base(services.web), services.links
    return Place(root, lambda curie, suffix: root + links.document("study", curie, suffix))
