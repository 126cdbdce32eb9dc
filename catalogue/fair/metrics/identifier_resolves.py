"""Whether the persistent identifier leads to the record."""

from __future__ import annotations

from typing import Final

from catalogue.fair.metrics.base import Case, Metric, as_seen
from catalogue.fair.outcomes import Mender, Outcome

CHECK: Final = "identifier-resolves"

METRIC: Final = Metric(
    id=CHECK,
    version="1.1",
    principle="A1",
    title="The identifier resolves here",
    question="Does the persistent identifier of the study lead to its record?",
    counts=(
        "This node's resolver answers the identifier with a redirect that ends, on this node, at a page that "
        "answers 200."
    ),
    fix="Nothing that an owner can mend: the node's operator looks at the resolver.",
    mender=Mender.CATALOGUE,
    checks=(CHECK,),
    judge=as_seen(CHECK),
    cases=(
        Case(
            "redirect, then 200",
            Outcome.PASS,
            observed={CHECK: (Outcome.PASS, "The resolver answered 303, then the page 200.")},
        ),
        Case(
            "404", Outcome.FAIL, observed={CHECK: (Outcome.FAIL, "The resolver answered 404 where a redirect was due.")}
        ),
        Case("time-out", Outcome.INDETERMINATE, observed={CHECK: (Outcome.INDETERMINATE, "No answer in 10 s.")}),
        Case("never looked at", Outcome.INDETERMINATE),
    ),
    source="RDA FAIR Data Maturity Model (2020), RDA-A1-03M; F-UJI metrics 0.8, FsF-F1-02MD-2.",
    limits="The resolver is asked where this node is, not through the federation's public address.",
    answers=("RDA-A1-03M", "FsF-A1-02MD-1", "FsF-F1-02MD-2", "FsF-F1-02D-2"),
)
