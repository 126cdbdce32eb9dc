"""The studies of a report for a page: those with most to mend first, so many a page, with what is met by letter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from catalogue.fair.benchmark import tally
from catalogue.fair.outcomes import Outcome
from catalogue.fair.report import Counts, Report, StudyRow, Tally
from catalogue.problems import NotFound

PAGE_SIZE: Final = 200


@dataclass(frozen=True, slots=True)
class StudyLine:
    """A study with its outcomes counted, over all items and by letter."""

    study: StudyRow
    total: Tally
    letters: tuple[Tally, ...]


@dataclass(frozen=True, slots=True)
class StudyPage:
    """A part of the list of studies.

    Args:
        number: of the page, 1 upwards.
        last: number of the last page.
        first: place of its first study in the whole list, 1 upwards; 0 in an empty list.
    """

    lines: tuple[StudyLine, ...]
    number: int
    last: int
    first: int


def study_lines(report: Report, number: int) -> StudyPage:
    """A page of the studies, those with most items that are not met first, equal ones by CURIE.

    Raises:
        NotFound: there are not so many pages.
    """
    last = max(1, -(-len(report.studies) // PAGE_SIZE))
    if number > last:
        raise NotFound(f"The list of studies has {last} pages; there is no page {number}.")
    start = (number - 1) * PAGE_SIZE
    order = sorted(report.studies, key=lambda study: (-study.outcomes.count(Outcome.FAIL), study.curie))
    places = _places(report)
    shown = tuple(_line(study, places) for study in order[start : start + PAGE_SIZE])
    return StudyPage(shown, number, last, start + 1 if shown else 0)


def _places(report: Report) -> Mapping[str, tuple[int, ...]]:
    """Letter -> places of its items."""
    return {
        letter: tuple(place for place, item in enumerate(report.benchmark.item) if item.principle.startswith(letter))
        for letter in "FAIR"
    }


def _line(study: StudyRow, places: Mapping[str, tuple[int, ...]]) -> StudyLine:
    def counted(name: str, counts: Counts) -> Tally:
        return Tally(name, 1, counts)

    letters = tuple(
        counted(letter, tally(study.outcomes[place] for place in found)) for letter, found in places.items()
    )
    return StudyLine(study, counted(study.curie, study.counts), letters)
