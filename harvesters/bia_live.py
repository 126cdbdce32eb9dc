"""The live API of the BioImage Archive: its lists of studies and datasets, and of a changed study what belongs to it.

The API tells no date of change and no deletion; a study's version is the content of its documents and its datasets'.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, date
from email.utils import parsedate_to_datetime
from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit

from catalogue.model.documents import Event, Listed, SourceDocument, SourceSpec, Unchanged, Unreadable
from catalogue.problems import FetchRefused, RecordRejected, SourceChanged, SourceUnavailable
from harvesters.bia_pool import is_document
from harvesters.http import Fetcher
from harvesters.jsonbytes import parse_json

_FORMAT: Final = 1
_PAGE_BYTES: Final = 64 << 20
_MAX_PAGES: Final = 2_000
# Property -> class of the documents it refers to, as the API's addresses write it.
_REFERRED: Final = {
    "image_acquisition_protocol_uuid": "image_acquisition_protocol", "bio_sample_uuid": "bio_sample",
    "specimen_imaging_preparation_protocol_uuid": "specimen_imaging_preparation_protocol",
    "annotation_method_uuid": "annotation_method", "protocol_uuid": "protocol", "growth_protocol_uuid": "protocol",
    "creation_process_uuid": "creation_process", "subject_specimen_uuid": "specimen", "sample_of_uuid": "bio_sample",
    "imaging_preparation_protocol_uuid": "specimen_imaging_preparation_protocol",
    "original_file_reference_uuid": "file_reference",
}  # fmt: skip
# Of an image of very many files the list stays with the archive.
_MAX_FILES: Final = 20
Json = dict[str, Any]


def is_api(location: str) -> bool:
    """Whether a location is the address of the API."""
    parts = urlsplit(location)
    return parts.scheme.lower() in ("http", "https") and parts.path.rstrip("/").endswith("/v2")


def iter_api(source: SourceSpec, fetcher: Fetcher, since: str | None, known: Mapping[str, str]) -> Iterator[Event]:
    """The events of all studies, in the order of their accessions, then one Listed.

    Raises:
        SourceUnavailable: a page of the lists cannot be had now, or the archive forbids reading.
        SourceChanged: the address is none of the API, its list of studies is empty, or a list repeats itself.
    """
    return _Reader(source, fetcher, since, known).events()


class _Reader:
    """One reading of the API."""

    def __init__(self, source: SourceSpec, fetcher: Fetcher, since: str | None, known: Mapping[str, str]):
        self._base, self._fetcher, self._known = source.location.rstrip("/"), fetcher, known
        self._size = _number(source, "page_size", 500)
        self._images = _number(source, "images", 100)
        self._every, self._left = _number(source, "revisit_days", 30), _number(source, "revisit", 20)
        self._before = _load(since)
        self._today = ""

    def events(self) -> Iterator[Event]:
        studies = {str(one.get("accession_id")): one for one in self._all("search/study")}
        if not studies:
            raise SourceChanged("The archive's list of studies is empty, which it never is; nothing is removed.")
        datasets: dict[str, list[Json]] = {}
        for one in self._all("search/dataset"):
            datasets.setdefault(str(one.get("submitted_in_study_uuid")), []).append(one)
        after: dict[str, list[str]] = {}
        for accession in sorted(studies):
            study = studies[accession]
            inside = sorted(datasets.get(str(study["uuid"]), ()), key=lambda one: str(one["uuid"]))
            version = _digest([study, *inside])
            held = self._before.get(accession) if accession in self._known else None
            if held is not None and held[0] == version and not self._is_due(held[1]):
                after[accession] = held
                yield Unchanged(accession)
                continue
            event = self._study(accession, study, inside)
            if not isinstance(event, Unreadable):
                after[accession] = [version, self._today]
            yield event
        cursor = json.dumps({"format": _FORMAT, "seen": after}, separators=(",", ":"))
        yield Listed(cursor, True, len(studies))

    def _is_due(self, asked: str) -> bool:
        if self._left <= 0 or not self._today:
            return False
        try:
            due = (date.fromisoformat(self._today) - date.fromisoformat(asked)).days >= self._every
        except ValueError:
            due = True
        self._left -= due
        return due

    def _study(self, accession: str, study: Json, datasets: list[Json]) -> Event:
        """All documents of a study as one."""
        url = f"{self._base}/study/{study['uuid']}"
        documents: dict[str, Json] = {}
        try:
            for one in [study, *datasets]:
                self._follow(one, documents)
            for one in datasets:
                self._count(one, documents)
                images = self._some(f"dataset/{one['uuid']}/image", self._images) if self._images else []
                for image in images:
                    self._follow(image, documents)
                    for shown in self._some(f"image/{image['uuid']}/image_representation", 10):
                        documents[str(shown["uuid"])] = shown
        except FetchRefused as refused:
            reason = "too-large" if refused.members.get("rule") in ("too-large", "ratio") else "link-unsafe"
            return Unreadable(accession, url, reason, refused.detail)
        except (RecordRejected, _Missing) as problem:
            return Unreadable(accession, url, "gap", str(getattr(problem, "detail", problem)))
        body = {"documents": sorted(documents.values(), key=lambda one: str(one["uuid"]))}
        content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
        if self._known.get(accession) == hashlib.sha256(content).hexdigest():
            return Unchanged(accession)
        return SourceDocument(accession, url, content, "application/json")

    def _follow(self, document: Json, documents: dict[str, Json]) -> None:
        """Put a document and, once each, those it refers to among the study's."""
        waiting = [document]
        while waiting:
            one = waiting.pop()
            documents[str(one["uuid"])] = one
            for kind, key in _references(one):
                if key not in documents:
                    found = self._one(f"{kind}/{quote(key, safe='')}")
                    documents[key] = found
                    waiting.append(found)

    def _count(self, dataset: Json, documents: dict[str, Json]) -> None:
        """The archive's own counts of a dataset, written into it as its search documents have them."""
        answer = self._get(f"dataset/{dataset['uuid']}/stats")
        stats = _json(answer.content) if answer.status == 200 else {}
        names = ("image_count", "file_reference_count", "file_reference_size_bytes", "file_type_counts")
        if type(stats) is dict:
            documents[str(dataset["uuid"])] = {**dataset, **{key: stats[key] for key in names if key in stats}}

    # -- requests ------------------------------------------------------------------------------------------------

    def _all(self, path: str) -> Iterator[Json]:
        """Every document of a list, page after page."""
        start, seen = "", set[str]()
        for _ in range(_MAX_PAGES):
            page = self._page(path, self._size, start)
            new = [one for one in page if str(one["uuid"]) not in seen]
            seen.update(str(one["uuid"]) for one in new)
            yield from new
            if len(page) < self._size:
                return
            if not new:
                raise SourceChanged(f"The list {path} of the API repeats itself.")
            start = str(page[-1]["uuid"])
        raise SourceChanged(f"The list {path} of the API has more than {_MAX_PAGES:,} pages.")

    def _some(self, path: str, most: int) -> list[Json]:
        return self._page(path, most, "")[:most]

    def _page(self, path: str, size: int, start: str) -> list[Json]:
        asked = {"page_size": size, **({"start_from_uuid": start} if start else {})}
        answer = self._get(f"{path}?{urlencode(asked)}")
        if answer.status != 200:
            raise SourceUnavailable(f"{path} of the API answers {answer.status}; nothing counts as removed.")
        value = _json(answer.content)
        if type(value) is not list or not all(map(is_document, value)):
            raise SourceChanged(f"{path} is no list of documents of the archive's API. Correct the source's location.")
        if path == "search/study" and not self._today:
            self._today = _day(answer.headers.get("date", ""))
        return value

    def _one(self, path: str) -> Json:
        answer = self._get(path)
        found: Json = (_json(answer.content) if answer.status == 200 else None) or {}
        if not is_document(found):
            raise _Missing(f"{path} of the API, which a document refers to, answers {answer.status}; tried again.")
        return found

    def _get(self, path: str) -> Any:
        answer = self._fetcher.get(
            f"{self._base}/{path}", headers={"Accept": "application/json"}, max_bytes=_PAGE_BYTES
        )
        if answer.status in (401, 403):
            raise SourceUnavailable(f"The API answers {answer.status}; it is left until a person looks.")
        return answer


