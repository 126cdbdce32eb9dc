"""DataCite records of ours, in its three forms."""

from __future__ import annotations

import json
from typing import Any

from catalogue.model.documents import Mapped, Record, SourceDocument, SourceSpec
from harvesters.datacite import DataCiteHarvester
from tests.harvesters.contract import fetcher

SOURCE = SourceSpec("datacite", "datacite", "records/", ("biostudies", "zenodo"), {"license": "CC0-1.0"})
DOI = "10.6019/S-BIAD7"

# After the example of schema 4.7 with all properties.
FULL = """
  <creators>
    <creator>
      <creatorName nameType="Personal" xml:lang="en">Ant, Ada</creatorName><givenName>Ada</givenName>
      <familyName>Ant</familyName>
      <nameIdentifier nameIdentifierScheme="ORCID" schemeURI="https://orcid.org">0000-0002-1825-0097</nameIdentifier>
      <nameIdentifier nameIdentifierScheme="ISNI">0000 0001 2122 7317</nameIdentifier>
      <affiliation affiliationIdentifier="https://ror.org/02catss52" affiliationIdentifierScheme="ROR"
        schemeURI="https://ror.org">A lab</affiliation>
    </creator>
    <creator>
      <creatorName nameType="Organizational">A group</creatorName>
      <nameIdentifier nameIdentifierScheme="ROR">https://ror.org/02catss52</nameIdentifier>
    </creator>
  </creators>
  <titles>
    <title xml:lang="en">Cells</title><title titleType="Subtitle" xml:lang="en-GB">Under ice</title>
    <title titleType="TranslatedTitle" xml:lang="de">Zellen</title>
  </titles>
  <publisher publisherIdentifier="https://ror.org/02catss52" publisherIdentifierScheme="ROR">An archive</publisher>
  <publicationYear>2024</publicationYear>
  <resourceType resourceTypeGeneral="Dataset">Images</resourceType>
  <subjects>
    <subject>ice</subject>
    <subject subjectScheme="NCBITaxon" valueURI="http://purl.obolibrary.org/obo/NCBITaxon_9606">Homo sapiens</subject>
    <subject subjectScheme="FBbi" classificationCode="00000251" schemeURI="http://purl.obolibrary.org/obo/">confocal
      microscopy</subject>
    <subject valueURI="http://www.oecd.org/science/inno/38235147.pdf">FOS: Biology</subject>
  </subjects>
  <contributors>
    <contributor contributorType="DataManager"><contributorName>Bee, Bob</contributorName></contributor>
    <contributor contributorType="Translator"><contributorName>Cee, Cleo</contributorName></contributor>
    <contributor contributorType="Funder"><contributorName>A funder</contributorName></contributor>
  </contributors>
  <dates>
    <date dateType="Issued">2024-02-03</date><date dateType="Updated">2024-03-04</date>
    <date dateType="Submitted">2024-01-02</date><date dateType="Accepted">2024-01-03</date>
    <date dateType="Collected" dateInformation="in winter">2023-01-01/2023-02-01</date>
    <date dateType="Copyrighted">2024</date><date dateType="Harvested">2024</date>
  </dates>
  <language>en</language>
  <alternateIdentifiers>
    <alternateIdentifier alternateIdentifierType="Local number">12</alternateIdentifier>
  </alternateIdentifiers>
  <relatedIdentifiers>
    <relatedIdentifier relatedIdentifierType="DOI" relationType="IsSupplementTo"
      resourceTypeGeneral="JournalArticle">https://doi.org/10.1000/ABC</relatedIdentifier>
    <relatedIdentifier relatedIdentifierType="DOI" relationType="IsIdenticalTo">10.5281/zenodo.1234</relatedIdentifier>
    <relatedIdentifier relatedIdentifierType="ISBN" relationType="IsPartOf">978-3-905673-82-1</relatedIdentifier>
    <relatedIdentifier relatedIdentifierType="arXiv" relationType="Cites">arXiv:0706.0001</relatedIdentifier>
    <relatedIdentifier relatedIdentifierType="URL" relationType="HasTranslation">https://a.example/</relatedIdentifier>
  </relatedIdentifiers>
  <sizes><size>1.7 GB</size><size>2048 bytes</size><size>3 files</size></sizes>
  <formats><format>image/tiff</format></formats>
  <version>2.1</version>
  <rightsList>
    <rights rightsURI="info:eu-repo/semantics/openAccess">Open Access</rights>
    <rights rightsIdentifier="CC-BY-4.0" rightsIdentifierScheme="SPDX" schemeURI="https://spdx.org/licenses/"
      xml:lang="en">Creative Commons Attribution 4.0</rights>
  </rightsList>
  <descriptions>
    <description descriptionType="Abstract" xml:lang="en">Line one<br/>
      line two</description>
    <description descriptionType="Methods">Frozen.</description>
    <description descriptionType="SeriesInformation">Ice 1(2)</description>
    <description descriptionType="Other">And more.</description>
  </descriptions>
  <geoLocations>
    <geoLocation>
      <geoLocationPlace>Here</geoLocationPlace>
      <geoLocationPoint><pointLatitude>1.5</pointLatitude><pointLongitude>-2</pointLongitude></geoLocationPoint>
    </geoLocation>
  </geoLocations>
  <fundingReferences>
    <fundingReference>
      <funderName>Another funder</funderName>
      <funderIdentifier funderIdentifierType="Crossref Funder ID"
        >http://dx.doi.org/10.13039/501100000780</funderIdentifier>
      <awardNumber awardURI="https://grants.example/1">G-1</awardNumber><awardTitle>Ice</awardTitle>
    </fundingReference>
  </fundingReferences>
  <relatedItems>
    <relatedItem relatedItemType="Book" relationType="IsPublishedIn">
      <creators><creator><creatorName nameType="Personal">Dee, Dan</creatorName></creator></creators>
      <titles><title>A book</title><title titleType="Subtitle">on ice</title></titles>
      <publicationYear>1990</publicationYear><volume>1</volume><publisher>A press</publisher>
    </relatedItem>
  </relatedItems>"""

