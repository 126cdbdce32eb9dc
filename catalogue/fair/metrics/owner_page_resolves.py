"""Whether the owner's page or DOI is still there."""

from __future__ import annotations

from typing import Final

from catalogue.fair.metrics.base import Case, Metric, as_seen
from catalogue.fair.outcomes import Mender, Outcome

CHECK: Final = "owner-page-resolves"

METRIC: Final = Metric(
    id=CHECK,
    version="1.0",
    principle="A1",
    title="The owner's page is there",
    question="Does the page that the archive names for the study answer?",
    counts=(
        "The landing page of the record, or its DOI where there is none, answers 2xx after at most five redirects."
    ),
    fix="Correct the landing page, or have the DOI point to where the study is now.",
    mender=Mender.OWNER,
    checks=(CHECK,),
    judge=as_seen(CHECK),
    cases=(
        Case("there", Outcome.PASS, observed={CHECK: (Outcome.PASS, "The owner's page answered 200.")}),
        Case("gone", Outcome.FAIL, observed={CHECK: (Outcome.FAIL, "The owner's page answered 404.")}),
        Case("busy", Outcome.INDETERMINATE, observed={CHECK: (Outcome.INDETERMINATE, "It answered 429.")}),
        Case(
            "no page stated",
            Outcome.NOT_APPLICABLE,
            observed={CHECK: (Outcome.NOT_APPLICABLE, "The record names neither a page of its owner nor a DOI.")},
        ),
        Case("never looked at", Outcome.INDETERMINATE),
    ),
    source="RDA FAIR Data Maturity Model (2020), RDA-A1-02M and RDA-A1-03M.",
    limits=(
        "A page that says with status 200 that there is nothing is taken for the study's. Only 404, 410 and "
        "redirects that lead nowhere are failures: what an archive does not let programs see is indeterminate."
    ),
    answers=("RDA-A1-02M", "RDA-A1-02D"),
)
