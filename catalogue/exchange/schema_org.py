"""schema.org description of a study or image, as search engines read it inside a page.

The full record is in the other formats; Bioschemas Dataset 1.0 names the properties.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

from catalogue.exchange.image_places import Place, data_identifier, opening_document, places
from catalogue.exchange.schema_org_relations import relations
from catalogue.model.identifiers import owner_name
from catalogue.model.namespaces import BASE, OWNERS, expand, is_absolute

_ACCESS_RIGHT = "http://publications.europa.eu/resource/authority/access-right/"
_BIOSCHEMAS = "https://bioschemas.org/profiles/Dataset/1.0-RELEASE"
_CONFORMS_TO = "http://purl.org/dc/terms/conformsTo"
# Of Bioschemas Dataset 1.0; a study that lacks one does not claim the profile.
MINIMUM = frozenset({"description", "identifier", "keywords", "license", "name", "url"})
# What search engines read (Google: 50 to 5,000 characters); the other forms have all of it.
_MOST_CHARACTERS = 5_000
MOST_DOWNLOADS = 20
"""Of a page; full lists are in the linkset and in Croissant (fair.md, section 9)."""
_PUBLIC_LICENCE = "https://creativecommons.org/"
_BYTES_UNIT = "http://purl.obolibrary.org/obo/UO_0000233"


def _term(curie: str, labels: Mapping[str, str], kind: str) -> dict[str, Any]:
    return {"@type": kind, "@id": expand(curie), "name": labels.get(curie, curie), "termCode": curie}


def _person(person: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {"@type": "Person", "name": person["name"]}
    if is_absolute(person.get("orcid", "")):
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


def schema_org(
    record: Mapping[str, Any],
    images: Iterable[Mapping[str, Any]] = (),
    sizes: Mapping[str, int] | None = None,
    study: Mapping[str, Any] | None = None,
    metadata_license: str = "",
) -> dict[str, Any]:
    """JSON-LD with the schema.org context: Dataset for a study, ImageObject for an image.

    Only what the records state; nothing is invented to please a validator.

    Args:
        images: of the study, some of which are named as downloads.
        sizes: CURIE of an image -> bytes of the document that opens it, where they are known.
        study: of the image; who made and published it made and published the image.
        metadata_license: address of the licence of the description itself; "" where none is stated.
    Source: Bioschemas Dataset 1.0-RELEASE; Google Search Central, "Dataset structured data"; fair.md section 9.
    """
    shown = list(islice(images, MOST_DOWNLOADS))
    labels = {term["id"]: term.get("label", term["id"]) for term in record.get("terms", ())}
    page: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "ImageObject" if record["type"] == "Image" else "Dataset",
        "@id": BASE + record["id"],
        "identifier": [BASE + record["id"], record["id"]],
        "name": record.get("title", record["accession"]),
        "url": record["landing_page"] if is_absolute(record.get("landing_page", "")) else BASE + record["id"],
    }
    for ours, theirs in (
        ("alternative_titles", "alternateName"),
        ("description", "description"),
        ("keywords", "keywords"),
        ("license", "license"),
        ("version", "version"),
        ("date_created", "dateCreated"),
        ("date_published", "datePublished"),
        ("date_updated", "dateModified"),
        ("copyright_notice", "copyrightNotice"),
    ):
        if ours in record:
            page[theirs] = record[ours]
    thumbnails = [url for url in record.get("thumbnails", ()) if is_absolute(url)]
    if thumbnails:
        page["thumbnailUrl"] = thumbnails[:MOST_DOWNLOADS]
    if "description" in page:
        page["description"] = shortened(page["description"])
    of_all = study or record
    if of_all.get("authors"):
        page["creator"] = [_person(person) for person in of_all["authors"]]
    if "publisher" in of_all:
        publisher = of_all["publisher"]
        page["publisher"] = {"@type": "Organization", "name": publisher["name"]}
        if is_absolute(str(publisher.get("id", ""))):
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
    page |= relations(record)
    if record.get("grants"):
        page["funding"] = [_grant(grant) for grant in record["grants"]]
    if "total_size_bytes" in record:
        page["size"] = {
            "@type": "QuantitativeValue",
            "value": record["total_size_bytes"],
            "unitCode": _BYTES_UNIT,
            "unitText": "bytes",
        }
    level = access_level(record, shown, study)
    if level is not None:
        page |= _access(level)
    if "study" in record:
        page["isPartOf"] = {"@type": "Dataset", "@id": BASE + record["study"], "identifier": record["study"]}
    measured = _channels([record, *shown])
    if measured:
        page["variableMeasured"] = measured
    if is_absolute(metadata_license):
        page["sdLicense"] = metadata_license
    known = sizes or {}
    return page | (_pixels(record, known) if record["type"] == "Image" else _as_dataset(record, page, shown, known))


def access_level(
    record: Mapping[str, Any], images: Iterable[Mapping[str, Any]] = (), study: Mapping[str, Any] | None = None
) -> str | None:
    """PUBLIC, RESTRICTED or NON_PUBLIC; None where nothing tells.

    What the record, or the study of an image, says counts. Where neither says anything, a public licence, which is
    granted to whoever has the data, and an open web address of data together mean PUBLIC: either alone does not.
    """
    for said in (record, study or {}):
        if "access" in said:
            return str(said["access"]["access_level"])
    licence = str(record.get("license", (study or {}).get("license", "")))
    files = (is_absolute(file.get("url", "")) for file in record.get("files", ()))
    opened = (True for image in (record, *images) for _ in places(image))
    return "PUBLIC" if licence.startswith(_PUBLIC_LICENCE) and any((*files, *opened)) else None


def _channels(records: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What the channels of the images show, each label once."""
    labels = (
        channel["label"]
        for record in records
        for representation in record.get("representations", ())
        for channel in representation.get("channels", ())
        if channel.get("label")
    )
    return [{"@type": "PropertyValue", "name": label} for label in islice(dict.fromkeys(labels), MOST_DOWNLOADS)]


