"""The REST API of DataCite's registry: DOIs of a repository, page by page, and only the changed ones where possible.

Source: api.datacite.org, "Pagination" (page[cursor]) and "Queries" (updated).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from catalogue.model.documents import Event, Listed, Removed
from catalogue.problems import RecordRejected, SourceChanged, SourceUnavailable
from harvesters.calls import Response
from harvesters.datacite_json import COUNTS
from harvesters.datacite_study import bare_doi
from harvesters.http import Fetcher
from harvesters.jsonbytes import parse_json
from harvesters.loop_guard import LoopGuard
from harvesters.sources.delivery import Delivery
from harvesters.windows import FULL_DAYS, Window, written

PAGE: Final = 500
MAX_PAGE_BYTES: Final = 64 << 20
_ACCEPT: Final = {"Accept": "application/vnd.api+json, application/json"}


def is_registry(location: str) -> bool:
    """Whether a location is a list of DOIs of the REST API."""
    return location.lower().startswith(("http://", "https://")) and urlsplit(location).path.rstrip("/").endswith(
        "/dois"
    )


class Registry:
    """One reading of the list.

    Args:
        location: address of the list with its query, such as `https://api.datacite.org/dois?client-id=ebi.bia`.
    """

    def __init__(self, fetcher: Fetcher, location: str, known: Mapping[str, str], max_bytes: int, name: str):
        self._fetcher, self._location = fetcher, location
        self._delivery = Delivery("", known, max_bytes, "application/json")
        self._known, self._name = known, name
        self._origin = fetcher.origin(location)

    def read(self, since: str | None, full_days: float = FULL_DAYS, page: int = PAGE) -> Iterator[Event]:
        """Changed DOIs, or all, then one Listed.

        A DOI that is no longer findable is Removed; what nobody says shows in a full listing, which is due every
        `full_days`. A full listing that brings fewer DOIs than it counts proves nothing about the missing ones.

        Raises:
            SourceUnavailable: a page cannot be had.
            SourceChanged: an answer is no list of DOIs, or never ends.
        """
        window = Window.load(since)
        guard = LoopGuard(self._name)
        address = self._address(window, page)
        first = self._get(address)
        if first.date is not None and not window.is_full:
            window.begin(first.date, full_days)
            if window.is_full:
                address = self._address(window, page)
                first = self._get(address)
        elif first.date is not None:
            window.begin(first.date, full_days)
        seen: set[str] = set()
        total = 0
        answer = first
        while True:
            rows, total, following = _page(answer)
            names = [name for row in rows if (name := _name(row))]
            fresh = [row for row in rows if _name(row) not in seen]
            seen.update(names)
            guard.page(answer.content, names, following)
            for row in fresh:
                yield from self._event(row)
            if not following or not rows:
                break
            answer = self._get(urljoin(address, following))
        whole = window.is_full and len(seen) >= total
        # What is missing goes after a second listing without it: that is asked for at the next run, not in a month.
        settled = whole and all(name in seen for name in self._known)
        cursor = window.cursor(listed=settled, skew_s=first.skew_s or 0.0)
        yield Listed(cursor, whole, total if window.is_full else None)

    def _event(self, row: dict[str, Any]) -> Iterator[Event]:
        name, attributes = _name(row), row["attributes"]
        if not name:
            return
        state = attributes.get("state", "findable")
        if state != "findable" or attributes.get("isActive") is False:
            yield Removed(name, f"the registry gives the DOI the state {str(state)[:20]}")
            return
        # Counts of views and citations change daily while the record does not.
        kept = {key: value for key, value in attributes.items() if key not in COUNTS}
        content = json.dumps({"id": row.get("id"), "type": row.get("type"), "attributes": kept}, ensure_ascii=False)
        updated = attributes.get("updated")
        stamp = updated if isinstance(updated, str) else ""
        address = urlunsplit(urlsplit(self._location)._replace(query="", path=f"{self._path}/{name}"))
        yield self._delivery.document(name, address, content.encode("utf-8", "surrogatepass"), stamp)

    @property
    def _path(self) -> str:
        return urlsplit(self._location).path.rstrip("/")

    def _address(self, window: Window, page: int) -> str:
        parts = urlsplit(self._location)
        query = [(key, value) for key, value in parse_qsl(parts.query, keep_blank_values=True)]
        if window.after is not None:
            asked = f"updated:[{written(window.after)} TO *]"
            stated = [value for key, value in query if key == "query" and value]
            query = [(key, value) for key, value in query if key != "query"]
            query.append(("query", " AND ".join([*(f"({value})" for value in stated), asked])))
        fixed = [(key, value) for key, value in query if not key.startswith("page[")]
        return urlunsplit(parts._replace(query=urlencode([*fixed, ("page[cursor]", "1"), ("page[size]", str(page))])))

    def _get(self, address: str) -> Response:
        answer = self._fetcher.get(address, headers=_ACCEPT, max_bytes=MAX_PAGE_BYTES, origin=self._origin)
        if answer.status in (400, 404, 410, 422):
            raise SourceChanged(f"The registry answers {answer.status} to this list; check the source's location.")
        if answer.status != 200:
            raise SourceUnavailable(f"The registry answers {answer.status}; nothing counts as removed.")
        return answer


def _page(answer: Response) -> tuple[list[dict[str, Any]], int, str]:
    """Rows of a page, number of DOIs in all, address of the next page."""
    try:
        value = parse_json(answer.content, max_bytes=MAX_PAGE_BYTES).value
    except RecordRejected as error:
        raise SourceChanged(f"The registry's answer is no JSON: {error.detail}") from error
    rows = value.get("data") if type(value) is dict else None
    if type(rows) is not list:
        raise SourceChanged("The registry's answer has no list of DOIs (`data`). Check the source's location.")
    meta, links = value.get("meta"), value.get("links")
    total = meta.get("total") if type(meta) is dict else None
    following = links.get("next") if type(links) is dict else None
    rows = [row for row in rows if type(row) is dict and type(row.get("attributes")) is dict]
    return rows, total if type(total) is int else len(rows), following if type(following) is str else ""


def _name(row: dict[str, Any]) -> str:
    """The DOI of a row, in lower case."""
    return bare_doi(str(row.get("id") or row["attributes"].get("doi") or ""))
