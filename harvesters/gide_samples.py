"""What was imaged and how: biosamples, specimens and acquisitions from BioSample and LabProtocol entities.

Ids go by the numbers of the member's own fragments where it numbers them, else by order of appearance.
"""

from __future__ import annotations

import re
from typing import Any, Final

from catalogue.model.documents import Severity
from catalogue.model.ontology_terms import repair_term
from harvesters.gide_crate import Crate, Entity, Reference
from harvesters.gide_profile import ACQUISITION, ANALYSIS, ANALYSIS_REASON, GROWTH, PROTOCOL_NAMES, PROTOCOL_TYPES
from harvesters.gide_terms import METHOD, TAXON, TERM, Terms

Part = dict[str, Any]

TYPE_REASON: Final = "an EFO type of protocol, said by the part of the record it became"
_NUMBERED: Final = re.compile(r"#?([A-Za-z][A-Za-z-]*?)-?([0-9]{1,6})(?:-([0-9]{1,6}))?", re.ASCII)


class Samples:
    """Reads `about` and `measurementMethod` of a root into the parts of a study record."""

    def __init__(self, crate: Crate, terms: Terms, curie: str):
        self._crate = crate
        self._terms = terms
        self._curie = curie
        self.organisms: set[str] = set()
        self.subjects: set[str] = set()
        self.methods: set[str] = set()
        self.biosamples: list[Part] = []
        self.specimens: list[Part] = []
        self.acquisitions: list[Part] = []

    def read(self, root: Entity) -> None:
        """Fill all parts from the root."""
        self._read_about(root)
        self._read_methods(root)

    # -- about ---------------------------------------------------------------------------------------------------

    def _read_about(self, root: Entity) -> None:
        samples: list[Reference] = []
        for reference in self._crate.references(root, "about"):
            if reference.kind == "BioSample":
                samples.append(reference)
            elif reference.kind in ("DefinedTerm", "Taxon") or reference.entity is None:
                self._add_subject(reference, root)
            else:
                self._misplaced(root, "about", reference)
        for reference in _in_order(samples):
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
                self._misplaced(entity, key, reference)
        return sorted(found)

    # -- measurementMethod ---------------------------------------------------------------------------------------

    def _read_methods(self, root: Entity) -> None:
        protocols: list[Reference] = []
        for reference in self._crate.references(root, "measurementMethod"):
            if reference.kind == "LabProtocol":
                protocols.append(reference)
            elif reference.kind in ("", "DefinedTerm"):
                self.methods.update(self._terms.refer(reference, METHOD, root, "measurementMethod"))
            else:
                self._misplaced(root, "measurementMethod", reference)
        for reference in _in_order(protocols):
            assert reference.entity is not None
            self._add_protocol(reference.entity)
        reached = {curie for acquisition in self.acquisitions for curie in acquisition.get("methods", ())}
        for curie in sorted(reached - self.methods):
            self._crate.complain(
                "method-not-on-dataset", Severity.REPAIRED, root, "measurementMethod", curie,
                "Named only by a protocol; the profile wants it on the dataset too, where it was added.",
            )  # fmt: skip
        self.methods |= reached

    def _add_protocol(self, entity: Entity) -> None:
        crate = self._crate
        methods, part_kind = self._techniques(entity)
        name = crate.text(entity, "name")
        instrument = crate.text(entity, "labEquipment")
        named_kind = PROTOCOL_NAMES.get(name.lower()) if name else None
        if part_kind and named_kind and part_kind != named_kind:
            crate.complain(
                "protocol-type-disagrees", Severity.WARNING, entity, "name", name,
                f"By its EFO type this is {part_kind}, by its name {named_kind}; kept as an acquisition.",
            )  # fmt: skip
            part_kind = ACQUISITION
        part_kind = part_kind or named_kind or ACQUISITION
        if methods or instrument:
            part_kind = ACQUISITION
        if part_kind == ANALYSIS:
            crate.leave_out(entity, ANALYSIS_REASON)
            return
        description = crate.text(entity, "description", lines=True)
        part: Part = {"title": name} if name else {}
        if part_kind == ACQUISITION:
            fields = {"description": description, "instrument": instrument, "methods": methods}
            self._append(self.acquisitions, "acquisition", part, fields)
            return
        slot = "growth_protocol" if part_kind == GROWTH else "sample_preparation"
        self._append(self.specimens, "specimen", part, {slot: description})

    def _append(self, parts: list[Part], word: str, part: Part, fields: Part) -> None:
        part["id"] = f"{self._curie}/{word}/{len(parts) + 1}"
        part.update((key, value) for key, value in fields.items() if value)
        parts.append(part)

    def _techniques(self, entity: Entity) -> tuple[list[str], str | None]:
        """Imaging methods of a protocol, and the part of the record that its EFO type stands for."""
        methods: set[str] = set()
        part_kind: str | None = None
        for reference in self._crate.references(entity, "measurementTechnique"):
            form = repair_term(reference.iri) if "EFO" in reference.iri else None
            if form is not None and form.curie.startswith("EFO:"):
                part_kind = part_kind or self._protocol_type(entity, reference, form.curie)
            elif reference.kind in ("", "DefinedTerm"):
                methods.update(self._terms.refer(reference, METHOD, entity, "measurementTechnique"))
            else:
                self._misplaced(entity, "measurementTechnique", reference)
        if part_kind is not None and not methods:
            self._crate.drop(entity, "measurementTechnique", TYPE_REASON)
        return sorted(methods), part_kind

    def _protocol_type(self, holder: Entity, reference: Reference, curie: str) -> str:
        entity = reference.entity
        if entity is not None:
            self._crate.leave_out(entity, TYPE_REASON)
        given = entity.get("name") if entity else None
        label, part_kind = PROTOCOL_TYPES.get(curie, ("", ACQUISITION))
        if not label:
            self._crate.complain(
                "protocol-type-unknown", Severity.WARNING, holder, "measurementTechnique", f"{curie} {given}",
                "EFO names types of protocol here, and this one is not known; no imaging method was read from it.",
            )  # fmt: skip
        elif type(given) is str and given.strip().lower() != label.lower():
            self._crate.complain(
                "protocol-type-label", Severity.INFO, holder, "measurementTechnique", given,
                f"{curie} is the type '{label}', whatever the protocol is called.",
            )  # fmt: skip
        return part_kind

    def _misplaced(self, holder: Entity, key: str, reference: Reference) -> None:
        self._crate.complain(
            "unexpected-type", Severity.WARNING, holder, key, f"{reference.iri} ({reference.kind})",
            f"A {reference.kind[:50]} has no place here; left out.",
        )  # fmt: skip


def _in_order(references: list[Reference]) -> list[Reference]:
    """Numbered fragments by their numbers, others as they stand.

    SSBD writes `about` in another order at each export (ssbd-repos-000301), which would move ids between samples.
    """
    keyed = [(_NUMBERED.fullmatch(reference.iri), reference) for reference in references]
    if not all(found for found, _ in keyed):
        return references

    def key(pair: tuple[re.Match[str] | None, Reference]) -> tuple[str, int, int]:
        found = pair[0]
        assert found is not None
        return found[1], int(found[2]), int(found[3] or 0)

    return [reference for _, reference in sorted(keyed, key=key)]