PLAIN = (
    "<creators><creator><creatorName>Ant, Ada</creatorName></creator></creators><titles><title>Cells</title></titles>"
    '<publisher>An archive</publisher><resourceType resourceTypeGeneral="Dataset"/>'
    '<dates><date dateType="Issued">2024-02-03</date></dates>'
)


def xml(inside: str = FULL, doi: str = DOI, kernel: str = "4", prefix: str = "") -> bytes:
    """A record in XML."""
    name = f"{prefix}:" if prefix else ""
    space = f"xmlns:{prefix}" if prefix else "xmlns"
    if prefix:
        inside = inside.replace("</", "\0").replace("<", f"<{name}").replace("\0", f"</{name}")
    text = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<{name}resource {space}="http://datacite.org/schema/kernel-{kernel}" '
        f'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="a b">'
        f'<{name}identifier identifierType="DOI">{doi}</{name}identifier>{inside}</{name}resource>'
    )
    return text.encode()


def attributes(**changes: Any) -> dict[str, Any]:
    """A record of the registry's JSON; a change to None takes a property away."""
    record: dict[str, Any] = {
        "doi": DOI.lower(),
        "types": {"resourceTypeGeneral": "Image", "resourceType": "Micrographs", "bibtex": "misc"},
        "creators": [
            {"name": "Ant, Ada", "nameType": "Personal", "affiliation": ["A lab"], "nameIdentifiers": []},
            {"name": "A group", "nameType": "Organizational", "affiliation": [{"name": "A lab"}]},
        ],
        "titles": [{"title": "Cells", "lang": "en"}],
        "publisher": {"name": "An archive", "publisherIdentifier": "https://ror.org/02catss52"},
        "publicationYear": 2024,
        "subjects": [{"subject": "ice"}],
        "dates": [{"date": "2024-02-03", "dateType": "Issued"}, {"date": "2024-02-03", "dateType": "Valid"}],
        "language": "en",
        "relatedIdentifiers": [
            {"relationType": "IsPartOf", "relatedIdentifier": "10.1000/X", "relatedIdentifierType": "DOI"}
        ],
        "container": {"type": "Series", "identifier": "10.1000/x", "identifierType": "DOI", "title": "A series"},
        "sizes": [], "formats": ["image/tiff"],
        "rightsList": [{"rightsUri": "https://creativecommons.org/licenses/by/4.0/legalcode", "rights": "CC BY"}],
        "descriptions": [{"description": "Cells.", "descriptionType": "Abstract"}],
        "geoLocations": [{"geoLocationPolygon": [{"polygonPoint": {"pointLatitude": 1, "pointLongitude": 2}}]}],
        "url": "https://archive.example/S-BIAD7", "state": "findable", "viewCount": 7,
        "schemaVersion": "http://datacite.org/schema/kernel-4", "updated": "2024-02-04T00:00:00.000Z",
    }  # fmt: skip
    record.update(changes)
    return {key: value for key, value in record.items() if value is not None}


def rest(**changes: Any) -> bytes:
    """An answer of the REST API about one DOI."""
    return json.dumps({"data": {"id": DOI.lower(), "type": "dois", "attributes": attributes(**changes)}}).encode()


# After the landing page of 10.6071/z7wc73.
SCHEMA_ORG = json.dumps({
    "@context": "http://schema.org", "@type": ["Dataset"], "@id": f"https://doi.org/{DOI}", "name": "Cells",
    "identifier": {"@type": "PropertyValue", "propertyID": "md5", "value": "abc"},
    "author": [{"@type": ["Person"], "name": "Ada Ant", "affiliation": "A lab"}], "keywords": "ice, cells",
    "editor": {"@type": "Person", "name": "Bob Bee", "@id": "https://orcid.org/0000-0002-1825-0097"},
    "datePublished": "2024-02-03", "dateCreated": "2019.04.10", "license": "https://creativecommons.org/licenses/by/4.0",
    "contentSize": "1799269709 bytes", "publisher": {"@type": "Organization", "name": "An archive"},
    "isPartOf": {"@type": "Blog", "@id": "https://doi.org/10.5438/0000-00SS", "name": "A blog"},
    "spatialCoverage": {"@type": "Place", "geo": {"@type": "GeoCoordinates", "address": "Here", "latitude": "1"}},
    "funder": {"@type": "Organization", "@id": "https://doi.org/10.13039/100000050", "name": "A funder"},
}).encode()  # fmt: skip


def mapped(content: bytes, **options: str) -> Mapped:
    """What the harvester makes of the bytes."""
    source = SourceSpec("datacite", "datacite", "records/", SOURCE.owners, {**SOURCE.options, **options})
    return harvester().map(SourceDocument("a", "https://datacite.example/a", content), source)


def study(inside: str = "", **options: str) -> Record:
    """The study of a plain record with something more in it."""
    return mapped(xml(PLAIN + inside), **options).records[0]


def codes(result: Mapped) -> list[str]:
    """Codes of its findings."""
    return [finding.code for finding in result.findings]


def harvester() -> DataCiteHarvester:
    """The harvester under test."""
    return DataCiteHarvester(fetcher())
