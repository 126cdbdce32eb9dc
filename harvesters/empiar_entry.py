"""An EMPIAR entry as its API gives it, read into a study: people, papers, references and image sets.

Which field goes where is schema/crosswalks/empiar.sssom.tsv; traps are in field.md section 5, empiar.
"""

from __future__ import annotations

import re
from typing import Any, Final

from catalogue.model.documents import Severity, SourceSpec
from catalogue.model.forms import day
from catalogue.model.identifiers import Identifier, parse_identifier
from catalogue.problems import Problem, RecordRejected
from harvesters.account import Entry
from harvesters.draft import METHOD, TERM, Part, StudyDraft, identify_study

PUBLISHER: Final = {"type": "Organization", "id": "https://www.ebi.ac.uk/empiar/", "name": "EMPIAR"}
SCALES: Final = frozenset({"molecule", "virus", "cell", "tissue", "organism"})
# Kind of entry -> what all entries of that kind were imaged with; kinds that say nothing certain are not here (CLEM,
# hybrid modelling, simulations).
MODALITIES: Final = {
    "EMDB": "transmission_electron_microscopy",
    "SBF-SEM": "volume_electron_microscopy",
    "FIB-SEM": "scanning_electron_microscopy",
    "ATUM-SEM": "scanning_electron_microscopy",
    "SXT": "x_ray_tomography",
}
# Kinds that are the very name of a method in FBbi.
METHODS: Final = {"SBF-SEM": "FBbi:00000585", "FIB-SEM": "FBbi:00050000"}
RELEASED: Final = "REL"
OBSOLETE: Final = "OBS"
_ACCESSION: Final = re.compile(r"EMPIAR-[1-9][0-9]{4,}", re.ASCII)
_MAP: Final = re.compile(r"EMD-[0-9]{4,6}", re.ASCII)
_PRIVATE: Final = "Private numbers are not spread; the e-mail address reaches the person."
_ADDRESS: Final = ("street", "town_or_city", "state_or_province", "post_or_zip", "country")
# Slot of ImageSet -> key of the entry.
_TEXTS: Final = {
    "title": "name", "description": "details", "directory": "directory", "category": "category",
    "header_format": "header_format", "data_format": "data_format", "voxel_type": "voxel_type",
    "file_pattern": "micrographs_file_pattern", "particles_directory": "picked_particles_directory",
    "particles_file_pattern": "picked_particles_file_pattern",
}  # fmt: skip
_COUNTS: Final = {
    "image_count": "num_images_or_tilt_series", "frames_per_image": "frames_per_image",
    "first_frame": "frame_range_min", "last_frame": "frame_range_max", "image_width_px": "image_width",
    "image_height_px": "image_height",
}  # fmt: skip
_REFERENCES: Final = {
    "biostudies_references": "biostudies", "idr_references": "idr", "empiar_references": "empiar",
}  # fmt: skip


def identify_entry(key: str, doi: Any, source: SourceSpec) -> Identifier:
    """The entry's identity: its key, or its own DOI where the key is no accession (SPECIMENTEST).

    Raises:
        RecordRejected: `bad-identifier` where neither names an entry or both name different ones; `not-owner`.
    """
    stated = identify_study(doi, source) if type(doi) is str and doi.strip() else None
    if not is_accession(key) and stated is not None and stated.prefix == "empiar":
        return identify_study(f"EMPIAR-{stated.accession}", source)
    named = identify_study(key, source)
    if stated is not None and stated.curie != named.curie:
        raise RecordRejected(
            f"The entry is called {key[:50]} and has the DOI of {stated.curie}. Correct one of the two.",
            reason="bad-identifier",
        )
    return named


def is_accession(key: str) -> bool:
    """Whether the key of an entry has the form of an accession."""
    return _ACCESSION.fullmatch(key) is not None


def withdrawal(entry: dict[str, Any]) -> str:
    """The evidence that an entry was withdrawn; "" while it stands."""
    status, date = entry.get("status"), entry.get("obsolete_date")
    if status != OBSOLETE and not date:
        return ""
    since = f" since {date}" if type(date) is str and day(date) else ""
    return f"EMPIAR gives the entry the status {str(status)[:20]} (obsolete{since})"


