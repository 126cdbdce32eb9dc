"""schema.org JSON-LD that repositories put into the landing pages of DataCite DOIs, read into a Kernel.

By names of schema.org, without expanding contexts. Pages found by crawling are the harvester bioschemas' matter.
"""

from __future__ import annotations

from typing import Any, Final

from harvesters.account import Account, Entry
from harvesters.datacite_kernel import (
    Affiliation,
    Agent,
    Funding,
    Kernel,
    Named,
    Related,
    Rights,
    Stamp,
    Subject,
    Title,
)

# Type of schema.org -> resourceTypeGeneral; a type that is not here is none of a study.
TYPES: Final = {"Dataset": "Dataset", "DataSet": "Dataset", "ImageObject": "Image", "Collection": "Collection"}
REASONS: Final = {
    "@context": "names of schema.org are read as such",
    "schemaVersion": "schema of the metadata that the page was made of",
    "provider": "registration agency of the DOI",
    "includedInDataCatalog": "catalogue that lists the record",
    "contentUrl": "address of a single file, had by the landing page",
    "image": "picture for the page",
    "issn": "serial number of the publisher's web site",
    "temporalCoverage": "Period that the contents speak about; images speak of the day they were taken.",
    "isAccessibleForFree": "says nothing of the licence",
}
_DATES: Final = {"datePublished": "Issued", "dateModified": "Updated", "dateCreated": "Created"}
_AGENTS: Final = {
    "editor": "Editor", "contributor": "Other", "translator": "Translator", "maintainer": "DataManager",
}  # fmt: skip
_RELATIONS: Final = {
    "citation": "References", "isPartOf": "IsPartOf", "hasPart": "HasPart", "isBasedOn": "IsDerivedFrom",
    "workTranslation": "HasTranslation", "translationOfWork": "IsTranslationOf", "predecessorOf": "IsPreviousVersionOf",
    "successorOf": "IsNewVersionOf",
}  # fmt: skip


def is_schemaorg(value: Any) -> bool:
    """Whether a JSON object is JSON-LD of schema.org."""
    return type(value) is dict and "schema.org" in str(value.get("@context", ""))


def read_schemaorg(value: dict[str, Any], account: Account) -> Kernel:
    """The record in one JSON-LD object."""
    top = account.open(value)
    kernel = Kernel()
    kinds = top.texts("@type")
    kernel.general = next((TYPES[kind] for kind in kinds if kind in TYPES), kinds[0] if kinds else "")
    kernel.resource = _said(top, "additionalType")
    kernel.dois = [text for text in (_said(top, "@id"),) if "doi.org/" in text]
    kernel.alternates = [_identifier(e) for e in top.entries("identifier")]
    kernel.titles = [Title(text) for text in top.texts("name")]
    kernel.titles += [Title(text, "AlternativeTitle") for text in top.texts("alternateName")]
    kernel.descriptions = [Title(top.text("description", lines=True) or "", "Abstract")]
    kernel.creators = [agent for key in ("author", "creator") for agent in _agents(top, key)]
    for key, role in _AGENTS.items():
        for agent in _agents(top, key):
            agent.role = role
            kernel.contributors.append(agent)
    publishers = _agents(top, "publisher")
    if publishers:
        kernel.publisher = Affiliation(publishers[0].name, _first(publishers[0]), "")
    kernel.subjects = [
        Subject(word.strip()) for text in top.texts("keywords") for word in text.split(",") if word.strip()
    ]
    kernel.dates = [Stamp(_said(top, key), kind) for key, kind in _DATES.items()]
    kernel.languages = top.texts("inLanguage")
    kernel.related = [_related(e, relation) for key, relation in _RELATIONS.items() for e in top.entries(key)]
    kernel.sizes, kernel.formats = top.texts("contentSize"), top.texts("encodingFormat")
    kernel.rights = [Rights("", text) for text in top.texts("license")]
    kernel.version, kernel.page = _said(top, "version"), _said(top, "url")
    kernel.places = [_place(e) for e in top.entries("spatialCoverage")]
    kernel.funding = [Funding(agent.name, _first(agent)) for agent in _agents(top, "funder")]
    return kernel


def _said(entry: Entry, key: str) -> str:
    return entry.text(key, word=True) or ""


def _identifier(entry: Entry) -> Named:
    entry.texts("@type")
    return Named(_said(entry, "value"), _said(entry, "propertyID"))


def _first(agent: Agent) -> str:
    return agent.identifiers[0].value if agent.identifiers else ""


def _agents(top: Entry, key: str) -> list[Agent]:
    """Agents given as objects, or as texts (10.14379/iodp.proc.362: thirty people in one text, kept as one)."""
    value = top.value.get(key)
    given = value if type(value) is list else [value]
    if not any(type(item) is dict for item in given):
        return [Agent(text) for text in top.texts(key)]
    found = []
    for entry in top.entries(key):
        kinds = entry.texts("@type")
        kind = {"Person": "Personal", "Organization": "Organizational"}.get(kinds[0] if kinds else "", "")
        agent = Agent(_said(entry, "name"), kind, _said(entry, "givenName"), _said(entry, "familyName"))
        if identifier := _said(entry, "@id"):
            agent.identifiers = [Named(identifier)]
        agent.affiliations = [
            Affiliation(place.name, _first(place)) for place in _agents(entry, "affiliation") if place.name
        ]
        found.append(agent)
    return found


def _related(entry: Entry, relation: str) -> Related:
    kind = entry.texts("@type")
    title = _said(entry, "name")
    return Related(_said(entry, "@id"), "", relation, kind[0] if kind else "", title)


def _place(entry: Entry) -> str:
    entry.texts("@type")
    said = [_said(entry, "name")]
    for geo in entry.entries("geo"):
        geo.texts("@type")
        said += [_said(geo, "address"), " ".join(filter(None, (_said(geo, "latitude"), _said(geo, "longitude"))))]
        if box := _said(geo, "box"):
            said.append(f"box {box}")
    return "; ".join(filter(None, said))
