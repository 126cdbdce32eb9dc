"""Images of an OME-XML document as Image records, with pixels, channels, wells and annotations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from catalogue.model.forms import day
from catalogue.model.identifiers import Identifier, image_identifier
from harvesters.account import Entry
from harvesters.draft import StudyDraft
from harvesters.ome_xml import Document, described, length_um, nanometres, seconds

Record = dict[str, Any]

_TYPES: Final = {
    "float": "float32", "double": "float64", "complex": "complex64", "double-complex": "complex128", "bit": "bool",
}  # fmt: skip
_NUMPY: Final = frozenset({"int8", "int16", "int32", "uint8", "uint16", "uint32"})
_AXES: Final = {"T": "time", "C": "channel", "Z": "space", "Y": "space", "X": "space"}
_ENDINGS: Final = {
    ".ome.tiff": "OME-TIFF", ".ome.tif": "OME-TIFF", ".tiff": "TIFF", ".tif": "TIFF", ".png": "PNG", ".jpg": "JPEG",
    ".jpeg": "JPEG",
}  # fmt: skip
_ENVIRONMENT: Final = {
    "ImagingEnvironment": ("@Temperature", "@AirPressure", "@Humidity", "@CO2Percent"),
    "StageLabel": ("@Name", "@X", "@Y", "@Z"),
}


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an image was taken on its plate, what the well says besides, and the day."""

    position: Record
    said: list[tuple[str, str]]
    acquired: str | None


class Images:
    """Makes the Image records of one document.

    Args:
        stem: of the document's name, which tells images of several documents apart.
        acquisitions: id of an instrument in the document -> id of its acquisition in the study's record.
    """

    def __init__(self, document: Document, study: Identifier, stem: str, acquisitions: dict[str, str]):
        self._document, self._study, self._stem = document, study, stem
        self._acquisitions = acquisitions
        self.names: dict[str, str] = {}
        self._wells = _positions(document)

    def records(self) -> list[Record]:
        """The images in the order of the document."""
        return [self._image(entry) for entry in self._document.all(self._document.root, "Image")]

    def _image(self, entry: Entry) -> Record:
        given = entry.text("@ID", word=True) or ""
        found = image_identifier(self._study, f"{self._stem}-{given.replace(':', '-') or len(self.names)}")
        self.names[given] = found.curie
        record: Record = {
            "type": "Image", "id": found.curie, "accession": found.accession, "owner": found.prefix,
            "study": self._study.curie, "title": entry.text("@Name", word=True),
            "description": entry.text("Description", lines=True), "date_acquired": _acquired(entry),
        }  # fmt: skip
        said = self._document.annotations(entry)
        for name, keys in _ENVIRONMENT.items():
            for part in self._document.all(entry, name):
                said += _quantities(part, keys)
        position = self._wells.get(given)
        if position is not None:
            record["plate_position"] = {"id": f"{found.curie}/position", **position.position}
            said += position.said
            record["date_acquired"] = record["date_acquired"] or position.acquired
        record["characteristics"] = [
            {"id": f"{found.curie}/characteristic/{number}", **_characteristic(*pair)}
            for number, pair in enumerate(dict.fromkeys(said), 1)
        ]
        instruments = [one.value.get("@ID", "") for one in self._document.referred(entry, "InstrumentRef")]
        known = [self._acquisitions[name] for name in instruments if name in self._acquisitions]
        if known:
            record["creation_process"] = {"id": f"{found.curie}/creation", "acquisitions": known}
        pixels = self._document.one(entry, "Pixels")
        if pixels is not None:
            record["representations"] = self._pixels(pixels, f"{found.curie}/representation/1", record["title"] or "")
        return StudyDraft.filled(record)

    def _pixels(self, pixels: Entry, base: str, title: str) -> list[Record]:
        # OMERO forgets the format; the file's name tells it, or says at least which other one it is.
        form = next((form for end, form in _ENDINGS.items() if title.lower().endswith(end)), "other")
        kind = pixels.text("@Type", word=True) or ""
        sizes = {axis: pixels.whole(f"@Size{axis}") for axis in "TCZYX"}
        order = (pixels.text("@DimensionOrder", word=True) or "XYZCT")[::-1]
        steps = {axis: length_um(pixels, f"@PhysicalSize{axis}") for axis in "XYZ"}
        interval = seconds(pixels, "@TimeIncrement")
        channels = [self._channel(one, base, n) for n, one in enumerate(self._document.all(pixels, "Channel"))]
        bits = pixels.whole("@SignificantBits")
        for key in ("@ID", "TiffData"):
            pixels.raw(key)
        axes: list[Record] = []
        for axis in (axis for axis in order if axis in _AXES and sizes[axis]):
            made: Record = {"index": len(axes), "name": axis.lower(), "axis_type": _AXES[axis], "size": sizes[axis]}
            step = interval if axis == "T" else steps.get(axis)
            if step is not None:
                made |= {"scale": step, "unit": "second" if axis == "T" else "micrometer"}
            axes.append({"id": f"{base}/axis/{len(axes)}", **made})
        return [
            StudyDraft.filled(
                {
                    "id": base, "format": form, "data_type": kind if kind in _NUMPY else _TYPES.get(kind),
                    "bit_depth": bits, "axes": axes,
                    "shape": ",".join(str(axis["size"]) for axis in axes),
                    "pixel_size_x_um": steps["X"], "pixel_size_y_um": steps["Y"], "pixel_size_z_um": steps["Z"],
                    "time_step_s": interval, "channels": channels,
                }
            )
        ]  # fmt: skip

    def _channel(self, entry: Entry, base: str, index: int) -> Record:
        entry.raw("@ID")
        color = entry.decimal("@Color")
        fields = {
            "label": entry.text("@Name", word=True),
            # A signed number: red, green, blue, opacity.
            "color": f"{(int(color) & 0xFFFFFFFF) >> 8:06X}" if color is not None else None,
            "acquisition_mode": entry.text("@AcquisitionMode", word=True),
            "contrast_mechanism": entry.text("@ContrastMethod", word=True),
            "fluorophore": entry.text("@Fluor", word=True),
            "excitation_wavelength_nm": nanometres(entry, "@ExcitationWavelength"),
            "emission_wavelength_nm": nanometres(entry, "@EmissionWavelength"),
        }
        return {"id": f"{base}/channel/{index}", "index": index, **StudyDraft.filled(fields)}


