"""DataCite JSON: a study in the words of DataCite's metadata schema 4.5, for programs that ask DOIs for it.

Where a record lacks what DataCite demands (authors, day of publication), it lacks it here too.
Source: DataCite Metadata Schema 4.5; `application/vnd.datacite.datacite+json` of DataCite's content negotiation.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from catalogue.exchange.base import Document, archive_accession
from catalogue.model.identifiers import owner_name
from catalogue.model.namespaces import BASE, OWNERS, expand

_KERNEL: Final = "http://datacite.org/schema/kernel-4"
_AGENCY: Final = "w3id.org"
"""Who hands out `id`, as "datacite" says it of DOIs; F-UJI takes no document without it for DataCite's."""
# Roles that DataCite has no word for, by the nearest of its words.
_ROLES: Final = {"CorrespondingAuthor": "ContactPerson", "PrincipalInvestigator": "ProjectLeader", "Submitter": "Other"}
_DATES: Final = (("date_deposited", "Submitted"), ("date_published", "Issued"), ("date_updated", "Updated"))
_SIZES: Final = (("total_size_bytes", "bytes"), ("file_count", "files"), ("image_count", "images"))
_SPDX: Final = (
    ("https://creativecommons.org/publicdomain/zero/1.0/", "cc0-1.0"),
    ("https://creativecommons.org/licenses/by/4.0/", "cc-by-4.0"),
)
Record = Mapping[str, Any]
Part = dict[str, Any]


def datacite(record: Record) -> Part:
    """The study as DataCite gives records of its own; what is not stated is not there."""
    found: Part = {"id": BASE + record["id"], "agency": _AGENCY, "schemaVersion": _KERNEL}
    if "doi" in record:
        found["doi"] = record["doi"]
    found |= {
        "url": record.get("landing_page", BASE + record["id"]),
        "types": {"resourceTypeGeneral": "Dataset", "resourceType": "Imaging study", "schemaOrg": "Dataset"},
        "creators": [_agent(person) for person in record.get("authors", ()) if person.get("name")],
        "titles": [{"title": record["title"]}]
        + [{"title": text, "titleType": "AlternativeTitle"} for text in record.get("alternative_titles", ())],
        "publisher": _publisher(record),
        "publicationYear": str(record.get("date_published", ""))[:4],
        "subjects": _subjects(record),
        "contributors": [_contributor(agent) for agent in record.get("contributors", ()) if agent.get("name")],
        "dates": [{"date": record[ours], "dateType": theirs} for ours, theirs in _DATES if ours in record],
        "language": next(iter(record.get("languages", ())), ""),
        "alternateIdentifiers": [
            {"alternateIdentifier": archive_accession(record), "alternateIdentifierType": "accession"}
        ],
        "relatedIdentifiers": _related(record),
        "sizes": [f"{record[name]} {unit}" for name, unit in _SIZES if name in record],
        "version": record.get("version", ""),
        "rightsList": _rights(record),
        "descriptions": _descriptions(record),
        "fundingReferences": _funding(record),
    }
    return {name: value for name, value in found.items() if value not in ("", [], None)}


def _agent(agent: Record) -> Part:
    personal = agent.get("type") == "Person"
    family, given = agent.get("family_name"), agent.get("given_name")
    found: Part = {
        "name": f"{family}, {given}" if personal and family and given else agent["name"],
        "nameType": "Personal" if personal else "Organizational",
    }
    found |= {theirs: value for theirs, value in (("givenName", given), ("familyName", family)) if value}
    names = [
        {"nameIdentifier": agent[field], "nameIdentifierScheme": scheme, "schemeUri": uri}
        for field, scheme, uri in (("orcid", "ORCID", "https://orcid.org"), ("ror", "ROR", "https://ror.org"))
        if field in agent
    ]
    places = [_affiliation(place) for place in agent.get("affiliations", ()) if place.get("name")]
    return found | {name: value for name, value in (("nameIdentifiers", names), ("affiliation", places)) if value}


def _affiliation(place: Record) -> Part:
    return {"name": place["name"]} | _ror(place, "affiliationIdentifier")


