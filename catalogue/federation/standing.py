"""How the members of a node stand: what they hold, how far apart, since when, and what somebody should do.

Read from the registry when asked; pages, status, metrics and command line show it. Source: federation.md S13.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from catalogue.store.entries import stamp
from catalogue.store.ledger import Ledger
from catalogue.store.registry import Alarm, Member, MemberDay

DAYS: Final = 90
# States that other nodes and readers are told of.
SHOWN: Final = frozenset({"active", "paused"})

# They wait for a person as alarms do, and nothing is wrong.
_OFFERS: Final = frozenset({"hand-over", "proposal"})

WHAT_TO_DO: Final = {
    "alarm": "Read the alarm (ommatidia member alarms), settle it with the operators it names, then clear it.",
    "asked": "It announced itself. Look at it (ommatidia member check URL), then join it (ommatidia member join URL).",
    "left": "Nothing; it is not pulled. To have it again: ommatidia member join URL.",
    "paused": "It is not pulled. Go on with `ommatidia member resume NAME`.",
    "new": "Pull it (ommatidia member pull NAME), or start the worker.",
    "not reached": "Nothing at first: it is tried again by itself. If it lasts, ask its operator.",
    "answers wrongly": "Read its error (ommatidia member show NAME) and ask its operator. If it was moved or has "
    "another key on purpose, join it again (ommatidia member join URL).",
    "behind": "Nothing: this node catches up at the next pull.",
    "ahead": "Nothing: this node has more. A folder with only its archive's records stays so; any other member should "
    "join this node and pull it.",
    "differs": "Read its notes (ommatidia member show NAME); a difference that stays raises an alarm.",
    "equal": "Nothing.",
}


@dataclass(frozen=True, slots=True)
class OwnerCell:
    """What one member held of one owner when it was last read; an epoch of -1 is nothing at all.

    Args:
        epoch, seq: how far the owner's log went there.
        count: records, tombstones included.
        equal: whether its digest was this node's.
        ahead: whether this node had more of the log.
    """

    owner: str
    epoch: int
    seq: int
    count: int
    equal: bool
    ahead: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """One member and how it stands.

    Args:
        state: a key of WHAT_TO_DO; the gravest that fits.
        equal: whether the last answered pull ended with equal digests of all owners; None before the first.
        lag_entries: entries that it had and this node lacked after that pull; None before the first.
        equal_at, answered_at, asked_at: when digests were last found equal, when it last answered, was last asked.
        error: why the last pull failed; "" when it did not.
        alarms: those that stand and name it.
        days: of the last DAYS on which it was pulled, oldest first.
    """

    member: Member
    state: str
    equal: bool | None
    lag_entries: int | None
    equal_at: datetime | None
    answered_at: datetime | None
    asked_at: datetime | None
    error: str
    notes: tuple[str, ...]
    owners: tuple[OwnerCell, ...]
    alarms: tuple[Alarm, ...]
    days: tuple[MemberDay, ...]

    def lag_s(self, now: datetime) -> float | None:
        """Seconds since both were last known to hold the same: 0 when the last pull found it, None before the first."""
        if self.equal is None:
            return None
        if self.equal and not self.error:
            return 0.0
        return max(0.0, (now - (self.equal_at or self.member.joined_at)).total_seconds())

    @property
    def what_to_do(self) -> str:
        """One sentence for the operator."""
        return WHAT_TO_DO[self.state].replace("NAME", self.member.name).replace("URL", self.member.url)

    def cell(self, owner: str) -> OwnerCell | None:
        """What it held of an owner; None when nothing is known."""
        return next((one for one in self.owners if one.owner == owner), None)


def standings(ledger: Ledger, states: frozenset[str] | None = None) -> list[Standing]:
    """Members with their standing, by name.

    Args:
        states: of catalogue.store.registry.MEMBER_STATES; None for all.
    """
    alarms = ledger.registry.alarms()
    return [
        _standing(member, [one for one in alarms if one.node == member.node], ledger.registry.days(member.node, DAYS))
        for member in ledger.registry.members()
        if states is None or member.state in states
    ]


def holders(ledger: Ledger) -> dict[str, int]:
    """Owner -> number of nodes that hold all its records by their last digests, this one included, by owner."""
    found = dict.fromkeys(sorted(ledger.counts()["owners"]), 1)
    for one in standings(ledger, frozenset({"active"})):
        for cell in one.owners:
            if cell.equal and cell.owner in found:
                found[cell.owner] += 1
    return found


def _standing(member: Member, alarms: Sequence[Alarm], days: Sequence[MemberDay]) -> Standing:
    said = member.progress
    equal = bool(said["equal"]) if "equal" in said else None
    error = str(said.get("error", ""))
    lag = int(said["behind"]) if "behind" in said else None
    owners = tuple(_cell(one) for one in said.get("owners", ()))
    return Standing(
        member,
        _state(member, alarms, equal, error, lag, owners, odd=bool(said.get("odd"))),
        equal,
        lag,
        _moment(said, "equal_at"),
        _moment(said, "answered_at"),
        _moment(said, "asked_at"),
        error,
        tuple(str(note) for note in said.get("notes", ())),
        owners,
        tuple(alarms),
        tuple(days),
    )


def _state(
    member: Member,
    alarms: Sequence[Alarm],
    equal: bool | None,
    error: str,
    lag: int | None,
    owners: Sequence[OwnerCell],
    *,
    odd: bool,
) -> str:
    if member.state != "active":
        return member.state
    if any(alarm.kind not in _OFFERS for alarm in alarms):
        return "alarm"
    if error:
        return "answers wrongly" if odd else "not reached"
    if equal is None:
        return "new"
    if equal:
        return "equal"
    if lag:
        return "behind"
    return "ahead" if all(one.equal or one.ahead for one in owners) else "differs"


def _cell(said: Mapping[str, Any]) -> OwnerCell:
    (epoch, seq), ours = said["theirs"], said["ours"]
    ahead = list(ours) > [epoch, seq]
    return OwnerCell(str(said["owner"]), int(epoch), int(seq), int(said.get("count", 0)), bool(said["equal"]), ahead)


def _moment(said: Mapping[str, Any], name: str) -> datetime | None:
    return datetime.fromisoformat(said[name]) if said.get(name) else None


def day_states(days: Sequence[MemberDay], today: datetime, count: int = DAYS) -> list[tuple[str, str]]:
    """(day, state) of each of the last `count` days, oldest first.

    A state is `equal` (digests were equal at least once), `different` (it answered and they never were), `failed` (it
    never answered) or `none` (it was not asked).
    """
    by_day = {one.day: one for one in days}
    found = []
    for back in range(count - 1, -1, -1):
        day = stamp(today - timedelta(days=back))[:10]
        found.append((day, _day_state(by_day.get(day))))
    return found


def _day_state(day: MemberDay | None) -> str:
    if day is None or not day.pulls:
        return "none"
    if day.equal:
        return "equal"
    return "failed" if day.failed == day.pulls else "different"


def standing_document(one: Standing, now: datetime) -> dict[str, Any]:
    """A standing as JSON-ready values, for /federation/status and `member list --json`."""
    return {
        "node": one.member.node,
        "name": one.member.name,
        "url": one.member.url,
        "state": one.member.state,
        "standing": one.state,
        "what_to_do": one.what_to_do,
        "equal": one.equal,
        "lag_entries": one.lag_entries,
        "lag_s": None if (lag := one.lag_s(now)) is None else round(lag, 1),
        "equal_at": _written(one.equal_at),
        "answered_at": _written(one.answered_at),
        "asked_at": _written(one.asked_at),
        "error": one.error,
        "notes": list(one.notes),
        "prefixes": list(one.member.description.get("prefixes", [])),
        "owners": [
            {"owner": c.owner, "epoch": c.epoch, "seq": c.seq, "count": c.count, "equal": c.equal} for c in one.owners
        ],
        "alarms": [alarm.id for alarm in one.alarms],
        "days": [{"day": day.day, "pulls": day.pulls, "failed": day.failed, "equal": day.equal} for day in one.days],
    }


def alarm_document(alarm: Alarm) -> dict[str, Any]:
    """An alarm as JSON-ready values, without its evidence."""
    return {
        "id": alarm.id,
        "kind": alarm.kind,
        "owner": alarm.owner,
        "node": alarm.node,
        "detail": alarm.detail,
        "raised_at": stamp(alarm.raised_at),
        "last_seen": stamp(alarm.last_seen),
        "cleared_at": _written(alarm.cleared_at),
        "cleared_by": alarm.cleared_by,
    }


def _written(moment: datetime | None) -> str | None:
    return None if moment is None else stamp(moment)
