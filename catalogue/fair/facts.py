"""Facts of all studies at once: one query for each kind of fact over the whole graph, rows by study.

Source: fair.md, section 9, rule 9 (joins with DISTINCT; multi-hop FILTER EXISTS was 300 times slower).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

import pyoxigraph as px

from catalogue import resources
from catalogue.fair.outcomes import Evidence
from catalogue.model.namespaces import PREFIXES, expand

AREA: Final = "fair"
VALUES_QUERY: Final = "values"
_SLOT: Final = "VALUES ?predicate { UNDEF }"
_EVIDENCE: Final = ("study", "node", "predicate", "value")
_NAMES: Final = re.compile(r"<([^<>\s]+)>|([A-Za-z][\w-]*):([A-Za-z_][\w-]*)")
_TYPE: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"

Term = Any
"""A pyoxigraph NamedNode, Literal or BlankNode; `.value` is its text."""


@dataclass(frozen=True, slots=True)
class Row:
    """One triple that bears on a study, with what the query told beside it.

    Args:
        node, predicate, value: the triple.
        more: further variables of the query by name; unbound ones are left out.
    """

    node: Term
    predicate: Term
    value: Term
    more: Mapping[str, Term]
    _evidence: Evidence | None = field(default=None, init=False, repr=False, compare=False)

    @property
    def text(self) -> str:
        """Text of the value: an IRI without brackets, a literal without quotes."""
        return str(self.value.value)

    @property
    def is_iri(self) -> bool:
        """Whether the value is an IRI."""
        return isinstance(self.value, px.NamedNode)

    @property
    def evidence(self) -> Evidence:
        """The triple as evidence; made once, since many metrics rest on the same triple."""
        found = self._evidence
        if found is None:
            found = Evidence(f"{self.node} {self.predicate} {self.value} .")
            object.__setattr__(self, "_evidence", found)
        return found

    def said(self, name: str) -> str:
        """Text of another variable of the query; "" where it is unbound."""
        return str(self.more[name].value) if name in self.more else ""

    def also(self, name: str, predicate: str, node: str = "") -> tuple[Evidence, ...]:
        """The triple by which the value, or the node of another variable, says what the variable `name` has, as
        evidence; none where that is unbound.

        Args:
            predicate: CURIE or IRI of its property.
        """
        if name not in self.more:
            return ()
        subject = self.more[node] if node else self.value
        return (Evidence(f"{subject} <{_iri(predicate)}> {self.more[name]} ."),)


def _iri(predicate: str) -> str:
    return predicate if "://" in predicate else expand(predicate)


Facts = Mapping[str, Mapping[str, tuple[Row, ...]]]
"""Name of a fact -> IRI of a study -> its rows, sorted."""


def query_text(name: str) -> str:
    """The text of `catalogue/queries/fair/NAME.rq`."""
    return resources.query_file(AREA, name).read_text("utf-8")


def is_property(fact: str) -> bool:
    """Whether a fact is the values of one property of the study (a CURIE), not a query of its own."""
    return ":" in fact


def collect(store: px.Store, wanted: Iterable[str]) -> Facts:
    """The facts of every study in the store.

    Args:
        store: the triples of all studies in its default graph.
        wanted: CURIEs of properties of the study, and names of queries in `catalogue/queries/fair/`.
    """
    names = sorted(set(wanted))
    properties = [name for name in names if is_property(name)]
    found: dict[str, dict[str, list[Row]]] = {name: {} for name in names}
    for fact, study, row in _values(store, properties):
        found[fact].setdefault(study, []).append(row)
    for name in names:
        if not is_property(name):
            for study, row in _rows(store, query_text(name)):
                found[name].setdefault(study, []).append(row)
    return {name: {study: _sorted(rows) for study, rows in of.items()} for name, of in found.items()}


def predicates_of(wanted: Iterable[str]) -> frozenset[bytes]:
    """Predicates (`<IRI>`) that the facts can ask for; triples with others need not be loaded."""
    found = {_TYPE}
    for name in {*wanted, VALUES_QUERY}:
        found |= {expand(name)} if is_property(name) else _names_in(name)
    return frozenset(f"<{iri}>".encode() for iri in found)


@cache
def _names_in(name: str) -> frozenset[str]:
    """Every IRI that a query names."""
    text = re.sub(r'"[^"]*"', "", _body(query_text(name)))
    found = set()
    for iri, prefix, local in _NAMES.findall(text):
        if iri or prefix in PREFIXES:
            found.add(iri or PREFIXES[prefix] + local)
    return frozenset(found)


def _body(text: str) -> str:
    """The query without comments and prefixes."""
    return "\n".join(line for line in text.splitlines() if not line.lstrip().startswith(("#", "PREFIX")))


def _values(store: px.Store, properties: list[str]) -> Iterator[tuple[str, str, Row]]:
    if not properties:
        return
    name_of = {expand(name): name for name in properties}
    slot = " ".join(f"<{iri}>" for iri in name_of)
    text = query_text(VALUES_QUERY).replace(_SLOT, f"VALUES ?predicate {{ {slot} }}")
    for study, row in _rows(store, text):
        yield name_of[row.predicate.value], study, row


def _rows(store: px.Store, text: str) -> Iterator[tuple[str, Row]]:
    solutions: Any = store.query(text)
    names = [variable.value for variable in solutions.variables]
    if tuple(names[:4]) != _EVIDENCE:
        raise ValueError(f"a fact query begins with the variables {', '.join(_EVIDENCE)}, not {', '.join(names)}")
    further = list(enumerate(names))[4:]
    nothing: dict[str, Term] = {}
    # Few terms stand in very many rows, each time as an object of its own: 214 MB, as one each 91 MB (280,000 rows).
    known: dict[Term, Term] = {}
    one = known.setdefault
    for solution in solutions:
        node, predicate, value = solution[1], solution[2], solution[3]
        told = {name: term for i, name in further if (term := solution[i]) is not None} if further else nothing
        more = {name: one(term, term) for name, term in told.items()} if told else nothing
        yield solution[0].value, Row(one(node, node), one(predicate, predicate), one(value, value), more)


def _sorted(rows: list[Row]) -> tuple[Row, ...]:
    """In an order that depends on the data alone, so that equal graphs give equal reports."""
    if len(rows) == 1:
        return tuple(rows)
    return tuple(sorted(rows, key=lambda row: (str(row.node), str(row.predicate), str(row.value), str(row.more))))
