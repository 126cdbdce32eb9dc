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


def id_of(name: str, class_name: str, record: RecordText) -> str:
    """The identifier of the one thing of a class that `name` means; "" where none does, or several do.

    Args:
        class_name: of the thing; one that the record describes, else a shipped term of it.
    """
    if len(name) > _LONGEST:
        return ""
    own = {
        str(spot.focus)
        for places in record.things().values()
        for spot in (record.spot_at(places[0]),)
        if spot.kind is not None and spot.kind.name == class_name
        if name.casefold() in (str(spot.owner.value.get(key)).casefold() for key in _NAMES)
    }
    if own:
        return own.pop() if len(own) == 1 else ""
    prefix = _ONTOLOGY_OF.get(class_name)
    return (_shipped().find_label(name, prefix) or "") if prefix else ""


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
