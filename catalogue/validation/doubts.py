"""What breaks no rule and is hardly meant: words for nothing, ORCIDs that cannot exist, a label of another term."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from catalogue.model.forms import orcid_iri
from catalogue.validation.known_terms import other_term
from catalogue.validation.nodes import Node
from catalogue.validation.record_text import RecordText, Steps

# As the whole of a text. "none" and "unknown" may be meant; a reader who searches cannot tell.
PLACEHOLDERS: Final = frozenset({
    "null", "nil", "none", "undefined", "unknown", "not known", "n/a", "n.a.", "na", "nan", "not available",
    "not applicable", "-", "--", "---", "?", "??", ".", "...", "tbd", "t.b.d.", "to be determined", "tba",
    "to be announced", "todo", "xxx",
})  # fmt: skip
_ORCID: Final = re.compile(r"https://orcid\.org/[\dX-]{19}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something a curator should look at.

    Args:
        code: slug of the kind of doubt.
        steps: to the value.
    """

    code: str
    steps: Steps
    message: str


def find_doubts(record: RecordText) -> Iterator[Doubt]:
    """Every doubt about a record, thing by thing."""
    for places in record.things().values():
        for steps in places:
            spot = record.spot_at(steps)
            if spot.kind is None:
                continue
            yield from _of_label(steps, spot.owner)
            for slot in spot.kind.slots:
                part = spot.owner.part(slot.key)
                if slot.kind in ("text", "iri") and part is not None:
                    yield from _of_texts(slot.key, (*steps, slot.key), part)


def _of_texts(key: str, steps: Steps, part: Node) -> Iterator[Doubt]:
    listed = part.parts if isinstance(part.parts, list) else None
    for place, one in enumerate(listed if listed is not None else [part]):
        text, at = one.value, (*steps, place) if listed is not None else steps
        if type(text) is not str:
            continue
        if text.strip().casefold() in PLACEHOLDERS:
            said = f"{key} is '{text}', which readers and searches take for a value"
            yield Doubt("placeholder", at, f"{said}; leave the field out where nothing is known")
        elif _ORCID.fullmatch(text) and orcid_iri(text) is None:
            said = f"{key}: the last character of this ORCID does not fit the others, so that it is nobody's"
            yield Doubt("orcid-check", at, f"{said}; compare it with the person's ORCID page")


def _of_label(steps: Steps, thing: Node) -> Iterator[Doubt]:
    curie, label = thing.value.get("id"), thing.value.get("label")
    found = other_term(curie, label) if type(curie) is str and type(label) is str else None
    if found is not None:
        right, meant = found
        message = f"label: {curie} is {right}, and '{label}' is {meant}; correct the one that is wrong"
        yield Doubt("label-of-another-term", (*steps, "label"), message)
