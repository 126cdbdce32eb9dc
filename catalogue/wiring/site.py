"""The parts that answer readers: query pools, the web application and its server."""

from __future__ import annotations

import atexit
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from catalogue.wiring.audits import LISTENING, AuditParts

if TYPE_CHECKING:
    from flask import Flask

    from catalogue.fair.usage.recorder import Recorder
    from catalogue.query.pool import QueryPool


class SiteParts(AuditParts):
    """Query pools, and the Flask application over everything that pages show."""

    def pool(self, workers: int | None = None) -> QueryPool:
        """A query pool over the published graph."""
        return self.pool_over(self.home / "graph" / "current", workers)

    def pool_over(self, snapshot: Path, workers: int | None = None) -> QueryPool:
        """A query pool over a snapshot link, with the limits of the settings."""
        from catalogue.model.namespaces import PREFIXES
        from catalogue.query.pool import QueryPool

        part = self.settings.query if workers is None else self.settings.query.model_copy(update={"workers": workers})
        return QueryPool(
            snapshot,
            workers=part.workers,
            queue=part.queue,
            deadline_s=part.deadline_s,
            memory_bytes=part.memory_bytes,
            max_rows=part.max_rows,
            max_bytes=part.max_result_bytes,
            max_query_bytes=part.max_query_bytes,
            max_depth=part.max_depth,
            prefixes=PREFIXES,
        )

    @cached_property
    def usage(self) -> Recorder | None:
        """Notes uses of records until this process ends; None where they are not counted."""
        from catalogue.fair.usage.recorder import Recorder
        from catalogue.fair.usage.visits import DaySecrets

        if not self.settings.usage.enabled:
            return None
        recorder = Recorder(self.ledger, DaySecrets(self.home / "usage"), after=self.labels.all)
        atexit.register(recorder.close)
        return recorder

    def web(self, pool: QueryPool | None, snapshot: Path, host: str | None = None, port: int | None = None) -> Flask:
        """The Flask application over this node's services.

        Args:
            host, port: where it will listen; None means as the settings say.
        """
        from catalogue.exchange.secret import load_secret
        from catalogue.federation.inbox import Inbox
        from catalogue.federation.soon import Soon
        from catalogue.web.factory import create_web
        from catalogue.web.services import Services

        listening = {"host": host, "port": port}
        return create_web(
            Services(
                ledger=self.ledger,
                resolver=self.resolver,
                search=self.search,
                pool=pool,
                images=self.images,
                identities=self.identities,
                snapshot=snapshot,
                index=self.home / "search",
                web=self.settings.web.model_copy(update={k: v for k, v in listening.items() if v is not None}),
                dumps=self.dumps,
                query=self.settings.query,
                harvest=self.settings.harvest,
                exchange=self.settings.exchange,
                exposed=self.exposed,
                secret=load_secret(self.home / "exchange"),
                feeds=self.feeds,
                name=self.settings.name,
                inbox=Inbox(self.ledger, Soon(self.home), self.clock),
                audits=self.audits,
                audit_history=self.audit_history,
                assessor=self.assessor(most, for_strangers=True)
                if (most := self.settings.fair.assess_parallel)
                else None,
                counting=self.settings.usage,
                usage=self.usage,
                labels=self.labels,
            )
        )

    def serve_web(self, host: str, port: int, on_ready: Callable[[str], None]) -> None:
        """Serves until interrupted; `on_ready` gets the address."""
        from catalogue.web.server import serve

        def ready(address: str) -> None:
            # For looks at our own pages, which another process makes.
            (self.home / LISTENING).write_text(f"{address}\n")
            on_ready(address)

        limit = self.settings.query.max_result_bytes
        with self.pool() as pool:
            site = self.web(pool, self.home / "graph" / "current", host, port)
            try:
                serve(site, host, port, self.settings.web.threads, limit, ready, self.settings.usage.trusted_proxies)
            finally:
                (self.home / LISTENING).unlink(missing_ok=True)
                if self.usage is not None:
                    self.usage.close()

    def serve_quads(self, file: Path, host: str, port: int, on_ready: Callable[[str], None]) -> None:
        """Serves the SPARQL route over one N-Quads file from a throw-away store."""
        from catalogue.query.quads import throwaway_store
        from catalogue.web.factory import create_sparql_only
        from catalogue.web.server import serve

        limit = self.settings.query.max_result_bytes
        with throwaway_store(file) as snapshot, self.pool_over(snapshot) as pool:
            site = create_sparql_only(pool, self.settings.query)
            serve(site, host, port, self.settings.web.threads, limit, on_ready)
