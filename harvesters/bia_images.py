"""Image records of a pool of documents of the BioImage Archive's model: image, representations, how it came to be."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import quote, urlsplit

from catalogue.model.documents import Record, Severity, SourceSpec
from catalogue.model.forms import is_web_address
from catalogue.model.identifiers import image_identifier
from harvesters.account import Entry
from harvesters.bia_files import data_file, image_name
from harvesters.bia_parts import BiaParts
from harvesters.bia_pool import Doc, Pool
from harvesters.draft import Part, StudyDraft

_FORMATS: Final = {
    ".ome.zarr": "OME-Zarr", ".zarr": "Zarr", ".ome.tif": "OME-TIFF", ".ome.tiff": "OME-TIFF", ".tif": "TIFF",
    ".tiff": "TIFF", ".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".nii": "NIfTI", ".nii.gz": "NIfTI",
    ".dcm": "DICOM", ".mrc": "MRC", ".rec": "MRC", ".map": "MRC", ".czi": "CZI", ".lif": "LIF", ".nd2": "ND2",
    ".oib": "OIB", ".h5": "HDF5", ".hdf5": "HDF5",
}  # fmt: skip
_AXES: Final = (("t", "time"), ("c", "channel"), ("z", "space"), ("y", "space"), ("x", "space"))
# A voxel of a tenth of a metre is none; EMPIAR-10326 has 20 and S-BIAD634 has 1 where metres are meant.
_LARGEST_VOXEL_M: Final = 0.1
# 72 dots an inch, which image files state when nobody measured (S-BIAD634).
_PRINTERS_PIXEL_M: Final = 0.0254 / 72
_OF_STORE: Final = "settings and metadata of the converted store, which is read where it lies"


def map_images(pool: Pool, parts: BiaParts, draft: StudyDraft, source: SourceSpec) -> list[Record]:
    """One record for each Image document, in the order of the pool.

    Raises:
        BadIdentifier: an image's key cannot name it.
    """
    site = source.options.get("site") or draft.study.prefix
    return [_image(pool, parts, draft, doc, site) for doc in pool.all("Image")]


def _image(pool: Pool, parts: BiaParts, draft: StudyDraft, doc: Doc, site: str) -> Record:
    identity = image_identifier(draft.study, doc.key)
    curie = identity.curie
    datasets = doc.keys_of("submission_dataset_uuid")
    files = pool.each("FileReference", doc.keys_of("original_file_reference_uuid"))
    represented = [
        _representation(draft, one, f"{curie}/representation/{one.key}", site)
        for one in pool.referring("ImageRepresentation", "representation_of_uuid", doc.key)
    ]
    record: Record = {
        "type": "Image", "id": curie, "accession": identity.accession, "owner": identity.prefix,
        "study": draft.curie,
        **draft.filled({
            "component": f"{draft.curie}/component/{datasets[0]}" if datasets else None,
            "title": doc.text("label", lines=False, word=True),
            "thumbnails": _pictures(draft, doc),
            "see_also": _addresses(draft, doc, "neuroglancer_view_link"),
            "creation_process": _creation(pool, parts, draft, doc, curie),
            "characteristics": _characteristics(doc, files, curie),
            "files": _files(draft, doc, files, curie),
            "representations": represented,
        }),
    }  # fmt: skip
    doc.values("recommended_vizarr_representation")
    _further(record, doc, curie)
    return record


def _creation(pool: Pool, parts: BiaParts, draft: StudyDraft, doc: Doc, curie: str) -> Part | None:
    """What the image was made from and how, by identifiers of parts of the study."""
    found: dict[str, list[str]] = {}
    for one in pool.each("CreationProcess", doc.keys_of("creation_process_uuid")):
        for slot, names in (
            ("specimens", [*parts.specimens(one.keys_of("subject_specimen_uuid")), *_prepared(parts, one)]),
            ("acquisitions", parts.ids("ImageAcquisitionProtocol", one.keys_of("image_acquisition_protocol_uuid"))),
            ("protocols", parts.ids("Protocol", one.keys_of("protocol_uuid"))),
            ("annotation_methods", parts.ids("AnnotationMethod", one.keys_of("annotation_method_uuid"))),
            (
                "input_images",
                [image_name(draft.study, key) for key in one.keys_of("input_image_uuid") if pool.knows_image(key)],
            ),
        ):
            found.setdefault(slot, []).extend(names)
    kept = draft.filled({slot: list(dict.fromkeys(names)) for slot, names in found.items()})
    return {"id": f"{curie}/creation", **kept} if kept else None


def _prepared(parts: BiaParts, process: Doc) -> list[str]:
    """The specimen of a row that names preparation and sample apart."""
    return parts.prepared(*process.prepared) if process.prepared else []


def _pictures(draft: StudyDraft, doc: Doc) -> list[str]:
    """Thumbnails, the small ones first."""
    found: dict[str, None] = {}
    for name in ("image_thumbnail_uri", "image_static_display_uri"):
        for value in doc.values(name):
            for picture in value.values() if type(value) is dict else ():
                address = picture.get("uri") if type(picture) is dict else picture
                if type(address) is str and draft.web_address(address, f"Image/additional_metadata/{name}"):
                    found[address] = None
    return list(found)


def _addresses(draft: StudyDraft, doc: Doc, name: str) -> list[str]:
    found = []
    for value in doc.values(name):
        address = value.get(name) if type(value) is dict else value
        if type(address) is str and draft.web_address(address, f"{doc.kind}/additional_metadata/{name}"):
            found.append(address)
    return found


def _characteristics(doc: Doc, files: list[Doc], curie: str) -> list[Part]:
    """Columns of the depositor's file list: those of the image, else those of the files it was made from."""
    rows = [value for value in doc.values("attributes_from_file_reference") if type(value) is dict]
    if not rows:
        rows = [
            value for one in files for name in ("attributes_from_biostudies.File", "attributes_from_file_list")
            for value in one.values(name) if type(value) is dict
        ]  # fmt: skip
    pairs: dict[tuple[str, str], None] = dict.fromkeys(pair for one in files for pair in one.own.items())
    for row in rows:
        inner = row.get("attributes", row)
        for name, text in inner.items() if type(inner) is dict else ():
            if type(text) in (str, int, float) and str(text).strip() and name.strip():
                pairs[name.strip(), " ".join(str(text).split())] = None
    return [
        {"id": f"{curie}/characteristic/{n}", "name": name, "text_value": text}
        for n, (name, text) in enumerate(pairs, 1)
    ]  # fmt: skip


