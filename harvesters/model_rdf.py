"""Records of Ommatidia's own model read back from their RDF, as an endpoint of another node gives them.

The inverse of catalogue.model.rdf by the same table; what the model does not know is left, with a finding.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any, Final

from catalogue.model.documents import Mapped, Record, Severity, SourceSpec
from catalogue.model.identifiers import parse_identifier
from catalogue.model.namespaces import contract
from catalogue.model.table import Class, Slot, classes
from catalogue.problems import Problem, RecordRejected
from harvesters.account import Account
from harvesters.rdf_nodes import Node, Nodes, Reference, Triple

TERMS: Final = "https://w3id.org/ommatidia/terms/"
RECORDS: Final = {f"{TERMS}Study": "Study", f"{TERMS}Image": "Image"}
_MAX_DEPTH: Final = 12
_BOOLEANS: Final = {"true": True, "1": True, "false": False, "0": False}


def map_model(triples: set[Triple], name: str, source: SourceSpec) -> Mapped:
    """The record of a study or image.

    Args:
        name: its IRI.
    Raises:
        RecordRejected: `bad-identifier`, `not-owner`, or `schema-required` when it is neither study nor image.
    """
    account = Account()
    nodes = Nodes.of_triples(account, triples, lambda iri: iri, lambda types: "")
    node = nodes.find(name)
    kind = next((kind for iri, kind in RECORDS.items() if node is not None and iri in node.types), None)
    if node is None or kind is None:
        raise RecordRejected(f"{name[:200]} is no study or image of Ommatidia's model.", reason="schema-required")
    _check_owner(contract(node.iri), source)
    record = _Reader().read(node, classes()[kind], 0)
    nodes.close()
    mapped, ignored, unmapped = account.close()
    return Mapped([record], account.findings, mapped, ignored, unmapped)


def _check_owner(curie: str, source: SourceSpec) -> None:
    try:
        found = parse_identifier(curie)
    except Problem as problem:
        raise RecordRejected(problem.detail, reason="bad-identifier") from problem
    if found.kind == "other":
        raise RecordRejected(f"'{curie[:200]}' is no accession of an owner known here.", reason="bad-identifier")
    if source.owners and found.prefix not in source.owners:
        raise RecordRejected(
            f"{curie[:200]} belongs to {found.prefix}; this source may deliver only {', '.join(source.owners)}.",
            reason="not-owner",
        )


class _Reader:
    """Reads nodes by the table of the model."""

    def read(self, node: Node, kind: Class, depth: int) -> Record:
        """The payload object of a node."""
        record: Record = {"type": kind.name} if kind.designated else {}
        record["id"] = contract(node.iri)
        for slot in kind.slots:
            key = slot.predicate[1:-2]
            refs = node.refs(key)
            if slot.also:
                node.leave(slot.also[1][1:-2], "repeats the value under another vocabulary's name")
            values = [self._value(node, slot, ref, depth) for ref in refs]
            found = [value for value in values if value is not None]
            if not refs and slot.kind == "text" and node.properties.get(key):
                found = [""]  # the path of the root group is an empty text
            if slot.kind == "node":
                found = self._in_order(slot, refs, found)
            if not found:
                continue
            if len(found) > 1 and not slot.many:
                node.complain("several-values", Severity.WARNING, key, "One value is expected; the first one is kept.")
            record[slot.key] = found if slot.many else found[0]
        return record

    def _value(self, node: Node, slot: Slot, ref: Reference, depth: int) -> Any:
        text = ref.term.text
        if slot.kind == "node":
            return self._node(slot, ref, depth)
        value: Any = None
        try:
            if slot.kind == "ref":
                value = contract(ref.iri) if ref.iri else None
            elif slot.kind == "enum":
                value = _words(slot).get(ref.iri or text)
            elif slot.kind == "integer":
                value = int(text)
            elif slot.kind == "double":
                value = float(text)
            elif slot.kind == "boolean":
                value = _BOOLEANS.get(text)
            elif slot.kind == "iri":
                value = ref.iri or None
            else:
                value = text if ref.term.kind == "literal" else None
        except ValueError:
            value = None
        if value is None:
            node.complain(
                "value-form",
                Severity.WARNING,
                slot.predicate[1:-2],
                "Not of the form that the model asks; left out.",
                text,
            )
        return value

    def _node(self, slot: Slot, ref: Reference, depth: int) -> Record | None:
        inner = ref.node
        if inner is None or not inner.iri or depth >= _MAX_DEPTH:
            return None
        best: Class | None = None
        for name in slot.classes:
            kind = classes()[name]
            if _types(kind) <= inner.types and (best is None or len(kind.types) > len(best.types)):
                best = kind
        return None if best is None else self.read(inner, best, depth + 1)

    @staticmethod
    def _in_order(slot: Slot, refs: list[Reference], found: list[Record]) -> list[Record]:
        """By the stated position where the model has one, else by the numbers in the ids."""
        places: dict[str, int] = {}
        for ref in refs:
            if slot.position and ref.node is not None:
                text = ref.node.text(slot.position[1:-2])
                if text and text.isdigit():
                    places[contract(ref.node.iri)] = int(text[:9])
        return sorted(found, key=lambda part: (places.get(part["id"], 0), _natural(part["id"])))


def _natural(name: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"([0-9]{1,9})", name) if part]


@cache
def _types(kind: Class) -> frozenset[str]:
    return frozenset(line.partition("> <")[2][:-1] for line in kind.types)


def _words(slot: Slot) -> dict[str, str]:
    return {slot.term(word)[1:-1]: word for word in slot.values}
