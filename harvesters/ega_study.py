"""A study or dataset of EGA from the objects that belong to it."""

from __future__ import annotations

from typing import Any, Final

from catalogue.model.documents import Severity, SourceSpec
from catalogue.model.forms import is_web_address, paper_id
from catalogue.model.identifiers import parse_identifier
from catalogue.problems import Problem
from harvesters.account import Account, Entry
from harvesters.draft import TERM, StudyDraft
from harvesters.ega_access import Access
from harvesters.ega_account import NO_FILES, leave_unread, open_object, texts
from harvesters.ega_objects import EgaObject
from harvesters.ega_samples import Samples, attributes

Record = dict[str, Any]

_SEQUENCING: Final = {
    "experiment": "EGA experiment",
    "assay": "EGA assay",
    "run": "EGA run",
    "analysis": "EGA analysis",
}
_ARCHIVE: Final = {"type": "Organization", "id": "https://ega-archive.org/", "name": "European Genome-phenome Archive"}
_SUBMISSION: Final = "The act of uploading to the archive (who, what to do); objects are described in their own files."


def read_objects(
    draft: StudyDraft, account: Account, main: EgaObject, objects: list[EgaObject], source: SourceSpec
) -> None:
    """Write what a study or dataset and the objects that belong to it say.

    Raises:
        RecordRejected: `schema-required`, there is no title.
    """
    access, samples = Access(draft, account), Samples(draft, account)
    _Writer(draft, account, access).main(main)
    writer = _Writer(draft, account, access)
    for one in objects:
        if one is main:
            continue
        if one.kind == "policy":
            access.policy(one)
        elif one.kind == "dac":
            access.committee(one)
        elif one.kind == "dataset":
            writer.component(one)
        elif one.kind == "protocol":
            samples.protocol(one)
        elif one.kind in _SEQUENCING:
            writer.sequencing(one)
        elif one.kind not in ("sample", "individual"):
            open_object(account, one).leave_rest(_SUBMISSION)
    samples.read(objects)
    draft.license(access.agreement, "policy/policyReference", source)
    draft.set("publisher", dict(_ARCHIVE))
    access.write(draft.find("landing_page"))


