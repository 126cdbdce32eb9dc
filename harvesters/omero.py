"""Harvester `omero`: images from OME-XML: the transfer packets of OMERO servers, and metadata files of the same schema.

Parts: ome_xml (the document), ome_images (Image records), ome_study (instruments, plates, people, drawn regions).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from catalogue.model.documents import Event, Mapped, SourceDocument, SourceSpec
from catalogue.problems import RecordRejected
from harvesters.account import Account
from harvesters.documents import iter_documents
from harvesters.draft import StudyDraft, identify_study
from harvesters.http import Fetcher
from harvesters.ome_images import Images
from harvesters.ome_study import read_instruments, read_people, read_plates, read_regions
from harvesters.ome_xml import MAX_BYTES, Document

_STUDY: Final = "belongs to the record of the study, which this source does not give (options title and license)"
_OF_STUDY: Final = ("Instrument", "Experiment", "Screen", "Project", "Dataset", "Experimenter", "ROI")


class OmeroHarvester:
    """Images of OME-XML documents in a folder, tar archive, Git repository or HTTP index.

    Options of a source: `study` (accession of the study that the images belong to; needed), `title` and `license`
    (of a location with one document, which then gives the study as well, with instruments, plates and drawn regions;
    else images of a study that another source gives), `suffix` of documents (default `.xml`), and those of
    harvesters.documents.
    """

    name = "omero"
    version = "1"

    def __init__(self, fetcher: Fetcher):
        self._fetcher = fetcher

    def fetch(self, source: SourceSpec, since: str | None, known: Mapping[str, str]) -> Iterator[Event]:
        """Every document, then one Listed.

        Raises:
            SourceUnavailable: the location cannot be read whole now.
            SourceChanged: the location is not what it was said to be.
        """
        return iter_documents(
            source.location, since=since, known=known, suffix=source.options.get("suffix", ".xml"),
            fetcher=self._fetcher, max_bytes=MAX_BYTES, media_type="application/xml", options=source.options,
        )  # fmt: skip

    def map(self, document: SourceDocument, source: SourceSpec) -> Mapped:
        """The images of one document, behind their study where the source gives it.

        Raises:
            RecordRejected: not OME-XML 2016-06, no image, no study stated, another owner.
        """
        given = source.options.get("study", "")
        if not given:
            raise RecordRejected(
                "OME-XML does not say which study its images belong to. State it as the source's option `study`.",
                reason="bad-identifier",
            )
        study = identify_study(given, source)
        account = Account()
        parsed = Document(document.content, account)
        draft = StudyDraft(study, account)
        title = source.options.get("title")
        acquisitions = read_instruments(draft, parsed) if title else {}
        images = Images(parsed, study, _stem(document.item), acquisitions)
        records = images.records()
        if not records:
            raise RecordRejected("The document has no image.", reason="schema-required")
        if title:
            draft.require_title(title)
            draft.license(None, "OME/Rights", source)
            read_plates(draft, parsed)
            read_people(draft, parsed)
            read_regions(draft, parsed, images.names)
        else:
            for name in _OF_STUDY:
                if parsed.root.has(name):
                    parsed.root.leave(name, _STUDY)
        parsed.settle()
        if title:
            return draft.mapped(*records)
        mapped, ignored, unmapped = account.close()
        return Mapped(records, account.findings, mapped, ignored, unmapped)


def _stem(item: str) -> str:
    """Name of a document without its ending, which tells images of several documents apart."""
    return re.sub(r"(?:\.companion)?(?:\.ome)?\.xml$", "", item, flags=re.IGNORECASE)
