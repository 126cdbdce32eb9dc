"""schema.org description of a study or image, as search engines read it inside a page.

The full record is in the other formats; Bioschemas Dataset 1.0 names the properties.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from catalogue.model.namespaces import BASE, expand

_ACCESS_RIGHT = "http://publications.europa.eu/resource/authority/access-right/"
_BYTES_UNIT = "http://purl.obolibrary.org/obo/UO_0000233"


def _term(curie: str, labels: Mapping[str, str], kind: str) -> dict[str, Any]:
    return {"@type": kind, "@id": expand(curie), "name": labels.get(curie, curie), "termCode": curie}


def _person(person: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {"@type": "Person", "name": person["name"]}
    if "orcid" in person:
        found["@id"] = person["orcid"]
    for ours, theirs in (("given_name", "givenName"), ("family_name", "familyName")):
        if ours in person:
            found[theirs] = person[ours]
    places = [
        {"@type": "Organization", "name": place["name"], **({"@id": place["ror"]} if "ror" in place else {})}
        for place in person.get("affiliations", ())
        if "name" in place
    ]
    if places:
        found["affiliation"] = places
    return found


def schema_org(record: Mapping[str, Any]) -> dict[str, Any]:
    """JSON-LD with the schema.org context: Dataset for a study, ImageObject for an image.

    Only what the record states; nothing is invented to please a validator.
    """
    labels = {term["id"]: term.get("label", term["id"]) for term in record.get("terms", ())}
    page: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "ImageObject" if record["type"] == "Image" else "Dataset",
        "@id": BASE + record["id"],
        "identifier": [BASE + record["id"], record["id"]],
        "name": record.get("title", record["accession"]),
    }
    for ours, theirs in (
        ("description", "description"),
        ("keywords", "keywords"),
        ("license", "license"),
        ("date_published", "datePublished"),
        ("copyright_notice", "copyrightNotice"),
        ("landing_page", "url"),
    ):
        if ours in record:
            page[theirs] = record[ours]
    if record.get("authors"):
        page["creator"] = [_person(person) for person in record["authors"]]
    if "publisher" in record:
        publisher = record["publisher"]
        page["publisher"] = {"@type": "Organization", "name": publisher["name"]}
        if str(publisher.get("id", "")).startswith("http"):
            page["publisher"]["@id"] = publisher["id"]
    organisms = [
        {"@type": "Taxon", "@id": expand(curie), "name": labels.get(curie, curie)}
        for curie in record.get("organisms", ())
    ]
    subjects = [_term(curie, labels, "DefinedTerm") for curie in record.get("subjects", ())]
    if organisms or subjects:
        page["about"] = organisms + subjects
    if record.get("methods"):
        page["measurementTechnique"] = [_term(curie, labels, "DefinedTerm") for curie in record["methods"]]
    papers = [_paper(paper) for paper in record.get("publications", ())]
    if papers:
        page["citation"] = papers
    if record.get("grants"):
        page["funding"] = [_grant(grant) for grant in record["grants"]]
    if "total_size_bytes" in record:
        page["size"] = {
            "@type": "QuantitativeValue",
            "value": record["total_size_bytes"],
            "unitCode": _BYTES_UNIT,
            "unitText": "bytes",
        }
    if "access" in record:
        page |= _access(record["access"])
    if "study" in record:
        page["isPartOf"] = {"@type": "Dataset", "@id": BASE + record["study"], "identifier": record["study"]}
    same = [name for name in record.get("alternative_identifiers", ()) if name.startswith("https://")]
    if same:
        page["sameAs"] = same
    return page


def _access(access: Mapping[str, Any]) -> dict[str, Any]:
    """Access rights as the EU authority's IRI (F-UJI A1-01M), and whether everybody gets in."""
    level = access["access_level"]
    return {"conditionsOfAccess": _ACCESS_RIGHT + level, "isAccessibleForFree": level == "PUBLIC"}


def _paper(paper: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {"@type": "ScholarlyArticle"}
    if "doi" in paper:
        found["@id"] = f"https://doi.org/{paper['doi']}"
    elif "url" in paper:
        found["@id"] = paper["url"]
    if "title" in paper:
        found["name"] = paper["title"]
    if "date_issued" in paper:
        found["datePublished"] = paper["date_issued"]
    return found


def _grant(grant: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {"@type": "Grant"}
    for ours, theirs in (("title", "name"), ("grant_identifier", "identifier"), ("url", "url")):
        if ours in grant:
            found[theirs] = grant[ours]
    if "funder" in grant and "name" in grant["funder"]:
        found["funder"] = {"@type": "Organization", "name": grant["funder"]["name"]}
    return found
