"""No record is lost to a harvester, however its pages and the node's writes fall between one another."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from lxml import etree

from catalogue.exchange.oai.repository import Identity, Repository
from catalogue.store.entries import GONE
from tests.exchange.harvested import BASE, Node, study
from tests.exchange.oai_answers import OAI, Answer

RECORDS = 5
_MOMENT = "%Y-%m-%dT%H:%M:%SZ"


@dataclass
class Harvester:
    """A client that reads changes since what it remembers.

    Args:
        remembers: 'first' or 'last', the responseDate of the first or last page of its last whole list; 'newest', the
            newest datestamp it saw.
        exclusive: it asks for what came after that second; else for what came in it or after.
    """

    repository: Repository
    remembers: str
    exclusive: bool
    prefix: str = "rdf"
    copy: dict[str, str | None] = field(default_factory=dict)
    cursor: str = ""
    newest: str = ""
    first: str = ""
    token: str = ""

    def page(self) -> bool:
        """Reads a page; True when it ended a list."""
        answer = self._ask()
        if answer.errors == ["noRecordsMatch"]:
            self._keep(answer.date, answer.date)
            return True
        assert not answer.errors, answer.errors
        self.first = self.first if self.token else answer.date
        for record in answer.root.iter(f"{OAI}record"):
            self._take(record)
        self.token = (answer.token.text or "") if answer.token is not None else ""
        if not self.token:
            self._keep(self.first, answer.date)
        return not self.token

    def _ask(self) -> Answer:
        if self.token:
            asked = {"resumptionToken": self.token}
        else:
            asked = {"metadataPrefix": self.prefix} | ({"from": self.cursor} if self.cursor else {})
        body = self.repository.answer([("verb", "ListRecords"), *asked.items()])
        return Answer(etree.fromstring(body))

    def _take(self, record: Any) -> None:
        header = record.find(f"{OAI}header")
        stamp = header.findtext(f"{OAI}datestamp")
        self.newest = max(self.newest, stamp)
        title = record.find(".//{http://purl.org/dc/terms/}title")
        gone = header.get("status") == "deleted"
        self.copy[header.findtext(f"{OAI}identifier")] = None if gone else title.text

    def _keep(self, first: str, last: str) -> None:
        found = {"first": first, "last": last, "newest": self.newest}[self.remembers]
        if found and self.exclusive:
            found = (datetime.strptime(found, _MOMENT) + timedelta(seconds=1)).strftime(_MOMENT)
        self.cursor = found or self.cursor


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of an empty ledger, which takes longer to make than to copy."""
    folder = tmp_path_factory.mktemp("empty")
    node = Node(folder)
    node.ledger.close()
    return folder / "ledger.db"


def state(node: Node) -> dict[str, str | None]:
    """What the ledger holds: title of each record, None for those that are gone."""
    return {
        BASE + entry.curie: None if entry.status in GONE else entry.record["title"] for entry in node.ledger.heads()
    }


def steps() -> Iterator[st.SearchStrategy[tuple[str, int]]]:
    """What may happen: a record written or withdrawn, time, a page read, a transaction begun or ended."""
    numbers = st.integers(0, RECORDS - 1)
    yield st.tuples(st.just("put"), numbers)
    yield st.tuples(st.just("withdraw"), numbers)
    yield st.tuples(st.just("milliseconds"), st.sampled_from([1, 400, 1000, 2500]))
    yield st.tuples(st.just("page"), st.just(0))
    yield st.tuples(st.just("begin"), st.just(0))
    yield st.tuples(st.just("end"), st.just(0))


class Story:
    """A node, a harvester, and what happens to them."""

    def __init__(self, node: Node, harvester: Harvester, stack: ExitStack) -> None:
        self.node, self.harvester, self.stack = node, harvester, stack
        self.writer: Any = None
        self.texts = 0

    def happen(self, what: str, number: int) -> None:
        if what == "milliseconds":
            self.node.clock.go(number / 1000)
        elif what == "page":
            self.harvester.page()
        elif what == "begin" and self.writer is None:
            self.open = ExitStack()
            self.writer = self.open.enter_context(self.node.ledger.transaction())
        elif what == "end":
            self.end()
        elif what in ("put", "withdraw"):
            self.write(what, number)

    def end(self) -> None:
        if self.writer is not None:
            self.open.close()
            self.writer = None

    def write(self, what: str, number: int) -> None:
        self.texts += 1
        record, status = study(number, f"Text {self.texts} of"), "public"
        if what == "withdraw":
            stone = {"record_type": "Study", "date_withdrawn": "2026-03-01", "reason": f"r{self.texts}"}
            record, status = {**record, "type": "Tombstone", **stone}, "withdrawn"
        if self.writer is not None:
            self.node.append(self.writer, record, status)
        else:
            self.node.put(record, status=status)


# Stamped early, committed late: a list is read, and remembered, in between.
OPEN = [("put", 0), ("milliseconds", 2500), ("begin", 0), ("put", 1), ("milliseconds", 2500), ("page", 0), ("end", 0)]
# Two records of one second, one of them read.
SAME_SECOND = [("put", 0), ("milliseconds", 1000), ("put", 1), ("page", 0), ("milliseconds", 1), ("put", 2)]


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    what=st.lists(st.one_of(*steps()), max_size=40),
    remembers=st.sampled_from(["first", "last", "newest"]),
    exclusive=st.booleans(),
)
@example(OPEN, "first", False)
@example(OPEN, "last", True)
@example(SAME_SECOND, "newest", True)
@example(SAME_SECOND, "last", True)
def test_no_interleaving_loses_a_record(
    empty: Path, what: list[tuple[str, int]], remembers: str, exclusive: bool
) -> None:
    """P2: whatever is written while a client pages, its copy ends equal to the ledger, whichever date it remembers."""
    with TemporaryDirectory() as folder, ExitStack() as stack:
        shutil.copy(empty, Path(folder) / "ledger.db")
        node = Node(Path(folder))
        stack.callback(node.ledger.close)
        identity = Identity("Test", "http://node.example.org/oai", "images@archive.example.org")
        repository = Repository(node.exposed, identity, b"s" * 32, page_size=2)
        story = Story(node, Harvester(repository, remembers, exclusive), stack)
        for step in what:
            story.happen(*step)
        story.end()
        node.clock.go(2)
        while not story.harvester.page():
            pass
        story.harvester.page()
        while story.harvester.token:
            story.harvester.page()
        assert story.harvester.copy == state(node)
