"""Objects of the European Genome-phenome Archive in JSON and XML, and which of them belong together.

JSON comes in three frames (an object, `{"data": ...}`, `{"objectArray": [...]}`) and two spellings of its keys.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from catalogue.problems import RecordRejected
from harvesters.jsonbytes import parse_json
from harvesters.xmlbytes import parse_xml

MAX_BYTES: Final = 4 << 20
MAX_OBJECTS: Final = 20_000
_ACCESSION: Final = re.compile(r"EGA[A-Z]\d{11}")
_XML_KINDS: Final = frozenset(
    {"study", "sample", "experiment", "run", "analysis", "dac", "policy", "dataset", "submission"}
)
_XSI: Final = "@{http://www.w3.org/2001/XMLSchema-instance}"


@dataclass(frozen=True, slots=True)
class EgaObject:
    """One object.

    Args:
        kind: `study`, `dataset`, `policy`, `dac`, `sample` and so on, in lower case.
        value: its properties; keys of JSON in camel case.
    """

    kind: str
    value: dict[str, Any]
    is_xml: bool = False

    @property
    def accession(self) -> str:
        """The archive's accession, "" where it has none yet."""
        given = self.value.get("@accession") if self.is_xml else self._identity().get("egaAccession")
        return given.strip() if isinstance(given, str) and _ACCESSION.fullmatch(given.strip()) else ""

    @property
    def alias(self) -> str:
        """The submitter's own name."""
        given = self.value.get("@alias") if self.is_xml else self._identity().get("alias")
        return given.strip() if isinstance(given, str) else ""

    def names(self) -> set[str]:
        """What other objects may call it."""
        return {name for name in (self.accession, self.alias) if name}

    def references(self) -> set[str]:
        """Names of the objects that it refers to; submissions, which nearly all share, are none."""
        found = set(_xml_references(self.value) if self.is_xml else _json_references(self.value))
        return {name for name in found if not name.startswith("EGAB")} - self.names()

    def _identity(self) -> dict[str, Any]:
        found = self.value.get("objectId")
        return found if isinstance(found, dict) else {}


def parse_objects(name: str, content: bytes) -> list[EgaObject]:
    """The objects in one file.

    Args:
        name: of the file; its folder names the kind where the object does not (`policy/policy.json`).
    Raises:
        RecordRejected: not JSON or XML of this archive, or too large.
    """
    if name.lower().endswith(".xml"):
        # sequencing_run.xml opens with an empty line before its declaration.
        return _xml_objects(parse_xml(content.lstrip(), {}, max_bytes=MAX_BYTES))
    value = _camel_keys(parse_json(content, max_bytes=MAX_BYTES).value)
    if isinstance(value, dict) and isinstance(value.get("data"), dict):
        value = value["data"]
    listed = value.get("objectArray", [value]) if isinstance(value, dict) else None
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed) or len(listed) > MAX_OBJECTS:
        raise RecordRejected("The file holds no object of the archive.", reason="not-parsable")
    folder = name.rpartition("/")[0].rpartition("/")[2]
    return [EgaObject(_kind(one, folder), one) for one in listed]


def group(files: Mapping[str, list[EgaObject]]) -> list[list[str]]:
    """Names of files that belong together: those whose objects refer to one another, directly or through others."""
    owner = {name: file for file in sorted(files) for one in files[file] for name in one.names()}
    root = {file: file for file in files}

    def find(file: str) -> str:
        while root[file] != file:
            root[file] = root[root[file]]
            file = root[file]
        return file

    for file in sorted(files):
        for one in files[file]:
            for name in one.references() | one.names():
                if name in owner:
                    first, second = sorted((find(file), find(owner[name])))
                    root[second] = first
    together: dict[str, list[str]] = {}
    for file in sorted(files):
        together.setdefault(find(file), []).append(file)
    return list(together.values())


def _kind(value: Mapping[str, Any], folder: str) -> str:
    described = value.get("schemaDescriptor")
    kind = described.get("objectType") if isinstance(described, dict) else folder
    return kind.strip().lower() if isinstance(kind, str) else ""


def _camel_keys(value: Any) -> Any:
    """The same with keys such as `object_id` as `objectId`."""
    if isinstance(value, dict):
        return {re.sub(r"_([a-z])", lambda m: m[1].upper(), key): _camel_keys(inner) for key, inner in value.items()}
    return [_camel_keys(inner) for inner in value] if isinstance(value, list) else value


def _xml_objects(document: dict[str, Any]) -> list[EgaObject]:
    name, root = next(iter(document.items()))
    if name.lower() in _XML_KINDS:
        elements = [(name, root)]
    elif isinstance(root, dict):
        elements = [(key, one) for key, ones in root.items() if isinstance(ones, list) for one in ones]
    else:
        elements = []
    if not elements or any(key.lower() not in _XML_KINDS or not isinstance(one, dict) for key, one in elements):
        raise RecordRejected(f"<{name[:100]}> is no set of objects of the archive.", reason="not-parsable")
    return [
        EgaObject(key.lower(), {inner: v for inner, v in one.items() if not inner.startswith(_XSI)}, is_xml=True)
        for key, one in elements
    ]


def _json_references(value: dict[str, Any]) -> Iterator[str]:
    for key, listed in value.items():
        if key.endswith("Relationships") and isinstance(listed, list):
            for relation in listed:
                for end in ("rSource", "rTarget"):
                    other = relation.get(end) if isinstance(relation, dict) else None
                    identity = other.get("objectId") if isinstance(other, dict) else None
                    if isinstance(identity, dict):
                        yield from (str(identity[k]).strip() for k in ("egaAccession", "alias") if identity.get(k))


def _xml_references(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for one in value:
            yield from _xml_references(one)
    elif isinstance(value, dict):
        for key, inner in value.items():
            if key.endswith("_REF"):
                for one in inner if isinstance(inner, list) else []:
                    if isinstance(one, dict):
                        yield from (str(one[k]).strip() for k in ("@accession", "@refname") if one.get(k))
            else:
                yield from _xml_references(inner)
