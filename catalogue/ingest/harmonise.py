"""Holds a record's ontology terms against the ontologies: right labels in, wrong and obsolete ones reported.

Form of ids is the harvesters' business (catalogue.model.ontology_terms); meaning is never changed here: what a term
might be meant to be is said in findings and applied by nobody but a curator. Read field.md section 7.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, Protocol

from catalogue.ingest.term_kinds import TermKinds
from catalogue.model.documents import Finding, Record, Severity
from catalogue.model.namespaces import ONTOLOGIES

# Of 351 labels in the partners' crates whose id is known and held, 330 fit a term as well as this: 327 the term of that
# id, and of the other 3 the id is what is wrong (November 2026).
FIT: Final = 85
SUGGESTED: Final = 3
# A look-up takes milliseconds; of the partners' 1,577 crates none has more than 3 such labels.
ASKED: Final = 100


class Suggested(Protocol):
    """A term that a free text may mean."""

    @property
    def curie(self) -> str:
        """The term."""
        ...

    @property
    def label(self) -> str:
        """Its preferred label."""
        ...

    @property
    def score(self) -> int:
        """How well the text fits one of its names, 0 to 100."""
        ...


class TermSource(Protocol):
    """What is asked of the ontologies."""

    def label(self, curie: str) -> str | None:
        """The preferred label of a term; None when the term is unknown, or was merged into another."""
        ...

    def accepts(self, curie: str, label: str) -> bool:
        """True when the text is one of the term's labels: preferred, exact synonym, curated."""
        ...

    def find_label(self, text: str, prefix: str | None = None) -> str | None:
        """The term of an ontology that the text labels; None when there is none or several."""
        ...

    def covers(self, prefix: str) -> bool:
        """True when terms of this ontology are installed, so that an absent one can be called unknown."""
        ...

    def obsolete(self, curie: str) -> bool:
        """True for a term that its ontology has given up."""
        ...

    def replaced_by(self, curie: str) -> Sequence[str]:
        """What the ontology puts in the place of an obsolete term."""
        ...

    def consider(self, curie: str) -> Sequence[str]:
        """What the ontology says to look at instead of an obsolete term."""
        ...

    def suggest(
        self, text: str, prefixes: Sequence[str] = (), below: Sequence[str] = (), limit: int = 3, at_least: int = 0
    ) -> Sequence[Suggested]:
        """The terms that a free text may mean, best first."""
        ...


def harmonise(record: Record, ontology: TermSource) -> list[Finding]:
    """Findings about the labels of the record's terms; preferred labels are put in, stated ones kept beside them.

    A label that is a synonym, or differs in case only, is replaced silently with the stated one in `source_label`.
    A label of another meaning gives the finding `label-mismatch`; an id absent from an installed ontology gives
    `term-unknown` (unknown is not wrong: releases differ) and the stated label then stays; an id that its ontology has
    given up gives `term-obsolete`. A wrong label, or one without an id, also gives `term-suggestion` where terms fit;
    of a record with hundreds of such labels only the first ASKED are looked for.
    """
    findings: list[Finding] = []
    terms = record.get("terms")
    adviser = _Adviser(TermKinds(record), ontology)
    for index, term in enumerate(terms if isinstance(terms, list) else ()):
        if not (isinstance(term, dict) and isinstance(term.get("id"), str) and isinstance(term.get("label", ""), str)):
            # Not of the model's form, which the schema will say.
            continue
        path = f"terms[{index}]"
        if term["id"].startswith(f"{record.get('id')}/"):
            # The study's own term: a label without an ontology's id.
            findings.extend(adviser.suggest(term, term.get("label", ""), path))
        else:
            findings.extend(_check(term, path, adviser, ontology))
    return findings


def _check(term: Record, path: str, adviser: _Adviser, ontology: TermSource) -> Iterator[Finding]:
    curie = term["id"]
    prefix = curie.partition(":")[0]
    stated = term.get("label", "")
    if ontology.obsolete(curie):
        yield _obsolete(curie, stated, path, ontology)
    preferred = ontology.label(curie)
    if preferred is None:
        if ontology.covers(prefix) and not ontology.obsolete(curie):
            yield _unknown(curie, stated, prefix, path)
        return
    if stated == preferred:
        return
    term["label"] = preferred
    # A source that gives no label has its identifier there, as it wrote it (draft.StudyDraft.term): it called nothing.
    if stated in ("", curie, term.get("source_id")):
        return
    term.setdefault("source_label", stated)
    if not ontology.accepts(curie, stated):
        yield _mismatch(curie, stated, preferred, path, ontology)
        yield from adviser.suggest(term, stated, path)


def _unknown(curie: str, stated: str, prefix: str, path: str) -> Finding:
    return Finding(
        "term-unknown",
        Severity.INFO,
        path,
        f"{curie} {stated}"[:500],
        f"{curie} is not in the installed release of {prefix}; it may be newer. Check the id, or install a newer "
        "release.",
    )


def _obsolete(curie: str, stated: str, path: str, ontology: TermSource) -> Finding:
    prefix = curie.partition(":")[0]
    replaced, consider = ontology.replaced_by(curie), ontology.consider(curie)
    if replaced:
        advice = f"It was replaced by {_named(replaced, ontology)}; use that at the source if it is what you mean."
    elif consider:
        advice = (
            f"{prefix} names no replacement but candidates: {_named(consider, ontology)}. Choose one at the source."
        )
    else:
        advice = "No replacement is named; choose a current term at the source."
    return Finding(
        "term-obsolete",
        Severity.WARNING,
        path,
        f"{curie} {stated}"[:500],
        f"{curie} was given up by {prefix}. {advice} The id was kept.",
    )


def _mismatch(curie: str, stated: str, preferred: str, path: str, ontology: TermSource) -> Finding:
    prefix = curie.partition(":")[0]
    other = ontology.find_label(stated, prefix if prefix in ONTOLOGIES else None)
    hint = f" '{stated[:100]}' is the label of {other}." if other and other != curie else ""
    return Finding(
        "label-mismatch",
        Severity.WARNING,
        path,
        f"{curie} {stated}"[:500],
        f"{curie} means '{preferred}', the source calls it '{stated[:200]}'.{hint} Correct the id or the label at the "
        "source; the id was kept.",
    )


class _Adviser:
    """Suggestions for one record."""

    def __init__(self, kinds: TermKinds, ontology: TermSource) -> None:
        self._kinds = kinds
        self._ontology = ontology
        self._left = ASKED

    def suggest(self, term: Record, stated: str, path: str) -> Iterator[Finding]:
        """The finding that names the terms which the label fits, if any does."""
        if self._left == 0:
            return
        self._left -= 1
        kind = self._kinds.of(term)
        found = self._ontology.suggest(stated, kind.prefixes, kind.below, SUGGESTED, FIT)
        if not found:
            return
        candidates = ", ".join(f"{s.curie} '{s.label}' ({s.score})" for s in found)
        same = found[0].curie == term["id"]
        advice = "the first is the id given, so mend the label" if same else "give the right id and its label"
        yield Finding(
            "term-suggestion",
            Severity.INFO,
            path,
            stated[:500],
            f"'{stated[:200]}' may mean {candidates}; the number is the fit of the names, out of 100. Nothing was "
            f"changed: {advice} at the source.",
        )


def _named(curies: Sequence[str], ontology: TermSource) -> str:
    shown = [f"{curie} '{label}'" if (label := ontology.label(curie)) else curie for curie in curies[:5]]
    return ", ".join(shown)
