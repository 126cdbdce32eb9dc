"""`oai_datacite`: a study in DataCite's metadata schema 4.5, inside DataCite's own wrapper for OAI-PMH.

Only studies that name authors and the day of publication: DataCite demands both, and nothing is invented.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from catalogue.exchange.xml_text import XSI, element
from catalogue.model.identifiers import owner_name
from catalogue.model.namespaces import BASE, OWNERS, expand

if TYPE_CHECKING:
    from catalogue.store.entries import Entry

_WRAPPER: Final = "http://schema.datacite.org/oai/oai-1.1/"
_SCHEMA: Final = "http://schema.datacite.org/oai/oai-1.1/oai.xsd"
_KERNEL: Final = "http://datacite.org/schema/kernel-4"
_OPEN: Final = (
    f'<oai_datacite xmlns="{_WRAPPER}" xmlns:xsi="{XSI}" xsi:schemaLocation="{_WRAPPER} {_SCHEMA}">'
    "<schemaVersion>4.5</schemaVersion><datacentreSymbol>{owner}</datacentreSymbol><payload>"
    f'<resource xmlns="{_KERNEL}" '
    f'xsi:schemaLocation="{_KERNEL} http://schema.datacite.org/meta/kernel-4.5/metadata.xsd">'
)
_YEAR: Final = re.compile(r"\d{4}(?!\d)", re.ASCII)
_CLOSE: Final = "</resource></payload></oai_datacite>"
# Roles that DataCite has no word for, by the nearest of its words.
_ROLES: Final = {"CorrespondingAuthor": "ContactPerson", "PrincipalInvestigator": "ProjectLeader", "Submitter": "Other"}


class DataCite:
    """DataCite 4.5 as DataCite's own repository and Zenodo's give it."""

    prefix = "oai_datacite"
    schema = _SCHEMA
    namespace = _WRAPPER
    order = 2

    def covers(self, record: dict[str, Any]) -> bool:
        """Studies with authors and a day of publication."""
        named = [person for person in record.get("authors", ()) if person.get("name")]
        return record["type"] == "Study" and bool(named) and bool(_YEAR.match(str(record.get("date_published", ""))))

    def metadata(self, entry: Entry, record: dict[str, Any], base: str) -> str:
        """The element `oai_datacite`."""
        parts = [
            _OPEN.format(owner=entry.owner),
            _identifier(record),
            _list("creators", (_agent("creator", person) for person in record.get("authors", ()) if person["name"])),
            _titles(record),
            _publisher(entry, record),
            element("publicationYear", record["date_published"][:4]),
            element("resourceType", "Imaging study", resourceTypeGeneral="Dataset"),
            _subjects(record),
            _list("contributors", (_contributor(agent) for agent in record.get("contributors", ()) if agent["name"])),
            _dates(record),
            "".join(element("language", code) for code in record.get("languages", ())[:1]),
            _alternates(record),
            _related(record),
            _sizes(record),
            element("version", record["version"]) if "version" in record else "",
            _rights(record),
            _descriptions(record),
            _funding(record),
            _CLOSE,
        ]
        return "".join(parts)


def _list(name: str, items: Iterable[str]) -> str:
    inside = "".join(items)
    return f"<{name}>{inside}</{name}>" if inside else ""


def _identifier(record: dict[str, Any]) -> str:
    if "doi" in record:
        return element("identifier", record["doi"], identifierType="DOI")
    return element("identifier", BASE + record["id"], identifierType="URL")


def _agent(name: str, agent: dict[str, Any], **attributes: str) -> str:
    personal = agent.get("type") == "Person"
    family, given = agent.get("family_name"), agent.get("given_name")
    shown = f"{family}, {given}" if personal and family and given else agent["name"]
    parts = [element(f"{name}Name", shown, nameType="Personal" if personal else "Organizational")]
    parts += [element(tag, value) for tag, value in (("givenName", given), ("familyName", family)) if value]
    if "orcid" in agent:
        parts.append(_name_identifier(agent["orcid"], "ORCID", "https://orcid.org/"))
    if "ror" in agent:
        parts.append(_name_identifier(agent["ror"], "ROR", "https://ror.org/"))
    parts += [_affiliation(place) for place in agent.get("affiliations", ()) if place.get("name")]
    opened = "".join(f' {key}="{value}"' for key, value in attributes.items())
    return f"<{name}{opened}>{''.join(parts)}</{name}>"


def _name_identifier(value: str, scheme: str, uri: str) -> str:
    return element("nameIdentifier", value, nameIdentifierScheme=scheme, schemeURI=uri)


def _affiliation(place: dict[str, Any]) -> str:
    ror = place.get("ror")
    scheme = {"affiliationIdentifier": ror, "affiliationIdentifierScheme": "ROR", "schemeURI": "https://ror.org/"}
    return element("affiliation", place["name"], **(scheme if ror else {}))


def _contributor(agent: dict[str, Any]) -> str:
    kind = next(iter(agent.get("contributor_types", ())), "Other")
    return _agent("contributor", agent, contributorType=_ROLES.get(kind, kind))


def _titles(record: dict[str, Any]) -> str:
    others = (element("title", text, titleType="AlternativeTitle") for text in record.get("alternative_titles", ()))
    return _list("titles", (element("title", record["title"]), *others))


def _publisher(entry: Entry, record: dict[str, Any]) -> str:
    """Who the record says published it, else the archive whose accession it has."""
    said = record.get("publisher", {})
    if not said.get("name"):
        return element("publisher", owner_name(entry.owner) if entry.owner in OWNERS else entry.owner)
    ror = said.get("ror")
    scheme = {"publisherIdentifier": ror, "publisherIdentifierScheme": "ROR", "schemeURI": "https://ror.org/"}
    return element("publisher", said["name"], **(scheme if ror else {}))


def _subjects(record: dict[str, Any]) -> str:
    labels = {term["id"]: term.get("label") for term in record.get("terms", ()) if "id" in term}
    found = [element("subject", word) for word in record.get("keywords", ())]
    for name in ("organisms", "methods", "subjects"):
        for curie in record.get(name, ()):
            if labels.get(curie):
                own = curie.startswith(record["id"] + "/")
                found.append(element("subject", labels[curie], valueURI=None if own else expand(curie)))
    return _list("subjects", dict.fromkeys(found))


def _dates(record: dict[str, Any]) -> str:
    kinds = ("date_deposited", "Submitted"), ("date_published", "Issued"), ("date_updated", "Updated")
    return _list("dates", (element("date", record[ours], dateType=theirs) for ours, theirs in kinds if ours in record))


def _alternates(record: dict[str, Any]) -> str:
    names = [
        element("alternateIdentifier", record["accession"], alternateIdentifierType="accession"),
        element("alternateIdentifier", BASE + record["id"], alternateIdentifierType="Ommatidia"),
    ]
    if "landing_page" in record:
        names.append(element("alternateIdentifier", record["landing_page"], alternateIdentifierType="URL"))
    return _list("alternateIdentifiers", names)


def _related(record: dict[str, Any]) -> str:
    found = []
    for paper in record.get("publications", ()):
        kind, value = ("DOI", paper.get("doi")) if "doi" in paper else ("PMID", paper.get("pubmed_id"))
        if value:
            said = {"relationType": "IsSupplementTo", "resourceTypeGeneral": "JournalArticle"}
            found.append(element("relatedIdentifier", value, relatedIdentifierType=kind, **said))
    for other in record.get("related_resources", ()):
        name = str(other["related_to"])
        doi = name.removeprefix("doi:").removeprefix("https://doi.org/")
        if doi != name:
            kind, value = "DOI", doi
        else:
            try:
                kind, value = "URL", expand(name)
            except ValueError:
                continue
        said = {"relatedIdentifierType": kind, "relationType": other["relation"]}
        found.append(element("relatedIdentifier", value, **said))
    return _list("relatedIdentifiers", dict.fromkeys(found))


def _sizes(record: dict[str, Any]) -> str:
    units = ("total_size_bytes", "bytes"), ("file_count", "files"), ("image_count", "images")
    return _list("sizes", (element("size", f"{record[name]} {unit}") for name, unit in units if name in record))


def _rights(record: dict[str, Any]) -> str:
    uri = record.get("license")
    found = [element("rights", uri, rightsURI=uri)] if uri else []
    if "copyright_notice" in record:
        found.append(element("rights", record["copyright_notice"]))
    return _list("rightsList", found)


def _descriptions(record: dict[str, Any]) -> str:
    if "description" not in record:
        return ""
    return _list("descriptions", [element("description", record["description"], descriptionType="Abstract")])


def _funding(record: dict[str, Any]) -> str:
    found = []
    for grant in record.get("grants", ()):
        funder = grant.get("funder", {}).get("name")
        if funder:  # DataCite has no grant without a funder
            parts = [element("funderName", funder)]
            if "ror" in grant["funder"]:
                parts.append(element("funderIdentifier", grant["funder"]["ror"], funderIdentifierType="ROR"))
            if "grant_identifier" in grant:
                uri = grant.get("grant_pid") or grant.get("url")
                parts.append(element("awardNumber", grant["grant_identifier"], awardURI=uri))
            if "title" in grant:
                parts.append(element("awardTitle", grant["title"]))
            found.append(f"<fundingReference>{''.join(parts)}</fundingReference>")
    return _list("fundingReferences", found)


METADATA_FORMAT = DataCite()
