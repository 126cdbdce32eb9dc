"""JSON-LD contexts that stand in for remote ones: bundled, never fetched; a new one is a file in schema/contexts/."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from catalogue import resources


@cache
def bundled() -> dict[str, Any]:
    """IRI of a context -> its content, for every IRI that a bundled file answers for (`_iris`); read-only."""
    found: dict[str, Any] = {}
    for path in sorted(resources.contexts_dir().glob("*.jsonld")):
        document = json.loads(path.read_text("utf-8"))
        for iri in document["_iris"]:
            found[iri] = document["@context"]
    return found
