"""The judge that reads and judges in this process; nothing ends it but itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from catalogue.fair.assess.base import Assessment, Described, MapDocument
from catalogue.fair.assess.described import describe
from catalogue.fair.assess.judged import judge_record
from catalogue.fair.assess.posted import assess_posted
from catalogue.fair.audit import Audit
from catalogue.model.documents import SourceDocument
from catalogue.model.identifiers import Identifier
from catalogue.store.observations import Observation


class JudgeHere:
    """See catalogue.fair.assess.base.Judge.

    Args:
        map_document: harvesters' maps.
        software: version of ommatidia-node.
    """

    def __init__(self, map_document: MapDocument, software: str) -> None:
        self._map = map_document
        self._software = software

    def posted(self, name: str, content: bytes, at: str) -> Assessment:
        """As the protocol says."""
        return assess_posted(name, content, self._map, self._software, at)

    def described(self, document: SourceDocument, study: Identifier) -> Described:
        """As the protocol says."""
        return describe(document, study, self._map)

    def judged(
        self, records: Sequence[Mapping[str, Any]], seen: Sequence[Observation], target: str, owner: str, at: str
    ) -> Audit:
        """As the protocol says."""
        return judge_record(records, seen, target, owner, self._software, at)
