"""One document of any form that is known here, mapped to its study; for what is assessed and never recorded.

Which harvester maps it is told by its content; the harvesters do the rest.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any, Final, Protocol

from catalogue.model.documents import Mapped, SourceDocument, SourceSpec
from catalogue.model.identifiers import Identifier
from catalogue.problems import RecordRejected
from harvesters.bioschemas import BioschemasHarvester
from harvesters.datacite import DataCiteHarvester
from harvesters.datacite_schemaorg import is_schemaorg
from harvesters.dcat import DcatHarvester
from harvesters.http import Fetcher
from harvesters.jsonbytes import parse_json
from harvesters.rdf_documents import iter_quads
from harvesters.rdf_nodes import to_triples
from harvesters.rdf_slices import to_bytes
from harvesters.ro_crate import RoCrateHarvester

_CRATE: Final = "w3id.org/ro/crate"
_NOWHERE: Final = "https://base.invalid/"
_PARSING_S: Final = 5.0
_RDF: Final = frozenset({"text/turtle", "application/n-triples", "application/rdf+xml", "application/ld+json"})


class _Maps(Protocol):
    name: str

    def map(self, document: SourceDocument, source: SourceSpec) -> Mapped: ...


class SingleDocuments:
    """Maps documents, without network and clock.

    Args:
        fetcher: harvesters are made with one; nothing is fetched.
    """

    def __init__(self, fetcher: Fetcher) -> None:
        self._pages = BioschemasHarvester(fetcher)
        self._crates = RoCrateHarvester(fetcher)
        self._datacite = DataCiteHarvester(fetcher)
        self._dcat = DcatHarvester(fetcher)

    def map(self, document: SourceDocument, study: Identifier | None) -> tuple[str, Mapped]:
        """(name of the harvester, what it made of the document).

        Args:
            study: what the document is about; None where it says so itself.
        Raises:
            RecordRejected: it is in no form known here, or cannot become a study.
        """
        harvester, given = self._chosen(document)
        options = {"types": "any"}
        source = SourceSpec("assess", harvester.name, document.url, options=options, study=study)
        return harvester.name, harvester.map(given, source)

    def _chosen(self, document: SourceDocument) -> tuple[_Maps, SourceDocument]:
        text = document.content.lstrip(b"\xef\xbb\xbf \t\r\n")
        if text[:7].lower() == b"<script":
            return self._pages, document
        if text[:1] not in (b"{", b"["):
            return self._dcat, self._as_statements(document)
        value = parse_json(document.content).value
        if _is_crate(value):
            return self._crates, document
        if _is_datacite(value):
            return self._datacite, document
        if _says_schemaorg(value):
            # A text in it that looks like a script element would be read in its place.
            escaped = json.dumps(value, ensure_ascii=False).replace("<", "\\u003c").encode("utf-8", "surrogatepass")
            return self._pages, replace(document, content=escaped)
        return self._dcat, self._as_statements(replace(document, media_type="application/ld+json"))

    @staticmethod
    def _as_statements(document: SourceDocument) -> SourceDocument:
        """An RDF document as the N-Triples that the harvester of DCAT keeps."""
        if document.media_type not in _RDF:
            raise RecordRejected(
                f"It is {document.media_type or 'of no stated type'}, of which no metadata can be read.",
                reason="not-parsable",
            )
        base = document.url or _NOWHERE
        quads = iter_quads(document.content, document.media_type, base_iri=base, timeout_s=_PARSING_S)
        return replace(document, content=to_bytes(to_triples(quads)), media_type="application/n-triples")


def _is_crate(value: Any) -> bool:
    if type(value) is not dict or type(value.get("@graph")) is not list:
        return False
    names = (str(entity.get("@id")) for entity in value["@graph"] if type(entity) is dict)
    return _CRATE in str(value.get("@context")) or any(name.endswith("ro-crate-metadata.json") for name in names)


def _is_datacite(value: Any) -> bool:
    if type(value) is not dict or "@context" in value:
        return False
    inner = value.get("data") if type(value.get("data")) is dict else value
    said = inner.get("attributes", inner) if type(inner) is dict else {}
    return type(said) is dict and "titles" in said and ("doi" in said or "creators" in said)


def _says_schemaorg(value: Any) -> bool:
    values = value if type(value) is list else [value]
    return any(is_schemaorg(one) for one in values)
