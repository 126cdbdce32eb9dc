"""What was imaged and how, in schema.org's words: terms, biosamples, protocols.

A LabProtocol becomes the part of the record that its type or exact name stands for, as the `gide` harvester has it.
"""

from __future__ import annotations

import re
from typing import Any, Final

from catalogue.model.documents import Severity
from catalogue.model.forms import is_web_address, paper_id
from catalogue.model.ontology_terms import repair_term
from harvesters.draft import METHOD, TAXON, TERM, StudyDraft
from harvesters.gide_profile import (
    ACQUISITION,
    ANALYSIS,
    FBBI_LABELS,
    GROWTH,
    PREPARATION,
    PROTOCOL,
    PROTOCOL_NAMES,
    PROTOCOL_TYPES,
)
from harvesters.rdf_nodes import Node, Reference

_SEXES: Final = {"female": "female", "male": "male", "hermaphrodite": "hermaphrodite", "mixed": "mixed"}
_STEPS: Final = ("purpose", "protocolPurpose", "intendedUse", "prepTime", "performTime", "totalTime")
_NUMBERED: Final = re.compile(r"#?([A-Za-z][A-Za-z-]*?)-?([0-9]{1,6})(?:-([0-9]{1,6}))?", re.ASCII)


class Samples:
    """Adds terms, samples and protocols to the study that `draft` makes."""

    def __init__(self, draft: StudyDraft):
        self._draft = draft

    # -- terms ---------------------------------------------------------------------------------------------------

    def term(self, ref: Reference, role: str, path: str) -> str | None:
        """The CURIE of the term that a value stands for."""
        node = ref.node
        if node is None or not node.properties:
            return self._draft.term(ref.iri or None, role, path, label=ref.text or None)
        if node.kind == "Taxon":
            role = TAXON
        given, label = node.iri or None, self._label(node)
        stated = [text for key in ("identifier", "termCode", "url", "sameAs") for text in node.iris(key)]
        if given is None or repair_term(given) is None:
            named = next((text for text in stated if repair_term(text)), None)
            fragment = (given or "").removeprefix("#")
            if named is None and fragment and fragment != given and repair_term(fragment):
                named = fragment  # idr0163: #NCIT_C181930
            vouched = FBBI_LABELS.get(fragment, "")
            if named is None and role == METHOD and vouched and (label or "").casefold() == vouched.casefold():
                named = f"FBbi:{fragment}"
            own = None if (given or "").startswith(("#", "_:")) and label else given
            given = named or own
        return self._draft.term(
            given, role, path, label=label, vernacular=node.first_text("vernacularName", "dwc_vernacularName")
        )

    def _label(self, node: Node) -> str | None:
        keys = ("scientificName", "dwc_scientificName", "name") if node.kind == "Taxon" else ("name",)
        label = next((text for key in keys if (text := node.text(key, word=True))), None)
        if label and repair_term(label):
            node.complain("label-is-id", Severity.WARNING, keys[0], "An identifier stands where a name is expected.")
            return None
        return label

    def terms(self, node: Node, role: str, *keys: str) -> list[str]:
        """CURIEs of the values of properties, sorted."""
        found = [self.term(ref, role, node.path(key)) for key in keys for ref in node.refs(key)]
        return sorted({term for term in found if term})

    # -- what it is about ----------------------------------------------------------------------------------------

    def add_subjects(self, node: Node, *keys: str) -> None:
        """Taxa, samples and other terms that the study is about."""
        refs = [(key, ref) for key in keys for ref in node.refs(key)]
        for key, ref in refs:
            kind = ref.node.kind if ref.node is not None else ""
            if kind in ("BioSample", "Sample"):
                continue
            if kind and kind not in ("DefinedTerm", "Taxon", "Thing", "CategoryCode", "CreativeWork"):
                node.complain(
                    "unexpected-type", Severity.WARNING, key, f"A {kind[:50]} has no place here.", ref.term.text
                )
                continue
            self._add_subject(ref, kind, node.path(key))
        samples = [ref for _, ref in refs if ref.node is not None and ref.node.kind in ("BioSample", "Sample")]
        for ref in in_order(samples):
            assert ref.node is not None
            self._draft.extend("organisms", self._add_biosample(ref.node))

    def _add_subject(self, ref: Reference, kind: str, path: str) -> None:
        form = repair_term(ref.iri) if ref.iri else None
        role = TAXON if kind == "Taxon" or (form and form.curie.startswith("NCBITaxon:")) else TERM
        term = self.term(ref, role, path)
        self._draft.extend("organisms" if role == TAXON else "subjects", [term] if term else [])

    def sort_terms(self) -> None:
        """Terms have no order: sort what was collected of them."""
        for slot in ("organisms", "methods", "subjects"):
            held = self._draft.find(slot)
            if held:
                held.sort()

    def _add_biosample(self, node: Node) -> list[str]:
        organisms = self.terms(node, TAXON, "taxonomicRange")
        names = [text for text in node.texts("scientificName") if not organisms]
        organisms += [term for text in names if (term := self._draft.term(None, TAXON, "scientificName", label=text))]
        records = [text for text in node.iris("identifier", "identifiers", "sameAs", "url") if is_web_address(text)]
        sex = node.text("sex")
        if sex and sex.lower() not in _SEXES:
            node.leave("sex", "no sex known here")
        base = f"{self._draft.curie}/biosample/{len(self._draft.find('biosamples') or []) + 1}"
        self._draft.part(
            "biosamples", "biosample", title=node.text("name"), description=node.text("description", lines=True),
            organisms=organisms, cell_lines=self.terms(node, TERM, "hasCellLine"),
            anatomical_parts=self.terms(node, TERM, "anatomicalStructure", "anatomicalSystem"),
            developmental_stages=self.terms(node, TERM, "developmentalStage"),
            sex=_SEXES.get((sex or "").lower()), date_collected=node.text("dateCollected"),
            collection_place=node.first_text("locationOfOrigin", "locationCreated"), sample_records=records,
            characteristics=characteristics(node, "additionalProperty", base),
        )  # fmt: skip
        return organisms

    # -- how it was done -----------------------------------------------------------------------------------------

    def add_methods(self, node: Node, *keys: str) -> None:
        """Methods, and protocols as the parts they stand for."""
        refs = [(key, ref) for key in keys for ref in node.refs(key)]
        protocols = []
        for key, ref in refs:
            if ref.node is not None and ref.node.kind == "LabProtocol":
                protocols.append(ref)
            elif term := self.term(ref, METHOD, node.path(key)):
                self._draft.extend("methods", [term])
        for ref in in_order(protocols):
            assert ref.node is not None
            self.add_protocol(ref.node)

    def add_protocol(self, node: Node) -> None:
        """One LabProtocol."""
        draft = self._draft
        methods, typed, types = self._techniques(node)
        name = node.first_text("name", "headline")
        keys = ("labEquipment", "labEquipmentUsed", "instrument")
        equipment = [text for key in keys for text in node.texts(key, word=False)]
        made_images = bool(methods) or (
            node.has("labEquipment") and node.kind == "LabProtocol" and not node.has("step")
        )
        kind = ACQUISITION if made_images else self._kind(node, name, typed)
        steps = [text for key in _STEPS for text in node.texts(key)]
        text = "\n".join(part for part in (node.text("description", lines=True), *steps) if part) or None
        if kind == ACQUISITION:
            draft.extend("methods", methods)
            self._append(
                "acquisitions", kind, title=name, description=text, methods=methods,
                instrument=equipment[0] if equipment else None,
            )  # fmt: skip
        elif kind == ANALYSIS:
            self._append("analyses", kind, title=name, description=text)
        elif kind == PROTOCOL:
            self._add_plain(node, name, text, equipment, types)
        else:
            slot = {GROWTH: "growth_protocol", PREPARATION: "sample_preparation"}[kind]
            self._append("specimens", "specimen", title=name, **{slot: text})

    def _add_plain(
        self, node: Node, name: str | None, text: str | None, equipment: list[str], types: list[str]
    ) -> None:
        addresses = node.iris("url", "sameAs", "identifier")
        doi = next((found.value for item in addresses if (found := paper_id(item)) and found.kind == "doi"), None)
        self._append(
            "protocols", PROTOCOL, title=name, description=text, equipment=equipment, protocol_types=types, doi=doi,
            url=next((item for item in addresses if is_web_address(item)), None),
        )  # fmt: skip

    def _append(self, slot: str, kind: str, **fields: Any) -> None:
        if self._draft.filled(fields):
            self._draft.part(slot, kind, **fields)

    def _techniques(self, node: Node) -> tuple[list[str], str | None, list[str]]:
        """Imaging methods, the part that an EFO type of protocol stands for, types that no part says by itself."""
        methods: set[str] = set()
        found: str | None = None
        types: set[str] = set()
        for ref in node.refs("measurementTechnique"):
            form = repair_term(ref.iri) if "EFO" in ref.iri else None
            if form is not None and form.curie.startswith("EFO:"):
                kind = PROTOCOL_TYPES.get(form.curie, ("", PROTOCOL))[1]
                found = found or kind
                if kind == PROTOCOL and (term := self.term(ref, TERM, node.path("measurementTechnique"))):
                    types.add(term)
            elif term := self.term(ref, METHOD, node.path("measurementTechnique")):
                methods.add(term)
        for ref in node.refs("additionalType"):
            if term := self.term(ref, TERM, node.path("additionalType")):
                types.add(term)
        return sorted(methods), found, sorted(types)

    def _kind(self, node: Node, name: str | None, typed: str | None) -> str:
        named = PROTOCOL_NAMES.get(name.lower()) if name else None
        if typed and named and typed != named:
            message = f"By its EFO type this is {typed}, by its name {named}; kept as a protocol."
            node.complain("protocol-type-disagrees", Severity.WARNING, "name", message)
            return PROTOCOL
        return typed or named or PROTOCOL


