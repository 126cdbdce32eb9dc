"""An EMDB entry (header file of schema 3.0, or the same as JSON of its API), read into a study.

Written from the published schema, emdb.xsd 3.0; no real entry was at hand, so what is unknown here shows as unmapped.
"""

from __future__ import annotations

import re
from typing import Any, Final

from catalogue.model.documents import Severity, SourceSpec
from catalogue.model.identifiers import parse_identifier
from catalogue.problems import Problem, RecordRejected
from harvesters.account import Entry
from harvesters.draft import METHOD, TAXON, StudyDraft

PUBLISHER: Final = {"type": "Organization", "id": "https://www.ebi.ac.uk/emdb/", "name": "EMDB"}
FILES: Final = "https://ftp.ebi.ac.uk/pub/databases/emdb/structures/{accession}/map/{file}"
RELEASED: Final = "REL"
OBSOLETE: Final = "OBS"
# Ways of determining a structure, all of them by transmission electron microscopy.
DETERMINATIONS: Final = {
    "singleParticle": "single particle", "subtomogramAveraging": "subtomogram averaging", "tomography": "tomography",
    "helical": "helical reconstruction", "electronCrystallography": "electron crystallography",
}  # fmt: skip
_TEM: Final = ("FBbi:00000258", "transmission electron microscopy (TEM)")
_TOMOGRAPHY: Final = ("FBbi:00001004", "tomography")
_PROCESSED: Final = "how the map was computed, step by step, had at EMDB"
_ELSEWHERE: Final = "detail of the molecule, had at EMDB"
# Path in the entry -> why it is left out; a path stands for all below it.
LEFT_OUT: Final = {
    "emd/@version": "version of EMDB's schema",
    "emd/version": "version of EMDB's schema",
    "emd/admin/status_history_list": "stages of the entry before its release",
    "emd/admin/sites": "sites of EMDB that handled the entry",
    "emd/admin/contact_author": "contact of the archive, which it does not publish",
    "emd/admin/key_dates/header_release": "day on which the description came out; the map's own day is kept",
    "emd/admin/current_status/processing_site": "site of EMDB that handled the entry",
    "emd/admin/current_status/date": "day of the status, which the dates say",
    "emd/sample/macromolecule_list": _ELSEWHERE,
    "emd/sample/supramolecule_list": _ELSEWHERE,
    "emd/interpretation": "models fitted into the map, had by their own entries and at EMDB",
    "emd/validation": "reports of EMDB about the map",
    "emd/map": "numbers of the map, which its own header repeats",
    "emd/structure_determination_list": _PROCESSED,
}
_MICROSCOPY: Final = re.compile(r"(?:[a-z_]+_)?microscopy")
_MAP_FILE: Final = re.compile(r"[A-Za-z0-9._-]{1,100}", re.ASCII)
_PAPERS: Final = ("primary_citation", "secondary_citation")


def withdrawal(status: Any) -> str:
    """The evidence that an entry with this status was withdrawn; "" while it stands."""
    return "EMDB gives the entry the status OBS" if status == OBSOLETE else ""