def shortened(text: str) -> str:
    """The text, cut after a word where a search engine would not read on."""
    if len(text) <= _MOST_CHARACTERS:
        return text
    return text[: _MOST_CHARACTERS - 2].rsplit(maxsplit=1)[0] + " …"


def _as_dataset(
    record: Mapping[str, Any],
    page: Mapping[str, Any],
    images: Iterable[Mapping[str, Any]],
    sizes: Mapping[str, int],
) -> dict[str, Any]:
    """What only a study has: the catalogue it is from, what can be downloaded, and the profile where it is met."""
    found: dict[str, Any] = {}
    if record["owner"] in OWNERS:
        found["includedInDataCatalog"] = {"@type": "DataCatalog", "name": owner_name(record["owner"])}
    downloads = [*(_download(file) for file in record.get("files", ()) if is_absolute(file.get("url", "")))]
    downloads += [
        {"@type": "DataDownload", **described} for image in images for described in _first_place(image, sizes)
    ]
    if downloads:
        found["distribution"] = downloads[:MOST_DOWNLOADS]
    if page.keys() >= MINIMUM:
        found[_CONFORMS_TO] = {"@type": "CreativeWork", "@id": _BIOSCHEMAS}
    return found


def _first_place(image: Mapping[str, Any], sizes: Mapping[str, int]) -> list[dict[str, Any]]:
    """What can be fetched of an image at the first site that has it: by its persistent address, and where it lies."""
    return next(([*_addresses(image, place, sizes)] for place in places(image)), [])


def _addresses(image: Mapping[str, Any], place: Place, sizes: Mapping[str, int]) -> Iterable[dict[str, Any]]:
    url, media_type = place.fetched
    size = sizes.get(image["id"]) if place.opens else place.size_bytes
    said = {"encodingFormat": media_type} | ({} if size is None else {"contentSize": f"{size} B"})
    if place.opens:
        yield {"contentUrl": data_identifier(image, opening_document(place)), **said}
    yield {"contentUrl": url, **said}


def _download(file: Mapping[str, Any]) -> dict[str, Any]:
    found = {"@type": "DataDownload", "contentUrl": file["url"]}
    for ours, theirs in (("title", "name"), ("description", "description"), ("media_type", "encodingFormat")):
        if ours in file:
            found[theirs] = file[ours]
    if "total_size_bytes" in file:
        found["contentSize"] = f"{file['total_size_bytes']} B"
    return found


def _pixels(record: Mapping[str, Any], sizes: Mapping[str, int]) -> dict[str, Any]:
    """Where the image opens, at the first site that has it."""
    first = next(places(record), None)
    if first is None:
        return {}
    url, media_type = first.fetched
    parts = [{"@type": "MediaObject", **described} for described in _first_place(record, sizes)]
    return {"contentUrl": url, "encodingFormat": media_type, "hasPart": parts}


def _access(level: str) -> dict[str, Any]:
    """Access rights as the EU authority's IRI (F-UJI A1-01M), and whether everybody gets in."""
    return {"conditionsOfAccess": _ACCESS_RIGHT + level, "isAccessibleForFree": level == "PUBLIC"}


def _grant(grant: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {"@type": "Grant"}
    for ours, theirs in (("title", "name"), ("grant_identifier", "identifier"), ("url", "url")):
        if ours in grant:
            found[theirs] = grant[ours]
    if "funder" in grant and "name" in grant["funder"]:
        found["funder"] = {"@type": "Organization", "name": grant["funder"]["name"]}
    return found
