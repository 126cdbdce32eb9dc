"""What an audit is bound to, as a JSON document and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from types import MappingProxyType
from typing import Any

from catalogue.fair.audit import Basis
from catalogue.fair.node_facts import NodeFacts


def basis_document(basis: Basis) -> dict[str, Any]:
    """All that a basis says, for JSON."""
    said = {one.name: getattr(basis, one.name) for one in fields(Basis)}
    node = {one.name: _plain(getattr(basis.node, one.name)) for one in fields(NodeFacts)}
    return {**said, "metrics": dict(basis.metrics), "node": node}


def read_basis(document: Mapping[str, Any]) -> Basis:
    """The basis that a document says.

    Raises:
        KeyError, TypeError: it is none.
    """
    known = {one.name for one in fields(NodeFacts)}
    # A fact that a later version of this software no longer asks for stays in the document.
    node = {name: _firm(value) for name, value in document["node"].items() if name in known}
    said = {one.name: document[one.name] for one in fields(Basis) if one.name in document}
    return Basis(**{**said, "metrics": MappingProxyType(dict(document["metrics"])), "node": NodeFacts(**node)})


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, tuple | list | frozenset) else value


def _firm(value: Any) -> Any:
    if isinstance(value, Mapping):
        return MappingProxyType({name: _firm(one) for name, one in value.items()})
    return tuple(_firm(one) for one in value) if isinstance(value, list) else value
