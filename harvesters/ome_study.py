"""What an OME-XML document says of its study: instruments and acquisitions, plates, people, drawn annotations."""

from __future__ import annotations

from typing import Any, Final

from harvesters.account import Entry
from harvesters.draft import StudyDraft
from harvesters.ome_xml import CHANNEL_SETTINGS, LIGHT_SOURCES, SETTINGS, SHAPES, Document, described, length_um

Record = dict[str, Any]

_KINDS: Final = {
    "Point": "point_annotations",
    "Rectangle": "bounding_boxes",
    "Mask": "segmentation_mask",
    "Label": "class_labels",
}
# Attributes that say where a shape lies or what it looks like as a figure.
_GEOMETRY: Final = ("@X", "@Y", "@R", "@Width", "@Height", "@Points", "@The")


def read_instruments(draft: StudyDraft, document: Document) -> dict[str, str]:
    """Write an acquisition for each instrument; instrument's id in the document -> the acquisition's in the record."""
    found = {}
    settings = _settings(document)
    experiments = document.all(document.root, "Experiment")
    for image in document.all(document.root, "Image"):
        document.referred(image, "ExperimentRef")
    for number, entry in enumerate(document.all(document.root, "Instrument"), 1):
        base = f"{draft.curie}/acquisition/{number}/instrument/1"
        instrument = _instrument(document, entry, base)
        fields: Record = {"instruments": [instrument], "acquisition_parameters": settings}
        for experiment in experiments[:1]:
            experiment.raw("@ID")
            fields["description"] = experiment.text("Description", lines=True)
            fields["method_names"] = experiment.texts("@Type")
        found[str(entry.value.get("@ID", ""))] = draft.part("acquisitions", "acquisition", str(number), **fields)
        entry.raw("@ID")
    return found


def read_plates(draft: StudyDraft, document: Document) -> None:
    """Write screens with their plates; a plate of no screen is a screen of its own."""
    held: set[str] = set()
    for screen in document.all(document.root, "Screen"):
        plates = document.referred(screen, "PlateRef")
        held.update(str(plate.value.get("@ID", "")) for plate in plates)
        title = screen.text("@Name", word=True)
        _screen(draft, document, title, plates, description=screen.text("Description", lines=True))
        screen.raw("@ID")
    for plate in document.all(document.root, "Plate"):
        if str(plate.value.get("@ID", "")) not in held:
            _screen(draft, document, plate.text("@Name", word=True), [plate])
    for name in ("Project", "Dataset"):
        for folder in document.all(document.root, name):
            folder.raw("@ID")
            title, text = folder.text("@Name", word=True), folder.text("Description", lines=True)
            if title:
                draft.part("components", "folder", type="StudyComponent", title=title, description=text)


def read_people(draft: StudyDraft, document: Document) -> None:
    """Write those who took the images."""
    for one in document.all(document.root, "Experimenter"):
        one.raw("@ID")
        given, family = one.text("@FirstName", word=True), one.text("@LastName", word=True)
        name = " ".join(part for part in (given, family) if part)
        if name:
            place = draft.organization(one.text("@Institution", word=True), "Experimenter/@Institution")
            person = draft.person(
                name, "Experimenter", given_name=given, family_name=family, address=one.text("@Email"),
                affiliations=[place], contributor_types=["DataCollector"],
            )  # fmt: skip
            draft.contributor(person)


def read_regions(draft: StudyDraft, document: Document, names: dict[str, str]) -> None:
    """Write the drawn regions with their kinds, each with the images that refer to it.

    Args:
        names: id of an image in the document -> its CURIE.
    """
    images: dict[str, list[str]] = {}
    for entry in document.all(document.root, "Image"):
        for region in document.referred(entry, "ROIRef"):
            images.setdefault(str(region.value.get("@ID", "")), []).append(names[str(entry.value.get("@ID", ""))])
    for number, region in enumerate(document.all(document.root, "ROI"), 1):
        name = str(region.value.get("@ID", ""))
        region.raw("@ID")
        shapes = [shape for union in document.all(region, "Union") for shape in document.all(union, *SHAPES)]
        kinds = dict.fromkeys(_KINDS.get(shape.path, "geometrical_annotations") for shape in shapes)
        texts = [text for shape in shapes if (text := shape.text("@Text", word=True))]
        places = "; ".join(_geometry(shape) for shape in shapes)
        draft.part(
            "annotations", "annotation", str(number), title=region.text("@Name", word=True),
            description=region.text("Description", lines=True) or "; ".join(texts), annotation_types=list(kinds),
            source_images=images.get(name, []), spatial_information=places,
        )  # fmt: skip


