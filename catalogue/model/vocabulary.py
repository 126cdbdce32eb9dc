"""What our own IRIs mean, as RDF: terms, shapes, elements of the schema, fields that crosswalks map.

Which path answers for an IRI, and in which form, is catalogue.web's.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any, Final

import pyoxigraph
from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from catalogue import resources
from catalogue.model.crosswalk_rdf import CROSSWALKS, FIELDS, all_crosswalks, crosswalk_triples
from catalogue.model.documentation import documentation
from catalogue.model.namespaces import BASE, PREFIXES, TERMS

VOCABULARY: Final = TERMS.rstrip("/")
SHAPES: Final = BASE + "shapes/"
SCHEMA: Final = BASE + "schema/"

_OURS: Final = (TERMS, SHAPES, SCHEMA, FIELDS, CROSSWALKS)
_LONGEST_NAME: Final = 200
_MOST_NAMES: Final = 5
_LINKML: Final = "https://w3id.org/linkml/"
_DCTERMS: Final = "http://purl.org/dc/terms/"
_RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_RDFS: Final = "http://www.w3.org/2000/01/rdf-schema#"
_OWL: Final = "http://www.w3.org/2002/07/owl#"
_BOOLEAN: Final = NamedNode("http://www.w3.org/2001/XMLSchema#boolean")


def describe(iri: str) -> list[Triple]:
    """The triples about one IRI of ours, with the lists they lead to; none when it names nothing.

    The namespaces themselves (`…/terms`, `…/shapes`, `…/schema`), the version IRI of the vocabulary, and a crosswalk
    describe everything in them.
    """
    namespace = VOCABULARY if iri == TERMS + documentation()["version"] else iri.rstrip("/")
    if namespace in _namespaces():
        return [triple for name in _namespaces()[namespace] for triple in _about(name)]
    if iri.startswith(CROSSWALKS) and iri.removeprefix(CROSSWALKS) in all_crosswalks():
        return list(crosswalk_triples(all_crosswalks()[iri.removeprefix(CROSSWALKS)]))
    return _about(iri)


def nearest(iri: str) -> list[str]:
    """IRIs of ours in the same namespace that are spelled most like this one."""
    namespace = next((known for known in _OURS if iri.startswith(known)), "")
    if not namespace:
        return []
    names = [known.removeprefix(namespace) for known in known_iris() if known.startswith(namespace)]
    return [namespace + name for name in spelled_like(iri.removeprefix(namespace), names)]


def spelled_like(asked: str, names: Iterable[str]) -> list[str]:
    """The few names that are spelled most like the one asked for, case aside; the nearest first."""
    folded: dict[str, list[str]] = defaultdict(list)
    for name in names:
        folded[name.lower()].append(name)
    close = get_close_matches(asked[:_LONGEST_NAME].lower(), folded, n=_MOST_NAMES, cutoff=0.6)
    return [name for match in close for name in folded[match]][:_MOST_NAMES]


def known_iris() -> tuple[str, ...]:
    """Every IRI of ours that `describe` answers for, namespaces aside, sorted."""
    return tuple(sorted(name for name in _graph() if name.startswith(_OURS)))


def serialise(triples: list[Triple], form: pyoxigraph.RdfFormat) -> bytes:
    """Triples as bytes; prefixes only where they occur, equal triples give equal bytes."""
    lines = "\n".join(map(str, triples))
    prefixes = {
        **PREFIXES,
        **documentation()["prefixes"],
        "rdf": _RDF,
        "rdfs": _RDFS,
        "owl": _OWL,
        "sh": "http://www.w3.org/ns/shacl#",
        "skos": "http://www.w3.org/2004/02/skos/core#",
        "xsd": "http://www.w3.org/2001/XMLSchema#",
        "linkml": _LINKML,
        "omsh": SHAPES,
        "vann": "http://purl.org/vocab/vann/",
    }
    used = {name: namespace for name, namespace in prefixes.items() if f"<{namespace}" in lines}
    return pyoxigraph.serialize(triples, format=form, prefixes=used) or b""


@cache
def _graph() -> dict[str, list[Triple]]:
    """IRI, or label of a blank node behind `_:`, -> its triples; everything that is ours."""
    graph: dict[str, list[Triple]] = defaultdict(list)
    for path in (resources.model_file("ontology.ttl"), *sorted(resources.shapes_dir().rglob("*.ttl"))):
        for triple in _parse(path):
            graph[_name(triple.subject)].append(triple)
    for triple in _schema_triples():
        graph[_name(triple.subject)].append(triple)
    for crosswalk in all_crosswalks().values():
        for triple in crosswalk_triples(crosswalk):
            graph[_name(triple.subject)].append(triple)
    return dict(graph)


def _name(node: Any) -> str:
    return f"_:{node.value}" if isinstance(node, BlankNode) else str(node.value)


def _parse(path: Path) -> Iterator[Triple]:
    """The triples of a file, its blank nodes named by their order: the parser's own names differ in every process."""
    names: dict[BlankNode, BlankNode] = {}

    def named(node: Any) -> Any:
        return names.setdefault(node, BlankNode(f"{stem}{len(names)}")) if isinstance(node, BlankNode) else node

    stem = re.sub(r"[^a-z0-9]", "", path.stem) + "b"
    for quad in pyoxigraph.parse(path.read_text("utf-8"), format=pyoxigraph.RdfFormat.TURTLE):
        yield Triple(named(quad.subject), quad.predicate, named(quad.object))


