"""Live checks of a study elsewhere, under the names of those of our own pages; criteria that are fair to anybody."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from catalogue.fair.assess.outside_sources import DATACITE, JSONLD, TURTLE, Reading
from catalogue.fair.live.base import Answer, NoAnswer, Seen, Target, Visit, checks, fine, silent, unknown, wrong
from catalogue.fair.live.places import IMAGES
from catalogue.store.observations import Observation

_GONE: Final = frozenset({404, 410})
_LINKSET: Final = ("application/linkset+json", "application/linkset")
_OF_DATA: Final = ("data-as-stated", "pixels-reachable")
"""Checks that ask the addresses of data alone, wherever the study is."""


@dataclass(frozen=True)
class OutsideTarget(Target):
    """A study that is in no ledger.

    Args:
        said: its record.
    """

    said: Mapping[str, Any] = field(default_factory=dict)

    @property
    def record(self) -> Mapping[str, Any]:
        """The study's record."""
        return self.said


def outside_observations(
    visit: Visit, reading: Reading, study: Mapping[str, Any], images: Iterable[Mapping[str, Any]], curie: str, at: str
) -> Iterator[Observation]:
    """What was seen of an address.

    Args:
        study: the record that is judged.
        curie: under which it is judged.
        at: moment, ISO 8601 in UTC.
    """
    looks = {
        "owner-page-resolves": _page(reading),
        "identifier-resolves": _page(reading),
        "page-embeds-metadata": _embeds(reading),
        "signposting": _signposting(reading),
        "linkset": _linkset(visit, reading),
        "forms-negotiated": _forms(reading),
        "rdf-offered": _rdf(reading),
    }
    target = OutsideTarget(curie, images=tuple(images)[:IMAGES], said=study)
    for name in _OF_DATA:
        try:
            looks[name] = checks()[name].look(target, visit)
        except NoAnswer as no:
            looks[name] = silent(no)
    for name, seen in looks.items():
        detail = {"add": list(seen.add)} if seen.add else {}
        yield Observation(name, curie, seen.outcome.value, seen.said, seen.url, seen.status, detail, at)


def _page(reading: Reading) -> Seen:
    if reading.no is not None or reading.page is None:
        return _silent(reading)
    end = reading.page
    if reading.fault:
        return wrong(f"The address leads nowhere: {reading.fault}.", end)
    if end.status in _GONE:
        return wrong(f"The address answered {end.status}.", end)
    if not 200 <= end.status < 300:
        return unknown(f"The address answered {end.status}, which decides nothing.", end)
    return fine(f"The address leads to an answer {end.status}.", end)


def _decides_nothing(page: Answer) -> bool:
    """Whether an answer says neither what the page is nor that there is none."""
    return not 200 <= page.status < 300 and page.status not in _GONE


def _embeds(reading: Reading) -> Seen:
    if reading.no is not None or reading.page is None:
        return _silent(reading)
    found = next((one for one in reading.sources if one.name == "embedded JSON-LD"), None)
    if found is not None and found.record:
        return fine(f"The page embeds metadata. {found.said}", reading.page)
    if found is not None and found.unread:
        return unknown(found.said, reading.page)
    if _decides_nothing(reading.page):
        return unknown(f"The page answered {reading.page.status}, which decides nothing.", reading.page)
    add = ('<script type="application/ld+json">{"@context": "https://schema.org/", "@type": "Dataset", …}</script>',)
    return wrong(found.said if found is not None else "The page embeds no metadata.", reading.page, add=add)


def _signposting(reading: Reading) -> Seen:
    if reading.no is not None or reading.page is None:
        return _silent(reading)
    if _decides_nothing(reading.page):
        return unknown(f"The page answered {reading.page.status}, which decides nothing.", reading.page)
    told = {link.rel for link in reading.links}
    lacking = [rel for rel in ("cite-as", "describedby") if rel not in told]
    if lacking:
        add = tuple(f'Link: <…>;rel="{rel}"' for rel in lacking)
        return wrong(f"Header and head of the page lack typed links: {', '.join(lacking)}.", reading.page, add=add)
    return fine(f"The page has {len(reading.links)} typed links, cite-as and describedby among them.", reading.page)


def _linkset(visit: Visit, reading: Reading) -> Seen:
    if reading.no is not None or reading.page is None:
        return _silent(reading)
    if _decides_nothing(reading.page):
        return unknown(f"The page answered {reading.page.status}, which decides nothing.", reading.page)
    link = next((one for one in reading.links if one.rel == "linkset"), None)
    if link is None:
        add = ('Link: <…>;rel="linkset";type="application/linkset+json"',)
        return wrong("The page names no linkset.", reading.page, add=add)
    try:
        answer = visit.out(link.href, accept=", ".join(_LINKSET))
    except NoAnswer as no:
        return silent(no)
    if answer.status == 200 and answer.media_type in _LINKSET:
        return fine("The linkset that the page names is there.", answer)
    return wrong(f"The linkset answered {answer.status} {answer.media_type}.", answer)


def _forms(reading: Reading) -> Seen:
    given = [one for one in reading.sources if one.name.startswith("asked for as") and one.record]
    if given:
        told = ", ".join(one.name.removeprefix("asked for as ") for one in given)
        return fine(f"Metadata are given as asked for: {told}.", _answer(reading, given[0].name))
    return _undecided(reading, (JSONLD, TURTLE, DATACITE), "The address gives no metadata in a form asked for.")


def _rdf(reading: Reading) -> Seen:
    names = (f"asked for as {JSONLD}", f"asked for as {TURTLE}", "linked as describedby", "the address itself")
    given = [one for one in reading.sources if one.record and one.name.startswith(names)]
    if given:
        return Seen(fine("").outcome, f"RDF is given ({given[0].name}).", given[0].url, given[0].status)
    return _undecided(reading, (JSONLD, TURTLE), "No RDF that can be read is given or linked.")


def _undecided(reading: Reading, asked: Iterable[str], said: str) -> Seen:
    """A fail by answers; open where one of those asked gave none."""
    if reading.no is not None:
        return _silent(reading)
    answers = [reading.forms[form] for form in asked if form in reading.forms]
    for one in answers:
        if isinstance(one, NoAnswer):
            return silent(one)
    first = next((one for one in answers if isinstance(one, Answer)), None)
    return wrong(said, first)


def _answer(reading: Reading, name: str) -> Answer | None:
    found = reading.forms.get(name.removeprefix("asked for as "))
    return found if isinstance(found, Answer) else None


def _silent(reading: Reading) -> Seen:
    assert reading.no is not None  # there is a page, or a reason why there is none
    return silent(reading.no)
