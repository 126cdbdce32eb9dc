"""Harvester `table`: studies and images from spreadsheets (XLSX, CSV, TSV) in the template made from the model.

For archives that have only a spreadsheet. Columns: table_columns.py; cells: table_values.py; files: table_sheets.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any, Final

from catalogue.model.documents import (
    Event,
    Listed,
    Mapped,
    Record,
    Severity,
    SourceDocument,
    SourceSpec,
    Unchanged,
    Unreadable,
)
from catalogue.model.identifiers import Identifier, image_identifier, parse_identifier
from catalogue.model.payload import canonical, digest
from catalogue.model.table import classes
from catalogue.problems import AmbiguousIdentifier, BadIdentifier, RecordRejected
from harvesters.account import Account, Entry
from harvesters.draft import StudyDraft, identify_study
from harvesters.http import Fetcher
from harvesters.jsonbytes import parse_json
from harvesters.table_columns import IMAGES, KEY, SHEETS, STUDIES, columns
from harvesters.table_sheets import Sheets, read_sheets
from harvesters.table_values import RowReader

MEDIA_TYPE: Final = "application/vnd.ommatidia.table-rows+json"
MAX_DOCUMENT_BYTES: Final = 10_000_000
_PEOPLE: Final = ("authors", "contributors")
_SLUG: Final = re.compile(r"[^A-Za-z0-9]+")
_IMAGE_SLOTS: Final = frozenset({"site", "endpoint", "key"})


class TableHarvester:
    """One study a row of `studies`, with the rows of the other sheets that name it.

    The location is a workbook (.xlsx), a table of studies (.csv, .tsv), or a folder or tar archive of tables named as
    the sheets; a file may also lie behind an http(s) address. `ommatidia harvester template` writes the template.

    Options of a source: `license` (of rows without one), `site` (of images that name none).
    """

    name = "table"
    version = "1"

    def __init__(self, fetcher: Fetcher):
        self._fetcher = fetcher

    def fetch(self, source: SourceSpec, since: str | None, known: Mapping[str, str]) -> Iterator[Event]:
        """One document a study, holding its rows; rows without a study are Unreadable.

        Raises:
            SourceUnavailable: the tables cannot be read now.
            SourceChanged: the location holds no such tables.
        """
        found, cursor = read_sheets(source, since, self._fetcher)
        if found is None:  # as it was
            for item in known:
                yield Unchanged(item)
            yield Listed(cursor, True, len(known))
            return
        names: set[str] = set()
        for event in _documents(found, known):
            if event.item not in names:
                names.add(event.item)
                yield event
        yield Listed(cursor, True, len(names))

    def map(self, document: SourceDocument, source: SourceSpec) -> Mapped:
        """The study, and its images.

        Raises:
            RecordRejected: no accession of a known owner, another's, no title, an image twice or without a name.
        """
        account = Account()
        sheets = account.open(parse_json(document.content).value)
        rows = {name: sheets.entries(name) for name in SHEETS}
        if len(rows[STUDIES]) != 1:
            raise RecordRejected(
                f"The document has {len(rows[STUDIES])} rows of studies; it needs one.", reason="not-parsable"
            )
        main = rows[STUDIES][0]
        study = identify_study(_accession(main.text("accession", word=True) or "", source), source)
        draft = StudyDraft(study, account)
        parts = _parts(rows, study.curie)
        reader = RowReader(draft, parts)
        _study(main, draft, reader, source)
        for name, (slot, _, kind) in SHEETS.items():
            if name in _PEOPLE:
                for row in rows[name]:
                    _person(name, row, draft, reader)
            elif slot:
                for place, row in enumerate(rows[name]):
                    _key(row)
                    _part(slot, kind, row, name, draft, reader, place)
        # What only images use is no term of the study.
        scratch = StudyDraft(study, account)
        reader = RowReader(scratch, parts, own_terms=False)
        images = [_image(row, study, scratch, reader, source) for row in rows[IMAGES]]
        _check_single(images)
        return draft.mapped(*images)


def _documents(sheets: Sheets, known: Mapping[str, str]) -> Iterator[SourceDocument | Unchanged | Unreadable]:
    """The rows of each study as one document."""
    studies: dict[str, dict[str, list[dict[str, str]]]] = {}
    for number, row in sheets.rows(STUDIES):
        accession = row.get("accession", "").strip()
        if not accession:
            yield _lost(STUDIES, number, row, "schema-required", "The row has no accession.", sheets)
        elif accession in studies:
            yield _lost(STUDIES, number, row, "equivocation", f"{accession} stands in two rows.", sheets)
        else:
            studies[accession] = {STUDIES: [row]}
    for name in SHEETS:
        if name == STUDIES:
            continue
        for number, row in sheets.rows(name):
            accession = row.get(KEY, "").strip()
            if accession in studies:
                studies[accession].setdefault(name, []).append(row)
            else:
                detail = f"`study` is '{accession[:100]}', which is no accession of the sheet `{STUDIES}`."
                yield _lost(name, number, row, "gap", detail, sheets)
    for accession, rows in studies.items():
        content = canonical(rows)
        if len(content) > MAX_DOCUMENT_BYTES:
            detail = f"The rows of {accession} have {len(content):,} bytes; {MAX_DOCUMENT_BYTES:,} are allowed."
            yield Unreadable(accession, sheets.url, "too-large", f"{detail} Deliver its images as an image table.")
        elif known.get(accession) == digest(content):
            yield Unchanged(accession)
        else:
            yield SourceDocument(accession, sheets.url, content, MEDIA_TYPE)


def _lost(name: str, number: int, row: dict[str, str], reason: str, detail: str, sheets: Sheets) -> Unreadable:
    return Unreadable(
        f"{name}#row-{number}", sheets.url, reason, f"Sheet {name}, row {number}: {detail}", canonical(row)
    )


def _accession(text: str, source: SourceSpec) -> str:
    """The accession with the prefix of the source's only owner, where the text alone names nothing for certain."""
    try:
        parse_identifier(text)
    except (BadIdentifier, AmbiguousIdentifier):
        return f"{source.owners[0]}:{text}" if len(source.owners) == 1 and text and ":" not in text else text
    return text


