"""DataCite: elements and attributes of its XML, and keys of the JSON that its registry gives."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element

from .walking import iter_paths, load_json, load_xml

SOURCE = "datacite-4.5"

# The trap of this file is a tag that is never closed.
BROKEN = {"datacite-example-relateditems.xml"}
# Lists and the root, which add nothing.
WRAPPERS = {
    "resource", "creators", "titles", "subjects", "contributors", "dates", "alternateIdentifiers",
    "relatedIdentifiers", "sizes", "formats", "rightsList", "descriptions", "geoLocations", "fundingReferences",
    "relatedItems",
}  # fmt: skip
# Keys of a JSON the registry gave before 2019: datacite_software.json and its variants.
FORMER_JSON = "datacite_software"
INSTANCE = "{http://www.w3.org/2001/XMLSchema-instance}"


def iter_fields(partners: Path) -> Iterator[str]:
    folder = partners / "datacite"
    for path in folder.rglob("*.xml"):
        if path.name not in BROKEN:
            root = load_xml(path)
            if "kernel-4" in root.tag:
                yield from _iter_element(root, ())
    for path in folder.rglob("datacite*.json"):
        if not path.name.startswith(FORMER_JSON):
            yield from (f"datacite_json:{'/'.join(keys)}" for keys in iter_paths(load_json(path)))


def _iter_element(element: Element, above: tuple[str, ...]) -> Iterator[str]:
    name = element.tag.rpartition("}")[2]
    path = above if name in WRAPPERS else (*above, name)
    if path != above:
        yield f"datacite4:{'/'.join(path)}"
    yield from (f"datacite4:{'/'.join((*path, _attribute(key)))}" for key in element.attrib if INSTANCE not in key)
    for child in element:
        yield from _iter_element(child, path)


def _attribute(key: str) -> str:
    return "@" + key.replace("{http://www.w3.org/XML/1998/namespace}", "xml.")
