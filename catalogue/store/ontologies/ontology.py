"""Labels, hierarchy and names of ontology terms over all ontologies that count, each term told by one of them.

Release files bring along terms of others (CL has parts of UBERON and GO): a term is told by the installed ontology
with the most terms of its prefix, its home; a curated table tells what no installed file does.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from catalogue.store.ontologies.matching import abbreviated, fit, is_short_genus
from catalogue.store.ontologies.sources import Source, sources
from catalogue.store.ontologies.term import Scope, Term, folded, prefix_of

CACHED: Final = 20_000
CACHED_TEXTS: Final = 5_000
# What a perfect fit is worth by the kind of name: an exact synonym may stand for the label, the others may not.
_WORTH: Final = {0: 1.0, Scope.EXACT: 0.995, Scope.NARROW: 0.93, Scope.BROAD: 0.93, Scope.RELATED: 0.93}
_OBSOLETE: Final = "obsolete "


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A term that a text may mean.

    Args:
        label: the term's preferred label.
        name: the name of the term that fits the text best.
        score: 0 to 100; 100 for the label itself.
    """

    curie: str
    label: str
    name: str
    score: int


class Ontology:
    """All ontologies that count, by CURIE; safe to share between threads.

    Args:
        found: the ontologies, curated ones first.
        digest: changes when any file changed; "" to compute it.
    """

    def __init__(self, found: Iterable[Source] = (), digest: str = "") -> None:
        self.sources = list(found)
        self.digest = digest or hashlib.sha256("".join(s.digest for s in self.sources).encode()).hexdigest()
        self.term = lru_cache(maxsize=CACHED)(self._term)
        self.ancestors = lru_cache(maxsize=CACHED)(self._ancestors)
        self._drawn: Callable[[str, tuple[str, ...]], list[tuple[str, str, float]]]
        self._drawn = lru_cache(maxsize=CACHED_TEXTS)(self._compared)
        self._order: dict[str, list[Source]] = {}

    @classmethod
    def load(cls, home: Path | None = None) -> Ontology:
        """The ontologies of a data folder; with None the curated ones alone."""
        return cls(sources(home))

    def __contains__(self, curie: str) -> bool:
        return self.term(curie) is not None

    def __len__(self) -> int:
        """Terms told, those told twice counted twice."""
        return sum(len(source.table) for source in self.sources)

    # -- one term ------------------------------------------------------------------------------------------------

    def home(self, curie: str) -> Source | None:
        """The ontology that tells the term; None for a term not held here."""
        return next((source for source in self._by_share(prefix_of(curie)) if source.table.find(curie)), None)

    def label(self, curie: str) -> str | None:
        """The preferred label, None for a term not held here or merged into another."""
        term = self.term(curie)
        return (term.label or None) if term else None

    def labels(self, curie: str) -> frozenset[str]:
        """All labels that may stand for the term: preferred, exact synonyms, curated ones; empty when unknown."""
        term = self.term(curie)
        return frozenset(term.exact()) if term else frozenset()

    def synonyms(self, curie: str) -> frozenset[str]:
        """Related, broad and narrow synonyms: good for finding, not for checking."""
        term = self.term(curie)
        if term is None:
            return frozenset()
        return frozenset(name for scope, names in term.synonyms.items() if scope != Scope.EXACT for name in names)

    def accepts(self, curie: str, label: str) -> bool:
        """True when `label` is one of the term's labels, case, hyphens and repeated blanks aside.

        A species may be written with the first letter of its genus. Ontologies rename what they give up ("obsolete
        cell"): the old name is accepted, and so is any label of the term that took its place.
        """
        term = self.term(curie)
        if term is None:
            return False
        if is_short_genus(label) and abbreviated(label) == abbreviated(term.label):
            return True
        known = {folded(name) for name in term.exact()}
        if term.obsolete:
            known |= {name.removeprefix(_OBSOLETE) for name in known}
            known |= {folded(name) for other in term.replaced_by for name in self.labels(other)}
        return folded(label) in known

    def covers(self, prefix: str) -> bool:
        """True when an ontology is installed for this CURIE prefix, so that a term it lacks can be called unknown.

        That is one named after the prefix, or one that has more terms of it than of any other. Curated tables are
        excerpts and cover nothing.
        """
        for source in self.sources:
            counts = source.table.prefixes
            named = source.name == prefix.lower()
            if not source.curated and prefix in counts and (named or counts[prefix] == max(counts.values())):
                return True
        return False

    def obsolete(self, curie: str) -> bool:
        """True for a term that its ontology has given up."""
        term = self.term(curie)
        return term.obsolete if term else False

    def replaced_by(self, curie: str) -> tuple[str, ...]:
        """The terms that the ontology puts in the place of an obsolete one."""
        term = self.term(curie)
        return tuple(term.replaced_by) if term else ()

    def consider(self, curie: str) -> tuple[str, ...]:
        """The terms that the ontology says to look at instead of an obsolete one."""
        term = self.term(curie)
        return tuple(term.consider) if term else ()

    def parents(self, curie: str) -> tuple[str, ...]:
        """Direct parents, sorted."""
        term = self.term(curie)
        return tuple(sorted(term.parents)) if term else ()

    # -- finding terms -------------------------------------------------------------------------------------------

    def find_label(self, text: str, prefix: str | None = None) -> str | None:
        """The term that `text` labels; None when no term or more than one does.

        Args:
            prefix: only terms of this CURIE prefix, such as `FBbi`.
        """
        named = {curie for source in self.sources for curie in source.table.named(text)}
        found = sorted(curie for curie in named if prefix is None or prefix_of(curie) == prefix)
        current = [curie for curie in found if not self.obsolete(curie)] or found
        preferred = [curie for curie in current if folded(self.label(curie) or "") == folded(text)] or current
        return preferred[0] if len(preferred) == 1 else None

    def suggest(
        self,
        text: str,
        prefixes: Sequence[str] = (),
        below: Sequence[str] = (),
        limit: int = 3,
        at_least: int = 0,
    ) -> list[Suggestion]:
        """The terms that a free text may mean, best first; a guess for a person to judge, never to be applied.

        An obsolete term with one replacement is given as that.

        Args:
            prefixes: only terms of these CURIE prefixes; empty for all.
            below: only these terms and what lies below them; empty for all.
            limit: number of terms at most.
            at_least: lowest score, 0 to 100.
        """
        found: dict[str, Suggestion] = {}
        roots = set(below)
        for curie, name, score in self._drawn(text, tuple(prefixes)):
            current = self._current(curie)
            if current is None or round(score) < at_least or current in found:
                continue
            if roots and current not in roots and not roots & self.ancestors(current):
                continue
            found[current] = Suggestion(current, self.label(current) or current, name, round(score))
            if len(found) == limit:
                break
        return list(found.values())

    def _compared(self, text: str, prefixes: tuple[str, ...]) -> list[tuple[str, str, float]]:
        """(CURIE, name, score) of the names drawn, best first."""
        scored = [
            (name.curie, name.text, _WORTH[name.scope] * fit(text, name.text))
            for source in self.sources
            if not prefixes or source.table.prefixes.keys() & set(prefixes)
            for name in source.index.draw(text, prefixes)
            if source.curated or self.home(name.curie) is source
        ]
        return sorted(scored, key=lambda found: (-found[2], len(found[1]), found[0]))

    def _current(self, curie: str) -> str | None:
        """The term itself, or the one that replaced it; None for an obsolete term without a clear successor."""
        if not self.obsolete(curie):
            return curie
        replaced = self.replaced_by(curie)
        return replaced[0] if len(replaced) == 1 and not self.obsolete(replaced[0]) else None

    # -- behind the caches ---------------------------------------------------------------------------------------

    def _by_share(self, prefix: str) -> list[Source]:
        """The ontologies with terms of a prefix, the one with most first; curated ones last."""
        order = self._order.get(prefix)
        if order is None:
            having = [source for source in self.sources if prefix in source.table.prefixes]
            order = sorted(having, key=lambda s: (s.curated, -s.table.prefixes[prefix], s.name))
            self._order[prefix] = order
        return order

    def _term(self, curie: str) -> Term | None:
        """The term as its home tells it, with what curated tables accept as its label."""
        home = self.home(curie)
        told = home.table.find(curie) if home else None
        if home is None or told is None or home.curated:
            return told
        more = self.accepted_beside(curie)
        if not more:
            return told
        synonyms = {**told.synonyms, Scope.EXACT: [*told.synonyms.get(Scope.EXACT, ()), *more]}
        return Term(
            told.curie, told.label, synonyms, told.parents, told.definition, told.obsolete, told.replaced_by,
            told.consider, told.is_class,
        )  # fmt: skip

    def accepted_beside(self, curie: str) -> list[str]:
        """What curated tables accept as the term's label and an installed home does not say."""
        home = self.home(curie)
        told = home.table.find(curie) if home else None
        if home is None or told is None or home.curated:
            return []
        said = {*told.exact()}
        tables = [source.table for source in self._by_share(prefix_of(curie)) if source.curated]
        return [name for table in tables if (term := table.find(curie)) for name in term.exact() if name not in said]

    def _ancestors(self, curie: str) -> frozenset[str]:
        found: set[str] = set()
        ahead = list(self.parents(curie))
        while ahead:
            parent = ahead.pop()
            if parent not in found and parent != curie:
                found.add(parent)
                ahead.extend(self.parents(parent))
        return frozenset(found)
