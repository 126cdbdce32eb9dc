"""Harvester `phenoimageshare`: an added-value database's view of images kept elsewhere, as image records with links.

Import format of PhenoImageShare (phisSchema), as Virtual Fly Brain filled it; the service itself is closed.
"""

from __future__ import annotations

import lzma
from collections.abc import Iterator, Mapping
from typing import Final

from catalogue.model.documents import Event, Mapped, Record, SourceDocument, SourceSpec
from catalogue.problems import RecordRejected
from harvesters.account import Account, Entry
from harvesters.documents import iter_documents
from harvesters.draft import StudyDraft, identify_study
from harvesters.http import Fetcher
from harvesters.jsonbytes import MAX_BYTES
from harvesters.phenoimageshare_images import ImageView
from harvesters.xmlbytes import parse_xml

MAX_UNPACKED_BYTES: Final = 64 << 20
# `xz -9` needs 65 MB to unpack.
_MEMORY_BYTES: Final = 128 << 20
_XZ: Final = b"\xfd7zXZ\x00"
_PREFIXES: Final = {"http://www.example.org/phisSchema": ""}
_LISTS: Final = ("image", "roi", "channel")


class PhenoImageShareHarvester:
    """Images of import files of PhenoImageShare, for a study that the operator names.

    The files say of no study what it is called or whose it is, so they become records only by the option `study` (CURIE
    of the study, of an owner in the prefix map or owners.toml). With the option `title` the study itself is recorded,
    too; without it, it has to come from another source. Further options: `license` (the files state none), `suffix`
    (ending of file names, .xml unless said; files packed with xz are read as well). The location is a folder, archive,
    Git repository or HTTP index of files, as harvesters.documents reads them.
    """

    name = "phenoimageshare"
    version = "1"

    def __init__(self, fetcher: Fetcher):
        self._fetcher = fetcher

    def fetch(self, source: SourceSpec, since: str | None, known: Mapping[str, str]) -> Iterator[Event]:
        """Every file, then one Listed; see harvesters.documents.

        Raises:
            SourceUnavailable: the location cannot be read whole now.
            SourceChanged: the location is not what it was said to be.
        """
        return iter_documents(
            source.location, since=since, known=known, suffix=source.options.get("suffix", ".xml"),
            fetcher=self._fetcher, max_bytes=MAX_BYTES, media_type="application/xml", options=source.options,
        )  # fmt: skip

    def map(self, document: SourceDocument, source: SourceSpec) -> Mapped:
        """The images of one file, behind their study where its title is stated.

        Raises:
            RecordRejected: not parsable; `bad-identifier` where the source names no study; `not-owner`;
                `schema-required` for a file without images; `equivocation` for two images of one name.
        """
        account = Account({"@xmlns": "says how the XML is written"})
        root = parse_xml(_unpacked(document.content), _PREFIXES, max_bytes=MAX_UNPACKED_BYTES).get("Doc")
        root = {} if root == "" else root  # an element without anything is its text
        if type(root) is not dict:
            raise RecordRejected(
                "The document is no import file of PhenoImageShare (element Doc).", reason="not-parsable"
            )
        stated = source.options.get("study")
        if not stated:
            raise RecordRejected(
                "The file names no study. State the study that its images belong to with the source's option `study`, "
                "and describe its archive in owners.toml where the prefix map lacks it.",
                reason="bad-identifier",
            )
        study = identify_study(stated, source)
        doc = account.open(root)
        parts = {key: doc.entries(key) for key in _LISTS}
        views: dict[str, ImageView] = {}
        for entry in parts["image"]:
            view = ImageView(entry, study)
            if view.curie in views:
                raise RecordRejected(f"The file describes {view.curie} twice.", reason="equivocation")
            views[view.curie] = view
        if not views:
            raise RecordRejected("The file describes no image.", reason="schema-required", identifier=study.curie)
        for key in ("roi", "channel"):
            for part in parts[key]:
                _add(views, key, part)
        images = [view.record() for view in views.values()]
        if not source.options.get("title"):
            mapped, ignored, unmapped = account.close()
            return Mapped(images, account.findings, mapped, ignored, unmapped)
        draft = StudyDraft(study, account)
        _describe(draft, source, images, views)
        return draft.mapped(*images)


def _add(views: Mapping[str, ImageView], key: str, part: Entry) -> None:
    """Gives a region or channel to the image that it names."""
    owner = part.text("associated_image", word=True)
    for view in views.values():
        if owner is not None and view.given == owner:
            view.add(key, part)
            return
    part.leave_rest("belongs to no image of this file")


def _describe(draft: StudyDraft, source: SourceSpec, images: list[Record], views: Mapping[str, ImageView]) -> None:
    """The study as far as its images tell: what they show and how they were made, and the pages they lead to."""
    draft.require_title(source.options["title"])
    draft.license(None, "Doc", source)
    for image in images:
        for term in image.get("terms", ()):
            given = term.get("source_id") or term["id"]
            slot = {"Taxon": "organisms", "ImagingMethod": "methods"}.get(term["type"], "subjects")
            curie = draft.term(given, term["type"], slot, label=term["label"])
            draft.extend(slot, [curie])
    draft.set("image_count", len(images))
    said: dict[tuple[str, str, str], None] = {}
    for view in views.values():
        said.update(dict.fromkeys(view.pages))
    for url, title, kind in said:
        draft.part("links", "link", url=url, title=title, link_type=kind)


def _unpacked(content: bytes) -> bytes:
    """The XML, also of a file packed with xz.

    Raises:
        RecordRejected: `too-large` when it unpacks to more than 64 MB; `not-parsable` when damaged.
    """
    if not content.startswith(_XZ):
        return content.lstrip()
    unpacker = lzma.LZMADecompressor(memlimit=_MEMORY_BYTES)
    try:
        found = unpacker.decompress(content, max_length=MAX_UNPACKED_BYTES)
    except (lzma.LZMAError, EOFError) as error:
        raise RecordRejected("The packed file is damaged. Pack it again.", reason="not-parsable") from error
    if not unpacker.eof:
        large = len(found) >= MAX_UNPACKED_BYTES
        raise RecordRejected(
            f"The file unpacks to more than {MAX_UNPACKED_BYTES:,} bytes." if large else "The packed file is cut off.",
            reason="too-large" if large else "not-parsable",
        )
    return found.lstrip()
