"""SHACL property paths as rdflib can follow them."""

from __future__ import annotations

from typing import Any

from rdflib import RDF, SH, BNode, Graph
from rdflib.collection import Collection
from rdflib.paths import AlternativePath, InvPath, MulPath, SequencePath

PATHS = (SH.inversePath, SH.alternativePath, SH.zeroOrOnePath, SH.zeroOrMorePath, SH.oneOrMorePath)


def followed(shapes: Graph, path: Any) -> Any:
    """The path of a shape as an rdflib path. Source: SHACL, section 2.3.1."""
    if not isinstance(path, BNode):
        return path
    if shapes.value(path, RDF.first) is not None:
        return SequencePath(*(followed(shapes, part) for part in Collection(shapes, path)))
    (kind,) = [kind for kind in PATHS if shapes.value(path, kind) is not None]
    inner = shapes.value(path, kind)
    if kind == SH.alternativePath:
        return AlternativePath(*(followed(shapes, part) for part in Collection(shapes, inner)))
    if kind == SH.inversePath:
        return InvPath(followed(shapes, inner))
    return MulPath(followed(shapes, inner), {"zeroOrOnePath": "?", "zeroOrMorePath": "*"}.get(kind.fragment, "+"))


def is_named_or_plain(shapes: Graph, node: BNode) -> bool:
    """True for the blank nodes that shapes may have: members of lists, and steps of paths."""
    return any(shapes.value(node, kind) is not None for kind in (RDF.first, *PATHS))
