"""Thresholds that a policy sets for a report, such as `f1=100,a1=95`, and which of them it does not meet."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_DOWN, Decimal
from difflib import get_close_matches
from typing import Final

from catalogue.fair.outcomes import Outcome
from catalogue.fair.report import Report, Tally
from catalogue.problems import BadRequest

TOTAL: Final = "all"
_NUMBER: Final = re.compile(r"\d{1,3}(?:\.\d{1,4})?", re.ASCII)
_MOST: Final = 200


@dataclass(frozen=True, slots=True)
class Threshold:
    """The least share of passes among decided answers.

    Args:
        key: `all`, a letter (`f`), a principle (`f1`), or the identifier of an item; as it was written.
        percent: 0 to 100.
    """

    key: str
    percent: Decimal


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A threshold that a report does not meet.

    Args:
        passes: answers that are pass.
        decided: answers that are pass or fail.
        said: one sentence: which, what was asked, what was found, by how much it is missed.
    """

    threshold: Threshold
    passes: int
    decided: int
    said: str


def read_thresholds(text: str) -> tuple[Threshold, ...]:
    """Thresholds from what a person wrote: a number over all, or `key=number` parted by commas.

    Raises:
        BadRequest: it cannot be understood, or a key is given twice.
    """
    found: dict[str, Threshold] = {}
    parts = [part.strip() for part in text.split(",")]
    if len(parts) > _MOST:
        raise BadRequest(f"--fail-under has {len(parts)} parts; {_MOST} are taken at most.")
    for part in parts:
        before, equals, after = part.partition("=")
        key, number = (before.strip(), after) if equals else (TOTAL, before)
        if not key or not _NUMBER.fullmatch(number.strip()) or Decimal(number.strip()) > 100:
            raise BadRequest(
                f"--fail-under cannot read '{part[:60]}': give percent such as 90, or parts such as f1=100,a1=95."
            )
        if key.lower() in found:
            raise BadRequest(f"--fail-under names '{key[:60]}' twice; give one number.")
        found[key.lower()] = Threshold(key, Decimal(number.strip()))
    return tuple(found.values())


def shortfalls(report: Report, asked: Sequence[Threshold]) -> tuple[Shortfall, ...]:
    """Those thresholds that a report does not meet, in the order in which they were asked.

    Open answers (indeterminate) and those that do not apply count as neither. Where nothing is decided the threshold
    is not met: nothing shows that the policy is kept.

    Raises:
        BadRequest: a key is none of this benchmark's; the message names the nearest.
    """
    tallies = _tallies(report)
    missed = (_missed(threshold, _named(tallies, threshold.key, report)) for threshold in asked)
    return tuple(one for one in missed if one is not None)


def _tallies(report: Report) -> dict[str, Tally]:
    """Lower-case key -> what was counted; letters and principles go before items of the same name."""
    found = {item.id.lower(): tally for item, tally in report.items}
    letters = [tally for tally in report.letters if any(one.name.startswith(tally.name) for one in report.principles)]
    found |= {tally.name.lower(): tally for tally in (*report.principles, *letters)}
    return found | {TOTAL: report.total}


def _named(tallies: dict[str, Tally], key: str, report: Report) -> Tally:
    found = tallies.get(key.lower())
    if found is None:
        near = get_close_matches(key.lower(), tallies, 1, 0.5)
        hint = f" Did you mean {near[0]}?" if near else ""
        there = ", ".join(one.name.lower() for one in report.principles) or TOTAL
        raise BadRequest(
            f"--fail-under names '{key[:80]}', which is no letter, principle or item of the benchmark "
            f"{report.benchmark.id}.{hint} Its principles are {there}."
        )
    return found


def _missed(threshold: Threshold, tally: Tally) -> Shortfall | None:
    passes, decided = tally.counts[Outcome.PASS], tally.decided
    open_ = tally.counts[Outcome.INDETERMINATE]
    if decided and passes * 100 >= threshold.percent * decided:
        return None
    if not decided:
        why = "there is no study" if not tally.studies else "nothing could be decided"
        more = f" ({open_} open, {tally.counts[Outcome.NOT_APPLICABLE]} not applicable)" if tally.studies else ""
        said = f"{threshold.key}: {threshold.percent} % is asked, but {why}{more}."
        return Shortfall(threshold, passes, decided, said)
    needed = (threshold.percent * decided / 100).to_integral_value(ROUND_CEILING) - passes
    share = (Decimal(100 * passes) / decided).quantize(Decimal("0.1"), ROUND_DOWN)
    said = (
        f"{threshold.key}: {passes} of {decided} decided answers pass, {share} %; {threshold.percent} % is asked, "
        f"so {needed:.0f} more must pass."
    )
    return Shortfall(threshold, passes, decided, said)