def _key(row: Entry) -> None:
    row.leave(KEY, "names the study, whose record this is")


def _parts(rows: Mapping[str, list[Entry]], curie: str) -> dict[str, dict[str, str]]:
    """Sheet -> folded title -> id; ids come from titles, so that a row put in between moves no other."""
    found: dict[str, dict[str, str]] = {}
    for name, (slot, _, kind) in SHEETS.items():
        if not slot or name in _PEOPLE:
            continue
        used: set[str] = set()
        for place, row in enumerate(rows[name]):
            slug = _slug(row, used, place)
            title = str(row.value.get("title", "")).strip().casefold()
            if title:
                found.setdefault(name, {}).setdefault(title, f"{curie}/{kind}/{slug}")
    return found


def _slug(row: Entry, used: set[str], place: int) -> str:
    slug = _SLUG.sub("-", str(row.value.get("title", ""))).strip("-")[:60].strip("-").lower()
    if not slug or slug in used or slug.isdigit():
        slug = str(place + 1)
    used.add(slug)
    return slug


def _study(row: Entry, draft: StudyDraft, reader: RowReader, source: SourceSpec) -> None:
    skip = frozenset({"accession", "title", "license", "publisher.name"})
    draft.require_title(row.text("title", word=True))
    draft.license(row.text("license", word=True), f"{STUDIES}/license", source)
    fields = reader.fields(row, columns(STUDIES), skip)
    stated = fields.pop("publisher", {})
    publisher = draft.organization(row.text("publisher.name", word=True), f"{STUDIES}/publisher", **stated)
    draft.set("publisher", {**publisher, "id": f"{draft.curie}/publisher"} if publisher else None)
    if access := fields.pop("access", None):
        draft.set("access", {"id": f"{draft.curie}/access", **access})
    for slot, value in fields.items():
        draft.extend(slot, value) if isinstance(value, list) else draft.set(slot, value)


