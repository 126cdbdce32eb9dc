"""What a node keeps in its home, and what is read from there; nothing reaches out from here."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from catalogue.problems import NotFound, SettingsInvalid

if TYPE_CHECKING:
    from catalogue.exchange.dumps.shelf import DumpShelf
    from catalogue.exchange.exposed import Exposed
    from catalogue.exchange.feeds.matching import FeedRules
    from catalogue.fair.usage.label import Labels
    from catalogue.model.profile_results import ProfileChecks
    from catalogue.model.profiles import Profile
    from catalogue.resolver.identities import Identities
    from catalogue.resolver.service import Resolver
    from catalogue.search.service import SearchService
    from catalogue.settings import Settings
    from catalogue.store.funding import Funding
    from catalogue.store.ledger import Ledger
    from catalogue.store.ontologies import Ontology


class StoreParts:
    """What needs no more than the node's home and settings."""

    def __init__(self, settings: Settings, clock: Callable[[], datetime]) -> None:
        self.settings = settings
        self.clock = clock
        self.home = settings.home
        self.stopping = threading.Event()

    def _open_ledger(self, *, create: bool) -> Ledger:
        from catalogue.federation.rebuilding import RebuildMark
        from catalogue.model.signing import NEXT_KEY, KeyFile, NodeKey
        from catalogue.store.ledger import Ledger

        # Also of a node made before there were keys.
        NodeKey.load(self.home / "node.key", create=create or self.home.is_dir())
        ledger = Ledger(
            self.settings.ledger,
            self.clock,
            create=create,
            chunks=self.home / "chunks",
            key=KeyFile(self.home / "node.key").current,
            on_rewrite=RebuildMark(self.home).want,
        )
        if (self.home / NEXT_KEY).exists():
            from catalogue.federation.ownership import finish_rotation

            finish_rotation(ledger, self.home / "node.key")
        return ledger

    def initialise(self) -> None:
        """Makes the home and an empty ledger; nothing that is there is touched."""
        self.home.mkdir(parents=True, exist_ok=True)
        ledger = self.__dict__.setdefault("ledger", self._open_ledger(create=True))
        # What was written before there were keys can be exchanged from now on.
        ledger.sign_log()

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

    @cached_property
    def ontology(self) -> Ontology:
        """Installed ontologies and the curated terms shipped with the node."""
        from catalogue.store.ontologies import Ontology

        return Ontology.load(self.home)

    @cached_property
    def identities(self) -> Identities:
        """Which records are about one study."""
        from catalogue.resolver.identities import Identities
        from catalogue.store.claims import Claims

        return Identities(Claims(self.home / "identity"), self.ledger.decisions)

    @cached_property
    def resolver(self) -> Resolver:
        """The resolver."""
        from catalogue.resolver.service import Resolver

        return Resolver(self.ledger)

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

    @cached_property
    def labels(self) -> Labels:
        """Which studies are highly used."""
        from catalogue.fair.usage.label import Labels

        return Labels(self.ledger)
