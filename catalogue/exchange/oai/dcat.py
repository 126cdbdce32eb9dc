"""`dcat`: a study as dcat:Dataset with its dcat:CatalogRecord, in RDF/XML.

The terms are those that DCAT-AP 3 asks of a dataset; the whole record is in `rdf`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from catalogue.exchange.rdf_xml import RDF
from catalogue.exchange.xml_text import attribute, element, empty
from catalogue.model.namespaces import BASE, expand, is_absolute
from catalogue.store.graph_view import catalog_record

if TYPE_CHECKING:
    from catalogue.store.entries import Entry

_OPEN: Final = (
    f'<rdf:RDF xmlns:rdf="{RDF}" xmlns:dcat="http://www.w3.org/ns/dcat#" xmlns:dct="http://purl.org/dc/terms/" '
    'xmlns:foaf="http://xmlns.com/foaf/0.1/" xmlns:adms="http://www.w3.org/ns/adms#">'
)
_XSD: Final = "http://www.w3.org/2001/XMLSchema#"
_ACCESS: Final = "http://publications.europa.eu/resource/authority/access-right/"


class Dcat:
    """DCAT for data portals."""

    prefix = "dcat"
    schema = "http://www.openarchives.org/OAI/2.0/rdf.xsd"
    namespace = RDF
    order = 3

    def covers(self, record: dict[str, Any]) -> bool:
        """Studies."""
        return bool(record["type"] == "Study")

    def metadata(self, entry: Entry, record: dict[str, Any]) -> str:
        """The element `rdf:RDF` with a Dataset and its CatalogRecord."""
        about = f'<dcat:Dataset rdf:about="{attribute(expand(record["id"]))}">'
        return f"{_OPEN}{about}{''.join(_said(record))}</dcat:Dataset>{_record(entry)}</rdf:RDF>"


def _said(record: dict[str, Any]) -> Iterator[str]:
    yield element("dct:title", record["title"])
    if "description" in record:
        yield element("dct:description", record["description"])
    yield element("dct:identifier", record["accession"])
    yield from (element("dcat:keyword", word) for word in record.get("keywords", ()))
    for name in ("organisms", "methods", "subjects"):
        yield from (empty("dcat:theme", rdf__resource=expand(curie)) for curie in record.get(name, ()))
    if is_absolute(record.get("license", "")):
        yield empty("dct:license", rdf__resource=record["license"])
    if "access" in record:
        yield empty("dct:accessRights", rdf__resource=_ACCESS + record["access"]["access_level"])
    for name, field in (("issued", "date_published"), ("modified", "date_updated")):
        if field in record:
            kind = "date" if len(record[field]) == len("2026-01-01") else "dateTime"
            yield element(f"dct:{name}", record[field], rdf__datatype=_XSD + kind)
    if is_absolute(record.get("landing_page", "")):
        yield empty("dcat:landingPage", rdf__resource=record["landing_page"])
    if "doi" in record:
        yield empty("foaf:page", rdf__resource=f"https://doi.org/{record['doi']}")
    yield from (element("dct:language", code) for code in record.get("languages", ()))
    yield from (_agent("dct:creator", person) for person in record.get("authors", ()))
    if "publisher" in record:
        yield _agent("dct:publisher", record["publisher"])
    for paper in record.get("publications", ()):
        if "doi" in paper:
            yield empty("dct:isReferencedBy", rdf__resource=f"https://doi.org/{paper['doi']}")


def _agent(role: str, agent: dict[str, Any]) -> str:
    iri = agent.get("orcid") or agent.get("ror") or expand(agent["id"])
    name = element("foaf:name", agent["name"])
    return f'<{role}><foaf:Agent rdf:about="{attribute(iri)}">{name}</foaf:Agent></{role}>'


def _record(entry: Entry) -> str:
    said = catalog_record(entry)
    parts = [
        empty("foaf:primaryTopic", rdf__resource=BASE + entry.curie),
        element("dct:modified", said["recorded_at"], rdf__datatype=_XSD + "dateTime"),
    ]
    if is_absolute(said.get("source_url", "")):
        parts.append(empty("dct:source", rdf__resource=said["source_url"]))
    return f'<dcat:CatalogRecord rdf:about="{BASE}{attribute(said["id"])}">{"".join(parts)}</dcat:CatalogRecord>'


METADATA_FORMAT = Dcat()
