"""What IDR's site lists of a study: sizes of its screens, the release they came in, and one image with its address.

The lists are `_data/studies.tsv` and `_data/download_urls.tsv` of the site's repository; a bundle has a study's lines.
"""

from __future__ import annotations

import re
from typing import Any, Final
from urllib.parse import quote

from catalogue.model.documents import Record, Severity
from catalogue.model.identifiers import Identifier, parse_identifier
from catalogue.problems import Problem
from harvesters.account import Account, Entry, crosswalk_reasons
from harvesters.draft import StudyDraft
from harvesters.idr_parts import Parts
from harvesters.idr_study import add_twin, twin_of_address
from harvesters.idr_text import parse_text, table_rows

SIZES: Final = "site/studies.tsv"
ADDRESSES: Final = "site/download_urls.tsv"
RETIRED_HOST: Final = "uk1s3.embassy.ebi.ac.uk"
# A plane of a real image has thousands of bytes; idr0167 states the size of files that only refer to images.
LEAST_BYTES_A_PLANE: Final = 64

_COUNTS: Final = {
    "Sets": "Sets", "Wells": "Wells", "Acquisitions": "Acquisitions", "Planes": "Planes",
    "Experiments_wells_for_screens_imaging_experiments_for_non-screens": "Wells or imaging experiments",
    "Targets_genes_small_molecules_geographic_locations_or_combination_of_factors_idr0019_26_34_38": "Targets",
    "Avg._Image_Dim_XYZCT": "Average image dimensions (XYZCT)",
}  # fmt: skip


def reasons() -> dict[str, str]:
    """Path of a column -> why it is left out."""
    return {f"site/{path}": reason for path, reason in crosswalk_reasons("idr", "idr_meta:site/").items()}


def read_sizes(draft: StudyDraft, parts: Parts, account: Account, content: bytes) -> None:
    """Write the sizes of the components, and the releases in which they came."""
    versions: dict[str, list[str]] = {}
    for entry in _entries(account, content, "site/studies"):
        entry.text("Study")
        container = entry.text("Container", word=True) or ""
        version = entry.text("Introduced", word=True)
        component = parts.components.get(container.lower())
        if component is None:
            entry.complain("container-unknown", Severity.WARNING, "Container", "The study file has no such part.")
        if version:
            versions.setdefault(version, []).append(container)
        _component(entry, component if component is not None else {})
    for version, containers in versions.items():
        draft.part("version_history", "version", version=version, description=f"Added: {', '.join(containers)}")


def read_addresses(draft: StudyDraft, account: Account, study: Identifier, content: bytes) -> list[Record]:
    """The images that the list names, each with its address; the twin that it names goes into the study."""
    images: list[Record] = []
    for entry in _entries(account, content, "site/download_urls"):
        entry.text("idrid")
        if address := entry.text("bia_url"):
            twin = twin_of_address(address)
            add_twin(draft, twin.accession if twin else address, "site/download_urls/bia_url")
        image = _image(entry, study)
        if image is not None and all(image["id"] != other["id"] for other in images):
            images.append(image)
    return images


def _entries(account: Account, content: bytes, name: str) -> list[Entry]:
    """The lines of a list as entries, by the slugs of their columns."""
    rows = [row for row in table_rows(parse_text(content), "\t") if any(cell.strip() for cell in row)]
    heads = [re.sub(r"[^\w.@*-]+", "_", cell, flags=re.ASCII).strip("_") for cell in rows[0]] if rows else []
    return [
        account.open({head: cell for head, cell in zip(heads, row, strict=False) if head}, name) for row in rows[1:]
    ]


def _component(entry: Entry, component: dict[str, Any]) -> None:
    images, planes = entry.whole("5D_Images"), entry.whole("Planes")
    size, _ = entry.whole("Size"), entry.text("Size_TB")
    stated = component.get("image_count")
    if images is not None and stated is not None and stated != images:
        message = f"The study file says {stated}; the site's newer count is kept."
        entry.complain("counts-differ", Severity.INFO, "5D_Images", message)
    if images is not None:
        component["image_count"] = images
    said = [component["size_statement"]] if component.get("size_statement") else []
    said += [f"{label}: {text}" for key, label in _COUNTS.items() if (text := entry.text(key))]
    if size is not None and planes and size < planes * LEAST_BYTES_A_PLANE:
        message = f"Too few bytes for {planes:,} planes: the size of files that refer to images. Kept in words only."
        entry.complain("size-doubtful", Severity.WARNING, "Size", message)
        said.append(f"Size of files: {size} bytes")
    elif size is not None:
        component["total_size_bytes"] = size
    component["size_statement"] = "; ".join(said)
    component["file_count"] = entry.whole("of_Files")
    sample = entry.text("Sample_Type", word=True)
    if not component.get("sample_type"):
        component["sample_type"] = sample


def _image(entry: Entry, study: Identifier) -> Record | None:
    """An Image record of IDR's own number, with its file and its Zarr copy as far as they are told."""
    number = entry.text("image_id")
    try:
        found = parse_identifier(f"idr:{number}")
    except Problem:
        found = None
    if found is None or found.kind != "image":
        entry.complain("identity-form", Severity.WARNING, "image_id", "No number of an image of IDR; left out.")
        return None
    record: Record = {
        "type": "Image", "id": found.curie, "accession": found.accession, "owner": "idr", "study": study.curie,
    }  # fmt: skip
    path, folder = entry.text("client_path", word=True), entry.text("download_url")
    is_zarr, site = entry.flag("is_zarr"), entry.text("data_location")
    copy, _ = entry.text("external_info", word=True), entry.text("bia_ngff_id")
    address = _file_address(path, entry.text("replace_this", word=True), entry.text("with_this")) or folder
    if path:
        file = {"id": f"{found.curie}/file/1", "path": path, "file_role": "raw"}
        record["files"] = [file | ({"url": address} if address and address.startswith("http") else {})]
        record["title"] = path.rstrip("/").rpartition("/")[2]
    zarr = _zarr(copy) or (_zarr(path) if is_zarr and path and path.startswith("http") else None)
    if zarr is not None:
        endpoint, key = zarr
        if RETIRED_HOST in endpoint:
            message = "This host was given up in April 2026; the copy may stand elsewhere now."
            entry.complain("retired-host", Severity.WARNING, "external_info" if copy else "client_path", message)
        base = f"{found.curie}/representation/1"
        replica = {"id": f"{base}/replica/1", "site": site or "idr", "endpoint": endpoint, "key": key}
        record["representations"] = [{"id": base, "format": "OME-Zarr", "multiscales_path": "", "replicas": [replica]}]
    elif site and path and "files" in record and is_zarr is False:
        record["files"][0]["description"] = f"Kept at {site}"
    return record


def _file_address(path: str | None, old: str | None, new: str | None) -> str | None:
    """The address of the file itself: the site's rule put to its path."""
    if not path or not old or not new or not path.startswith(old):
        return None
    return new.rstrip("/") + quote(path[len(old) :])


def _zarr(text: str | None) -> tuple[str, str] | None:
    """Endpoint and key of a Zarr store's address; None for a path without a host."""
    found = re.match(r"(https?|s3)://([A-Za-z0-9.-]+)/([^?#]+?\.zarr)(?=[/?#]|$)", text or "")
    if found is None:
        return None
    # OMERO writes s3://host/key for an S3 server that is not Amazon's.
    return f"https://{found[2]}/", quote(found[3])
