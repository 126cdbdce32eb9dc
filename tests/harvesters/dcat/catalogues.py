"""Small DCAT catalogues of our own, and the harvester that maps them."""

from __future__ import annotations

from catalogue.model.documents import Mapped, SourceDocument, SourceSpec
from harvesters.dcat import DcatHarvester, dataset_records
from harvesters.rdf_documents import iter_quads
from harvesters.rdf_nodes import to_triples
from harvesters.rdf_slices import MEDIA_TYPE, to_bytes
from tests.harvesters.contract import fetcher

HEAD = """
@prefix adms: <http://www.w3.org/ns/adms#> .
@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix hydra: <http://www.w3.org/ns/hydra/core#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix spdx: <http://spdx.org/rdf/terms#> .
@prefix vcard: <http://www.w3.org/2006/vcard/ns#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""


def dataset(number: int, more: str = "", *, iri: str = "", identifier: str = "") -> str:
    """A dataset of Zenodo's in Turtle."""
    name = iri or f"https://zenodo.org/records/{number}"
    stated = identifier or f"https://doi.org/10.5281/zenodo.{number}"
    return f"""
<{name}> a dcat:Dataset ; dct:identifier "{stated}" ; dct:title "Eyes of ants"@en, "Augen der Ameisen"@de ;
  dct:description "All of them." ; dct:license <http://creativecommons.org/licenses/by/4.0/> ;
  dct:issued "2024-05-01T00:00:00Z"^^xsd:dateTime {more} .
"""


# A publisher that is only an address (goNlSvR5-dataset.ttl), a contact, files, a place and a period.
FULL = dataset(
    101,
    """; dct:publisher <http://orcid.org/0000-0002-1825-0097> ; dcat:keyword "eye", "ant" ;
  dct:creator [ a foaf:Person ; foaf:name "Ada Ant" ; dct:identifier "https://orcid.org/0000-0002-1825-0097" ] ;
  dcat:contactPoint [ a vcard:Kind ; vcard:fn "Desk" ; vcard:hasEmail <mailto:desk@example.org> ;
    vcard:hasTelephone "+49 40 123" ] ;
  dct:accessRights <http://publications.europa.eu/resource/authority/access-right/PUBLIC> ;
  dct:temporal [ a dct:PeriodOfTime ; dcat:startDate "2020-01-01"^^xsd:date ] ; adms:identifier "X1" ;
  dct:isReferencedBy <https://doi.org/10.1038/sdata.2018.22> ; dcat:landingPage <https://zenodo.org/records/101> ;
  dcat:distribution <https://zenodo.org/records/101/files/a.tif>, [ a dcat:Distribution ; dct:title "List" ;
    dcat:downloadURL <https://zenodo.org/records/101/files/a.csv> ; dcat:byteSize "12"^^xsd:decimal ;
    dcat:mediaType <http://www.iana.org/assignments/media-types/text/csv> ;
    spdx:checksum [ a spdx:Checksum ; spdx:algorithm spdx:checksumAlgorithm_md5 ;
      spdx:checksumValue "d41d8cd98f00b204e9800998ecf8427e" ] ]""",
)


def turtle(*parts: str) -> bytes:
    """A catalogue."""
    return (HEAD + "".join(parts)).encode()


def documents(*parts: str) -> list[SourceDocument]:
    """The datasets as `fetch` gives them."""
    quads = iter_quads(turtle(*parts), "text/turtle", base_iri="https://base.invalid/")
    return [
        SourceDocument(name, name, to_bytes(triples), MEDIA_TYPE)
        for name, triples in dataset_records(to_triples(quads))
    ]


def map_turtle(*parts: str, **options: str) -> Mapped:
    """What the harvester makes of the one dataset."""
    (document,) = documents(*parts)
    return DcatHarvester(fetcher()).map(document, SourceSpec("catalogue", "dcat", "x", (), options))
