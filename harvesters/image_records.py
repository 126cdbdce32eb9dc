"""Image payload records from the bundle of one store: its row, its address and its metadata documents; pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from catalogue.model.documents import Mapped, Record, Severity, SourceSpec
from catalogue.model.identifiers import Identifier
from catalogue.model.ontology_terms import repair_term
from catalogue.problems import RecordRejected
from harvesters import image_lists
from harvesters.image_representations import map_labels, map_position, map_representation
from harvesters.ngff_account import Account
from harvesters.ngff_metadata import Multiscale, announced_images, parse_image
from harvesters.ngff_plates import PlateField, plate_fields, plate_name
from harvesters.ngff_values import Findings
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
_PLACEHOLDERS: Final = frozenset({"/", "0", "image", "default", "dataset name", "unknown", "none", "tbd"})


@dataclass(frozen=True, slots=True)
class _Store:
    """What all images of one store have in common.

    Args:
        cells: the row of the list.
        root: `endpoint` and `key` of the store.
        plate: the plate's name.
        fields: path of an image -> where on the plate it was taken; empty unless the store is a plate.
    """

    cells: Mapping[str, str]
    root: Mapping[str, str]
    site: str
    study: Identifier
    image: Identifier
    plate: str | None
    fields: Mapping[str, PlateField]


def map_bundle(bundle: dict[str, Any], source: SourceSpec, identify: Identify) -> Mapped:
    """The records of one store, in the order of its series or wells.

    Raises:
        RecordRejected: see OmeZarrHarvester.map.
    """
    cells, root, texts = bundle["row"], bundle["root"], bundle["documents"]
    documents = Documents(texts)
    findings = Findings()
    fields = _fields(documents, findings)
    images = _present(documents, [*fields] or announced_images(documents), findings)
    study, image = identify(cells, root["key"], source)
    site = source.options.get("site") or (source.owners[0] if source.owners else study.prefix)
    store = _Store(cells, root, site, study, image, plate_name(documents) if fields else None, fields)
    mapped = Mapped(records=[])
    _account(cells, mapped, findings)
    for number, path in enumerate(images):
        multiscale = parse_image(documents, path, findings)
        mapped.records.append(_record(store, multiscale, findings, number, len(images)))
    _check_single(mapped.records)
    _compare(cells, mapped.records[0], findings)
    wells = dict.fromkeys(field.well.path for field in fields.values())
    account = Account()
    account.read(documents, images, ["", "OME", *wells])
    account.report(findings)
    mapped.mapped += account.mapped
    mapped.ignored += account.ignored
    mapped.unmapped += account.unmapped
    mapped.findings = findings.closed()
    return mapped


def _fields(documents: Documents, findings: Findings) -> dict[str, PlateField]:
    root = documents.group("")
    if root is None or "plate" not in root[0]:
        return {}
    return {field.path: field for field in plate_fields(documents, findings)}


def _present(documents: Documents, images: list[str], findings: Findings) -> list[str]:
    """The images whose group is there.

    Raises:
        RecordRejected: none is.
    """
    there: list[str] = []
    for path in images:
        if documents.group(path) is not None:
            there.append(path)
        else:
            findings.note("image-missing", Severity.WARNING, path, path, "The store names this image and has it not.")
    if not there:
        raise RecordRejected(f"None of the {len(images)} images that the store names is there.", reason="gap")
    return there


def _check_single(records: list[Record]) -> None:
    seen: set[str] = set()
    for record in records:
        if record["id"] in seen:
            raise RecordRejected(
                f"Two images of the store would be {record['id']}; their paths differ in signs only.",
                reason="equivocation",
            )
        seen.add(record["id"])


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


def _record(store: _Store, multiscale: Multiscale, findings: Findings, number: int, of: int) -> Record:
    cells, root = store.cells, store.root
    alone = of == 1 and not store.fields
    image = store.image if alone else _of_series(store.study, store.image, multiscale.path)
    representation = map_representation(image.curie, multiscale, {"site": store.site, **root})
    written = store_bytes(cells.get("written"), findings) if alone else None
    if written:
        representation["total_size_bytes"] = written
    record: Record = {
        "type": "Image",
        "id": image.curie,
        "accession": image.accession,
        "owner": image.prefix,
        "study": store.study.curie,
        "title": _title(store, multiscale, image, number, of),
        "source_url": root["endpoint"] + root["key"],
        "representations": [representation],
    }
    labels = map_labels(image.curie, multiscale)
    if labels:
        record["labels"] = labels
    position = map_position(image.curie, store.plate, store.fields.get(multiscale.path))
    if position:
        record["plate_position"] = position
    # A row speaks for all images of its store: what is odd about it is said once.
    describe(record, cells, findings if number == 0 else Findings())
    return record


def describe(record: Record, cells: Mapping[str, str], findings: Findings) -> None:
    """What the row says of every image of its store."""
    if "description" in cells:
        record["description"] = cells["description"]
    license_ = _license(cells.get("license"), findings)
    if license_:
        record["license"] = license_
    for slot, kind, column, named, ontology in _TERMS:
        term = _term(kind, cells.get(column, ""), cells.get(named, ""), ontology, f"row.{column}", findings)
        if term is not None:
            record.setdefault("terms", []).append(term)
            record[slot] = [term["id"]]


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


def _title(store: _Store, multiscale: Multiscale, image: Identifier, number: int, of: int) -> str:
    inner = _named(multiscale.name) or _named(multiscale.shown_name)
    given = _named(store.cells.get("name"))
    if store.fields:
        return f"{given or store.plate or store.image.accession} ({multiscale.path})"
    title = given or inner or image.accession
    if of > 1:
        title = f"{title} ({inner})" if given and inner else f"{title} ({number + 1} of {of})"
    return title


def _named(given: str | None) -> str | None:
    return given if given and given.lower() not in _PLACEHOLDERS else None


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


def store_bytes(given: str | None, findings: Findings) -> int | None:
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
