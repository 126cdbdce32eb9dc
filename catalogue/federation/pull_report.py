"""What one pull from a member did, and how both stand afterwards."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class OwnerStanding:
    """How one owner's log stands at a member and here after a pull; an epoch of -1 is none at all.

    Args:
        count: records that the member holds of it, tombstones included.
    """

    owner: str
    theirs: tuple[int, int]
    ours: tuple[int, int]
    equal: bool
    count: int = 0


@dataclass(slots=True)
class PullReport:
    """What one pull from one member did.

    Args:
        was_equal: whether both were equal when the member last said what it says still; matters when `unchanged`.
        was_ahead: likewise, whether only this node had more.
        applied: entries taken in; of them `absent` without their payload.
        recovered: of them this node's own, which it had lost (restored from a backup).
        filled: payloads that came to entries that had come without.
        refused: entries that may not be taken in, by reason.
        alarms: kinds of alarms raised.
        unexplained: owners whose digests differ though the logs are equally far and nothing explains it.
        complete: the member's logs were read to their ends.
    """

    member: str
    unchanged: bool = False
    was_equal: bool = True
    was_ahead: bool = False
    applied: int = 0
    absent: int = 0
    recovered: int = 0
    filled: int = 0
    refused: dict[str, int] = field(default_factory=dict)
    alarms: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    owners: list[OwnerStanding] = field(default_factory=list)
    unexplained: list[str] = field(default_factory=list)
    complete: bool = True
    etag: str = ""
    digest: str = ""
    position: int = 0

    @property
    def equal(self) -> bool:
        """Whether both hold the same of every owner."""
        if self.unchanged:
            return self.was_equal
        return self.complete and all(one.equal for one in self.owners)

    @property
    def ahead(self) -> bool:
        """Whether nothing is left to take in, and what differs is what this node has and the member lacks."""
        if self.unchanged:
            return self.was_ahead
        unequal = [one for one in self.owners if not one.equal]
        return self.complete and bool(unequal) and all(one.ours > one.theirs for one in unequal)

    @property
    def behind(self) -> int:
        """Entries that the member has and this node lacks, as far as sequences tell."""
        return sum(max(0, one.theirs[1] - one.ours[1]) for one in self.owners if one.theirs[0] == one.ours[0]) + sum(
            one.theirs[1] for one in self.owners if one.theirs[0] > one.ours[0]
        )
