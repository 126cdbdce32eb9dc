"""A dcat:Dataset as a study record; for catalogues, FAIR Data Points, CKAN and endpoints alike.

Where each property goes: schema/crosswalks/dcat-ap-3.sssom.tsv.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

from catalogue.model.documents import Severity, SourceSpec
from catalogue.model.forms import is_web_address, licence_iri, paper_id
from catalogue.model.identifiers import Identifier
from harvesters.dcat_agents import Agents
from harvesters.draft import TERM, StudyDraft
from harvesters.rdf_identity import find_study, identify_among
from harvesters.rdf_nodes import Node, Reference

_MAX_FILES: Final = 10_000
_MEDIA: Final = re.compile(r"(?:https?://www\.iana\.org/assignments/media-types/)?([a-z]+/[A-Za-z0-9.+_-]+)", re.ASCII)
_ACCESS: Final = re.compile(r"(?:.*/access-right/)?(PUBLIC|RESTRICTED|NON_PUBLIC)", re.ASCII)
_DIGESTS: Final = {"sha256": 64, "sha512": 128, "sha1": 40, "md5": 32}
# Property -> relation of related_resources.
_RELATIONS: Final = {
    "dcat.inSeries": "IsPartOf",
    "dcterms.isPartOf": "IsPartOf",
    "dcat.hasVersion": "HasVersion",
    "dcterms.hasVersion": "HasVersion",
    "dcat.isVersionOf": "IsVersionOf",
    "dcterms.isVersionOf": "IsVersionOf",
    "dcat.previousVersion": "IsNewVersionOf",
    "dcterms.references": "References",
    "dcterms.replaces": "Obsoletes",
    "dcterms.isReplacedBy": "IsObsoletedBy",
    "dcterms.source": "IsDerivedFrom",
    "dcterms.hasPart": "HasPart",
    "prov.wasDerivedFrom": "IsDerivedFrom",
}
_SUBJECTS: Final = (
    "dcat.theme", "dcterms.subject", "healthdcatap.healthTheme", "healthdcatap.healthCategory",
    "healthdcatap.hasCodeValues",
)  # fmt: skip
# Property -> name of the characteristic that keeps it in words.
_WORDS: Final = {
    "dcterms.provenance": "provenance",
    "dcterms.spatial": "spatial coverage",
    "dcterms.temporal": "temporal coverage",
    "dcat.granularity": "granularity",
    "healthdcatap.populationCoverage": "population coverage",
    "healthdcatap.minTypicalAge": "least typical age",
    "healthdcatap.maxTypicalAge": "greatest typical age",
    "healthdcatap.numberOfRecords": "number of records",
    "dpv.hasLegalBasis": "legal basis",
    "dpv.hasPersonalData": "personal data",
    "dpv.hasPurpose": "purpose",
    "healthdcatap.publisherNote": "note on the publisher",
}
_PERIOD: Final = (
    ("dcat.startDate", "schema.startDate", "time.hasBeginning"),
    ("dcat.endDate", "schema.endDate", "time.hasEnd"),
)


def identify(node: Node, source: SourceSpec) -> Identifier:
    """The study that dct:identifier and the dataset's IRI name, else that its pages name.

    Raises:
        RecordRejected: `bad-identifier` when they name none or several; `not-owner` for another's.
    """
    stated = node.iris("dcterms.identifier")
    pages = node.iris("dcat.landingPage", "foaf.homepage")
    others = [text for ref in node.refs("adms.identifier") for text in _notation(ref)]
    return identify_among([stated, [node.iri], [*pages, *others]], source)


def _is_file(ref: Reference) -> bool:
    return ref.node is not None and ref.node.kind == "Distribution"


def _notation(ref: Reference) -> list[str]:
    if ref.node is None or not ref.node.properties:
        return [ref.iri or ref.text]
    agency = ref.node.text("adms.schemaAgency")
    return [f"{agency}: {text}" if agency and "/" not in text else text for text in ref.node.texts("skos.notation")]


class DcatStudy:
    """Reads one dcat:Dataset into a draft."""

    def __init__(self, node: Node, study: Identifier, draft: StudyDraft, source: SourceSpec):
        self.node, self.study, self.draft, self._source = node, study, draft, source
        self._agents = Agents(draft)

    def read(self) -> None:
        """Everything that DCAT says of the study."""
        node, draft = self.node, self.draft
        titles = [text for key in ("dcterms.title", "rdfs.label", "skos.prefLabel") for text in node.texts(key)]
        draft.require_title(node.first_text("dcterms.title", "rdfs.label", "skos.prefLabel"))
        others = [*titles, *node.texts("dcterms.alternative")]
        draft.extend("alternative_titles", [text for text in others if text != draft.find("title")])
        draft.set("description", node.text("dcterms.description", lines=True))
        draft.extend("keywords", sorted(node.texts("dcat.keyword")))
        draft.date("date_published", node.text("dcterms.issued"), node.path("dcterms.issued"))
        draft.date("date_updated", node.text("dcterms.modified"), node.path("dcterms.modified"))
        draft.date("date_deposited", node.text("dcterms.created"), node.path("dcterms.created"))
        draft.languages(map(_language, node.iris("dcterms.language", "dc.language")), node.path("dcterms.language"))
        self._identifiers()
        self._pages()
        self._people()
        draft.extend("subjects", self._terms(_SUBJECTS))
        draft.extend("study_types", self._terms(("dcterms.type",)))
        draft.extend("conforms_to", [text for text in node.iris("dcterms.conformsTo") if is_web_address(text)])
        for text in node.iris("dcterms.conformsTo"):
            if not is_web_address(text):
                self._word("conforms to", text)
        self._versions()
        self._relations()
        self._licence(self._files())
        self._access()
        self._words()
        self._activities()

    # -- what it is ----------------------------------------------------------------------------------------------

    def _identifiers(self) -> None:
        node, draft = self.node, self.draft
        found = [*node.iris("dcterms.identifier"), *(t for ref in node.refs("adms.identifier") for t in _notation(ref))]
        for text in dict.fromkeys([*found, node.iri]):
            paper = paper_id(text)
            if paper is not None and paper.kind == "doi":
                draft.set("doi", draft.find("doi") or paper.value)
            elif text and text != self.study.accession and not text.startswith("_:"):
                same = find_study(text)
                if same is not None and same.curie != draft.curie:
                    draft.part(
                        "identity_statements", "identity", same_study_as=same.curie, evidence="owner_statement",
                        evidence_detail="identifier of the dataset", stated_by=self.study.prefix,
                        identity_relation="other_archive" if same.prefix != self.study.prefix else "other_collection",
                    )  # fmt: skip
                elif same is None or text == node.iri:
                    draft.extend("alternative_identifiers", [text])

    def _pages(self) -> None:
        node, draft = self.node, self.draft
        pages = [text for text in node.iris("dcat.landingPage", "foaf.homepage") if is_web_address(text)]
        if pages:
            draft.set("landing_page", pages[0])
        more = pages[1:]
        for ref in node.refs("foaf.page", "rdfs.seeAlso", "adms.sample", "dcterms.isReferencedBy", "dcterms.relation"):
            inner = ref.node
            if _is_file(ref):
                continue
            told = inner.iris("foaf.homepage", "rdfs.seeAlso") if inner is not None and inner.properties else []
            if inner is not None and inner.has("rdfs.label", "dcterms.title"):
                inner.leave("rdfs.label", "name of a page whose address is kept")
                inner.leave("dcterms.title", "name of a page whose address is kept")
            more += told or [ref.iri or ref.text]
        for ref in node.refs("dqv.hasQualityAnnotation"):
            more += ref.node.iris("oa.hasBody") if ref.node is not None else [ref.iri]
        for text in more:
            if (paper := paper_id(text)) is not None and paper.kind == "doi" and "doi" in text:
                draft.publication([(text, node.path("dcterms.isReferencedBy"))])
            elif is_web_address(text):
                draft.extend("see_also", [text])
            elif text:
                self._word("reference", text)

    def _people(self) -> None:
        node, agents = self.node, self._agents
        agents.set_publisher(node, "dcterms.publisher")
        agents.add_authors(node, "dcterms.creator", "foaf.maker", "dc.creator")
        agents.add_contributors(node, "dcat.contactPoint", "ContactPerson")
        agents.add_contributors(node, "adms.contactPoint", "ContactPerson")
        agents.add_contributors(node, "dcterms.contributor")
        agents.add_contributors(node, "dcterms.rightsHolder", "RightsHolder")
        agents.add_attributions(node, "prov.qualifiedAttribution")

    def _terms(self, keys: Iterable[str]) -> list[str]:
        found = set()
        for key in keys:
            for ref in self.node.refs(key):
                inner = ref.node if ref.node is not None and ref.node.properties else None
                label = inner.first_text("skos.prefLabel", "rdfs.label") if inner is not None else ref.text or None
                given = ref.iri or (
                    inner.first_text("dcterms.identifier", "skos.notation") if inner is not None else None
                )
                found.add(self.draft.term(given or None, TERM, self.node.path(key), label=label))
        return sorted(term for term in found if term)

    def _versions(self) -> None:
        node, draft = self.node, self.draft
        texts = node.texts("dcat.version") + node.texts("owl.versionInfo") + node.texts("schema.version")
        texts += [ref.text for ref in node.refs("dcterms.hasVersion") if ref.text]
        for text in dict.fromkeys(texts):
            if draft.find("version") is None:
                draft.set("version", text)
            elif text != draft.find("version"):
                self._word("version", text)
        for text in node.texts("adms.versionNotes"):
            draft.part("version_history", "version", version=draft.find("version"), description=text)

    def _relations(self) -> None:
        for key, relation in _RELATIONS.items():
            for ref in self.node.refs(key):
                self._relate(ref.iri, relation, key)
        for ref in self.node.refs("dcat.qualifiedRelation"):
            if ref.node is None:
                continue
            role = (ref.node.text("dcat.hadRole") or "").rpartition("/")[2]
            for target in ref.node.refs("dcterms.relation"):
                if role.lower() == "original":
                    self._relate(target.iri, "IsDerivedFrom", "dcat.qualifiedRelation")
                elif is_web_address(target.iri):
                    self.draft.extend("see_also", [target.iri])

    def _relate(self, iri: str, relation: str, key: str) -> None:
        if not iri:
            return
        study = find_study(iri)
        if study is None and not is_web_address(iri):
            self.node.complain("relation-unusable", Severity.WARNING, key, "An address is expected; left out.", iri)
            return
        target = study.curie if study is not None else iri
        if target != self.draft.curie:
            self.draft.part("related_resources", "related", related_to=target, relation=relation)

    # -- files, licence, access ----------------------------------------------------------------------------------

    def _files(self) -> list[str]:
        """Adds the files; gives the licences they state."""
        licences: set[str] = set()
        files: list[dict[str, Any]] = []
        samples = [ref for ref in self.node.refs("adms.sample") if _is_file(ref)]
        for ref in [*self.node.refs("dcat.distribution", "healthdcatap.analytics"), *samples]:
            node = ref.node
            if node is None or not node.properties:
                if is_web_address(ref.iri) and len(files) < _MAX_FILES:
                    files.append({"id": f"{self.draft.curie}/file/{len(files) + 1}", "url": ref.iri})
                continue
            if len(files) >= _MAX_FILES:
                node.leave_rest(f"beyond the {_MAX_FILES:,} files that a study lists here")
                continue
            for own in node.refs("dcterms.license"):
                licences.add(own.iri or own.text)
            name = f"{self.draft.curie}/file/{len(files) + 1}"
            part = self._file(node, name)
            if len(part) > 1:
                files.append(part)
        self.draft.set("files", files)
        return sorted(text for text in licences if text)

    def _file(self, node: Node, name: str) -> dict[str, Any]:
        addresses = [text for text in node.iris("dcat.downloadURL", "dcat.accessURL") if is_web_address(text)]
        said: dict[str, Any] = {
            "title": node.first_text("dcterms.title", "rdfs.label"),
            "description": node.text("dcterms.description", lines=True),
            "url": addresses[0] if addresses else None,
            "total_size_bytes": self._bytes(node),
        }
        for key in ("dcat.mediaType", "dcterms.format"):
            for ref in node.refs(key):
                inner = ref.node
                text = inner.first_text("rdf.value", "rdfs.label") if inner is not None and inner.properties else None
                text = text or ref.text or ref.iri
                found = _MEDIA.fullmatch(text)
                if found:
                    said["media_type"] = found[1]
                elif text:
                    said["format_name"] = text.rpartition("/file-type/")[2] or text
        checksums = []
        for ref in node.refs("spdx.checksum"):
            if ref.node is None:
                continue
            algorithm = (ref.node.text("spdx.algorithm") or "").rpartition("_")[2].lower()
            value = ref.node.text("spdx.checksumValue") or ""
            if len(value) == _DIGESTS.get(algorithm) and re.fullmatch("[0-9a-fA-F]+", value):
                checksums.append(
                    {"id": f"{name}/checksum/{algorithm}", "algorithm": algorithm, "checksum_value": value.lower()}
                )
            else:
                ref.node.complain(
                    "checksum-form", Severity.WARNING, "spdx.checksumValue", "No digest of SPDX; left out."
                )
        return {"id": name, **self.draft.filled(said), **({"checksums": checksums} if checksums else {})}

    def _bytes(self, node: Node) -> int | None:
        given = node.text("dcat.byteSize")
        if given is None:
            return None
        found = re.fullmatch(r"([0-9]{1,18})(?:\.0*)?", given)
        if found is None:
            node.complain("size-form", Severity.WARNING, "dcat.byteSize", "A whole number is expected; left out.")
            return None
        return int(found[1])

    def _licence(self, of_files: list[str]) -> None:
        refs = self.node.refs("dcterms.license")
        given = [
            ref.iri or ref.text or (ref.node.first_text("dcterms.title", "rdfs.label") if ref.node else "")
            for ref in refs
        ]
        usable = [text for text in given if text and licence_iri(text)]
        path = self.node.path("dcterms.license")
        if not usable and len(of_files) == 1 and licence_iri(of_files[0]):
            usable = of_files
            self.draft.account.note(
                "license-of-files", Severity.INFO, path, of_files[0],
                "The dataset states no licence and all its distributions the same one, which is taken.",
            )  # fmt: skip
        self.draft.license(next(iter([*usable, *given]), None), path, self._source)

    def _access(self) -> None:
        node, draft = self.node, self.draft
        for ref in node.refs("dcterms.accessRights", "dcterms.rights"):
            inner = ref.node if ref.node is not None and ref.node.properties else None
            text = (inner.text("rdfs.label") if inner is not None else None) or ref.iri or ref.text
            found = _ACCESS.fullmatch(text or "")
            if found and draft.find("access") is None:
                draft.set("access", {"id": f"{draft.curie}/access", "access_level": found[1]})
            elif text:
                self._word("access rights", text)
        bodies = [self._agents.agent(node, "healthdcatap.hdab", ref) for ref in node.refs("healthdcatap.hdab")]
        access = draft.find("access")
        for body in [part for part in bodies if part]:
            if access is None or "data_access_committee" in access:
                draft.contributor(body)
                continue
            base = f"{draft.curie}/access/committee"
            access["data_access_committee"] = {
                "id": base, "title": body["name"], "contacts": [{**body, "id": f"{base}/contact/1"}],
            }  # fmt: skip

    # -- in words ------------------------------------------------------------------------------------------------

    def _words(self) -> None:
        for key, name in _WORDS.items():
            for ref in self.node.refs(key):
                self._word(name, self._in_words(ref))

    def _in_words(self, ref: Reference) -> str:
        node = ref.node
        if node is None or not node.properties:
            return ref.iri or ref.text
        label = node.first_text("rdfs.label", "skos.prefLabel", "dcterms.title", "rdfs.comment")
        begin, end = (next((t for t in self._moments(node, keys) if t), "") for keys in _PERIOD)
        period = " to ".join(part for part in (begin, end) if part)
        place = ref.iri if is_web_address(ref.iri) else ""
        return "; ".join(part for part in (label, period, place) if part)

    @staticmethod
    def _moments(node: Node, keys: tuple[str, ...]) -> list[str]:
        found = []
        for ref in node.refs(*keys):
            inner = ref.node
            told = (
                inner.first_text("time.inXSDDateTime", "time.inXSDDate", "time.inXSDgYear")
                if inner is not None
                else None
            )
            found.append(told or ref.text)
        return found

    def _activities(self) -> None:
        for ref in self.node.refs("prov.wasGeneratedBy"):
            node = ref.node
            if node is None or not node.properties:
                if is_web_address(ref.iri):
                    self.draft.extend("see_also", [ref.iri])
                continue
            pages = [text for text in node.iris("foaf.page", "rdfs.seeAlso") if is_web_address(text)]
            self._agents.add_contributors(node, "prov.wasAssociatedWith", "DataCollector")
            self.draft.part(
                "protocols", "protocol", title=node.first_text("rdfs.label", "dcterms.title"),
                description=node.text("dcterms.description", lines=True), url=pages[0] if pages else None,
            )  # fmt: skip
            node.leave("prov.startedAtTime", "days of images are kept with each image")
            node.leave("dcterms.type", "kind of an activity whose title is kept")

    def _word(self, name: str, text: str) -> None:
        if text:
            self.draft.part("characteristics", "characteristic", name=name, text_value=text)


def _language(text: str) -> str:
    """The tag at the end of a language's address, in lower case."""
    return text.rstrip("/").rpartition("/")[2].rpartition("#")[2].lower()
