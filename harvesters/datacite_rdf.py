"""DataCite metadata as RDF, as the NFDI4BIOIMAGE knowledge graph has it, as a study record.

Terms are those of the kernel under its own address; schema/crosswalks/datacite-4.5.sssom.tsv says where each goes.
"""

from __future__ import annotations

import re
from typing import Any, Final

from catalogue.model.documents import Mapped, Severity, SourceDocument, SourceSpec
from catalogue.model.forms import is_web_address, licence_iri, paper_id
from harvesters.account import Account
from harvesters.draft import TERM, StudyDraft
from harvesters.rdf_identity import find_study, identify_among
from harvesters.rdf_nodes import Node, Nodes, Reference, Triple
from harvesters.rdf_records import focus

KERNEL: Final = re.compile(r"https?://schema\.datacite\.org/meta/kernel-4(?:\.[0-9])?/metadata(?:\.xsd)?#", re.ASCII)
_PREFIXES: Final = {
    "http://www.w3.org/2000/01/rdf-schema#": "rdfs.",
    "http://purl.obolibrary.org/obo/": "obo.",
    "http://xmlns.com/foaf/0.1/": "foaf.",
}
RELATIONS: Final = (
    "Cites", "IsCitedBy", "IsSupplementTo", "IsSupplementedBy", "IsContinuedBy", "Continues", "IsDescribedBy",
    "Describes", "HasMetadata", "IsMetadataFor", "HasVersion", "IsVersionOf", "IsNewVersionOf", "IsPreviousVersionOf",
    "IsPartOf", "HasPart", "IsPublishedIn", "IsReferencedBy", "References", "IsDocumentedBy", "Documents",
    "IsCompiledBy", "Compiles", "IsVariantFormOf", "IsOriginalFormOf", "IsIdenticalTo", "IsReviewedBy", "Reviews",
    "IsDerivedFrom", "IsSourceOf", "IsRequiredBy", "Requires", "IsObsoletedBy", "Obsoletes", "IsCollectedBy",
    "Collects",
)  # fmt: skip
_LEFT_OUT: Final = {
    "Accepted": "day on which a publisher accepted the resource; archives of images state none",
    "Other": "a date without a stated meaning cannot be compared or searched",
    "Collected": "days of images are kept with each image",
    "Created": "days of images are kept with each image",
    "Copyrighted": "a year of copyright without its holder",
    "Valid": "period in which figures hold, for data that expire",
}


def shorten(iri: str) -> str:
    """The short name of a property or type: the kernel's own name, others with their prefix."""
    found = KERNEL.match(iri)
    if found:
        return iri[found.end() :]
    for namespace, prefix in _PREFIXES.items():
        if iri.startswith(namespace):
            return prefix + iri.removeprefix(namespace)
    return iri


def map_datacite(triples: set[Triple], document: SourceDocument, source: SourceSpec) -> Mapped:
    """The study of one DOI.

    Raises:
        RecordRejected: no certain identity, another's accession, no title.
    """
    account = Account(_LEFT_OUT)
    nodes = Nodes.of_triples(account, triples, shorten, lambda _: "")
    node = focus(nodes, document, "obo.T4FS_0000113")
    study = identify_among([[node.iri], node.iris("identifier", "alternateIdentifier")], source)
    draft = StudyDraft(study, account)
    draft.require_title(node.text("title"))
    draft.extend("alternative_titles", [text for text in node.texts("title") if text != draft.find("title")])
    draft.set("description", "\n\n".join(sorted(_lines(node, "description"))) or None)
    draft.extend("keywords", sorted(ref.text for ref in node.refs("subject") if ref.text))
    draft.extend("subjects", [draft.term(ref.iri, TERM, "subject") for ref in node.refs("subject") if ref.iri])
    _dates(node, draft)
    _rights(node, draft, source)
    kinds = [text for text in node.texts("resourceType", word=False) if text]
    draft.extend("study_types", [draft.term(None, TERM, "resourceType", label=text) for text in sorted(kinds)])
    draft.languages(node.texts("language"), "language")
    draft.set("version", node.text("version"))
    paper = paper_id(node.iri)
    draft.set("doi", paper.value if paper is not None and paper.kind == "doi" else None)
    for part in _agents(node, "creator", draft):
        draft.author(part)
    for part in _agents(node, "contributor", draft):
        draft.contributor(part)
    _relations(node, draft)
    nodes.close()
    return draft.mapped()


