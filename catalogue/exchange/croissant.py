"""Croissant 1.1: the study as a data set that machine-learning tools load.

Files and replicas are its distribution; its images are a record set, in the document or in the tables of its list.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from catalogue.exchange.base import MOST_IMAGES, Document, ImageTable
from catalogue.exchange.image_places import BYTES, Place, checksums, places
from catalogue.exchange.schema_org import schema_org
from catalogue.model.identifiers import owner_name
from catalogue.model.namespaces import BASE, is_absolute

PROFILE = "http://mlcommons.org/croissant/1.1"
# The registered type, and the one that mlcroissant 1.1 knows Parquet by.
PARQUET = ("application/vnd.apache.parquet", "application/x-parquet")
_JSON = "@json"
# Croissant 1.1 specification, appendix "JSON-LD context".
_CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "arrayShape": "cr:arrayShape",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "containedIn": "cr:containedIn",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": _JSON},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "description": {"@container": "@language"},
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": _JSON},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isArray": "cr:isArray",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "name": {"@container": "@language"},
    "parentField": "cr:parentField",
    "path": "cr:path",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
# Of schema.org's description, what Croissant and its readers know; the whole record is in the other forms.
_TAKEN = (
    *("name", "description", "url", "license", "keywords", "creator", "publisher", "datePublished", "dateModified"),
    *("sameAs", "identifier", "alternateName", "copyrightNotice", "isAccessibleForFree", "conditionsOfAccess"),
)
_TEXT, _URL, _FLOAT, _INTEGER = "sc:Text", "sc:URL", "cr:Float64", "cr:Int64"
_First = Mapping[str, Any]
# Column of the images -> its type, what it says, and where an image has it.
_COLUMNS: dict[str, tuple[str, str, Callable[[_First], Any]]] = {
    "identifier": (_TEXT, "Identifier of the image, the same on every node.", lambda image: image["id"]),
    "iri": (_URL, "Persistent address of the image.", lambda image: BASE + image["id"]),
    "title": (_TEXT, "Title at the archive.", lambda image: image.get("title")),
    "url": (_URL, "Root of the first copy of the image.", lambda image: next((p.url for p in places(image)), None)),
    "format": (_TEXT, "Format of the pixels.", lambda image: _pixels(image).get("format")),
    "data_type": (_TEXT, "Type of a pixel, as NumPy calls it.", lambda image: _pixels(image).get("data_type")),
    "axes": (_TEXT, "Axes in the order of the shape.", lambda image: _axes(image)),
    "shape": (_TEXT, "Length of each axis.", lambda image: _pixels(image).get("shape")),
    "pixel_size_x_um": (_FLOAT, "Micrometres.", lambda image: _pixels(image).get("pixel_size_x_um")),
    "pixel_size_y_um": (_FLOAT, "Micrometres.", lambda image: _pixels(image).get("pixel_size_y_um")),
    "pixel_size_z_um": (_FLOAT, "Micrometres.", lambda image: _pixels(image).get("pixel_size_z_um")),
    "total_size_bytes": (_INTEGER, "Bytes.", lambda image: _pixels(image).get("total_size_bytes")),
    "license": (_URL, "Licence of the image, where it is not the study's.", lambda image: image.get("license")),
}
# Columns of the list's tables (catalogue.model.image_columns) that are told; the files have more.
_TABLE_COLUMNS = {
    "accession": _TEXT,
    "title": _TEXT,
    "format": _TEXT,
    "data_type": _TEXT,
    "axes": _TEXT,
    "size_t": _INTEGER,
    "size_c": _INTEGER,
    "size_z": _INTEGER,
    "size_y": _INTEGER,
    "size_x": _INTEGER,
    "pixel_size_x_um": _FLOAT,
    "pixel_size_y_um": _FLOAT,
    "pixel_size_z_um": _FLOAT,
    "endpoint": _URL,
    "key": _TEXT,
}


def _pixels(image: Mapping[str, Any]) -> Mapping[str, Any]:
    return next(iter(image.get("representations", ())), {})


def _axes(image: Mapping[str, Any]) -> str | None:
    axes = sorted(_pixels(image).get("axes", ()), key=lambda axis: int(axis["index"]))
    return ",".join(str(axis["name"]) for axis in axes) or None


def _file_object(
    identifier: str, name: str, url: str, media_type: str | tuple[str, ...], **more: Any
) -> dict[str, Any]:
    found: dict[str, Any] = {"@type": "cr:FileObject", "@id": identifier, "name": name, "contentUrl": url}
    found["encodingFormat"] = media_type
    return found | {key: value for key, value in more.items() if value is not None}


def _digests(source: Mapping[str, str]) -> dict[str, str | None]:
    return {"sha256": source.get("sha256"), "md5": source.get("md5")}


def _size(size_bytes: int | None) -> str | None:
    return None if size_bytes is None else f"{size_bytes} B"


def _files(record: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Files of the study that have an address."""
    for number, file in enumerate(record.get("files", ()), start=1):
        if is_absolute(file.get("url", "")):
            name = file.get("path") or file.get("title") or file["url"].rpartition("/")[2]
            yield _file_object(
                f"file-{number}",
                name,
                file["url"],
                file.get("media_type", BYTES),
                description=file.get("description"),
                contentSize=_size(file.get("total_size_bytes")),
                **_digests(checksums(file)),
            )


