"""Header, metadata and provenance of one record, as OAI-PMH writes them (sections 2.5 and 3.3)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

import structlog

from catalogue.exchange.moments import in_seconds
from catalogue.exchange.ntriples import policy_line
from catalogue.exchange.oai.base import MetadataFormat
from catalogue.exchange.rdf_xml import rdf_xml
from catalogue.exchange.xml_text import text
from catalogue.model import rdf
from catalogue.model.namespaces import BASE
from catalogue.store.entries import GONE
from catalogue.store.graph_view import catalog_record

if TYPE_CHECKING:
    from catalogue.exchange.exposed import Row
    from catalogue.store.entries import Entry

log = structlog.get_logger(__name__)

_DELETED: Final = ' status="deleted"'


def header(curie: str, recorded_at: datetime, sets: Sequence[str], status: str = "") -> str:
    """The element `header`.

    The identifier is the federation's IRI: a record has the same name at every node that serves it, and it leads to the
    record (`oai:` identifiers would name the node, and change with it).
    """
    specs = "".join(f"<setSpec>{text(spec)}</setSpec>" for spec in sets)
    return (
        f"<header{status}><identifier>{text(BASE + curie)}</identifier>"
        f"<datestamp>{in_seconds(recorded_at)}</datestamp>{specs}</header>"
    )


def is_deleted(entry: Entry) -> bool:
    """True for a deletion, also for one whose tombstone is not here."""
    return entry.status in GONE or entry.action == "delete"


def gone_header(row: Row) -> str:
    """The header of a withdrawn or replaced record."""
    return header(row.curie, row.recorded_at, row.sets, _DELETED)


def deleted(row: Row) -> str:
    """The element `record` of a withdrawn or replaced record: a header is all it may have."""
    return f"<record>{gone_header(row)}</record>"


def record_xml(entry: Entry, sets: Sequence[str], member: MetadataFormat, base: str) -> str | None:
    """The element `record`; None where the record cannot be had in this format.

    A suppressed record is given like a public one, with its status in `about` and in a set: it is still served by
    accession, and a deletion would tell mirrors to drop it for good.

    Args:
        base: address of the node, without a slash at its end.
    """
    if is_deleted(entry):
        return f"<record>{header(entry.curie, entry.recorded_at, sets, _DELETED)}</record>"
    record = entry.record
    if not member.covers(record):
        return None
    try:
        metadata = member.metadata(entry, record, base)
        about = rdf_xml(rdf.triples(catalog_record(entry)) + policy_line(entry.curie))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        # One record that cannot be written must not hold up all others; it is in the log all the same.
        log.error("oai.record_not_written", curie=entry.curie, prefix=member.prefix, error=repr(error))
        return None
    return (
        f"<record>{header(entry.curie, entry.recorded_at, sets)}<metadata>{metadata}</metadata>"
        f"<about>{about}</about></record>"
    )
