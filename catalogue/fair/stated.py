"""Licence, access and size of a study as its record stated them, read from the evidence of tests that ask for them.

So a report tells them as they were at its position, and no longer where the evidence had to go (P18).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import pyoxigraph as px

from catalogue.fair.data_links import LEVELS
from catalogue.fair.outcomes import Judgement
from catalogue.model.namespaces import expand

_ASKED_BY: Final = {
    "dcterms:license": "licence-stated",
    "omm:accessLevel": "access-machine-readable",
    "omm:totalSizeBytes": "size-stated",
}
"""Property -> the metric that shows its triple as evidence, whatever comes out."""


@dataclass(frozen=True, slots=True)
class Stated:
    """What a record states for those who want the data; empty where it does not.

    Args:
        licences: addresses.
        access: names of the EU's access-right vocabulary, such as NON_PUBLIC.
        sizes_bytes: of the whole study.
    """

    licences: tuple[str, ...] = ()
    access: tuple[str, ...] = ()
    sizes_bytes: tuple[int, ...] = ()


def stated(judgements: Mapping[str, Judgement]) -> Stated:
    """What the record of a study stated.

    Args:
        judgements: of the study, by metric.
    """
    licences, levels, sizes = (_values(judgements, name) for name in _ASKED_BY)
    return Stated(licences, tuple(level.removeprefix(LEVELS) for level in levels), tuple(map(int, sizes)))


def _values(judgements: Mapping[str, Judgement], name: str) -> tuple[str, ...]:
    """Values of a property in the evidence."""
    judgement, predicate = judgements.get(_ASKED_BY[name]), px.NamedNode(expand(name))
    triples = [triple for one in judgement.evidence for triple in _triples(one.text)] if judgement is not None else []
    return tuple(triple.object.value for triple in triples if triple.predicate == predicate)


def _triples(text: str) -> list[Any]:
    """The triple that a piece of evidence is; nothing where it is a sentence."""
    try:
        return list(px.parse(f"{text}\n".encode(), px.RdfFormat.N_TRIPLES))
    except SyntaxError:
        return []
