"""People, organisations, papers, grants and links of a PageTab submission."""

from __future__ import annotations

import re
from typing import Final

from catalogue.model.documents import Severity
from catalogue.model.forms import is_web_address, paper_id
from catalogue.model.identifiers import parse_identifier
from catalogue.problems import Problem
from harvesters.bioimage_archive import CONTRIBUTOR_TYPES
from harvesters.biostudies_pagetab import Node, Submission
from harvesters.draft import Part, StudyDraft

_ORGANISATIONS: Final = ("organisation", "organization")
_IMDR: Final = re.compile(r"S-IMDR0*(\d{1,4})", re.IGNORECASE)
_ARXIV: Final = re.compile(r"arxiv:\s*(\d{4}\.\d{4,5})(?:v\d+)?", re.IGNORECASE)
# Slot of the study for a link whose `Type` names the archive, and the prefix of that archive's accessions.
_ARCHIVES: Final = {
    "ena": ("sequence_records", "ena"),
    "european nucleotide archive": ("sequence_records", "ena"),
    "sra": ("sequence_records", "ena"),
    "geo": ("expression_records", "geo"),
    "arrayexpress": ("expression_records", "arrayexpress"),
    "biosamples": ("sample_records", "biosample"),
    "biosample": ("sample_records", "biosample"),
    "uniprot": ("proteins", "uniprot"),
    "pdb": ("structures", "pdb"),
    "pdbe": ("structures", "pdb"),
    "emdb": ("volume_maps", "emdb"),
    "empiar": ("image_entries", "empiar"),
    "idr": ("image_entries", "idr"),
}


def map_people(draft: StudyDraft, submission: Submission) -> None:
    """Authors with their affiliations, in order."""
    places = _Organizations(draft, submission)
    for node in submission.study.below("author"):
        roles = [word.strip() for text in node.many("role") for word in text.split(",") if word.strip()]
        kinds = dict.fromkeys(found for role in roles if (found := CONTRIBUTOR_TYPES.get(role.lower())))
        draft.author(
            draft.person(
                node.text("name", lines=False, word=True),
                "author",
                orcid=node.text("orcid", lines=False),
                address=_visible(node.text("e-mail", "email", lines=False)),
                affiliations=places.of(node),
                roles=list(dict.fromkeys(roles)),
                contributor_types=list(kinds),
            )
        )
    places.report()


def _visible(text: str | None) -> str | None:
    """Without characters that nobody sees: S-BSST744 has a right-to-left mark before an address."""
    return re.sub("[\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]", "", text) if text else text


class _Organizations:
    """Organisations by the accession that authors use."""

    def __init__(self, draft: StudyDraft, submission: Submission):
        self._draft = draft
        self._nodes = submission.study.below(*_ORGANISATIONS)
        self._by_accno = {node.accno: node for node in self._nodes if node.accno}
        self._used: set[int] = set()

    def of(self, author: Node) -> list[Part | None]:
        """The organisations an author refers to; `o2, o3` are two of them (S-BIADTEST)."""
        found: list[Part | None] = []
        for text in author.many("affiliation"):
            names = [text] if text in self._by_accno else [name.strip() for name in text.split(",")]
            known = [self._by_accno[name] for name in names if name in self._by_accno]
            found += [self._part(node) for node in known]
            if len(known) == len(names):
                continue
            if not known and "affiliation" not in author.references and not re.fullmatch(r"[oO]\d+", text):
                found.append(self._draft.organization(text, author.path("affiliation")))
                continue
            self._draft.account.note(
                "affiliation-unresolved", Severity.WARNING, author.path("affiliation"), text,
                "No organisation of the submission has this accession; left out. Give the section its accession.",
            )  # fmt: skip
        return found

    def _part(self, node: Node) -> Part | None:
        self._used.add(id(node))
        return self._draft.organization(
            node.text("name", lines=False, word=True), "organisation",
            ror=node.text("rorid", lines=False), address=node.text("address", lines=False),
        )  # fmt: skip

    def report(self) -> None:
        """Organisations that nobody refers to (S-BIAD15 gives its one no accession) are left out, and said."""
        for node in self._nodes:
            if id(node) not in self._used:
                name = node.text("name", lines=False, word=True)
                node.attributes.leave("name", "no author refers to the organisation")
                node.attributes.leave_rest("no author refers to the organisation")
                self._draft.account.note(
                    "organization-unused", Severity.WARNING, node.path("name"), name or "",
                    "No author refers to this organisation; left out. Name it as somebody's affiliation.",
                )  # fmt: skip


