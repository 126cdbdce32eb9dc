"""The parts that judge studies: audits, live checks, assessments."""

from __future__ import annotations

import sys
import threading
from datetime import timedelta
from functools import cached_property, partial
from typing import TYPE_CHECKING

from catalogue.problems import SettingsInvalid
from catalogue.wiring.doors import Doors

if TYPE_CHECKING:
    from catalogue.fair.assess.service import Assessor
    from catalogue.fair.audit import Audit
    from catalogue.fair.history import History
    from catalogue.fair.live.runner import Runner
    from catalogue.fair.live.trickle import Trickle
    from catalogue.fair.node_facts import NodeFacts
    from catalogue.fair.periodic import PeriodicAudit
    from catalogue.fair.service import Audits

# Where the server of this node notes its address, in the home.
LISTENING = "listening"


class AuditParts(Doors):
    """Audits and their history, looks at what is served, and the assessor."""

    @cached_property
    def audits(self) -> Audits:
        """FAIR audits."""
        from importlib.metadata import version

        from catalogue.fair.service import Audits

        folder, own = self.home / "fair", self.home / "benchmarks"
        return Audits(self.ledger, folder, own, self._node_facts, version("ommatidia-node"), self.settings.name)

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
            self.clock,
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
        return Runner(self.ledger, world, self.stopping, self.clock)

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

    def trickle(self) -> Trickle:
        """Looks spread over time, for the worker."""
        from catalogue.fair.live.trickle import Trickle

        part = self.settings.fair
        kept = timedelta(days=part.observations_days)
        return Trickle(self.looks, self.ledger.observations, part.live_per_hour, self.clock, self.stopping, kept)

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
