"""The BioImage Archive's first format: a flat object with files by identifier (S-BSST1053); no longer written."""

from __future__ import annotations

from typing import Any, Final

from catalogue.model.documents import Mapped, SourceSpec
from catalogue.problems import RecordRejected
from harvesters.account import Account, Entry
from harvesters.bioimage_archive import NAMED, refuse_invented
from harvesters.biostudies_files import OF_IMAGE
from harvesters.biostudies_pagetab import reasons
from harvesters.biostudies_parts import organism
from harvesters.draft import METHOD, StudyDraft, identify_study
from harvesters.jsonbytes import parse_json

_MAPS: Final = ("file_references", "archive_files", "other_files")


def is_flat(content: bytes) -> bool:
    """Whether the bytes are of this format rather than PageTab."""
    return b'"accession_id"' in content and b'"file_references"' in content and b'"section"' not in content


def map_flat(content: bytes, source: SourceSpec) -> Mapped:
    """The study of a flat record.

    Raises:
        RecordRejected: see BiostudiesHarvester.map.
    """
    value = parse_json(content).value
    if type(value) is not dict:
        raise RecordRejected("An object is expected.", reason="not-parsable")
    account = Account(reasons())
    entry = account.open({key: inner for key, inner in value.items() if key not in _MAPS}, "flat")
    identity = identify_study(entry.text("accession_id", word=True) or "", source)
    refuse_invented(identity.curie)
    draft = StudyDraft(identity, account)
    draft.require_title(entry.text("title", word=True))
    draft.set("description", entry.text("description", lines=True))
    draft.license(entry.text("license", word=True), "flat/license", source)
    draft.date("date_published", entry.text("release_date"), "flat/release_date")
    draft.extend("keywords", entry.texts("tags"))
    for author in entry.entries("authors"):
        draft.author(draft.person(author.text("name", word=True), "flat/authors/name"))
    if name := entry.text("organism"):
        draft.extend("organisms", [organism(draft, name, None, "flat/organism") or ""])
    if method := entry.text("imaging_type"):
        term = draft.term(None, METHOD, "flat/imaging_type", label=method)
        draft.extend("methods", [term or ""])
        draft.part("acquisitions", "acquisition", methods=[term], method_names=[method])
    for key in ("example_image_uri", "example_annotation_uri"):
        if address := draft.web_address(entry.text(key), f"flat/{key}"):
            draft.extend("thumbnails", [address])
    _characteristics(draft, entry)
    for key in _MAPS:
        if type(value.get(key)) is dict:
            _files(draft, account, value[key], key)
    return draft.mapped()


def _characteristics(draft: StudyDraft, entry: Entry) -> None:
    own = entry.entry("attributes")
    for name in own.keys() if own else ():
        for text in own.texts(name) if own else ():
            draft.part("characteristics", "characteristic", name=name, text_value=text)


def _files(draft: StudyDraft, account: Account, files: dict[str, Any], key: str) -> None:
    total, known = 0, True
    for number, value in enumerate(files.values()):
        file = account.open(value, f"flat/{key}")
        size = file.whole("size_in_bytes")
        total, known = total + (size or 0), known and size is not None
        path, url = file.text("name", word=True), file.text("uri")
        file.text("type")
        columns = file.entry("attributes")
        described = columns.text("Description") if columns else None
        formats = columns.text("Type") if columns else None
        if columns:
            columns.leave_rest(OF_IMAGE)
        if number < NAMED:
            address = url.replace(" ", "%20") if url else None
            draft.part(
                "files", "file", path=path, url=draft.web_address(address, f"flat/{key}/uri"), description=described,
                format_name=formats, total_size_bytes=size,
            )  # fmt: skip
    if files:
        draft.set("file_count", len(files) + (draft.find("file_count") or 0))
        if known:
            draft.set("total_size_bytes", total + (draft.find("total_size_bytes") or 0))
