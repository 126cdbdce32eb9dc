"""Harvester `emdb`: entries of the Electron Microscopy Data Bank, as studies whose files are the maps.

What an entry says: emdb_entry.py. Written from the schema, untested against real entries.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from catalogue.model.documents import Event, Mapped, Removed, SourceDocument, SourceSpec
from catalogue.problems import RecordRejected
from harvesters.account import Account
from harvesters.documents import iter_documents
from harvesters.draft import StudyDraft, identify_study
from harvesters.emdb_entry import LEFT_OUT, EmdbReader, withdrawal
from harvesters.entry_lists import is_entry_api, items_of, list_entries
from harvesters.http import Fetcher
from harvesters.items import ItemReader
from harvesters.jsonbytes import MAX_BYTES, parse_json
from harvesters.xmlbytes import parse_xml

_XSI: Final = {"http://www.w3.org/2001/XMLSchema-instance": "xsi"}


class EmdbHarvester:
    """Entries from EMDB's API (`https://www.ebi.ac.uk/emdb/api/entry/`) or from kept header files.

    The location is the API where it ends in `/api/entry/`; else a folder, archive, Git repository or HTTP index of
    header files, as harvesters.documents reads them. Options: `list` (for the API: address of a JSON list of
    accessions, best with their dates, or a query of EBI Search), `suffix` (ending of file names, .xml unless said),
    `license` (EMDB states one for all: CC0-1.0).
    """

    name = "emdb"
    version = "1"

    def __init__(self, fetcher: Fetcher):
        self._fetcher = fetcher

    def fetch(self, source: SourceSpec, since: str | None, known: Mapping[str, str]) -> Iterator[Event]:
        """Every entry, obsolete ones as Removed, then one Listed.

        Raises:
            SourceUnavailable: list, folder or API cannot be read now.
            SourceChanged: the location holds no entries, or the list is none.
        """
        if is_entry_api(source.location):
            entries = list_entries(self._fetcher, source.options.get("list", source.location), "EMD-")
            reader = ItemReader(self._fetcher, known, "application/json", MAX_BYTES)
            events = reader.read(items_of(entries, source.location), since)
        else:
            suffix = source.options.get("suffix", ".xml")
            events = iter_documents(
                source.location, since=since, known=known, suffix=suffix, fetcher=self._fetcher, max_bytes=MAX_BYTES,
                media_type="application/xml" if suffix.endswith("xml") else "application/json", options=source.options,
            )  # fmt: skip
        for event in events:
            yield _seen(event)

    def map(self, document: SourceDocument, source: SourceSpec) -> Mapped:
        """The study of one entry.

        Raises:
            RecordRejected: not parsable, `bad-identifier` without an accession of EMDB, `policy` for an entry that is
                not released, `schema-required` without a title.
        """
        body = _parse(document.content)
        name = body.get("@emdb_id", body.get("emdb_id"))
        study = identify_study(name if type(name) is str else "", source)
        if study.prefix != "emdb":
            raise RecordRejected(f"{study.curie} is no entry of EMDB.", reason="bad-identifier")
        account = Account(LEFT_OUT)
        entry = account.open(body, "emd")
        for key in entry.keys():  # noqa: SIM118
            if key.startswith("@xsi:"):
                entry.leave(key, "says how the XML is written")
        for key in ("@emdb_id", "emdb_id"):
            entry.raw(key)
        draft = StudyDraft(study, account)
        EmdbReader(draft, study.accession, source).read(entry)
        return draft.mapped()


def _seen(event: Event) -> Event:
    """The event, unless its entry was withdrawn."""
    if not isinstance(event, SourceDocument):
        return event
    try:
        body = _parse(event.content)
    except RecordRejected:
        return event
    evidence = withdrawal(_status(body))
    return Removed(event.item, evidence) if evidence else event


def _status(body: dict[str, Any]) -> Any:
    value: Any = body
    for key in ("admin", "current_status", "code"):
        value = value.get(key) if type(value) is dict else None
        value = value[0] if type(value) is list and value else value
    return value.strip() if type(value) is str else None


def _parse(content: bytes) -> dict[str, Any]:
    """The entry, of XML or JSON alike.

    Raises:
        RecordRejected: `not-parsable`, it is no entry.
    """
    if content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<":
        value: Any = parse_xml(content.lstrip(), _XSI).get("emd")
    else:
        value = _as_xml(parse_json(content).value)
    if type(value) is not dict:
        raise RecordRejected("The document is no entry of EMDB (element `emd`, schema 3.0).", reason="not-parsable")
    return value


def _as_xml(value: Any) -> Any:
    """The API's JSON with the text of an element where XML has it."""
    if type(value) is list:
        return [_as_xml(item) for item in value]
    if type(value) is dict:
        return {"#text" if key == "valueOf_" else key: _as_xml(item) for key, item in value.items()}
    return value
