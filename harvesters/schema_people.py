"""Who made, published and paid for a study in schema.org's words, and the papers about it.

Persons are parts of their study and never merged. Crosswalks: bioschemas, gide-0.2.
"""

from __future__ import annotations

import re
from typing import Any

from catalogue.model.documents import Severity
from catalogue.model.forms import crossref_funder_iri, is_web_address, orcid_iri, ror_iri
from harvesters.draft import StudyDraft
from harvesters.rdf_nodes import Node, Reference

Part = dict[str, Any]


class People:
    """Adds agents, papers and grants to the study that `draft` makes."""

    def __init__(self, draft: StudyDraft):
        self._draft = draft

    def add_authors(self, node: Node, *keys: str) -> None:
        """Add the authors, in the order of the list where the format has one."""
        for key in keys:
            for ref in node.refs(key):
                self._draft.author(self.agent(node, key, ref))

    def add_contributors(self, node: Node, key: str, *kinds: str) -> None:
        """Add contributors of the given contributor_types."""
        for ref in node.refs(key):
            part = self.agent(node, key, ref)
            if part is not None and kinds:
                part["contributor_types"] = list(kinds)
            self._draft.contributor(part)

    def set_publisher(self, node: Node, *keys: str) -> None:
        """Write the publisher; its id is the address the source gives it."""
        for key in keys:
            for ref in node.refs(key):
                if self._draft.find("publisher") is not None:
                    node.complain("several-values", Severity.WARNING, key, "One publisher is expected.", ref.iri)
                    continue
                part = self.organization(ref)
                if part is None:
                    self._no_agent(node, key, ref)
                    continue
                own = ref.iri if is_web_address(ref.iri) else f"{self._draft.curie}/publisher"
                self._draft.set("publisher", {**part, "id": own})

    def agent(self, node: Node, key: str, ref: Reference) -> Part | None:
        """The person or organisation that a value stands for; a bare address becomes a characteristic."""
        found = ref.node
        if found is None or not found.properties:
            if ref.text:
                return self._draft.person(ref.text, node.path(key))
            self._no_agent(node, key, ref)
            return None
        if found.kind == "Organization":
            return self.organization(ref)
        return self._person(found)

    def organization(self, ref: Reference) -> Part | None:
        """An organisation, by its entity or by its name alone; None without a name."""
        node = ref.node
        if node is None or not node.properties:
            return self._draft.organization(ref.text or None, "organization")
        name = node.first_text("name", "legalName", "alternateName")
        names = (ref.iri, *node.iris("identifier", "sameAs"))
        ror = next((found for text in names if (found := ror_iri(text))), None)
        funder = next((found for text in names if (found := crossref_funder_iri(text))), None)
        return self._draft.organization(
            name, node.path("name"), ror=ror, url=self._draft.web_address(node.text("url"), node.path("url")),
            address=_address(node), email=self._draft.email(node.text("email"), node.path("email")),
            description=node.text("description", lines=True), crossref_funder_id=funder,
        )  # fmt: skip

    def _person(self, node: Node) -> Part | None:
        given, family = node.text("givenName", word=True), node.text("familyName", word=True)
        name = node.text("name", word=True) or " ".join(part for part in (given, family) if part)
        names = [node.iri, *node.iris("identifier", "sameAs")]
        url = node.text("url")
        if url and "orcid.org/" in url:  # GigaDB: url "orcid.org/0000-0002-9078-2549"
            names.append(url if url.startswith("http") else f"https://{url}")
            url = None
        orcid = next((text for text in names if "orcid" in text.lower() or orcid_iri(text)), None)
        places = [self.organization(ref) for ref in node.refs("affiliation", "memberOf", "worksFor")]
        part = self._draft.person(
            name or None, node.path("name"), orcid=orcid, address=node.text("email"), affiliations=places,
            given_name=given, family_name=family, url=self._draft.web_address(url, node.path("url")),
            description=node.text("description", lines=True), roles=node.texts("jobTitle"),
        )  # fmt: skip
        if part is not None and (address := _address(node)):
            part["address"] = address
        return part

    def _no_agent(self, node: Node, key: str, ref: Reference) -> None:
        if ref.iri:
            node.complain(
                "agent-without-name", Severity.WARNING, key,
                "Only an address, nobody's name: kept as a characteristic. Describe the agent with its name.", ref.iri,
            )  # fmt: skip
            self._draft.part("characteristics", "characteristic", name=key.rpartition(".")[2], text_value=ref.iri)
        else:
            node.complain("agent-unusable", Severity.WARNING, key, "A name is expected; left out.", ref.text)

    # -- papers and money ----------------------------------------------------------------------------------------

    def add_publications(self, node: Node, *keys: str) -> None:
        """Add the papers; a bare address that names none goes among the pages."""
        seen: set[str] = set()
        for key in keys:
            for ref in node.refs(key):
                if ref.term.text in seen:
                    continue
                seen.add(ref.term.text)
                if ref.node is not None and ref.node.properties:
                    self._add_paper(ref.node)
                elif is_web_address(ref.iri or ref.text):
                    self._add_bare_paper(node, key, ref.iri or ref.text)
                elif ref.iri:
                    node.complain(
                        "dangling-reference", Severity.WARNING, key, "Nothing is said of it; left out.", ref.iri
                    )
                else:
                    self._add_citation(node, key, ref)

    def _add_paper(self, node: Node) -> None:
        title = node.first_text("name", "headline")
        ids: list[tuple[str | None, str]] = [(node.iri, node.path("@id"))] if not node.iri.startswith("#") else []
        if node.iri.isascii() and node.iri.isdigit() and 6 <= len(node.iri) <= 8:
            ids = [(f"PMID:{node.iri}", node.path("@id"))]
        for key in ("sameAs", "identifier", "url"):
            ids += [(text, node.path(key)) for text in node.iris(key)]
        if title and is_web_address(title):
            node.complain("title-is-url", Severity.WARNING, "name", "An address stands where a title should.")
            title = None
        venue = node.first_text("isPartOf", "publisher") if not node.refs("publisher", "isPartOf") else None
        authors = ", ".join(
            name for ref in node.refs("author", "creator") if (name := _name(ref))
        )  # fmt: skip
        self._draft.publication(
            ids, issued=node.first_text("datePublished"), title=title, venue=venue, author_list=authors or None
        )

    def _add_bare_paper(self, node: Node, key: str, address: str) -> None:
        if "doi.org/" in address or "pubmed" in address:
            self._draft.publication([(address, node.path(key))])
        else:
            self._draft.extend("see_also", [address])
            node.complain(
                "dangling-reference", Severity.WARNING, key, "No described paper; its address is kept.", address
            )

    def _add_citation(self, node: Node, key: str, ref: Reference) -> None:
        """A citation in words: what it names with certainty is kept."""
        found = re.search(r"\b10\.[0-9]{4,9}/[^\s\"<>]+", ref.term.text, re.ASCII)
        if found:
            self._draft.publication([(found[0].rstrip(".,;)"), node.path(key))])
            node.complain("citation-form", Severity.REPAIRED, key, "Only the DOI was read out of the words.", ref.text)
        else:
            self._draft.publication([], title=ref.text or None)
            node.complain(
                "citation-form", Severity.INFO, key, "Words without an identifier; kept as the title.", ref.text
            )

    def add_grants(self, node: Node, *keys: str) -> None:
        """Add the grants; a funder without a grant becomes one with the funder alone."""
        for key in keys:
            for ref in node.refs(key):
                found = ref.node
                if found is None or not found.properties:
                    if ref.text:
                        self._draft.part("grants", "grant", title=ref.text)
                    else:
                        self._no_agent(node, key, ref)
                elif found.kind == "Organization" or found.kind == "Person":
                    self._funder(self._draft.part("grants", "grant"), ref)
                else:
                    self._add_grant(found)

    def _add_grant(self, node: Node) -> None:
        url = self._draft.web_address(node.text("url"), node.path("url"))
        if not url and is_web_address(node.iri):
            url = node.iri
        name = self._draft.part(
            "grants", "grant", title=node.text("name"), grant_identifier=node.first_text("identifier"), url=url
        )
        for ref in node.refs("funder", "sponsor")[:1]:
            self._funder(name, ref)

    def _funder(self, grant: str, ref: Reference) -> None:
        part = self.organization(ref)
        for held in self._draft.find("grants") or []:
            if held["id"] == grant and part is not None:
                held["funder"] = {**part, "id": f"{grant}/funder"}


def _name(ref: Reference) -> str | None:
    if ref.node is None or not ref.node.properties:
        return ref.text or None
    given = [ref.node.text(key, word=True) for key in ("givenName", "familyName")]
    return ref.node.text("name", word=True) or " ".join(part for part in given if part) or None


def _address(node: Node) -> str | None:
    """A postal address in words, also where schema.org's PostalAddress takes it apart."""
    for ref in node.refs("address"):
        if ref.text:
            return ref.term.text.strip()
        if ref.node is not None:
            keys = ("streetAddress", "postalCode", "addressLocality", "addressRegion", "addressCountry")
            return ", ".join(part for part in (ref.node.text(key) for key in keys) if part) or None
    return None
