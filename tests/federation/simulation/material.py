"""Keys of nodes and payloads of records, the same in every run, so that their checks are made once."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Any, Final

import pyarrow as pa

from catalogue.model.image_columns import arrow_schema
from catalogue.model.payload import canonical, digest
from catalogue.model.signing import NodeKey
from catalogue.store.image_chunks import encode

OWNERS: Final = ("biostudies", "idr", "empiar", "emdb", "ssbd", "zenodo")
MAX_BYTES: Final = 3_000
_FORMS: Final = {
    "biostudies": "S-BIAD{}",
    "idr": "idr{:04}",
    "empiar": "1{:04}",
    "emdb": "EMD-1{:03}",
    "ssbd": "ssbd-repos-{:06}",
    "zenodo": "1{:04}",
}


@lru_cache(maxsize=256)
def key(number: int, turn: int = 0) -> NodeKey:
    """The key of a node after it changed its key `turn` times."""
    secret = hashlib.sha256(b"node %d %d" % (number, turn)).digest()
    return NodeKey(secret) if turn == 0 else key(number, turn - 1).succeeded_by(secret)


def curie(owner: str, number: int) -> str:
    """The name of an owner's study."""
    return f"{owner}:{_FORMS[owner].format(number)}"


@lru_cache(maxsize=4096)
def study(name: str, version: int) -> bytes:
    """A study's payload."""
    return canonical(_study(name, f"Movies of a heart, version {version}"))


@lru_cache(maxsize=256)
def poisoned(name: str, kind: str) -> bytes:
    """A payload that its owner signs and nobody else may serve: without a title (`shape`), or too large (`large`)."""
    record = _study(name, "Poison")
    if kind == "shape":
        del record["title"]
    if kind == "large":
        record["description"] = "x" * (MAX_BYTES + 1)
    return canonical(record)


@lru_cache(maxsize=1024)
def tombstone(name: str, reason: str, replacement: str = "") -> bytes:
    """What is left of a study or a list."""
    owner, _, accession = name.partition(":")
    stone = {
        "type": "Tombstone",
        "id": name,
        "accession": accession,
        "owner": owner,
        "record_type": "Study",
        "date_withdrawn": "2026-11-22",
        "reason": reason,
    }
    return canonical(stone | ({"replaced_by": replacement} if replacement else {}))


@lru_cache(maxsize=256)
def image_list(name: str, version: int) -> tuple[bytes, bytes]:
    """The manifest of a study's image list and its only chunk."""
    owner, _, accession = name.partition(":")
    names = [f"{accession}.a-{number}" for number in range(version + 1)]
    schema = arrow_schema()
    columns = [pa.array(names) if part.name == "accession" else pa.nulls(len(names), part.type) for part in schema]
    content = encode(pa.Table.from_arrays(columns, schema=schema))
    chunk: dict[str, Any] = {"sha256": digest(content), "rows": len(names), "size_bytes": len(content)}
    manifest = {
        "type": "ImageList",
        "id": f"{name}/images",
        "accession": f"{accession}/images",
        "owner": owner,
        "study": name,
        "form": 1,
        "rows": len(names),
        "withdrawn": 0,
        "chunks": [chunk | {"first": names[0], "last": names[-1]}],
    }
    return canonical(manifest), content


def _study(name: str, title: str) -> dict[str, Any]:
    owner, _, accession = name.partition(":")
    return {
        "type": "Study",
        "id": name,
        "accession": accession,
        "owner": owner,
        "title": title,
        "license": "https://creativecommons.org/publicdomain/zero/1.0/",
        "date_published": "2023-03-07",
    }
