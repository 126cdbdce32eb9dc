"""Distributions of a data set: the forms of its record, its files, and the stores in which sites keep its images."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from catalogue.exchange.base import formats
from catalogue.exchange.dcat.place import Place, Subject
from catalogue.exchange.dcat.triples import Triples, find_address, name, text, typed
from catalogue.model.namespaces import OWNERS, TERMS

_MEDIA_TYPES: Final = "http://www.iana.org/assignments/media-types/"
# DCAT-AP allows one checksum, so the strongest is given.
_DIGESTS: Final = ("sha512", "sha256", "sha1", "md5")
# A key that cannot be read now may be read tomorrow; one that is lost cannot.
_LOST: Final = frozenset({"lost"})
_OME_ZARR: Final = f"<{TERMS}OmeZarr>"
Record = Mapping[str, Any]


def write_distributions(out: Triples, subject: Subject, record: Record, place: Place, metadata_license: str) -> None:
    """State every distribution of a study.

    Args:
        metadata_license: address of the licence of the record's own forms; "" where none is stated.
    """
    for member in formats():
        if "Study" in member.types:
            node = _distribution(out, subject, f"distribution/{member.name}", f"Metadata as {member.title}")
            address = find_address(place.document(subject.curie, member.suffix))
            out.add(node, "dcat:accessURL", address)
            out.add(node, "dcat:downloadURL", address)
            out.add(node, "dct:description", text(f"The catalogue's record of the study as {member.title}."))
            _media_type(out, node, member.media_type)
            out.add_typed(node, "dct:license", find_address(metadata_license), "dct:LicenseDocument")
            out.add_typed(node, "dct:conformsTo", find_address(member.profile), "dct:Standard")
    _archive(out, subject, record)
    for held in record.get("holdings", ()):
        _store(out, subject, record, held)
    for file in record.get("files", ()):
        _file(out, subject, record, file)


def _distribution(out: Triples, subject: Subject, path: str, title: str | None) -> str:
    node = subject.part(path)
    out.add(subject.term, "dcat:distribution", node)
    out.add(node, "rdf:type", name("dcat:Distribution"))
    if title:
        out.add(node, "dct:title", text(title))
    return node


def _media_type(out: Triples, node: str, media_type: str) -> None:
    out.add_typed(node, "dcat:mediaType", find_address(_MEDIA_TYPES + media_type), "dct:MediaType")


def _archive(out: Triples, subject: Subject, record: Record) -> None:
    """The owner's page, where the data can be had when nothing else is known (DCAT 3, section 6.8.2 "accessURL")."""
    address = find_address(record.get("landing_page"))
    if address is None:
        return
    owner = record["owner"]
    node = _distribution(out, subject, "distribution/archive", f"Data at {OWNERS.get(owner, {}).get('name', owner)}")
    out.add(node, "dcat:accessURL", address)
    out.add(node, "dct:description", text("The images, as the archive gives them."))
    out.add_typed(node, "dct:license", find_address(record.get("license")), "dct:LicenseDocument")
    if "total_size_bytes" in record:
        out.add(node, "dcat:byteSize", typed(record["total_size_bytes"], "nonNegativeInteger"))


def _store(out: Triples, subject: Subject, record: Record, held: Record) -> None:
    """The folder of a site below which the images lie; each has an address of its own below it."""
    template = held["key_template"].replace("{study}", record["accession"])
    folder = template[: template.index("{")].rpartition("/") if "{" in template else (template, "", "")
    address = find_address(held["endpoint"] + folder[0] + folder[1])
    if address is None or held.get("status_of_copy") in _LOST:
        return
    node = _distribution(out, subject, held["id"].removeprefix(f"{record['id']}/"), f"Images at {held['site']}")
    out.add(node, "dcat:accessURL", address)
    out.add_typed(node, "dct:license", find_address(record.get("license")), "dct:LicenseDocument")
    if ".zarr" in held["key_template"]:
        out.add_typed(node, "dct:format", _OME_ZARR, "dct:MediaTypeOrExtent")
        out.share(_OME_ZARR, "rdfs:label", text("OME-Zarr"))


def _file(out: Triples, subject: Subject, record: Record, file: Record) -> None:
    address = find_address(file.get("url"))
    if address is None:
        return
    node = _distribution(out, subject, file["id"].removeprefix(f"{record['id']}/"), file.get("title"))
    out.add(node, "dcat:accessURL", address)
    out.add(node, "dcat:downloadURL", address)
    out.add_typed(node, "dct:license", find_address(record.get("license")), "dct:LicenseDocument")
    if "description" in file:
        out.add(node, "dct:description", text(file["description"]))
    if "media_type" in file:
        _media_type(out, node, file["media_type"])
    if "total_size_bytes" in file:
        out.add(node, "dcat:byteSize", typed(file["total_size_bytes"], "nonNegativeInteger"))
    held = {digest["algorithm"]: digest["checksum_value"] for digest in file.get("checksums", ())}
    best = next((algorithm for algorithm in _DIGESTS if algorithm in held), None)
    if best is not None:
        checksum = f"{node[:-1]}{'/' if subject.joint == '/' else '-'}checksum>"
        out.add(node, "spdx:checksum", checksum)
        out.add(checksum, "rdf:type", name("spdx:Checksum"))
        out.add_typed(checksum, "spdx:algorithm", name(f"spdx:checksumAlgorithm_{best}"), "spdx:ChecksumAlgorithm")
        out.add(checksum, "spdx:checksumValue", typed(held[best], "hexBinary"))
