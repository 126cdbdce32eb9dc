"""What is told of one record's uses: by month in JSON, and as UsageCount of the model in RDF.

These are a node's observations: they are told beside the record, never as part of its payload.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from catalogue.fair.usage.hits import METHODS, METRICS, TOTAL_INVESTIGATIONS
from catalogue.fair.usage.label import HighlyUsed
from catalogue.model.rdf import triples
from catalogue.store.entries import stamp
from catalogue.store.ledger import Ledger
from catalogue.store.usage import Count


@dataclass(frozen=True, slots=True)
class Uses:
    """One line about a record: how often it was used, and in how many months."""

    times: int
    months: int


def uses(ledger: Ledger, curie: str) -> Uses | None:
    """How often a record was used, each use counted once; None when it never was."""
    counts = [count for count in ledger.usage.of(curie) if count.usage_metric == TOTAL_INVESTIGATIONS]
    if not counts:
        return None
    return Uses(sum(count.usage_value for count in counts), len({count.month for count in counts}))


def usage_document(ledger: Ledger, curie: str, node_name: str, label: HighlyUsed | None) -> dict[str, Any]:
    """Counts of a record by month, newest first, with bytes sent and the label.

    Args:
        node_name: who counted.
    """
    counts, since = ledger.usage.of(curie), ledger.usage.since()
    volumes = ledger.usage.volumes(curie)
    months = sorted({count.month for count in counts}, reverse=True)
    return {
        "id": curie,
        "counted_by": node_name,
        "counted_since": since.first_month if since is not None else None,
        "counted_until": stamp(since.until) if since is not None else None,
        "months": [
            {
                "period": month,
                "usage": _by_method([count for count in counts if count.month == month]),
                "size_bytes": {method: volumes[month, method] for method in METHODS if (month, method) in volumes},
            }
            for month in months
        ],
        "highly_used": asdict(label) if label is not None else None,
    }


def _by_method(counts: Iterable[Count]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for count in counts:
        found.setdefault(count.access_method, {})[count.usage_metric] = count.usage_value
    return {
        method: {metric: found[method].get(metric, 0) for metric in METRICS} for method in METHODS if method in found
    }


def usage_rdf(ledger: Ledger, curie: str, record_type: str, node: str, node_name: str) -> bytes:
    """Counts of a record as UsageCount (a dqv:QualityMeasurement each), in N-Triples, which is Turtle as well.

    Args:
        record_type: Study or Image.
        node: identifier of the node that counted, so that counts of several nodes have names of their own.
    """
    counts = ledger.usage.of(curie)
    if not counts:
        return b""
    usage = [
        {
            "id": f"{curie}/usage/{node}/{count.month}/{count.usage_metric}/{count.access_method}",
            "usage_metric": count.usage_metric,
            "usage_value": count.usage_value,
            "access_method": count.access_method,
            "period": count.month,
            "counted_by": node_name,
        }
        for count in counts
    ]
    return triples({"type": record_type, "id": curie, "usage": usage})
