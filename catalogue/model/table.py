"""The generated table.json as classes and slots that emitter, JSON-LD and validation read.

What the rows mean is written by catalogue.model.compiler.table.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

from catalogue import resources
from catalogue.model import terms
from catalogue.model.released import SLOT_WORDS, released, released_versions


class FieldError(ValueError):
    """A field that cannot become RDF.

    Args:
        path: where it is, such as `authors[0].orcid`.
        reason: what is wrong with its value.
    """

    def __init__(self, path: str, reason: str):
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason

    def below(self, path: str) -> FieldError:
        """The same error seen from a node further up."""
        return FieldError(f"{path}.{self.path}", self.reason)


@dataclass(frozen=True, slots=True)
class Slot:
    """A field of a class.

    Args:
        predicate: start of a line after the subject: the predicate in angle brackets and a blank.
        kind: text, iri, ref, node, enum, integer, double, boolean, lexical or typed.
        term: one value to its N-Triples term.
        classes: for nodes, the classes they may have.
        position: predicate that carries a node's place in the list, from 1.
        also: (JSON-LD key, predicate) of a second statement with the same value.
        datatype: for dates typed by their form.
        rule: what a curator is told when the field breaks a rule: how many values, each of which form.
        required: whether a thing of the class must have it.
        form: the second half of the rule: what one value must be.
        description: what the field is for.
        values: of an enumeration, the words allowed.
        pattern: regular expression that a text must match; "" where there is none.
        examples: values as they should look.
    """

    key: str
    predicate: str
    kind: str
    many: bool
    term: terms.Term
    classes: tuple[str, ...]
    position: str | None
    also: tuple[str, str] | None
    datatype: terms.Datatype | None
    rule: str
    required: bool
    form: str
    description: str
    values: tuple[str, ...]
    pattern: str
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Class:
    """A class of the model.

    Args:
        types: predicate and object of each rdf:type line.
        type_names: values of `type` in JSON-LD, own class first.
        designated: whether payloads name the class in `type`.
    """

    name: str
    types: tuple[str, ...]
    type_names: tuple[str, ...]
    designated: bool
    slots: tuple[Slot, ...]
    keys: frozenset[str]


@cache
def classes(version: str = "") -> dict[str, Class]:
    """All concrete classes by name.

    Args:
        version: of the model, whose payloads are to be read; "", and one that was never released, means the present.
    """
    return {name: _class(name, row) for name, row in _table_of(version)["classes"].items()}


@cache
def record_classes(version: str = "") -> tuple[str, ...]:
    """The classes that are records of their own, in a version as for `classes`."""
    return tuple(_table_of(version)["records"])


def schema_version() -> str:
    """Version of the model, as provenance records state it."""
    return str(_table()["version"])


def class_of(node: Any, allowed: tuple[str, ...], version: str = "") -> Class:
    """The class of a payload object: the one it names in `type`, or the only one allowed.

    Args:
        version: as for `classes`.
    Raises:
        ValueError: no object, or a type that is not allowed here.
    """
    known = classes(version)
    if type(node) is not dict:
        raise ValueError(f"{node!r:.200} is no object")
    if len(allowed) == 1 and not known[allowed[0]].designated:
        return known[allowed[0]]
    name = node.get("type")
    if type(name) is not str or name not in allowed:
        raise ValueError(f"type {name!r:.100} is none of {', '.join(allowed)}")
    return known[name]


@cache
def _table() -> dict[str, Any]:
    return dict(json.loads(resources.model_file("table.json").read_text("utf-8")))


def _table_of(version: str) -> dict[str, Any]:
    """The table of a version; that of a release is made from its fact sheet, which has all but words."""
    if version in ("", schema_version()) or version not in released_versions():
        return _table()
    sheet = released(version)
    words = dict.fromkeys(SLOT_WORDS, "")
    return sheet | {
        "classes": {
            name: row | {"slots": [{**words, **slot, "key": key} for key, slot in row["slots"].items()]}
            for name, row in sheet["classes"].items()
        }
    }


def _class(name: str, row: dict[str, Any]) -> Class:
    rdf_type = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type> "
    return Class(
        name,
        tuple(f"{rdf_type}<{kind}>" for kind in row["types"]),
        (name, *row["extra"]),
        row["designated"],
        tuple(_slot(slot) for slot in row["slots"]),
        frozenset({"id", *(["type"] if row["designated"] else []), *(s["key"] for s in row["slots"])}),
    )


def _slot(row: dict[str, Any]) -> Slot:
    also, position = row.get("also"), row.get("position")
    datatype = terms.lexical(row["forms"]) if row["kind"] == "lexical" else None
    return Slot(
        key=row["key"],
        predicate=f"<{row['predicate']}> ",
        kind=row["kind"],
        many=row["many"],
        term=_term(row, datatype),
        classes=tuple(row.get("classes", ())),
        position=f"<{position}> " if position else None,
        also=(also["key"], f"<{also['predicate']}> ") if also else None,
        datatype=datatype,
        rule=row["rule"],
        required=row["required"],
        form=row["form"],
        description=row["description"],
        values=tuple(row.get("values", ())),
        pattern=row.get("pattern", ""),
        examples=tuple(row.get("examples", ())),
    )


def _term(row: dict[str, Any], datatype: terms.Datatype | None) -> terms.Term:
    fixed: dict[str, terms.Term] = {
        "text": terms.text,
        "iri": terms.link,
        "ref": terms.reference,
        "node": terms.reference,
        "integer": terms.integer,
        "double": terms.double,
        "boolean": terms.boolean,
    }
    if row["kind"] == "enum":
        return terms.choice(row["values"])
    if datatype is not None:
        return terms.by_form(datatype)
    return fixed.get(row["kind"]) or terms.typed(row["datatype"])
