"""Wires settings, ledger, views, services, web and command line together; owns no behaviour."""

from __future__ import annotations

import atexit
import logging
import os
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache, cached_property, partial
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

from catalogue.problems import BadRequest, Locked, NotFound, SettingsInvalid
from catalogue.settings import Settings, load_settings

if TYPE_CHECKING:
    from flask import Flask

    from catalogue.exchange.dumps.shelf import DumpShelf
    from catalogue.exchange.exposed import Exposed
    from catalogue.exchange.feeds.matching import FeedRules
    from catalogue.fair.assess.service import Assessor
    from catalogue.fair.audit import Audit
    from catalogue.fair.history import History
    from catalogue.fair.live.runner import Runner
    from catalogue.fair.live.trickle import Trickle
    from catalogue.fair.node_facts import NodeFacts
    from catalogue.fair.periodic import PeriodicAudit
    from catalogue.fair.service import Audits
    from catalogue.fair.usage.label import Labels
    from catalogue.fair.usage.recorder import Recorder
    from catalogue.federation.announce import Announced
    from catalogue.federation.feed import Feed
    from catalogue.federation.members import Members
    from catalogue.federation.nightly import NightlyDump
    from catalogue.federation.ownership import Ownership
    from catalogue.federation.probe import Probe
    from catalogue.federation.schedule import Schedule
    from catalogue.federation.telling import Teller
    from catalogue.federation.upkeep import Upkeep
    from catalogue.images.service import ImageService
    from catalogue.ingest.harvester import Harvester
    from catalogue.ingest.report import RunReport
    from catalogue.ingest.service import Ingest
    from catalogue.model.profile_results import ProfileChecks
    from catalogue.model.profiles import Profile
    from catalogue.query.pool import QueryPool
    from catalogue.resolver.identities import Identities
    from catalogue.resolver.service import Resolver
    from catalogue.search.service import SearchService
    from catalogue.store.funding import Funding
    from catalogue.store.graph_sources import RecordLinks
    from catalogue.store.ledger import Ledger
    from catalogue.store.ontologies import Ontology
    from catalogue.store.views import View
    from harvesters.http import Fetcher
    from harvesters.single import SingleDocuments
    from harvesters.traffic import Limits


HEARTBEAT = "worker.json"
LISTENING = "listening"
# The worker beats every two seconds; one that missed this many has ended or hangs.
HEARTBEAT_OLD = timedelta(seconds=20)
# Publishing and rebuilding hold the views for a while; a worker that starts meanwhile waits this long.
VIEWS_WAIT_S = 60.0


def now() -> datetime:
    """The one clock."""
    return datetime.now(UTC)


