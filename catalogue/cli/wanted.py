"""What `serve` is told to have: members and sources that are added when they are not there yet."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from catalogue.cli.harvest import check_source_name, location_of
from catalogue.cli.node import Node
from catalogue.problems import BadRequest

_SOURCE = re.compile(r"([^=]+)=([a-z_]+):(.+)", re.ASCII)


def add_wanted(node: Node, members: Sequence[str], sources: Sequence[str]) -> None:
    """Adds members and sources that are not there; nothing that is there is changed.

    A member need not answer yet: it joins at its first pull.

    Args:
        members: addresses.
        sources: NAME=HARVESTER:LOCATION.
    """
    for text in sources:
        _add_source(node, text)
    for url in members:
        _add_member(node, url.rstrip("/"))


def _add_source(node: Node, text: str) -> None:
    found = _SOURCE.fullmatch(text)
    if found is None or found[2] not in node.harvesters:
        raise BadRequest(
            f"--source {text[:200]} is no NAME=HARVESTER:LOCATION, such as bia=gide:/data/bia; harvesters are "
            f"{', '.join(sorted(node.harvesters))}."
        )
    name, harvester, location = found.groups()
    check_source_name(name)
    location = location_of(location)
    if any((one.name, one.harvester, one.location) == (name, harvester, location) for one in node.ledger.sources()):
        # Its options may have been set since.
        return
    node.ledger.add_source(name, harvester=harvester, location=location)


def _add_member(node: Node, url: str) -> None:
    from catalogue.federation.members import HARVESTER

    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise BadRequest(f"--member {url[:200]} is no address of a node; give one such as https://node.example.org.")
    if any(one.harvester == HARVESTER and one.location == url for one in node.ledger.sources()):
        return
    # Its own name is known when it answers; until then the address tells it apart.
    name = re.sub(r"[^A-Za-z0-9]+", "-", f"{parts.netloc.rpartition('@')[2]}{parts.path}").strip("-")[:60]
    node.ledger.add_source(name, harvester=HARVESTER, location=url)
