"""One harvest of the loopback repository, as the tests want to see it."""

from __future__ import annotations

from catalogue.model.documents import Event, Listed, Removed, SourceDocument, SourceSpec, Unchanged, Unreadable
from catalogue.model.payload import digest
from harvesters.oai_pmh import OaiPmhHarvester
from tests.harvesters.contract import fetcher
from tests.harvesters.oai_server import OaiServer

OPTIONS = {"license": "CC0-1.0"}


def source(server: OaiServer, **options: str) -> SourceSpec:
    """The repository as a source."""
    return SourceSpec("oai", "oai_pmh", server.base, ("biostudies",), {**OPTIONS, **options})


class Node:
    """What a node holds of a repository, over several harvests."""

    def __init__(self, server: OaiServer, **options: str):
        self.source = source(server, **options)
        self.cursor: str | None = None
        self.held: dict[str, str] = {}
        self.titles: dict[str, str] = {}
        self.events: list[Event] = []
        self.missing: set[str] = set()

    def harvest(self) -> list[Event]:
        """Reads once; what is removed goes, what a complete listing lacks is missing."""
        self.events = []
        seen = set()
        for event in OaiPmhHarvester(fetcher()).fetch(self.source, self.cursor, dict(self.held)):
            self.events.append(event)
            if isinstance(event, Listed):
                self.missing = set(self.held) - seen if event.complete else set()
                self.cursor = event.cursor
                continue
            seen.add(event.item)
            if isinstance(event, Removed):
                self.held.pop(event.item, None)
            elif isinstance(event, SourceDocument):
                self.held[event.item] = digest(event.content)
                self.titles[event.item] = event.content.decode("utf-8", "replace")
        return self.events

    def items(self, kind: type) -> list[str]:
        """Items of the events of a kind in the last harvest."""
        return [event.item for event in self.events if isinstance(event, kind) and not isinstance(event, Listed)]

    @property
    def documents(self) -> list[str]:
        """Items that came with bytes."""
        return self.items(SourceDocument)

    @property
    def unreadable(self) -> list[Unreadable]:
        """What could not be delivered."""
        return [event for event in self.events if isinstance(event, Unreadable)]

    @property
    def unchanged(self) -> list[str]:
        """What is as it was."""
        return self.items(Unchanged)
