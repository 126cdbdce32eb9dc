"""One ontology term as it is kept, its triples, and when two labels are the same.

Terms are named by CURIE, or by IRI where the prefix map has no prefix.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from functools import lru_cache
from typing import Final

import pyoxigraph as px

from catalogue.model.namespaces import ONTOLOGIES, contract, expand
from catalogue.model.ontology_terms import repair_term

# What one term may bring along; CHEBI's longest names and NCIT's most synonyms stay well below.
MAX_NAME: Final = 500
MAX_DEFINITION: Final = 2_000
MAX_MEMBERS: Final = 1_000

_RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_RDFS: Final = "http://www.w3.org/2000/01/rdf-schema#"
OWL: Final = "http://www.w3.org/2002/07/owl#"
OIO: Final = "http://www.geneontology.org/formats/oboInOwl#"
OBO: Final = "http://purl.obolibrary.org/obo/"

TYPE: Final = px.NamedNode(_RDF + "type")
CLASS: Final = px.NamedNode(OWL + "Class")
LABEL: Final = px.NamedNode(_RDFS + "label")
PARENT: Final = px.NamedNode(_RDFS + "subClassOf")
DEPRECATED: Final = px.NamedNode(OWL + "deprecated")
DEFINITION: Final = px.NamedNode(OBO + "IAO_0000115")
REPLACED_BY: Final = px.NamedNode(OBO + "IAO_0100001")
CONSIDER: Final = px.NamedNode(OIO + "consider")


class Scope(IntEnum):
    """How a synonym relates to its term. Only an exact one may stand for the label: others name other concepts."""

    EXACT = 1
    NARROW = 2
    BROAD = 3
    RELATED = 4

    @property
    def predicate(self) -> px.NamedNode:
        """The property of oboInOwl."""
        return _PREDICATES[self]


_PATTERNS: Final = {name: re.compile(entry["pattern"], re.ASCII) for name, entry in ONTOLOGIES.items()}
_PREDICATES: Final = {scope: px.NamedNode(f"{OIO}has{scope.name.capitalize()}Synonym") for scope in Scope}


@dataclass(slots=True)
class Term:
    """What is kept of a term.

    Args:
        label: preferred label; "" for an identifier that was merged into another term.
        synonyms: by scope, in the file's order.
        parents: named direct parents.
        replaced_by: what the ontology puts in the place of an obsolete term.
        consider: what an editor of the ontology would look at instead of an obsolete term.
        is_class: False while only something else was read of it.
    """

    curie: str
    label: str = ""
    synonyms: dict[Scope, list[str]] = field(default_factory=dict)
    parents: list[str] = field(default_factory=list)
    definition: str = ""
    obsolete: bool = False
    replaced_by: list[str] = field(default_factory=list)
    consider: list[str] = field(default_factory=list)
    is_class: bool = False

    def add_label(self, text: str) -> None:
        """Take the preferred label; a second one counts as an exact synonym."""
        text = _line(text)
        if not self.label:
            self.label = text[:MAX_NAME]
        elif text != self.label:
            self.add_synonym(Scope.EXACT, text)

    def add_synonym(self, scope: Scope, text: str) -> None:
        """Take a synonym, unless it is empty, too long to be a name, or there already."""
        text = _line(text)
        if 0 < len(text) <= MAX_NAME:
            _append(self.synonyms.setdefault(scope, []), text)

    def add_definition(self, text: str) -> None:
        """Take the definition; the first one counts."""
        self.definition = self.definition or _line(text)[:MAX_DEFINITION]

    def add_parent(self, name: str) -> None:
        """Take a direct parent; nothing is its own."""
        if name != self.curie:
            _append(self.parents, name)

    def add_replacement(self, name: str) -> None:
        """Take a term that replaces this one."""
        _append(self.replaced_by, name)

    def add_candidate(self, name: str) -> None:
        """Take a term to consider in the place of this one."""
        _append(self.consider, name)

    def exact(self) -> list[str]:
        """All that may stand for the term: the label, then exact synonyms."""
        return [*([self.label] if self.label else []), *self.synonyms.get(Scope.EXACT, ())]

    def triples(self) -> Iterator[px.Triple]:
        """The term as the ontologies themselves write it in OWL."""
        subject = px.NamedNode(expand(self.curie))
        yield px.Triple(subject, TYPE, CLASS)
        if self.label:
            yield px.Triple(subject, LABEL, px.Literal(self.label))
        if self.definition:
            yield px.Triple(subject, DEFINITION, px.Literal(self.definition))
        if self.obsolete:
            yield px.Triple(subject, DEPRECATED, px.Literal(True))
        for scope, names in self.synonyms.items():
            for name in names:
                yield px.Triple(subject, scope.predicate, px.Literal(name))
        for predicate, others in ((PARENT, self.parents), (REPLACED_BY, self.replaced_by), (CONSIDER, self.consider)):
            for other in others:
                yield px.Triple(subject, predicate, px.NamedNode(expand(other)))


def folded(label: str) -> str:
    """The form in which two labels are compared: case, hyphens, underscores and repeated blanks aside."""
    return " ".join(label.casefold().replace("-", " ").replace("_", " ").split())


def is_curie(prefix: str, local: str) -> bool:
    """True when the two make a CURIE of the prefix map as they are, which is quicker to know than to mend."""
    pattern = _PATTERNS.get(prefix)
    return pattern is not None and pattern.fullmatch(local) is not None


@lru_cache(maxsize=20_000)
def canonical(name: str) -> str | None:
    """The CURIE that an IRI or CURIE names, the IRI itself where no prefix fits; None for what is neither.

    IDR's subset of FBbi writes obo:FBBI_00000246 for obo:FBbi_00000246 (2026-03-13).
    """
    short = contract(name)
    prefix, _, local = name.partition(":")
    if short != name or is_curie(prefix, local):
        return short
    form = repair_term(name)
    if form is not None:
        return form.curie
    try:
        return px.NamedNode(name).value if name.startswith(("http://", "https://")) else None
    except ValueError:
        return None


@lru_cache(maxsize=20_000)
def prefix_of(name: str) -> str:
    """The ontology's prefix of a CURIE or of an IRI in its namespace; "" where the prefix map knows none.

    EDAM's development version has terms such as http://edamontology.org/topic_Microscopy, which are no CURIEs.
    """
    prefix = name.partition(":")[0]
    if prefix in ONTOLOGIES:
        return prefix
    return next((known for known, entry in ONTOLOGIES.items() if name.startswith(entry["namespace"])), "")


def _line(text: str) -> str:
    return " ".join(text.split())


def _append(members: list[str], value: str) -> None:
    if value not in members and len(members) < MAX_MEMBERS:
        members.append(value)
