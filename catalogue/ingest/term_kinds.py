"""In which ontologies the term that a record's label may mean is looked for: by the term's kind, place or id.

The places are slots of the model, whose descriptions name the same ontologies (schema/*.yaml).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from catalogue.model.documents import Record
from catalogue.model.namespaces import ONTOLOGIES


@dataclass(frozen=True, slots=True)
class TermKind:
    """Where terms of a kind are looked for.

    Args:
        prefixes: of the ontologies; empty for all.
        below: roots in them; empty for all of them.
    """

    prefixes: tuple[str, ...] = ()
    below: tuple[str, ...] = ()


# FBbi has only 75 terms below "imaging method"; structured illumination, STED and Raman lie below other roots, while
# staining and sectioning are no methods to make images by (field.md section 7).
_METHODS: Final = (
    "FBbi:00000222",
    "FBbi:00000268",
    "FBbi:00000269",
    "FBbi:00000270",
    "FBbi:00000271",
    "FBbi:00000321",
)
_OF_TYPE: Final = {
    "Taxon": TermKind(("NCBITaxon",)),
    "ImagingMethod": TermKind(("FBbi",), _METHODS),
}
_OF_SLOT: Final = {
    "anatomical_parts": ("UBERON", "FBbt", "ZFA", "WBbt", "PO"),
    "biological_processes": ("GO",),
    "cell_lines": ("CLO", "BTO"),
    "cell_types": ("CL",),
    "cellular_components": ("GO",),
    "chemicals": ("CHEBI",),
    "component_types": ("EFO",),
    "conditions": ("DUO",),
    "contrast_methods": ("FBbi",),
    "detection_methods": ("FBbi",),
    "diseases": ("MONDO",),
    "experimental_conditions": ("EFO",),
    "illumination_methods": ("FBbi",),
    "library_types": ("EFO",),
    "molecular_functions": ("GO",),
    "phenotype_terms": ("CMPO",),
    "preparation_methods": ("FBbi",),
    "protocol_types": ("EFO",),
    "reagent_terms": ("CHEBI",),
    "resolution_methods": ("FBbi",),
    "study_types": ("EFO",),
    "technology_types": ("EFO",),
}


def kind_of(term: Record, record: Record) -> TermKind:
    """Where the term that the label of `term` may mean is looked for: the narrowest that is certain."""
    known = _OF_TYPE.get(str(term.get("type")))
    if known is not None:
        return known
    prefix = str(term.get("id")).partition(":")[0]
    if prefix in ONTOLOGIES:
        return TermKind((prefix,))
    places = {place for place in _places(record, term.get("id")) if place in _OF_SLOT}
    return TermKind(tuple(sorted({prefix for place in places for prefix in _OF_SLOT[place]})))


def _places(record: Record, curie: Any) -> Iterator[str]:
    """Names of the slots that hold this CURIE, at any depth; the record may still be of any form."""
    ahead: list[tuple[str, Any]] = [("", record)]
    while ahead:
        slot, value = ahead.pop()
        if isinstance(value, dict):
            ahead.extend((str(key), member) for key, member in value.items())
        elif isinstance(value, list):
            ahead.extend((slot, member) for member in value)
        elif value == curie and slot not in ("", "id"):
            yield slot
