"""Ledger entries as named graphs: the record, its provenance, and summaries that spare readers from scanning images.

The emitter turns payloads into quads; the engine keeps them with the position. Reference: DESIGN sections 4 and 8.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import structlog

from catalogue.model.namespaces import BASE, TERMS, expand, is_absolute
from catalogue.store.entries import ABSENT, GONE
from catalogue.store.graph.base import (
    SHARED,
    STATE,
    SUMMARY,
    Change,
    GraphEngine,
    Mark,
    MergeQuads,
    ReplaceGraph,
    SetValue,
)
from catalogue.store.graph_sources import Emit, RecordChecks, RecordGraphs, RecordLinks
from catalogue.store.image_lists import LIST
from catalogue.store.list_graphs import MARK, ListedImages
from catalogue.store.list_summary import IMAGE_COUNT, list_values, listed_images
from catalogue.store.ontologies.graphs import PublishedOntologies, no_ontologies
from catalogue.store.views import Stopped

if TYPE_CHECKING:
    import pyarrow as pa

    from catalogue.store.ledger import Entry

log = structlog.get_logger(__name__)

STUDY_COUNT: Final = TERMS + "studyCount"
CONTENT_DIGEST: Final = TERMS + "contentDigest"
LINKS_STATE: Final = TERMS + "linksState"
BESIDE_DIGEST: Final = TERMS + "besideDigest"
STATUS: Final = TERMS + "status"
PUBLIC: Final = TERMS + "public"
STUDY: Final = expand("dcterms:isPartOf")

# Loaded at once: fewer, larger loads make a smaller store; one takes 0.7 s (213,000 quads are 45 MB, 2 s; measured).
_BESIDE_BYTES: Final = 16 << 20
# What a graph that is there already counts: to drop a quad takes 29 µs, thrice as long as to load one (measured).
_DROPPED_BYTES: Final = _BESIDE_BYTES // 100
_BESIDE_GRAPHS: Final = 1_000
# In place of their state while they are written, so that whoever comes next does not take them for whole.
_BEGUN: Final = "begun"
_OWN: Final = f"<{BASE}".encode()
# The source's own words for a term.
_SAID: Final = f"> <{TERMS}sourceLabel> ".encode()
_CALLED: Final = f"> <{TERMS}sourceId> ".encode()


class GraphView:
    """The view that SPARQL reads.

    Only public records have triples in their record graph; of a suppressed, replaced or withdrawn one only the
    provenance graph is left, and says so.

    Every triple lies in one graph. What records say of things that are not theirs (terms, publishers) lies once in the
    graph SHARED: the engine answers over the union of graphs without removing doubles, so that a label repeated by a
    thousand studies would multiply every count. SHARED holds all that public versions ever said of such things, minus
    what the ontologies say; the source's own words for a term stay in its record's document. Of ontologies too large to
    be published whole, the graphs hold all terms that public versions ever used, with their ancestors.

    Args:
        engine: where the graphs live.
        emit: `catalogue.model.rdf.quads`.
        ontologies: the ontologies as they are now; must be cheap when unchanged.
        checks: their results stand in the provenance graph of each public record.
        links: each written to its graph, outside every record, whenever they change.
        beside: a graph for each record, written when what it holds changes, and gone with its record.
        stopped: whether the process is to end; asked now and then while graphs beside records are written.
        listed: table of a chunk by digest, where images of lists shall have triples of their own; None for their
            numbers only.
    """

    name = "graph"

    def __init__(
        self,
        engine: GraphEngine,
        emit: Emit,
        ontologies: Callable[[], PublishedOntologies] = no_ontologies,
        checks: RecordChecks | None = None,
        links: Sequence[RecordLinks] = (),
        listed: Callable[[str], pa.Table] | None = None,
        beside: RecordGraphs | None = None,
        stopped: Callable[[], bool] = lambda: False,
    ) -> None:
        self._engine = engine
        self._stopped = stopped
        self._links = links
        self._beside = beside
        self._listed = ListedImages(engine, listed, self._quads, _split) if listed is not None else None
        self._checks = checks
        self._emit = emit
        self._ontologies = ontologies
        self._in_force: PublishedOntologies | None = None
        self._used: set[str] = set()

    @property
    def stale(self) -> bool:
        """True when an ontology or a check came, changed or went.

        SHARED holds what the ontologies do not say, and every record has results of the checks: both must be made anew.
        """
        held = self._engine.values(STATE, CONTENT_DIGEST)
        return bool(held) and held != self._digests(self._ontologies())

    @property
    def rebuilding(self) -> bool:
        """True from `reset()` until the next `publish()`."""
        return self._engine.rebuilding

    def position(self) -> int:
        """Ledger position that the graphs reflect."""
        return self._engine.mark().position

    def entry_hash(self) -> str:
        """Hash of the ledger entry at that position."""
        return self._engine.mark().entry_hash

    def apply(self, entries: Sequence[Entry]) -> None:
        """Replace the graphs of all records named; of several entries of one record only the last counts."""
        position = self.position()
        last = {entry.curie: entry for entry in entries if entry.position > position}
        if not last:
            return
        changes: list[Change] = []
        delta: Counter[tuple[str, str]] = Counter()
        shared: set[bytes] = set()
        for entry in entries:
            if entry.position <= position:
                continue
            newest = last[entry.curie] is entry
            if entry.kind == LIST:
                if newest:
                    if self._listed is not None:
                        self._listed.follow(entry)
                    self._count_list(entry, delta)
                    changes.extend([*self._graphs(entry, None, catalog_record(entry)), *list_values(entry)])
                continue
            quads = self._quads(entry.record, BASE + entry.curie, entry.schema_version) if is_public(entry) else None
            own, foreign = self._described(entry, quads)
            shared.update(foreign)
            if newest:
                self._count(entry, delta)
                changes.extend(self._graphs(entry, own, catalog_record(entry) | self._checked(entry, quads)))
                changes.extend(self._none_beside(entry))
        changes.extend(self._summaries(delta, last))
        terms = {_subject(triple) for triple in shared}
        changes.extend(self._of_others(shared, terms))
        self._engine.change(changes, Mark(entries[-1].position, entries[-1].entry_hash))
        self._used |= terms

    def publish(self) -> None:
        """Let readers see everything applied, with the ontologies.

        Raises:
            Stopped: the process is to end; readers see what they saw.
        """
        self._take_in_ontologies()
        self._take_in_links()
        if self._beside is not None:
            self._take_in_graphs(self._beside)
        self._engine.publish()

    def tidy(self) -> None:
        """Compact the store when that has become worth it."""
        self._engine.tidy()

    def reset(self) -> None:
        """Start an empty store beside the old one."""
        self._engine.reset()
        self._in_force = None
        self._used.clear()

    def close(self) -> None:
        """Give up the store and its lock."""
        self._engine.close()

    def _graphs(self, entry: Entry, own: bytes | None, described: dict[str, Any]) -> list[Change]:
        record, provenance = BASE + entry.curie, f"{BASE}{entry.curie}/record"
        return [ReplaceGraph(record, own), ReplaceGraph(provenance, self._quads(described, provenance))]

    def _checked(self, entry: Entry, quads: bytes | None) -> dict[str, Any]:
        """The field `profile_results` of a public record's CatalogRecord, where there are results."""
        if self._checks is None or quads is None:
            return {}
        triples = quads.replace(f" <{BASE}{entry.curie}> .\n".encode(), b" .\n")
        results = self._checks.results(entry.curie, triples)
        return {"profile_results": results} if results else {}

    def _described(self, entry: Entry, quads: bytes | None) -> tuple[bytes | None, list[bytes]]:
        """Quads about the record and its parts; triples (`s p o`) about things that are not its own."""
        return (None, []) if quads is None else _split(quads, BASE + entry.curie)

    def _of_others(self, shared: set[bytes], subjects: set[str]) -> Iterator[Change]:
        """What records say of things that are not theirs, less what ontologies say; and that, where it is not whole."""
        ontologies = self._made_with()
        said = frozenset[bytes]().union(*(ontologies.says(iri) for iri in subjects))
        yield MergeQuads(SHARED, _in_shared(shared - said))
        for graph, quads in ontologies.used(subjects - self._used).items():
            yield MergeQuads(graph, quads)

    def _digests(self, ontologies: PublishedOntologies) -> dict[str, str]:
        """What the content is made with beside the ledger: IRI -> digest."""
        images = {MARK: "all"} if self._listed is not None else {}
        return {**ontologies.digests, **(self._checks.digests if self._checks is not None else {}), **images}

    def _made_with(self) -> PublishedOntologies:
        """The ontologies that this store is made with: one installed meanwhile makes it stale, never mixed."""
        if self._in_force is None:
            self._in_force = self._ontologies()
        return self._in_force

    def _quads(self, record: dict[str, Any], graph: str, version: str = "") -> bytes | None:
        """Quads of a record; None for one that the emitter refuses, so that it does not hold up all others."""
        try:
            return self._emit(record, graph, version=version)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            log.error("graph.record_not_emitted", graph=graph, error=repr(error))
            return None

    def _count(self, entry: Entry, delta: Counter[tuple[str, str]]) -> None:
        """Note what this entry changes in the counts, by what the store holds and what it will hold."""
        graph = BASE + entry.curie
        record = f"{graph}/record"
        before = self._engine.value(record, record, STATUS) == PUBLIC
        after = is_public(entry)
        owner = f"{SUMMARY}/{entry.owner}"
        if entry.kind != "image":
            change = after - before
            delta[(owner, STUDY_COUNT)] += change
            delta[(SUMMARY, STUDY_COUNT)] += change
            return
        parent = f"{BASE}{entry.parent}"
        if before:
            delta[(self._engine.value(graph, graph, STUDY) or parent, IMAGE_COUNT)] -= 1
        if after:
            delta[(parent, IMAGE_COUNT)] += 1
        delta[(owner, IMAGE_COUNT)] += after - before
        delta[(SUMMARY, IMAGE_COUNT)] += after - before

    def _count_list(self, entry: Entry, delta: Counter[tuple[str, str]]) -> None:
        """Note what a list changes in the counts of its study, its owner and the node."""
        before = int(self._engine.value(SUMMARY, BASE + entry.curie, IMAGE_COUNT) or 0)
        change = listed_images(entry) - before
        for subject in (f"{BASE}{entry.parent}", f"{SUMMARY}/{entry.owner}", SUMMARY):
            delta[(subject, IMAGE_COUNT)] += change

    def _summaries(self, delta: Counter[tuple[str, str]], last: dict[str, Entry]) -> Iterable[Change]:
        """New values of the counts; a public study always has an image count, be it 0."""
        for entry in last.values():
            if entry.kind == "study":
                delta[(BASE + entry.curie, IMAGE_COUNT)] += 0
        for (subject, predicate), change in delta.items():
            stored = self._engine.value(SUMMARY, subject, predicate)
            count = int(stored or 0) + change
            value: int | None = count
            if count == 0 and not subject.startswith(SUMMARY):
                entry_of = last.get(subject.removeprefix(BASE))
                public = is_public(entry_of) if entry_of else self._engine.has_graph(subject)
                value = 0 if public else None
            if stored is None or value is None or change:
                yield SetValue(SUMMARY, subject, predicate, value)

    def _take_in_ontologies(self) -> None:
        """Once a store: what came later makes the view stale."""
        if self._engine.values(STATE, CONTENT_DIGEST):
            return
        ontologies = self._made_with()
        changes: list[Change] = [ReplaceGraph(graph, quads) for graph, quads in ontologies.whole()]
        for name, digest in self._digests(ontologies).items():
            changes.append(SetValue(STATE, name, CONTENT_DIGEST, digest))
            log.info("graph.made_with", name=name)
        if changes:
            self._engine.change(changes, self._engine.mark())

    def _take_in_links(self) -> None:
        for links in self._links:
            state = links.state()
            if state == (self._engine.value(STATE, links.graph, LINKS_STATE) or ""):
                continue
            written = ReplaceGraph(links.graph, links.quads())
            self._engine.change([written, SetValue(STATE, links.graph, LINKS_STATE, state)], self._engine.mark())

    def _none_beside(self, entry: Entry) -> Iterator[Change]:
        """Nothing stays beside a record that is no longer public."""
        if self._beside is None or is_public(entry):
            return
        graph = self._beside.graph_of(entry.curie)
        if self._engine.has_graph(graph):
            yield ReplaceGraph(graph, None)
            yield SetValue(STATE, graph, BESIDE_DIGEST, None)

    def _take_in_graphs(self, graphs: RecordGraphs) -> None:
        state = graphs.state()
        if state == (self._engine.value(STATE, graphs.name, LINKS_STATE) or ""):
            return
        held = self._engine.values(STATE, BESIDE_DIGEST)
        changes: list[Change] = [SetValue(STATE, graphs.name, LINKS_STATE, _BEGUN)]
        size = 0
        for graph, digest, quads in _to_write(graphs, held):
            changes += [ReplaceGraph(graph, quads), SetValue(STATE, graph, BESIDE_DIGEST, digest)]
            size += len(quads or b"") + (_DROPPED_BYTES if graph in held else 0)
            if size >= _BESIDE_BYTES or len(changes) >= 2 * _BESIDE_GRAPHS:
                self._change_unless_stopped(changes)
                changes, size = [], 0
        # Its last value counts, also where all of them are changed at once.
        self._change_unless_stopped([*changes, SetValue(STATE, graphs.name, LINKS_STATE, state or None)])

    def _change_unless_stopped(self, changes: Sequence[Change]) -> None:
        if self._stopped():
            raise Stopped
        self._engine.change(changes, self._engine.mark())


