"""The study record of a pool of documents of the BioImage Archive's model, with its datasets as components."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from catalogue.model.documents import Severity, SourceSpec
from catalogue.model.forms import paper_id, ror_iri
from harvesters.account import Entry
from harvesters.bia_files import data_file, image_name, leave_file_columns
from harvesters.bia_parts import BiaParts
from harvesters.bia_pool import Doc, Pool
from harvesters.bioimage_archive import CONTRIBUTOR_TYPES, NAMED, publisher
from harvesters.draft import Part, StudyDraft

_FUNDER: Final = re.compile(r"(?:https?://(?:dx\.)?doi\.org/)?(10\.13039/\d+)", re.IGNORECASE)
# Property of an association by title -> class of the document it names, slot of the component, name of the keys.
_ASSOCIATED: Final = {
    "biosample": ("BioSample", "biosamples", "bio_sample_uuid"),
    "image_acquisition": ("ImageAcquisitionProtocol", "acquisitions", "image_acquisition_protocol_uuid"),
}


def map_study(pool: Pool, doc: Doc, draft: StudyDraft, parts: BiaParts, source: SourceSpec) -> None:
    """Fill the draft from a Study document and all that belongs to it.

    Raises:
        RecordRejected: `schema-required`, no title.
    """
    _describe(draft, doc, source)
    _people(draft, doc.entry)
    _grants(draft, doc.entry)
    _papers(draft, doc.entry)
    parts.map()
    datasets = [one for one in pool.all("Dataset") if doc.key in (one.keys_of("submitted_in_study_uuid") or [doc.key])]
    for dataset in datasets:
        _component(draft, pool, parts, dataset)
    _annotations(draft, pool, parts)
    _lists(draft, doc)
    _own(draft, doc)


def finish_study(pool: Pool, draft: StudyDraft, parts: BiaParts) -> None:
    """What neither a component nor an image has taken: preparations and files of the study itself."""
    parts.map_unused()
    loose = [one for one in pool.all("FileReference") if not one.is_read("file_path")]
    for number, one in enumerate(loose):
        file = data_file(draft, one)
        if number < NAMED:
            draft.part("files", "file", **file)
        leave_file_columns(one)


def _describe(draft: StudyDraft, doc: Doc, source: SourceSpec) -> None:
    draft.require_title(doc.text("title", lines=False, word=True))
    draft.set("description", doc.text("description"))
    draft.set("acknowledgements", doc.text("acknowledgement"))
    draft.set("funding_statement", doc.text("funding_statement"))
    draft.extend("keywords", doc.entry.texts("keyword"))
    draft.license(doc.text("licence", lines=False), "Study/licence", source)
    draft.date("date_published", doc.text("release_date", lines=False), "Study/release_date")
    draft.set("version", doc.text("version", lines=False))
    draft.set("publisher", publisher(["BioImages"]))
    if key := doc.text("uuid", lines=False):
        draft.extend("alternative_identifiers", [key])
    given = doc.text("doi", lines=False)
    found = paper_id(given) if given else None
    if found is not None and found.kind == "doi":
        draft.set("doi", found.value)
    elif given:
        draft.account.note("doi-form", Severity.WARNING, "Study/doi", given, "No DOI; left out.")
    for value in doc.values("biostudies json/pagetab entry"):
        for address in value.values() if type(value) is dict else ():
            if type(address) is str and (kept := draft.web_address(address, "Study/additional_metadata")):
                draft.extend("see_also", [kept])
    for link in doc.entry.entries("see_also"):
        address = draft.web_address(link.text("link") or link.text("url"), "Study/see_also/link")
        kind, described = link.text("link_type"), link.text("description")
        if address:
            draft.part("links", "link", url=address, link_type=kind, description=described)


def _people(draft: StudyDraft, entry: Entry) -> None:
    for author in entry.entries("author"):
        roles = author.texts("role")
        kinds = dict.fromkeys(kind for role in roles if (kind := CONTRIBUTOR_TYPES.get(role.lower())))
        said: dict[str, Any] = {
            "address": author.text("address"), "url": draft.web_address(author.text("website"), "Contributor/website"),
            "roles": roles, "contributor_types": list(kinds),
        }  # fmt: skip
        name, ror, mail = author.text("display_name", word=True), author.text("rorid"), author.text("contact_email")
        places = [_organization(draft, place) for place in author.entries("affiliation")]
        orcid = author.text("orcid")
        if ror and not orcid:
            email = draft.email(mail, "Contributor/contact_email")
            agent = draft.organization(name, "Contributor/display_name", ror=ror, email=email, **said)
        else:
            agent = _person(draft, name, orcid, mail, places, said)
        draft.author(agent)


def _person(
    draft: StudyDraft, name: str | None, orcid: str | None, mail: str | None, places: list[Part | None],
    said: dict[str, Any],
) -> Part | None:  # fmt: skip
    """A person with a postal address, which `StudyDraft.person` takes for the e-mail address."""
    address = said.pop("address")
    agent = draft.person(name, "Contributor/display_name", orcid=orcid, address=mail, affiliations=places, **said)
    return {**agent, "address": address} if agent is not None and address else agent


def _organization(draft: StudyDraft, place: Entry) -> Part | None:
    return draft.organization(
        place.text("display_name", word=True), "Affiliation/display_name", ror=place.text("rorid"),
        address=place.text("address"), url=draft.web_address(place.text("website"), "Affiliation/website"),
    )  # fmt: skip


def _grants(draft: StudyDraft, entry: Entry) -> None:
    for grant in entry.entries("grant"):
        number = grant.text("id", word=True)
        funders = []
        for funder in grant.entries("funder"):
            name, given = funder.text("display_name", word=True), funder.text("id")
            registered = _FUNDER.fullmatch(given) if given else None
            fields = {"crossref_funder_id": f"https://doi.org/{registered[1]}"} if registered else {}
            ror = given if given and ror_iri(given) else None
            funders.append(draft.organization(name, "FundingBody/display_name", ror=ror, **fields))
        for one in funders or [None]:
            if number or one:
                draft.part("grants", "grant", grant_identifier=number, funder=one)


def _papers(draft: StudyDraft, entry: Entry) -> None:
    for paper in entry.entries("related_publication"):
        pubmed = paper.text("pubmed_id")
        ids = [
            (paper.text("doi"), "Publication/doi"),
            (f"PMID:{pubmed}" if pubmed and pubmed.isdigit() else pubmed, "Publication/pubmed_id"),
        ]
        draft.publication(
            ids, title=paper.text("title"), author_list=paper.text("authors_name"),
            issued=paper.text("publication_year"),
        )  # fmt: skip


def _component(draft: StudyDraft, pool: Pool, parts: BiaParts, doc: Doc) -> None:
    name = f"{draft.curie}/component/{doc.key}"
    samples, prepared = doc.keys_of("bio_sample_uuid"), doc.keys_of("specimen_imaging_preparation_protocol_uuid")
    analyses = [
        _analysis(draft, f"{doc.key}-{n}", one) for n, one in enumerate(doc.entry.entries("analysis_method"), 1)
    ]
    correlations = [
        _correlation(draft, f"{doc.key}-{n}", one) for n, one in enumerate(doc.entry.entries("correlation_method"), 1)
    ]
    inside = {"analyses": [one for one in analyses if one], "correlations": [one for one in correlations if one]}
    together: list[dict[str, Any]] = [
        found for one in _associations(doc) if (found := _association(draft, pool, parts, doc, one, inside))
    ]
    together += [found for one in doc.together if (found := _stated(parts, one))]
    specimens = [*parts.specimens(doc.keys_of("specimen_uuid"))]
    if not any("specimens" in one for one in together) and not specimens:
        only = samples if len(samples) == 1 else []
        specimens = [key for one in prepared for key in parts.prepared([one], only)]
    fields: dict[str, list[str]] = {
        "biosamples": parts.ids("BioSample", samples),
        "specimens": specimens,
        "acquisitions": parts.ids("ImageAcquisitionProtocol", doc.keys_of("image_acquisition_protocol_uuid")),
        "annotation_methods": parts.ids("AnnotationMethod", doc.keys_of("annotation_method_uuid")),
        "protocols": parts.ids("Protocol", doc.keys_of("protocol_uuid")),
        **inside,
    }
    for one in together:
        for slot in one.keys() - {"description"}:
            fields[slot] = list(dict.fromkeys([*fields.get(slot, []), *one[slot]]))
    files = _files(draft, pool, doc, name)
    draft.part(
        "components", "component", doc.key, **_imageset(draft, doc),
        title=doc.text("title", lines=False, word=True) or doc.key, description=doc.text("description"), **fields,
        associations=[{"id": f"{name}/association/{n}", **one} for n, one in enumerate(together, 1)],
        example_images=[
            one for one in doc.entry.texts("example_image_uri") if draft.web_address(one, "Dataset/example_image_uri")
        ],
        image_count=doc.entry.whole("image_count"), **files,
    )  # fmt: skip


def _imageset(draft: StudyDraft, doc: Doc) -> dict[str, Any]:
    """The class of the component, and what entries imported from EMPIAR say of their image set."""
    folders = [value.get("dirpath_prefix") for value in doc.values("dirpath_prefix") if type(value) is dict]
    sets = [value for value in doc.values("imageset_metadata") if type(value) is dict]
    if not folders and not sets:
        return {"type": "StudyComponent"}
    said: dict[str, Any] = {"type": "ImageSet", "directory": next((one for one in folders if type(one) is str), None)}
    for value in sets:
        for key, slot in (("header_format", "header_format"), ("data_format", "data_format")):
            said[slot] = value[key] if type(value.get(key)) is str else None
        for key in ("pixel_width", "pixel_height"):
            if type(value.get(key)) in (int, float) and value[key] >= 0:
                said[f"{key}_angstrom"] = float(value[key])
        if odd := value.keys() - {"header_format", "data_format", "pixel_width", "pixel_height"}:
            draft.account.note(
                "imageset-key-unknown", Severity.WARNING, "Dataset/additional_metadata/imageset_metadata",
                ", ".join(sorted(odd)), "Not known of image sets; the kept original holds it.",
            )  # fmt: skip
    return said


def _associations(doc: Doc) -> Iterator[dict[str, Any]]:
    """Associations by title, which stand in a list or one by one."""
    for value in doc.values("associations"):
        inner = value.get("associations", value) if type(value) is dict else value
        yield from (one for one in (inner if type(inner) is list else [inner]) if type(one) is dict)


def _association(
    draft: StudyDraft, pool: Pool, parts: BiaParts, doc: Doc, given: dict[str, Any], inside: dict[str, list[str]]
) -> dict[str, list[str]]:
    """What a title stands for; `inside` are the analyses and correlations of the dataset."""
    found: dict[str, list[str]] = {}
    keys: dict[str, list[str]] = {}
    for name, (kind, slot, among) in _ASSOCIATED.items():
        keys[name] = parts.called(kind, str(given.get(name) or ""), doc.keys_of(among)) if given.get(name) else []
        if ids := parts.ids(kind, keys[name]):
            found[slot] = ids
        elif given.get(name) and pool.each(kind, doc.keys_of(among)):
            draft.account.note(
                "association-unresolved", Severity.WARNING, f"Dataset/additional_metadata/associations/{name}",
                given[name], "No document of this dataset has this title; left out.",
            )  # fmt: skip
    for name, slot in (("image_analysis", "analyses"), ("image_correlation", "correlations")):
        if given.get(name) and (
            ids := [one for one in inside[slot] if _title(draft, slot, one) == _folded(given[name])]
        ):
            found[slot] = ids
    if given.get("specimen"):
        described = doc.keys_of("specimen_imaging_preparation_protocol_uuid")
        prepared = parts.called("SpecimenImagingPreparationProtocol", str(given["specimen"]), described)
        if prepared and (ids := parts.prepared(prepared, keys["biosample"])):
            found["specimens"] = ids
    return found


def _title(draft: StudyDraft, slot: str, name: str) -> str:
    return next((_folded(one.get("title", "")) for one in draft.find(slot) if one["id"] == name), "")


def _folded(text: Any) -> str:
    return " ".join(str(text).split()).casefold()


def _stated(parts: BiaParts, given: dict[str, list[str]]) -> dict[str, Any]:
    """An Association entity of a crate."""
    samples = given.get("bio_sample_uuid", [])
    specimens = parts.specimens(given.get("specimen_uuid", []))
    specimens += [
        name for one in given.get("specimen_imaging_preparation_protocol_uuid", [])
        for name in parts.prepared([one], samples)
    ]  # fmt: skip
    found: dict[str, Any] = {
        "description": "; ".join(given.get("description", [])),
        "biosamples": parts.ids("BioSample", samples),
        "specimens": specimens,
        "acquisitions": parts.ids("ImageAcquisitionProtocol", given.get("image_acquisition_protocol_uuid", [])),
    }
    kept = {slot: value for slot, value in found.items() if value}
    return kept if kept.keys() - {"description"} else {}


def _analysis(draft: StudyDraft, key: str, entry: Entry) -> str | None:
    _leave_columns(entry)
    fields = {
        "title": entry.text("title", word=True), "description": entry.text("protocol_description", lines=True),
        "features_analysed": entry.text("features_analysed", lines=True),
    }  # fmt: skip
    return draft.part("analyses", "analysis", key, **fields) if draft.filled(fields) else None


def _correlation(draft: StudyDraft, key: str, entry: Entry) -> str | None:
    _leave_columns(entry)
    fields = {
        "title": entry.text("title", word=True),
        "spatial_and_temporal_alignment": entry.text("protocol_description", lines=True),
        "fiducials_used": entry.text("fiducials_used", lines=True),
        "transformation_matrix": entry.text("transformation_matrix", lines=True),
    }
    return draft.part("correlations", "correlation", key, **fields) if draft.filled(fields) else None


def _leave_columns(entry: Entry) -> None:
    for attribute in entry.entries("additional_metadata"):
        attribute.leave_rest("columns of the depositor's file list")


def _files(draft: StudyDraft, pool: Pool, doc: Doc, part: str) -> dict[str, Any]:
    """Number and size of the files as the archive counts them, else those that are here; the first ones by name."""
    count, size = doc.entry.whole("file_reference_count"), doc.entry.whole("file_reference_size_bytes")
    named = pool.referring("FileReference", "submission_dataset_uuid", doc.key)
    files = [data_file(draft, one) for one in named]
    for one in named:
        leave_file_columns(one)
    sizes = [file.get("total_size_bytes") for file in files]
    if count is None and files:
        count, size = len(files), sum(size or 0 for size in sizes) if None not in sizes else None
    return {
        "files": [{"id": f"{part}/file/{n}", **file} for n, file in enumerate(files[:NAMED], 1)],
        "file_count": count, "total_size_bytes": size,
    }  # fmt: skip


def _annotations(draft: StudyDraft, pool: Pool, parts: BiaParts) -> None:
    for doc in pool.all("AnnotationData"):
        processes = pool.each("CreationProcess", doc.keys_of("creation_process_uuid"))
        methods = [
            name for one in processes for name in parts.ids("AnnotationMethod", one.keys_of("annotation_method_uuid"))
        ]
        inputs = [key for one in processes for key in one.keys_of("input_image_uuid")]
        name = f"{draft.curie}/annotation/{doc.key}"
        files = pool.each("FileReference", doc.keys_of("original_file_reference_uuid"))
        draft.part(
            "annotations", "annotation", doc.key, annotation_method=methods[0] if methods else None,
            title=doc.text("label", lines=False, word=True),
            source_images=[image_name(draft.study, key) for key in inputs if pool.knows_image(key)],
            files=[{"id": f"{name}/file/{n}", "file_role": "annotation", **data_file(draft, one)}
                   for n, one in enumerate(files, 1)],
        )  # fmt: skip
        doc.keys_of("submission_dataset_uuid")


def _lists(draft: StudyDraft, doc: Doc) -> None:
    """File lists of a crate, with what their columns hold."""
    for path, columns in doc.lists:
        name = f"{draft.curie}/file/{len(draft.find('files') or ()) + 1}"
        draft.part(
            "files", "file", path=path, file_role="file_list",
            columns=[{"id": f"{name}/column/{n}", "name": column, "column_type": kind}
                     for n, (column, kind) in enumerate(columns.items(), 1)],
        )  # fmt: skip


def _own(draft: StudyDraft, doc: Doc) -> None:
    """Additional metadata of the study that have no place of their own."""
    for name, entry in doc.left():
        value = entry.raw("value")
        for key, text in value.items() if type(value) is dict else {name: value}.items():
            if type(text) in (str, int, float) and str(text).strip():
                draft.part("characteristics", "characteristic", name=str(key), text_value=str(text).strip())