@cache
def _namespaces() -> dict[str, list[str]]:
    """Namespace without its final slash -> the IRIs that it describes."""
    found = {
        namespace: [name for name in _graph() if name == namespace or name.startswith(namespace + "/")]
        for namespace in (VOCABULARY, SHAPES.rstrip("/"), SCHEMA.rstrip("/"))
    }
    # The vocabulary also says what it makes of terms of others.
    borrowed = dict.fromkeys(_name(triple.subject) for triple in _parse(resources.model_file("ontology.ttl")))
    found[VOCABULARY] += [name for name in borrowed if not name.startswith(BASE)]
    return found


def _about(name: str) -> list[Triple]:
    found: list[Triple] = []
    waiting, seen = [name], {name}
    while waiting:
        for triple in _graph().get(waiting.pop(0), ()):
            found.append(triple)
            if isinstance(triple.object, BlankNode) and _name(triple.object) not in seen:
                seen.add(_name(triple.object))
                waiting.append(_name(triple.object))
    return found


def _schema_triples() -> Iterator[Triple]:
    """The schema, its modules, classes, and slots as classes use them, in LinkML's own words."""
    made = documentation()
    schema = NamedNode(made["iri"])
    yield from _named(schema, "SchemaDefinition", made["title"], made["description"])
    yield Triple(schema, NamedNode(_OWL + "versionInfo"), Literal(made["version"]))
    yield Triple(schema, NamedNode(_DCTERMS + "license"), NamedNode(made["license"]))
    yield Triple(schema, NamedNode(_RDFS + "seeAlso"), NamedNode(VOCABULARY))
    version = NamedNode(TERMS + made["version"])
    yield Triple(version, NamedNode(_DCTERMS + "isVersionOf"), NamedNode(VOCABULARY))
    yield Triple(version, NamedNode(_OWL + "versionInfo"), Literal(made["version"]))
    for module in made["modules"]:
        if module["iri"].startswith(SCHEMA):
            part = NamedNode(module["iri"])
            yield from _named(part, "SchemaDefinition", module["title"], module["description"])
            yield Triple(part, NamedNode(_DCTERMS + "isPartOf"), schema)
    for kind, rows, link in (
        ("ClassDefinition", made["classes"], "class_uri"),
        ("EnumDefinition", made["enums"], "enum_uri"),
        ("TypeDefinition", made["types"], "uri"),
    ):
        for name, row in rows.items():
            element = NamedNode(SCHEMA + name)
            yield from _named(element, kind, name, row["description"])
            yield Triple(element, NamedNode(_RDFS + "isDefinedBy"), schema)
            yield Triple(element, NamedNode(_LINKML + link), NamedNode(row["iri"]))
            yield from _uses(element, name, row)


def _uses(element: NamedNode, name: str, row: dict[str, Any]) -> Iterator[Triple]:
    for slot in row.get("slots", ()):
        use = NamedNode(f"{SCHEMA}{name}/{slot['key']}")
        yield Triple(element, NamedNode(_LINKML + "slots"), use)
        yield from _named(use, "SlotDefinition", f"{name}.{slot['key']}", slot["description"])
        yield Triple(use, NamedNode(_LINKML + "domain"), element)
        if slot["iri"]:
            yield Triple(use, NamedNode(_LINKML + "slot_uri"), NamedNode(slot["iri"]))
        for found in slot["ranges"]:
            yield Triple(use, NamedNode(_LINKML + "range"), NamedNode(SCHEMA + found["name"]))
        for fact, word in (("required", "required"), ("many", "multivalued"), ("inlined", "inlined")):
            said = "true" if slot.get(fact) else "false"
            yield Triple(use, NamedNode(_LINKML + word), Literal(said, datatype=_BOOLEAN))


def _named(element: NamedNode, kind: str, label: str, comment: str) -> Iterator[Triple]:
    yield Triple(element, NamedNode(_RDF + "type"), NamedNode(_LINKML + kind))
    yield Triple(element, NamedNode(_RDFS + "label"), Literal(label))
    if comment:
        yield Triple(element, NamedNode(_RDFS + "comment"), Literal(comment))
