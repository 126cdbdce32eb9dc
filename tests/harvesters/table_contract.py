"""What every harvester that gives image tables promises; its test module inherits ImageTableContract."""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any

from catalogue.ingest.table_checks import RowChecks
from catalogue.model.documents import BadRow, Event, ImageTable, Listed, SourceSpec, Unchanged
from catalogue.model.identifiers import parse_identifier


class ImageTableContract(ABC):
    """Inherit, name the class `Test...`, implement the two; the rest is run for you."""

    @abstractmethod
    def harvester(self) -> Any:
        """The harvester under test."""

    @abstractmethod
    def serve(self, folder: Path) -> SourceSpec:
        """A source laid out below `folder`, with at least one table, all of whose rows are sound."""

    def test_the_reading_ends_with_one_listing(self, tmp_path: Path) -> None:
        """All tables come before the one Listed, each study once."""
        *events, listed = self._events(tmp_path)
        assert isinstance(listed, Listed)
        tables = [event for event in events if isinstance(event, ImageTable)]
        assert tables
        assert len({table.study for table in tables}) == len(tables) == len({table.item for table in tables})

    def test_a_table_that_is_held_is_not_given_again(self, tmp_path: Path) -> None:
        """R4: with the digests of the last reading known, every table is Unchanged; without them, none is."""
        source = self.serve(tmp_path)
        first = list(self.harvester().fetch(source, None, {}))
        known = {event.item: event.digest for event in first if isinstance(event, ImageTable)}
        again = list(self.harvester().fetch(source, None, known))
        assert {event.item for event in again if isinstance(event, Unchanged)} == known.keys()
        assert not any(isinstance(event, ImageTable) for event in again)
        anew = list(self.harvester().fetch(source, None, {}))
        assert {event.item: event.digest for event in anew if isinstance(event, ImageTable)} == known

    def test_every_row_enters(self, tmp_path: Path) -> None:
        """The rows are those of the columns, each passes their rules, and there are as many as the source says."""
        for event in self.harvester().fetch(self.serve(tmp_path), None, {}):
            if not isinstance(event, ImageTable):
                continue
            checks = RowChecks(parse_identifier(event.study), event.defaults)
            fit = 0
            for part in event.batches():
                assert not isinstance(part, BadRow), part
                fit += checks.fit_rows(part)[0].num_rows
            assert checks.refusals.kept == []
            assert fit > 0
            assert event.rows in (None, fit)
            assert not checks.unmapped

    def _events(self, folder: Path) -> list[Event]:
        return list(self.harvester().fetch(self.serve(folder), None, {}))
