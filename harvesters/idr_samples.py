"""What IDR's tables say of the samples of a study, and of what is labelled in them.

Only what few values tell goes into the study's record; what differs from image to image is idr_images.py's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from harvesters.draft import TAXON, TERM, StudyDraft
from harvesters.idr_rows import column_term
from harvesters.idr_tables import Column, Table

Record = dict[str, Any]
Values = tuple[tuple[str, str, str], ...]

MAX_SAMPLES: Final = 50
MAX_SPECIMENS: Final = 30

# Characteristics and conditions with a slot of their own; a term list, or one text.
_TERMS: Final = {
    "table/Characteristics.Organism": "organisms",
    "table/Characteristics.Organism_Part": "anatomical_parts",
    "table/Characteristics.Organ": "anatomical_parts",
    "table/Characteristics.Cell_Line": "cell_lines",
    "table/Comment.Cell_Line_Name": "cell_lines",
    "table/Characteristics.Developmental_Stage": "developmental_stages",
    "table/Characteristics.Diagnosis": "diseases",
}
_TEXTS: Final = {
    "table/Characteristics.Strain": "strain",
    "table/Characteristics.Ecotype": "strain",
    "table/Characteristics.Cell_Line_or_Strain": "strain",
    "table/Characteristics.Genotype": "genotype",
    "table/Comment.Genotype": "genotype",
    "table/Experimental_Condition.Genotype": "genotype",
    "table/Experimental_Condition.Transgenic_Line": "genotype",
    "table/Temperature_Sensitive_Allele": "genotype",
    "table/Characteristics.Growth_Condition": "growth_protocol",
    "table/Characteristics.Age": "age",
    "table/Characteristics.Mouse_Age": "age",
    "table/Material_Type": "biological_entity",
    "table/Characteristics_Comments": "description",
    "table/Comment.Cell_Line": "description",
    "table/Comment.Developmental_Stage": "description",
    "table/Comment.Organism_Part_Comments": "description",
}
_LISTS: Final = {
    "table/Restrictive_Temperature": "extrinsic_variables",
    "table/Experimental_Condition.*": "experimental_variables",
}
_OTHER: Final = ("table/Characteristics.*", "table/Characteristics.Sex")
_SEX: Final = {"female": "female", "f": "female", "male": "male", "m": "male", "hermaphrodite": "hermaphrodite"}
_REFERENCE: Final = ("table/Term_Source_REF", "table/Term_Source_Accession")


@dataclass(frozen=True, slots=True)
class _Group:
    """A column with the reference and accession of its term behind it."""

    column: Column
    reference: Column | None
    accession: Column | None

    def columns(self) -> list[Column]:
        return [column for column in (self.column, self.reference, self.accession) if column is not None]


class Samples:
    """Reads biosamples and specimens into the study and its components."""

    def __init__(self, draft: StudyDraft):
        self._draft = draft
        self._ids: dict[str, str] = {}

    def read(self, table: Table, component: Record | None) -> set[str]:
        """Add what one table says; the headings of the columns that were taken over."""
        samples, used = self._samples(table, component)
        return used | self._specimens(table, component, samples)

    def _samples(self, table: Table, component: Record | None) -> tuple[dict[int, str], set[str]]:
        """Row -> id of its biosample, and the headings that describe them."""
        groups = [group for group in _groups(table) if describes_samples(group.column)]
        keys = {group.column.place: [self._values(table, group, row) for row in table.rows] for group in groups}
        while groups:
            rows = list(zip(*(keys[group.column.place] for group in groups), strict=True))
            if len(set(rows)) <= MAX_SAMPLES:
                break
            widest = max(groups, key=lambda group: (len(set(keys[group.column.place])), group.column.place))
            groups.remove(widest)
        if not groups:
            return {}, set()
        found: dict[tuple[tuple[str, str, str], ...], str] = {}
        for values in sorted(set(rows)):
            if any(any(value) for value in values):
                found[values] = self._sample(table, groups, values)
        ids = list(dict.fromkeys(found.values()))
        if component is not None:
            component["biosamples"] = list(dict.fromkeys([*component.get("biosamples", []), *ids]))
        by_row = {number: found[values] for number, values in enumerate(rows) if values in found}
        return by_row, {column.heading for group in groups for column in group.columns()}

    @staticmethod
    def _values(table: Table, group: _Group, row: list[str]) -> tuple[str, str, str]:
        reference = table.cell(row, group.reference) if group.reference else ""
        accession = table.cell(row, group.accession) if group.accession else ""
        value = table.cell(row, group.column)
        return (value, reference, accession) if value or accession else ("", "", "")

    def _sample(self, table: Table, groups: list[_Group], values: tuple[tuple[str, str, str], ...]) -> str:
        sample: Record = {}
        others: list[Record] = []
        for group, (value, reference, accession) in zip(groups, values, strict=True):
            if not value and not accession:
                continue
            field = group.column.field or ""
            path = f"{table.name}/{group.column.heading}"
            role = TAXON if field == "table/Characteristics.Organism" else TERM
            if field in _TERMS or (field == "table/Characteristics.Cell_Line_or_Strain" and accession):
                slot = _TERMS.get(field, "cell_lines")
                curie = column_term(self._draft, value, reference, accession, role=role, path=path)
                sample.setdefault(slot, []).extend([curie] if curie and curie not in sample.get(slot, []) else [])
            elif field == "table/Characteristics.Sex" and value.casefold() in _SEX:
                sample["sex"] = _SEX[value.casefold()]
            elif field in _LISTS:
                said = f"{group.column.member}: {value}" if group.column.member else value
                sample.setdefault(_LISTS[field], []).append(said)
            elif field in _TEXTS and not accession:
                slot = _TEXTS[field]
                sample[slot] = f"{sample[slot]}; {value}" if slot in sample else value
            else:
                if field in _TEXTS:
                    sample.setdefault(_TEXTS[field], value)
                curie = (
                    column_term(self._draft, value, reference, accession, role=TERM, path=path) if accession else None
                )
                name = group.column.member or group.column.heading
                others.append({"name": name, "text_value": value or accession, "value_terms": [curie] if curie else []})
        return self._part("biosamples", "biosample", sample, others)

    def _part(self, slot: str, kind: str, fields: Record, characteristics: list[Record] = []) -> str:  # noqa: B006
        """The id of a part named after its content, so that neither order nor other parts change it."""
        content = repr((sorted(self._draft.filled(fields).items()), characteristics))
        digest = f"{kind}-{hashlib.sha256(content.encode()).hexdigest()}"
        if digest not in self._ids:
            key = digest.partition("-")[2][:10]
            base = f"{self._draft.curie}/{kind}/{key}/characteristic"
            listed = [{"id": f"{base}/{n}", **self._draft.filled(one)} for n, one in enumerate(characteristics, 1)]
            self._ids[digest] = self._draft.part(slot, kind, key, **fields, characteristics=listed)
        return self._ids[digest]

    def _specimens(self, table: Table, component: Record | None, samples: dict[int, str]) -> set[str]:
        """Specimens by what their channels show."""
        columns = table.of_field("table/Channels")
        if not columns:
            return set()
        column = columns[0]
        used: dict[str, set[str]] = {}
        for number, row in enumerate(table.rows):
            if text := table.cell(row, column):
                used.setdefault(text, set()).update([samples[number]] if number in samples else [])
        if not used or len(used) > MAX_SPECIMENS:
            return set()
        for text in sorted(used):
            fields = {"biosamples": sorted(used[text])}
            key = hashlib.sha256(f"{text}{fields}".encode()).hexdigest()[:10]
            base = f"{self._draft.curie}/specimen/{key}/channel"
            channels = [{"id": f"{base}/{n}", **channel} for n, channel in enumerate(read_channels(text), 1)]
            if key not in self._ids:
                self._ids[key] = self._draft.part("specimens", "specimen", key, **fields, signal_channels=channels)
            if component is not None and self._ids[key] not in component.setdefault("specimens", []):
                component["specimens"].append(self._ids[key])
        return {column.heading}


def read_channels(text: str) -> Iterable[Record]:
    """The channels in one text: `YFP:DAD4; DIC: whole cell`, `Red: Brainbow Red`, or a label alone."""
    for part in text.split(";"):
        label, colon, content = (piece.strip() for piece in part.partition(":"))
        if label and colon and content:
            yield {"label": label, "content_description": content}
        elif label or content:
            yield {"label": label or content}


def _groups(table: Table) -> Iterable[_Group]:
    for number, column in enumerate(table.columns):
        behind = []
        for following in table.columns[number + 1 : number + 3]:
            if following.field not in _REFERENCE:
                break
            behind.append(following)
        if column.field not in _REFERENCE:
            reference = next((one for one in behind if one.field == _REFERENCE[0]), None)
            yield _Group(column, reference, next((one for one in behind if one.field == _REFERENCE[1]), None))


def describes_samples(column: Column) -> bool:
    """Whether a column speaks of the material rather than of an image."""
    return column.field in _TERMS or column.field in _TEXTS or column.field in _LISTS or column.field in _OTHER
