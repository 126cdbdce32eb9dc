"""What the light views of the log share: which entries a page has, and where a reader looks at a record."""

from __future__ import annotations

from dataclasses import dataclass

from catalogue.exchange.ldes.views import PAGE_MEMBERS, last_page, range_of
from catalogue.exchange.places import record_place
from catalogue.problems import NotFound
from catalogue.store.entries import Entry
from catalogue.store.exchange_log import Exchanged, ExchangeLog
from catalogue.store.image_lists import LIST, study_of_list


@dataclass(frozen=True, slots=True)
class LogPage:
    """One page of the log.

    Args:
        settled: True when it is full and has a successor.
        last: number of the last page.
    """

    number: int
    entries: list[Exchanged]
    settled: bool
    last: int


def log_page(log: ExchangeLog, number: int) -> LogPage:
    """The page of that number, from 1.

    Raises:
        NotFound: the log does not go that far.
    """
    last = last_page(log)
    if not 1 <= number <= last:
        raise NotFound(f"The log has no page {str(number)[:20]}; the last one is {last}.")
    entries = log.between(*range_of(number))
    return LogPage(number, entries, len(entries) == PAGE_MEMBERS and number < last, last)


def page_of_record(entry: Entry, root: str) -> str:
    """Address of the page about a record; of an image list, of its manifest.

    Args:
        root: address of the node, without a slash at the end.
    """
    if entry.kind == LIST:
        return record_place(root, "study", study_of_list(entry.curie), "/images")
    return record_place(root, entry.kind, entry.curie)
