"""Holds a record's ontology terms against the installed ontologies: right labels in, wrong ones reported.

Form of ids is the harvesters' business (catalogue.model.ontology_terms); meaning is never changed here.
Read field.md section 7.
"""

from __future__ import annotations

from typing import Protocol

from catalogue.model.documents import Finding, Record, Severity


class TermSource(Protocol):
    """What is asked of the installed ontologies."""

    def label(self, curie: str) -> str | None:
        """The preferred label of a term; None when the term is unknown."""
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


def harmonise(record: Record, ontology: TermSource) -> list[Finding]:
    """Findings about the labels of the record's terms; preferred labels are put in, stated ones kept beside them.

    A label that is a synonym, or differs in case only, is replaced silently with the stated one in `source_label`.
    A label of another meaning gives the finding `label-mismatch`; an id absent from an installed ontology gives
    `term-unknown` (unknown is not wrong: releases differ); the stated label then stays.
    """
    findings = []
    terms = record.get("terms")
    for index, term in enumerate(terms if isinstance(terms, list) else ()):
        if not (isinstance(term, dict) and isinstance(term.get("id"), str) and isinstance(term.get("label", ""), str)):
            # Not of the model's form, which the schema will say.
            continue
        finding = _check(term, f"terms[{index}]", ontology)
        if finding is not None:
            findings.append(finding)
    return findings


def _check(term: Record, path: str, ontology: TermSource) -> Finding | None:
    curie = term["id"]
    prefix = curie.partition(":")[0]
    preferred = ontology.label(curie)
    stated = term.get("label", "")
    if preferred is None:
        if not ontology.covers(prefix):
            return None
        return Finding(
            "term-unknown",
            Severity.INFO,
            path,
            f"{curie} {stated}"[:500],
            f"{curie} is not in the installed release of {prefix}; it may be newer. Check the id, or install a newer "
            "release.",
        )
    if stated == preferred:
        return None
    term["label"] = preferred
    if stated in ("", curie):
        return None
    term.setdefault("source_label", stated)
    if ontology.accepts(curie, stated):
        return None
    other = ontology.find_label(stated, prefix)
    hint = f" '{stated[:100]}' is the label of {other}." if other and other != curie else ""
    return Finding(
        "label-mismatch",
        Severity.WARNING,
        path,
        f"{curie} {stated}"[:500],
        f"{curie} means '{preferred}', the source calls it '{stated[:200]}'.{hint} Correct the id or the label at the "
        "source; the id was kept.",
    )