class _Writer:
    """Writes studies, datasets and the names of sequencing objects."""

    def __init__(self, draft: StudyDraft, account: Account, access: Access):
        self._draft, self._account, self._access = draft, account, access

    def main(self, one: EgaObject) -> None:
        """Write the study, or the dataset that stands for one."""
        draft, entry = self._draft, open_object(self._account, one)
        if one.alias:
            draft.extend("alternative_identifiers", [one.alias])
        if one.is_xml:
            self._xml_dataset(entry)
            return
        draft.require_title(entry.text("objectTitle", word=True))
        draft.set("description", entry.text("objectDescription", lines=True))
        identity = entry.raw("objectId")
        self._centre(identity.get("centerName") if isinstance(identity, dict) else None)
        schema = entry.raw("schemaDescriptor")
        address = schema.get("describedBySchemaUri") if isinstance(schema, dict) else None
        if one.kind == "study" and isinstance(address, str) and is_web_address(address):
            draft.set("conforms_to", [address])
        kinds = [*entry.texts("studyTypes"), *entry.texts("studyDesigns"), *entry.texts("datasetType")]
        terms = [draft.term(None, TERM, entry.path, label=kind) for kind in kinds]
        draft.set("study_types", list(dict.fromkeys(curie for curie in terms if curie)))
        for said in attributes(entry.raw(f"{one.kind}Attributes")):
            self._attribute(said)
        for relation in entry.raw(f"{one.kind}Relationships") or []:
            self._relation(relation)

    def component(self, one: EgaObject) -> None:
        """Write a dataset of the study."""
        draft, entry = self._draft, open_object(self._account, one)
        name = one.accession or one.alias
        fields: Record = {"type": "StudyComponent", "accession": one.accession}
        if one.is_xml:
            title = entry.text("TITLE", word=True)
            kinds = texts(entry.raw("DATASET_TYPE"))
            fields["description"] = entry.text("DESCRIPTION", lines=True)
            self._policies(entry)
            leave_unread(entry, {"TITLE", "DATASET_TYPE", "DESCRIPTION", "POLICY_REF"})
        else:
            title = entry.text("objectTitle", word=True)
            kinds = entry.texts("datasetType")
            fields["description"] = entry.text("objectDescription", lines=True)
            entry.raw("objectId")
            for said in attributes(entry.raw("datasetAttributes")):
                self._attribute(said)
            for relation in entry.raw("datasetRelationships") or []:
                self._relation(relation)
        terms = [draft.term(None, TERM, entry.path, label=kind) for kind in kinds]
        fields["component_types"] = list(dict.fromkeys(curie for curie in terms if curie))
        draft.part("components", "dataset", one.accession, title=title or name or "Dataset", **fields)

    def sequencing(self, one: EgaObject) -> None:
        """Name an experiment, assay, run or analysis; sequences are no images, and their files are under control."""
        entry = open_object(self._account, one)
        title = entry.text("TITLE" if one.is_xml else "objectTitle", word=True)
        # The same links from the other end.
        for key in ("objectId", "STUDY_REF"):
            entry.raw(key)
        if one.accession or title:
            self._characteristic(_SEQUENCING[one.kind], " ".join(part for part in (one.accession, title) if part))
        for key in ("DATA_BLOCK", "FILES", "FILE", "assayFiles", "analysisFiles"):
            if entry.has(key):
                entry.leave(key, NO_FILES)
        if one.is_xml:
            leave_unread(entry, {"TITLE"})

    def _xml_dataset(self, entry: Entry) -> None:
        draft = self._draft
        draft.require_title(entry.text("TITLE", word=True))
        draft.set("description", entry.text("DESCRIPTION", lines=True))
        self._centre(entry.text("@center_name", word=True))
        terms = [
            draft.term(None, TERM, "DATASET/DATASET_TYPE", label=kind) for kind in texts(entry.raw("DATASET_TYPE"))
        ]
        draft.set("study_types", list(dict.fromkeys(curie for curie in terms if curie)))
        self._policies(entry)
        for key, name in (("RUN_REF", "EGA run"), ("ANALYSIS_REF", "EGA analysis")):
            for one in entry.raw(key) or []:
                if isinstance(one, dict) and one.get("@accession"):
                    self._characteristic(name, str(one["@accession"]))
        for holder in entry.raw("DATASET_LINKS") or []:
            for link in _inner(_inner([holder], "DATASET_LINK"), "URL_LINK"):
                url = (texts(link.get("URL")) or [""])[0]
                if address := draft.web_address(url, "DATASET/DATASET_LINK/URL_LINK/URL"):
                    draft.part("links", "link", url=address, title=(texts(link.get("LABEL")) or [""])[0])
        for holder in entry.raw("DATASET_ATTRIBUTES") or []:
            for one in _inner([holder], "DATASET_ATTRIBUTE"):
                tag, value, unit = ((texts(one.get(key)) or [""])[0] for key in ("TAG", "VALUE", "UNITS"))
                if tag and value:
                    self._attribute({"name": tag, "text_value": value} | ({"unit": unit} if unit else {}))
        leave_unread(entry, set())

    def _policies(self, entry: Entry) -> None:
        for one in entry.raw("POLICY_REF") or []:
            if isinstance(one, dict) and one.get("@accession"):
                self._access.refer(str(one["@accession"]))

    def _centre(self, name: Any) -> None:
        if isinstance(name, str) and name.strip():
            centre = self._draft.organization(name.strip(), "objectId/centerName")
            self._draft.contributor({**centre, "roles": ["submitter"]} if centre else None)

    def _attribute(self, said: Record) -> None:
        if not self._access.state(said["name"], said["text_value"]):
            self._characteristic(said["name"], said["text_value"], said.get("unit"))

    def _characteristic(self, name: str, value: str, unit: str | None = None) -> None:
        held = self._draft.find("characteristics") or []
        if all((one["name"], one["text_value"]) != (name, value) for one in held):
            self._draft.part("characteristics", "characteristic", name=name, text_value=value, unit=unit)

    def _relation(self, relation: Any) -> None:
        """A relation of the study: what is the same, papers about it, sequences of it."""
        if not isinstance(relation, dict):
            return
        other = relation.get("rTarget") or relation.get("rSource")
        identity = other.get("objectId") if isinstance(other, dict) else None
        if not isinstance(identity, dict) or not isinstance(other, dict):
            return
        kind, accession = str(other.get("objectType", "")), identity.get("egaAccession")
        if kind in _SEQUENCING and isinstance(accession, str):
            self._characteristic(_SEQUENCING[kind], accession)
        for external in identity.get("externalAccessions") or []:
            if isinstance(external, dict):
                self._external(external, same=relation.get("rType") == "sameAs")

    def _external(self, external: dict[str, Any], *, same: bool) -> None:
        named = external.get("objectExternalAccessionIdentifier")
        given, label = (named.get("termId"), named.get("termLabel")) if isinstance(named, dict) else (named, None)
        address = external.get("objectExternalAccessionURI")
        text = given if isinstance(given, str) else address if isinstance(address, str) else ""
        path = "study/studyRelationships"
        if paper_id(text):
            self._draft.publication([(text, path)])
            return
        try:
            found = parse_identifier(text)
        except Problem:
            found = None
        if found is None or found.curie == self._draft.curie:
            self._account.note("relation-form", Severity.WARNING, path, text, "No identifier known here; left out.")
        elif same and found.kind == "study":
            self._draft.part(
                "identity_statements", "identity", same_study_as=found.curie, identity_relation="other_archive",
                evidence="owner_statement", evidence_detail=external.get("objectExternalAccessionDescription"),
                stated_by="ega",
            )  # fmt: skip
        else:
            relation = "IsIdenticalTo" if same else "IsReferencedBy"
            self._draft.part("related_resources", "related", related_to=found.curie, relation=relation, title=label)


def _inner(holders: list[Any], name: str) -> list[dict[str, Any]]:
    found = (one for holder in holders if isinstance(holder, dict) for one in holder.get(name) or [])
    return [one for one in found if isinstance(one, dict)]
