"""Related identifiers and items of a DataCite record as related resources, links, papers and identity statements."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from catalogue.model.documents import Severity
from catalogue.model.forms import is_web_address, paper_id
from catalogue.model.identifiers import parse_identifier
from catalogue.problems import Problem
from harvesters.datacite_agents import known
from harvesters.datacite_kernel import Item, Related
from harvesters.draft import StudyDraft

# relationType of 4.5, which the model has as its own words.
RELATIONS: Final = frozenset({
    "Cites", "IsCitedBy", "IsSupplementTo", "IsSupplementedBy", "IsContinuedBy", "Continues", "IsDescribedBy",
    "Describes", "HasMetadata", "IsMetadataFor", "HasVersion", "IsVersionOf", "IsNewVersionOf", "IsPreviousVersionOf",
    "IsPartOf", "HasPart", "IsPublishedIn", "IsReferencedBy", "References", "IsDocumentedBy", "Documents",
    "IsCompiledBy", "Compiles", "IsVariantFormOf", "IsOriginalFormOf", "IsIdenticalTo", "IsReviewedBy", "Reviews",
    "IsDerivedFrom", "IsSourceOf", "IsRequiredBy", "Requires", "IsObsoletedBy", "Obsoletes", "IsCollectedBy",
    "Collects",
})  # fmt: skip
# Type of identifier -> its web address, for types whose resolver is settled; others stay text.
_RESOLVERS: Final[dict[str, Callable[[str], str]]] = {
    "arxiv": lambda text: "https://arxiv.org/abs/" + re.sub(r"^arxiv:", "", text, flags=re.IGNORECASE),
    "ark": lambda text: "https://n2t.net/" + text,
    "bibcode": lambda text: "https://ui.adsabs.harvard.edu/abs/" + text,
    "handle": lambda text: "https://hdl.handle.net/" + re.sub(r"^hdl:", "", text, flags=re.IGNORECASE),
    "issn": lambda text: "https://portal.issn.org/resource/ISSN/" + text,
    "eissn": lambda text: "https://portal.issn.org/resource/ISSN/" + text,
    "rrid": lambda text: "https://identifiers.org/" + text if text.upper().startswith("RRID:") else "",
}


class Relations:
    """Writes what a record says of other resources into a draft."""

    def __init__(self, draft: StudyDraft):
        self._draft = draft
        self._held: dict[tuple[str, str], dict[str, str]] = {}

    def resource(self, related: Related) -> bool:
        """One related resource; False where its identifier is none that can be followed.

        One that stands in several lists of a record is one resource.
        """
        name = self.follow(related)
        relation = related.relation
        if name is None:
            self._as_text(related)
            return False
        if relation not in RELATIONS:
            self._link(related, name)
            return True
        held = self._held.get((name, relation))
        title = related.title or related.about
        if held is not None:
            if title:
                held.setdefault("title", title)
            if related.kind:
                held.setdefault("resource_type", related.kind)
            return True
        kind = related.kind if known(related.kind) else None
        self._draft.part(
            "related_resources", "related", related_to=name, relation=relation, resource_type=kind, title=title
        )
        self._held[name, relation] = self._draft.find("related_resources")[-1]
        if relation == "IsIdenticalTo" and self._is_study(name):
            self._draft.part(
                "identity_statements", "identity", same_study_as=name, identity_relation="other_archive",
                evidence="owner_statement", evidence_detail=f"related identifier {related.identifier}, IsIdenticalTo",
                stated_by=self._draft.curie.partition(":")[0],
            )  # fmt: skip
        return True

    def item(self, item: Item) -> None:
        """One related item: a resource by its identifier, else a paper in its own words."""
        if item.related.identifier and self.follow(item.related) is not None:
            self.resource(item.related)
            return
        if item.related.identifier:
            self._as_text(item.related)
        self._draft.publication(
            [], issued=item.year or None, title=item.related.title, author_list="; ".join(filter(known, item.authors)),
            venue=item.venue,
        )  # fmt: skip

    def follow(self, related: Related) -> str | None:
        """The identifier as CURIE or web address; None where it has neither."""
        text = related.identifier
        kind = related.identifier_type.lower()
        if not known(text):
            return None
        paper = paper_id(f"PMID:{text}" if kind == "pmid" and text.isdigit() else text)
        if paper is not None and paper.kind == "doi":
            return self._of_doi(paper.value)
        if paper is not None:
            return f"{'pubmed' if paper.kind == 'pubmed_id' else 'pmc'}:{paper.value}"
        if is_web_address(text):
            return text
        address = _RESOLVERS[kind](text) if kind in _RESOLVERS else ""
        return address if address and is_web_address(address) else None

    def _of_doi(self, doi: str) -> str | None:
        try:
            found = parse_identifier(f"https://doi.org/{doi}")
        except Problem:
            return None
        if found.kind != "other":
            return found.curie
        return f"doi:{doi}" if is_web_address(f"https://doi.org/{doi}") else None

    def _is_study(self, name: str) -> bool:
        try:
            return parse_identifier(name).kind == "study" and name != self._draft.curie
        except Problem:
            return False

    def _link(self, related: Related, name: str) -> None:
        """A relation that the model does not know (HasTranslation, Other, Funder): kept as a link with its word."""
        address = name if is_web_address(name) else f"https://doi.org/{name.removeprefix('doi:')}"
        if not is_web_address(address) or not known(related.relation):
            self._as_text(related)
            return
        self._draft.part(
            "links", "link", url=address, link_type=related.relation, title=related.title, description=related.about
        )

    def _as_text(self, related: Related) -> None:
        """An identifier that leads nowhere by itself (an ISBN, a local number): kept as it is said."""
        if not known(related.identifier):
            if related.title:
                self._draft.part(
                    "characteristics", "characteristic", name=f"related, {related.relation}", text_value=related.title
                )
            return
        kind = related.identifier_type or "identifier"
        message = f"No web address of a {kind} is known here; kept as text."
        self._draft.account.note("related-form", Severity.INFO, "relatedIdentifiers", related.identifier, message)
        name = ", ".join(filter(None, ("related", related.relation, kind)))
        self._draft.part("characteristics", "characteristic", name=name, text_value=related.identifier)
