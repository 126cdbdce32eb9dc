"""Columns of an image table, one row an image, named after the slots of Image and its parts; docs/image-tables.md.

What a row becomes is image_rows.py's; how rows are checked catalogue.ingest.table_checks'.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final, Literal

from catalogue.model.table import Slot, classes

if TYPE_CHECKING:
    import pyarrow as pa

FORM: Final = 1
"""Version of the columns; part of every manifest of image chunks."""
MAX_TEXT: Final = 4_000
"""Characters one cell may have."""
MAX_INTEGER: Final = 2**53

Kind = Literal["text", "integer", "number"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Args:
        of: class and slot of the model that it fills, `Image.title`.
        least, most: bounds of numbers, both allowed.
        pattern: what a text must match as a whole; "" leaves it to the slot.
    """

    name: str
    kind: Kind
    of: str
    least: float = 0
    most: float = MAX_INTEGER
    pattern: str = ""

    @property
    def description(self) -> str:
        """What the column is for, in the model's words."""
        return _slot(self.of).description

    @property
    def form(self) -> str:
        """The regular expression that a text must match, "" for any."""
        return self.pattern or _slot(self.of).pattern

    @property
    def values(self) -> tuple[str, ...]:
        """The words allowed, where the model lists them."""
        return _slot(self.of).values


_PIXELS: Final = "ImageRepresentation"
_LISTED: Final = r"[^;\s<>\"{}|\\^`]+(;[^;\s<>\"{}|\\^`]+)*"
_EXTENTS: Final = r"[0-9]+(,[0-9]+)*(;[0-9]+(,[0-9]+)*)*"
_TERM: Final = r"[A-Za-z][A-Za-z0-9_.]*:[A-Za-z0-9_.-]+"
# URL-encoded as in an address, so that no blank, query or fragment can hide in it.
_KEY: Final = r"[^\x00-\x20<>\"{}|\\^`?#/][^\x00-\x20<>\"{}|\\^`?#]*"

COLUMNS: Final = (
    Column("accession", "text", "Image.accession"),
    Column("title", "text", "Image.title"),
    Column("description", "text", "Image.description"),
    Column("component", "text", "Image.component"),
    Column("doi", "text", "Image.doi"),
    Column("license", "text", "Image.license"),
    Column("date_acquired", "text", "Image.date_acquired"),
    Column("source_url", "text", "Image.source_url"),
    Column("thumbnail", "text", "Image.thumbnails"),
    Column("figure", "text", "Image.figure"),
    Column("organism", "text", "Image.organisms", pattern="NCBITaxon:[0-9]+"),
    Column("organism_label", "text", "Taxon.label"),
    Column("method", "text", "Image.methods", pattern=_TERM),
    Column("method_label", "text", "ImagingMethod.label"),
    Column("gene", "text", "Image.genes", pattern=_TERM),
    Column("gene_symbol", "text", "Image.gene_symbols"),
    Column("format", "text", f"{_PIXELS}.format"),
    Column("format_version", "text", f"{_PIXELS}.format_version"),
    Column("zarr_format", "integer", f"{_PIXELS}.zarr_format", 2, 3),
    Column("multiscales_path", "text", f"{_PIXELS}.multiscales_path", pattern=_KEY),
    Column("data_type", "text", f"{_PIXELS}.data_type"),
    Column("axes", "text", "Axis.name", pattern="[tczyx]{1,5}"),
    Column("size_t", "integer", "Axis.size", 1),
    Column("size_c", "integer", "Axis.size", 1),
    Column("size_z", "integer", "Axis.size", 1),
    Column("size_y", "integer", "Axis.size", 1),
    Column("size_x", "integer", "Axis.size", 1),
    Column("pixel_size_x_um", "number", f"{_PIXELS}.pixel_size_x_um", 0, 1e9),
    Column("pixel_size_y_um", "number", f"{_PIXELS}.pixel_size_y_um", 0, 1e9),
    Column("pixel_size_z_um", "number", f"{_PIXELS}.pixel_size_z_um", 0, 1e9),
    Column("time_step_s", "number", f"{_PIXELS}.time_step_s", 0, 1e9),
    Column("bit_depth", "integer", f"{_PIXELS}.bit_depth", 1, 128),
    Column("file_count", "integer", f"{_PIXELS}.file_count"),
    Column("total_size_bytes", "integer", f"{_PIXELS}.total_size_bytes"),
    Column("media_type", "text", f"{_PIXELS}.media_type"),
    Column("metadata_digest", "text", f"{_PIXELS}.metadata_digest", pattern="[0-9a-f]{64}"),
    Column("level_paths", "text", "Level.path", pattern=_LISTED),
    Column("level_shapes", "text", "Level.shape", pattern=_EXTENTS),
    Column("level_chunks", "text", "Level.chunks", pattern=_EXTENTS),
    Column("site", "text", "Replica.site"),
    Column("endpoint", "text", "Replica.endpoint", pattern=r"(https?|s3)://[^\s<>\"{}|\\^`@?#]+/"),
    Column("key", "text", "Replica.key", pattern=_KEY),
    Column("checksum_algorithm", "text", "Checksum.algorithm"),
    Column("checksum_value", "text", "Checksum.checksum_value", pattern="[0-9a-f]{8,128}"),
    Column("plate_name", "text", "PlatePosition.plate_name"),
    Column("row_name", "text", "PlatePosition.row_name"),
    Column("column_name", "text", "PlatePosition.column_name"),
    Column("row_index", "integer", "PlatePosition.row_index"),
    Column("column_index", "integer", "PlatePosition.column_index"),
    Column("field_index", "integer", "PlatePosition.field_index"),
    Column("run_number", "integer", "PlatePosition.run_number"),
    Column("well_type", "text", "PlatePosition.well_type"),
    Column("date_withdrawn", "text", "Tombstone.date_withdrawn", pattern="[0-9]{4}-(0[1-9]|1[0-2])-[0-3][0-9]"),
    Column("withdrawal_reason", "text", "Tombstone.reason"),
)
NAMES: Final = tuple(column.name for column in COLUMNS)
SIZES: Final = "tczyx"
"""Axes in the order in which their `size_` columns make the array, where a row has no `axes`."""
REPRESENTATION: Final = NAMES[NAMES.index("format_version") : NAMES.index("checksum_value") + 1]
"""Columns that speak of pixels: a row with one of them says the `format` as well."""


@cache
def arrow_schema() -> pa.Schema:
    """The columns as Arrow fields: string, int64, double, all nullable but `accession`."""
    import pyarrow as pa  # a tenth of a second that most commands do not need

    kinds = {"text": pa.string(), "integer": pa.int64(), "number": pa.float64()}
    return pa.schema([pa.field(c.name, kinds[c.kind], nullable=c.name != "accession") for c in COLUMNS])


def _slot(of: str) -> Slot:
    kind, _, key = of.partition(".")
    return next(slot for slot in classes()[kind].slots if slot.key == key)
