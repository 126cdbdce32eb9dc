"""Files and parts of a study in schema.org's words: hasPart and distribution as files and components, within bounds."""

from __future__ import annotations

import re
from typing import Any, Final

from catalogue.model.documents import Severity
from catalogue.model.forms import is_web_address
from harvesters.draft import StudyDraft
from harvesters.rdf_nodes import Node, Reference
from harvesters.schema_terms import WORKFLOWS

MAX_FILES: Final = 10_000
MAX_DEPTH: Final = 8
_OVER: Final = f"beyond the {MAX_FILES:,} files that a study lists here"
_MEDIA: Final = re.compile(r"[a-z]+/[A-Za-z0-9.+_-]+", re.ASCII)
_UNITS: Final = {
    "b": 1,
    "kb": 1000,
    "mb": 1000**2,
    "gb": 1000**3,
    "tb": 1000**4,
    "kib": 1024,
    "mib": 1024**2,
    "gib": 1024**3,
}
_SIZE: Final = re.compile(r"(?P<number>[0-9]+(?:\.[0-9]+)?)\s*(?P<unit>[A-Za-z]*)", re.ASCII)
_DIGESTS: Final = {"sha256": 64, "sha512": 128, "sha1": 40, "md5": 32}
_ROLES: Final = {"bia.AnnotationData": "annotation", "bia.FileList": "file_list", "bia.Image": "raw"}


