"""Which records stand for all: the same ones each time, so that one look can be compared with the next."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from catalogue.fair.live.places import first_of
from catalogue.store.image_lists import list_curie

if TYPE_CHECKING:
    from catalogue.store.ledger import Ledger

_MOST_CHILDREN: Final = 500
_PAGE: Final = 1000


def sampled_images(ledger: Ledger, study: str, count: int) -> list[Mapping[str, Any]]:
    """Up to `count` image records of a study, those with entries of their own before those of its list.

    Which ones depends on names alone; of the former the first 500 are considered.
    """
    own = {entry.curie: entry for entry in ledger.children(study, limit=_MOST_CHILDREN) if entry.kind == "image"}
    found: list[Mapping[str, Any]] = [own[name].record for name in first_of(sorted(own), count)]
    return found + _listed(ledger, study, count - len(found))


def _listed(ledger: Ledger, study: str, count: int) -> list[Mapping[str, Any]]:
    """Records of a study's image list, at places that the study's name decides."""
    lists = ledger.image_lists
    chunks = lists.chunks(list_curie(study)) if count > 0 else []
    if not chunks:
        return []
    owner = study.partition(":")[0]
    found: dict[str, Mapping[str, Any]] = {}
    for number in range(count):
        chunk = chunks[_drawn(study, number, "chunk", len(chunks))]
        names = lists.files.table(chunk.digest).column("accession")
        after = f"{owner}:{names[_drawn(study, number, 'row', len(names))].as_py()}"
        # The last row has none after it.
        for entry in lists.listed(study, after, 1) or lists.listed(study, "", 1):
            found[entry.curie] = entry.record
    return list(found.values())


def sampled_tombstones(ledger: Ledger, count: int) -> list[str]:
    """Up to `count` withdrawn studies."""
    names: list[str] = []
    while page := ledger.heads("study", "withdrawn", names[-1] if names else "", _PAGE):
        names += [entry.curie for entry in page]
    return first_of(names, count)


def _drawn(study: str, number: int, what: str, below: int) -> int:
    digest = hashlib.sha256(f"{study} {number} {what}".encode()).digest()
    return int.from_bytes(digest[:8]) % below
