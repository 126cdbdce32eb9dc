"""RDF/XML from the emitter's N-Triples, without an RDF library in between.

Source: W3C RDF 1.1 XML Syntax. The emitter has no blank nodes, so every node is named.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import Final

from catalogue.exchange.xml_text import attribute, text
from catalogue.model.namespaces import PREFIXES

RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_LITERAL: Final = re.compile(r'"((?:[^"\\]|\\.)*)"(?:\^\^<([^>]*)>|@([A-Za-z0-9-]+))?')
# The longest end of an IRI that is an NCName: namespaces end before it.
_LOCAL: Final = re.compile(r"[A-Za-z_\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff][\w.\-\u00b7]*\Z")
_NAMES: Final = {namespace: name for name, namespace in PREFIXES.items()}


def rdf_xml(triples: bytes) -> str:
    """The element `rdf:RDF` with one description a subject, in the order of the lines.

    Args:
        triples: N-Triples lines as catalogue.model.rdf writes them.
    Raises:
        ValueError: a line is none of those, has a blank node, or a predicate that XML cannot name.
    """
    names = _Names()
    known = names.known
    bodies: dict[str, list[str]] = {}
    last, body = "", []
    # Not splitlines(), which ends lines at U+0085 and others too, as they stand in texts.
    for line in triples.decode().removesuffix("\n").split("\n") if triples else ():
        # Neither IRIs nor the parts before the object have blanks.
        subject, predicate, target = line.removesuffix(" .").split(" ", 2)
        if subject != last:
            last, body = subject, bodies.setdefault(subject, [])
        name = known.get(predicate) or names.of(predicate, line)
        if target[0] == "<":
            body.append(f'<{name} rdf:resource="{_quoted(target[1:-1])}"/>')
        else:
            body.append(_literal(name, target))
    nodes = "".join(_node(subject, body) for subject, body in bodies.items())
    return f"<rdf:RDF{names.declared()}>{nodes}</rdf:RDF>"


def _node(subject: str, body: list[str]) -> str:
    if not subject.startswith("<"):
        raise ValueError(f"{subject[:200]!r} is no name that the emitter gives")
    return f'<rdf:Description rdf:about="{_quoted(subject[1:-1])}">{"".join(body)}</rdf:Description>'


class _Names:
    """Qualified names of the predicates of one document, and their namespaces."""

    def __init__(self) -> None:
        self._namespaces: dict[str, str] = {RDF: "rdf"}
        self.known: dict[str, str] = {}

    def of(self, predicate: str, line: str) -> str:
        """`prefix:local` of a predicate's term, which is known from then on."""
        if not predicate.startswith("<"):
            raise ValueError(f"{line[:200]!r} is no triple of the emitter")
        namespace, local = _split(predicate[1:-1])
        prefix = self._namespaces.get(namespace)
        if prefix is None:
            prefix = self._namespaces[namespace] = _prefix(namespace, len(self._namespaces))
        name = self.known[predicate] = f"{prefix}:{local}"
        return name

    def declared(self) -> str:
        """Declarations of the namespaces in use."""
        return "".join(f' xmlns:{name}="{attribute(namespace)}"' for namespace, name in self._namespaces.items())


def _quoted(iri: str) -> str:
    """An IRI of the emitter, which has checked it, as an attribute."""
    return attribute(iri) if "&" in iri or "'" in iri else iri


def _literal(name: str, target: str) -> str:
    plain = target[1:-1]
    if target[0] == target[-1] == '"' and len(target) > 1 and '"' not in plain and "\\" not in plain:
        return f"<{name}>{text(plain)}</{name}>"
    found = _LITERAL.fullmatch(target)
    if found is None:
        raise ValueError(f"{target[:200]!r} is no literal of the emitter")
    literal, datatype, language = found.groups()
    said = f' rdf:datatype="{attribute(datatype)}"' if datatype else ""
    said += f' xml:lang="{language}"' if language else ""
    # Escapes of the emitter are those of JSON; a tab may stand as it is.
    value = json.loads(f'"{literal}"', strict=False) if "\\" in literal else literal
    return f"<{name}{said}>{text(value)}</{name}>"


@lru_cache(maxsize=2000)
def _split(predicate: str) -> tuple[str, str]:
    found = _LOCAL.search(predicate)
    if found is None or found.start() == 0:
        raise ValueError(f"{predicate[:200]} has no end that is an XML name")
    return predicate[: found.start()], found.group()


def _prefix(namespace: str, number: int) -> str:
    name = _NAMES.get(namespace)
    return name if name is not None and re.fullmatch(r"[A-Za-z][\w-]*", name) else f"ns{number}"