def _person(name: str, row: Entry, draft: StudyDraft, reader: RowReader) -> None:
    _key(row)
    skip = frozenset({KEY, "name", "orcid", "email"})
    fields = reader.fields(row, columns(name), skip)
    person = draft.person(
        row.text("name", word=True), name, orcid=row.text("orcid"), address=row.text("email"),
        affiliations=fields.pop("affiliations", ()), **fields,
    )  # fmt: skip
    draft.author(person) if name == "authors" else draft.contributor(person)


def _part(slot: str, kind: str, row: Entry, name: str, draft: StudyDraft, reader: RowReader, place: int) -> None:
    fields = reader.fields(row, columns(name), frozenset({KEY}))
    if name == "publications":
        ids = [(fields.pop(key, None), f"{name}/{key}") for key in ("doi", "pmc_id", "url")]
        number = fields.pop("pubmed_id", None)
        ids.append((f"PMID:{number}" if number else None, f"{name}/pubmed_id"))
        draft.publication(ids, issued=fields.pop("date_issued", None), **fields)
        return
    for agent in ("funder", "publisher"):
        if stated := fields.pop(agent, None):
            fields[agent] = draft.organization(stated.pop("name", None), f"{name}/{agent}", **stated)
            if fields[agent] is None:
                row.complain("agent-without-name", Severity.WARNING, f"{agent}.name", "Give its name; left out.")
    if (model := classes()[SHEETS[name][1]]).designated:
        fields["type"] = model.name
    used = {part["id"].rpartition("/")[2] for part in draft.find(slot) or ()}
    draft.part(slot, kind, _slug(row, used, place), **fields)


def _image(row: Entry, study: Identifier, draft: StudyDraft, reader: RowReader, source: SourceSpec) -> Record:
    """The image of one row, with its one representation and that one's one copy."""
    _key(row)
    fields = reader.fields(row, columns(IMAGES), frozenset({KEY, "accession"}))
    image = _identify_image(row.text("accession", word=True), fields, study)
    base = f"{image.curie}/representation/1"
    replica = {key: fields.pop(key) for key in sorted(_IMAGE_SLOTS) if key in fields}
    representation = {key: fields.pop(key) for key in _representation_slots() if key in fields}
    record: Record = {
        "type": "Image", "id": image.curie, "accession": image.accession, "owner": image.prefix, "study": study.curie,
    }  # fmt: skip
    for slot, name in (("access", "access"), ("plate_position", "position")):
        if part := fields.pop(slot, None):
            record[slot] = {"id": f"{image.curie}/{name}", **part}
    record.update(fields)
    if "endpoint" in replica and "key" in replica:
        site = replica.get("site") or source.options.get("site") or study.prefix
        representation["replicas"] = [{**replica, "id": f"{base}/replica/1", "site": site}]
    if representation:
        record["representations"] = [{"id": base, **representation}]
    used = {
        name
        for value in record.values()
        for name in (value if isinstance(value, list) else [value])
        if isinstance(name, str)
    }
    if terms := [term for term in draft.terms() if term["id"] in used]:
        record["terms"] = terms
    return record


def _representation_slots() -> list[str]:
    held = {slot.key for slot in classes()["Image"].slots}
    return [slot.key for slot in classes()["ImageRepresentation"].slots if slot.key not in held]


def _identify_image(given: str | None, fields: Mapping[str, Any], study: Identifier) -> Identifier:
    name = given or PurePosixPath(str(fields.get("key") or fields.get("title") or "")).name
    if given and given.startswith(f"{study.accession}."):
        name = given.removeprefix(f"{study.accession}.")
    try:
        return image_identifier(study, name)
    except BadIdentifier as error:
        raise RecordRejected(
            f"An image of {study.curie} has no accession, key or title to name it by.", reason="bad-identifier",
            identifier=study.curie,
        ) from error  # fmt: skip


def _check_single(images: list[Record]) -> None:
    seen: set[str] = set()
    for image in images:
        if image["id"] in seen:
            raise RecordRejected(
                f"Two rows of images would be {image['id']}; give each its own accession.", reason="equivocation"
            )
        seen.add(image["id"])
