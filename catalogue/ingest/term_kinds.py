"""In which ontologies the term that a record's label may mean is looked for: by the term's kind, place or id.

The places are slots of the model, whose descriptions name the same ontologies (schema/*.yaml).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
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


class TermKinds:
    """Where the terms of one record are looked for.

    Args:
        record: of any form yet; it is walked once, when the place of a term is first asked for.
    """

    def __init__(self, record: Record) -> None:
        self._record = record

    def of(self, term: Record) -> TermKind:
        """Where the term that the label of `term` may mean is looked for: the narrowest that is certain."""
        known = _OF_TYPE.get(str(term.get("type")))
        if known is not None:
            return known
        curie = str(term.get("id"))
        prefix = curie.partition(":")[0]
        if prefix in ONTOLOGIES:
            return TermKind((prefix,))
        prefixes = {prefix for slot in self._places.get(curie, ()) for prefix in _OF_SLOT[slot]}
        return TermKind(tuple(sorted(prefixes)))

    @cached_property
    def _places(self) -> dict[str, set[str]]:
        """CURIE -> the slots of _OF_SLOT that hold it, at any depth."""
        found: dict[str, set[str]] = {}
        ahead: list[tuple[str, Any]] = [("", self._record)]
        while ahead:
            slot, value = ahead.pop()
            if isinstance(value, dict):
                ahead.extend((str(key), member) for key, member in value.items())
            elif isinstance(value, list):
                ahead.extend((slot, member) for member in value)
            elif slot in _OF_SLOT and isinstance(value, str):
                found.setdefault(value, set()).add(slot)
        return found
