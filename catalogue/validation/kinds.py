"""What a file holds, told by its name's ending and its content."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, Final

import pyoxigraph

from catalogue.problems import BadRequest
from catalogue.validation.results import Kind
from catalogue.validation.source import SourceText

JSON, JSON_LINES, YAML = "json", "json-lines", "yaml"
_RDF: Final = pyoxigraph.RdfFormat
_SUFFIXES: Final[dict[str, Any]] = {
    ".yaml": YAML,
    ".yml": YAML,
    ".json": JSON,
    ".jsonld": JSON,
    ".jsonl": JSON_LINES,
    ".ndjson": JSON_LINES,
    ".ttl": _RDF.TURTLE,
    ".turtle": _RDF.TURTLE,
    ".n3": _RDF.TURTLE,
    ".nt": _RDF.N_TRIPLES,
    ".nq": _RDF.N_QUADS,
    ".trig": _RDF.TRIG,
    ".rdf": _RDF.RDF_XML,
    ".owl": _RDF.RDF_XML,
    ".xml": _RDF.RDF_XML,
}
_NOTE: Final = re.compile(r"(?:[ \t\r\n]+|#[^\r\n]*)*")
_TURTLE: Final = re.compile(
    r"@(?:prefix|base)\b|(?:PREFIX|BASE)\s+\S*\s*<|<[^<>\s]*>\s+(?:a\b|<|\S+:\S)|_:\S+\s+\S+:?", re.I
)
_XML: Final = re.compile(r"<\?xml|<!|<[A-Za-z][\w.-]*:?[\w.-]*[\s>]")
_CRATE: Final = "https://w3id.org/ro/crate"
_DESCRIPTORS: Final = ("ro-crate-metadata.json", "ro-crate-metadata.jsonld")


@dataclass(frozen=True, slots=True)
class Form:
    """How a file is written: YAML, JSON, JSON lines, or a syntax of RDF."""

    syntax: Any

    @property
    def is_rdf(self) -> bool:
        """True for a syntax that can hold RDF alone."""
        return isinstance(self.syntax, _RDF)


def form_of(name: str, source: SourceText, forced: Kind | None) -> Form:
    """How the file is written; its content decides where its name does not.

    Raises:
        BadRequest: it was said to be RDF, or a crate, and is written in nothing that could be.
    """
    syntax = _SUFFIXES.get(PurePath(name).suffix.lower()) or _sniffed(source.text)
    if forced is Kind.RDF and syntax in (YAML, JSON_LINES):
        raise BadRequest(
            f"'{name}' is {syntax}, which holds no RDF; leave out --as rdf, or name the file by its syntax."
        )
    if forced is Kind.RO_CRATE and syntax != JSON:
        raise BadRequest(f"'{name}' is no JSON; an RO-Crate is checked by its ro-crate-metadata.json.")
    if forced is Kind.RECORDS and isinstance(syntax, _RDF):
        raise BadRequest(f"'{name}' is RDF; records are checked as RDF without --as records.")
    return Form(syntax)


def kind_of_json(name: str, value: Any) -> Kind:
    """What a JSON document holds."""
    if type(value) is list and value and all(type(item) is dict for item in value):
        return Kind.RDF if any(key in item for item in value for key in ("@id", "@type")) else Kind.RECORDS
    if type(value) is not dict or not ({"@context", "@graph", "@id", "@type"} & set(value)):
        return Kind.RECORDS
    graph = value.get("@graph")
    entities = graph if isinstance(graph, list) else []
    is_named = PurePath(name).name.endswith(_DESCRIPTORS)
    return Kind.RO_CRATE if is_named or any(map(_is_descriptor, entities)) or _has_crate_context(value) else Kind.RDF


def _is_descriptor(entity: Any) -> bool:
    if type(entity) is not dict:
        return False
    given = entity.get("conformsTo")
    targets = given if type(given) is list else [given]
    names = [target.get("@id") if type(target) is dict else target for target in targets]
    conforms = any(type(name) is str and name.startswith(_CRATE) for name in names)
    return conforms or ("about" in entity and str(entity.get("@id")).endswith(_DESCRIPTORS))


def _has_crate_context(value: dict[str, Any]) -> bool:
    given = value.get("@context")
    parts = given if type(given) is list else [given]
    return any(type(part) is str and part.startswith(_CRATE) for part in parts)


def _sniffed(text: str) -> Any:
    start = _NOTE.match(text)
    at = start.end() if start else 0
    if text[at : at + 1] == "{" or re.match(r"\[\s*(?:[\"{\[\]]|-?\d)", text[at : at + 200]):
        return JSON
    if _XML.match(text, at):
        return _RDF.RDF_XML
    if _TURTLE.match(text, at):
        return _RDF.TRIG
    return YAML
