"""Harvester `ro_crate`: any RO-Crate, attached or detached, as a study record with its files and parts.

GIDE's own profile has the stricter `gide` harvester; what both know they map alike. Source: RO-Crate 1.1 and 1.2.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from catalogue.model.documents import Event, Listed, Mapped, Severity, SourceDocument, SourceSpec, Unreadable
from catalogue.problems import RecordRejected, SourceChanged, SourceUnavailable
from harvesters.account import Account
from harvesters.documents import iter_documents
from harvesters.draft import StudyDraft
from harvesters.gide_identity import stem
from harvesters.gide_profile import CONTEXT
from harvesters.http import Fetcher
from harvesters.items import Item, ItemReader
from harvesters.jsonbytes import MAX_BYTES, parse_json
from harvesters.jsonld_nodes import JsonLd
from harvesters.rdf_nodes import Node, Nodes
from harvesters.ro_crate_bia import BiaParts, spell
from harvesters.schema_study import SchemaStudy, identify
from harvesters.schema_terms import kind_of, reasons
from harvesters.sources.delivery import Delivery

_NAMES: Final = ("ro-crate-metadata.json", "ro-crate-metadata.jsonld")
_SPEC: Final = "https://w3id.org/ro/crate"
_MEDIA_TYPE: Final = "application/ld+json"
_MAX_LIST: Final = 100_000
_MAX_ZIP_BYTES: Final = 200 << 20
_PROFILE: Final = frozenset({"conformsTo", "about", "name", "license", "author", "hasPart", "identifier", *CONTEXT})
# What zipfile raises on damage; ValueError for names that are not of their encoding.
_BAD_ZIP: Final = (
    zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError,
    ValueError,
)  # fmt: skip
_STUDY_TYPES: Final = frozenset({"Dataset", "Study", "bia:Study"})


class RoCrateHarvester:
    """Reads crates and maps each to one Study.

    The location is a folder, tar archive, Git repository or HTTP index of crates (`ro-crate-metadata.json` at any
    depth); one crate by its address or path (`.json`, `.jsonld`, `.zip`); or a list of addresses, one a line
    (`.txt`, local or http). The option `form` (`crate`, `zip`, `list`, `index`) says so where the ending does not.
    """

    name = "ro_crate"
    version = "2"

    def __init__(self, fetcher: Fetcher):
        self._fetcher = fetcher

    def fetch(self, source: SourceSpec, since: str | None, known: Mapping[str, str]) -> Iterator[Event]:
        """Every crate at the location, then one Listed.

        Raises:
            SourceUnavailable: the location cannot be read whole now.
            SourceChanged: the location is not what it was said to be.
        """
        form = source.options.get("form") or _form(source.location)
        remote = source.location.lower().startswith(("http://", "https://"))
        if form == "index" or not form:
            yield from self._index(source, since, known)
        elif form == "list":
            yield from self._listed(self._lines(source.location), since, known)
        elif remote:
            yield from self._listed([source.location], since, known)
        else:
            yield from self._local(Path(source.location), known)

    def map(self, document: SourceDocument, source: SourceSpec) -> Mapped:
        """The study of one crate.

        Raises:
            RecordRejected: not strict JSON, no single root, no certain identity, another's accession, no title.
        """
        parsed = parse_json(document.content)
        account = Account(reasons())
        if parsed.had_bom or parsed.controls_removed:
            account.note(
                "control-character", Severity.REPAIRED, "@graph", str(parsed.controls_removed),
                "A byte order mark or control characters were taken out.",
            )  # fmt: skip
        _check_graph(parsed.value)
        read = JsonLd(parsed.value, account, kind_of, names=_PROFILE, spell=spell)
        root = _find_root(read.nodes)
        study = identify(root, source, (stem(document.item), Path(document.item).parent.name))
        draft = StudyDraft(replace(study, given=_accession_of(root) or study.accession), account)
        reader = SchemaStudy(root, study, draft, source)
        parts = BiaParts(root, read.nodes, reader)
        parts.read()
        reader.read()
        parts.add_rest()
        read.nodes.close()
        return draft.mapped()

    # -- fetching ------------------------------------------------------------------------------------------------

    def _index(self, source: SourceSpec, since: str | None, known: Mapping[str, str]) -> Iterator[Event]:
        return iter_documents(
            source.location, since=since, known=known, suffix=_NAMES, fetcher=self._fetcher, max_bytes=MAX_BYTES,
            options=source.options,
        )  # fmt: skip

    def _listed(self, addresses: list[str], since: str | None, known: Mapping[str, str]) -> Iterator[Event]:
        zips = [url for url in addresses if urlsplit(url).path.lower().endswith(".zip")]
        reader = ItemReader(self._fetcher, known, "", _MAX_ZIP_BYTES if zips else MAX_BYTES)
        for event in reader.read((Item(url, url) for url in addresses), since):
            if isinstance(event, SourceDocument):
                event = _unpacked(event.item, event.url, event.content, known)
            yield event

    def _lines(self, location: str) -> list[str]:
        if location.lower().startswith(("http://", "https://")):
            answer = self._fetcher.get(location, max_bytes=MAX_BYTES)
            if answer.status != 200:
                raise SourceUnavailable(f"{location} answers {answer.status}; the list of crates cannot be read now.")
            content = bytes(answer.content)
        else:
            content = _read(Path(location), MAX_BYTES)
        lines = [line.strip() for line in content.decode("utf-8", "replace").splitlines()]
        found = [line for line in lines if line.lower().startswith(("http://", "https://"))]
        addresses = list(dict.fromkeys(found))
        if len(addresses) > _MAX_LIST:
            raise SourceChanged(f"{location} lists more than {_MAX_LIST:,} crates; split it into several sources.")
        return addresses

    def _local(self, path: Path, known: Mapping[str, str]) -> Iterator[Event]:
        content = _read(path, _MAX_ZIP_BYTES)
        yield _unpacked(path.name, path.name, content, known)
        yield Listed(None, complete=True, total=1)


def _form(location: str) -> str:
    path = urlsplit(location).path.lower() if "://" in location else location.lower()
    if path.endswith((".json", ".jsonld", ".zip")):
        return "crate"
    return "list" if path.endswith((".txt", ".lst")) else "index"


def _read(path: Path, limit: int) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(limit + 1)
    except OSError as error:
        raise SourceUnavailable(
            f"{path.name} cannot be read ({error.strerror}). Correct the source's location."
        ) from error
    if len(content) > limit:
        raise SourceUnavailable(f"{path.name} has more than {limit:,} bytes. Unpack it and name the folder.")
    return content


def _unpacked(item: str, url: str, content: bytes, known: Mapping[str, str]) -> Event:
    if content[:4] == b"PK\x03\x04":
        return _unzipped(item, url, content, known)
    return Delivery("", known, MAX_BYTES, _MEDIA_TYPE).document(item, url, content)


def _unzipped(item: str, url: str, content: bytes, known: Mapping[str, str]) -> Event:
    """The metadata document of a zipped crate: at its top, or in its one folder."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            named = [info for info in archive.infolist() if info.filename.rpartition("/")[2] in _NAMES]
            named.sort(key=lambda info: (info.filename.count("/"), info.filename))
            if not named:
                return Unreadable(item, url, "not-parsable", "The archive holds no ro-crate-metadata.json. Add it.")
            with archive.open(named[0]) as file:
                inner = file.read(MAX_BYTES + 1)
    except _BAD_ZIP as error:
        return Unreadable(item, url, "not-parsable", f"The archive is damaged or locked: {str(error)[:100]}.")
    return Delivery("", known, MAX_BYTES, _MEDIA_TYPE).document(item, url, inner)


