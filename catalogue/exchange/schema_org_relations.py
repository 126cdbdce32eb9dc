"""What a study is related to, in schema.org's properties; relations that schema.org has no word for are left out.

Source: DataCite's mapping of relation types to schema.org; fair.md section 4, I3-01M.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from catalogue.model.namespaces import expand, is_absolute

_PROPERTIES: Final = {
    "IsIdenticalTo": "sameAs",
    "IsPartOf": "isPartOf",
    "IsDerivedFrom": "isBasedOn",
    "IsSupplementTo": "citation",
    "Cites": "citation",
    "References": "citation",
    "IsCitedBy": "subjectOf",
    "IsReferencedBy": "subjectOf",
    "IsDescribedBy": "subjectOf",
    "IsDocumentedBy": "subjectOf",
    "IsReviewedBy": "subjectOf",
}
_PAPER_PAGES: Final = (
    ("doi", "https://doi.org/{}"),
    ("pubmed_id", "https://pubmed.ncbi.nlm.nih.gov/{}"),
    ("pmc_id", "https://www.ncbi.nlm.nih.gov/pmc/articles/{}"),
    ("url", "{}"),
)
Things = list[str | dict[str, Any]]


def relations(record: Mapping[str, Any]) -> dict[str, Things]:
    """Property -> papers, records and pages to which it leads; addresses each once."""
    found: dict[str, Things] = {}

    def add(name: str, thing: str | dict[str, Any]) -> None:
        things = found.setdefault(name, [])
        if thing not in things:
            things.append(thing)

    # The archive's page is the one that our description repeats (Google, "Provenance": sameAs of what is republished).
    for address in (record.get("landing_page", ""), *record.get("alternative_identifiers", ())):
        if is_absolute(address) and (address == record.get("landing_page") or address.startswith("https://")):
            add("sameAs", address)
    for paper in record.get("publications", ()):
        found.setdefault("citation", []).append(_paper(paper))
    for sample in record.get("sample_records", ()):
        if (address := _address(sample)) is not None:
            add("isBasedOn", address)
    papers = {thing.get("@id") for thing in found.get("citation", ()) if isinstance(thing, dict)}
    for other in record.get("related_resources", ()):
        name, address = _PROPERTIES.get(other["relation"]), _address(other["related_to"])
        if name is not None and address is not None and address not in papers:
            add(name, address if name == "sameAs" else _work(address, other))
    return found


def _address(name: object) -> str | None:
    try:
        address = expand(str(name))
    except ValueError:
        return None
    return address if is_absolute(address) else None


def _work(address: str, other: Mapping[str, Any]) -> dict[str, Any]:
    return {"@type": "CreativeWork", "@id": address} | ({"name": other["title"]} if "title" in other else {})


def _paper(paper: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {"@type": "ScholarlyArticle"}
    pages = (form.format(paper[field]) for field, form in _PAPER_PAGES if field in paper)
    address = next((page for page in pages if is_absolute(page)), None)
    if address is not None:
        found["@id"] = address
    if "title" in paper:
        found["name"] = paper["title"]
    if "date_issued" in paper:
        found["datePublished"] = paper["date_issued"]
    return found
