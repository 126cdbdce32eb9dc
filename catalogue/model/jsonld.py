"""Records as JSON-LD 1.1 documents, with the generated context inside.

The triples are those of catalogue.model.rdf; a test holds both to one RDFC-1.0 hash.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from catalogue import resources
from catalogue.model.namespaces import OWNERS, PREFIXES
from catalogue.model.released import released, released_versions
from catalogue.model.table import Class, FieldError, Slot, class_of, classes, record_classes, schema_version
from catalogue.model.terms import XSD, iri


def jsonld(record: dict[str, Any], class_name: str | None = None, version: str = "") -> dict[str, Any]:
    """The record as a document for users.

    Beside the payload's own fields it carries what RDF needs and plain JSON does not say: all types of each node,
    `position` of authors, `scientific_name` of taxa, and datatypes of partial dates.

    Args:
        record: a payload, or a part of one when `class_name` says of which class.
        version: of the model, under which the record was written; "" means the present one.

    Raises:
        ValueError: a field is unknown, or no object where one is needed.
    """
    kind = classes(version)[class_name] if class_name else class_of(record, record_classes(version), version)
    return {"@context": context(version), **_document(kind, record, version)}


@cache
def context(version: str = "") -> dict[str, Any]:
    """The context of catalogue/model/context.jsonld; read-only, as all callers share it.

    Args:
        version: of the model; of a former release the context has that release's terms instead of the present ones.
    """
    loaded = json.loads(resources.model_file("context.jsonld").read_text("utf-8"))
    present = dict(loaded["@context"])
    if version in ("", schema_version()) or version not in released_versions():
        return present
    former: dict[str, Any] = {}
    for name, row in released(version)["classes"].items():
        former[name] = row["iri"]
        for key, slot in row["slots"].items():
            former[key] = context_term(slot)
            if "also" in slot:
                former[slot["also"]["key"]] = slot["also"]["predicate"]
            if "position" in slot:
                former["position"] = {"@id": slot["position"], "@type": XSD + "integer"}
    return present | former


def context_term(slot: dict[str, Any]) -> Any:
    """What a JSON-LD context says of a slot, given its row of the table or its facts of a release."""
    iri = slot["predicate"]
    match slot["kind"]:
        case "ref" | "iri" | "node":
            return {"@id": iri, "@type": "@id"}
        case "enum":
            return {"@id": iri, "@type": "@vocab", "@context": dict(slot["values"])}
        case "integer" | "double" | "boolean" | "typed":
            return {"@id": iri, "@type": slot["datatype"]}
        case _:
            return iri


def _document(kind: Class, node: dict[str, Any], version: str) -> dict[str, Any]:
    unknown = sorted(key for key in node if key not in kind.keys)
    if unknown:
        raise FieldError(unknown[0], f"{kind.name} has no such field")
    out: dict[str, Any] = {"id": _name(node["id"], version), "type": list(kind.type_names)}
    for slot in kind.slots:
        value = node.get(slot.key)
        if value is None:
            continue
        if slot.kind == "node":
            items = value if slot.many else [value]
            made = [_document(class_of(item, slot.classes, version), item, version) for item in items]
            if slot.position:
                made = [item | {"position": place} for place, item in enumerate(made, 1)]
            value = made if slot.many else made[0]
        elif slot.kind in ("ref", "iri"):
            value = [_name(item, version) for item in value] if slot.many else _name(value, version)
        elif slot.datatype is not None:
            value = _dated(slot, value)
        out[slot.key] = value
        if slot.also:
            out[slot.also[0]] = value
    return out


def _dated(slot: Slot, value: str) -> Any:
    datatype = slot.datatype(value) if slot.datatype else None
    return {"@value": value, "@type": datatype} if datatype else value


def _name(value: str, version: str) -> str:
    """As given, unless the context cannot expand its prefix because a field has the same name."""
    prefix = value.partition(":")[0]
    # An operator's own archives, of owners.toml, are in no context either.
    added = prefix in OWNERS and prefix not in PREFIXES
    return iri(value) if added or prefix in _hidden_prefixes(version) else value


@cache
def _hidden_prefixes(version: str) -> frozenset[str]:
    known = context(version)
    return frozenset(name for name in PREFIXES if type(known.get(name)) is not dict or "@prefix" not in known[name])
