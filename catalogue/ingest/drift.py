"""What a source's documents look like, key by key, so that a change of their form is noticed (federation.md, R22).

Nothing here decides about a record: adapters and hard rules do. catalogue.ingest.run keeps the fingerprint.
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from xml.parsers import expat

from catalogue.model.documents import SourceDocument

MAX_BYTES: Final = 4 << 20
MAX_DEPTH: Final = 32
# Keys that are data (an accession each) would fill the books; so many different ones are no form.
MAX_PATHS: Final = 2_000
MAX_PATH: Final = 300
# Below so many documents a key that all of them have, or none, says little.
ENOUGH: Final = 20
ALWAYS: Final = 0.95
_SOME: Final = 5
_MAX_NOTICES: Final = 50
_MAX_NAME: Final = 60

Paths = dict[str, set[str]]


def key_paths(document: SourceDocument) -> Paths:
    """Path -> types of its values, of one JSON, XML, CSV or TSV document; empty for any other, a broken or a huge one.

    An object in a list is told by its type where it has one, as entities of an RO-Crate have (`@graph[Dataset].name`);
    so is an attribute that is written as name and value (PageTab).
    """
    media_type = document.media_type.lower()
    found: Paths = {}
    if len(document.content) > MAX_BYTES:
        return found
    try:
        if "json" in media_type:
            _walk(json.loads(document.content), "", 0, found)
        elif "xml" in media_type and "html" not in media_type:
            _walk_xml(document.content, found)
        elif "csv" in media_type or "tab-separated" in media_type:
            _columns(document.content, "\t" if "tab" in media_type else ",", found)
    except (ValueError, LookupError, RecursionError, expat.ExpatError, csv.Error):  # LookupError: no such encoding
        # The adapter says what is wrong with it.
        return {}
    return found


def _walk(value: Any, path: str, depth: int, found: Paths) -> None:
    if len(found) >= MAX_PATHS or depth > MAX_DEPTH:
        return
    if isinstance(value, dict):
        _note(found, path, "object")
        for key, inner in value.items():
            _walk(inner, f"{path}.{key[:_MAX_NAME]}" if path else key[:_MAX_NAME], depth + 1, found)
    elif isinstance(value, list):
        _note(found, path, "list")
        for inner in value:
            _walk(inner, f"{path}[{_kind(inner)}]", depth + 1, found)
    elif value is not None:
        kind = "true or false" if isinstance(value, bool) else "text" if isinstance(value, str) else "number"
        _note(found, path, kind)


def _kind(value: Any) -> str:
    if not isinstance(value, dict):
        return ""
    given = value.get("@type", value.get("type"))
    if isinstance(given, list):
        given = given[0] if given else None
    if given is None and "value" in value:
        given = value.get("name")
    return given[:_MAX_NAME] if isinstance(given, str) else ""


def _walk_xml(content: bytes, found: Paths) -> None:
    parser = expat.ParserCreate(namespace_separator=None)
    open_: list[str] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if len(open_) > MAX_DEPTH:
            raise ValueError("nested too deeply")
        open_.append(name[:_MAX_NAME])
        path = "/".join(open_)
        _note(found, path, "element")
        for attribute in attributes:
            _note(found, f"{path}/@{attribute[:_MAX_NAME]}", "text")

    def refuse(*_: Any) -> None:
        raise ValueError("a DOCTYPE is refused")

    parser.StartElementHandler = start
    parser.EndElementHandler = lambda _: open_.pop()
    parser.StartDoctypeDeclHandler = refuse
    parser.Parse(content, True)


def _columns(content: bytes, delimiter: str, found: Paths) -> None:
    header = content.splitlines()[:1]
    for name in next(csv.reader([line.decode("utf-8-sig") for line in header], delimiter=delimiter), []):
        _note(found, name.strip()[:MAX_PATH], "column")


def _note(found: Paths, path: str, kind: str) -> None:
    if path and len(path) <= MAX_PATH and (path in found or len(found) < MAX_PATHS):
        found.setdefault(path, set()).add(kind)


@dataclass(slots=True)
class Fingerprint:
    """How often each key was met in the documents of a source, and with which types.

    Args:
        documents: that were looked at.
        paths: path -> number of documents that have it.
        types: path -> types of its values.
    """

    documents: int = 0
    paths: Counter[str] = field(default_factory=Counter)
    types: dict[str, set[str]] = field(default_factory=dict)

    @classmethod
    def load(cls, text: str | None) -> Fingerprint:
        """The fingerprint back from `dump`; an empty one for None."""
        if text is None:
            return cls()
        kept = json.loads(text)
        paths = kept["paths"]
        counts = Counter({path: count for path, (count, _) in paths.items()})
        return cls(kept["documents"], counts, {path: set(kinds) for path, (_, kinds) in paths.items()})

    def dump(self) -> str:
        """A form that the books keep."""
        paths = {path: [self.paths[path], sorted(kinds)] for path, kinds in self.types.items()}
        return json.dumps({"documents": self.documents, "paths": paths}, sort_keys=True, ensure_ascii=False)

    def add(self, found: Mapping[str, set[str]]) -> None:
        """Takes in one document; paths beyond the limit are passed over."""
        if not found:
            return
        self.documents += 1
        for path, kinds in found.items():
            if path in self.types or len(self.types) < MAX_PATHS:
                self.paths[path] += 1
                self.types.setdefault(path, set()).update(kinds)

    def merge(self, other: Fingerprint) -> None:
        """Takes in all documents of another one."""
        self.documents += other.documents
        for path, kinds in other.types.items():
            if path in self.types or len(self.types) < MAX_PATHS:
                self.paths[path] += other.paths[path]
                self.types.setdefault(path, set()).update(kinds)

    def notices(self, later: Fingerprint, known: int) -> dict[str, int]:
        """What later documents have that these had not, or lack that all of these had: sentence -> documents.

        Args:
            known: documents of the source; a fingerprint of few of them says nothing yet.
        """
        if self.documents == 0 or self.documents < min(ENOUGH, known):
            return {}
        return dict(list(self._differences(later))[:_MAX_NOTICES])

    def _differences(self, later: Fingerprint) -> Iterator[tuple[str, int]]:
        full = len(self.types) >= MAX_PATHS
        for path in sorted(later.types):
            if path not in self.types:
                if not full:
                    yield f"new key {path}", later.paths[path]
            elif fresh := later.types[path] - self.types[path]:
                was = " or ".join(sorted(self.types[path]))
                yield f"{path} is {' or '.join(sorted(fresh))}, was {was}", later.paths[path]
        if self.documents >= ENOUGH and later.documents >= _SOME:
            for path in sorted(self.types.keys() - later.types.keys()):
                if self.paths[path] >= ALWAYS * self.documents:
                    yield f"lost key {path}", later.documents
