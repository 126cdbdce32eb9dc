"""Ontology terms of a crate, each described once under its canonical CURIE, with a finding for every repaired form.

Labels stay as given; checking them against the ontologies is ingest's. Forms: catalogue.model.ontology_terms.
"""

from __future__ import annotations

import re
from typing import Any, Final, NamedTuple

from catalogue.model.documents import Severity
from catalogue.model.forms import is_web_address
from catalogue.model.ontology_terms import MAX_LENGTH, OBO, repair_term
from harvesters.gide_crate import Crate, Entity, Reference
from harvesters.gide_profile import FBBI_LABELS

TAXON, METHOD, TERM = "Taxon", "ImagingMethod", "OntologyTerm"
_RANK: Final = {TERM: 0, METHOD: 1, TAXON: 2}
_BARE: Final = {TAXON: "NCBITaxon", METHOD: "FBbi", TERM: ""}
# Ontologies of things, not of ways to make images (ssbd-repos-000413 has UBERON_0010291, "Histology", as a method).
_NO_METHODS: Final = frozenset({"UBERON", "CL", "CLO", "GO", "BTO", "CHEBI", "NCBITaxon", "MONDO", "PATO"})
_SEVERAL: Final = re.compile(r"[,;\s]+(?=https?://)")


class _Found(NamedTuple):
    curie: str
    source_id: str
    label: str | None


