"""A node whose records are written one by one under a clock of its own, for tests of what harvesters read."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.serving import make_server

from catalogue.exchange.exposed import Exposed
from catalogue.exchange.oai.base import prefixes_of
from catalogue.exchange.secret import load_secret
from catalogue.model.payload import canonical
from catalogue.resolver.service import Resolver
from catalogue.settings import ExchangeSettings, WebSettings
from catalogue.store.ledger import Ledger
from catalogue.web.factory import create_web
from catalogue.web.services import Services

START = datetime(2026, 3, 1, 12, 0, 0, 250_000, tzinfo=UTC)
BASE = "https://w3id.org/ommatidia/"
METHODS = ("FBbi:00000369", "FBbi:00000246", "FBbi:00000251")


@dataclass
class Clock:
    """A clock that goes on when it is told to."""

    moment: datetime = START

    def __call__(self) -> datetime:
        return self.moment

    def go(self, seconds: float) -> None:
        """Let time pass."""
        self.moment += timedelta(seconds=seconds)


def study(number: int, title: str = "Cells", owner: str = "biostudies") -> dict[str, Any]:
    """A study with all that DataCite demands."""
    accession = f"S-BIAD{number}" if owner == "biostudies" else f"idr{number:04}"
    curie = f"{owner}:{accession}"
    method = METHODS[number % len(METHODS)]
    return {
        "type": "Study",
        "id": curie,
        "accession": accession,
        "owner": owner,
        "title": f"{title} {number}",
        "description": "Cells & <tissue>, imaged\x07 over three days.",
        "keywords": ["heart"],
        "license": "https://creativecommons.org/licenses/by/4.0/",
        "date_published": "2024-05-17",
        "publisher": {"type": "Organization", "id": f"{curie}/organization/1", "name": "An archive"},
        "authors": [
            {"type": "Person", "id": f"{curie}/author/1", "name": "Ana Ruiz", "given_name": "Ana",
             "family_name": "Ruiz", "orcid": "https://orcid.org/0000-0002-1825-0097"},
        ],
        "terms": [{"type": "ImagingMethod", "id": method, "label": f"method {method[-3:]}"}],
        "methods": [method],
    }  # fmt: skip


@dataclass
class Node:
    """A ledger and what is offered of it."""

    folder: Path
    clock: Clock = field(default_factory=Clock)
    settings: ExchangeSettings = field(
        default_factory=lambda: ExchangeSettings(admin_email="images@archive.example.org", wait_s=0.0)
    )
    web: WebSettings = field(default_factory=lambda: WebSettings(base_url="http://node.example.org"))

    def __post_init__(self) -> None:
        self.ledger = Ledger(f"sqlite:///{self.folder / 'ledger.db'}", self.clock)
        self.exposed = self.fresh()

    def fresh(self) -> Exposed:
        """What another process of this node offers."""
        return Exposed(self.ledger, self.folder / "exchange", prefixes_of)

    def put(self, *records: dict[str, Any], status: str = "public") -> None:
        """Records made or changed now, in one transaction."""
        with self.ledger.transaction() as writer:
            for record in records:
                self.append(writer, record, status)

    def append(self, writer: Any, record: dict[str, Any], status: str = "public") -> None:
        """One record within a transaction."""
        writer.append(
            curie=record["id"],
            owner=record["owner"],
            kind={"Study": "study", "Image": "image"}.get(record.get("record_type", record["type"]), "image-list"),
            status=status,
            payload=canonical(record),
            source="test",
            harvester="test",
            retrieved_at=self.clock(),
            parent=record.get("study"),
        )

    def withdraw(self, curie: str, status: str = "withdrawn", **members: str) -> None:
        """A record withdrawn or replaced now."""
        owner, _, accession = curie.partition(":")
        stone = {"type": "Tombstone", "id": curie, "accession": accession, "owner": owner, "record_type": "Study",
                 "title": "Gone", "date_withdrawn": "2026-03-01", "reason": "removed-at-source", **members}  # fmt: skip
        self.put(stone, status=status)

    def app(self) -> Flask:
        """The node's web application."""
        services = Services(
            ledger=self.ledger,
            resolver=Resolver(self.ledger),
            web=self.web,
            exchange=self.settings,
            exposed=self.exposed,
            secret=load_secret(self.folder / "exchange"),
            name="Test node",
        )
        app = create_web(services)
        app.testing = True
        return app

    @contextmanager
    def served(self) -> Iterator[str]:
        """The node on loopback; gives its address without a slash at the end."""
        app = None
        server = make_server("127.0.0.1", 0, lambda environ, start: app(environ, start), threaded=True)  # type: ignore[misc]
        self.web = WebSettings(base_url=f"http://127.0.0.1:{server.server_port}")
        app = self.app()
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield self.web.base_url
        finally:
            server.shutdown()
            thread.join(10)
            server.server_close()
