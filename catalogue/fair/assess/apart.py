"""The judge that works in a process which may be ended; process.py is its other end.

The process is what app.py hands in (harvesters/confined.py): no network, a limit of memory, ended when time is over.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final, Protocol

import structlog

from catalogue.fair.assess.base import Assessment, Described
from catalogue.fair.assess.wire import Answer, assessment_of, audit_of, pack, problem_of, unpack_answer
from catalogue.fair.audit import Audit
from catalogue.model.documents import SourceDocument
from catalogue.model.identifiers import Identifier
from catalogue.problems import AssessmentStopped, RecordRejected
from catalogue.store.observations import Observation

log = structlog.get_logger(__name__)

MAX_ANSWER_BYTES: Final = 64 << 20


class Confined(Protocol):
    """What a process makes of a message (harvesters.confined)."""

    def __call__(self, message: bytes, *, timeout_s: float, max_answer_bytes: int) -> bytes:
        """The answer.

        Raises:
            RecordRejected: it was ended: `too-large` for time, memory or room; else by what it was reading.
        """
        ...


class JudgeApart:
    """See catalogue.fair.assess.base.Judge; for one assessment.

    Args:
        confined: the process, in which `process.answer` runs.
        software: version of ommatidia-node.
        owners: the operator's owners.toml.
        limit_s: seconds of judging that this assessment may take; what an address gave is read in half of them. The
            start of a process does not count.
    """

    def __init__(self, confined: Confined, software: str, owners: Path, limit_s: float) -> None:
        self._confined = confined
        self._always = {"software": software, "owners": str(owners)}
        self._limit_s = limit_s
        self._used_s = 0.0

    def posted(self, name: str, content: bytes, at: str) -> Assessment:
        """As the protocol says."""
        found = self._asked({"do": "posted", "name": name, "at": at}, content, self._limit_s).posted
        assert found is not None  # what does not answer the question is a fault of process.py
        return assessment_of(found)

    def described(self, document: SourceDocument, study: Identifier) -> Described:
        """As the protocol says."""
        asked = {
            "do": "described",
            "document": {"item": document.item, "url": document.url, "media_type": document.media_type},
            "study": asdict(study),
        }
        found = self._asked(asked, document.content, self._limit_s / 2).described
        assert found is not None  # as above
        return found

    def judged(
        self, records: Sequence[Mapping[str, Any]], seen: Sequence[Observation], target: str, owner: str, at: str
    ) -> Audit:
        """As the protocol says."""
        asked = {"do": "judged", "records": records, "seen": [asdict(one) for one in seen]}
        asked |= {"target": target, "owner": owner, "at": at}
        found = self._asked(asked, b"", self._limit_s).judged
        assert found is not None  # as above
        return audit_of(found)

    def _asked(self, asked: dict[str, Any], content: bytes, limit_s: float) -> Answer:
        left_s = limit_s - self._used_s
        if left_s <= 0:
            raise self._stopped()
        message, began = pack({**self._always, **asked}, content), time.monotonic()
        try:
            found = unpack_answer(self._confined(message, timeout_s=left_s, max_answer_bytes=MAX_ANSWER_BYTES))
        except RecordRejected as ended:
            if ended.reason == "too-large":
                self._used_s = limit_s
                raise self._stopped() from ended
            self._used_s += time.monotonic() - began
            # It may also be a fault of ours that looks like a document's.
            log.warning("assess.not_read", reason=ended.reason, detail=ended.detail[:500])
            raise
        self._used_s += found.took_s
        for line in found.log:
            (log.warning if line.level == "warning" else log.error)(line.event, **line.said)
        if found.refused is not None:
            raise problem_of(found.refused)
        return found

    def _stopped(self) -> AssessmentStopped:
        return AssessmentStopped(
            f"Reading and judging it takes more than the {self._limit_s:g} seconds or the memory that one assessment "
            "may take, and was stopped. Leave out what is described one by one (files, images, authors) and try again."
        )