def _to_write(graphs: RecordGraphs, held: Mapping[str, str]) -> Iterator[tuple[str, str | None, bytes | None]]:
    """(graph, digest, N-Quads) of what differs from what is held; None for one that is to go."""
    seen = set()
    for graph, digest, quads in graphs.graphs(held):
        seen.add(graph)
        if quads is not None:
            yield graph, digest, quads
    yield from ((graph, None, None) for graph in sorted(held.keys() - seen))


def _split(quads: bytes, graph: str) -> tuple[bytes, list[bytes]]:
    """Quads of a graph about things of this federation; triples (`s p o`) about all others."""
    end = f" <{graph}> .\n".encode()
    lines = quads.splitlines(keepends=True)
    foreign = [
        line.removesuffix(end)
        for line in lines
        if not line.startswith(_OWN) and _SAID not in line and _CALLED not in line
    ]
    return b"".join([line for line in lines if line.startswith(_OWN)]), foreign


def _in_shared(triples: Iterable[bytes]) -> bytes:
    end = f" <{SHARED}> .\n".encode()
    return b"".join(triple + end for triple in sorted(triples))


def _subject(triple: bytes) -> str:
    return triple[1 : triple.index(b">")].decode()


def is_public(entry: Entry) -> bool:
    """True when the entry's record itself is shown; of any other only its provenance is."""
    return entry.status == "public"


def catalog_record(entry: Entry) -> dict[str, Any]:
    """The CatalogRecord of an entry: what this node knows about where the record came from and how it stands."""
    record: dict[str, Any] = {
        "type": "CatalogRecord",
        "id": f"{entry.curie}/record",
        "primary_topic": entry.curie,
        "owner": entry.owner,
        "status": entry.status if entry.status != ABSENT else None,
        "source": entry.source,
        # A folder of the operator's machine is nobody else's business.
        "source_url": entry.source_url if is_absolute(entry.source_url or "") else None,
        "source_digest": entry.original_digest,
        "harvester": entry.harvester,
        "retrieved_at": _instant(entry.retrieved_at),
        "recorded_at": _instant(entry.recorded_at),
        "ledger_position": entry.position,
        "payload_digest": entry.payload_digest,
        "schema_version": entry.schema_version,
    }
    if entry.status in GONE:
        record["status_date"] = entry.record.get("date_withdrawn")
        record["replaced_by"] = entry.record.get("replaced_by")
    return {key: value for key, value in record.items() if value not in (None, "")}


def _instant(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else value.isoformat().replace("+00:00", "Z")
