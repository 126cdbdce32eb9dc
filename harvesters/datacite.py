"""Harvester `datacite`: records of DataCite's registry and of repositories that keep DataCite metadata, as studies.

Identity is the DOI, by the owners of the prefix map and of owners.toml; federation.md section 5; field.md section 5.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from catalogue.model.documents import Event, Mapped, SourceDocument, SourceSpec
from catalogue.problems import SourceChanged
from harvesters.account import Account
from harvesters.datacite_json import attributes, read_json
from harvesters.datacite_json import reasons as json_reasons
from harvesters.datacite_kernel import Kernel
from harvesters.datacite_registry import Registry, is_registry
from harvesters.datacite_schemaorg import REASONS, is_schemaorg, read_schemaorg
from harvesters.datacite_study import write_study
from harvesters.datacite_xml import PREFIXES, read_xml
from harvesters.datacite_xml import reasons as xml_reasons
from harvesters.documents import iter_documents
from harvesters.http import Fetcher
from harvesters.jsonbytes import MAX_BYTES, parse_json
from harvesters.windows import FULL_DAYS
from harvesters.xmlbytes import parse_xml


def read_kernel(content: bytes) -> tuple[Kernel, Account]:
    """What a document says, whichever of the three forms it has.

    Raises:
        RecordRejected: it has none of them.
    """
    if content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<":
        account = Account(xml_reasons())
        return read_xml(parse_xml(content.lstrip(), PREFIXES), account), account
    value = parse_json(content).value
    if is_schemaorg(value):
        account = Account(REASONS)
        return read_schemaorg(value, account), account
    account = Account(json_reasons())
    return read_json(attributes(value), account), account


class DataCiteHarvester:
    """Studies from DataCite metadata.

    The location is a list of the registry's REST API (`https://api.datacite.org/dois?client-id=ebi.bia`), of which only
    changes are asked for after the first time; or a folder, archive, Git repository or HTTP index of records in XML,
    JSON or schema.org JSON-LD, as harvesters.documents reads them. Options: `types` (kinds of resource that are
    studies, Dataset,Image,Collection unless said; `any` takes all), `license` (for records that state none), `suffix`
    (ending of file names, .xml unless said), `full_days` (days after which the registry's list is read whole, 30).
    """

    name = "datacite"
    version = "1"

    def __init__(self, fetcher: Fetcher):
        self._fetcher = fetcher

    def fetch(self, source: SourceSpec, since: str | None, known: Mapping[str, str]) -> Iterator[Event]:
        """Every record, or every changed one, then one Listed.

        Raises:
            SourceUnavailable: the location cannot be read now.
            SourceChanged: it is not what it was said to be.
        """
        if is_registry(source.location):
            registry = Registry(self._fetcher, source.location, known, MAX_BYTES, source.name)
            return registry.read(since, full_days(source))
        suffix = source.options.get("suffix", ".xml")
        return iter_documents(
            source.location, since=since, known=known, suffix=suffix, fetcher=self._fetcher, max_bytes=MAX_BYTES,
            media_type="application/xml" if suffix.endswith("xml") else "application/json", options=source.options,
        )  # fmt: skip

    def map(self, document: SourceDocument, source: SourceSpec) -> Mapped:
        """The study of one record.

        Raises:
            RecordRejected: not parsable; `bad-identifier` without a DOI of an archive known here; `policy` for a
                kind of resource that is no study; `schema-required` without a title or kind.
        """
        kernel, account = read_kernel(document.content)
        return write_study(kernel, account, source).mapped()


def full_days(source: SourceSpec) -> float:
    """The option `full_days` of a source.

    Raises:
        SourceChanged: it is no number of days.
    """
    text = source.options.get("full_days", "")
    try:
        days = float(text) if text else FULL_DAYS
    except ValueError:
        days = -1.0
    if not 0 <= days <= 3650:
        raise SourceChanged(f"The option full_days is '{text[:20]}'; a number of days from 0 to 3650 is meant.")
    return days
