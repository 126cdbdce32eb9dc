"""Small published stores for tests of the query service."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox

NASTY = 'a"b\\"c,{"\n\r\n<result>\t&amp; ,{},[{}] é 𝔘 \\'


def iri(name: str) -> ox.NamedNode:
    """A name in example.org."""
    return ox.NamedNode(f"http://example.org/{name}")


def numbered(count: int, graph: str = "g") -> list[ox.Quad]:
    """`count` quads: subject s0…, predicate p0–p2, value v0…, in one named graph."""
    return [ox.Quad(iri(f"s{i}"), iri(f"p{i % 3}"), ox.Literal(f"v{i}"), iri(graph)) for i in range(count)]


def publish(root: Path, number: int, quads: Iterable[ox.Quad]) -> Path:
    """Write a snapshot and point `current` at it; the link."""
    (root / "live").mkdir(exist_ok=True)
    store = ox.Store(str(root / "live" / str(number)))
    store.extend(quads)
    (root / "snapshots").mkdir(exist_ok=True)
    snapshot = root / "snapshots" / str(number)
    store.backup(str(snapshot))
    link, fresh = root / "current", root / "fresh"
    fresh.symlink_to(snapshot)
    fresh.replace(link)
    return link
