"""A project of SSBD's ontology as a study record with its parts; images stand in harvesters.ssbd_images.

Which property goes where: schema/crosswalks/ssbd.sssom.tsv.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

from catalogue.model.documents import Mapped, Record, Severity, SourceSpec
from catalogue.model.forms import paper_id
from catalogue.model.identifiers import Identifier
from catalogue.problems import RecordRejected
from harvesters.account import Account, crosswalk_reasons
from harvesters.draft import TERM, StudyDraft, identify_study
from harvesters.rdf_nodes import Node, Nodes, Triple
from harvesters.ssbd_images import map_image
from harvesters.ssbd_samples import Samples

PREFIXES: Final = {
    "http://ssbd.riken.jp/ontology/": "ssbd_onto:",
    "https://ssbd.riken.jp/ontology/": "ssbd_https:",
    "http://www.semanticweb.org/yamagatayuki/ontologies/2025/4/untitled-ontology-126#": "ssbd_zarr:",
    "http://metadb.riken.jp/ontology/SSBD/": "metadb_onto:",
    "http://purl.obolibrary.org/obo/": "obo:",
    "http://www.w3.org/2000/01/rdf-schema#": "rdfs:",
    "http://www.w3.org/2002/07/owl#": "owl:",
}
_KINDS: Final = (
    "project", "dataset", "biosample", "imaging-method", "ome-ngff", "dimension", "instrument", "paper", "person",
)  # fmt: skip
_NAME: Final = re.compile(rf".*[/#]ssbd-(?P<kind>{'|'.join(_KINDS)})-[0-9]+(?:-(?P<rest>.+))?", re.ASCII | re.DOTALL)
_CITATION: Final = re.compile(
    r"(?P<authors>[^()]{3,2000}?) \((?P<year>[0-9]{4})\) (?P<title>.{3,500}?)\., (?P<venue>.+)"
)
_AUTHORS: Final = frozenset({"author", "first author", "corresponding author", "co-author"})
_HELPERS: Final = {"contact": "ContactPerson", "submitter": "Submitter", "pi": "PrincipalInvestigator"}


class Project:
    """The nodes of one project by what their names say they are."""

    def __init__(self, nodes: Nodes, triples: Iterable[Triple]):
        self._found: dict[str, dict[str, list[Node]]] = {}
        for name in sorted({triple.subject.text for triple in triples}):
            match, node = _NAME.fullmatch(name), nodes.find(name)
            if match is not None and node is not None:
                self._found.setdefault(match["kind"], {}).setdefault(match["rest"] or "", []).append(node)

    def of(self, kind: str) -> dict[str, list[Node]]:
        """Rest of the name -> nodes, for one kind of instance, by names."""
        return self._found.get(kind, {})

    def named(self, kind: str, rest: str) -> Node | None:
        """The node of a kind and name that says most; one in SSBD's namespace and one in an editor's are one thing."""
        nodes = self.of(kind).get(rest, ())
        return max(nodes, key=lambda node: (len(node.properties), node.id), default=None)


def map_project(triples: set[Triple], source: SourceSpec) -> Mapped:
    """The study and images in the statements of one project."""
    account = Account(crosswalk_reasons("ssbd", ""))
    nodes = Nodes.of_triples(account, triples, shorten, lambda _: "")
    project = Project(nodes, triples)
    node = _single_project(project)
    study = _identify(node, source)
    draft = StudyDraft(study, account)
    draft.require_title(node.first_text("ssbd_onto:has_dataset_title", "ssbd_onto:has_title"))
    _describe(node, draft, source)
    for key in ("obo:RO_0002234", "ssbd_onto:has_dataset_output", "ssbd_onto:has_project_publications",
                "ssbd_onto:has_project_participant"):  # fmt: skip
        node.refs(key)
    people = project.of("person").values()
    _add_people([person for found in people for person in found], draft)
    for papers in project.of("paper").values():
        for paper in papers:
            _add_paper(paper, draft)
    samples = Samples(draft, project)
    images = _add_components(project, samples, draft, study)
    samples.close()
    nodes.close()
    return draft.mapped(*images)


def shorten(iri: str) -> str:
    """The short name of a property or class."""
    for namespace, prefix in PREFIXES.items():
        if iri.startswith(namespace):
            return prefix + iri.removeprefix(namespace)
    return iri


def _single_project(project: Project) -> Node:
    found = [node for nodes in project.of("project").values() for node in nodes]
    if len(found) != 1:
        raise RecordRejected(
            f"The statements describe {len(found)} projects; exactly one ssbd-project-N is needed.",
            reason="bad-identifier",
        )
    return found[0]


def _identify(node: Node, source: SourceSpec) -> Identifier:
    name = node.text("ssbd_onto:has_project_name", word=True)
    if name is None:
        raise RecordRejected(
            "The project has no has_project_name, which is its accession (141-Sato-CellMorphology). Fill it in.",
            reason="bad-identifier",
        )
    study = identify_study(f"ssbd:{name}", source)
    found = _NAME.fullmatch(node.id)
    number = node.id.rpartition("-")[2]
    if found is None or not study.accession.startswith(f"{number}-"):
        raise RecordRejected(
            f"The project is number {number[:20]} by its address and '{name[:100]}' by its name. Make them agree.",
            reason="bad-identifier",
        )
    return Identifier(study.curie, study.prefix, study.accession, study.kind, study.accession)


def _describe(node: Node, draft: StudyDraft, source: SourceSpec) -> None:
    draft.set("description", node.text("ssbd_onto:has_description", lines=True))
    given = node.iris("ssbd_onto:has_license")
    if len(given) > 1:
        node.complain("several-values", Severity.WARNING, "ssbd_onto:has_license", "The first licence is kept.")
    draft.license(given[0] if given else None, "ssbd_onto:has_license", source)
    for slot, keys in {
        "date_deposited": ("ssbd_onto:has_submission_date", "ssbd_onto:has_date_added"),
        "date_published": ("ssbd_onto:has_release_date", "ssbd_onto:has_open_date"),
        "date_updated": ("ssbd_onto:has_update_date",),
    }.items():
        draft.date(slot, node.first_text(*keys), keys[0])
    types = (node.text("ssbd_onto:has_project_type"),)
    draft.extend(
        "study_types", [draft.term(None, TERM, "ssbd_onto:has_project_type", label=label) for label in types if label]
    )
    page = draft.find("landing_page")
    pages = [draft.web_address(url, "ssbd_onto:has_project_url") for url in node.iris("ssbd_onto:has_project_url")]
    draft.extend("former_identifiers", [url for url in pages if url and url != page])
    draft.set("doi", _doi(node.first_text("ssbd_onto:has_project_doi")))
    draft.set("funding_statement", node.first_text("ssbd_onto:has_funding_information", lines=True))
    draft.set("version", node.first_text("ssbd_onto:has_version"))
    for url in node.iris("ssbd_onto:has_external_link"):
        if draft.web_address(url, "ssbd_onto:has_external_link"):
            draft.part("links", "link", url=url)
    _add_twins(node, draft)
    for number, text in enumerate(node.texts("ssbd_onto:has_note") + node.texts("ssbd_onto:has_notes"), 1):
        draft.part("characteristics", "characteristic", str(number), name="note", text_value=text)


def _doi(text: str | None) -> str | None:
    found = paper_id(text) if text else None
    return found.value if found is not None and found.kind == "doi" else None


def _add_twins(node: Node, draft: StudyDraft) -> None:
    """The entry of SSBD:repository that a project of SSBD:database names as the same data, and other identifiers."""
    for text in node.texts("ssbd_onto:has_project_SID"):
        found = re.fullmatch(r"ssbd-repos-[0-9]{6}", text, re.ASCII)
        if found is None:
            draft.extend("alternative_identifiers", [text])
            continue
        draft.part(
            "identity_statements", "identity", same_study_as=f"ssbd:{text}", identity_relation="other_collection",
            evidence="owner_statement", evidence_detail="has_project_SID of the project", stated_by="ssbd",
        )  # fmt: skip


def _add_people(people: list[Node], draft: StudyDraft) -> None:
    for node in sorted(people, key=_person_order):
        given = node.first_text("ssbd_onto:has_first_name")
        middle = node.first_text("ssbd_onto:has_middle_name")
        family = node.first_text("ssbd_onto:has_family_name")
        name = node.first_text("ssbd_onto:has_name") or " ".join(part for part in (given, middle, family) if part)
        place = draft.organization(
            node.first_text("ssbd_onto:has_organization"), "ssbd_onto:has_organization",
            ror=node.first_text("ssbd_onto:has_RORID"), url=node.first_text("ssbd_onto:has_organization_url"),
        )  # fmt: skip
        roles = node.texts("ssbd_onto:has_role")
        kinds = [_HELPERS[role.lower()] for role in roles if role.lower() in _HELPERS]
        url = draft.web_address(node.first_text("ssbd_onto:has_url"), "ssbd_onto:has_url")
        agent = draft.person(
            name, "ssbd_onto:has_family_name", orcid=node.first_text("ssbd_onto:has_orcid"),
            address=node.first_text("ssbd_onto:has_email", "ssbd_https:has_e-mail"), affiliations=[place],
            given_name=given, additional_name=middle, family_name=family, url=url,
            department=node.first_text("ssbd_onto:has_department", "ssbd_onto:has_department_name"),
            roles=roles, contributor_types=kinds,
        )  # fmt: skip
        address = node.first_text("ssbd_onto:has_address", lines=True)
        if agent is not None and address:
            agent["address"] = address
        unknown = [role for role in roles if role.lower() not in _AUTHORS and role.lower() not in _HELPERS]
        if unknown:
            node.complain(
                "role-unknown", Severity.INFO, "ssbd_onto:has_role", "Kept as given, among the contributors.",
            )  # fmt: skip
        if roles and not kinds and not unknown:
            draft.author(agent)
        else:
            draft.contributor(agent)


def _person_order(node: Node) -> tuple[int, str]:
    """By the number that ends a person's name; the statements have no order."""
    last = node.id.rpartition("-")[2]
    return (int(last) if last.isascii() and last.isdigit() and len(last) < 10 else 0), node.id


