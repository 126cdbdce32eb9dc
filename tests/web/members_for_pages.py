"""Members, alarms and tenures for pages: one equal, one behind and hostile, one paused, one unknown."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from catalogue.model.signing import NodeKey
from catalogue.model.tenure import SignedTenure, first_tenure, next_tenure
from catalogue.store.ledger import Ledger
from catalogue.store.registry import Member
from tests.web.issues_for_pages import BIDI
from tests.web.studies_for_pages import MOMENT, SCRIPT

EQUAL: Final = NodeKey(b"\1" * 32)
BEHIND: Final = NodeKey(b"\2" * 32)
PAUSED: Final = NodeKey(b"\3" * 32)
ASKED: Final = "n" + "4" * 16
SECRET_ADDRESS: Final = "https://asked.example"


def seed_members(ledger: Ledger) -> None:
    """Four members, two alarms of which one is cleared, and an archive that changed hands."""
    equal_at = MOMENT.isoformat()
    owners = [
        {"owner": "biostudies", "theirs": [0, 9], "ours": [0, 9], "equal": True, "count": 5},
        {"owner": "idr", "theirs": [1, 12], "ours": [0, 3], "equal": False, "count": 12},
    ]
    answered = {"answered_at": equal_at, "asked_at": equal_at, "error": "", "notes": []}
    _put(ledger, EQUAL, "equal-one", "active", {**answered, "equal": True, "behind": 0, "equal_at": equal_at} | {
        "owners": [owners[0] | {"equal": True}]
    })  # fmt: skip
    hostile = {"equal": False, "behind": 9, "owners": owners, "notes": [SCRIPT], "error": f"{SCRIPT}{BIDI}"}
    earlier = (MOMENT - timedelta(days=3)).isoformat()
    _put(ledger, BEHIND, "behind-one", "active", {**answered, **hostile, "equal_at": earlier})
    _put(ledger, PAUSED, "paused-one", "paused", {})
    ledger.registry.put_member(Member(ASKED, ASKED, SECRET_ADDRESS, "", "asked", MOMENT))
    for failed, equal in ((False, True), (True, False)):
        ledger.registry.note_day(BEHIND.node, failed=failed, equal=equal)
    ledger.registry.note_day(EQUAL.node, failed=False, equal=True)
    ledger.registry.raise_alarm("equivocation", f"Two entries {SCRIPT}{BIDI}", owner="idr", node=BEHIND.node)
    ledger.registry.raise_alarm("digest-mismatch", "It was a cosmic ray.", owner="ssbd", node=EQUAL.node)
    ledger.registry.clear_alarm(2, "Ana")
    _hand_over(ledger)


def _put(ledger: Ledger, key: NodeKey, name: str, state: str, progress: dict[str, object]) -> None:
    said = {"name": f"{name} {SCRIPT}", "prefixes": ["idr"]}
    ledger.registry.put_member(
        Member(key.node, name, f"https://{name}.example", key.public, state, MOMENT, said, progress)
    )


def _hand_over(ledger: Ledger) -> None:
    """EMPIAR was recorded by one member and is written by another one now."""
    first = first_tenure("empiar", EQUAL.node, EQUAL.public, "2026-01-01T00:00:00.000000Z")
    then = next_tenure(first, BEHIND.node, BEHIND.public, (4, "a" * 64), "owner", "2026-06-01T00:00:00.000000Z")
    for said in (first, then):
        signatures = {key.public: key.sign(said.message) for key in (EQUAL, BEHIND)}
        ledger.registry.put_tenure(SignedTenure(said, signatures), EQUAL.node)