class LocalNode:
    """A node in a folder of this machine; each part is made when first asked for (catalogue.cli.node.Node).

    Imports stand inside the parts, so that `ommatidia --help` or `source list` does not load a graph engine.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.home = settings.home
        self.stopping = threading.Event()
        self._ingest_lock = threading.Lock()

    def initialise(self) -> None:
        """Makes the home and an empty ledger; nothing that is there is touched."""
        self.home.mkdir(parents=True, exist_ok=True)
        ledger = self.__dict__.setdefault("ledger", self._open_ledger(create=True))
        # What was written before there were keys can be exchanged from now on.
        ledger.sign_log()

    def _open_ledger(self, *, create: bool) -> Ledger:
        from catalogue.federation.rebuilding import RebuildMark
        from catalogue.model.signing import NEXT_KEY, KeyFile, NodeKey
        from catalogue.store.ledger import Ledger

        # Also of a node made before there were keys.
        NodeKey.load(self.home / "node.key", create=create or self.home.is_dir())
        ledger = Ledger(
            self.settings.ledger,
            now,
            create=create,
            chunks=self.home / "chunks",
            key=KeyFile(self.home / "node.key").current,
            on_rewrite=RebuildMark(self.home).want,
        )
        if (self.home / NEXT_KEY).exists():
            from catalogue.federation.ownership import finish_rotation

            finish_rotation(ledger, self.home / "node.key")
        return ledger

    @cached_property
    def ledger(self) -> Ledger:
        """The ledger; NotFound where the home was never initialised."""
        try:
            return self._open_ledger(create=False)
        except NotFound as problem:
            raise NotFound(f"There is no node in {self.home}; make one with `ommatidia init`.") from problem

    @cached_property
    def dumps(self) -> DumpShelf:
        """The folder of dumps."""
        from catalogue.exchange.dumps.shelf import DumpShelf

        return DumpShelf(self.home / "dumps")

    def nightly_dump(self, stop: threading.Event) -> NightlyDump:
        """The dump of each day, made by a process of its own."""
        from catalogue.federation.nightly import NightlyDump, apart

        make = apart([sys.executable, "-m", "app", "--home", str(self.home), "dumps", "make", "--json"], stop)
        return NightlyDump(self.ledger, self.dumps, make, self.settings.exchange.dump_hour, stop)

    @cached_property
    def ontology(self) -> Ontology:
        """Installed ontologies and the curated terms shipped with the node."""
        from catalogue.store.ontologies import Ontology

        return Ontology.load(self.home)

    @cached_property
    def fetcher(self) -> Fetcher:
        """The one way out of this process for harvests."""
        from harvesters.http import Fetcher

        part = self.settings.harvest
        return Fetcher(
            contact=part.contact,
            allow_private=frozenset(part.allow_private_hosts),
            timeout_s=part.timeout_s,
            max_bytes=part.max_document_bytes,
            clock=now,
            cache_dir=self.home / "cache",
            sleep=self._sleep,
            interrupt=lambda: self._sleep(0),
        )

    def _sleep(self, seconds: float) -> None:
        """Waits; ends the harvest under way when the node is asked to stop."""
        from catalogue.ingest.service import HarvestStopped

        if self.stopping.wait(seconds):
            raise HarvestStopped("the node was asked to stop")

    @cached_property
    def harvesters(self) -> Mapping[str, Harvester]:
        """Name -> harvester, each within the limits of its source."""
        from catalogue.federation.outlook import bytes_today
        from harvesters.base import Members
        from harvesters.manners import MannerlyHarvester

        def used_today(source: str) -> int:
            return bytes_today(self.ledger, source, now())

        general = self._limits()
        return Members(lambda make: MannerlyHarvester(make(self.fetcher), general, now, used_today))

    def _limits(self) -> Limits:
        """What one run may use where its source says nothing else."""
        from harvesters.manners import read_hours
        from harvesters.traffic import Limits

        part = self.settings.harvest
        try:
            hours = read_hours(part.hours)
        except BadRequest as problem:
            raise SettingsInvalid(f"harvest.hours cannot be used: {problem.detail}") from problem
        return Limits(
            requests=part.run_requests,
            pages=part.run_pages,
            records=part.run_records,
            bytes_raw=part.run_bytes,
            seconds=part.run_s,
            errors=part.run_errors,
            bytes_per_day=part.bytes_per_day,
            hours=hours,
        )

    def check_source(self, harvester: str, options: Mapping[str, str]) -> None:
        """Nothing, when the options that limit the reading of a source can be understood; else BadRequest."""
        from harvesters.manners import limits_of

        limits_of(self._limits(), options)

    def describe_harvester(self, name: str) -> str:
        """What a harvester reads, in one line."""
        from harvesters.base import described

        return described(self.harvesters[name])

    def write_template(self, path: Path) -> list[Path]:
        """The files of the spreadsheet template, now written."""
        from harvesters.table_template import write_template

        return write_template(path)

    def write_harvester(self, name: str, checkout: Path) -> list[Path]:
        """The files of a new harvester, now written."""
        from harvesters.scaffold import write_harvester

        return write_harvester(name, checkout)

    @cached_property
    def ingest(self) -> Ingest:
        """The harvest service."""
        from catalogue.ingest.service import Ingest
        from catalogue.model.table import schema_version

        return Ingest(
            self.ledger,
            self.harvesters,
            self.ontology,
            self.ontology.digest,
            schema_version(),
            self.settings.harvest,
            now,
            lambda: self.fetcher.counters(),
            self.members.take_back,
        )

    @cached_property
    def members(self) -> Members:
        """The members of the federation."""
        from catalogue.federation.members import Members

        return Members(self.ledger, self._open_feed, now, self.settings.harvest.max_document_bytes, self.home)

    @cached_property
    def ownership(self) -> Ownership:
        """Who writes whose records."""
        from catalogue.federation.ownership import Ownership

        return Ownership(self.ledger, self.members, self._open_feed, now, self.home / "node.key")

    def _open_feed(self, url: str) -> Feed:
        """A member's addresses through a fetcher with the limits for members."""
        from catalogue.federation.feed import HttpFeed

        def fetch(address: str, max_bytes: int, etag: str) -> tuple[int, bytes, str]:
            answer = self._member_fetcher.get(address, max_bytes=max_bytes, etag=etag, origin=origin)
            return answer.status, answer.content, answer.etag

        origin = self._member_fetcher.origin(url)
        return HttpFeed(fetch, url)

    def probe(self, url: str) -> Probe:
        """A member's addresses with status and headers, for looking at it before it joins."""
        from catalogue.federation.probe import Probe, Seen

        def fetch(address: str, max_bytes: int, etag: str) -> Seen:
            began = monotonic()
            answer = self._member_fetcher.get(address, max_bytes=max_bytes, etag=etag, origin=origin)
            took_s = monotonic() - began
            return Seen(answer.status, answer.headers, answer.content, answer.url, took_s, answer.skew_s)

        origin = self._member_fetcher.origin(url)
        return Probe(fetch, url)

    def _teller(self) -> Teller:
        """Tells members that something is new here."""
        from catalogue.federation.telling import Teller

        def post(address: str, body: bytes) -> int:
            return self._member_fetcher.post(address, body, "application/ld+json", max_bytes=64 << 10).status

        return Teller(self.ledger, post, self.settings.web.base_url, now)

    @cached_property
    def _member_fetcher(self) -> Fetcher:
        from harvesters.http import Fetcher

        # Members agreed to be read; a page after the other without a pause is what they are made for.
        return Fetcher(
            contact=self.settings.harvest.contact,
            allow_private=frozenset(self.settings.harvest.allow_private_hosts),
            timeout_s=self.settings.federation.timeout_s,
            attempts=2,
            # One that asks for more is read at another time, and keeps nobody waiting meanwhile (P14).
            patience_s=10.0,
            pause_s=(0.0, 0.1),
            parallel=2,
            clock=now,
            sleep=self._sleep,
            interrupt=lambda: self._sleep(0),
        )

    def ingest_now(self) -> Ingest:
        """The harvest service over the ontologies as they are now, which a worker may outlive."""
        from catalogue.store.ontologies import Ontology

        with self._ingest_lock:
            found = Ontology.load(self.home)
            if found.digest != self.ontology.digest:
                self.__dict__["ontology"] = found
                self.__dict__.pop("ingest", None)
            return self.ingest

    @cached_property
    def resolver(self) -> Resolver:
        """The resolver."""
        from catalogue.resolver.service import Resolver

        return Resolver(self.ledger)

    @cached_property
    def identities(self) -> Identities:
        """Which records are about one study."""
        from catalogue.resolver.identities import Identities
        from catalogue.store.claims import Claims

        return Identities(Claims(self.home / "identity"), self.ledger.decisions)

    @cached_property
    def audits(self) -> Audits:
        """FAIR audits."""
        from importlib.metadata import version

        from catalogue.fair.service import Audits

        folder, own = self.home / "fair", self.home / "benchmarks"
        return Audits(self.ledger, folder, own, self._node_facts, version("ommatidia-node"), self.settings.name)

    def assessor(self, parallel: int = 1, *, for_strangers: bool = False) -> Assessor:
        """Assesses studies that are held here, not published yet, or at any address.

        Args:
            parallel: assessments at a time.
            for_strangers: who asks is not this node's operator, so that no private host is asked, also none that the
                operator lets be harvested.
        """
        from importlib.metadata import version

        from catalogue.fair.assess.apart import JudgeApart
        from catalogue.fair.assess.benches import Benches
        from catalogue.fair.assess.service import Assessor, Outside
        from catalogue.fair.assess.turns import Patience
        from catalogue.fair.live.world import World
        from harvesters.confined import confined
        from harvesters.looker import Home, Looker

        private = () if for_strangers else self.settings.harvest.allow_private_hosts
        patience = Patience(self._rest)
        others = self._look_fetcher(frozenset(private), 0.0, 1, patience.rest)
        # Nothing that is assessed is asked of this node, so that its own pages need no way.
        # What strangers had looked at is forgotten with each, lest it grow without end.
        home = Home(others, "http://127.0.0.1")
        outside = Outside(others.check, lambda: World("", home, Looker(others), "").visit(), patience.within)
        part, software, owners = self.settings.fair, version("ommatidia-node"), self.home / "owners.toml"
        apart = partial(confined, "app:judge_apart", memory_bytes=part.assess_memory_bytes)
        # An operator's own Ctrl-C ends the process at once; strangers' assessments share a few.
        bench = Benches(apart, parallel) if for_strangers else apart
        return Assessor(
            lambda: JudgeApart(bench, software, owners, part.assess_judging_s),
            self._held_study,
            outside,
            now,
            parallel,
            part.assess_timeout_s,
        )

    def _held_study(self, text: str) -> tuple[str, Audit] | None:
        """(CURIE, newest audit) of a study that is held here under any name; None for everything else."""
        from catalogue.fair.assess.held import held_study

        if not self.home.is_dir():
            return None
        return held_study(text, self.resolver, self.audits)

    @cached_property
    def looks(self) -> Runner:
        """Live checks, through doors of their own: one to this node's pages, one to everybody else."""
        from catalogue.fair.live.runner import Runner
        from catalogue.fair.live.world import World
        from harvesters.looker import Home, Looker

        base = self._own_address()
        named = frozenset(self.settings.harvest.allow_private_hosts)
        others = self._look_fetcher(named, self.settings.fair.live_pause_s, 1)
        own = others.origin(base or "http://127.0.0.1")
        home = Home(self._look_fetcher(frozenset({f"{own.host}:{own.port}"}), 0.0, 4), str(own))
        assert self.ledger.key is not None  # a local node has one
        world = World(base, home, Looker(others), self.ledger.key.node)
        return Runner(self.ledger, world, self.stopping, now)

    def _own_address(self) -> str:
        """Where this node's pages are: its public address, else where its server listens; "" where neither is told."""
        from catalogue.web.services import absolute_base

        listening = self.home / LISTENING
        if not self.settings.web.base_url and listening.exists():
            return listening.read_text().strip().rstrip("/")
        try:
            return absolute_base(self.settings.web)
        except SettingsInvalid:
            return ""

    def _look_fetcher(
        self,
        allow_private: frozenset[str],
        pause_s: float,
        parallel: int,
        rest: Callable[[float], None] | None = None,
    ) -> Fetcher:
        from harvesters.http import Fetcher

        rest = rest or self._rest

        # What does not answer at once is looked at again another day; nobody is asked twice in a row.
        return Fetcher(
            contact=self.settings.harvest.contact,
            allow_private=allow_private,
            timeout_s=self.settings.fair.live_timeout_s,
            attempts=1,
            pause_s=(pause_s, max(pause_s, 5.0) if pause_s else 0.0),
            parallel=parallel,
            clock=now,
            sleep=rest,
            interrupt=lambda: rest(0),
        )

    def _rest(self, seconds: float) -> None:
        """Waits; ends the look under way when the node is asked to stop."""
        from catalogue.fair.live.world import LookStopped

        if self.stopping.wait(seconds):
            raise LookStopped

    def trickle(self) -> Trickle:
        """Looks spread over time, for the worker."""
        from catalogue.fair.live.trickle import Trickle

        part = self.settings.fair
        kept = timedelta(days=part.observations_days)
        return Trickle(self.looks, self.ledger.observations, part.live_per_hour, now, self.stopping, kept)

    @cached_property
    def audit_history(self) -> History:
        """The audits that are kept."""
        from catalogue.fair.history import History

        return History(self.audits, self.ledger, self.settings.fair.audits_kept)

    def periodic_audit(self, stop: threading.Event) -> PeriodicAudit:
        """An audit after each change, made by a process of its own."""
        from catalogue.fair.periodic import PeriodicAudit
        from catalogue.federation.nightly import apart

        command = [sys.executable, "-m", "app", "--home", str(self.home), "audit", "make", "--json"]
        make = apart(command, stop, "an audit")
        return PeriodicAudit(self.ledger, self.audit_history, make, self.settings.fair.audit_hours, stop)

    def _node_facts(self) -> NodeFacts:
        """What this node says of itself."""
        from catalogue.exchange.persistence import PATH
        from catalogue.fair.node_facts import NodeFacts
        from catalogue.federation.standing import holders

        web, exchange = self.settings.web, self.settings.exchange
        return NodeFacts(
            base_url=web.base_url,
            metadata_license=exchange.metadata_license,
            # What the software promises is no policy yet: somebody must stand behind it.
            persistence_policy=web.base_url.rstrip("/") + PATH if exchange.persistence else "",
            holders=holders(self.ledger),
            # OAI-PMH's Identify needs somebody to write to.
            harvestable=("dcat", "ldes", *(["oai-pmh"] if exchange.admin_email else []), "resourcesync", "sitemap"),
        )

    @cached_property
    def funding(self) -> Funding:
        """Who paid for what."""
        from catalogue.store.funding import Funding

        return Funding(self.ledger)

    @cached_property
    def exposed(self) -> Exposed:
        """What harvesters are told of."""
        from catalogue.exchange.exposed import Exposed
        from catalogue.exchange.oai.base import prefixes_of

        return Exposed(self.ledger, self.home / "exchange", prefixes_of)

    @cached_property
    def search(self) -> SearchService:
        """Full-text search."""
        from catalogue.search.service import SearchService

        return SearchService(self.home / "search")

    @cached_property
    def images(self) -> ImageService:
        """Pixels, through a fetcher with the time limit for images."""
        from catalogue.images.service import ImageService
        from harvesters.http import Fetcher

        part = self.settings.images
        transport = Fetcher(
            contact=self.settings.harvest.contact,
            allow_private=frozenset(self.settings.harvest.allow_private_hosts),
            timeout_s=part.timeout_s,
            max_bytes=part.max_preview_bytes,
            attempts=2,
            pause_s=(0.0, 0.0),
            parallel=8,
            clock=now,
        )
        return ImageService(self.ledger, transport, part, self.home / "thumbnails")

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
            graph = GraphView(engine, quads, OntologyGraphs(self.home), self._checks(), links, listed, results)
            stack.callback(graph.close)
            claims = ClaimsView(self.home / "identity")
            stack.callback(claims.close)
            text = TextView(self.home / "search", self.ontology)
            stack.callback(text.close)
            # Links in the graph follow from claims, so these come first.
            yield [claims, graph, text]

    @cached_property
    def feeds(self) -> FeedRules:
        """How filtered feeds tell their records."""
        from catalogue.exchange.feeds.matching import FeedRules

        return FeedRules(self.ontology, self._profiles())

    def _checks(self) -> ProfileChecks:
        """What records are held against on their way into the graph."""
        from catalogue.model.profile_results import ProfileChecks

        return ProfileChecks(self._profiles())

    def _profiles(self) -> list[Profile]:
        from catalogue.model.profiles import chosen_profiles

        try:
            return chosen_profiles(self.settings.profiles, self.home / "profiles")
        except ValueError as error:
            raise SettingsInvalid(f"A profile cannot be used: {error}.") from error

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

    def worker(self) -> dict[str, Any] | None:
        """The last heartbeat of the worker that runs now; None when none does."""
        from catalogue.federation.worker import read_heartbeat

        beat = read_heartbeat(self.home / HEARTBEAT)
        if beat is None or beat["state"] != "running" or now() - datetime.fromisoformat(beat["at"]) > HEARTBEAT_OLD:
            return None
        try:
            os.kill(beat["pid"], 0)
        except ProcessLookupError:
            return None
        except PermissionError:
            # Somebody else's process, so there is one.
            pass
        return beat

    def schedule(self, on_done: Callable[[RunReport], None] = lambda report: None) -> Schedule:
        """The schedule of this node's harvests; it ends with `stopping`."""
        from catalogue.federation.schedule import Schedule

        part = self.settings.harvest
        return Schedule(
            self.ledger,
            self.ingest_now,
            part.interval_s,
            now,
            self.stopping,
            part.parallel,
            on_done,
            lambda: self.members,
            self.settings.federation.interval_s,
        )

    @cached_property
    def upkeep(self) -> Upkeep:
        """What the node does for its log as time passes."""
        from catalogue.federation.upkeep import Upkeep

        return Upkeep(self.ledger, self.settings.federation.purge_hours, now, self._drop_withdrawn)

    def _drop_withdrawn(self, position: int) -> None:
        self.audit_history.withdrawn(position)
        if self.dumps.older_than(position):
            with self.dumps.alone():
                self.dumps.drop_older_than(position)

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

    @cached_property
    def labels(self) -> Labels:
        """Which studies are highly used."""
        from catalogue.fair.usage.label import Labels

        return Labels(self.ledger)

    def _count_usage(self) -> None:
        from catalogue.fair.usage.recorder import fold
        from catalogue.fair.usage.visits import DaySecrets

        fold(self.ledger, DaySecrets(self.home / "usage"))

    def announce(self) -> list[Announced]:
        """What came of telling each index of FAIR Data Points where this node's is."""
        from catalogue.federation.announce import announce

        return announce(self.fetcher, self.settings.exchange.fdp_index, self.settings.web.base_url)

    def pause(self, source: str) -> None:
        """Keeps the schedule from reading a source until it is resumed."""
        from catalogue.federation.outlook import pause

        pause(self.ledger, source)

    def resume(self, source: str) -> None:
        """Lets the schedule read a stopped source again; Conflict when it is not stopped."""
        from catalogue.federation.outlook import resume

        resume(self.ledger, source, self.settings.harvest.interval_s, now())

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
                clock=now,
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
                inbox=Inbox(self.ledger, Soon(self.home), now),
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
