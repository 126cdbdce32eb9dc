"""What a metric says of a study: outcome, evidence, what to add, and who can add it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Outcome(StrEnum):
    """What came out of a test; INDETERMINATE where nobody can tell now, such as after a time-out."""

    PASS = "pass"  # noqa: S105
    FAIL = "fail"
    INDETERMINATE = "indeterminate"
    NOT_APPLICABLE = "not applicable"


class Mender(StrEnum):
    """Who can mend what fails: the archive or submitter, our mapping of its documents, or this node."""

    OWNER = "owner"
    HARVESTER = "harvester"
    CATALOGUE = "catalogue"

    @property
    def words(self) -> str:
        """For people."""
        return _MENDERS[self]


_MENDERS: Final = {
    Mender.OWNER: "the archive or submitter",
    Mender.HARVESTER: "our mapping of the archive's documents",
    Mender.CATALOGUE: "the operator of this node",
}


@dataclass(frozen=True, slots=True)
class Evidence:
    """What an outcome rests on: a triple of the record, or what an address answered.

    Args:
        text: the triple as N-Triples without a line end, or a sentence.
        url: the address that was asked; "" for a triple.
        status: HTTP status that it answered; None where there was no answer.
        observed_at: when, as ISO 8601 in UTC; "" for a triple.
    """

    text: str
    url: str = ""
    status: int | None = None
    observed_at: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A judgement without its words; arguments as there."""

    outcome: Outcome
    mender: Mender | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a metric says of one study.

    Args:
        said: one sentence: what was found.
        add: triples (N-Triples without line ends, `…` where only the mender knows the value) or header lines that would
            make it pass; empty when it passes.
        mender: who can mend it, where that is somebody else than the metric says in general.
    """

    outcome: Outcome
    said: str
    evidence: tuple[Evidence, ...] = ()
    add: tuple[str, ...] = ()
    mender: Mender | None = None


def passed(said: str, *evidence: Evidence) -> Judgement:
    """A judgement PASS."""
    return Judgement(Outcome.PASS, said, evidence)


def failed(said: str, *evidence: Evidence, add: tuple[str, ...] = (), mender: Mender | None = None) -> Judgement:
    """A judgement FAIL with what would mend it."""
    return Judgement(Outcome.FAIL, said, evidence, add, mender)


def indeterminate(said: str, *evidence: Evidence) -> Judgement:
    """A judgement INDETERMINATE."""
    return Judgement(Outcome.INDETERMINATE, said, evidence)


def not_applicable(said: str, *evidence: Evidence) -> Judgement:
    """A judgement NOT_APPLICABLE."""
    return Judgement(Outcome.NOT_APPLICABLE, said, evidence)
