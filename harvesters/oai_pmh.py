"""Harvester `oai_pmh`: records of any OAI-PMH repository in oai_dc or DataCite's formats, as studies.

Protocol: oai_repository.py and oai_harvest.py; formats: oai_dc.py and the DataCite readers. Others are left alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final

from catalogue.model.documents import Event, Mapped, SourceDocument, SourceSpec
from catalogue.problems import RecordRejected
from harvesters.account import Account, Entry
from harvesters.datacite import full_days
from harvesters.datacite_study import bare_doi, write_study
from harvesters.datacite_xml import PREFIXES as DATACITE
from harvesters.datacite_xml import read_resource
from harvesters.datacite_xml import reasons as datacite_reasons
from harvesters.documents import iter_documents
from harvesters.http import Fetcher
from harvesters.jsonbytes import MAX_BYTES
from harvesters.oai_dc import NAMESPACES, identify_dc, read_dc
from harvesters.oai_harvest import MEDIA_TYPE, Harvest
from harvesters.oai_pages import OAI
from harvesters.oai_repository import Repository
from harvesters.xmlbytes import parse_xml

_ENVELOPES: Final = {
    f"http{s}://schema.datacite.org/oai/oai-{version}/": "envelope" for s in ("", "s") for version in ("1.0", "1.1")
}  # fmt: skip
# Elements of the protocol have no prefix: some repositories forget the namespace of a record's metadata, which then is
# the protocol's (9beb3749-a078-5f7c-949a-e6da71f6185f of HZB).
_PREFIXES: Final = {OAI: "", **NAMESPACES, **DATACITE, **_ENVELOPES}
_RECORD: Final = "record"
_XML: Final = "says how the XML is written, nothing about the resource"
_REASONS: Final = {
    "record/header/setSpec": "sets are no property of the study",
    "record/about": "provenance of the record on its way here",
    "record/@xsi:schemaLocation": _XML,
}


@cache
def _reasons() -> Mapping[str, str]:
    envelope = {f"record/metadata/envelope:oai_datacite/envelope:{name}": reason for name, reason in (
        ("isReferenceQuality", "judgement of the registry about the record"),
        ("schemaVersion", "version of the schema, which the namespace says"),
        ("datacentreSymbol", "account at the registry"),
    )}  # fmt: skip
    return {**_REASONS, **envelope, **datacite_reasons()}


class OaiPmhHarvester:
    """Studies from an OAI-PMH 2.0 repository, or from kept records.

    The location is the repository's base URL; or a folder, archive or Git repository of records (XML), as
    harvesters.documents reads them. Options: `prefix` (metadataPrefix; the best offered of DataCite's formats and
    oai_dc unless said), `set` (only this set; a record that leaves it is noticed when all is listed), `types` and
    `license` (as for the harvester datacite), `full_days` (days after which a repository that does not keep deleted
    records is asked for all its identifiers, 30).
    """

    name = "oai_pmh"
    version = "1"

    def __init__(self, fetcher: Fetcher):
        self._fetcher = fetcher

    def fetch(self, source: SourceSpec, since: str | None, known: Mapping[str, str]) -> Iterator[Event]:
        """All records at first, then those that changed since the last run began; see oai_harvest.

        Raises:
            SourceUnavailable: the repository cannot be read now.
            SourceChanged: the location is no repository, or refuses format or set.
        """
        if not source.location.lower().startswith(("http://", "https://")) or source.location.endswith(".git"):
            return iter_documents(
                source.location, since=since, known=known, suffix=".xml", fetcher=self._fetcher, max_bytes=MAX_BYTES,
                media_type=MEDIA_TYPE, options=source.options,
            )  # fmt: skip
        harvest = Harvest(
            Repository(self._fetcher, source.location, source.name), known, MAX_BYTES,
            source.options.get("prefix", ""), source.options.get("set", ""), full_days(source),
        )  # fmt: skip
        return harvest.read(since)

    def map(self, document: SourceDocument, source: SourceSpec) -> Mapped:
        """The study of one record.

        Raises:
            RecordRejected: not parsable; `policy` for a deleted record, a format left alone (EML, ISO 19139, DDI, MARC)
                or a kind of resource that is no study; `bad-identifier`; `schema-required`.
        """
        account = Account(_reasons())
        record = _record(parse_xml(document.content.lstrip(), _PREFIXES), account)
        header = record.entry("header")
        identifier = header.text("identifier", word=True) if header is not None else None
        if header is not None:
            header.text("datestamp")
            if header.text("@status") == "deleted":
                raise RecordRejected("The repository marks the record as deleted.", reason="policy")
        metadata = record.entry("metadata")
        for resource in _resources(metadata):
            kernel = read_resource(resource)
            named = any(map(bare_doi, kernel.dois))
            study = None if named else identify_dc(kernel.dois, identifier or "", source)
            return write_study(kernel, account, source, study).mapped()
        for dc in _children(metadata, "oai_dc:dc"):
            _leave_xml(dc)
            identifiers = [text for value in dc.value.get("dc:identifier", ()) if (text := _plain(value))]
            study = identify_dc(identifiers, identifier or "", source)
            return write_study(read_dc(dc), account, source, study).mapped()
        found = next(iter(metadata.value), "no metadata")[:200] if metadata is not None else "no metadata"
        raise RecordRejected(
            f"The record holds {found}; oai_dc and DataCite's formats are mapped, others are left alone. Harvest "
            "another metadataPrefix.",
            reason="policy",
        )


def _record(root: Mapping[str, Any], account: Account) -> Entry:
    """The record in a document: by itself, in an answer of GetRecord, or DataCite's envelope without any."""
    if "envelope:oai_datacite" in root:
        return account.open({"metadata": [{name: [value] for name, value in root.items()}]}, "record")
    value = root.get(_RECORD)
    outer = root.get("OAI-PMH")
    if value is None and type(outer) is dict:
        answer = account.open(outer, "answer")
        answer.leave_rest("says what was asked and when")
        for inner in answer.entries("GetRecord"):
            found = inner.value.get(_RECORD)
            value = inner.raw(_RECORD)[0] if type(found) is list and found else None
            return account.opened(value, "record") if type(value) is dict else account.open(None)
    if type(value) is not dict:
        raise RecordRejected("The document is no OAI-PMH record.", reason="not-parsable")
    entry = account.open(value, "record")
    _leave_xml(entry)
    return entry


def _resources(metadata: Entry | None) -> Iterator[Entry]:
    """The DataCite resource, by itself or in DataCite's envelope."""
    yield from _children(metadata, "resource")
    for envelope in _children(metadata, "envelope:oai_datacite"):
        _leave_xml(envelope)
        for payload in (envelope, *_children(envelope, "envelope:payload")):
            yield from _children(payload, "resource")


def _children(entry: Entry | None, name: str) -> Iterator[Entry]:
    if entry is None or not entry.value.get(name):
        return
    for value in entry.raw(name):
        if type(value) is dict:
            path = name if name == "resource" else f"{entry.path}/{name}"
            yield entry.account.opened(value, path)


def _leave_xml(entry: Entry) -> None:
    for key in entry.keys():  # noqa: SIM118
        if key.startswith("@"):
            entry.leave(key, _XML)


def _plain(value: Any) -> str:
    text = value.get("#text", "") if type(value) is dict else value
    return text.strip() if type(text) is str else ""
