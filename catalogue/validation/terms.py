"""Terms in N-Triples syntax, as engines and reports hand them about, and what people read of them."""

from __future__ import annotations

from typing import Any

import pyoxigraph

_DOUBLE = "http://www.w3.org/2001/XMLSchema#double"


def term(text: str) -> Any:
    """The pyoxigraph term of a text in N-Triples syntax; None for the empty text, and for what is none."""
    if not text:
        return None
    try:
        (quad,) = pyoxigraph.parse(f"<x:x> <x:x> {text} .", format=pyoxigraph.RdfFormat.N_TRIPLES)
    except (SyntaxError, ValueError):
        return None
    return quad.object


def readable(text: str) -> str:
    """A term without its syntax: the IRI, or the lexical form, a double as 0.5 rather than 5.0E-1."""
    found = term(text)
    if found is None:
        return text
    if isinstance(found, pyoxigraph.Literal) and found.datatype.value == _DOUBLE:
        try:
            return repr(float(found.value))
        except ValueError:
            return found.value
    return str(found) if isinstance(found, pyoxigraph.BlankNode) else str(found.value)