def _files(draft: StudyDraft, doc: Doc, files: list[Doc], curie: str) -> list[Part]:
    found = [data_file(draft, one) for one in files]
    for value in doc.values("file_pattern"):
        path = value.get("file_pattern") if type(value) is dict else value
        if type(path) is str and path.strip() and not found:
            found.append({"path": path})
    return [{"id": f"{curie}/file/{n}", **file} for n, file in enumerate(found, 1) if file]


def _further(record: Record, doc: Doc, curie: str) -> None:
    """Additional metadata without a place of their own, after the depositor's columns."""
    held = record.get("characteristics", [])
    for name, entry in doc.left():
        value = entry.raw("value")
        for key, text in value.items() if type(value) is dict else {name: value}.items():
            if type(text) in (str, int, float) and str(text).strip():
                part = {"id": f"{curie}/characteristic/{len(held) + 1}", "name": key, "text_value": str(text).strip()}
                held.append(part)
    if held:
        record["characteristics"] = held


def _representation(draft: StudyDraft, doc: Doc, name: str, site: str) -> Part:
    given = doc.text("image_format", lines=False, word=True) or ""
    known = _FORMATS.get(given.lower() if given.startswith(".") else f".{given.lower()}")
    if known is None:
        draft.account.note(
            "image-format-other", Severity.INFO, "ImageRepresentation/image_format", given,
            "A format the model has no word for; kept as `other`, the address tells more.",
        )  # fmt: skip
    pixels = _pixels(doc)
    sizes = {axis: doc.entry.whole(f"size_{axis}") for axis, _ in _AXES}
    whole = None not in sizes.values() and all(sizes.values())
    voxels = {axis: _voxel(draft, doc, axis, pixels) for axis in "xyz"}
    viewers = doc.entry.entries("image_viewer_setting")
    total = doc.entry.whole("total_size_in_bytes")
    if total == 0:
        doc.entry.complain(
            "size-zero", Severity.WARNING, "total_size_in_bytes", "No image has no bytes; left out as not known."
        )
    for attribute in ("ome_zarr_config", "file_pattern", "neuroglancer_view_link"):
        for entry in doc.attributes.get(attribute, ()):
            entry.leave("value", _OF_STORE)
    return {
        "id": name,
        "format": known or "other",
        **draft.filled({
            "data_type": pixels.get("Type") if pixels.get("Type") in _TYPES else None,
            "shape": ",".join(str(sizes[axis]) for axis, _ in _AXES) if whole else None,
            "total_size_bytes": total or None,
            **{f"pixel_size_{axis}_um": value for axis, value in voxels.items()},
            "axes": [_axis(name, n, axis, kind, sizes[axis], voxels.get(axis)) for n, (axis, kind) in enumerate(_AXES)]
            if whole else [],
            "rendering": _rendering(name, viewers),
            "channels": _channels(name, viewers),
            "replicas": _replicas(draft, doc, name, site),
        }),
        **({"multiscales_path": ""} if known == "OME-Zarr" else {}),
    }  # fmt: skip


