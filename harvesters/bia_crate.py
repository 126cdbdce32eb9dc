"""Image-level RO-Crates of the BioImage Archive as a pool of documents of its model; file lists are in bia_lists.

Names of properties become those of the API, so that both forms are mapped by one table. field.md 5, bia-ro-crate.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final
from urllib.parse import unquote

from catalogue.model.documents import Severity
from catalogue.model.forms import orcid_iri, ror_iri
from catalogue.problems import RecordRejected
from harvesters.account import Account, crosswalk_reasons
from harvesters.bia_pool import KINDS, Doc, Pool
from harvesters.bia_pool import reasons as api_reasons
from harvesters.jsonbytes import parse_json

METADATA: Final = "ro-crate-metadata.json"
ROOT: Final = "./"
# Namespaces of the archive's context; a term of any other is not read as the archive means it.
_NAMESPACES: Final = (
    "http://bia/", "http://schema.org/", "https://schema.org/", "http://purl.org/dc/terms/",
    "http://rs.tdwg.org/dwc/terms/", "http://www.w3.org/ns/csvw#", "https://www.w3.org/ns/csvw#", "http://www.w3.org/",
)  # fmt: skip
# Names of the crate that are not the API's in another spelling.
_RENAMED: Final = {
    "name": "title", "license": "licence", "date_published": "release_date", "contributor": "author",
    "funding": "grant", "author_names": "authors_name", "year_published": "publication_year",
    "result_of": "creation_process_uuid", "creation_process": "creation_process_uuid",
    "representation_of": "representation_of_uuid", "subject": "subject_specimen_uuid",
    "subject_specimen": "subject_specimen_uuid", "image_acquisition_protocol": "image_acquisition_protocol_uuid",
    "annotation_method": "annotation_method_uuid", "input_image": "input_image_uuid", "protocol": "protocol_uuid",
    "growth_protocol": "growth_protocol_uuid", "biological_entity": "sample_of_uuid", "sample_of": "sample_of_uuid",
    "imaging_preparation_protocol": "imaging_preparation_protocol_uuid",
    "associated_biological_entity": "bio_sample_uuid", "associated_bio_sample": "bio_sample_uuid",
    "associated_specimen_imaging_preparation_protocol": "specimen_imaging_preparation_protocol_uuid",
    "associated_image_acquisition_protocol": "image_acquisition_protocol_uuid",
    "associated_specimen_image_acquisition_protocol": "image_acquisition_protocol_uuid",
    "associated_annotation_method": "annotation_method_uuid", "associated_protocol": "protocol_uuid",
    "associated_specimen": "specimen_uuid", "associated_subject": "specimen_uuid", "specimen": "specimen_uuid",
    "associated_image_analysis_method": "analysis_method",
    "associated_image_correlation_method": "correlation_method", "exemplar_image": "example_image_uri",
    "sample_image": "example_image_uri", "digital_size_x": "size_x", "digital_size_y": "size_y",
    "digital_size_z": "size_z", "digital_size_c": "size_c", "digital_size_t": "size_t",
    "total_size_in_bytes": "total_size_in_bytes", "voxel_size_x": "voxel_physical_size_x",
    "voxel_size_y": "voxel_physical_size_y", "voxel_size_z": "voxel_physical_size_z", "label": "label",
    "channel_id": "channel_label",
}  # fmt: skip
_OF_AGENT: Final = {"title": "display_name", "identifier": "id"}
# Properties whose values are nodes that become objects inside the document.
_INSIDE: Final = frozenset({
    "author", "affiliation", "grant", "funder", "related_publication", "see_also", "organism_classification",
    "signal_channel_information", "analysis_method", "correlation_method",
})  # fmt: skip
_AGENTS: Final = frozenset({"Contributor", "Affiliation", "FundingBody", "Person", "Organization"})
_ASSOCIATED: Final = (
    "bio_sample_uuid", "specimen_imaging_preparation_protocol_uuid", "image_acquisition_protocol_uuid",
    "annotation_method_uuid", "specimen_uuid",
)  # fmt: skip
Node = dict[str, Any]


@cache
def crate_reasons() -> Mapping[str, str]:
    """Path in the account -> why that field is left out, by the crosswalks bia-ro-crate and bia-shared-models."""
    given = crosswalk_reasons("bia-ro-crate", "bia_crate:")
    found = {**api_reasons(), **given}
    for path, reason in given.items():
        if path.startswith("Thing/"):
            found |= {f"{kind}/{_snake(path[6:])}": reason for kind in (*KINDS, "FileList")}
    return found


def pool_of_crate(files: Mapping[str, bytes], account: Account) -> Pool:
    """The documents of a crate and of the file lists it names.

    Raises:
        RecordRejected: `not-parsable`, no crate; `equivocation`, one @id for two entities; `schema-required`, no
            root.
    """
    from harvesters.bia_lists import read_lists

    crate = Crate(parse_json(files[METADATA]).value, account)
    pool = Pool(account)
    crate.fill(pool)
    read_lists(crate, pool, files)
    crate.leave_the_rest()
    return pool


class Crate:
    """The entities of a crate by @id, and the keys of the documents they become."""

    def __init__(self, value: Any, account: Account):
        self.account = account
        graph = value.get("@graph") if type(value) is dict else None
        if type(graph) is not list:
            raise RecordRejected("The crate has no @graph.", reason="not-parsable")
        self.nodes: dict[str, Node] = {}
        self.nameless: list[Node] = []
        for node in graph:
            if type(node) is not dict:
                raise RecordRejected("An entity of the crate is no object.", reason="not-parsable")
            name = node.get("@id")
            if type(name) is not str:
                self.nameless.append(node)
            elif name in self.nodes and self.nodes[name] != node:
                raise RecordRejected(
                    f"Two entities of the crate have the @id '{name[:200]}'; give one of them another.",
                    reason="equivocation",
                )
            else:
                self.nodes[name] = node
        if ROOT not in self.nodes:
            raise RecordRejected("The crate has no root entity './'.", reason="schema-required")
        self._keys: dict[str, str] = {}
        # How many entities would have this key; whichever comes first must not take it.
        self._shared = Counter(map(_clean, self.nodes))
        self._used: set[int] = set()
        self._kinds: dict[int, str] = {}
        self._check_context(value.get("@context"))

    def kind_of(self, node: Node) -> str:
        """The class of the archive's model that an entity is of; "" for none."""
        if id(node) not in self._kinds:
            self._kinds[id(node)] = self._kind(node)
        return self._kinds[id(node)]

    def _kind(self, node: Node) -> str:
        given = node.get("@type")
        found = [
            str(one).rpartition("bia:")[2].rpartition("http://bia/")[2]
            for one in (given if type(given) is list else [given])
            if str(one).startswith(("bia:", "http://bia/"))
        ]
        if len(set(found)) > 1:
            self.account.note(
                "unexpected-type", Severity.WARNING, "@type", ", ".join(found),
                f"{node.get('@id')} is of several classes; read as {found[0]}. Give each thing an entity of its own.",
            )  # fmt: skip
        return found[0] if found else ""

    def key(self, name: str) -> str:
        """The key of the document that an entity or a path becomes, stable and of plain characters."""
        if name not in self._keys:
            clean = _clean(name)
            if not clean or len(clean) > 60 or self._shared[clean] > (name in self.nodes):
                clean = f"{clean[:60].strip('-')}-{hashlib.sha256(name.encode()).hexdigest()[:12]}".strip("-")
            self._keys[name] = clean
        return self._keys[name]

    def fill(self, pool: Pool) -> None:
        """Put every entity of the archive's classes into the pool."""
        for name, node in self.nodes.items():
            kind = "Study" if name == ROOT else self.kind_of(node)
            if kind in KINDS:
                doc = self._doc(kind, name, node)
                pool.add(doc)
                if kind in ("Image", "AnnotationData") and not name.startswith(("#", "_:")):
                    self._add_file(pool, name)
                    doc.refs.setdefault("original_file_reference_uuid", []).append(doc.key)
        self._join(pool)

    def refer(self, values: Any, path: str, *, kind: str = "") -> list[str]:
        """The @ids that a value refers to and the crate has; a dangling one is a finding."""
        found = []
        for text in refs_in(values):
            node = self.nodes.get(text) or self.nodes.get(f"#{text}")
            if node is None:
                self.account.note(
                    "dangling-reference", Severity.WARNING, path, text,
                    "Refers to an entity that the crate does not have; left out.",
                )  # fmt: skip
            elif kind and self.kind_of(node) != kind:
                self.account.note(
                    "unexpected-type", Severity.WARNING, path, text, f"Refers to something that is no {kind}; left out."
                )
            else:
                found.append(str(node["@id"]))
        return found

    def leave_the_rest(self) -> None:
        """Count entities that nothing refers to, and those about the crate itself, as left out."""
        for node in (*self.nodes.values(), *self.nameless):
            if id(node) in self._used:
                continue
            kind = self.kind_of(node) or str(node.get("@type")).rpartition(":")[2].strip("[]'\" ")
            entry = self.account.open({key: value for key, value in node.items() if key != "@type"}, kind)
            if kind in ("CreativeWork", "Property", "Column", "Schema"):
                entry.leave_rest("describes the crate or its tables, not the study")
                continue
            entry.leave_rest("nothing of the study refers to this entity")
            self.account.note(
                "orphan-entity", Severity.WARNING, kind, str(node.get("@id", ""))[:200],
                "Nothing of the study refers to this entity; left out.",
            )  # fmt: skip

    def use(self, node: Node) -> None:
        """Note that an entity was read."""
        self._used.add(id(node))

    # -- documents -----------------------------------------------------------------------------------------------

    def _doc(self, kind: str, name: str, node: Node) -> Doc:
        self.use(node)
        fields, refs = self._fields(kind, node)
        doc = Doc(kind, self.key(name), self.account.open(fields, kind), refs=refs)
        if kind == "Dataset":
            self._associate(doc, node)
        return doc

    def _add_file(self, pool: Pool, name: str) -> None:
        """A file of the crate by its path."""
        if pool.find("FileReference", self.key(name)) is None:
            file = self.account.open({"file_path": unquote(name)}, "FileReference")
            pool.add(Doc("FileReference", self.key(name), file))

    def _fields(self, kind: str, node: Node) -> tuple[dict[str, Any], dict[str, list[str]]]:
        """The properties of an entity under the API's names, and the keys of those it refers to."""
        fields: dict[str, Any] = {}
        refs: dict[str, list[str]] = {}
        for key, value in node.items():
            if key in ("@id", "@type", "hasPart", "association", "associationFileMetadata", "representation"):
                continue
            name = api_name(key, kind)
            if name in _INSIDE:
                fields[name] = [*fields.get(name, []), *self._inside(name, value, f"{kind}/{key}")]
            elif name.endswith("_uuid"):
                wanted = _CLASSES.get(name, "")
                found = [self.key(one) for one in self.refer(value, f"{kind}/{key}", kind=wanted)]
                refs[name] = [*refs.get(name, []), *found]
            elif name in fields and fields[name] not in (None, "", []):
                fields[key] = value
            else:
                fields[name] = value
        return fields, refs

    def _inside(self, name: str, value: Any, path: str) -> list[dict[str, Any]]:
        """Entities that a property refers to, as objects inside the document."""
        found = []
        for text in refs_in(value):
            node = self.nodes.get(text) or self._nameless_one(text, path)
            if node is None:
                self.refer([text], path)
                continue
            self.use(node)
            kind = self.kind_of(node)
            fields, _ = self._fields(kind, node)
            address = str(node.get("@id", ""))
            if kind in _AGENTS:
                fields = {_OF_AGENT.get(key, key): one for key, one in fields.items()}
                fields |= {"orcid": address} if orcid_iri(address) else {"rorid": address} if ror_iri(address) else {}
            elif name == "organism_classification" and not fields.get("ncbi_id"):
                fields["ncbi_id"] = address
            elif name == "see_also" and not fields.get("link"):
                fields["link"] = fields.pop("url", None) or address
            elif name == "grant" and not fields.get("id"):
                fields["id"] = fields.pop("identifier", None) or (None if address.startswith(("_:", "#")) else address)
            found.append(fields)
        for inner in value if type(value) is list else [value]:
            if type(inner) is dict and "@id" not in inner:
                found.append({api_name(key, ""): one for key, one in inner.items() if key != "@type"})
        return found

    def _nameless_one(self, name: str, path: str) -> Node | None:
        """S-BIAD843 refers to a contributor as _:c0 and gives the one that is meant no @id."""
        left = [node for node in self.nameless if id(node) not in self._used]
        if not name.startswith("_:") or len(left) != 1:
            return None
        self.account.note(
            "dangling-reference", Severity.WARNING, path, name,
            "Refers to no entity; the only one without an @id is read. Give it this @id.",
        )  # fmt: skip
        return left[0]

    def _associate(self, doc: Doc, node: Node) -> None:
        """What goes together: Association entities, whose own keys say what is special about them."""
        for name in self.refer(node.get("association"), "Dataset/association"):
            association = self.nodes[name]
            self.use(association)
            fields, refs = self._fields("Association", association)
            said = [f"{key}: {value}" for key, value in fields.items() if type(value) is str and value.strip()]
            self._read(fields)
            doc.together.append({"description": said, **{key: refs[key] for key in _ASSOCIATED if key in refs}})
            for key, keys in refs.items():
                doc.refs[key] = list(dict.fromkeys([*doc.refs.get(key, []), *keys]))

    def _read(self, fields: dict[str, Any]) -> None:
        entry = self.account.open(fields, "Association")
        for key in fields:
            entry.raw(key)

    def _join(self, pool: Pool) -> None:
        """Links that the crate states from the other end: parts of datasets, representations of images."""
        for text in refs_in(self.nodes[ROOT].get("hasPart")):
            if text in self.nodes or text.startswith(("#", "_:")) or text.endswith("/"):
                self.refer([text], "Study/hasPart")
            else:
                # S-BIAD843 names files that it says nothing more of.
                self._add_file(pool, text)
        for doc in pool.all("Dataset"):
            doc.refs.setdefault("submitted_in_study_uuid", [self.key(ROOT)])
        for name, node in self.nodes.items():
            key = self._keys.get(name, "")
            if self.kind_of(node) == "Dataset":
                for part in self.refer(node.get("hasPart"), "Dataset/hasPart"):
                    self._put(pool, self.key(part), "submission_dataset_uuid", key)
            elif self.kind_of(node) == "Image":
                for part in self.refer(node.get("representation"), "Image/representation"):
                    self._put(pool, self.key(part), "representation_of_uuid", key)
                self._put_by_path(pool, name, key)

    def _put(self, pool: Pool, key: str, name: str, other: str) -> None:
        for kind in ("Image", "AnnotationData", "FileReference", "ImageRepresentation"):
            if (doc := pool.find(kind, key)) is not None and other not in doc.refs.get(name, ()):
                doc.refs.setdefault(name, []).append(other)

    def _put_by_path(self, pool: Pool, name: str, key: str) -> None:
        """S-BIAD843 gives its images no dataset but the folder in which they lie."""
        doc = pool.find("Image", key)
        if doc is None or doc.refs.get("submission_dataset_uuid"):
            return
        folders = [one for one in self.nodes if one.endswith("/") and one != ROOT and name.startswith(one)]
        inside = [one for one in folders if self.kind_of(self.nodes[one]) == "Dataset"]
        if inside:
            doc.refs["submission_dataset_uuid"] = [self.key(max(inside, key=len))]

    def _check_context(self, context: Any) -> None:
        terms: dict[str, Any] = {}
        for one in context if type(context) is list else [context]:
            terms |= one if type(one) is dict else {}
        prefixes = {key: value for key, value in terms.items() if type(value) is str}
        for term, meant in terms.items():
            iri = str(meant.get("@id", "")) if type(meant) is dict else str(meant)
            prefix, colon, local = iri.partition(":")
            full = prefixes.get(prefix, f"{prefix}:") + local if colon else iri
            known = full.startswith((*_NAMESPACES, "_:", "@")) or full.startswith("dc:")
            if not known and type(meant) is dict:
                self.account.note(
                    "context-redefined", Severity.WARNING, "@context", f"{term}: {iri}",
                    "The context gives a term of the archive another meaning; read as the archive means it.",
                )  # fmt: skip


_CLASSES: Final = {
    "bio_sample_uuid": "BioSample", "sample_of_uuid": "BioSample", "annotation_method_uuid": "AnnotationMethod",
    "image_acquisition_protocol_uuid": "ImageAcquisitionProtocol", "subject_specimen_uuid": "Specimen",
    "specimen_uuid": "Specimen", "creation_process_uuid": "CreationProcess",
    "imaging_preparation_protocol_uuid": "SpecimenImagingPreparationProtocol",
    "specimen_imaging_preparation_protocol_uuid": "SpecimenImagingPreparationProtocol",
}  # fmt: skip


def api_name(key: str, kind: str) -> str:
    """The API's name of a property of the crate."""
    name = _snake(key)
    renamed = _RENAMED.get(name, name)
    return _OF_AGENT.get(renamed, renamed) if kind in _AGENTS else renamed


def _clean(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "-", unquote(name)).strip("-")


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def refs_in(value: Any) -> Iterator[str]:
    """The @ids in a value, which may stand as plain texts (S-BIAD843)."""
    for one in value if type(value) is list else [value]:
        if type(one) is str and one.strip():
            yield one
        elif type(one) is dict and type(one.get("@id")) is str:
            yield one["@id"]
