"""JSON-LD as plain nodes: entities of a crate or page by their names, arrays in the order given; no context is fetched.

Terms are read by their schema.org names, as people write them; a context in the document may add names, never move one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, Final

from catalogue.model.documents import Severity
from catalogue.problems import RecordRejected
from harvesters.account import Account
from harvesters.rdf_nodes import Nodes, Term

MAX_NODES: Final = 200_000
_SCHEMA: Final = re.compile(r"(?:https?://schema\.org/|schema:|bs:|https?://bioschemas\.org/(?:types/)?)(?=[A-Za-z])")
_KNOWN: Final = {"http://purl.org/dc/terms/conformsTo": "conformsTo", "dct:conformsTo": "conformsTo"}


class JsonLd:
    """One document, its entities found and its names made plain.

    Args:
        value: parsed JSON.
        names: property names that the reader knows; a context cannot give them another meaning.
        spell: name of a property, given the types of its entity; None where schema.org's names are meant.
    """

    def __init__(
        self,
        value: Any,
        account: Account,
        kind_of: Callable[[frozenset[str]], str],
        *,
        names: Collection[str] = (),
        spell: Callable[[str, frozenset[str]], str | None] = lambda _name, _types: None,
    ):
        self._account, self._names, self._spell = account, names, spell
        self._aliases: dict[str, str] = {}
        self._named: dict[tuple[str, frozenset[str]], str] = {}
        self._types: dict[str, set[str]] = {}
        self._properties: dict[str, dict[str, list[Term]]] = {}
        self._seen: set[str] = set()
        self.top: list[str] = []
        for number, entity in enumerate(_entities(value, self._read_context)):
            self.top.append(self._add(entity, f"_:/{number}", is_top=True))
        described = {
            name: (frozenset(self._types.get(name, ())), properties) for name, properties in self._properties.items()
        }
        self.nodes = Nodes(account, described, kind_of, literals_may_point=True)

    def _read_context(self, context: Any) -> None:
        parts = context if type(context) is list else [context]
        for part in parts:
            if type(part) is not dict:
                continue
            for name, meaning in part.items():
                iri = meaning.get("@id") if type(meaning) is dict else meaning
                if type(iri) is not str or name.startswith("@"):
                    continue
                plain = _SCHEMA.sub("", iri) if _SCHEMA.match(iri) else ""
                if plain and plain != name and name in self._names:
                    self._account.note(
                        "context-redefined", Severity.WARNING, f"@context/{name}", iri,
                        f"Read as schema.org's {name}; use another name for another thing.",
                    )  # fmt: skip
                elif plain and re.fullmatch(r"[A-Za-z]+", plain) and name not in self._names:
                    self._aliases[name] = plain

    def _add(self, entity: dict[str, Any], unnamed: str, *, is_top: bool = False) -> str:
        given = entity.get("@id")
        name = given if type(given) is str and given else unnamed
        if len(self._properties) > MAX_NODES:
            raise RecordRejected(f"The document has more than {MAX_NODES:,} entities. Split it.", reason="too-large")
        types = {plain_type(kind) for kind in _texts(entity.get("@type", entity.get("@Type")))}
        self._types.setdefault(name, set()).update(types)
        held = self._properties.setdefault(name, {})
        said = {key: value for key, value in entity.items() if key[:1] != "@"}
        if said and name in self._seen and is_top:
            self._account.note(
                "duplicate-id", Severity.WARNING, name, name, "Two entities have one @id; both are read as one."
            )
        if said:
            self._seen.add(name)
        kinds = frozenset(self._types[name])
        for key, value in said.items():
            name_of_key = self._named.get((key, kinds))
            if name_of_key is None:
                name_of_key = self._named[key, kinds] = self._spell(key, kinds) or self._plain(key)
            terms = held.setdefault(name_of_key, [])
            found = self._terms(value, f"{name if name.startswith('_:') else '_:' + name}/{key}")
            held_terms = set(terms)
            for term in found:
                if term not in held_terms:
                    held_terms.add(term)
                    terms.append(term)
        return name

    def _plain(self, key: str) -> str:
        if key in self._aliases:
            return self._aliases[key]
        if key in _KNOWN:
            return _KNOWN[key]
        return _SCHEMA.sub("", key) if _SCHEMA.match(key) else slug(key)

    def _terms(self, value: Any, place: str) -> Iterator[Term]:
        for number, item in enumerate(_flat(value)):
            if type(item) is dict:
                if "@value" in item:
                    yield from self._terms(item["@value"], place)
                elif set(item) == {"@id"}:
                    if type(item["@id"]) is str:
                        yield Term("iri", item["@id"])
                elif item:
                    name = self._add(item, f"{place}/{number}")
                    yield Term("blank" if name.startswith("_:") else "iri", name)
            elif type(item) is bool:
                yield Term("literal", "true" if item else "false")
            elif type(item) in (int, float):
                yield Term("literal", repr(item))
            elif type(item) is str and item.strip():
                yield Term("literal", item)


def plain_type(name: str) -> str:
    """A type without the prefixes of schema.org and Bioschemas."""
    return _SCHEMA.sub("", name) if _SCHEMA.match(name) else name


def slug(name: str) -> str:
    """A property name as crosswalks write it: an IRI without its scheme, other signs than letters as `_`."""
    return re.sub(r"[^A-Za-z0-9_.@-]+", "_", name).strip("_") or "_"


def _entities(value: Any, context: Callable[[Any], None]) -> Iterator[dict[str, Any]]:
    for item in _flat(value):
        if type(item) is not dict:
            raise RecordRejected("JSON-LD is an object or a list of objects.", reason="not-parsable")
        context(item.get("@context"))
        if "@graph" in item:
            yield from (inner for inner in _flat(item["@graph"]) if type(inner) is dict)
            rest: Mapping[str, Any] = {key: inner for key, inner in item.items() if key not in ("@graph", "@context")}
            if rest:
                yield dict(rest)
        else:
            yield item


def _flat(value: Any) -> Iterator[Any]:
    if type(value) is list:
        for item in value:
            yield from _flat(item)
    elif type(value) is dict and ("@list" in value or "@set" in value):
        yield from _flat(value.get("@list", value.get("@set")))
    else:
        yield value


def _texts(value: Any) -> list[str]:
    return [item for item in _flat(value) if type(item) is str]
