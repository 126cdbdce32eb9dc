"""Records as JSON-LD 1.1 documents, with the generated context inside.

The triples are those of catalogue.model.rdf; a test holds both to one RDFC-1.0 hash.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from catalogue import resources
from catalogue.model.namespaces import PREFIXES
from catalogue.model.table import Class, FieldError, Slot, class_of, classes, record_classes
from catalogue.model.terms import iri


def jsonld(record: dict[str, Any], class_name: str | None = None) -> dict[str, Any]:
    """The record as a document for users.

    Beside the payload's own fields it carries what RDF needs and plain JSON does not say: all types of each node,
    `position` of authors, `scientific_name` of taxa, and datatypes of partial dates.

    Args:
        record: a payload, or a part of one when `class_name` says of which class.

    Raises:
        ValueError: a field is unknown, or no object where one is needed.
    """
    kind = classes()[class_name] if class_name else class_of(record, record_classes())
    return {"@context": context(), **_document(kind, record)}


@cache
def context() -> dict[str, Any]:
    """The context of catalogue/model/context.jsonld; read-only, as all callers share it."""
    loaded = json.loads(resources.model_file("context.jsonld").read_text("utf-8"))
    return dict(loaded["@context"])


def _document(kind: Class, node: dict[str, Any]) -> dict[str, Any]:
    unknown = sorted(key for key in node if key not in kind.keys)
    if unknown:
        raise FieldError(unknown[0], f"{kind.name} has no such field")
    out: dict[str, Any] = {"id": _name(node["id"]), "type": list(kind.type_names)}
    for slot in kind.slots:
        value = node.get(slot.key)
        if value is None:
            continue
        if slot.kind == "node":
            items = value if slot.many else [value]
            made = [_document(class_of(item, slot.classes), item) for item in items]
            if slot.position:
                made = [item | {"position": place} for place, item in enumerate(made, 1)]
            value = made if slot.many else made[0]
        elif slot.kind in ("ref", "iri"):
            value = [_name(item) for item in value] if slot.many else _name(value)
        elif slot.datatype is not None:
            value = _dated(slot, value)
        out[slot.key] = value
        if slot.also:
            out[slot.also[0]] = value
    return out


def _dated(slot: Slot, value: str) -> Any:
    datatype = slot.datatype(value) if slot.datatype else None
    return {"@value": value, "@type": datatype} if datatype else value


def _name(value: str) -> str:
    """As given, unless the context cannot expand its prefix because a field has the same name."""
    return iri(value) if value.partition(":")[0] in _hidden_prefixes() else value


@cache
def _hidden_prefixes() -> frozenset[str]:
    known = context()
    return frozenset(name for name in PREFIXES if type(known.get(name)) is not dict or "@prefix" not in known[name])
