"""What the IRIs below an audit name, read from the audit as it is kept."""

from __future__ import annotations

from typing import Any

from catalogue.fair.forms.base import Addresses
from catalogue.fair.ftr.definitions import SOFTWARE, software_node
from catalogue.fair.ftr.documents import results_nodes
from catalogue.fair.ftr.names import audit_iri, results_iri
from catalogue.fair.ftr.results import activity
from catalogue.fair.keeping import KeptAudit, cited
from catalogue.problems import NotFound
from catalogue.web.text import plain


def kept_nodes(kept: KeptAudit, rest: str, places: Addresses) -> list[dict[str, Any]]:
    """The nodes that describe an IRI below an audit.

    Args:
        rest: what follows the audit's IRI: "", `activity`, `CURIE`, `CURIE/METRIC`, `CURIE/METRIC/result`.
    Raises:
        NotFound: the audit has no such study or metric.
    """
    audit = kept.audit
    making = [activity(audit.basis, SOFTWARE), software_node(audit.basis.software)]
    if rest in ("", "activity"):
        return [_whole(kept), _cited(kept), *making] if not rest else making
    study = next((one for one in audit.studies if rest == one.curie or rest.startswith(one.curie + "/")), None)
    if study is None:
        raise NotFound(f"The audit {kept.kept.name} has no study or part '{plain(rest)[:80]}'.")
    metric = rest.removeprefix(study.curie).strip("/").removesuffix("/result")
    if metric and metric not in audit.metrics:
        raise NotFound(f"The audit {kept.kept.name} has no test '{plain(metric)[:80]}' of {study.curie}.")
    chosen = [audit.metrics[metric]] if metric else list(audit.metrics.values())
    return results_nodes(audit, study.curie, chosen, places, whole=not metric)


def _cited(kept: KeptAudit) -> dict[str, Any]:
    """The audit as one node kept and signed it, which is what people cite."""
    citation = cited(kept.kept)
    return {
        "id": citation.iri,
        "type": "prov:Entity",
        "dcterms:title": f"FAIR audit {citation.name} as {citation.node} signed it",
        "prov:specializationOf": audit_iri(kept.audit.basis),
    }


def _whole(kept: KeptAudit) -> dict[str, Any]:
    """The audit as a collection of what it says of each study."""
    audit = kept.audit
    return {
        "id": audit_iri(audit.basis),
        "type": ["dqv:QualityMeasurementDataset", "prov:Collection"],
        "dcterms:title": f"FAIR audit {kept.kept.name}",
        "prov:wasGeneratedBy": f"{audit_iri(audit.basis)}/activity",
        "prov:hadMember": [results_iri(audit.basis, study.curie) for study in audit.studies],
    }
