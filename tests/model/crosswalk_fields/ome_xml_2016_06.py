"""OME-XML 2016-06: elements and attributes in the XML of OME-Zarr stores and of OMERO's transfer packets."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element

from .walking import load_xml

SOURCE = "ome-xml-2016-06"

MODEL = "{http://www.openmicroscopy.org/Schemas/OME/2016-06}"
# Elements that only hold others, and such as may be empty without being a text.
WRAPPERS = {"StructuredAnnotations", "Union"}
MAY_BE_EMPTY = {"LightPath"}
# What the schema declares once, in a type that many elements extend, is listed once, under the type.
LIGHT_SOURCES = {"Arc", "Filament", "GenericExcitationSource", "Laser", "LightEmittingDiode"}
SHAPES = {"Ellipse", "Label", "Line", "Mask", "Point", "Polygon", "Polyline", "Rectangle"}
INHERITED = {
    "Annotation": {"@Annotator", "@ID", "@Namespace", "AnnotationRef", "Description"},
    "LightSource": {"@ID", "@Power", "@PowerUnit", "AnnotationRef"},
    "ManufacturerSpec": {"@LotNumber", "@Manufacturer", "@Model", "@SerialNumber"},
    "Shape": {
        "@FillColor", "@FillRule", "@FontFamily", "@FontSize", "@FontSizeUnit", "@FontStyle", "@ID", "@Locked",
        "@StrokeColor", "@StrokeDashArray", "@StrokeWidth", "@StrokeWidthUnit", "@Text", "@TheC", "@TheT", "@TheZ",
        "AnnotationRef", "Transform",
    },
}  # fmt: skip


def iter_fields(partners: Path) -> Iterator[str]:
    for folder in ("omero", "ome-zarr"):
        for path in (partners / folder).rglob("*.xml"):
            yield from _iter_element(load_xml(path))


def _iter_element(element: Element) -> Iterator[str]:
    """The element, its attributes, and children that are a text or a reference; all other children in turn."""
    name = _name(element)
    if name not in WRAPPERS:
        yield f"omexml:{name}"
    yield from (_field(name, f"@{key}") for key in element.attrib if not key.startswith("{"))
    for child in element:
        if _is_leaf(child):
            yield _field(name, _name(child))
            yield from (f"omexml:M{key}" for pair in child.iter(f"{MODEL}M") for key in ("", "/@K"))
        else:
            yield from _iter_element(child)


def _is_leaf(child: Element) -> bool:
    name = _name(child)
    is_text = not (child.attrib or len(child) or name in MAY_BE_EMPTY)
    return is_text or name == "Value" or name.endswith("Ref")


def _field(element: str, part: str) -> str:
    bases = {
        "ManufacturerSpec": True,
        "LightSource": element in LIGHT_SOURCES,
        "Shape": element in SHAPES,
        "Annotation": element.endswith("Annotation"),
    }
    base = next((base for base, extends in bases.items() if extends and part in INHERITED[base]), element)
    return f"omexml:{base}/{part}"


def _name(element: Element) -> str:
    return element.tag.removeprefix(MODEL)
