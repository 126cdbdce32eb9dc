"""What every harvester promises; each member's test module inherits HarvesterContract and says what its samples are."""

from __future__ import annotations

import copy
import random
from abc import ABC, abstractmethod
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from catalogue.ingest.prepare import Prepared, prepare
from catalogue.model.documents import Listed, Mapped, Record, SourceDocument, SourceSpec, Unchanged
from catalogue.model.payload import digest
from catalogue.problems import RecordRejected
from catalogue.store.ontologies import Ontology
from harvesters.http import Fetcher

NOW = datetime(2026, 3, 2, 12, 0, 0, tzinfo=UTC)


def fetcher() -> Fetcher:
    """The one fetcher, allowed to read this machine."""
    return Fetcher(
        contact="https://example.org/",
        allow_private=frozenset({"127.0.0.1"}),
        timeout_s=5.0,
        sleep=lambda _: None,
        clock=lambda: NOW,
    )


class HarvesterContract(ABC):
    """Inherit, name the class `Test...`, implement the four; the rest is run for you."""

    @abstractmethod
    def harvester(self) -> Any:
        """The harvester under test, made with `fetcher()`."""

    @abstractmethod
    def source(self) -> SourceSpec:
        """The source of the samples; its location may be anything."""

    @abstractmethod
    def samples(self) -> list[SourceDocument]:
        """Small documents of ours in the partner's format that become records, one trap each."""

    @abstractmethod
    def serve(self, folder: Path) -> SourceSpec:
        """A source that `fetch` can read, with at least one of the samples, laid out below `folder`."""

    # -- map -----------------------------------------------------------------------------------------------------

    def test_a_sample_becomes_records_that_may_enter(self) -> None:
        """Each sample passes schema, identity and hard shapes, and its parts have names below its own."""
        for document in self.samples():
            prepared = self._prepare(document)
            assert prepared.rejected is None, f"{document.item}: {prepared.rejected}"
            assert prepared.candidates

    def test_every_property_is_accounted_for(self) -> None:
        """Nothing a sample says is left unmapped in silence: all is mapped, or ignored for a written reason."""
        for document in self.samples():
            mapped = self._map(document)
            assert mapped.mapped > 0
            assert not mapped.unmapped, f"{document.item}: {dict(mapped.unmapped)}"
            assert all(key.partition(": ")[2].strip() for key in mapped.ignored), document.item

    def test_mapping_is_pure(self) -> None:
        """The same bytes give the same records and findings, and what was given before is not shared."""
        for document in self.samples():
            first, kept = self._map(document), copy.deepcopy(self._map(document).records)
            _spoil(first.records)
            assert self._map(document).records == kept
            assert self._map(document).findings == self._map(document).findings

    def test_damaged_bytes_are_refused_and_nothing_else(self) -> None:
        """Whatever is cut off or overwritten, `map` gives records or RecordRejected with a reason of the list."""
        for document in self.samples():
            for content in _damaged(document.content):
                damaged = SourceDocument(document.item, document.url, content, document.media_type)
                prepared = self._prepare(damaged)
                fault = prepared.rejected is not None and "fault of this node's software" in prepared.rejected.detail
                assert not fault, f"{document.item}: {content[:200]!r}"

    def test_another_owner_is_refused(self) -> None:
        """R17: a source that may deliver for other owners only delivers nothing for this one."""
        source = self.source()
        spec = SourceSpec(source.name, source.harvester, source.location, ("nobody",), source.options)
        for document in self.samples():
            with pytest.raises(RecordRejected) as refused:
                self.harvester().map(document, spec)
            assert refused.value.reason == "not-owner"

    # -- fetch ---------------------------------------------------------------------------------------------------

    def test_fetch_gives_documents_and_one_end(self, tmp_path: Path) -> None:
        """A reading gives every document once and ends with exactly one Listed."""
        events = list(self.harvester().fetch(self.serve(tmp_path), None, {}))
        items = [event.item for event in events if not isinstance(event, Listed)]
        assert [type(event) for event in events].count(Listed) == 1
        assert isinstance(events[-1], Listed)
        assert items
        assert len(items) == len(set(items))

    def test_second_fetch_finds_nothing_new(self, tmp_path: Path) -> None:
        """R7: what is held is not given again, with the cursor and without it."""
        source = self.serve(tmp_path)
        events = list(self.harvester().fetch(source, None, {}))
        known = {event.item: digest(event.content) for event in events if isinstance(event, SourceDocument)}
        end = events[-1]
        assert isinstance(end, Listed)
        for since in {end.cursor, None}:
            again = list(self.harvester().fetch(source, since, known))
            assert not [event for event in again if not isinstance(event, Unchanged | Listed)]

    def _map(self, document: SourceDocument) -> Mapped:
        found: Mapped = self.harvester().map(document, self.source())
        return found

    def _prepare(self, document: SourceDocument) -> Prepared:
        return prepare(document, self.source(), self.harvester().map, Ontology.load(), NOW)


def _spoil(records: list[Record]) -> None:
    for record in records:
        record.clear()


def _damaged(content: bytes) -> Iterator[bytes]:
    """Forms of the bytes that a bad line or a bad partner makes of them; the same ones each time."""
    chance = random.Random(len(content))
    yield from (b"", b"\x00", b"\xff\xfe", b"null", b"[]", b"{}", b"<a/>", b"\xef\xbb\xbf" + content)
    yield from (content[: len(content) // part] for part in (2, 3, 5))
    for _ in range(30):
        place = chance.randrange(max(1, len(content)))
        length = chance.choice((1, 1, 2, 20))
        filling = bytes(chance.choice(b'\x00"{}[]<>:,0aZ \n\xff') for _ in range(chance.choice((0, 1, length))))
        yield content[:place] + filling + content[place + length :]
