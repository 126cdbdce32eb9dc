"""What an audit looks at: every public study at one ledger position as one graph, read once, and its facts.

The graph is made from the ledger, not from the published one, so that any position can be audited again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import pyoxigraph as px
import structlog

from catalogue.fair.entry_lines import kept_source, listed_formats, own_lines, term_lines
from catalogue.fair.facts import Facts, collect, predicates_of
from catalogue.model.namespaces import BASE, TERMS
from catalogue.model.rdf import quads
from catalogue.store.entries import ABSENT, Entry, stamp
from catalogue.store.graph_view import is_public
from catalogue.store.image_lists import LIST
from catalogue.store.list_summary import listed_images

if TYPE_CHECKING:
    from catalogue.store.timeline import Timeline

log = structlog.get_logger(__name__)
KINDS: Final = ("study", "image", LIST)
KNOWN_IMAGES: Final = "omm:knownImageCount"
"""Number of public images of a study that this node has records of; omm:imageCount may also be the owner's word."""
_INTEGER: Final = "http://www.w3.org/2001/XMLSchema#integer"
_BATCH: Final = 500

Further = Callable[["Study", dict[str, Any], bytes], Iterable[bytes]]
"""(study, its record, its N-Triples) -> further N-Triples lines about it that facts may ask for."""
FurtherOfImage = Callable[[str, dict[str, Any], bytes], Iterable[bytes]]
"""(payload digest, record of an image, its N-Triples) -> further N-Triples lines about it."""


@dataclass(frozen=True, slots=True)
class Study:
    """A public study of the audit.

    Args:
        released: day on which it was published, "" when that is not stated.
        payload_digest: SHA-256 of the record that was looked at.
        images_digest: SHA-256 over its images and image lists with their digests; "" without any.
        further_digest: SHA-256 over what else is known of it; "" where nothing is.
    """

    curie: str
    owner: str
    title: str
    released: str
    payload_digest: str
    images_digest: str = ""
    further_digest: str = ""

    @property
    def iri(self) -> str:
        """Its persistent identifier."""
        return study_iri(self.curie)


def study_iri(curie: str) -> str:
    """The persistent identifier of a study; of what was only assessed, whose name is an IRI, that name."""
    return curie if curie.startswith(("https://", "http://", "ni:")) else BASE + curie


@dataclass(frozen=True, slots=True)
class Dataset:
    """Studies and facts at one position.

    Args:
        position: of the ledger; 0 for records that are in no ledger.
        entry_hash: of the entry there, which stands for all before it.
        studies: by curie.
        absent: public studies that are not judged: this node no longer has their content, or the model refuses it.
        recorded_at: when the entry at the position was recorded, ISO 8601 in UTC; "" for records in no ledger.
    """

    position: int
    entry_hash: str
    studies: tuple[Study, ...]
    facts: Facts
    absent: int = 0
    recorded_at: str = ""


def dataset_at(
    timeline: Timeline,
    position: int,
    wanted: Iterable[str],
    further: Sequence[Further] = (),
    on_progress: Callable[[int], None] = lambda done: None,
    further_of_images: Sequence[FurtherOfImage] = (),
) -> Dataset:
    """The studies that were public at a position of the ledger, with their facts.

    Args:
        wanted: facts, as in catalogue.fair.facts.collect.
        further: what else is known of a study.
        further_of_images: what else is known of an image that has a record.
        on_progress: called with the number of records read so far.
    Raises:
        StoreDamaged: an entry does not fit its digests.
    """
    graph = _Graph(wanted, further, further_of_images)
    done = 0
    for entries in _heads(timeline, position):
        for entry in entries:
            graph.take(entry)
        done += len(entries)
        on_progress(done)
    recorded = timeline.recorded_at(position)
    return graph.dataset(position, timeline.entry_hash(position) or "", stamp(recorded) if recorded else "")


def dataset_of(
    records: Iterable[tuple[str, str, dict[str, Any]]],
    wanted: Iterable[str],
    further: Sequence[Further] = (),
    further_of_images: Sequence[FurtherOfImage] = (),
) -> Dataset:
    """Records that are in no ledger, such as one that is to be published.

    Args:
        records: (kind, payload digest, record), studies before their images.
    """
    graph = _Graph(wanted, further, further_of_images)
    for kind, digest, record in records:
        graph.add(kind, digest, record, "")
    return graph.dataset(0, "", "")


