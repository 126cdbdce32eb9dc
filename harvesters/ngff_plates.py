"""Plates of OME-Zarr: which wells a plate has, which images each well has, and where each image was taken; pure.

Source: OME-Zarr 0.4 and 0.5, sections "plate" and "well". Rows of a plate need no document of their own, and some lack
it (ome2024-ngff-challenge issue 95). What describes the plate itself stands in the study's record.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from catalogue.model.documents import Severity
from catalogue.problems import RecordRejected
from harvesters.ngff_values import Findings, text, whole
from harvesters.zarr_documents import Documents, join, safe_path

MAX_WELLS: Final = 1_536
MAX_FIELDS: Final = 1_000


@dataclass(frozen=True, slots=True)
class Well:
    """One well; row and column are None where the plate contradicts itself about them.

    Args:
        path: its group below the plate, row name and column name with a slash.
    """

    path: str
    row: int | None
    column: int | None
    row_name: str
    column_name: str


@dataclass(frozen=True, slots=True)
class PlateField:
    """One image of a well.

    Args:
        path: its group below the plate.
        number: the field's number, where its path is one.
        run: number of the acquisition of the plate.
    """

    path: str
    well: Well
    number: int | None
    run: int | None


def plate_name(documents: Documents) -> str | None:
    """The plate's name, where it has one."""
    return text(_plate(documents).get("name"))


def plate_wells(documents: Documents, findings: Findings) -> list[Well]:
    """The wells in the order of the plate.

    Raises:
        RecordRejected: no wells are listed, more than a plate has, or a path that leaves the store.
    """
    plate = _plate(documents)
    listed = plate.get("wells")
    if not isinstance(listed, list) or not listed:
        raise RecordRejected("plate.wells is missing or empty: the plate has no images.", reason="schema-required")
    if len(listed) > MAX_WELLS:
        raise RecordRejected(
            f"plate.wells lists {len(listed)} wells; at most {MAX_WELLS} are read. List its images one by one.",
            reason="too-large",
        )
    rows, columns = _names(plate.get("rows")), _names(plate.get("columns"))
    return [_well(entry, index, rows, columns, findings) for index, entry in enumerate(listed)]


def plate_fields(documents: Documents, findings: Findings) -> list[PlateField]:
    """The images of all wells whose documents are there, in the order of plate and wells.

    Raises:
        RecordRejected: there are none, or more than a store may have.
    """
    found: list[PlateField] = []
    for well in plate_wells(documents, findings):
        group = documents.group(well.path)
        described = group[0].get("well") if group is not None else None
        images = described.get("images") if isinstance(described, dict) else None
        if not isinstance(images, list):
            findings.note(
                "well-missing", Severity.WARNING, well.path, well.path, "Its document is not there or names no images."
            )
            continue
        if len(found) + len(images) > MAX_FIELDS:
            raise RecordRejected(
                f"The plate has more than {MAX_FIELDS} images; list them one by one.", reason="too-large"
            )
        found += [_field(entry, well) for entry in images]
    if not found:
        raise RecordRejected("No well of the plate names an image.", reason="schema-required")
    return found


def _plate(documents: Documents) -> dict[str, Any]:
    group = documents.group("")
    plate = group[0].get("plate") if group is not None else None
    return plate if isinstance(plate, dict) else {}


def _names(listed: object) -> dict[str, int]:
    """Name -> place of the rows or columns."""
    entries = listed if isinstance(listed, list) else []
    names = [text(entry.get("name")) if isinstance(entry, dict) else None for entry in entries]
    return {name: index for index, name in enumerate(names) if name is not None}


def _well(entry: object, index: int, rows: dict[str, int], columns: dict[str, int], findings: Findings) -> Well:
    path = safe_path(entry.get("path") if isinstance(entry, dict) else None)
    assert isinstance(entry, dict)
    row_name, _, column_name = path.rpartition("/")
    row = _place(entry.get("rowIndex"), rows.get(row_name))
    column = _place(entry.get("columnIndex"), columns.get(column_name))
    if row is None or column is None:
        findings.note(
            "well-position",
            Severity.WARNING,
            f"plate.wells[{index}]",
            entry,
            "Row and column of the well are not stated, or path and indices contradict each other; left out.",
        )
    return Well(path, row, column, row_name, column_name)


def _place(stated: object, named: int | None) -> int | None:
    """The index on which statement and name agree; before 0.4 only the name says it."""
    number = whole(stated)
    if stated is not None and (number is None or (named is not None and number != named)):
        return None
    return named if number is None else number


def _field(entry: object, well: Well) -> PlateField:
    path = safe_path(entry.get("path") if isinstance(entry, dict) else None)
    assert isinstance(entry, dict)
    number = int(path) if path.isascii() and path.isdigit() and len(path) < 7 else None
    return PlateField(join(well.path, path), well, number, whole(entry.get("acquisition")))
