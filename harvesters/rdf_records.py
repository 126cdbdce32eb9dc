"""The records of one type in a graph, each with its own statements; and events for them."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping

from catalogue.model.documents import Event, SourceDocument, Unreadable
from catalogue.problems import RecordRejected
from harvesters.rdf_nodes import RDF_TYPE, Node, Nodes, Triple
from harvesters.rdf_slices import MAX_BYTES, MEDIA_TYPE, by_subject, cut, to_bytes
from harvesters.sources.delivery import Delivery

Cut = set[Triple] | RecordRejected


def iter_records(
    triples: Iterable[Triple], types: Collection[str], outside: Collection[str]
) -> Iterator[tuple[str, Cut]]:  # fmt: skip
    """IRI or blank label, and statements, of everything of one of the types, by name; or why it cannot be cut out.

    Args:
        types: IRIs.
        outside: IRIs of types that a record points at without holding them.
    """
    graph = by_subject(triples)
    kinds = {
        name: {triple.object.text for triple in said if triple.predicate == RDF_TYPE} for name, said in graph.items()
    }
    for name in sorted(name for name, held in kinds.items() if held & set(types)):
        try:
            yield name, cut(graph, [name], lambda triple: not kinds.get(triple.object.text, set()) & set(outside))
        except RecordRejected as rejected:
            yield name, rejected


def iter_events(
    records: Iterable[tuple[str, Cut]], url: str, known: Mapping[str, str], identifiers: Collection[str] = ()
) -> Iterator[Event]:
    """One event for each record, as canonical N-Triples under its IRI.

    Two records that state one identifier are Unreadable `equivocation`, for nobody knows which of them it names.

    Args:
        identifiers: IRIs of the properties that state it.
    """
    held = list(records)
    stated = {name: _stated(name, triples, identifiers) for name, triples in held}
    times = Counter(text for texts in stated.values() for text in texts)
    for name, triples in held:
        try:
            if isinstance(triples, RecordRejected):
                raise triples
            content = to_bytes(triples)
        except RecordRejected as rejected:
            yield Unreadable(name, url, rejected.reason, rejected.detail)
            continue
        blank = name.startswith("_:")
        item = f"nameless-{hashlib.sha256(content).hexdigest()[:24]}" if blank else name
        twice = sorted(text for text in stated[name] if times[text] > 1)
        if twice:
            detail = f"The identifier '{twice[0][:200]}' is stated by {times[twice[0]]} records. Give each its own."
            yield Unreadable(item, url, "equivocation", detail, content)
        else:
            yield Delivery("", known, MAX_BYTES, MEDIA_TYPE).document(item, url if blank else name, content)


def _stated(name: str, triples: Cut, identifiers: Collection[str]) -> set[str]:
    if isinstance(triples, RecordRejected):
        return set()
    return {
        triple.object.text for triple in triples if triple.subject.text == name and triple.predicate in identifiers
    }  # fmt: skip


def focus(nodes: Nodes, document: SourceDocument, *types: str) -> Node:
    """The node that a document is about: the one of its item's name, else the only one of the types.

    Raises:
        RecordRejected: `schema-required`, there is none or there are several.
    """
    named = nodes.find(document.item)
    if named is not None and named.properties:
        return named
    found = nodes.of_type(*types)
    roots = [node for node in found if not node.iri or len(found) == 1] or found
    if len(roots) != 1:
        raise RecordRejected(
            f"The document describes {len(found)} records; exactly one of {', '.join(types)[:100]} is needed.",
            reason="schema-required",
        )
    return roots[0]
