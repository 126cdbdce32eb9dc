"""Small studies to append, and the moment at which tests begin."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from catalogue.store.ledger import Entry, LedgerWriter

START = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


def payload_of(curie: str, **fields: Any) -> bytes:
    """Canonical JSON of a small study."""
    record = {"type": "Study", "id": curie, "title": f"Zebrafish é {curie}", **fields}
    return json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def append_study(writer: LedgerWriter, curie: str, *, status: str = "public", **changes: Any) -> Entry:
    """Appends a study whose payload is made of its curie and `title`, with every argument open to change."""
    fields = {"title": changes.pop("title")} if "title" in changes else {}
    arguments = {
        "curie": curie,
        "owner": curie.partition(":")[0],
        "kind": "study",
        "status": status,
        "payload": payload_of(curie, **fields),
        "source": "idr",
        "source_url": f"https://example.org/{curie}.json",
        "harvester": "gide/1",
        "retrieved_at": START - timedelta(minutes=5),
    }
    return writer.append(**{**arguments, **changes})