class EntryReader:
    """Reads one entry into a draft."""

    def __init__(self, draft: StudyDraft, source: SourceSpec):
        self._draft, self._source, self._number = draft, source, 0

    def read(self, entry: Entry) -> None:
        """Everything that the entry says.

        Raises:
            RecordRejected: `policy` for an entry that is not released, `schema-required` for one without a title.
        """
        draft = self._draft
        status = entry.text("status")
        if status not in (None, RELEASED) or withdrawal(entry.value):
            raise RecordRejected(
                f"{draft.curie} has the status {status}; only released entries are recorded.",
                reason="policy",
                identifier=draft.curie,
            )
        draft.require_title(entry.text("title", word=True))
        draft.license(None, "entry", self._source)
        draft.set("publisher", dict(PUBLISHER))
        for slot, key in (
            ("date_deposited", "deposition_date"), ("date_published", "release_date"), ("date_updated", "update_date"),
        ):  # fmt: skip
            draft.date(slot, entry.text(key), f"entry/{key}")
        draft.set("size_statement", entry.text("dataset_size"))
        self._doi(entry)
        self._kind(entry)
        self._people(entry)
        self._grants(entry)
        self._references(entry)
        self._workflows(entry)
        self._versions(entry)
        for paper in entry.entries("citation"):
            self._paper(paper)
        for images in entry.entries("imagesets"):
            self._image_set(images)

    def _doi(self, entry: Entry) -> None:
        doi = entry.text("entry_doi")
        if doi:
            self._draft.set("doi", re.sub(r"^(?:https?://(?:dx\.)?doi\.org/|doi:)", "", doi, flags=re.IGNORECASE))

    def _kind(self, entry: Entry) -> None:
        kind = entry.text("experiment_type", word=True)
        if kind:
            self._draft.extend("study_types", [self._draft.term(None, TERM, "entry/experiment_type", label=kind)])
            self._draft.extend("modalities", [MODALITIES.get(kind)])
            if kind in METHODS:
                self._draft.extend("methods", [self._draft.term(METHODS[kind], METHOD, "experiment_type", label=kind)])
        scale = entry.text("scale")
        if scale and scale.lower() in SCALES:
            self._draft.set("scales", [scale.lower()])
        elif scale:
            entry.complain("scale-unknown", Severity.WARNING, "scale", f"One of {', '.join(sorted(SCALES))} is meant.")
            entry.leave("scale", "not one of the scales that EMPIAR lists")

    # -- people and papers ---------------------------------------------------------------------------------------

    def _people(self, entry: Entry) -> None:
        for author in entry.entries("authors"):
            self._draft.author(self._person(author.entry("author") or author))
        for key, kind in (
            ("corresponding_author", "CorrespondingAuthor"), ("principal_investigator", "PrincipalInvestigator"),
        ):  # fmt: skip
            for person in entry.entries(key):
                found = self._person(person.entry("author") or person)
                if found is not None:
                    self._draft.contributor({**found, "contributor_types": [kind]})

    def _person(self, person: Entry) -> Part | None:
        parts = {
            "given_name": person.text("first_name", word=True),
            "additional_name": person.text("middle_name", word=True),
            "family_name": person.text("last_name", word=True),
        }  # fmt: skip
        for key in ("telephone", "fax"):
            person.leave(key, _PRIVATE)
        name = person.text("name", word=True) or " ".join(filter(None, parts.values()))
        address = ", ".join(filter(None, (person.text(key, word=True) for key in _ADDRESS)))
        place = self._draft.organization(person.text("organization", word=True), person.path, address=address)
        return self._draft.person(
            name, person.path, orcid=person.text("author_orcid"), address=person.text("email"), affiliations=[place],
            **parts,
        )  # fmt: skip

    def _grants(self, entry: Entry) -> None:
        for grant in entry.entries("grant_references"):
            funder = self._draft.organization(
                grant.text("funding_body", word=True), grant.path, address=grant.text("country", word=True)
            )
            code = grant.text("code")
            if code or funder:
                self._draft.part("grants", "grant", grant_identifier=code, funder=funder)

    def _paper(self, paper: Entry) -> None:
        authors = [name for author in paper.entries("authors") if (name := _name_of(author))]
        pubmed, doi = paper.text("pubmedid"), paper.text("doi")
        journal, short = paper.text("journal", word=True), paper.text("journal_abbreviation", word=True)
        chapter, title = paper.text("book_chapter_title", word=True), paper.text("title", word=True)
        published = paper.flag("published")
        paper.flag("j_or_nj_citation")
        self._draft.publication(
            [(doi, f"{paper.path}/doi"), (f"PMID:{pubmed}" if pubmed else None, f"{paper.path}/pubmedid")],
            issued=paper.text("year") if published is not False else None,
            title=chapter or title,
            author_list="; ".join(authors),
            venue=journal or short,
        )

    # -- references ----------------------------------------------------------------------------------------------

    def _references(self, entry: Entry) -> None:
        for reference in entry.entries("cross_references"):
            name = reference.text("name", word=True) or ""
            if _MAP.fullmatch(name.upper()):
                self._draft.extend("volume_maps", [f"emdb:{name.upper()}"])
            elif name:
                self._unknown(reference, "No accession of EMDB; left out.")
        for key, prefix in _REFERENCES.items():
            for reference in entry.entries(key):
                self._image_entry(reference, prefix)

    def _image_entry(self, reference: Entry, prefix: str) -> None:
        name = reference.text("name", word=True)
        if not name:
            return
        try:
            found = parse_identifier(name)
        except Problem:
            found = None
        if found is not None and found.prefix == prefix and found.kind == "study":
            self._draft.extend("image_entries", [found.curie])
        else:
            self._unknown(reference, f"No accession of {prefix}; left out.")

    @staticmethod
    def _unknown(reference: Entry, message: str) -> None:
        reference.complain("reference-form", Severity.WARNING, "name", message)
        reference.leave("name", "names no record of the archive that it should")

    def _workflows(self, entry: Entry) -> None:
        for workflow in entry.entries("workflows"):
            url = self._draft.web_address(workflow.text("url"), f"{workflow.path}/url")
            kind = workflow.text("type")
            if url:
                self._draft.part(
                    "related_resources", "related", related_to=url, relation="IsCompiledBy", resource_type=kind
                )
        for file in entry.entries("workflow_file"):
            if path := file.text("path"):
                self._draft.part("files", "file", path=path, file_role="workflow")

    def _versions(self, entry: Entry) -> None:
        for version in entry.entries("version_history"):
            date, given = None, version.text("date")
            if given and (date := day(given)) is None:
                version.complain("date-form", Severity.WARNING, "date", "No calendar day; left out.")
            status, details = version.text("status_code", word=True), version.text("details", lines=True)
            said = " ".join(filter(None, (f"Status {status}." if status else None, details)))
            number = version.text("version_number")
            if number or date or said:
                self._draft.part(
                    "version_history", "version", version=number, date_of_version=date, description=said or None
                )

    def _image_set(self, images: Entry) -> None:
        fields: dict[str, Any] = {
            slot: images.text(key, lines=slot == "description", word=slot in ("title", "directory"))
            for slot, key in _TEXTS.items()
        }
        fields.update({slot: images.whole(key) for slot, key in _COUNTS.items()})
        for slot in ("image_width_px", "image_height_px"):
            if fields[slot] == 0:
                images.complain("number-form", Severity.WARNING, _COUNTS[slot], "An image has at least one pixel.")
                fields[slot] = None
        for slot in ("pixel_width", "pixel_height"):
            size = images.decimal(slot)
            if size is not None and size < 0:
                images.complain("number-form", Severity.WARNING, slot, "A size in ångström is no less than 0.")
                size = None
            fields[f"{slot}_angstrom"] = size
        fields["segmentations"] = "; ".join(map(_segmentation, images.entries("segmentations")))
        title = fields.pop("title") or fields["directory"] or fields["category"]
        self._number += 1
        if title:
            key = str(self._number)
            self._draft.part("components", "imageset", key, type="ImageSet", title=title, **fields)
        else:
            images.complain("image-set-without-name", Severity.WARNING, "name", "Nothing names the set; left out.")


def _name_of(author: Entry) -> str | None:
    """Name of an author of the paper; order and ORCID are the paper's own matter."""
    inner = author.entry("author") or author
    inner.raw("order_id")
    return inner.text("name", word=True)


def _segmentation(found: Entry) -> str:
    said = [found.text(key, word=True) for key in ("description", "file")]
    original = [", ".join(found.texts(key)) for key in ("original_files", "original_format")]
    made = " ".join(filter(None, original))
    return " ".join(filter(None, [*said, f"(from {made})" if made else None]))
