"""Whether the metadata can be had by a standard protocol."""

from __future__ import annotations

from typing import Final

from catalogue.fair.metrics.base import Case, Metric, Subject
from catalogue.fair.outcomes import Evidence, Judgement, Mender, Outcome, failed, passed
from catalogue.fair.protocols import OPEN, scheme_of

_PAGE: Final = "dcat:landingPage"


def _judge(study: Subject) -> Judgement:
    rows = [row for row in study.rows(_PAGE) if scheme_of(row.text) in OPEN]
    node = study.node.base_url
    if rows:
        return passed(f"The archive's page is read by {scheme_of(rows[0].text)}.", rows[0].evidence)
    if scheme_of(node) in OPEN:
        return passed(f"The record is read by {scheme_of(node)}.", Evidence(f"This node is at {node}."))
    said = "Neither the archive nor this node has a public address for the record."
    return failed(said, *(row.evidence for row in study.rows(_PAGE)), add=(study.triple(_PAGE, "<https://…>"),))


METRIC: Final = Metric(
    id="metadata-protocol-open",
    version="1.0",
    principle="A1.1",
    title="The metadata can be had by an open protocol",
    question="Can every browser and program read the record, without software or an account that costs money?",
    counts="The archive's page (dcat:landingPage) or this node's public address begins with https, http, ftp, ftps or "
    "sftp. All of these can also ask for a password.",
    fix="Export the address of the study's page, or set web.base_url of this node.",
    mender=Mender.OWNER,
    reads=(_PAGE,),
    judge=_judge,
    cases=(
        Case("a page", Outcome.PASS, {"landing_page": "https://archive.example/S-BIAD1"}),
        Case("this node", Outcome.PASS, node={"base_url": "https://catalogue.example"}),
        Case("neither", Outcome.FAIL),
    ),
    source="F-UJI metrics 0.8, FsF-A1.1-01MD-1 and FsF-A1.2-01MD-1; RDA FAIR Data Maturity Model (2020), RDA-A1-04M "
    "and RDA-A1.1-01M.",
    answers=("FsF-A1-02M-1", "FsF-A1.1-01MD-1", "FsF-A1.2-01MD-1", "RDA-A1-04M", "RDA-A1.1-01M"),
)