_TYPES: Final = frozenset({"int8", "int16", "int32", "uint8", "uint16", "uint32"})


def _pixels(doc: Doc) -> dict[str, str]:
    """Attributes of the OME-XML of the converted store."""
    values = [value for value in doc.values("attributes_from_ome.zarr") if type(value) is dict]
    return {key: text for value in values for key, text in value.items() if type(text) is str}


def _voxel(draft: StudyDraft, doc: Doc, axis: str, pixels: dict[str, str]) -> float | None:
    """The size of a pixel in micrometres: metres in the archive, what the store's OME-XML says where it says none."""
    key = f"voxel_physical_size_{axis}"
    metres = doc.entry.decimal(key)
    if metres is None:
        stated, unit = pixels.get(f"PhysicalSize{axis.upper()}"), pixels.get(f"PhysicalSize{axis.upper()}Unit", "µm")
        try:
            size = float(stated) if stated and unit == "µm" else 0.0
        except ValueError:
            return None
        return size if 0 < size < _LARGEST_VOXEL_M * 1e6 else None
    if not 0 < metres < _LARGEST_VOXEL_M:
        doc.entry.complain(
            "voxel-size-implausible", Severity.WARNING, key,
            "No size of a voxel in metres; left out. Write it in metres.",
        )  # fmt: skip
        return None
    if abs(metres - _PRINTERS_PIXEL_M) < 1e-9:
        doc.entry.complain(
            "voxel-size-default", Severity.WARNING, key,
            "This is 72 dots an inch, what image files state when nobody measured; kept, and to be doubted.",
        )  # fmt: skip
    return float(f"{metres * 1e6:.12g}")


def _axis(name: str, index: int, axis: str, kind: str, size: int | None, voxel: float | None) -> Part:
    part: Part = {"id": f"{name}/axis/{index}", "index": index, "name": axis, "axis_type": kind, "size": size}
    return part | ({"unit": "micrometer", "scale": voxel} if voxel is not None else {})


def _rendering(name: str, viewers: list[Entry]) -> Part | None:
    for viewer in viewers[:1]:
        z, t = viewer.text("z"), viewer.text("t")
        said = {slot: int(text) for slot, text in (("default_z", z), ("default_t", t)) if text and text.isdigit()}
        return {"id": f"{name}/rendering", **said} if said else None
    return None


def _channels(name: str, viewers: list[Entry]) -> list[Part]:
    found: list[Part] = []
    for viewer in viewers[:1]:
        for channel in viewer.entries("channel_information"):
            said: dict[str, Any] = {
                "label": channel.text("label", word=True), "window_start": channel.decimal("colormap_start"),
                "window_end": channel.decimal("colormap_end"),
            }  # fmt: skip
            channel.leave("scale_factor", "a number for the archive's own viewer, without a stated meaning")
            kept = {key: value for key, value in said.items() if value is not None}
            found.append({"id": f"{name}/channel/{len(found)}", "index": len(found), **kept})
    return found


def _replicas(draft: StudyDraft, doc: Doc, name: str, site: str) -> list[Part]:
    """Addresses, taken apart into the site's storage and the key below it, so that a site can move."""
    found: list[Part] = []
    for given in doc.entry.texts("file_uri"):
        address = given if is_web_address(given) else quote(given, safe=":/?#[]@!$&'()*+,;=%")
        if not draft.web_address(address, "ImageRepresentation/file_uri"):
            continue
        parts = urlsplit(address)
        bucket, _, key = parts.path.lstrip("/").partition("/")
        if not key or parts.query:
            endpoint, key = f"{parts.scheme}://{parts.netloc}/", address.partition(parts.netloc + "/")[2]
        else:
            endpoint = f"{parts.scheme}://{parts.netloc}/{bucket}/"
        found.append({"id": f"{name}/replica/{len(found) + 1}", "site": site, "endpoint": endpoint, "key": key})
    return found