def _positions(document: Document) -> dict[str, _Place]:
    """Image's id in the document -> where on which plate it was taken, and what else its well says."""
    found: dict[str, _Place] = {}
    for plate in document.all(document.root, "Plate"):
        name = plate.text("@Name", word=True)
        for well in document.all(plate, "Well"):
            row, column = well.whole("@Row"), well.whole("@Column")
            said = [
                (f"well {word.lower()}", text)
                for word in ("Identifier", "Description")
                if (text := well.text(f"@External{word}", word=True))
            ]
            said += document.annotations(well) + document.annotations(plate)
            kind = well.text("@Type", word=True)
            for sample in document.all(well, "WellSample"):
                index = sample.whole("@Index")
                position: Record = {"plate_name": name, "row_index": row, "column_index": column, "field_index": index}
                position["well_type"] = kind
                moment = sample.text("@Timepoint", word=True)
                for image in document.referred(sample, "ImageRef"):
                    if row is not None and column is not None:
                        key = str(image.value.get("@ID", ""))
                        found[key] = _Place(StudyDraft.filled(position), said, day(moment) if moment else None)
    return found


def _acquired(entry: Entry) -> str | None:
    """The day of acquisition: moments in OME-XML have no zone."""
    text = entry.text("AcquisitionDate", word=True)
    return day(text) if text else None


def _quantities(entry: Entry, keys: tuple[str, ...]) -> list[tuple[str, str]]:
    found = []
    for key in keys:
        text = described(entry, key)
        if text:
            word, _, value = text.partition(" ")
            found.append((f"{entry.path} {word}" if entry.path == "StageLabel" else word, value))
    return found


def _characteristic(name: str, text: str) -> Record:
    return {"name": name, "text_value": text}
