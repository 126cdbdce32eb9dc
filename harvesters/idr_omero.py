"""IDR as its OMERO server lists it: screens and projects by study, each with its map annotations.

Source: OMERO JSON API v0 (`api/v0/m/`), and `webclient/api/annotations/`, which want the cookie of a visit first.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from catalogue.model.documents import Event, Listed, SourceSpec, Unchanged, Unreadable
from catalogue.model.payload import canonical
from catalogue.problems import FetchRefused, RecordRejected, SourceChanged, SourceUnavailable
from harvesters.bundle import MEDIA_TYPE, pack
from harvesters.http import Fetcher
from harvesters.jsonbytes import parse_json
from harvesters.sources.delivery import Delivery

PAGE: Final = 500
MAX_PAGES: Final = 200
MAX_ANSWER_BYTES: Final = 10 << 20
KINDS: Final = {"screens": "screen", "projects": "project"}
_VISIT: Final = "webclient/?experimenter=-1"
_COOKIE: Final = re.compile(r"(?:^|,\s*)([A-Za-z0-9_.-]{1,64})=([^;,\s\"]{1,500})")
_NAME: Final = re.compile(r"(idr\d{4})-[A-Za-z0-9_-]+(?:/\S+)?", re.IGNORECASE)
_FORMAT: Final = 1


@dataclass(slots=True)
class _Lists:
    """What the server lists.

    Args:
        studies: accession -> file name of each container (`screen-3.json`) -> its entry.
        others: containers that belong to no study, by name.
        complete: every page came, and as many entries as the server says there are.
    """

    studies: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    others: dict[str, str] = field(default_factory=dict)
    complete: bool = True


def is_server(location: str) -> bool:
    """Whether a location is the address of a server rather than of files."""
    base = location.partition("#")[0]
    return base.lower().startswith(("http://", "https://")) and not base.rstrip("/").endswith(".git")


def iter_server(source: SourceSpec, since: str | None, known: Mapping[str, str], fetcher: Fetcher) -> Iterator[Event]:
    """One bundle a study: its containers as listed, and the answer with each one's map annotations; then one Listed.

    A study whose entries are as they were is not asked for: three requests when nothing is new. Annotations that
    change alone are seen when the source is read whole.

    Raises:
        SourceUnavailable: a list cannot be read now, or the server forbids it.
        SourceChanged: the server does not speak this API.
    """
    server = _Server(source.location.rstrip("/") + "/", fetcher)
    server.visit()
    lists = _Lists()
    for plural, kind in KINDS.items():
        _read_list(server, plural, kind, lists)
    before, after = _versions(since), {}
    delivery = Delivery("", known, MAX_ANSWER_BYTES * 4, MEDIA_TYPE)
    for name in sorted(lists.studies):
        containers = lists.studies[name]
        after[name] = version = hashlib.sha256(canonical(containers)).hexdigest()
        if name in known and before.get(name) == version:
            yield Unchanged(name)
            continue
        event = _study(name, containers, server, delivery)
        if isinstance(event, Unreadable):
            after[name] = ""
        yield event
    for item, title in sorted(lists.others.items()):
        detail = f"'{title[:200]}' names no study; a container of IDR is called idrNNNN-name/screenA. Rename it."
        yield Unreadable(item, server.base, "bad-identifier", detail)
    cursor = json.dumps({"format": _FORMAT, "studies": after}, separators=(",", ":"))
    yield Listed(cursor, lists.complete, len(lists.studies) + len(lists.others))


class _Server:
    """Requests to one server, with the cookie that it gave."""

    def __init__(self, base: str, fetcher: Fetcher):
        self.base, self._fetcher = base, fetcher
        self._headers: dict[str, str] = {}

    def visit(self) -> None:
        """Fetch the cookie without which a public server answers 403."""
        answer = self._fetcher.get(self.base + _VISIT, max_bytes=MAX_ANSWER_BYTES)
        if answer.status in (401, 403):
            raise SourceUnavailable(f"{self.base} answers {answer.status}; the source is left until a person looks.")
        cookies = _COOKIE.findall(answer.headers.get("set-cookie", ""))
        if cookies:
            self._headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies)

    def get(self, path: str) -> tuple[int, bytes]:
        """Status and body of an answer."""
        answer = self._fetcher.get(self.base + path, headers=self._headers, max_bytes=MAX_ANSWER_BYTES)
        if answer.status in (401, 403):
            raise SourceUnavailable(f"{self.base}{path} answers {answer.status}; left until a person looks.")
        return answer.status, bytes(answer.content)


def _read_list(server: _Server, plural: str, kind: str, lists: _Lists) -> None:
    seen: set[Any] = set()
    total = 0
    for _ in range(MAX_PAGES):
        path = f"api/v0/m/{plural}/?childCount=true&normalize=true&limit={PAGE}&offset={len(seen)}"
        status, content = server.get(path)
        if status != 200:
            raise SourceUnavailable(f"{server.base}{path} answers {status}.")
        data, total = _page(content, server.base)
        fresh = [entry for entry in data if entry.get("@id") not in seen]
        for entry in fresh:
            seen.add(entry.get("@id"))
            named = _NAME.fullmatch(str(entry.get("Name", "")).strip())
            key = f"{kind}-{entry.get('@id')}"
            if named:
                lists.studies.setdefault(named[1].lower(), {})[f"{key}.json"] = entry
            else:
                lists.others[key] = str(entry.get("Name", ""))
        # An empty page, or one that repeats what came, is the end whatever the total says.
        if not fresh or len(seen) >= total:
            break
    lists.complete = lists.complete and len(seen) == total


def _page(content: bytes, base: str) -> tuple[list[dict[str, Any]], int]:
    try:
        value = parse_json(content, max_bytes=MAX_ANSWER_BYTES).value
        data, total = value["data"], value["meta"]["totalCount"]
    except (RecordRejected, KeyError, TypeError) as error:
        raise SourceChanged(f"{base} does not answer as OMERO's JSON API does. Correct the location.") from error
    if type(total) is not int or not isinstance(data, list) or not all(map(_is_named, data)):
        raise SourceChanged(f"{base} does not answer as OMERO's JSON API does. Correct the location.")
    return data, total


def _is_named(entry: Any) -> bool:
    return isinstance(entry, dict) and type(entry.get("@id")) is int


def _study(name: str, containers: Mapping[str, dict[str, Any]], server: _Server, delivery: Delivery) -> Event:
    files: dict[str, bytes] = {}
    url = server.base
    for file, entry in sorted(containers.items()):
        kind, _, number = file.removesuffix(".json").partition("-")
        path = f"webclient/api/annotations/?type=map&{kind}={number}"
        url = server.base + path
        try:
            status, content = server.get(path)
        except FetchRefused as refused:
            return Unreadable(name, url, "too-large", refused.detail)
        if status != 200:
            return Unreadable(name, url, "gap", f"Its annotations answer {status}; tried again.")
        files[file] = canonical(entry)
        files[f"{kind}-{number}-annotations.json"] = content
    return delivery.document(name, url, pack(files))


def _versions(since: str | None) -> dict[str, str]:
    try:
        found = json.loads(since) if since else {}
        if found.get("format") != _FORMAT:
            return {}
        return {str(name): str(version) for name, version in found["studies"].items()}
    except (ValueError, KeyError, AttributeError, TypeError):
        return {}
