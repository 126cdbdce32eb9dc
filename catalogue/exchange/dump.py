"""The whole present state of the ledger as one stream, sorted by CURIE, without ever holding it in memory."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import TYPE_CHECKING

import structlog

from catalogue.model import rdf
from catalogue.model.namespaces import BASE
from catalogue.store.graph_view import catalog_record, is_public
from catalogue.store.image_lists import LIST

if TYPE_CHECKING:
    from catalogue.store.ledger import Entry, Ledger

log = structlog.get_logger(__name__)

_PAGE = 500


class DumpFormat(StrEnum):
    """What a dump is made of: named graphs, or one JSON object a line."""

    NQUADS = "nquads"
    JSONL = "jsonl"


def dump(ledger: Ledger, form: DumpFormat) -> Iterator[bytes]:
    """Chunks of the dump, one a record, in the order of CURIEs; equal states give equal bytes.

    N-Quads are the whole documents of public records, each in the graph named by the record, and the provenance of all;
    the graph view holds the same, with what many records say of one term or publisher in one place.
    Of an image list, N-Quads have the provenance; its JSON line is the manifest, which names the chunks with the rows.
    JSON lines are objects with `curie`, `status`, `record` (a tombstone for what is withdrawn) and `provenance`.
    A record that changes while the dump runs is in it once, as old or as new.
    """
    render = record_quads if form is DumpFormat.NQUADS else _line
    after = ""
    while entries := ledger.heads(after_curie=after, limit=_PAGE):
        for entry in entries:
            yield render(entry)
        after = entries[-1].curie


def record_quads(entry: Entry, on_refused: Callable[[Entry], None] = lambda entry: None) -> bytes:
    """Sorted N-Quads of a record: the whole document of a public one in its graph, and its provenance.

    As in the graph view, of a record that cannot be written only the provenance is left.

    Args:
        on_refused: called with such a record.
    """
    graph = BASE + entry.curie
    lines = set(rdf.quads(catalog_record(entry), f"{graph}/record").splitlines(keepends=True))
    if is_public(entry) and entry.kind != LIST:
        try:
            lines.update(rdf.quads(entry.record, graph, version=entry.schema_version).splitlines(keepends=True))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            log.error("dump.record_not_emitted", curie=entry.curie, error=repr(error))
            on_refused(entry)
    return b"".join(sorted(lines))


def _line(entry: Entry) -> bytes:
    document = {
        "curie": entry.curie,
        "kind": entry.kind,
        "status": entry.status,
        "record": entry.record,
        "provenance": catalog_record(entry),
    }
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"
