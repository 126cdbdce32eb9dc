"""Members of the federation as this node deals with them: looks at them, joins them, pulls from them.

A member is a source whose harvester is `member`, so that runs, leases, refusals and the schedule are those of every
source. Pulling itself is catalogue.federation.pull's.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import structlog

from catalogue.federation.feed import Feed, MemberSays, SaidNode
from catalogue.federation.holdings import LedgerHoldings
from catalogue.federation.lanes import Lanes
from catalogue.federation.pull import Pull
from catalogue.federation.pull_report import OwnerStanding, PullReport
from catalogue.federation.soon import NAME, Soon
from catalogue.ingest.holder import new_holder
from catalogue.ingest.lease import free_if_abandoned, kept_alive
from catalogue.problems import (
    BadRequest,
    Conflict,
    NotFound,
    Problem,
    SourceChanged,
)
from catalogue.store.ledger import Ledger
from catalogue.store.registry import Member

log = structlog.get_logger(__name__)

HARVESTER: Final = "member"
_MISMATCHES: Final = 2
# A payload that was refused is asked for again after 2, 4, 8 ... seconds, and hourly in the end.
_LONGEST_REST_S: Final = 3_600.0
_PATIENCE_S: Final = 10.0


class Members:
    """The members of a node.

    Args:
        open_feed: address of a member -> its feed.
        max_bytes: of one payload.
        home: data folder.
    """

    def __init__(
        self,
        ledger: Ledger,
        open_feed: Callable[[str], Feed],
        clock: Callable[[], datetime],
        max_bytes: int,
        home: Path,
    ) -> None:
        self._ledger = ledger
        self._open_feed = open_feed
        self._clock = clock
        self._max_bytes = max_bytes
        self.soon = Soon(home)
        self._asked: set[str] = set()
        self._moved = 0.0

    def look(self, url: str) -> tuple[MemberSays, SaidNode]:
        """What the node at an address says of itself, its signature checked.

        Raises:
            NotFound, SourceUnavailable, SourceChanged, FetchRefused: it is no node that can be read.
        """
        says = MemberSays(self._open_feed(url), "", "")
        said = says.node()
        assert said is not None  # asked without an ETag
        return says, said

    def join(self, url: str, name: str = "", key: str = "") -> Member:
        """The member at an address, from now on pulled; joined again, it is looked at again and what changed is kept.

        Args:
            name: what it is called here; "" takes its own name.
            key: first digits of the public key that it must have, as its operator told by another way; "" trusts what
                the address answers now.
        Raises:
            BadRequest: the name cannot be one.
            Conflict: it is this node, or its key is not the one given.
        """
        if name and not NAME.fullmatch(name):
            raise BadRequest(f"'{name}' cannot name a member; use letters, digits, dots, dashes and underscores.")
        says, said = self.look(url)
        assert self._ledger.key is not None
        if says.node_name == self._ledger.key.node:
            raise Conflict(f"{url} is this node itself. Give the address of another one.")
        if key and not says.key.startswith(key.lower()):
            raise Conflict(f"{url} has the key {says.key}, not one that begins with {key}. It is not joined.")
        # One that only announced itself has no name and no source here yet.
        known = (one for one in self._ledger.registry.members() if one.state != "asked")
        before = {one.node: one for one in known}.get(says.node_name)
        called = name or (before.name if before else _slug(said.name, says.node_name))
        member = Member(
            says.node_name,
            called,
            url.rstrip("/"),
            says.key,
            "active",
            before.joined_at if before else self._clock(),
            _description(said),
            {"equal_at": before.progress["equal_at"]} if before and "equal_at" in before.progress else {},
        )
        self._ledger.registry.put_member(member)
        if before is None or before.name != called:
            self._ledger.add_source(called, harvester=HARVESTER, location=member.url)
        elif before.url != member.url:
            self._ledger.change_source(called, location=member.url, owners=(), options={})
        return member

    def set_state(self, name: str, state: str) -> Member:
        """The member, now in that state (catalogue.store.registry.MEMBER_STATES)."""
        member = replace(self._ledger.registry.member(name), state=state)
        self._ledger.registry.put_member(member)
        return member

    def state(self, name: str) -> str:
        """State of the member called so; "" for a source that was not asked yet."""
        return next((one.state for one in self._ledger.registry.members() if one.name == name), "")

    def pull(self, name: str, tell: Callable[[PullReport], None] = lambda report: None) -> PullReport:
        """Takes in from a member what it has and this node lacks; what happened is in the report and the books.

        Args:
            tell: called with the report so far after each batch that was taken in.
        Raises:
            NotFound: no such member.
            Conflict: it is not active.
            Locked: another pull from it is under way.
            SourceUnavailable, SourceChanged, FetchRefused: it could not be read; noted before it is raised.
        """
        member = self._joined(name)
        if member.state != "active":
            raise Conflict(f"{member.name} is {member.state}. Let it be pulled again with `ommatidia member resume`.")
        lease_name = f"harvest:{member.name}"
        free_if_abandoned(self._ledger, lease_name)
        with self._ledger.lease(lease_name, new_holder()) as lease, kept_alive(self._ledger, lease):
            with self._ledger.transaction(lease) as writer:
                run_id = writer.start_run(member.name, {"kind": "harvest"})
            self.soon.take(member.name)
            state, document = "interrupted", {"kind": "harvest"}
            try:
                report = self._pull(member, run_id, tell)
                state, document = "completed" if report.complete else "partial", _document(report)
                return report
            except Problem as problem:
                state, document = "failed", {"kind": "harvest", "detail": problem.detail, **problem.members}
                self._note(member, None, problem.detail, answered=isinstance(problem, SourceChanged))
                raise
            finally:
                with self._ledger.transaction(lease) as writer:
                    writer.end_run(run_id, state, document)

    def _joined(self, name: str) -> Member:
        """The member called so; a source of that name that was not asked yet joins now."""
        try:
            return self._ledger.registry.member(name)
        except NotFound:
            source = self._ledger.source(name)
            if source.harvester != HARVESTER:
                raise
        return self.join(source.location, name)

    def _pull(self, member: Member, run_id: int, tell: Callable[[PullReport], None]) -> PullReport:
        before = member.progress
        holdings = LedgerHoldings(self._ledger, member.name, run_id)
        feed = self._open_feed(member.url)
        rest = before.get("equal") or self._rests(before)
        etag = str(before.get("etag", "")) if rest and self._same(before) else ""
        pull = Pull(feed, holdings, member.node, member.key, self._max_bytes, tell)
        pull.report.was_equal = bool(before.get("equal"))
        known = [OwnerStanding(**one) for one in before.get("owners", ())]
        pull.report.was_ahead = PullReport(member.node, owners=known).ahead
        report = pull.run(etag)
        said = _description(pull.said) if pull.said is not None else member.description
        if (pull.key, said) != (member.key, member.description):
            member = replace(member, key=pull.key, description=said)
            self._ledger.registry.put_member(member)
        if not report.unchanged:
            self._add_what_it_lacks(report)
        self._note(member, report, "")
        return report

    def _add_what_it_lacks(self, report: PullReport) -> None:
        """Notes the owners of whom records are here and none are there: then both do not hold the same."""
        there = {one.owner for one in report.owners}
        for one in self._ledger.digests.node().owners:
            if one.owner not in there and one.count:
                report.owners.append(OwnerStanding(one.owner, (-1, 0), (one.epoch, one.seq), equal=False))

    def _rests(self, before: Any) -> bool:
        """Whether a difference that reading did not mend is left alone for a while, until either side changes (P12)."""
        again_at = before.get("again_at")
        return bool(again_at) and self._clock() < datetime.fromisoformat(again_at)

    def _same(self, before: Any) -> bool:
        """Whether this node holds what it held when both were found equal."""
        return bool(before.get("our_position") == self._ledger.last_position())

    def _note(self, member: Member, report: PullReport | None, error: str, *, answered: bool = False) -> None:
        """Writes down how the member stood, and counts the day; alarms when digests differ twice without a reason.

        Args:
            answered: whether it answered, and otherwise than it must.
        """
        now = self._clock().isoformat()
        progress = dict(member.progress)
        progress["asked_at"] = now
        progress["error"], progress["odd"] = error, answered
        if report is not None:
            progress |= {
                "answered_at": now,
                "etag": report.etag,
                "equal": report.equal,
                "our_position": self._ledger.last_position(),
                "notes": report.notes[:20],
            }
            if not report.unchanged:
                futile = int(progress.get("futile", 0)) + 1 if _is_futile(report) else 0
                pause_s = min(2.0**futile, _LONGEST_REST_S)
                again_at = (self._clock() + timedelta(seconds=pause_s)).isoformat() if futile else ""
                progress |= {
                    "futile": min(futile, 20),
                    "again_at": again_at,
                    "behind": report.behind,
                    "owners": [asdict(one) for one in report.owners],
                    "position": report.position,
                    "digest": report.digest,
                }
            if report.equal:
                progress["equal_at"] = now
            progress["unexplained"] = self._weigh_mismatches(member, report)
        self._ledger.registry.note_progress(member.node, progress)
        self._ledger.registry.note_day(member.node, failed=report is None, equal=report is not None and report.equal)

    def _weigh_mismatches(self, member: Member, report: PullReport) -> dict[str, int]:
        before = member.progress.get("unexplained", {})
        found = {owner: int(before.get(owner, 0)) + 1 for owner in report.unexplained}
        for owner, times in found.items():
            if times >= _MISMATCHES:
                self._ledger.registry.raise_alarm(
                    "digest-mismatch",
                    f"{member.name} and this node hold the log of {owner} equally far and other records; repair by "
                    "bucket did not help. Run `ommatidia fsck` here and ask the member's operator to do the same.",
                    owner=owner,
                    node=member.node,
                )
        return found

    def take_back(self) -> None:
        """Takes in what members have of this node's own logs and it lacks.

        A node whose ledger was restored from a backup would otherwise write other entries with numbers that were
        given before (R18). Called before anything is written; a pull under way from the same member does not matter.
        A member that fails is asked again the next time; one that gives nothing for _PATIENCE_S holds up no writing
        (P14), and its ordinary pulls ask it on.
        """
        # A backup may be older than the joining of a member that holds what was written since: sources count.
        members = [one.name for one in self._ledger.sources() if one.harvester == HARVESTER]
        asked = [name for name in members if name not in self._asked and self.state(name) in ("", "active")]
        self._asked |= set(asked)
        lanes = Lanes(self._take_back, max(1, len(asked)))
        for name in asked:
            lanes.begin(name)
        self._moved = time.monotonic()
        while lanes.busy and time.monotonic() - self._moved < _PATIENCE_S:
            ended = lanes.wait(0.2)
            if ended is None:
                continue
            if isinstance(ended.error, Problem):
                log.warning("member.not_asked", member=ended.name, detail=ended.error.detail)
            elif ended.error is not None:
                raise ended.error
            if not ended.result:
                self._asked.discard(ended.name)
        for name in lanes.busy:
            log.warning("member.not_asked", member=name, detail=f"It gave nothing for {_PATIENCE_S:.0f} s.")

    def _take_back(self, name: str) -> bool:
        """Whether a member was read to the end of this node's own logs."""
        member = self._joined(name)
        holdings = LedgerHoldings(self._ledger, name, None)
        pull = Pull(self._open_feed(member.url), holdings, member.node, member.key, self._max_bytes, self._note_moved)
        return pull.take_back().complete

    def _note_moved(self, report: PullReport) -> None:
        self._moved = time.monotonic()


def _is_futile(report: PullReport) -> bool:
    """Whether both differ for a known reason, such as a payload that is refused here, and reading changed nothing."""
    done = report.applied or report.filled or report.alarms or report.refused or report.unexplained
    return report.complete and not report.equal and not done


def _document(report: PullReport) -> dict[str, Any]:
    return {
        "kind": "harvest",
        "read": report.applied + sum(report.refused.values()),
        "accepted": report.applied,
        "new": report.applied,
        "quarantined": sum(report.refused.values()) + report.absent,
        "reasons": report.refused,
        "detail": " ".join(report.notes[:5]),
        "equal": report.equal,
    }


def _description(said: SaidNode) -> dict[str, Any]:
    return {"name": said.name, "schema_version": said.schema_version, "prefixes": list(said.prefixes)}


def _slug(name: str, node: str) -> str:
    found = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:30].strip("-")
    return found or node