def _lines(node: Node, key: str) -> list[str]:
    return [ref.term.text.strip() for ref in node.refs(key) if ref.term.kind == "literal" and ref.term.text.strip()]


def _dates(node: Node, draft: StudyDraft) -> None:
    """The day of a type; of several days of one type the first, for the graph has no order."""
    for slot, keys in {
        "date_published": ("Issued", "Available"), "date_deposited": ("Submitted",), "date_updated": ("Updated",),
    }.items():  # fmt: skip
        days = {key: sorted(node.texts(key)) for key in keys}
        found = next(((key, days[key]) for key in keys if days[key]), None)
        if found is None:
            continue
        key, several = found
        if len(several) > 1:
            node.complain("several-values", Severity.WARNING, key, "One day is expected; the earliest is kept.")
        draft.date(slot, several[0], key)


def _rights(node: Node, draft: StudyDraft, source: SourceSpec) -> None:
    """The licence among the rights, which name it in words, twice, and as "None" (every record of the graph)."""
    given = node.texts("right", word=False)
    usable = sorted({found for text in given if (found := licence_iri(text))})
    if len(usable) > 1:
        node.complain("several-values", Severity.WARNING, "right", f"Several licences are named; {usable[0]} is kept.")
    draft.license(usable[0] if usable else next(iter(sorted(given)), None), "right", source)


def _agents(node: Node, key: str, draft: StudyDraft) -> list[dict[str, Any]]:
    """Agents by their names, for the graph has no order."""
    found = []
    for ref in node.refs(key):
        inner = ref.node
        if inner is None or not inner.properties:
            node.complain(
                "agent-without-name", Severity.WARNING, key,
                "Only an address, nobody's name: kept as a characteristic. Describe the agent with its name.", ref.iri,
            )  # fmt: skip
            draft.part("characteristics", "characteristic", name=key, text_value=ref.iri or ref.text)
        elif inner.types & {"obo.OBI_0000245", "foaf.Organization"}:
            found.append(_organization(ref, draft))
        else:
            found.append(_person(inner, draft))
    return sorted((part for part in found if part), key=lambda part: (part["name"], part.get("orcid", "")))


def _person(node: Node, draft: StudyDraft) -> dict[str, Any] | None:
    names = sorted(node.texts("rdfs.label"), key=lambda text: (len(text), text))
    given, family = node.texts("givenName"), node.texts("familyName")
    if len(names) > 1:
        node.complain("labels-differ", Severity.WARNING, "rdfs.label", f"Several names; '{names[0][:100]}' is kept.")
    own = [text for text in [node.iri, *node.iris("identifier")] if "orcid.org" in text]
    places = [_organization(ref, draft) for ref in node.refs("affiliation")]
    return draft.person(
        names[0] if names else None, "creator", orcid=own[0] if own else None,
        affiliations=[place for place in places if place],
        given_name=given[0] if len(given) == 1 else None, family_name=family[0] if len(family) == 1 else None,
    )  # fmt: skip


def _organization(ref: Reference, draft: StudyDraft) -> dict[str, Any] | None:
    """An organisation with a name; one that is only its ROR says nothing that a reader could show."""
    node = ref.node
    if node is None or not node.properties:
        return draft.organization(ref.text or None, "affiliation")
    others = [
        text for text in node.iris("identifier", "rdfs.seeAlso") if is_web_address(text) and "ror.org" not in text
    ]
    ror = ref.iri if "ror.org" in ref.iri else next((t for t in node.iris("identifier") if "ror.org/" in t), None)
    return draft.organization(node.text("rdfs.label", word=True), "affiliation", ror=ror, same_as=others)


def _relations(node: Node, draft: StudyDraft) -> None:
    for key in RELATIONS:
        for ref in node.refs(key):
            iri = ref.iri or ref.text
            study = find_study(iri)
            target = study.curie if study is not None else iri
            if key == "IsPartOf" and "zenodo.org/communities/" in iri:
                draft.part("links", "link", url=iri, link_type="community")
            elif study is not None or is_web_address(iri):
                if target != draft.curie:
                    draft.part("related_resources", "related", related_to=target, relation=key)
            else:
                node.complain("relation-unusable", Severity.WARNING, key, "An address is expected; left out.", iri)
