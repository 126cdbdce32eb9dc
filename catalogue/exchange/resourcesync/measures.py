"""Size and hashes of the documents that are resources, measured once for each version."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import structlog

from catalogue.exchange.base import Document, format_by_suffix
from catalogue.exchange.exposed import Exposed
from catalogue.store.entries import ABSENT, GONE
from catalogue.store.graph_view import catalog_record

if TYPE_CHECKING:
    from catalogue.store.entries import Entry

log = structlog.get_logger(__name__)

SUFFIX: Final = ".nt"
# Records may have megabytes; few are held at a time.
_BATCH: Final = 20


def document_of(entry: Entry) -> bytes | None:
    """The bytes that the node serves at the address of a record's N-Triples; None where it cannot write them."""
    member = format_by_suffix(SUFFIX)
    assert member is not None
    try:
        return member.render(Document(entry.record, catalog_record(entry), entry.schema_version))
    except ValueError as error:
        log.error("resourcesync.record_not_written", curie=entry.curie, error=repr(error))
        return None


class Measures:
    """Measures documents and keeps what it found in the file of what is exposed."""

    def __init__(self, exposed: Exposed) -> None:
        self._exposed = exposed

    def of(self, positions: Sequence[int]) -> dict[int, dict[str, str]]:
        """Position -> `length` and `hash` as ResourceSync writes them; without those that cannot be written."""
        if not positions:
            return {}
        kept = self._exposed.file.digests(min(positions) - 1, max(positions))
        missing = [position for position in positions if position not in kept]
        for start in range(0, len(missing), _BATCH):
            entries = self._exposed.timeline.at(missing[start : start + _BATCH]).values()
            found = [measured for entry in entries if (measured := _measured(entry)) is not None]
            self._exposed.file.keep_digests(found)
            kept |= {position: (size, md5, sha256) for position, size, md5, sha256 in found}
        return {
            position: {"length": str(kept[position][0]), "hash": f"md5:{kept[position][1]} sha-256:{kept[position][2]}"}
            for position in positions
            if position in kept
        }


def _measured(entry: Entry) -> tuple[int, int, str, str] | None:
    if entry.status in GONE or entry.status == ABSENT or (content := document_of(entry)) is None:
        return None
    md5 = hashlib.md5(content, usedforsecurity=False).hexdigest()
    return entry.position, len(content), md5, hashlib.sha256(content).hexdigest()
