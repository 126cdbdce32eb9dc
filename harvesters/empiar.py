"""Harvester `empiar`: entries of the Electron Microscopy Public Image Archive, with what curators wrote about them.

Owner is EMPIAR, whoever delivers. Fields: crosswalk empiar; traps: field.md section 5.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from catalogue.model.documents import Event, Listed, Mapped, Severity, SourceDocument, SourceSpec
from catalogue.model.identifiers import Identifier
from catalogue.problems import RecordRejected
from harvesters.account import Account, crosswalk_reasons
from harvesters.documents import iter_documents
from harvesters.draft import StudyDraft, identify_study
from harvesters.empiar_curation import CurationReader
from harvesters.empiar_documents import ENTRY, Curation, entry_of, files_of, join
from harvesters.empiar_entry import EntryReader, identify_entry, is_accession
from harvesters.entry_lists import is_entry_api, items_of, list_entries
from harvesters.http import Fetcher
from harvesters.items import ItemReader
from harvesters.jsonbytes import MAX_BYTES
from harvesters.yamlbytes import MAX_BYTES as MAX_YAML_BYTES
from harvesters.yamlbytes import parse_yaml

_YAML: Final = "application/yaml"


class EmpiarHarvester:
    """Entries from EMPIAR's API (`https://www.ebi.ac.uk/empiar/api/entry/`) or from kept entry documents.

    The location is the API where it ends in `/api/entry/`; else a folder, archive, Git repository or HTTP index of JSON
    files, as harvesters.documents reads them. Options: `list` (for the API: address of a JSON list of accessions, best
    with their update dates, or a query of EBI Search), `curation` (place of the curators' YAML files, of any form that
    harvesters.documents reads), `license` (EMPIAR states one for all: CC0-1.0).
    """

    name = "empiar"
    version = "1"

    def __init__(self, fetcher: Fetcher):
        self._fetcher = fetcher

    def fetch(self, source: SourceSpec, since: str | None, known: Mapping[str, str]) -> Iterator[Event]:
        """Every entry with its curation; obsolete ones as Removed; then one Listed.

        Raises:
            SourceUnavailable: list, folder or API cannot be read now.
            SourceChanged: the location holds no entries, or the list is none.
        """
        before = _load(since)
        curation = self._curation(source)
        digests = curation.digests()
        held = before["curation"]
        changed = {name for name in digests.keys() | held.keys() if digests.get(name) != held.get(name)}
        inner = before["entries"]
        if is_entry_api(source.location):
            left = {item: digest for item, digest in known.items() if item not in changed}
            reader = ItemReader(self._fetcher, left, "application/json", MAX_BYTES)
            entries = list_entries(self._fetcher, source.options.get("list", source.location), "EMPIAR-")
            events = reader.read(items_of(entries, source.location, "EMPIAR-"), inner)
        else:
            events = iter_documents(
                source.location, since=None if changed else inner, known={} if changed else known, suffix=".json",
                fetcher=self._fetcher, max_bytes=MAX_BYTES, media_type="application/json", options=source.options,
            )  # fmt: skip
        for event in join(events, curation, known, before["joined"]):
            if isinstance(event, Listed):
                state = {"entries": event.cursor, "curation": digests, "joined": curation.joined}
                cursor = json.dumps(state, separators=(",", ":")) if event.cursor or digests else None
                event = Listed(cursor, event.complete, event.total)
            yield event

    def _curation(self, source: SourceSpec) -> Curation:
        place = source.options.get("curation")
        if not place:
            return Curation()
        return Curation.read(
            iter_documents(
                place,
                since=None,
                known={},
                suffix=".yaml",
                fetcher=self._fetcher,
                max_bytes=MAX_YAML_BYTES,
                media_type=_YAML,
                options=source.options,
            )
        )

    def map(self, document: SourceDocument, source: SourceSpec) -> Mapped:
        """The study of one entry, and an image for each that curators describe.

        Raises:
            RecordRejected: not parsable; `bad-identifier` where nothing names an entry; `schema-required` without a
                title, as curation without its entry is; `policy` for an entry that is not released.
        """
        files = files_of(document.content)
        key, body = entry_of(files.pop(ENTRY)) if ENTRY in files else ("", {})
        written, broken = _parse(files, alone=not key)
        study = _identify(key, body, written, source)
        account = Account({
            f"{part}/{path}": reason
            for part in ("entry", "curation", "curation_rules", "cets")
            for path, reason in crosswalk_reasons("empiar", f"empiar_meta:{part}/").items()
        })  # fmt: skip
        if key and not is_accession(key):
            message = f"No accession; the entry's DOI says {study.curie}."
            account.note("accession-form", Severity.WARNING, "entry", key, message)
        for name, detail in broken.items():
            account.note("curation-unreadable", Severity.WARNING, name, name, f"Left out. {detail}")
        draft = StudyDraft(study, account)
        EntryReader(draft, source).read(account.open(body, "entry"))
        reader = CurationReader(draft, study)
        for value in written.values():
            part, read = _kind(value, reader)
            entry = account.open(value, part)
            entry.text("accession_id")
            read(entry)
        images = reader.images()
        return draft.mapped(*images)


def _parse(files: Mapping[str, bytes], alone: bool) -> tuple[dict[str, Any], dict[str, str]]:
    """The curators' files by name, and why some are left out: a broken one costs the entry nothing.

    Raises:
        RecordRejected: a file is broken, and there is no entry beside it.
    """
    written, broken = {}, {}
    for name, content in sorted(files.items()):
        try:
            written[name] = parse_yaml(content)
        except RecordRejected as error:
            if alone:
                raise
            broken[name] = error.detail
    return written, broken


def _identify(key: str, body: dict[str, Any], written: Mapping[str, Any], source: SourceSpec) -> Identifier:
    study = identify_entry(key, body.get("entry_doi"), source) if key else None
    for name, value in written.items():
        if type(value) is not dict:
            raise RecordRejected(f"{name} is no map of properties.", reason="not-parsable")
        stated = identify_study(str(value.get("accession_id") or ""), source)
        if study is not None and stated.curie != study.curie:
            raise RecordRejected(
                f"{name} is about {stated.curie}, not about {study.curie}. Correct its accession_id.",
                reason="bad-identifier",
            )
        study = study or stated
    if study is None:
        raise RecordRejected("The document names no entry.", reason="bad-identifier")
    return study


def _kind(value: dict[str, Any], reader: CurationReader) -> tuple[str, Any]:
    """Which of the curators' documents it is, and who reads it."""
    if "regions" in value:
        return "cets", reader.read_regions
    if value.keys() & {"biosamples", "specimen_defaults", "specimens", "image_acquisition_protocols"}:
        return "curation_rules", reader.read_rules
    return "curation", reader.read_proposal


def _load(since: str | None) -> dict[str, Any]:
    """The parts of a cursor of ours; one of another form means reading everything."""
    empty: dict[str, Any] = {"entries": None, "curation": {}, "joined": {}}
    try:
        found = json.loads(since) if since else {}
        held = {key: found.get(key, value) for key, value in empty.items()}
        sound = isinstance(held["entries"], str | None) and all(type(held[k]) is dict for k in ("curation", "joined"))
        return held if sound else empty
    except (ValueError, AttributeError):
        return empty
