"""Statements about one node of a page, written alike as N-Quads, TriG and JSON-LD; no blank nodes.

Subjects and links may be relative, where the form allows that.
"""

from __future__ import annotations

from json.encoder import encode_basestring
from typing import Any, Final, NamedTuple

AS: Final = "https://www.w3.org/ns/activitystreams#"
DCTERMS: Final = "http://purl.org/dc/terms/"
LDES: Final = "https://w3id.org/ldes#"
PROV: Final = "http://www.w3.org/ns/prov#"
RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
TREE: Final = "https://w3id.org/tree#"
XSD: Final = "http://www.w3.org/2001/XMLSchema#"
TYPE: Final = RDF + "type"


class Link(NamedTuple):
    """The IRI of another thing."""

    iri: str


class Value(NamedTuple):
    """A literal; without a datatype a string."""

    text: str
    datatype: str = ""


class Node(NamedTuple):
    """What is said of one subject: (IRI of the property, object) in order."""

    iri: str
    said: tuple[tuple[str, Link | Value], ...]


def number(value: int) -> Value:
    """A whole number."""
    return Value(str(value), XSD + "integer")


def instant(stamp: str) -> Value:
    """A moment, written as the ledger does."""
    return Value(stamp, XSD + "dateTime")


TRUE: Final = Value("true", XSD + "boolean")


def lines(node: Node) -> str:
    """The node as N-Triples lines, in the default graph of N-Quads and TriG as well."""
    subject = f"<{node.iri}>"
    return "".join(f"{subject} <{name}> {_term(value)} .\n" for name, value in node.said)


def document(node: Node) -> dict[str, Any]:
    """The node as a JSON-LD object whose keys are whole IRIs, so that no context changes it."""
    made: dict[str, Any] = {"@id": node.iri}
    for name, value in node.said:
        if name == TYPE:
            made.setdefault("@type", []).append(value[0])
        else:
            made.setdefault(name, []).append(_object(value))
    return made


def _term(value: Link | Value) -> str:
    if isinstance(value, Link):
        return f"<{value.iri}>"
    return encode_basestring(value.text) + (f"^^<{value.datatype}>" if value.datatype else "")


def _object(value: Link | Value) -> dict[str, str]:
    if isinstance(value, Link):
        return {"@id": value.iri}
    return {"@value": value.text, "@type": value.datatype} if value.datatype else {"@value": value.text}