class Terms:
    """The `terms` of one study, filled while its entities are read."""

    def __init__(self, crate: Crate, curie: str):
        self._crate = crate
        self._base = f"{curie}/term/"
        self._terms: dict[str, dict[str, Any]] = {}
        self._seen: dict[tuple[str | int, str], list[str]] = {}
        self._local = 0

    def refer(self, reference: Reference, role: str, holder: Entity, key: str) -> list[str]:
        """CURIEs of the terms that a reference names: one, or several where one @id holds several IRIs.

        Args:
            role: Taxon, ImagingMethod or OntologyTerm, what the property takes.
        """
        if reference.kind == "Taxon":
            role = TAXON
        name = reference.iri or reference.text or id(reference.entity)
        seen = self._seen.get((name, role))
        if seen is not None:
            return seen
        if reference.entity is None and reference.iri:
            self._crate.complain(
                "dangling-reference", Severity.WARNING, holder, key, reference.iri,
                "The crate does not describe this; add the entity with its name.",
            )  # fmt: skip
        found = self._interpret(reference, role, holder, key)
        for term in found:
            self._describe(term, role, reference, holder, key)
        curies = [term.curie for term in found]
        self._seen[name, role] = curies
        return curies

    def listed(self) -> list[dict[str, Any]]:
        """The terms, those of ontologies first by CURIE, then the study's own in the order they were met."""
        own = [term for curie, term in self._terms.items() if curie.startswith(self._base)]
        others = sorted(curie for curie in self._terms if not curie.startswith(self._base))
        return [self._terms[curie] for curie in others] + own

    # -- which term ----------------------------------------------------------------------------------------------

    def _interpret(self, reference: Reference, role: str, holder: Entity, key: str) -> list[_Found]:
        given, entity = reference.iri, reference.entity
        label = self._label(entity, reference.text)
        form = repair_term(given, _BARE[role]) if given else None
        if form is not None:
            # A CURIE is no IRI unless the context knows its prefix; of ontologies it knows only obo: (S-BIAD2822).
            if form.repaired or given == form.curie:
                self._repaired(holder, key, given, form.curie)
                self._compare_identifier(entity, form.curie)
                return [_Found(form.curie, given, label)]
            self._compare_identifier(entity, form.curie)
            return [_Found(form.curie, "", label)]
        curies = self._from_elsewhere(reference, role, label)
        if curies:
            self._repaired(holder, key, given, ", ".join(curies))
            labels = label.split(",") if label and len(curies) > 1 else [label or ""]
            named = [part.strip() for part in labels] if len(labels) == len(curies) else [""] * len(curies)
            return [_Found(curie, given, name or None) for curie, name in zip(curies, named, strict=True)]
        return [self._unknown(reference, role, holder, key, label)]

    def _from_elsewhere(self, reference: Reference, role: str, label: str | None) -> list[str]:
        """Terms that an irregular @id names for certain, by its parts or by what the entity says beside it."""
        given, entity = reference.iri, reference.entity
        parts = _SEVERAL.split(given) if len(given) <= MAX_LENGTH else []
        if len(parts) > 1:  # 378-Minegishi-MetastaticNiche: "…/BTO_0004163, …/CLO_0001716"
            forms = [repair_term(part) for part in parts]
            return [form.curie for form in forms if form] if all(forms) else []
        stated = entity.get("identifier") if entity else None
        if type(stated) is str and (form := repair_term(stated)):
            return [form.curie]
        fragment = given[1:] if given.startswith("#") else ""
        if form := repair_term(fragment):  # idr0163: #NCIT_C181930
            return [form.curie]
        vouched = FBBI_LABELS.get(fragment, "")  # idr0062: #00000251, confocal microscopy
        if role == METHOD and vouched and label and label.casefold() == vouched.casefold():
            return [f"FBbi:{fragment}"]
        return []

    def _unknown(self, reference: Reference, role: str, holder: Entity, key: str, label: str | None) -> _Found:
        given = reference.iri
        if is_web_address(given) and not given.startswith(OBO):
            return _Found(given, "", label)
        self._local += 1
        own = f"{self._base}{self._local}"
        if given and not (given.startswith("#") and label and role == TERM):
            self._crate.complain(
                "term-id-unknown", Severity.WARNING, holder, key, given,
                "No ontology known here has this identifier; kept as a term of this study. Use the term's own IRI.",
            )  # fmt: skip
        elif not given:
            self._crate.complain(
                "term-without-id", Severity.WARNING, holder, key, label or "",
                "A name stands where a term is expected; kept as a term of this study. Use the term's IRI.",
            )  # fmt: skip
        return _Found(own, given, label)

    def _repaired(self, holder: Entity, key: str, given: str, curies: str) -> None:
        self._crate.complain(
            "term-id-form", Severity.REPAIRED, holder, key, given, f"Read as {curies}; write the ontology's own IRI."
        )

    def _compare_identifier(self, entity: Entity | None, curie: str) -> None:
        stated = entity.get("identifier") if entity else None
        if stated is None:
            return
        form = repair_term(stated) if type(stated) is str else None
        if form is None or form.curie != curie:
            assert entity is not None
            self._crate.complain(
                "term-identifier-differs", Severity.WARNING, entity, "identifier", stated,
                f"The @id says {curie}, which is kept; make both agree.",
            )  # fmt: skip

    # -- how it is described -------------------------------------------------------------------------------------

    def _label(self, entity: Entity | None, text: str) -> str | None:
        if entity is None:
            return text or None
        key = "scientificName" if self._crate.kinds[id(entity)] == "Taxon" else "name"
        label = self._crate.text(entity, key, word=True)
        if label is None or repair_term(label) is None:
            return label
        self._crate.complain(  # 460-Tanaka-RadialAxisDyn: scientificName "NCBITaxon:3702"
            "label-is-id", Severity.WARNING, entity, key, label, "An identifier stands where a name is expected."
        )
        self._crate.drop(entity, key, "an identifier, not a name")
        return None

    def _describe(self, found: _Found, role: str, reference: Reference, holder: Entity, key: str) -> None:
        curie, entity = found.curie, reference.entity
        prefix = curie.partition(":")[0]
        if role == METHOD and prefix in _NO_METHODS:
            self._crate.complain(
                "method-not-a-method", Severity.WARNING, holder, key, curie,
                f"{prefix} has no imaging methods; name the method by a term of FBbi.",
            )  # fmt: skip
        term = self._terms.get(curie)
        if term is None:
            term = self._terms[curie] = {"type": role, "id": curie}
            label = found.label
            if label is None:
                self._crate.complain(
                    "label-missing", Severity.WARNING, holder, key, curie, "The term has no name; its CURIE stands in."
                )
            term["label"] = label or curie
        elif found.label and found.label != term["label"]:
            self._relabel(term, found.label, holder, key)
        if _RANK[role] > _RANK[term["type"]]:
            term["type"] = role
        if found.source_id and "source_id" not in term:
            term["source_id"] = found.source_id
        if role == TAXON and entity is not None:
            vernacular = self._crate.text(entity, "vernacularName", word=True)
            if vernacular:
                term.setdefault("vernacular_name", vernacular)

    def _relabel(self, term: dict[str, Any], label: str, holder: Entity, key: str) -> None:
        if term["label"] == term["id"]:
            term["label"] = label
            return
        # The order of references means nothing and changes between exports, so it must not decide.
        kept, other = sorted((label, term["label"]), key=lambda text: (len(text), text))
        term["label"] = kept
        self._crate.complain(
            "labels-differ", Severity.WARNING, holder, key, other,
            f"{term['id']} is also called '{kept[:100]}' in this crate, which is kept.",
        )  # fmt: skip
