"""Agents of a DCAT dataset: publishers, creators, contacts, attributions; also where only an address is given."""

from __future__ import annotations

from typing import Any, Final

from catalogue.model.documents import Severity
from catalogue.model.forms import is_web_address, orcid_iri, ror_iri
from harvesters.draft import StudyDraft
from harvesters.rdf_nodes import Node, Reference

Part = dict[str, Any]

# Roles of ISO 19115 and DataCite, in lower case -> contributor type.
_ROLES: Final = {
    "author": "Researcher", "contactpoint": "ContactPerson", "pointofcontact": "ContactPerson",
    "custodian": "DataManager", "distributor": "Distributor", "originator": "Producer", "owner": "RightsHolder",
    "principalinvestigator": "PrincipalInvestigator", "processor": "DataCurator", "publisher": "Distributor",
    "funder": "Sponsor",
}  # fmt: skip


class Agents:
    """Adds agents to the study that `draft` makes."""

    def __init__(self, draft: StudyDraft):
        self._draft = draft

    def set_publisher(self, node: Node, key: str) -> None:
        """Write the publisher."""
        for ref in node.refs(key):
            part = self.agent(node, key, ref)
            if part is None:
                continue
            if self._draft.find("publisher") is not None:
                node.complain("several-values", Severity.WARNING, key, "One publisher is expected; the first is kept.")
                continue
            own = ref.iri if is_web_address(ref.iri) else f"{self._draft.curie}/publisher"
            self._draft.set("publisher", {**part, "id": own})

    def add_authors(self, node: Node, *keys: str) -> None:
        """Add the creators; RDF has no order, so they stand by their names."""
        found = [self.agent(node, key, ref) for key in keys for ref in node.refs(key)]
        for part in sorted((part for part in found if part), key=lambda part: part["name"]):
            self._draft.author(part)

    def add_contributors(self, node: Node, key: str, kind: str | None = None) -> None:
        """Add contributors of one kind."""
        for ref in node.refs(key):
            part = self.agent(node, key, ref)
            if part is not None and kind:
                part["contributor_types"] = [kind]
            self._draft.contributor(part)

    def add_attributions(self, node: Node, key: str) -> None:
        """Agents with a role of their own."""
        for ref in node.refs(key):
            if ref.node is None:
                node.complain("agent-unusable", Severity.WARNING, key, "An attribution is expected; left out.")
                continue
            roles = [text.rpartition("/")[2].rpartition("#")[2] for text in ref.node.iris("dcat.hadRole")]
            for agent in ref.node.refs("prov.agent"):
                part = self.agent(ref.node, "prov.agent", agent)
                if part is not None:
                    kinds = [_ROLES[role.lower()] for role in roles if role.lower() in _ROLES]
                    part.update(self._draft.filled({"roles": roles, "contributor_types": kinds}))
                    self._draft.contributor(part)

    def agent(self, holder: Node, key: str, ref: Reference) -> Part | None:
        """The agent that a value stands for; a bare address becomes a characteristic, for a name is needed."""
        node = ref.node
        if node is None or not node.properties:
            if ref.text:
                return self._draft.organization(ref.text, holder.path(key))
            holder.complain(  # publishers of FAIR Data Points are bare ORCID IRIs (goNlSvR5)
                "agent-without-name", Severity.WARNING, key,
                "Only an address, nobody's name: kept as a characteristic. Describe the agent with its name.", ref.iri,
            )  # fmt: skip
            self._draft.part("characteristics", "characteristic", name=key.rpartition(".")[2], text_value=ref.iri)
            return None
        return self._described(node)

    def _described(self, node: Node, *, is_inner: bool = False) -> Part | None:
        name = node.first_text(
            "foaf.name", "vcard.fn", "vcard.organisationName", "vcard.organization-name", "rdfs.label", "schema.name"
        )  # fmt: skip
        mails = node.iris("foaf.mbox", "vcard.hasEmail", "schema.email")
        pages = node.iris("foaf.homepage", "vcard.hasURL", "foaf.page", "schema.url")
        names = [node.iri, *node.iris("dcterms.identifier", "vcard.hasUID", "owl.sameAs", "schema.identifier")]
        url = next((page for page in pages if is_web_address(page)), None)
        orcid = next((found for text in names if (found := orcid_iri(text))), None)
        ror = next((text for text in names if ror_iri(text)), None)
        others = [text for text in names[1:] if is_web_address(text) and text != ror and not orcid_iri(text)]
        mail = self._draft.email(mails[0] if mails else None, node.path("foaf.mbox"))
        if not is_inner and (orcid or node.types & {"foaf.Person", "vcard.Individual", "schema.Person"}):
            places = [
                self._described(ref.node, is_inner=True)
                for ref in node.refs("prov.actedOnBehalfOf")
                if ref.node is not None
            ]
            return self._draft.person(
                name, node.path("foaf.name"), orcid=orcid, address=mail, affiliations=places, url=url, same_as=others,
                department=node.text("vcard.organisationUnit"),
            )  # fmt: skip
        node.leave("vcard.organisationUnit", "a unit of an organisation; the organisation itself is kept")
        node.leave("prov.actedOnBehalfOf", "what an organisation belongs to, which its ROR record says")
        if name is None:
            node.complain("agent-without-name", Severity.WARNING, "foaf.name", "Nobody without a name; left out.")
        return self._draft.organization(
            name, node.path("foaf.name"), ror=ror, url=url, email=mail, same_as=others, address=_address(node)
        )


def _address(node: Node) -> str | None:
    """A postal address of vCard in words."""
    keys = ("street-address", "postal-code", "locality", "region", "country-name")
    for ref in node.refs("vcard.hasAddress"):
        if ref.node is not None:
            parts = [ref.node.text(f"vcard.{key}") for key in keys]
            return ", ".join(part for part in parts if part) or None
        return ref.text or None
    return None
