"""One entry of the log as a member of the event stream: what its owner said, what this node knows, its payload.

What the owner said and the payload are the same at every node, byte for byte (R26). Source: federation.md section 3.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final
from urllib.parse import quote

import structlog

from catalogue.exchange.ldes.statements import (
    AS,
    DCTERMS,
    PROV,
    TRUE,
    TYPE,
    XSD,
    Link,
    Node,
    Value,
    document,
    instant,
    lines,
    number,
)
from catalogue.model import rdf
from catalogue.model.jsonld import jsonld
from catalogue.model.log_entry import LogEntry
from catalogue.model.namespaces import BASE
from catalogue.model.terms import iri
from catalogue.store.entries import Entry, stamp
from catalogue.store.exchange_log import Exchanged
from catalogue.store.image_lists import LIST

log = structlog.get_logger(__name__)

FED: Final = BASE + "federation#"
_ACTIONS: Final = {"create": AS + "Create", "update": AS + "Update", "delete": AS + "Delete"}
_DCAT: Final = "http://www.w3.org/ns/dcat#"
# A manifest has these beside what every record and tombstone has.
_OF_LISTS: Final = ("study", "form", "rows", "withdrawn", "formats", "chunks", "total_size_bytes")


def owner_said(found: Exchanged) -> Node:
    """The header that the owner signed: with `fed:signature` enough to check it, whoever relayed it."""
    return Node(safe_iri(found.log.iri), tuple(_owner_said(found)))


def _owner_said(found: Exchanged) -> Iterator[tuple[str, Link | Value]]:
    entry = found.log
    record = Link(safe_iri(BASE + entry.curie))
    yield TYPE, Link(_ACTIONS[entry.action])
    yield TYPE, Link(FED + "LogEntry")
    yield AS + "object", record
    yield DCTERMS + "isVersionOf", record
    yield FED + "kind", Value(entry.kind)
    if entry.parent is not None:
        yield FED + "parent", Link(safe_iri(BASE + entry.parent))
    yield FED + "owner", Value(entry.owner)
    yield FED + "ownerEpoch", number(entry.epoch)
    yield FED + "ownerSeq", number(entry.seq)
    yield FED + "status", Value(entry.status)
    replacement = found.entry.record.get("replaced_by") if entry.status == "replaced" else None
    if isinstance(replacement, str):
        yield DCTERMS + "isReplacedBy", Link(safe_iri(BASE + replacement))
    yield PROV + "generatedAtTime", instant(entry.generated_at)
    yield from ((FED + "alias", Value(name)) for name in entry.aliases)
    yield from _proof(entry, found.signature)


def _proof(entry: LogEntry, signature: str) -> Iterator[tuple[str, Link | Value]]:
    yield FED + "schemaVersion", Value(entry.schema_version)
    yield FED + "payloadHash", Value(entry.payload_digest)
    yield FED + "prevOwnerDigest", Value(entry.previous)
    yield FED + "ownerDigest", Value(entry.digest)
    yield FED + "assertedBy", Value(entry.asserted_by)
    yield FED + "signature", Value(signature)


def node_knows(found: Exchanged) -> Node:
    """What differs from node to node: place and moment in this node's log, and whether the payload is here."""
    said: list[tuple[str, Link | Value]] = [
        (AS + "published", instant(stamp(found.entry.recorded_at))),
        (FED + "seq", number(found.entry.position)),
    ]
    if not found.entry.payload:
        said.append((FED + "payloadAbsent", TRUE))
    return Node(safe_iri(found.log.iri), tuple(said))


def payload_lines(entry: Entry) -> str:
    """N-Triples of the record, tombstone or manifest; "" when it is not here.

    A record that cannot become RDF, which a member may have taken in under other rules, gives "" as well: one record
    never hides the page it is on.
    """
    if not entry.payload:
        return ""
    try:
        if entry.kind == LIST:
            return _list_lines(entry)
        return rdf.triples(entry.record, version=entry.schema_version).decode()
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        log.error("ldes.payload_not_written", entry=entry.curie, position=entry.position, error=repr(error))
        return ""


def payload_documents(entry: Entry) -> list[dict[str, Any]]:
    """The same as JSON-LD nodes; records with the context of their model's version."""
    # JSON-LD would let pass what is no RDF, such as an address with a blank in it.
    if not payload_lines(entry):
        return []
    try:
        if entry.kind == LIST:
            stone = [_stone(entry)] if entry.record["type"] == "Tombstone" else []
            return [*stone, *map(document, _list_nodes(entry))]
        return [jsonld(entry.record, version=entry.schema_version)]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        log.error("ldes.payload_not_written", entry=entry.curie, position=entry.position, error=repr(error))
        return []


def _list_lines(entry: Entry) -> str:
    stone = ""
    if entry.record["type"] == "Tombstone":
        stone = rdf.triples(_tombstone(entry), version=entry.schema_version).decode()
    return stone + "".join(map(lines, _list_nodes(entry)))


def _stone(entry: Entry) -> dict[str, Any]:
    return jsonld(_tombstone(entry), version=entry.schema_version)


def _tombstone(entry: Entry) -> dict[str, Any]:
    return {name: value for name, value in entry.record.items() if name not in _OF_LISTS}


def _list_nodes(entry: Entry) -> Iterator[Node]:
    """A manifest: the list and its chunks, each named by what it holds and open at every node that has it."""
    record = entry.record
    chunks = record.get("chunks", [])
    names = [safe_iri(f"{BASE}chunks/{chunk['sha256']}.parquet") for chunk in chunks]
    said: list[tuple[str, Link | Value]] = [
        (TYPE, Link(FED + "ImageList")),
        (DCTERMS + "isPartOf", Link(safe_iri(BASE + str(record["study"])))),
        (FED + "form", Value(str(record["form"]))),
    ]
    said += [(FED + name, number(record[name])) for name in ("rows", "withdrawn") if name in record]
    if "total_size_bytes" in record:
        said.append((FED + "totalSize", number(record["total_size_bytes"])))
    said += [(FED + "chunk", Link(name)) for name in names]
    yield Node(safe_iri(BASE + entry.curie), tuple(said))
    for name, chunk in zip(names, chunks, strict=True):
        yield Node(
            name,
            (
                (TYPE, Link(FED + "Chunk")),
                (FED + "sha256", Value(chunk["sha256"], XSD + "hexBinary")),
                (FED + "rows", number(chunk["rows"])),
                (_DCAT + "byteSize", Value(str(chunk["size_bytes"]), XSD + "nonNegativeInteger")),
                (FED + "firstAccession", Value(chunk["first"])),
                (FED + "lastAccession", Value(chunk["last"])),
            ),
        )


@lru_cache(maxsize=20_000)
def safe_iri(name: str) -> str:
    """The IRI; with escapes where it has characters that no IRI may have, so that it cannot break out of a page."""
    try:
        return iri(name)
    except ValueError:
        return quote(name, safe=":/~")
