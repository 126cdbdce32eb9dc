"""What the page of a study says of its audit: as much as is at hand, since no page of a study waits for an audit."""

from __future__ import annotations

from dataclasses import dataclass

from catalogue.fair.benchmark import tally
from catalogue.fair.outcomes import Outcome
from catalogue.fair.service import Audits
from catalogue.store.entries import Entry
from catalogue.store.graph_view import is_public
from catalogue.web.text import path_of


@dataclass(frozen=True, slots=True)
class StudyNote:
    """A line about the tests of a study.

    Args:
        path: of the page with all of them.
        met, decided, open: numbers of tests; all 0 where no audit of this version of the record is at hand.
    """

    path: str
    met: int = 0
    decided: int = 0
    open: int = 0


def study_note(audits: Audits | None, entry: Entry) -> StudyNote | None:
    """The line; None where there are no audits, or the study is no part of them."""
    if audits is None or not is_public(entry):
        return None
    path, audit = f"/fair/studies/{path_of(entry.curie)}", audits.at_hand()
    known = audit is not None and any(
        study.curie == entry.curie and study.payload_digest == entry.payload_digest for study in audit.studies
    )
    if audit is None or not known:
        return StudyNote(path)
    counts = tally(verdict.outcome for verdict in audit.judgements.verdicts(entry.curie).values())
    met = counts[Outcome.PASS]
    return StudyNote(path, met, met + counts[Outcome.FAIL], counts[Outcome.INDETERMINATE])
