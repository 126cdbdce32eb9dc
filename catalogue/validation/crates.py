"""An RO-Crate twice: its own graph under the profiles about such graphs, and the records that it maps to."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import PurePath
from typing import Any, Final

from catalogue.model.documents import Finding, Mapped, Severity, SourceDocument, SourceSpec
from catalogue.problems import TYPE_BASE, RecordRejected
from catalogue.validation.nodes import Node
from catalogue.validation.record_text import placeless
from catalogue.validation.records import SHAPES, check_record
from catalogue.validation.results import Result
from catalogue.validation.source import Place, SourceText

MapCrate = Callable[[SourceDocument, SourceSpec], Mapped]
REJECTED: Final = TYPE_BASE + RecordRejected.slug + "#"
FINDING: Final = SHAPES + "finding-"
# How findings name what they are about: Dataset.license, Person[#author-1].name, @context.seeAlso.
_WHERE: Final = re.compile(r"(?P<kind>[^.\[\]]+)(?:\[(?P<id>.*)\])?(?:\.(?P<key>[^.]+))?", re.DOTALL)
_SEVERITIES: Final = {Severity.WARNING: "warning", Severity.REPAIRED: "info", Severity.INFO: "info"}


def check_mapped(
    name: str, content: bytes, document: Node, source: SourceText, map_crate: MapCrate, profiles: tuple[str, ...]
) -> tuple[list[Result], int]:
    """(what is wrong with the records of a crate and what was noticed when mapping it, number of records).

    Args:
        name: of the file; its stem may be an accession.
        document: the crate with its places.
        profiles: names of profiles about records.
    """
    entities = _Entities(document, source)
    found = list(entities.structure())
    told = {(result.rule, result.value) for result in found}
    given = SourceDocument(PurePath(name).name, "", content)
    try:
        mapped = map_crate(given, SourceSpec("validate", "gide", ""))
    except RecordRejected as rejection:
        place = entities.root_place()
        return [*found, Result("violation", rejection.detail.rstrip("."), REJECTED + rejection.reason, place=place)], 0
    noticed = (entities.result(finding) for finding in mapped.findings)
    found += [result for result in noticed if (result.rule, result.value) not in told]
    for record in mapped.records:
        for result in check_record(placeless(record), None, profiles):
            # A record's own faults are those of the root; of its parts nobody knows what they were made from.
            about_root = result.focus == record.get("id")
            found.append(replace(result, place=entities.root_place() if about_root else None))
    return found, len(mapped.records)


class _Entities:
    """The entities of a crate by @id, and by type for findings that name the type alone."""

    def __init__(self, document: Node, source: SourceText):
        self._document = document
        self._source = source
        graph = document.part("@graph")
        parts = graph.parts if graph is not None and isinstance(graph.parts, list) else []
        self._all = [part for part in parts if type(part.value) is dict]
        self._by_id: dict[str, Node] = {}
        self._again: list[Node] = []
        for part in self._all:
            name = part.value.get("@id")
            if type(name) is str and self._by_id.setdefault(name, part) is not part:
                self._again.append(part)

    def structure(self) -> Iterator[Result]:
        """What is wrong with the crate as a flat list of entities that point at one another."""
        for entity in self._again:
            message = "Two entities have one @id, so that readers take them for one; give each its own"
            yield self._of_id("violation", "duplicate-id", message, entity)
        for entity in self._all:
            for _, node in entity.objects():
                name = node.value.get("@id")
                is_local = type(name) is str and name.startswith(("#", "_:"))
                if node is not entity and is_local and len(node.value) == 1 and name not in self._by_id:
                    message = "Nothing in the crate has this @id; describe it, or take the reference out"
                    yield self._of_id("warning", "dangling-reference", message, node)

    def _of_id(self, severity: str, code: str, message: str, node: Node) -> Result:
        name = str(node.value["@id"])
        return Result(severity, message, FINDING + code, name, path="@id", value=name, place=self._place(node, None))

    def result(self, finding: Finding) -> Result:
        """What a finding says, with its place."""
        found = _WHERE.fullmatch(finding.path)
        kind, name, key = (found["kind"], found["id"], found["key"]) if found else ("", None, None)
        entity = self._entity(kind, name, key, finding.value)
        return Result(
            severity=_SEVERITIES[finding.severity],
            message=finding.message.rstrip("."),
            rule=FINDING + finding.code,
            focus=str(entity.value.get("@id", "")) if entity is not None else "",
            label=_label(entity),
            kind=kind if entity is not None else "",
            path=key or "",
            value=finding.value,
            place=self._place(entity, key) if entity is not None else self._context_place(kind, key),
        )

    def root_place(self) -> Place | None:
        """Where the root dataset is described."""
        root = self._root()
        return self._place(root, None) if root is not None else None

    def _root(self) -> Node | None:
        for entity in self._all:
            about = entity.value.get("about")
            target = about.get("@id") if type(about) is dict else None
            if str(entity.value.get("@id")).endswith("ro-crate-metadata.json") and type(target) is str:
                return self._by_id.get(target)
        return None

    def _entity(self, kind: str, name: str | None, key: str | None, value: str) -> Node | None:
        if name is not None:
            return self._by_id.get(name)
        if kind == "Dataset":
            return self._root()
        if kind == "Descriptor":
            return next((one for one in self._all if "about" in one.value and "conformsTo" in one.value), None)
        if key is None:
            return None
        # A finding of a type is noted once, for the first value of its kind.
        return next((one for one in self._all if value in _texts(one.value.get(key))), None)

    def _place(self, entity: Node, key: str | None) -> Place:
        if key is not None and key in entity.keys:
            return self._source.place(*entity.keys[key])
        name = entity.part("@id") or entity
        return self._source.place(name.start, name.end)

    def _context_place(self, kind: str, key: str | None) -> Place | None:
        given = self._document.part("@context") if kind == "@context" else None
        for part in _listed(given):
            if key is not None and key in part.keys:
                return self._source.place(*part.keys[key])
        return None


def _listed(node: Node | None) -> Iterator[Node]:
    if node is not None:
        yield from node.parts if isinstance(node.parts, list) else [node]


def _texts(given: Any) -> list[Any]:
    return given if type(given) is list else [given]


def _label(entity: Node | None) -> str:
    name = entity.value.get("name") if entity is not None else None
    return name if type(name) is str else ""
