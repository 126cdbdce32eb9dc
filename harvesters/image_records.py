"""Image payload records from the bundle of one store: its row, its address and its metadata documents; pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from catalogue.model.documents import Mapped, Record, Severity, SourceSpec
from catalogue.model.identifiers import Identifier
from catalogue.model.ontology_terms import repair_term
from harvesters import image_lists
from harvesters.ngff_metadata import Findings, Multiscale, announced_images, parse_image
from harvesters.zarr_documents import Documents

Identify = Callable[[Mapping[str, str], str, SourceSpec], tuple[Identifier, Identifier]]

_LICENSES: Final = {
    "cc0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
    "cc0": "https://creativecommons.org/publicdomain/zero/1.0/",
    "cc-by-4.0": "https://creativecommons.org/licenses/by/4.0/",
    "cc-by-sa-4.0": "https://creativecommons.org/licenses/by-sa/4.0/",
    "cc-by-nc-4.0": "https://creativecommons.org/licenses/by-nc/4.0/",
    "cc-by-nc-sa-4.0": "https://creativecommons.org/licenses/by-nc-sa/4.0/",
}
# Slot of the record, class of the term, column of its id, column of its label, ontology of bare numbers.
_TERMS: Final = (
    ("organisms", "Taxon", "organismid", "organism", "NCBITaxon"),
    ("methods", "ImagingMethod", "fbbiid", "method", "FBbi"),
)
# Names that writers put where nobody gave one.
_PLACEHOLDERS: Final = frozenset({"/", "0", "image", "default", "dataset name", "unknown", "none"})


def map_bundle(bundle: dict[str, Any], source: SourceSpec, identify: Identify) -> Mapped:
    """The records of one store, in the order of its series.

    Raises:
        RecordRejected: see OmeZarrHarvester.map.
    """
    cells, root, texts = bundle["row"], bundle["root"], bundle["documents"]
    documents = Documents(texts)
    images = announced_images(documents)
    study, image = identify(cells, root["key"], source)
    mapped = Mapped(records=[])
    findings = Findings()
    _account(cells, mapped, findings)
    for number, path in enumerate(images):
        multiscale = parse_image(documents, path, findings)
        identifier = image if len(images) == 1 else _of_series(study, image, path)
        mapped.records.append(
            _record(identifier, study, multiscale, cells, root, source, findings, number, len(images))
        )
    _compare(cells, mapped.records[0], findings)
    mapped.findings = list(findings)
    return mapped


def _of_series(study: Identifier, image: Identifier, path: str) -> Identifier:
    """Identifier of one image among several in a store: the store's, a hyphen, the series."""
    accession = (
        image.accession if image.accession.startswith(study.accession) else f"{study.accession}.{image.accession}"
    )
    accession += "-" + (re.sub(r"[^A-Za-z0-9]+", "-", path).strip("-") or "0")
    return Identifier(f"{study.prefix}:{accession}", study.prefix, accession, "image", path)


def _account(cells: Mapping[str, str], mapped: Mapped, findings: Findings) -> None:
    for column in sorted(cells):
        if column in image_lists.MAPPED:
            mapped.mapped += 1
        elif column in image_lists.IGNORED:
            mapped.ignored[f"row, {column}: {image_lists.IGNORED[column]}"] += 1
        else:
            mapped.unmapped[f"row, {column}"] += 1
            findings.note(
                "unmapped-property", Severity.INFO, f"row.{column}", cells[column], "A column nobody foresaw; left out."
            )


def _record(
    image: Identifier,
    study: Identifier,
    multiscale: Multiscale,
    cells: Mapping[str, str],
    root: Mapping[str, str],
    source: SourceSpec,
    findings: Findings,
    number: int,
    of: int,
) -> Record:
    record: Record = {
        "type": "Image",
        "id": image.curie,
        "accession": image.accession,
        "owner": image.prefix,
        "study": study.curie,
        "title": _title(multiscale, cells, image, number, of),
        "source_url": root["endpoint"] + root["key"],
        "representations": [_representation(image.curie, multiscale, cells, root, source, study, findings, of)],
    }
    if "description" in cells:
        record["description"] = cells["description"]
    license_ = _license(cells.get("license"), findings)
    if license_:
        record["license"] = license_
    # A row speaks for all series of its store: what is odd about it is said once.
    notes = findings if number == 0 else Findings()
    for slot, kind, column, named, ontology in _TERMS:
        term = _term(kind, cells.get(column, ""), cells.get(named, ""), ontology, f"row.{column}", notes)
        if term is not None:
            record.setdefault("terms", []).append(term)
            record[slot] = [term["id"]]
    return record


