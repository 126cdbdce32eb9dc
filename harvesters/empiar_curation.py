"""Curators' YAML about an EMPIAR entry, read into its study: REMBI parts, which name one another by title.

Three kinds: proposals (`curation`), the rules they were made with (`curation_rules`), regions of tomograms (`cets`).
Source: bia-integrator, ro-crate-ingest; cets-empiar, definition_files; crosswalk empiar.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

from catalogue.model.documents import Record, Severity
from catalogue.model.forms import paper_id
from catalogue.model.identifiers import Identifier
from harvesters.account import Entry
from harvesters.draft import METHOD, TAXON, StudyDraft
from harvesters.empiar_images import Images

ANNOTATION_TYPES: Final = frozenset({
    "class_labels", "bounding_boxes", "counts", "derived_annotations", "geometrical_annotations", "graphs",
    "point_annotations", "segmentation_mask", "tracks", "weak_annotations", "other",
})  # fmt: skip
_NAMELESS: Final = "Nothing can refer to it; left out."
# Kind of part -> slot of the study. Preparations are protocols of specimens, with titles of their own.
_SLOTS: Final = {
    "protocol": "protocols", "preparation": "protocols", "biosample": "biosamples", "specimen": "specimens",
    "acquisition": "acquisitions", "analysis": "analyses", "annotation-method": "annotation_methods",
    "component": "components",
}  # fmt: skip
_REGION_FILES: Final = (
    "tomogram_file_pattern", "tilt_series_file_pattern", "movie_stack_file_pattern", "metadata_file",
)  # fmt: skip


def _word(text: str) -> str:
    """A title as the last segment of an identifier."""
    return re.sub(r"[^A-Za-z0-9]+", "-", text).strip("-")[:80].strip("-").lower()


class CurationReader:
    """Reads curators' documents into a draft that holds the entry already."""

    def __init__(self, draft: StudyDraft, study: Identifier):
        self._draft = draft
        self._images = Images(study)
        self._ids: dict[tuple[str, str], str] = {}
        self._texts: dict[str, str] = {}
        self._names: set[str] = set()
        for component in draft.find("components") or ():
            self._ids.setdefault(("component", component["title"]), component["id"])

    def images(self) -> list[Record]:
        """The images of all documents read; call it once, at the end."""
        return self._images.records()

    def read_proposal(self, entry: Entry) -> None:
        """What curators propose for an entry."""
        self._paper(entry)
        for rembis in (*entry.entries("rembis"), *entry.entries("dataset_rembis")):
            self._define_all(rembis, {
                "protocol": "Protocol", "preparation": "SpecimenImagingPreparationProtocol", "biosample": "BioSample",
                "specimen": "Specimen", "acquisition": "ImageAcquisitionProtocol",
                "annotation-method": "AnnotationMethod", "analysis": "ImageAnalysisMethod",
            })  # fmt: skip
        datasets = entry.entries("datasets")
        for dataset in datasets:
            self._dataset(dataset)
        for dataset in datasets:
            for annotation in dataset.entries("assigned_annotations"):
                self._annotation(annotation)

    def read_rules(self, entry: Entry) -> None:
        """The rules that a proposal was made with: its parts, and its data sets by folder."""
        self._paper(entry)
        self._define_all(entry, {
            "protocol": "protocols", "preparation": "specimen_imaging_preparation_protocols",
            "biosample": "biosamples", "acquisition": "image_acquisition_protocols",
        })  # fmt: skip
        entry.entries("specimens")
        usual = [name for found in entry.entries("specimen_defaults") if (name := self._specimen(found))]
        for dataset in entry.entries("datasets"):
            groups = [name for group in dataset.entries("specimen_groups") if (name := self._specimen(group))]
            protocols = [
                name for kinds in dataset.entries("protocol_titles") for name in self._all_of(kinds, "protocol")
            ]
            acquisitions = [
                name
                for kinds in dataset.entries("image_acquisition_protocol_title")
                for name in self._all_of(kinds, "acquisition")
            ]
            self._component(
                dataset, "name", type="ImageSet", specimens=groups or usual, protocols=protocols,
                acquisitions=acquisitions, directory="; ".join(dataset.texts("data_directories")),
            )  # fmt: skip

    def read_regions(self, entry: Entry) -> None:
        """Regions of which a tomogram was made: a specimen and an image each."""
        for region in entry.entries("regions"):
            name = region.text("name", word=True)
            paths = [path for key in _REGION_FILES for path in region.texts(key)]
            if name:
                specimen = self._define("specimen", name, region)
                self._images.add(region, name, paths, None, specimens=[specimen])
            else:
                region.complain("part-without-title", Severity.WARNING, "name", _NAMELESS)

    # -- parts ---------------------------------------------------------------------------------------------------

    def _define_all(self, holder: Entry, keys: dict[str, str]) -> None:
        for kind, key in keys.items():
            for entry in holder.entries(key):
                title = entry.text("title", word=True)
                fields = getattr(self, f"_{kind.replace('-', '_')}_fields")(entry)
                if title:
                    self._define(kind, title, entry, **fields)
                elif fields:
                    entry.complain("part-without-title", Severity.WARNING, "title", _NAMELESS)

    def _define(self, kind: str, title: str, entry: Entry, **fields: Any) -> str:
        """The id of the part with this title, made at its first mention."""
        held = self._ids.get((kind, title))
        if held is not None:
            if fields:
                entry.complain("part-twice", Severity.WARNING, "title", "A part with this title was read; it stays.")
            return held
        name = self._draft.part(_SLOTS[kind], kind, self._free(kind, title), title=title, **fields)
        self._ids[kind, title] = name
        self._texts[name] = str(fields.get("description", ""))
        return name

    def _free(self, kind: str, title: str) -> str:
        stem = _word(title) or kind
        names = [stem, *(f"{stem}-{number}" for number in range(2, len(self._names) + 3))]
        name = next(name for name in names if f"{kind}/{name}" not in self._names)
        self._names.add(f"{kind}/{name}")
        return name

    def _find(self, kind: str, entry: Entry, key: str) -> list[str]:
        """Parts that a property names by title; a title nobody defined gets a finding."""
        found = []
        for title in entry.texts(key):
            if (kind, title) in self._ids:
                found.append(self._ids[kind, title])
            else:
                entry.complain("reference-unknown", Severity.WARNING, key, f"No {kind} has this title.", title)
        return found

    def _all_of(self, kinds: Entry, kind: str) -> list[str]:
        """Parts named below any key, such as a kind of image."""
        return list(dict.fromkeys(name for key in kinds.keys() for name in self._find(kind, kinds, key)))  # noqa: SIM118

    def _protocol_fields(self, entry: Entry) -> dict[str, Any]:
        return {"description": entry.text("protocol_description", lines=True)}

    _preparation_fields = _protocol_fields

    def _biosample_fields(self, entry: Entry) -> dict[str, Any]:
        taxa = []
        for organism in entry.entries("organism_classification"):
            taxon = self._draft.term(
                organism.text("ncbi_id"), TAXON, organism.path, label=organism.text("scientific_name", word=True),
                vernacular=organism.text("common_name", word=True),
            )  # fmt: skip
            taxa.append(taxon)
        organisms = list(dict.fromkeys(filter(None, taxa)))
        self._draft.extend("organisms", organisms)
        return {
            "biological_entity": entry.text("biological_entity_description", lines=True),
            "organisms": organisms,
            "growth_protocol": "; ".join(entry.texts("growth_protocol_title")),
        }

    def _specimen_fields(self, entry: Entry) -> dict[str, Any]:
        return self._made_of(entry)

    def _acquisition_fields(self, entry: Entry) -> dict[str, Any]:
        ids, names = entry.texts("fbbi_id"), entry.texts("imaging_method_name")
        labels = names if len(names) == len(ids) else [None] * len(ids)
        terms = [self._draft.term(i, METHOD, entry.path, label=n) for i, n in zip(ids, labels, strict=True)]
        methods = list(dict.fromkeys(filter(None, terms)))
        self._draft.extend("methods", methods)
        return {
            "description": entry.text("protocol_description", lines=True),
            "instrument": entry.text("imaging_instrument_description"),
            "methods": methods,
            "method_names": names,
        }

    def _analysis_fields(self, entry: Entry) -> dict[str, Any]:
        return {
            "description": entry.text("protocol_description", lines=True),
            "features_analysed": entry.text("features_analysed", lines=True),
        }

    def _annotation_method_fields(self, entry: Entry) -> dict[str, Any]:
        kinds = entry.texts("method_type")
        for kind in kinds:
            if kind not in ANNOTATION_TYPES:
                entry.complain("annotation-type-unknown", Severity.WARNING, "method_type", "No kind of MIFA.", kind)
        return {
            "description": entry.text("protocol_description", lines=True),
            "annotation_types": [kind for kind in kinds if kind in ANNOTATION_TYPES],
        }

    def _made_of(self, entry: Entry) -> dict[str, Any]:
        """Slots of the specimen that biosample and preparation titles describe."""
        key = "specimen_imaging_preparation_protocol_title"
        protocols = [name for k in (key, f"{key}s") for name in self._find("preparation", entry, k)]
        prepared = "\n\n".join(text for name in protocols if (text := self._texts[name]))
        return StudyDraft.filled({
            "biosamples": self._find("biosample", entry, "biosample_title"), "protocols": protocols,
            "sample_preparation": prepared,
        })  # fmt: skip

    def _specimen(self, entry: Entry) -> str | None:
        """The specimen of an entry: the one it names, else the one made of its biosample and preparation."""
        named = self._find("specimen", entry, "specimen_title")
        made = self._made_of(entry)
        if named or not made:
            return named[0] if named else None
        key = repr((made.get("biosamples"), made.get("protocols")))
        if ("specimen of", key) not in self._ids:
            parts = [name.rpartition("/")[2] for name in (*made.get("biosamples", ()), *made.get("protocols", ()))]
            name = self._draft.part("specimens", "specimen", self._free("specimen", "-".join(parts)), **made)
            self._ids["specimen of", key] = name
        return self._ids["specimen of", key]

    # -- data sets -----------------------------------------------------------------------------------------------

    def _paper(self, entry: Entry) -> None:
        doi = entry.text("paper_doi")
        form = paper_id(doi) if doi else None
        held = {paper.get("doi") for paper in self._draft.find("publications") or ()}
        if doi and (form is None or form.value not in held):
            self._draft.publication([(doi, "paper_doi")])

    def _dataset(self, dataset: Entry) -> None:
        shared = dataset.entries("assigned_dataset_rembis")
        files = [
            {"title": file.text("label", word=True), "path": path}
            for file in dataset.entries("additional_files")
            if (path := file.text("file_pattern"))
        ]
        images = dataset.entries("assigned_images")
        specimens = {id(image): self._specimen(image) for image in images}
        component = self._component(
            dataset, "title",
            accession=dataset.text("id"),
            specimens=list(dict.fromkeys(filter(None, specimens.values()))),
            acquisitions=[
                name
                for e in (*shared, *images)
                for name in self._find("acquisition", e, "image_acquisition_protocol_title")
            ],
            analyses=[name for e in shared for name in self._find("analysis", e, "image_analysis_method_title")],
            files=files,
        )  # fmt: skip
        for image in images:
            self._image(image, component, specimens[id(image)])

    def _component(self, dataset: Entry, key: str, *, type: str = "StudyComponent", **fields: Any) -> str | None:
        """The part of the study that a data set is: the image set of the same title, else a new one."""
        title = dataset.text(key, word=True)
        fields = {slot: _once(value) if _is_ids(value) else value for slot, value in fields.items()}
        if not title:
            dataset.complain("part-without-title", Severity.WARNING, key, "A data set needs a title; left out.")
            return None
        held = self._ids.get(("component", title))
        if held is None:
            name = self._free("component", title)
            held = self._draft.part("components", "component", name, type=type, title=title)
            self._ids["component", title] = held
        part = next(part for part in self._draft.find("components") if part["id"] == held)
        files = fields.pop("files", [])
        if fields.get("directory"):
            part["type"] = "ImageSet"  # only image sets have folders; a proposal names the same set without one
        for slot, value in StudyDraft.filled(fields).items():
            part.setdefault(slot, value)
        if files:
            part["files"] = [{"id": f"{held}/file/{n}", **StudyDraft.filled(file)} for n, file in enumerate(files, 1)]
        return held

    def _image(self, image: Entry, component: str | None, specimen: str | None) -> None:
        label = image.text("label", word=True) or image.text("label_prefix", word=True)
        paths = image.texts("file_pattern")
        label = label or (paths[0] if paths else None)
        if label is None:
            image.complain("part-without-title", Severity.WARNING, "label", "An image needs a label or file; left out.")
            return
        self._images.add(
            image, label, paths, component, specimens=[specimen] if specimen else [],
            acquisitions=self._find("acquisition", image, "image_acquisition_protocol_title"),
            protocols=self._find("protocol", image, "protocol_title"),
        )  # fmt: skip

    def _annotation(self, annotation: Entry) -> None:
        methods = self._find("annotation-method", annotation, "annotation_method_title")
        kinds = [
            kind
            for method in self._draft.find("annotation_methods") or ()
            if method["id"] in methods
            for kind in method.get("annotation_types", ())
        ]
        name = f"{self._draft.curie}/annotation/{len(self._draft.find('annotations') or ()) + 1}"
        files = [
            {"id": f"{name}/file/{number}", "path": path, "file_role": "annotation"}
            for number, path in enumerate(annotation.texts("file_pattern"), 1)
        ]
        protocols = self._find("protocol", annotation, "protocol_title")
        titles = annotation.texts("protocol_title") if protocols else []
        self._draft.part(
            "annotations", "annotation",
            title=annotation.text("label", word=True),
            description="; ".join(titles),
            annotation_types=_once(kinds),
            annotation_method=methods[0] if methods else None,
            source_images=self._images.find(annotation),
            files=files,
        )  # fmt: skip


def _once(values: Iterable[Any]) -> list[Any]:
    return list(dict.fromkeys(values))


def _is_ids(value: Any) -> bool:
    """Whether a value is a list of identifiers, in which none should stand twice."""
    return type(value) is list and all(type(item) is str for item in value)
