"""IRIs of the audit's things, and the JSON-LD context that its documents carry with them.

No document needs the network to be read: the context is inline (fair.md, section 3).
"""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import quote

from catalogue.fair.audit import Basis
from catalogue.fair.metrics.base import METRIC_BASE, Metric
from catalogue.model.namespaces import BASE

FAIR: Final = BASE + "fair/"
CC0: Final = "https://creativecommons.org/publicdomain/zero/1.0/"
PRINCIPLE_BASE: Final = "https://w3id.org/fair/principles/terms/"
# SIO is http in the published shapes and https in ontology and context; both are written (fair.md, section 6).
IMPLEMENTS: Final = (
    "http://semanticscience.org/resource/SIO_000233",
    "https://semanticscience.org/resource/SIO_000233",
)

_IRI: Final = {"@type": "@id"}
_PREFIXES: Final = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "dqv": "http://www.w3.org/ns/dqv#",
    "earl": "http://www.w3.org/ns/earl#",
    "ftr": "https://w3id.org/ftr#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_LINKS: Final = (
    "dcat:contactPoint", "dcat:endpointDescription", "dcat:endpointURL", "dcat:landingPage", "dcterms:creator",
    "dcterms:license", "dcterms:source", "dqv:computedOn", "dqv:expectedDataType", "dqv:inDimension",
    "dqv:isMeasurementOf", "earl:assertedBy", "earl:mode", "earl:outcome", "earl:result", "earl:subject", "earl:test",
    "ftr:applicationArea", "ftr:assessmentTarget", "ftr:hasAssociatedMetric", "ftr:outputFromTest", "ftr:suggestion",
    "prov:hadMember", "prov:specializationOf", "prov:used", "prov:wasAssociatedWith", "prov:wasDerivedFrom",
    "prov:wasGeneratedBy", "skos:broader", *IMPLEMENTS,
)  # fmt: skip
_MOMENTS: Final = ("prov:endedAtTime", "prov:generatedAtTime")
CONTEXT: Final[dict[str, Any]] = {
    **_PREFIXES,
    "id": "@id",
    "type": "@type",
    **{name: {"@id": name, **_IRI} for name in _LINKS},
    **{name: {"@id": name, "@type": "xsd:dateTime"} for name in _MOMENTS},
}


def test_iri(metric: Metric) -> str:
    """IRI of the test that implements a metric, as FTR tells tests from metrics."""
    return f"{FAIR}tests/{_versioned(metric)}"


def guide_iri(metric: Metric) -> str:
    """IRI of the guidance for a metric that fails."""
    return f"{FAIR}guides/{_versioned(metric)}"


def principle_iri(principle: str) -> str:
    """IRI of a FAIR principle, a dimension of quality."""
    return PRINCIPLE_BASE + principle


def audit_iri(basis: Basis) -> str:
    """IRI of an audit, the same wherever an equal one is made."""
    return f"{FAIR}audits/{basis.name}"


def results_iri(basis: Basis, curie: str) -> str:
    """IRI of what an audit says of a study: a TestResultSet, and the graph that it lies in."""
    return f"{audit_iri(basis)}/{quote(curie, safe='') if '://' in curie or curie.startswith('ni:') else curie}"


def _versioned(metric: Metric) -> str:
    return metric.iri.removeprefix(METRIC_BASE)
