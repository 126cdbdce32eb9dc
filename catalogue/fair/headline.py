"""The first lines of a report: what is missing, in numbers, before anything else (experience.md, finding 4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from catalogue.fair.outcomes import Outcome
from catalogue.fair.scopes import BASES, INFERRED, READ, STATED

if TYPE_CHECKING:
    from catalogue.fair.report import Report, Tally

FUNDER_METRIC: Final = "funder-stated"
_HOW: Final = {
    STATED: "stated by the archive",
    READ: "read from what the archive writes about funding",
    INFERRED: "inferred through the paper",
}


def headline(report: Report) -> tuple[str, ...]:
    """Sentences for the top of a report; at least one, the first about what is missing."""
    number = len(report.studies)
    if not number:
        return ("No public study here belongs to this.",)
    lines = [line for line in (_funding(report), _links(report), *_worst(report), _open(report)) if line]
    return tuple(lines) or (f"Nothing is missing: each of {_studies(number)} meets every item that applies.",)


def _funding(report: Report) -> str:
    missing = report.count(FUNDER_METRIC)[Outcome.FAIL]
    if not missing:
        return ""
    return f"For {missing} of {_studies(len(report.studies))} no funder was stated by the archive."


def _links(report: Report) -> str:
    """How the studies of a grant or funder are known to belong to it."""
    found = {basis: sum(study.basis == basis for study in report.studies) for basis in BASES}
    told = [f"{count} {_HOW[basis]}" for basis, count in found.items() if count]
    if not found[READ] and not found[INFERRED]:
        return ""
    return f"Links to {'this grant' if report.scope.kind == 'grant' else 'this funder'}: {', '.join(told)}."


def _worst(report: Report) -> list[str]:
    """The demands that most studies do not meet, at most three."""

    def order(found: tuple[object, Tally]) -> tuple[int, str]:
        return -found[1].counts[Outcome.FAIL], found[1].name

    failing = [
        (item, counted) for item, counted in report.items if counted.counts[Outcome.FAIL] and item.priority != "useful"
    ]
    worst = sorted(failing, key=order)[:3]
    if len(report.studies) == 1:
        return [f"Not met: {item.title}." for item, _ in worst]
    return [
        f"Not met by {counted.counts[Outcome.FAIL]} of {_studies(len(report.studies))}: {item.title}."
        for item, counted in worst
    ]


def _open(report: Report) -> str:
    unknown = report.total.counts[Outcome.INDETERMINATE]
    if not unknown:
        return ""
    told = "1 answer is" if unknown == 1 else f"{unknown} answers are"
    return f"{told} open, since nobody could look or nobody has looked yet: neither met nor not met."


def _studies(number: int) -> str:
    return f"{number} {'study' if number == 1 else 'studies'}"
