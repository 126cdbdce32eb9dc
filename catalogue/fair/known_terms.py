"""Whether ontologies that this node holds tell the terms of a record, as triples that facts may ask for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from catalogue.fair.dataset import Study
from catalogue.model.namespaces import TERMS, expand
from catalogue.store.ontologies import Ontology

STATE: Final = TERMS + "termState"
"""Only in the graph of an audit: `current`, `obsolete`, `missing` (from an ontology held whole) or `unknown`."""
SUCCESSOR: Final = "http://purl.org/dc/terms/isReplacedBy"


class KnownTerms:
    """States of the terms that a record describes.

    Args:
        ontology: None takes the tables that come with this software, so that the same software gives the same states.
    """

    def __init__(self, ontology: Ontology | None = None) -> None:
        self._ontology = Ontology.load() if ontology is None else ontology

    @property
    def digest(self) -> str:
        """Changes when a state may change."""
        return self._ontology.digest

    def of_study(self, study: Study, record: dict[str, Any], written: bytes) -> Iterator[bytes]:
        """States of the terms of a study, in the form that catalogue.fair.dataset wants."""
        for term in record.get("terms", ()):
            curie = term["id"]
            yield f'<{expand(curie)}> <{STATE}> "{self._state(curie)}" .\n'.encode()
            for other in self._ontology.replaced_by(curie):
                yield f"<{expand(curie)}> <{SUCCESSOR}> <{expand(other)}> .\n".encode()

    def _state(self, curie: str) -> str:
        if curie in self._ontology:
            return "obsolete" if self._ontology.obsolete(curie) else "current"
        return "missing" if self._ontology.covers(curie.partition(":")[0]) else "unknown"
