"""The parts that write views and run as time passes."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from functools import cached_property
from time import monotonic
from typing import TYPE_CHECKING, Any

from catalogue.problems import Locked
from catalogue.wiring.audits import AuditParts
from catalogue.wiring.harvests import HarvestParts

if TYPE_CHECKING:
    from catalogue.federation.nightly import NightlyDump
    from catalogue.federation.upkeep import Upkeep
    from catalogue.store.graph_sources import RecordLinks
    from catalogue.store.views import View

HEARTBEAT = "worker.json"
# The worker beats every two seconds; one that missed this many has ended or hangs.
HEARTBEAT_OLD = timedelta(seconds=20)
# Publishing and rebuilding hold the views for a while; a worker that starts meanwhile waits this long.
VIEWS_WAIT_S = 60.0


class WorkParts(HarvestParts, AuditParts):
    """The views, and the worker that keeps them caught up."""

    @contextmanager
    def views(self) -> Iterator[list[View]]:
        """The views, writable, until the context ends; Locked when a worker holds them."""
        from catalogue.fair.graph import AuditGraphs
        from catalogue.model.rdf import quads
        from catalogue.store.claims import ClaimsView
        from catalogue.store.graph.embedded import EmbeddedGraph
        from catalogue.store.graph_view import GraphView
        from catalogue.store.ontologies import OntologyGraphs
        from catalogue.store.text import TextView

        with ExitStack() as stack:
            listed = self.ledger.image_lists.files.table if self.settings.graph_images == "all" else None
            # The graph's lock keeps every other writer of views out.
            engine = EmbeddedGraph(self.home / "graph")
            links: list[RecordLinks] = [self.identities, self.funding]
            results = AuditGraphs(self.audits.shelf, self.settings.fair.graph)
            ended = self.stopping.is_set
            graph = GraphView(engine, quads, OntologyGraphs(self.home), self._checks(), links, listed, results, ended)
            stack.callback(graph.close)
            claims = ClaimsView(self.home / "identity")
            stack.callback(claims.close)
            text = TextView(self.home / "search", self.ontology)
            stack.callback(text.close)
            # Links in the graph follow from claims, so these come first.
            yield [claims, graph, text]

    def nightly_dump(self, stop: threading.Event) -> NightlyDump:
        """The dump of each day, made by a process of its own."""
        from catalogue.federation.nightly import NightlyDump, apart

        make = apart([sys.executable, "-m", "app", "--home", str(self.home), "dumps", "make", "--json"], stop)
        return NightlyDump(self.ledger, self.dumps, make, self.settings.exchange.dump_hour, stop)

    @cached_property
    def upkeep(self) -> Upkeep:
        """What the node does for its log as time passes."""
        from catalogue.federation.upkeep import Upkeep

        return Upkeep(self.ledger, self.settings.federation.purge_hours, self.clock, self._drop_withdrawn)

    def _drop_withdrawn(self, position: int) -> None:
        self.audit_history.withdrawn(position)
        if self.dumps.older_than(position):
            with self.dumps.alone():
                self.dumps.drop_older_than(position)

    def _count_usage(self) -> None:
        from catalogue.fair.usage.recorder import fold
        from catalogue.fair.usage.visits import DaySecrets

        fold(self.ledger, DaySecrets(self.home / "usage"))

    def worker(self) -> dict[str, Any] | None:
        """The last heartbeat of the worker that runs now; None when none does."""
        from catalogue.federation.worker import read_heartbeat

        beat = read_heartbeat(self.home / HEARTBEAT)
        if beat is None or beat["state"] != "running":
            return None
        if self.clock() - datetime.fromisoformat(beat["at"]) > HEARTBEAT_OLD:
            return None
        try:
            os.kill(beat["pid"], 0)
        except ProcessLookupError:
            return None
        except PermissionError:
            # Somebody else's process, so there is one.
            pass
        return beat

    def work(self, stop: threading.Event) -> int:
        """Runs the worker until `stop` is set; gives the exit code.

        Raises:
            Locked: another process goes on writing the views.
        """
        from catalogue.federation.rebuilding import RebuildMark
        from catalogue.federation.worker import Worker

        self.stopping = stop
        schedule = self.schedule()

        def what_is_due() -> None:
            schedule.run_due()
            self.upkeep.tick()
            self._count_usage()

        with ExitStack() as stack:
            views = self._await_views(stack, stop)
            stack.enter_context(self.nightly_dump(stop).running())
            stack.enter_context(self.trickle().running())
            stack.enter_context(self.periodic_audit(stop).running())
            return Worker(
                self.ledger,
                views,
                what_is_due,
                stop=stop,
                clock=self.clock,
                heartbeat=self.home / HEARTBEAT,
                mark=RebuildMark(self.home),
                tell=self._teller().tell,
            ).run()

    def _await_views(self, stack: ExitStack, stop: threading.Event) -> list[View]:
        """The views, entered into `stack`; waits while a command writes them, not while another worker does."""
        started = monotonic()
        while True:
            try:
                return stack.enter_context(self.views())
            except Locked:
                if self.worker() is not None or monotonic() - started > VIEWS_WAIT_S:
                    raise
                if stop.wait(0.1):
                    return []
