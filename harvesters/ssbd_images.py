"""The OME-Zarr of a dataset in SSBD's ontology as an image record.

Addresses come as literals of type xsd:anyURI, sizes as text; the store's own documents are the `ome_zarr` harvester's.
"""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlsplit

from catalogue.model.documents import Record, Severity
from catalogue.model.forms import is_web_address, licence_iri
from catalogue.model.identifiers import Identifier, image_identifier
from harvesters.account import Account
from harvesters.rdf_nodes import Node

# In the order of OME-Zarr.
_AXES: Final = {"t": "time", "c": "channel", "z": "space", "y": "space", "x": "space"}


def map_image(node: Node, rest: str, study: Identifier, component: str | None, account: Account) -> Record:
    """The image record.

    Args:
        rest: end of the node's name, which names the image within its study.
        component: id of the dataset it is of.
    """
    image = image_identifier(study, rest)
    base = f"{image.curie}/representation/1"
    representation: dict[str, Any] = {"id": base, "format": "OME-Zarr"}
    version = _first(node, "has_OME-NGFF_version")
    if version:
        representation["format_version"] = version
    if axes := _axes(node, base):
        representation["axes"] = axes
    address = _address(node, "has_s3_endpoint", account)
    if address:
        parts = urlsplit(address)
        endpoint = f"{parts.scheme}://{parts.netloc}/"
        representation["replicas"] = [
            {"id": f"{base}/replica/1", "site": study.prefix, "endpoint": endpoint, "key": address[len(endpoint) :]}
        ]
    record: Record = {
        "type": "Image", "id": image.curie, "accession": image.accession, "owner": image.prefix, "study": study.curie,
        "title": rest, "representations": [representation],
    }  # fmt: skip
    if component:
        record["component"] = component
    if address:
        record["source_url"] = address
    pages = [_address(node, key, account) for key in ("has_vizarr_url", "has_thumbnail_url")]
    if shown := [page for page in pages if page]:
        record["see_also"] = shown
    if licence := _licence(node, account):
        record["license"] = licence
    return record


def _keys(key: str) -> tuple[str, str]:
    """SSBD's terms about images stand in its own namespace and in that of an editor."""
    return f"ssbd_zarr:{key}", f"ssbd_onto:{key}"


def _first(node: Node, key: str) -> str | None:
    return node.first_text(*_keys(key))


def _address(node: Node, key: str, account: Account) -> str | None:
    given = _first(node, key)
    if given is None or is_web_address(given):
        return given
    account.note("url-form", Severity.WARNING, key, given, "Not an absolute http(s) address; left out.")
    return None


def _licence(node: Node, account: Account) -> str | None:
    given = _first(node, "has_license")
    found = licence_iri(given) if given else None
    if given and found is None:
        account.note("license-form", Severity.WARNING, "has_license", given, "Names no licence for certain; left out.")
    return found


def _axes(node: Node, base: str) -> list[Record]:
    letters = (_first(node, "has_axes") or "").lower()
    known = [name for name in _AXES if name in letters]
    if len(known) != len(letters):
        node.complain(
            "axes-form", Severity.WARNING, "ssbd_zarr:has_axes", "Letters of X, Y, Z, C, T once each; others left out."
        )
    found: list[Record] = []
    for name in _AXES:
        size = _size(node, name)
        if name not in known:
            if size not in (None, 1):
                node.complain(
                    "axis-unnamed",
                    Severity.WARNING,
                    f"ssbd_zarr:has_size_{name}",
                    f"The axes lack {name}; left out.",
                    str(size),
                )
            continue
        axis: Record = {"id": f"{base}/axis/{len(found)}", "index": len(found), "name": name, "axis_type": _AXES[name]}
        if size is not None:
            axis["size"] = size
        found.append(axis)
    return found


def _size(node: Node, name: str) -> int | None:
    given = _first(node, f"has_size_{name}")
    if given is None:
        return None
    if given.isascii() and given.isdigit() and 0 < int(given[:19]) < 2**53:
        return int(given[:19])
    node.complain(
        "size-form", Severity.WARNING, f"ssbd_zarr:has_size_{name}", "A whole number is expected; left out.", given
    )
    return None