def _add_paper(node: Node, draft: StudyDraft) -> None:
    key = "ssbd_onto:has_paper_information"
    text = node.first_text(key)
    found = _CITATION.fullmatch(text) if text else None
    fields: dict[str, Any] = {}
    if found is not None:
        fields = {"author_list": found["authors"], "title": found["title"], "venue": found["venue"]}
    elif text:
        node.leave(key, "a citation of no fixed form; the paper's identifiers lead to it")
    ids = [(node.first_text(f"ssbd_onto:{name}"), f"ssbd_onto:{name}") for name in ("has_doi", "has_id")]
    number = node.first_text("ssbd_onto:has_pubmed_id", "ssbd_onto:has_PMID")
    ids.append((f"PMID:{number}" if number and number.isdigit() else number, "ssbd_onto:has_pubmed_id"))
    ids.append((node.first_text("ssbd_onto:has_pmc_id", "ssbd_onto:has_pmcid"), "ssbd_onto:has_pmc_id"))
    ids += [(url, "ssbd_onto:has_paper_url") for url in node.iris("ssbd_onto:has_paper_url", "ssbd_onto:has_xref")]
    draft.publication(ids, issued=found["year"] if found else None, **fields)


def _add_components(project: Project, samples: Samples, draft: StudyDraft, study: Identifier) -> list[Record]:
    images: list[Record] = []
    datasets, zarrs = project.of("dataset"), project.of("ome-ngff")
    for rest in sorted({*datasets, *project.of("biosample"), *project.of("imaging-method"), *zarrs}):
        node = project.named("dataset", rest)
        component = _add_component(node, rest, samples, draft) if node is not None else None
        zarr = project.named("ome-ngff", rest)
        if zarr is not None and zarr.properties:
            images.append(map_image(zarr, rest, study, component, draft.account))
    return images


