"""What the ontologies that this node holds tell of the terms of a record, as triples that facts may ask for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from catalogue.fair.dataset import Study
from catalogue.model.namespaces import TERMS, expand
from catalogue.store.ontologies import Ontology

STATE: Final = TERMS + "termState"
"""Only in the graph of an audit: `current`, `obsolete`, `missing` (from an ontology held whole) or `unknown`."""
BRANCH: Final = TERMS + "termBranch"
"""Only in the graph of an audit: whether a term of FBbi is of samples and dyes (`sample`) or of imaging (`imaging`)."""
SUCCESSOR: Final = "http://purl.org/dc/terms/isReplacedBy"

# "Sample preparation method" and "visualization method". Not below "imaging method" are also structured illumination
# (idr0021) and Raman scattering (300-Nishiyama-Rdot), which tell of imaging all the same.
_OF_SAMPLES: Final = frozenset({"FBbi:00000001", "FBbi:00000031"})


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
        """States and branches of the terms of a study, in the form that catalogue.fair.dataset wants."""
        for term in record.get("terms", ()):
            curie = term["id"]
            yield f'<{expand(curie)}> <{STATE}> "{self._state(curie)}" .\n'.encode()
            if branch := self._branch(curie):
                yield f'<{expand(curie)}> <{BRANCH}> "{branch}" .\n'.encode()
            for other in self._ontology.replaced_by(curie):
                yield f"<{expand(curie)}> <{SUCCESSOR}> <{expand(other)}> .\n".encode()

    def _branch(self, curie: str) -> str:
        """`sample` or `imaging`; "" for a term that is not FBbi's, or that the tables lack."""
        if not curie.startswith("FBbi:") or curie not in self._ontology:
            return ""
        return "sample" if self._is_below(curie, _OF_SAMPLES) else "imaging"

    def _is_below(self, curie: str, above: frozenset[str]) -> bool:
        ahead, seen = [curie], {curie}
        while ahead:
            for parent in self._ontology.parents(ahead.pop()):
                if parent in above:
                    return True
                if parent not in seen:
                    seen.add(parent)
                    ahead.append(parent)
        return False

    def _state(self, curie: str) -> str:
        if curie in self._ontology:
            return "obsolete" if self._ontology.obsolete(curie) else "current"
        return "missing" if self._ontology.covers(curie.partition(":")[0]) else "unknown"
