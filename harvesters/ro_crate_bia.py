"""What crates of the BioImage Archive say in words of its own (http://bia/): samples, protocols, annotation, data sets.

Where each property goes: schema/crosswalks/bia-ro-crate.sssom.tsv. Images one by one are the `bia` harvester's.
"""

from __future__ import annotations

import re
from typing import Any, Final

from catalogue.model.documents import Severity
from harvesters.draft import METHOD, TAXON
from harvesters.rdf_nodes import Node, Nodes, Reference
from harvesters.schema_study import SchemaStudy

OF_IMAGE: Final = "of a single image; images of these crates are the `bia` harvester's"
_TYPES: Final = frozenset(
    {
        "class_labels", "bounding_boxes", "counts", "derived_annotations", "geometrical_annotations", "graphs",
        "point_annotations", "segmentation_mask", "tracks", "weak_annotations", "other",
    }
)  # fmt: skip
# Property of a data set or association -> what it points at.
_LINKS: Final = {
    "biosamples": ("associatedBiologicalEntity", "associatedBioSample"),
    "specimens": ("associatedSpecimen", "associatedSpecimenImagingPreparationProtocol", "associatedSubject"),
    "acquisitions": ("associatedImageAcquisitionProtocol", "associatedSpecimenImageAcquisitionProtocol"),
    "annotation_methods": ("associatedAnnotationMethod",),
    "analyses": ("associatedImageAnalysisMethod", "analysisMethod"),
    "correlations": ("associatedImageCorrelationMethod", "correlationMethod"),
    "protocols": ("associatedProtocol",),
}
_KINDS: Final = {
    "biosamples": ("bia.BioSample", "BioSample"),
    "specimens": ("bia.Specimen", "bia.SpecimenImagingPreparationProtocol"),
    "acquisitions": ("bia.ImageAcquisitionProtocol",),
    "annotation_methods": ("bia.AnnotationMethod",),
    "analyses": ("bia.ImageAnalysisMethod",),
    "correlations": ("bia.ImageCorrelationMethod",),
    "protocols": ("bia.Protocol",),
}


def spell(name: str, types: frozenset[str]) -> str | None:
    """A property of the archive's own types, in camel case (crates of 2023 write snake case); None for other types."""
    if not any(kind.startswith("bia:") for kind in types):
        return None
    return re.sub(r"_([a-z])", lambda match: match[1].upper(), name)


