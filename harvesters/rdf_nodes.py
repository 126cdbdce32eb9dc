"""A graph as plain nodes to read from, whatever it came as (RDF, JSON-LD), with an account of every property.

Knows statements, not what they mean; the order of statements and keys never matters. STYLE section 9.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, NamedTuple

import pyoxigraph as ox

from catalogue.model.documents import Severity
from catalogue.problems import RecordRejected
from harvesters.account import PLACEHOLDERS, Account, Entry

RDF_TYPE: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
XSD_STRING: Final = "http://www.w3.org/2001/XMLSchema#string"
_MISSING: Final = PLACEHOLDERS | {"not applicable", "not provided", "--", ".", "..", "/", "?"}
_NOT_REACHED: Final = "not reached from the study"


@dataclass(frozen=True, slots=True, order=True)
class Term:
    """One end of a statement.

    Args:
        kind: whether `text` is an IRI, a blank node's label within its document, or a literal's lexical form.
        datatype: IRI; "" for plain text.
    """

    kind: Literal["blank", "iri", "literal"]
    text: str
    language: str = ""
    datatype: str = ""


class Triple(NamedTuple):
    """One statement; the predicate is an IRI."""

    subject: Term
    predicate: str
    object: Term


def to_triples(quads: Iterable[ox.Quad], scope: str = "") -> set[Triple]:
    """The statements of a parsed document, without their order and without the graphs they stand in.

    Args:
        scope: put before the labels of blank nodes, which mean nothing outside their document.
    Raises:
        RecordRejected: `not-parsable`, a statement is about a statement.
    """
    return {Triple(_term(q.subject, scope), q.predicate.value, _term(q.object, scope)) for q in quads}


def _term(term: Any, scope: str) -> Term:
    if isinstance(term, ox.NamedNode):
        return Term("iri", term.value)
    if isinstance(term, ox.BlankNode):
        return Term("blank", f"_:{scope}{term.value}")
    if isinstance(term, ox.Literal):
        datatype = term.datatype.value
        plain = datatype == XSD_STRING or bool(term.language)
        return Term("literal", term.value, (term.language or "").lower(), "" if plain else datatype)
    raise RecordRejected(
        "The document has statements about statements (RDF 1.2), which are not read. Write plain RDF.",
        reason="not-parsable",
    )


class Reference(NamedTuple):
    """A value of a property; `node` where the document says something about it."""

    term: Term
    node: Node | None

    @property
    def iri(self) -> str:
        """The IRI it is; "" for literals and blank nodes."""
        return self.term.text if self.term.kind == "iri" else ""

    @property
    def text(self) -> str:
        """The literal it is; "" for nodes."""
        return " ".join(self.term.text.split()) if self.term.kind == "literal" else ""


class Nodes:
    """The nodes of one document.

    Args:
        account: keeps its books; paths are `Kind/property`, or the property alone for a kind "".
        described: IRI or blank label -> types (short names) and properties (short name -> values), with the values in
            an order that means something only where the format says so.
        kind_of: types of a node -> its name in paths and reasons.
        literals_may_point: a text that is the name of a node stands for it, as in JSON-LD without its context.
    """

    def __init__(
        self,
        account: Account,
        described: Mapping[str, tuple[frozenset[str], dict[str, list[Term]]]],
        kind_of: Callable[[frozenset[str]], str],
        *,
        literals_may_point: bool = False,
    ):
        self.account = account
        self._literals_may_point = literals_may_point
        self._nodes = {
            name: Node(self, name, types, properties, kind_of(types)) for name, (types, properties) in described.items()
        }

    @classmethod
    def of_triples(
        cls,
        account: Account,
        triples: Iterable[Triple],
        shorten: Callable[[str], str],
        kind_of: Callable[[frozenset[str]], str],
    ) -> Nodes:
        """The nodes of RDF, values in the order of their text.

        Args:
            shorten: IRI of a property or type -> its short name.
        """
        types: dict[str, set[str]] = {}
        found: dict[str, dict[str, list[Term]]] = {}
        for subject, predicate, value in sorted(triples):
            held = found.setdefault(subject.text, {})
            if predicate == RDF_TYPE:
                types.setdefault(subject.text, set()).add(shorten(value.text))
            else:
                held.setdefault(shorten(predicate), []).append(value)
        described = {name: (frozenset(types.get(name, ())), values) for name, values in found.items()}
        return cls(account, described, kind_of)

    def find(self, name: str) -> Node | None:
        """The node of this IRI or blank label."""
        return self._nodes.get(name)

    def target(self, term: Term) -> Node | None:
        """The node that a value stands for."""
        points = term.kind != "literal" or self._literals_may_point
        return self._nodes.get(term.text) if points else None

    def all(self) -> list[Node]:
        """All nodes, in the order of the document where it has one."""
        return list(self._nodes.values())

    def of_type(self, *types: str) -> list[Node]:
        """The nodes that have one of the types, by their names."""
        return [node for _, node in sorted(self._nodes.items()) if node.types & set(types)]

    def pointing(self, key: str, target: Node) -> list[Node]:
        """The nodes that have `target` among the values of a property, by their names; marks nothing."""
        return [
            node
            for _, node in sorted(self._nodes.items())
            if any(term.text == target.id and term.kind != "literal" for term in node.properties.get(key, ()))
        ]

    def close(self) -> None:
        """Settle what no node led to; call before the account is closed.

        A node behind a property that was left out, or of which only the IRI was kept, counts as ignored with it.
        """
        waiting = [node for node in self._nodes.values() if node.is_open]
        while waiting:
            node = waiting.pop()
            for key, values in node.properties.items():
                reason = node.reason(key)
                for term in values:
                    inner = self.target(term)
                    if inner is not None and not inner.is_open:
                        inner.settle(reason)
                        waiting.append(inner)
        for node in self._nodes.values():
            if not node.is_open:
                node.settle(_NOT_REACHED)


class Node:
    """One thing that the document describes; reading a property marks it as read."""

    __slots__ = ("_entry", "_nodes", "id", "kind", "properties", "types")

    def __init__(
        self, nodes: Nodes, name: str, types: frozenset[str], properties: dict[str, list[Term]], kind: str
    ):  # fmt: skip
        self._nodes, self.id, self.types, self.properties, self.kind = nodes, name, types, properties, kind
        self._entry: Entry | None = None

    @property
    def iri(self) -> str:
        """Its IRI; "" for a blank node."""
        return "" if self.id.startswith("_:") else self.id

    @property
    def is_open(self) -> bool:
        """Whether anything of it was read or settled."""
        return self._entry is not None

    @property
    def entry(self) -> Entry:
        """The node in the account."""
        if self._entry is None:
            self._entry = self._nodes.account.open(self.properties, self.kind)
        return self._entry

    def has(self, *keys: str) -> bool:
        """Whether one of the properties has a value; marks nothing."""
        return any(map(self.properties.get, keys))

    def first_text(self, *keys: str, lines: bool = False) -> str | None:
        """The text of the first of several properties that has one; all are marked as read."""
        found = [self.text(key, lines=lines) for key in keys if self.has(key)]
        return next((text for text in found if text), None)

    def text(self, key: str, *, lines: bool = False, word: bool = False) -> str | None:
        """The one text of a property, English before others, untagged before foreign; None when nothing is said.

        Args:
            lines: keep inner line breaks and runs of blanks.
            word: a name or label, in which "NA" or "None" may be meant.
        """
        if key not in self.properties:
            return None
        found = self._texts(key, lines=lines, word=word)
        if not found:
            return None
        if len(found) == 1:
            return found[0][0]
        best = _rank(found[0][1])
        equals = [text for text, language in found if _rank(language) == best]
        if len(set(equals)) > 1:
            self.complain("several-values", Severity.WARNING, key, "One value is expected; the first one is kept.")
        return equals[0]

    def texts(self, key: str, *, word: bool = True) -> list[str]:
        """The distinct texts of a property, of all languages: English, untagged, others."""
        return list(dict.fromkeys(text for text, _ in self._texts(key, lines=False, word=word)))

    def refs(self, *keys: str) -> list[Reference]:
        """The values of properties, each once; what the document says of them can be read on."""
        found: dict[Term, Reference] = {}
        for key in keys:
            terms = self.properties.get(key)
            if not terms:
                continue
            self.entry.raw(key)
            for term in terms:
                node = self._nodes.target(term)
                if term.text.strip():
                    found.setdefault(term, Reference(term, node))
        return list(found.values())

    def iris(self, *keys: str) -> list[str]:
        """The addresses of properties: IRIs, and literals that people write in their place."""
        return list(dict.fromkeys(ref.iri or ref.text for ref in self.refs(*keys) if ref.iri or ref.text))

    def leave(self, key: str, reason: str) -> None:
        """Count a property as ignored."""
        self.entry.leave(key, reason)

    def leave_rest(self, reason: str) -> None:
        """Count every property that was not asked for as ignored."""
        self.entry.leave_rest(reason)

    def complain(self, code: str, severity: Severity, key: str, message: str, value: str | None = None) -> None:
        """Record a finding about one property; its own values are shown unless another is given."""
        shown = value if value is not None else "; ".join(term.text for term in self.properties.get(key, ()))
        self.entry.complain(code, severity, key, message, shown)

    def path(self, key: str) -> str:
        """Where a property stands, for findings."""
        return f"{self.kind}/{key}" if self.kind else key

    def reason(self, key: str) -> str | None:
        """Why what stands behind a property counts as ignored; None where the property itself is not known."""
        account = self._nodes.account
        state = account.state(self.properties, key)
        if state is None:
            return "only its identifier is kept"
        return state if type(state) is str else account.reason(self.path(key))

    def settle(self, reason: str | None) -> None:
        """Count all properties as ignored for a reason, or as not known."""
        entry = self.entry
        if reason is not None:
            entry.leave_rest(reason)

    def _texts(self, key: str, *, lines: bool, word: bool) -> list[tuple[str, str]]:
        terms = self.properties.get(key)
        if not terms:
            return []
        self.entry.raw(key)
        found = []
        for term in terms:
            if term.kind == "blank":
                self.complain("wrong-type", Severity.WARNING, key, "Text is expected; left out.", "a node")
                continue
            clean = term.text.strip() if lines else " ".join(term.text.split())
            if clean and not word and clean.lower() in _MISSING:
                self.complain(
                    "placeholder", Severity.REPAIRED, key, "Stands for a missing value; leave it out.", term.text
                )
            elif clean:
                found.append((clean, term.language))
        if not found:
            self.leave(key, "holds nothing that can be used")
        return sorted(found, key=lambda pair: _rank(pair[1])) if any(tag for _, tag in found) else found


def _rank(language: str) -> tuple[int, str]:
    """English, then what has no tag, then others by their tags."""
    return (0, "") if language.partition("-")[0] == "en" else (1, "") if not language else (2, language)
