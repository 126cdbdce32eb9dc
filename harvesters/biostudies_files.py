"""Files and file lists of a PageTab submission: short lists entry by entry, long ones by number and size.

Columns about single images stay with the list: PageTab gives images no identifier, so no image record is made of them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

from catalogue.model.documents import Severity
from catalogue.problems import RecordRejected
from harvesters.account import Account
from harvesters.bioimage_archive import NAMED, annotation_types
from harvesters.biostudies_pagetab import Node, parse_file_list
from harvesters.draft import Part, StudyDraft

# Of a longer list these show what it is like.
FIRST: Final = 5
OF_IMAGE: Final = "a column about single images, which have no identifier here; the list and the original hold it"
LONG_LIST: Final = "an entry of a long list, which stays with the archive; counted and summed"
ROLES: Final = {
    "raw image": "raw", "raw": "raw", "mask": "annotation", "segmentation mask": "annotation",
    "annotation": "annotation", "annotations": "annotation", "processed data": "processed_data",
    "processed image": "processed_image",
}  # fmt: skip
_MD5: Final = re.compile(r"[0-9a-f]{32}")


class FileLists:
    """The lists that came with a submission, by the path that it gives them.

    Args:
        contents: path -> bytes of the list.
        base: address of the folder of all files of the study, ending in a slash; "" where nobody told.
    """

    def __init__(self, account: Account, contents: Mapping[str, bytes], base: str):
        self._account, self._contents, self._base = account, contents, base
        self._parsed: dict[str, list[Node] | None] = {}

    def component(self, section: Node, part: str) -> dict[str, Any]:
        """The slots of a component that its file lists fill: files, and count and size where all lists are here."""
        names = [*section.many("file_list", word=True), *_database_list(section)]
        files = [self._list_file(name) for name in names]
        counts, sizes = 0, 0
        complete = bool(names)
        for name in names:
            nodes = self._nodes(name)
            complete &= nodes is not None
            entries = self.entries(nodes or [])
            files += entries
            counts += len(nodes or ())
            sizes += sum(node.keys.whole("size") or 0 for node in nodes or ())
        found = {"files": _numbered(files, part)}
        return {**found, "file_count": counts, "total_size_bytes": sizes} if complete else found

    def annotations(self, draft: StudyDraft, name: str, method: str, types: list[str]) -> None:
        """The annotations of a list, each with the image it is about; of a list that is not here, the list itself."""
        nodes = self._nodes(name)
        if not nodes or len(nodes) > NAMED:
            self.leave(nodes or [])
            self._annotation(draft, method, types, [{**self._list_file(name), "file_role": "file_list"}], [])
            return
        self.study_files(draft, [self._list_file(name)])
        for node in nodes:
            kinds = annotation_types(draft, node.many("annotation_type"), node.path("annotation_type"))
            sources = node.many("source_image", "sourceimage", word=True)
            file = {**self._file(node), "file_role": "annotation"}
            self._annotation(draft, method, kinds or types, [file], sources)

    def _annotation(
        self, draft: StudyDraft, method: str, types: list[str], files: list[Part], sources: list[str]
    ) -> None:
        number = len(draft.find("annotations") or ()) + 1
        draft.part(
            "annotations", "annotation", annotation_types=types, annotation_method=method, source_paths=sources,
            files=_numbered(files, f"{draft.curie}/annotation/{number}"),
        )  # fmt: skip

    def supplementary(self, draft: StudyDraft, node: Node) -> None:
        """A list of files that belong to no component."""
        description = node.text("description")
        names = node.many("file_list")
        self.study_files(draft, [{**self._list_file(name), "description": description} for name in names])
        for name in names:
            self.study_files(draft, self.entries(self._nodes(name) or []))

    def study_files(self, draft: StudyDraft, files: list[Part]) -> None:
        """Add files to the study."""
        held = len(draft.find("files") or ())
        for number, file in enumerate(files, held + 1):
            named = _numbered([file], f"{draft.curie}/file/{number}")[0]
            draft.part("files", "file", **{key: value for key, value in named.items() if key != "id"})

    def entries(self, nodes: list[Node]) -> list[Part]:
        """The files of one list; of a long one the first few, and the rest counts as left with the archive."""
        named = len(nodes) if len(nodes) <= NAMED else FIRST
        self.leave(nodes[named:])
        return [self._file(node) for node in nodes[:named]]

    def leave(self, nodes: list[Node]) -> None:
        """Count files as left with the archive."""
        for node in nodes:
            node.keys.leave_rest(LONG_LIST)
            node.attributes.leave_rest(LONG_LIST)

    def of_nodes(self, nodes: list[Node], part: str) -> dict[str, Any]:
        """The slots of a component that names its files itself."""
        sizes = [node.keys.whole("size") for node in nodes]
        found = {"files": _numbered(self.entries(nodes), part), "file_count": len(nodes)}
        return found if None in sizes else {**found, "total_size_bytes": sum(size or 0 for size in sizes)}

    def _list_file(self, name: str) -> Part:
        return {"path": name, "file_role": "file_list", "url": self._url(name)}

    def _file(self, node: Node) -> Part:
        path = node.keys.text("path", word=True) or node.keys.text("filePath", word=True)
        title = node.keys.text("fileName", word=True)
        for key in ("relPath", "type"):
            node.keys.text(key)
        kinds = node.many("type", word=True)
        role = next((found for text in kinds if (found := ROLES.get(text.lower()))), None)
        formats = [*node.many("format", word=True), *(text for text in kinds if text.lower() not in ROLES)]
        digest = node.keys.text("md5") or node.text("md5", lines=False)
        file = {
            "path": path,
            "title": node.text("title", lines=False, word=True) or (title if title != path else None),
            "description": node.text("description", "comment"),
            "file_role": role,
            "url": self._url(path) if path else None,
            "format_name": "; ".join(dict.fromkeys(formats)),
            "total_size_bytes": node.keys.whole("size"),
            "checksums": self._checksum(node, digest),
        }
        node.attributes.leave_rest(OF_IMAGE)
        return file

    def _checksum(self, node: Node, digest: str | None) -> list[Part]:
        if not digest:
            return []
        if not _MD5.fullmatch(digest.lower()):
            self._account.note("digest-form", Severity.WARNING, node.path("md5"), digest, "No MD5 digest; left out.")
            return []
        return [{"algorithm": "md5", "checksum_value": digest.lower()}]

    def _url(self, path: str) -> str | None:
        return self._base + quote(path) if self._base else None

    def _nodes(self, name: str) -> list[Node] | None:
        """The entries of a list; None where the list is not here or cannot be read."""
        if name not in self._parsed:
            self._parsed[name] = None
            if name in self._contents:
                try:
                    self._parsed[name] = parse_file_list(self._contents[name], self._account)
                except RecordRejected as rejected:
                    self._account.note(
                        "file-list-unreadable", Severity.WARNING, "study_component/file_list", name, rejected.detail,
                    )  # fmt: skip
        return self._parsed[name]


def _database_list(section: Node) -> list[str]:
    """Path of the list as the database's own JSON names it."""
    if type(section.keys.value.get("fileList")) is str:
        return section.keys.texts("fileList")
    entry = section.keys.entry("fileList")
    if entry is None:
        return []
    copies = [copy.text("filePath", word=True) for copy in entry.entries("pageTabFiles")]
    for copy in entry.entries("pageTabFiles"):
        copy.leave_rest("the database's own copy of the list")
    named = entry.text("fileName", word=True)
    entry.leave_rest("the database's own copy of the list")
    return [name for name in (next((c for c in copies if c and c.endswith(".json")), named),) if name]


def _numbered(files: list[Part], part: str) -> list[Part]:
    """Files with their identifiers below a part, without empty slots, their checksums below themselves."""
    numbered = []
    for number, file in enumerate(files, 1):
        name = f"{part}/file/{number}"
        sums = [{"id": f"{name}/checksum/{n}", **one} for n, one in enumerate(file.get("checksums") or (), 1)]
        numbered.append({"id": name, **StudyDraft.filled({**file, "checksums": sums})})
    return numbered
