"""What leads to the pages of a view: its root, indexes and relations, each with the time that it covers.

Relations go by time alone: ldes-client 0.3.0 takes the bound of any relation for a moment, whatever its path. No page
is reached by two ways: it would be read twice. Source: w3id.org/ldes/specification and its server primer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from catalogue.exchange.ldes.member import FED
from catalogue.exchange.ldes.statements import AS, DCTERMS, LDES, TREE, TRUE, TYPE, Link, Node, Value, instant, number
from catalogue.exchange.ldes.views import INDEX_PAGES, PAGE_MEMBERS, Cut, View
from catalogue.exchange.ldes.vocabulary import SHAPE, shape_nodes
from catalogue.store.entries import stamp
from catalogue.store.exchange_log import ExchangeLog

POLLING_S: Final = 60
"""How long a reader who has read all should wait before it asks again."""
_INDEXED: Final = INDEX_PAGES * PAGE_MEMBERS


@dataclass(frozen=True, slots=True)
class Place:
    """How addresses are written in one answer.

    Args:
        address: from a path of this node to what is written, absolute where the form has no relative ones.
        suffix: of the addresses of roots, indexes and pages, so that whoever asked by a suffix stays with that form.
    """

    address: Callable[[str], str]
    suffix: str

    def root(self, view: View) -> str:
        """Address of a view's root."""
        return self.address(view.path + self.suffix)

    def stream(self, view: View) -> str:
        """IRI of the collection."""
        return self.address(f"{view.stream}#stream")

    def page(self, view: View, wanted: int) -> str:
        """Address of a page."""
        return self.address(f"{view.below}/page/{wanted}{self.suffix}")

    def index(self, view: View, wanted: int) -> str:
        """Address of an index."""
        return self.address(f"{view.below}/index/{wanted}{self.suffix}")


def root_head(view: View, log: ExchangeLog, last: int, place: Place) -> list[Node]:
    """All that the root says.

    Args:
        last: number of the view's last page.
    """
    root = place.root(view)
    if view.in_order:
        relations = [_onwards(f"{root}#first", place.page(view, 1), None)]
    else:
        spans = {place.index(view, k): (k - 1, _INDEXED) for k in range(1, -(-last // INDEX_PAGES) + 1)}
        relations = list(_spans(root, spans, log))
    kinds = ((TYPE, Link(TREE + "Node")), (TYPE, Link(LDES + "EventSource")))
    return [*_stream(view, place), Node(root, (*kinds, *_led_by(relations))), *relations]


def index_head(view: View, log: ExchangeLog, wanted: int, last: int, settled: bool, place: Place) -> list[Node]:
    """All that an index says."""
    index = place.index(view, wanted)
    first = (wanted - 1) * INDEX_PAGES + 1
    pages = range(first, min(first + INDEX_PAGES - 1, last) + 1)
    relations = list(_spans(index, {place.page(view, n): (n - 1, PAGE_MEMBERS) for n in pages}, log))
    said = ((TYPE, Link(TREE + "Node")), *_led_by(relations), *_settled(settled))
    return [_viewed(view, place), Node(index, said), *relations]


def page_head(view: View, cut: Cut, last: int, settled: bool, place: Place) -> list[Node]:
    """What a page says before its members."""
    page = place.page(view, cut.number)
    relations = []
    if view.in_order and cut.number < last:
        bound = cut.marks[-1].recorded_at if cut.marks else None
        relations.append(_onwards(f"{page}#next", place.page(view, cut.number + 1), bound))
    said = ((TYPE, Link(TREE + "Node")), *_led_by(relations), *_settled(settled))
    return [_viewed(view, place), Node(page, said), *relations]


def _stream(view: View, place: Place) -> Iterator[Node]:
    """The collection: what members are, how they are ordered, which of their statements say what happened."""
    yield Node(
        place.stream(view),
        (
            (TYPE, Link(LDES + "EventStream")),
            (TREE + "view", Link(place.root(view))),
            (LDES + "timestampPath", Link(AS + "published")),
            (LDES + "sequencePath", Link(FED + "seq")),
            (LDES + "versionOfPath", Link(DCTERMS + "isVersionOf")),
            (LDES + "versionCreateObject", Link(AS + "Create")),
            (LDES + "versionUpdateObject", Link(AS + "Update")),
            (LDES + "versionDeleteObject", Link(AS + "Delete")),
            (LDES + "pollingInterval", number(POLLING_S)),
            (TREE + "shape", Link(SHAPE)),
            *view.about_stream(place.address),
        ),
    )
    if view.versions_kept is not None:
        policy = f"{place.root(view)}#retention"
        yield Node(place.root(view), ((LDES + "retentionPolicy", Link(policy)),))
        # Without a duration for them, deletions stay.
        yield Node(
            policy,
            (
                (TYPE, Link(LDES + "RetentionPolicy")),
                (TYPE, Link(LDES + "LatestVersionSubset")),
                (LDES + "versionAmount", number(view.versions_kept)),
                (LDES + "amount", number(view.versions_kept)),
            ),
        )
    yield from shape_nodes()


def _viewed(view: View, place: Place) -> Node:
    return Node(place.stream(view), ((TREE + "view", Link(place.root(view))),))


def _led_by(relations: list[Node]) -> list[tuple[str, Link | Value]]:
    return [(TREE + "relation", Link(relation.iri)) for relation in relations]


def _settled(settled: bool) -> list[tuple[str, Link | Value]]:
    return [(LDES + "immutable", TRUE)] if settled else []


def _spans(parent: str, spans: dict[str, tuple[int, int]], log: ExchangeLog) -> Iterator[Node]:
    """Two relations to each target, its first and its last moment; where it still grows, its first alone.

    Args:
        spans: target -> (number of its range, from 0, and positions in a range).
    """
    ends = {target: (part * size + 1, (part + 1) * size) for target, (part, size) in spans.items()}
    moments = log.moments({position for pair in ends.values() for position in pair})
    for target, (first, last) in ends.items():
        name = f"{parent}#{first}"
        since, until = moments.get(first), moments.get(last)
        yield _onwards(f"{name}-since", target, since)
        if until is not None:
            yield _relation(f"{name}-until", "LessThanOrEqualToRelation", target, until)


def _onwards(name: str, target: str, bound: datetime | None) -> Node:
    if bound is None:
        return Node(name, ((TYPE, Link(TREE + "Relation")), (TREE + "node", Link(target))))
    return _relation(name, "GreaterThanOrEqualToRelation", target, bound)


def _relation(name: str, kind: str, target: str, bound: datetime) -> Node:
    return Node(
        name,
        (
            (TYPE, Link(TREE + kind)),
            (TREE + "node", Link(target)),
            (TREE + "path", Link(AS + "published")),
            (TREE + "value", instant(stamp(bound))),
        ),
    )
