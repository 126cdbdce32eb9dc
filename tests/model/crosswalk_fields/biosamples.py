"""BioSamples: records of the EBI as JSON and of the NCBI as XML; every attribute name that occurs is a field."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element

from .walking import iter_paths, iter_xml_paths, load_json, load_xml, slug

SOURCE = "biosamples"

CHARACTERISTICS = "characteristics"


def iter_fields(partners: Path) -> Iterator[str]:
    for path in (partners / "biosamples").glob("*.json"):
        for keys in iter_paths(load_json(path)):
            yield from _json_fields(keys)
    for path in (partners / "biosamples").glob("*.xml"):
        root = load_xml(path)
        yield from (f"biosamples_xml:{'/'.join(keys[1:])}" for keys in iter_xml_paths(root) if len(keys) > 1)
        yield from (f"biosamples_xml:Attribute/{_attribute(element)}" for element in root.iter("Attribute"))


def _json_fields(keys: tuple[str, ...]) -> Iterator[str]:
    """A characteristic's name is a field, and so are the parts of its values, once for all names."""
    if keys[0] == CHARACTERISTICS and len(keys) == 2:
        yield f"biosamples:characteristics/{slug(keys[1]).lower()}"
    elif keys[0] == CHARACTERISTICS and len(keys) == 3:
        yield f"biosamples:characteristics/*/{keys[2]}"
    else:
        yield f"biosamples:{'/'.join(keys)}"


def _attribute(element: Element) -> str:
    return slug(element.get("harmonized_name") or element.attrib["attribute_name"]).lower()
