"""A JSON-LD document made ready for a parser that fetches nothing, its objects marked so that places can be told."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import cached_property
from typing import Any, Final

import pyoxigraph

from catalogue.validation.contexts import bundled
from catalogue.validation.nodes import Fault, Node
from catalogue.validation.source import Place, SourceText

# Stands in no vocabulary; taken out of the graph again.
MARK: Final = "https://w3id.org/ommatidia/source#place"
# A context is worked through wherever it stands.
MAX_CONTEXTS: Final = 100
_NOT_IN_IRIS: Final = re.compile(r"[\x00-\x20<>\"{}|\\^`]")
# What commonly stands for a keyword cannot be probed as a property.
_KEYWORDS: Final = frozenset({"id", "type", "graph", "value", "language"})
_PROBE: Final = "https://w3id.org/ommatidia/source#probe"


class PreparedDocument:
    """The document as `text` for the parser; a Locator once the marks have come back.

    Raises:
        RecordRejected: a context is not bundled, or there are too many.
    """

    def __init__(self, source: SourceText, document: Node, base: str):
        self.faults: list[Fault] = []
        self._source = source
        self._base = base
        self._contexts = 0
        self._marked: list[Node] = []
        # An object of type @json is a literal: a mark would change it.
        self._may_mark = '"@json"' not in source.text
        self._iris: dict[int, str] = {}  # id of a marked node -> its subject
        self._nodes: dict[str, list[Node]] = {}
        self._context = self._expanded_context(document)
        self.text = json.dumps(self._prepared(document), ensure_ascii=False)

    def mark(self, subject: Any, number: str) -> None:
        """The parser gave an object this subject."""
        index = int(number) if number.isdigit() else len(self._marked)
        if index < len(self._marked) and isinstance(subject, pyoxigraph.NamedNode):
            node = self._marked[index]
            self._iris[id(node)] = subject.value
            self._nodes.setdefault(subject.value, []).append(node)

    def check_all_read(self) -> None:
        """Notes each @id that is no IRI: JSON-LD readers leave such an entity out without a word."""
        lost: dict[str, Node] = {}
        for node in self._marked:
            name = node.value.get("@id")
            if id(node) not in self._iris and type(name) is str and _NOT_IN_IRIS.search(name):
                lost[name] = max(lost.get(name, node), node, key=lambda one: len(one.value))
        for name, node in lost.items():
            part = node.part("@id") or node
            message = (
                f"The @id '{name[:100]}' is no IRI, so that JSON-LD readers leave this entity out. Write it without "
                "blanks and other forbidden characters"
            )
            self.faults.append(Fault("id-no-iri", message, self._source.place(part.start, part.end)))

    # -- preparing -----------------------------------------------------------------------------------------------

    def _prepared(self, node: Node) -> Any:
        if isinstance(node.parts, list):
            return [self._prepared(part) for part in node.parts]
        if node.parts is None:
            return node.value
        out = {
            key: self._known(part) if key == "@context" else self._prepared(part) for key, part in node.parts.items()
        }
        name = node.value.get("@id", node.value.get("id"))
        if self._may_mark and type(name) is str and "@value" not in out:
            out[MARK] = {"@value": str(len(self._marked))}
            self._marked.append(node)
        return out

    def _expanded_context(self, document: Node) -> Any:
        part = document.part("@context")
        return self._known(part) if part is not None else {}

    def _known(self, node: Node) -> Any:
        """A context in which no remote one is left."""
        self._contexts += 1
        if self._contexts > MAX_CONTEXTS:
            self._source.refuse(f"There are more than {MAX_CONTEXTS} contexts.", node.start, "too-large")
        if isinstance(node.parts, list):
            known = [self._known(part) for part in node.parts]
            return [one for part in known for one in (part if isinstance(part, list) else [part])]
        if isinstance(node.parts, dict):
            if "@import" in node.parts:
                self._refuse_remote(str(node.value["@import"]), node)
            return {
                key: self._known_term(part) if isinstance(part.parts, dict) else part.value
                for key, part in node.parts.items()
            }
        if type(node.value) is not str:
            return node.value
        return self._bundled(node.value, node)

    def _known_term(self, node: Node) -> Any:
        inner = node.part("@context")
        return {**node.value, "@context": self._known(inner)} if inner is not None else node.value

    def _bundled(self, iri: str, node: Node) -> list[Any]:
        found = bundled().get(iri)
        if found is None:
            self._refuse_remote(iri, node)
        parts = found if isinstance(found, list) else [found]
        known = [self._bundled(part, node) if isinstance(part, str) else [part] for part in parts]
        return [one for part in known for one in part]

    def _refuse_remote(self, iri: str, node: Node) -> None:
        self._source.refuse(
            f"The context {iri[:200]} is not among those bundled here, and nothing is ever fetched. Write its terms "
            f"into @context. Bundled are {', '.join(sorted(bundled()))}.",
            node.start,
        )

    # -- locating ------------------------------------------------------------------------------------------------

    def expect(self, subjects: Iterable[str]) -> None:
        """See Locator; all places are known already."""

    def place(self, subject: str, predicate: str, value: str) -> Place | None:
        """See Locator."""
        nodes = self._nodes.get(subject)
        if not nodes:
            return None
        keys = self._keys.get(predicate, ())
        for node in nodes:
            for key in keys:
                part = node.part(key)
                if part is not None:
                    return self._place_of(node, key, part, value)
        # Where the thing is described, not where something points at it.
        node = max(nodes, key=lambda one: len(one.value))
        name = node.part("@id") or node.part("id") or node
        return self._source.place(name.start, name.end)

    def _place_of(self, node: Node, key: str, part: Node, value: str) -> Place:
        items = part.parts if isinstance(part.parts, list) else [part]
        for item in items:
            if value and value in (self._iris.get(id(item)), str(item.value)):
                shown = item.part("@id") or item
                return self._source.place(shown.start, shown.end)
        return self._source.place(*node.keys[key])

    @cached_property
    def _keys(self) -> dict[str, list[str]]:
        """Predicate IRI -> the keys that mean it under the document's context, told by the parser itself."""
        keys = {key for node in self._marked for key in node.value if key[:1] != "@" and key not in _KEYWORDS}
        numbered = dict(enumerate(sorted(keys)))
        probe = {
            "@context": self._context,
            "@graph": [{"@id": f"{_PROBE}{number}", key: {"@value": str(number)}} for number, key in numbered.items()],
        }
        found: dict[str, list[str]] = {}
        try:
            for quad in pyoxigraph.parse(json.dumps(probe), format=pyoxigraph.RdfFormat.JSON_LD, base_iri=self._base):
                number = quad.subject.value.removeprefix(_PROBE)
                if number.isdigit():
                    found.setdefault(quad.predicate.value, []).append(numbered[int(number)])
        except SyntaxError:
            return {}
        return found