# -- the root ----------------------------------------------------------------------------------------------------


def _check_graph(value: Any) -> None:
    if type(value) is not dict or type(value.get("@graph")) is not list:
        raise RecordRejected(
            "The document has no @graph list at its top. An RO-Crate is a flattened JSON-LD document.",
            reason="not-parsable",
        )


def _find_root(nodes: Nodes) -> Node:
    """The root, by the descriptor's `about`.

    Raises:
        RecordRejected: `schema-required` without exactly one descriptor and root; `bad-identifier` when the
            descriptor points at nothing.
    """
    descriptors = [node for node in nodes.all() if node.has("about") and _is_descriptor(node)]
    conforming = [node for node in descriptors if _conforms(node)]
    descriptors = conforming or descriptors
    if len(descriptors) != 1:
        raise RecordRejected(
            f"The crate has {len(descriptors)} metadata descriptors; exactly one entity ro-crate-metadata.json with an "
            "`about` must say which entity is the root.",
            reason="schema-required",
        )
    descriptor = descriptors[0]
    descriptor.kind = "Descriptor"
    targets = descriptor.refs("about")
    if len(targets) != 1:
        raise RecordRejected(
            f"The descriptor's `about` names {len(targets)} roots; it must name exactly one.", reason="schema-required"
        )
    root = targets[0].node
    if root is None or not root.properties:
        raise RecordRejected(
            f"The descriptor says the root is '{targets[0].term.text[:100]}', which the crate does not describe.",
            reason="bad-identifier",
        )
    if not root.types & _STUDY_TYPES:
        raise RecordRejected(
            f"The root is of type {', '.join(sorted(root.types))[:100] or 'none'}, not Dataset.",
            reason="schema-required",
        )
    descriptor.leave("about", "points at the root, which is the study")
    descriptor.leave_rest("describes the crate, not the study")
    return root


def _is_descriptor(node: Node) -> bool:
    return node.id.endswith(_NAMES) or _conforms(node)


def _conforms(node: Node) -> bool:
    return any(term.text.startswith(_SPEC) for term in node.properties.get("conformsTo", ()))


def _accession_of(root: Node) -> str | None:
    """The identifier as the crate writes it, for alternative_identifiers."""
    texts = [text for text in root.texts("identifier") if not re.match(r"https?://|_:", text)]
    return texts[0] if texts else None
