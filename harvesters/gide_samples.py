"""What was imaged: organisms, subjects and biosamples from what a root is `about`.

Ids go by the numbers of the member's own fragments where it numbers them, else by order of appearance.
"""

from __future__ import annotations

from typing import Any

from catalogue.model.documents import Severity
from harvesters.gide_crate import Crate, Entity, Reference, in_order
from harvesters.gide_terms import TAXON, TERM, Terms

Part = dict[str, Any]


class Samples:
    """Reads `about` of a root into the parts of a study record."""

    def __init__(self, crate: Crate, terms: Terms, curie: str):
        self._crate = crate
        self._terms = terms
        self._curie = curie
        self.organisms: set[str] = set()
        self.subjects: set[str] = set()
        self.biosamples: list[Part] = []

    def read(self, root: Entity) -> None:
        """Fill all parts from the root."""
        samples: list[Reference] = []
        for reference in self._crate.references(root, "about"):
            if reference.kind == "BioSample":
                samples.append(reference)
            elif reference.kind in ("DefinedTerm", "Taxon") or reference.entity is None:
                self._add_subject(reference, root)
            else:
                self._crate.misplaced(root, "about", reference)
        for reference in in_order(samples):
            assert reference.entity is not None
            self._add_biosample(reference.entity)
        reached = {curie for sample in self.biosamples for curie in sample.get("organisms", ())}
        for curie in sorted(reached - self.organisms):
            self._crate.complain(
                "taxon-not-on-dataset", Severity.REPAIRED, root, "about", curie,
                "Named only by a biosample; the profile wants it on the dataset too, where it was added.",
            )  # fmt: skip
        self.organisms |= reached

    def _add_subject(self, reference: Reference, root: Entity) -> None:
        for curie in self._terms.refer(reference, TERM, root, "about"):
            is_taxon = reference.kind == "Taxon"
            if not is_taxon and curie.startswith("NCBITaxon:"):
                self._terms.refer(reference, TAXON, root, "about")
                is_taxon = True
            (self.organisms if is_taxon else self.subjects).add(curie)

    def _add_biosample(self, entity: Entity) -> None:
        crate = self._crate
        part: Part = {"id": f"{self._curie}/biosample/{len(self.biosamples) + 1}"}
        if title := crate.text(entity, "name"):
            part["title"] = title
        if description := crate.text(entity, "description", lines=True):
            part["description"] = description
        if organisms := self._curies(entity, "taxonomicRange", TAXON):
            part["organisms"] = organisms
        if lines := self._curies(entity, "hasCellLine", TERM):
            part["cell_lines"] = lines
        self.biosamples.append(part)

    def _curies(self, entity: Entity, key: str, role: str) -> list[str]:
        found: set[str] = set()
        for reference in self._crate.references(entity, key):
            if reference.kind in ("", "DefinedTerm", "Taxon"):
                found.update(self._terms.refer(reference, role, entity, key))
            else:
                self._crate.misplaced(entity, key, reference)
        return sorted(found)
