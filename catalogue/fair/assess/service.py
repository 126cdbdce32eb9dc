"""The assessor: from a name or a document to an assessment, within turns and time."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from catalogue.fair.assess.base import MOST_CHARACTERS, Assessment, Judge
from catalogue.fair.assess.outside import assess_address
from catalogue.fair.assess.turns import TimedVisit, Turns
from catalogue.fair.audit import Audit
from catalogue.fair.live.base import Visit
from catalogue.model.identifiers import Identifier, landing_page, parse_identifier
from catalogue.model.namespaces import is_absolute
from catalogue.problems import (
    AmbiguousIdentifier,
    BadIdentifier,
    NotFound,
    SourceUnavailable,
    TooLargeToAssess,
)
from catalogue.store.entries import stamp

MOST_BYTES: Final = 4 << 20
# So many tests of one address, asked one by one, cost its host one visit.
_REMEMBERED_S: Final = 60.0
_REMEMBERED: Final = 32

Held = Callable[[str], "tuple[str, Audit] | None"]
"""Any name -> (CURIE, audit that judges it) of a study that the node holds; raises Withdrawn for a tombstone."""


@dataclass(frozen=True)
class Outside:
    """The way to other hosts.

    Args:
        check: raises FetchRefused for an address that nobody may ask.
        visit: a visit with a memory of its own.
        within: ends what this thread waits for there after so many seconds.
    """

    check: Callable[[str], object]
    visit: Callable[[], Visit]
    within: Callable[[float], AbstractContextManager[None]]


class Assessor:
    """Makes assessments; safe to share between threads.

    Args:
        judge: makes what reads and judges for one assessment.
        held: what the node knows.
        outside: None where no other host is asked.
        clock: aware UTC time.
        parallel: assessments at a time.
        limit_s: seconds in which other hosts are asked.
        seconds: a clock that only goes forward.
    """

    def __init__(
        self,
        judge: Callable[[], Judge],
        held: Held,
        outside: Outside | None,
        clock: Callable[[], datetime],
        parallel: int = 2,
        limit_s: float = 20.0,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._judge = judge
        self._held = held
        self._outside = outside
        self._clock = clock
        self._turns = Turns(parallel)
        self._limit_s = limit_s
        self._seconds = seconds
        self._lock = threading.Lock()
        self._recent: OrderedDict[str, tuple[float, Assessment]] = OrderedDict()

    def named(self, text: str) -> Assessment:
        """What a study of any name comes to: held here from the newest audit, else by its address.

        Raises:
            BadIdentifier: it is no name and no address.
            NotFound: it is no address, and nothing here has that name.
            Withdrawn: it was taken back.
            FetchRefused: nobody may ask its address.
            TooManyRequests: there is no turn now.
            AssessmentStopped: judging took too much time or memory.
        """
        if len(text) > MOST_CHARACTERS:
            raise BadIdentifier(f"A name has at most {MOST_CHARACTERS} characters; this one has {len(text)}.")
        if any("\ud800" <= one <= "\udfff" for one in text):
            raise BadIdentifier("The name holds halves of characters (surrogates), which nothing is named by.")
        found = self._held(text)
        if found is not None:
            return Assessment("held", found[0], found[1])
        return self._fetched(address_of(text))

    def posted(self, name: str, content: bytes) -> Assessment:
        """What metadata come to that are not published yet; nothing is kept of them.

        Args:
            name: of the file.
        Raises:
            TooLargeToAssess: there are too many bytes.
            RecordRejected: no study can be read from it.
            TooManyRequests: there is no turn now.
            AssessmentStopped: judging took too much time or memory.
        """
        if len(content) > MOST_BYTES:
            raise TooLargeToAssess(
                f"The file has more than {MOST_BYTES:,} bytes; leave out images that are described one by one."
            )
        with self._turns.take():
            return self._judge().posted(name, content, self._now())

    def _fetched(self, url: str) -> Assessment:
        if (known := self._remembered(url)) is not None:
            return known
        if self._outside is None:
            raise NotFound("Nothing here has that name, and no other host is asked from here.")
        with self._turn(url), self._outside.within(self._limit_s):
            # A name that cannot be looked up now is seen by the checks, which leave it open. Looking it up takes a turn
            # as well: the system's resolver may take half a minute over a name whose servers do not answer.
            with suppress(SourceUnavailable):
                self._outside.check(url)
            visit = TimedVisit(self._outside.visit(), self._seconds, self._limit_s)
            made = assess_address(url, visit, self._judge(), self._now())
        self._remember(url, made)
        return made

    def _turn(self, url: str) -> AbstractContextManager[None]:
        host = urlsplit(url).netloc.lower()
        return self._turns.take(host) if host else nullcontext()

    def _remembered(self, url: str) -> Assessment | None:
        with self._lock:
            found = self._recent.get(url)
            return found[1] if found is not None and self._seconds() - found[0] < _REMEMBERED_S else None

    def _remember(self, url: str, made: Assessment) -> None:
        with self._lock:
            self._recent[url] = self._seconds(), made
            self._recent.move_to_end(url)
            while len(self._recent) > _REMEMBERED:
                self._recent.popitem(last=False)

    def _now(self) -> str:
        return stamp(self._clock())


def address_of(text: str) -> str:
    """Where a name can be asked for.

    Raises:
        BadIdentifier, AmbiguousIdentifier: it is no name.
        NotFound: it names what has no address that is known.
    """
    found = _parsed(text)
    if found.kind == "other":
        url = found.curie
    else:
        given = found.given.strip()
        url = given if given.startswith(("http://", "https://")) else _page_of(found)
    url = url.partition("#")[0]
    if not url:
        raise NotFound(f"{text[:100]} names nothing here and has no address; give the address of its page.")
    if not is_absolute(url):
        raise BadIdentifier(f"'{text[:100]}' is no web address: one begins with https:// and has no blanks or quotes.")
    return url


def _page_of(found: Identifier) -> str:
    return landing_page(found.prefix, found.accession, found.kind) or ""


def _parsed(text: str) -> Identifier:
    try:
        return parse_identifier(text)
    except AmbiguousIdentifier:
        raise
    except BadIdentifier as problem:
        raise BadIdentifier(f"{problem.detail} An address begins with https://.") from problem
