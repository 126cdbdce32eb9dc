"""Documents of the BioImage Archive's model, whether they come apart, one inside the other, or out of a crate.

A pool knows every document by class and key; what they become is left to bia_study and bia_images. field.md 5, bia-api.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

from catalogue.model.documents import Severity
from catalogue.problems import RecordRejected
from harvesters.account import Account, Entry, crosswalk_reasons

MAX_DOCUMENTS: Final = 100_000
# The archive's index repeats these beside the documents they come from.
REPEATED: Final = "repeated or gathered from other documents for the archive's index"
INDEX_KEYS: Final = frozenset({
    "annotation_type", "author_affiliation", "author_display_name", "author_orcid", "author_rorid",
    "dataset_description", "dataset_title", "example_image", "file_path", "image_format", "imaging_method",
    "organism_common_name", "organism_scientific_name", "publication", "study_doi", "study_release_date",
    "study_title", "total_physical_size_x", "total_physical_size_y", "total_physical_size_z", "total_size_in_bytes",
    "licence", "default_open", "file_type_counts",
})  # fmt: skip
KINDS: Final = (
    "Study", "Dataset", "Image", "ImageRepresentation", "FileReference", "Specimen", "BioSample", "Protocol",
    "ImageAcquisitionProtocol", "SpecimenImagingPreparationProtocol", "AnnotationMethod", "AnnotationData",
    "CreationProcess",
)  # fmt: skip
_OF_FILE: Final = re.compile(r"_[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$")


@cache
def reasons() -> Mapping[str, str]:
    """Path in the account -> why that field is left out, by the crosswalk bia-shared-models."""
    given = crosswalk_reasons("bia-shared-models", "bia_api:")
    found = dict(given)
    for path, reason in given.items():
        owner, _, key = path.partition("/")
        if owner in ("Document", "SearchDocument"):
            found |= {f"{kind}/{key}": reason for kind in KINDS}
    return found


@dataclass(slots=True)
class Doc:
    """One document.

    Args:
        key: last part of the identifiers of what it becomes; the UUID in the API.
        entry: its own properties, without the documents inside it.
        attributes: name in `additional_metadata` -> the entries that hold the values.
        refs: name of a property -> keys of other documents, where those are not plain texts in the entry.
        together: of a dataset of a crate: what goes together, as names of properties with keys, and a description.
        lists: of a study of a crate: path of a file list and what its columns hold.
        own: of a file of a crate: the depositor's own columns.
        prepared: of the process of a row: keys of preparations and of samples, where the row names no specimen.
    """

    kind: str
    key: str
    entry: Entry
    attributes: dict[str, list[Entry]] = field(default_factory=dict)
    refs: dict[str, list[str]] = field(default_factory=dict)
    together: list[dict[str, list[str]]] = field(default_factory=list)
    lists: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    own: dict[str, str] = field(default_factory=dict)
    prepared: tuple[list[str], list[str]] | None = None

    def keys_of(self, name: str) -> list[str]:
        """Keys of the documents that a property refers to, in the document or in its additional metadata."""
        found = [*self.refs.get(name, ()), *self.entry.texts(name)]
        for value in self.values(name):
            inner = value.get(name) if type(value) is dict else value
            found += [text for text in (inner if type(inner) is list else [inner]) if type(text) is str]
        return list(dict.fromkeys(found))

    def values(self, name: str) -> list[Any]:
        """The values of an additional attribute, now read."""
        return [entry.raw("value") for entry in self.attributes.get(name, ())]

    def left(self) -> Iterator[tuple[str, Entry]]:
        """Additional attributes nobody asked for so far, by name."""
        for name, entries in self.attributes.items():
            for entry in entries:
                state = entry.account.state(entry.value, "value")
                if state is not None and type(state) is not str and entry.has("value"):
                    yield name, entry

    def is_read(self, name: str) -> bool:
        """Whether a property was asked for, or is not there."""
        return name not in self.entry.value or self.entry.account.state(self.entry.value, name) is None

    def text(self, name: str, *, lines: bool = True, word: bool = False) -> str | None:
        """A text."""
        return self.entry.text(name, lines=lines, word=word)


class Pool:
    """Documents by class and key."""

    def __init__(self, account: Account):
        self.account = account
        self._docs: dict[str, dict[str, Doc]] = {kind: {} for kind in KINDS}
        self._referring: dict[tuple[str, str], dict[str, list[Doc]]] = {}
        self._left = MAX_DOCUMENTS

    def all(self, kind: str) -> list[Doc]:
        """The documents of a class by key: neither lists of the API nor graphs of crates have an order that counts."""
        return [self._docs[kind][key] for key in sorted(self._docs[kind])]

    def find(self, kind: str, key: str) -> Doc | None:
        """A document by its key."""
        return self._docs[kind].get(key)

    def each(self, kind: str, keys: Iterable[str]) -> list[Doc]:
        """The documents of these keys that are here."""
        return [doc for key in keys if (doc := self.find(kind, key)) is not None]

    def referring(self, kind: str, name: str, key: str) -> list[Doc]:
        """The documents of a class that refer to a key by a property."""
        if (kind, name) not in self._referring:
            found = self._referring[kind, name] = {}
            for doc in self.all(kind):
                for one in doc.keys_of(name):
                    found.setdefault(one, []).append(doc)
        return self._referring[kind, name].get(key, [])

    def knows_image(self, key: str) -> bool:
        """False for what is here and no image, such as a table that something was made from."""
        return self.find("Image", key) is not None or self.find("FileReference", key) is None

    def add(self, doc: Doc) -> None:
        """Put a document in."""
        self._left -= 1
        if self._left < 0:
            raise RecordRejected(f"More than {MAX_DOCUMENTS:,} documents stand for one study.", reason="too-large")
        self._docs[doc.kind][doc.key] = doc


def pool_of(values: Iterable[Any], account: Account) -> Pool:
    """The pool of API documents, with those inside others taken out; of one document twice the later version counts.

    Raises:
        RecordRejected: `not-parsable`, a value is no document of the API.
    """
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for value in values:
        if not is_document(value):
            raise RecordRejected(
                "The document names no class of the archive's model; it is none of its API.", reason="not-parsable"
            )
        _collect(value, found)
    pool = Pool(account)
    for (kind, key), value in found.items():
        if kind not in KINDS:
            account.note(
                "class-unknown", Severity.WARNING, kind, key, "No class of the archive's model known here; left out.",
            )  # fmt: skip
            continue
        entry = account.open(_own(value), kind)
        doc = Doc(kind, key, entry)
        entry.text("uuid")
        if kind != "Study":
            entry.leave("version", "counts changes of one document inside the archive; our versions are of records")
        for attribute in entry.entries("additional_metadata"):
            name = _OF_FILE.sub("", attribute.text("name", word=True) or "")
            attribute.leave("provenance", "who set a single key inside the archive stays in the kept document")
            doc.attributes.setdefault(name, []).append(attribute)
        for attribute in doc.attributes.get("uuid_unique_input", ()):
            attribute.leave("value", "the text from which the archive computed the document's identifier")
        for name in INDEX_KEYS & value.keys():
            if name not in _OWN_INDEX_KEYS.get(kind, ()):
                entry.leave(name, REPEATED)
        pool.add(doc)
    return pool


# Names of the index that are properties of the documents themselves.
_OWN_INDEX_KEYS: Final = {
    "FileReference": ("file_path",), "ImageRepresentation": ("image_format", "total_size_in_bytes"),
    "Study": ("licence",),
}  # fmt: skip


def is_document(value: Any) -> bool:
    """Whether a JSON value is a document of the API."""
    return (
        type(value) is dict
        and type(value.get("uuid")) is str
        and type(value.get("model")) is dict
        and type(value["model"].get("type_name")) is str
    )


def _collect(value: Any, found: dict[tuple[str, str], dict[str, Any]]) -> None:
    if type(value) is list:
        for item in value:
            _collect(item, found)
    elif type(value) is dict:
        if is_document(value):
            place = (value["model"]["type_name"], value["uuid"].lower())
            held = found.get(place)
            if held is None or _rank(value) > _rank(held):
                found[place] = value
            if len(found) > MAX_DOCUMENTS:
                raise RecordRejected(f"More than {MAX_DOCUMENTS:,} documents stand together.", reason="too-large")
        for key, inner in value.items():
            if key not in ("model", "additional_metadata"):
                _collect(inner, found)


def _rank(value: dict[str, Any]) -> tuple[int, int, str]:
    """Which of two forms of one document counts, in whatever order they come: the later, then the fuller one."""
    version = value.get("version")
    return version if type(version) is int else -1, len(value), json.dumps(value, sort_keys=True)


def _own(value: dict[str, Any]) -> dict[str, Any]:
    """The document without those inside it."""
    return {key: inner for key, inner in value.items() if not _embeds(inner)}


def _embeds(value: Any) -> bool:
    return is_document(value) or (type(value) is list and bool(value) and all(map(_embeds, value)))
