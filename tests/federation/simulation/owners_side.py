"""What owners do to their records: the changes that a simulated node finds at its archive."""

from __future__ import annotations

import random
from typing import Any, Final

from catalogue.model.payload import digest
from tests.federation.simulation import material
from tests.federation.simulation.disk import Disk

NEWER: Final = "0.4.0"
"""A version of the model that only nodes know that are not `old`."""
_RECORDS: Final = 6
_KINDS: Final = (
    *("study",) * 6,
    *("withdraw", "withdraw", "suppress", "rename", "list", "list", "unlist", "many", "shape", "large", "newer"),
)

Said = dict[str, Any]


def changes(chance: random.Random, disk: Disk, owner: str) -> list[Said]:
    """Arguments of `MemoryHoldings.write`, with `poison`: why nobody else may serve the payload."""
    kind = chance.choice(_KINDS)
    name = material.curie(owner, chance.randrange(_RECORDS))
    if kind == "many":
        return _many(chance, disk, owner)
    if kind == "rename":
        other = material.curie(owner, chance.randrange(_RECORDS, 2 * _RECORDS))
        return [*_gone(disk, name, other), _study(other, chance.randrange(3))] if _is_live(disk, name) else []
    if kind == "withdraw":
        return _gone(disk, name)
    if kind in ("list", "unlist"):
        return _list(chance, disk, name, gone=kind == "unlist")
    if kind in ("shape", "large"):
        return [_said(name, material.poisoned(name, kind), poison=kind)]
    if kind == "newer":
        return [_said(name, material.study(name, 90 + chance.randrange(3)), version=NEWER, poison="newer")]
    status = "suppressed" if kind == "suppress" else "public"
    return [_said(name, material.study(name, chance.randrange(5)), status)]


def chunk_of(payload: bytes, name: str) -> bytes | None:
    """The chunk that the manifest of a list names."""
    for version in range(3):
        manifest, content = material.image_list(name.removesuffix("/images"), version)
        if manifest == payload:
            assert digest(content)
            return content
    return None


def _many(chance: random.Random, disk: Disk, owner: str) -> list[Said]:
    """Mass re-identification: most records go, others come in their place."""
    live = [name for name in (material.curie(owner, n) for n in range(_RECORDS)) if _is_live(disk, name)]
    fresh = [_study(material.curie(owner, n), chance.randrange(3)) for n in range(_RECORDS, 2 * _RECORDS)]
    return [said for name in live for said in _gone(disk, name)] + fresh


def _list(chance: random.Random, disk: Disk, name: str, *, gone: bool) -> list[Said]:
    listed = f"{name}/images"
    if not _is_live(disk, name):
        return []
    if gone:
        stone = material.tombstone(listed, "removed-at-source")
        return [_said(listed, stone, "withdrawn", kind="image-list", parent=name)] if _is_live(disk, listed) else []
    manifest, _ = material.image_list(name, chance.randrange(3))
    return [_said(listed, manifest, kind="image-list", parent=name)]


def _gone(disk: Disk, name: str, replacement: str = "") -> list[Said]:
    if not _is_live(disk, name):
        return []
    status = "replaced" if replacement else "withdrawn"
    return [_said(name, material.tombstone(name, "removed-at-source", replacement), status)]


def _study(name: str, version: int) -> Said:
    return _said(name, material.study(name, version))


def _said(name: str, payload: bytes, status: str = "public", kind: str = "study", **more: Any) -> Said:
    return {"curie": name, "kind": kind, "status": status, "payload": payload, **more}


def _is_live(disk: Disk, name: str) -> bool:
    head = disk.head(name)
    return head is not None and head.log.action != "delete"