def _term(kind: str, given: str, label: str, ontology: str, path: str, findings: Findings) -> Record | None:
    if not given:
        return None
    form = repair_term(given, ontology)
    if form is None:
        findings.note("term-id-form", Severity.WARNING, path, given, "Not an ontology term id; left out.")
        return None
    if form.repaired:
        findings.note("term-id-form", Severity.REPAIRED, path, given, f"Written as {form.curie}.")
    if kind == "Taxon" and not form.curie.startswith("NCBITaxon:"):
        findings.note(
            "term-kind", Severity.WARNING, path, given, "An organism is a term of the NCBI taxonomy; left out."
        )
        return None
    # Lists give ids alone; ingest puts the ontology's label in the place of the CURIE.
    label = label or form.curie
    term: Record = {"type": kind, "id": form.curie, "label": label}
    if form.repaired:
        term["source_id"] = given
    return term


def _title(multiscale: Multiscale, cells: Mapping[str, str], image: Identifier, number: int, of: int) -> str:
    inner = multiscale.name if multiscale.name and multiscale.name.strip().lower() not in _PLACEHOLDERS else None
    given = cells.get("name", "")
    if given.lower() in _PLACEHOLDERS:
        given = ""
    title = given or inner or image.accession
    if of > 1:
        title = f"{title} ({inner})" if given and inner else f"{title} ({number + 1} of {of})"
    return title


def _license(given: str | None, findings: Findings) -> str | None:
    if not given:
        return None
    if given.lower() in _LICENSES:
        findings.note("license-form", Severity.REPAIRED, "row.license", given, "Written as the licence's address.")
        return _LICENSES[given.lower()]
    if re.match(r"https?://[^\s<>\"{}|\\^`]+$", given):
        return given
    findings.note("license-form", Severity.WARNING, "row.license", given, "A licence is given by its address.")
    return None


def _representation(
    curie: str,
    multiscale: Multiscale,
    cells: Mapping[str, str],
    root: Mapping[str, str],
    source: SourceSpec,
    study: Identifier,
    findings: Findings,
    of: int,
) -> Record:
    base = f"{curie}/representation/1"
    array = multiscale.levels[0].array
    site = source.options.get("site") or (source.owners[0] if source.owners else study.prefix)
    representation: Record = {
        "id": base,
        "format": "OME-Zarr",
        "format_version": multiscale.version,
        "zarr_format": multiscale.zarr_format,
        "multiscales_path": multiscale.path,
        "data_type": array.data_type,
        "shape": _extent(array.shape),
        "metadata_digest": multiscale.digest,
        "axes": [_axis(base, multiscale, index) for index in range(len(multiscale.axes))],
        "levels": [
            {
                "id": f"{base}/level/{index}",
                "index": index,
                "path": level.path,
                "shape": _extent(level.array.shape),
                "chunks": _extent(level.array.chunks),
            }
            for index, level in enumerate(multiscale.levels)
        ],
        "replicas": [{"id": f"{base}/replica/1", "site": site, "endpoint": root["endpoint"], "key": root["key"]}],
    }
    for name in "xyz":
        size = multiscale.pixel_size_um(name)
        if size is not None:
            representation[f"pixel_size_{name}_um"] = size
    channels = [_channel(base, multiscale, index) for index in range(len(multiscale.channels))]
    if channels:
        representation["channels"] = channels
    written = _bytes(cells.get("written"), findings) if of == 1 else None
    if written:
        representation["total_size_bytes"] = written
    return representation


def _axis(base: str, multiscale: Multiscale, index: int) -> Record:
    axis, level = multiscale.axes[index], multiscale.levels[0]
    record: Record = {"id": f"{base}/axis/{index}", "index": index, "name": axis.name, "size": level.array.shape[index]}
    if axis.kind in ("time", "channel", "space"):
        record["axis_type"] = axis.kind
    if axis.unit:
        record["unit"] = axis.unit
    if level.scale is not None:
        record["scale"] = level.scale[index]
    return record


def _channel(base: str, multiscale: Multiscale, index: int) -> Record:
    channel = multiscale.channels[index]
    record: Record = {"id": f"{base}/channel/{index}", "index": index}
    if channel.label:
        record["label"] = channel.label
    if channel.color:
        record["color"] = channel.color
    if channel.window:
        record["window_start"], record["window_end"] = channel.window
    return record


def _bytes(given: str | None, findings: Findings) -> int | None:
    """Bytes of the store; lists write 417816396.00000006 (idr0004) and 0 for "not counted" (other_samples)."""
    if not given:
        return None
    try:
        value = float(given)
    except ValueError:
        value = -1.0
    if not 0 < value < 2**53:
        findings.note("size-invalid", Severity.WARNING, "row.written", given, "Bytes of the store, above 0.")
        return None
    if not given.isdigit():
        findings.note("size-form", Severity.REPAIRED, "row.written", given, "Bytes are whole numbers; rounded.")
    return round(value)


def _compare(cells: Mapping[str, str], record: Record, findings: Findings) -> None:
    stated = re.sub(r"[\s()\[\]]", "", cells.get("shape", ""))
    shape = record["representations"][0]["shape"]
    if stated and stated != shape:
        findings.note(
            "list-shape", Severity.WARNING, "row.shape", cells["shape"], f"The store itself says {shape}; kept."
        )


def _extent(sizes: tuple[int, ...]) -> str:
    return ",".join(map(str, sizes))
