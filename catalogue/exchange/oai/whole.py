"""`rdf`: the whole graph of a record as RDF/XML, nothing left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from catalogue.exchange.rdf_xml import RDF, rdf_xml
from catalogue.model import rdf

if TYPE_CHECKING:
    from catalogue.store.entries import Entry


class WholeRecord:
    """Every triple of the record, in the terms of its model."""

    prefix = "rdf"
    schema = "http://www.openarchives.org/OAI/2.0/rdf.xsd"
    namespace = RDF
    order = 4

    def covers(self, record: dict[str, Any]) -> bool:
        """Every record."""
        return True

    def metadata(self, entry: Entry, record: dict[str, Any], base: str) -> str:
        """The element `rdf:RDF`."""
        return rdf_xml(rdf.triples(record, version=entry.schema_version))


METADATA_FORMAT = WholeRecord()
