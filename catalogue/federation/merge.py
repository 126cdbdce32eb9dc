"""Whether an entry that a member gives may be taken in: the merge rule of the federation, as one pure function.

Single writer: only the node that holds an owner's tenure of an epoch writes its log; newer is larger (epoch, sequence),
never a clock or the order of arrival. Source: federation.md sections 1 and 3, R4, R5, R17, R18, P3 to P7, P11.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from catalogue.model.log_entry import LogEntry
from catalogue.model.signing import is_signed
from catalogue.model.tenure import SignedTenure, Tenure
from catalogue.store.exchange_log import OwnerPlace


class Verdict(StrEnum):
    """What becomes of an entry."""

    APPLY = "apply"
    KNOWN = "known"
    WAIT = "wait"
    REFUSE = "refuse"
    ALARM = "alarm"


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict and its reason.

    Args:
        reason: of a refusal or an alarm: one of catalogue.problems.REASONS, or the kind of alarm.
    """

    verdict: Verdict
    reason: str = ""
    detail: str = ""


class Known(Protocol):
    """What is here of the owners' logs."""

    def place(self, owner: str, epoch: int) -> OwnerPlace:
        """How far an owner's log of one epoch goes here."""
        ...

    def digest_at(self, owner: str, epoch: int, seq: int) -> str | None:
        """Digest of the entry with that key; None when it is not here."""
        ...


def judge(
    log: LogEntry,
    signature: str,
    known: Known,
    tenures: Mapping[str, Sequence[SignedTenure]],
    frozen: Mapping[str, str],
) -> Judgement:
    """What becomes of an entry, given what is here; the same entry judged again after it was taken in is KNOWN.

    Args:
        tenures: owner -> statements by epoch, checked before.
        frozen: owner -> why nothing more of it is taken in.
    """
    statements = {said.tenure.epoch: said.tenure for said in tenures.get(log.owner, ())}
    tenure = statements.get(log.epoch)
    refusal = _refusal(log, signature, tenure, statements.get(log.epoch + 1))
    if refusal is not None or tenure is None:
        return refusal or Judgement(Verdict.REFUSE, "not-owner")
    kept = known.digest_at(*log.key)
    if kept == log.digest:
        return Judgement(Verdict.KNOWN)
    if kept is not None:
        return _equivocation(log, f"it is {log.digest[:16]} there and {kept[:16]} here")
    if log.owner in frozen:
        return Judgement(Verdict.WAIT, "equivocation", frozen[log.owner])
    return _next(log, known.place(log.owner, log.epoch), tenure, known)


def _refusal(log: LogEntry, signature: str, tenure: Tenure | None, successor: Tenure | None) -> Judgement | None:
    if tenure is None:
        return Judgement(
            Verdict.REFUSE, "not-owner", f"No statement known here says who writes {log.owner} in epoch {log.epoch}."
        )
    if log.asserted_by != tenure.node:
        return Judgement(
            Verdict.REFUSE,
            "not-owner",
            f"{log.iri} says that {log.asserted_by} wrote it; {tenure.node} writes {log.owner} in epoch {log.epoch}.",
        )
    if not is_signed(tenure.key, log.message, signature):
        return Judgement(
            Verdict.REFUSE, "not-owner", f"The signature of {log.iri} is not one of the key of {tenure.node}."
        )
    if successor is not None and log.seq > successor.after_seq:
        return Judgement(
            Verdict.REFUSE,
            "not-owner",
            f"{log.owner} passed to {successor.node} after entry {successor.after_seq} of epoch {log.epoch}; entry "
            f"{log.seq} was written after that and counts nowhere.",
        )
    return None


def _next(log: LogEntry, place: OwnerPlace, tenure: Tenure, known: Known) -> Judgement:
    if log.epoch > 0:
        before = known.place(log.owner, log.epoch - 1)
        if before.seq < tenure.after_seq:
            return Judgement(
                Verdict.WAIT, "gap", f"Entry {before.seq + 1} of {log.owner}, epoch {log.epoch - 1}, comes first."
            )
    if log.seq > place.seq + 1:
        return Judgement(Verdict.WAIT, "gap", f"Entry {place.seq + 1} of {log.owner}, epoch {log.epoch}, comes first.")
    expected = place.digest if place.seq else tenure.after_digest
    if log.previous != expected:
        return _equivocation(log, f"it follows {log.previous[:16]}, the entry before it here is {expected[:16]}")
    return Judgement(Verdict.APPLY)


def _equivocation(log: LogEntry, what: str) -> Judgement:
    return Judgement(
        Verdict.ALARM,
        "equivocation",
        f"{log.asserted_by} signed two different entries {log.seq} of {log.owner}, epoch {log.epoch}: {what}. The "
        "first one stands here, and nothing more of this owner is taken in until a person has looked.",
    )
