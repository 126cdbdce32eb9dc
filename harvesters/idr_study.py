"""The study's own rows of IDR's study file: title, papers, people, licence, twins, terms."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

from catalogue.model.documents import Severity, SourceSpec
from catalogue.model.forms import paper_id
from catalogue.model.identifiers import Identifier, parse_identifier
from catalogue.problems import Problem
from harvesters.draft import TAXON, TERM, StudyDraft
from harvesters.idr_rows import Rows

# What IDR calls people, as far as DataCite has a word for it; other roles are kept as they are written.
_ROLES: Final = {
    "submitter": "Submitter", "idr deposition": "Submitter", "principal investigator": "PrincipalInvestigator",
    "pi": "PrincipalInvestigator", "corresponding author": "CorrespondingAuthor",
}  # fmt: skip
ARCHIVE: Final = {"type": "Organization", "id": "https://idr.openmicroscopy.org/", "name": "Image Data Resource"}
_TWINS: Final = ("Study_BioImage_Archive_Accession", "Study_BioStudies_Accession")


def read_study(draft: StudyDraft, rows: Rows, source: SourceSpec) -> None:
    """Write what the study's rows say.

    Raises:
        RecordRejected: `schema-required`, there is no title.
    """
    draft.require_title(_line(rows.text("Study_Title", word=True)))
    draft.set("description", rows.text("Study_Description"))
    draft.extend("keywords", rows.texts("Study_Key_Words"))
    draft.set("study_types", rows.terms(draft, "Study_Type", TERM))
    draft.extend("organisms", rows.terms(draft, "Study_Organism", TAXON))
    draft.date("date_published", rows.text("Study_Public_Release_Date"), rows.where("Study_Public_Release_Date"))
    _licence(draft, rows, source)
    draft.set("copyright_notice", rows.text("Study_Copyright"))
    draft.set("doi", data_doi(rows, "Study_Data_DOI"))
    draft.set("publisher", dict(ARCHIVE))
    _publisher(rows)
    for text in rows.texts("Study_Version_History"):
        draft.part("version_history", "version", description=text)
    for text in rows.texts("Study_External_URL", word=False):
        if address := draft.web_address(text, rows.where("Study_External_URL")):
            draft.part("links", "link", url=address)
    _papers(draft, rows)
    _people(draft, rows)
    for key in _TWINS:
        for text in rows.texts(key, word=False):
            add_twin(draft, text, rows.where(key))
    for path, description in rows.columns("Additional_File", "Additional_File_description"):
        if path:
            draft.part("files", "file", path=path, description=description, file_role="other")
    # Their numbers are those of the lists.
    for key in ("Study_Screens_Number", "Study_Experiments_Number"):
        rows.text(key)


def data_doi(rows: Rows, key: str) -> str | None:
    """The one DOI of data that a key states, in the catalogue's form."""
    found = None
    for text in rows.texts(key, word=False):
        paper = paper_id(text)
        if paper is None or paper.kind != "doi":
            rows.note("doi-form", Severity.WARNING, key, text, "No DOI; left out.")
        elif found is None:
            found = paper.value
        elif found != paper.value:
            rows.note("several-values", Severity.WARNING, key, text, "One DOI is expected; the first one is kept.")
    return found


def add_twin(draft: StudyDraft, text: str, path: str) -> None:
    """State that a record of another archive describes the same study; once each."""
    try:
        twin = parse_identifier(text)
    except Problem:
        twin = None
    if twin is None or twin.kind != "study" or twin.curie == draft.curie:
        draft.account.note(
            "identity-form", Severity.WARNING, path, text, "No accession of another archive's study; left out.",
        )  # fmt: skip
        return
    held = draft.find("identity_statements") or []
    if all(statement["same_study_as"] != twin.curie for statement in held):
        draft.part(
            "identity_statements", "identity", same_study_as=twin.curie, identity_relation="other_archive",
            evidence="owner_statement", evidence_detail=f"{path}: {text}", stated_by="idr",
        )  # fmt: skip


def twin_of_address(address: str) -> Identifier | None:
    """The BioImage Archive study whose page an address is, also one of its older page servers."""
    found = re.search(r"/(S-[A-Z]{4}[A-Z0-9-]*)(?:\.html)?$", urlsplit(address).path)
    return parse_identifier(found[1]) if found else None


def _line(text: str | None) -> str | None:
    return " ".join(text.split()) if text else None


def _licence(draft: StudyDraft, rows: Rows, source: SourceSpec) -> None:
    address, name = rows.text("Study_License_URL"), rows.text("Study_License")
    draft.license(address or name, rows.where("Study_License_URL" if address else "Study_License"), source)


def _publisher(rows: Rows) -> None:
    """The archive is the publisher; what else is named is the body that pays for its DOIs."""
    for name in rows.texts("Study_Data_Publisher"):
        if name != "University of Dundee":
            rows.note(
                "publisher-differs", Severity.INFO, "Study_Data_Publisher", name,
                "The publisher of IDR's studies is the Image Data Resource.",
            )  # fmt: skip


def _papers(draft: StudyDraft, rows: Rows) -> None:
    keys = ("Study_PubMed_ID", "Study_Publication_Title", "Study_Author_List", "Study_PMC_ID", "Study_DOI")
    for pubmed, title, authors, pmc, doi in rows.columns(*keys):
        number = f"PMID:{pubmed}" if pubmed.isdigit() else pubmed
        ids = [
            (doi, rows.where("Study_DOI")),
            (number, rows.where("Study_PubMed_ID")),
            (pmc, rows.where("Study_PMC_ID")),
        ]
        draft.publication([(_said(text), path) for text, path in ids], title=title, author_list=authors)
    for text in rows.texts("Study_Publication_Preprint"):
        draft.publication([(text, rows.where("Study_Publication_Preprint"))])


def _said(text: str) -> str | None:
    return None if text.lower().rpartition(":")[2].strip() in ("", "na", "n/a", "none", "pending", "tbd", "-") else text


def _people(draft: StudyDraft, rows: Rows) -> None:
    names = ("First_Name", "Last_Name", "Email", "Address", "ORCID", "Roles")
    for first, last, mail, address, orcid, said in rows.columns(*(f"Study_Person_{name}" for name in names)):
        roles = _split_roles(said)
        types = (_ROLES.get(role.casefold()) for role in roles)
        person = draft.person(
            " ".join(text for text in (first, last) if text), "study/Study_Person_Last_Name",
            orcid=_said(orcid), address=_said(mail), given_name=first, family_name=last, roles=roles,
            contributor_types=list(dict.fromkeys(kind for kind in types if kind)),
        )  # fmt: skip
        if person and address:
            person["address"] = " ".join(address.split())
        # Of papers' authors IDR names few; whoever is called one is the study's, too.
        if any("author" in role.casefold() for role in roles):
            draft.author(person)
        else:
            draft.contributor(person)


def _split_roles(text: str) -> list[str]:
    """idr0061 "submitter, senior author", idr0110 "submitter (PI)", idr0044 "submitter and first author"."""
    parts = re.split(r"[,;()]|\band\b", text)
    return list(dict.fromkeys(" ".join(part.split()) for part in parts if part.strip()))
