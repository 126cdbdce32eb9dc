"""Samples, preparations, protocols and methods of a study from documents of the BioImage Archive's model.

A specimen of ours is a preparation of certain samples: the archive writes one for each image (S-BIAD1556).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any, Final

from catalogue.model.documents import Severity
from harvesters.bia_pool import Doc, Pool
from harvesters.bioimage_archive import annotation_types
from harvesters.draft import METHOD, TAXON, Part, StudyDraft

_INDICATORS: Final = frozenset({"metadata_file", "file_name_exact_match", "file_name_pattern", "file_path", "other"})


def specimen_key(preparations: Iterable[str], samples: Iterable[str]) -> str:
    """Last part of a specimen's identifier, the same wherever the same preparations and samples meet."""
    text = ",".join(sorted(set(preparations))) + "|" + ",".join(sorted(set(samples)))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


class BiaParts:
    """Makes the parts that components and images refer to; each once, at first need or in the order of the pool."""

    def __init__(self, draft: StudyDraft, pool: Pool):
        self._draft, self._pool = draft, pool
        self._made: dict[tuple[str, str], str] = {}
        self._prepared: set[str] = set()

    def map(self) -> None:
        """Everything that the pool describes, whether something refers to it or not."""
        for doc in self._pool.all("Protocol"):
            self._make(doc, self._protocol)
        for doc in self._pool.all("BioSample"):
            self._make(doc, self._biosample)
        for doc in self._pool.all("ImageAcquisitionProtocol"):
            self._make(doc, self._acquisition)
        for doc in self._pool.all("AnnotationMethod"):
            self._make(doc, self._annotation_method)
        for doc in self._pool.all("Specimen"):
            self.specimens([doc.key])

    def map_unused(self) -> None:
        """Preparations that no specimen, component or image was found to have."""
        for doc in self._pool.all("SpecimenImagingPreparationProtocol"):
            if doc.key not in self._prepared:
                self.prepared([doc.key], [])

    def ids(self, kind: str, keys: Iterable[str]) -> list[str]:
        """Identifiers of the parts made of these documents; of those that are not here none."""
        return [self._made[kind, key] for key in dict.fromkeys(keys) if (kind, key) in self._made]

    def called(self, kind: str, title: str, among: list[str]) -> list[str]:
        """Keys of the documents of a title among some."""
        wanted = _folded(title)
        return [
            doc.key for doc in self._pool.each(kind, among) if _folded(doc.text("title", word=True) or "") == wanted
        ]

    def specimens(self, keys: Iterable[str]) -> list[str]:
        """Identifiers of the specimens of Specimen documents."""
        found = []
        for doc in self._pool.each("Specimen", keys):
            prepared = doc.keys_of("imaging_preparation_protocol_uuid")
            found += self.prepared(prepared, doc.keys_of("sample_of_uuid"), doc.text("title", lines=False, word=True))
        return list(dict.fromkeys(found))

    def prepared(self, preparations: list[str], samples: list[str], title: str | None = None) -> list[str]:
        """The specimen of these preparations and samples; none where no preparation is described."""
        docs = self._pool.each("SpecimenImagingPreparationProtocol", preparations)
        if not docs and not title:
            return []
        key = specimen_key(preparations, samples)
        self._prepared.update(doc.key for doc in docs)
        if ("Specimen", key) not in self._made:
            titles = [doc.text("title", lines=False, word=True) or "" for doc in docs]
            name = f"{self._draft.curie}/specimen/{key}"
            texts = [doc.text("protocol_description") for doc in docs]
            self._made["Specimen", key] = self._draft.part(
                "specimens", "specimen", key, title=title or "; ".join(filter(None, titles)),
                description="; ".join(filter(None, titles)) if title else None,
                sample_preparation="\n".join(text for text in texts if text),
                biosamples=self.ids("BioSample", samples), signal_channels=self._channels(docs, name),
            )  # fmt: skip
        return [self._made["Specimen", key]]

    def _make(self, doc: Doc, make: Any) -> None:
        self._made[doc.kind, doc.key] = make(doc)

    def _protocol(self, doc: Doc) -> str:
        return self._draft.part(
            "protocols", "protocol", doc.key, title=doc.text("title", lines=False, word=True),
            description=doc.text("protocol_description"),
        )  # fmt: skip

    def _biosample(self, doc: Doc) -> str:
        organisms = [_taxon(self._draft, entry) for entry in doc.entry.entries("organism_classification")]
        self._draft.extend("organisms", [name or "" for name in organisms])
        grown = self._pool.each("Protocol", doc.keys_of("growth_protocol_uuid"))
        return self._draft.part(
            "biosamples", "biosample", doc.key, title=doc.text("title", lines=False, word=True),
            biological_entity=doc.text("biological_entity_description"),
            organisms=[name for name in dict.fromkeys(organisms) if name],
            growth_protocol="\n".join(text for one in grown if (text := one.text("protocol_description"))),
            **{
                f"{kind}_variables": doc.entry.texts(f"{kind}_variable_description", lines=True)
                for kind in ("intrinsic", "extrinsic", "experimental")
            },
        )  # fmt: skip

    def _acquisition(self, doc: Doc) -> str:
        ids, names = doc.entry.texts("fbbi_id"), doc.entry.texts("imaging_method_name")
        paired = len(ids) == len(names)
        methods = [
            self._draft.term(given, METHOD, "ImageAcquisitionProtocol/fbbi_id", label=names[n] if paired else None)
            for n, given in enumerate(ids)
        ]
        if not ids:
            methods = [
                self._draft.term(None, METHOD, "ImageAcquisitionProtocol/imaging_method_name", label=name)
                for name in names
            ]
        kept = [name for name in dict.fromkeys(methods) if name]
        self._draft.extend("methods", kept)
        return self._draft.part(
            "acquisitions", "acquisition", doc.key, title=doc.text("title", lines=False, word=True),
            instrument=doc.text("imaging_instrument_description"), methods=kept,
            acquisition_parameters=doc.text("protocol_description"), method_names=[] if paired and ids else names,
        )  # fmt: skip

    def _annotation_method(self, doc: Doc) -> str:
        path = "AnnotationMethod/annotation_source_indicator"
        indicator = doc.text("annotation_source_indicator", lines=False)
        if indicator and indicator not in _INDICATORS:
            self._draft.account.note(
                "annotation-source-unknown", Severity.WARNING, path, indicator, "None of the archive's words; left out."
            )
        return self._draft.part(
            "annotation_methods", "annotation-method", doc.key, title=doc.text("title", lines=False, word=True),
            description=doc.text("protocol_description"),
            annotation_types=annotation_types(
                self._draft, doc.entry.texts("method_type"), "AnnotationMethod/method_type"
            ),
            annotation_criteria=doc.text("annotation_criteria"), annotation_coverage=doc.text("annotation_coverage"),
            transformations=doc.text("transformation_description"),
            spatial_information=doc.text("spatial_information"),
            annotation_source_indicator=indicator if indicator in _INDICATORS else None,
        )  # fmt: skip

    def _channels(self, docs: list[Doc], name: str) -> list[Part]:
        channels: list[Part] = []
        for doc in docs:
            for entry in doc.entry.entries("signal_channel_information"):
                for attribute in entry.entries("additional_metadata"):
                    attribute.leave_rest("columns of the depositor's file list")
                channel = self._draft.filled({
                    "label": entry.text("channel_label", word=True) or entry.text("channel_number", word=True),
                    "contrast_mechanism": entry.text("signal_contrast_mechanism_description"),
                    "content_description": entry.text("channel_content_description"),
                    "labelled_entity": entry.text("channel_biological_entity"),
                })  # fmt: skip
                if channel:
                    channels.append({"id": f"{name}/channel/{len(channels) + 1}", **channel})
        return channels


def _taxon(draft: StudyDraft, entry: Any) -> str | None:
    for attribute in entry.entries("additional_metadata"):
        attribute.leave_rest("columns of the depositor's file list")
    return draft.term(
        entry.text("ncbi_id"), TAXON, "Taxon/ncbi_id", label=entry.text("scientific_name", word=True),
        vernacular=entry.text("common_name"),
    )  # fmt: skip


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()
