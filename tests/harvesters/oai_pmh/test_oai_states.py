"""Whatever happens between and during harvests, a node ends up with what the repository has (P1, P2, P4)."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from catalogue.model.documents import Event, Listed, Removed, SourceDocument, SourceSpec
from catalogue.model.payload import digest
from catalogue.problems import SourceUnavailable
from harvesters.addresses import Origin, origin_of
from harvesters.calls import Response
from harvesters.oai_harvest import Harvest
from harvesters.oai_repository import Repository
from tests.harvesters.dynamic_routes import DynamicRoutes
from tests.harvesters.loopback_server import Server
from tests.harvesters.oai_server import OaiServer

NUMBERS = st.integers(1, 12)


class Direct:
    """A fetcher that asks the repository without a network, and does something else meanwhile."""

    def __init__(self, server: OaiServer):
        self.routes = DynamicRoutes(server)
        self.meanwhile: Callable[[], None] = lambda: None

    @staticmethod
    def origin(url: str) -> Origin:
        """Scheme, host and port."""
        return origin_of(url)

    def get(self, url: str, **_: object) -> Response:
        """The repository's answer."""
        parts = urlsplit(url)
        reply = self.routes.get(f"{parts.path}?{parts.query}")
        assert isinstance(reply, bytes)
        self.meanwhile()
        body = reply.partition(b"\r\n\r\n")[2]
        return Response(200, url, {}, body, "", "", False)


class OaiStates(RuleBasedStateMachine):
    """Records come, change and go, the clock goes on, tokens expire, runs break off; a last harvest sets all right."""

    @initialize(granularity=st.sampled_from(["YYYY-MM-DDThh:mm:ssZ", "YYYY-MM-DD"]))
    def begin(self, granularity: str) -> None:
        """An empty repository and a node that never harvested it."""
        self.server = OaiServer(Server(port=80), page=2, granularity=granularity, formats=("oai_dc",))
        self.server.put(1)
        self.fetcher = Direct(self.server)
        self.source = SourceSpec("oai", "oai_pmh", self.server.base)
        self.cursor: str | None = None
        self.held: dict[str, str] = {}
        self.texts: dict[str, bytes] = {}

    @rule(number=NUMBERS, title=st.sampled_from("ABC"))
    def put(self, number: int, title: str) -> None:
        """A record is made or changed."""
        self.server.put(number, title)

    @rule(number=NUMBERS)
    def delete(self, number: int) -> None:
        """A record is deleted, if it is there."""
        if f"oai:archive.example:{number}" in self.server.records:
            self.server.delete(number)

    @rule(minutes=st.sampled_from([1, 59, 60, 1439, 10_000]))
    def wait(self, minutes: int) -> None:
        """Time passes."""
        self.server.wait(minutes=minutes)

    @rule(seed=st.integers(0, 99))
    def reorder(self, seed: int) -> None:
        """The repository lists its records in another order."""
        chance = random.Random(seed)
        places = {f"oai:archive.example:{n}": chance.random() for n in range(20)}
        self.server.order = lambda name: places[name]

    @rule()
    def harvest(self) -> None:
        """A whole run."""
        for event in self._events():
            self._apply(event)

    @rule(left=st.integers(0, 3))
    def harvest_with_an_expired_token(self, left: int) -> None:
        """A run during which a token is forgotten."""
        self.server.tokens_left = left
        self.harvest()
        self.server.tokens_left = None

    @rule(after=st.integers(1, 5))
    def harvest_that_breaks_off(self, after: int) -> None:
        """A run that ends before its time: what came is kept, the cursor is not."""
        for number, event in enumerate(self._events()):
            if number == after:
                return
            if not isinstance(event, Listed):
                self._apply(event)

    @rule(number=NUMBERS)
    def harvest_while_a_record_changes(self, number: int) -> None:
        """A run during which, after its first page, a record is changed behind or before it."""
        asked = iter(range(100))

        def change() -> None:
            if next(asked) == 1:
                self.server.wait(minutes=1)
                self.server.put(number, "M")

        self.fetcher.meanwhile = change
        self.harvest()
        self.fetcher.meanwhile = lambda: None

    @rule()
    def harvest_of_a_repository_without_tokens(self) -> None:
        """A run that cannot end because every token is forgotten at once: nothing is lost by it."""
        original = self.server._list
        self.server._list = lambda verb, query: (  # type: ignore[method-assign]
            self.server._error("badResumptionToken") if "resumptionToken" in query else original(verb, query)
        )
        try:
            for event in self._events():
                self._apply(event)
        except SourceUnavailable:
            pass
        self.server._list = original  # type: ignore[method-assign]

    def teardown(self) -> None:
        """After one more whole run the node has what the repository has, and nothing else."""
        if not hasattr(self, "server"):
            return
        self.server.wait(minutes=1)
        self.harvest()
        live = {name: kept for name, kept in self.server.records.items() if kept.metadata is not None}
        assert set(self.held) == set(live)
        for name, kept in live.items():
            assert (kept.metadata or "").encode() in self.texts[name]

    def _events(self) -> Iterator[Event]:
        repository = Repository(self.fetcher, self.source.location, "oai")  # type: ignore[arg-type]
        return Harvest(repository, dict(self.held), 1 << 20, "", "", 30.0).read(self.cursor)

    def _apply(self, event: Event) -> None:
        if isinstance(event, Listed):
            self.cursor = event.cursor
        elif isinstance(event, Removed):
            self.held.pop(event.item, None)
        elif isinstance(event, SourceDocument):
            self.held[event.item] = digest(event.content)
            self.texts[event.item] = event.content


class TestOaiStates(OaiStates.TestCase):  # type: ignore[misc, name-defined]
    """A node and a repository agree in the end, whatever happened on the way."""

    settings = settings(max_examples=25, stateful_step_count=15, deadline=None)
