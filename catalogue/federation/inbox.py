"""What notifications do here (LDN, COAR Notify): a known member is pulled sooner, an unknown node is shown to a person.

Nothing of a notification is fetched, believed or served. Source: federation.md section 4, S11.
"""

from __future__ import annotations

import re
import threading
from collections import deque
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from catalogue.federation.soon import Soon
from catalogue.federation.telling import CONTEXT, node_iri
from catalogue.problems import NotificationRefused, TooManyRequests
from catalogue.store.ledger import Ledger
from catalogue.store.registry import Member

MAX_BYTES: Final = 64 << 10
MAX_DEPTH: Final = 20
# Nodes that nobody here knows and that a person may look at; the oldest is forgotten first.
MAX_ASKED: Final = 20
_MINUTE: Final = timedelta(minutes=1)
_FROM_ONE: Final = 10
_FROM_ALL: Final = 120
_SENDERS: Final = 1_000
_NODE: Final = re.compile(r"n[0-9a-f]{16}")
_ADDRESS: Final = re.compile(r"https?://[A-Za-z0-9.\-\[\]:]{1,255}(/[A-Za-z0-9._~/\-]{0,200})?", re.ASCII)


class Inbox:
    """Takes notifications.

    Args:
        soon: where members are marked that should be pulled sooner.
    """

    def __init__(self, ledger: Ledger, soon: Soon, clock: Callable[[], datetime]) -> None:
        self._ledger = ledger
        self._soon = soon
        self._clock = clock
        self._lock = threading.Lock()
        self._all: deque[datetime] = deque(maxlen=_FROM_ALL)
        self._by_sender: dict[str, deque[datetime]] = {}

    def admit(self, sender: str) -> None:
        """Counts a notification from a network address.

        Raises:
            TooManyRequests: more came within a minute than are taken.
        """
        now = self._clock()
        with self._lock:
            if len(self._by_sender) > _SENDERS:
                self._by_sender.clear()
            mine = self._by_sender.setdefault(sender, deque(maxlen=_FROM_ONE))
            for seen in (mine, self._all):
                if len(seen) == seen.maxlen and now - seen[0] < _MINUTE:
                    wait_s = 1 + int((seen[0] + _MINUTE - now).total_seconds())
                    raise TooManyRequests(
                        f"Too many notifications came within a minute. Send this one again in {wait_s} seconds.",
                        headers={"Retry-After": str(wait_s)},
                    )
            mine.append(now)
            self._all.append(now)

    def receive(self, said: Any) -> str:
        """What a notification does: `pull-sooner`, `none` (a member that is not pulled), or `asked`.

        Args:
            said: the document as parsed from JSON.
        Raises:
            NotificationRefused: it has not the form, or asks for something that is never done.
        """
        _check(said)
        names = list(_names(said))
        for member in self._ledger.registry.members():
            if member.state != "asked" and {member.node, node_iri(member.node), member.url} & set(names):
                if member.state != "active":
                    return "none"
                self._soon.ask(member.name)
                return "pull-sooner"
        return self._note(said, names)

    def _note(self, said: dict[str, Any], names: Iterable[str]) -> str:
        """Keeps an unknown node for a person to look at; its word is not taken for anything."""
        node = next((found[0] for name in names if (found := _NODE.findall(name[-17:]))), "")
        url = next((name for name in names if _ADDRESS.fullmatch(name) and not name.startswith(node_iri(""))), "")
        if not node or not url or urlsplit(url).username:
            raise NotificationRefused(
                "No member of this node sent this. A node that wants to join names itself as actor "
                f"({node_iri('n…')}) and its public address as origin; its operator had better write to ours."
            )
        registry = self._ledger.registry
        if self._ledger.key is not None and node == self._ledger.key.node:
            raise NotificationRefused("This node does not notify itself.")
        registry.put_member(Member(node, node, url, "", "asked", self._clock()))
        asked = sorted(registry.members("asked"), key=lambda one: one.joined_at, reverse=True)
        for old in asked[MAX_ASKED:]:
            registry.forget_asked(old.node)
        return "asked"


def _check(said: Any) -> None:
    if not isinstance(said, dict):
        raise NotificationRefused("A notification is one JSON object (JSON-LD).")
    if _depth(said) > MAX_DEPTH:
        raise NotificationRefused(f"The notification is nested more than {MAX_DEPTH} levels deep.")
    context = said.get("@context")
    if CONTEXT[0] not in (context if isinstance(context, list) else [context]):
        raise NotificationRefused(f"The notification's @context lacks {CONTEXT[0]}.")
    kinds = _texts(said.get("type"))
    if any(kind.endswith("RelationshipAction") for kind in kinds) or "Relationship" in _texts(
        said["object"].get("type") if isinstance(said.get("object"), dict) else None
    ):
        raise NotificationRefused(
            "This node takes no links between records from notifications. State the link in a record of either "
            "archive; it comes with the next pull, and a person can confirm it (`ommatidia identity accept`)."
        )
    if not {"Announce", "Offer"} & set(kinds):
        raise NotificationRefused(
            f"Notifications of type {', '.join(kinds)[:100] or 'none'} do nothing here; Announce and Offer are read."
        )


def _names(said: dict[str, Any]) -> Iterable[str]:
    """Whoever the notification says it comes from."""
    for part in ("origin", "actor"):
        found = said.get(part)
        name = found.get("id") if isinstance(found, dict) else found
        if isinstance(name, str) and len(name) <= 500:
            yield name.rstrip("/")


def _texts(value: Any) -> list[str]:
    found = value if isinstance(value, list) else [value]
    return [one for one in found if isinstance(one, str)]


def _depth(value: Any) -> int:
    deepest, level = 0, [value]
    while level and deepest <= MAX_DEPTH:
        deepest += 1
        level = [
            inner
            for one in level
            if isinstance(one, dict | list)
            for inner in (one.values() if isinstance(one, dict) else one)
        ]
    return deepest
