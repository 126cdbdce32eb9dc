"""What the command line needs of a node; app.py builds it, lazily, one part at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from catalogue.exchange.dumps.shelf import DumpShelf
    from catalogue.fair.assess.service import Assessor
    from catalogue.fair.history import History
    from catalogue.fair.live.runner import Runner
    from catalogue.fair.service import Audits
    from catalogue.federation.announce import Announced
    from catalogue.federation.members import Members
    from catalogue.federation.ownership import Ownership
    from catalogue.federation.probe import Probe
    from catalogue.federation.schedule import Schedule
    from catalogue.federation.upkeep import Upkeep
    from catalogue.images.service import ImageService
    from catalogue.ingest.harvester import Harvester
    from catalogue.ingest.report import RunReport
    from catalogue.ingest.service import Ingest
    from catalogue.query.pool import QueryPool
    from catalogue.resolver.identities import Identities
    from catalogue.resolver.service import Resolver
    from catalogue.search.service import SearchService
    from catalogue.settings import Settings
    from catalogue.store.funding import Funding
    from catalogue.store.ledger import Ledger
    from catalogue.store.views import View


class Node(Protocol):
    """A node's parts, made when first asked for.

    `views` takes the writer's lock and raises Locked when a worker holds it.
    """

    settings: Settings
    home: Path
    stopping: threading.Event

    @property
    def ledger(self) -> Ledger:
        """The ledger; NotFound where the home was never initialised."""
        ...

    @property
    def dumps(self) -> DumpShelf:
        """The folder of dumps."""
        ...

    @property
    def harvesters(self) -> Mapping[str, Harvester]:
        """Name -> harvester."""
        ...

    @property
    def ingest(self) -> Ingest:
        """The harvest service."""
        ...

    @property
    def members(self) -> Members:
        """The members of the federation."""
        ...

    def probe(self, url: str) -> Probe:
        """A member's addresses with status and headers, for looking at it before it joins."""
        ...

    @property
    def resolver(self) -> Resolver:
        """The resolver."""
        ...

    @property
    def identities(self) -> Identities:
        """Which records are about one study."""
        ...

    @property
    def looks(self) -> Runner:
        """Live checks."""
        ...

    def assessor(self, parallel: int = 1) -> Assessor:
        """Assesses studies that are held here, not published yet, or at any address."""
        ...

    @property
    def audits(self) -> Audits:
        """FAIR audits."""
        ...

    @property
    def funding(self) -> Funding:
        """Who paid for what."""
        ...

    @property
    def audit_history(self) -> History:
        """The audits that are kept."""
        ...

    @property
    def search(self) -> SearchService:
        """Full-text search."""
        ...

    @property
    def images(self) -> ImageService:
        """Pixels."""
        ...

    def schedule(self, on_done: Callable[[RunReport], None] = ...) -> Schedule:
        """The schedule of this node's harvests; it ends with `stopping`."""
        ...

    @property
    def ownership(self) -> Ownership:
        """Who writes whose records."""
        ...

    @property
    def upkeep(self) -> Upkeep:
        """What the node does for its log as time passes."""
        ...

    def announce(self) -> list[Announced]:
        """What came of telling each index of FAIR Data Points where this node's is."""
        ...

    def pause(self, source: str) -> None:
        """Keeps the schedule from reading a source until it is resumed."""
        ...

    def resume(self, source: str) -> None:
        """Lets the schedule read a stopped source again; Conflict when it is not stopped."""
        ...

    def check_source(self, harvester: str, options: Mapping[str, str]) -> None:
        """Nothing, when the options that limit the reading of a source can be understood; else BadRequest."""
        ...

    def views(self) -> AbstractContextManager[list[View]]:
        """The views, writable, until the context ends."""
        ...

    def pool(self, workers: int | None = None) -> QueryPool:
        """A query pool over the published graph."""
        ...

    def worker(self) -> dict[str, Any] | None:
        """The last heartbeat of the worker that runs now; None when none does."""
        ...

    def work(self, stop: threading.Event) -> int:
        """Runs the worker until `stop` is set; gives the exit code. Locked when another worker runs."""
        ...

    def serve_web(self, host: str, port: int, on_ready: Callable[[str], None]) -> None:
        """Serves until interrupted; `on_ready` gets the address."""
        ...

    def serve_quads(self, file: Path, host: str, port: int, on_ready: Callable[[str], None]) -> None:
        """Serves the SPARQL route over one N-Quads file from a throw-away store."""
        ...

    def describe_harvester(self, name: str) -> str:
        """What a harvester reads, in one line."""
        ...

    def write_template(self, path: Path) -> list[Path]:
        """The files of the spreadsheet template, now written; BadRequest where something is there already."""
        ...

    def write_harvester(self, name: str, checkout: Path) -> list[Path]:
        """The files of a new harvester, now written; BadRequest for a name that is taken or no name."""
        ...

    def initialise(self) -> None:
        """Makes the home and an empty ledger; nothing that is there is touched."""
        ...


OpenNode = Callable[[Path | None], Node]