class BiaParts:
    """Adds the archive's own parts to a study; nothing for crates without them."""

    def __init__(self, root: Node, nodes: Nodes, study: SchemaStudy):
        self._root, self._nodes, self._study, self._draft = root, nodes, study, study.draft
        self._ids: dict[str, str | None] = {}

    def read(self) -> None:
        """Everything below the root that is of the archive's own types."""
        root, draft = self._root, self._draft
        if root.kind != "bia.Study":
            return
        for ref in root.refs("contributor"):
            draft.author(self._contributor(ref))
        draft.set("acknowledgements", root.first_text("acknowledgement", lines=True))
        draft.set("funding_statement", root.first_text("fundingStatement", lines=True))
        for ref in root.refs("hasPart"):
            if ref.node is not None and ref.node.kind == "bia.Dataset" and ref.node.properties:
                self._add_dataset(ref.node)

    def add_rest(self) -> None:
        """What the crate describes and no data set names: files lists name it by row (S-TEST_specimen)."""
        for node in self._nodes.all():
            slot = next((slot for slot, kinds in _KINDS.items() if node.kind in kinds and node.kind != "BioSample"), "")
            if slot and node.properties and node.id not in self._ids:
                self._ids[node.id] = None
                self._ids[node.id] = getattr(self, f"_add_{slot}")(node)
        for node in self._nodes.all():
            if node.kind == "bia.AnnotationData":
                self._add_annotation(node)
            for key in ("creationProcess", "resultOf", "representation"):
                if node.kind == "bia.Image":
                    node.leave(key, OF_IMAGE)

    def _add_annotation(self, node: Node) -> None:
        methods, sources = [], []
        for ref in node.refs("resultOf"):
            if ref.node is None:
                continue
            methods += [
                part[1] for own in ref.node.refs("annotationMethod") if (part := self._part(node, "resultOf", own))
            ]
            sources += [text for text in ref.node.iris("inputImage") if text]
        number = len(self._draft.find("annotations") or []) + 1
        name = f"{self._draft.curie}/annotation/{number}"
        self._draft.part(
            "annotations", "annotation", annotation_method=methods[0] if methods else None,
            source_paths=sorted(set(sources)),
            files=[{"id": f"{name}/file/1", "path": node.iri, "file_role": "annotation"}] if node.iri else [],
        )  # fmt: skip

    def _contributor(self, ref: Reference) -> dict[str, Any] | None:
        node = ref.node
        if node is None or node.kind != "bia.Contributor":
            return self._study.people.agent(self._root, "contributor", ref)
        places = []
        for place in node.refs("affiliation"):
            inner = place.node
            name = inner.first_text("displayName", "name") if inner is not None and inner.properties else place.text
            ror = place.iri if "ror.org" in place.iri else None
            places.append(self._draft.organization(name, node.path("affiliation"), ror=ror))
        part = self._draft.person(
            node.first_text("displayName", "name"), node.path("displayName"), address=node.text("contactEmail"),
            orcid=node.iri if "orcid" in node.iri.lower() else None, affiliations=places, roles=node.texts("role"),
            url=self._draft.web_address(node.text("website"), node.path("website")),
        )  # fmt: skip
        address = node.text("address", lines=True)
        if part is not None and address:
            part["address"] = address
        return part

    # -- data sets -----------------------------------------------------------------------------------------------

    def _add_dataset(self, node: Node) -> None:
        base = f"{self._draft.curie}/component/{len(self._draft.find('components') or []) + 1}"
        links: dict[str, Any] = dict(self._links(node))
        associations: list[dict[str, Any]] = []
        for ref in node.refs("association"):
            if ref.node is None:
                continue
            own = self._links(ref.node)
            ref.node.leave("genotype", "of an association; its sample is described as such")
            for slot, ids in own.items():
                links[slot] = sorted({*links.get(slot, ()), *ids})
            kept: dict[str, Any] = {
                slot: own[slot]
                for slot in ("biosamples", "specimens", "acquisitions", "correlations", "analyses")
                if slot in own
            }
            if kept:
                associations.append({"id": f"{base}/association/{len(associations) + 1}", **kept})
        title = node.first_text("title", "name")
        self._draft.part(
            "components", "component", type="StudyComponent", title=title or node.iri,
            description=node.text("description", lines=True), associations=associations,
            files=self._study.files.files_below(node, base), **links,
        )  # fmt: skip

    def _links(self, node: Node) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for keys in _LINKS.values():
            for ref in node.refs(*keys):
                part = self._part(node, keys[0], ref)
                if part is not None:
                    actual, name = part
                    found[actual] = sorted({*found.get(actual, ()), name})
        return found

    def _part(self, holder: Node, key: str, ref: Reference) -> tuple[str, str] | None:
        """Slot and id of the part that a reference names, added to the study when first met."""
        node = ref.node
        slot = next((slot for slot, kinds in _KINDS.items() if node is not None and node.kind in kinds), "")
        if node is None or not node.properties or not slot:
            holder.complain(
                "dangling-reference",
                Severity.WARNING,
                key,
                "The crate does not describe this; left out.",
                ref.term.text,
            )
            return None
        if node.id not in self._ids:
            self._ids[node.id] = None
            self._ids[node.id] = getattr(self, f"_add_{slot}")(node)
        name = self._ids[node.id]
        return (slot, name) if name else None

    def _add_biosamples(self, node: Node) -> str:
        organisms = []
        for ref in node.refs("organismClassification"):
            taxon = ref.node
            label = taxon.first_text("scientificName", "commonName") if taxon is not None else None
            common = taxon.text("commonName") if taxon is not None else None
            number = taxon.text("ncbiId") if taxon is not None else None
            given = ref.iri if not ref.iri.startswith(("#", "_:")) else number
            term = self._draft.term(given, TAXON, node.path("organismClassification"), label=label, vernacular=common)
            organisms += [term] if term else []
        self._draft.extend("organisms", organisms)
        return self._draft.part(
            "biosamples", "biosample", title=node.first_text("title", "name"), organisms=organisms,
            biological_entity=node.text("biologicalEntityDescription", lines=True),
            intrinsic_variables=node.texts("intrinsicVariableDescription"),
            extrinsic_variables=node.texts("extrinsicVariableDescription"),
            experimental_variables=node.texts("experimentalVariableDescription"),
            growth_protocol=self._text_behind(node, "growthProtocol"),
        )  # fmt: skip

    def _text_behind(self, node: Node, key: str) -> str | None:
        texts = []
        for ref in node.refs(key):
            text = (
                ref.node.first_text("protocolDescription", "description", lines=True)
                if ref.node is not None
                else ref.text
            )
            if ref.node is not None:
                ref.node.leave("title", "title of a protocol whose text is kept with the sample")
            texts += [text] if text else []
        return "\n".join(texts) or None

    def _add_specimens(self, node: Node) -> str:
        if node.kind == "bia.Specimen":
            return self._add_specimen(node)
        base = f"{self._draft.curie}/specimen/{len(self._draft.find('specimens') or []) + 1}"
        return self._draft.part(
            "specimens", "specimen", title=node.first_text("title", "name"),
            sample_preparation=node.text("protocolDescription", lines=True), signal_channels=self._channels(node, base),
        )  # fmt: skip

    def _add_specimen(self, node: Node) -> str:
        """A specimen takes up the text of the protocols that prepared it."""
        biosamples = [
            part[1]
            for ref in node.refs("biologicalEntity", "sampleOf")
            if (part := self._part(node, "biologicalEntity", ref)) and part[0] == "biosamples"
        ]
        texts, channels = [], []
        base = f"{self._draft.curie}/specimen/{len(self._draft.find('specimens') or []) + 1}"
        for ref in node.refs("imagingPreparationProtocol"):
            if ref.node is not None:
                title, text = ref.node.text("title"), ref.node.text("protocolDescription", lines=True)
                texts += [part for part in (title, text) if part]
                channels += self._channels(ref.node, base)
        return self._draft.part(
            "specimens", "specimen", title=node.first_text("title", "name"), biosamples=sorted(set(biosamples)),
            sample_preparation="\n".join(texts) or None, signal_channels=channels,
        )  # fmt: skip

    def _channels(self, node: Node, base: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for ref in node.refs("signalChannelInformation"):
            if ref.node is None:
                continue
            said = self._draft.filled(
                {
                    "label": ref.node.first_text("channelLabel", "channelNumber", "channelId"),
                    "contrast_mechanism": ref.node.text("signalContrastMechanismDescription"),
                    "content_description": ref.node.text("channelContentDescription"),
                    "labelled_entity": ref.node.text("channelBiologicalEntity"),
                }
            )
            found.append({"id": f"{base}/channel/{len(found) + 1}", **said})
        return found

    def _add_acquisitions(self, node: Node) -> str:
        methods = [self._draft.term(text, METHOD, node.path("fbbiId")) for text in node.iris("fbbiId")]
        self._draft.extend("methods", sorted({term for term in methods if term}))
        return self._draft.part(
            "acquisitions", "acquisition", title=node.first_text("title", "name"),
            acquisition_parameters=node.text("protocolDescription", lines=True),
            instrument=node.text("imagingInstrumentDescription"), method_names=node.texts("imagingMethodName"),
            methods=sorted({term for term in methods if term}),
        )  # fmt: skip

    def _add_annotation_methods(self, node: Node) -> str:
        words = [text.lower().replace(" ", "_") for text in node.texts("methodType")]
        known = [word for word in words if word in _TYPES]
        if len(known) < len(words):
            node.complain("annotation-type-unknown", Severity.WARNING, "methodType", "No type of MIFA; left out.")
        indicator = node.text("annotationSourceIndicator")
        if indicator:
            node.leave("annotationSourceIndicator", "kept in the words of the method only")
        return self._draft.part(
            "annotation_methods", "annotation-method", title=node.first_text("title", "name"),
            annotation_types=sorted(set(known)),
            description=node.text("protocolDescription", lines=True),
            annotation_criteria=node.text("annotationCriteria", lines=True),
            annotation_coverage=node.text("annotationCoverage"), transformations=node.text("transformationDescription"),
            spatial_information=node.text("spatialInformation"),
        )  # fmt: skip

    def _add_analyses(self, node: Node) -> str:
        return self._draft.part(
            "analyses", "analysis", title=node.first_text("title", "name"),
            features_analysed=node.text("featuresAnalysed"),
            description=node.text("protocolDescription", lines=True),
        )  # fmt: skip

    def _add_correlations(self, node: Node) -> str:
        return self._draft.part(
            "correlations", "correlation", title=node.first_text("title", "name"),
            fiducials_used=node.text("fiducialsUsed"), transformation_matrix=node.text("transformationMatrix"),
            description=node.text("protocolDescription", lines=True),
        )  # fmt: skip

    def _add_protocols(self, node: Node) -> str:
        return self._draft.part(
            "protocols", "protocol", title=node.first_text("title", "name"),
            description=node.text("protocolDescription", lines=True),
        )  # fmt: skip