def _heads(timeline: Timeline, position: int) -> Iterator[list[Entry]]:
    after = ""
    while entries := timeline.heads_at(position, KINDS, after, _BATCH):
        yield entries
        after = entries[-1].curie


class _Graph:
    """Collects the triples that facts may ask for, in the default graph of a store in memory."""

    def __init__(
        self, wanted: Iterable[str], further: Sequence[Further], of_images: Sequence[FurtherOfImage] = ()
    ) -> None:
        self._wanted = tuple(wanted)
        self._predicates = predicates_of(self._wanted)
        self._further = further
        self._of_images = of_images
        self._lines: list[bytes] = []
        self._studies: list[Study] = []
        self._images: dict[str, int] = {}
        self._image_lines: dict[str, list[str]] = {}
        self._absent = 0
        self._store = px.Store()

    def take(self, entry: Entry) -> None:
        """A newest version."""
        if entry.status == ABSENT:
            self._absent += entry.kind == "study" and entry.action != "delete"
        elif entry.kind == LIST:
            self._take_images(entry, listed_images(entry))
            self._keep(listed_formats(entry))
        elif is_public(entry):
            self._add_if_sound(entry)

    def _add_if_sound(self, entry: Entry) -> None:
        """A record that the model refuses, as one of a damaged member may be, must not cost the others their audit."""
        try:
            self.add(entry.kind, entry.payload_digest, entry.record, entry.schema_version)
            if entry.kind == "study":
                self._keep(kept_source(entry))
            else:
                self._take_images(entry, 0)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            log.warning("fair.refused", curie=entry.curie, error=repr(error))
            self._absent += entry.kind == "study"

    def _take_images(self, entry: Entry, number: int) -> None:
        """Images of the parent, by curie of the entry; those that are records are counted where these are added."""
        if entry.parent:
            self._images[entry.parent] = self._images.get(entry.parent, 0) + number
            told = f"{entry.curie} {entry.payload_digest} {number}\n"
            self._image_lines.setdefault(entry.parent, []).append(told)

    def add(self, kind: str, digest: str, record: dict[str, Any], schema_version: str) -> None:
        """A record with the triples that facts may ask for."""
        if kind == "image":
            self._images[record["study"]] = self._images.get(record["study"], 0) + 1
        graph = BASE + record["id"]
        written = quads(record, graph, version=schema_version).replace(f" <{graph}> .\n".encode(), b" .\n")
        for more_of_image in self._of_images if kind == "image" else ():
            self._keep(more_of_image(digest, record, written))
        if kind == "study":
            study = Study(
                record["id"], record["owner"], record.get("title", ""), record.get("date_published", ""), digest
            )
            known = [line for more in self._further for line in more(study, record, written)]
            self._keep(known)
            self._keep(term_lines(record))
            self._studies.append(replace(study, further_digest=_digest(known)))
        self._keep(own_lines(record["id"], written))
        if len(self._lines) > 200_000:
            self._load()

    def _keep(self, lines: Iterable[bytes]) -> None:
        wanted = self._predicates
        self._lines += [line for line in lines if line.split(b" ", 2)[1] in wanted]

    def _load(self) -> None:
        self._store.bulk_load(b"".join(self._lines), px.RdfFormat.N_TRIPLES)
        self._lines.clear()

    def dataset(self, position: int, entry_hash: str, recorded_at: str) -> Dataset:
        """Everything added."""
        public = {study.curie for study in self._studies}
        for write in (_count, _known):
            self._keep(write(curie, count) for curie, count in self._images.items() if curie in public)
        self._load()
        facts = collect(self._store, self._wanted)
        # Databases do not agree on the order of names.
        digests = {curie: _digest([line.encode() for line in lines]) for curie, lines in self._image_lines.items()}
        named = (replace(study, images_digest=digests.get(study.curie, "")) for study in self._studies)
        studies = tuple(sorted(named, key=lambda study: study.curie))
        return Dataset(position, entry_hash, studies, facts, self._absent, recorded_at)


def _digest(lines: list[bytes]) -> str:
    return hashlib.sha256(b"".join(sorted(lines))).hexdigest() if lines else ""


def _count(curie: str, count: int) -> bytes:
    return f'<{BASE}{curie}> <{TERMS}imageCount> "{count}"^^<{_INTEGER}> .\n'.encode()


def _known(curie: str, count: int) -> bytes:
    return f'<{BASE}{curie}> <{TERMS}knownImageCount> "{count}"^^<{_INTEGER}> .\n'.encode()
