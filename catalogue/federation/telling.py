"""Tells members that something is new here (COAR Notify "Announce"): they may pull sooner, and lose nothing if not.

The message carries no record. Reading such messages is inbox.py's. Source: federation.md section 4, S11.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import uuid4

import structlog

from catalogue.model.namespaces import BASE
from catalogue.model.payload import canonical
from catalogue.problems import Problem
from catalogue.store.ledger import Ledger
from catalogue.store.registry import Member

log = structlog.get_logger(__name__)

CONTEXT: Final = ("https://www.w3.org/ns/activitystreams", "https://coar-notify.net")
_EVERY: Final = timedelta(minutes=1)
# A member without an inbox (a folder of files) or one that is down is not asked for it again at once.
_AFTER_FAILURE: Final = timedelta(hours=1)


def node_iri(node: str) -> str:
    """IRI of a node, the same wherever it is named."""
    return f"{BASE}nodes/{node}"


class Teller:
    """Tells active members, each at most once a minute, when the log has stopped growing or grows for a minute.

    Args:
        post: (address, body) -> status; raises a Problem where there is no answer.
        base_url: public address of this node; "" where none is configured.
    """

    def __init__(
        self, ledger: Ledger, post: Callable[[str, bytes], int], base_url: str, clock: Callable[[], datetime]
    ) -> None:
        self._ledger = ledger
        self._post = post
        self._base_url = base_url.rstrip("/")
        self._clock = clock
        self._position = 0
        self._growing_since: datetime | None = None
        self._told: dict[str, int] = {}
        self._not_before: dict[str, datetime] = {}

    def tell(self) -> int:
        """Number of members told now that the log has grown since they were told last; called every few seconds."""
        position, now = self._ledger.last_position(), self._clock()
        if position != self._position:
            self._position, self._growing_since = position, self._growing_since or now
            # A harvest commits in batches: told at the first one, members would wait a minute for the others.
            if now - self._growing_since < _EVERY:
                return 0
        self._growing_since = None
        told = 0
        for member in self._ledger.registry.members("active"):
            if position == self._told.get(member.node, 0) or self._clock() < self._not_before.get(member.node, _EPOCH):
                continue
            told += self._tell(member, position)
        return told

    def _tell(self, member: Member, position: int) -> bool:
        now = self._clock()
        self._told[member.node] = position
        try:
            status = self._post(f"{member.url}/inbox", canonical(self._announcement(member)))
        except Problem as problem:
            status = 0
            log.info("member.not_told", member=member.name, detail=problem.detail)
        well = 200 <= status < 300
        self._not_before[member.node] = now + (_EVERY if well or status == 429 else _AFTER_FAILURE)
        return well

    def _announcement(self, member: Member) -> dict[str, Any]:
        assert self._ledger.key is not None  # a node without a key has no members
        me = node_iri(self._ledger.key.node)
        origin = {"id": self._base_url or me, "type": "Service"}
        if self._base_url:
            origin["inbox"] = f"{self._base_url}/inbox"
        return {
            "@context": list(CONTEXT),
            "id": f"urn:uuid:{uuid4()}",
            "type": ["Announce"],
            "actor": {"id": me, "type": "Service"},
            "origin": origin,
            "object": {"id": f"{self._base_url}/ldes" if self._base_url else f"{me}/log", "type": "Collection"},
            "target": {"id": member.url, "inbox": f"{member.url}/inbox", "type": "Service"},
        }


_EPOCH: Final = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