class Files:
    """Adds files and components to the study that `draft` makes."""

    def __init__(self, draft: StudyDraft):
        self._draft = draft
        self._count = 0
        self._seen: set[str] = set()

    def add_files(self, node: Node, *keys: str) -> None:
        """Files of the study itself."""
        for key in keys:
            for ref in node.refs(key):
                if part := self.file(node, key, ref, f"{self._draft.curie}/file/{self._count + 1}"):
                    held = self._draft.find("files") or []
                    self._draft.set("files", [*held, part])

    def add_parts(self, node: Node, key: str = "hasPart") -> None:
        """Parts of the study: data sets become components, anything else files."""
        files: list[dict[str, Any]] = []
        for ref in node.refs(key):
            if ref.node is not None and ref.node.kind in ("Dataset", "Study") and ref.node.properties:
                if ref.term.text not in self._seen:
                    self._seen.add(ref.term.text)
                    self._add_component(ref.node)
            elif part := self.file(node, key, ref, f"{self._draft.curie}/file/{self._count + 1}"):
                files.append(part)
        self._draft.set("files", [*(self._draft.find("files") or []), *files])

    def _add_component(self, node: Node) -> None:
        number = len(self._draft.find("components") or []) + 1
        base = f"{self._draft.curie}/component/{number}"
        title = node.first_text("name", "alternateName")
        if title is None:
            node.complain(
                "title-missing", Severity.WARNING, "name", "The part has no name; its path stands in.", node.iri
            )
        self._draft.part(
            "components", "component", type="StudyComponent", title=title or node.iri or f"Part {number}",
            description=node.text("description", lines=True), accession=node.first_text("identifier"),
            files=self.files_below(node, base), total_size_bytes=size_bytes(node, "contentSize"),
        )  # fmt: skip
        for key in ("license", "author", "creator", "datePublished", "dateModified", "dateCreated", "publisher"):
            node.leave(key, "of a part; the study's own is kept")
        for key in (
            "url",
            "distribution",
            "keywords",
            "includedInDataCatalog",
            "sdDatePublished",
            "conformsTo",
            "about",
        ):
            node.leave(key, "of a part, whose files are kept")

    def files_below(self, node: Node, base: str, depth: int = 0) -> list[dict[str, Any]]:
        """The files of a part and of the folders in it."""
        found: list[dict[str, Any]] = []
        for ref in node.refs("hasPart", "associationFileMetadata"):
            if ref.term.text in self._seen:
                continue
            inner = ref.node
            if inner is not None and inner.kind in ("Dataset", "bia.Dataset") and inner.properties:
                self._seen.add(ref.term.text)
                if depth < MAX_DEPTH:
                    found += self.files_below(inner, base, depth + 1)
                inner.leave_rest("a folder inside a part; its files are kept")
            elif part := self.file(node, "hasPart", ref, f"{base}/file/{len(found) + 1}"):
                found.append(part)
        return found

    def file(self, holder: Node, key: str, ref: Reference, name: str) -> dict[str, Any] | None:
        """One file; None for one already there, beyond the bound, or of which nothing is said."""
        given = ref.term.text.strip()
        if ref.term.kind != "blank" and given in self._seen:
            return None
        self._seen.add(given)
        node = ref.node if ref.node is not None and ref.node.properties else None
        if self._count >= MAX_FILES:
            if self._count == MAX_FILES:
                holder.complain("many-files", Severity.WARNING, key, f"Left out {_OVER}.", given)
                self._count += 1
            if node is not None:
                node.leave_rest(_OVER)
            return None
        part: dict[str, Any] = {}
        address = given if ref.term.kind != "blank" else ""
        if node is not None:
            self._describe(node, part)
            address = next((text for text in node.iris("contentUrl", "contentURL", "url") if text), address)
        if is_web_address(address):
            part["url"] = address
        elif address and not address.startswith(("_:", "#")):
            part["path"] = address.removeprefix("./")
        if not part.get("url") and not part.get("path") and not part.get("title"):
            holder.complain(
                "file-unusable", Severity.WARNING, key, "Neither address nor path nor name; left out.", given
            )
            return None
        self._count += 1
        return {"id": name, **part}

    def _describe(self, node: Node, part: dict[str, Any]) -> None:
        said: dict[str, Any] = {
            "title": node.first_text("name", "alternateName"),
            "description": node.text("description", lines=True),
            "total_size_bytes": size_bytes(node, "contentSize", "size"),
            "file_role": "workflow" if node.types & WORKFLOWS else _ROLES.get(node.kind),
        }
        for form in _formats(node):
            said["media_type" if _MEDIA.fullmatch(form) else "format_name"] = form
        part.update(self._draft.filled(said))
        columns: list[dict[str, str]] = []
        for schema in node.refs("tableSchema"):
            for ref in schema.node.refs("column") if schema.node is not None else []:
                if ref.node is not None and (name := ref.node.text("columnName")):
                    column = {
                        "id": f"{self._draft.curie}/file/{self._count + 1}/column/{len(columns) + 1}",
                        "name": name,
                    }
                    kind = ref.node.text("propertyUrl")
                    columns.append({**column, **({"column_type": kind} if kind else {})})
        if columns:
            part["columns"] = columns
        for algorithm, length in _DIGESTS.items():
            digest = node.text(algorithm)
            if digest and re.fullmatch(rf"[0-9a-fA-F]{{{length}}}", digest):
                part.setdefault("checksums", []).append(
                    {"id": f"{self._draft.curie}/file/{self._count + 1}/checksum/{algorithm}",
                     "algorithm": algorithm, "checksum_value": digest.lower()}
                )  # fmt: skip


def _formats(node: Node) -> list[str]:
    """Formats in words or as media types, also where they are entities of their own (PRONOM)."""
    found = []
    for ref in node.refs("encodingFormat", "fileFormat"):
        name = ref.node.first_text("name") if ref.node is not None and ref.node.properties else None
        found.append(name or ref.text or ref.iri)
    return [form for form in found if form]


def size_bytes(node: Node, *keys: str) -> int | None:
    """Bytes of a size with or without unit (`12`, `2.5 MB`); None, with a finding, for what cannot be read."""
    for key in keys:
        text = node.text(key)
        if text is None:
            continue
        found = _SIZE.fullmatch(text)
        factor = _UNITS.get((found["unit"] or "b").lower()) if found else None
        if found and factor and len(found["number"]) < 18:
            return (
                round(float(found["number"]) * factor) if factor > 1 or "." in found["number"] else int(found["number"])
            )
        node.complain("size-form", Severity.WARNING, key, "A number of bytes is expected; left out.", text)
        node.leave(key, "no number of bytes")
    return None
