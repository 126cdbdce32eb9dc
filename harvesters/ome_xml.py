"""OME-XML as elements of an account: each property under its element's own name, values in the catalogue's units.

Source: OME-XML 2016-06; places of its fields: schema/crosswalks/ome-xml-2016-06.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final

from catalogue.problems import RecordRejected
from harvesters.account import Account, Entry, crosswalk_reasons
from harvesters.xmlbytes import parse_xml

NAMESPACE: Final = "http://www.openmicroscopy.org/Schemas/OME/2016-06"
MAX_BYTES: Final = 32 << 20
MAX_IMAGES: Final = 20_000
LIGHT_SOURCES: Final = ("Arc", "Filament", "GenericExcitationSource", "Laser", "LightEmittingDiode")
SHAPES: Final = ("Ellipse", "Label", "Line", "Mask", "Point", "Polygon", "Polyline", "Rectangle")
ANNOTATIONS: Final = (
    "BooleanAnnotation", "CommentAnnotation", "DoubleAnnotation", "LongAnnotation", "MapAnnotation", "TagAnnotation",
    "TermAnnotation", "TimestampAnnotation",
)  # fmt: skip
SETTINGS: Final = ("LightSourceSettings", "DetectorSettings", "ObjectiveSettings")
PLATE: Final = (
    "@ID", "@ColumnNamingConvention", "@RowNamingConvention", "@Columns", "@Rows", "@ExternalIdentifier", "Description",
    "PlateAcquisition",
)  # fmt: skip
CHANNEL_SETTINGS: Final = ("@IlluminationType", "@NDFilter", "@PinholeSize", "@PockelCellSetting")
_OF_STUDY: Final = "belongs to the record of the study, which this source does not give"
_NOT_SHOWN: Final = ("Unit", "@ID", "@LotNumber")
_PLACE: Final = re.compile(r"\{[^}]*\}")
_LENGTHS: Final = {"m": 1e6, "cm": 1e4, "mm": 1e3, "µm": 1.0, "μm": 1.0, "um": 1.0, "nm": 1e-3, "pm": 1e-6, "Å": 1e-4}
_TIMES: Final = {"s": 1.0, "ms": 1e-3, "µs": 1e-6, "min": 60.0, "h": 3600.0, "d": 86400.0}
_OWN: Final = {
    "OME/StructuredAnnotations": "annotations that nothing refers to",
    "Image/ROIRef": _OF_STUDY,
    "Image/ExperimentRef": _OF_STUDY,
    "Image/InstrumentRef": _OF_STUDY,
    "Channel/LightPath": "which filter stands in a channel's path; the instrument lists all filters",
    "Channel/FilterSetRef": "which filter stands in a channel's path; the instrument lists all filters",
    **dict.fromkeys((f"Channel/{key}" for key in CHANNEL_SETTINGS), _OF_STUDY),
    **dict.fromkeys((f"{key}Unit" for key in ("Channel/@PinholeSize",)), _OF_STUDY),
    **dict.fromkeys(SETTINGS, _OF_STUDY),
    **dict.fromkeys((f"Plate/{key}" for key in PLATE), _OF_STUDY),
    "Objective/@SerialNumber": "numbers of single lenses",
    "Objective/@LotNumber": "numbers of single lenses",
}


class Document:
    """One OME-XML document.

    Raises:
        RecordRejected: not well-formed, not of this schema, or with more images than one document may have.
    """

    def __init__(self, content: bytes, account: Account):
        found = parse_xml(content, {NAMESPACE: ""}, max_bytes=MAX_BYTES)
        root = found.get("OME")
        if not isinstance(root, dict):
            raise RecordRejected(f"The document is not OME-XML 2016-06 ({NAMESPACE}).", reason="not-parsable")
        if len(root.get("Image", [])) > MAX_IMAGES:
            raise RecordRejected(f"The document has more than {MAX_IMAGES:,} images. Split it.", reason="too-large")
        self._account = account
        self.root = account.open(_plain(root), "OME")
        self.by_id: dict[str, Entry] = {}
        for name, entry in _walk(account, self.root):
            # Ids begin with their kind, so that one table holds all elements; references and settings repeat them.
            if isinstance(entry.value.get("@ID"), str) and not name.endswith(("Ref", "Settings")):
                self.by_id.setdefault(entry.value["@ID"], entry)

    def all(self, parent: Entry, *names: str) -> list[Entry]:
        """The children of some names; those that are mere texts or empty are none."""
        return [self._account.opened(one, name) for name in names for one in _objects(parent.raw(name))]

    def one(self, parent: Entry, name: str) -> Entry | None:
        """The first child of a name."""
        found = self.all(parent, name)
        return found[0] if found else None

    def referred(self, parent: Entry, name: str) -> list[Entry]:
        """The elements that references of a name lead to."""
        ids = [self._account.opened(one, name).raw("@ID") for one in _objects(parent.raw(name))]
        return [self.by_id[name] for name in ids if isinstance(name, str) and name in self.by_id]

    def annotations(self, parent: Entry) -> list[tuple[str, str]]:
        """Keys and values of the annotations of an element."""
        found = []
        for entry in self.referred(parent, "AnnotationRef"):
            entry.raw("@ID")
            for key in ("@Namespace", "Description"):
                entry.raw(key)
            if entry.path == "MapAnnotation":
                for holder in _objects(entry.raw("Value")):
                    pairs = ((str(one.get("@K", "")), str(one.get("#text", ""))) for one in _objects(holder.get("M")))
                    clean = ((key.strip(), " ".join(text.split())) for key, text in pairs)
                    found += [pair for pair in clean if all(pair)]
            elif entry.path in ANNOTATIONS:
                word = re.sub(r"Annotation$", "", entry.path).lower()
                found += [(word, text) for text in entry.texts("Value")]
        return list(dict.fromkeys(found))

    def settle(self) -> None:
        """Leave out what nobody asked for, with the crosswalk's reason for it."""
        for name, entry in _walk(self._account, self.root):
            for key in list(entry.value):
                state, reason = self._account.state(entry.value, key), _reason(name, key)
                if reason is not None and state is not None and not isinstance(state, str):
                    entry.leave(key, reason)