def _ror(thing: Record, field: str) -> Part:
    if "ror" not in thing:
        return {}
    return {field: thing["ror"], f"{field}Scheme": "ROR", "schemeUri": "https://ror.org"}


def _contributor(agent: Record) -> Part:
    kind = next(iter(agent.get("contributor_types", ())), "Other")
    return _agent(agent) | {"contributorType": _ROLES.get(kind, kind)}


def _publisher(record: Record) -> Part | None:
    """Who the record says published it, else the archive whose accession it has."""
    said = record.get("publisher", {})
    if said.get("name"):
        return {"name": said["name"]} | _ror(said, "publisherIdentifier")
    return {"name": owner_name(record["owner"])} if record["owner"] in OWNERS else None


def _subjects(record: Record) -> list[Part]:
    labels = {term["id"]: term.get("label") for term in record.get("terms", ()) if "id" in term}
    found: list[Part] = [{"subject": word} for word in record.get("keywords", ())]
    for name in ("organisms", "methods", "subjects"):
        for curie in record.get(name, ()):
            if labels.get(curie):
                own = curie.startswith(record["id"] + "/")
                found.append({"subject": labels[curie]} | ({} if own else {"valueUri": expand(curie)}))
    return _once(found)


def _related(record: Record) -> list[Part]:
    found: list[Part] = []
    for paper in record.get("publications", ()):
        kind, value = ("DOI", paper.get("doi")) if "doi" in paper else ("PMID", paper.get("pubmed_id"))
        if value:
            found.append(
                {
                    "relatedIdentifier": value,
                    "relatedIdentifierType": kind,
                    "relationType": "IsSupplementTo",
                    "resourceTypeGeneral": "JournalArticle",
                }
            )
    for other in record.get("related_resources", ()):
        name = str(other["related_to"])
        doi = name.removeprefix("doi:").removeprefix("https://doi.org/")
        try:
            kind, value = ("DOI", doi) if doi != name else ("URL", expand(name))
        except ValueError:
            continue
        found.append({"relatedIdentifier": value, "relatedIdentifierType": kind, "relationType": other["relation"]})
    return _once(found)


def _rights(record: Record) -> list[Part]:
    found: list[Part] = []
    if record.get("license"):
        spdx = dict(_SPDX).get(record["license"])
        found.append(
            {"rights": record["license"], "rightsUri": record["license"]}
            | ({"rightsIdentifier": spdx, "rightsIdentifierScheme": "SPDX"} if spdx else {})
        )
    if "copyright_notice" in record:
        found.append({"rights": record["copyright_notice"]})
    return found


def _descriptions(record: Record) -> list[Part]:
    if "description" not in record:
        return []
    return [{"description": record["description"], "descriptionType": "Abstract"}]


def _funding(record: Record) -> list[Part]:
    """Grants with their funders; DataCite has no grant without one."""
    found = []
    for grant in record.get("grants", ()):
        funder = grant.get("funder", {})
        if funder.get("name"):
            part: Part = {"funderName": funder["name"]}
            if "ror" in funder:
                part |= {"funderIdentifier": funder["ror"], "funderIdentifierType": "ROR"}
            names = ("grant_identifier", "awardNumber"), ("title", "awardTitle")
            part |= {theirs: grant[ours] for ours, theirs in names if ours in grant}
            uri = grant.get("grant_pid") or grant.get("url")
            found.append(part | ({"awardUri": uri} if uri else {}))
    return found


def _once(parts: Iterable[Part]) -> list[Part]:
    found: list[Part] = []
    for part in parts:
        if part not in found:
            found.append(part)
    return found


class DataCiteJson:
    """The study as DataCite's content negotiation gives what has a DOI."""

    name = "datacite-json"
    title = "DataCite JSON"
    suffix = ".datacite.json"
    media_type = "application/vnd.datacite.datacite+json"
    profile = None
    types = frozenset({"Study"})

    def render(self, document: Document) -> bytes:
        """Indented JSON, keys in a fixed order."""
        return json.dumps(datacite(document.record), ensure_ascii=False, indent=2).encode() + b"\n"


FORMAT = DataCiteJson()
