"""Whether the data were public when their paper came out."""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from typing import Final

from catalogue.fair.judging import evidence
from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Judgement, Mender, Outcome, failed, indeterminate, not_applicable, passed

# 11-Toyoshima-NeuAct dates its paper of 2016 "1939", which are the last digits of its PubMed number (GIDE, April 2026).
_IMPLAUSIBLE_DAYS: Final = 20 * 365


def period(text: str) -> tuple[date, date] | None:
    """First and last day that a date of a year, month or day can mean; None where it is none."""
    try:
        year, month, day = ([int(part) for part in text.split("-")] + [0, 0])[:3]
        if day:
            return date(year, month, day), date(year, month, day)
        if month:
            return date(year, month, 1), date(year, month, monthrange(year, month)[1])
        return date(year, 1, 1), date(year, 12, 31)
    except ValueError:
        return None


def _judge(study: Subject) -> Judgement:
    papers = study.rows("publications")
    if not papers:
        return not_applicable("No paper is stated.")
    dated = [(when, row) for row in papers if (when := period(row.said("issued")))]
    public = [(when, row) for row in study.rows("dcterms:issued") if (when := period(row.text))]
    if not dated or not public:
        lacks = "paper" if not dated else "data"
        return indeterminate(f"The day on which the {lacks} came out is not stated.", *evidence(papers))
    (first, last), paper = min(dated, key=lambda pair: pair[0])
    (released, _), data = min(public, key=lambda pair: pair[0])
    shown = (data.evidence, paper.evidence, *paper.also("issued", "dcterms:issued"))
    least = "" if first == last else "at least "
    if released == first == last:
        return passed("The data became public on the day of the paper.", *shown)
    if released <= first:
        return passed(f"The data were public {least}{(first - released).days} days before the paper.", *shown)
    if released <= last:
        return indeterminate("Of the paper only month or year is stated, within which the data became public.", *shown)
    days = (released - last).days
    if days > _IMPLAUSIBLE_DAYS:
        return indeterminate(f"The paper is dated {paper.said('issued')}, so early that this may be an error.", *shown)
    add = (study.triple("dcterms:issued", '"…"^^<http://www.w3.org/2001/XMLSchema#date>', paper.text),)
    return failed(f"The data became public {least}{days} days after the paper.", *shown, add=add)


METRIC: Final = Metric(
    id="publication-timely",
    version="1.0",
    principle="R1.2",
    title="The data were public with the paper",
    question="Could readers of the paper get at the data from its first day?",
    counts="The study's day of publication is not later than that of its earliest paper.",
    fix="What is past cannot be mended; where a date is wrong, correct it.",
    mender=Mender.OWNER,
    reads=("publications", "dcterms:issued"),
    judge=_judge,
    cases=(
        Case("before", Outcome.PASS, {"date_published": "2024-01-10", "publications": [{"date_issued": "2024-02-01"}]}),
        Case("after", Outcome.FAIL, {"date_published": "2024-03-10", "publications": [{"date_issued": "2024-02"}]}),
        Case(
            "same year",
            Outcome.INDETERMINATE,
            {"date_published": "2024-03-10", "publications": [{"date_issued": "2024"}]},
        ),
        Case(
            "paper without a date",
            Outcome.INDETERMINATE,
            {"date_published": "2024-03-10", "publications": [{"title": "A"}]},
        ),
        Case(
            "not likely",
            Outcome.INDETERMINATE,
            {"date_published": "2016-05-20", "publications": [{"date_issued": "1939"}]},
        ),
        Case("no paper", Outcome.NOT_APPLICABLE, {"date_published": "2024-03-10"}),
    ),
    source="Wellcome, Data, software and materials management and sharing policy, section 1.",
    limits=(
        "A study may have been public elsewhere before; of several papers the earliest counts, whatever it is about; a "
        "paper dated more than 20 years before the data is taken for an error."
    ),
)