def _add_component(node: Node, rest: str, samples: Samples, draft: StudyDraft) -> str:
    folder = node.first_text("ssbd_onto:has_folder_name", "ssbd_onto:dataset_folder_name")
    biosamples, acquisitions, specimens = samples.of_dataset(node, rest)
    formats = node.texts("ssbd_onto:has_file_format")
    title = node.first_text("ssbd_onto:has_dataset_title")
    if title is None:
        node.complain("title-missing", Severity.WARNING, "ssbd_onto:has_dataset_title", "The folder's name stands in.")
    for key in ("ssbd_onto:has_instrument_information", "ssbd_onto:has_dimension_information"):
        node.leave(key, "points at a node that says nothing")
    node.leave("obo:RO_0002180", "points at the OME-Zarr of the same name, which becomes an image")
    node.leave("ssbd_onto:has_ome_zarr_information", "points at the OME-Zarr of the same name, which becomes an image")
    return draft.part(
        "components", "component", re.sub(r"[^A-Za-z0-9._-]+", "-", rest).strip("-.") or "unnamed",
        type="StudyComponent", accession=node.first_text("ssbd_onto:has_dataset_id") or folder,
        title=title or folder or rest,
        description=node.first_text("ssbd_onto:has_description", lines=True),
        figure=node.first_text("ssbd_onto:has_figure_number"), raw_data_format=", ".join(sorted(formats)),
        biosamples=biosamples, acquisitions=acquisitions, specimens=specimens,
    )  # fmt: skip
