"""Entries of a ledger for rendering, and what a foreign parser reads in a rendering."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import yaml

from catalogue.exchange.dcat.about import About
from catalogue.exchange.dcat.place import Place
from catalogue.exchange.dcat.triples import NAMESPACES
from catalogue.model.payload import canonical, digest
from catalogue.store.entries import Entry

MOMENT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
ROOT = "https://node.example"
PLACE = Place(ROOT, lambda curie, suffix: f"{ROOT}/studies/{curie}{suffix}")
ABOUT = About("Eyes", "What eyes saw.", "Eye Trust", "https://ror.org/02catss52", "desk@example.org", version="1")
_VALID = Path(__file__).resolve().parents[3] / "schema" / "examples" / "valid"
Graph = set[tuple[str, str, str]]


@cache
def _example(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((_VALID / f"{name}.yaml").read_text("utf-8"))
    return found


def example(name: str) -> dict[str, Any]:
    """A record of schema/examples/valid."""
    return dict(_example(name))


def study(**fields: Any) -> dict[str, Any]:
    """A study with nothing but what is required, and what is given."""
    bare = {"type": "Study", "id": "idr:idr9001", "accession": "idr9001", "owner": "idr", "title": "Bare"}
    return {**bare, "license": "https://creativecommons.org/licenses/by/4.0/", **fields}


def entry(record: dict[str, Any], **changed: Any) -> Entry:
    """The entry of a public record."""
    payload = canonical(record)
    fields: dict[str, Any] = {
        "position": 7, "curie": record["id"], "owner": record["owner"], "owner_epoch": 0, "owner_seq": 3,
        "kind": "study", "parent": None, "action": "create", "status": "public", "payload": payload,
        "payload_digest": digest(payload), "prev_hash": "0" * 64, "entry_hash": "1" * 64, "source": "bia",
        "source_url": "https://archive.example/record.json", "original_digest": None, "harvester": "gide/1",
        "run_id": None, "retrieved_at": MOMENT, "recorded_at": MOMENT,
    }  # fmt: skip
    return Entry(**(fields | changed))


def read(content: bytes, form: ox.RdfFormat = ox.RdfFormat.N_TRIPLES) -> Graph:
    """(subject, predicate, object) as a foreign parser reads them; IRIs bare, literals by their text."""
    return {
        (_bare(q.subject), _bare(q.predicate), _bare(q.object)) for q in ox.parse(content, format=form, base_iri="x:/")
    }


def said(graph: Graph, subject: str, predicate: str) -> set[str]:
    """Values of a property, named as `dct:title`."""
    prefix, _, local = predicate.partition(":")
    return {o for s, p, o in graph if s == subject and p == NAMESPACES[prefix] + local}


def _bare(term: Any) -> str:
    return str(term) if isinstance(term, ox.BlankNode) else str(term.value)
