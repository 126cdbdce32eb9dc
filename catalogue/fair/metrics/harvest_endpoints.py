"""Whether others can harvest the catalogue."""

from __future__ import annotations

from typing import Final

from catalogue.fair.metrics.base import Case, Metric, as_seen
from catalogue.fair.outcomes import Mender, Outcome

CHECK: Final = "harvest-endpoints"

METRIC: Final = Metric(
    id=CHECK,
    version="1.0",
    principle="F4",
    title="Harvesters can read the catalogue",
    question="Can search engines and other catalogues read the study from here by program?",
    counts=(
        "This node's OAI-PMH, LDES, ResourceSync, sitemap, DCAT and SPARQL addresses answer 200 with what they "
        "are asked for."
    ),
    fix="Nothing that an owner can mend: the node's operator looks at the interface that failed.",
    mender=Mender.CATALOGUE,
    checks=(CHECK,),
    judge=as_seen(CHECK),
    cases=(
        Case(
            "alive",
            Outcome.PASS,
            observed={CHECK: (Outcome.PASS, "It answered 200 with what it is asked for (6 of 6).")},
        ),
        Case("one is gone", Outcome.FAIL, observed={CHECK: (Outcome.FAIL, "It answered 404 (dcat).")}),
        Case("time-out", Outcome.INDETERMINATE, observed={CHECK: (Outcome.INDETERMINATE, "No answer in 10 s.")}),
        Case("never looked at", Outcome.INDETERMINATE),
    ),
    source="RDA FAIR Data Maturity Model (2020), RDA-F4-01M.",
    limits="The same for every study; one request to each interface.",
    answers=("RDA-F4-01M",),
)
