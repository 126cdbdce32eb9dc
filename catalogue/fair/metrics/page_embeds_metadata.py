"""Whether the page tells search engines what it shows."""

from __future__ import annotations

from typing import Final

from catalogue.fair.metrics.base import Case, Metric, as_seen
from catalogue.fair.outcomes import Mender, Outcome

CHECK: Final = "page-embeds-metadata"

METRIC: Final = Metric(
    id=CHECK,
    version="1.0",
    principle="F4",
    title="The page embeds its metadata",
    question="Can a search engine read from the page what the study is?",
    counts=(
        "The page embeds one schema.org Dataset as JSON-LD, with the identifier of the study, a name and an address."
    ),
    fix="The node's operator looks at the template of the page.",
    mender=Mender.CATALOGUE,
    checks=(CHECK,),
    judge=as_seen(CHECK),
    cases=(
        Case(
            "embedded",
            Outcome.PASS,
            observed={
                CHECK: (Outcome.PASS, "The page embeds one schema.org Dataset with the identifier of the study.")
            },
        ),
        Case("none", Outcome.FAIL, observed={CHECK: (Outcome.FAIL, "The page embeds no schema.org Dataset.")}),
        Case("time-out", Outcome.INDETERMINATE, observed={CHECK: (Outcome.INDETERMINATE, "No answer in 10 s.")}),
        Case("never looked at", Outcome.INDETERMINATE),
    ),
    source="F-UJI metrics 0.8, FsF-F4-01M-1; RDA FAIR Data Maturity Model (2020), RDA-F4-01M.",
    limits="It is read without running scripts, as assessors do.",
    answers=("FsF-F4-01M-1", "FsF-I1-01M-1", "RDA-F4-01M", "FsF-F2-01M-1", "FsF-R1.3-01M-3"),
)
