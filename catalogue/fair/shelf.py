"""The folder of kept audits: each whole or not there, rolling ones dropped in their turn, frozen ones until removed.

Totals of dropped ones stay, for trends. What an audit's files hold is catalogue.fair.keeping's.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import zstandard

from catalogue.fair.audit_manifest import MANIFEST, NAME, SIGNATURE, AuditManifest, read_manifest
from catalogue.problems import Conflict, NotFound, StoreDamaged
from catalogue.store.folder_shelf import LATEST, FolderShelf, fsync, write_durably

MADE: Final = "made.json"
FROZEN: Final = "frozen.json"
REDACTED: Final = "redacted.json"
SINCE: Final = "since.json"
_PAST: Final = "past"
_MOST_PAST_BYTES: Final = 64 << 20


@dataclass(frozen=True, slots=True)
class Kept:
    """An audit on disk.

    Args:
        made_at: when it was made, ISO 8601 in UTC; no part of what was signed.
        frozen_at: when it was frozen; "" of a rolling one.
        note: what was said when it was frozen.
        redacted: curies of studies whose evidence is gone since they were withdrawn.
    """

    path: Path
    manifest: AuditManifest
    made_at: str
    frozen_at: str = ""
    note: str = ""
    redacted: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """`DAY-POSITION-OBSERVATION-DIGEST`."""
        return self.path.name

    def since(self) -> Mapping[str, Any]:
        """What differs from the audit before it, as catalogue.fair.changes writes it; empty where that is not known."""
        return _said(self.path / SINCE)

    @property
    def frozen(self) -> bool:
        """Whether it stays until somebody removes it."""
        return bool(self.frozen_at)


class AuditShelf(FolderShelf):
    """The folder `DIR/fair/audits`; made when the first audit is kept."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, NAME, "an audit")

    def names(self) -> list[str]:
        """Names of all kept audits, newest first: by ledger position, then observation, then when they were made."""
        return sorted(self.folders(), key=self._order, reverse=True)

    def _order(self, name: str) -> tuple[int, int, str, str]:
        found = NAME.fullmatch(name)
        assert found is not None  # only names that fit come here
        return int(found[1]), int(found[2]), str(_said(self.folder / name / MADE).get("made_at", "")), name

    def find(self, name: str) -> Kept | None:
        """The audit of that name, or the newest for `latest`; None when there is none.

        Raises:
            StoreDamaged: its manifest cannot be read.
        """
        if name == LATEST:
            name = self.latest() or ""
        if not NAME.fullmatch(name):
            return None
        path = self.folder / name
        try:
            stat = (path / MANIFEST).stat()
            manifest = _manifest(path, (stat.st_ino, stat.st_mtime_ns, stat.st_size))
        except FileNotFoundError:
            return None
        frozen = _said(path / FROZEN)
        return Kept(
            path,
            manifest,
            str(_said(path / MADE).get("made_at", "")),
            str(frozen.get("frozen_at", "")),
            str(frozen.get("note", "")),
            tuple(_said(path / REDACTED).get("studies", ())),
        )

    def get(self, name: str) -> Kept:
        """The audit of that name, or the newest for `latest`.

        Raises:
            NotFound: there is none.
            StoreDamaged: its manifest cannot be read.
        """
        found = self.find(name)
        if found is None:
            raise NotFound(f"No audit '{name[:80]}' is kept here; `ommatidia audit list` and /fair/audits show those.")
        return found

    def publish(self, made: Path, name: str) -> Kept:
        """The audit whose files were made in a folder; `latest` where none is newer. Durable when this returns."""
        if self.find(name) is None:
            self.show(made, name)
        self.point(self.names()[0])
        return self.get(name)

    def renew(self, name: str, at: str) -> Kept:
        """The audit, as if it had been made at that moment; `latest` where none is newer.

        Raises:
            NotFound: there is none of that name.
        """
        write_durably(self.get(name).path / MADE, json.dumps({"made_at": at}).encode() + b"\n")
        self.point(self.names()[0])
        return self.get(name)

    def freeze(self, name: str, note: str, at: str) -> Kept:
        """The audit, which stays from now on; one that is frozen keeps its day and note.

        Raises:
            NotFound: there is none of that name.
        """
        kept = self.get(name)
        if not kept.frozen:
            said = {"frozen_at": at, "note": note}
            write_durably(kept.path / FROZEN, json.dumps(said, ensure_ascii=False).encode())
        return self.get(name)

    def keep(self, number: int, spare: str = "") -> list[str]:
        """Names of rolling audits dropped so that the newest `number` are left.

        Args:
            spare: one that stays whatever its age, such as one that was made just now.
        """
        rolling = [name for name in self.names() if not (self.folder / name / FROZEN).exists()]
        return self._retire([name for name in rolling[number:] if name != spare])

    def drop_rolling(self, names: Iterable[str]) -> list[str]:
        """Names of those dropped that are not frozen."""
        return self._retire([name for name in names if not (self.folder / name / FROZEN).exists()])

    def remove(self, name: str, *, frozen: bool = False) -> None:
        """Drops an audit by hand; its totals stay.

        Args:
            frozen: also one that is frozen.
        Raises:
            NotFound: there is none of that name.
            Conflict: it is frozen and nobody said that this is meant.
        """
        if not NAME.fullmatch(name) or not (self.folder / name).is_dir():
            raise NotFound(f"No audit '{name[:80]}' is kept here; `ommatidia audit list` shows those.")
        if (self.folder / name / FROZEN).exists() and not frozen:
            raise Conflict(f"The audit {name} is frozen: others may cite it. Add --frozen if it is meant all the same.")
        self._retire([name])

    def _retire(self, names: Iterable[str]) -> list[str]:
        """Drops audits after their manifests were put aside."""
        dropped = list(names)
        for name in dropped:
            self._put_aside(name)
        self.drop(dropped)
        left = self.names()
        if left and self.latest() is None:
            self.point(left[0])
        return dropped

    def _put_aside(self, name: str) -> None:
        try:
            manifest = (self.folder / name / MANIFEST).read_bytes()
            read_manifest(manifest, name)
            signature = (self.folder / name / SIGNATURE).read_text("utf-8")
        except (FileNotFoundError, StoreDamaged):
            # A damaged one has no totals that anybody should go by.
            return
        made_at = _said(self.folder / name / MADE).get("made_at", "")
        said = {"made_at": made_at, "manifest": manifest.decode(), "signature": signature}
        past = self.folder / _PAST
        past.mkdir(exist_ok=True)
        fsync(self.folder)
        write_durably(past / f"{name}.json.zst", zstandard.compress(json.dumps(said).encode()))

    def past(self) -> list[tuple[str, str]]:
        """(name, when it was made) of dropped audits whose totals are kept, in no order."""
        try:
            names = [path.name.removesuffix(".json.zst") for path in (self.folder / _PAST).iterdir()]
        except FileNotFoundError:
            return []
        there = set(self.folders())
        return [
            (name, str(self._aside(name)["made_at"])) for name in names if NAME.fullmatch(name) and name not in there
        ]

    def past_manifest(self, name: str) -> AuditManifest:
        """Basis and totals of a dropped audit.

        Raises:
            StoreDamaged: it cannot be read.
        """
        return read_manifest(str(self._aside(name)["manifest"]).encode(), name)

    def _aside(self, name: str) -> Mapping[str, Any]:
        path = self.folder / _PAST / f"{name}.json.zst"
        return _past(path, path.stat().st_ino)


@lru_cache(maxsize=64)
def _manifest(path: Path, _seen: tuple[int, int, int]) -> AuditManifest:
    return read_manifest((path / MANIFEST).read_bytes(), path.name)


@lru_cache(maxsize=512)
def _past(path: Path, _inode: int) -> Mapping[str, Any]:
    try:
        found = json.loads(zstandard.decompress(path.read_bytes(), max_output_size=_MOST_PAST_BYTES))
        if isinstance(found, dict) and {"made_at", "manifest", "signature"} <= found.keys():
            return found
    except (ValueError, zstandard.ZstdError):
        pass
    raise StoreDamaged(f"The totals of the audit {path.name} cannot be read; remove the file {path.name}.")


def _said(path: Path) -> Mapping[str, Any]:
    """A small file beside an audit; empty where there is none or it cannot be read."""
    try:
        found = json.loads(path.read_bytes())
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