def _replica(place: Place) -> Iterator[dict[str, Any]]:
    """A copy of an image: a file; or for a Zarr, the document that opens it and the set of files below its root."""
    identifier, name = BASE + place.id, place.url.rpartition("/")[2]
    if not place.opens:
        size = _size(place.size_bytes)
        yield _file_object(identifier, name, place.url, place.media_type, contentSize=size, **_digests(place.checksums))
        return
    url, media_type = place.fetched
    yield _file_object(identifier, f"{name}/{url.removeprefix(place.url + '/')}", url, media_type)
    yield {
        "@type": "cr:FileSet",
        "@id": f"{identifier}/files",
        "name": name,
        "description": f"Chunks and documents below {place.url}/",
        "encodingFormat": place.media_type,
        # No containedIn: a web folder is no archive that a reader could unpack.
        "includes": f"{place.url}/**",
    }


def _table(number: int, table: ImageTable) -> dict[str, Any]:
    name = f"images-{number}.parquet"
    return _file_object(name, name, table.url, PARQUET, contentSize=_size(table.size_bytes), sha256=table.sha256)


def _named_images(document: Document) -> dict[str, Any]:
    """The images as rows of the document; a column that no image fills is left out."""
    rows = [{name: value(image) for name, (_, _, value) in _COLUMNS.items()} for image in document.images]
    used = [name for name in _COLUMNS if any(row[name] is not None for row in rows)]
    said = f"{len(rows)} of {document.image_count} images" if document.image_count > len(rows) else "All images"
    return {
        "@type": "cr:RecordSet",
        "@id": "images",
        "name": "images",
        "description": f"{said} that are known here, by identifier.",
        "key": {"@id": "images/identifier"},
        "field": [
            {
                "@type": "cr:Field",
                "@id": f"images/{name}",
                "name": name,
                "description": _COLUMNS[name][1],
                "dataType": _COLUMNS[name][0],
            }
            for name in used
        ],
        "data": [{f"images/{name}": row[name] for name in used} for row in rows],
    }


def _listed_images(number: int, table: ImageTable, count: int) -> dict[str, Any]:
    """The images that a table of the list has."""
    identifier = f"image-list-{number}"
    return {
        "@type": "cr:RecordSet",
        "@id": identifier,
        "name": identifier,
        "description": f"Images of the study by accession: {table.rows} rows, table {number} of {count}.",
        "key": {"@id": f"{identifier}/accession"},
        "field": [
            {
                "@type": "cr:Field",
                "@id": f"{identifier}/{column}",
                "name": column,
                "dataType": kind,
                "source": {"fileObject": {"@id": f"images-{number}.parquet"}, "extract": {"column": column}},
            }
            for column, kind in _TABLE_COLUMNS.items()
            if column in table.columns
        ],
    }


def _people(described: dict[str, Any]) -> None:
    """Two people with one ORCID stay two: readers merge nodes of one name."""
    used = Counter(person.get("@id") for person in described.get("creator", ()))
    for person in described.get("creator", ()):
        person.pop("affiliation", None)
        if used[person.get("@id")] > 1:
            person.pop("@id", None)


def _citation(record: Mapping[str, Any]) -> str:
    people = "; ".join(person["name"] for person in record.get("authors", ()))
    year = str(record.get("date_published", ""))[:4]
    start = " ".join(filter(None, (people, f"({year})" if year else "")))
    said = [start, record["title"], owner_name(record["owner"]), BASE + record["id"]]
    return ". ".join(part.rstrip(".") for part in said if part)


def croissant(document: Document) -> dict[str, Any]:
    """The study in Croissant.

    A file without a digest makes it a live data set: nothing says that its bytes stay as they are.
    Source: Croissant 1.1, sections "Dataset-level information", "FileObject", "FileSet", "RecordSet".
    """
    record = document.record
    described = schema_org(record)
    _people(described)
    found = {"@context": _CONTEXT, "@type": "sc:Dataset", "@id": BASE + record["id"], "conformsTo": PROFILE}
    found |= {name: described[name] for name in _TAKEN if name in described}
    found["citeAs"] = _citation(record)
    if "version" in record:
        found["version"] = record["version"]
    distribution = [*_files(record)]
    distribution += [_table(number, table) for number, table in enumerate(document.tables, start=1)]
    distribution += [item for image in document.images for place in places(image) for item in _replica(place)]
    if any(item["@type"] == "cr:FileObject" and not {"sha256", "md5"} & item.keys() for item in distribution):
        found["isLiveDataset"] = True
    record_sets = [_named_images(document)] if document.images else []
    record_sets += [_listed_images(n, table, document.table_count) for n, table in enumerate(document.tables, start=1)]
    return found | {k: v for k, v in (("distribution", distribution), ("recordSet", record_sets)) if v}


class Croissant:
    """The study as machine-learning tools load data sets."""

    name = "croissant"
    title = "Croissant"
    suffix = ".croissant.json"
    media_type = "application/ld+json"
    profile = PROFILE
    types = frozenset({"Study"})
    tells_images = True

    def render(self, document: Document) -> bytes:
        """Indented JSON; at most MOST_IMAGES images are named."""
        assert len(document.images) <= MOST_IMAGES
        return json.dumps(croissant(document), ensure_ascii=False, indent=2).encode() + b"\n"


FORMAT = Croissant()
