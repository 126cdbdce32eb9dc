"""Sheets and columns of the spreadsheet template, taken from the model: nothing is listed by hand but the sheets.

What a column's text becomes is table_values.py's; the template file is written by catalogue.cli.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from catalogue.model.documentation import documentation
from catalogue.model.table import Slot, classes

STUDIES: Final = "studies"
IMAGES: Final = "images"
# Sheet -> slot of the study, class of a row, last part of ids.
SHEETS: Final = {
    STUDIES: ("", "Study", ""),
    "authors": ("authors", "Person", "author"),
    "contributors": ("contributors", "Person", "contributor"),
    "publications": ("publications", "Publication", "publication"),
    "grants": ("grants", "Grant", "grant"),
    "biosamples": ("biosamples", "Biosample", "biosample"),
    "protocols": ("protocols", "Protocol", "protocol"),
    "specimens": ("specimens", "Specimen", "specimen"),
    "acquisitions": ("acquisitions", "ImageAcquisition", "acquisition"),
    "analyses": ("analyses", "ImageAnalysis", "analysis"),
    "components": ("components", "StudyComponent", "component"),
    "files": ("files", "DataFile", "file"),
    "links": ("links", "ExternalLink", "link"),
    "related_resources": ("related_resources", "RelatedResource", "related"),
    IMAGES: ("", "Image", ""),
}
KEY: Final = "study"
_ROW_OF: Final = {row[1]: name for name, row in SHEETS.items() if row[0] and row[1] != "Person"}
_TERMS: Final = {"OntologyTerm", "Taxon", "ImagingMethod"}
_FLAT: Final = {"Organization", "Access", "PlatePosition"}
_KINDS: Final = {
    "integer": "whole", "double": "decimal", "float": "decimal", "boolean": "flag", "date": "day",
    "partial_date": "date", "day_or_instant": "date", "datetime": "date", "web_address": "address",
    "location": "address", "curie_or_iri": "reference",
}  # fmt: skip
_BY_SLOT: Final = {"license": "licence", "doi": "doi"}
# Given by the harvester, or without sense in a cell.
_NEVER: Final = {"id", "type", "owner", "terms", "study", "landing_page", "metadata_digest"}
# A row of images also describes its one representation and that one's one copy.
_IMAGE_PARTS: Final = (("representation", "ImageRepresentation"), ("replica", "Replica"))


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a sheet.

    Args:
        name: heading; `access.access_level` for a field of a part that a row has one of.
        kind: text, enum, address, reference, licence, doi, whole, decimal, flag, day, date, term, part, organizations.
        target: class of the term, or sheet of the part, that a cell names.
        values: words that an enum allows.
        pattern: regular expression that a text must match; "" where there is none.
    """

    name: str
    kind: str
    many: bool
    target: str
    values: tuple[str, ...]
    pattern: str
    required: bool
    description: str
    rule: str


@cache
def columns(sheet: str) -> tuple[Column, ...]:
    """The columns of a sheet in the model's order; the study's accession first."""
    name = SHEETS[sheet][1]
    found = _of_class(name, "")
    if sheet == IMAGES:
        for _, part in _IMAGE_PARTS:
            held = {column.name for column in found}
            found += [column for column in _of_class(part, "", flat=False) if column.name not in held]
    if sheet != STUDIES:
        found.insert(
            0, Column(KEY, "text", False, "", (), "", True, "Accession of the study that the row belongs to.", "")
        )
    return tuple(found)


def _of_class(name: str, stem: str, flat: bool = True) -> list[Column]:
    described = documentation()["classes"][name]["slots"]
    kinds = {slot.key: slot for slot in classes()[name].slots}
    found: list[Column] = []
    for slot in described:
        key = slot["key"]
        if key in _NEVER or key not in kinds:
            continue
        if kinds[key].kind == "node":
            target = slot["ranges"][0]["name"]
            if target == "Organization" and kinds[key].many:
                found.append(_column(slot, kinds[key], stem, "organizations", target))
            elif flat and target in _FLAT and not kinds[key].many and not stem:
                found += _of_class(target, f"{key}.", flat=False)
            continue
        kind, target = _BY_SLOT.get(key, ""), ""
        if not kind:
            kind, target = _kind(slot["ranges"][0], kinds[key].kind)
        if kind:
            found.append(_column(slot, kinds[key], stem, kind, target))
    return found


def _kind(range_: dict[str, Any], kind: str) -> tuple[str, str]:
    name = range_["name"]
    if range_["kind"] == "enum":
        return "enum", name
    if range_["kind"] == "class":
        if name in _TERMS:
            return "term", name
        return ("part", _ROW_OF[name]) if kind == "ref" and name in _ROW_OF else ("", "")
    return _KINDS.get(name, "text"), ""


def _column(slot: dict[str, Any], known: Slot, stem: str, kind: str, target: str) -> Column:
    values = [value["value"] for value in documentation()["enums"][target]["values"]] if kind == "enum" else []
    required = bool(slot.get("required")) and not stem
    return Column(
        stem + slot["key"], kind, known.many, target, tuple(values), known.pattern, required, slot["description"],
        slot["rule"],
    )  # fmt: skip