def in_order(refs: list[Reference]) -> list[Reference]:
    """Numbered fragments by their numbers, others as they stand: exports write them in another order each time."""
    keyed = [(_NUMBERED.fullmatch(ref.iri), ref) for ref in refs]
    if not all(found for found, _ in keyed):
        return refs

    def key(pair: tuple[re.Match[str] | None, Reference]) -> tuple[str, int, int]:
        assert pair[0] is not None
        return pair[0][1], int(pair[0][2]), int(pair[0][3] or 0)

    return [ref for _, ref in sorted(keyed, key=key)]


def characteristics(node: Node, key: str, base: str) -> list[dict[str, Any]]:
    """The PropertyValues of a property as characteristics below `base`; one without name or value is left out."""
    found: list[dict[str, Any]] = []
    for ref in node.refs(key):
        if ref.node is None:
            continue
        name, value = ref.node.first_text("name", "propertyID"), ref.node.text("value")
        if name and value:
            unit = ref.node.first_text("unitText", "unitCode")
            said = {"name": name, "text_value": value, **({"unit": unit} if unit else {})}
            found.append({"id": f"{base}/characteristic/{len(found) + 1}", **said})
        else:
            node.complain(
                "property-unusable", Severity.WARNING, key, "Name and value are expected; left out.", name or ""
            )
    return found