class EmdbReader:
    """Reads one entry into a draft."""

    def __init__(self, draft: StudyDraft, accession: str, source: SourceSpec):
        self._draft, self._accession, self._source = draft, accession, source

    def read(self, emd: Entry) -> None:
        """Everything that the entry says and the model has a place for.

        Raises:
            RecordRejected: `policy` for an entry that is not released, `schema-required` for one without a title.
        """
        self._draft.license(None, "emd", self._source)
        self._draft.set("publisher", dict(PUBLISHER))
        for admin in emd.entries("admin"):
            self._admin(admin)
        for references in emd.entries("crossreferences"):
            self._references(references)
        for sample in emd.entries("sample"):
            self._sample(sample)
        for found in _inside(emd, "structure_determination_list", "structure_determination"):
            self._determination(found)
        for found in emd.entries("map"):
            self._map(found)

    def _admin(self, admin: Entry) -> None:
        for status in admin.entries("current_status"):
            code = status.text("code")
            if code != RELEASED:
                raise RecordRejected(
                    f"{self._draft.curie} has the status {code}; only released entries are recorded.",
                    reason="policy",
                    identifier=self._draft.curie,
                )
        self._draft.require_title(admin.text("title", word=True))
        for dates in admin.entries("key_dates"):
            for slot, key in (
                ("date_deposited", "deposition"), ("date_published", "map_release"), ("date_updated", "update"),
            ):  # fmt: skip
                self._draft.date(slot, dates.text(key), f"{dates.path}/{key}")
        for authors in admin.entries("authors_list"):
            for name, author in _texts(authors, "author"):
                orcid = _attribute(author, "ORCID") if author is not None else None
                self._draft.author(self._draft.person(name, authors.path, orcid=orcid))
        words = admin.text("keywords")
        self._draft.extend("keywords", [word.strip() for word in (words or "").split(",") if word.strip()])
        self._draft.set("description", admin.text("details", lines=True))
        for grant in _inside(admin, "grant_support", "grant_reference"):
            funder = self._draft.organization(
                grant.text("funding_body", word=True), grant.path, address=grant.text("country", word=True)
            )
            if (code := grant.text("code")) or funder:
                self._draft.part("grants", "grant", grant_identifier=code, funder=funder)
        for obsoleted in _inside(admin, "obsolete_list", "entry"):
            obsoleted.leave_rest("when and why an older entry was replaced, said by that entry")
            self._related(obsoleted.text("entry"), "Obsoletes")

    def _references(self, references: Entry) -> None:
        for citations in references.entries("citation_list"):
            for key in _PAPERS:
                for paper in (found for citation in citations.entries(key) for found in _papers(citation)):
                    self._paper(paper)
        for reference in _inside(references, "pdb_list", "pdb_reference"):
            code = reference.text("pdb_id", word=True)
            reference.leave("relationship", "how the model fits the map, had at EMDB")
            if code and re.fullmatch(r"[0-9][A-Za-z0-9]{3}", code):
                self._draft.extend("structures", [f"pdb:{code.lower()}"])
            elif code:
                reference.complain("reference-form", Severity.WARNING, "pdb_id", "No entry of PDB; left out.")
        for reference in _inside(references, "emdb_list", "emdb_reference"):
            reference.leave("relationship", "how the maps fit, had at EMDB")
            self._related(reference.text("emdb_id", word=True), "References")
        for link in _inside(references, "auxiliary_link_list", "auxiliary_link"):
            self._link(link)

    def _related(self, name: str | None, relation: str) -> None:
        if name and re.fullmatch(r"EMD-[0-9]{4,6}", name):
            self._draft.part("related_resources", "related", related_to=f"emdb:{name}", relation=relation)
        elif name:
            message = "No accession of EMDB; left out."
            self._draft.account.note("reference-form", Severity.WARNING, "emdb_id", name, message)

    def _link(self, link: Entry) -> None:
        """A link; one to an entry of EMPIAR, which holds the images behind the map, is that entry."""
        url = self._draft.web_address(link.text("link"), link.path)
        kind, about = link.text("type", word=True), link.text("details", lines=True)
        if url is None:
            return
        try:
            entry = parse_identifier(url)
        except Problem:
            entry = None
        if entry is not None and entry.prefix == "empiar":
            self._draft.extend("image_entries", [entry.curie])
        else:
            self._draft.part("links", "link", url=url, link_type=kind, description=about)

    def _paper(self, paper: Entry) -> None:
        authors = [name for name, entry in _texts(paper, "author") if _attribute(entry, "order") or name]
        ids = [
            (text if kind != "PUBMED" else f"PMID:{text}", paper.path)
            for text, entry in _texts(paper, "external_references")
            if (kind := (_attribute(entry, "type") or "").upper() if entry is not None else "") in ("DOI", "PUBMED")
        ]
        _attribute(paper, "published")
        for key in ("country", "issue", "volume", "first_page", "last_page", "language", "details", "city", "editor"):
            paper.leave(key, "place in the journal or book, had by the DOI")
        short = paper.text("journal_abbreviation", word=True)
        self._draft.publication(
            ids, issued=paper.text("year"), title=paper.text("title", word=True), author_list="; ".join(authors),
            venue=paper.text("journal", word=True) or short,
        )  # fmt: skip

    def _sample(self, sample: Entry) -> None:
        """The sample with the organisms that its parts were taken from; molecules are left to EMDB."""
        taxa: list[str | None] = []
        for parts in sample.entries("supramolecule_list"):
            taxa += [self._organism(o) for k in parts.keys() for part in parts.entries(k) for o in _organisms(part)]  # noqa: SIM118
        for parts in sample.entries("macromolecule_list"):
            for part in (part for key in parts.keys() for part in parts.entries(key)):  # noqa: SIM118
                taxa += [self._organism(found) for found in _organisms(part)]
                self._proteins(part)
        organisms = list(dict.fromkeys(filter(None, taxa)))
        self._draft.extend("organisms", organisms)
        names = [text for text, _ in _texts(sample, "name")]
        if names or organisms:
            title = names[0] if names else None
            self._draft.part("biosamples", "biosample", title=title, organisms=organisms)

    def _organism(self, found: tuple[str, Entry | None]) -> str | None:
        name, entry = found
        number = _attribute(entry, "ncbi") if entry is not None else None
        return self._draft.term(number, TAXON, "organism", label=name)

    def _proteins(self, molecule: Entry) -> None:
        for sequence in molecule.entries("sequence"):
            for text, entry in _texts(sequence, "external_references"):
                if entry is not None and (_attribute(entry, "type") or "").upper() == "UNIPROTKB":
                    self._draft.extend("proteins", [f"uniprot:{text}"])

    def _determination(self, found: Entry) -> None:
        """How the structure was determined: method, microscope, resolution."""
        method = found.text("method")
        if method in DETERMINATIONS:
            terms = [_TEM, _TOMOGRAPHY] if "omogra" in method else [_TEM]
            methods = [self._draft.term(curie, METHOD, "method", label=label) for curie, label in terms]
            self._draft.extend("methods", methods)
            self._draft.extend("modalities", ["transmission_electron_microscopy"])
        elif method:
            found.complain("method-unknown", Severity.WARNING, "method", "No method of EMDB; kept in words.")
        names = [DETERMINATIONS.get(method, method)] if method else []
        microscopes = []
        for microscopy in found.entries("microscopy_list"):
            for key in microscopy.keys():  # noqa: SIM118
                if _MICROSCOPY.fullmatch(key):
                    microscopes += [text for inner in microscopy.entries(key) if (text := inner.text("microscope"))]
        self._draft.part(
            "acquisitions", "acquisition", method_names=names, methods=self._draft.find("methods") if names else None,
            instrument="; ".join(dict.fromkeys(microscopes)),
        )  # fmt: skip
        for processing in (inner for key in found.keys() if key.endswith("processing") for inner in found.entries(key)):  # noqa: SIM118
            for reconstruction in processing.entries("final_reconstruction"):
                self._resolution(reconstruction)

    def _resolution(self, reconstruction: Entry) -> None:
        for text, entry in _texts(reconstruction, "resolution"):
            unit = _attribute(entry, "units") if entry is not None else None
            self._draft.part("characteristics", "characteristic", name="resolution", text_value=text, unit=unit or None)

    def _map(self, found: Entry) -> None:
        """The map's file, at its place in the archive."""
        name = found.text("file", word=True)
        size, form = _attribute(found, "size_kbytes"), _attribute(found, "format")
        if size:
            self._draft.set("size_statement", f"{size} kB")
        if name and _MAP_FILE.fullmatch(name):
            address = FILES.format(accession=self._accession, file=name)
            self._draft.part(
                "files", "file", path=f"map/{name}", url=address, file_role="processed_image", format_name=form
            )


