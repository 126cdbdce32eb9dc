"""Reads what an address says of a study in every way that is common: page, typed links, negotiated forms.

Source: FAIR Signposting level 1; fair.md, section 3.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from catalogue.fair.assess.base import MOST_PARTS, Judge, Source, too_many_parts
from catalogue.fair.assess.described import MOST_STATEMENTS
from catalogue.fair.live.base import Answer, NoAnswer, Visit
from catalogue.fair.live.html_head import Head, Link, head_of
from catalogue.fair.live.pages import HTML, header_links, way_out
from catalogue.model.documents import SourceDocument
from catalogue.model.identifiers import Identifier
from catalogue.problems import AssessmentStopped, RecordRejected

JSONLD: Final = "application/ld+json"
TURTLE: Final = "text/turtle"
DATACITE: Final = "application/vnd.datacite.datacite+json"
PAGE: Final = f"{HTML}, */*;q=0.5"
_READ: Final = {
    JSONLD: JSONLD, TURTLE: TURTLE, DATACITE: "application/json", "application/json": "application/json",
    "application/n-triples": "application/n-triples", "application/vnd.datacite+json": "application/json",
}  # fmt: skip
"""Media type as served -> as read."""
_MOST_LINKS: Final = 4
_STUDY: Final = re.compile(r"Dataset|Study")


@dataclass
class Reading:
    """What an address gave.

    Args:
        page: the last answer to a browser; None where there was none.
        no: why there was none.
        head: links and blocks of the page.
        links: typed links of header and head.
        forms: media type that was asked for -> the answer to it, or why there is none.
    """

    sources: list[Source] = field(default_factory=list)
    page: Answer | None = None
    fault: str = ""
    no: NoAnswer | None = None
    head: Head = field(default_factory=lambda: Head((), ()))
    links: list[Link] = field(default_factory=list)
    forms: dict[str, Answer | NoAnswer] = field(default_factory=dict)


def read_address(visit: Visit, url: str, judge: Judge, study: Identifier) -> Reading:
    """Everything that an address says, each source by itself; nothing is merged.

    Args:
        study: what it is about.
    """
    reading = Reading()
    try:
        way = way_out(visit, url, PAGE, whole=True)
        reading.page, reading.fault = way.end, way.fault
    except NoAnswer as no:
        reading.no = no
        reading.sources.append(Source("the address itself", url, no.status, no.said))
        return reading
    mapping = _Mapping(judge, study, reading)
    if reading.page.status == 200 and not reading.fault:
        _read_page(reading, mapping)
    else:
        said = reading.fault or f"It answered {reading.page.status}."
        reading.sources.append(Source("the address itself", reading.page.url, reading.page.status, said))
    for asked in (JSONLD, TURTLE, DATACITE):
        _negotiate(visit, url, asked, reading, mapping)
    for link in _described_by(reading):
        _follow(visit, link, mapping)
    return reading


def _read_page(reading: Reading, mapping: _Mapping) -> None:
    page = reading.page
    assert page is not None  # the caller looked
    reading.links = header_links(page) or []
    if page.media_type != HTML and page.media_type in _READ:
        mapping.take("the address itself", page)
        return
    reading.head = head_of(page)
    reading.links += reading.head.links
    blocks = [block for block in reading.head.blocks if _STUDY.search(block)]
    if not blocks:
        said = "The page embeds no JSON-LD about a Dataset or Study."
        reading.sources.append(Source("embedded JSON-LD", page.url, page.status, said))
        return
    text = "\n".join(f'<script type="{JSONLD}">{block}</script>' for block in blocks)
    mapping.take("embedded JSON-LD", Answer(page.url, page.status, {"content-type": JSONLD}, text.encode(), 0))


def _negotiate(visit: Visit, url: str, asked: str, reading: Reading, mapping: _Mapping) -> None:
    name = f"asked for as {asked}"
    try:
        way = way_out(visit, url, asked, whole=True)
    except NoAnswer as no:
        reading.forms[asked] = no
        reading.sources.append(Source(name, url, no.status, no.said, unread=True))
        return
    end = way.end
    reading.forms[asked] = end
    if way.fault or end.status != 200 or end.media_type not in _READ:
        said = way.fault or f"It answered {end.status} {end.media_type}".strip() + ", not what was asked for."
        reading.sources.append(Source(name, end.url, end.status, said))
        return
    mapping.take(name, end)


def _described_by(reading: Reading) -> Iterator[Link]:
    """Links to metadata of a type that is read here, each address once."""
    seen = {source.url for source in reading.sources}
    found = 0
    for link in reading.links:
        kind = link.type.partition(";")[0].strip().lower()
        if link.rel == "describedby" and kind in _READ and link.href not in seen and found < _MOST_LINKS:
            seen.add(link.href)
            found += 1
            yield link


def _follow(visit: Visit, link: Link, mapping: _Mapping) -> None:
    name = f"linked as describedby, {link.type}"
    try:
        end = way_out(visit, link.href, link.type, whole=True).end
    except NoAnswer as no:
        mapping.reading.sources.append(Source(name, link.href, no.status, no.said, unread=True))
        return
    if end.status != 200 or end.media_type not in _READ:
        said = f"It answered {end.status} {end.media_type}".strip() + "."
        mapping.reading.sources.append(Source(name, end.url, end.status, said))
        return
    mapping.take(name, end)


class _Mapping:
    """Turns answers into sources; equal bytes are mapped once."""

    def __init__(self, judge: Judge, study: Identifier, reading: Reading) -> None:
        self._judge = judge
        self._study = study
        self._known: dict[str, str] = {}
        self.reading = reading

    def take(self, name: str, answer: Answer) -> None:
        """The source that an answer is."""
        earlier = self._known.setdefault(answer.digest, name)
        if earlier != name:
            said = f"It has the same bytes as: {earlier}."
            self.reading.sources.append(Source(name, answer.url, answer.status, said))
            return
        kind = _READ[answer.media_type]
        if too_many_parts(answer.content):
            said = f"It has more than {MOST_PARTS:,} parts, which cannot be judged while somebody waits."
            self.reading.sources.append(Source(name, answer.url, answer.status, said, unread=True))
            return
        document = SourceDocument("", answer.url, answer.content, kind)
        try:
            found = self._judge.described(document, self._study)
        except RecordRejected as rejection:
            said = f"It cannot be read as a study: {rejection.detail}"
            self.reading.sources.append(Source(name, answer.url, answer.status, said))
            return
        except AssessmentStopped as stopped:
            self.reading.sources.append(Source(name, answer.url, answer.status, stopped.detail, unread=True))
            return
        number = found.statements
        if number > MOST_STATEMENTS:
            said = (
                f"It describes the study in {number:,} statements, more than the {MOST_STATEMENTS:,} that are judged."
            )
            self.reading.sources.append(Source(name, answer.url, answer.status, said, unread=True))
            return
        said = f"It describes the study in {number} statements (read by {found.harvester})."
        self.reading.sources.append(Source(name, answer.url, answer.status, said, found.record))
