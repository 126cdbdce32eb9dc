"""From hits to accesses that can be kept: robots go, names of records are settled, addresses become session names.

A session is one address and User-Agent in one hour (UTC), as the Code of Practice demands where nobody logs in.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

from catalogue.exchange.secret import load_secret
from catalogue.fair.usage.agents import access_method
from catalogue.fair.usage.hits import Hit
from catalogue.store.ledger import Ledger
from catalogue.store.usage import Visit

_KEY_FILE: Final = re.compile(r"(\d{4}-\d{2}-\d{2})\.key(\.[0-9a-f]+)?")
_REMEMBERED: Final = 20_000


class DaySecrets:
    """A random secret for each day (UTC), in a folder of the node, shared by its processes and destroyed afterwards.

    The folder is no part of the ledger, so that no copy of its database holds what could lead back to an address.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[date, bytes] = {}

    def of(self, day: date) -> bytes:
        """The secret of a day; made at the first call.

        Raises:
            SettingsInvalid: its file is damaged.
        """
        if day not in self._known:
            self._known[day] = load_secret(self._folder, f"{day.isoformat()}.key")
        return self._known[day]

    def destroy_before(self, day: date) -> None:
        """Overwrites and removes the secrets of earlier days."""
        self._known = {known: secret for known, secret in self._known.items() if known >= day}
        if not self._folder.is_dir():
            return
        for file in self._folder.iterdir():
            name = _KEY_FILE.fullmatch(file.name)
            if name is not None and date.fromisoformat(name[1]) < day:
                # Another process of the node may be doing the same.
                with suppress(FileNotFoundError):
                    with file.open("r+b") as content:
                        content.write(bytes(file.stat().st_size))
                    file.unlink()


@dataclass(frozen=True, slots=True)
class _Target:
    curie: str
    owner: str
    record_kind: str


class Visits:
    """Makes accesses of hits; an image counts for itself and, as a component, for its study."""

    def __init__(self, ledger: Ledger, secrets: DaySecrets) -> None:
        self._ledger = ledger
        self._secrets = secrets
        self._targets: dict[tuple[str, ...], tuple[_Target, ...]] = {}
        self.robots = 0

    def of(self, hits: Iterable[Hit]) -> list[Visit]:
        """The accesses that these hits are; none for robots and for what is no record."""
        found: list[Visit] = []
        methods: dict[str, str | None] = {}
        for hit in hits:
            if hit.agent not in methods:
                methods[hit.agent] = access_method(hit.agent)
            method = methods[hit.agent]
            if method is None:
                self.robots += 1
            else:
                found.extend(self._visits(hit, method))
        return found

    def _visits(self, hit: Hit, method: str) -> Iterable[Visit]:
        at = hit.at.astimezone(UTC)
        secret = self._secrets.of(at.date())
        session = _named(secret, "session", at.strftime("%Y-%m-%dT%H"), hit.address, hit.agent)
        targets = self._find(hit)
        if hit.folded and targets:
            # All of a session are one row, at its hour's beginning.
            at = at.replace(minute=0, second=0, microsecond=0)
            click = _named(secret, "read", targets[0].curie)
        else:
            click = _named(secret, "click", hit.target)
        for target in targets:
            yield Visit(
                session,
                target.curie,
                hit.usage_kind,
                click,
                at,
                method,
                target.owner,
                target.record_kind,
                hit.size_bytes,
            )

    def _find(self, hit: Hit) -> tuple[_Target, ...]:
        key = (hit.chunk,) if hit.chunk else ("", *hit.names)
        if key not in self._targets:
            found = self._look(hit)
            if not found:
                return ()
            if len(self._targets) >= _REMEMBERED:
                self._targets.clear()
            self._targets[key] = found
        return self._targets[key]

    def _look(self, hit: Hit) -> tuple[_Target, ...]:
        names = self._ledger.image_lists.studies_of(hit.chunk) if hit.chunk else hit.names
        for name in names:
            entry = self._ledger.head(name)
            if entry is None:
                continue
            own = _Target(entry.curie, entry.owner, entry.kind)
            above = self._ledger.head(entry.parent) if entry.kind == "image" and entry.parent else None
            return (own,) if above is None else (own, _Target(above.curie, above.owner, above.kind))
        return ()


def _named(secret: bytes, *parts: str) -> str:
    message = "\0".join(parts).encode("utf-8", "surrogateescape")
    return hmac.new(secret, message, hashlib.sha256).hexdigest()[:32]


def day_of(at: datetime) -> date:
    """The day (UTC) of a moment."""
    return at.astimezone(UTC).date()