def _inside(entry: Entry, wrapper: str, key: str) -> list[Entry]:
    return [found for outer in entry.entries(wrapper) for found in outer.entries(key)]


def _papers(citation: Entry) -> list[Entry]:
    """The paper in a citation; the schema wraps it by kind (`journal_citation`, `citation_type` in JSON)."""
    return [paper for key in citation.keys() for paper in citation.entries(key)]  # noqa: SIM118


def _organisms(part: Entry) -> list[tuple[str, Entry | None]]:
    return [found for source in part.entries("natural_source") for found in _texts(source, "organism")]


def _attribute(entry: Entry | None, name: str) -> str | None:
    """An attribute of the XML; the API writes it as a key among others."""
    if entry is None:
        return None
    return entry.text(f"@{name}", word=True) or (None if entry.has(f"@{name}") else entry.text(name, word=True))


def _texts(entry: Entry, key: str) -> list[tuple[str, Entry | None]]:
    """Texts of a property, each with its attributes where it has any."""
    value = entry.raw(key)
    found: list[tuple[str, Entry | None]] = []
    for item in value if type(value) is list else [value]:
        if type(item) is dict:
            inner = entry.account.opened(item, f"{entry.path}/{key}")
            if text := inner.text("#text", word=True):
                found.append((text, inner))
        elif type(item) is str and item.strip():
            found.append((" ".join(item.split()), None))
    return found
