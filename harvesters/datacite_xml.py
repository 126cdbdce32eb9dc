"""DataCite XML of kernels 2.0 to 4.7, by any prefix, read into a Kernel.

Traps: several creatorName in one creator, empty elements, prefixes ns0 and xs, `rights` without its list (kernel 2).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from catalogue.model.documents import Severity
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

_VERSIONS: Final = (
    "2.0",
    "2.1",
    "2.2",
    "2.3",
    "3",
    "3.0",
    "3.1",
    "4",
    "4.0",
    "4.1",
    "4.2",
    "4.3",
    "4.4",
    "4.5",
    "4.6",
    "4.7",
)
PREFIXES: Final = {
    **{f"http://datacite.org/schema/kernel-{version}": "" for version in _VERSIONS},
    **{f"https://datacite.org/schema/kernel-{version}": "" for version in _VERSIONS},
    "http://www.w3.org/2001/XMLSchema-instance": "xsi",
    "http://www.w3.org/XML/1998/namespace": "xml",
}
# Element -> the list that it stands in.
_LISTS: Final = {
    "creator": "creators", "title": "titles", "subject": "subjects", "contributor": "contributors", "date": "dates",
    "alternateIdentifier": "alternateIdentifiers", "relatedIdentifier": "relatedIdentifiers", "size": "sizes",
    "format": "formats", "rights": "rightsList", "description": "descriptions", "geoLocation": "geoLocations",
    "fundingReference": "fundingReferences", "relatedItem": "relatedItems",
}  # fmt: skip
_XML: Final = "says how the XML is written, nothing about the resource"
# Not in the schema, met in real records: nist.xml types the list instead of its members.
_STRAY: Final = {"resource/alternateIdentifiers/@alternateIdentifierType": "stands on the list, not on an identifier"}


@cache
def reasons() -> Mapping[str, str]:
    """Path in the XML -> why it is left out, from the crosswalk, whose paths leave lists out."""
    found = dict(_STRAY)
    for path, reason in crosswalk_reasons("datacite-4.5", "datacite4:").items():
        parts = [f"{_LISTS[part]}/{part}" if part in _LISTS else part for part in path.split("/")]
        found["resource/" + "/".join(parts).replace("@xml.", "@xml:")] = reason
    return found


@dataclass(frozen=True, slots=True)
class _Element:
    """One XML element: its text, and its attributes and children where it has any."""

    text: str
    at: Entry | None

    def attribute(self, name: str) -> str:
        return (self.at.text(f"@{name}", word=True) or "") if self.at is not None else ""

    def child(self, name: str) -> str:
        found = next(_elements(self.at, name), None)
        return found.text if found is not None else ""

    def children(self, name: str) -> list[_Element]:
        return list(_elements(self.at, name))


def read_xml(root: Mapping[str, Any], account: Account) -> Kernel:
    """The record in a parsed document.

    Raises:
        RecordRejected: `not-parsable`, the root is no DataCite resource.
    """
    value = root.get("resource")
    if type(value) is not dict:
        name = next(iter(root), "")
        raise RecordRejected(
            f"The root element is {name[:100]}; a DataCite record is a resource of a kernel from 2.0 to 4.7.",
            reason="not-parsable",
        )
    return read_resource(account.open(value, "resource"))


def read_resource(entry: Entry) -> Kernel:
    """The record in the element `resource`."""
    top = _Element("", entry)
    kernel = Kernel()
    for element in top.children("identifier"):
        element.attribute("identifierType")
        kernel.dois.append(element.text)
    for element in top.children("resourceType"):
        kernel.general, kernel.resource = element.attribute("resourceTypeGeneral"), element.text
    kernel.titles = [_title(e, "titleType") for e in _listed(top, "title")]
    kernel.descriptions = [_title(e, "descriptionType") for e in _listed(top, "description")]
    kernel.creators = [a for e in _listed(top, "creator") for a in _agents(e, "creatorName")]
    kernel.contributors = [a for e in _listed(top, "contributor") for a in _agents(e, "contributorName")]
    for element in top.children("publisher"):
        identifier = element.attribute("publisherIdentifier")
        kernel.publisher = Affiliation(element.text, identifier, element.attribute("publisherIdentifierScheme"))
    kernel.year, kernel.version = top.child("publicationYear"), top.child("version")
    kernel.subjects = [
        Subject(e.text, e.attribute("valueURI"), e.attribute("subjectScheme"), e.attribute("classificationCode"))
        for e in _listed(top, "subject")
    ]
    kernel.dates = [_stamp(e) for e in _listed(top, "date")]
    kernel.languages = [e.text for e in top.children("language")]
    kernel.languages += [title.language for title in (*kernel.titles, *kernel.descriptions)]
    kernel.alternates = [
        Named(e.text, e.attribute("alternateIdentifierType")) for e in _listed(top, "alternateIdentifier")
    ]
    kernel.related = [_related(e) for e in _listed(top, "relatedIdentifier")]
    kernel.items = [_item(e) for e in _listed(top, "relatedItem")]
    kernel.sizes = [e.text for e in _listed(top, "size")]
    kernel.formats = [e.text for e in _listed(top, "format")]
    kernel.rights = [_rights(e) for e in (*_listed(top, "rights"), *top.children("rights"))]
    kernel.places = [_place(e) for e in _listed(top, "geoLocation")]
    kernel.funding = [_funding(e) for e in _listed(top, "fundingReference")]
    _leave_xml(entry)
    return kernel


def _leave_xml(entry: Entry) -> None:
    for key in entry.keys():  # noqa: SIM118
        if key.startswith("@xsi:"):
            entry.leave(key, _XML)


def _elements(entry: Entry | None, name: str) -> Iterator[_Element]:
    if entry is None:
        return
    lines = name == "description"
    for value in entry.raw(name) or ():
        if type(value) is dict:
            inner = entry.account.opened(value, f"{entry.path}/{name}")
            _leave_xml(inner)
            yield _Element(inner.text("#text", lines=lines, word=True) or "", inner)
        elif type(value) is str:
            yield _Element(value.strip() if lines else " ".join(value.split()), None)


def _listed(parent: _Element, name: str) -> list[_Element]:
    """The elements of a list, in order; also where a record has the list twice."""
    return [element for outer in parent.children(_LISTS[name]) for element in outer.children(name)]


def _title(element: _Element, kind: str) -> Title:
    return Title(element.text, element.attribute(kind), element.attribute("xml:lang"))


def _agents(element: _Element, key: str) -> list[Agent]:
    """The people in one element: one, unless it holds several names (10.25670/oi2018-001on has three)."""
    names = element.children(key)
    given, family = element.children("givenName"), element.children("familyName")
    places = [
        Affiliation(e.text, e.attribute("affiliationIdentifier"), e.attribute("affiliationIdentifierScheme"))
        for e in element.children("affiliation")
    ]
    identifiers = [Named(e.text, e.attribute("nameIdentifierScheme")) for e in element.children("nameIdentifier")]
    role, several = element.attribute("contributorType"), len(names) > 1
    found = []
    for number, name in enumerate(names or [_Element("", None)]):
        own = Agent(name.text, name.attribute("nameType"), role=role, affiliations=places)
        if not several or len(given) == len(family) == len(names):
            own.given = given[number].text if len(given) > number else ""
            own.family = family[number].text if len(family) > number else ""
        if several and len(places) == len(names):
            own.affiliations = [places[number]]
        if not several:
            own.identifiers = identifiers
        found.append(own)
    if several and element.at is not None:
        element.at.complain(
            "several-names", Severity.REPAIRED, key, f"{len(names)} people stand in one element; read as so many."
        )
        if any(identifier.value for identifier in identifiers):
            element.at.leave("nameIdentifier", "nothing tells whose of several people it is")
    return found


def _related(element: _Element) -> Related:
    return Related(
        element.text,
        element.attribute("relatedIdentifierType"),
        element.attribute("relationType"),
        element.attribute("resourceTypeGeneral"),
        about=element.attribute("relationTypeInformation"),
    )


def _item(element: _Element) -> Item:
    related = Related("", "", element.attribute("relationType"), element.attribute("relatedItemType"))
    related.about = element.attribute("relationTypeInformation")
    for identifier in element.children("relatedItemIdentifier"):
        related.identifier = identifier.text
        related.identifier_type = identifier.attribute("relatedItemIdentifierType")
    titles = [_title(e, "titleType") for e in _listed(element, "title")]
    related.title = next((title.text for title in titles if not title.kind), titles[0].text if titles else "")
    authors = [a.name for e in _listed(element, "creator") for a in _agents(e, "creatorName")]
    authors += [a.name for e in _listed(element, "contributor") for a in _agents(e, "contributorName")]
    return Item(related, authors, element.child("publisher"), element.child("publicationYear"))


def _stamp(element: _Element) -> Stamp:
    found = Stamp(element.text, element.attribute("dateType"), element.attribute("dateInformation"))
    if (reason := dates_left_out().get(found.kind)) and element.at is not None:
        for key in ("#text", "@dateInformation"):
            element.at.leave(key, reason)
    return found


def _rights(element: _Element) -> Rights:
    element.attribute("rightsIdentifierScheme")
    return Rights(element.text, element.attribute("rightsURI"), element.attribute("rightsIdentifier"))


def _funding(element: _Element) -> Funding:
    found = Funding(element.child("funderName"), title=element.child("awardTitle"))
    for identifier in element.children("funderIdentifier"):
        found.identifier, found.identifier_type = identifier.text, identifier.attribute("funderIdentifierType")
    for number in element.children("awardNumber"):
        found.number, found.uri = number.text, number.attribute("awardURI")
    return found


def _place(element: _Element) -> str:
    """A place in words and numbers; points as latitude and longitude."""
    said = [element.child("geoLocationPlace")]
    for point in element.children("geoLocationPoint"):
        # Kernel 3 writes both numbers as one text.
        said.append(point.text or _point(point))
    for box in element.children("geoLocationBox"):
        sides = ("southBoundLatitude", "westBoundLongitude", "northBoundLatitude", "eastBoundLongitude")
        numbers = [box.child(side) for side in sides]
        said.append(box.text or ("box " + " ".join(numbers) if any(numbers) else ""))
    for polygon in element.children("geoLocationPolygon"):
        inside = [_point(point) for point in polygon.children("inPolygonPoint")]
        points = [_point(point) for point in polygon.children("polygonPoint")]
        said.append("polygon " + ", ".join(points) if any(points) else "")
        said += [f"around {point}" for point in inside if point]
    return "; ".join(part for part in said if part)


def _point(point: _Element) -> str:
    return " ".join(filter(None, (point.child("pointLatitude"), point.child("pointLongitude"))))
