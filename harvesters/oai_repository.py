"""An OAI-PMH repository asked politely: one verb at a time, lists followed to their end, errors told apart.

Source: OAI-PMH 2.0; federation.md section 5 (OAI-PMH) and "OAI-PMH pitfalls".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from catalogue.problems import RecordRejected, SourceChanged, SourceUnavailable
from harvesters.http import Fetcher
from harvesters.loop_guard import LoopGuard
from harvesters.oai_pages import MAX_PAGE_BYTES, Page, parse_page
from harvesters.windows import written

# The formats that are mapped, the richest first.
PREFIXES: Final = ("oai_datacite", "datacite", "oai_datacite4", "datacite4", "datacite3", "oai_datacite3", "oai_dc")
_RESTARTS: Final = 3
_CLOSED: Final = re.compile(rb"</[A-Za-z0-9_.:-]*OAI-PMH\s*>")
# Errors that another try does not end; any other, also an undefined one, may pass.
_PERMANENT: Final = frozenset(
    {"badArgument", "badVerb", "cannotDisseminateFormat", "idDoesNotExist", "noMetadataFormats", "noSetHierarchy"}
)


class TokenExpired(Exception):
    """The repository no longer knows a resumptionToken; the list is begun again (R12)."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What a repository says of itself.

    Args:
        now: its clock; None where neither answer nor header tells it.
        granule: of its datestamps, a second or a day.
        keeps_deleted: it marks deleted records and never forgets them.
    """

    now: datetime | None
    granule: timedelta
    keeps_deleted: bool
    skew_s: float


class Repository:
    """One repository during one run.

    Args:
        base: its base URL; parameters in it are sent along.
    """

    def __init__(self, fetcher: Fetcher, base: str, name: str):
        self._fetcher, self._base, self._name = fetcher, base, name
        self._origin = fetcher.origin(base)
        self._skew_s = 0.0

    def identify(self) -> Identity:
        """What the repository says of itself.

        Raises:
            SourceChanged: the address is no OAI-PMH repository.
            SourceUnavailable: it does not answer.
        """
        page, date = self._ask({"verb": "Identify"})
        self._require(page)
        said = {key: str(value[0]) for key, value in page.body.items() if type(value) is list and value}
        if not said:
            raise SourceChanged(f"{self._base} does not identify itself. Check the source's location.")
        granule = timedelta(seconds=1) if "h" in said.get("granularity", "") else timedelta(days=1)
        keeps = said.get("deletedRecord", "").strip() == "persistent"
        return Identity(page.moment or date, granule, keeps, self._skew_s)

    def choose_prefix(self) -> str:
        """The best of the formats that the repository offers and this node maps.

        Raises:
            SourceChanged: it offers none of them.
        """
        page, _ = self._ask({"verb": "ListMetadataFormats"})
        self._require(page)
        formats = [found for found in page.body.get("metadataFormat", ()) if type(found) is dict]
        offered = [text for found in formats for text in found.get("metadataPrefix", ()) if type(text) is str]
        for prefix in PREFIXES:
            if prefix in offered:
                return prefix
        raise SourceChanged(
            f"{self._name} offers {', '.join(offered)[:200] or 'no format'}; known here are {', '.join(PREFIXES)}. "
            "Name one of another name with the option `prefix`."
        )

    def list(self, verb: str, prefix: str, after: str, selection: str) -> Iterator[Page]:
        """The pages of ListRecords or ListIdentifiers; none where nothing matches.

        A list whose token has expired is begun again; what was given before comes again.

        Args:
            after: the argument `from`; "" for all.
            selection: the argument `set`; "" for none.
        Raises:
            SourceUnavailable: a page cannot be had, or tokens keep expiring.
            SourceChanged: the list never ends, is no list, or the repository refuses its arguments.
        """
        query = {"verb": verb, "metadataPrefix": prefix}
        query.update({key: value for key, value in (("from", after), ("set", selection)) if value})
        for _ in range(_RESTARTS):
            try:
                yield from self._pages(query)
                return
            except TokenExpired:
                continue
        raise SourceUnavailable(f"{self._name} forgot its resumptionToken {_RESTARTS} times; the next run goes on.")

    def record(self, prefix: str, identifier: str) -> Page:
        """The answer of GetRecord; without records where it has none of that name."""
        page, _ = self._ask(self.query_of(prefix, identifier))
        if any(code in ("idDoesNotExist", "cannotDisseminateFormat") for code, _ in page.errors):
            return Page()
        self._require(page)
        return page

    @staticmethod
    def query_of(prefix: str, identifier: str) -> dict[str, str]:
        """Arguments that lead to one record."""
        return {"verb": "GetRecord", "metadataPrefix": prefix, "identifier": identifier}

    def address(self, query: dict[str, str]) -> str:
        """The address of a request."""
        parts = urlsplit(self._base)
        own = parse_qsl(parts.query, keep_blank_values=True)
        return urlunsplit(parts._replace(query=urlencode([*own, *query.items()])))

    def _pages(self, query: dict[str, str]) -> Iterator[Page]:
        guard = LoopGuard(self._name)
        current = query
        while True:
            page, _ = self._ask(current)
            codes = {code for code, _ in page.errors}
            if "noRecordsMatch" in codes:
                return
            if "badResumptionToken" in codes and "resumptionToken" in current:
                raise TokenExpired
            self._require(page)
            ids = [record.header.identifier for record in page.records] + [h.identifier for h in page.headers]
            guard.page(repr(sorted(ids)).encode(), ids, page.token)
            yield page
            if not page.token:
                return
            current = {"verb": query["verb"], "resumptionToken": page.token}

    def _ask(self, query: dict[str, str]) -> tuple[Page, datetime | None]:
        answer = self._fetcher.get(
            self.address(query), headers={"Accept": "text/xml, application/xml"}, max_bytes=MAX_PAGE_BYTES,
            origin=self._origin,
        )  # fmt: skip
        if answer.status in (401, 403):
            raise SourceUnavailable(f"{self._name} answers {answer.status}; the source is left until a person looks.")
        if answer.status in (404, 410):
            raise SourceChanged(f"{self._name} answers {answer.status}; check the source's location.")
        self._skew_s = answer.skew_s or 0.0
        try:
            # Some repositories send an OAI-PMH error with status 400 or 422.
            return parse_page(answer.content), answer.date
        except RecordRejected as error:
            cut = _CLOSED.search(answer.content[-500:]) is None and b"OAI-PMH" in answer.content[:2000]
            if answer.status == 200 and cut:
                raise SourceUnavailable(f"An answer of {self._name} is cut off; nothing counts as removed.") from error
            raise SourceChanged(
                f"{self._name} answers {query['verb']} with something that is no OAI-PMH ({error.detail[:200]})."
            ) from error

    def _require(self, page: Page) -> None:
        for code, text in page.errors:
            said = f"{self._name} answers with the error {code or 'without code'}{f' ({text[:200]})' if text else ''}"
            if code in _PERMANENT:
                raise SourceChanged(f"{said}. Check location, `prefix` and `set` of the source.", error=code)
            raise SourceUnavailable(f"{said}; what was read is kept, and the next run tries again.")


def day_or_second(moment: datetime, granule: timedelta) -> str:
    """A moment as an argument of the repository's granularity."""
    text = written(moment)
    return text if granule < timedelta(days=1) else text[:10]
