"""How it was done: what `measurementMethod` of a root holds, as methods, acquisitions, specimens, analyses, protocols.

A LabProtocol becomes the part of the record that its type or exact name stands for; one that says neither stays a
protocol, since a guess would put other work among the acquisitions (idr0156, "Otsu's method ...").
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from catalogue.model.documents import Severity
from catalogue.model.ontology_terms import repair_term
from harvesters.gide_crate import Crate, Entity, Reference, in_order
from harvesters.gide_profile import (
    ACQUISITION,
    ANALYSIS,
    GROWTH,
    PREPARATION,
    PROTOCOL,
    PROTOCOL_NAMES,
    PROTOCOL_TYPES,
)
from harvesters.gide_terms import METHOD, TERM, Terms

Part = dict[str, Any]

TYPE_REASON: Final = "an EFO type of protocol, said by the part of the record it became"
# Part of a protocol -> the slot its description goes into.
_DESCRIPTION: Final = {GROWTH: "growth_protocol", PREPARATION: "sample_preparation"}


class _Techniques(NamedTuple):
    """What `measurementTechnique` says of a protocol.

    Args:
        kind: the part of the record that its EFO type stands for, None without one.
        types: EFO types that no part of the record says by itself.
    """

    methods: list[str]
    kind: str | None
    types: list[Reference]


class Protocols:
    """Reads `measurementMethod` of a root into the parts of a study record."""

    def __init__(self, crate: Crate, terms: Terms, curie: str):
        self._crate = crate
        self._terms = terms
        self._curie = curie
        self.methods: set[str] = set()
        self.specimens: list[Part] = []
        self.acquisitions: list[Part] = []
        self.analyses: list[Part] = []
        self.protocols: list[Part] = []

    def read(self, root: Entity) -> None:
        """Fill all parts from the root."""
        protocols: list[Reference] = []
        for reference in self._crate.references(root, "measurementMethod"):
            if reference.kind == "LabProtocol":
                protocols.append(reference)
            elif reference.kind in ("", "DefinedTerm"):
                self.methods.update(self._terms.refer(reference, METHOD, root, "measurementMethod"))
            else:
                self._crate.misplaced(root, "measurementMethod", reference)
        for reference in in_order(protocols):
            assert reference.entity is not None
            self._add(reference.entity)
        reached = {curie for acquisition in self.acquisitions for curie in acquisition.get("methods", ())}
        for curie in sorted(reached - self.methods):
            self._crate.complain(
                "method-not-on-dataset", Severity.REPAIRED, root, "measurementMethod", curie,
                "Named only by a protocol; the profile wants it on the dataset too, where it was added.",
            )  # fmt: skip
        self.methods |= reached

    def _add(self, entity: Entity) -> None:
        crate = self._crate
        techniques = self._techniques(entity)
        name = crate.text(entity, "name")
        instrument = crate.text(entity, "labEquipment")
        # The BioImage Archive writes all its acquisitions, and nothing else, with equipment, if only N/A (S-BIAD2269).
        images_were_made = bool(techniques.methods) or "labEquipment" in entity
        kind = ACQUISITION if images_were_made else self._kind(entity, name, techniques.kind)
        description = crate.text(entity, "description", lines=True)
        part: Part = {"title": name, _DESCRIPTION.get(kind, "description"): description}
        types = self._types(entity, kind, techniques)
        if kind == ACQUISITION:
            self._append(self.acquisitions, kind, part | {"instrument": instrument, "methods": techniques.methods})
        elif kind == ANALYSIS:
            self._append(self.analyses, kind, part)
        elif kind == PROTOCOL:
            self._append(self.protocols, kind, part | {"protocol_types": types})
        else:
            self._append(self.specimens, "specimen", part)

    def _append(self, parts: list[Part], word: str, part: Part) -> None:
        said = {key: value for key, value in part.items() if value}
        if said:  # idr0044 has one that is N/A in all its fields
            parts.append({"id": f"{self._curie}/{word}/{len(parts) + 1}", **said})

    def _kind(self, entity: Entity, name: str | None, typed: str | None) -> str:
        """The part of the record that type and name agree on."""
        named = PROTOCOL_NAMES.get(name.lower()) if name else None
        if typed and named and typed != named:
            self._crate.complain(
                "protocol-type-disagrees", Severity.WARNING, entity, "name", name,
                f"By its EFO type this is {typed}, by its name {named}; kept as a protocol.",
            )  # fmt: skip
            return PROTOCOL
        return typed or named or PROTOCOL

    def _types(self, entity: Entity, kind: str, techniques: _Techniques) -> list[str]:
        """CURIEs of the types that a protocol keeps; what its place in the record says is not said again."""
        if kind != PROTOCOL:
            for reference in techniques.types:
                if reference.entity is not None:
                    self._crate.leave_out(reference.entity, TYPE_REASON)
            types: set[str] = set()
        else:
            types = {
                curie
                for reference in techniques.types
                for curie in self._terms.refer(reference, TERM, entity, "measurementTechnique")
            }
        if not types and not techniques.methods:
            self._crate.drop(entity, "measurementTechnique", TYPE_REASON)
        return sorted(types)

    def _techniques(self, entity: Entity) -> _Techniques:
        methods: set[str] = set()
        found: str | None = None
        types: list[Reference] = []
        for reference in self._crate.references(entity, "measurementTechnique"):
            form = repair_term(reference.iri) if "EFO" in reference.iri else None
            if form is not None and form.curie.startswith("EFO:"):
                kind = self._type_kind(entity, reference, form.curie)
                found = found or kind
                if kind == PROTOCOL:
                    types.append(reference)
                elif reference.entity is not None:
                    self._crate.leave_out(reference.entity, TYPE_REASON)
            elif reference.kind in ("", "DefinedTerm"):
                methods.update(self._terms.refer(reference, METHOD, entity, "measurementTechnique"))
            else:
                self._crate.misplaced(entity, "measurementTechnique", reference)
        return _Techniques(sorted(methods), found, types)

    def _type_kind(self, holder: Entity, reference: Reference, curie: str) -> str:
        entity = reference.entity
        given = entity.get("name") if entity else None
        label, kind = PROTOCOL_TYPES.get(curie, ("", PROTOCOL))
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
        return kind
