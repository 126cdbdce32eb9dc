"""A row of an image table as the Image record it stands for, or its tombstone; pure.

Columns: image_columns.py. Rows were checked when they entered (catalogue.ingest.table_checks).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from catalogue.model.documents import Record
from catalogue.model.image_columns import REPRESENTATION, SIZES

Row = Mapping[str, Any]

_AXES: Final = {"t": "time", "c": "channel", "z": "space", "y": "space", "x": "space"}
_TERMS: Final = (("organism", "organisms", "Taxon"), ("method", "methods", "ImagingMethod"))
_PLAIN: Final = ("title", "description", "component", "doi", "license", "date_acquired", "source_url", "figure")
_OF_PIXELS: Final = (
    "format",
    "format_version",
    "zarr_format",
    "data_type",
    "pixel_size_x_um",
    "pixel_size_y_um",
    "pixel_size_z_um",
    "time_step_s",
    "bit_depth",
    "file_count",
    "total_size_bytes",
    "media_type",
    "metadata_digest",
)
_POSITION: Final = ("plate_name", "row_name", "column_name", "field_index", "run_number", "well_type")


def is_withdrawn(row: Row) -> bool:
    """Whether the row says that its image is gone."""
    return row.get("date_withdrawn") is not None


def row_record(row: Row, study: str) -> Record:
    """The Image record of a row; a Tombstone for an image that is gone.

    Args:
        row: column -> value; None and absent columns are not stated.
        study: CURIE of the study whose table it is.
    """
    owner, accession = study.partition(":")[0], row["accession"]
    curie = f"{owner}:{accession}"
    if is_withdrawn(row):
        stone = {"type": "Tombstone", "id": curie, "accession": accession, "owner": owner, "record_type": "Image"}
        return stone | {"date_withdrawn": row["date_withdrawn"], "reason": row.get("withdrawal_reason") or "withdrawn"}
    record: Record = {"type": "Image", "id": curie, "accession": accession, "owner": owner, "study": study}
    record |= _said(row, _PLAIN)
    for column, slot in (("thumbnail", "thumbnails"), ("gene", "genes"), ("gene_symbol", "gene_symbols")):
        if row.get(column) is not None:
            record[slot] = [row[column]]
    for column, slot, kind in _TERMS:
        if row.get(column) is not None:
            label = row.get(f"{column}_label") or row[column]
            record.setdefault("terms", []).append({"type": kind, "id": row[column], "label": label})
            record[slot] = [row[column]]
    if row.get("format") is not None:
        record["representations"] = [_representation(row, f"{curie}/representation/1")]
    position = _position(row, f"{curie}/position")
    if position is not None:
        record["plate_position"] = position
    return record


def _said(row: Row, names: tuple[str, ...]) -> Record:
    return {name: row[name] for name in names if row.get(name) is not None}


def _representation(row: Row, base: str) -> Record:
    made: Record = {"id": base, **_said(row, _OF_PIXELS)}
    if row["format"] == "OME-Zarr":
        made["multiscales_path"] = row.get("multiscales_path") or ""
    axes = row.get("axes") or "".join(name for name in SIZES if row.get(f"size_{name}") is not None)
    if axes:
        made["axes"] = [_axis(row, base, index, name) for index, name in enumerate(axes)]
        made["shape"] = ",".join(str(row[f"size_{name}"]) for name in axes)
    levels = _levels(row, base)
    if levels:
        made["levels"] = levels
    if row.get("endpoint") is not None and row.get("key") is not None:
        made["replicas"] = [_replica(row, f"{base}/replica/1")]
    return made


def _axis(row: Row, base: str, index: int, name: str) -> Record:
    axis: Record = {"id": f"{base}/axis/{index}", "index": index, "name": name, "axis_type": _AXES[name]}
    axis["size"] = row[f"size_{name}"]
    scale = row.get("time_step_s" if name == "t" else f"pixel_size_{name}_um")
    if scale is not None:
        axis |= {"scale": scale, "unit": "second" if name == "t" else "micrometer"}
    return axis


def _levels(row: Row, base: str) -> list[Record]:
    paths = (row.get("level_paths") or "").split(";")
    if not paths[0]:
        return []
    shapes = (row.get("level_shapes") or "").split(";")
    chunks = (row.get("level_chunks") or "").split(";")
    levels = []
    for index, path in enumerate(paths):
        level: Record = {"id": f"{base}/level/{index}", "index": index, "path": path}
        for slot, listed in (("shape", shapes), ("chunks", chunks)):
            if index < len(listed) and listed[index]:
                level[slot] = listed[index]
        levels.append(level)
    return levels


def _replica(row: Row, base: str) -> Record:
    replica: Record = {"id": base, "site": row["site"], "endpoint": row["endpoint"], "key": row["key"]}
    if row.get("checksum_value") is not None:
        said = {"algorithm": row["checksum_algorithm"], "checksum_value": row["checksum_value"]}
        replica["checksums"] = [{"id": f"{base}/checksum/1", **said}]
    return replica


def _position(row: Row, base: str) -> Record | None:
    """None where row and column of the well are not stated by number."""
    if row.get("row_index") is None or row.get("column_index") is None:
        return None
    return {"id": base, "row_index": row["row_index"], "column_index": row["column_index"], **_said(row, _POSITION)}


assert set(_OF_PIXELS) - {"format"} <= set(REPRESENTATION)
