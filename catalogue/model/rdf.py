"""Records to RDF: N-Quads and N-Triples lines, straight from the generated table.

No blank nodes, no LinkML at run time; catalogue.model.jsonld says the same as JSON-LD (engines.md section 4).
"""

from __future__ import annotations

from typing import Any

from catalogue.model import terms
from catalogue.model.jsonld import jsonld
from catalogue.model.table import Class, FieldError, Slot, class_of, classes, record_classes
from catalogue.model.terms import iri

__all__ = ["FieldError", "iri", "jsonld", "quads", "triples"]


def quads(record: dict[str, Any], graph: str, class_name: str | None = None, version: str = "") -> bytes:
    """The record as N-Quads lines in the named graph; equal records give equal bytes.

    Args:
        record: a payload, or a part of one when `class_name` says of which class.
        graph: IRI or CURIE of the graph.
        version: of the model, under which the record was written; "" means the present one.

    Raises:
        FieldError: a field is unknown or empty, has a value of the wrong kind, or an IRI with illegal characters.
        ValueError: the graph has no IRI.
    """
    return _lines(record, class_name, version, f" <{iri(graph)}> .\n")


def triples(record: dict[str, Any], class_name: str | None = None, version: str = "") -> bytes:
    """The record as N-Triples lines; arguments and errors as for `quads`."""
    return _lines(record, class_name, version, " .\n")


def _lines(record: dict[str, Any], class_name: str | None, version: str, end: str) -> bytes:
    try:
        kind = classes(version)[class_name] if class_name else class_of(record, record_classes(version), version)
    except ValueError as error:
        raise FieldError("type", str(error)) from error
    out: list[str] = []
    _write(kind, record, version, out)
    try:
        return (end.join(dict.fromkeys(out)) + end).encode()
    except UnicodeEncodeError as error:
        raise FieldError(_surrogate_path(record) or "id", "a lone surrogate is no character") from error


def _write(kind: Class, node: dict[str, Any], version: str, out: list[str]) -> str:
    """Append the lines of a node, without their ends; gives the node's term."""
    key = "id"
    try:
        name = terms.reference(node["id"])
        subject = name + " "
        for line in kind.types:
            out.append(subject + line)
        left = len(node) - 1 - kind.designated
        for slot in kind.slots:
            value = node.get(slot.key)
            if value is None:
                continue
            key = slot.key
            left -= 1
            start = subject + slot.predicate
            if slot.kind == "node":
                _write_nodes(slot, value, version, start, out)
            elif slot.many:
                if type(value) is not list:
                    raise ValueError(f"{value!r:.200} is no list")
                term = slot.term
                for item in value:
                    out.append(start + term(item))
            else:
                written = slot.term(value)
                out.append(start + written)
                if slot.also:
                    out.append(subject + slot.also[1] + written)
    except FieldError:
        raise
    except KeyError as error:
        raise FieldError(key, "missing") from error
    except (ValueError, TypeError, AttributeError) as error:
        raise FieldError(key, str(error)) from error
    if left:
        raise _unknown(kind, node)
    return name


def _write_nodes(slot: Slot, value: Any, version: str, start: str, out: list[str]) -> None:
    if slot.many and type(value) is not list:
        raise ValueError(f"{value!r:.200} is no list")
    for place, item in enumerate(value if slot.many else [value]):
        out.append("")
        at = len(out) - 1
        try:
            name = _write(class_of(item, slot.classes, version), item, version, out)
        except FieldError as error:
            raise error.below(f"{slot.key}[{place}]" if slot.many else slot.key) from error
        except ValueError as error:
            raise FieldError(f"{slot.key}[{place}]" if slot.many else slot.key, str(error)) from error
        out[at] = start + name
        if slot.position:
            out.append(f'{name} {slot.position}"{place + 1}"^^<{terms.XSD}integer>')


def _unknown(kind: Class, node: dict[str, Any]) -> FieldError:
    unknown = sorted(str(key) for key in node if key not in kind.keys)
    if unknown:
        return FieldError(unknown[0], f"{kind.name} has no such field")
    empty = sorted(key for key, value in node.items() if value is None)
    return FieldError(empty[0] if empty else "type", "without a value; leave the field out")


def _surrogate_path(value: Any, path: str = "") -> str | None:
    if isinstance(value, str):
        return path if any("\ud800" <= character <= "\udfff" for character in value) else None
    children: list[tuple[str, Any]] = []
    if isinstance(value, dict):
        children = [(f"{path}.{key}" if path else key, child) for key, child in value.items()]
    elif isinstance(value, list):
        children = [(f"{path}[{place}]", child) for place, child in enumerate(value)]
    return next((found for name, child in children if (found := _surrogate_path(child, name))), None)
