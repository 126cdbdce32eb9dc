"""Things that a record describes more than once, with values that cannot both hold.

One organisation may stand at every author; an id that was copied with its component makes one thing of two.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from catalogue.model.namespaces import expand
from catalogue.validation.record_text import RecordText, Spot, Steps


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two descriptions of one id that differ.

    Args:
        first, again: steps to them.
        keys: fields of one value in which they, or further ones, differ.
    """

    first: Steps
    again: Steps
    keys: tuple[str, ...]


def find_conflicts(record: RecordText) -> Iterator[Conflict]:
    """One conflict for each id that has any."""
    for places in record.things().values():
        first = record.spot_at(places[0])
        differing = [(steps, keys) for steps in places[1:] if (keys := _differing(first, record.spot_at(steps)))]
        if differing:
            every = dict.fromkeys(key for _, keys in differing for key in keys)
            yield Conflict(places[0], differing[0][0], tuple(every))


def _differing(first: Spot, again: Spot) -> tuple[str, ...]:
    if first.kind is None or again.kind is None:
        return ()
    one, two = first.owner.value, again.owner.value
    single = [slot.key for slot in first.kind.slots if not slot.many and slot.key in one and slot.key in two]
    return tuple(key for key in single if _told(one[key]) != _told(two[key]))


def _told(value: Any) -> Any:
    """The value as its RDF tells it: of a part its id, of a name its IRI."""
    if type(value) is dict:
        value = value.get("id")
    if type(value) is str:
        try:
            return expand(value)
        except ValueError:
            return value
    return value
