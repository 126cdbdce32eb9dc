"""Biosamples, acquisitions and specimens of a project of SSBD's ontology, and which dataset has which.

Datasets and their samples are linked by statements where there are right ones, else by SSBD's naming.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from catalogue.model.documents import Severity
from catalogue.model.forms import is_web_address
from harvesters.draft import METHOD, TAXON, TERM, StudyDraft
from harvesters.rdf_nodes import Node

if TYPE_CHECKING:
    from harvesters.ssbd_study import Project

# Slot of Biosample -> properties that hold its terms.
_BIOLOGY: Final = {
    "anatomical_parts": "is_about_anatomical_entity",
    "biological_processes": "is_about_GO_bp",
    "cell_lines": "is_about_cell_line",
    "cell_types": "is_about_cell",
    "cellular_components": "is_about_GO_cc",
    "developmental_stages": "is_about_life_cycle",
    "molecular_functions": "is_about_GO_mf",
}
# Slot of ImageAcquisition -> (property with terms, property with their names).
_TECHNIQUES: Final = {
    "methods": ("is_about_imaging_method", "has_imaging_method"),
    "illumination_methods": ("is_about_illumination_method", "has_illumination_method"),
    "detection_methods": ("is_about_detection_method", "has_detection_method"),
    "contrast_methods": ("is_about_contrast_enhancing_method", "has_contrast_enhancing_method"),
    "resolution_methods": ("is_about_resolution_enhancing_method", "has_resolution_enhancing_method"),
}
_DEVICES: Final = {
    "detectors": ("has_detector",),
    "light_sources": ("has_light_source",),
    "modules": ("has_module",),
    "optical_filters": ("has_filter_set", "has_dichroic"),
}
_LENS: Final = re.compile(
    r"\b(?P<times>[0-9]+(?:\.[0-9]+)?)x(?:/(?P<aperture>[01][.,][0-9]{1,3}))?", re.ASCII | re.IGNORECASE
)


class Samples:
    """Adds the samples of a project to its study, each once."""

    def __init__(self, draft: StudyDraft, project: Project):
        self._draft, self._project = draft, project
        self._biosamples = {rest: self._add_biosample(node, rest) for rest, node in self._nodes("biosample")}
        self._specimens: dict[str, str] = {}
        self._acquisitions = {rest: self._add_acquisition(node, rest) for rest, node in self._nodes("imaging-method")}
        self._linked_by_name = 0

    def of_dataset(self, node: Node, rest: str) -> tuple[list[str], list[str], list[str]]:
        """Ids of the biosamples, acquisitions and specimens of a dataset.

        Args:
            rest: the end of its name, which its samples share.
        """
        biosamples = self._of(node, rest, "biosample", "ssbd_onto:has_biosample_information", self._biosamples)
        acquisitions = self._of(
            node, rest, "imaging-method", "ssbd_onto:has_imaging_method_total_info", self._acquisitions
        )
        acquisitions += self._of(node, "", "imaging-method", "ssbd_onto:has_imaging_method", self._acquisitions)
        specimens = [self._specimens[rest]] if rest in self._specimens else []
        return biosamples, sorted(set(acquisitions)), specimens

    def close(self) -> None:
        """Say once how many links rest on names alone."""
        if self._linked_by_name:
            self._draft.account.note(
                "linked-by-name", Severity.INFO, "ssbd_onto:has_biosample_information", str(self._linked_by_name),
                "So many samples and methods are a dataset's by their names only; state the links.",
            )  # fmt: skip

    def _nodes(self, kind: str) -> list[tuple[str, Node]]:
        found = [(rest, self._project.named(kind, rest)) for rest in sorted(self._project.of(kind))]
        return [(rest, node) for rest, node in found if node is not None and node.properties]

    def _of(self, node: Node, rest: str, kind: str, key: str, ids: dict[str, str]) -> list[str]:
        found = []
        for ref in node.refs(key):
            match = re.fullmatch(rf".*[/#]ssbd-{kind}-[0-9]+-(.+)", ref.iri, re.DOTALL)
            if match is not None and match[1] in ids:
                found.append(ids[match[1]])
            else:  # ssbd-dataset-141-Fig1a_FIB-SEM_somatosensory names itself as its biosample
                node.complain(
                    "link-unusable", Severity.WARNING, key, f"Is no {kind} of this project; left out.", ref.iri
                )
        if not found and rest in ids:
            self._linked_by_name += 1
            found.append(ids[rest])
        return sorted(set(found))

    def _add_biosample(self, node: Node, rest: str) -> str:
        draft = self._draft
        organisms = self._terms(node, ("obo:IAO_0000136", "ssbd_onto:is_about_organism"), TAXON)
        draft.extend("organisms", organisms)
        strains = node.refs("ssbd_onto:is_about_strain")
        fields: dict[str, Any] = {
            slot: self._terms(node, (f"ssbd_onto:{key}",), TERM) for slot, key in _BIOLOGY.items()
        }  # fmt: skip
        names = [ref.node.text("rdfs:label") if ref.node else ref.text for ref in strains]
        return draft.part(
            "biosamples", "biosample", _key(rest), title=rest,
            description=node.first_text("ssbd_onto:has_description", lines=True), organisms=organisms,
            strain="; ".join(name for name in names if name),
            sample_records=[ref.iri for ref in strains if is_web_address(ref.iri)],
            genotype=node.first_text("ssbd_onto:has_genotype"),
            gene_symbols=node.texts("ssbd_onto:has_gene_name"),
            intrinsic_variables=node.texts("ssbd_onto:has_intrinsic_variable"),
            extrinsic_variables=node.texts("ssbd_onto:has_extrinsic_variable"),
            experimental_variables=node.texts("ssbd_onto:has_biosample_variable"), **fields,
        )  # fmt: skip

    def _add_acquisition(self, node: Node, rest: str) -> str:
        draft = self._draft
        fields: dict[str, Any] = {}
        for slot, (key, named) in _TECHNIQUES.items():
            labels = node.texts(f"ssbd_onto:{named}")
            terms = node.refs(f"ssbd_onto:{key}")
            label = labels[0] if len(labels) == len(terms) == 1 else None
            fields[slot] = self._terms(node, (f"ssbd_onto:{key}",), METHOD if slot == "methods" else TERM, label)
            if slot == "methods":
                fields["method_names"] = labels
            elif labels and not terms:
                fields[slot] = [draft.term(None, TERM, f"ssbd_onto:{named}", label=text) for text in labels]
        draft.extend("methods", fields["methods"])
        mesh = [
            draft.term(None, TERM, "ssbd_onto:has_mesh_term", label=text)
            for text in node.texts("ssbd_onto:has_mesh_term")
        ]
        draft.extend("subjects", mesh)
        self._add_specimen(node, rest)
        name = f"{draft.curie}/acquisition/{_key(rest)}"
        if instrument := self._instrument(node, f"{name}/instrument"):
            fields["instruments"] = [instrument]
        return draft.part("acquisitions", "acquisition", _key(rest), title=rest, **fields)

    def _add_specimen(self, node: Node, rest: str) -> None:
        """How the sample was made visible, which SSBD says with the imaging method."""
        methods = self._terms(node, ("ssbd_onto:is_about_visualization_method", "ssbd_onto:has_tag_uri"), TERM)
        base = f"{self._draft.curie}/specimen/{_key(rest)}"
        channels: list[dict[str, str]] = []
        for ref in node.refs("ssbd_onto:has_tag", "ssbd_onto:has_tag2"):
            if ref.text:
                channels.append({"id": f"{base}/channel/{len(channels) + 1}", "fluorophore": ref.text})
            else:  # ssbd-imaging-method-199-Fig5-6_RFP: the tag as a term of FBbi
                methods += self._terms(node, ("ssbd_onto:has_tag",), TERM)
        if methods or channels:
            self._specimens[rest] = self._draft.part(
                "specimens", "specimen", _key(rest), preparation_methods=sorted(set(methods)), signal_channels=channels,
                biosamples=[self._biosamples[rest]] if rest in self._biosamples else [],
            )  # fmt: skip

    def _instrument(self, node: Node, name: str) -> dict[str, Any]:
        fields: dict[str, Any] = {"model": node.first_text("ssbd_onto:has_body")}
        for slot, keys in _DEVICES.items():
            fields[slot] = sorted(text for key in keys for text in node.texts(f"ssbd_onto:{key}"))
        lenses = sorted(node.texts("ssbd_onto:has_objective"))
        fields["objectives"] = [_lens(text, f"{name}/objective/{place}") for place, text in enumerate(lenses, 1)]
        said = self._draft.filled(fields)
        return {"id": name, **said} if said else {}

    def _terms(self, node: Node, keys: tuple[str, ...], role: str, label: str | None = None) -> list[str]:
        found = []
        for key in keys:
            for ref in node.refs(key):
                own = ref.node.text("rdfs:label") if ref.node is not None else None
                term = self._draft.term(ref.iri or None, role, key, label=label or own or ref.text or None)
                found.append(term)
        return sorted({term for term in found if term})


def _key(rest: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "-", rest).strip("-.") or "unnamed"


def _lens(text: str, name: str) -> dict[str, Any]:
    """An objective from a text such as `Leica HCX PL APO 100x/1,40`; what the text does not say plainly is left out."""
    part: dict[str, Any] = {"id": name, "model": text}
    found = _LENS.search(text)
    if found is not None:
        part["magnification"] = float(found["times"])
        if found["aperture"]:
            part["numerical_aperture"] = float(found["aperture"].replace(",", "."))
    return part
