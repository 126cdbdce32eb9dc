"""Whether it is stated how to get data that are not open."""

from __future__ import annotations

from typing import Final

from catalogue.fair import data_links
from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Judgement, Mender, Outcome, failed, indeterminate, not_applicable, passed

_WAYS: Final = {"request": "a page for requests", "page": "a committee's page", "policy": "a policy to agree to"}
_NO_NEED: Final = {"PUBLIC": "Everybody may have the data.", "NON_PUBLIC": "Nobody may have the data."}
_COMMITTEE: Final = {"title": "Committee", "contacts": [{"type": "Person", "name": "A", "email": "a@archive.example"}]}


def _judge(study: Subject) -> Judgement:
    rows = study.rows("access")
    evidence = tuple(row.evidence for row in rows)
    level = data_links.access_level(study)
    if level in _NO_NEED:
        return not_applicable(_NO_NEED[level], *evidence)
    if not level:
        return indeterminate("No level of access is stated, so that nobody can tell whether one has to ask.", *evidence)
    ways = [said for way, said in _WAYS.items() if any(row.said(way) for row in rows)]
    contacts = [row for row in study.rows("contacts") if row.said("committee")]
    if contacts:
        ways.append("a committee's e-mail address")
    if ways:
        said = f"It is stated how to ask: {', '.join(ways)}."
        return passed(said, *evidence, *(row.evidence for row in contacts[:1]))
    add = (study.triple("omm:requestUrl", "<https://…>", node=rows[0].text),)
    return failed("The data are restricted, and it is not stated how to ask for them.", *evidence, add=add)


METRIC: Final = Metric(
    id="access-route",
    version="1.0",
    principle="A1",
    title="It is stated how to ask for restricted data",
    question="Where not everybody may have the data, does the record say where or whom to ask?",
    counts="Of restricted data: an address for requests (omm:requestUrl), the page or an e-mail address of the access "
    "committee, or the address of the policy that one agrees to.",
    fix="State the address of the request form or of the access committee.",
    mender=Mender.OWNER,
    reads=("access", "contacts"),
    judge=_judge,
    cases=(
        Case(
            "request page",
            Outcome.PASS,
            {"access": {"access_level": "RESTRICTED", "request_url": "https://archive.example/ask"}},
        ),
        Case(
            "committee",
            Outcome.PASS,
            {"access": {"access_level": "RESTRICTED", "data_access_committee": _COMMITTEE}},
        ),
        Case("no way", Outcome.FAIL, {"access": {"access_level": "RESTRICTED"}}),
        Case("public", Outcome.NOT_APPLICABLE, {"access": {"access_level": "PUBLIC"}}),
        Case("nobody", Outcome.NOT_APPLICABLE, {"access": {"access_level": "NON_PUBLIC"}}),
        Case("not stated", Outcome.INDETERMINATE),
    ),
    source="RDA FAIR Data Maturity Model (2020), RDA-A1-01M; EGA, data access committees.",
    limits="Nobody is written to: whether an answer comes is not seen.",
    answers=("RDA-A1-01M",),
)
