"""The table as a JSON-LD 1.1 context under which a payload means exactly what the emitter writes."""

from __future__ import annotations

from typing import Any

from catalogue.model.compiler.table import NOTE, XSD, Row
from catalogue.model.jsonld import context_term
from catalogue.model.namespaces import PREFIXES


def compile_context(table: Row) -> Row:
    """The document context.jsonld: prefixes, classes and one term for each slot.

    Raises:
        ValueError: a slot is named like a keyword, has values of two kinds, or a prefix means two namespaces.
    """
    context: dict[str, Any] = {"@version": 1.1, "id": "@id", "type": "@type"}
    terms: dict[str, Any] = {name: row["iri"] for name, row in sorted(table["classes"].items())}
    for row in table["classes"].values():
        for slot in row["slots"]:
            term = context_term(slot)
            if terms.setdefault(slot["key"], term) != term:
                raise ValueError(f"{slot['key']} means {terms[slot['key']]} in one class and {term} in another")
            if "also" in slot:
                terms[slot["also"]["key"]] = slot["also"]["predicate"]
            if "position" in slot:
                terms["position"] = {"@id": slot["position"], "@type": XSD + "integer"}
    clash = sorted(set(terms) & set(context))
    if clash:
        raise ValueError(f"terms named like keywords: {', '.join(clash)}")
    # Where a field is named like a prefix (doi, orcid, ror) the field wins; documents then give such IRIs in full.
    prefixes = {
        name: {"@id": iri, "@prefix": True}
        for name, iri in sorted(_merged_prefixes(table).items())
        if name not in terms
    }
    return {"_comment": NOTE, "@context": context | prefixes | dict(sorted(terms.items()))}


def _merged_prefixes(table: Row) -> dict[str, str]:
    merged = dict(PREFIXES)
    for name, iri in table["prefixes"].items():
        if merged.setdefault(name, iri) != iri:
            raise ValueError(f"prefix {name} is {merged[name]} in the prefix map and {iri} in the schema")
    return merged
