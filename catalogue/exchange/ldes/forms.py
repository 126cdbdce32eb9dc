"""The forms of a page: N-Quads, TriG and JSON-LD, in the order of the TREE profile.

Hypermedia comes first, then each member: the statement that it is one, what is said of it, its payload in the graph
that it names. Source: w3id.org/tree/specification, "profile".
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from catalogue.exchange.ldes.member import FED, node_knows, owner_said, payload_documents, payload_lines
from catalogue.exchange.ldes.statements import TREE, Link, Node, document, lines
from catalogue.model.jsonld import context
from catalogue.store.exchange_log import Exchanged

PROFILE: Final = "https://w3id.org/tree/profile"


@dataclass(frozen=True, slots=True)
class Membership:
    """Of which collection members are members, and which of them tell that their record leaves it."""

    stream: str
    leaving: frozenset[int] = frozenset()

    def about(self, found: Exchanged, name: str) -> Node | None:
        """What is said of a member in this collection only.

        Args:
            name: IRI of the member.
        """
        if found.entry.position not in self.leaving:
            return None
        return Node(name, ((FED + "leaves", Link(self.stream)),))


class Form(Protocol):
    """One way to write members and what leads to them.

    Args:
        relative: True when addresses without a host may stand in it.
    """

    media_type: str
    suffix: str
    title: str
    relative: bool

    def members(self, found: Sequence[Exchanged], of: Membership | None) -> bytes:
        """The members; without a membership for a document of their own."""
        ...

    def page(self, head: Iterable[Node], members: bytes) -> bytes:
        """A whole document."""
        ...


class NQuads:
    """One quad a line (W3C N-Quads 1.1)."""

    media_type, suffix, title, relative = "application/n-quads", ".nq", "N-Quads", False

    def members(self, found: Sequence[Exchanged], of: Membership | None) -> bytes:
        """Lines, one member after the other."""
        return "".join(self._member(one, of) for one in found).encode()

    def page(self, head: Iterable[Node], members: bytes) -> bytes:
        """Head and members are both lines."""
        return "".join(map(lines, head)).encode() + members

    @staticmethod
    def _member(one: Exchanged, of: Membership | None) -> str:
        said = owner_said(one)
        return _default_graph(one, said, of) + payload_lines(one.entry).replace(" .\n", f" <{said.iri}> .\n")


class TriG:
    """Triples by graph (W3C TriG 1.1)."""

    media_type, suffix, title, relative = "application/trig", ".trig", "TriG", True

    def members(self, found: Sequence[Exchanged], of: Membership | None) -> bytes:
        """Lines, payloads in braces behind the name of their graph."""
        return "".join(self._member(one, of) for one in found).encode()

    def page(self, head: Iterable[Node], members: bytes) -> bytes:
        """Head and members are both lines."""
        return "".join(map(lines, head)).encode() + members

    @staticmethod
    def _member(one: Exchanged, of: Membership | None) -> str:
        said, payload = owner_said(one), payload_lines(one.entry)
        return _default_graph(one, said, of) + (f"<{said.iri}> {{\n{payload}}}\n" if payload else "")


class JsonLd:
    """Nodes in one graph, payloads as graphs within them (JSON-LD 1.1)."""

    media_type, suffix, title, relative = "application/ld+json", ".jsonld", "JSON-LD", True

    def members(self, found: Sequence[Exchanged], of: Membership | None) -> bytes:
        """Objects, each behind a comma and a line feed."""
        return b"".join(b",\n" + self._member(one, of) for one in found)

    def page(self, head: Iterable[Node], members: bytes) -> bytes:
        """The model's context, then the graph."""
        opening = json.dumps({"@context": context()}, ensure_ascii=False)[:-1] + ', "@graph": [\n'
        told = ",\n".join(json.dumps(document(node), ensure_ascii=False) for node in head)
        return opening.encode() + (told.encode() + members if told else members[2:]) + b"\n]}\n"

    @staticmethod
    def _member(one: Exchanged, of: Membership | None) -> bytes:
        said = owner_said(one)
        made: dict[str, Any] = document(said) | document(node_knows(one))
        leaving = of.about(one, said.iri) if of is not None else None
        made |= document(leaving) if leaving is not None else {}
        payload = payload_documents(one.entry)
        for node in payload:
            # The page says the present model's context once; a record of a former version brings its own.
            if node.get("@context") is context() or node.get("@context") == context():
                del node["@context"]
        made |= {"@graph": payload} if payload else {}
        if of is not None:
            made = {"@id": of.stream, TREE + "member": made}
        return json.dumps(made, ensure_ascii=False).encode()


FORMS: Final[tuple[Form, ...]] = (TriG(), NQuads(), JsonLd())


def _default_graph(one: Exchanged, said: Node, of: Membership | None) -> str:
    member = lines(Node(of.stream, ((TREE + "member", Link(said.iri)),))) if of is not None else ""
    leaving = of.about(one, said.iri) if of is not None else None
    return member + lines(said) + lines(node_knows(one)) + (lines(leaving) if leaving is not None else "")