def length_um(entry: Entry, key: str) -> float | None:
    """A length in micrometres; None where the unit is none of length (reference frame, pixel)."""
    return _converted(entry, key, _LENGTHS, "µm")


def seconds(entry: Entry, key: str) -> float | None:
    """A time in seconds."""
    return _converted(entry, key, _TIMES, "s")


def nanometres(entry: Entry, key: str) -> float | None:
    """A wavelength in nanometres."""
    found = _converted(entry, key, _LENGTHS, "nm")
    return None if found is None else round(found * 1e3, 6)


def described(entry: Entry, *keys: str) -> str:
    """Attributes as one text: `Type Dye, Wavelength 200.0 nm`; by default all but ids."""
    names = keys or tuple(key for key in entry.value if key.startswith("@") and not key.endswith(_NOT_SHOWN))
    parts = []
    for key in names:
        value = entry.text(key, word=True)
        unit = entry.text(f"{key}Unit", word=True) if f"{key}Unit" in entry.value else None
        if value:
            parts.append(" ".join(part for part in (key.removeprefix("@"), value, unit) if part))
    return ", ".join(parts)


def _converted(entry: Entry, key: str, units: Mapping[str, float], default: str) -> float | None:
    value = entry.decimal(key)
    unit = entry.text(f"{key}Unit", word=True) or default
    if value is None or value <= 0 or unit not in units:
        return None
    return float(f"{value * units[unit]:.12g}")


def _plain(value: Any) -> Any:
    """The tree without attributes of other namespaces (schemaLocation), which say nothing of images."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items() if not key.startswith("@{")}
    return [_plain(inner) for inner in value] if isinstance(value, list) else value


def _walk(account: Account, entry: Entry, name: str = "OME") -> Iterator[tuple[str, Entry]]:
    yield name, entry
    for key, value in entry.value.items():
        for child in _objects(value):
            local = _PLACE.sub("", key)
            yield from _walk(account, account.opened(child, local), local)


def _objects(value: Any) -> list[dict[str, Any]]:
    listed = value if isinstance(value, list) else [value]
    return [one for one in listed if isinstance(one, dict)]


@cache
def _reasons() -> Mapping[str, str]:
    return {**crosswalk_reasons("ome-xml-2016-06", "omexml:"), **_OWN}


def _reason(element: str, key: str) -> str | None:
    """Why a property is left out: by its own name, by that of a base type, by that of its element or of the child's."""
    bases = ["ManufacturerSpec"]
    bases += ["LightSource"] if element in LIGHT_SOURCES else []
    bases += ["Shape"] if element in SHAPES else []
    bases += ["Annotation"] if element.endswith("Annotation") else []
    names = [f"{element}/{key}", *(f"{base}/{key}" for base in bases), element, _PLACE.sub("", key)]
    return next((_reasons()[name] for name in names if name in _reasons()), None)