def _geometry(shape: Entry) -> str:
    keys = [
        key for key in shape.value if key[1:2] in "XYRHWPT" and key not in ("@Text",) and not key.startswith("@Font")
    ]
    return f"{shape.path} {described(shape, *keys)}".strip()


def _screen(draft: StudyDraft, document: Document, title: str | None, plates: list[Entry], **fields: Any) -> None:
    number = 1 + len(draft.find("components") or [])
    base = f"{draft.curie}/screen/{number}"
    made = [_plate(document, plate, f"{base}/plate/{place}") for place, plate in enumerate(plates, 1)]
    comments = [text for plate in plates if (text := plate.text("Description", lines=True))]
    draft.part(
        "components", "screen", str(number), type="Screen", title=title or f"Screen {number}", plates=made,
        comments=comments, **fields,
    )  # fmt: skip


def _plate(document: Document, plate: Entry, base: str) -> Record:
    runs = []
    for number, run in enumerate(document.all(plate, "PlateAcquisition")):
        said = {
            "title": run.text("@Name", word=True), "description": run.text("Description", lines=True),
            "run_number": number, "max_field_count": run.whole("@MaximumFieldCount") or None,
            "started_at": _day(run.text("@StartTime")), "ended_at": _day(run.text("@EndTime")),
        }  # fmt: skip
        run.raw("@ID")
        document.referred(run, "WellSampleRef")
        runs.append({"id": f"{base}/run/{number}", **StudyDraft.filled(said)})
    for key in ("@ID", "@RowNamingConvention", "@ColumnNamingConvention"):
        plate.raw(key)
    fields = {
        "title": " ".join(part for part in (plate.text("@Name", word=True), plate.text("@ExternalIdentifier")) if part),
        "row_count": plate.whole("@Rows") or None, "column_count": plate.whole("@Columns") or None,
        "well_count": len(document.all(plate, "Well")) or None, "runs": runs,
    }  # fmt: skip
    return {"id": base, **StudyDraft.filled(fields)}


def _day(text: str | None) -> str | None:
    return text[:10] if text and len(text) >= 10 else None


def _instrument(document: Document, entry: Entry, base: str) -> Record:
    microscope = document.one(entry, "Microscope")
    lights = document.all(entry, *LIGHT_SOURCES)
    filters = document.all(entry, "Filter", "FilterSet", "Dichroic")
    fields: Record = {
        "objectives": [
            _objective(one, f"{base}/objective/{n}") for n, one in enumerate(document.all(entry, "Objective"), 1)
        ],
        "detectors": [_named(one) for one in document.all(entry, "Detector")],
        "light_sources": [_named(one) for one in lights],
        "optical_filters": [_named(one, document) for one in filters],
    }
    if microscope is not None:
        fields |= {
            "manufacturer": microscope.text("@Manufacturer", word=True), "model": microscope.text("@Model", word=True),
            "serial_number": microscope.text("@SerialNumber", word=True),
            "instrument_type": microscope.text("@Type", word=True),
        }  # fmt: skip
    for slot in ("detectors", "light_sources", "optical_filters"):
        fields[slot] = list(dict.fromkeys(fields[slot]))
    return {"id": base, **StudyDraft.filled(fields)}


def _objective(entry: Entry, base: str) -> Record:
    entry.raw("@ID")
    nominal, calibrated = entry.decimal("@NominalMagnification"), entry.decimal("@CalibratedMagnification")
    fields = {
        "manufacturer": entry.text("@Manufacturer", word=True), "model": entry.text("@Model", word=True),
        "magnification": nominal if nominal is not None else calibrated, "numerical_aperture": entry.decimal("@LensNA"),
        "immersion": entry.text("@Immersion", word=True), "correction": entry.text("@Correction", word=True),
        "working_distance_um": length_um(entry, "@WorkingDistance"),
    }  # fmt: skip
    return {"id": base, **StudyDraft.filled(fields)}


def _named(entry: Entry, document: Document | None = None) -> str:
    """A part of an instrument as one text: its kind, and what is said of it."""
    ranges = document.all(entry, "TransmittanceRange") if document is not None else []
    said = [described(entry), *(described(one) for one in ranges)]
    return f"{entry.path}: " + ", ".join(text for text in said if text)


def _settings(document: Document) -> str:
    """Settings that channels have, each once."""
    found: dict[str, None] = {}
    for image in document.all(document.root, "Image"):
        holders = [image, *(c for p in document.all(image, "Pixels") for c in document.all(p, "Channel"))]
        for holder in holders:
            for one in document.all(holder, *SETTINGS):
                one.raw("@ID")
                if text := described(one):
                    found[f"{one.path}: {text}"] = None
            if holder.path == "Channel" and (text := described(holder, *CHANNEL_SETTINGS)):
                found[f"Channel: {text}"] = None
    return "; ".join(found)