def map_publications(draft: StudyDraft, study: Node) -> None:
    """Papers; damaged identifiers are left out with a finding."""
    for node in study.below("publication"):
        doi = _doi(draft, node)
        ids: list[tuple[str | None, str]] = [(doi, node.path("doi"))]
        pubmed = node.text("pubmed_id", lines=False)
        ids.append((f"PMID:{pubmed}" if pubmed and pubmed.isdigit() else pubmed, node.path("pubmed_id")))
        ids.append((node.text("pmc_id", lines=False), node.path("pmc_id")))
        ids += [(link.keys.text("url"), "Link/url") for link in node.links if _read_type(link)]
        draft.publication(
            ids, title=node.text("title", lines=False), author_list=node.text("authors", lines=False),
            issued=node.text("year", lines=False),
        )  # fmt: skip


def _read_type(link: Node) -> bool:
    link.many("type", "description")
    return True


def _doi(draft: StudyDraft, node: Node) -> str | None:
    """The DOI as a form that can be read: doubled labels, blanks inside an address and arXiv names are mended."""
    given = node.text("doi", lines=False)
    if not given:
        return None
    arxiv = _ARXIV.fullmatch(given)
    plain = f"10.48550/arXiv.{arxiv[1]}" if arxiv else re.sub(r"^doi:\s*(?=https?:)", "", given, flags=re.IGNORECASE)
    if plain.lower().startswith(("http://", "https://")):
        plain = re.sub(r"\s+", "", plain)
    found = paper_id(plain)
    if found is not None and found.kind == "doi" and found.value.endswith("."):
        plain = found.value.rstrip(".")
    if plain != given and paper_id(plain):
        draft.account.note("doi-form", Severity.REPAIRED, node.path("doi"), given, f"Read as {plain}.")
        return plain
    return given


def map_grants(draft: StudyDraft, study: Node) -> None:
    """Grants; a funder without a number is one too."""
    for node in study.below("funding"):
        funder = draft.organization(node.text("agency", lines=False, word=True), "funding/agency")
        number, acronym = node.text("grant_id", lines=False), node.text("column_3", lines=False)
        if funder or number or acronym:
            draft.part("grants", "grant", grant_identifier=number, acronym=acronym, funder=funder)


def map_links(draft: StudyDraft, study: Node) -> None:
    """Links: addresses as they are, accessions as records of the archive that the link's type names."""
    for node in study.links:
        url, kind = node.keys.text("url"), node.text("type", lines=False, word=True)
        described: Part = {"title": node.text("title", lines=False), "description": node.text("description")}
        if not url:
            continue
        if is_web_address(url):
            draft.part("links", "link", url=url, link_type=kind, **described)
        elif place := _record_of(url, kind):
            draft.extend(place[0], [place[1]])
        elif (found := paper_id(url)) and found.kind == "doi":
            draft.part(
                "related_resources", "related", related_to=f"doi:{found.value}", relation="References",
                title=described["title"] or described["description"],
            )  # fmt: skip
        else:
            draft.account.note(
                "link-form", Severity.WARNING, "Link/url", url,
                "Neither an address nor an accession of an archive known here; left out. Write the full address.",
            )  # fmt: skip


def _record_of(url: str, kind: str | None) -> tuple[str, str] | None:
    """Slot and CURIE of an accession."""
    place = _ARCHIVES.get((kind or "").lower())
    for text in (f"{place[1]}:{url}" if place else "", url):
        try:
            found = parse_identifier(text)
        except Problem:
            continue
        if place and found.prefix == place[1]:
            return place[0], found.curie if found.kind != "other" else text
        if not place and found.kind == "study":
            return "image_entries", found.curie
    return None


def map_identity(draft: StudyDraft, submission: Submission) -> None:
    """What the submission says of its twin at IDR or EMPIAR, by accession or by the name of its folder."""
    stated: dict[str, str] = {}
    folder = submission.root.text("rootpath", lines=False) or submission.root.keys.text("rootPath")
    named = [(text, "IDR accession number", text) for text in submission.study.many("idr_accession_number")]
    imdr = _IMDR.fullmatch(folder or "")
    if folder and (imdr or re.fullmatch(r"idr\d{4}(?:-.*)?|EMPIAR-\d{5,}", folder)):
        named.append((f"idr{int(imdr[1]):04d}" if imdr else folder, "RootPath", folder))
    for text, where, shown in named:
        try:
            found = parse_identifier(text)
        except Problem:
            continue
        if found.prefix in ("idr", "empiar") and found.kind == "study" and found.curie != draft.curie:
            stated.setdefault(found.curie, f"{where} {shown}")
            if where != "RootPath":
                draft.extend("image_entries", [found.curie])
    for curie, detail in stated.items():
        draft.part(
            "identity_statements", "identity", same_study_as=curie, identity_relation="other_archive",
            evidence="owner_statement", evidence_detail=detail, stated_by="biostudies",
        )  # fmt: skip
