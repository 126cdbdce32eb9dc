"""`dcat`: a study as dcat:Dataset with its dcat:CatalogRecord, in RDF/XML: the triples of the catalogue (/catalog)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from catalogue.exchange.dcat.dataset import dataset
from catalogue.exchange.dcat.forms import N_TRIPLES, render
from catalogue.exchange.dcat.place import Place
from catalogue.exchange.places import record_place
from catalogue.exchange.rdf_xml import RDF, rdf_xml

if TYPE_CHECKING:
    from catalogue.store.entries import Entry


class Dcat:
    """DCAT-AP for data portals."""

    prefix = "dcat"
    schema = "http://www.openarchives.org/OAI/2.0/rdf.xsd"
    namespace = RDF
    order = 3

    def covers(self, record: dict[str, Any]) -> bool:
        """Studies."""
        return bool(record["type"] == "Study")

    def metadata(self, entry: Entry, record: dict[str, Any], base: str) -> str:
        """The element `rdf:RDF` with a Dataset and its CatalogRecord."""
        said = dataset(entry, Place(base, partial(record_place, base, "study")))
        return rdf_xml(render([said], N_TRIPLES))


METADATA_FORMAT = Dcat()
