"""The studies of the three real members of GIDE in one ledger, in one transaction."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from catalogue.model.documents import SourceDocument, SourceSpec
from catalogue.model.payload import canonical
from catalogue.store.ledger import Ledger
from harvesters.gide import GideHarvester

MEMBERS = ("gide-bia", "gide-idr", "gide-ssbd")
_MOMENT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


def real_studies(partners: Path) -> dict[str, dict[str, Any]]:
    """CURIE -> record of every study; one that two members deliver is there once."""
    harvester, spec = GideHarvester(None), SourceSpec("real", "gide", "/")  # type: ignore[arg-type]
    found: dict[str, dict[str, Any]] = {}
    for member in MEMBERS:
        for path in sorted(partners.glob(f"{member}/crates/**/*.json")):
            document = SourceDocument(path.name, f"https://{member}.example/{path.name}", path.read_bytes())
            found |= {record["id"]: record for record in harvester.map(document, spec).records}
    return found


def fill(ledger: Ledger, records: dict[str, dict[str, Any]]) -> None:
    """Append the records, all public."""
    with ledger.transaction() as writer:
        for curie, record in records.items():
            writer.append(
                curie=curie,
                owner=record["owner"],
                kind="study",
                status="public",
                payload=canonical(record),
                source="real",
                harvester="gide/1",
                retrieved_at=_MOMENT,
                source_url=f"https://example.org/{curie}",
            )
