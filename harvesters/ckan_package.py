"""A CKAN package, or a dataset of a data.json list, as the nodes that its DCAT rendering would have.

Names of fields: ckanext-dcat, `ckanext/dcat/profiles`; extras are fields under names of their own.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, Final

from catalogue.problems import RecordRejected
from harvesters.account import Account
from harvesters.jsonbytes import parse_json
from harvesters.rdf_nodes import Node, Nodes, Term

_BOOKKEEPING: Final = "CKAN's own bookkeeping, not about the study"
# Field of a package -> property of DCAT; None for what CKAN keeps for itself.
_PACKAGE: Final = {
    "title": "dcterms.title", "notes": "dcterms.description", "description": "dcterms.description",
    "title_translated": "dcterms.title", "notes_translated": "dcterms.description", "tags_translated": "dcat.keyword",
    "tags": "dcat.keyword", "keyword": "dcat.keyword", "url": "dcat.landingPage", "landingPage": "dcat.landingPage",
    "version": "dcat.version", "dcat_version": "dcat.version", "issued": "dcterms.issued",
    "modified": "dcterms.modified",
    "metadata_created": None, "metadata_modified": None, "identifier": "dcterms.identifier",
    "guid": "dcterms.identifier",
    "alternate_identifier": "adms.identifier", "theme": "dcat.theme", "language": "dcterms.language",
    "dcat_type": "dcterms.type", "frequency": "dcterms.accrualPeriodicity", "provenance": "dcterms.provenance",
    "version_notes": "adms.versionNotes", "access_rights": "dcterms.accessRights", "documentation": "foaf.page",
    "conforms_to": "dcterms.conformsTo", "is_referenced_by": "dcterms.isReferencedBy",
    "related_resource": "dcterms.relation", "has_version": "dcat.hasVersion", "is_version_of": "dcat.isVersionOf",
    "source": "dcterms.source", "sample": "adms.sample", "applicable_legislation": "dcatap.applicableLegislation",
    "contact": "dcat.contactPoint", "creator": "dcterms.creator", "publisher": "dcterms.publisher",
    "temporal_coverage": "dcterms.temporal", "temporal_resolution": "dcat.temporalResolution",
    "spatial_coverage": "dcterms.spatial", "spatial_resolution_in_meters": "dcat.spatialResolutionInMeters",
    "qualified_relation": "dcat.qualifiedRelation", "in_series": "dcat.inSeries", "resources": "dcat.distribution",
    "distribution": "dcat.distribution", "license_url": "dcterms.license", "license_id": "dcterms.license",
    "license": "dcterms.license", "license_title": None, "author": "dcterms.creator", "author_email": None,
    "maintainer": "dcat.contactPoint", "maintainer_email": None, "qualified_attribution": "prov.qualifiedAttribution",
    "hdab": "healthdcatap.hdab", "health_theme": "healthdcatap.healthTheme",
    "health_category": "healthdcatap.healthCategory", "code_values": "healthdcatap.hasCodeValues",
    "coding_system": "healthdcatap.hasCodingSystem", "analytics": "healthdcatap.analytics",
    "population_coverage": "healthdcatap.populationCoverage", "min_typical_age": "healthdcatap.minTypicalAge",
    "max_typical_age": "healthdcatap.maxTypicalAge", "number_of_records": "healthdcatap.numberOfRecords",
    "number_of_unique_individuals": "healthdcatap.numberOfUniqueIndividuals", "legal_basis": "dpv.hasLegalBasis",
    "personal_data": "dpv.hasPersonalData", "purpose": "dpv.hasPurpose",
    "publisher_note": "healthdcatap.publisherNote",
    "publisher_type": "healthdcatap.publisherType", "retention_period": "healthdcatap.retentionPeriod",
    "trusted_data_holder": "healthdcatap.trustedDataHolder", "quality_annotation": "dqv.hasQualityAnnotation",
    "was_generated_by": "prov.wasGeneratedBy", "provenance_activity": "prov.wasGeneratedBy", "uri": "adms.identifier",
    "spatial": "dcterms.spatial",
}  # fmt: skip
# Fields of objects inside, by the property that holds them.
_AGENT: Final = {
    "name": "foaf.name", "name_translated": "foaf.name", "email": "foaf.mbox", "mbox": "foaf.mbox",
    "url": "foaf.homepage", "homepage": "foaf.homepage",
    "identifier": "dcterms.identifier", "uri": "dcterms.identifier", "type": "dcterms.type", "uid": "vcard.hasUID",
    "publisher_note": "healthdcatap.publisherNote", "publisher_type": "healthdcatap.publisherType",
    "actedOnBehalfOf": "prov.actedOnBehalfOf",
}  # fmt: skip
_RESOURCE: Final = {
    "name": "dcterms.title", "title": "dcterms.title", "name_translated": "dcterms.title",
    "description": "dcterms.description", "description_translated": "dcterms.description", "url": "dcat.accessURL",
    "accessURL": "dcat.accessURL", "access_url": "dcat.accessURL", "download_url": "dcat.downloadURL",
    "downloadURL": "dcat.downloadURL", "format": "dcterms.format", "mimetype": "dcat.mediaType",
    "mediaType": "dcat.mediaType", "size": "dcat.byteSize", "byteSize": "dcat.byteSize", "license": "dcterms.license",
    "rights": "dcterms.rights", "issued": "dcterms.issued", "modified": "dcterms.modified",
    "language": "dcterms.language", "documentation": "foaf.page", "conforms_to": "dcterms.conformsTo",
    "status": "adms.status", "availability": "dcatap.availability", "compress_format": "dcat.compressFormat",
    "package_format": "dcat.packageFormat", "access_services": "dcat.accessService",
    "temporal_resolution": "dcat.temporalResolution",
    "spatial_resolution_in_meters": "dcat.spatialResolutionInMeters",
    "applicable_legislation": "dcatap.applicableLegislation", "retention_period": "healthdcatap.retentionPeriod",
    "uri": "dcterms.identifier",
}  # fmt: skip
_PERIOD: Final = {"start": "dcat.startDate", "end": "dcat.endDate"}
_PLACE: Final = {"text": "rdfs.label", "uri": "dcterms.identifier", "geom": "locn.geometry", "bbox": "dcat.bbox",
                 "centroid": "dcat.centroid"}  # fmt: skip
_RELATION: Final = {"relation": "dcterms.relation", "role": "dcat.hadRole", "uri": "dcterms.identifier"}
_ATTRIBUTION: Final = {"agent": "prov.agent", "role": "dcat.hadRole"}
_CERTIFICATE: Final = {"body": "oa.hasBody", "target": "oa.hasTarget", "motivated_by": "oa.motivatedBy"}
_ACTIVITY: Final = {
    "label": "rdfs.label", "type": "dcterms.type", "seeAlso": "rdfs.seeAlso", "see_also": "rdfs.seeAlso",
    "documentation": "foaf.page", "dct_type": "dcterms.type", "wasAssociatedWith": "prov.wasAssociatedWith",
    "was_associated_with": "prov.wasAssociatedWith", "startedAtTime": "prov.startedAtTime",
    "uri": "dcterms.identifier",
}  # fmt: skip
_INNER: Final = {
    "dcat.distribution": ("dcat.Distribution", _RESOURCE), "dcat.contactPoint": ("vcard.Kind", _AGENT),
    "dcterms.creator": ("foaf.Agent", _AGENT), "dcterms.publisher": ("foaf.Agent", _AGENT),
    "prov.agent": ("foaf.Agent", _AGENT), "prov.actedOnBehalfOf": ("foaf.Agent", _AGENT),
    "healthdcatap.hdab": ("foaf.Agent", _AGENT),
    "dcterms.temporal": ("dcterms.PeriodOfTime", _PERIOD),
    "healthdcatap.retentionPeriod": ("dcterms.PeriodOfTime", _PERIOD),
    "dcterms.spatial": ("dcterms.Location", _PLACE), "dcat.qualifiedRelation": ("dcat.Relationship", _RELATION),
    "prov.qualifiedAttribution": ("prov.Attribution", _ATTRIBUTION),
    "dqv.hasQualityAnnotation": ("dqv.QualityCertificate", _CERTIFICATE),
    "prov.wasGeneratedBy": ("prov.Activity", _ACTIVITY), "prov.wasAssociatedWith": ("foaf.Agent", _AGENT),
    "dcat.accessService": ("dcat.DataService", {}),
}  # fmt: skip


# What CKAN writes into every package or resource for itself.
_OWN: Final = frozenset(
    {
        "id", "name", "state", "type", "private", "isopen", "creator_user_id", "owner_org", "organization", "groups",
        "num_resources", "num_tags", "relationships_as_subject", "relationships_as_object", "revision_id",
        "revision_timestamp", "license_title", "plugin_data", "opennessScore", "tracking_summary",
    }
)  # fmt: skip
_OWN_RESOURCE: Final = frozenset(
    {
        "id", "package_id", "position", "state", "created", "last_modified", "cache_last_updated", "cache_url",
        "datastore_active", "metadata_modified", "mimetype_inner", "resource_type", "url_type", "revision_id",
        "resource_group_id", "webstore_last_updated", "webstore_url", "tracking_summary", "vocabulary_id",
        "revision_timestamp", "datastore_contains_all_records_of_source_file",
    }
)  # fmt: skip
_KEPT: Final = {"dcat.Dataset": _OWN, "dcat.Distribution": _OWN_RESOURCE}


def package_nodes(
    value: Any, account: Account, kind_of: Callable[[frozenset[str]], str]
) -> tuple[Nodes, Node]:  # fmt: skip
    """The nodes of a package and the one that is the dataset.

    Raises:
        RecordRejected: `not-parsable`, it is no object.
    """
    if type(value) is not dict:
        raise RecordRejected("A CKAN package is an object.", reason="not-parsable")
    reader = _Reader()
    reader.add("package", "dcat.Dataset", value, _PACKAGE)
    nodes = Nodes(account, reader.described, kind_of)
    node = nodes.find("package")
    assert node is not None
    for name, key in reader.own:
        held = nodes.find(name)
        if held is not None:
            held.leave(key, _BOOKKEEPING)
    return nodes, node


class _Reader:
    """Turns objects into nodes; a field that is not known keeps its name, so that it shows as unmapped."""

    def __init__(self) -> None:
        self.described: dict[str, tuple[frozenset[str], dict[str, list[Term]]]] = {}
        self.own: list[tuple[str, str]] = []

    def add(self, name: str, kind: str, value: dict[str, Any], fields: dict[str, Any]) -> None:
        """One object under a name of ours."""
        properties: dict[str, list[Term]] = {}
        self.described[name] = (frozenset({kind}), properties)
        for key, item in _fields(value):
            known = fields.get(key)
            if known is None:
                known = f"ckan.{key}"
                if key in fields or key in _KEPT.get(kind, ()):
                    self.own.append((name, known))
            if key == "name" and kind == "dcat.Dataset":
                known = "dcterms.identifier" if "identifier" not in value and "guid" not in value else known
            held = properties.setdefault(known, [])
            held.extend(term for term in self._terms(item, known, f"{name}/{key}") if term not in held)
        if "ckan.hash" in properties:
            self._checksum(name, properties)

    def _checksum(self, name: str, properties: dict[str, list[Term]]) -> None:
        inner = {"spdx.checksumValue": properties.pop("ckan.hash")}
        if "ckan.hash_algorithm" in properties:
            inner["spdx.algorithm"] = properties.pop("ckan.hash_algorithm")
        self.own = [pair for pair in self.own if pair[0] != name or pair[1] not in ("ckan.hash", "ckan.hash_algorithm")]
        self.described[f"{name}/hash"] = (frozenset({"spdx.Checksum"}), inner)
        properties["spdx.checksum"] = [Term("blank", f"{name}/hash")]

    def _terms(self, value: Any, known: str, place: str) -> Iterator[Term]:
        if type(value) is list:
            for number, item in enumerate(value):
                yield from self._terms(item, known, f"{place}/{number}")
        elif type(value) is dict:
            yield from self._object(value, known, place)
        elif type(value) is bool:
            yield Term("literal", "true" if value else "false")
        elif type(value) in (int, float):
            yield Term("literal", repr(value))
        elif type(value) is str and value.strip():
            web = value.lower().startswith(("http://", "https://", "mailto:"))
            yield Term("iri", value.strip()) if web and " " not in value.strip() else Term("literal", value)

    def _object(self, value: dict[str, Any], known: str, place: str) -> Iterator[Term]:
        if known in _INNER:
            kind, fields = _INNER[known]
            self.add(place, kind, value, fields)
            yield Term("blank", place)
        elif known == "dcat.keyword" and "name" in value:
            yield from self._terms(value["name"], known, place)
        elif value and all(type(key) is str and len(key) in (2, 5) for key in value):
            for tag, text in value.items():  # translations: {"en": ..., "ca": ...}
                yield from (
                    Term("literal", term.text, tag.lower()) for term in self._terms(text, known, place) if term.text
                )
        else:
            yield Term("literal", json.dumps(value, sort_keys=True))


# Beginning of flat fields (contact_name, temporal_start) -> the field they are the parts of.
_FLAT: Final = {"contact": "contact", "publisher": "publisher", "creator": "creator", "temporal": "temporal_coverage",
                "spatial": "spatial_coverage"}  # fmt: skip
_FLAT_PARTS: Final = frozenset({*_AGENT, *_PERIOD, *_PLACE})


def _fields(value: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Key and value of a package, extras among them; flat fields of older profiles as the objects they stand for."""
    flat: dict[str, dict[str, Any]] = {}
    for key, item in _plain_fields(value):
        start, _, rest = key.partition("_")
        if key not in _PACKAGE and key not in _RESOURCE and start in _FLAT and rest in _FLAT_PARTS:
            flat.setdefault(_FLAT[start], {})[rest] = item
        else:
            yield key, item
    yield from flat.items()


def _plain_fields(value: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, item in value.items():
        if key == "extras" and type(item) is list:
            for extra in item:
                if type(extra) is dict and type(extra.get("key")) is str:
                    yield extra["key"], _decoded(extra.get("value"))
        elif item not in (None, "", [], {}):
            yield key, item


def _decoded(value: Any) -> Any:
    """The value of an extra, which CKAN keeps as text: lists are JSON in it."""
    if type(value) is str and value[:1] == "[":
        try:
            found = parse_json(value.encode("utf-8", "surrogatepass")).value
        except RecordRejected:
            return value
        return found if type(found) is list else value
    return value
