"""JSON of DataCite's registry, as its REST API and converter give it, read into a Kernel.

Keys: crosswalk datacite-4.5 (`datacite_json`). Former JSON wrote `publication-year` for `publicationYear`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from catalogue.problems import RecordRejected
from harvesters.account import Account, Entry, crosswalk_reasons
from harvesters.datacite_kernel import (
    Affiliation,
    Agent,
    Funding,
    Item,
    Kernel,
    Named,
    Related,
    Rights,
    Stamp,
    Subject,
    Title,
    dates_left_out,
)

# Of the REST API, beside the metadata: what the registry knows of the DOI.
_REGISTRY: Final = {
    "prefix": "part of the DOI", "suffix": "part of the DOI", "type": "kind of object of the API",
    "xml": "the same in XML", "source": "way by which the DOI was registered", "isActive": "the state says it",
    "reason": "remark of the registry",
    "contentUrl": "address of the data, had by the DOI", "metadataVersion": "number of the registry",
    "created": "day of registration of the DOI", "registered": "day of registration of the DOI",
    "published": "the year again", "updated": "day on which the registry changed the DOI",
    "providerId": "account at the registry", "clientId": "account at the registry", "agency": "the registry itself",
    "provider": "the registry itself", "relationships": "accounts at the registry",
    "citation": "text made of the record", "additionalDescriptions": "the same again",
}  # fmt: skip
COUNTS: Final = tuple(
    f"{name}Count"
    for name in ("view", "download", "reference", "citation", "part", "partOf", "version", "versionOf")
)  # fmt: skip
_TRANSLATED: Final = {
    "creators/lang": "Language of one text; those of the record stand in Study/languages.",
    "contributors/lang": "Language of one text; those of the record stand in Study/languages.",
    "publisher/lang": "Language of one text; those of the record stand in Study/languages.",
    "publisher/schemeUri": "Address of the identifier scheme; the identifier is kept as an IRI.",
    "rightsList/schemeUri": "Address of the list of licences; the licence is kept as its own address.",
    "fundingReferences/schemeUri": "Address of the identifier scheme; the identifier is kept as an IRI.",
    "creators/affiliation/schemeUri": "Address of the identifier scheme; the identifier is kept as an IRI.",
    "contributors/affiliation/schemeUri": "Address of the identifier scheme; the identifier is kept as an IRI.",
    "container/lastPage": "Place in a journal or series, had by the item's identifier.",
    "container/issue": "Place in a journal or series, had by the item's identifier.",
    "container/edition": "Place in a journal or series, had by the item's identifier.",
    "container/number": "Place in a journal or series, had by the item's identifier.",
    "container/chapterNumber": "Place in a journal or series, had by the item's identifier.",
}  # fmt: skip


@cache
def reasons() -> Mapping[str, str]:
    """Path in the JSON -> why it is left out."""
    return {
        **_REGISTRY,
        **dict.fromkeys(COUNTS, "count of the registry, which changes while the record does not"),
        **_TRANSLATED,
        **crosswalk_reasons("datacite-4.5", "datacite_json:"),
    }


def attributes(value: Any) -> dict[str, Any]:
    """The record in an answer of the REST API, or the record itself.

    Raises:
        RecordRejected: `not-parsable`, there is none.
    """
    if type(value) is dict and type(value.get("data")) is dict:
        value = value["data"]
    if type(value) is dict and type(value.get("attributes")) is dict:
        return dict(value["attributes"])
    if type(value) is not dict:
        raise RecordRejected("A DataCite record is a JSON object.", reason="not-parsable")
    return value


def read_json(value: dict[str, Any], account: Account) -> Kernel:
    """The record in a JSON object."""
    top = account.open(value)
    kernel = Kernel()
    kernel.dois = [text for text in (_said(top, "doi"), _said(top, "id")) if text]
    for kinds in top.entries("types"):
        kernel.general = _said(kinds, "resourceTypeGeneral", "resource-type-general")
        kernel.resource = _said(kinds, "resourceType", "resource-type")
    kernel.titles = [_title(e, "title", "titleType") for e in top.entries("titles")]
    kernel.descriptions = [_title(e, "description", "descriptionType") for e in top.entries("descriptions")]
    kernel.creators = [_agent(e) for e in top.entries("creators")]
    kernel.contributors = [_agent(e) for e in top.entries("contributors")]
    kernel.publisher = _publisher(top)
    kernel.year, kernel.version = _said(top, "publicationYear", "publication-year"), _said(top, "version")
    kernel.subjects = [
        Subject(_said(e, "subject"), _said(e, "valueUri"), _said(e, "subjectScheme"), _said(e, "classificationCode"))
        for e in top.entries("subjects")
    ]
    kernel.dates = [_stamp(e) for e in top.entries("dates")]
    kernel.languages = [_said(top, "language")]
    kernel.languages += [title.language for title in (*kernel.titles, *kernel.descriptions)]
    kernel.alternates = [Named(_said(e, "identifier"), _said(e, "identifierType")) for e in top.entries("identifiers")]
    kernel.alternates += [
        Named(_said(e, "alternateIdentifier"), _said(e, "alternateIdentifierType"))
        for e in top.entries("alternateIdentifiers")
    ]
    kernel.related = [_related(e) for e in top.entries("relatedIdentifiers")]
    kernel.related += [_container(e) for e in top.entries("container")]
    kernel.items = [_item(e) for e in top.entries("relatedItems")]
    kernel.sizes, kernel.formats = top.texts("sizes"), top.texts("formats")
    kernel.rights = [_rights(e) for e in top.entries("rightsList")]
    kernel.places = [_place(e) for e in top.entries("geoLocations")]
    kernel.funding = [_funding(e) for e in top.entries("fundingReferences")]
    kernel.schema, kernel.page = _said(top, "schemaVersion", "schema-version"), _said(top, "url")
    kernel.state = _said(top, "state")
    return kernel


def _said(entry: Entry, *keys: str) -> str:
    """The first of several spellings that says something."""
    found = [entry.text(key, word=True) or "" for key in keys]
    return next(filter(None, found), "")


def _title(entry: Entry, key: str, kind: str) -> Title:
    text = entry.text(key, lines=key == "description", word=True) or ""
    return Title(text, _said(entry, kind), _said(entry, "lang"))


def _agent(entry: Entry) -> Agent:
    found = Agent(_said(entry, "name"), _said(entry, "nameType", "type"))
    found.given, found.family = _said(entry, "givenName"), _said(entry, "familyName")
    found.role = _said(entry, "contributorType")
    found.identifiers = [
        Named(_said(e, "nameIdentifier"), _said(e, "nameIdentifierScheme")) for e in entry.entries("nameIdentifiers")
    ]
    if identifier := _said(entry, "id"):
        found.identifiers.append(Named(identifier))
    places = entry.value.get("affiliation")
    given = places if type(places) is list else [places]
    if any(type(place) is dict for place in given):
        found.affiliations = [
            Affiliation(
                _said(e, "name"), _said(e, "affiliationIdentifier"), _said(e, "affiliationIdentifierScheme")
            )
            for e in entry.entries("affiliation")
        ]  # fmt: skip
    else:
        found.affiliations = [Affiliation(text) for text in entry.texts("affiliation")]
    return found


def _publisher(top: Entry) -> Affiliation | None:
    """The publisher, a text until 2023 and an object since."""
    if type(top.value.get("publisher")) is not dict:
        name = _said(top, "publisher")
        return Affiliation(name) if name else None
    entry = top.entries("publisher")[0]
    return Affiliation(
        _said(entry, "name"), _said(entry, "publisherIdentifier"), _said(entry, "publisherIdentifierScheme")
    )


def _related(entry: Entry) -> Related:
    return Related(
        _said(entry, "relatedIdentifier"),
        _said(entry, "relatedIdentifierType"),
        _said(entry, "relationType"),
        _said(entry, "resourceTypeGeneral"),
        about=_said(entry, "relationTypeInformation"),
    )


def _container(entry: Entry) -> Related:
    return Related(
        _said(entry, "identifier"), _said(entry, "identifierType"), "IsPartOf", _said(entry, "type"),
        _said(entry, "title"),
    )  # fmt: skip


def _item(entry: Entry) -> Item:
    related = Related("", "", _said(entry, "relationType"), _said(entry, "relatedItemType"))
    related.about = _said(entry, "relationTypeInformation")
    for identifier in entry.entries("relatedItemIdentifier"):
        related.identifier = _said(identifier, "relatedItemIdentifier")
        related.identifier_type = _said(identifier, "relatedItemIdentifierType")
    titles = [_title(e, "title", "titleType") for e in entry.entries("titles")]
    related.title = next((title.text for title in titles if not title.kind), titles[0].text if titles else "")
    people = [_agent(e).name for key in ("creators", "contributors") for e in entry.entries(key)]
    return Item(related, people, _said(entry, "publisher"), _said(entry, "publicationYear"))


def _stamp(entry: Entry) -> Stamp:
    found = Stamp(_said(entry, "date"), _said(entry, "dateType"), _said(entry, "dateInformation"))
    if reason := dates_left_out().get(found.kind):
        for key in ("date", "dateInformation"):
            entry.leave(key, reason)
    return found


def _rights(entry: Entry) -> Rights:
    _said(entry, "rightsIdentifierScheme")
    return Rights(_said(entry, "rights"), _said(entry, "rightsUri"), _said(entry, "rightsIdentifier"))


def _funding(entry: Entry) -> Funding:
    return Funding(
        _said(entry, "funderName"), _said(entry, "funderIdentifier"), _said(entry, "funderIdentifierType"),
        _said(entry, "awardNumber"), _said(entry, "awardUri"), _said(entry, "awardTitle"),
    )  # fmt: skip


def _place(entry: Entry) -> str:
    said = [_said(entry, "geoLocationPlace"), *(_point(point) for point in entry.entries("geoLocationPoint"))]
    for box in entry.entries("geoLocationBox"):
        sides = ("southBoundLatitude", "westBoundLongitude", "northBoundLatitude", "eastBoundLongitude")
        said.append("box " + " ".join(_said(box, side) for side in sides))
    # A polygon is a list of objects with one corner each (10.5072/example-polygon), or one object with a list of them.
    polygons = entry.entries("geoLocationPolygon")
    corners = [_point(point) for polygon in polygons for point in polygon.entries("polygonPoint")]
    said.append("polygon " + ", ".join(corners) if any(corners) else "")
    said += [f"around {_point(point)}" for polygon in polygons for point in polygon.entries("inPolygonPoint")]
    return "; ".join(part for part in said if part)


def _point(point: Entry) -> str:
    return " ".join(filter(None, (_said(point, "pointLatitude"), _said(point, "pointLongitude"))))
