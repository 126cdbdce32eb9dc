"""Names of terms: those that a record tells itself, and those of the curated tables that are shipped."""

from __future__ import annotations

from functools import cache
from typing import Final

from catalogue.store.ontologies import Ontology
from catalogue.validation.record_text import RecordText

_NAMES: Final = ("label", "vernacular_name", "title", "name")
# The classes of terms that one ontology has to itself.
_ONTOLOGY_OF: Final = {"Taxon": "NCBITaxon", "ImagingMethod": "FBbi"}
_LONGEST: Final = 200


class Names:
    """What the names of things mean in one record.

    Args:
        record: its own terms and parts come first, the shipped terms after them.
    """

    def __init__(self, record: RecordText):
        self._record = record
        self._own: dict[tuple[str, str], set[str]] | None = None

    def id_of(self, name: str, class_name: str) -> str:
        """The identifier of the one thing of a class that `name` means; "" where none does, or several do."""
        if len(name) > _LONGEST:
            return ""
        if self._own is None:
            self._own = self._read()
        own = self._own.get((class_name, name.casefold()), set())
        if own:
            return next(iter(own)) if len(own) == 1 else ""
        prefix = _ONTOLOGY_OF.get(class_name)
        return (_shipped().find_label(name, prefix) or "") if prefix else ""

    def _read(self) -> dict[tuple[str, str], set[str]]:
        """(class, folded name) -> ids."""
        found: dict[tuple[str, str], set[str]] = {}
        for places in self._record.things().values():
            spot = self._record.spot_at(places[0])
            for key in _NAMES:
                name = spot.owner.value.get(key)
                if spot.kind is not None and type(name) is str:
                    found.setdefault((spot.kind.name, name.casefold()), set()).add(spot.focus)
        return found


def other_term(curie: str, label: str) -> tuple[str, str] | None:
    """(right label of the term, the other term that `label` is of) where a label is certainly that of another term."""
    if len(label) > _LONGEST:
        return None
    right = _shipped().label(curie)
    if not right or _shipped().accepts(curie, label):
        return None
    meant = _shipped().find_label(label, curie.partition(":")[0])
    return (right, meant) if meant and meant != curie else None


@cache
def _shipped() -> Ontology:
    return Ontology.load()
