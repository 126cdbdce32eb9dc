"""The RDF files of a location as one graph, for partners whose records are spread over several files.

Where the files lie is harvesters.documents'; what the graph means is the adapter's.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Final

from catalogue.model.documents import Listed, Removed, SourceDocument, SourceSpec, Unchanged, Unreadable
from catalogue.problems import RecordRejected, SourceChanged
from harvesters.documents import iter_documents
from harvesters.http import Fetcher
from harvesters.rdf_documents import iter_quads
from harvesters.rdf_nodes import Triple, to_triples

MEDIA_TYPES: Final = {
    ".ttl": "text/turtle",
    ".n3": "text/n3",
    ".nt": "application/n-triples",
    ".nq": "application/n-quads",
    ".trig": "application/trig",
    ".rdf": "application/rdf+xml",
    ".owl": "application/rdf+xml",
    ".xml": "application/rdf+xml",
    ".jsonld": "application/ld+json",
}
MAX_FILE_BYTES: Final = 100 << 20
MAX_TRIPLES: Final = 5_000_000


@dataclass(slots=True)
class FileSet:
    """What a reading of the files gave.

    Args:
        triples: all statements; None when no file changed since the last reading.
        unreadable: files that could not be read or parsed; the graph then lacks what they say.
        state: what to hand to the next reading.
    """

    state: str
    triples: set[Triple] | None = None
    unreadable: list[Unreadable] = field(default_factory=list)


def media_type(name: str) -> str:
    """The RDF format a file name stands for; "" for none."""
    return MEDIA_TYPES.get(PurePosixPath(name).suffix.lower(), "")


def read_files(source: SourceSpec, since: str | None, fetcher: Fetcher) -> FileSet:
    """The graph of all RDF files at a source's location (folder, tar archive, Git repository, HTTP index).

    Raises:
        SourceUnavailable: the location cannot be read whole now.
        SourceChanged: it is not what it was said to be, or holds no RDF file, or more than 5 million statements.
    """
    inner, hashes = _load(since)
    first = _Reading(source, fetcher)
    first.read(inner, hashes)
    held = set(hashes) if first.changes_only else first.unchanged
    if held and held == set(hashes) and not (first.documents or first.unreadable or first.removed):
        return FileSet(_dump(first.cursor, hashes))
    if held:
        # Statements of one record stand in several files: a changed one is read with all its neighbours.
        first = _Reading(source, fetcher)
        first.read(None, {})
    triples = first.parse()
    if not first.documents and not first.unreadable:
        raise SourceChanged("The location holds no RDF file (.ttl, .rdf, .jsonld, .nt, .n3). Correct the location.")
    found = {document.item: _digest(document.content) for document in first.documents}
    state = _dump(first.cursor, found) if not first.unreadable else _dump(None, {})
    return FileSet(state, triples, first.unreadable)


class _Reading:
    """One pass over the files."""

    def __init__(self, source: SourceSpec, fetcher: Fetcher):
        self._source, self._fetcher = source, fetcher
        self.documents: list[SourceDocument] = []
        self.unchanged: set[str] = set()
        self.unreadable: list[Unreadable] = []
        self.removed = False
        self.changes_only = False
        self.cursor: str | None = None

    def read(self, since: str | None, known: Mapping[str, str]) -> None:
        """Take what the location gives."""
        for event in iter_documents(
            self._source.location, since=since, known=known, suffix=tuple(MEDIA_TYPES), fetcher=self._fetcher,
            max_bytes=MAX_FILE_BYTES, media_type="", options=self._source.options,
        ):  # fmt: skip
            if isinstance(event, Listed):
                self.cursor, self.changes_only = event.cursor, not event.complete
            elif isinstance(event, Removed):
                self.removed = True
            elif isinstance(event, SourceDocument):
                self.documents.append(event)
            elif isinstance(event, Unchanged):
                self.unchanged.add(event.item)
            elif isinstance(event, Unreadable):
                self.unreadable.append(event)

    def parse(self) -> set[Triple]:
        """All statements; a file that does not parse becomes unreadable."""
        triples: set[Triple] = set()
        for number, document in enumerate(self.documents):
            try:
                quads = iter_quads(
                    document.content, media_type(document.item), base_iri=_base(document.url), timeout_s=120.0,
                    max_answer_bytes=1 << 30,
                )  # fmt: skip
                triples |= to_triples(quads, f"f{number}")
            except RecordRejected as rejected:
                self.unreadable.append(
                    Unreadable(document.item, document.url, rejected.reason, rejected.detail, document.content)
                )
            if len(triples) > MAX_TRIPLES:
                raise SourceChanged(
                    f"The files hold more than {MAX_TRIPLES:,} statements. Give a location with fewer files."
                )
        return triples


def _base(url: str) -> str:
    return url if url.lower().startswith(("http://", "https://")) else "https://base.invalid/"


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _dump(inner: str | None, hashes: Mapping[str, str]) -> str:
    return json.dumps({"format": 1, "inner": inner, "files": dict(hashes)}, sort_keys=True, separators=(",", ":"))


def _load(since: str | None) -> tuple[str | None, dict[str, str]]:
    """The two parts of a state; one that another version wrote means reading everything."""
    try:
        found = json.loads(since) if since else {}
        if found.get("format") != 1:
            return None, {}
        files = {str(name): str(value) for name, value in found["files"].items()}
        return (None if found["inner"] is None else str(found["inner"])), files
    except (ValueError, KeyError, AttributeError, TypeError):
        return None, {}