class _Missing(Exception):
    """A document that another refers to cannot be had."""


def _references(document: Json) -> Iterator[tuple[str, str]]:
    """Class and key of the documents that one refers to."""
    values = {key: document.get(key) for key in _REFERRED}
    for attribute in document.get("additional_metadata") or ():
        if type(attribute) is dict and attribute.get("name") in _REFERRED and type(attribute.get("value")) is dict:
            values[attribute["name"]] = attribute["value"].get(attribute["name"])
    for name, given in values.items():
        keys = given if type(given) is list else [given]
        if name == "original_file_reference_uuid" and len(keys) > _MAX_FILES:
            continue
        yield from ((_REFERRED[name], key) for key in keys if type(key) is str and key)


def _json(content: bytes) -> Any:
    try:
        return parse_json(bytes(content), max_bytes=_PAGE_BYTES).value
    except RecordRejected:
        return None


def _digest(documents: list[Json]) -> str:
    return hashlib.sha256(json.dumps(documents, sort_keys=True).encode()).hexdigest()[:32]


def _day(text: str) -> str:
    try:
        return parsedate_to_datetime(text).astimezone(UTC).date().isoformat()
    except (ValueError, TypeError, OverflowError):
        return ""


def _number(source: SourceSpec, key: str, default: int) -> int:
    text = source.options.get(key, str(default))
    if not text.isdigit() or int(text) > 100_000 or (key == "page_size" and text == "0"):
        raise SourceChanged(f"The option {key} is '{text[:50]}'; a whole number is expected.")
    return int(text)


def _load(since: str | None) -> dict[str, list[str]]:
    try:
        found = json.loads(since) if since else {}
        if found.get("format") != _FORMAT:
            return {}
        return {str(name): [str(one) for one in state] for name, state in found["seen"].items() if len(state) == 2}
    except (ValueError, KeyError, AttributeError, TypeError):
        return {}
