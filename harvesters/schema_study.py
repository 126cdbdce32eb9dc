"""A study in schema.org's words (Dataset, Study) as a study record; for crates, pages and endpoints alike.

Where each property goes: crosswalks bioschemas and gide-0.2. Parts are read in the modules schema_*.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from catalogue.model.documents import Severity, SourceSpec
from catalogue.model.forms import is_web_address, licence_iri, paper_id
from catalogue.model.identifiers import Identifier
from catalogue.model.ontology_terms import repair_term
from harvesters.draft import TERM, StudyDraft
from harvesters.gide_profile import SIZE_UNITS
from harvesters.rdf_identity import find_study, identify_among
from harvesters.rdf_nodes import Node
from harvesters.schema_files import Files, size_bytes
from harvesters.schema_people import People
from harvesters.schema_samples import Samples, characteristics

_FREE: Final = {"true": "PUBLIC", "false": "RESTRICTED"}
_RELATIONS: Final = {"isBasedOn": "IsDerivedFrom", "isPartOf": "IsPartOf", "relatedStudy": "References"}


def identify(node: Node, source: SourceSpec, others: Iterable[str] = ()) -> Identifier:
    """The study that `identifier` and the address of the node name, else that its pages name.

    Args:
        others: what may name a record that states no identifier, such as the document's own name.
    Raises:
        RecordRejected: `bad-identifier` when they name none or several; `not-owner` for another's.
    """
    named = [
        text for ref in node.refs("identifier", "accessionId") for text in _identifier_texts(ref.node, ref.term.text)
    ]
    pages = node.iris("url", "sameAs", "cite-as", "doi")
    return identify_among([[*named, node.iri], pages, [] if named else list(others)], source)


def _identifier_texts(node: Node | None, text: str) -> list[str]:
    """The texts of an identifier, which may be a PropertyValue; `text` where it is a literal or address."""
    if node is None or not node.properties:
        return [text]
    scheme = (node.first_text("propertyID", "name") or "").rpartition("/")[2]
    value = [item for key in ("value", "identifier", "url") for item in node.iris(key)]
    return [*value, *(f"{scheme}:{item}" for item in value if scheme and ":" not in item)]


class SchemaStudy:
    """Reads one Dataset or Study into a draft.

    Args:
        splits_keywords: a single text of keywords is a list with commas, as pages have it and crates do not.
    """

    def __init__(
        self, node: Node, study: Identifier, draft: StudyDraft, source: SourceSpec, *, splits_keywords: bool = False
    ):
        self.node, self.study, self.draft, self._source = node, study, draft, source
        self._splits_keywords = splits_keywords
        self.people, self.samples, self.files = People(draft), Samples(draft), Files(draft)

    def read(self) -> None:
        """Everything schema.org's words say of the study."""
        node, draft = self.node, self.draft
        draft.require_title(node.first_text("name", "headline", "title"))
        draft.extend(
            "alternative_titles", [text for text in node.texts("alternateName") if text != draft.find("title")]
        )
        draft.set("description", node.text("description", lines=True))
        draft.extend("keywords", self._keywords())
        self._licence()
        draft.set("copyright_notice", node.first_text("copyrightNotice"))
        self._dates()
        self._pages()
        self._identifiers()
        draft.set("version", node.text("version"))
        draft.languages(node.texts("inLanguage"), node.path("inLanguage"))
        self._agents()
        self.people.add_publications(node, "citation", "seeAlso", "relatedPublication")
        self.people.add_grants(node, "funding", "funder", "grant")
        self.samples.add_subjects(node, "about", "studyDomain", "studySubject")
        self.samples.add_methods(node, "measurementMethod", "measurementTechnique", "studyProcess")
        self.samples.sort_terms()
        self._measured()
        self._sizes()
        self.files.add_files(node, "distribution")
        self.files.add_parts(node)
        self._access()
        self._relations()
        formats = node.texts("fileFormat") + node.texts("encodingFormat")
        parts = characteristics(node, "additionalProperty", draft.curie)
        parts += [
            {"id": f"{draft.curie}/characteristic/format-{number}", "name": "file format", "text_value": text}
            for number, text in enumerate(formats, 1)
        ]
        growth = next((key for key in node.properties if key.endswith("hasGrowthFacility")), "")
        for ref in node.refs(growth) if growth else []:
            inner = ref.node
            told = [text for key in inner.properties for text in inner.texts(key)] if inner is not None else []
            text = ref.text or "; ".join(told)
            draft.part("specimens", "specimen", growth_protocol=text or None)
        draft.set("characteristics", [*(draft.find("characteristics") or []), *parts])

    def _keywords(self) -> list[str]:
        """The keywords; one with an address is a subject."""
        found: list[str] = []
        refs = self.node.refs("keywords", "keyword")
        for ref in refs:
            if (ref.node is not None and ref.node.properties) or repair_term(ref.iri):
                if term := self.samples.term(ref, TERM, self.node.path("keywords")):
                    self.draft.extend("subjects", [term])
            elif ref.text or ref.iri:
                text = ref.text or ref.iri
                found += (
                    [text] if len(refs) > 1 or not self._splits_keywords else [part.strip() for part in text.split(",")]
                )
        return [text for text in found if text]

    def _licence(self) -> None:
        given = []
        for ref in self.node.refs("license", "licence"):
            named = ref.node.first_text("url", "identifier", "name") if ref.node is not None else None
            given.append(ref.iri if is_web_address(ref.iri) else named or ref.text or ref.iri)
        usable = [text for text in given if licence_iri(text)]
        if len(set(given)) > 1:
            self.node.complain(
                "several-values", Severity.WARNING, "license", "One licence is expected; the first stays."
            )
        self.draft.license(next(iter([*usable, *given]), None), self.node.path("license"), self._source)

    def _dates(self) -> None:
        node, draft = self.node, self.draft
        draft.date("date_published", node.first_text("datePublished", "releaseDate"), node.path("datePublished"))
        draft.date("date_deposited", node.text("dateCreated"), node.path("dateCreated"))
        draft.date("date_updated", node.text("dateModified"), node.path("dateModified"))

    def _pages(self) -> None:
        node, draft = self.node, self.draft
        pages = [text for text in [node.iri, *node.iris("url", "mainEntityOfPage")] if is_web_address(text)]
        own = [text for text in pages if (found := find_study(text)) is not None and found.curie == draft.curie]
        if own:
            draft.set("landing_page", own[0])
        elif pages and draft.find("landing_page") is None:
            draft.set("landing_page", pages[0])
        kept = draft.find("landing_page")
        more = [*pages, *node.iris("subjectOf", "subjectof")]
        draft.extend("see_also", [text for text in more if is_web_address(text) and text != kept and text not in own])
        pictures = [text for text in node.iris("thumbnailUrl", "thumbnail", "image") if is_web_address(text)]
        draft.extend("thumbnails", pictures)
        draft.extend("conforms_to", [text for text in node.iris("conformsTo") if is_web_address(text)])
        catalogues = node.refs("includedInDataCatalog", "includedinDataCatalog")
        if catalogues and not node.has("publisher"):
            for ref in catalogues:
                if ref.node is not None and draft.find("publisher") is None and (part := self.people.organization(ref)):
                    draft.set(
                        "publisher", {**part, "id": ref.iri if is_web_address(ref.iri) else f"{draft.curie}/publisher"}
                    )

    def _identifiers(self) -> None:
        node, draft = self.node, self.draft
        texts = [t for ref in node.refs("identifier") for t in _identifier_texts(ref.node, ref.term.text)]
        texts += node.iris("cite-as", "doi", "@id" if node.has("@id") else "identifier")
        for text in dict.fromkeys([*texts, node.iri]):
            found = paper_id(text)
            if found is not None and found.kind == "doi":
                draft.set("doi", draft.find("doi") or found.value)
            elif text in texts and text != self.study.accession and ":" not in text:
                draft.extend("alternative_identifiers", [text])
        for text in node.iris("sameAs"):
            found_study = find_study(text)
            if found_study is not None and found_study.curie != draft.curie:
                same_archive = found_study.prefix == self.study.prefix
                draft.part(
                    "identity_statements", "identity", same_study_as=found_study.curie, evidence="owner_statement",
                    evidence_detail="sameAs of the record", stated_by=self.study.prefix,
                    identity_relation="other_collection" if same_archive else "other_archive",
                )  # fmt: skip
            elif found_study is None and is_web_address(text):
                draft.extend("see_also", [text])

    def _agents(self) -> None:
        node, people = self.node, self.people
        people.set_publisher(node, "publisher")
        if node.kind == "Study" and node.has("author"):
            people.add_authors(node, "author")
            people.add_contributors(node, "creator", "Submitter")
        else:
            people.add_authors(node, "author", *([] if node.has("author") else ["creator"]))
            if node.has("author") and node.has("creator"):
                node.refs("creator")
                node.leave("creator", "repeats or extends the authors, who are kept")
        people.add_contributors(node, "contributor")
        people.add_contributors(node, "maintainer", "DataManager")
        people.add_contributors(node, "contactPoint", "ContactPerson")
        people.add_contributors(node, "editor", "Editor")
        people.add_contributors(node, "sponsor", "Sponsor")

    def _measured(self) -> None:
        texts = []
        for ref in self.node.refs("variableMeasured", "variablesMeasured"):
            name = ref.node.first_text("name", "propertyID") if ref.node is not None else ref.text
            texts += [name] if name else []
        if texts:
            self.draft.part("analyses", "analysis", features_analysed="; ".join(texts))

    def _sizes(self) -> None:
        """File count and bytes, told apart by unit code and never by type (BIA misspells the type of all of them)."""
        for ref in self.node.refs("size"):
            node = ref.node
            if node is None:
                if (found := size_bytes(self.node, "size")) is not None:
                    self.draft.set("total_size_bytes", found)
                continue
            slot = SIZE_UNITS.get(node.text("unitCode") or "")
            value = node.text("value")
            if slot is None or value is None or not re.fullmatch(r"[0-9]{1,18}(?:\.0)?", value):
                node.complain(
                    "size-unusable", Severity.WARNING, "value", "A whole number of files or bytes is expected."
                )
                node.leave_rest("of an unknown unit or value")
            elif self.draft.find(slot) is None:
                self.draft.set(slot, int(value.partition(".")[0]))
        if (found := size_bytes(self.node, "contentSize")) is not None and self.draft.find("total_size_bytes") is None:
            self.draft.set("total_size_bytes", found)

    def _access(self) -> None:
        node, draft = self.node, self.draft
        free, reason = node.text("isAccessibleForFree"), node.first_text("conditionsOfAccess", lines=True)
        level = _FREE.get((free or "").lower())
        if level:
            draft.set("access", draft.filled({"id": f"{draft.curie}/access", "access_level": level, "reason": reason}))
        elif reason:
            draft.part("characteristics", "characteristic", name="conditions of access", text_value=reason)

    def _relations(self) -> None:
        for key, relation in _RELATIONS.items():
            for ref in self.node.refs(key):
                study = find_study(ref.iri or ref.text)
                target = study.curie if study else ref.iri
                if not target and ref.node is not None:
                    target = next((text for text in ref.node.iris("url", "identifier") if is_web_address(text)), "")
                if not is_web_address(target) and study is None:
                    self.node.complain("relation-unusable", Severity.WARNING, key, "An address is expected; left out.")
                    continue
                title = ref.node.text("name") if ref.node is not None else None
                self.draft.part("related_resources", "related", related_to=target, relation=relation, title=title)
