"""Wires settings, ledger, views, services, web and command line together; owns no behaviour."""

from __future__ import annotations

import logging
import sys
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from catalogue.problems import SettingsInvalid
from catalogue.wiring.site import SiteParts
from catalogue.wiring.work import WorkParts

if TYPE_CHECKING:
    from flask import Flask

    from catalogue.settings import Settings
    from harvesters.single import SingleDocuments


def now() -> datetime:
    """The one clock."""
    return datetime.now(UTC)


class LocalNode(WorkParts, SiteParts):
    """A node in a folder of this machine; each part is made when first asked for (catalogue.cli.node.Node)."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings, now)


def create_app(home: Path | None = None) -> Flask:
    """The WSGI application of a node, for `gunicorn 'app:create_app()'`; a worker runs beside it."""
    node = open_node(home)
    node.initialise()
    pool = node.pool()
    site = node.web(pool, node.home / "graph" / "current")
    site.extensions["query_pool"] = pool  # for whoever stops the application in a living process
    return site


def judge_apart(message: bytes) -> bytes:
    """What the process of assessments answers; it has no network and opens no node."""
    from catalogue.fair.assess.process import answer

    return answer(message, _single_documents().map)


@cache
def _single_documents() -> SingleDocuments:
    from harvesters.http import Fetcher
    from harvesters.single import SingleDocuments

    # The document is there already, so that its harvester asks nobody.
    return SingleDocuments(Fetcher(contact="", clock=now))


def open_node(home: Path | None) -> LocalNode:
    """The node in `home`, or where OMMATIDIA_HOME says."""
    from catalogue.settings import load_settings  # a quarter of a second that `--help` need not wait

    try:
        settings = load_settings(home)
        owners = settings.home / "owners.toml"
        if owners.exists():
            from catalogue.model.identifiers import add_owners

            add_owners(owners)
        return LocalNode(settings)
    except ValueError as error:
        raise SettingsInvalid(f"The settings cannot be used: {error}") from error


def main() -> None:
    """Entry point of the `ommatidia` command."""
    try:
        from catalogue.cli.main import build_cli, run
    except KeyboardInterrupt:
        sys.exit(130)

    logging.getLogger("rdflib.term").setLevel(logging.ERROR)
    sys.exit(run(build_cli(open_node)))


if __name__ == "__main__":
    main()
